"""`due`: the moment to look at a run or delivery if nothing has happened, as an indexed string that sweep asks for.

It starts with a shard digit, since growing index values are a hot spot beyond about 500 writes a second.
"""

import zlib
from datetime import UTC, datetime, timedelta

from shared.settings import Settings


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def due(settings: Settings, key: str, when: datetime) -> str:
    return f"{zlib.crc32(key.encode()) % settings.due_shards}:{_stamp(when)}"


def due_ranges(settings: Settings, now: datetime) -> list[tuple[str, str]]:
    """For each shard the least and greatest value of what is due."""
    return [(f"{shard}:", f"{shard}:{_stamp(now)}") for shard in range(settings.due_shards)]


def is_due(value: str | None, now: datetime) -> bool:
    return value is not None and value[2:] <= _stamp(now)


def after(now: datetime, seconds: float) -> datetime:
    return now + timedelta(seconds=seconds)
