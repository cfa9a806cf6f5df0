"""The queue by itself, on a connection: who gets what, when, and how often."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.embedded import queue
from shared.settings import Settings

SCHEMA = Path(queue.__file__).with_name("queue.sql").read_text()
ROOM = {"first": 100}


def settings(**values: Any) -> Settings:
    return Settings(platform="embedded", **values)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    yield connection
    connection.close()


def put(connection: sqlite3.Connection, *bodies: bytes, kind: str = "topic", at: float | None = None) -> None:
    for body in bodies:
        queue.enqueue(connection, kind, "first", body, {"ce-id": "1", "queue": "q"}, at)


def bodies(messages: list[queue.Message]) -> list[bytes]:
    return [message.data for message in messages]


def test_a_message_has_one_owner_at_a_time(connection: sqlite3.Connection) -> None:
    put(connection, b"a", b"b")
    assert bodies(queue.claim(connection, "one", ROOM, settings())) == [b"a", b"b"]
    assert queue.claim(connection, "two", ROOM, settings()) == []


def test_no_more_is_claimed_than_there_is_room_for(connection: sqlite3.Connection) -> None:
    put(connection, b"a", b"b", b"c")
    assert bodies(queue.claim(connection, "one", {"first": 2, "other": 5}, settings())) == [b"a", b"b"]


def test_what_is_for_later_is_not_delivered_now_and_says_when_it_will_be(connection: sqlite3.Connection) -> None:
    at = time.time() + 100
    put(connection, b"later", at=at)
    assert queue.claim(connection, "one", ROOM, settings()) == []
    assert queue.next_ready(connection, ["other", "first"]) == at
    assert queue.next_ready(connection, ["other"]) is None
    assert queue.next_ready(connection, []) is None


def test_a_message_that_is_held_wakes_nobody(connection: sqlite3.Connection) -> None:
    put(connection, b"a")
    queue.claim(connection, "one", ROOM, settings())
    assert queue.next_ready(connection, ["first"]) is None


def test_an_acknowledged_message_is_gone(connection: sqlite3.Connection) -> None:
    put(connection, b"a")
    [message] = queue.claim(connection, "one", ROOM, settings())
    queue.settle(connection, "one", [(message, True)], settings())
    assert connection.execute("SELECT count(*) FROM messages").fetchone() == (0,)


@pytest.mark.parametrize(("kind", "least", "greatest"), [("topic", 10, 600), ("trigger", 10, 600), ("task", 0.1, 3600)])
def test_waits_double_from_the_least_to_the_greatest(
    connection: sqlite3.Connection, kind: str, least: float, greatest: float
) -> None:
    put(connection, b"a", kind=kind)
    [message] = queue.claim(connection, "one", ROOM, settings())
    waits = []
    for _ in range(18):
        before = time.time()
        queue.settle(connection, "one", [(message, False)], settings())
        ready = queue.next_ready(connection, ["first"])
        assert ready is not None
        waits.append(ready - before)
        connection.execute("UPDATE messages SET ready = 0")
        [message] = queue.claim(connection, "one", ROOM, settings())
    assert waits == pytest.approx([min(least * 2**n, greatest) for n in range(18)], abs=0.05)
    assert message.failures == 18


def test_the_last_failure_makes_a_dead_letter_which_can_be_replayed_or_dropped(connection: sqlite3.Connection) -> None:
    two = settings(push_attempts=2, push_backoff_seconds=(0, 0))
    put(connection, b"bad", b"worse")
    for deliveries in (1, 2):
        claimed = queue.claim(connection, "one", ROOM, two)
        assert bodies(claimed) == [b"bad", b"worse"]
        dead = queue.settle(connection, "one", [(message, False) for message in claimed], two)
        assert bodies(dead) == ([] if deliveries == 1 else [b"bad", b"worse"])
    bad, worse = queue.dead_letters(connection)
    assert (bad.data, bad.failures, bad.attributes) == (b"bad", 2, {"ce-id": "1", "queue": "q"})
    assert queue.drop(connection, [worse.id, 999]) == 1
    assert queue.replay(connection, [bad.id, worse.id]) == 1
    assert queue.dead_letters(connection) == []
    [again] = queue.claim(connection, "one", ROOM, two)
    assert (again.data, again.failures) == (b"bad", 0)


def test_an_owner_that_was_voided_settles_nothing(connection: sqlite3.Connection) -> None:
    put(connection, b"a", b"b", b"c")
    one = settings(push_attempts=1)
    claimed = queue.claim(connection, "dead", ROOM, one)
    assert queue.owners(connection) == ["dead"]
    assert queue.held(connection, "dead") == claimed
    assert queue.release(connection, "dead") == 3
    again = queue.claim(connection, "alive", ROOM, one)
    assert [message.failures for message in again] == [0, 0, 0]
    assert queue.settle(connection, "dead", [(claimed[0], True), (claimed[1], False)], one) == []
    assert queue.held(connection, "alive") == again
    assert queue.dead_letters(connection) == []


def test_duplicates_are_delivered_side_by_side_and_once_only(connection: sqlite3.Connection) -> None:
    twice = settings(duplicate_deliveries=True)
    put(connection, b"a", b"b")
    queue.schedule(connection, {"first": 60})
    claimed = queue.claim(connection, "one", ROOM, twice)
    assert bodies(claimed) == [b"a", b"a", b"b", b"b", b""]
    assert claimed[0].attributes == claimed[1].attributes
    queue.release(connection, "one")
    assert len(queue.claim(connection, "one", ROOM, twice)) == 5


def test_reordered_messages_all_arrive(connection: sqlite3.Connection) -> None:
    put(connection, *(bytes([n]) for n in range(100)))
    first = bodies(queue.claim(connection, "one", {"first": 50}, settings(reorder_deliveries=True)))
    rest = bodies(queue.claim(connection, "one", ROOM, settings(reorder_deliveries=True)))
    assert sorted(first + rest) == [bytes([n]) for n in range(100)]
    assert first != sorted(first)


def test_a_schedule_comes_again_whatever_became_of_it(connection: sqlite3.Connection) -> None:
    queue.schedule(connection, {"first": 30})
    queue.schedule(connection, {"first": 60})
    [message] = queue.claim(connection, "one", ROOM, settings(push_attempts=1))
    assert queue.claim(connection, "two", ROOM, settings()) == []
    queue.settle(connection, "one", [(message, False)], settings(push_attempts=1))
    ready = queue.next_ready(connection, ["first"])
    assert ready == pytest.approx(time.time() + 60, abs=5)
