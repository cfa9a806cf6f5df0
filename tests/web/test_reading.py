"""One page: what its type, its end, its robots directives and its marks make of it."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from shared.models import Outcome, Page
from shared.reading import Reading, read, reader
from shared.web.client import Client
from shared.web.site import Site
from tests.web.conftest import Call, Serve, Server, settings

TEXT = (
    "<!doctype html><html lang=en><head>{}<title>Hollin Tools</title></head><body><h1>Hollin Tools</h1>"
    "<p>We make bone folders and presses for bookbinders. Write to <a href='mailto:hello@hollin-tools.com'>"
    "hello@hollin-tools.com</a>.</p></body></html>"
)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Client(settings()) as client:
        yield Site(client, client.settings)


async def serving(serve: Serve, *lines: str, body: str | bytes = TEXT.format("")) -> Server:
    """A server that answers every page with these header lines."""
    sent = body.encode() if isinstance(body, str) else body

    async def script(call: Call) -> None:
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
        else:
            head = "\r\n".join(["HTTP/1.1 200 OK", f"Content-Length: {len(sent)}", *lines])
            await call.send(f"{head}\r\n\r\n".encode(), sent)

    return await serve(script)


def said(reading: Reading) -> tuple[str, str | None]:
    return reading.page.outcome.value, reading.page.code


# ------------------------------------------------------------------ robots directives


@pytest.mark.parametrize(
    ("lines", "metas", "outcome", "quoted"),
    [
        ([], "", "read", 300),
        (["X-Robots-Tag: all"], "<meta name=robots content='index, follow'>", "read", 300),
        (["X-Robots-Tag: noarchive, nofollow, noimageindex"], "", "read", 300),
        (["X-Robots-Tag: nosnippet"], "", "read", 0),
        (["X-Robots-Tag: noindex"], "", "read", 0),
        (["X-Robots-Tag: none"], "", "read", 0),
        ([], "<meta name=ROBOTS content='NOINDEX,FOLLOW'>", "read", 0),
        ([], "<meta name='robots' content='max-snippet:-1, max-image-preview:large'>", "read", 300),
        ([], "<meta name='robots' content='max-snippet: 9'>", "read", 9),
        (["X-Robots-Tag: max-snippet:7"], "<meta name='robots' content='max-snippet:9'>", "read", 7),
        (["X-Robots-Tag: otherbot: noindex, nosnippet"], "", "read", 300),
        (["X-Robots-Tag: noarchive, otherbot: noindex"], "", "read", 300),
        (["X-Robots-Tag: otherbot: noindex", "X-Robots-Tag: nosnippet"], "", "read", 0),
        ([], "<meta name='otherbot' content='noindex'>", "read", 300),
        (["X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 PST"], "", "read", 300),
        (["X-Robots-Tag: firmograph: nosnippet"], "", "read", 0),
        (["X-Robots-Tag: Firmograph: noindex"], "", "forbidden", None),
        (["X-Robots-Tag: otherbot: nofollow, firmograph: none"], "", "forbidden", None),
        ([], "<meta name=firmograph content=noindex>", "forbidden", None),
        (["X-Robots-Tag: \xff:,,:;max-snippet:"], "<meta name=robots content=',:,max-snippet:x,max-snippet:٣'>", "read", 300),
    ],
)  # fmt: skip
async def test_a_page_that_wants_no_index_or_snippet_is_not_quoted_and_one_that_names_us_is_not_used(
    lines: list[str], metas: str, outcome: str, quoted: int | None, site: Site, serve: Serve
) -> None:
    server = await serving(serve, "Content-Type: text/html", *lines, body=TEXT.format(metas))
    page = (await read(site, server.url, "home")).page
    assert page.outcome == outcome
    if quoted is None:
        assert (page.code, page.facts) == ("robots_disallowed", [])
    else:
        assert "hello@hollin-tools.com" in [fact.value for fact in page.facts]
        longest = max(len(fact.source.quote) for fact in page.facts)
        assert longest <= quoted
        assert longest > 9 or quoted < 10
        assert all(fact.source.url == server.url for fact in page.facts)


# ------------------------------------------------------------------ the address by which a page goes


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ("<link rel=canonical href='/contact?utm_source=x'>", "/contact"),
        ("<link rel='Canonical nofollow' href='contact'>", "/contact"),
        ("<link rel=canonical href='/a/'>", None),  # the page itself
        ("<link rel=canonical href='{url}a?utm_source=x#top'>", None),
        ("<link rel=canonical href='http://127.0.0.2:1/contact'>", None),
        ("<link rel=canonical href='https://evil.example/contact'>", None),
        ("<link rel=canonical href='javascript:alert(1)'>", None),
        ("<link rel=canonical href='http://[/'>", None),
        ("<link rel=canonical href='/contact.pdf'>", None),
        ("<link rel=canonical>", None),
        ("<link rel=alternate href='/contact'>", None),
        ("", None),
    ],
)
async def test_a_page_may_name_another_page_of_its_site_as_canonical(
    link: str, canonical: str | None, site: Site, serve: Serve
) -> None:
    async def script(call: Call) -> None:
        await call.answer(TEXT.format(link.format(url=server.url)).encode(), Content_Type="text/html")

    server = await serve(script)
    page = (await read(site, f"{server.url}a", "other")).page
    assert page.outcome is Outcome.READ
    assert page.canonical == (canonical and server.url + canonical[1:])


@pytest.mark.parametrize(
    ("header", "canonical"),
    [
        ('</contact>; rel="canonical"', "/contact"),
        ("<http://x.example/a.css>; rel=preload, <contact?utm_source=x>; title=x; rel=canonical", "/contact"),
        ('</contact>; rel="alternate", </de>; rel=next', None),
        ("</contact; rel=canonical", None),
    ],
)
async def test_an_answer_may_name_the_canonical_page(
    header: str, canonical: str | None, site: Site, serve: Serve
) -> None:
    server = await serving(serve, "Content-Type: text/html", f"Link: {header}")
    page = (await read(site, f"{server.url}a", "other")).page
    assert page.canonical == (canonical and server.url + canonical[1:])


@pytest.mark.parametrize("apart", ["<p>We sell ", " "])
async def test_the_sketches_of_pages_that_hardly_differ_hardly_do(apart: str, site: Site, serve: Serve) -> None:
    lines = "".join(f"{apart}{letter}{vowel}ll" for letter in "bcdfghklmnprstw" for vowel in "aeiou")

    async def sketched(body: str) -> set[str]:
        server = await serving(serve, "Content-Type: text/html", body=TEXT.format("").replace("We make", body))
        sketch = (await read(site, server.url, "home")).page.sketch or ""
        return {sketch[at : at + 8] for at in range(0, len(sketch), 8)}

    first = await sketched(f"{lines}<p>1 yesterday")
    assert len(first) == 64
    assert len(first & await sketched(f"{lines}<p>23 today")) >= 62
    assert len(first & await sketched(lines.replace("ll", "nd"))) < 32
    menu = "".join(f"<a href='/{number}'>A page named {'x' * number}</a>" for number in range(99))
    assert await sketched(f"<nav>{menu}</nav><p>{lines}<p>1 yesterday") == first


# ------------------------------------------------------------------ types

XHTML = "<?xml version='1.0'?>\n<!-- x -->\n" + TEXT.format("")
FEED = "<?xml version='1.0'?><rss version='2.0'><channel><title>News of Hollin Tools</title></channel></rss>"


@pytest.mark.parametrize(
    ("kind", "body", "read_as"),
    [
        ("text/html", TEXT, "read"),
        ("Text/HTML;charset=utf-8", TEXT, "read"),
        ("application/xhtml+xml", XHTML, "read"),
        (None, TEXT, "read"),
        ("text/plain", TEXT, "read"),
        ("application/octet-stream", "\ufeff  " + TEXT, "read"),
        ("application/xml", XHTML, "read"),
        ("text/plain", TEXT.encode("utf-16"), "read"),
        ("html", TEXT, "read"),
        ("text/plain", "Hollin Tools, a text of its own.", "not_html"),
        ("text/plain", "<!-- -->\n" * 200 + "Hollin Tools", "not_html"),  # in no time
        ("text/plain", "<!-- -->\n" * 200 + TEXT, "read"),
        ("application/xml", FEED, "not_html"),
        ("application/json", TEXT, "not_html"),
        ("application/pdf", b"%PDF-1.7\n", "not_html"),
        ("text/html", b"%PDF-1.7\n" + b"hello " * 30, "not_html"),
        ("text/html", b"\x89PNG\r\n\x1a\n" + bytes(99), "not_html"),
        (None, b"PK\x03\x04" + bytes(99), "not_html"),
        ("text/html", gzip.compress(TEXT.encode()), "not_html"),
        (None, "", "empty"),
    ],
)
async def test_what_a_page_is_stands_in_its_header_and_shows_in_its_look(
    kind: str | None, body: str | bytes, read_as: str, site: Site, serve: Serve
) -> None:
    server = await serving(serve, *([f"Content-Type: {kind}"] if kind else []), body=body)
    page = (await read(site, server.url, "home")).page
    assert read_as in (page.outcome.value, page.code)


async def test_a_page_that_breaks_off_is_read_as_far_as_it_came_and_marked(site: Site, serve: Serve) -> None:
    async def script(call: Call) -> None:
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
        else:
            await call.send("HTTP/1.1 200 OK\r\nETag: 1\r\nContent-Length: 9000\r\n\r\n", TEXT.format("").encode())
            call.writer.close()

    page = (await read(site, (await serve(script)).url, "home")).page
    assert (page.outcome, page.truncated) == (Outcome.READ, True)
    assert "hello@hollin-tools.com" in [fact.value for fact in page.facts]
    assert (await read(site, page.url, "home", page)).page.status == 200


# ------------------------------------------------------------------ asked again


class Marked:
    """A site that knows conditional requests."""

    def __init__(self) -> None:
        self.etag, self.modified, self.redirect = '"v1"', "Mon, 02 Feb 2026 10:00:00 GMT", ""
        self.asked: list[tuple[str, str | None, str | None]] = []

    async def __call__(self, call: Call) -> None:
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
            return
        match, since = (call.headers.get(name) for name in ("if-none-match", "if-modified-since"))
        self.asked.append((call.path, match, since))
        if call.path == "/" and self.redirect:
            await call.answer(status="302 Found", Location=self.redirect)
        elif (match or since) and match in (self.etag, None) and since in (self.modified, None):
            await call.answer(status="304 Not Modified", ETag=self.etag)
        else:
            marks = {"ETag": self.etag} if self.etag else {}
            marks |= {"Last_Modified": self.modified} if self.modified else {}
            await call.answer(TEXT.format("").encode(), Content_Type="text/html", **marks)


def aged(page: Page) -> Page:
    """The page as another day has read it."""
    facts = [replace(fact, source=replace(fact.source, fetched_at="2026-01-01T00:00:00+00:00")) for fact in page.facts]
    return replace(page, fetched_at="2026-01-01T00:00:00+00:00", facts=facts)


@pytest.mark.parametrize(
    ("etag", "modified"), [('"v1"', "Mon, 02 Feb 2026 10:00:00 GMT"), ('W/"v1"', ""), ("", "then")]
)
async def test_a_page_that_has_not_changed_keeps_its_facts_with_the_new_time(
    etag: str, modified: str, site: Site, serve: Serve
) -> None:
    marked = Marked()
    marked.etag, marked.modified = etag, modified
    server = await serve(marked)
    first = (await read(site, server.url, "about")).page
    again = (await read(site, server.url, "about", aged(first))).page
    assert marked.asked == [("/", None, None), ("/", etag or None, modified or None)]
    assert (again.outcome, again.status, again.bytes) == (Outcome.READ, 304, 0)
    assert [(fact.field, fact.value) for fact in again.facts] == [(fact.field, fact.value) for fact in first.facts]
    assert {fact.source.fetched_at for fact in again.facts} == {again.fetched_at}
    third = (await read(site, server.url, "about", again)).page
    assert third.status == 304


@pytest.mark.parametrize(
    "changes",
    [
        {"etag": None, "last_modified": None},
        {"outcome": Outcome.BLOCKED},
        {"truncated": True},
        {"kind": "contact"},
        {"final_url": "http://127.0.0.1/elsewhere"},
        {"reader": "an earlier release"},
    ],
)
async def test_a_page_is_asked_for_plainly_where_what_was_read_before_would_not_do(
    changes: dict[str, object], site: Site, serve: Serve
) -> None:
    marked = Marked()
    server = await serve(marked)
    first = (await read(site, server.url, "about")).page
    again = (await read(site, server.url, "about", replace(first, **changes))).page  # type: ignore[arg-type]
    assert again.status == 200
    assert marked.asked[1:] == [("/", None, None)]


async def test_a_page_that_has_changed_is_read_anew(site: Site, serve: Serve) -> None:
    marked = Marked()
    server = await serve(marked)
    first = (await read(site, server.url, "about")).page
    marked.etag = '"v2"'
    again = (await read(site, server.url, "about", first)).page
    assert (again.status, again.etag, again.reader) == (200, '"v2"', reader())


async def test_another_page_s_not_modified_behind_a_redirect_is_no_answer(site: Site, serve: Serve) -> None:
    marked = Marked()
    server = await serve(marked)
    first = (await read(site, server.url, "about")).page
    marked.redirect = "/new"
    again = (await read(site, server.url, "about", first)).page
    assert (again.status, again.final_url) == (200, f"{server.url}new")
    assert [path for path, _, _ in marked.asked] == ["/", "/", "/new", "/", "/new"]


async def test_not_modified_that_nobody_asked_for_is_an_error(site: Site, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(status="304 Not Modified")

    assert said(await read(site, (await serve(script)).url, "home")) == ("failed", "http_error")


async def test_a_mark_that_can_t_be_sent_back_is_not_kept(site: Site, serve: Serve) -> None:
    server = await serving(serve, "Content-Type: text/html", "ETag: \xff\xfe", f"Last-Modified: {'x' * 501}")
    page = (await read(site, server.url, "home")).page
    assert (page.etag, page.last_modified, page.reader) == (None, None, None)


# ------------------------------------------------------------------ asked to wait


async def test_a_site_that_asks_for_a_moment_is_left_alone_for_it_by_all(serve: Serve) -> None:
    at: list[tuple[str, float]] = []
    busy = True

    async def script(call: Call) -> None:
        nonlocal busy
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
            return
        at.append((call.path, asyncio.get_running_loop().time()))
        if busy:
            busy = False
            body = b"<title>Too Many Requests</title><h1>429 Too Many Requests</h1>"
            await call.answer(body, "429 Too Many Requests", Content_Type="text/html", Retry_After="1")
        else:
            await call.answer(TEXT.format("").encode(), Content_Type="text/html")

    server = await serve(script)
    async with Client(settings(site_connections=1)) as client:
        site = Site(client, client.settings)
        readings = await asyncio.gather(*(read(site, f"{server.url}{name}", "other") for name in "ab"))
    assert [reading.page.outcome for reading in readings] == [Outcome.READ, Outcome.READ]
    assert len(at) == 3
    assert at[1][1] - at[0][1] >= 0.99


async def test_a_site_that_refuses_all_requests_is_not_asked_again_for_each_page(serve: Serve) -> None:
    refused = 0

    async def script(call: Call) -> None:
        nonlocal refused
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
            return
        refused += 1
        await call.answer(b"<h1>Too many</h1>", "429 Too Many Requests", Content_Type="text/html", Retry_After="0")

    server = await serve(script)
    async with Client(settings(site_connections=1)) as client:
        site = Site(client, client.settings)
        readings = [await read(site, f"{server.url}{name}", "other") for name in "abcdefgh"]
    assert all(reading.busy == 0 for reading in readings)
    assert refused == 3 * 3 + 5


@pytest.mark.parametrize(
    ("statuses", "outcome", "asked"),
    [
        (["502 Bad Gateway", "200 OK"], Outcome.READ, 2),
        (["504 Gateway Timeout", "200 OK"], Outcome.READ, 2),
        (["502 Bad Gateway"] * 9, Outcome.FAILED, 2),
        (["500 Internal Server Error", "200 OK"], Outcome.FAILED, 1),
    ],
)
async def test_a_gateway_in_trouble_is_asked_once_more(
    statuses: list[str], outcome: Outcome, asked: int, site: Site, serve: Serve
) -> None:
    async def script(call: Call) -> None:
        robots = call.path == "/robots.txt"
        await call.answer(
            TEXT.format("").encode(), status="404 Not Found" if robots else statuses.pop(0), Content_Type="text/html"
        )

    server = await serve(script)
    assert (await read(site, f"{server.url}about", "about")).page.outcome is outcome
    assert [call.path for call in server.calls].count("/about") == asked
