"""What the client sends, tells and follows."""

import asyncio

import pytest

from shared.web.client import Client, FetchError
from shared.web.connections import Connections
from tests.web.conftest import PAGE, Call, Serve, failure, page, settings


async def test_an_answer_tells_what_came(client: Client, serve: Serve) -> None:
    server = await serve(page)
    answer = await client.get(server.url + "a b?q=ü#part")
    assert answer.url == server.url + "a%20b?q=%C3%BC"
    assert (answer.status, answer.body, answer.content_type, answer.charset) == (200, PAGE, "text/html", "iso-8859-1")
    assert answer.headers["x-seen"] == "1"
    assert (answer.truncated, answer.redirects) == (False, [])
    assert server.calls[0].path == "/a%20b?q=%C3%BC"


async def test_a_request_says_who_asks_and_carries_no_cookies_or_credentials(client: Client, serve: Serve) -> None:
    async def cookies(call: Call) -> None:
        await call.answer(b"x", Set_Cookie="session=1; Path=/")

    server = await serve(cookies)
    await client.get(server.url)
    await client.get(server.url, accept="text/plain", headers={"Accept-Language": "en"})
    first, second = (call.headers for call in server.calls)
    assert first["user-agent"] == client.settings.user_agent
    assert "text/html" in first["accept"]
    assert {"gzip", "deflate", "br", "zstd"} == {coding.strip() for coding in first["accept-encoding"].split(",")}
    assert (second["accept"], second["accept-language"]) == ("text/plain", "en")
    assert not {"cookie", "authorization", "referer"} & {*first, *second}


async def test_any_status_is_an_answer(client: Client, serve: Serve) -> None:
    async def status(call: Call) -> None:
        await call.answer(b"" if call.path in ("/204", "/304") else b"no", status=f"{call.path[1:]} What")

    server = await serve(status)
    for code in (204, 300, 304, 401, 404, 418, 429, 500, 503):
        answer = await client.get(f"{server.url}{code}", seconds=5)
        assert answer.status == code


async def test_a_post_sends_its_body_once_and_gives_the_status(client: Client, serve: Serve) -> None:
    async def slow_talker(call: Call) -> None:
        await call.answer(b"x" * 200_000, status="202 Accepted", Retry_After="7")

    server = await serve(slow_talker)
    answer = await client.post(server.url, body=b'{"a":1}', headers={"webhook-id": "m1"}, seconds=5)
    assert (answer.status, answer.headers["retry-after"], answer.truncated) == (202, "7", True)
    assert len(answer.body) == 65_536
    assert [(call.body, call.headers["webhook-id"]) for call in server.calls] == [(b'{"a":1}', "m1")]


