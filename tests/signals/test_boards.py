from typing import Any

import pytest

from functions.signals.boards import BOARDS_MAX, Board, boards
from functions.signals.vendors import VENDORS
from shared.models import Fact, Source
from shared.settings import Settings
from tests.desk import COMPANY, fact, page

DEFAULTS = Settings(platform="embedded")


def link(token: str, vendor: str = "lever") -> Fact:
    """A board to which a page has a link."""
    url = f"https://jobs.lever.co/{token}"
    at = Source("https://hollin.example/", "link", f"{url}/1", "2026-01-01T00:00:00+00:00")
    return Fact("hiring.board", {"vendor": vendor, "token": token, "url": url}, at, 0.9)


def tokens(*pages: Any, company: str = COMPANY) -> list[str]:
    return [board.token for board in boards(pages, company)]


@pytest.mark.parametrize("kind", ["home", "news", "about", "customers", "other"])
def test_another_companys_board_is_not_asked(kind: str) -> None:
    assert tokens(page(link("acme"), kind=kind)) == []


def test_a_board_linked_on_the_careers_page_is_the_companys_own() -> None:
    assert tokens(page(link("acme"), kind="careers")) == ["acme"]


def test_a_board_that_a_page_links_as_its_careers_page_is_the_companys_own() -> None:
    way = fact("key_page", {"kind": "careers", "url": "https://jobs.lever.co/acme/1"}, "link")
    other = fact("key_page", {"kind": "news", "url": "https://jobs.lever.co/other/1"}, "link")
    assert tokens(page(link("acme"), link("other"), way, other)) == ["acme"]


@pytest.mark.parametrize("how", ["html", "script"])
def test_a_board_that_a_page_embeds_is_the_companys_own(how: str) -> None:
    assert tokens(page(fact("hiring.board", {"vendor": "lever", "token": "acme", "url": "u"}, how))) == ["acme"]


@pytest.mark.parametrize(
    ("token", "company"),
    [
        ("hollin", "hollin.example"),
        ("Hollin-GmbH", "www.hollin.co.uk"),
        ("hollin", "hollin-group.com"),
        ("h-m", "hm.com:8080"),
        ("hol", "hol.example"),
    ],
)
def test_a_board_that_spells_the_domain_is_the_companys_own(token: str, company: str) -> None:
    assert tokens(page(link(token)), company=company) == [token]


@pytest.mark.parametrize(("token", "company"), [("hol", "hollin.example"), ("ai", "openai.example"), ("x", "y.com")])
def test_a_few_letters_in_common_are_no_name(token: str, company: str) -> None:
    assert tokens(page(link(token)), company=company) == []


def test_a_list_of_other_companies_boards_is_not_asked() -> None:
    others = [link(f"firm{n}") for n in range(BOARDS_MAX)]
    assert tokens(page(*others, link("hollin"), kind="careers")) == ["hollin"]
    assert len(tokens(page(*others, kind="careers"))) == BOARDS_MAX


@pytest.mark.parametrize("value", [None, 5, [], {}, {"kind": "careers"}, {"kind": "careers", "url": {}}])
def test_key_pages_of_the_wrong_shape_show_no_board(value: Any) -> None:
    assert tokens(page(link("acme"), fact("key_page", value))) == []


@pytest.mark.parametrize(
    ("vendor", "url", "address"),
    [
        ("greenhouse", "https://boards.greenhouse.io/h", "https://boards-api.greenhouse.io/v1/boards/h/jobs"),
        ("lever", "https://jobs.lever.co/h", "https://api.lever.co/v0/postings/h?mode=json&skip=0&limit=100"),
        ("lever", "https://jobs.eu.lever.co/h", "https://api.eu.lever.co/v0/postings/h?mode=json&skip=0&limit=100"),
        ("ashby", "https://jobs.ashbyhq.com/h", "https://api.ashbyhq.com/posting-api/job-board/h"),
        (
            "smartrecruiters",
            "https://careers.smartrecruiters.com/h",
            "https://api.smartrecruiters.com/v1/companies/h/postings?limit=100&offset=0",
        ),
        ("workable", "https://apply.workable.com/h", "https://apply.workable.com/api/v1/widget/accounts/h"),
        ("recruitee", "https://h.recruitee.com", "https://h.recruitee.com/api/offers/"),
        ("personio", "https://h.jobs.personio.de", "https://h.jobs.personio.de/xml"),
        ("pinpoint", "https://h.pinpointhq.com", "https://h.pinpointhq.com/postings.json"),
        ("lever", "https://[", "https://api.lever.co/v0/postings/h?mode=json&skip=0&limit=100"),
    ],
)
def test_a_board_is_asked_where_its_vendor_documents(vendor: str, url: str, address: str) -> None:
    assert Board(vendor, "h", url).address(DEFAULTS) == address


def test_a_vendor_that_the_settings_leave_out_has_no_address() -> None:
    few = DEFAULTS.model_copy(update={"job_boards": {"lever": "https://api.lever.co"}})
    assert Board("ashby", "h", "https://jobs.ashbyhq.com/h").address(few) == ""
    assert Board("lever", "h", "https://jobs.eu.lever.co/h").address(few) == ""


def test_each_vendor_is_in_the_settings() -> None:
    assert {name.partition(".")[0] for name in DEFAULTS.job_boards} == VENDORS.keys()


def linked(**value: Any) -> list[Board]:
    return boards(
        [page(fact("hiring.board", {"vendor": "greenhouse", "token": "hollin", "url": "u"} | value))], COMPANY
    )


def test_a_linked_board_is_found_once() -> None:
    value = {"vendor": "greenhouse", "token": "hollin", "url": "https://boards.greenhouse.io/hollin"}
    again = value | {"token": "Hollin", "url": "https://job-boards.greenhouse.io/Hollin"}
    found = boards([page(fact("hiring.board", value)), page(fact("hiring.board", again))], COMPANY)
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
    assert boards([page(*(fact("hiring.board", value) for value in (None, 5, "x", [], {})))], COMPANY) == []


def test_boards_are_bounded() -> None:
    assert len(tokens(page(*(link(f"hollin{n}") for n in range(50))))) == BOARDS_MAX
