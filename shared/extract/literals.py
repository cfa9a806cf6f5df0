"""Many literals, or patterns, looked for in one pass over bytes, of about a nanosecond a byte however many they are."""

import contextlib
import hashlib
import os
import threading
from collections.abc import Sequence
from importlib.util import cache_from_source
from pathlib import Path

import hyperscan
from hyperscan import HS_FLAG_CASELESS, HS_FLAG_SINGLEMATCH, HS_MODE_BLOCK, Database, Scratch

CASELESS, FIRST = HS_FLAG_CASELESS, HS_FLAG_SINGLEMATCH  # FIRST: an occurrence of each is enough


class Literals:
    def __init__(
        self, literals: Sequence[bytes], flags: Sequence[int] | None = None, *, patterns: bool = False
    ) -> None:
        """`flags`: of each literal, CASELESS and FIRST or neither. With `patterns` they are Hyperscan's patterns."""
        self._database = _database(literals, flags or [0] * len(literals), patterns)
        self._threads = threading.local()  # a scratch serves one scan at a time

    def within(self, text: bytes) -> list[tuple[int, int]]:
        """Where each occurrence ends, and the number of its literal."""
        if (scratch := getattr(self._threads, "scratch", None)) is None:
            scratch = self._threads.scratch = Scratch(self._database)
        found: list[tuple[int, int]] = []

        def keep(number: int, start: int, end: int, flags: int, context: object) -> None:
            found.append((end, number))

        self._database.scan(text, match_event_handler=keep, scratch=scratch)
        return found


def _database(literals: Sequence[bytes], flags: Sequence[int], patterns: bool) -> Database:
    """As a process before this one has left it, beside Python's own compiled files: to compile it takes up to 0.2 s."""
    made_of = repr((literals, flags, patterns)).encode()
    kept = Path(cache_from_source(__file__)).with_name(f"literals-{hashlib.sha256(made_of).hexdigest()[:16]}.hs")
    with contextlib.suppress(OSError, hyperscan.HyperscanError):  # another machine's or version's, or broken
        return hyperscan.loadb(kept.read_bytes(), HS_MODE_BLOCK)
    database = Database(mode=HS_MODE_BLOCK)
    database.compile(
        expressions=literals, ids=range(len(literals)), elements=len(literals), flags=flags, literal=not patterns
    )
    with contextlib.suppress(OSError):
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        draft.write_bytes(hyperscan.dumpb(database))
        draft.replace(kept)
    return database


def by_line(text: bytes, places: list[tuple[int, str]]) -> dict[str, list[int]]:
    """The numbers of the lines, in order, in which each kind has a place."""
    lines: dict[str, list[int]] = {}
    line = counted = 0
    for place, kind in sorted(places):
        line += text.count(b"\n", counted, place)
        counted = max(place, counted)
        numbers = lines.setdefault(kind, [])
        if not numbers or numbers[-1] != line:
            numbers.append(line)
    return lines
