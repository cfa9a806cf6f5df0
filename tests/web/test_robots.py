"""robots.txt as servers give it: statuses, redirects, sizes, and files that are none."""

from collections.abc import Awaitable, Callable

import pytest

from shared.web.client import Client
from shared.web.robots import Robots, read_robots
from tests.web.conftest import Call, Serve, Server, settings


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
