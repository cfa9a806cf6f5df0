import json
from typing import Any

import pytest

from functions.signals.boards import BOARDS_MAX, OPENINGS_MAX, Board, NotABoard, boards, openings
from tests.desk import fact, page


def job(title: Any = "Hydrologist", location: Any = "Port Alder", **more: Any) -> dict[str, Any]:
    url = "https://job-boards.greenhouse.io/hollin/jobs/1"
    return {
        "id": 1,
        "title": title,
        "location": {"name": location},
        "absolute_url": url,
        "content": "&lt;p&gt;",
        **more,
    }


def told(*jobs: Any) -> list[tuple[Any, ...]]:
    return [
        tuple(o.values()) for o in openings("greenhouse", json.dumps({"jobs": jobs, "meta": {"total": 1}}).encode())
    ]


def test_openings_have_title_location_and_address() -> None:
    url = "https://job-boards.greenhouse.io/hollin/jobs/1"
    assert told(job(" Hydrologist  II "), job("R&amp;D lead", None), job("Intern", "", absolute_url="")) == [
        ("Hydrologist II", "Port Alder", url),
        ("R&D lead", None, url),
        ("Intern", None, None),
    ]


def test_openings_are_told_once_and_bounded() -> None:
    assert len(told(job(), job())) == 1
    assert len(told(*(job(f"Hydrologist {n}") for n in range(OPENINGS_MAX + 10)))) == OPENINGS_MAX


@pytest.mark.parametrize("key", ["title", "location", "absolute_url"])
@pytest.mark.parametrize("wrong", [None, 5, True, [], {}, [["x"]], {"name": {"name": "x"}}])
def test_fields_of_the_wrong_type_cost_only_themselves(key: str, wrong: Any) -> None:
    found = told(job("Intern"), job() | {key: wrong})
    assert found[0][0] == "Intern"
    assert len(found) == (1 if key == "title" else 2)
    assert all(isinstance(value, str | None) for opening in found for value in opening)


def test_a_location_that_is_text_is_read() -> None:
    assert told(job() | {"location": "Remote"})[0][1] == "Remote"


def test_addresses_for_other_than_the_web_are_left_out() -> None:
    assert told(job(absolute_url="javascript:alert(1)"))[0][2] is None


def test_rows_that_are_no_jobs_are_left_out() -> None:
    assert told(None, 5, "x", [], job()) == told(job())


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"jobs": {}}', b'{"jobs": null}', b"[" * 100_000, b"\xff\xfe\xfd"]
)
def test_another_answer_is_no_board(body: bytes) -> None:
    with pytest.raises(NotABoard):
        openings("greenhouse", body)


def linked(**value: Any) -> list[Board]:
    return boards([page(fact("hiring.board", {"vendor": "greenhouse", "token": "hollin", "url": "u"} | value))])


def test_a_linked_board_is_found_once() -> None:
    value = {"vendor": "greenhouse", "token": "hollin", "url": "https://boards.greenhouse.io/hollin"}
    again = value | {"token": "Hollin", "url": "https://job-boards.greenhouse.io/Hollin"}
    found = boards([page(fact("hiring.board", value)), page(fact("hiring.board", again))])
    assert found == [Board("greenhouse", "hollin", "https://boards.greenhouse.io/hollin")]


@pytest.mark.parametrize(
    "token", ["", "..", "a/b", "a?b", "a#b", "a b", "a\n", "%2e", "ä", "a" * 101, None, 5, ["hollin"], {}]
)
def test_a_token_that_could_lead_elsewhere_is_not_asked(token: Any) -> None:
    assert linked(token=token) == []


@pytest.mark.parametrize("vendor", ["nobody", None, 5, [], {}])
def test_a_vendor_that_is_not_known_is_not_asked(vendor: Any) -> None:
    assert linked(vendor=vendor) == []


def test_facts_of_the_wrong_shape_are_no_boards() -> None:
    assert boards([page(*(fact("hiring.board", value) for value in (None, 5, "x", [], {})))]) == []


def test_boards_are_bounded() -> None:
    facts = [fact("hiring.board", {"vendor": "greenhouse", "token": f"t{n}", "url": "u"}) for n in range(50)]
    assert len(boards([page(*facts)])) == BOARDS_MAX
