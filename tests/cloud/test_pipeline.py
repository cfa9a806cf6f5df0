"""From HTTP to a verified webhook by all that runs in the cloud, between Google's emulators: every function is a
process of its own from its own zip, reached as the platform reaches it, under the rules for addresses of the cloud."""

import asyncio
import base64
import json
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.ports import cloud_event
from tests import loopback, patience
from tests.cloud.deployment import ATTEMPTS, STAGES, Cloud
from tests.cloud.internet import COMPANY, FIRMS, INSIDE
from tests.command.conftest import PROJECT, stand_ins
from tests.command.test_cloud import outputs
from tests.pipeline.test_whole_way import essence

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="package")]

TICKERS = "/files/company_tickers.json"
EVENT = {"ce-id": "1", "ce-type": "t", "ce-source": "s", "ce-specversion": "1.0", "content-type": "application/json"}


async def delivered(cloud: Cloud, job: dict[str, Any]) -> list[dict[str, Any]]:
    """What the job's status says of its webhooks, once the first has been delivered."""
    [status] = await cloud.until([job["scrape_id"]], lambda s: s["webhooks"][0]["state"] == "delivered")
    return list(status["webhooks"])


async def test_each_zip_alone_starts_and_answers(cloud: Cloud) -> None:
    asked = {
        "api": httpx.Request("GET", "http://x/healthz"),
        "notify": httpx.Request("POST", "http://x/", headers={**EVENT, "ce-document": "outbox/none"}, content=b""),
        "deliver": httpx.Request("POST", "http://x/", json={"delivery": "none"}),
        "sweep": httpx.Request("POST", "http://x/"),
    }
    asked |= {name: httpx.Request("POST", "http://x/", headers=EVENT, content=b"[]") for name in STAGES.values()}
    async with loopback.client() as client:
        for name, service in cloud.services.items():
            assert service.process is not None
            assert {path.name for path in service.folder.iterdir()} >= {"main.py", "functions", "shared"}
            request = asked[name]
            request.url = httpx.URL(service.url).copy_with(path=request.url.path)
            status = (await client.send(request)).status_code
            assert status == (500 if name in STAGES.values() else 200), (name, cloud.log[-3000:])


async def test_a_job_goes_from_http_to_a_verified_webhook(cloud: Cloud) -> None:
    sources = cloud.internet.sources
    cloud.forget()
    sources.statuses[TICKERS] = [503]
    job = await cloud.submit_with_webhook(COMPANY, metadata={"deal": 7})
    assert job["status"] == "queued"
    [status] = await cloud.ended([job["scrape_id"]])
    assert status["status"] == "completed", status
    assert status["profile"]["identity"]["name"] == "Hollin Tools"
    assert status["profile"]["financial"]["revenue"][0]["amount"] == 12_000_000
    assert [opening["title"] for opening in status["profile"]["hiring"]["openings"]] == ["Toolmaker"]
    await delivered(cloud, job)
    [(_, body)] = await cloud.webhooks(job["scrape_id"])
    assert body["type"] == "scrape.completed"
    assert (body["data"]["scrape_id"], body["data"]["metadata"]) == (job["scrape_id"], {"deal": 7})
    run = await cloud.run_of(job["scrape_id"])
    once = dict.fromkeys(((run, stage) for stage in STAGES.values()), 1)
    assert await cloud.messages(job["scrape_id"]) == {**once, (run, "financial"): 2}
    [(_, delayed)] = [(queue, task) for queue, task in cloud.tasks.tasks if queue == "delayed"]
    assert delayed.http_request.url.endswith("/topics/scrape-financial:publish")
    assert delayed.http_request.oauth_token.service_account_email


async def test_a_deployment_is_tested_by_a_scrape_through_all_of_it(cloud: Cloud, tmp_path: Path) -> None:
    async with stand_ins(tmp_path) as google:
        google.environment = cloud.environment
        google.says("terraform", "output", outputs(cloud.services["api"].url))
        run = await google("cloud", PROJECT, "--yes", "--smoke", f"https://{FIRMS[0]}")
    assert run.status == 0, run.err
    assert "completed: Hollin Tools" in run.err


