import asyncio
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from functions.signals.boards import BOARDS_MAX, OPENINGS_MAX
from functions.signals.main import signals
from functions.signals.vendors import VENDORS
from shared.models import Outcome, StageState
from tests.desk import Desk, desk, fact, page
from tests.signals.answers import ANSWERS, ROWS, answer

BOARD = "/greenhouse/v1/boards/hollin/jobs"
JOBS = {"jobs": [{"title": "Hydrologist", "location": {"name": "Remote"}, "absolute_url": "https://jobs.example/1"}]}
FEED = "<rss><channel><item><title>Gauge 3</title><link>/3</link><pubDate>2 Mar 2026</pubDate></item></channel></rss>"


def board(
    token: str = "hollin", vendor: str = "greenhouse", host: str = "boards.greenhouse.io", how: str = "html"
) -> Any:
    return fact("hiring.board", {"vendor": vendor, "token": token, "url": f"https://{host}/{token}"}, how)


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
    assert told.url == f"{at_sources.sources.url}{BOARD}"


@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_vendors_board_gives_its_openings(at_sources: Desk, vendor: str) -> None:
    known = ANSWERS[vendor]
    at_sources.sources.answers[f"/{vendor}{known.path}"] = answer(vendor)
    await at_sources.told(board(vendor=vendor))
    run = await at_sources.works()
    assert (run.stages["signals"].state, run.warnings) == (StageState.DONE, [])
    assert at_sources.sources.asked == [f"/{vendor}{known.path}"]
    found = await at_sources.values("board", "hiring.opening")
    assert [tuple(opening.values()) for opening in found] == known.openings
    assert [value["vendor"] for value in await at_sources.values("board", "hiring.board")] == [vendor]


async def test_the_european_lever_is_asked_for_its_own_boards(at_sources: Desk) -> None:
    at_sources.sources.answers["/lever.eu/v0/postings/hollin"] = answer("lever")
    await at_sources.told(board(vendor="lever", host="jobs.eu.lever.co"))
    await at_sources.works()
    assert at_sources.sources.asked == ["/lever.eu/v0/postings/hollin"]


async def test_another_companys_board_is_not_asked(at_sources: Desk) -> None:
    await at_sources.kept(page(board("acme", how="link"), kind="news"))
    run = await at_sources.works()
    assert (at_sources.sources.asked, run.stages["signals"].state) == ([], StageState.DONE)


async def test_a_vendor_that_the_settings_leave_out_is_not_asked(tmp_path: Path) -> None:
    async with desk(tmp_path, signals, "signals", "assemble", base="{url}/", job_boards="{}") as at:
        await at.told(board())
        run = await at.works()
        assert (at.sources.asked, run.warnings) == ([], [])


def paged(vendor: str, total: int, fails_at: int = -1) -> Any:
    """A board that tells its openings a hundred at a time."""

    async def answers(request: web.Request) -> web.Response:
        assert request.query["limit"] == "100"
        start = int(request.query.get("skip") or request.query.get("offset") or 0)
        if start == fails_at:
            return web.Response(status=500)
        title = "text" if vendor == "lever" else "name"
        rows = [ROWS[vendor][0] | {title: f"Weaver {n}"} for n in range(start, min(start + 100, total))]
        return web.Response(body=answer(vendor, rows))

    return answers


@pytest.mark.parametrize("vendor", ["lever", "smartrecruiters"])
@pytest.mark.parametrize(("total", "requests"), [(0, 1), (99, 1), (100, 2), (250, 3), (OPENINGS_MAX, 5), (50_000, 5)])
async def test_a_board_is_asked_for_what_is_left(at_sources: Desk, vendor: str, total: int, requests: int) -> None:
    at_sources.sources.answers[f"/{vendor}{ANSWERS[vendor].path}"] = paged(vendor, total)
    await at_sources.told(board(vendor=vendor))
    run = await at_sources.works()
    assert (len(at_sources.sources.asked), run.warnings, run.progress) == (requests, [], 90)
    found = await at_sources.values("board", "hiring.opening")
    assert {opening["title"] for opening in found} == {f"Weaver {n}" for n in range(min(total, OPENINGS_MAX))}
    assert len(await at_sources.values("board", "hiring.board")) == 1
    pages = await at_sources.found("board")
    assert len(pages) == requests
    assert all(fact.source.url == told.url for told in pages for fact in told.facts)


async def test_a_board_that_repeats_itself_is_asked_no_more(at_sources: Desk) -> None:
    at_sources.sources.answers["/lever/v0/postings/hollin"] = answer(
        "lever", [ROWS["lever"][0] | {"text": f"Weaver {n}"} for n in range(100)]
    )
    await at_sources.told(board(vendor="lever"))
    await at_sources.works()
    assert len(at_sources.sources.asked) == 2
    assert len(await at_sources.values("board", "hiring.opening")) == 100


