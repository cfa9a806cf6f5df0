"""The surest name of a page, by its address, its title and its last line."""

import pytest

from shared.extract import extractors
from shared.extract.page import ParsedPage

ROWS = [
    # the country, the place or the year behind what the domain spells
    ("fernmill.example", "Ropes and hooks - Fern Mill UK", "", "Fern Mill"),
    ("fernmill.example", "Fern Mill, Larkbrook", "", "Fern Mill"),
    ("fernmill.example", "Fern Mill seit 1953", "", "Fern Mill"),
    ("fernmilluk.example", "Fern Mill UK", "", "Fern Mill UK"),
    ("fern-mill.example", "Contact | Fern Mill Larkbrook", "Fern Mill, Rope Street 3, 8010 Larkbrook", "Fern Mill"),
    ("orrin-mill.example", "Contact - Mill Orrin Larkbrook", "Mill Orrin, Rope Street 3, 8010 Larkbrook", "Mill Orrin"),
    ("fernmill.example", "Fern Mill Ropes", "", "Fern Mill Ropes"),
    # as those call it who sign the page, but for its form
    ("fernmill.example", "Boilers | Fern Mill Heating Larkbrook", "© 2021 Fern Mill Heating Ltd", "Fern Mill Heating"),
    ("fernmill.example", "Fern Mill Rope Co", "© Fern Mill Rope", "Fern Mill Rope Co"),
    # sentences, offices
    ("larkline.example", "Why Larkline? | Documentation", "© Larkline, Inc", "Larkline"),
    ("larkline.example", "Ropes - cheaper with Larkline", "", "Larkline"),
    ("larkbrook.example", "City of Larkbrook, WI | Official Website", "", "City of Larkbrook"),
    ("larkline.example", "Take a call | Larkline Documentation", "", "Larkline"),
    ("larkbrook.example", "Rathaus | Larkbrook ob der Wehr", "", "Larkbrook ob der Wehr"),
    # domains that shorten a name or put it in another order
    ("fernhillvets.example", "Animals in Larkbrook | Fernhill Veterinary Clinic", "", "Fernhill Veterinary Clinic"),
    ("physio-am-wehr.example", "Physiotherapie am Wehr - Praxis in Larkbach", "", "Physiotherapie am Wehr"),
    ("orrin-tischler.example", "Tischlerei Orrin | Möbel nach Maß", "", "Tischlerei Orrin"),
    ("zahnarzt-dr-wehrmueller.example", "Zahnarzt Larkbach", "© 2016 Dr. Wehrmüller", "Dr. Wehrmüller"),
]


@pytest.mark.parametrize(("site", "title", "last", "name"), ROWS)
def test_the_surest_name(site: str, title: str, last: str, name: str) -> None:
    html = f"<title>{title}</title><h1>Ropes</h1><p>Made here.</p><footer><p>{last}</p></footer>"
    page = ParsedPage.parse(html.encode(), url=f"https://{site}/ropes", fetched_at="", kind="other")
    facts = [fact for fact in extractors.facts(page) if fact.field == "identity.name"]
    best = max(facts, key=lambda fact: fact.confidence)
    assert (best.value, best.confidence >= 0.45) == (name, True)


def test_the_owner_is_named_without_an_address() -> None:
    html = "<title>Staff</title><p>Who works here.</p><footer>© 2024 Fern Mill University, LB1 7RU</footer>"
    page = ParsedPage.parse(html.encode(), url="https://ldk.example/staff", fetched_at="", kind="team")
    named = [fact.value for fact in extractors.facts(page) if fact.field == "identity.name"]
    assert "Fern Mill University" in named
    assert not any("LB1" in value for value in named)


def test_a_registered_name_is_sure_enough_where_the_domain_has_its_first_word() -> None:
    html = "<title>L'équipe</title><footer><p>SELARL Orrinval &amp; Associés - 3 rue du Moulin</p></footer>"
    page = ParsedPage.parse(
        html.encode(), url="https://cabinet-orrinval-notaires.example/e", fetched_at="", kind="team"
    )
    found = [(fact.value, fact.confidence) for fact in extractors.facts(page) if fact.field == "identity.legal_name"]
    assert [value for value, sure in found if sure >= 0.45] == ["SELARL Orrinval & Associés"]