async def test_content_of_another_type_is_left_unread(client: Client, serve: Serve) -> None:
    async def film(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 900000000\r\n\r\n")

    server = await serve(film)
    answer = await client.get(server.url, types={"text/html"})
    assert (answer.content_type, answer.body, answer.truncated) == ("video/mp4", b"", True)


async def test_names_are_dialled_where_the_settings_say(serve: Serve) -> None:
    server = await serve(page)
    hosts = {"shop.example.com": f"127.0.0.1:{server.port}", "*": "127.0.0.1:1"}
    async with Client(settings(hosts=hosts)) as client:
        assert (await client.get("http://shop.example.com/x")).url == "http://shop.example.com/x"
        assert server.calls[0].headers["host"] == "shop.example.com"
        assert await failure(client, "http://elsewhere.example.com/") == "unreachable"


async def test_nobody_listening_and_no_such_name_are_told_apart(client: Client) -> None:
    async def nowhere(_: str) -> list[str]:
        raise OSError("no such name")

    async def empty(_: str) -> list[str]:
        return []

    assert await failure(client, "http://127.0.0.1:1/") == "unreachable"
    for resolve in (nowhere, empty):
        async with Client(settings(), resolve=resolve) as other:
            assert await failure(other, "http://example.com/") == "dns_failed"


async def test_a_look_up_that_hangs_ends_with_the_time_to_connect() -> None:
    async def hanging(_: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    async with Client(settings(connect_seconds=0.05), resolve=hanging) as client:
        assert await failure(client, "http://example.com/") == "dns_failed"


async def test_redirects_are_followed_and_told(client: Client, serve: Serve) -> None:
    ways = {
        "/": "301 /b",
        "/b": "302 c?x=1#frag",
        "/c?x=1": "303 //127.0.0.1:{port}/d",
        "/d": "307 http://127.0.0.1:{port}/\xfc",
        "/%FC": "308 ../caf\xc3\xa9/./e",
    }

    async def script(call: Call) -> None:
        if call.path not in ways:
            await call.answer(call.path.encode())
            return
        status, location = ways[call.path].split(" ", 1)
        await call.answer(b"moved", status=f"{status} Moved", Location=location.format(port=server.port))

    server = await serve(script)
    answer = await client.get(server.url)
    base = server.url[:-1]
    assert (answer.status, answer.url, answer.body) == (200, f"{base}/caf%C3%A9/e", b"/caf%C3%A9/e")
    assert answer.redirects == [base + path for path in ways]
    assert server.connections == 1


async def test_a_redirect_without_a_location_is_an_answer(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(b"where?", status="302 Found")

    answer = await client.get((await serve(script)).url)
    assert (answer.status, answer.body) == (302, b"where?")


async def test_circles_and_endless_redirects_are_an_error(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        onward = {"/self": "/self", "/a": "/b", "/b": "/a"}
        await call.answer(status="302 Found", Location=onward.get(call.path, call.path + "x"))

    server = await serve(script)
    for path, calls in (("self", 1), ("a", 2), ("x", client.settings.redirects + 1)):
        server.calls.clear()
        assert await failure(client, server.url + path) == "too_many_redirects"
        assert len(server.calls) == calls
    server.calls.clear()
    assert await failure(client, server.url + "x", redirects=2) == "too_many_redirects"
    assert len(server.calls) == 3


async def test_a_cookie_that_is_set_with_a_redirect_is_sent_on_that_origin_until_the_page_is_there(
    client: Client, serve: Serve
) -> None:
    async def script(call: Call) -> None:
        cookie = call.headers.get("cookie", "")
        if call.path == "/" and "seen=1" not in cookie:
            await call.answer(status="302 Found", Location="/", Set_Cookie="seen=1; Path=/; HttpOnly")
        elif call.path == "/away":
            await call.answer(status="302 Found", Location=other.url, Set_Cookie="seen=1")
        elif call.path.startswith("/endless"):
            value = "x" * len(call.path)
            await call.answer(status="302 Found", Location="/endless", Set_Cookie=f"a={value}\r\nSet-Cookie: b=\x80")
        else:
            await call.answer(cookie.encode())

    server, other = await serve(script), await serve(page)
    assert (await client.get(server.url)).body == b"seen=1"
    assert (await client.get(f"{server.url}later")).body == b""
    await client.get(f"{server.url}away")
    assert "cookie" not in other.calls[0].headers
    server.calls.clear()
    assert await failure(client, f"{server.url}endless") == "too_many_redirects"
    assert [call.headers.get("cookie") for call in server.calls] == [None, "a=xxxxxxxx"]


async def test_cookies_that_are_set_with_redirects_are_few_and_stay_on_their_origin(
    client: Client, serve: Serve
) -> None:
    async def first(call: Call) -> None:
        crumbs = "\r\nSet-Cookie: ".join(f"{call.path[1:]}{number}=x" for number in range(30))
        leads_to = {"/": "/a", "/a": "/b"}.get(call.path, second.url)
        await call.answer(status="302 Found", Location=leads_to, Set_Cookie=crumbs)

    async def then(call: Call) -> None:
        if call.path == "/":
            await call.answer(status="302 Found", Location="/there", Set_Cookie="of=another")
        else:
            await call.answer(call.headers.get("cookie", "").encode())

    server, second = await serve(first), await serve(then)
    assert (await client.get(server.url)).body == b"of=another"
    assert [call.headers.get("cookie", "").count("=") for call in server.calls] == [0, 20, 20]


@pytest.mark.parametrize(
    "location", ["mailto:a@b.c", "ftp://127.0.0.1/", "https://", "javascript:1", "http://[", "//:80"]
)
async def test_a_redirect_to_what_is_no_web_address_is_an_error(location: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(status="302 Found", Location=location)

    assert await failure(client, (await serve(script)).url) == "invalid_address"


async def test_credentials_stay_with_the_origin_that_they_were_given_for(client: Client, serve: Serve) -> None:
    other = await serve(page)

    async def script(call: Call) -> None:
        onward = {"/": "/same", "/same": other.url}
        await call.answer(status="302 Found", Location=onward[call.path])

    server = await serve(script)
    secrets = {"Authorization": "Bearer s", "Cookie": "c=1", "X-Api-Key": "k", "Accept-Language": "de"}
    await client.get(server.url, headers=secrets)
    for call in server.calls:
        assert {"authorization", "cookie", "x-api-key", "accept-language"} <= set(call.headers)
    assert not {"authorization", "cookie", "x-api-key"} & set(other.calls[0].headers)
    assert other.calls[0].headers["accept-language"] == "de"
    assert other.calls[0].headers["host"] == f"127.0.0.1:{other.port}"


async def test_each_hop_needs_its_permit(client: Client, serve: Serve) -> None:
    asked = []

    async def permit(url: str) -> None:
        asked.append(url)
        if url.endswith("/secret"):
            raise LookupError("robots.txt forbids it")

    async def script(call: Call) -> None:
        await call.answer(status="302 Found", Location="/secret")

    server = await serve(script)
    with pytest.raises(LookupError):
        await client.get(server.url, permit=permit)
    assert asked == [server.url, server.url + "secret"]
    assert [call.path for call in server.calls] == ["/"]


async def test_a_connection_is_used_again(client: Client, serve: Serve) -> None:
    server = await serve(page)
    for _ in range(3):
        await client.get(server.url)
    assert (server.connections, len(server.calls)) == (1, 3)


async def test_one_connection_serves_several_clients_and_was_judged_when_it_was_made(serve: Serve) -> None:
    server = await serve(page)
    answers = [f"127.0.0.1:{server.port}", "10.0.0.1"]

    async def resolve(_: str) -> list[str]:
        return [answers.pop(0)]

    connections = Connections(settings(), resolve=resolve)
    for _ in range(3):
        async with Client(settings(), connections=connections) as one:
            assert (await one.get("http://ropes.example/")).body == PAGE
    await connections.close()
    assert (server.connections, len(server.calls), answers) == (1, 3, ["10.0.0.1"])


async def test_a_kept_connection_that_the_server_dropped_is_made_anew_for_a_get(client: Client, serve: Serve) -> None:
    async def forgetful(call: Call) -> None:
        if call.number == 2:
            call.writer.transport.abort()
        else:
            await page(call)

    server = await serve(forgetful)
    for _ in range(2):
        assert (await client.get(server.url)).body == PAGE
    assert (server.connections, len(server.calls)) == (2, 3)


async def test_a_get_that_was_reset_is_repeated_once(client: Client, serve: Serve) -> None:
    async def rude_once(call: Call) -> None:
        if len(server.calls) == 1:
            call.writer.transport.abort()
        else:
            await page(call)

    server = await serve(rude_once)
    assert (await client.get(server.url)).body == PAGE
    assert len(server.calls) == 2


async def test_a_get_is_repeated_once_and_a_post_never(client: Client, serve: Serve) -> None:
    async def rude(call: Call) -> None:
        call.writer.transport.abort()

    server = await serve(rude)
    assert await failure(client, server.url) == "unreachable"
    assert len(server.calls) == 2
    server.calls.clear()
    with pytest.raises(FetchError, match="unreachable"):
        await client.post(server.url, body=b"{}", headers={}, seconds=5)
    assert len(server.calls) == 1


async def test_posts_share_no_connection(client: Client, serve: Serve) -> None:
    server = await serve(page)
    for _ in range(2):
        await client.post(server.url, body=b"{}", headers={}, seconds=5)
    assert server.connections == 2


async def test_no_more_connections_to_a_host_than_the_settings_say(serve: Serve) -> None:
    both, go = asyncio.Event(), asyncio.Event()
    open_now = most = 0

    async def script(call: Call) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        if open_now == 2:
            both.set()
        await go.wait()
        open_now -= 1
        await page(call)

    server = await serve(script)
    few = settings(site_connections=2)
    connections = Connections(few)
    clients = [Client(few, connections=connections) for _ in range(2)]
    tasks = [asyncio.create_task(client.get(server.url)) for client in clients for _ in range(3)]
    await both.wait()
    go.set()
    await asyncio.gather(*tasks)
    await connections.close()
    assert most == 2
