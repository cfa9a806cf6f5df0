"""Bodies that are coded, broken off, or no HTTP at all."""

import asyncio
import gzip
import itertools
import random
import zlib

import brotli
import pytest
from backports import zstd

from shared.web.client import Client, FetchError
from shared.web.connections import _Protocol
from tests.web.conftest import PAGE, Call, Serve, chunked, failure, settings

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
    "gzip;q=1.0": gzip.compress(PAGE),
    '"gzip"': gzip.compress(PAGE),
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


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
async def test_garbage_after_the_end_of_a_stream_is_ignored(coding: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(CODED[coding] + b"\0\0garb\r\n", Content_Encoding=coding)

    assert (await client.get((await serve(script)).url)).body == PAGE


@pytest.mark.parametrize(
    "lines",
    ["Content-Encoding: gzip\r\nContent-Encoding: br", "Content-Encoding: gzip\r\nTransfer-Encoding: br, chunked"],
)
async def test_codings_on_several_lines_are_undone(lines: str, client: Client, serve: Serve) -> None:
    coded = CODED["gzip, br"]
    lengths = "" if "chunked" in lines else f"Content-Length: {len(coded)}\r\n"
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(coded), coded) if "chunked" in lines else coded

    async def script(call: Call) -> None:
        await call.send(f"HTTP/1.1 200 OK\r\n{lengths}{lines}\r\n\r\n", body)

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (PAGE, False)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_body_with_a_wrong_checksum_is_kept_and_marked(coding: str, client: Client, serve: Serve) -> None:
    where = -6 if coding == "gzip" else -1
    coded = bytearray(CODED[coding])
    coded[where] ^= 1

    async def script(call: Call) -> None:
        await call.answer(bytes(coded), Content_Encoding=coding)

    answer = await client.get((await serve(script)).url)
    assert (answer.body, answer.truncated) == (PAGE, True)


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_what_came_before_a_fault_is_kept(coding: str, client: Client, serve: Serve) -> None:
    text = random.Random(1).randbytes(50_000).hex().encode()
    coded = (gzip.compress(text) if coding == "gzip" else brotli.compress(text))[:30_000] + b"\xff" * 30_000

    async def script(call: Call) -> None:
        await call.answer(coded, Content_Encoding=coding)

    answer = await client.get((await serve(script)).url)
    assert answer.truncated
    assert answer.body[:20_000] == text[:20_000]


