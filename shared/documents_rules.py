"""What no document may be, checked before anything is sent, the same on both platforms.

Source: cloud.google.com/firestore/quotas and /firestore/docs/storage-size. Firestore allows one document twice in a
commit; here it is refused, since the second write's condition would mean something else on each platform.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from shared import ports
from shared.ports import Create, Fields, Increment, InvalidDocument, Put, Query, UndeclaredQuery, Update, Write

MAX_NAME_BYTES = 1500  # of a collection id, document id or field name
MAX_PATH_BYTES = 6 * 1024
MAX_SEGMENTS = 200
MAX_DEPTH = 20
INT64 = range(-(2**63), 2**63)
RESERVED = re.compile(r"__.*__|_commits?", re.DOTALL)  # Firestore's, and the stamps of shared/google


def check(writes: Sequence[Write]) -> None:
    """InvalidDocument for what Firestore would refuse, and for a commit beyond MAX_WRITES or MAX_COMMIT_BYTES."""
    if len(writes) > ports.MAX_WRITES:
        raise InvalidDocument(f"{len(writes)} writes in a commit, more than {ports.MAX_WRITES}")
    if len({write.path for write in writes}) < len(writes):
        raise InvalidDocument("a commit writes or guards the same document twice")
    size = sum(_check_write(write) for write in writes)
    if size > ports.MAX_COMMIT_BYTES:
        raise InvalidDocument(f"a commit of {size} bytes, more than {ports.MAX_COMMIT_BYTES}")


@lru_cache(4096)
def check_path(path: str) -> None:
    """A document's path: collection and document ids in turn."""
    segments = path.split("/")
    if len(segments) % 2 or len(segments) > MAX_SEGMENTS:
        raise InvalidDocument(f"{path[:200]!r} is not a document's path")
    for segment in segments:
        _check_name(segment, "a path's segment")
        if segment in (".", ".."):
            raise InvalidDocument(f"{path[:200]!r} has a segment of dots")
    if len(path.encode()) > MAX_PATH_BYTES:
        raise InvalidDocument(f"{path[:200]!r}… is longer than {MAX_PATH_BYTES} bytes")


def check_document(path: str, fields: Fields) -> int:
    """The document's size in bytes as Firestore counts it; InvalidDocument where it can't be stored."""
    check_path(path)
    size = sum(len(segment.encode()) + 1 for segment in path.split("/")) + 16 + 32 + _map_size(fields, 0)
    if size > ports.MAX_DOCUMENT_BYTES:
        raise InvalidDocument(f"{path} has {size} bytes, more than {ports.MAX_DOCUMENT_BYTES}")
    return size


def check_value(value: Any) -> None:
    """A value that a field, or a query's condition, may have."""
    _size(value, 1)


def collection(query: Query, parent: str) -> str:
    """The collection that a query reads: "jobs", or "runs/abc/pages" for runs/*/pages under the parent "runs/abc"."""
    pattern, nested, name = query.collection.rpartition("/*/")
    if bool(parent) != bool(nested):
        raise UndeclaredQuery(f"{query.name} reads {query.collection}, not under {parent!r}")
    if not parent:
        return query.collection
    check_path(parent)
    if parent.rpartition("/")[0] != pattern:
        raise UndeclaredQuery(f"{query.name} reads {query.collection}, not under {parent!r}")
    return f"{parent}/{name}"


def _check_write(write: Write) -> int:
    if isinstance(write, Create | Put | Update):
        return check_document(write.path, write.fields)
    if not isinstance(write, Increment):
        return check_document(write.path, {})
    if not write.amounts:
        raise InvalidDocument(f"an increment of nothing in {write.path}")
    if any(type(amount) is not int for amount in write.amounts.values()):
        raise InvalidDocument(f"an increment of {write.path} by what is no whole number")
    return check_document(write.path, write.amounts)


def _check_name(name: Any, what: str) -> None:
    if not isinstance(name, str) or not name:
        raise InvalidDocument(f"{what} must be a string that is not empty, not {name!r:.100}")
    if RESERVED.fullmatch(name) or len(_utf8(name)) > MAX_NAME_BYTES:
        raise InvalidDocument(f"{what} is reserved or too long: {name[:100]!r}")


@lru_cache(4096)
def _field_size(name: Any) -> int:
    _check_name(name, "a field's name")
    return len(name.encode()) + 1


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise InvalidDocument("a string that is not valid Unicode") from None


def _map_size(fields: Any, depth: int) -> int:
    if not isinstance(fields, dict):
        raise InvalidDocument(f"fields must be a dict, not {type(fields).__name__}")
    size = 0
    for name, value in fields.items():
        size += _field_size(name) + _size(value, depth + 1)
    return size


def _size(value: Any, depth: int, *, in_list: bool = False) -> int:
    if depth > MAX_DEPTH:
        raise InvalidDocument(f"nested deeper than {MAX_DEPTH} levels")
    if type(value) is str and value.isascii():  # most values are
        return len(value) + 1
    match value:
        case None | bool():
            return 1
        case int():
            if value not in INT64:
                raise InvalidDocument("a whole number beyond 64 bits")
            return 8
        case float():
            return 8
        case str():
            return len(_utf8(value)) + 1
        case bytes():
            return len(value)
        case datetime():
            return _instant(value)
        case list():
            if in_list:
                raise InvalidDocument("a list directly inside a list")
            return sum(_size(item, depth + 1, in_list=True) for item in value)
        case dict():
            return _map_size(value, depth)
    raise InvalidDocument(f"no document can hold a {type(value).__name__}")


def _instant(value: datetime) -> int:
    if value.tzinfo is UTC:
        return 8
    if value.utcoffset() is None:
        raise InvalidDocument("a time without a zone")
    try:
        value.astimezone(UTC)
    except OverflowError:
        raise InvalidDocument("a time beyond the years 1 to 9999") from None
    return 8
