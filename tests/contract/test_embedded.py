"""What only the embedded platform has to prove: several processes on one file, triggers, expiry, its indexes."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from shared.embedded import indexes
from shared.embedded.documents import EmbeddedDocuments
from shared.embedded.store import store
from shared.ports import (
    AlreadyExists,
    Create,
    Delete,
    Documents,
    Increment,
    Put,
    Unavailable,
    Update,
    Write,
    declared_queries,
)
from tests.contract.platforms import Embedded, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def embedded(tmp_path: Path) -> AsyncIterator[Embedded]:
    platform = Embedded(tmp_path / "data")
    yield platform
    await platform.close()


@pytest.fixture
async def documents(embedded: Embedded) -> Documents:
    return embedded.documents


# ------------------------------------------------------------------ processes

INCREMENT = """
import asyncio, sys
from shared.embedded.documents import EmbeddedDocuments
from shared.settings import settings

async def main():
    documents = EmbeddedDocuments(settings())
    for n in range(1, int(sys.argv[2]) + 1):
        await documents.increment(sys.argv[1], n=1)
        print(n, flush=True)

asyncio.run(main())
"""

COLLIDE = """
import asyncio, sys
from shared.embedded.documents import EmbeddedDocuments
from shared.settings import settings

async def add(tx):
    document = await tx.get(sys.argv[1])
    tx.put(sys.argv[1], {"n": document.fields["n"] + 1 if document else 1})

async def main():
    documents = EmbeddedDocuments(settings())
    for n in range(int(sys.argv[2])):
        await documents.transaction(add)

