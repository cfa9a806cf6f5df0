import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.ports import (
    MAX_COMMIT_BYTES,
    MAX_DOCUMENT_BYTES,
    MAX_WRITES,
    AlreadyExists,
    Create,
    Delete,
    Documents,
    Guard,
    Increment,
    InvalidDocument,
    NotFound,
    Put,
    Stale,
    Transaction,
    Update,
    Write,
)
from tests.contract.platforms import UnderTest, read

# ------------------------------------------------------------------ all or nothing


async def test_a_commit_that_fails_half_way_changes_nothing(documents: Documents) -> None:
    await documents.commit([Put(f"runs/{name}", {"n": 1}) for name in ("changed", "doomed", "taken")])
    with pytest.raises(AlreadyExists):
        await documents.commit(
            [
                Create("runs/new", {}),
                Update("runs/changed", {"n": 2}),
                Delete("runs/doomed"),
                Increment("accounts/a", {"n": 1}),
                Create("runs/taken", {}),
                Create("runs/later", {}),
            ]
        )
    for path in ("runs/changed", "runs/doomed", "runs/taken"):
        assert (await read(documents, path)).fields == {"n": 1}
    for path in ("runs/new", "accounts/a", "runs/later"):
        assert await documents.get(path) is None


async def test_the_first_failing_write_names_the_error(documents: Documents) -> None:
    await documents.put("runs/there", {"n": 1})
    version = (await read(documents, "runs/there")).version
    await documents.put("runs/there", {"n": 2})
    exists, missing, stale = Create("runs/there", {}), Update("runs/missing", {}), Guard("runs/there", version)
    for writes, error in (
        ([exists, missing], AlreadyExists),
        ([missing, exists], NotFound),
        ([stale, missing], Stale),
        ([missing, stale], NotFound),
    ):
        with pytest.raises(error):
            await documents.commit([Put("runs/fine", {}), *writes])
    assert await documents.get("runs/fine") is None


async def test_an_empty_commit_does_nothing(documents: Documents) -> None:
    await documents.commit([])


async def test_as_many_writes_as_a_commit_may_have_are_one(documents: Documents) -> None:
    await documents.commit([Create(f"accounts/{n}", {"name": "x"}) for n in range(MAX_WRITES)])
    assert await documents.count("accounts") == MAX_WRITES


# ------------------------------------------------------------------ what is refused


async def test_one_write_too_many_is_refused_before_anything_is_written(documents: Documents) -> None:
    with pytest.raises(InvalidDocument):
        await documents.commit([Create(f"accounts/{n}", {}) for n in range(MAX_WRITES + 1)])
    assert await documents.count("accounts") == 0


async def test_a_commit_of_too_many_bytes_is_refused_before_anything_is_written(documents: Documents) -> None:
    half = MAX_COMMIT_BYTES // 4
    await documents.commit([Create(f"accounts/{n}", {"blob": bytes(half - 1000)}) for n in range(4)])
    with pytest.raises(InvalidDocument):
        await documents.commit([Create(f"accounts/more-{n}", {"blob": bytes(half + 1)}) for n in range(4)])
    assert await documents.count("accounts") == 4


def size(path: str, name: str) -> int:
    """Of a document with one field, without that field's value."""
    return sum(len(segment) + 1 for segment in path.split("/")) + 16 + len(name) + 1 + 32


