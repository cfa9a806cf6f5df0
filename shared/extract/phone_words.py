"""What the words before a number call it: a phone, a fax, both, or something else."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

Kind = Literal["phone", "fax", "both", "other", ""]

FAR_WORDS = 8  # before a number, in which its label may stand
NEAR_WORDS = 3  # before a number, in which a word makes it a register's or an account's
_WORD = re.compile(r"[^\W\d_]+")
_FAX = frozenset("télécopie telecopie télécopieur facsimile téléc faks faksi faksas fx fakss φαξ факс".split())
_PHONE = frozenset(
    """tél tlf tlfn tfno tfn ph call calls mob mobiel móvil movil celular handy cell cellular tollfree toll rufnummer
    fon fono rufen anrufen bel bellen puhelin puh matkapuhelin číslo gsm appelez llámanos switchboard
    durchwahl sac lada cep çağrı звонок звоните κινητό zentrale sentralbord växel vaihde pbx тел моб τηλ kom
    dial""".split()
)
_WEAK = frozenset("service support office sales free kontakt ring reception customer".split())
_OTHER = frozenset(
    """hrb hra vat ust ustid iban bic kvk btw tva siret siren rcs nip regon krs ico ičo dič cvr ein duns abn acn cnpj
    cin gst gstin isbn issn ean upc sku inn инн огрн iva cf rea reg registration registered konto account blz
    tunnus nif cif nipc vergi sicil mersis adószám
    bank postcode zip id ref reference article art license licence lic patent copyright since seit founded ip
    onnr ondernemingsnummer ondernemingsnr kbo
    version date fca charity steuer steuernummer icp order pib oib eori rfc nit rut cuit""".split()
)
_NUMBER = frozenset("no nr num number nummer numéro numero número nro n".split())
_LETTERS: dict[str, Kind] = {"f": "fax", "t": "phone", "m": "phone", "p": "phone"}
_STARTS: tuple[tuple[str, Kind], ...] = (("fax", "fax"), ("telefax", "fax"), ("tel", "phone"), ("mobil", "phone"))
_INSIDE: tuple[tuple[Kind, list[str]], ...] = (
    ("other", "统一 统编 统 備案 备 사업자 등록".split()),
    ("fax", "传真 傳真 ファックス ファクス 팩스 فاكس פקס โทรสาร".split()),
    ("phone", "phone telef hotline helpline whatsapp 电话 電話 联系 手机 热线 熱線 代表 전화 연락처 телефон هاتف טלפון"
     " 고객센터 대표번호 상담 thoại โทร komórk".split()),
)  # fmt: skip
_PICTURES = str.maketrans({"📠": " fax ", "📞": " tel ", "☎": " tel ", "☏": " tel ", "✆": " tel ", "📱": " mob "})
_INITIALS = re.compile(r"(?<![^\W\d_])[^\W\d_]\.\s?[^\W\d_]\W*$")  # `C.F.` is a tax number
_APART = re.compile(r"\s?[,;/|·•–-]+\s?|\s{2,}|^\s")
_BOTH = re.compile(r"\W{0,2}[/&+,、]\W{0,2}|\s(?:and|und|et|y|e|en|i|и)\s", re.I)


def kind_of(label: str) -> Kind:
    """What the words nearest the end of a label, right before the number, call it; "" where they say nothing."""
    return _called(label[-80:] if label.isascii() else label[-80:].translate(_PICTURES))


@lru_cache(4096)
def _called(label: str) -> Kind:
    words = list(_WORD.finditer(label))[: -FAR_WORDS - 1 : -1]
    found: Kind = ""
    far = 0
    for place, word in enumerate(words):
        kind = _kind(word[0]) if len(word[0]) > 1 else _letter(word[0], label) if place == 0 else ""
        if kind == "other":
            if far < NEAR_WORDS:
                return "other"
        elif kind == "fax":
            above = words[place + 1] if place + 1 < len(words) else None
            called = _kind(above[0]) or _LETTERS.get(above[0].lower()) if above else ""
            if above and called == "phone" and _BOTH.fullmatch(word.string, above.end(), word.start()):
                return "both"
            return "fax"
        elif kind == "phone":
            found = found or "phone"
            if word[0].lower() not in _WEAK:
                return found
        far += len(word[0]) > 1 and word[0].lower() not in _NUMBER
    return found or ("other" if words and words[0][0].lower() in _NUMBER else "")


def _letter(letter: str, label: str) -> Kind:
    if _INITIALS.search(label):
        return ""
    if label.rstrip()[-1] in ":." or _APART.split(label.rstrip())[-1] == letter.upper():
        return _LETTERS.get(letter.lower(), "")
    return ""


@lru_cache(4096)
def _kind(word: str) -> Kind:
    word = unicodedata.normalize("NFKC", word).lower()
    if word in _FAX:
        return "fax"
    if word in _PHONE or word in _WEAK:
        return "phone"
    if word in _OTHER:
        return "other"
    for start, kind in _STARTS:
        if word.startswith(start):
            return kind
    places = {kind: max(map(word.rfind, parts)) for kind, parts in _INSIDE}
    last = max(places, key=lambda kind: places[kind])
    return last if places[last] >= 0 else "phone" if word.endswith(("service", "fon")) else ""
