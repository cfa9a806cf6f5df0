"""The queue behind topics, tasks, triggers and schedules: functions of a connection, within the caller's transaction.

Push semantics as Pub/Sub's: what a function does not answer with 2xx backs off and comes again, at last as a dead
letter. Times are seconds since 1970.
"""

import json
import random
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.settings import Settings

TASK_BACKOFF_SECONDS = (0.1, 3600.0)  # the defaults of a Cloud Tasks queue
TASK_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    kind: str  # topic, task, trigger or schedule
    target: str  # the function
    data: bytes
    attributes: dict[str, str]
    published: float
    ready: float  # not delivered before
    failures: int


COLUMNS = "id, kind, target, data, attributes, published, ready, failures"


def _messages(rows: Iterable[Sequence[Any]]) -> list[Message]:
    return [
        Message(id, kind, target, data, json.loads(attributes), published, ready, failures)
        for id, kind, target, data, attributes, published, ready, failures in rows
    ]


def enqueue(
    connection: sqlite3.Connection, kind: str, target: str, data: bytes, attributes: dict[str, str], at: float | None
) -> None:
    """Has the function `target` called with `data`, not before `at`."""
    now = time.time()
    connection.execute(
        "INSERT INTO messages (kind, target, data, attributes, published, ready) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, target, data, json.dumps(attributes), now, now if at is None else at),
    )


def schedule(connection: sqlite3.Connection, every_seconds: Mapping[str, float]) -> None:
    """Has each function called now and then again and again; replaces what was scheduled before."""
    connection.execute("DELETE FROM messages WHERE kind = 'schedule'")
    for target, seconds in every_seconds.items():
        enqueue(connection, "schedule", target, b"", {"every_seconds": str(seconds)}, None)


def next_ready(connection: sqlite3.Connection, targets: Iterable[str]) -> float | None:
    """When the first message for one of these functions may be delivered."""
    select = "SELECT min((SELECT min(ready) FROM messages WHERE target = value AND owner IS NULL)) FROM json_each(?)"
    row = connection.execute(select, (json.dumps(list(targets)),)).fetchone()
    return None if row[0] is None else float(row[0])


def claim(connection: sqlite3.Connection, owner: str, room: Mapping[str, int], settings: Settings) -> list[Message]:
    """Messages that are ready, at most so many a function; they are the owner's until settled or released."""
    now = time.time()
    if settings.duplicate_deliveries:
        _double(connection, now)
    order = "random()" if settings.reorder_deliveries else "ready, id"
    claimed: list[Message] = []
    waiting = "EXISTS (SELECT 1 FROM messages WHERE target = value AND owner IS NULL AND ready <= ?)"
    found = connection.execute(f"SELECT value FROM json_each(?) WHERE {waiting}", (json.dumps(list(room)), now))  # noqa: S608
    for (target,) in found.fetchall():
        rows = connection.execute(
            "UPDATE messages SET owner = ? WHERE id IN (SELECT id FROM messages"  # noqa: S608
            f" WHERE target = ? AND owner IS NULL AND ready <= ? ORDER BY {order} LIMIT ?) RETURNING {COLUMNS}",
            (owner, target, now, room[target]),
        )
        claimed.extend(_messages(rows))
    if settings.reorder_deliveries:
        random.shuffle(claimed)
    else:
        claimed.sort(key=lambda message: (message.ready, message.id))
    return claimed


def _double(connection: sqlite3.Connection, now: float) -> None:
    """Puts a twin beside each message that is about to be delivered and has none yet."""
    fresh = "NOT doubled AND owner IS NULL AND ready <= ? AND kind != 'schedule'"
    copied = "kind, target, data, attributes, published, ready"
    twins = f"SELECT {copied}, 1 FROM messages WHERE {fresh}"  # noqa: S608
    connection.execute(f"INSERT INTO messages ({copied}, doubled) {twins}", (now,))
    connection.execute(f"UPDATE messages SET doubled = 1 WHERE {fresh}", (now,))  # noqa: S608


def settle(
    connection: sqlite3.Connection, owner: str, outcomes: Iterable[tuple[Message, bool]], settings: Settings
) -> list[Message]:
    """Ends deliveries: True acknowledges, False has the message come again. Returns those that are now dead letters.

    What is no longer the owner's is left alone."""
    dead: list[Message] = []
    now = time.time()
    for message, acknowledged in outcomes:
        mine = (message.id, owner)
        if message.kind == "schedule":
            _again(connection, mine, now + float(message.attributes["every_seconds"]), 0)
        elif acknowledged:
            connection.execute("DELETE FROM messages WHERE id = ? AND owner = ?", mine)
        elif message.failures + 1 < (TASK_ATTEMPTS if message.kind == "task" else settings.push_attempts):
            _again(connection, mine, now + backoff(message, settings), message.failures + 1)
        elif _bury(connection, mine, now):
            dead.append(message)
    return dead


def _again(connection: sqlite3.Connection, mine: tuple[int, str], ready: float, failures: int) -> None:
    update = "UPDATE messages SET owner = NULL, ready = ?, failures = ? WHERE id = ? AND owner = ?"
    connection.execute(update, (ready, failures, *mine))


def _bury(connection: sqlite3.Connection, mine: tuple[int, str], now: float) -> bool:
    kept = "kind, target, data, attributes, published"
    buried = connection.execute(
        f"INSERT INTO dead_letters ({kept}, ready, failures) SELECT {kept}, ?, failures + 1 FROM messages"  # noqa: S608
        " WHERE id = ? AND owner = ?",
        (now, *mine),
    )
    connection.execute("DELETE FROM messages WHERE id = ? AND owner = ?", mine)
    return buried.rowcount == 1


def backoff(message: Message, settings: Settings) -> float:
    """Seconds until the message comes again after one more failure: doubling from the least to the greatest."""
    least, greatest = TASK_BACKOFF_SECONDS if message.kind == "task" else settings.push_backoff_seconds
    return float(min(greatest, least * 2 ** min(message.failures, 60)))


def held(connection: sqlite3.Connection, owner: str) -> list[Message]:
    return _messages(connection.execute(f"SELECT {COLUMNS} FROM messages WHERE owner = ?", (owner,)))  # noqa: S608


def owners(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT DISTINCT owner FROM messages WHERE owner IS NOT NULL")
    return [owner for (owner,) in rows]


def release(connection: sqlite3.Connection, owner: str) -> int:
    """Gives back what the owner has not settled, to be delivered at once, without counting a failure."""
    return connection.execute("UPDATE messages SET owner = NULL WHERE owner = ?", (owner,)).rowcount


# ------------------------------------------------------------------ dead letters


def dead_letters(connection: sqlite3.Connection) -> list[Message]:
    """Oldest first; `ready` is when the last delivery failed."""
    return _messages(connection.execute(f"SELECT {COLUMNS} FROM dead_letters ORDER BY id"))  # noqa: S608


def replay(connection: sqlite3.Connection, ids: Iterable[int]) -> int:
    """Delivers these dead letters again, as if they were new; says how many there were."""
    chosen = json.dumps(list(ids))
    kept = "kind, target, data, attributes, published"
    connection.execute(
        f"INSERT INTO messages ({kept}, ready) SELECT {kept}, ? FROM dead_letters"  # noqa: S608
        " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (time.time(), chosen),
    )
    return drop(connection, json.loads(chosen))


def drop(connection: sqlite3.Connection, ids: Iterable[int]) -> int:
    delete = "DELETE FROM dead_letters WHERE id IN (SELECT value FROM json_each(?))"
    return connection.execute(delete, (json.dumps(list(ids)),)).rowcount
