"""Each case is a folder: `page.html`, and in `facts.json` what each named field must yield, all of it and nothing else."""

import html
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from shared.extract import extractors
from shared.extract.page import ParsedPage
from shared.models import Fact
from shared.profile import FIELDS

CASES = sorted(Path(__file__).with_name("cases").iterdir())


def read(case: Path) -> tuple[dict[str, list[object]], list[Fact], str]:
    expected = json.loads((case / "facts.json").read_text(encoding="utf-8"))
    body = (case / "page.html").read_bytes()
    page = ParsedPage.parse(body, url=expected["url"], fetched_at="2026-01-01T00:00:00Z", kind=expected["kind"])
    return expected["facts"], extractors.facts(page), f"{html.unescape(body.decode())}\n{page.text}"


def rows(values: list[object]) -> list[str]:
    return sorted({json.dumps(value, sort_keys=True, ensure_ascii=False) for value in values})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_yields_what_it_says_and_nothing_else(case: Path) -> None:
    expected, facts, _ = read(case)
    found = {field: rows([fact.value for fact in facts if fact.field == field]) for field in expected}
    assert found == {field: rows(values) for field, values in expected.items()}


def every_fact() -> Iterator[tuple[Fact, str]]:
    for case in CASES:
        _, facts, words = read(case)
        yield from ((fact, words) for fact in facts)


def test_every_value_has_the_shape_of_its_field() -> None:
    for fact, _ in every_fact():
        TypeAdapter(FIELDS[fact.field]).validate_python(fact.value, strict=not isinstance(fact.value, dict))


def test_every_fact_quotes_words_that_stand_on_the_page() -> None:
    for fact, words in every_fact():
        assert fact.source.quote, fact
        assert "".join(fact.source.quote.split()) in "".join(words.split()), fact


def test_every_confidence_is_a_probability() -> None:
    assert all(0 < fact.confidence < 1 for fact, _ in every_fact())


def test_what_a_page_says_twice_counts_as_where_it_is_surest() -> None:
    address = "12 Fern Close, Larkbrook VIC 3975, Australia"
    text = f"<p>Privacy questions: {address}</p><p>Larknet Pty Ltd, {address}</p>"
    page = ParsedPage.parse(
        text.encode(), url="https://larknet.example/privacy", fetched_at="2026-01-01T00:00:00Z", kind="privacy"
    )
    found = [fact.confidence for fact in extractors.facts(page) if fact.field == "contact.address"]
    assert len(found) == 1 and found[0] > 0.5


@pytest.mark.parametrize(("line", "told"), [("LARKNET LIMITED", True), ("Our hosts", False)])
def test_a_privacy_page_tells_numbers_beside_the_companys_name(line: str, told: bool) -> None:
    text = f"<p>{line}</p><p>Registered in Scotland, company number SC866868</p>"
    page = ParsedPage.parse(
        text.encode(), url="https://larknet.example/privacy", fetched_at="2026-01-01T00:00:00Z", kind="privacy"
    )
    found = [fact.confidence > 0.45 for fact in extractors.facts(page) if fact.field == "financial.identifier"]
    assert found == [told]
