"""Documents, Topics, Tasks: the only way to the platform. `shared/embedded` and `shared/google` implement them.

Fields of a document are what JSON can say, plus `bytes` and aware UTC `datetime` (microseconds); no list directly
inside a list. Both adapters refuse what Firestore refuses.
"""

import asyncio
import json
import random
import secrets
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Fields = dict[str, Any]
T = TypeVar("T")

MAX_WRITES = 400  # a commit; Firestore itself counts index entries too
MAX_COMMIT_BYTES = 3_500_000  # the emulator takes 4 MiB a request, the cloud 10 MiB
MAX_DOCUMENT_BYTES = 1_048_487  # Firestore's 1 MiB less its overhead
TRANSACTION_SECONDS = 20.0  # how long a transaction goes on colliding before it says Contention


class PlatformError(Exception):
    """What the platform answers; adapters translate their client's errors to these."""


class AlreadyExists(PlatformError):
    """A create found the document there."""


class NotFound(PlatformError):
    """An update or guard found no document."""


class Stale(PlatformError):
    """A condition on a version no longer holds."""


class Contention(PlatformError):
    """A transaction collided for as long as it may try."""


class InvalidDocument(PlatformError, ValueError):
    """Too large, too many writes, a nested array, or a type that no document can hold."""


class UndeclaredQuery(PlatformError, LookupError):
    """The query, or a value for it, is not in shared/queries.json."""


class Unavailable(PlatformError):
    """The platform did not answer in time; whether anything happened is unknown only where a docstring says so."""


@dataclass(frozen=True, slots=True)
class Document:
    path: str
    fields: Fields
    version: str  # opaque; changes with every write that changes the document

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Create:
    """Fails with AlreadyExists."""

    path: str
    fields: Fields


@dataclass(frozen=True, slots=True)
class Put:
    """Replaces the whole document or makes it; with `if_version` only that version (Stale or NotFound)."""

    path: str
    fields: Fields
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Replaces the named top-level fields of a document that is there (NotFound, Stale)."""

    path: str
    fields: Fields
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Deletes; of nothing, it does nothing (with `if_version`: NotFound, Stale)."""

    path: str
    if_version: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """Changes nothing, and fails the commit where the document has another version (Stale, NotFound).
    Two commits that guard the same document don't hinder each other."""

    path: str
    version: str


@dataclass(frozen=True, slots=True)
class Increment:
    """Adds to number fields (absent counts as 0, and so does what is no number; the sum stays within 64 bits); makes
    the document where there is none, or with `if_version` changes only that version (Stale, NotFound)."""

    path: str
    amounts: dict[str, int]
    if_version: str | None = None


Write = Create | Put | Update | Delete | Guard | Increment


@dataclass(frozen=True, slots=True)
class Query:
    """A row of queries.json. `where`: (field, operator); `order`: (field, "asc" | "desc"), then by document id."""

    name: str
    collection: str  # "jobs", or "runs/*/pages", whose parent is given with each call
    where: tuple[tuple[str, str], ...]
    order: tuple[tuple[str, str], ...]


@cache
def declared_queries() -> dict[str, Query]:
    rows = json.loads(Path(__file__).with_name("queries.json").read_text())
    return {
        name: Query(name, row["collection"], tuple(map(tuple, row["where"])), tuple(map(tuple, row["order"])))
        for name, row in rows.items()
    }


def declared(name: str, values: Sequence[Any]) -> Query:
    """The declared query of that name, which takes as many values as it has conditions; else UndeclaredQuery."""
    query = declared_queries().get(name)
    if query is None:
        raise UndeclaredQuery(f"{name} is not in shared/queries.json")
    if len(values) != len(query.where):
        raise UndeclaredQuery(f"{name} takes {len(query.where)} values, not {len(values)}")
    return query


@dataclass
class Transaction:
    """Reads first, then writes; everything read is a condition of the commit, written or not.

    Absence can be a condition only of what is created. A query guards the documents it returned, not those that
    would match later: close that gap with a document that both sides read.
    """

    documents: "Documents"
    seen: dict[str, Document | None] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)

    async def get(self, path: str) -> Document | None:
        if path not in self.seen:
            self.seen[path] = await self.documents.get(path)
        return self.seen[path]

    async def query(self, name: str, *values: Any, parent: str = "", limit: int = 100) -> list[Document]:
        found = await self.documents.query(name, *values, parent=parent, limit=limit)
        for document in found:
            self.seen.setdefault(document.path, document)
        return found

    def _version(self, path: str) -> str | None:
        document = self.seen.get(path)
        return document.version if document else None

    def create(self, path: str, fields: Fields) -> None:
        self.writes.append(Create(path, fields))

    def put(self, path: str, fields: Fields) -> None:
        """Replaces the document, on the condition that it is as it was read (absent included)."""
        if path in self.seen and self.seen[path] is None:
            self.writes.append(Create(path, fields))
        else:
            self.writes.append(Put(path, fields, self._version(path)))

    def update(self, path: str, fields: Fields) -> None:
        self.writes.append(Update(path, fields, self._version(path)))

    def delete(self, path: str) -> None:
        self.writes.append(Delete(path, self._version(path)))

    def increment(self, path: str, **amounts: int) -> None:
        self.writes.append(Increment(path, amounts, self._version(path)))

    def conditions(self) -> list[Write]:
        """The writes, after guards for what was read and is not written."""
        written = {write.path for write in self.writes}
        guards = [Guard(d.path, d.version) for d in self.seen.values() if d and d.path not in written]
        return [*guards, *self.writes]


