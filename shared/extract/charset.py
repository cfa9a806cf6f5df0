"""Bytes of a page to UTF-8: the order of the HTML standard, then what the bytes themselves say."""

import codecs
import re

SNIFFED_BYTES = 4096  # the standard looks at 1024; sites put their declaration later than that
SEARCHED_BYTES, SAMPLE_BYTES = 1_000_000, 16_384  # for detection: of the page, and of its words beyond ASCII
CHUNK_BYTES = 16_384  # for checking, so that no long text is made to be thrown away

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*(?:[\"']\s*)?([\w:.-]{2,40})", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w:.-]{2,40})")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Labels that the Encoding standard reads as something else than Python does.
_READ_AS = {
    "iso8859-1": "windows-1252",
    "ascii": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
    "utf-7": "windows-1252",
}
_ALIASES = {
    "x-sjis": "shift_jis",
    "windows-949": "cp949",
    "ks_c_5601": "euc_kr",
    "x-gbk": "gbk",
    "windows-31j": "cp932",
}
# Python's names of what the Encoding standard knows; it has codecs besides that are no charsets (idna, hex).
_WEB = re.compile(
    r"utf-(?:8|16(?:-[lb]e)?|7)|ascii|cp(?:866|874|932|949|125\d)|iso8859-\d+|koi8-[ru]|mac-(?:roman|cyrillic)|euc_(?:jp|kr)"
    r"|iso2022_jp|shift_jis|gb2312|gbk|gb18030|big5(?:hkscs)?|tis-620"
)
# What most letters beyond ASCII are in text of each charset, and how much a share of them weighs, since writing systems
# differ in how few letters make up most of a text.
_KANA, _CYRILLIC = "[ぁ-んァ-ヶー、。]", "[оеаинтсрвлкмдпуяыьзбгчйхжюшцщэфієїґў]"
_USUAL = {
    "windows-1252": (1.0, "[éèàäöüßçñêâîôûøåæóíáúãõìòùïëÄÖÜÉÅØ’–“”„©«»®·]"),
    "windows-1250": (1.0, "[ěščřžýáíéůúąćęłńóśźżőűöüäßůňťďľôăâîșț„“–]"),
    "iso8859-2": (1.0, "[ěščřžýáíéůúąćęłńóśźżőűöüäßůňťďľô]"),
    "windows-1257": (1.0, "[ąčęėįšųūžāēģīķļņ„“–]"),
    "windows-1254": (1.0, "[ışğüöçİŞĞÜÖÇâ]"),
    "cp932": (3.0, _KANA),
    "euc_jp": (3.0, _KANA),
    "cp949": (4.0, "[이다는의에을를가한고사하지기로서자도회스리어인대시]"),
    "gb18030": (8.0, "[的一是在不了有和人这中大为上个国我以要公司们产品联系务业]"),
    "big5hkscs": (8.0, "[的一是在不了有和人這中大為上個國我以要公司們產品聯絡務業]"),
    "windows-1251": (1.0, _CYRILLIC),
    "koi8-r": (1.0, _CYRILLIC),
    "iso8859-5": (1.0, _CYRILLIC),
    "windows-1253": (1.0, "[αοιετσνηυρπκμλωςάέίήόύώδγθφχβ]"),
    "windows-1255": (1.0, "[א-ת]"),
    "windows-1256": (1.0, "[ا-ي]"),
    "cp874": (1.0, "[านรกอเงมยลวดทสตะปบคหแจพชขใไโ่้ี์ัิื]"),
}
_DENSE = frozenset(("windows-1251", "koi8-r", "iso8859-5", "windows-1253", "windows-1255", "windows-1256", "cp874"))
_WORDS_APART = bytes.maketrans(b"<>", b"  ")
_MULTIBYTE = frozenset(("cp932", "euc_jp", "iso2022_jp", "cp949", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"))


def to_utf8(body: bytes, header: str | None = None) -> bytes:
    """The page as UTF-8 without a byte order mark. `header` is the charset of Content-Type."""
    if body.isascii() and b"\x1b" not in body and (header is None or "16" not in header):
        return body  # which all charsets but UTF-16 and ISO-2022 read the same
    for mark, name in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            return rest if name == "utf-8" and is_utf8(rest) else _recode(rest, name)
    declared = _declared(body, header)
    if declared in _MULTIBYTE and (text := _decoded(body, declared)) is not None:
        return text.encode("utf-8", "replace")
    if declared in (None, "utf-8") and body.isascii() and b"\x1b$" in body:
        return _recode(body, _detect(body))
    if is_utf8(body):  # over any declared single-byte charset: text in one of those is never UTF-8 by chance
        return body
    if declared == "utf-8" and _mostly_utf8(body):
        return _recode(body, "utf-8")
    if declared is None or declared == "utf-8":
        declared = _detect(body)
    return _recode(body, declared)


def is_utf8(body: bytes) -> bool:
    rest = memoryview(body)
    try:
        while len(rest) > CHUNK_BYTES:
            rest = rest[codecs.utf_8_decode(rest[:CHUNK_BYTES], "strict", False)[1] :]
        codecs.utf_8_decode(rest, "strict", True)
    except UnicodeError:
        return False
    return True


def _decoded(body: bytes, name: str) -> str | None:
    try:
        return body.decode(name)
    except UnicodeError:
        return None


def _recode(body: bytes, name: str) -> bytes:
    return body.decode(name, "replace").encode("utf-8", "replace")


def _declared(body: bytes, header: str | None) -> str | None:
    head = body[:SNIFFED_BYTES]
    meta, xml = _META.search(head), _XML.search(head)
    for label, inside in ((header, False), (meta and meta[1].decode(), True), (xml and xml[1].decode(), True)):
        name = _codec(label) if label else None
        if name is not None:
            # a page that could be read far enough to find it is not in UTF-16
            return "utf-8" if inside and name.startswith("utf-16") else name
    return None


def _codec(label: str) -> str | None:
    label = label.strip().strip("\"'").lower()
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(info.name, info.name) if _WEB.fullmatch(info.name) else None


def _mostly_utf8(body: bytes) -> bool:
    """A page in UTF-8 with a few bytes broken, rather than one in a legacy charset that says UTF-8."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(1 for char in text if char > "\x7f") - broken > broken


def _detect(body: bytes) -> str:
    """The charset in which the letters beyond ASCII are the usual ones; windows-1252 where none stands out."""
    if b"\0" in body[:64]:
        return "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    if b"\x1b$B" in body or b"\x1b$@" in body:
        return "iso2022_jp"
    words = body[:SEARCHED_BYTES].translate(_WORDS_APART).split()
    sample = b" ".join([word for word in words if not word.isascii()])[:SAMPLE_BYTES]
    foreign = sum(byte > 0x7F for byte in sample)
    dense = foreign > 0.4 * len(sample)
    best, most = "windows-1252", 0.0
    for name, (weight, usual) in _USUAL.items():
        if name in _DENSE and not dense:
            continue
        text = sample.decode(name, "replace")
        letters = len(text) - len(text.encode("ascii", "ignore"))
        share = weight * len(re.findall(usual, text)) / letters if letters else 0.0
        if share > most + 0.02 and text.count("\ufffd") <= 0.02 * letters:
            best, most = name, share
    return best
