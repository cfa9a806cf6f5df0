"""What is erased is gone from what is stored, and does not come back."""

import asyncio
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from functions.assemble.resolve import resolve
from shared import companies, erasures, runs
from shared.command.forget import forget
from shared.models import JSON, SECTIONS, Fact, Page, Source
from shared.models import Outcome as Was
from shared.web.urls import company_key
from tests import patience
from tests.command.running import called, command, refused
from tests.product import World, html

in_session = pytest.mark.asyncio(loop_scope="session")


def team(name: str) -> tuple[str, bytes]:
    address = f"{name.lower().replace(' ', '.')}@hollin-tools.com"
    return html(
        "Team",
        "<h1>Our team</h1><div class='team'>"
        f"<div class='member'><h3>Dr. {name}</h3><p>Chief Executive Officer</p></div>"
        "<div class='member'><h3>Jorma Ahola</h3><p>Head of Presses</p></div></div>"
        f"<p>Write to <a href='mailto:{address}'>{address}</a></p>",
    )


async def read(running: World, name: str = "Imogen Talbreck", **body: Any) -> dict[str, Any]:
    running.site.pages["/team"] = team(name)
    job = await running.product.submit(running.site.url, **body)
    ended = await running.product.ended(job["scrape_id"])
    assert ended["status"] == "completed", ended
    return dict(ended["profile"])


def names(profile: dict[str, Any]) -> list[str]:
    return [person["name"] for person in profile["people"]]


async def stored(running: World) -> list[dict[str, Any]]:
    """All versions of the company's profile, newest last."""
    async with running.product.platform() as platform:
        key = company_key(running.site.url)
        found = await platform.documents.query("profiles_of_company", parent=companies.path(key))
        return [p for d in found if (p := await companies.profile(platform, key, d.id))]


@in_session
@pytest.mark.parametrize(("only", "name"), [(True, "Imogen Talbreck"), (False, "Wilhelmina Castwright")])
async def test_a_person_goes_from_stored_profiles_and_stays_out_of_later_ones(w: World, only: bool, name: str) -> None:
    """The second is in no other test's company: all that the product stores are looked through for her."""
    profile = await read(w, name)
    given, family = name.split()
    assert sorted(map(erasures.person, names(profile))) == sorted(map(erasures.person, [name, "Jorma Ahola"]))
    assert f"{given}.{family}@hollin-tools.com".lower() in profile["contact"]["emails"]
    where = ("--company", w.site.url) if only else ()
    run = await command(w.product.data, "erase", "person", f"{family.lower()} {given.upper()}", *where)
    assert run.status == 0, run.err
    assert re.match(rf"1 profiles of {'1' if only else '[0-9]+'} companies are changed", run.out)

    (kept,) = await stored(w)
    assert names(kept) == ["Jorma Ahola"]
    assert family.casefold() not in json.dumps(kept).casefold()
    assert kept["sources"]["/people/0"][0]["value"]["name"] == "Jorma Ahola"
    assert "/people/1" not in kept["sources"] and "/people/1" not in kept["confidence"]
    assert kept["identity"] == profile["identity"] and "hello@hollin-tools.com" in kept["contact"]["emails"]
    async with w.product.platform() as platform:
        (run_document,) = await platform.documents.query("runs_of_company", company_key(w.site.url))
        assert await runs.pages(platform, run_document.id) == []

    later = await read(w, name, max_age=0)
    assert names(later) == ["Jorma Ahola"]
    assert family.casefold() not in json.dumps(later).casefold()
    assert family.lower().encode() not in (await mark(w)).lower(), "the mark itself names nobody"


async def mark(running: World) -> bytes:
    async with running.product.platform() as platform:
        found = [
            await platform.documents.get(p)
            for p in (erasures.EVERYWHERE, companies.path(company_key(running.site.url)))
        ]
        return repr([document.fields for document in found if document]).encode()


@in_session
async def test_a_company_goes_and_is_not_read_again_until_the_mark_is_lifted(w: World) -> None:
    await read(w)
    key = company_key(w.site.url)
    run = await command(w.product.data, "erase", "company", w.site.url)
    assert run.status == 0, run.err
    assert await stored(w) == []
    async with w.product.platform() as platform:
        assert await platform.documents.query("runs_of_company", key) == []
    seen = sum(w.site.seen.values())
    async with w.product.client() as client:
        asked = await client.post("/api/v1/scrape/company", json={"url": w.site.url})
        shown = await client.get(f"/api/v1/companies/{key}")
    assert [(a.status_code, a.json()["code"]) for a in (asked, shown)] == [(403, "opted_out")] * 2
    assert sum(w.site.seen.values()) == seen

    assert (await called(w.product.data, "erase", "company", w.site.url, "--lift")).status == 0
    assert (await read(w))["previous_version"] is None
    again = await called(w.product.data, "erase", "company", w.site.url, "--lift")
    assert again.status == 2 and "is not kept out" in again.err


