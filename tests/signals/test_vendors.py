import json
from typing import Any

import pytest

from functions.signals.boards import OPENINGS_MAX, Board, openings
from functions.signals.vendors import PARTS_MAX, TEXT_MAX, TOKENS_MAX, VENDORS, NotABoard
from tests.signals.answers import ANSWERS, ELSEWHERE, JSON_VENDORS, ROWS, answer

JOB = "https://job-boards.greenhouse.io/hollin/jobs/1"
WRONG: tuple[Any, ...] = (None, 5, -1.5, True, [], {}, [["x"]], [None, {"location": 5}], {"name": {"name": "x"}}, "")


def told(vendor: str, body: bytes) -> list[tuple[str | None, ...]]:
    return [tuple(opening.values()) for opening in openings(Board(vendor, "hollin", ""), body)[0]]


def job(title: Any = "Hydrologist", location: Any = "Port Alder", **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "title": title,
        "location": {"name": location},
        "absolute_url": JOB,
        "content": "&lt;p&gt;",
        **more,
    }


def greenhouse(*jobs: Any) -> list[tuple[str | None, ...]]:
    return told("greenhouse", json.dumps({"jobs": jobs, "meta": {"total": 1}}).encode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_openings_have_title_location_and_address(vendor: str) -> None:
    assert told(vendor, answer(vendor)) == ANSWERS[vendor].openings


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_board_may_be_empty(vendor: str) -> None:
    assert openings(Board(vendor, "hollin", ""), answer(vendor, [])) == ([], 0)


def test_openings_are_told_once_and_bounded() -> None:
    assert len(greenhouse(job(), job())) == 1
    assert len(greenhouse(*(job(f"Hydrologist {n}") for n in range(OPENINGS_MAX + 10)))) == OPENINGS_MAX


@pytest.mark.parametrize("vendor", JSON_VENDORS)
def test_fields_of_the_wrong_type_cost_only_themselves(vendor: str) -> None:
    for wrong in WRONG:
        whole = ROWS[vendor][0]
        for row in [whole | {key: wrong} for key in whole] + [
            whole | {key: dict.fromkeys(value, wrong)} for key, value in whole.items() if isinstance(value, dict)
        ]:
            found = told(vendor, answer(vendor, [row, whole]))
            assert ANSWERS[vendor].openings[0] in found, row
            told_of = [value for opening in found for value in opening if value is not None]
            assert all(isinstance(value, str) and value for value in told_of), row


@pytest.mark.parametrize("vendor", JSON_VENDORS)
def test_rows_that_are_no_jobs_are_left_out(vendor: str) -> None:
    assert told(vendor, answer(vendor, [None, 5, "x", [], {}, ROWS[vendor][0]])) == ANSWERS[vendor].openings[:1]


def test_a_location_that_is_text_is_read() -> None:
    assert greenhouse(job() | {"location": "Remote"})[0][1] == "Remote"


def test_references_in_titles_are_resolved_and_white_space_is_one_space() -> None:
    assert greenhouse(job(" R&amp;D \n lead "))[0][0] == "R&D lead"


def test_addresses_for_other_than_the_web_are_left_out() -> None:
    assert greenhouse(job(absolute_url="javascript:alert(1)"))[0][2] is None


@pytest.mark.parametrize("name", ["../../x", "1?x=y", "a b", "", "x" * 61, "ä", True, 1.5, None, ["1"]])
def test_what_could_lead_elsewhere_makes_no_address(name: Any) -> None:
    row = {"id": name, "name": "Weaver", "location": {"city": "Ulm", "country": "de"}}
    assert told("smartrecruiters", answer("smartrecruiters", [row])) == [("Weaver", "Ulm, DE", None)]


def test_many_places_are_named_as_far_as_they_fit() -> None:
    places = [f"Town number {n}" for n in range(1000)]
    row = {"text": "Weaver", "categories": {"location": places[3], "allLocations": places}}
    ((_, location, _),) = told("lever", answer("lever", [row]))
    assert location is not None
    assert location.startswith("Town number 3; Town number 0; Town number 1; Town number 2; Town number 4; ")
    assert location.endswith("; Town number 18")
    assert TEXT_MAX - 17 < len(location) <= TEXT_MAX


@pytest.mark.parametrize("vendor", VENDORS)
def test_another_answer_is_no_board(vendor: str, subtests: pytest.Subtests) -> None:
    for body in ELSEWHERE:
        with subtests.test(repr(body[:80])), pytest.raises(NotABoard):
            openings(Board(vendor, "hollin", ""), body)


@pytest.mark.parametrize("vendor", JSON_VENDORS)
def test_an_answer_of_very_many_parts_is_not_understood(vendor: str) -> None:
    with pytest.raises(NotABoard, match="too many parts"):
        openings(Board(vendor, "hollin", ""), b"[" + b"[]," * PARTS_MAX + b"[]]")


def test_of_fifty_thousand_postings_the_first_are_told() -> None:
    rows = [job(f"Weaver {n}", absolute_url=f"{JOB}{n}") for n in range(50_000)]
    assert greenhouse(*rows)[-1][0] == f"Weaver {OPENINGS_MAX - 1}"
    xml = "".join(f"<position><id>{n}</id><name>Weaver {n}</name></position>" for n in range(50_000))
    found = told("personio", f"<workzag-jobs>{xml}</workzag-jobs>".encode())
    assert (len(found), found[-1][0]) == (OPENINGS_MAX, f"Weaver {OPENINGS_MAX - 1}")


def positions(inside: str) -> list[tuple[str | None, ...]]:
    return told("personio", f'<?xml version="1.0" encoding="UTF-8"?><workzag-jobs>{inside}</workzag-jobs>'.encode())


def test_only_a_positions_own_name_is_its_title() -> None:
    assert positions(
        "<position><jobDescriptions><jobDescription><name>Your tasks</name><value><![CDATA[<p><name>No</name>]]></value>"
        "</jobDescription></jobDescriptions><name>Weaver</name></position>"
    ) == [("Weaver", None, None)]


def test_broken_xml_is_read_as_far_as_it_goes() -> None:
    assert positions("<position><name>One</name><office>Ulm</position><position><name>Two</name></x></position>") == [
        ("One", "Ulm", None),
        ("Two", None, None),
    ]
    assert positions("<position><name>One</name></position><position><name>Tw") == [("One", None, None)]


def test_entities_that_a_document_defines_are_not_expanded() -> None:
    body = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    body += b"<workzag-jobs><position><name>W &a;&b;</name></position></workzag-jobs>"
    assert told("personio", body) == [("W &a;&b;", None, None)]


def test_deep_and_endless_elements_are_bounded() -> None:
    deep = "<a>" * 200_000
    assert positions(f"<position><name>Weaver</name>{deep}") == []
    assert positions("<position><name>Weaver</name></position>" + "<a>" * TOKENS_MAX) == [("Weaver", None, None)]
    assert positions("<a>" * TOKENS_MAX + "<position><name>Weaver</name></position>") == []
    texts = "x<!-- -->" * 100_000
    assert positions(f"<position><name>{texts}</name></position>") == [("x" * TEXT_MAX, None, None)]
