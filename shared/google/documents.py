"""Documents on Firestore, by the stubs of its asynchronous client.

The client's own transactions lock: of 20 tasks that collided on one document, 19 failed after 10 s. Here a
transaction reads and then commits on the update times of what it read.
"""

import secrets
from collections.abc import AsyncGenerator, Sequence
from functools import cached_property
from typing import Any

import grpc
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1 import types
from grpc import StatusCode

from shared.documents_rules import check, check_path, check_value, collection
from shared.google.calls import TOTAL_SECONDS, TRANSIENT, Attempts, repeat, route, translated
from shared.google.messages import query_message, version_asked, write_message
from shared.google.stamps import STAMP, stamped
from shared.google.values import document, encode, version
from shared.google.watches import Watch
from shared.ports import (
    TRANSACTION_SECONDS,
    Document,
    Documents,
    NotFound,
    PlatformError,
    Stale,
    Write,
    declared,
)
from shared.settings import Settings

READ_BACK_SECONDS = 2.0


class FirestoreDocuments(Documents):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._watches: dict[str, Watch] = {}

    @cached_property
    def _client(self) -> Any:
        return AsyncClient(project=self.settings.project or None, database=self.settings.database)

    @property
    def _stubs(self) -> Any:
        return self._client._firestore_api.transport

    @property
    def _database(self) -> str:
        return str(self._client._database_string)

    def _name(self, path: str) -> str:
        return f"{self._database}/documents/{path}"

    async def get(self, path: str) -> Document | None:
        check_path(path)
        found = (await self._found([path], Attempts())).get(path)
        return None if found is None else document(found)

    async def _found(self, paths: Sequence[str], attempts: Attempts) -> dict[str, Any]:
        """The raw messages of what is there. GetDocument would answer NOT_FOUND for a missing database, too."""
        names = {self._name(path): path for path in paths}
        request = types.BatchGetDocumentsRequest(database=self._database, documents=list(names))
        header = route("database", self._database)
        answers = await self._read(self._stubs.batch_get_documents, request, header, attempts)
        return {names[answer.found.name]: types.Document.pb(answer.found) for answer in answers if answer.found}

    async def _read(self, stub: Any, request: Any, header: tuple[str, str], attempts: Attempts) -> list[Any]:
        async def attempt(options: dict[str, Any]) -> list[Any]:
            return [a async for a in stub(request, metadata=[*self._client._rpc_metadata, header], **options)]

        try:
            return await repeat(attempt, attempts)
        except Stale as error:  # a read has no condition: an index is missing
            raise PlatformError(str(error)) from error

    async def commit(self, writes: Sequence[Write]) -> None:
        """An attempt whose answer is lost is repeated as it was; where a repeat fails, or time is up, the stamp tells
        whether the first one happened. An unconditional Put or Update may happen twice. Unavailable means that the
        server could not be asked for the stamp either: the commit may have happened."""
        check(writes)
        if not writes:
            return
        commit_id = secrets.token_hex(8)
        carrier, marked = stamped(writes, commit_id, self.settings.now())
        messages = [write_message(write, self._name(write.path)) for write in marked]
        request = types.CommitRequest.wrap(types.CommitRequest.pb()(database=self._database, writes=messages))
        metadata = [*self._client._rpc_metadata, route("database", self._database)]
        attempts, unsure = Attempts(), False
        while True:
            try:
                await self._stubs.commit(request, metadata=metadata, **attempts.options)
                return
            except grpc.aio.AioRpcError as error:
                transient, colliding = error.code() in TRANSIENT, error.code() is StatusCode.ABORTED
                unsure = unsure or (transient and not colliding)
                attempts.seconds = TRANSACTION_SECONDS if colliding else TOTAL_SECONDS
                if transient and await attempts.another():
                    continue
                if unsure and carrier and await self._carries(carrier, commit_id):
                    return
                if error.code() is StatusCode.FAILED_PRECONDITION:
                    await self._raise_gone(writes)
                raise translated(error) from error

    async def _carries(self, path: str, commit_id: str) -> bool:
        found = (await self._found([path], Attempts(READ_BACK_SECONDS))).get(path)
        return found is not None and found.fields[STAMP].string_value == commit_id

    async def _raise_gone(self, writes: Sequence[Write]) -> None:
        """NotFound where the first write that lost its version finds nothing: Firestore has one error for both."""
        asked = {write.path: asks for write in writes if (asks := version_asked(write)) is not None}
        found = await self._found(list(asked), Attempts())
        for path, asks in asked.items():
            if path not in found:
                raise NotFound(f"{path} is gone")
            if version(found[path].update_time) != asks:
                return

    async def query(
        self, name: str, *values: Any, parent: str = "", limit: int = 100, after: Document | None = None
    ) -> list[Document]:
        place, message = self._query(name, values, parent)
        message.limit.value = limit
        if after is not None:
            for order in message.order_by[:-1]:
                message.start_at.values.append(encode(after.fields[order.field.field_path]))
            message.start_at.values.add(reference_value=self._name(after.path))
        request = types.RunQueryRequest(parent=place, structured_query=types.StructuredQuery.wrap(message))
        answers = await self._read(self._stubs.run_query, request, route("parent", place), Attempts())
        return [document(types.Document.pb(answer.document)) for answer in answers if answer.document]

    async def count(self, name: str, *values: Any, parent: str = "") -> int:
        place, message = self._query(name, values, parent)
        request = types.RunAggregationQueryRequest(
            parent=place,
            structured_aggregation_query={
                "structured_query": types.StructuredQuery.wrap(message),
                "aggregations": [{"alias": "n", "count": {}}],
            },
        )
        answers = await self._read(self._stubs.run_aggregation_query, request, route("parent", place), Attempts())
        return int(answers[0].result.aggregate_fields["n"].integer_value)

    def _query(self, name: str, values: tuple[Any, ...], parent: str) -> tuple[str, Any]:
        """The resource under which it looks, and the message."""
        query = declared(name, values)
        for value in values:
            check_value(value)
        above, _, last = collection(query, parent).rpartition("/")
        return f"{self._database}/documents/{above}".rstrip("/"), query_message(query, values, last)

    async def watch(self, path: str) -> AsyncGenerator[Document | None, None]:
        check_path(path)
        watch = self._watches.get(path)
        if watch is None:
            watch = self._watches[path] = Watch(self._client, self._name(path))
        watch.readers += 1
        seen = 0
        try:
            while True:
                seen, latest = await watch.after(seen)
                yield latest
        finally:
            watch.readers -= 1
            if not watch.readers:
                self._watches.pop(path, None)
                await watch.stop()

    async def close(self) -> None:
        for watch in [*self._watches.values()]:
            await watch.stop()
        if "_client" in self.__dict__:
            await self._stubs.close()
