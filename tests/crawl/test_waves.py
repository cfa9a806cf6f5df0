"""Pages that no menu names: those that inner pages link to, and those that are where sites mostly have them."""

from pathlib import Path
from typing import Any

import pytest

from shared.models import Fact, Outcome, Page, PlannedPage, ReadingPlan, Source
from shared.plan import second_wave
from shared.settings import Settings
from shared.web.robots import Robots
from tests.product import Product, Server, World, html, product, serve

HOME = "https://ropes.example/"
SETTINGS = Settings(platform="embedded")
OPEN = Robots("Firmograph", 404)
in_session = pytest.mark.asyncio(loop_scope="session")


def ropes(**links: str) -> Server:
    """A company whose home page leads to one page, which leads to others."""
    inner = "".join(f"<a href='{path}'>{text}</a> " for text, path in links.items())
    pages = {
        "/": html("Ropes", "<h1>Ropes for ships</h1><p>We make ropes for all kinds of ships.</p><a href='/about'>About us</a>"),
        "/about": html("About us", f"<h1>About us</h1><p>We have made ropes for ships since 1911.</p>{inner}"),
    }  # fmt: skip
    return Server(pages=pages)


async def read(site: Server, running: Product) -> dict[str, Any]:
    status = await running.ended((await running.submit(site.url))["scrape_id"])
    assert status["status"] == "completed", status
    return dict(status["profile"])


def kinds(profile: dict[str, Any]) -> dict[str, str]:
    return {page["url"].partition("//")[2].partition("/")[2]: page["kind"] for page in profile["coverage"]["pages"]}


@in_session
async def test_what_only_inner_pages_link_to_is_read_within_the_rules(w: World) -> None:
    async with serve(ropes(Team="/about/team", Imprint="/about/imprint", Careers="/careers/search", Pricing="/private/pricing", About="/about/")) as site:  # fmt: skip
        site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /private\n")
        site.pages["/about/team"] = html("Team", "<h1>Team</h1><p>Ada Roe makes the ropes, and all else.</p>")
        site.pages["/about/imprint"] = html("Imprint", "<h1>Imprint</h1><p>Ropes Ltd, 1 Quay, Hull, HU1 1AA.</p><a href='/investors'>Investors</a>")  # fmt: skip
        profile = await read(site, w.product)
    assert kinds(profile) == {"": "home", "about": "about", "about/team": "team", "about/imprint": "legal"}
    assert not {"/careers/search", "/private/pricing", "/investors"} & site.seen.keys()
    assert site.seen["/about"] + site.seen["/about/"] == 1


async def test_a_second_wave_keeps_the_budget_of_pages(tmp_path: Path) -> None:
    async with serve(ropes(Contact="/about/contact", Team="/about/team", Imprint="/about/imprint")) as site:
        for name in ("contact", "team", "imprint"):
            site.pages[f"/about/{name}"] = html(name, f"<h1>{name}</h1><p>What we say of {name}, and nothing else.</p>")
        async with product(tmp_path / "data", max_pages="3") as running:
            profile = await read(site, running)
    assert kinds(profile) == {"": "home", "about": "about", "about/contact": "contact"}


async def test_a_crash_in_the_second_wave_goes_on_there_and_a_page_that_ends_its_worker_twice_is_left_out(
    tmp_path: Path,
) -> None:
    async with (
        serve(ropes(Team="/about/team", Imprint="/about/imprint")) as site,
        serve(ropes(Team="/about/team")) as fatal,
        product(tmp_path / "data") as running,
    ):
        for one, name in ((site, "team"), (site, "imprint"), (fatal, "team")):
            one.pages[f"/about/{name}"] = html(name, f"<h1>{name}</h1><p>What we say of {name}, and nothing else.</p>")
        jobs = []
        for one in (site, fatal):
            hold = one.hold("/about/team")
            jobs.append((await running.submit(one.url))["scrape_id"])
            await hold.arrived.wait()
        await running.kill()
        site.let_go()
        hold = fatal.hold("/about/team")
        await running.start()
        profile = (await running.ended(jobs[0]))["profile"]
        assert kinds(profile) == {"": "home", "about": "about", "about/team": "team", "about/imprint": "legal"}
        assert (site.seen["/about"], site.seen["/about/team"]) == (1, 2)
        assert site.seen["/contact"] == site.seen["/careers"] == 1, "guesses that missed are not asked for again"
        await hold.arrived.wait()
        await running.kill()
        await running.start()
        profile = (await running.ended(jobs[1]))["profile"]
    assert kinds(profile) == {"": "home", "about": "about", "about/team": "team"}
    [team] = [one for one in profile["coverage"]["pages"] if one["url"].endswith("/about/team")]
    assert (team["outcome"], team["code"]) == ("failed", "page_skipped")
    assert fatal.seen["/about/team"] == 2


@in_session
async def test_a_page_that_nobody_links_to_is_found_where_sites_have_it(w: World) -> None:
    async with serve(ropes()) as site:
        site.pages["/contact"] = html("Ropes | Contact us", "<p>Ring us at +44 1482 555 0142, day and night.</p>")
        profile = await read(site, w.product)
    assert kinds(profile) == {"": "home", "about": "about", "contact": "contact"}
    assert site.seen["/team"] == site.seen["/careers"] == 1
    assert profile["warnings"] == []
    assert profile["coverage"]["failed"] == 0


@in_session
@pytest.mark.parametrize("number", [0, 1])
async def test_a_site_that_answers_any_address_alike_has_no_such_pages(w: World, number: int) -> None:
    async with serve(ropes()) as site:
        home = site.pages["/"]
        apology = html("Sorry | Ropes", "<h1>Nothing here</h1><p>What you seek is not here, go back to the start.</p>")
        for path in ("/contact", "/team", "/careers"):
            site.pages[path] = (home, apology)[number]
        profile = await read(site, w.product)
    assert site.seen["/contact"] == 1
    assert kinds(profile) == {"": "home", "about": "about"}


def page(path: str, kind: str, *links: tuple[str, str], **more: Any) -> Page:
    url = HOME + path
    source = Source(url, "link", "x", "")
    facts = [Fact("key_page", {"kind": to, "url": link}, source, 0.9) for to, link in links]
    return Page(url, more.pop("outcome", Outcome.READ), kind, facts=facts, **more)


def wave(*pages: Page, language: str | None = None) -> list[str]:
    planned = [PlannedPage(url=one.url, kind=one.kind) for one in pages if one.kind != "home"]
    plan = ReadingPlan(base=HOME, language=language, pages=planned)
    return [one.url.removeprefix(HOME) for one in second_wave(plan, pages, "ropes.example", OPEN, SETTINGS)]


def test_a_kind_whose_page_could_not_be_read_is_looked_for_again() -> None:
    broken = page("team", "team", outcome=Outcome.FAILED)
    home, about = page("", "home"), page("about", "about", ("team", f"{HOME}people"), ("team", f"{HOME}team/"))
    assert wave(home, broken, about) == ["people"]
    assert wave(home, page("team", "team"), about) == []


def test_a_page_that_goes_by_another_address_is_not_read_again_there() -> None:
    moved = page("about", "about", ("team", f"{HOME}crew"), ("legal", f"{HOME}imprint"), canonical=f"{HOME}crew")
    assert wave(page("", "home"), moved) == ["imprint"]


def test_other_hosts_and_languages_are_left_alone() -> None:
    links = [("team", "https://other.example/team"), ("legal", f"{HOME}de/impressum"), ("legal", f"{HOME}imprint")]
    assert wave(page("", "home"), page("about", "about", *links), language="en") == ["imprint"]
