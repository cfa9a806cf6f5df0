import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from functions.assemble.candidates import EVIDENCE
from functions.assemble.resolve import MOST, resolve
from shared.extract import extractors
from shared.extract.page import ParsedPage
from shared.models import JSON, SECTIONS, Fact, How, Notice, Outcome, Page, Source
from shared.profile import Profile

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HOME = "https://www.example-works.com/"


def fact(
    field: str, value: JSON, confidence: float = 0.7, *, url: str = HOME, how: How = "text", quote: str = "q"
) -> Fact:
    return Fact(field, value, Source(url, how, quote, NOW.isoformat()), confidence)


def page(*facts: Fact, url: str = HOME, kind: str = "home", outcome: Outcome = Outcome.READ) -> Page:
    return Page(url=url, outcome=outcome, kind=kind, facts=list(facts), fetched_at=NOW.isoformat(), status=200)


def resolved(*pages: Page, company: str = "example-works.com", previous: dict[str, JSON] | None = None) -> Profile:
    return resolve(company, pages, version="v2", now=NOW, partial=False, warnings=[], previous=previous)


def read_cases() -> list[Page]:
    """All the extractors' case pages, as if they were one site's."""
    pages = []
    for case in sorted((Path(__file__).parents[1] / "extract" / "cases").iterdir()):
        url = f"{HOME}{case.name}"
        parsed = ParsedPage.parse((case / "page.html").read_bytes(), url=url, fetched_at=NOW.isoformat())
        pages.append(page(*extractors.facts(parsed), url=url, kind="other"))
    return pages


def test_the_same_facts_in_any_order_give_the_same_profile_byte_for_byte() -> None:
    pages = read_cases()
    expected = resolved(*pages).model_dump_json()
    shuffle = random.Random(7)
    for _ in range(20):
        shuffle.shuffle(pages)
        for one in pages:
            shuffle.shuffle(one.facts)
        assert resolved(*pages).model_dump_json() == expected


def pointers(value: JSON, path: str) -> Iterator[str]:
    if isinstance(value, list):
        yield from (f"{path}/{i}" for i in range(len(value)))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from pointers(inner, f"{path}/{name}")
    elif value is not None:
        yield path


def test_every_value_names_its_sources_and_nothing_else_does() -> None:
    profile = resolved(page(fact("identity.name", "Example Works")), *read_cases()).model_dump(mode="json")
    wanted = {pointer for section in SECTIONS for pointer in pointers(profile[section], f"/{section}")}
    assert wanted == profile["sources"].keys() == profile["confidence"].keys()
    assert all(profile["sources"].values())
    assert len(wanted) > 40


def test_agreement_of_independent_sources_raises_confidence_and_repetition_hardly_does() -> None:
    once = resolved(page(fact("contact.phone", "+4912345678")))
    twice = resolved(page(*[fact("contact.phone", "+4912345678", quote=str(i)) for i in range(5)]))
    other_way = resolved(
        page(fact("contact.phone", "+4912345678"), fact("contact.phone", "+4912345678", how="json-ld"))
    )
    footer = [
        page(fact("contact.phone", "+4912345678", url=f"{HOME}{i}"), url=f"{HOME}{i}", kind="other") for i in range(2)
    ]
    sure = [p.confidence["/contact/phones/0"] for p in (once, twice, resolved(*footer), other_way)]
    assert sure[0] == sure[1] < sure[2] < sure[3] < 1


def test_the_evidence_shown_is_bounded_and_the_best_comes_first() -> None:
    pages = [
        page(
            fact("contact.email", "info@example-works.com", 0.5 + i / 100, url=f"{HOME}{i}"),
            url=f"{HOME}{i}",
            kind="other",
        )
        for i in range(30)
    ]
    shown = resolved(*pages).sources["/contact/emails/0"]
    assert [one.confidence for one in shown] == sorted((0.5 + i / 100 for i in range(20, 30)), reverse=True)
    assert len(shown) == EVIDENCE


def test_a_register_outranks_many_pages() -> None:
    footers = [
        page(fact("identity.legal_name", "Example Works Ltd", 0.9, url=f"{HOME}{i}"), url=f"{HOME}{i}", kind="other")
        for i in range(5)
    ]
    edgar = page(
        fact("identity.legal_name", "EXAMPLE WORKS HOLDINGS INC", 0.8, url="https://data.sec.gov/x", how="registry"),
        url="https://data.sec.gov/x", kind="registry",
    )  # fmt: skip
    profile = resolved(*footers, edgar)
    assert profile.identity.legal_name == "EXAMPLE WORKS HOLDINGS INC"
    assert profile.sources["/identity/legal_name"][0].how == "registry"


