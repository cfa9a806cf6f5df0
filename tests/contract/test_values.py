"""The embedded platform's encodings, for values that nobody thought of."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import documents_rules as rules
from shared.embedded.values import after, descending, dump, load, sortable

NUMBERS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
TIMES = st.datetimes(timezones=st.just(UTC))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, st.text(), st.binary(), TIMES)
NAMES = st.text(min_size=1, max_size=5).filter(lambda name: not rules.RESERVED.fullmatch(name))
MAPS = st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), max_size=3)
VALUES = st.one_of(SCALARS, st.lists(st.one_of(SCALARS, MAPS), max_size=3), MAPS)
FIELDS = st.dictionaries(NAMES, st.one_of(VALUES, st.dictionaries(NAMES, VALUES, max_size=3)), max_size=5)
quick = settings(max_examples=60, deadline=None, database=None)


def types(value: Any) -> Any:
    """The value's types, where == sees no difference between 1, 1.0 and True."""
    if isinstance(value, dict):
        return {name: types(item) for name, item in value.items()}
    return [types(item) for item in value] if isinstance(value, list) else (type(value), str(value))


@quick
@given(FIELDS)
def test_fields_come_back_as_they_were(fields: dict[str, Any]) -> None:
    text, blob = dump(fields)
    again = load(text, blob)
    assert again == fields
    assert types(again) == types(fields)
    assert dump(dict(reversed(fields.items()))) == (text, blob)


@quick
@given(FIELDS)
def test_what_is_stored_is_json_without_the_bytes(fields: dict[str, Any]) -> None:
    text, blob = dump(fields | {"blob": b"\x00" * 1000})
    json.loads(text)
    assert len(blob) >= 1000 and "\\u0000" * 1000 not in text


@pytest.mark.parametrize("strategy", [NUMBERS, st.text(), st.binary(), TIMES, st.booleans()], ids=repr)
def test_keys_sort_as_their_values(strategy: st.SearchStrategy[Any]) -> None:
    @quick
    @given(strategy, strategy)
    def check(one: Any, other: Any) -> None:
        a, b = sortable(one), sortable(other)
        assert ((a > b) - (a < b)) == ((one > other) - (one < other))
        assert (descending(a) < descending(b)) == (one > other)

    check()


@quick
@given(VALUES, VALUES)
def test_no_key_begins_another(one: Any, other: Any) -> None:
    a, b = sortable(one), sortable(other)
    assert a == b or not b.startswith(a)


@quick
@given(VALUES, st.binary())
def test_what_is_after_a_key_is_after_all_that_begin_with_it(value: Any, rest: bytes) -> None:
    for key in (sortable(value), descending(sortable(value))):
        assert key + rest < after(key)


def test_sizes_are_those_of_the_documentation() -> None:
    """The example of firebase.google.com/docs/firestore/storage-size."""
    fields = {"type": "Personal", "done": False, "priority": 1, "description": "Learn Cloud Firestore"}
    assert rules.check_document("users/jeff/tasks/my_task_id", fields) == 147


@quick
@given(datetime_=st.datetimes())
def test_a_time_without_a_zone_is_never_kept(datetime_: datetime) -> None:
    with pytest.raises(rules.InvalidDocument):
        rules.check_value(datetime_)