async def test_the_largest_document_is_kept_and_one_byte_more_is_refused(documents: Documents) -> None:
    most = MAX_DOCUMENT_BYTES - size("runs/a", "blob")
    await documents.put("runs/a", {"blob": bytes(most)})
    assert len((await read(documents, "runs/a")).fields["blob"]) == most
    with pytest.raises(InvalidDocument):
        await documents.put("runs/a", {"blob": bytes(most + 1)})
    with pytest.raises(InvalidDocument):
        await documents.put("runs/a", {"blob": "é" * (most // 2 + 1)})
    assert len((await read(documents, "runs/a")).fields["blob"]) == most


async def test_an_update_that_would_make_a_document_too_large_is_refused(documents: Documents) -> None:
    await documents.put("runs/a", {"one": bytes(600_000)})
    with pytest.raises(InvalidDocument):
        await documents.commit([Create("runs/b", {}), Update("runs/a", {"two": bytes(600_000)})])
    assert set((await read(documents, "runs/a")).fields) == {"one"}
    assert await documents.get("runs/b") is None


def nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels):
        value = {"m": value}
    return {"m": value}


async def test_twenty_levels_are_kept(documents: Documents) -> None:
    await documents.put("runs/a", nested(19))
    assert (await read(documents, "runs/a")).fields == nested(19)


endless: dict[str, Any] = {}
endless["again"] = endless

REFUSED: dict[str, Any] = {
    "list in list": [[1]],
    "list in list, deeper": {"a": [{"b": [1, {"c": [[]]}]}]},
    "twenty-one levels": nested(20),
    "itself": endless,
    "set": {1, 2},
    "tuple": (1, 2),
    "decimal": Decimal(1),
    "complex": 1j,
    "object": object(),
    "bytearray": bytearray(b"x"),
    "date": datetime(2026, 1, 1, tzinfo=UTC).date(),
    "time without zone": datetime(2026, 1, 1),
    "integer above": 2**63,
    "integer below": -(2**63) - 1,
    "integer far above": 10**5000,
    "half a character": "\ud800",
    "name that is no string": {1: 2},
    "empty name": {"": 1},
    "reserved name": {"__x__": 1},
    "long name": {"x" * 1501: 1},
    "name with half a character": {"\udfff": 1},
}


@pytest.mark.parametrize("write", [Create, Put, Update])
async def test_what_no_document_can_hold_is_refused(
    documents: Documents, write: Any, subtests: pytest.Subtests
) -> None:
    await documents.put("runs/there", {"n": 1})
    path = "runs/there" if write is Update else "runs/new"
    for name, value in REFUSED.items():
        for fields in ({"value": value}, {"list": [{"value": value}]}):
            with subtests.test(name), pytest.raises(InvalidDocument):
                await documents.commit([Create("runs/other", {}), write(path, fields)])
    assert (await read(documents, "runs/there")).fields == {"n": 1}
    assert [await documents.get(path) for path in ("runs/new", "runs/other")] == [None, None]


@pytest.mark.parametrize("write", [Create, Put, Update, Increment])
async def test_a_field_name_that_firestore_reserves_is_refused(
    documents: Documents, write: Any, subtests: pytest.Subtests
) -> None:
    for name in ("", "__x__", 1, "x" * 1501, "\ud800"):
        with subtests.test(ascii(name)), pytest.raises(InvalidDocument):
            await documents.commit([write("runs/a", {name: 1})])


@pytest.mark.parametrize("amount", [1.5, "1", None, True, 2**63])
async def test_an_increment_by_what_is_no_whole_number_is_refused(documents: Documents, amount: Any) -> None:
    with pytest.raises(InvalidDocument):
        await documents.commit([Increment("runs/a", {"n": amount})])


PATHS = [
    "", "runs", "runs/", "/runs", "runs//", "runs/a/pages", "runs/a/", "runs//pages/a", "runs/.", "runs/..", "./a",
    "runs/__a__", "__runs__/a", "runs/" + "x" * 1501, "runs/" + "é" * 751, "/".join(["x" * 1000] * 8),
    "a/b/" * 100 + "a/b", "runs/\ud800",
]  # fmt: skip


async def test_what_is_no_path_of_a_document_is_refused(documents: Documents, subtests: pytest.Subtests) -> None:
    for path in PATHS:
        writes: list[Write] = [Create(path, {}), Put(path, {}), Update(path, {}), Delete(path), Guard(path, "1")]
        for write in [*writes, Increment(path, {"n": 1})]:
            with subtests.test(ascii(write)), pytest.raises(InvalidDocument):
                await documents.commit([write])
        with subtests.test(f"get {path!a}"), pytest.raises(InvalidDocument):
            await documents.get(path)
        with subtests.test(f"watch {path!a}"), pytest.raises(InvalidDocument):
            await anext(documents.watch(path))


@pytest.mark.parametrize("id", ["a b", "é", "...", "_a_", "a.b", "%2F", "'\"`\\", "x" * 1500, "\n", "#?&*[]~"])
async def test_an_odd_document_id_is_one_document(documents: Documents, id: str) -> None:
    await documents.create(f"accounts/{id}", {"n": 1})
    await documents.create(f"accounts/{id}/pages/{id}", {"n": 2})
    await documents.increment(f"accounts/{id}", n=10)
    assert (await read(documents, f"accounts/{id}")).fields == {"n": 11}
    assert (await read(documents, f"accounts/{id}/pages/{id}")).id == id
    assert [document.path for document in await documents.query("accounts")] == [f"accounts/{id}"]


async def test_the_same_document_twice_in_a_commit_is_refused(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    for first in (Guard("runs/a", version), Put("runs/a", {}), Delete("runs/a")):
        with pytest.raises(InvalidDocument):
            await documents.commit([first, Increment("runs/a", {"n": 1})])
    assert (await read(documents, "runs/a")).fields == {"n": 1}


# ------------------------------------------------------------------ transactions


async def test_a_transaction_returns_what_its_change_returns(documents: Documents) -> None:
    async def change(tx: Transaction) -> str:
        assert await tx.get("runs/a") is None
        tx.create("runs/a", {"n": 1})
        return "made"

    assert await documents.transaction(change) == "made"
    assert (await read(documents, "runs/a")).fields == {"n": 1}


async def test_a_change_that_raises_writes_nothing(documents: Documents) -> None:
    async def change(tx: Transaction) -> None:
        tx.create("runs/a", {})
        raise LookupError("no")

    with pytest.raises(LookupError):
        await documents.transaction(change)
    assert await documents.get("runs/a") is None


async def test_three_transactions_that_collide_all_succeed(under_test: UnderTest) -> None:
    documents = under_test.documents
    await documents.put("runs/a", {"n": 0})

    async def add(client: Documents) -> None:
        async def change(tx: Transaction) -> None:
            document = await tx.get("runs/a")
            assert document is not None
            tx.update("runs/a", {"n": document.fields["n"] + 1})

        for _ in range(10):
            await client.transaction(change)

    await asyncio.gather(*(add(under_test.client()) for _ in range(3)))
    assert (await read(documents, "runs/a")).fields == {"n": 30}


@pytest.mark.parametrize("way", ["put", "update", "delete", "increment", "only read"])
async def test_a_change_runs_again_when_what_it_read_has_changed(documents: Documents, way: str) -> None:
    await documents.put("runs/a", {"n": 1})
    seen = []

    async def change(tx: Transaction) -> int:
        document = await tx.get("runs/a")
        assert document is not None
        seen.append(document.fields["n"])
        if len(seen) == 1:
            await documents.put("runs/a", {"n": 5})
        tx.create("jobs/a", {"saw": document.fields["n"]})
        match way:
            case "put":
                tx.put("runs/a", {"n": document.fields["n"] + 1})
            case "update":
                tx.update("runs/a", {"n": document.fields["n"] + 1})
            case "delete":
                tx.delete("runs/a")
            case "increment":
                tx.increment("runs/a", n=1)
        return len(seen)

    assert await documents.transaction(change) == 2
    assert seen == [1, 5]
    assert (await read(documents, "jobs/a")).fields == {"saw": 5}
    after = await documents.get("runs/a")
    assert (after.fields if after else None) == {"delete": None, "only read": {"n": 5}}.get(way, {"n": 6})


async def test_a_change_runs_again_when_what_it_read_as_absent_is_there(documents: Documents) -> None:
    seen = []

    async def change(tx: Transaction) -> None:
        document = await tx.get("runs/a")
        seen.append(document)
        if document is None:
            await documents.create("runs/a", {"n": 1})
            tx.put("runs/a", {"n": 2})
        else:
            tx.update("runs/a", {"n": document.fields["n"] + 10})

    await documents.transaction(change)
    assert len(seen) == 2
    assert (await read(documents, "runs/a")).fields == {"n": 11}


async def test_a_change_runs_again_when_what_it_read_is_gone(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})
    seen = []

    async def change(tx: Transaction) -> None:
        document = await tx.get("runs/a")
        seen.append(document)
        if len(seen) == 1:
            await documents.commit([Delete("runs/a")])
        tx.create("jobs/a", {"run": document is not None})

    await documents.transaction(change)
    assert (await read(documents, "jobs/a")).fields == {"run": False}


async def test_a_change_reads_a_document_once(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})

    async def change(tx: Transaction) -> bool:
        first = await tx.get("runs/a")
        if first and first.fields["n"] == 1:
            await documents.put("runs/a", {"n": 2})
        again = await tx.get("runs/a")
        tx.create("jobs/a", {})
        return first is again

    assert await documents.transaction(change)


async def test_what_a_query_returned_is_a_condition_of_the_commit(documents: Documents) -> None:
    job = {"account": "x", "open": True}
    await documents.put("jobs/a", job)
    seen = []

    async def change(tx: Transaction) -> None:
        found = await tx.query("open_jobs_of_account", "x", True)
        seen.append([document.id for document in found])
        if len(seen) == 1:
            await documents.put("jobs/a", job | {"open": False})
        tx.create("runs/ended", {"open": len(found)})

    await documents.transaction(change)
    assert seen == [["a"], []]
    assert (await read(documents, "runs/ended")).fields == {"open": 0}


@pytest.mark.parametrize("also_reads", [(), ("runs/absent",), ("runs/there",), ("runs/there", "runs/absent")])
async def test_already_exists_for_an_unread_path_travels(documents: Documents, also_reads: tuple[str, ...]) -> None:
    await documents.put("jobs/a", {"n": 1})
    await documents.put("runs/there", {})
    runs = []

    async def change(tx: Transaction) -> None:
        runs.append(1)
        for path in also_reads:
            await tx.get(path)
        tx.create("runs/new", {})
        tx.create("jobs/a", {"n": 2})

    with pytest.raises(AlreadyExists):
        await documents.transaction(change)
    assert len(runs) == 1
    assert (await read(documents, "jobs/a")).fields == {"n": 1}
    assert await documents.get("runs/new") is None


async def test_not_found_for_an_unread_path_travels(documents: Documents) -> None:
    await documents.put("runs/there", {})
    runs = []

    async def change(tx: Transaction) -> None:
        runs.append(1)
        await tx.get("runs/there")
        tx.update("jobs/a", {"n": 2})

    with pytest.raises(NotFound):
        await documents.transaction(change)
    assert len(runs) == 1


async def test_sixty_joins_at_once_hinder_nobody(under_test: UnderTest) -> None:
    documents = under_test.documents
    await documents.commit([Put("companies/c", {"live_run": "r"}), Put("runs/r", {"status": "processing"})])
    versions = [(await read(documents, path)).version for path in ("companies/c", "runs/r")]
    tries = []

    async def join(number: int) -> None:
        async def change(tx: Transaction) -> None:
            tries.append(number)
            company, run = await tx.get("companies/c"), await tx.get("runs/r")
            assert company and run
            tx.create(f"jobs/{number}", {"run": "r", "open": True, "created_at": datetime.now(UTC)})

        await documents.transaction(change)

    await asyncio.gather(*map(join, range(60)))
    assert sorted(tries) == list(range(60))
    assert await documents.count("open_jobs_of_run", "r", True) == 60
    assert [(await read(documents, path)).version for path in ("companies/c", "runs/r")] == versions


async def test_a_join_and_the_end_of_its_run_exclude_each_other(under_test: UnderTest) -> None:
    documents = under_test.documents
    for number in range(5):
        run, job = f"runs/r{number}", f"jobs/j{number}"
        await documents.put(run, {"ended": False})

        async def join(tx: Transaction, run: str = run, job: str = job) -> None:
            document = await tx.get(run)
            assert document is not None
            tx.create(job, {"joined": not document.fields["ended"]})

        async def end(tx: Transaction, run: str = run, job: str = job) -> None:
            await tx.get(run)
            tx.update(run, {"ended": True, "settled": await documents.get(job) is not None})

        await asyncio.gather(under_test.client().transaction(join), under_test.client().transaction(end))
        assert (await read(documents, run)).fields["ended"]
        assert await documents.get(job) is not None
