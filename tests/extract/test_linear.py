"""Extractors that once took the square of a page's width or depth, against harmless pages of the same size."""

import time
from collections.abc import Callable, Iterator

import pytest

from shared.extract.emails_hidden import emails_hidden
from shared.extract.menus import menu
from shared.extract.news import news
from shared.extract.page import ParsedPage
from shared.extract.plans import plans
from shared.models import Fact

SLOWER = 8  # times; what is quadratic takes eighteen times as long at the least
PRICES = "<p>Basic 10 €/month<p>Pro 20 €/month<table><tr>"
TABLE = "<table><tr><td>Basic<td>10 €<td>"
CARD = "<h1>News</h1><p>5 May 2024<p><a href=/a>The new mill opens today</a><p><a href=/b>"
OPENED = "<script>var mail = 'info' + '@' + 'fernmill.org';"
USED = f"x=m{'+m' * 12};" * 60 + "</script>"


def seconds(extractor: Callable[[ParsedPage], Iterator[Fact]], html: str, kind: str) -> float:
    page = ParsedPage.parse(html.encode(), url="https://fernmill.example/", fetched_at="", kind=kind)
    started = time.thread_time()
    assert list(extractor(page))
    return time.thread_time() - started


def test_buttons_in_buttons_take_about_as_long_as_those_in_a_row() -> None:
    pages = [opened * 500 + "rope " * 100_000 for opened in ("<div data-href=/a>", "<div data-href=/a>a</div>")]
    rounds = [[_menu_seconds(html) for html in pages] for _ in range(3)]
    hostile, harmless = map(min, zip(*rounds, strict=True))
    assert hostile < SLOWER * harmless


def _menu_seconds(html: str) -> float:
    page = ParsedPage.parse(html.encode(), url="https://fernmill.example/", fetched_at="")
    started = time.thread_time()
    menu(page)
    return time.thread_time() - started


@pytest.mark.parametrize(
    ("extractor", "kind", "hostile", "harmless"),
    [
        (plans, "pricing", PRICES + "<th>Tier" * 20_000, PRICES + "<td><b>Tier</b>" * 20_000),
        (plans, "pricing", PRICES + TABLE * 400, PRICES + f"{TABLE}</table>" * 400),
        (
            emails_hidden,
            "contact",
            (OPENED + f"m+='{'reed.' * 19}';" * 18 + USED) * 20,
            (OPENED + f"m='{'reed.' * 19}';" * 18 + USED) * 20,
        ),
        (news, "news", CARD + "<span class=title>new " * 2_000, CARD + "<span class=title>new </span>" * 2_000),
    ],
    ids=["headings-in-a-row", "tables-in-tables", "strings-that-grow", "titles-in-titles"],
)
def test_a_hostile_page_takes_about_as_long_as_a_harmless_one(
    extractor: Callable[[ParsedPage], Iterator[Fact]], kind: str, hostile: str, harmless: str
) -> None:
    rounds = [(seconds(extractor, hostile, kind), seconds(extractor, harmless, kind)) for _ in range(2)]
    longest, usual = map(min, zip(*rounds, strict=True))
    assert longest < SLOWER * usual
