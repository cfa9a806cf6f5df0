"""Whether an answer is a page: what its header says, corrected by how it looks."""

import re

HTML = ("text/html", "application/xhtml+xml")
# What servers send for want of something better; here the first bytes decide.
UNSURE = (
    "text/plain application/octet-stream binary/octet-stream application/xml text/xml application/unknown "
    "unknown/unknown */* html text text/htm application/html content/unknown"
).split()
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:<\?xml[^>]*>\s*)?(?>(?:<!--.*?-->\s*)*)(?:<!doctype\s+html\b|<(?:html|head|body)[\s>])",
    re.I | re.S,
)
_BINARY = re.compile(
    rb"%PDF-|\x89PNG\r|GIF8[79]a|\xff\xd8\xff|PK\x03\x04|\x1f\x8b\x08|Rar!\x1a|7z\xbc\xaf|RIFF....WEBP|\0\0\x01\0|wOF[F2]"
    rb"|....ftyp|\x1aE\xdf\xa3|ID3|OggS|\x7fELF|MZ\x90\0|\xd0\xcf\x11\xe0",
    re.S,
)
LOOKED_AT_BYTES = 2048


def is_page(content_type: str, body: bytes) -> bool:
    if content_type in HTML or not content_type:
        return not _BINARY.match(body)
    return content_type in UNSURE and bool(_PAGE.match(body[:LOOKED_AT_BYTES].replace(b"\0", b"")))
