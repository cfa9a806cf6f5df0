"""Home pages that say next to nothing, and what is read behind them."""

from contextlib import AsyncExitStack

import pytest

from functions.discover.doors import doors
from shared.extract.page import ParsedPage
from shared.links import Hosts
from shared.plan import Plan
from shared.web.robots import Robots
from tests.product import Server, World, html, serve

OPEN = Robots("Firmograph", 404)
BASE = "https://ropes.example/"
STORY = "<p>We have made ropes for sailing boats since our grandfather's days, in the same yard by the river.</p>"

DOORWAYS = {
    "frames": ("<frameset><frame src='menu.html'><frame src='text.html'><frame src='foot.html'></frameset>", "menu.html text.html"),
    "one frame": ("<iframe src='/app/start.html'></iframe><iframe src='https://tags.example/ns.html'></iframe>", "app/start.html"),
    "languages": ("<a href='/de/'>Deutsch</a> <a href='/en/'>English</a> <a href='/fr/'>Français</a>", "en/"),
    "languages by hreflang": ("<a href='/a' hreflang=de>A</a> <a href='/b' hreflang=en>B</a>", "b"),
    "languages by name": ("<a href=d.htm>Deutsch</a> <a href=e.htm>English</a> <a href=f.htm>Français</a> <a href=s.htm>Español</a>", "e.htm"),
    "flags": ("<a href=/d><img alt=Deutsch></a> <a href=/e><img alt='In English'></a> <a href=/f><img alt=Français></a> <a href=/i><img alt=Italiano></a>", "e"),
    "countries": ("<a href=/us/en/>United States</a> <a href=/de/de/>Deutschland</a> <a href=/fr/fr/>France</a> <a href=/jp/ja/>日本</a>", "us/en/"),
    "countries in a list": ("<select><option value=/de/>Deutschland</option><option value=/en/>International</option></select>", "en/"),
    "a menu in a frame beside a story": (f"<iframe src=/menu.html></iframe>{STORY * 4}", "menu.html"),
    "an entrance": ("<a href='/start.html'><img src='ship.jpg' alt='Enter'></a> <a href='https://maker.example/'>Made by</a>", "start.html"),
    "a script": ("<script>window.location.href = '/home/start'</script>", "home/start"),
    "another script": ('<script>if (top == self) { location.replace("start.php") }</script>', "start.php"),
    "a script beside a note": ("<p>Redirecting…</p><script>setTimeout(() => location.replace('/start'), 500)</script>", "start"),
    "a script of another kind of string": ("<script>window.location.href = `/start`</script>", "start"),
    "a script that sets a path": ("<script>window.location.pathname = '/start'</script>", "start"),
    "a script of the body": ("<body onload=\"location.href='/start'\">", "start"),
    "a refresh that waits": ("<meta http-equiv=Refresh content='10; url=/start'><p>You will be led on in a moment.</p>", "start"),
    "a script behind comments": ("<script><!-- hidden\nvar a = 'http://a.example/*'; /* now: */ location = '/home' // off\n//--></script>", "home"),
    "a script with a string of comment marks": ("<script>location.href = '/go?to=//start/*'</script>", "go?to=//start/*"),
    "a script behind a comment without a gap": ("<script>a='b'//location='/old'\nif(a)go();else/*location='/old'*/location='/home'</script>", "home"),
}  # fmt: skip
HOMES = {
    "a script in a comment": "<!-- <script>location.href = '/old'</script> -->",
    "comments in a script": """<script>// location.href = '/a'
        <!-- location.href = '/b'
        go(); // location.href = '/c'
        /* once:
        location.href = '/d' */ go(); /* location.href = '/e'</script>""",
    "a page of its own": f"<a href='/de/'>Deutsch</a> <a href='/en/'>English</a>{STORY * 4}",
    "links to pages of a kind": "<a href='/en/'>English</a> <a href='/about'>About us</a>",
    "a script whose address is made up": "<script>location.href = `/${language}/start`</script>",
    "a refresh of itself": "<meta http-equiv=refresh content='300; url=/'><meta http-equiv=refresh content=60>",
    "a refresh beside a story": f"<meta http-equiv=refresh content='60; url=/start'>{STORY * 4}",
    "a script beside words": f"<script>function go() {{ location.href = '/shop' }}</script>{STORY}",
    "a script that only reads again": "<script>location.href = 'https://www.ropes.example/'</script>",
    "links of many kinds": "".join(f"<a href='/{n}'>Rope {n}</a>" for n in range(9)),
    "a frame beside links and a story": f"<iframe src=/map.html></iframe>{STORY * 4}<a href=/rope/7>A rope</a>",
    "a frame of another site": "<iframe src='https://tags.example/ns.html'></iframe>",
    "a login": "<a href='/login'>Log in</a>",
}


