import asyncio
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from shared.ports import (
    AlreadyExists,
    Create,
    Delete,
    Documents,
    Guard,
    Increment,
    NotFound,
    Put,
    Stale,
    Update,
    Write,
)
from tests.contract.platforms import UnderTest, read

# ------------------------------------------------------------------ one document


async def test_what_is_not_there_is_none(documents: Documents) -> None:
    assert await documents.get("runs/a") is None


async def test_a_created_document_is_read_as_it_was_given(documents: Documents) -> None:
    await documents.create("runs/a", {"stage": "crawl"})
    document = await read(documents, "runs/a")
    assert (document.path, document.id, document.fields) == ("runs/a", "a", {"stage": "crawl"})


async def test_an_empty_document_is_there(documents: Documents) -> None:
    await documents.create("runs/a", {})
    assert (await read(documents, "runs/a")).fields == {}


async def test_create_of_what_is_there_fails_and_changes_nothing(documents: Documents) -> None:
    await documents.create("runs/a", {"n": 1})
    with pytest.raises(AlreadyExists):
        await documents.create("runs/a", {"n": 2})
    assert (await read(documents, "runs/a")).fields == {"n": 1}


async def test_put_makes_and_replaces_the_whole_document(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1, "old": True})
    await documents.put("runs/a", {"n": 2})
    assert (await read(documents, "runs/a")).fields == {"n": 2}


async def test_put_with_a_version_replaces_that_version_once(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    await documents.put("runs/a", {"n": 2}, if_version=version)
    with pytest.raises(Stale):
        await documents.put("runs/a", {"n": 3}, if_version=version)
    assert (await read(documents, "runs/a")).fields == {"n": 2}


async def test_update_replaces_the_named_fields_whole(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1, "stages": {"discover": {"attempt": 1}, "crawl": {"attempt": 2}}})
    await documents.commit([Update("runs/a", {"stages": {"crawl": {"attempt": 3}}})])
    assert (await read(documents, "runs/a")).fields == {"n": 1, "stages": {"crawl": {"attempt": 3}}}


async def test_an_update_of_what_is_not_there_fails(documents: Documents) -> None:
    with pytest.raises(NotFound):
        await documents.commit([Update("runs/a", {"n": 1})])
    assert await documents.get("runs/a") is None


async def test_field_names_are_names_and_not_paths(documents: Documents) -> None:
    names = ["a.b", "`", "\\", "a b", "ä", "1", "*", "[0]", "a/b", "~", '"']
    await documents.put("runs/a", dict.fromkeys(names, 0) | {"a": {"b": 0}})
    for number, name in enumerate(names, 1):
        await documents.commit([Update("runs/a", {name: number})])
    await documents.commit([Increment("runs/a", dict.fromkeys(names, 100))])
    assert (await read(documents, "runs/a")).fields == {
        **{name: 100 + number for number, name in enumerate(names, 1)},
        "a": {"b": 0},
    }


async def test_a_delete_of_nothing_does_nothing(documents: Documents) -> None:
    await documents.commit([Delete("runs/a")])
    assert await documents.get("runs/a") is None


async def test_a_deleted_document_is_gone_and_may_be_created_again(documents: Documents) -> None:
    await documents.create("runs/a", {"n": 1})
    await documents.commit([Delete("runs/a")])
    assert await documents.get("runs/a") is None
    await documents.create("runs/a", {"n": 2})


