import asyncio
from typing import Any

import pytest
from aiohttp import web

from shared.models import Outcome, StageState
from tests.desk import Desk, fact

BOARD = "/greenhouse/v1/boards/hollin/jobs"
JOBS = {"jobs": [{"title": "Hydrologist", "location": {"name": "Remote"}, "absolute_url": "https://jobs.example/1"}]}
FEED = "<rss><channel><item><title>Gauge 3</title><link>/3</link><pubDate>2 Mar 2026</pubDate></item></channel></rss>"


def board(token: str = "hollin") -> Any:
    return fact(
        "hiring.board", {"vendor": "greenhouse", "token": token, "url": f"https://boards.greenhouse.io/{token}"}
    )


def feed(at: Desk, path: str = "/feed.xml", how: str = "link") -> Any:
    return fact("news.feed", path if "://" in path else f"{at.sources.url}{path}", how)


async def status(code: int) -> web.Response:
    return web.Response(status=code)


async def test_a_linked_board_gives_its_openings(at_sources: Desk) -> None:
    at_sources.sources.answers[BOARD] = JOBS
    await at_sources.told(board())
    run = await at_sources.works()
    assert (run.stage, run.warnings, run.progress) == ("assemble", [], 90)
    (told,) = await at_sources.found("board")
    assert [(f.field, f.value, f.source.how) for f in told.facts] == [
        (
            "hiring.board",
            {"vendor": "greenhouse", "token": "hollin", "url": "https://boards.greenhouse.io/hollin"},
            "board",
        ),
        ("hiring.opening", {"title": "Hydrologist", "location": "Remote", "url": "https://jobs.example/1"}, "board"),
    ]
    assert told.facts[1].source.quote == "Hydrologist · Remote"
    assert told.url == f"{at_sources.sources.url}{BOARD}?content=true"


async def test_a_feed_gives_its_news(at_sources: Desk) -> None:
    at_sources.sources.answers["/feed.xml"] = FEED
    await at_sources.told(feed(at_sources))
    run = await at_sources.works()
    assert (run.stage, run.warnings) == ("assemble", [])
    assert await at_sources.values("feed", "news.item") == [
        {"title": "Gauge 3", "url": f"{at_sources.sources.url}/3", "date": "2026-03-02"}
    ]
    ((told,),) = [page.facts for page in await at_sources.found("feed")]
    assert (told.source.how, told.source.quote) == ("feed", "Gauge 3 (2 Mar 2026)")


async def test_nothing_is_asked_where_the_pages_link_nothing(at_sources: Desk) -> None:
    run = await at_sources.works()
    assert (at_sources.sources.asked, run.stage, run.warnings) == ([], "assemble", [])


async def test_a_feed_that_robots_txt_forbids_is_not_asked(at_sources: Desk) -> None:
    at_sources.sources.answers |= {"/robots.txt": "User-agent: *\nDisallow: /feed", "/feed.xml": FEED}
    await at_sources.told(feed(at_sources))
    run = await at_sources.works()
    assert at_sources.sources.asked == ["/robots.txt"]
    (told,) = await at_sources.found("feed")
    assert (told.outcome, told.code, told.facts) == (Outcome.FORBIDDEN, "robots_disallowed", [])
    assert run.stages["signals"].state is StageState.DONE


async def test_robots_txt_is_asked_once_for_all_feeds(at_sources: Desk) -> None:
    at_sources.sources.answers |= {"/feed.xml": FEED, "/news/feed.xml": FEED}
    await at_sources.told(feed(at_sources), feed(at_sources, "/news/feed.xml"))
    await at_sources.works()
    assert sorted(at_sources.sources.asked) == ["/feed.xml", "/news/feed.xml", "/robots.txt"]


@pytest.mark.parametrize(
    "path",
    ["/comments/feed/", "/blog/comments/feed", "/?feed=comments-rss2", "/collections/all.atom", "/jobs/feed.xml",
     "/shop/feed", "ftp://hollin.example/feed", "https://", "https://user:pass@hollin.example/feed"],
)  # fmt: skip
async def test_feeds_of_other_than_news_are_not_asked(at_sources: Desk, path: str) -> None:
    await at_sources.told(feed(at_sources, path))
    await at_sources.works()
    assert at_sources.sources.asked == []


@pytest.mark.parametrize("value", [None, 5, [], {}, ""])
async def test_facts_of_the_wrong_shape_are_no_feeds(at_sources: Desk, value: Any) -> None:
    await at_sources.told(fact("news.feed", value, "link"))
    run = await at_sources.works()
    assert (at_sources.sources.asked, run.stage) == ([], "assemble")


async def test_another_sites_feed_is_asked_only_where_the_pages_name_it_as_theirs(at_sources: Desk) -> None:
    elsewhere = at_sources.sources.url.replace("127.0.0.1", "localhost")
    at_sources.sources.answers |= {"/a.xml": FEED, "/b.xml": FEED}
    await at_sources.told(
        feed(at_sources, f"{elsewhere}/a.xml", "html"), feed(at_sources, f"{elsewhere}/b.xml", "link")
    )
    await at_sources.works()
    assert [page.url for page in await at_sources.found("feed")] == [f"{elsewhere}/b.xml"]


async def test_feeds_are_bounded_and_the_sites_main_one_comes_first(at_sources: Desk) -> None:
    paths = [f"/tags/{n}/feed.xml" for n in range(20)]
    at_sources.sources.answers |= dict.fromkeys([*paths, "/feed.xml"], FEED)
    await at_sources.told(*(feed(at_sources, path) for path in [*paths, "/feed.xml"]))
    await at_sources.works()
    urls = [page.url for page in await at_sources.found("feed")]
    assert len(urls) == 5
    assert f"{at_sources.sources.url}/feed.xml" in urls


