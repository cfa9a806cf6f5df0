"""What functions get from a running host, and what becomes of what they answer. One host serves these tests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from shared import runs
from shared.embedded import queue
from shared.embedded.host import Host
from shared.embedded.store import store
from shared.ports import NotFound
from shared.settings import Settings
from shared.wiring import Platform
from tests import loopback
from tests.host.conftest import (
    Call,
    Control,
    adapters,
    changed,
    controlled,
    drained,
    fixture_settings,
    new_run,
    the_run,
    until,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Running:
    settings: Settings
    control: Control
    platform: Platform
    host: Host


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    settings = fixture_settings(tmp_path_factory.mktemp("host") / "data")
    settings = changed(settings, sweep_seconds=0.3)
    async with controlled() as control, adapters(settings) as platform:
        for name, days in (("old", -1), ("new", 1)):
            expiry = datetime.now(UTC) + timedelta(days=days)
            await platform.documents.create(f"jobs/{name}", {"expires_at": expiry})
        async with Host(settings) as host:
            yield Running(settings, control, platform, host)


@pytest.fixture
def settings(running: Running) -> Settings:
    return running.settings


@pytest.fixture
def control(running: Running) -> Control:
    return running.control


@pytest.fixture
def platform(running: Running) -> Platform:
    return running.platform


@pytest.fixture
def host(running: Running) -> Host:
    return running.host


async def test_a_topic_s_message_is_an_unwrapped_push(settings: Settings, platform: Platform, control: Control) -> None:
    await platform.topics.publish("first", {"run": "é"})
    [call] = await control.next(1)
    assert call.json == {"run": "é"}
    assert call.headers["type"] == "dev.firmograph.message"
    assert call.headers["source"] == "//firmograph/topics/first"
    assert call.headers["datacontenttype"] == "application/json"
    assert datetime.fromisoformat(call.headers["time"]) <= datetime.now(UTC)
    call.answer()
    await drained(settings)


async def test_a_topic_without_a_subscription_drops_its_messages(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.topics.publish("scrape-progress", {"run": "r"})
    select = "SELECT count(*) FROM messages WHERE kind = 'topic'"
    assert store(settings.data).read(lambda connection: connection.execute(select).fetchone()) == (0,)


async def test_a_task_is_a_request_of_cloud_tasks(settings: Settings, platform: Platform, control: Control) -> None:
    await platform.tasks.create("webhooks", {"delivery": "msg_1", "attempt": 1})
    for retries in ("0", "1"):
        [call] = await control.next(1)
        assert (call.function, call.json) == ("deliver", {"delivery": "msg_1", "attempt": 1})
        assert call.headers["content-type"] == "application/json"
        assert call.headers["x-cloudtasks-queuename"] == "webhooks"
        assert call.headers["x-cloudtasks-taskretrycount"] == retries
        call.answer("raise" if retries == "0" else "")
    await drained(settings)


async def test_a_task_for_an_unknown_queue_is_refused(platform: Platform) -> None:
    with pytest.raises(NotFound):
        await platform.tasks.create("nobody", {})


async def test_creating_an_outbox_document_fires_the_trigger_once(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.documents.create("outbox/abc", {"run": "abc"})
    await platform.documents.put("outbox/abc", {"run": "abc", "changed": True})
    [call] = await control.next(1)
    assert call.function == "notify"
    assert call.headers["type"] == "google.cloud.firestore.document.v1.created"
    assert call.headers["document"] == "outbox/abc"
    call.answer()
    await drained(settings)
    assert control.calls.empty()


async def test_the_api_answers_and_publishes(host: Host, control: Control) -> None:
    async with loopback.client() as client:
        answer = await client.post(host.url, json={"n": 1})
        assert answer.json() == {"process": host.processes[0], "host": host.url.removeprefix("http://")}
        [call] = await control.next(1)
        assert call.json == {"n": 1}
        call.answer()


async def test_a_message_for_later_comes_later(settings: Settings, platform: Platform, control: Control) -> None:
    at = datetime.now(UTC) + timedelta(seconds=0.4)
    await platform.topics.publish("first", {"n": "later"}, at=at)
    await platform.topics.publish("first", {"n": "now"})
    now, later = await control.next(2)
    assert (now.json, later.json) == ({"n": "now"}, {"n": "later"})
    assert datetime.now(UTC) >= at
    now.answer()
    later.answer()


async def test_a_function_that_raises_is_called_again_until_it_does_not(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.topics.publish("first", {"n": 1})
    ids = set()
    for wish in ("raise", "raise", ""):
        [call] = await control.next(1)
        ids.add(call.headers["id"])
        call.answer(wish)
    await drained(settings)
    assert len(ids) == 1


async def test_only_the_first_publish_of_a_message_is_lost(
    settings: Settings, platform: Platform, control: Control
) -> None:
    lossy = Platform(changed(settings, lose_topics=("first",)))
    await lossy.topics.publish("first", {"n": 1})
    await lossy.topics.publish("first", {"n": 2})
    await lossy.topics.publish("first", {"n": 1})
    [call] = await control.next(1)
    assert call.json == {"n": 1}
    call.answer()
    await drained(settings)
    assert control.calls.empty()


async def test_a_message_that_always_fails_becomes_a_dead_letter(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.topics.publish("first", {"n": 1})
    for _ in range(settings.push_attempts):
        [call] = await control.next(1)
        call.answer("raise")
    await drained(settings)
    [letter] = store(settings.data).read(queue.dead_letters)
    assert (letter.data, letter.failures) == (b'{"n":1}', settings.push_attempts)
    await store(settings.data).write(lambda connection: queue.replay(connection, [letter.id]))
    [again] = await control.next(1)
    again.answer()
    await drained(settings)


async def test_a_function_gets_no_more_at_once_than_its_concurrency(
    settings: Settings, platform: Platform, control: Control
) -> None:
    """What waits for room is not failing."""
    for n in range(9):
        await platform.topics.publish("first", {"n": n})
    held: list[Call] = await control.next(4)
    for _ in range(5):
        await platform.tasks.create("webhooks", {})  # another function has room of its own
        [task] = await control.next(1)
        assert task.function == "deliver"
        task.answer()
        held.pop(0).answer()
        held += await control.next(1)
    assert control.calls.empty()
    failures = "SELECT max(failures) FROM messages WHERE target = 'first'"
    assert store(settings.data).read(lambda connection: connection.execute(failures).fetchone()) == (0,)
    for call in held:
        call.answer()
    await drained(settings)


async def test_sweep_is_called_again_and_again(control: Control) -> None:
    for _ in range(3):
        sweep = await control.sweeps.get()
        assert sweep.headers["x-cloudscheduler"] == "true"


async def test_what_had_expired_when_the_host_started_is_deleted(platform: Platform) -> None:
    watch = platform.documents.watch("jobs/old")
    async for document in watch:
        if document is None:
            break
    await watch.aclose()
    assert await platform.documents.get("jobs/new")


async def test_a_function_that_takes_too_long_is_cut_off_and_called_again(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.topics.publish("brief", {"n": 1})
    [call] = await control.next(1)
    [again] = await control.next(1)  # though the first was not answered
    assert again.headers["id"] == call.headers["id"]

    async def answer() -> None:
        while True:
            [late] = await control.next(1)
            late.answer()

    again.answer()
    answering = asyncio.create_task(answer())
    await drained(settings)
    answering.cancel()


async def test_a_killed_worker_s_lease_is_voided_and_is_no_failure(
    settings: Settings, platform: Platform, control: Control
) -> None:
    run_id = await new_run(platform)
    [call] = await control.next(1)
    run = await the_run(platform, run_id)
    lease = run.stages["discover"].lease
    assert lease is not None
    call.answer("die")
    [again] = await control.next(1)
    stage = (await the_run(platform, run_id)).stages["discover"]
    assert stage.lease is not None
    assert (stage.lease.owner != lease.owner, stage.attempt, stage.failures) == (True, 2, 0)
    again.answer()
    await until(platform, runs.path(run_id), lambda run: run["stage"] == "crawl")
    await drained(settings)


async def test_a_message_that_kills_its_worker_again_and_again_does_not_end_the_host(
    settings: Settings, platform: Platform, control: Control
) -> None:
    await platform.topics.publish("first", {"n": 1})
    processes = set()
    for wish in ("die", "die", "die", ""):
        [call] = await control.next(1)
        processes.add(call.process)
        call.answer(wish)
    assert len(processes) == 4
    await drained(settings)
