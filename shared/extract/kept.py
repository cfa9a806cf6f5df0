"""What was made of late, as much as there is memory meant for it, however large a site makes what it wants kept."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from threading import Lock
from typing import Generic, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
SHORT = 200  # characters of a text that is judged once
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


def judged_once(function: Callable[[str, *Ts], T]) -> Callable[[str, *Ts], T]:
    """Keeps what comes of short texts, since names and footers repeat on a site's pages."""
    kept = lru_cache(4096)(function)

    def ask(text: str, /, *others: *Ts) -> T:
        return kept(text, *others) if len(text) <= SHORT else function(text, *others)

    return ask
