"""Extractors that once took the square of a page's width or depth, against harmless pages of the same size."""

import time
from collections.abc import Callable, Iterator

import pytest

from shared.extract.news import news
from shared.extract.page import ParsedPage
from shared.extract.plans import plans
from shared.models import Fact

SLOWER = 8  # times; what is quadratic takes eighteen times as long at the least
PRICES = "<p>Basic 10 €/month<p>Pro 20 €/month<table><tr>"
CARD = "<h1>News</h1><p>5 May 2024<p><a href=/a>The new mill opens today</a><p><a href=/b>"


def seconds(extractor: Callable[[ParsedPage], Iterator[Fact]], html: str, kind: str) -> float:
    page = ParsedPage.parse(html.encode(), url="https://fernmill.example/", fetched_at="", kind=kind)
    started = time.thread_time()
    assert list(extractor(page))
    return time.thread_time() - started


@pytest.mark.parametrize(
    ("extractor", "kind", "hostile", "harmless"),
    [
        (plans, "pricing", PRICES + "<th>Tier" * 20_000, PRICES + "<td><b>Tier</b>" * 20_000),
        (news, "news", CARD + "<span class=title>new " * 2_000, CARD + "<span class=title>new </span>" * 2_000),
    ],
    ids=["headings-in-a-row", "titles-in-titles"],
)
def test_a_hostile_page_takes_about_as_long_as_a_harmless_one(
    extractor: Callable[[ParsedPage], Iterator[Fact]], kind: str, hostile: str, harmless: str
) -> None:
    rounds = [(seconds(extractor, hostile, kind), seconds(extractor, harmless, kind)) for _ in range(2)]
    longest, usual = map(min, zip(*rounds, strict=True))
    assert longest < SLOWER * usual
