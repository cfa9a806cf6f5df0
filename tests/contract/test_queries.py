import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ports import Create, Delete, Documents, InvalidDocument, NotFound, Put, Transaction, UndeclaredQuery, Update

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


async def ids(documents: Documents, name: str, *values: Any, **options: Any) -> list[str]:
    return [document.id for document in await documents.query(name, *values, **options)]


async def all_pages(documents: Documents, name: str, *values: Any, limit: int) -> list[str]:
    found, last = [], None
    while page := await documents.query(name, *values, limit=limit, after=last):
        assert len(page) <= limit
        found += page
        last = page[-1]
    return [document.id for document in found]


async def jobs(documents: Documents, **times: datetime) -> None:
    await documents.commit(
        [Create(f"jobs/{id}", {"run": "r", "open": True, "created_at": time}) for id, time in times.items()]
    )


async def test_an_undeclared_query_is_refused(documents: Documents) -> None:
    with pytest.raises(UndeclaredQuery):
        await documents.query("jobs_of_everybody")
    with pytest.raises(UndeclaredQuery):
        await documents.count("jobs_of_everybody")


@pytest.mark.parametrize("values", [(), ("r",), ("r", True, 1)])
async def test_a_wrong_number_of_values_is_refused(documents: Documents, values: tuple[Any, ...]) -> None:
    with pytest.raises(UndeclaredQuery):
        await documents.query("open_jobs_of_run", *values)
    with pytest.raises(UndeclaredQuery):
        await documents.count("open_jobs_of_run", *values)


@pytest.mark.parametrize("parent", ["", "jobs/a", "runs", "runs/a/pages/b", "runs/..", "runs/"])
async def test_a_parent_that_the_query_does_not_have_is_refused(documents: Documents, parent: str) -> None:
    for call in (documents.query, documents.count):
        with pytest.raises((UndeclaredQuery, InvalidDocument)):
            await call("pages_of_run", parent=parent)
        if parent:
            with pytest.raises((UndeclaredQuery, InvalidDocument)):
                await call("accounts", parent=parent)


@pytest.mark.parametrize("value", [{1}, datetime(2026, 1, 1), "\ud800", 2**64, [[1]]], ids=repr)
async def test_a_value_that_no_document_can_hold_is_refused(documents: Documents, value: Any) -> None:
    for call in (documents.query, documents.count):
        with pytest.raises(InvalidDocument):
            await call("keys_of_account", value)


async def test_a_query_of_nothing_finds_nothing(documents: Documents) -> None:
    assert await documents.query("open_jobs_of_run", "r", True) == []
    assert await documents.count("open_jobs_of_run", "r", True) == 0


async def test_only_what_meets_every_condition_is_found(documents: Documents) -> None:
    await documents.commit(
        [
            Put("jobs/mine", {"account": "x", "open": True}),
            Put("jobs/other", {"account": "y", "open": True}),
            Put("jobs/closed", {"account": "x", "open": False}),
            Put("jobs/lacking", {"account": "x"}),
            Put("jobs/null", {"account": "x", "open": None}),
            Put("jobs/one", {"account": "x", "open": 1}),
            Put("jobs/word", {"account": "x", "open": "true"}),
            Put("jobs/list", {"account": "x", "open": [True]}),
            Put("jobs/prefix", {"account": "x\x00", "open": True}),
            Put("jobs/case", {"account": "X", "open": True}),
            Put("accounts/mine", {"account": "x", "open": True}),
            Put("jobs/mine/jobs/mine", {"account": "x", "open": True}),
        ]
    )
    assert await ids(documents, "open_jobs_of_account", "x", True) == ["mine"]
    assert await documents.count("open_jobs_of_account", "x", True) == 1
    assert await ids(documents, "open_jobs_of_account", "x", None) == ["null"]
    assert await ids(documents, "open_jobs_of_account", "x", 1) == ["one"]
    assert await ids(documents, "open_jobs_of_account", "x", [True]) == ["list"]


@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        (1, 1.0, True),
        (0.0, -0.0, True),
        (2**53, float(2**53), True),
        (2**53 + 1, float(2**53), False),
        (b"x", "x", False),
        ("é", "e\u0301", False),
        (NOON, NOON.astimezone(), True),
        (NOON, NOON + timedelta(microseconds=1), False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 2}, False),
        ("", None, False),
        (math.nan, math.nan, True),
    ],
    ids=repr,
)
async def test_equality_is_firestores(documents: Documents, stored: Any, asked: Any, found: bool) -> None:
    await documents.put("keys/a", {"account": stored})
    assert await documents.count("keys_of_account", asked) == found