ITEM = "https://www.wikidata.org/wiki/Special:EntityData/Q1.json"


def edited(*facts: tuple[str, JSON]) -> Page:
    """What an item of Wikidata says."""
    told = [fact(field, value, 0.65, url=ITEM, how="wikidata") for field, value in facts]
    return page(*told, url=ITEM, kind="registry")


def test_what_anybody_may_edit_stands_below_the_companys_own_pages() -> None:
    x, github = ({"network": n, "url": f"https://{n}.com/{h}"} for n, h in (("x", "other"), ("github", "ew")))
    item = edited(("identity.founded_year", 1950), ("social", x), ("social", github))
    own = fact("social", {"network": "x", "url": "https://x.com/ew"}, 0.5)
    profile = resolved(page(fact("identity.founded_year", 1911, 0.5), own), item)
    assert profile.identity.founded_year == 1911
    assert profile.socials == {"x": "https://x.com/ew", "github": "https://github.com/ew"}
    assert resolved(page(), item).identity.founded_year == 1950
    assert resolved(page(), item).sources["/identity/founded_year"][0].how == "wikidata"


def test_what_anybody_may_edit_speaks_for_what_a_page_says_as_well() -> None:
    sure = fact("identity.founded_year", 1911, 0.7)
    alone, both = resolved(page(sure)), resolved(page(sure), edited(("identity.founded_year", 1911)))
    assert both.confidence["/identity/founded_year"] > alone.confidence["/identity/founded_year"]
    assert [one.how for one in both.sources["/identity/founded_year"]] == ["text", "wikidata"]


@pytest.mark.parametrize(
    ("field", "ours", "theirs", "others"),
    [
        ("identifier", {"type": "lei", "value": "A"}, {"type": "lei", "value": "B"}, {"type": "isin", "value": "C"}),
        (
            "ticker",
            {"exchange": "NYSE", "symbol": "EW"},
            {"exchange": "NYSE", "symbol": "XW"},
            {"exchange": "LSE", "symbol": "EWL"},
        ),
    ],
)
def test_beside_the_companys_own_number_an_edited_one_of_its_kind_stays_out(
    field: str, ours: JSON, theirs: JSON, others: JSON
) -> None:
    item = edited((f"financial.{field}", theirs), (f"financial.{field}", others))
    profile = resolved(page(fact(f"financial.{field}", ours)), item)
    found = profile.model_dump(mode="json", exclude_none=True)["financial"][f"{field}s"]
    assert found == [ours, others]


def test_edited_figures_are_told_where_nobody_else_tells_any() -> None:
    old, new = ({"amount": amount, "fiscal_period": f"FY{year}"} for amount, year in ((250.0, 2019), (300.0, 2024)))
    item = edited(("financial.employees", old))
    told = resolved(page(fact("financial.employees", new)), item).financial.employees
    assert [figure.amount for figure in told] == [300.0]
    assert [figure.amount for figure in resolved(page(), item).financial.employees] == [250.0]


def test_what_registers_say_of_the_company_in_law_is_one_with_what_each_adds() -> None:
    def record(path: str, **law: JSON) -> Page:
        url = f"https://api.gleif.org/{path}"
        return page(fact("financial.registration", law, 0.98, url=url, how="registry"), url=url, kind="registry")

    profile = resolved(
        page(), record("a", jurisdiction="GB", status="active", legal_form=None), record("b", parent="P")
    )
    law = {"jurisdiction": "GB", "status": "active", "parent": "P"}
    assert profile.model_dump(exclude_none=True)["financial"]["registration"] == law
    assert {pointer for pointer in profile.sources if "registration" in pointer} == {
        f"/financial/registration/{name}" for name in law
    }
    assert profile.sources["/financial/registration/parent"][0].url == "https://api.gleif.org/b"


def test_the_home_page_decides_between_equals() -> None:
    other = page(
        fact("identity.description", "About our careers", 0.75, url=f"{HOME}jobs"), url=f"{HOME}jobs", kind="careers"
    )
    home = page(fact("identity.description", "We make works", 0.75))
    assert resolved(other, home).identity.description == "We make works"


def test_a_description_written_for_search_outranks_one_repeated_for_sharing() -> None:
    names = {"name='description'": "We make oak works", "property='og:description'": "Share our oak works"}
    names["name='twitter:description'"] = names["property='og:description'"]
    body = "".join(f"<meta {name} content='{text}, and of elm'>" for name, text in names.items())
    parsed = ParsedPage.parse(body.encode(), url=HOME, fetched_at=NOW.isoformat(), kind="home")
    described = resolved(page(*extractors.facts(parsed))).identity.description
    assert described == "We make oak works, and of elm"


