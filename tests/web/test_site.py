"""A site as a run reads it: each hop permitted, as far apart as the crawl delay asks, redirects of pages included."""

import asyncio
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from aiohttp import web

from shared.web.address import FetchError
from shared.web.client import Client
from shared.web.site import Site
from tests.web.conftest import settings

DELAY = 0.06


def refresh(content: str, where: str = "{}") -> str:
    meta = f'<meta http-equiv="Refresh" content="{content}">'
    return f"<html><head>{where.format(meta)}</head><body>Moving</body></html>"


PAGES = {
    "/": "302 /home",
    "/away": "302 http://127.0.0.3:{port}/home",
    "/hidden": "302 /private/x",
    "/meta": refresh("0;url=/home"),
    "/meta-hidden": refresh("0; url=/private/x"),
    "/meta-away": refresh("1; URL=http://127.0.0.3:{port}/home"),
    "/meta-inside": refresh("0;url=http://10.0.0.1/"),
    "/meta-one": refresh("0;url=/meta-other"),
    "/meta-other": refresh("0;url=/meta-one"),
    "/mixed": refresh("0;url=/mixed-back"),
    "/mixed-back": "302 /mixed",
}


class Recorder:
    """A server that notes the start of each request, with a robots.txt of the test's own."""

    def __init__(self) -> None:
        self.robots, self.robots_status, self.starts = "", 200, list[tuple[str, float]]()
        self.pages, self.port = dict(PAGES), 0
        self.all = list[float]()  # robots.txt as well

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.starts]

    @property
    def url(self) -> str:
        return f"http://127.0.0.2:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        self.all.append(asyncio.get_running_loop().time())
        if request.path == "/robots.txt":
            return web.Response(text=self.robots, status=self.robots_status)
        self.starts.append((request.path, asyncio.get_running_loop().time()))
        said = self.pages.get(request.path, "<html></html>").replace("{port}", str(self.port))
        if request.path.startswith("/endless"):
            said = refresh(f"0; url={request.path}x")
        if said.startswith("302 "):
            raise web.HTTPFound(said[4:])
        headers = {"Refresh": said[8:]} if said.startswith("Refresh ") else {}
        return web.Response(text=said, content_type="text/html", headers=headers)