async def test_results_come_whole_and_in_order(documents: Documents) -> None:
    await jobs(
        documents,
        late=NOON + timedelta(days=400),
        third=NOON + timedelta(microseconds=1),
        second=NOON,
        first=NOON - timedelta(seconds=1),
        long_ago=datetime(1960, 1, 1, tzinfo=UTC),
    )
    found = await documents.query("open_jobs_of_run", "r", True)
    assert [document.id for document in found] == ["long_ago", "first", "second", "third", "late"]
    assert found == [await documents.get(document.path) for document in found]


async def test_ties_are_in_order_of_the_ids_bytes(documents: Documents) -> None:
    names = ["b", "a", "B", "1", "10", "2", "ä", "z", "aa", "a-", "\U0001f600", "\uffee", "-", "~"]
    await jobs(documents, **dict.fromkeys(names, NOON), earlier=NOON - timedelta(1))
    in_order = sorted(names, key=str.encode)
    assert await ids(documents, "open_jobs_of_run", "r", True) == ["earlier", *in_order]
    for limit in (1, 3, 100):
        assert await all_pages(documents, "open_jobs_of_run", "r", True, limit=limit) == ["earlier", *in_order]


async def test_without_an_order_the_id_is_the_order(documents: Documents) -> None:
    names = ["b", "a", "B", "ä", "10", "2"]
    await documents.commit([Put(f"accounts/{name}", {"name": "x"}) for name in names])
    assert await ids(documents, "accounts") == sorted(names, key=str.encode)
    assert await all_pages(documents, "accounts", limit=4) == sorted(names, key=str.encode)


async def test_a_document_that_lacks_a_field_of_the_order_is_not_found(documents: Documents) -> None:
    await jobs(documents, there=NOON)
    await documents.put("jobs/lacking", {"run": "r", "open": True})
    await documents.put("jobs/null", {"run": "r", "open": True, "created_at": None})
    assert await ids(documents, "open_jobs_of_run", "r", True) == ["null", "there"]
    assert await documents.count("open_jobs_of_run", "r", True) == 2


async def test_values_of_several_types_are_in_firestores_order(documents: Documents) -> None:
    in_order: list[Any] = [
        None, False, True, math.nan, -math.inf, -1e300, -(2**63), -2, -1.5, -1, 0, 5e-324, 0.5, 1, 1.5, 2**53,
        2**53 + 1, 2**63 - 1, 1e300, math.inf, datetime(1, 1, 1, tzinfo=UTC), NOON, "", "\x00", "\x00a", "a", "a\x00",
        "aa", "b", "é", "\uffff", "\U0001f600", b"", b"\x00", b"a", b"\xff", [], [1], [1, 2], [2], ["a"], {},
        {"a": 1}, {"a": 2}, {"a": 2, "b": 1}, {"b": 0},
    ]  # fmt: skip
    await documents.commit(
        [Create(f"jobs/{99 - n}", {"run": "r", "open": True, "created_at": value}) for n, value in enumerate(in_order)]
    )
    expected = [str(99 - n) for n in range(len(in_order))]
    assert await ids(documents, "open_jobs_of_run", "r", True) == expected
    assert await all_pages(documents, "open_jobs_of_run", "r", True, limit=7) == expected


async def test_a_range_holds_both_its_ends_and_only_strings(documents: Documents) -> None:
    values = ["0-2026-01-01", "0-2026-01-02", "0-2026-01-02T", "0-2026-01-03", "1-2026-01-01", "", 5, None, NOON, b"0-"]
    await documents.commit([Put(f"runs/{n}", {"due": value}) for n, value in enumerate(values)])
    await documents.put("runs/lacking", {})
    assert await ids(documents, "due_runs", "0-2026-01-01", "0-2026-01-02") == ["0", "1"]
    assert await ids(documents, "due_runs", "0", "0-2026-01-02\uffff") == ["0", "1", "2"]
    assert await ids(documents, "due_runs", "", "\U0010ffff") == ["5", "0", "1", "2", "3", "4"]
    assert await ids(documents, "due_runs", "0-2026-01-03", "0-2026-01-01") == []
    assert await documents.count("due_runs", "0-2026-01-01", "0-2026-01-02") == 2


