"""Bytes of a page to UTF-8: the order of the HTML standard, then what the bytes themselves say."""

import codecs
import re

SNIFFED_BYTES = 4096  # the standard looks at 1024; sites put their declaration later than that
SAMPLE_BYTES = 16_384  # for detection

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
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
_DETECTED = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r"]
_DETECTED += ["cp932", "euc_jp", "iso2022_jp", "cp949", "gb18030", "big5hkscs"]
_MULTIBYTE = frozenset(("cp932", "euc_jp", "iso2022_jp", "cp949", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be"))


def to_utf8(body: bytes, header: str | None = None) -> bytes:
    """The page as UTF-8 without a byte order mark. `header` is the charset of Content-Type."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            rest = body[len(mark) :]
            return rest if name == "utf-8" and is_utf8(rest) else _recode(rest, name)
    declared = _declared(body, header)
    if declared in _MULTIBYTE and _decodes(body, declared):
        return _recode(body, declared)
    if is_utf8(body):  # over any declared single-byte charset: text in one of those is never UTF-8 by chance
        return body
    if declared == "utf-8" and _mostly_utf8(body):
        return _recode(body, "utf-8")
    if declared is None or declared == "utf-8":
        declared = _detect(body)
    return _recode(body, declared)


def is_utf8(body: bytes) -> bool:
    return _decodes(body, "utf-8")


def _decodes(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except UnicodeError:
        return False
    return True


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
    return _READ_AS.get(info.name, info.name) if info._is_text_encoding else None


def _mostly_utf8(body: bytes) -> bool:
    """A page in UTF-8 with a few bytes broken, rather than one in a legacy charset that says UTF-8."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(1 for char in text if char > "\x7f") - broken > broken


def _detect(body: bytes) -> str:
    if b"\0" in body[:64]:
        return "utf-16-be" if body[:1] == b"\0" else "utf-16-le"
    from charset_normalizer import from_bytes

    text = b" ".join(re.findall(rb"[^\s<>]{0,20}[\x1b\x80-\xff][^<>]{0,80}", body))[:SAMPLE_BYTES]
    best = from_bytes(text, cp_isolation=_DETECTED).best()
    return best.encoding if best else "windows-1252"
