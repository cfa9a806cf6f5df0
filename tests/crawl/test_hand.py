"""Pages in hand when the work breaks off: read last and singly, and left out after the second time alone."""

from collections.abc import AsyncIterator

import pytest

from functions.crawl.hand import Hand
from shared import runs
from shared.models import Outcome, Page, PlannedPage
from shared.work import Work
from tests.frame.conftest import Bench, bench  # noqa: F401

PAGES = [PlannedPage(url=f"https://hollin.example/{name}", kind="other") for name in "abcd"]


async def claim(bench: Bench, run_id: str) -> Work:  # noqa: F811
    run = await runs.get(bench.platform, run_id)
    assert run is not None
    return Work(bench.platform, run, "crawl", "0a")


async def hand_of(work: Work) -> Hand:
    kept = {page.url for page in await work.pages()}
    return await Hand.after_last_time(work, [page for page in PAGES if page.url not in kept])


def urls(pages: object) -> list[str]:
    return [page.url[-1] for page in pages]  # type: ignore[attr-defined]


@pytest.fixture
async def run_id(bench: Bench) -> AsyncIterator[str]:  # noqa: F811
    yield (await bench.at("crawl", await bench.order())).id


async def test_after_a_crash_it_goes_on_and_reads_the_suspects_last(bench: Bench, run_id: str) -> None:  # noqa: F811
    hand = await hand_of(await claim(bench, run_id))
    first, second = await hand.take(), await hand.take()
    assert first and second
    hand.done(Page(first.url, Outcome.READ))
    third = await hand.take()  # what was read is written with what is taken next
    assert third
    again = await hand_of(await claim(bench, run_id))
    assert (urls(again.waiting), urls(again.suspects)) == (["d"], ["b", "c"])


async def test_a_page_alone_in_hand_at_two_crashes_is_left_out(bench: Bench, run_id: str) -> None:  # noqa: F811
    hand = await hand_of(await claim(bench, run_id))
    await hand.take()
    await hand.take()
    for crash in (1, 2):
        hand = await hand_of(await claim(bench, run_id))
        assert urls(hand.suspects) == (["a", "b"] if crash == 1 else ["a"]), crash
        while (page := await hand.take()) is not None:
            hand.done(Page(page.url, Outcome.READ))
        await hand.take(singly=True)
    work = await claim(bench, run_id)
    hand = await hand_of(work)
    assert hand.left == 0
    skipped = [page for page in await work.pages() if page.code == "page_skipped"]
    assert urls(skipped) == ["a"]
    assert [warning.code for warning in work.warnings] == ["page_skipped"]


async def test_an_orderly_end_leaves_no_suspects(bench: Bench, run_id: str) -> None:  # noqa: F811
    hand = await hand_of(await claim(bench, run_id))
    page = await hand.take()
    assert page
    hand.drop(page)
    await hand.checkpoint()
    again = await hand_of(await claim(bench, run_id))
    assert (urls(again.waiting), urls(again.suspects)) == (["a", "b", "c", "d"], [])