async def test_a_range_is_read_in_pages(documents: Documents) -> None:
    await documents.commit([Put(f"runs/{n:03}", {"due": f"0-{n // 10:03}"}) for n in range(100)])
    expected = [f"{n:03}" for n in range(20, 60)]
    for limit in (1, 7, 40):
        assert await all_pages(documents, "due_runs", "0-002", "0-005", limit=limit) == expected


async def test_a_cursor_need_not_be_there_any_more(documents: Documents) -> None:
    await jobs(documents, a=NOON, b=NOON, c=NOON)
    first = (await documents.query("open_jobs_of_run", "r", True, limit=1))[0]
    await documents.commit([Delete("jobs/a")])
    await jobs(documents, aa=NOON)
    assert await ids(documents, "open_jobs_of_run", "r", True, after=first) == ["aa", "b", "c"]


async def test_a_limit_is_kept_and_a_count_has_none(documents: Documents) -> None:
    await documents.commit([Put(f"accounts/{n:03}", {}) for n in range(150)])
    assert len(await documents.query("accounts")) == 100
    assert await ids(documents, "accounts", limit=2) == ["000", "001"]
    assert await documents.count("accounts") == 150


async def test_pages_are_those_of_their_run(documents: Documents) -> None:
    await documents.commit(
        [
            Put("runs/a", {}),
            Put("runs/a/pages/2", {"facts": b"\x00" * 10}),
            Put("runs/a/pages/1", {}),
            Put("runs/b/pages/3", {}),
            Put("runs/a/pages/1/pages/4", {}),
            Put("jobs/a/pages/5", {}),
        ]
    )
    assert await ids(documents, "pages_of_run", parent="runs/a") == ["1", "2"]
    assert await ids(documents, "pages_of_run", parent="runs/absent") == []
    assert await documents.count("pages_of_run", parent="runs/b") == 1


async def test_a_query_follows_every_change(documents: Documents) -> None:
    await jobs(documents, a=NOON, b=NOON)
    await documents.commit([Update("jobs/a", {"open": False}), Update("jobs/b", {"created_at": NOON - timedelta(1)})])
    assert await ids(documents, "open_jobs_of_run", "r", True) == ["b"]
    assert await ids(documents, "open_jobs_of_run", "r", False) == ["a"]
    await documents.commit([Put("jobs/a", {"run": "r"}), Delete("jobs/b")])
    assert await documents.count("open_jobs_of_run", "r", True) == 0
    assert await documents.count("open_jobs_of_run", "r", False) == 0
    await documents.commit([Put("jobs/a", {"run": "r", "open": True, "created_at": NOON})])
    assert await ids(documents, "open_jobs_of_run", "r", True) == ["a"]


async def test_a_commit_that_fails_leaves_queries_as_they_were(documents: Documents) -> None:
    await jobs(documents, a=NOON)
    with pytest.raises(NotFound):
        await documents.commit([Update("jobs/a", {"open": False}), Create("jobs/b", {}), Update("jobs/missing", {})])
    assert await ids(documents, "open_jobs_of_run", "r", True) == ["a"]


@pytest.mark.parametrize("under_test", ["embedded"], indirect=True)
async def test_queries_beside_writes_see_whole_commits(documents: Documents) -> None:
    """Firestore promises that, too; its emulator shows a part of a commit now and then."""

    async def write() -> None:
        for n in range(10):
            await documents.commit([Create(f"accounts/{n}-{part}", {}) for part in range(10)])

    counts = set()

    async def count() -> None:
        while (number := await documents.count("accounts")) < 100:
            counts.add(number % 10)

    await asyncio.gather(write(), count())
    assert counts <= {0}


async def test_a_transactions_query_reads_like_any_other(documents: Documents) -> None:
    await jobs(documents, a=NOON, b=NOON)

    async def change(tx: Transaction) -> list[str]:
        found = await tx.query("open_jobs_of_run", "r", True, limit=1)
        for document in found:
            tx.update(document.path, {"open": False})
        return [document.id for document in found]

    assert await documents.transaction(change) == ["a"]
    assert await documents.transaction(change) == ["b"]
    assert await documents.transaction(change) == []