async def test_a_name_that_leads_inside_is_not_read_and_an_inside_webhook_not_accepted(cloud: Cloud) -> None:
    async with cloud.client() as client:
        for url, webhook in [(cloud.services["sweep"].url, None), (f"https://{COMPANY}", "https://127.0.0.1/hook")]:
            body = {"url": url, "webhook_url": webhook} if webhook else {"url": url}
            refused = await client.post("/api/v1/scrape/company", json=body)
            assert refused.status_code in (400, 422), refused.text
    [status] = await cloud.ended([(await cloud.submit(INSIDE))["scrape_id"]])
    assert (status["status"], status["error"]["code"]) == ("failed", "address_not_allowed")


async def test_everything_told_twice_gives_the_same_profile_and_one_webhook(cloud: Cloud) -> None:
    profiles = []
    for twice in (False, True):
        cloud.forget()
        for service in cloud.services.values():
            service.twice = twice and service.name != "api"
        job = await cloud.submit_with_webhook(COMPANY, max_age=0)
        [status] = await cloud.ended([job["scrape_id"]])
        assert status["status"] == "completed", status
        profiles.append(essence(status["profile"]))
        assert len(await delivered(cloud, job)) == 1
        assert len(await cloud.webhooks(job["scrape_id"])) == 1
    assert profiles[0] == profiles[1]


async def test_a_process_killed_in_mid_stage_costs_a_restart_and_no_job(cloud: Cloud) -> None:
    site, crawl = cloud.internet.site, cloud.services["crawl"]
    held, starts = site.hold("/about"), crawl.starts
    job = await cloud.submit_with_webhook(COMPANY, max_age=0)
    await asyncio.wait_for(held.arrived.wait(), patience.SECONDS)
    await crawl.kill()
    del site.holds["/about"]
    held.let_go.set()
    [status] = await cloud.ended([job["scrape_id"]])
    assert status["status"] == "completed", status
    assert crawl.starts == starts + 1
    [attempts] = [stage["attempts"] for stage in status["stages"] if stage["name"] == "crawl"]
    assert attempts == 2


async def test_what_no_stage_understands_ends_with_the_dead_letters_and_harms_nobody(cloud: Cloud) -> None:
    discover = cloud.services["discover"]
    ours, process = cloud_event("scrape-discover", {}), discover.process
    unknown = {"run": secrets.token_hex(16), "stage": "discover"}
    poison = [
        (json.dumps(unknown).encode(), {}),
        (json.dumps(unknown).encode(), ours),
        (json.dumps({**unknown, "stage": "crawl"}).encode(), ours),
        (b"\xff{run", ours),
        (b'{"run": ' + b"9" * 5000 + b', "stage": "discover"}', ours),
        (b'{"run": 1e999, "stage": "discover"}', ours),
        (b"", ours),
    ]
    await cloud.give_up_after(5)
    for data, attributes in poison:
        await cloud.publish("scrape-discover", data, attributes)
    [status] = await cloud.ended([(await cloud.submit(COMPANY, max_age=0))["scrape_id"]])
    assert status["status"] == "completed", status
    buried = []
    async with asyncio.timeout(patience.SECONDS):
        while len(buried) < len(poison):
            buried += await cloud.dead_letters()
            await asyncio.sleep(0.3)
    assert Counter(base64.b64decode(letter.get("data", "")) for letter in buried) == Counter(data for data, _ in poison)
    for letter in buried:
        assert letter["attributes"]["CloudPubSubDeadLetterSourceDeliveryCount"] == "5"
        assert letter["attributes"]["CloudPubSubDeadLetterSourceSubscription"] == "scrape-discover"
    assert discover.process is process
    await cloud.give_up_after(ATTEMPTS)


async def test_a_dozen_jobs_against_instances_that_take_one_request_at_a_time(cloud: Cloud) -> None:
    for firm in FIRMS:
        for path in ("/investors", "/careers", "/team", "/news", "/imprint"):
            del cloud.internet.sites[firm].pages[path]
    cloud.forget()
    for service in cloud.services.values():
        service.concurrency = None if service.name == "api" else 1
    jobs = await asyncio.gather(*(cloud.submit_with_webhook(firm, max_age=0) for firm in FIRMS))
    ids = [job["scrape_id"] for job in jobs]
    ended = await cloud.ended(ids)
    assert Counter(status["status"] for status in ended) == {"completed": len(FIRMS)}
    assert 429 in cloud.services["discover"].answers
    messages = await cloud.messages(*ids)
    assert len(messages) == len(FIRMS) * len(STAGES)
    assert max(messages.values()) <= 2
    await cloud.until(ids, lambda status: status["webhooks"][0]["state"] == "delivered")
    assert sorted(body["data"]["scrape_id"] for _, body in await cloud.webhooks(*ids)) == sorted(ids)
