"""What was made of late, as much as there is memory meant for it, however large a site makes what it wants kept."""

from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
ENTRY = 400  # bytes of an entry besides what it holds


class Kept(Generic[T]):
    """Values with their sizes in bytes, no more than `most` together; those that were asked for longest ago go first.
    Threads may share it."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._values: dict[Hashable, tuple[T, int]] = {}  # as they were asked for, the latest last
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        with self._lock:
            if (held := self._values.pop(key, None)) is None:
                return None
            self._values[key] = held
            return held[0]

    def put(self, key: Hashable, value: T, size: int = 0) -> None:
        with self._lock:
            self._bytes += size + ENTRY - self._values.pop(key, (None, 0))[1]
            self._values[key] = value, size + ENTRY
            while self._bytes > self._most:
                self._bytes -= self._values.pop(next(iter(self._values)))[1]
