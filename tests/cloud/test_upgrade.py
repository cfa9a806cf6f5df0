"""Releases that follow each other work on the same runs: what one has begun the other ends."""

import asyncio
from collections import Counter
from collections.abc import Iterable

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


async def job_for_each(cloud: Cloud, functions: Iterable[str]) -> dict[str, str]:
    """Jobs by where they are: in a function's hands, or where it can't be held there, waiting for it."""
    services, sites = cloud.services, cloud.internet.sites
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

    ways = {  # the last first, since its job has to pass the others
        "deliver": lambda: held("deliver", HOOK, "/held"),
        "notify": lambda: waits("notify", "notify"),
        "assemble": lambda: waits("assemble", "assemble"),
        "signals": lambda: held("signals", "boards-api.greenhouse.io", BOARD),
        "financial": lambda: held("financial", "data.sec.gov", SUBMISSIONS),
        "crawl": lambda: held("crawl", HELD["crawl"], "/about"),
        "discover": lambda: held("discover", HELD["discover"], "/"),
        "api": lambda: waits("api", "discover"),
    }
    for name, way in ways.items():
        if name in functions:
            await way()
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
    """One half of the functions is deployed after the other, and what both releases are in has to work as well."""
    before, after = (last_release, release) if way == "upgraded" else (release, last_release)
    await cloud.deploy(before)
    for half in ([*last_release.zips][start::2] for start in (1, 0)):
        cloud.forget()
        try:
            jobs = await job_for_each(cloud, half)
            await cloud.deploy(after, *half)
        finally:
            let_go(cloud)
        ended = dict(zip(jobs, await cloud.ended(jobs.values()), strict=True))
        assert Counter(status["status"] for status in ended.values()) == {"completed": len(jobs)}, ended
        for name in {"discover", "crawl", "financial", "signals"} & ended.keys():
            [attempts] = [stage["attempts"] for stage in ended[name]["stages"] if stage["name"] == name]
            assert attempts == 2, "it was broken off, and done again"
        for status in ended.values():
            assert status["profile"]["identity"]["name"] == "Hollin Tools"
            assert status["profile"]["financial"]["revenue"][0]["amount"] == 12_000_000
            assert [opening["title"] for opening in status["profile"]["hiring"]["openings"]] == ["Toolmaker"]
        await cloud.until(jobs.values(), lambda status: status["webhooks"][0]["state"] == "delivered")
        webhooks = {(id_, body["data"]["scrape_id"]) for id_, body in await cloud.webhooks(*jobs.values())}
        assert sorted(job for _, job in webhooks) == sorted(jobs.values()), "each has one id, however often it came"

        name = half[0]
        stored = await cloud.submit(HELD[name])
        assert stored["profile"]["version"] == ended[name]["profile"]["version"]
        anew = await cloud.submit_with_webhook(HELD[name], max_age=0)
        [status] = await cloud.ended([anew["scrape_id"]])
        assert status["profile"]["previous_version"] == stored["profile"]["version"]
        await cloud.until([anew["scrape_id"]], lambda status: status["webhooks"][0]["state"] == "delivered")
        assert len(await cloud.webhooks(anew["scrape_id"])) == 1
        assert len(await cloud.messages(anew["scrape_id"])) == len(STAGES)
