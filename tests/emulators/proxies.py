"""What stands between a client and an emulator, and does what networks do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import grpc

Fate = Literal["arrives", "answer lost", "answer hangs", "request lost"]


class Cable:
    """A TCP proxy that can be cut: every connection is reset, new ones are let through."""

    def __init__(self, target: str) -> None:
        self.host, _, self.port = target.rpartition(":")
        self.address = ""
        self._writers: set[asyncio.StreamWriter] = set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Cable"]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            self.cut()
            await server.wait_closed()

    def cut(self) -> None:
        for writer in [*self._writers]:
            writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(self.host, int(self.port))
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        self._writers -= ends

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass  # the other end notices by the abort below
        finally:
            writer.transport.abort()


class LossyProxy:
    """A gRPC proxy that whose `fate` decides what becomes of a call."""

    def __init__(self, target: str) -> None:
        self.target, self.address = target, ""
        self.fate: Callable[[str], Fate] = lambda method: "arrives"
        self.handed_on: list[str] = []  # methods, in the order of their calls

    def doom(self, method: str, fate: Fate, times: int = 1) -> None:
        """The next calls of the method."""
        left = [fate] * times
        self.fate = lambda asked: left.pop() if left and asked == method else "arrives"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["LossyProxy"]:
        server = grpc.aio.server()
        server.add_generic_rpc_handlers([_Handler(self)])
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        async with grpc.aio.insecure_channel(self.target, options=[("grpc.max_receive_message_length", -1)]) as channel:
            self._channel = channel
            await server.start()
            try:
                yield self
            finally:
                await server.stop(None)

    async def forward(self, path: str, requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
        method = path.rpartition("/")[2]
        metadata = [(k, v) for k, v in context.invocation_metadata() if k != "user-agent"]
        fate = self.fate(method)
        if fate == "request lost":
            await context.abort(grpc.StatusCode.UNAVAILABLE, fate)
        self.handed_on.append(method)
        answers = self._channel.stream_stream(path)(requests, metadata=metadata)
        try:
            async for answer in answers:
                if fate == "arrives":
                    yield answer
        except grpc.aio.AioRpcError as error:
            if fate == "arrives":
                await context.abort(error.code(), error.details())
        finally:
            answers.cancel()
        if fate == "answer hangs":
            await asyncio.Event().wait()
        if fate == "answer lost":
            await context.abort(grpc.StatusCode.UNAVAILABLE, fate)


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, proxy: LossyProxy) -> None:
        self.proxy = proxy

    def service(self, details: Any) -> Any:
        async def forward(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
            async for answer in self.proxy.forward(details.method, requests, context):
                yield answer

        return grpc.stream_stream_rpc_method_handler(forward)
