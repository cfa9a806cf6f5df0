"""No bytes make parsing, an extractor, the outcome or the resolution raise, or take longer than their size allows.
Minutes of it, here about fifteen: `FUZZ_EXAMPLES=20000 nice pytest --timeout=0 tests/extract/test_fuzz.py`."""

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.assemble.resolve import resolve
from shared.extract import extractors
from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.models import Outcome, Page

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PAGES = [case.joinpath("page.html").read_bytes() for case in sorted(Path(__file__).with_name("cases").iterdir())]
PIECES = [
    b"<a href='", b"mailto:", b"tel:+", b"http://[", b"//", b"\\", b"%zz", b"%00", b"'>", b"</a>", b"<base href='", b"&#0;", b"&#xd800;", b"@", b" [at] ",
    b"<script type='application/ld+json'>", b"</script>", b'{"@type":"Organization","name":', b'"@id":"#a"', b"null", b"1e999", b"[[", b"}", b",",
    b'{"@graph":[', b'"address":[{}]', b'"sameAs":{"@id":1}', b"NaN", b"\xff\xfe", b"\x00", b"\xed\xa0\x80", b"<!--", b"<![CDATA[", b"<svg><title>",
    b"\xc2\xa9 2024 ", b"GmbH", b"Fax", b"+49 ", b"0", b"12", b"(", b"NYSE: A", b"CIK 1", b"<meta charset='", b"utf-16", b"<template>", b"<frameset>",
    b"https://www.facebook.com/", b"https://boards.greenhouse.io/", b"data-cfemail='", b"5a5b", b"<img src=logo.png alt=", b"<table><p>", b"</br>",
    b"<div itemscope itemref='a b' id=a itemtype='https://schema.org/Organization'>", b"<i itemprop='name address'>", b"<b id=b itemprop=about itemscope itemref=a>",
    b"<script src='//js.stripe.com/jquery.min.js?", b"<script>window.a.b(", b"//x.y.com/", b"'GTM-AAAAA", b"<link rel=stylesheet href=/wp-content/",
    b"<meta name=generator content=", b"<form action='", b"<b class='fa-x wp-block-", b"<html data-v-1>",
    b"<div typeof='schema:Person' property=employee>", b"<div class='h-card vcard p-org'>", b"<i class='fn org adr title'>",
]  # fmt: skip


EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))  # of each test
BUDGET_SECONDS, BUDGET_SECONDS_BYTE = 1.0, 60e-6  # CPU; a hundred times what honest pages take: load is no matter
REPEATED_BYTES = 60_000


def read(body: bytes, url: str, charset: str | None, status: int) -> None:
    budget = BUDGET_SECONDS + BUDGET_SECONDS_BYTE * len(body)
    spent = [seconds(body, url, charset, status)]
    if spent[0] > budget:  # once more: the garbage of a long run may have been collected meanwhile
        spent.append(seconds(body, url, charset, status))
    assert min(spent) < budget


def seconds(body: bytes, url: str, charset: str | None, status: int) -> float:
    started = time.thread_time()
    understand(body, url, charset, status)
    return time.thread_time() - started


def understand(body: bytes, url: str, charset: str | None, status: int) -> None:
    parsed = ParsedPage.parse(body, url=url, fetched_at=NOW.isoformat(), charset=charset, kind="home")
    judged, _, _ = outcome(parsed, status, {"Server": "cloudflare"})
    assert judged in Outcome
    page = Page(url=url, outcome=Outcome.READ, kind="home", facts=extractors.facts(parsed))
    json.dumps([fact.value for fact in page.facts]).encode()
    resolve(
        "example-works.com", [page], version="1", now=NOW, partial=False, warnings=[], previous=None
    ).model_dump_json()


URLS = st.sampled_from(
    ["https://example-works.com/", "http://127.0.0.1:8080/", "http://[::1]/", "https://xn--a.test/a?b=[#"]
)
CHARSETS = st.sampled_from([None, "", "utf-8", "utf-16", "shift_jis", "hex", "idna", "\x00", "utf-7"])
QUIET = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(st.binary(max_size=2000), URLS, CHARSETS, st.integers(100, 599))
def test_random_bytes_never_raise(body: bytes, url: str, charset: str | None, status: int) -> None:
    read(body, url, charset, status)


@QUIET
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=8)), max_size=60), URLS, CHARSETS)
def test_markup_in_pieces_never_raises(pieces: list[bytes], url: str, charset: str | None) -> None:
    read(b"".join(pieces), url, charset, 200)


@QUIET
@given(st.sampled_from(PAGES), st.data())
def test_mutated_pages_never_raise(page: bytes, data: st.DataObject) -> None:
    body = bytearray(page)
    for _ in range(data.draw(st.integers(1, 12))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 40)))
        body[start:end] = data.draw(st.sampled_from([*PIECES, page[:50], page[-80:]]))
    read(bytes(body), "https://example-works.com/", None, 200)


@settings(QUIET, max_examples=max(EXAMPLES // 3, 1))
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(min_size=1, max_size=4)), min_size=1, max_size=4), URLS)
def test_the_same_again_and_again_takes_no_longer_than_its_size_allows(pieces: list[bytes], url: str) -> None:
    once = b"".join(pieces)
    read(once * (REPEATED_BYTES // len(once)), url, None, 200)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(
        ["@type", "@id", "@graph", "name", "url", "logo", "address", "addressCountry", "contactPoint", "telephone", "email", "sameAs", "founder",
         "employee", "offers", "price", "priceCurrency", "jobLocation", "hiringOrganization", "publisher", "datePublished", "headline", "title",
         "numberOfEmployees", "foundingDate", "tickerSymbol", "brand", "itemListElement", "item", "worksFor", "jobTitle", "about", "@value"]), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip
TYPES = st.sampled_from(
    ["Organization", "Product", "JobPosting", "NewsArticle", "Person", "WebSite", "ItemList", 7, None]
)


@QUIET
@given(st.lists(st.tuples(TYPES, JSON), min_size=1, max_size=4))
def test_any_json_in_a_json_ld_block_never_raises(nodes: list[tuple[object, object]]) -> None:
    rows = [{"@type": kind, **value} if isinstance(value, dict) else value for kind, value in nodes]
    text = json.dumps(rows).replace("</", "<\\/")
    read(f'<script type="application/ld+json">{text}</script>'.encode(), "https://example-works.com/", None, 200)
