"""Releases that follow each other work on the same runs: what one has begun the other ends."""

import asyncio
from collections import Counter

import pytest

from tests import patience
from tests.cloud.deployment import STAGES, Cloud, Release
from tests.cloud.internet import HELD, HOOK
from tests.cloud.services import Service

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="package")]

SUBMISSIONS, BOARD = "/submissions/CIK0000987654.json", "/v1/boards/hollintools/jobs"


async def refusal(service: Service) -> None:
    """Something has come to the service, which takes nothing, and will come again."""
    async with asyncio.timeout(patience.SECONDS):
        while 429 not in service.answers:
            await asyncio.sleep(0.05)


async def job_for_each_function(cloud: Cloud) -> dict[str, str]:
    """Jobs by where they are: in a function's hands, or where it can't be held there, waiting for it."""
    services, sites, sources, hook = cloud.services, cloud.internet.sites, cloud.internet.sources, cloud.internet.hook
    jobs: dict[str, str] = {}

    async def submit(name: str, path: str = "/hook") -> None:
        job = await cloud.submit(HELD[name], max_age=0, webhook_url=f"https://{HOOK}{path}")
        jobs[name] = job["scrape_id"]

    async def waits(name: str, for_: str) -> None:
        services[for_].concurrency = 0
        await submit(name)
        await refusal(services[for_])

    async def held(name: str, where: str, path: str) -> None:
        arrived = sites[where].hold(path).arrived
        await submit(name, path if where == HOOK else "/hook")
        await asyncio.wait_for(arrived.wait(), patience.SECONDS)

    await held("deliver", HOOK, "/held")
    await waits("notify", "notify")
    await waits("assemble", "assemble")
    await held("signals", "boards-api.greenhouse.io", BOARD)
    await held("financial", "data.sec.gov", SUBMISSIONS)
    await held("crawl", HELD["crawl"], "/about")
    await held("discover", HELD["discover"], "/")
    await waits("api", "discover")
    assert (hook.holds.keys(), sources.holds.keys()) == ({"/held"}, {BOARD, SUBMISSIONS})
    return jobs


def let_go(cloud: Cloud) -> None:
    for service in cloud.services.values():
        service.concurrency = None
    for site in cloud.internet.sites.values():
        site.let_go()


@pytest.mark.parametrize("way", ["rolled back", "upgraded"])
async def test_runs_that_one_release_has_begun_are_ended_by_the_other(
    cloud: Cloud, release: Release, last_release: Release, way: str
) -> None:
    before, after = (last_release, release) if way == "upgraded" else (release, last_release)
    cloud.forget()
    try:
        await cloud.deploy(before)
        jobs = await job_for_each_function(cloud)
        await cloud.deploy(after)
        let_go(cloud)
        ended = dict(zip(jobs, await cloud.ended(jobs.values()), strict=True))
        assert Counter(status["status"] for status in ended.values()) == {"completed": len(jobs)}, ended
        for name in ("discover", "crawl", "financial", "signals"):
            [attempts] = [stage["attempts"] for stage in ended[name]["stages"] if stage["name"] == name]
            assert attempts == 2, "it was broken off, and done again"
        for status in ended.values():
            assert status["profile"]["identity"]["name"] == "Hollin Tools"
            assert status["profile"]["financial"]["revenue"][0]["amount"] == 12_000_000
            assert [opening["title"] for opening in status["profile"]["hiring"]["openings"]] == ["Toolmaker"]
        await cloud.until(jobs.values(), lambda status: status["webhooks"][0]["state"] == "delivered")
        webhooks = {(id_, body["data"]["scrape_id"]) for id_, body in await cloud.webhooks(*jobs.values())}
        assert sorted(job for _, job in webhooks) == sorted(jobs.values()), "each has one id, however often it came"

        stored = await cloud.submit(HELD["notify"])
        assert stored["profile"]["version"] == ended["notify"]["profile"]["version"]
        [anew] = await cloud.ended([(await cloud.submit(HELD["notify"], max_age=0))["scrape_id"]])
        assert anew["profile"]["previous_version"] == stored["profile"]["version"]
    finally:
        let_go(cloud)


async def test_functions_of_both_releases_work_on_one_run(
    cloud: Cloud, release: Release, last_release: Release
) -> None:
    halves = [[*last_release.zips][start::2] for start in (0, 1)]
    for half, other in (halves, halves[::-1]):
        await asyncio.gather(cloud.deploy(last_release, *half), cloud.deploy(release, *other))
        cloud.forget()
        job = await cloud.submit_with_webhook(HELD["crawl"], max_age=0)
        [status] = await cloud.ended([job["scrape_id"]])
        assert status["status"] == "completed", status
        await cloud.until([job["scrape_id"]], lambda status: status["webhooks"][0]["state"] == "delivered")
        assert len(await cloud.webhooks(job["scrape_id"])) == 1
        assert len(await cloud.messages(job["scrape_id"])) == len(STAGES)
