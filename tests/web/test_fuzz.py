"""Nothing that a site may send makes addresses, robots.txt, sitemaps, charsets or redirects raise, leave what is allowed,
or take longer than its size allows. Minutes of it, here about twelve:
`FUZZ_EXAMPLES=20000 nice python -m pytest -q --timeout 0 tests/web/test_fuzz.py`."""

import asyncio
import gc
import ipaddress
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from shared.errors import Problem
from shared.extract.charset import to_utf8
from shared.web import sitemap
from shared.web.address import FetchError, allowed, judge
from shared.web.client import Answer, Client
from shared.web.content import is_page
from shared.web.refresh import onward
from shared.web.retry import LONGEST_SECONDS, retry_after
from shared.web.robots import Robots
from shared.web.robots_rules import Rules
from shared.web.site import Site
from shared.web.urls import MAX_URL, company_key, normalise, parse, same_site
from tests.web.conftest import Call, Server, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))  # of each test
BUDGET_SECONDS, BUDGET_SECONDS_BYTE = 0.5, 20e-6  # CPU
QUIET = profile(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
FEW = profile(QUIET, max_examples=max(EXAMPLES // 5, 1))  # with a server

URL_PIECES = st.sampled_from(
    "http https : / // /// \\ ? # @ [ ] . .. ./ ../ %2e %2F %00 %zz %C3%BC ü ß İ ｅ ａ。 example.com www. xn-- xn--a localhost 127.0.0.1 0x7f.1"
    " 017700000001 2130706433 10.0.0.1 169.254.169.254 [::1] [::ffff:10.0.0.1] [fe80::1%25eth0] 64:ff9b:: :80 :99999 :0 user:pw@ mailto:"
    " javascript: data: file:/// utm_source=x &amp; ;jsessionid=1 a b 1 - _ ~ * $ + = & , \t \n \r \x00 \u2028 \ud800 \u202e".split(
        " "
    )
)
URLS = st.one_of(st.lists(URL_PIECES, max_size=12).map("".join), st.text(max_size=60))
BASES = st.sampled_from(
    ["https://example.com/", "http://example.com:8080/a/b?c", "https://[2001:db8::1]/x", "", "no base"]
)


@contextmanager
def budget(size: int) -> Iterator[None]:
    gc.disable()  # of what hypothesis keeps of thousands of examples, a collection alone takes longer
    started = time.thread_time()
    try:
        yield
        spent = time.thread_time() - started
    finally:
        gc.enable()
    assert spent < BUDGET_SECONDS + BUDGET_SECONDS_BYTE * size


def quick(function: Callable[..., object], *arguments: object, size: int) -> object:
    with budget(size):
        return function(*arguments)


# ------------------------------------------------------------------ addresses


@QUIET
@given(URLS, BASES)
def test_a_joined_address_is_canonical_or_none(link: str, base: str) -> None:
    with budget(len(link)):
        found = normalise(link, base)
    if found is None:
        return
    parts = urlsplit(found)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert parts.username is None
    assert not parts.fragment
    assert found.isascii()
    assert found.isprintable()
    assert "/../" not in parts.path + "/"
    assert normalise(found) == found
    assert str(parse(found)) == found
    assert same_site(found, found)


@QUIET
@given(URLS)
def test_a_company_key_is_canonical_or_a_problem(text: str) -> None:
    try:
        with budget(len(text)):
            key = company_key(text)
    except Problem as problem:
        assert (problem.status, problem.code) == (422, "invalid_address")
        return
    assert company_key(key) == key
    assert key == key.lower()
    assert len(key) < MAX_URL


@QUIET
@given(URLS, BASES)
def test_an_address_that_is_let_through_is_no_private_literal(link: str, base: str) -> None:
    strict = settings().model_copy(update={"allow_networks": ()})
    try:
        url = parse(link, base)
        judge(url, strict)
    except (ValueError, FetchError):
        return
    try:
        ip = ipaddress.ip_address(url.host.strip("[]"))
    except ValueError:
        assert "." in url.host
        return
    assert allowed(ip)
    assert ip.is_global


# ------------------------------------------------------------------ robots.txt

ROBOTS_PIECES = st.sampled_from(
    [b"User-agent: ", b"user-agent:*\n", b"Firmograph", b"firmograph/1.0\n", b"Disallow: /", b"Allow: /", b"allow:", b"\n", b"\r", b"\r\n", b"#", b"*", b"$", b"%2F",
     b"%", b"%C3%BC", b"\xfc", b"/index.html\n", b"Crawl-delay: ", b"Request-rate: ", b"1/0", b"1e999", b"-1", b"9" * 400, b"Sitemap: ", b"https://", b"\xef\xbb\xbf", b"\0", b" ", b"\t", b":"]
)  # fmt: skip
ROBOTS = st.lists(st.one_of(ROBOTS_PIECES, st.binary(max_size=6)), max_size=40).map(b"".join)


@QUIET
@given(ROBOTS, URLS)
def test_any_robots_txt_gives_an_answer(body: bytes, link: str) -> None:
    with budget(len(body)):
        robots = Robots.read("Firmograph", "https://example.com/robots.txt", 200, body)
        url = normalise(link, "https://example.com/") or "https://example.com/"
        assert isinstance(robots.allows(url), bool)
        assert robots.crawl_delay is None or 0 < robots.crawl_delay < float("inf")
        assert all(site.startswith(("http://", "https://")) for site in robots.sitemaps)


@QUIET
@given(ROBOTS, st.integers(1, 2000), URLS)
def test_the_same_rules_again_and_again_take_no_longer_than_their_size_allows(
    body: bytes, times: int, link: str
) -> None:
    body = (body + b"\n") * min(times, 500_000 // (len(body) + 1))
    url = normalise(link, "https://example.com/") or "https://example.com/"
    rules = quick(Rules, body, "Firmograph", size=len(body))
    assert isinstance(rules, Rules)
    quick(rules.allows, url, size=len(body))
    quick(rules.allows, "https://example.com/" + "a/" * 1000, size=len(body))


@QUIET
@given(st.text(st.sampled_from("/ab*$?%2Fü."), max_size=12), st.text(st.sampled_from("/ab?%2Fü."), max_size=12))
def test_what_one_rule_forbids_its_twin_allows_again(pattern: str, path: str) -> None:
    url = f"https://example.com/{path}"
    forbid = f"User-agent: *\nDisallow: /{pattern}\n"
    assert Rules(f"{forbid}Allow: /{pattern}\n".encode(), "x").allows(url)
    if not Rules(forbid.encode(), "x").allows(url):
        assert not Rules(f"{forbid}Allow: /\n".encode(), "x").allows(url) or pattern in ("", "*", "$", "**")


# ------------------------------------------------------------------ sitemaps

SITEMAP_PIECES = st.sampled_from(
    [b"<?xml version='1.0' encoding='", b"utf-16", b"'?>", b"<urlset>", b"<sitemapindex xmlns='x'>", b"<sitemap>", b"<url>", b"<loc>", b"</loc>", b"</url>", b"https://example.com/a\n",
     b"<![CDATA[", b"]]>", b"&amp;", b"&#x0;", b"&lol;", b"<!DOCTYPE a [<!ENTITY lol 'lol'>]>", b"<rss><channel><item><link>", b"<feed><entry><link href='", b"\x1f\x8b\x08", b"\xff\xfe", b"\0", b"<!--"]
)  # fmt: skip


@QUIET
@given(st.lists(st.one_of(SITEMAP_PIECES, st.binary(max_size=8)), max_size=40).map(b"".join), st.integers(1, 300))
def test_any_sitemap_gives_addresses(body: bytes, times: int) -> None:
    with budget(len(body) * times):
        links, nested = sitemap.parse(body * times)
    assert all(isinstance(link, str) for link in [*links, *nested])


# ------------------------------------------------------------------ charsets and types

CHARSETS = st.one_of(
    st.sampled_from([None, "", "utf-8", "utf-16", "utf-16le", "utf-7", "utf-32", "shift_jis", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312", "gb18030", "hex", "idna", "punycode", "zlib", "rot13", "undefined", "mbcs", "\x00"]),
    st.text(max_size=12),
)  # fmt: skip
BODY_PIECES = st.sampled_from(
    [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1b$B", b"\x1b(B", b"\0", b"\x80", b"\xed\xa0\x80", b"<meta charset='", b"<?xml encoding='", b"utf-16", b"big5", b"'>", b"\xe3\x81\x82", b"\x82\xa0",
     b"<!doctype html>", b"<html>", b"%PDF-", b"<!--", b"-->", b"<meta http-equiv=refresh content='", b"0;url=", b"/x", b"//y", b"http://[", b"'", b'"', b"<base href='", b"<noscript>", b"<body>"]
)  # fmt: skip
BODIES = st.lists(st.one_of(BODY_PIECES, st.binary(max_size=8)), max_size=40).map(b"".join)


@QUIET
@given(BODIES, CHARSETS, st.integers(1, 200))
def test_any_bytes_in_any_charset_become_utf_8(body: bytes, charset: str | None, times: int) -> None:
    with budget(len(body) * times):
        to_utf8(body * times, charset).decode()


@QUIET
@given(
    BODIES,
    CHARSETS,
    st.text(max_size=30),
    st.sampled_from(["text/html", "text/plain", "", "image/png"]),
    st.integers(1, 200),
)
def test_any_page_stays_or_leads_to_a_web_address(
    body: bytes, charset: str | None, header: str, kind: str, times: int
) -> None:
    headers: CIMultiDict[str] = CIMultiDict({"Refresh": header} if header else {})
    answer = Answer("https://example.com/a", 200, CIMultiDictProxy(headers), body * times, kind, charset, False)
    with budget(len(body) * times):
        link = onward(answer)
        assert is_page(kind, answer.body) in (True, False)
    assert link is None or link.startswith(("http://", "https://"))


@QUIET
@given(st.one_of(st.text(max_size=40), st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,30} \d\d:\d\d:\d\d (GMT|[+-]\d{4})")))
def test_any_retry_after_is_a_bounded_time_or_none(header: str) -> None:
    wait = retry_after({"Retry-After": header}, settings().now())
    assert wait is None or 0 <= wait <= LONGEST_SECONDS


# ------------------------------------------------------------------ redirects

HEADER = st.one_of(st.sampled_from(["Location", "Refresh", "Content-Type", "Content-Encoding", "Content-Length", "Retry-After", "Connection", "ETag", "X-Robots-Tag", "Transfer-Encoding", "Set-Cookie", "x"]), st.from_regex(r"[A-Za-z-]{1,8}", fullmatch=True))  # fmt: skip
VALUES = st.one_of(
    URLS,
    st.sampled_from(
        [
            "/",
            "/a",
            "?b",
            "0;url=/c",
            "//127.0.0.1:{port}/d",
            "gzip",
            "br, br",
            "chunked",
            "-1",
            "9" * 30,
            "close",
            "text/html",
        ]
    ),
)
ANSWERS = st.lists(
    st.tuples(st.sampled_from([200, 301, 302, 303, 307, 308, 304, 404, 503, 999, 100]), st.lists(st.tuples(HEADER, VALUES), max_size=4), BODIES),
    min_size=1,
    max_size=4,
)  # fmt: skip


@FEW
@given(ANSWERS)
def test_whatever_a_server_answers_is_an_answer_or_a_fetch_error(
    answers: list[tuple[int, list[tuple[str, str]], bytes]],
) -> None:
    asyncio.run(redirected(answers))


async def redirected(answers: list[tuple[int, list[tuple[str, str]], bytes]]) -> None:
    async def script(call: Call) -> None:
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
            return
        status, headers, body = answers[min(len(server.calls) - 1, len(answers)) - 1]  # robots.txt is the first call
        lines = [f"{name}: {value.replace('{port}', str(server.port))}" for name, value in headers]
        head = "\r\n".join([f"HTTP/1.1 {status} What", *lines, f"Content-Length: {len(body)}"])
        await call.send(head.encode("utf-8", "surrogatepass") + b"\r\n\r\n" + body)
        call.writer.close()

    server = Server(script)
    listener = await asyncio.start_server(server.connected, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]

    async def nowhere(_: str) -> list[str]:
        return ["10.0.0.1"]

    limits = settings(idle_seconds=0.5, page_seconds=2.0, connect_seconds=0.5, page_bytes=100_000)
    networks = limits.model_copy(update={"allow_networks": (ipaddress.ip_network("127.0.0.1/32"),)})
    try:
        async with Client(networks, resolve=nowhere) as client:
            answer = await Site(client, networks).get(server.url)
            assert urlsplit(answer.url).hostname == "127.0.0.1"
            assert len(answer.redirects) <= networks.redirects
    except FetchError as error:
        assert "10.0.0.1" not in error.reason
    finally:
        listener.close()
    assert all(call.headers.get("host", "").startswith("127.0.0.1") for call in server.calls)