def test_a_registered_name_alone_names_the_company_without_its_form() -> None:
    said = fact("identity.legal_name", "Harbour Light Works Ltd", 0.6, quote="Harbour Light Works Ltd")
    profile = resolved(page(said, fact("identity.name", "Contact us", 0.3)))
    assert profile.identity.name == "Harbour Light Works"
    assert profile.sources["/identity/name"] == profile.sources["/identity/legal_name"]
    assert profile.confidence["/identity/name"] == profile.confidence["/identity/legal_name"]


def test_emails_of_the_own_domain_come_first_by_role_and_doubtful_strangers_stay_out() -> None:
    addresses = {
        "zoe@example-works.com": 0.9, "sales@mail.example-works.com": 0.9, "info@example-works.com": 0.9,
        "agency@pixelwerk.test": 0.55, "office@sister-brand.org": 0.75,
    }  # fmt: skip
    emails = resolved(page(*(fact("contact.email", a, c) for a, c in addresses.items()))).contact.emails
    assert emails == [
        "info@example-works.com", "sales@mail.example-works.com", "zoe@example-works.com", "office@sister-brand.org",
    ]  # fmt: skip


def test_a_strangers_email_is_better_than_none() -> None:
    assert resolved(page(fact("contact.email", "works@freemail.org", 0.55))).contact.emails == ["works@freemail.org"]


def test_a_fax_is_no_phone_because_one_page_leaves_the_word_out() -> None:
    numbers = page(
        fact("contact.fax", "+49123456780", 0.85), fact("contact.phone", "+49123456780", 0.6), fact("contact.phone", "+49123456789", 0.6)
    )  # fmt: skip
    contact = resolved(numbers).contact
    assert (contact.phones, contact.faxes) == (["+49123456789"], ["+49123456780"])


def test_a_number_called_both_is_both() -> None:
    contact = resolved(
        page(fact("contact.fax", "+49123456780", 0.85), fact("contact.phone", "+49123456780", 0.85))
    ).contact
    assert contact.phones == contact.faxes == ["+49123456780"]


def test_a_person_on_several_pages_is_one_with_what_each_page_adds() -> None:
    pages = [
        page(fact("person", {"name": "Dr. Ada Fern"}, 0.6)),
        page(fact("person", {"name": "Ada Fern", "title": "CEO"}, 0.9, url=f"{HOME}a"), url=f"{HOME}a", kind="team"),
        page(
            fact("person", {"name": "Fern, Ada", "profile_url": f"{HOME}ada"}, 0.5, url=f"{HOME}b"),
            url=f"{HOME}b",
            kind="about",
        ),
    ]
    people = resolved(*pages).people
    assert [p.model_dump() for p in people] == [{"name": "Ada Fern", "title": "CEO", "profile_url": f"{HOME}ada"}]


def told(board: list[JSON], printed: list[JSON]) -> list[tuple[str, str | None]]:
    """The openings of a profile whose pages print some, and whose job board tells some."""
    pages = [
        page(*(fact("hiring.opening", value, how=how) for value in values), url=url, kind=kind)
        for values, how, url, kind in (
            (printed, "html", "https://example-works.com/jobs", "careers"),
            (board, "board", "https://boards.example/v1/works", "board"),
        )
    ]
    return sorted((opening.title, opening.location) for opening in resolved(*pages).hiring.openings)


def opening(title: str, location: str | None = None, number: int | None = None) -> JSON:
    url = f"https://boards.example/works/{number}" if number else None
    return {"title": title, "location": location, "url": url}


def test_a_posting_that_page_and_board_write_differently_is_one_opening() -> None:
    board = [opening("Weaver (m/f)", "Ulm, Germany", 1), opening("Dyer", "Ulm; Oslo", 2)]
    known = [("Dyer", "Ulm; Oslo"), ("Weaver (m/f)", "Ulm, Germany")]
    assert told(board, [opening("Weaver", "Ulm", 1), opening("Dyer")]) == known
    assert (
        told(board, [opening("Weaver", None, 1) | {"url": "http://boards.example/works/1/?utm_source=site"}]) == known
    )