async def test_one_source_that_fails_is_a_warning(at_sources: Desk) -> None:
    at_sources.sources.answers |= {BOARD: lambda _: status(500), "/feed.xml": FEED}
    await at_sources.told(board(), feed(at_sources))
    run = await at_sources.works()
    assert run.stages["signals"].state is StageState.DONE
    assert [(w.code, w.url) for w in run.warnings] == [
        ("source_failed", f"{at_sources.sources.url}{BOARD}?content=true")
    ]
    assert len(await at_sources.values("feed", "news.item")) == 1
    (told,) = await at_sources.found("board")
    assert (told.outcome, told.status, told.code) == (Outcome.FAILED, 500, "http_error")


@pytest.mark.parametrize("answer", ["<html>not found</html>", "[]", b"[" * 100_000, {"jobs": "none"}])
async def test_a_board_that_answers_something_else_has_failed(at_sources: Desk, answer: Any) -> None:
    at_sources.sources.answers[BOARD] = answer
    await at_sources.told(board())
    run = await at_sources.works()
    assert run.stages["signals"].state is StageState.SKIPPED


async def test_where_every_source_fails_the_stage_is_given_up(at_sources: Desk) -> None:
    async def cut(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    at_sources.sources.answers |= {BOARD: lambda _: status(429), "/feed.xml": cut}
    await at_sources.told(board(), feed(at_sources))
    run = await at_sources.works()
    assert (run.stage, run.stages["signals"].state) == ("assemble", StageState.SKIPPED)
    assert [w.code for w in run.warnings] == ["source_failed"]
    assert {page.outcome for kind in ("board", "feed") for page in await at_sources.found(kind)} == {Outcome.FAILED}


@pytest.mark.parametrize("code", [404, 410])
async def test_a_board_or_feed_that_is_gone_has_not_failed(at_sources: Desk, code: int) -> None:
    at_sources.sources.answers |= {BOARD: lambda _: status(code), "/feed.xml": lambda _: status(code)}
    await at_sources.told(board(), feed(at_sources))
    run = await at_sources.works()
    assert (run.stages["signals"].state, run.warnings) == (StageState.DONE, [])
    assert {page.status for kind in ("board", "feed") for page in await at_sources.found(kind)} == {code}


@pytest.mark.parametrize("body", ["<html><title>Start</title></html>", "", "<rss><channel></channel></rss>"])
async def test_a_feed_that_says_nothing_is_empty(at_sources: Desk, body: str) -> None:
    at_sources.sources.answers["/feed.xml"] = body
    await at_sources.told(feed(at_sources))
    run = await at_sources.works()
    assert [page.outcome for page in await at_sources.found("feed")] == [Outcome.EMPTY]
    assert (run.stages["signals"].state, run.warnings) == (StageState.DONE, [])


async def test_a_feed_beyond_the_budget_is_read_as_far_as_it_goes(at_sources: Desk) -> None:
    at_sources.sources.answers["/feed.xml"] = FEED.replace("</channel></rss>", "<item><title>x" + " " * 3_000_000)
    await at_sources.told(feed(at_sources))
    await at_sources.works()
    assert {"Gauge 3", "x"} == {item["title"] for item in await at_sources.values("feed", "news.item")}


async def test_a_feed_in_the_servers_charset_is_read(at_sources: Desk) -> None:
    async def cyrillic(request: web.Request) -> web.Response:
        body = FEED.replace("Gauge", "Новости").encode("koi8-r")
        return web.Response(body=body, headers={"Content-Type": "text/xml; charset=koi8-r"})

    at_sources.sources.answers["/feed.xml"] = cyrillic
    await at_sources.told(feed(at_sources))
    await at_sources.works()
    assert (await at_sources.values("feed", "news.item"))[0]["title"] == "Новости 3"


async def test_the_addresses_in_a_feed_follow_its_redirect(at_sources: Desk) -> None:
    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPMovedPermanently("/blog/rss.xml")

    at_sources.sources.answers |= {"/feed.xml": moved, "/blog/rss.xml": FEED.replace("/3", "3")}
    await at_sources.told(feed(at_sources))
    await at_sources.works()
    assert [item["url"] for item in await at_sources.values("feed", "news.item")] == [
        f"{at_sources.sources.url}/blog/3"
    ]


async def test_sources_are_asked_side_by_side(at_sources: Desk) -> None:
    both = asyncio.Barrier(2)

    async def slow(request: web.Request) -> web.Response:
        await both.wait()  # neither answers before the other is asked
        return web.json_response(JOBS)

    at_sources.sources.answers |= {BOARD: slow, "/greenhouse/v1/boards/other/jobs": slow}
    await at_sources.told(board(), board("other"))
    await at_sources.works()
    assert len(await at_sources.values("board", "hiring.opening")) == 2


async def test_told_twice_the_stage_keeps_the_same_pages(at_sources: Desk) -> None:
    at_sources.sources.answers |= {BOARD: JOBS, "/feed.xml": FEED}
    await at_sources.told(board(), feed(at_sources))
    await asyncio.gather(at_sources.works(), at_sources.works())
    await at_sources.change(lambda run: setattr(run, "stage", "signals"))
    await at_sources.works()
    assert len(await at_sources.values("board", "hiring.opening")) == 1
    assert len(await at_sources.values("feed", "news.item")) == 1