@in_session
async def test_a_company_that_is_being_read_ends_with_its_jobs(w: World) -> None:
    held = w.site.hold("/about")
    job = await w.product.submit(w.site.url, webhook_url=f"{w.hook.url}/hook")
    await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
    run = await command(w.product.data, "erase", "company", w.site.url, renew_seconds=1)
    assert run.status == 0, run.err
    ended = await w.product.ended(job["scrape_id"])
    assert (ended["status"], ended["error"]["code"]) == ("failed", "opted_out")
    await w.hook.received_are(1)
    held.let_go.set()
    assert await stored(w) == []
    async with w.product.platform() as platform:
        for document in await platform.documents.query("runs_of_company", company_key(w.site.url)):
            assert await runs.pages(platform, document.id) == []


@pytest.mark.parametrize("name", ["", "—", "Dr.", "a b c d e f g h i"])
def test_who_has_no_name_can_not_be_erased(tmp_path: Path, name: str) -> None:
    assert "name" in refused(tmp_path, "erase", "person", name)


JANE = frozenset({erasures.person("Jane O'Brien")})


@pytest.mark.parametrize(
    "text",
    [
        "Jane O'Brien",
        "JANE O’BRIEN",
        "O'Brien, Jane",
        "Dr. Jané O'Brien, CEO",
        "https://x.example/team/jane-o-brien",
        "jane.o.brien@x.example",
    ],
)
def test_a_name_is_found_however_it_is_written(text: str) -> None:
    assert erasures.mentions(text, JANE)


@pytest.mark.parametrize(
    "text", ["Jane Brien", "Janet O'Brien", "", "https://jane-o-brien.example/team", "http://[::1", "O Jane P Brien"]
)
def test_others_are_not_taken_for_her(text: str) -> None:
    assert not erasures.mentions(text, JANE)


def test_a_single_word_must_be_the_whole_of_it() -> None:
    wang = frozenset({erasures.person("王小明")})
    assert erasures.mentions("王小明", wang)
    assert not erasures.mentions("王小明 CEO", wang)


def test_a_company_that_is_called_like_her_keeps_its_name() -> None:
    source = Source("https://jane.example/", "html", "Jane O'Brien Ltd", "2026-01-01T00:00:00Z")
    facts = [Fact("identity.name", "Jane O'Brien", source, 0.9), Fact("person", {"name": "Jane O'Brien"}, source, 0.9)]
    pages = [Page("https://jane.example/", Was.READ, facts=facts), Page("https://jane.example/jane-o-brien", Was.READ)]
    (kept,) = erasures.pages_without(pages, JANE)
    assert [(fact.field, fact.source.quote) for fact in kept.facts] == [("identity.name", "")]


def test_what_is_only_said_beside_her_goes_with_her_so_that_nothing_is_without_a_source() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def page(url: str, *values: tuple[str, JSON]) -> Page:
        return Page(
            url, Was.READ, facts=[Fact(f, v, Source(url, "registry", "", now.isoformat()), 0.9) for f, v in values]
        )

    law = page("https://gleif.example/a", ("financial.registration", {"jurisdiction": "IE", "status": "active"}))
    parent = {"parent": "Jane O'Brien Holding", "parent_lei": "9900WEIRCORP00000036"}
    hers = page("https://gleif.example/b", ("financial.registration", parent))
    own = page("https://jane.example/jane-o-brien", ("identity.founded_year", 1999), ("identity.language", "en"))
    pages = [law, hers, own]

    def told(pages: list[Page]) -> dict[str, JSON]:
        profile = resolve("jane.example", pages, version="v", now=now, partial=False, warnings=[], previous=None)
        return profile.model_dump(mode="json", exclude={"coverage"})

    stored = told(pages) | {"coverage": {"pages": []}}
    assert stored["financial"]["registration"]["parent_lei"] and stored["identity"]["founded_year"]
    kept, anew = forget(stored, JANE), told(erasures.pages_without(pages, JANE))
    assert [kept[name] for name in SECTIONS] == [anew[name] for name in SECTIONS]
    assert (kept["sources"], kept["confidence"]) == (anew["sources"], anew["confidence"])


@in_session
async def test_a_profile_in_which_nobody_is_named_stays_as_it_is(w: World) -> None:
    profile = await read(w)
    assert forget(profile, JANE) == profile
    changed = forget(profile, frozenset({erasures.person("Jorma Ahola")}))
    assert changed["changes"] == [] and names(changed) != names(profile)
