"""Sitemaps as they should be and as they are."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.sitemap import PIECE, Sitemap, parse

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*locs: str) -> bytes:
    entries = "".join(f"<url><loc>{loc}</loc><lastmod>2024-01-01</lastmod></url>" for loc in locs)
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset {NS}>{entries}</urlset>'.encode()


A, B = "https://example.com/a", "https://example.com/b?x=1&y=2"
INDEX = f"<sitemapindex {NS}><sitemap><loc> {A}.xml </loc></sitemap><sitemap><loc>{A}.gz</loc></sitemap></sitemapindex>"


def test_pages_are_listed_once_and_in_order() -> None:
    assert parse(urlset(A, B.replace("&", "&amp;"), A)) == ([A, B], [])


@pytest.mark.parametrize("address", [f"{A}?x[]=1", f"{A}?x[0]=1&y=2"])
def test_an_address_may_have_brackets(address: str) -> None:
    assert parse(urlset(address, f" <![CDATA[ {address} ]]> ", A)) == ([address, A], [])


def test_an_index_names_further_sitemaps() -> None:
    assert parse(INDEX.encode()) == ([], [f"{A}.xml", f"{A}.gz"])


WRITTEN = pytest.mark.parametrize(
    "body",
    [
        gzip.compress(urlset(A), mtime=0),
        b"\xef\xbb\xbf" + urlset(A),
        urlset(A).decode().encode("utf-16"),
        b"\n  " + urlset(A),
        urlset(f"<![CDATA[{A}]]>"),
        urlset(f"\n   {A}\n  "),
        f"<sm:urlset><sm:url><sm:loc>{A}</sm:loc></sm:url></sm:urlset>".encode(),
        f"<URLSET><URL><LOC>{A}</LOC></URL></URLSET>".encode(),
        f'<urlset><url><loc lang="en">{A}</loc></url></urlset>'.encode(),
        f"<urlset><url><loc>{A}</loc></urlset>".encode(),
        f"<urlset><url><loc>{A}</loc></url><url><loc>".encode(),
        f"<urlset><url><loc>{A}</loc><image:image><image:loc>{A}.png</image:loc></image:image></url></urlset>".encode(),
        f"<urlset><!-- <url><loc>{B}</loc></url> --><url><loc>{A}</loc></url></urlset>".encode(),
        f"<urlset>&nbsp;<url><loc>{A}</loc></url></urlset>".encode(),
        f"{A}\r\n\r\n  {A}  \nnot an address\nftp://example.com/\n".encode(),
        gzip.compress(f"{A}\n".encode(), mtime=0),
        urlset(A, "/relative", "ftp://example.com/x", "", "javascript:1", "https://example.com/" + "x" * 5000),
    ],
)


@WRITTEN
def test_pages_are_found_however_they_are_written(body: bytes) -> None:
    assert parse(body) == ([A], [])


@WRITTEN
def test_pages_are_found_however_they_arrive(body: bytes) -> None:
    lengths = (1, 2, 7, 50)
    assert {length: in_parts(body, length) for length in lengths} == dict.fromkeys(lengths, ([A], []))


def in_parts(body: bytes, length: int) -> tuple[list[str], list[str]]:
    sitemap = Sitemap()
    found = [sitemap.feed(body[at : at + length]) for at in range(0, len(body), length)] + [
        sitemap.feed(b"", last=True)
    ]
    return [url for pages, _ in found for url in pages], [url for _, nested in found for url in nested]


PARTS = st.sampled_from(
    [b"<urlset>", b"<url>", b"<sitemap>", b"<loc>", b"https://example.com/a", b"<![CDATA[", b"]]>", b"</loc>", b"\n",
     b"<!--", b"-->", b"<rss>", b"<item>", b"<link>", b"<link href='", b"'>", b"<", b"http://", b" "]
)  # fmt: skip


@given(st.lists(PARTS, max_size=60).map(b"".join), st.integers(1, 20))
def test_any_sitemap_names_the_same_in_parts_as_at_once(body: bytes, length: int) -> None:
    assert in_parts(body, length) == Sitemap().feed(body, last=True)


def test_a_raw_ampersand_does_not_hide_the_rest() -> None:
    assert parse(urlset(B, A)) == ([B, A], [])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1f\x8b",
        b"\x1f\x8bgarbage",
        b"<!doctype html><html><body><a href='https://example.com/'>404</a></body></html>",
        b"\0\1\2",
        b"<urlset></urlset>",
    ],
)
def test_what_is_no_sitemap_names_nothing(body: bytes) -> None:
    assert parse(body) == ([], [])


@given(st.binary())
def test_any_bytes_can_be_read(body: bytes) -> None:
    parse(body)
    parse(b"<urlset><url><loc>" + body)
    parse(b"\x1f\x8b\x08" + body)


def test_entities_are_not_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body += f"<urlset><url><loc>{A}</loc></url><url><loc>https://example.com/&l11;&f;</loc></url></urlset>"
    assert parse(body.encode()) == ([A, "https://example.com/&l11;&f;"], [])


@pytest.mark.parametrize("zipped", [False, True])
def test_a_full_sitemap_is_read_in_constant_memory_and_a_fuller_one_is_cut(zipped: bool) -> None:
    body = urlset(*(f"https://example.com/products/{number}/name" for number in range(60_000)))
    body = gzip.compress(body) if zipped else body
    sitemap, count = Sitemap(), 0
    tracemalloc.start()
    for at in range(0, len(body), PIECE):
        count += len(sitemap.feed(body[at : at + PIECE])[0])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (count, sitemap.full) == (50_000, True)
    assert peak < 3_000_000


def test_a_gzip_bomb_and_a_truncated_file_are_read_as_far_as_the_budget_goes() -> None:
    compressor = zlib.compressobj(wbits=31)
    bomb = compressor.compress(urlset(A)[:-9])
    bomb += b"".join(compressor.compress(b" " * 1_000_000) for _ in range(200)) + compressor.flush()
    tracemalloc.start()
    assert parse(bomb) == ([A], [])
    assert tracemalloc.get_traced_memory()[1] < 4_000 * PIECE
    tracemalloc.stop()
    compressor = zlib.compressobj(wbits=31)
    assert parse(compressor.compress(urlset(A)) + compressor.flush(zlib.Z_SYNC_FLUSH)) == ([A], [])


@pytest.mark.parametrize(
    "piece", [b"<loc>", b"<loc ", b"<loc><![CDATA[", b"<!--", b"<a:", b"<url><loc>   ", b"<sitemap"]
)
def test_hostile_text_is_scanned_once(piece: bytes) -> None:
    parse(b"<" + piece * (2_000_000 // len(piece)))
