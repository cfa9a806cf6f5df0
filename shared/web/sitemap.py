"""Sitemaps of the sitemaps.org protocol: XML, an index of others, RSS and Atom, plain text, each possibly gzipped.

Read by scanning for tags, not by an XML parser: many are not well-formed, and a scan expands no entities.
"""

import html
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from shared.web.decoding import Decoder, DecodingError
from shared.web.urls import MAX_URL

MAX_URLS = 50_000  # the protocol's limit
MAX_BYTES = 16 * 1024 * 1024  # after decompression; the protocol allows 50 MB, 50,000 entries take about 8
EXTENSIONS = (b"image", b"video", b"news")  # prefixes of <loc> whose addresses are no pages

# No part can run past the next "<", so that hostile text is scanned once.
_TOKEN = re.compile(
    rb"<!--|-->|<(?:[\w.-]{1,64}:)?(sitemap|url)[\s>]"
    rb"|<(?:([\w.-]{1,64}):)?loc(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<\]]*)",
    re.IGNORECASE,
)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_ENTRY = re.compile(
    rb"<(item|entry)[\s>]|<link(?:\s(?:[^<>]*?\s)?href\s*=\s*[\"']([^\"'<>]*)[^<>]*|\s[^<>]*)?>"
    rb"\s*(?:<!\[CDATA\[)?([^<\]]*)",
    re.IGNORECASE,
)


def parse(body: bytes) -> tuple[list[str], list[str]]:
    """The pages and the further sitemaps that it names, each once and as spelled there, in order; a broken file's as
    far as it is legible."""
    text = _text(body)
    if not text.lstrip().startswith(b"<"):
        return _addresses(text.splitlines()), []
    if _FEED.search(text, 0, 2_000):
        return _addresses(_entries(text)), []
    pages: list[bytes] = []
    sitemaps: list[bytes] = []
    found, commented = pages, False
    for token in _TOKEN.finditer(text):
        if token[0] in (b"<!--", b"-->"):
            commented = token[0] == b"<!--"
        elif commented:
            continue
        elif token[1]:
            found = sitemaps if token[1].lower() == b"sitemap" else pages
        elif token[2] not in EXTENSIONS and len(found) < MAX_URLS:
            found.append(token[3])
    return _addresses(pages), _addresses(sitemaps)


def _entries(text: bytes) -> Iterator[bytes]:
    """The link of each entry; those before the first are the feed's own."""
    within = False
    for token in _ENTRY.finditer(text):
        if token[1]:
            within = True
        elif within:
            yield token[2] or token[3]


def _text(body: bytes) -> bytes:
    if body.startswith(b"\x1f\x8b"):
        try:
            body = Decoder("gzip").feed(body, MAX_BYTES)[:MAX_BYTES]
        except DecodingError:
            return b""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace").encode()
    return body.removeprefix(b"\xef\xbb\xbf")


def _addresses(found: Iterable[bytes]) -> list[str]:
    texts = (html.unescape(one.decode("utf-8", "replace")).strip() for one in found if len(one) <= 2 * MAX_URL)
    kept = dict.fromkeys(
        text for text in islice(texts, 2 * MAX_URLS) if text[:8].lower().startswith(("http://", "https://"))
    )
    return list(kept)[:MAX_URLS]