@pytest.fixture
async def recorder() -> AsyncIterator[Recorder]:
    made = Recorder()
    app = web.Application()
    app.router.add_get("/{path:.*}", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    for host in ("127.0.0.2", "127.0.0.3"):
        site = web.TCPSite(runner, host, made.port)
        await site.start()
        made.port = runner.addresses[0][1]
    yield made
    await runner.cleanup()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Client(settings()) as client:
        yield Site(client, client.settings)


async def test_redirects_and_robots_txt_count_for_the_crawl_delay_too(recorder: Recorder, site: Site) -> None:
    recorder.robots = f"User-agent: *\nCrawl-delay: {DELAY}"
    await site.get(f"{recorder.url}/")
    await site.get(f"{recorder.url}/away")
    assert recorder.paths == ["/", "/home", "/away", "/home"]
    assert len(recorder.all) == 6
    apart = [later - earlier for earlier, later in pairwise(recorder.all)]
    assert min(apart) >= DELAY * 0.9  # the server's clock sees arrivals, not starts


@pytest.mark.parametrize("path", ["/hidden", "/meta-hidden"])
async def test_a_redirect_into_what_robots_txt_forbids_is_not_followed(
    path: str, recorder: Recorder, site: Site
) -> None:
    recorder.robots = "User-agent: *\nDisallow: /private"
    with pytest.raises(FetchError) as refused:
        await site.get(recorder.url + path)
    assert refused.value.code == "robots_disallowed"
    assert recorder.paths == [path]


@pytest.mark.parametrize("path", ["/away", "/meta-away"])
async def test_no_redirect_leaves_the_site_once_its_home_is_known(path: str, recorder: Recorder, site: Site) -> None:
    assert (await site.get(recorder.url + path)).url == f"http://127.0.0.3:{recorder.port}/home"
    recorder.starts.clear()
    site.home = f"{recorder.url}/"
    with pytest.raises(FetchError) as refused:
        await site.get(recorder.url + path)
    assert refused.value.code == "off_site"
    assert recorder.paths == [path]


async def test_a_failing_robots_txt_forbids_all_until_it_answers(recorder: Recorder, site: Site) -> None:
    recorder.robots_status = 503
    with pytest.raises(FetchError) as refused:
        await site.get(f"{recorder.url}/about")
    assert refused.value.code == "robots_disallowed"
    recorder.robots_status = 404
    assert (await site.get(f"{recorder.url}/about")).status == 200


@pytest.mark.parametrize("opted_out", ["127.0.0.3:{port}", "0.0.3:{port}"])
async def test_a_redirect_to_a_site_that_asked_not_to_be_read_is_not_followed(
    opted_out: str, recorder: Recorder
) -> None:
    async with Client(settings(opt_out=(opted_out.format(port=recorder.port),))) as client:
        with pytest.raises(FetchError) as refused:
            await Site(client, client.settings).get(f"{recorder.url}/away")
    assert refused.value.code == "opted_out"
    assert recorder.paths == ["/away"]


@pytest.mark.parametrize(
    ("path", "code", "asked"),
    [
        ("/meta-one", "too_many_redirects", ["/meta-one", "/meta-other"]),
        ("/mixed", "too_many_redirects", ["/mixed", "/mixed-back"]),
        ("/endless", "too_many_redirects", ["/endless" + "x" * n for n in range(9)]),
        ("/meta-inside", "address_not_allowed", ["/meta-inside"]),
    ],
)
async def test_meta_refreshes_are_redirects_by_the_same_rules(
    path: str, code: str, asked: list[str], recorder: Recorder, site: Site
) -> None:
    with pytest.raises(FetchError) as refused:
        await site.get(recorder.url + path)
    assert refused.value.code == code
    assert recorder.paths == asked


@pytest.mark.parametrize(
    ("page", "followed"),
    [
        (refresh("0;url=/home"), True),
        (refresh("0; URL='/home'"), True),
        (refresh("&#9;3.7 , url = &quot;/home&quot; trailing"), True),
        (refresh("0 /home"), True),
        (refresh("0;/home"), True),
        (refresh("5;url=home"), True),
        ("<META CONTENT='0;URL=/home' HTTP-EQUIV=refresh>", True),
        (refresh("0;url=home", '<base href="/a/">{}').replace("url=home", "url=../home"), True),
        ("Refresh 0; url=/home", True),
        (refresh("6;url=/home"), False),
        (refresh("0"), False),
        (refresh("0;url="), False),
        (refresh("url=/home"), False),
        (refresh("-1;url=/home"), False),
        (refresh("0;url=#top"), False),
        (refresh("0;url=/start"), False),
        (refresh("0;url=javascript:alert(1)"), False),
        (refresh("0;url=http://["), False),
        (refresh("0;url=/home?bm-verify=AAQ"), False),
        (refresh("0;url=/home", "<noscript>{}</noscript>"), False),
        (refresh("0;url=/home", "<template>{}</template>"), False),
        (refresh("0;url=/home", "<!-- {} -->"), False),
        (refresh("0;url=/home", "<script>'{}'</script>"), False),
        (f"{'<!-- -->' * 10_000}{refresh('0;url=/home')}", False),
        ("Refresh 30; url=/home", False),
    ],
)
async def test_a_page_that_sends_its_reader_on_at_once_is_a_redirect(
    page: str, followed: bool, recorder: Recorder, site: Site
) -> None:
    recorder.pages["/start"] = page
    answer = await site.get(f"{recorder.url}/start")
    assert answer.url.endswith("/home") is followed
    assert answer.redirects == ([f"{recorder.url}/start"] if followed else [])
