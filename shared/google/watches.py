"""One Listen stream for one document. The client has no asynchronous listener of its own, and request generators
leak tasks, so the bare stub is used. Source: google.firestore.v1 ListenResponse and TargetChange."""

import asyncio
import random
from collections.abc import AsyncGenerator
from types import EllipsisType
from typing import Any

import grpc
from google.cloud.firestore_v1 import types
from grpc import StatusCode

from shared.google.calls import translated
from shared.google.values import document
from shared.ports import Document, Unavailable

Change: Any = types.TargetChange.pb()
RECONNECT_SECONDS = (0.1, 10.0)  # least and greatest wait, doubled while it fails
FINAL = frozenset({StatusCode.PERMISSION_DENIED, StatusCode.UNAUTHENTICATED})
REFUSED = frozenset({StatusCode.INVALID_ARGUMENT, StatusCode.NOT_FOUND})
TARGET = 1


class Watch:
    """What is upstream, for any number of readers; it runs from the first to the last."""

    def __init__(self, client: Any, name: str) -> None:
        self.readers = 0
        self._number = 0
        self._latest: Document | None = None
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._follow(client, name))
        self._task.add_done_callback(lambda _: self._changed.set())

    async def _follow(self, client: Any, name: str) -> None:
        async for latest in listen(client, name):
            self._number, self._latest = self._number + 1, latest
            self._changed.set()
            self._changed = asyncio.Event()

    async def after(self, number: int) -> tuple[int, Document | None]:
        """The latest state and its number, once that is not `number`."""
        while self._number == number:
            if self._task.done():
                if self._task.cancelled():
                    raise Unavailable("the watch was closed")
                self._task.result()
            await self._changed.wait()
        return self._number, self._latest

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])


async def listen(client: Any, name: str) -> AsyncGenerator[Document | None, None]:
    """The states of a document, None while it is absent, over any number of connections; ends when it is closed."""
    token, wait = b"", RECONNECT_SECONDS[0]
    now: Document | None = None
    told: Document | EllipsisType | None = ...
    while True:
        call = client._firestore_api.transport.listen(metadata=client._rpc_metadata, wait_for_ready=True)
        if not token:
            now = None
        try:
            target = types.Target(target_id=TARGET, documents={"documents": [name]}, resume_token=token)
            await call.write(types.ListenRequest(database=client._database_string, add_target=target))
            while (answer := await call.read()) is not grpc.aio.EOF:
                message = types.ListenResponse.pb(answer)
                match message.WhichOneof("response_type"):
                    case "document_change":
                        now = document(message.document_change.document)
                    case "document_delete" | "document_remove":
                        now = None
                    case "filter" if message.filter.count != (now is not None):  # something was missed: read it anew
                        token = b""
                        break
                    case "target_change":
                        change = message.target_change
                        if change.target_change_type == Change.REMOVE:
                            token = b""
                            break
                        if change.target_change_type == Change.RESET:
                            now = None
                        if change.target_change_type == Change.CURRENT:
                            wait = RECONNECT_SECONDS[0]
                        token = change.resume_token or token
                        consistent = change.target_change_type == Change.NO_CHANGE and not change.target_ids
                        if consistent and now != told:
                            told = now
                            yield now
        except grpc.aio.AioRpcError as error:
            if error.code() in FINAL or (error.code() in REFUSED and not token):
                raise translated(error) from error
            if error.code() in REFUSED:
                token = b""
        finally:
            call.cancel()
        await asyncio.sleep(random.uniform(wait / 2, wait))
        wait = min(wait * 2, RECONNECT_SECONDS[1])
