"""What is different from the version before."""

import json
from typing import Any

from shared.models import JSON, SECTIONS
from shared.profile import Change

MOST = 500


def changes(before: dict[str, JSON], after: dict[str, JSON]) -> list[Change]:
    """Of the profile's sections, in their order; entries of lists are compared as sets, whatever their place."""
    found: list[Change] = []
    for section in SECTIONS:
        _compare(f"/{section}", before.get(section), after.get(section), found)
    return found[:MOST]


def _compare(pointer: str, before: JSON, after: JSON, found: list[Change]) -> None:
    if isinstance(before, list) or isinstance(after, list):
        old, new = _entries(before), _entries(after)
        found += [Change(pointer=pointer, before=value) for name, value in old.items() if name not in new]
        found += [Change(pointer=pointer, after=value) for name, value in new.items() if name not in old]
    elif isinstance(before, dict) or isinstance(after, dict):
        old, new = before or {}, after or {}
        for name in sorted(old.keys() | new.keys()):
            _compare(f"{pointer}/{escape(name)}", old.get(name), new.get(name), found)
    elif before != after:
        found.append(Change(pointer=pointer, before=before, after=after))


def _entries(values: Any) -> dict[str, JSON]:
    return {json.dumps(value, sort_keys=True, ensure_ascii=False): value for value in values or []}


def escape(name: str) -> str:
    """RFC 6901."""
    return name.replace("~", "~0").replace("/", "~1")
