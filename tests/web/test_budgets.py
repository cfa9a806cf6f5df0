"""Bytes and seconds: no answer takes more of them than it may."""

import asyncio
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import pytest
from backports import zstd

from shared.web.client import Client, FetchError
from tests.web.conftest import PAGE, Call, Serve, chunked, failure, page, settings


async def test_an_announced_size_above_the_budget_is_refused_unread(serve: Serve) -> None:
    async def huge(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nContent-Length: 5000001\r\n\r\n")

    server = await serve(huge)
    async with Client(settings()) as client:
        assert await failure(client, server.url) == "too_large"


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


async def test_the_idle_time_is_that_between_two_pieces_of_a_head_or_a_body(serve: Serve) -> None:
    async def slow(call: Call) -> None:
        for piece in (*"HTTP/1.1 200 OK|X-A: 1|X-B: 2|Content-Length: 4|".split("|"), "x", "x", "x", "x"):
            await call.send(piece if piece == "x" else f"{piece}\r\n")
            await asyncio.sleep(0.1)

    server = await serve(slow)
    async with Client(settings(idle_seconds=0.35)) as client:
        assert (await client.get(server.url)).body == b"xxxx"


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