async def test_a_document_that_was_made_again_is_not_the_version_it_was(documents: Documents) -> None:
    await documents.create("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    await documents.commit([Delete("runs/a")])
    await documents.create("runs/a", {"n": 1})
    with pytest.raises(Stale):
        await documents.commit([Guard("runs/a", version)])


CONDITIONAL = {
    "put": lambda version: Put("runs/a", {"n": 9}, version),
    "update": lambda version: Update("runs/a", {"n": 9}, version),
    "delete": lambda version: Delete("runs/a", version),
    "guard": lambda version: Guard("runs/a", version),
    "increment": lambda version: Increment("runs/a", {"n": 9}, version),
}


@pytest.mark.parametrize("kind", CONDITIONAL)
async def test_a_write_that_lost_its_condition_is_stale(documents: Documents, kind: str) -> None:
    await documents.put("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    await documents.put("runs/a", {"n": 2})
    with pytest.raises(Stale):
        await documents.commit([CONDITIONAL[kind](version)])
    assert (await read(documents, "runs/a")).fields == {"n": 2}


@pytest.mark.parametrize("kind", CONDITIONAL)
async def test_a_write_on_a_version_of_what_is_gone_is_not_found(documents: Documents, kind: str) -> None:
    await documents.put("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    await documents.commit([Delete("runs/a")])
    with pytest.raises(NotFound):
        await documents.commit([CONDITIONAL[kind](version)])
    assert await documents.get("runs/a") is None


@pytest.mark.parametrize("kind", CONDITIONAL)
async def test_a_write_on_the_version_that_is_there_succeeds(documents: Documents, kind: str) -> None:
    await documents.put("runs/a", {"n": 1})
    await documents.commit([CONDITIONAL[kind]((await read(documents, "runs/a")).version)])
    after = await documents.get("runs/a")
    expected = {"put": {"n": 9}, "update": {"n": 9}, "delete": None, "guard": {"n": 1}, "increment": {"n": 10}}
    assert (after.fields if after else None) == expected[kind]


async def test_a_guard_leaves_the_version(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})
    version = (await read(documents, "runs/a")).version
    await documents.commit([Guard("runs/a", version), Create("runs/b", {})])
    assert (await read(documents, "runs/a")).version == version


async def test_every_change_gives_another_version(documents: Documents) -> None:
    versions = set()
    writes: list[Write] = [
        Create("runs/a", {"n": 1}),
        Update("runs/a", {"m": 1}),
        Increment("runs/a", {"n": 1}),
        Put("runs/a", {"n": 1.0}),
        Put("runs/a", {"n": 1}),
        Put("runs/a", {"n": True}),
        Put("runs/a", {"n": None}),
        Put("runs/a", {}),
    ]
    for write in writes:
        await documents.commit([write])
        versions.add((await read(documents, "runs/a")).version)
    assert len(versions) == len(writes)


# ------------------------------------------------------------------ increments


async def test_increment_makes_the_document_and_counts_what_is_absent_as_zero(documents: Documents) -> None:
    await documents.increment("accounts/a", open=2)
    await documents.increment("accounts/a", open=-3, other=5)
    assert (await read(documents, "accounts/a")).fields == {"open": -1, "other": 5}


async def test_increment_leaves_the_other_fields(documents: Documents) -> None:
    await documents.put("accounts/a", {"name": "x", "open": 1, "map": {"deep": [1]}})
    await documents.increment("accounts/a", open=1)
    assert (await read(documents, "accounts/a")).fields == {"name": "x", "open": 2, "map": {"deep": [1]}}


async def test_increment_adds_to_floats_and_replaces_what_is_no_number(documents: Documents) -> None:
    await documents.put("accounts/a", {"float": 0.5, "text": "7", "truth": True, "nothing": None})
    await documents.increment("accounts/a", float=1, text=2, truth=3, nothing=4)
    fields = (await read(documents, "accounts/a")).fields
    assert fields == {"float": 1.5, "text": 2, "truth": 3, "nothing": 4}
    assert type(fields["float"]) is float


async def test_increment_stays_within_64_bits(documents: Documents) -> None:
    await documents.put("accounts/a", {"most": 2**63 - 2, "least": -(2**63) + 1})
    await documents.increment("accounts/a", most=5, least=-5)
    assert (await read(documents, "accounts/a")).fields == {"most": 2**63 - 1, "least": -(2**63)}


async def test_a_thousand_increments_from_many_clients_all_count(under_test: UnderTest) -> None:
    clients = [under_test.client() for _ in range(10)]

    async def hundred(documents: Documents) -> None:
        for _ in range(20):
            await asyncio.gather(*(documents.increment("accounts/a", open=1) for _ in range(5)))

    await asyncio.gather(*map(hundred, clients))
    assert (await read(under_test.documents, "accounts/a")).fields == {"open": 1000}


# ------------------------------------------------------------------ values

VALUES: dict[str, Any] = {
    "nothing": None,
    "truth": True,
    "falsehood": False,
    "zero": 0,
    "one": 1,
    "one_as_float": 1.0,
    "minus_zero": -0.0,
    "most": 2**63 - 1,
    "least": -(2**63),
    "beyond_floats": 2**53 + 1,
    "tiny": 5e-324,
    "huge": 1.7976931348623157e308,
    "infinite": math.inf,
    "minus_infinite": -math.inf,
    "tenth": 0.1,
    "empty_text": "",
    "text": "naïve Σίσυφος 株式会社 👩‍👩‍👧 \x00 \n \u2028 \ufeff \uffff \U0010ffff",
    "looks_like_json": '{"__time__": 1}',
    "looks_like_time": "2026-01-01T00:00:00+00:00",
    "empty_bytes": b"",
    "bytes": bytes(range(256)),
    "time": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC),
    "whole_second": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "long_ago": datetime(1, 1, 1, tzinfo=UTC),
    "before_1970": datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    "far_ahead": datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
    "empty_list": [],
    "list": [None, True, 1, 1.0, "x", b"x", {"list": [1, {"deep": [b"\xff"]}]}],
    "empty_map": {},
    "map": {"a": {"b": {"c": [{"d": None}]}}},
    "unicode_names": {"ключ": 1, "名": {"✓": 2}},
}


async def test_a_value_comes_back_as_it_was(documents: Documents, subtests: pytest.Subtests) -> None:
    for name, value in VALUES.items():
        with subtests.test(name):
            await documents.put("runs/a", {"value": value, "map": {"value": value}})
            fields = (await read(documents, "runs/a")).fields
            assert fields == {"value": value, "map": {"value": value}}
            assert repr(fields["value"]).startswith(repr(value)) or isinstance(value, dict | datetime)
            assert type(fields["value"]) is type(value) or isinstance(value, datetime)


async def test_not_a_number_comes_back(documents: Documents) -> None:
    await documents.put("runs/a", {"value": math.nan})
    assert math.isnan((await read(documents, "runs/a")).fields["value"])


async def test_a_time_of_any_zone_comes_back_as_the_same_moment_in_utc(documents: Documents) -> None:
    time = datetime(2026, 1, 2, 3, 4, 5, 6, timezone(timedelta(hours=-5, minutes=-30)))
    await documents.put("runs/a", {"time": time})
    found = (await read(documents, "runs/a")).fields["time"]
    assert found == time
    assert found.utcoffset() == timedelta(0)
