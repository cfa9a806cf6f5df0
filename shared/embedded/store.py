"""One SQLite file, opened once a process and loop: writes of one tick share one commit, changes are noticed."""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
BUSY_SECONDS = 30.0  # how long a write goes on asking for the file while other processes hold it
OPEN_SECONDS = 10.0  # how long opening waits for other processes that open, recover or close the file
POLL_SECONDS = 0.05  # how soon another process's commit is noticed, where there was none for a while
BUSY_POLL_SECONDS = 0.005  # else
BUSY_FOR_SECONDS = 1.0  # after a commit
BATCH = 64  # writes that share a commit, so that a loop is not held for long

Pending = tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any], bool]  # the last: whether it is lasting
Outcome = tuple[asyncio.Future[Any], Any, BaseException | None]


class Store:
    """`read` and `write` take functions of a connection. No transaction lives across an await."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._writer = _connect(path)
        _while_busy(lambda: self._writer.executescript(f"BEGIN IMMEDIATE; {schema}; COMMIT"), self._writer)
        self._writer.execute("PRAGMA busy_timeout=0")  # a busy timeout freezes the loop: `write` waits instead
        # A connection's data_version counts what others commit, not its own commits: reads have one of their own.
        # Writers never make it wait; recovery and the close of the file's last connection do, for milliseconds.
        self._reader = _connect(path)
        self._pending: list[Pending] = []
        self._synced = True
        self._flusher: asyncio.Task[None] | None = None
        self._waiting: set[asyncio.Future[None]] = set()
        self._changed_at = 0.0  # by the loop's clock
        self._closed = False
        self._commits_left: int | None = None

    def crash_after(self, commits: int) -> None:
        """For fault tests: the first process on this folder to make so many commits dies before it answers the last."""
        self._commits_left = commits

    def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        return function(self._reader)

    async def write(self, function: Callable[[sqlite3.Connection], T], *, lasting: bool = True) -> T:
        """Runs `function` in a transaction and returns once it outlasts the death of every process, and, where
        `lasting`, a power cut, which else takes the file back to the last lasting commit or one after it. What
        `function` raises undoes it alone."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._pending.append((function, future, lasting))
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush())
        return await future

    def data_version(self) -> int:
        """Changes when any other connection, of this process or another, has committed."""
        row = self._reader.execute("PRAGMA data_version").fetchone()
        return int(row[0])

    async def changed(self, since: int) -> int:
        """The `data_version` once it is not `since`: at once after a commit of this store, within POLL_SECONDS after
        one of any other connection."""
        loop = asyncio.get_running_loop()
        while (now := self.data_version()) == since:
            future = loop.create_future()
            self._waiting.add(future)
            busy = loop.time() - self._changed_at < BUSY_FOR_SECONDS
            look = loop.call_later(BUSY_POLL_SECONDS if busy else POLL_SECONDS, _resolve, future)
            try:
                await future
            finally:
                look.cancel()
                self._waiting.discard(future)
        self._changed_at = loop.time()
        return now

    def close(self) -> None:
        """Closes the file; the next `store(data)` opens it again. Writes that still wait fail."""
        for stores in _stores.values():
            if stores.get(self.path) is self:
                del stores[self.path]
        self._closed = True
        self._reader.close()
        self._writer.close()

    async def _flush(self) -> None:
        try:
            while self._pending:
                outcomes = await self._commit()
                if self._commits_left is not None:
                    self._count_down()
                for future, result, failure in outcomes:
                    if future.done():
                        continue
                    if failure is None:
                        future.set_result(result)
                    else:
                        future.set_exception(failure)
                for waiting in self._waiting:
                    _resolve(waiting)
                await asyncio.sleep(0)  # others' turn, also while writes keep coming
        finally:
            self._flusher = None  # a task refers to its loop, and would keep the loop's store for ever

    def _count_down(self) -> None:
        assert self._commits_left is not None
        self._commits_left -= 1
        if self._commits_left == 0:
            with contextlib.suppress(FileExistsError):
                self.path.with_name("crashed").touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)

    async def _commit(self) -> list[Outcome]:
        """One transaction for what is pending, each write in a savepoint of its own."""
        batch: list[Pending] = []
        try:
            self._sync(any(lasting for _, _, lasting in self._pending[:BATCH]))
            await self._patiently("BEGIN IMMEDIATE")
            while self._pending and len(batch) < BATCH and (self._synced or not self._pending[0][2]):
                batch.append(self._pending.pop(0))
            outcomes = [self._apply(function, future) for function, future, _ in batch]
            await self._patiently("COMMIT")
        except sqlite3.Error as error:
            if not batch:
                batch, self._pending = self._pending, []
            outcomes = [(future, None, error) for _, future, _ in batch]
        finally:  # also where the loop ends and cancels the wait for the commit
            if not self._closed and self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        return outcomes

    def _sync(self, wanted: bool) -> None:
        """Whether the next commit waits for the disk, which takes longer than all else of it."""
        if wanted != self._synced:
            self._writer.execute(f"PRAGMA synchronous={'FULL' if wanted else 'NORMAL'}")
            self._synced = wanted

    def _apply(self, function: Callable[[sqlite3.Connection], Any], future: asyncio.Future[Any]) -> Outcome:
        self._writer.execute("SAVEPOINT one")
        try:
            result, failure = function(self._writer), None
        except Exception as error:  # it belongs to whoever asked for this write
            result, failure = None, error
            # Where SQLite has undone everything itself (disk full), this raises and fails the whole batch.
            self._writer.execute("ROLLBACK TO one")
        self._writer.execute("RELEASE one")
        return future, result, failure

    async def _patiently(self, statement: str) -> None:
        loop = asyncio.get_running_loop()
        end, wait = loop.time() + BUSY_SECONDS, 0.001
        while True:
            try:
                self._writer.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if not _busy(error) or loop.time() > end:
                    raise
            await asyncio.sleep(random.uniform(wait / 2, wait))
            wait = min(wait * 2, 0.05)


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=OPEN_SECONDS)
    # SQLite asks no busy handler when several processes switch a new file to WAL at once.
    _while_busy(lambda: connection.execute("PRAGMA journal_mode=WAL"), connection)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _while_busy(action: Callable[[], object], connection: sqlite3.Connection) -> None:
    end = time.monotonic() + OPEN_SECONDS
    while True:
        try:
            action()
            return
        except sqlite3.OperationalError as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not _busy(error) or time.monotonic() > end:
                raise
        time.sleep(random.uniform(0.005, 0.02))


def _busy(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # extended codes: BUSY_RECOVERY, BUSY_SNAPSHOT


_stores: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Path, Store]] = WeakKeyDictionary()
SCHEMAS = sorted(Path(__file__).parent.glob("*.sql"))


def store(data: Path) -> Store:
    """The running loop's store on `data`/firmograph.db."""
    stores = _stores.setdefault(asyncio.get_running_loop(), {})
    path = (data / "firmograph.db").absolute()
    if path not in stores:
        stores[path] = Store(path, "".join(schema.read_text() for schema in SCHEMAS))
    return stores[path]