def test_postings_that_only_look_alike_stay_apart() -> None:
    board = [opening("Weaver", "Ulm", 1), opening("Weaver", "Oslo", 2)]
    both = [("Weaver", "Oslo"), ("Weaver", "Ulm")]
    assert told(board, []) == both
    assert told(board, [opening("Weaver", "Bonn")]) == [("Weaver", "Bonn"), *both]
    assert told(board[:1], [opening("Weaver", "Bonn")]) == [("Weaver", "Bonn"), ("Weaver", "Ulm")]
    same = [value | {"url": "https://example-works.com/jobs"} for value in board]
    assert told(same, [opening("Weaver", "Ulm") | {"url": "https://example-works.com/jobs"}]) == both
    assert told([], [opening("Weaver", "Ulm", 1), opening("Weaver", "Bonn", 1)]) == [
        ("Weaver", "Bonn"),
        ("Weaver", "Ulm"),
    ]


def test_what_is_doubtful_stays_out() -> None:
    profile = resolved(
        page(
            fact("social", {"network": "x", "url": "https://x.com/somebody"}, 0.3), fact("person", {"name": "A B"}, 0.2)
        )
    )
    assert profile.socials == {}
    assert profile.people == []


def test_one_profile_a_network_and_one_page_a_kind_are_kept() -> None:
    profile = resolved(
        page(
            fact("social", {"network": "x", "url": "https://x.com/other"}, 0.5),
            fact("social", {"network": "x", "url": "https://x.com/ExampleWorks"}, 0.9),
            fact("key_page", {"kind": "contact", "url": f"{HOME}de/kontakt"}, 0.6),
            fact("key_page", {"kind": "contact", "url": f"{HOME}contact"}, 0.9),
        )
    )
    assert profile.socials == {"x": "https://x.com/ExampleWorks"}
    assert profile.key_pages == {"contact": f"{HOME}contact"}
    assert profile.contact.contact_page == f"{HOME}contact"


def test_of_key_pages_that_are_nearly_as_sure_the_one_above_the_others_is_told() -> None:
    found = {"about/us/the-company": 0.95, "about": 0.93, "us": 0.8}
    home = page(*(fact("key_page", {"kind": "about", "url": HOME + path}, sure) for path, sure in found.items()))
    assert resolved(home).key_pages == {"about": f"{HOME}about"}


def test_of_key_pages_that_are_as_sure_the_one_in_the_home_pages_language_is_told() -> None:
    found = (fact("key_page", {"kind": "about", "url": HOME + path}, 0.9) for path in ("de/about", "us/en/about-us"))
    home = page(*found)
    home.final_url = f"{HOME}us/en/"
    assert resolved(home).key_pages == {"about": f"{HOME}us/en/about-us"}


def test_a_key_page_is_where_its_address_leads() -> None:
    kinds = {
        "about": "company#us", "press": "gone#top", "team": "all-to-home", "contact": "unread", "careers": "walled",
    }  # fmt: skip
    home = page(*(fact("key_page", {"kind": kind, "url": HOME + path}, 0.8) for kind, path in kinds.items()))
    paths = ("company", "gone", "all-to-home", "walled")
    company, gone, to_home, walled = (page(url=HOME + path, kind="about") for path in paths)
    company.final_url, to_home.final_url, walled.final_url = f"{HOME}about-us/", HOME, f"{HOME}login?next=/walled"
    gone.outcome, gone.status = Outcome.FAILED, 404
    profile = resolved(home, company, gone, to_home, walled)
    led = {"about": "about-us/#us", "careers": "walled", "contact": "unread"}
    assert profile.key_pages == {kind: HOME + path for kind, path in led.items()}
    assert profile.sources["/key_pages/about"][0].value == {"kind": "about", "url": f"{HOME}about-us/#us"}


def test_lists_are_capped_at_their_surest_entries() -> None:
    sure = fact("contact.phone", "+4999999999", 0.9)
    facts = [fact("contact.phone", f"+49{10_000_000 + i}", 0.6) for i in range(200)]
    phones = resolved(page(*facts, sure)).contact.phones
    assert (phones[0], len(phones)) == ("+4999999999", MOST["contact.phone"])


def test_figures_are_listed_latest_period_first() -> None:
    rows = [
        {"amount": float(y), "currency": "USD", "fiscal_period": f"FY{y}", "period_end": f"{y}-12-31"}
        for y in (2022, 2024, 2023)
    ]
    revenue = resolved(page(*(fact("financial.revenue", row, 0.9, how="registry") for row in rows))).financial.revenue
    assert [figure.fiscal_period for figure in revenue] == ["FY2024", "FY2023", "FY2022"]


