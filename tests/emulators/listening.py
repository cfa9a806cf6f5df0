"""A Firestore that only listens, and says what a test wrote down: the emulator knows no resume tokens, filters,
removals or refusals."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
from google.cloud.firestore_v1 import types
from google.protobuf.timestamp_pb2 import Timestamp

Kind = types.TargetChange.TargetChangeType
Answer = types.ListenResponse | grpc.StatusCode


def changed(name: str, n: int) -> types.ListenResponse:
    document = types.Document(name=name, fields={"n": {"integer_value": n}}, update_time=Timestamp(seconds=n))
    return types.ListenResponse(document_change={"document": document, "target_ids": [1]})


def deleted(name: str) -> types.ListenResponse:
    return types.ListenResponse(document_delete={"document": name, "removed_target_ids": [1]})


def current(token: bytes) -> types.ListenResponse:
    return types.ListenResponse(
        target_change={"target_change_type": Kind.CURRENT, "target_ids": [1], "resume_token": token}
    )


def consistent(token: bytes) -> types.ListenResponse:
    return types.ListenResponse(target_change={"target_change_type": Kind.NO_CHANGE, "resume_token": token})


def removed() -> types.ListenResponse:
    return types.ListenResponse(target_change={"target_change_type": Kind.REMOVE, "target_ids": [1]})


def counted(count: int) -> types.ListenResponse:
    return types.ListenResponse(filter={"target_id": 1, "count": count})


class ScriptedListen:
    """Each connection gets the next script: answers, then what ends it (a status, or None to keep it open)."""

    def __init__(self, scripts: Callable[[str], list[list[Answer]]]) -> None:
        self.scripts, self.address = scripts, ""
        self.tokens: list[bytes] = []  # with which each connection came

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["ScriptedListen"]:
        handler = grpc.stream_stream_rpc_method_handler(
            self._listen,
            request_deserializer=types.ListenRequest.deserialize,
            response_serializer=types.ListenResponse.serialize,
        )
        server = grpc.aio.server()
        server.add_generic_rpc_handlers(
            [grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", {"Listen": handler})]
        )
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        try:
            yield self
        finally:
            await server.stop(None)

    async def _listen(self, requests: Any, context: Any) -> AsyncIterator[types.ListenResponse]:
        request = await anext(aiter(requests))
        [name] = request.add_target.documents.documents
        scripts = self.scripts(name)
        script = scripts[len(self.tokens)]
        self.tokens.append(request.add_target.resume_token)
        for answer in script:
            if isinstance(answer, grpc.StatusCode):
                await context.abort(answer, "as written")
            yield answer
        if len(self.tokens) == len(scripts):
            await asyncio.Event().wait()
