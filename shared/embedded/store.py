"""One SQLite file, opened once a process and loop: writes of one tick share one durable commit, changes are noticed."""

import asyncio
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
BUSY_SECONDS = 30.0  # how long a write goes on asking for the file while other processes hold it


class Store:
    """`read` and `write` take functions of a connection. No transaction lives across an await."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._writer = self._connect()
        self._writer.executescript(schema)
        # A connection's data_version counts what others commit, not its own commits: reads have one of their own.
        self._reader = self._connect()
        self._pending: list[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = []
        self._flusher: asyncio.Task[None] | None = None

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # NORMAL would lose acknowledged commits in a power cut
        connection.execute("PRAGMA busy_timeout=0")  # a busy timeout freezes the loop: `write` waits instead
        return connection

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return function(self._reader)

    async def write(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `function` in a transaction and returns once it is durable; what it raises undoes it alone."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._pending.append((function, future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush())
        return await asyncio.shield(future)

    async def _flush(self) -> None:
        while self._pending:
            try:
                await self._patiently("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                batch, self._pending = self._pending, []
                for _, future in batch:
                    if not future.cancelled():
                        future.set_exception(error)
                return
            batch, self._pending = self._pending, []
            results: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
            for function, future in batch:
                self._writer.execute("SAVEPOINT one")
                try:
                    results.append((future, function(self._writer), None))
                    self._writer.execute("RELEASE one")
                except Exception as error:  # it belongs to whoever asked for this write
                    self._writer.execute("ROLLBACK TO one")
                    self._writer.execute("RELEASE one")
                    results.append((future, None, error))
            try:
                await self._patiently("COMMIT")
            except sqlite3.Error as error:
                self._writer.execute("ROLLBACK")
                results = [(future, None, error) for future, _, _ in results]
            for future, result, failure in results:
                if future.cancelled():
                    continue
                if failure is None:
                    future.set_result(result)
                else:
                    future.set_exception(failure)

    async def _patiently(self, statement: str) -> None:
        loop = asyncio.get_running_loop()
        end, wait = loop.time() + BUSY_SECONDS, 0.001
        while True:
            try:
                self._writer.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or loop.time() > end:
                    raise
            await asyncio.sleep(random.uniform(wait / 2, wait))
            wait = min(wait * 2, 0.05)

    def data_version(self) -> int:
        """Changes when any other connection, of this process or another, has committed."""
        row = self._reader.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


_stores: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Path, Store]] = WeakKeyDictionary()
SCHEMAS = (Path(__file__).with_name("documents.sql"), Path(__file__).with_name("queue.sql"))


def store(data: Path) -> Store:
    """The running loop's store on `data`/firmograph.db."""
    stores = _stores.setdefault(asyncio.get_running_loop(), {})
    path = (data / "firmograph.db").absolute()
    if path not in stores:
        stores[path] = Store(path, "".join(schema.read_text() for schema in SCHEMAS))
    return stores[path]
