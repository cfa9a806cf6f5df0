"""Sitemaps of the sitemaps.org protocol: XML, an index of others, RSS and Atom, plain text, each possibly gzipped.

Read by scanning for tags, not by an XML parser: many are not well-formed, and a scan expands no entities.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Literal

from shared.entities import unescape
from shared.web.decoding import Decoder, DecodingError
from shared.web.urls import MAX_URL

MAX_URLS = 50_000  # the protocol's limit
MAX_BYTES = 50 * 1024 * 1024  # after decompression, the protocol's limit
PIECE = 8_192  # bytes read at once, which unpacked may be a thousand times as many
MAX_HELD = 65_536  # of a tag or line that goes on in the next piece
BEGINNING = 2_000  # bytes that tell what it is
LONGEST_MARK = 3  # bytes of gzip's, or a byte order mark
CDATA = b"<![CDATA["
EXTENSIONS = (b"image", b"video", b"news")  # prefixes of <loc> whose addresses are no pages

Found = tuple[list[str], list[str]]
Kind = Literal["pages", "sitemaps"]

# No part can run past the next "<", so that hostile text is scanned once.
_TOKEN = re.compile(
    rb"<!--|-->|<(?:[\w.-]{1,64}:)?(sitemap|url)[\s>]"
    rb"|<(?:([\w.-]{1,64}):)?loc(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?([^<]*)",
    re.IGNORECASE,
)
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)[\s>]", re.IGNORECASE)
_ENTRY = re.compile(rb"<(item|entry)[\s>]|<link(\s[^<>]*+)?>\s*(?:<!\[CDATA\[)?([^<]*)", re.IGNORECASE)
_HREF = re.compile(rb"\shref\s*=\s*[\"']([^\"'<>]*)", re.IGNORECASE)


class Sitemap:
    """One sitemap as it arrives: what it holds does not grow with the file."""

    def __init__(self) -> None:
        self.listed = 0  # addresses so far
        self._raw, self._text = b"", b""  # not read yet
        self._gzip: Decoder | None = None
        self._utf_16: codecs.IncrementalDecoder | None = None
        self._decoded = 0
        self._begun = self._over = False
        self._scan: Callable[[bytes], Found] = self._plain
        self._within: Kind = "pages"
        self._commented = self._in_entry = False

    @property
    def full(self) -> bool:
        """Whether more of it would say nothing more."""
        return self._over or self.listed >= MAX_URLS

    def feed(self, data: bytes, *, last: bool = False) -> Found:
        """The pages and the further sitemaps that this part of it names, as spelled there and in order; a broken file's
        as far as it is legible."""
        pages: list[str] = []
        sitemaps: list[str] = []
        for at in range(0, len(data) or 1, PIECE):
            more, nested = self._read(data[at : at + PIECE], last and at + PIECE >= len(data))
            pages += more
            sitemaps += nested
        return pages, sitemaps

    def _read(self, data: bytes, last: bool) -> Found:
        self._text += self._unpacked(data, last)
        if not self._begun and not self._begins(last):
            return [], []
        cut = len(self._text) if last else self._cut()
        ready, self._text = self._text[:cut], self._text[cut:]
        return self._scan(ready)

    def _unpacked(self, data: bytes, last: bool) -> bytes:
        self._raw += data
        if self._over or (len(self._raw) < LONGEST_MARK and not last):
            return b""
        data, self._raw = self._raw, b""
        if self._decoded == 0 and self._gzip is None and data.startswith(b"\x1f\x8b"):
            self._gzip = Decoder("gzip")
        if self._gzip is not None:
            data = self._gunzipped(data)
        if self._decoded == 0:
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                self._utf_16 = codecs.getincrementaldecoder("utf-16")("replace")
            data = data.removeprefix(b"\xef\xbb\xbf")
        self._decoded += len(data)
        if self._decoded > MAX_BYTES:
            self._over = True
        return self._utf_16.decode(data, last).encode() if self._utf_16 else data

    def _gunzipped(self, data: bytes) -> bytes:
        assert self._gzip is not None
        try:
            return self._gzip.feed(data, MAX_BYTES - self._decoded)[: MAX_BYTES - self._decoded]
        except DecodingError:
            self._over = True
            return b""

    def _begins(self, last: bool) -> bool:
        """Whether its beginning, which tells what it is, is there."""
        whole = last or len(self._text) >= MAX_HELD
        if not whole and (len(self._text) < BEGINNING or self._text.isspace()):
            return False
        self._begun = True
        if self._text.lstrip().startswith(b"<"):
            self._scan = self._entries if _FEED.search(self._text, 0, BEGINNING) else self._tags
        return True

    def _cut(self) -> int:
        """Where what is complete ends: before a line, or a tag and its text, that goes on in the next piece."""
        text = self._text
        if self._scan == self._plain:
            cut = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        else:
            cut = text.rfind(b"<")
            if cut > 0 and CDATA.startswith(text[cut : cut + len(CDATA)]):
                cut = text.rfind(b"<", 0, cut)  # of the tag whose text it is
        return len(text) if len(text) - cut > MAX_HELD else max(cut, 0)

    def _plain(self, text: bytes) -> Found:
        return self._addresses(text.splitlines()), []

    def _tags(self, text: bytes) -> Found:
        found: dict[Kind, list[bytes]] = {"pages": [], "sitemaps": []}
        for token in _TOKEN.finditer(text):
            if token[0] in (b"<!--", b"-->"):
                self._commented = token[0] == b"<!--"
            elif self._commented:
                continue
            elif token[1]:
                self._within = "sitemaps" if token[1].lower() == b"sitemap" else "pages"
            elif token[2] not in EXTENSIONS:
                found[self._within].append(token[3])
        return self._addresses(found["pages"]), self._addresses(found["sitemaps"])

    def _entries(self, text: bytes) -> Found:
        """The link of each entry; those before the first are the feed's own."""
        found: list[bytes] = []
        for token in _ENTRY.finditer(text):
            if token[1]:
                self._in_entry = True
            elif self._in_entry:
                href = _HREF.search(token[2]) if token[2] else None
                found.append(href[1] if href and href[1] else token[3])
        return self._addresses(found), []

    def _addresses(self, found: Iterable[bytes]) -> list[str]:
        ended = (one.partition(b"]]>")[0] for one in found if len(one) <= 2 * MAX_URL)
        texts = (unescape(one.decode("utf-8", "replace")).strip() for one in ended)
        kept = dict.fromkeys(text for text in texts if text[:8].lower().startswith(("http://", "https://")))
        addresses = list(islice(kept, max(MAX_URLS - self.listed, 0)))
        self.listed += len(addresses)
        return addresses


def parse(body: bytes) -> Found:
    """The whole of a sitemap, each address once and in order."""
    pages, sitemaps = Sitemap().feed(body, last=True)
    return list(dict.fromkeys(pages)), list(dict.fromkeys(sitemaps))
