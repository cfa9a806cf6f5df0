from typing import Any

import pytest
from aiohttp import web

from shared.models import StageState
from tests.desk import Desk, fact
from tests.financial.bodies import LEI, PARENT, PARENT_LEI, RECORD, record, with_parent

NAME = fact("identity.name", "Hollin Gauges")
STATED = fact("financial.identifier", {"type": "lei", "value": LEI})
ABROAD = {
    "addressLines": ["Wehrgasse 5"],
    "city": "Altwehr",
    "region": "DE-BY",
    "country": "DE",
    "postalCode": "80999",
}


def of_gleif(at: Desk) -> list[str]:
    return [path for path in at.sources.asked if path.startswith("/gleif/")]


async def told(at: Desk) -> list[tuple[str, Any]]:
    return [(f.field, f.value) for page in await at.found("registry") for f in page.facts]


async def test_a_stated_lei_leads_to_what_the_company_is_in_law(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record()
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state, run.warnings) == ("signals", StageState.DONE, [])
    assert of_gleif(at_registers) == [RECORD]
    law = {"jurisdiction": "US-DE", "legal_form": "XTIQ", "status": "active", "lei_status": "issued"}
    place = {
        "street": "12 Weir Lane, Floor 3",
        "locality": "Port Alder",
        "region": "OR",
        "postal_code": "97999",
        "country": "US",
    }
    number = {"type": "registration_number", "value": "7654321", "register_name": None}
    assert await told(at_registers) == [
        ("financial.registration", law),
        ("financial.identifier", {"type": "lei", "value": LEI}),
        ("identity.legal_name", "Hollin Gauges, Inc."),
        ("financial.identifier", number),
        ("contact.address", place),  # the legal one is an agent's
    ]
    (page,) = await at_registers.found("registry")
    assert page.url == f"{at_registers.sources.url}{RECORD}"
    assert all(f.source.how == "registry" and f.source.quote for f in page.facts)
    assert "registeredAs: 7654321, RA000602" in [f.source.quote for f in page.facts]


@pytest.mark.parametrize(
    "printed", [LEI, LEI.lower(), f"{LEI[:4]} {LEI[4:8]} {LEI[8:12]} {LEI[12:16]} {LEI[16:]}", f" {LEI} "]
)
async def test_a_lei_is_read_however_it_is_printed(at_registers: Desk, printed: str) -> None:
    await at_registers.told(NAME, fact("financial.identifier", {"type": "LEI", "value": printed}))
    await at_registers.works()
    assert of_gleif(at_registers) == [RECORD]


@pytest.mark.parametrize("printed", [f"{LEI[:-1]}1", LEI[:-1], f"{LEI}0", "", None, 5, {}, "../../etc"])
async def test_a_number_whose_check_digits_are_wrong_is_not_asked_for(at_registers: Desk, printed: Any) -> None:
    await at_registers.told(NAME, fact("financial.identifier", {"type": "lei", "value": printed}))
    run = await at_registers.works()
    assert (at_registers.sources.asked, run.stage, run.warnings) == ([], "signals", [])


async def test_a_register_number_alone_costs_no_request(at_registers: Desk) -> None:
    await at_registers.told(NAME, fact("financial.identifier", {"type": "registration_number", "value": "7654321"}))
    await at_registers.works()
    assert at_registers.sources.asked == []


