"""Bytes of a page to UTF-8: the order of the HTML standard, then what the bytes themselves say."""

import codecs
import re
from collections.abc import Iterator

SNIFFED_BYTES = 4096  # the standard looks at 1024; sites put their declaration later than that
SEARCHED_BYTES, SAMPLE_BYTES = 1_000_000, 16_384  # for detection: of the page, and of its words beyond ASCII
JUDGED_BYTES = 65_536  # for whether the declared charset may be the right one
CHUNK_BYTES = 16_384  # for checking, so that no long text is made to be thrown away

# The standard's prescan: comments, tags with their attributes, and what else ends with ">".
_MARKUP = re.compile(
    rb"<!--(?:-?>|.*?(?:-->|\Z))|<[!?][^>]*+|<(/?[a-z][^\s/>]*+)"
    rb"((?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>]*+))?+)*+)",
    re.I | re.S,
)
_ATTRIBUTE = re.compile(rb"([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"?|'([^']*+)'?|([^\s>]*+)))?+")
_CHARSET = re.compile(rb"charset\s*=\s*(?:[\"']\s*)?([\w:.-]{2,40})", re.I)
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
# Labels of the Encoding standard that Python does not know.
_ALIASES = {
    label: name
    for name, labels in {
        "ascii": "x-user-defined",
        "big5": "cn-big5 x-x-big5",
        "cp874": "dos-874 windows-874",
        "cp932": "windows-31j x-sjis",
        "cp949": "windows-949 cseuckr csksc56011987 iso-ir-149 ks_c_5601 ks_c_5601-1989 ksc_5601",
        "euc_jp": "cseucpkdfmtjapanese x-euc-jp",
        "gbk": "csgb2312 gb_2312 gb_2312-80 x-gbk",
        "iso8859-7": "sun_eu_greek",
        "iso8859-8": "logical visual",
        "iso8859-15": "csisolatin9",
        "koi8-r": "koi koi8",
        "koi8-u": "koi8-ru",
        "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "mac-roman": "csmacintosh mac x-mac-roman",
        "utf-16": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
        "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    }.items()
    for label in labels.split()
}
_SPELLED = re.compile(r"(?:cs)?iso-?8859-?(\d{1,2})(?:-?[ei])?|x-cp(125\d)")
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
_LATIN = frozenset(("windows-1252", "cp1252", "iso8859-15"))
_ASCII = bytes(range(128))
_NO_LETTER = re.compile("[\ufffd\ue000-\uf8ff]")  # what is of private use comes from reading others' bytes
_WORDS_APART = bytes.maketrans(b"<>", b"  ")
_SAMPLED_AS = {"euc_jp": "euc_jis_2004"}  # which has NEC's row
_JAPANESE = frozenset(("euc_jp", "iso2022_jp"))
_MULTIBYTE = frozenset(("cp932", "euc_jp", "iso2022_jp", "cp949", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"))


def to_utf8(body: bytes, header: str | None = None) -> bytes:
    """The page as UTF-8 without a byte order mark. `header` is the charset of Content-Type."""
    if body.isascii() and b"\x1b" not in body and b"\0" not in body[:2] and (header is None or "16" not in header):
        return body  # which all charsets but UTF-16 and ISO-2022 read the same
    for mark, name in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            return rest if name == "utf-8" and is_utf8(rest) else _recode(rest, name)
    declared = _declared(body, header)
    if declared in _MULTIBYTE and (text := _decoded(body, declared)) is not None:
        return text.encode("utf-8", "replace")
    if declared in (None, "utf-8") and (order := _utf_16(body)):
        return _recode(body, order)
    if declared in (None, "utf-8", "iso2022_jp") and body.isascii() and b"\x1b$" in body:
        return _recode(body, _detect(body))
    if is_utf8(body):  # over any declared single-byte charset: text in one of those is never UTF-8 by chance
        return body
    if _mostly_utf8(body):
        return _recode(body, "utf-8")
    if declared is None or declared == "utf-8" or _misnamed(body, declared):
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
    return body.decode(name, _errors(name)).encode("utf-8", "replace")


def _errors(name: str) -> str:
    return "vendor_rows" if name in _JAPANESE else "replace"


def _vendor_rows(error: UnicodeError) -> tuple[str, int]:
    """A character of the rows that NEC and IBM added to JIS X 0208, as in 株式会社's short form, which the standard
    reads in EUC-JP and ISO-2022-JP, and Python in Shift_JIS alone."""
    assert isinstance(error, UnicodeDecodeError)
    start = error.start
    one, two = (byte & 0x7F for byte in error.object[start : start + 2].ljust(2, b"\0"))
    if not 0x21 <= one <= 0x7E or not 0x21 <= two <= 0x7E:
        return "\ufffd", start + 1
    lead = 0x81 + (one - 0x21 >> 1)
    trail = two + 0x7E if one % 2 == 0 else two + (0x1F if two < 0x60 else 0x20)
    return bytes((lead if lead < 0xA0 else lead + 0x40, trail)).decode("cp932", "replace")[0], start + 2


codecs.register_error("vendor_rows", _vendor_rows)


def _declared(body: bytes, header: str | None) -> str | None:
    head = body[:SNIFFED_BYTES]
    if header and (name := _codec(header)) is not None and (not name.startswith("utf-16") or b"\0" in head):
        return _utf_16(head) or name if name.startswith("utf-16") else name
    if _only_utf8(head):
        return "utf-8"
    xml = _XML.search(head)
    for label in (*_in_metas(head), xml[1] if xml else b""):
        if label and (name := _codec(label.decode("ascii", "replace"))) is not None:
            # a page that could be read far enough to find it is not in UTF-16
            return "utf-8" if name.startswith("utf-16") else name
    return None


def _only_utf8(head: bytes) -> bool:
    """Whether nothing in it can name another charset, told without reading its tags."""
    lower = head.lower()
    named = lower.count(b"charset")
    return 0 < named == lower.count(b'charset="utf-8"') + lower.count(b"charset=utf-8") and b"<?xml" not in lower


def _utf_16(body: bytes) -> str | None:
    """In which order its bytes are, told by the first two characters, which are of markup."""
    first, second, third, fourth = body[:4].ljust(4, b"\0")
    if second and not first and not third:
        return "utf-16-be"
    return "utf-16-le" if first and not second and not fourth else None


def _in_metas(head: bytes) -> Iterator[bytes]:
    """The labels that meta elements name, in order."""
    for tag in _MARKUP.finditer(head) if _CHARSET.search(head) else ():
        if (tag[1] or b"").lower() != b"meta":
            continue
        found: dict[bytes, bytes] = {}
        for one in _ATTRIBUTE.finditer(tag[2]):
            found.setdefault(one[1].lower(), one[2] or one[3] or one[4] or b"")
        if b"charset" in found:
            yield found[b"charset"]
        elif found.get(b"http-equiv", b"").lower() == b"content-type":
            said = _CHARSET.search(found.get(b"content", b""))
            yield said[1] if said else b""


def _codec(label: str) -> str | None:
    label = label.strip().strip("\"'").lower()
    if spelled := _SPELLED.fullmatch(label):
        label = f"iso8859-{spelled[1]}" if spelled[1] else f"cp{spelled[2]}"
    try:
        info = codecs.lookup(_ALIASES.get(label, label))
    except (LookupError, ValueError):
        return None
    return _READ_AS.get(info.name, info.name) if _WEB.fullmatch(info.name) else None


def _mostly_utf8(body: bytes) -> bool:
    """A page in UTF-8 with a few bytes broken or its end cut, rather than one in a legacy charset."""
    text = body.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return foreign > 2 * text.count("\ufffd")


def _misnamed(body: bytes, declared: str) -> bool:
    """Whether no text in that charset looks so: two bytes a character that are none, or hardly a letter of Latin."""
    head = body[:JUDGED_BYTES]
    if declared in _MULTIBYTE:
        text = head.decode(declared, _errors(declared))
        return 20 * len(_NO_LETTER.findall(text)) > len(text) - len(text.encode("ascii", "ignore"))
    if declared not in _LATIN or 16 * _foreign(head) < len(head):
        return False
    sample = _sample(head)
    return _foreign(sample) > 0.6 * len(sample) and len(set(sample.translate(None, _ASCII))) > 12


def _sample(body: bytes) -> bytes:
    """Words beyond ASCII."""
    words = body[:SEARCHED_BYTES].translate(_WORDS_APART).split()
    return b" ".join([word for word in words if not word.isascii()])[:SAMPLE_BYTES]


def _foreign(sample: bytes) -> int:
    return len(sample.translate(None, _ASCII))


def _detect(body: bytes) -> str:
    """The charset in which the letters beyond ASCII are the usual ones; windows-1252 where none stands out."""
    if order := _utf_16(body):
        return order
    if b"\x1b$B" in body or b"\x1b$@" in body:
        return "iso2022_jp"
    sample = _sample(body)
    dense = _foreign(sample) > 0.4 * len(sample)
    best, most = "windows-1252", 0.0
    for name, (weight, usual) in _USUAL.items():
        if name in _DENSE and not dense:
            continue
        text = sample.decode(_SAMPLED_AS.get(name, name), "replace")
        letters = len(text) - len(text.encode("ascii", "ignore"))
        share = weight * len(re.findall(usual, text)) / letters if letters else 0.0
        if share > most + 0.02 and text.count("\ufffd") <= 0.02 * letters:
            best, most = name, share
    return best