asyncio.run(main())
"""


async def test_increments_of_several_processes_on_a_new_file_all_count(embedded: Embedded) -> None:
    await asyncio.gather(*(embedded.python(INCREMENT, "runs/a", "100") for _ in range(3)))
    await asyncio.gather(*(embedded.documents.increment("runs/a", n=1) for _ in range(100)))
    assert (await read(embedded.documents, "runs/a")).fields == {"n": 400}


async def test_colliding_transactions_of_three_processes_all_succeed(embedded: Embedded) -> None:
    await asyncio.gather(*(embedded.python(COLLIDE, "runs/a", "50") for _ in range(3)))
    assert (await read(embedded.documents, "runs/a")).fields == {"n": 150}


async def test_what_a_killed_process_had_committed_is_there(embedded: Embedded) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", INCREMENT, "runs/a", "1000000", env=embedded.environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    while int(await process.stdout.readline()) < 100:
        pass
    process.send_signal(signal.SIGKILL)
    told = 100 + (await process.stdout.read()).count(b"\n")
    await process.wait()
    assert told <= (await read(embedded.documents, "runs/a")).fields["n"] <= told + 1
    await embedded.documents.increment("runs/a", n=1)


@pytest.mark.parametrize(
    ("writes", "lasting"),
    [
        (
            [Put("runs/1", {}), Put("runs/1/pages/2-00", {}), Put("runs/1/notes/hand", {})],
            False,
        ),  # a stage does it again
        ([Put("jobs/1", {}), Put("runs/1", {})], True),  # what a 202 promises
        ([Put("runs/1", {}), Put("companies/a.example", {}), Put("outbox/1", {})], True),  # an end
        ([Put("deliveries/1", {})], True),
        ([Put("keys/1", {})], True),
        ([Delete("runs/1/pages/2-00")], True),  # an erasure
    ],
)
async def test_what_nobody_would_do_again_waits_for_the_disk(
    embedded: Embedded, writes: list[Write], lasting: bool
) -> None:
    statements: list[str] = []
    await store(embedded.settings.data).write(
        lambda connection: connection.set_trace_callback(statements.append), lasting=not lasting
    )
    await embedded.documents.commit(writes)
    assert [said for said in statements if "synchronous" in said] == [
        f"PRAGMA synchronous={'FULL' if lasting else 'NORMAL'}"
    ]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "firmograph.db").write_bytes(os.urandom(8192))
    with pytest.raises(sqlite3.DatabaseError):
        store(tmp_path)


async def test_a_closed_store_is_unavailable(embedded: Embedded) -> None:
    documents = embedded.documents
    store(embedded.settings.data).close()
    calls = [
        documents.get("runs/a"),
        documents.count("accounts"),
        documents.query("accounts"),
        documents.put("a/b", {}),
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            await call


# ------------------------------------------------------------------ triggers


def triggered(platform: Embedded) -> list[tuple[str, dict[str, str]]]:
    select = "SELECT target, attributes FROM messages WHERE kind = 'trigger' ORDER BY id"
    rows = store(platform.settings.data).read(lambda connection: connection.execute(select).fetchall())
    return [(target, json.loads(attributes)) for target, attributes in rows]


async def test_what_is_created_in_the_outbox_wakes_notify_with_its_path(embedded: Embedded) -> None:
    await embedded.documents.create("outbox/r1", {"status": "completed"})
    [(target, attributes)] = triggered(embedded)
    assert target == "notify"
    assert attributes["ce-document"] == "outbox/r1"
    assert attributes["ce-type"] == "google.cloud.firestore.document.v1.created"
    assert {"ce-id", "ce-source", "ce-specversion", "ce-time"} < attributes.keys()


@pytest.mark.parametrize("write", [Create("outbox/r1", {}), Put("outbox/r1", {}), Increment("outbox/r1", {"n": 1})])
async def test_whatever_makes_the_document_wakes_notify(embedded: Embedded, write: Any) -> None:
    await embedded.documents.commit([write])
    assert [attributes["ce-document"] for _, attributes in triggered(embedded)] == ["outbox/r1"]


async def test_only_creation_wakes_notify(embedded: Embedded) -> None:
    await embedded.documents.create("outbox/r1", {})
    await embedded.documents.put("outbox/r1", {"n": 1})
    await embedded.documents.commit([Update("outbox/r1", {"n": 2})])
    await embedded.documents.commit([Delete("outbox/r1")])
    assert len(triggered(embedded)) == 1
    await embedded.documents.create("outbox/r1", {})
    assert len(triggered(embedded)) == 2


async def test_other_documents_wake_nobody(embedded: Embedded) -> None:
    for path in ("runs/r1", "outbox/r1/pages/p", "inbox/outbox", "runs/r1/outbox/o"):
        await embedded.documents.create(path, {})
    assert triggered(embedded) == []


async def test_a_commit_that_fails_wakes_nobody(embedded: Embedded) -> None:
    await embedded.documents.create("runs/r1", {})
    with pytest.raises(AlreadyExists):
        await embedded.documents.commit([Create("outbox/r1", {}), Create("runs/r1", {})])
    assert triggered(embedded) == []


async def test_triggers_can_be_lost_on_purpose(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path / "data", lose_triggers=True)
    await embedded.documents.create("outbox/r1", {})
    assert triggered(embedded) == []
    await embedded.close()


# ------------------------------------------------------------------ expiry


async def test_what_has_expired_is_read_until_it_is_purged(embedded: Embedded) -> None:
    documents = EmbeddedDocuments(embedded.settings)
    await documents.commit(
        [
            Put("accounts/past", {"expires_at": NOW - timedelta(microseconds=1)}),
            Put("accounts/now", {"expires_at": NOW}),
            Put("accounts/future", {"expires_at": NOW + timedelta(microseconds=1)}),
            Put("accounts/never", {"expires_at": None}),
            Put("accounts/text", {"expires_at": "2020-01-01"}),
            Put("accounts/extended", {"expires_at": NOW}),
            Put("accounts/without", {}),
        ]
    )
    await documents.commit([Update("accounts/extended", {"expires_at": NOW + timedelta(1)})])
    assert await documents.get("accounts/past") is not None
    assert await documents.purge(NOW) == 2
    assert [document.id for document in await documents.query("accounts")] == [
        "extended", "future", "never", "text", "without",
    ]  # fmt: skip
    assert await documents.get("accounts/past") is None
    assert await documents.purge(NOW) == 0


async def test_a_purge_takes_no_more_than_it_may_the_oldest_first(embedded: Embedded) -> None:
    documents = EmbeddedDocuments(embedded.settings)
    await documents.commit([Put(f"accounts/{n}", {"expires_at": NOW - timedelta(n)}) for n in range(5)])
    assert await documents.purge(NOW, limit=2) == 2
    assert [document.id for document in await documents.query("accounts")] == ["0", "1", "2"]


# ------------------------------------------------------------------ indexes


async def test_a_query_declared_anew_finds_what_was_written_before(embedded: Embedded) -> None:
    await embedded.documents.commit([Put(f"keys/{n}", {"account": "x"}) for n in range(3)])
    await embedded.documents.put("keys/3", {"account": "y"})

    def before_the_query_was_declared(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM index_definitions WHERE query = 'keys_of_account'")
        connection.execute("DELETE FROM index_entries WHERE query = 'keys_of_account'")
        connection.execute("INSERT INTO index_definitions VALUES ('gone', '[]')")
        connection.execute("INSERT INTO index_entries VALUES ('gone', 'keys', x'00', 'keys/0')")

    await store(embedded.settings.data).write(before_the_query_was_declared)
    again = EmbeddedDocuments(embedded.settings)
    assert await again.count("keys_of_account", "x") == 3
    select = "SELECT count(*) FROM index_entries WHERE query = 'gone'"
    assert store(embedded.settings.data).read(lambda connection: connection.execute(select).fetchone()) == (0,)


async def test_no_query_scans(embedded: Embedded) -> None:
    await embedded.documents.put("accounts/a", {})
    explain = f"EXPLAIN QUERY PLAN SELECT count(*) {indexes.ENTRIES}"
    span = indexes.span(declared_queries()["due_runs"], ("0", "1"), "")
    [plan] = store(embedded.settings.data).read(lambda connection: connection.execute(explain, span).fetchall())
    assert "SEARCH" in plan[3] and "key>? AND key<?" in plan[3]


def test_every_declared_query_is_one_that_firestore_has_an_index_for() -> None:
    for query in declared_queries().values():
        ranges = {name for name, operator in query.where if operator != "=="}
        assert all(operator in ("==", "<", "<=", ">", ">=") for _, operator in query.where), query.name
        assert all(direction in ("asc", "desc") for _, direction in query.order), query.name
        assert len(ranges) <= 1, query.name
        assert not ranges or not query.order or query.order[0][0] in ranges, query.name


async def test_writes_that_change_nothing_leave_the_version(documents: Documents) -> None:
    fields = {"n": 1, "list": [{"b": b"x"}], "time": NOW, "odd": float("nan")}
    await documents.put("runs/a", fields)
    version = (await read(documents, "runs/a")).version
    await documents.put("runs/a", dict(reversed(fields.items())))
    await documents.commit([Update("runs/a", {"time": NOW.astimezone(timezone(timedelta(hours=1)))})])
    await documents.increment("runs/a", n=0)
    assert (await read(documents, "runs/a")).version == version


async def test_a_large_document_is_not_stored_as_text(embedded: Embedded) -> None:
    await embedded.documents.put("runs/a", {"facts": bytes(1_000_000), "n": 1})
    select = "SELECT length(fields), length(blob) FROM documents"
    [(text, blob)] = store(embedded.settings.data).read(lambda connection: connection.execute(select).fetchall())
    assert text < 100 and blob == 1_000_000
