"""Documents on SQLite, as strict as Firestore: the same rules, index entries for declared queries, triggers, expiry."""

import asyncio
import json
import random
import secrets
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache, partial
from types import MappingProxyType
from typing import Any, TypeVar

from shared import documents_rules as rules
from shared.embedded import indexes, queue, values
from shared.embedded.functions import triggers
from shared.embedded.store import store
from shared.ports import (
    AlreadyExists,
    Create,
    Delete,
    Document,
    Documents,
    Fields,
    Guard,
    Increment,
    NotFound,
    Put,
    Stale,
    Unavailable,
    Update,
    Write,
    declared,
)
from shared.settings import Settings

T = TypeVar("T")
REPEATABLE = "runs/"  # what a stage notes of a run and its pages is done again where a power cut takes it
READ = "SELECT path, version, fields, blob FROM documents"
KEPT = 256  # documents without bytes, once understood: most are looked at again, by the commit that changes them


@dataclass(eq=False)
class Watched:
    document: Document | None
    readers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # set once, then replaced
    failure: Exception | None = None

    @property
    def version(self) -> str | None:
        return self.document.version if self.document else None

    def tell(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class EmbeddedDocuments(Documents):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = store(settings.data)
        self._indexed = False
        self._watched: dict[str, Watched] = {}
        self._watching: asyncio.Task[None] | None = None

    async def get(self, path: str) -> Document | None:
        rules.check_path(path)
        return await self._turn(lambda connection: _get(connection, path))

    async def commit(self, writes: Sequence[Write]) -> None:
        rules.check(writes)

        def apply(connection: sqlite3.Connection) -> None:
            change = Change(connection, {} if self._settings.lose_triggers else triggers(self._settings.functions))
            for write in writes:
                change.apply(write)

        # What is deleted there is what somebody asked to be erased, once.
        lasting = any(not write.path.startswith(REPEATABLE) or isinstance(write, Delete) for write in writes)
        await self._write(apply, lasting=lasting)

    async def query(
        self, name: str, *values: Any, parent: str = "", limit: int = 100, after: Document | None = None
    ) -> list[Document]:
        span = indexes.span(declared(name, values), values, parent, after)
        select = f"{READ} JOIN (SELECT path, key {indexes.ENTRIES} ORDER BY key LIMIT ?) USING (path) ORDER BY key"
        await self._index()
        rows = await self._turn(lambda connection: connection.execute(select, (*span, limit)).fetchall())
        return [_document(row) for row in rows]

    async def count(self, name: str, *values: Any, parent: str = "") -> int:
        span = indexes.span(declared(name, values), values, parent)
        select = f"SELECT count(*) {indexes.ENTRIES}"
        await self._index()
        row = await self._turn(lambda connection: connection.execute(select, span).fetchone())
        return int(row[0])

    async def watch(self, path: str) -> AsyncGenerator[Document | None, None]:
        watched = self._watched.setdefault(path, Watched(await self.get(path)))
        watched.readers += 1
        self._watching = self._watching or asyncio.create_task(self._follow())
        try:
            self._look(path)
            told: object = watched  # no version
            while not watched.failure:
                changed = watched.changed
                if told != watched.version:
                    told = watched.version
                    yield watched.document
                else:
                    await changed.wait()
            raise Unavailable(f"{path} can't be watched any longer") from watched.failure
        finally:
            watched.readers -= 1
            if not watched.readers:
                self._watched.pop(path, None)
            if not self._watched:
                await self._unfollow()

    async def purge(self, now: datetime, limit: int = 1000) -> int:
        """Deletes up to `limit` documents whose `expires_at` has passed; says how many."""

        def apply(connection: sqlite3.Connection) -> int:
            due = "SELECT path FROM documents WHERE expires_at <= ? ORDER BY expires_at LIMIT ?"
            rows = connection.execute(due, (values.microseconds(now), limit)).fetchall()
            change = Change(connection)
            for (path,) in rows:
                change.apply(Delete(path))
            return len(rows)

        return await self._write(apply)

    async def close(self) -> None:
        """Ends the watches. The store stays open: the loop's other adapters use it too."""
        self._fail(Unavailable("closed"))
        await self._unfollow()

    async def _turn(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """A read, after the loop's other work has had its turn: a caller that only reads must not hold the loop."""
        await asyncio.sleep(0)
        return self._read(function)

    def _read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._store.read(function)
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error

    async def _write(self, function: Callable[[sqlite3.Connection], T], *, lasting: bool = True) -> T:
        def apply(connection: sqlite3.Connection) -> T:
            if not self._indexed:
                indexes.define(connection, _everything(connection))
            return function(connection)

        try:
            result = await self._store.write(apply, lasting=lasting)
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error
        self._indexed = True
        return result

    async def _index(self) -> None:
        if not self._indexed:
            await self._write(lambda connection: None)

    async def _follow(self) -> None:
        """Looks at what is watched after each commit of anybody."""
        try:
            seen = self._store.data_version()
            while True:
                self._look(*self._watched)
                seen = await self._store.changed(seen)
        except (sqlite3.Error, Unavailable) as error:
            self._watching = None
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        for watched in self._watched.values():
            watched.failure = error
            watched.tell()

    async def _unfollow(self) -> None:
        task, self._watching = self._watching, None
        if task:
            task.cancel()
            await asyncio.wait([task])

    def _look(self, *paths: str) -> None:
        select = "SELECT path, version FROM documents WHERE path IN (SELECT value FROM json_each(?))"
        rows = self._read(lambda connection: connection.execute(select, (json.dumps(paths),)).fetchall())
        versions = {path: str(version) for path, version in rows}
        changed = [path for path in paths if versions.get(path) != self._watched[path].version]
        for path in changed:
            self._watched[path].document = self._read(partial(_get, path=path))
            self._watched[path].tell()


class Change:
    """The writes of one commit, on a connection in a transaction; all that changes has one new version."""

    def __init__(self, connection: sqlite3.Connection, triggers: Mapping[str, str] = MappingProxyType({})) -> None:
        self._connection = connection
        self._triggers = triggers
        self._version = random.getrandbits(62)  # that was deleted and made again never has an old one

    def apply(self, write: Write) -> None:
        path = write.path
        row = self._connection.execute(f"{READ} WHERE path = ?", (path,)).fetchone()
        old = Row(*row) if row else None
        _condition(write, old)
        match write:
            case Create() | Put():
                self._replace(path, old, write.fields)
            case Update():
                kept = old.document.fields.keys() - write.fields.keys() if old else ()
                changed = {**old.document.fields, **write.fields} if old and kept else write.fields
                if kept:
                    rules.check_document(path, changed)  # as it is after the update
                self._replace(path, old, changed)
            case Increment():
                fields = old.document.fields if old else {}
                changed = fields | {n: _sum(fields.get(n), more) for n, more in write.amounts.items()}
                rules.check_document(path, changed)
                self._replace(path, old, changed)
            case Delete() if old:
                self._connection.execute("DELETE FROM documents WHERE path = ?", (path,))
                indexes.move(self._connection, path, old.document.fields, None)

    def _replace(self, path: str, old: "Row | None", fields: Fields) -> None:
        text, blob = values.dump(fields)
        if old and (text, blob) == (old.text, old.blob):
            return
        expires_at = fields.get("expires_at")
        expires = values.microseconds(expires_at) if isinstance(expires_at, datetime) else None
        self._connection.execute(
            "INSERT INTO documents (path, version, fields, blob, expires_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (path)"
            " DO UPDATE SET version = excluded.version, fields = excluded.fields, blob = excluded.blob,"
            " expires_at = excluded.expires_at",
            (path, self._version, text, blob, expires),
        )
        if indexes.concerns(path):
            indexes.move(self._connection, path, old.document.fields if old else None, fields)
        if not old:
            self._trigger(path)

    def _trigger(self, path: str) -> None:
        """Wakes functions as Eventarc does, in the commit that creates the document. Its body would be the document
        as a protobuf, which no function reads."""
        for function, pattern in self._triggers.items():
            if not _matches(pattern, path):
                continue
            attributes = {
                "ce-id": secrets.token_hex(12),
                "ce-type": "google.cloud.firestore.document.v1.created",
                "ce-source": "//firestore.googleapis.com/projects/local/databases/(default)",
                "ce-subject": f"documents/{path}",
                "ce-document": path,
                "ce-specversion": "1.0",
                "ce-time": datetime.now(UTC).isoformat(),
                "content-type": "application/protobuf",
            }
            queue.enqueue(self._connection, "trigger", function, b"", attributes, None)


@dataclass
class Row:
    """A document as it is stored, understood when it is asked for."""

    path: str
    version: int
    text: str
    blob: bytes

    @cached_property
    def document(self) -> Document:
        understood = _understood.__wrapped__ if self.blob else _understood
        return understood(self.path, self.version, self.text, self.blob)


@lru_cache(KEPT)
def _understood(path: str, version: int, text: str, blob: bytes) -> Document:
    return Document(path, values.load(text, blob), str(version))


def _condition(write: Write, old: Row | None) -> None:
    if isinstance(write, Create):
        if old:
            raise AlreadyExists(write.path)
        return
    version = write.version if isinstance(write, Guard) else write.if_version
    if not old and (version is not None or isinstance(write, Update)):
        raise NotFound(write.path)
    if old and version is not None and str(old.version) != version:
        raise Stale(write.path)


def _get(connection: sqlite3.Connection, path: str) -> Document | None:
    row = connection.execute(f"{READ} WHERE path = ?", (path,)).fetchone()
    return _document(row) if row else None


def _document(row: tuple[str, int, str, bytes]) -> Document:
    return Row(*row).document


def _everything(connection: sqlite3.Connection) -> Iterator[Document]:
    return map(_document, connection.execute(READ))


def _sum(value: Any, amount: int) -> int | float:
    """As Firestore adds: from 0 where there is no number, within 64 bits."""
    if isinstance(value, float):
        return value + amount
    start = value if isinstance(value, int) and not isinstance(value, bool) else 0
    return min(max(start + amount, rules.INT64.start), rules.INT64.stop - 1)


def _matches(pattern: str, path: str) -> bool:
    """Whether the path is one of `outbox/{run}`."""
    names, segments = pattern.split("/"), path.split("/")
    return len(names) == len(segments) and all(n == s or n[0] == "{" for n, s in zip(names, segments, strict=True))
