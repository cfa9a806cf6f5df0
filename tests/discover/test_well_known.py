"""Addresses that are tried though nobody links to them."""

import pytest

from functions.discover.well_known import _PATHS, guesses
from shared.links import LANGUAGES, Hosts
from shared.plan import Plan
from shared.web.robots import Robots
from tests.discover.test_links import OPEN, plan_of

BASE = "https://ropes.example/"


def tried(plan: Plan, rules: Robots = OPEN, room: int = 11) -> list[str]:
    return [page.url.removeprefix(BASE) for page in guesses(plan, rules, room)]


def bare(language: str | None) -> Plan:
    return Plan(BASE, 11, Hosts("ropes.example", BASE), language)


def rules(*lines: str) -> Robots:
    return Robots.read("Firmograph", f"{BASE}robots.txt", 200, "\n".join(("User-agent: *", *lines)).encode())


@pytest.mark.parametrize("language", [None, "en", "ja"])
def test_a_site_that_names_nothing_is_tried_in_english(language: str | None) -> None:
    assert tried(bare(language)) == ["about", "contact", "team", "careers"]


def test_a_site_is_tried_in_its_own_language() -> None:
    assert tried(bare("de")) == ["ueber-uns", "kontakt", "team", "impressum"]
    assert _PATHS.keys() <= LANGUAGES


def test_only_what_is_missing_allowed_and_within_the_budget_is_tried() -> None:
    plan = plan_of("<a href='/who-we-are'>About us</a><a href='/team'>Careers</a>")
    assert tried(plan) == ["contact"]  # /team is one of careers, by what its link says
    assert tried(bare("en"), rules("Disallow: /contact")) == ["about", "team", "careers"]
    assert tried(bare("en"), rules("Disallow: /team/")) == ["about", "contact", "careers"]
    assert tried(bare("en"), rules("Crawl-delay: 2")) == []
    assert tried(bare("en"), room=1) == ["about"]
    assert tried(bare("en"), room=0) == []
