import asyncio
import gc
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.embedded.store import BATCH, POLL_SECONDS, Store, store

NORMAL, FULL = 1, 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n INTEGER UNIQUE, filler BLOB);"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def one(path: Path) -> Iterator[Store]:
    opened = Store(path, SCHEMA)
    yield opened
    opened.close()


def insert(n: int) -> Callable[[sqlite3.Connection], int]:
    def apply(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO numbers (n) VALUES (?)", (n,))
        return n

    return apply


def level(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA synchronous").fetchone()[0])


def numbers(opened: Store) -> list[int]:
    return [n for (n,) in opened.read(lambda c: c.execute("SELECT n FROM numbers ORDER BY n").fetchall())]


async def test_a_write_returns_its_functions_result_and_is_read(one: Store) -> None:
    assert await one.write(insert(1)) == 1
    assert numbers(one) == [1]


async def test_what_is_written_is_in_the_file(one: Store, path: Path) -> None:
    await one.write(insert(1))
    await one.write(insert(2), lasting=False)
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT n FROM numbers").fetchall() == [(1,), (2,)]


async def test_a_commit_waits_for_the_disk_where_one_of_its_writes_is_lasting(one: Store) -> None:
    assert await one.write(level) == FULL
    assert await one.write(level, lasting=False) == NORMAL
    assert await asyncio.gather(one.write(level, lasting=False), one.write(level)) == [FULL, FULL]
    assert await asyncio.gather(*(one.write(level, lasting=False) for _ in range(BATCH)), one.write(level)) == [
        *[NORMAL] * BATCH,
        FULL,
    ]


async def test_a_lasting_write_that_comes_while_another_process_holds_the_file_waits_for_the_disk(
    one: Store, path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    passing = asyncio.create_task(one.write(level, lasting=False))
    for _ in range(3):  # until its commit has begun
        await asyncio.sleep(0)
    lasting = asyncio.create_task(one.write(level))
    await asyncio.sleep(0)
    other.execute("COMMIT")
    assert await asyncio.gather(passing, lasting) == [NORMAL, FULL]


async def test_the_loop_goes_on_while_another_process_holds_the_file(one: Store, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(one.write(insert(1)))
    for _ in range(5):  # were the loop to wait for the file, nobody would ever give it back
        await asyncio.sleep(0.01)
    assert not waiting.done()
    assert numbers(one) == []  # nor do reads wait
    other.execute("COMMIT")
    assert await waiting == 1
    other.close()


async def test_writes_of_one_moment_are_one_commit(one: Store, path: Path) -> None:
    with sqlite3.connect(path) as other:
        before = other.execute("PRAGMA data_version").fetchone()
        await asyncio.gather(*(one.write(insert(n)) for n in range(50)))
        after = other.execute("PRAGMA data_version").fetchone()
    assert after[0] - before[0] == 1
    assert numbers(one) == list(range(50))


async def test_a_write_that_fails_undoes_itself_alone(one: Store) -> None:
    def half(connection: sqlite3.Connection) -> None:
        insert(10)(connection)
        raise LookupError("half-way")

    outcomes = await asyncio.gather(
        one.write(insert(1)), one.write(half), one.write(insert(1)), one.write(insert(2)), return_exceptions=True
    )
    assert outcomes[0] == 1 and outcomes[3] == 2
    assert isinstance(outcomes[1], LookupError) and isinstance(outcomes[2], sqlite3.IntegrityError)
    assert numbers(one) == [1, 2]


async def test_where_the_disk_is_full_every_write_of_the_commit_fails_and_the_next_one_works(one: Store) -> None:
    await one.write(insert(0))
    pages: int = one.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0])

    def fill(connection: sqlite3.Connection) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        connection.execute("INSERT INTO numbers (filler) VALUES (?)", (bytes(1_000_000),))

    outcomes = await asyncio.gather(one.write(insert(1)), one.write(fill), one.write(insert(2)), return_exceptions=True)
    done = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert isinstance(outcomes[1], sqlite3.Error)
    assert numbers(one) == [0, *done]
    await one.write(lambda c: c.execute("PRAGMA max_page_count = 1000000"))
    assert await one.write(insert(3)) == 3


async def test_where_the_commit_itself_fails_every_write_of_it_fails_and_the_next_one_works(path: Path) -> None:
    deferred = """COMMIT; PRAGMA foreign_keys = ON; BEGIN;
        CREATE TABLE numbers (n INTEGER PRIMARY KEY, parent INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED);"""
    opened = Store(path, deferred)

    def orphan(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (5, 99)")

    outcomes = await asyncio.gather(opened.write(insert(1)), opened.write(orphan), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [sqlite3.IntegrityError] * 2
    assert numbers(opened) == []
    assert await opened.write(insert(2)) == 2
    assert numbers(opened) == [2]
    opened.close()


async def test_a_caller_that_goes_away_stops_nobody(one: Store) -> None:
    leaving = asyncio.create_task(one.write(insert(1)))
    staying = asyncio.create_task(one.write(insert(2)))
    await asyncio.sleep(0)
    leaving.cancel()
    assert await staying == 2
    assert await one.write(insert(3)) == 3


async def test_a_wait_that_is_cancelled_leaves_the_file_free(one: Store, path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asyncio.create_task(one.write(insert(1)))  # noqa: RUF006
    await asyncio.sleep(0.005)
    [flusher] = [t for t in asyncio.all_tasks() if "flush" in str(t.get_coro())]
    flusher.cancel()
    await asyncio.wait([flusher])
    other.execute("ROLLBACK")
    assert await one.write(insert(2)) == 2
    assert numbers(one) == [1, 2]
    other.close()


async def test_changes_are_noticed_whoever_makes_them(one: Store, path: Path) -> None:
    seen = one.data_version()
    waiting = asyncio.create_task(one.changed(seen))
    await asyncio.sleep(0)
    assert not waiting.done()
    await one.write(insert(1))
    for _ in range(3):
        await asyncio.sleep(0)
    assert waiting.done()  # without a poll
    own = await waiting
    assert own != seen
    waiting = asyncio.create_task(one.changed(own))
    await asyncio.sleep(POLL_SECONDS * 1.5)
    assert not waiting.done()
    with sqlite3.connect(path) as other:
        insert(2)(other)
    assert await waiting != own


async def test_after_close_writes_fail_and_the_file_opens_anew(tmp_path: Path) -> None:
    first = store(tmp_path)
    assert store(tmp_path) is first
    first.close()
    with pytest.raises(sqlite3.ProgrammingError):
        await first.write(lambda connection: None)
    second = store(tmp_path)
    assert second is not first
    await second.write(lambda connection: None)
    second.close()


def test_a_loop_that_ends_takes_its_store_along(tmp_path: Path) -> None:
    async def use() -> "weakref.ref[Store]":
        opened = store(tmp_path)
        await asyncio.gather(*(opened.write(lambda connection: None) for _ in range(3)))
        await asyncio.wait([asyncio.create_task(opened.changed(-1))])
        return weakref.ref(opened)

    reference = asyncio.run(use())
    gc.collect()
    assert reference() is None