@pytest.mark.parametrize(
    ("company", "domain"),
    [
        ("shop.example-works.co.uk", "example-works.co.uk"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[2001:db8::1]:8080", "2001:db8::1"),
        ("example-works.com:8443", "example-works.com"),
        ("localhost:80", "localhost"),
    ],
)
def test_the_domain_is_the_registrable_one_and_an_address_stays_itself(company: str, domain: str) -> None:
    assert resolved(page(), company=company).identity.domain == domain


def test_coverage_tells_the_outcomes_apart() -> None:
    outcomes = [
        Outcome.READ,
        Outcome.READ,
        Outcome.EMPTY,
        Outcome.BLOCKED,
        Outcome.FORBIDDEN,
        Outcome.SCRIPT_ONLY,
        Outcome.FAILED,
    ]
    coverage = resolved(*(page(url=f"{HOME}{i}", outcome=o) for i, o in enumerate(outcomes))).coverage
    counts = coverage.model_dump(exclude={"pages"})
    assert counts == {"read": 2, "empty": 1, "blocked": 1, "forbidden": 1, "script_only": 1, "failed": 1}
    assert [(one.url, one.outcome) for one in coverage.pages] == [(f"{HOME}{i}", o) for i, o in enumerate(outcomes)]


def test_changes_compare_list_entries_as_sets() -> None:
    def version(*emails: str, name: str) -> Profile:
        return resolved(page(fact("identity.name", name), *(fact("contact.email", e, 0.9) for e in emails)))

    before = version("info@example-works.com", "old@example-works.com", name="Example").model_dump(mode="json")
    after = resolved(
        page(
            fact("identity.name", "Example Works"),
            fact("contact.email", "info@example-works.com", 0.9),
            fact("contact.email", "ann@example-works.com", 0.9),
            fact("social", {"network": "x", "url": "https://x.com/ew"}, 0.9),
        ),
        previous=before,
    )
    assert [change.model_dump() for change in after.changes] == [
        {"pointer": "/identity/name", "before": "Example", "after": "Example Works"},
        {"pointer": "/contact/emails", "before": "old@example-works.com", "after": None},
        {"pointer": "/contact/emails", "before": None, "after": "ann@example-works.com"},
        {"pointer": "/socials/x", "before": None, "after": "https://x.com/ew"},
    ]
    assert after.previous_version == "v2"


def test_an_unchanged_profile_has_no_changes() -> None:
    pages = read_cases()
    before = resolved(*pages).model_dump(mode="json")
    assert resolved(*pages, previous=before).changes == []


def test_nothing_said_is_nothing_claimed() -> None:
    profile = resolve(
        "example-works.com",
        [],
        version="1",
        now=NOW,
        partial=True,
        warnings=[Notice(code="empty", detail="-")],
        previous=None,
    )
    assert profile.partial
    assert profile.sources == profile.confidence == {}
    assert profile.identity.name is None


def test_addresses_at_a_domain_that_spells_the_companys_name_are_its_own() -> None:
    name = fact("identity.name", "Juniper Bells", 0.9)
    emails = [("info@juniperbells.com", 0.6), ("orders@other-bells.example.org", 0.6)]
    profile = resolved(page(name, *(fact("contact.email", *one) for one in emails)), company="192.0.2.7")
    assert profile.contact.emails == ["info@juniperbells.com"]


def test_a_plan_that_two_ways_tell_is_one_with_what_either_says() -> None:
    spoken = fact("offering.plan", {"name": "Starter", "price": 19.0, "currency": "USD", "period": "month"}, how="html")
    marked = fact("offering.plan", {"name": "starter", "price": 19.0, "currency": "USD"}, 0.88, how="json-ld")
    (plan,) = resolved(page(spoken, marked)).offering.plans
    assert (plan.price, plan.period) == (19.0, "month")


def test_a_person_on_three_pages_is_one_in_the_words_of_the_page_with_the_shortest_address() -> None:
    def person(name: str, title: str, path: str) -> Fact:
        return fact("person", {"name": name, "title": title}, 0.9, url=f"{HOME}{path}")

    pages = [
        page(person("DAME NORA FINCH KBE", "Geschäftsführerin", "de/team"), url=f"{HOME}de/team", kind="team"),
        page(person("NORA FINCH", "Chief Executive", "team"), url=f"{HOME}team", kind="team"),
        page(person("Nora Finch", "Directrice", "fr/equipe"), url=f"{HOME}fr/equipe", kind="team"),
    ]
    [found] = resolved(*pages).people
    assert (found.name, found.title) == ("Nora Finch", "Chief Executive")