def behind(markup: str, rules: Robots = OPEN) -> list[str]:
    page = ParsedPage.parse(markup.encode(), url=BASE, fetched_at="")
    plan = Plan(BASE, 11, Hosts("ropes.example", BASE))
    plan.consider_links(page.links, rules)
    return [url.removeprefix(BASE) for url in doors(page, plan, rules)]


@pytest.mark.parametrize(("markup", "paths"), DOORWAYS.values(), ids=DOORWAYS)
def test_a_doorway_is_followed(markup: str, paths: str) -> None:
    assert behind(markup) == paths.split()


@pytest.mark.parametrize("markup", HOMES.values(), ids=HOMES)
def test_a_home_page_is_no_doorway(markup: str) -> None:
    assert behind(markup) == []


def test_no_door_is_opened_that_robots_txt_shuts() -> None:
    rules = Robots.read("Firmograph", f"{BASE}robots.txt", 200, b"User-agent: *\nDisallow: /de/\nDisallow: /en/")
    assert behind(DOORWAYS["languages"][0], rules) == []


@pytest.mark.asyncio(loop_scope="session")
async def test_what_is_behind_the_doors_is_read(w: World) -> None:
    doorways = [
        b"<title>Ropes</title><frameset><frame src='/menu'><frame src='/text'></frameset>",
        b"<title>Ropes</title><a href='/de/'>Deutsch</a> <a href='/menu' hreflang='en'>English</a>",
        b"<title>Ropes</title><script>location.href = '/menu'</script>",
        b"<title>Ropes</title><script>location.href = '/in'</script>",
        f"<title>Ropes</title>{STORY * 4}<button data-href=/firm>About us</button>".encode(),
    ]
    async with AsyncExitStack() as up:
        jobs = []
        for doorway in doorways:
            menu = html("Menu", f"<h1>Ropes</h1><a href='/firm'>About us</a>{STORY}")
            site = Server(pages={"/": ("text/html", doorway), "/menu": menu, "/text": html("Ropes", STORY)})
            site.pages["/in"] = ("text/html", b"<frameset><frame src='/menu'><frame src='/text'></frameset>")
            site.pages["/firm"] = html("About", f"<h1>About us</h1>{STORY}<p>Write to ropes@hollin-tools.com.")
            await up.enter_async_context(serve(site))
            jobs.append((await w.product.submit(site.url))["scrape_id"])
        ended = [await w.product.ended(job) for job in jobs]
    assert [status["status"] for status in ended] == ["completed"] * len(doorways), ended
    assert [status["profile"]["contact"]["emails"] for status in ended] == [["ropes@hollin-tools.com"]] * len(doorways)


@pytest.mark.asyncio(loop_scope="session")
async def test_what_two_frames_lead_to_is_asked_for_once(w: World) -> None:
    frame = ("text/html", b"<title>Ropes</title><a href='/start'>Enter</a>")
    site = Server(pages={"/a": frame, "/b": frame, "/start": html("Ropes", STORY)})
    site.pages["/"] = ("text/html", b"<title>Ropes</title><frameset><frame src='/a'><frame src='/b'></frameset>")
    async with serve(site):
        await w.product.ended((await w.product.submit(site.url))["scrape_id"])
    assert site.seen["/start"] == 1
