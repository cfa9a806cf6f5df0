"""Content-Encoding undone piece by piece: a decoder never holds more than it was asked for, so a bomb stays small."""

import re
import zlib
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

MAX_CODINGS = 3
MAX_MEMBERS = 1000  # of one gzip or zstd stream; each member copies what follows it
ZSTD_WINDOW_LOG = 23  # 8 MiB, RFC 9659's limit for this content coding
WHOLE_BYTES = 65_536  # most pages
STEP, LAST_BYTES = 4_096, 8
ACCEPT_ENCODING = "gzip, deflate, br, zstd"
NOT_UNDONE = frozenset(("compress", "dcb", "dcz", "exi", "sdch", "aes128gcm"))


class DecodingError(Exception):
    """The bytes are not what Content-Encoding says."""


class Decoder:
    """Undoes the codings of a Content-Encoding header; names that are no coding ("utf-8", "none") count as none, and
    those of others, which nobody asked for, are an error."""

    def __init__(self, codings: str = "") -> None:
        names = re.findall(r"[a-z0-9]+", codings.lower())
        if not NOT_UNDONE.isdisjoint(names):
            raise DecodingError("a coding that is not undone")
        self._layers = [_Layer(*_CODINGS[name]) for name in reversed(names) if name in _CODINGS]
        if len(self._layers) > MAX_CODINGS:
            raise DecodingError("too many codings")

    def feed(self, data: bytes, room: int) -> bytes:
        """What `data` decodes to. More than `room` bytes mean that there may be more still: the decoder is spent."""
        for layer in self._layers:
            data = layer.decode(data, room + 1)
            if len(data) > room:
                break
        return data

    @property
    def complete(self) -> bool:
        """Whether every stream that began came to its end, without a fault."""
        return all(layer.stream is None and not layer.broken for layer in self._layers)


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Layer:
    """One coding. Streams that start with `magic` may be strung together; what else follows a stream is ignored."""

    def __init__(self, make: Callable[[bytes], _Stream], magic: bytes) -> None:
        self._make, self._magic, self._members, self._held = make, magic, 0, b""
        self.broken = False
        self.stream: _Stream | None = None

    def decode(self, data: bytes, limit: int) -> bytes:
        """What comes first whole, else in steps, since a fault takes all with it that was decoded in the same one; at
        the end, where a wrong checksum or what does not belong there may be, byte by byte."""
        if self.broken:
            raise DecodingError("broken before")
        if not self._members and len(data) <= WHOLE_BYTES:
            try:
                return self._step(data, limit)
            except Exception:  # zlib, brotli and zstd share no class of errors
                self.stream, self._members, self._held = None, 0, b""
        output = bytearray()
        end = max(len(data) - LAST_BYTES, 0)
        for start, stop in pairwise((*range(0, end, STEP), *range(end, len(data) + 1))):
            if len(output) >= limit:
                break
            try:
                output += self._step(data[start:stop], limit - len(output))
            except Exception as error:
                self.broken = True
                if not output:
                    raise DecodingError(str(error)) from error
                break
        return bytes(output)

    def _step(self, data: bytes, limit: int) -> bytes:
        output, room = list[bytes](), limit
        data = self._held + data
        while data and room > 0:
            if self.stream is None:
                if self._members and (not self._magic or not data.startswith(self._magic[: len(data)])):
                    return b"".join(output)
                if self._members and len(data) < len(self._magic):
                    break
                if self._members == MAX_MEMBERS:
                    raise DecodingError("too many members")
                self.stream, self._members = self._make(data), self._members + 1
            output.append(self.stream.decompress(data, room))
            room -= len(output[-1])
            data = b""
            if self.stream.eof:
                data, self.stream = self.stream.unused_data, None
        self._held = data
        return b"".join(output)


class _Brotli:
    unused_data = b""

    def __init__(self) -> None:
        import brotli  # type: ignore[import-untyped]

        self._decompressor = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.is_finished())

    def decompress(self, data: bytes, max_length: int) -> bytes:
        output = list[bytes]()
        while max_length > 0 and not self.eof:  # it holds back what it decoded last
            output.append(self._decompressor.process(data, output_buffer_limit=max_length))
            max_length -= len(output[-1])
            if not data and not output[-1]:
                break
            data = b""
        return b"".join(output)


def _zstd(_: bytes) -> _Stream:
    from backports import zstd

    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


def _gzip(_: bytes) -> _Stream:
    return zlib.decompressobj(31)


def _deflate(data: bytes) -> _Stream:
    """zlib as RFC 9110 says, or the raw deflate that some servers send instead."""
    return zlib.decompressobj(15 if data[0] & 0x0F == 8 else -15)


_CODINGS: dict[str, tuple[Callable[[bytes], _Stream], bytes]] = {
    "gzip": (_gzip, b"\x1f\x8b"),
    "deflate": (_deflate, b""),
    "br": (lambda _: _Brotli(), b""),
    "zstd": (_zstd, b"\x28\xb5\x2f\xfd"),
}
