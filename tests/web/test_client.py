"""The client's manners and budgets against servers that misbehave."""

import asyncio
import gzip
import itertools
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable, Iterator

import brotli
import pytest
from backports import zstd

from shared.errors import CODES
from shared.web.client import Client, FetchError
from tests.web.conftest import Authority, Call, Server, settings

Serve = Callable[..., Awaitable[Server]]
PAGE = b"<html><body>" + b"Words of a page. " * 2000 + b"</body></html>"


async def failure(client: Client, url: str, **options: object) -> str:
    with pytest.raises(FetchError) as caught:
        await client.get(url, **options)  # type: ignore[arg-type]
    assert caught.value.code in CODES
    assert "127.0.0.1" not in caught.value.reason
    return caught.value.code


async def page(call: Call) -> None:
    await call.answer(PAGE, Content_Type='Text/HTML; Charset="ISO-8859-1"', X_Seen="1")


# ------------------------------------------------------------------ what is sent and told


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


# ------------------------------------------------------------------ budgets


async def test_an_announced_size_above_the_budget_is_refused_unread(serve: Serve) -> None:
    async def huge(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nContent-Length: 5000001\r\n\r\n")

    server = await serve(huge)
    async with Client(settings()) as client:
        assert await failure(client, server.url) == "too_large"


async def chunked(call: Call, pieces: Iterator[bytes], **headers: str) -> None:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    await call.send(f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{lines}\r\n")
    for piece in pieces:
        await call.send(f"{len(piece):x}\r\n", piece, "\r\n")
        await asyncio.sleep(0)  # the client's turn
    await call.send("0\r\n\r\n")


async def test_a_body_may_be_as_large_as_its_budget_and_no_larger(client: Client, serve: Serve) -> None:
    async def sized(call: Call) -> None:
        await chunked(call, iter([b"x" * 500] * (int(call.path[1:]) // 500)))

    server = await serve(sized)
    assert len((await client.get(server.url + "10000", max_bytes=10_000)).body) == 10_000
    assert await failure(client, server.url + "10500", max_bytes=10_000) == "too_large"
    cut = await client.get(server.url + "10500", max_bytes=10_000, truncate=True)
    assert (cut.body, cut.truncated) == (b"x" * 10_000, True)


async def test_a_run_has_one_budget_for_all_its_answers(serve: Serve) -> None:
    server = await serve(page)
    async with Client(settings(run_bytes=3 * len(PAGE))) as client:
        answers = await asyncio.gather(*(client.get(server.url) for _ in range(6)), return_exceptions=True)
        read = [answer for answer in answers if not isinstance(answer, FetchError)]
        assert len(read) == 3
        assert {answer.code for answer in answers if isinstance(answer, FetchError)} == {"too_large"}
        before = len(server.calls)
        assert await failure(client, server.url) == "too_large"
        assert len(server.calls) == before


def zeros(coding: str) -> Iterator[bytes]:
    """10 GB of zeros in that coding, made as they are taken."""
    million = bytes(1_000_000)
    if coding == "gzip":
        gz = zlib.compressobj(wbits=31)
        yield from (gz.compress(million) for _ in range(10_000))
    elif coding == "deflate":
        raw = zlib.compressobj(wbits=-15)
        yield from (raw.compress(million) for _ in range(10_000))
    elif coding == "br":
        br = brotli.Compressor(quality=1)
        yield from (br.process(million) + br.flush() for _ in range(10_000))
    elif coding == "zstd":
        zs = zstd.ZstdCompressor()
        yield from (zs.compress(million, zstd.ZstdCompressor.FLUSH_BLOCK) for _ in range(10_000))
    else:  # gzip in gzip: 10 GB in some 30 kB
        outer = zlib.compressobj(wbits=31)
        yield from (outer.compress(piece) + outer.flush(zlib.Z_SYNC_FLUSH) for piece in zeros("gzip"))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_a_decompression_bomb_is_cut_off_early_and_in_small_memory(
    coding: str, client: Client, serve: Serve
) -> None:
    sent = 0

    def counted() -> Iterator[bytes]:
        nonlocal sent
        for piece in zeros(coding):
            sent += len(piece)
            if piece:
                yield piece

    async def bomb(call: Call) -> None:
        await chunked(call, counted(), Content_Encoding=coding)

    server = await serve(bomb)
    tracemalloc.start()
    assert await failure(client, server.url) == "too_large"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40_000_000
    assert sent < 2_000_000


async def test_bytes_that_decode_to_nothing_count_as_well(serve: Serve) -> None:
    async def padding(call: Call) -> None:
        empty_blocks = b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + b"\x00\x00\x00\xff\xff" * 50_000
        await chunked(call, iter([empty_blocks]), Content_Encoding="gzip")

    server = await serve(padding)
    async with Client(settings(page_bytes=100_000)) as client:
        assert await failure(client, server.url) == "too_large"


async def test_a_slow_drip_ends_with_the_time_for_the_page(serve: Serve) -> None:
    async def drip(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\n\r\n")
        while True:
            await call.send(b"x")
            await asyncio.sleep(0.005)

    async def drip_head(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            await call.send(b"x")
            await asyncio.sleep(0.005)

    for script in (drip, drip_head):
        server = await serve(script)
        async with Client(settings(page_seconds=0.2)) as client:
            assert await failure(client, server.url) == "timeout"
            with pytest.raises(FetchError, match="timeout"):
                await client.post(server.url, body=b"", headers={}, seconds=0.1)


@pytest.mark.parametrize("opening", ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"])
async def test_a_silent_server_ends_with_the_idle_time(opening: str, serve: Serve) -> None:
    async def silent(call: Call) -> None:
        await call.send(opening)
        await asyncio.Event().wait()

    server = await serve(silent)
    async with Client(settings(idle_seconds=0.1)) as client:
        assert await failure(client, server.url) == "timeout"


async def test_a_cancelled_request_is_cancelled_and_not_a_timeout(client: Client, serve: Serve) -> None:
    reached = asyncio.Event()

    async def silent(_: Call) -> None:
        reached.set()
        await asyncio.Event().wait()

    server = await serve(silent)
    task = asyncio.create_task(client.get(server.url))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# ------------------------------------------------------------------ bodies that are broken or coded

CODED = {
    "gzip": gzip.compress(PAGE),
    "x-gzip": gzip.compress(PAGE),
    "GZIP": gzip.compress(PAGE[:100]) + gzip.compress(PAGE[100:]),
    "deflate": zlib.compress(PAGE),
    "Deflate": zlib.compress(PAGE, wbits=-15),
    "br": brotli.compress(PAGE),
    "zstd": zstd.compress(PAGE),
    "zstd ": zstd.compress(PAGE[:100]) + zstd.compress(PAGE[100:]),
    "gzip, br": brotli.compress(gzip.compress(PAGE)),
    "deflate,gzip": gzip.compress(zlib.compress(PAGE)),
    "identity": PAGE,
    "utf-8": PAGE,
    "": PAGE,
}


@pytest.mark.parametrize("coding", CODED)
@pytest.mark.parametrize("step", [1, 7, 1_000_000])
async def test_every_coding_is_undone_however_it_is_cut(coding: str, step: int, client: Client, serve: Serve) -> None:
    coded = CODED[coding]

    async def script(call: Call) -> None:
        stop = 400 if step == 1 else len(coded)
        cuts = [*range(0, min(stop, len(coded)), step), len(coded)]
        await chunked(call, (coded[a:b] for a, b in itertools.pairwise(cuts) if b > a), Content_Encoding=coding)

    server = await serve(script)
    answer = await client.get(server.url)
    assert (answer.body, answer.truncated) == (PAGE, False)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd"])
async def test_garbage_after_the_end_of_a_stream_is_ignored(coding: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(CODED[coding] + b"\0\0garbage", Content_Encoding=coding)

    assert (await client.get((await serve(script)).url)).body == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_a_stream_without_its_end_is_kept_and_marked(coding: str, client: Client, serve: Serve) -> None:
    compressor = {
        "gzip": lambda: (c := zlib.compressobj(wbits=31)).compress(PAGE) + c.flush(zlib.Z_SYNC_FLUSH),
        "deflate": lambda: (c := zlib.compressobj()).compress(PAGE) + c.flush(zlib.Z_SYNC_FLUSH),
        "br": lambda: (c := brotli.Compressor()).process(PAGE) + c.flush(),
        "zstd": lambda: zstd.ZstdCompressor().compress(PAGE, zstd.ZstdCompressor.FLUSH_BLOCK),
    }[coding]

    async def script(call: Call) -> None:
        await call.answer(compressor(), Content_Encoding=coding)

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (PAGE, True)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip, gzip, gzip, gzip"])
async def test_a_body_that_is_not_what_its_header_says_is_an_error(coding: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(b"\xff\xff<html>plain</html>", Content_Encoding=coding)

    assert await failure(client, (await serve(script)).url) == "http_error"


async def test_thousands_of_empty_members_are_an_error(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(gzip.compress(b"") * 5000, Content_Encoding="gzip")

    assert await failure(client, (await serve(script)).url) == "http_error"


async def test_a_zstd_window_that_would_take_the_memory_is_an_error(client: Client, serve: Serve) -> None:
    options = {zstd.CompressionParameter.window_log: 27}
    compressor = zstd.ZstdCompressor(options=options)
    wide = compressor.compress(PAGE) + compressor.flush()

    async def script(call: Call) -> None:
        await call.answer(wide, Content_Encoding="zstd")

    assert await failure(client, (await serve(script)).url) == "http_error"


EARLY = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n<p>half",
    "chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n<p>half",
    "last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<p>half\r\n",
}


@pytest.mark.parametrize("how", EARLY)
@pytest.mark.parametrize("reset", [False, True])
async def test_a_body_that_ends_early_is_kept_and_marked(how: str, reset: bool, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send(EARLY[how])
        if reset:
            await asyncio.sleep(0.02)  # a reset may overtake what was sent before it
            call.writer.transport.abort()
        call.writer.close()

    answer = await client.get((await serve(script)).url)
    assert (answer.status, answer.body, answer.truncated) == (200, b"<p>half", True)


async def test_a_chunk_that_is_broken_ends_the_body(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n<p>half\r\n")
        await asyncio.sleep(0.02)  # so that it is not read with the head
        await call.send("zz\r\nx")

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (b"<p>half", True)


async def test_a_body_of_which_nothing_came_is_an_error(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        call.writer.close()

    assert await failure(client, (await serve(script)).url) == "http_error"


async def test_a_body_without_a_length_ends_with_the_connection(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send("HTTP/1.0 200 OK\r\n\r\nall of it")
        call.writer.close()

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (b"all of it", False)


BROKEN = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02\x03" * 100 + b"\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "no status": b"HTTP/1.1\r\n\r\n",
    "a status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
    "a length that is no number": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nzz",
    "a chunk size that is no number": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx\r\n",
    "an enormous chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\nx",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n",
    "an enormous header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\nContent-Length: 0\r\n\r\n",
    "too many headers": b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 5000 + b"Content-Length: 0\r\n\r\n",
    "an enormous status line": b"HTTP/1.1 200 " + b"O" * 100_000 + b"\r\n\r\n",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    "a closed head": b"HTTP/1.1 200 OK\r\nContent-",
}


@pytest.mark.parametrize("what", BROKEN)
async def test_an_answer_that_is_no_http_is_a_plain_error(what: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send(BROKEN[what])
        call.writer.close()

    server = await serve(script)
    assert await failure(client, server.url, seconds=5) in {"http_error", "unreachable"}
    with pytest.raises(FetchError):
        await client.post(server.url, body=b"{}", headers={}, seconds=5)


async def test_endless_interim_answers_end_with_the_time_for_the_page(serve: Serve) -> None:
    async def script(call: Call) -> None:
        while True:
            await call.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10)
            await asyncio.sleep(0)

    async with Client(settings(page_seconds=0.2)) as client:
        assert await failure(client, (await serve(script)).url) in {"timeout", "http_error"}


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: text/html; charset=\xff\xfe",
        b"Content-Type: ;;;",
        b"Content-Type: text/html, text/html; charset=utf-8",
        b"Content-Type:",
        b"Set-Cookie: \xff=;;=;\x80",
        b"Content-Security-Policy: " + b"https://cdn.example.com " * 1200,
        b"Content-Encoding: ,,",
        b"Link: <<<>>>",
        b"Content-Length: 2",
    ],
)
async def test_odd_headers_do_not_hinder_reading(header: bytes, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + header + b"\r\n\r\nok")
        call.writer.close()

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (b"ok", False)
    assert answer.content_type in {"", "text/html"}


# ------------------------------------------------------------------ redirects


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


# ------------------------------------------------------------------ connections


async def test_a_connection_is_used_again(client: Client, serve: Serve) -> None:
    server = await serve(page)
    for _ in range(3):
        await client.get(server.url)
    assert (server.connections, len(server.calls)) == (1, 3)


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


async def test_a_get_is_repeated_once_and_a_post_never(client: Client, serve: Serve) -> None:
    async def rude(call: Call) -> None:
        call.writer.transport.abort()

    server = await serve(rude)
    assert await failure(client, server.url) == "unreachable"
    assert len(server.calls) <= 2
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
    async with Client(settings(site_connections=2)) as client:
        tasks = [asyncio.create_task(client.get(server.url)) for _ in range(6)]
        await both.wait()
        go.set()
        await asyncio.gather(*tasks)
    assert most == 2


# ------------------------------------------------------------------ TLS


async def test_tls_is_verified_against_the_name_that_was_asked_for(authority: Authority, serve: Serve) -> None:
    names: list[str | None] = []
    context = authority.server("shop.example.com")
    context.sni_callback = lambda _, name, __: names.append(name)  # type: ignore[assignment,func-returns-value]
    server = await serve(page, tls=context)

    async def resolve(_: str) -> list[str]:
        return ["127.0.0.1"]

    async with Client(settings(), resolve=resolve, trust=authority.trust()) as client:
        assert (await client.get(f"https://SHOP.example.com.:{server.port}/")).body == PAGE
        assert names == ["shop.example.com"]
        for url in (f"https://other.example.com:{server.port}/", server.url.replace("http:", "https:")):
            assert await failure(client, url) == "tls_failed"
    async with Client(settings(), resolve=resolve) as client:
        assert await failure(client, f"https://shop.example.com:{server.port}/") == "tls_failed"
    assert len(server.calls) == 1


async def test_an_expired_certificate_is_refused(authority: Authority, serve: Serve) -> None:
    server = await serve(page, tls=authority.server("shop.example.com", days=-1))

    async def resolve(_: str) -> list[str]:
        return ["127.0.0.1"]

    async with Client(settings(), resolve=resolve, trust=authority.trust()) as client:
        with pytest.raises(FetchError, match=r"tls_failed.*expired"):
            await client.get(f"https://shop.example.com:{server.port}/")


async def test_plain_http_where_tls_is_expected_is_a_tls_error(client: Client, serve: Serve) -> None:
    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listener = await asyncio.start_server(never, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    assert await failure(client, f"https://127.0.0.1:{port}/") == "tls_failed"
    listener.close()
