"""Firestore's indexes on SQLite: an entry for each document in each declared query, in the query's order."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from shared import documents_rules as rules
from shared.embedded.values import after, descending, sortable
from shared.ports import Document, Fields, InvalidDocument, Query, declared_queries

# Neighbouring entries; `span` gives the parameters.
ENTRIES = "FROM index_entries WHERE query = ? AND collection = ? AND key >= ? AND key < ?"
Span = tuple[str, str, bytes, bytes]


def span(query: Query, values: Sequence[Any], parent: str, cursor: Document | None = None) -> Span:
    """The entries that the query's conditions select, those behind the cursor."""
    for value in values:
        rules.check_value(value)
    conditions = [(operator, value) for (_, operator), value in zip(query.where, values, strict=True)]
    prefix = b"".join(sortable(value) for operator, value in conditions if operator == "==")
    low, high = prefix, after(prefix) if prefix else b"\xff"
    for operator, value in conditions:
        if operator != "==":
            low, high = _narrow(query, prefix, low, high, operator, value)
    if cursor:
        behind = _place(query, cursor.path, cursor.fields)
        if behind is None:
            raise InvalidDocument(f"{cursor.path} is no cursor of {query.name}: a field of its order is missing")
        low = max(low, after(prefix + behind))
    return query.name, rules.collection(query, parent), low, high


def concerns(path: str) -> bool:
    """Whether a declared query reads the document's collection."""
    return bool(_queries_of(_collection(path)))


def move(connection: sqlite3.Connection, path: str, old: Fields | None, new: Fields | None) -> None:
    """Brings a document's entries from its old fields to its new ones; None: no such document."""
    for query in _queries_of(_collection(path)):
        before, now = _key(query, path, old), _key(query, path, new)
        if before != now:
            if before is not None:
                _delete(connection, query, path, before)
            if now is not None:
                _insert(connection, query, path, now)


def define(connection: sqlite3.Connection, everything: Iterable[Document]) -> None:
    """Makes those queries' entries anew that were declared otherwise when the file was last written."""
    declared = {name: json.dumps([q.collection, q.where, q.order]) for name, q in declared_queries().items()}
    defined = dict(connection.execute("SELECT query, definition FROM index_definitions").fetchall())
    outdated = {name for name in declared.keys() | defined.keys() if declared.get(name) != defined.get(name)}
    if not outdated:
        return
    for name in outdated:
        connection.execute("DELETE FROM index_entries WHERE query = ?", (name,))
    for document in everything:
        for query in _queries_of(_collection(document.path)):
            key = _key(query, document.path, document.fields)
            if query.name in outdated and key is not None:
                _insert(connection, query, document.path, key)
    connection.execute("DELETE FROM index_definitions")
    connection.executemany("INSERT INTO index_definitions VALUES (?, ?)", declared.items())


def _insert(connection: sqlite3.Connection, query: Query, path: str, key: bytes) -> None:
    row = (query.name, _collection(path), key, path)
    connection.execute("INSERT INTO index_entries (query, collection, key, path) VALUES (?, ?, ?, ?)", row)


def _delete(connection: sqlite3.Connection, query: Query, path: str, key: bytes) -> None:
    row = (query.name, _collection(path), key)
    connection.execute("DELETE FROM index_entries WHERE query = ? AND collection = ? AND key = ?", row)


def _collection(path: str) -> str:
    return path.rpartition("/")[0]


@lru_cache(1024)
def _queries_of(collection: str) -> tuple[Query, ...]:
    pattern = "/".join("*" if n % 2 else segment for n, segment in enumerate(collection.split("/")))
    return tuple(query for query in declared_queries().values() if query.collection == pattern)


@cache
def _order(query: Query) -> tuple[tuple[str, str], ...]:
    """As declared, else by the field of an inequality."""
    return query.order or tuple((name, "asc") for name, operator in query.where if operator != "==")[:1]


def _key(query: Query, path: str, fields: Fields | None) -> bytes | None:
    """None where the document is not in the query's index, since it lacks a field."""
    equal = [name for name, operator in query.where if operator == "=="]
    if fields is None or any(name not in fields for name in equal):
        return None
    place = _place(query, path, fields)
    return None if place is None else b"".join(sortable(fields[name]) for name in equal) + place


def _place(query: Query, path: str, fields: Fields) -> bytes | None:
    """The order's fields, then the document's id in the direction of the last of them."""
    order = _order(query)
    if any(name not in fields for name, _ in order):
        return None
    last = order[-1][1] if order else "asc"
    parts = [(fields[name], direction) for name, direction in order] + [(path.rpartition("/")[2], last)]
    return b"".join(descending(sortable(value)) if way == "desc" else sortable(value) for value, way in parts)


def _narrow(query: Query, prefix: bytes, low: bytes, high: bytes, operator: str, value: Any) -> tuple[bytes, bytes]:
    """The range within an inequality on the order's first field; it holds among values of one type."""
    down = _order(query)[0][1] == "desc"
    bound = descending(sortable(value)) if down else sortable(value)
    low, high = max(low, prefix + bound[:1]), min(high, after(prefix + bound[:1]))
    inclusive = operator.endswith("=")
    if operator.startswith(">") != down:
        return max(low, prefix + bound if inclusive else after(prefix + bound)), high
    return low, min(high, after(prefix + bound) if inclusive else prefix + bound)
