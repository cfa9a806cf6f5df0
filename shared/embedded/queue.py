"""The queue behind topics, tasks, triggers and schedules: functions of a connection, each within the caller's
transaction. Push semantics as Pub/Sub's: what a function does not answer with 2xx backs off and comes again."""

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.settings import Settings

# The defaults of a Cloud Tasks queue.
TASK_BACKOFF_SECONDS = (0.1, 3600.0)
TASK_ATTEMPTS = 100


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    kind: str
    target: str
    data: bytes
    attributes: dict[str, str]
    published: float
    ready: float
    failures: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    id: int
    kind: str
    target: str
    data: bytes
    attributes: dict[str, str]
    published: float
    died: float
    failures: int


COLUMNS = "id, kind, target, data, attributes, published, ready, failures"


def enqueue(
    connection: sqlite3.Connection, kind: str, target: str, data: bytes, attributes: dict[str, str], at: float | None
) -> None:
    """Has the function `target` called with `data`, not before `at` (seconds since 1970)."""
    now = time.time()
    connection.execute(
        "INSERT INTO messages (kind, target, data, attributes, published, ready) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, target, data, json.dumps(attributes), now, now if at is None else at),
    )