async def test_what_a_board_told_before_it_failed_is_kept(at_sources: Desk) -> None:
    at_sources.sources.answers["/lever/v0/postings/hollin"] = paged("lever", 250, fails_at=100)
    await at_sources.told(board(vendor="lever"))
    run = await at_sources.works()
    assert run.stages["signals"].state is StageState.DONE
    assert [w.code for w in run.warnings] == ["source_failed"]
    assert len(await at_sources.values("board", "hiring.opening")) == 100


@pytest.mark.parametrize(("wait", "requests"), [("0", 2), ("3600", 1), ("soon", 1)])
async def test_a_busy_board_is_asked_again_once_where_it_names_a_short_time(
    at_sources: Desk, wait: str, requests: int
) -> None:
    async def busy(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": wait})

    at_sources.sources.answers[BOARD] = busy
    await at_sources.told(board())
    run = await at_sources.works()
    assert at_sources.sources.asked == [BOARD] * requests
    assert run.stages["signals"].state is StageState.SKIPPED


async def test_a_busy_board_that_answers_then_is_read(at_sources: Desk) -> None:
    async def busy_once(request: web.Request) -> web.Response:
        if len(at_sources.sources.asked) == 1:
            return web.Response(status=503, headers={"Retry-After": "0"})
        return web.json_response(JOBS)

    at_sources.sources.answers[BOARD] = busy_once
    await at_sources.told(board())
    run = await at_sources.works()
    assert run.warnings == []
    assert len(await at_sources.values("board", "hiring.opening")) == 1


@pytest.mark.parametrize("where", ["http://10.0.0.1/", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd"])
async def test_a_board_that_redirects_to_a_private_address_is_refused(at_sources: Desk, where: str) -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": where})

    at_sources.sources.answers |= {BOARD: elsewhere, "/feed.xml": FEED}
    await at_sources.told(board(), feed(at_sources))
    run = await at_sources.works()
    (told,) = await at_sources.found("board")
    assert (told.outcome, told.facts) == (Outcome.FAILED, [])
    assert told.code in ("address_not_allowed", "invalid_address")
    assert [w.code for w in run.warnings] == ["source_failed"]


async def test_a_board_of_more_bytes_than_are_read_has_failed(tmp_path: Path) -> None:
    boards = json.dumps({"ashby": "{url}/ashby"})
    async with desk(
        tmp_path, signals, "signals", "assemble", base="{url}/", job_boards=boards, source_bytes=10_000
    ) as at:
        at.sources.answers |= {
            "/ashby/posting-api/job-board/hollin": answer("ashby", ROWS["ashby"] * 100),
            "/feed.xml": FEED,
        }
        await at.told(board(vendor="ashby"), feed(at))
        await at.works()
        (told,) = await at.found("board")
        assert (told.code, told.facts) == ("too_large", [])


async def test_a_board_that_breaks_off_is_read_as_far_as_it_goes_and_told_to_have_broken_off(at_sources: Desk) -> None:
    body = answer("personio")

    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body) + 1)})
        await response.prepare(request)
        await response.write(body)
        assert request.transport is not None
        request.transport.close()
        return response

    at_sources.sources.answers[f"/personio{ANSWERS['personio'].path}"] = broken
    await at_sources.told(board(vendor="personio"))
    await at_sources.works()
    (told,) = await at_sources.found("board")
    assert (told.outcome, told.truncated, bool(told.facts)) == (Outcome.READ, True, True)


async def test_text_that_is_none_is_kept_as_what_can_be_stored(at_sources: Desk) -> None:
    at_sources.sources.answers[BOARD] = (
        b'{"jobs": [{"title": "Weaver \\ud800 \\u0000", "location": {"name": "\\udfff"}}]}'
    )
    await at_sources.told(board())
    run = await at_sources.works()
    assert run.stages["signals"].state is StageState.DONE
    assert len(await at_sources.values("board", "hiring.opening")) == 1


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
    assert [(w.code, w.url) for w in run.warnings] == [("source_failed", f"{at_sources.sources.url}{BOARD}")]
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
    assert [page.truncated for page in await at_sources.found("feed")] == [True]


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


async def test_what_answers_take_in_memory_does_not_add_up(at_sources: Desk) -> None:
    names = [f"hollin{n}" for n in range(BOARDS_MAX)]
    at_sources.sources.answers |= {f"/lever/v0/postings/{name}": b"[" + b"[]," * 150_000 + b"[]]" for name in names}
    peaks: list[int] = []
    tracemalloc.start()
    for asked in (names[:1], names):
        await at_sources.told(*(board(name, "lever") for name in asked))
        await at_sources.change(lambda run: setattr(run, "stage", "signals"))
        tracemalloc.reset_peak()
        await at_sources.works()
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0], peaks


async def test_told_twice_the_stage_keeps_the_same_pages(at_sources: Desk) -> None:
    at_sources.sources.answers |= {BOARD: JOBS, "/feed.xml": FEED}
    await at_sources.told(board(), feed(at_sources))
    await asyncio.gather(at_sources.works(), at_sources.works())
    await at_sources.change(lambda run: setattr(run, "stage", "signals"))
    await at_sources.works()
    assert len(await at_sources.values("board", "hiring.opening")) == 1
    assert len(await at_sources.values("feed", "news.item")) == 1