@pytest.mark.parametrize("coding", ["compress", "x-compress", "dcb"])
async def test_a_coding_that_nobody_asked_for_is_an_error(coding: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(b"\x1f\x9d\x90\x3c\xd0", Content_Encoding=coding)

    assert await failure(client, (await serve(script)).url) == "http_error"


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


async def test_more_members_than_are_undone_mark_what_there_is_as_cut(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.answer(gzip.compress(b"rope") * 1500, Content_Encoding="gzip")

    answer = await client.get((await serve(script)).url)
    assert answer.truncated
    assert answer.body.startswith(b"rope" * 800)


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


@pytest.mark.parametrize("length", [len(PAGE), 1_000_000])  # in one piece with the head, and in many
@pytest.mark.parametrize("more", [b"<p>and more", b"\r\n", b"\r\n\r\n<p>and more"])
async def test_a_body_goes_on_beyond_its_length_in_vain(length: int, more: bytes, client: Client, serve: Serve) -> None:
    body = PAGE.ljust(length)

    async def script(call: Call) -> None:
        await call.send(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body + more)
        call.writer.close()

    server = await serve(script)
    for _ in range(2):
        assert (await client.get(server.url)).body == body


@pytest.mark.parametrize(
    "body",
    [b"Content-Length: 600\r\n\r\n" + b"x" * 600, b"Transfer-Encoding: chunked\r\n\r\n" + b"3\r\nxxx\r\n" * 200 + b"0\r\n\r\n"],
    ids=["length", "chunks"],
)  # fmt: skip
async def test_a_body_that_came_whole_while_reading_paused_is_read_to_its_end(body: bytes) -> None:
    """aiohttp holds back what is more than twice its buffer, and then goes on with it by a call without data."""
    protocol = _Protocol(asyncio.get_running_loop())
    protocol.set_response_params(read_bufsize=64)
    protocol.data_received(b"HTTP/1.1 200 OK\r\n" + body)
    _, content = await protocol.read()
    assert await content.read() == b"x" * 600


@pytest.mark.parametrize("before", [b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", b""])
@pytest.mark.parametrize("cut", [9, 30])
async def test_a_head_may_come_in_pieces_or_behind_another_before_too_long_a_body(
    before: bytes, cut: int, client: Client, serve: Serve
) -> None:
    sent = before + f"HTTP/1.1 200 OK\r\nContent-Length: {len(PAGE)}\r\n\r\n".encode() + PAGE + b"<p>and more"

    async def script(call: Call) -> None:
        await call.send(sent[:cut])
        await asyncio.sleep(0.02)  # so that the rest is read apart
        await call.send(sent[cut:])
        call.writer.close()

    assert (await client.get((await serve(script)).url)).body == PAGE


@pytest.mark.parametrize("coding", ["gzip", ""])
async def test_a_body_goes_piece_by_piece_into_what_takes_it(coding: str, client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        coded = CODED[coding][:-9]
        status = "404 Not Found" if call.path == "/none" else "200 OK"
        await call.send(f"HTTP/1.1 {status}\r\nContent-Encoding: {coding}\r\nContent-Length: {len(coded) + 9}\r\n\r\n")
        await call.send(coded)
        call.writer.close()

    server = await serve(script)
    taken = bytearray()

    async def take(piece: bytes) -> bool:
        taken.extend(piece)
        return piece == b"enough"

    answer = await client.get(server.url, into=take)
    assert (answer.body, answer.truncated) == (b"", True)  # it broke off
    assert PAGE.startswith(bytes(taken))
    assert len(taken) > len(PAGE) // 2
    taken.clear()
    assert (await client.get(f"{server.url}none", into=take)).body
    assert not taken


async def test_what_takes_a_body_may_have_enough(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n", PAGE)

    async def enough(_: bytes) -> bool:
        return True

    answer = await client.get((await serve(script)).url, max_bytes=900_000_000, into=enough)
    assert (answer.status, answer.truncated) == (200, True)


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
    "no status": b"HTTP/1.1\r\n\r\n199 ",
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


ODD_HEADS = {
    "a line without a colon": b"Garbage\r\n%b",
    "a header without a name": b": x\r\n%b",
    "a space before a colon": b"X-Cache : MISS\r\n%b",
    "a space in a name": b"X Cache: MISS\r\n%b",
    "brackets in a name": b"X[0]: 1\r\n%b",
    "a name beyond ASCII": "X-Größe: 1\r\n%b".encode(),
    "a folded header": b"X-A: b\r\n  c\r\n\td\r\nContent-Length:\r\n\t%d\r\n",
    "a carriage return in a value": b"X-A: b\rc\r\n%b",
    "the same length twice": b"%b%b",
    "the same length twice in a line": b"%l, %d\r\n",
    "a length and chunks": b"%b%c",
    "chunks twice": b"%c%c",
    "identity as a transfer coding": b"%bTransfer-Encoding: identity\r\n",
    "line feeds alone": b"X-A: b\n%l\n",
}


@pytest.mark.parametrize("what", ODD_HEADS)
@pytest.mark.parametrize("before", [b"", b"\r\n", b"HTTP/1.1 103 Early Hints\r\nGarbage\r\n\r\n"])
async def test_a_head_is_read_as_browsers_read_it(what: str, before: bytes, client: Client, serve: Serve) -> None:
    length = b"Content-Length: %d" % len(PAGE)
    head = ODD_HEADS[what].replace(b"%d", b"%d" % len(PAGE)).replace(b"%l", length).replace(b"%b", length + b"\r\n")
    head = head.replace(b"%c", b"Transfer-Encoding: Chunked\r\n")
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE) if b"Chunked" in head else PAGE

    async def script(call: Call) -> None:
        await call.send(before + b"HTTP/1.1 200 OK\r\nContent-Type : text/html\r\n" + head + b"\r\n" + body)

    server = await serve(script)
    for _ in range(2):
        answer = await client.get(server.url)
        assert (answer.body, answer.truncated, answer.content_type) == (PAGE, False, "text/html")
    assert server.connections == 1


async def test_a_body_that_reads_like_a_head_stays_as_it_is(client: Client, serve: Serve) -> None:
    body = b"HTTP/1.1 200 OK\r\nGarbage\r\n\r\nand more"

    async def script(call: Call) -> None:
        await call.send(f"HTTP/1.1 200 OK\r\nContent-Length: {2 * len(body)}\r\n\r\n")
        await asyncio.sleep(0.02)  # so that it is read apart
        await call.send(body)
        await asyncio.sleep(0.02)
        await call.send(body)

    assert (await client.get((await serve(script)).url)).body == 2 * body


async def test_endless_interim_answers_end_with_the_time_for_the_page(serve: Serve) -> None:
    async def script(call: Call) -> None:
        while True:
            await call.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 10)
            await asyncio.sleep(0)

    async with Client(settings(page_seconds=0.2)) as client:
        assert await failure(client, (await serve(script)).url) in {"timeout", "http_error"}


async def test_an_endless_head_is_no_http(client: Client, serve: Serve) -> None:
    async def script(call: Call) -> None:
        await call.send("HTTP/1.1 200 OK\r\n")
        while True:
            await call.send("X-A: b\r\n" * 1000)

    assert await failure(client, (await serve(script)).url, seconds=5) == "http_error"


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