class Documents(ABC):
    """Documents at paths like `runs/{id}` and `runs/{id}/pages/{id}`; every call has its own deadline (Unavailable)."""

    @abstractmethod
    async def get(self, path: str) -> Document | None: ...

    @abstractmethod
    async def commit(self, writes: Sequence[Write]) -> None:
        """All or nothing; the first failing write names the error. Refuses more than MAX_WRITES or MAX_COMMIT_BYTES
        before sending (InvalidDocument). A lost answer to a commit that happened is recognised, not repeated."""

    @abstractmethod
    async def query(
        self, name: str, *values: Any, parent: str = "", limit: int = 100, after: Document | None = None
    ) -> list[Document]:
        """At most `limit` documents of the declared query after `after` in its order; values in order of `where`."""

    @abstractmethod
    async def count(self, name: str, *values: Any, parent: str = "") -> int: ...

    @abstractmethod
    def watch(self, path: str) -> AsyncGenerator[Document | None, None]:
        """The document now, then after each change (None while absent; quick changes may come as one); ends only
        when closed. Readers of one path share one upstream watch."""

    @abstractmethod
    async def close(self) -> None: ...

    async def create(self, path: str, fields: Fields) -> None:
        await self.commit([Create(path, fields)])

    async def put(self, path: str, fields: Fields, if_version: str | None = None) -> None:
        await self.commit([Put(path, fields, if_version)])

    async def increment(self, path: str, **amounts: int) -> None:
        await self.commit([Increment(path, amounts)])

    async def transaction(self, change: Callable[[Transaction], Awaitable[T]]) -> T:
        """Runs `change`, which may run again, and commits its writes on condition that nothing it read has changed.

        Raises Contention after TRANSACTION_SECONDS of collisions. An AlreadyExists for a path that `change` did not
        read travels to the caller.
        """
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + TRANSACTION_SECONDS, 0.01
        while True:
            tx = Transaction(self)
            result = await change(tx)
            if not tx.writes:
                return result
            try:
                await self.commit(tx.conditions())
                return result
            except (Stale, NotFound, AlreadyExists) as error:
                if not isinstance(error, Stale) and not await self._collided(tx, error):
                    raise
                if loop.time() > end:
                    raise Contention(str(error)) from error
            await asyncio.sleep(random.uniform(pause / 2, pause))
            pause = min(pause * 2, 0.5)

    async def _collided(self, tx: Transaction, error: PlatformError) -> bool:
        """Whether the commit failed by a change to what `tx` had read, and not by its own writes to other paths."""
        if isinstance(error, AlreadyExists):
            unread = [w.path for w in tx.writes if isinstance(w, Create) and w.path not in tx.seen]
            return not any([await self.get(path) for path in unread])
        now = [(document, await self.get(document.path)) for document in tx.seen.values() if document]
        return any(new is None or new.version != old.version for old, new in now)


def cloud_event(topic: str, message: dict[str, Any]) -> dict[str, str]:
    """Pub/Sub attributes that make an unwrapped push a binary CloudEvent."""
    return {
        "ce-id": secrets.token_hex(12),
        "ce-type": "dev.firmograph.message",
        "ce-source": f"//firmograph/topics/{topic}",
        "ce-specversion": "1.0",
        "ce-time": datetime.now(UTC).isoformat(),
        "content-type": "application/json",
    }


class Topics(ABC):
    @abstractmethod
    async def publish(self, topic: str, message: dict[str, Any], *, at: datetime | None = None) -> None:
        """Publishes JSON with `cloud_event` attributes, now or at `at`. Raises Unavailable, and may have published."""

    @abstractmethod
    async def close(self) -> None: ...


class Tasks(ABC):
    @abstractmethod
    async def create(self, queue: str, payload: dict[str, Any], *, at: datetime | None = None) -> None:
        """Asks that the queue's function be called once with the JSON payload, not before `at`. Raises Unavailable,
        and may have created it: a task may come twice."""

    @abstractmethod
    async def close(self) -> None: ...
