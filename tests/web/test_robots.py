"""RFC 9309, as a table, and files that are none."""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web.client import Client
from shared.web.robots import Robots, parse, read_robots
from tests.web.conftest import Call, Server, settings

Serve = Callable[..., Awaitable[Server]]


def allows(rules: str | bytes, path: str, token: str = "Firmograph") -> bool:
    body = rules.encode() if isinstance(rules, str) else rules
    return Robots(token, status=200, rules=parse(body, token)).allows(f"https://example.com{path}")


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("", "/x", True),
        ("User-agent: *\nDisallow:", "/x", True),
        ("User-agent: *\nDisallow: /", "/x", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("user-agent: FIRMOGRAPH\ndisallow: /x", "/x", False),
        ("User-agent: Firmograph/1.0\nDisallow: /x", "/x", False),
        ("User-agent: firmograph bot\nDisallow: /x", "/x", False),
        ("User-agent: Firm\nDisallow: /x", "/x", True),
        ("User-agent: FirmographX\nDisallow: /x", "/x", True),
        ("User-agent: Firmograph-News\nDisallow: /x", "/x", True),
        ("User-agent: other\nDisallow: /x", "/x", True),
        ("Disallow: /x", "/x", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Firmograph\nDisallow: /private", "/x", True),
        ("User-agent: Firmograph\nAllow: /\n\nUser-agent: *\nDisallow: /", "/x", True),
        ("User-agent: a\nUser-agent: Firmograph\nUser-agent: b\nDisallow: /x", "/x", False),
        ("User-agent: Firmograph\nDisallow: /a\n\nUser-agent: Firmograph\nDisallow: /b", "/b", False),
        ("User-agent: Firmograph\nDisallow: /a\n\nUser-agent: b\nDisallow: /b", "/b", True),
        ("User-agent: *\nDisallow: /x\nAllow: /x/public", "/x/public/1", True),
        ("User-agent: *\nAllow: /x\nDisallow: /x/private", "/x/private", False),
        ("User-agent: *\nDisallow: /x\nAllow: /x", "/x", True),
        ("User-agent: *\nDisallow: /X", "/x", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
        ("User-agent: *\nDisallow: /a*b", "/a-then-b", False),
        ("User-agent: *\nDisallow: /*?", "/x?y", False),
        ("User-agent: *\nDisallow: /*?", "/x", True),
        ("User-agent: *\nDisallow: /ü", "/%C3%BC", False),
        ("User-agent: *\nDisallow: /%c3%bc", "/%C3%BC", False),
        ("User-agent: *\nDisallow: /~joe", "/%7Ejoe", False),
        ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
        ("User-agent: * # all\nDisallow: /x # why", "/x", False),
        ("\ufeffUser-agent: *\nDisallow: /x", "/x", False),
        ("User-agent: *\rDisallow: /x", "/x", False),
        ("User-agent: *\r\n\r\nDisallow: /x", "/x", False),
        ("User-agent: *\nSitemap: https://example.com/s.xml\nDisallow: /x", "/x", False),
        ("User-agent: *\nCrawl-delay: 1\nDisallow: /x", "/x", False),
        ("User-agent:*\n  Disallow  :  /x  ", "/x", False),
    ],
)
def test_a_rule_is_read_as_rfc_9309_says(rules: str, path: str, allowed: bool) -> None:
    assert allows(rules, path) is allowed


def test_bytes_that_are_no_utf_8_and_other_encodings_keep_their_rules() -> None:
    rules = "User-agent: *\nDisallow: /grün\nDisallow: /x"
    for body in (rules.encode("latin-1"), rules.encode("utf-16"), rules.encode().replace(b"\n", b"\0\n")):
        assert not allows(body, "/x")
        assert allows(body, "/y")
    assert not allows(rules.encode("latin-1"), "/gr%C3%BCn")


@given(st.binary(), st.sampled_from([b"", b"User-agent: *\nDisallow: "]))
def test_any_bytes_are_rules_or_none(body: bytes, opening: bytes) -> None:
    allows(opening + body, "/x")


def test_a_file_of_thousands_of_names_is_read_in_linear_time() -> None:
    names = b"".join(b"User-agent: bot%d\n" % number for number in range(15_000))
    assert not allows(names + b"User-agent: *\n" + b"Disallow: /x\nAllow: /y\n" * 10_000, "/x")


async def read(client: Client, serve: Serve, script: Callable[[Call], Awaitable[None]]) -> tuple[Robots, Server]:
    server = await serve(script)
    return await read_robots(client, server.url + "deep/page?x"), server


@pytest.mark.parametrize(
    ("status", "reachable", "allowed"),
    [
        ("200 OK", True, False),
        ("204 No Content", True, True),
        ("400 Bad Request", True, True),
        ("401 Unauthorized", True, True),
        ("403 Forbidden", True, True),
        ("404 Not Found", True, True),
        ("410 Gone", True, True),
        ("429 Too Many Requests", False, False),
        ("500 Internal Server Error", False, False),
        ("503 Service Unavailable", False, False),
        ("599 What", False, False),
    ],
)
async def test_the_status_says_whether_there_are_rules(
    status: str, reachable: bool, allowed: bool, client: Client, serve: Serve
) -> None:
    async def script(call: Call) -> None:
        await call.answer(b"" if status[:3] == "204" else b"User-agent: *\nDisallow: /", status=status)

    robots, server = await read(client, serve, script)
    assert (robots.status, robots.reachable, robots.error) == (int(status[:3]), reachable, None)
    assert robots.allows(server.url + "x") is allowed
    assert [call.path for call in server.calls] == ["/robots.txt"]


async def test_a_server_that_does_not_answer_forbids_everything(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        call.writer.transport.abort()

    robots, server = await read(client, serve, script)
    assert (robots.status, robots.reachable) == (None, False)
    assert robots.error is not None
    assert robots.error.code == "unreachable"
    assert not robots.allows(server.url)


@pytest.mark.parametrize(("hops", "obeyed"), [(5, True), (6, False)])
async def test_five_redirects_are_followed_and_more_mean_no_rules(
    hops: int, obeyed: bool, client: Client, serve: Serve
) -> None:
    async def script(call: Call) -> None:
        number = int(call.path[2:]) if call.path.startswith("/r") and call.path[2:].isdigit() else 0
        if number < hops:
            await call.answer(status="302 Found", Location=f"/r{number + 1}")
        else:
            await call.answer(b"User-agent: *\nDisallow: /\nSitemap: map.xml")

    robots, server = await read(client, serve, script)
    assert robots.reachable
    assert robots.allows(server.url) is not obeyed
    if obeyed:
        assert robots.sitemaps == [f"{server.url}map.xml"]


async def test_a_redirect_to_a_private_address_forbids_everything(serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(status="302 Found", Location="http://10.0.0.1/robots.txt")

    async with Client(settings()) as client:
        robots, server = await read(client, serve, script)
    assert robots.error is not None
    assert robots.error.code == "address_not_allowed"
    assert not robots.allows(server.url)


@pytest.mark.parametrize(
    "page", [b"<!DOCTYPE html><html>User-agent: *\nDisallow: /", b"\n <html>", b"\xef\xbb\xbf<?xml?>"]
)
async def test_a_web_page_served_as_robots_txt_has_no_rules(page: bytes, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(page, Content_Type="text/html")

    robots, server = await read(client, serve, script)
    assert robots.allows(server.url)


async def test_rules_within_500_kb_hold_and_later_ones_do_not(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        filling = b"# " + b"x" * 97 + b"\n"
        await call.answer(b"User-agent: *\nDisallow: /a\n" + filling * 6000 + b"Disallow: /b\n")

    robots, server = await read(client, serve, script)
    assert not robots.allows(server.url + "a")
    assert robots.allows(server.url + "b")


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Crawl-delay: 0", None),
        ("Crawl-delay: -1", None),
        ("Crawl-delay: soon", None),
        ("Crawl-delay: inf", None),
        ("Crawl-delay: nan", None),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 2/1m", 30),
        ("Crawl-delay: 1\nRequest-rate: 1/5s", 5),
        ("", None),
    ],
)
def test_the_crawl_delay_is_what_the_site_asks_for(lines: str, delay: float | None) -> None:
    rules = parse(f"User-agent: *\nDisallow: /x\n{lines}".encode(), "Firmograph")
    assert Robots("Firmograph", status=200, rules=rules).crawl_delay == delay


def test_sitemaps_are_absolute_once_each_and_bounded() -> None:
    lines = [
        "Sitemap: /a.xml",
        "sitemap: https://cdn.example.net/b.xml",
        "Sitemap: /a.xml",
        "Sitemap: ftp://x/",
        "Sitemap:",
    ]
    lines += [f"Sitemap: /{number}.xml" for number in range(1000)]
    rules = parse("\n".join(lines).encode(), "Firmograph")
    found = Robots("Firmograph", status=200, rules=rules, url="https://example.com/robots.txt").sitemaps
    assert found[:3] == ["https://example.com/a.xml", "https://cdn.example.net/b.xml", "https://example.com/0.xml"]
    assert len(found) == 50