async def test_the_pages_spelling_stands_for_the_registers_capitals(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record("HOLLIN GAUGES, INC.")
    await at_registers.told(NAME, fact("identity.legal_name", "Hollin Gauges, Inc."), STATED)
    await at_registers.works()
    assert await at_registers.values("registry", "identity.legal_name") == ["Hollin Gauges, Inc."]


async def test_a_former_name_is_the_companys_as_well(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record("Weir & Alder plc")
    await at_registers.told(fact("identity.name", "Hollin Old Gauges"), STATED)
    run = await at_registers.works()
    assert (await at_registers.values("registry", "identity.legal_name"), run.warnings) == (["Weir & Alder plc"], [])


@pytest.mark.parametrize(
    "body",
    [
        record("Weir Corp", otherNames=[]),
        record(lei=PARENT_LEI),
        record(category="FUND"),
        record(category="BRANCH"),
        record(legalName=None),
        {"data": []},
        {},
    ],
)
async def test_another_entitys_record_is_a_mismatch(at_registers: Desk, body: dict[str, Any]) -> None:
    at_registers.sources.answers[RECORD] = body
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert [(w.code, w.url) for w in run.warnings] == [("source_mismatch", f"{at_registers.sources.url}{RECORD}")]
    assert (run.stages["financial"].state, await at_registers.found("registry")) == (StageState.DONE, [])


async def test_a_person_in_business_is_not_named_in_a_warning(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record("Imogen Talbreck", otherNames=[], category="SOLE_PROPRIETOR")
    await at_registers.told(NAME, STATED)
    (warning,) = (await at_registers.works()).warnings
    assert (warning.code, "Talbreck" in warning.detail) == ("source_mismatch", False)


async def test_the_first_lei_that_is_the_companys_is_taken(at_registers: Desk) -> None:
    bank = f"/gleif/api/v1/lei-records/{PARENT_LEI}"
    at_registers.sources.answers |= {bank: record("Weir Bank plc", PARENT_LEI, otherNames=[]), RECORD: record()}
    await at_registers.told(
        NAME, STATED, fact("financial.identifier", {"type": "lei", "value": PARENT_LEI}, "text", 0.9)
    )
    run = await at_registers.works()
    assert of_gleif(at_registers) == [bank, RECORD]
    assert [w.code for w in run.warnings] == ["source_mismatch"]
    assert await at_registers.values("registry", "identity.legal_name") == ["Hollin Gauges, Inc."]


async def test_beside_others_a_lei_is_the_companys_where_its_name_has_no_more_words(at_registers: Desk) -> None:
    pensions = f"/gleif/api/v1/lei-records/{PARENT_LEI}"
    other = fact("financial.identifier", {"type": "lei", "value": PARENT_LEI}, "text", 0.9)
    at_registers.sources.answers |= {pensions: record("Hollin Gauges Pension Trustees Ltd", PARENT_LEI, otherNames=[])}
    at_registers.sources.answers[RECORD] = record("Hollin Gauges plc")
    await at_registers.told(NAME, STATED, other)
    run = await at_registers.works()
    assert [w.code for w in run.warnings] == ["source_mismatch"]
    assert await at_registers.values("registry", "identity.legal_name") == ["Hollin Gauges plc"]


async def test_a_longer_name_is_the_companys_where_no_other_lei_is_stated(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record("Hollin Gauges International plc", otherNames=[])
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.warnings, len(await told(at_registers))) == ([], 5)


async def test_a_lei_that_gleif_does_not_know_is_told(at_registers: Desk) -> None:
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.stage, [w.code for w in run.warnings]) == ("signals", ["source_mismatch"])


@pytest.mark.parametrize(
    ("more", "law"),
    [
        ({"status": "INACTIVE", "lei_status": "RETIRED"}, ("inactive", "retired")),
        ({"lei_status": "LAPSED"}, ("active", "lapsed")),
        ({"lei_status": "ANNULLED"}, ("active", "annulled")),
        ({"lei_status": None}, ("active", "unknown")),
        ({"status": None}, ("unknown", "issued")),
    ],
)
async def test_of_what_is_not_current_only_that_is_said(at_registers: Desk, more: Any, law: tuple[str, str]) -> None:
    at_registers.sources.answers[RECORD] = with_parent(record(**more))
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert [w.code for w in run.warnings] == ["source_outdated"]
    ((field, value),) = await told(at_registers)
    assert (field, value["status"], value["lei_status"]) == ("financial.registration", *law)
    assert of_gleif(at_registers) == [RECORD]


@pytest.mark.parametrize("status", ["PENDING_TRANSFER", "PENDING_ARCHIVAL"])
async def test_a_lei_on_its_way_to_another_issuer_is_current(at_registers: Desk, status: str) -> None:
    at_registers.sources.answers[RECORD] = record(lei_status=status)
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.warnings, len(await told(at_registers))) == ([], 5)


async def test_who_consolidates_the_company_is_its_parent(at_registers: Desk) -> None:
    at_registers.sources.answers |= {RECORD: with_parent(record()), PARENT: record("Weir Corp", PARENT_LEI)}
    await at_registers.told(NAME, STATED)
    await at_registers.works()
    assert of_gleif(at_registers) == [RECORD, PARENT]
    above = next(p for p in await at_registers.found("registry") if p.url.endswith(PARENT))
    assert [(f.field, f.value) for f in above.facts] == [
        ("financial.registration", {"parent": "Weir Corp", "parent_lei": PARENT_LEI})
    ]


@pytest.mark.parametrize(
    "body",
    [
        record(),
        record("Weir Corp", "not a LEI"),
        record("Weir Corp", PARENT_LEI, status="INACTIVE"),
        record("Weir Corp", PARENT_LEI, legalName={}),
        {"data": None},
        web.Response(status=404),
    ],
)
async def test_what_cannot_be_a_parent_is_none(at_registers: Desk, body: Any) -> None:
    at_registers.sources.answers |= {RECORD: with_parent(record()), PARENT: body}
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (len(await at_registers.found("registry")), run.warnings) == (1, [])


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"id": "2HBR", "other": None}, "2HBR"),
        ({"id": "8888", "other": "Genossenschaft"}, "Genossenschaft"),
        ({"id": None, "other": "Sonstige"}, "Sonstige"),
        ({"id": "9999", "other": None}, None),
        (None, None),
    ],
)
async def test_a_legal_form_is_a_code_or_in_words(at_registers: Desk, form: Any, said: str | None) -> None:
    at_registers.sources.answers[RECORD] = record(legalForm=form)
    await at_registers.told(NAME, STATED)
    await at_registers.works()
    (law,) = await at_registers.values("registry", "financial.registration")
    assert law["legal_form"] == said


async def test_a_region_is_told_where_addresses_have_its_code_in_them(at_registers: Desk) -> None:
    at_registers.sources.answers[RECORD] = record(legalAddress=ABROAD, headquartersAddress=ABROAD | {"city": ""})
    await at_registers.told(NAME, STATED)
    await at_registers.works()
    (place,) = await at_registers.values("registry", "contact.address")
    assert (place["region"], place["locality"], place["country"]) == (None, "Altwehr", "DE")


@pytest.mark.parametrize("wrong", [None, 5, "x", [[1], {}, None], {"x": 1}, "9" * 100_000])
@pytest.mark.parametrize(
    "key",
    ["otherNames", "transliteratedOtherNames", "legalAddress", "headquartersAddress", "registeredAt", "registeredAs",
     "jurisdiction", "category", "legalForm"],
)  # fmt: skip
async def test_fields_of_the_wrong_type_cost_only_themselves(at_registers: Desk, key: str, wrong: Any) -> None:
    at_registers.sources.answers[RECORD] = record(**{key: wrong})
    await at_registers.told(NAME, STATED)
    run = await at_registers.works()
    assert (run.stage, run.stages["financial"].state) == ("signals", StageState.DONE)
    assert await at_registers.values("registry", "identity.legal_name") == ["Hollin Gauges, Inc."]
