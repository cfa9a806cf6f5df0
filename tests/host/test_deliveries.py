"""What functions get from a running host, and what becomes of what they answer."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from shared.embedded import queue
from shared.embedded.host import Host
from shared.embedded.store import store
from shared.ports import NotFound
from shared.settings import Settings
from shared.wiring import Platform
from tests.host.conftest import Call, Control


def changed(settings: Settings, **values: object) -> Settings:
    return settings.model_copy(update=values)


async def drained(settings: Settings) -> None:
    """Until nothing but the schedules is in the queue."""
    file = store(settings.data)
    seen = file.data_version()
    select = "SELECT count(*) FROM messages WHERE kind != 'schedule'"
    while file.read(lambda connection: connection.execute(select).fetchone()[0]):
        seen = await file.changed(seen)


async def test_a_topic_s_message_is_an_unwrapped_push(settings: Settings, platform: Platform, control: Control) -> None:
    async with Host(settings):
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
    assert store(settings.data).read(lambda connection: queue.next_ready(connection, ["first"])) is None
    await drained(settings)


async def test_a_task_is_a_request_of_cloud_tasks(settings: Settings, platform: Platform, control: Control) -> None:
    async with Host(settings):
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
    async with Host(settings):
        await platform.documents.create("outbox/abc", {"run": "abc"})
        await platform.documents.put("outbox/abc", {"run": "abc", "changed": True})
        [call] = await control.next(1)
        assert call.function == "notify"
        assert call.headers["type"] == "google.cloud.firestore.document.v1.created"
        assert call.headers["document"] == "outbox/abc"
        call.answer()
        await drained(settings)
        assert control.calls.empty()


async def test_sweep_is_called_at_the_start_and_again_and_again(settings: Settings, control: Control) -> None:
    async with Host(changed(settings, sweep_seconds=0.05), workers=2):
        for _ in range(3):
            sweep = await control.sweeps.get()
            assert sweep.headers["x-cloudscheduler"] == "true"


async def test_expired_documents_are_deleted(settings: Settings, platform: Platform, control: Control) -> None:
    await platform.documents.create("jobs/old", {"expires_at": datetime.now(UTC) - timedelta(days=1)})
    await platform.documents.create("jobs/new", {"expires_at": datetime.now(UTC) + timedelta(days=1)})
    watch = platform.documents.watch("jobs/old")
    assert await anext(watch)
    async with Host(settings):
        assert await anext(watch) is None
        assert await platform.documents.get("jobs/new")
    await watch.aclose()


async def test_the_api_answers_and_publishes(settings: Settings, control: Control) -> None:
    async with Host(settings) as host, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(host.url, json={"n": 1})
        assert answer.json() == {"process": host.processes[0], "host": host.url.removeprefix("http://")}
        [call] = await control.next(1)
        assert call.json == {"n": 1}
        call.answer()


async def test_a_message_for_later_comes_later(settings: Settings, platform: Platform, control: Control) -> None:
    async with Host(settings):
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
    async with Host(settings):
        await platform.topics.publish("first", {"n": 1})
        ids = set()
        for wish in ("raise", "raise", ""):
            [call] = await control.next(1)
            ids.add(call.headers["id"])
            call.answer(wish)
        await drained(settings)
        assert len(ids) == 1


async def test_a_message_that_always_fails_becomes_a_dead_letter(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(changed(settings, push_attempts=3)):
        await platform.topics.publish("first", {"n": 1})
        for _ in range(3):
            [call] = await control.next(1)
            call.answer("raise")
        await drained(settings)
        [letter] = store(settings.data).read(queue.dead_letters)
        assert (letter.data, letter.failures) == (b'{"n":1}', 3)
        await store(settings.data).write(lambda connection: queue.replay(connection, [letter.id]))
        [again] = await control.next(1)
        again.answer()
        await drained(settings)


async def test_a_function_that_takes_too_long_is_cut_off_and_called_again(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(settings):
        await platform.topics.publish("brief", {"n": 1})
        [call] = await control.next(1)
        [again] = await control.next(1)
        assert again.headers["id"] == call.headers["id"]
        call.answer()
        again.answer()
        await drained(settings)


async def test_a_function_gets_no_more_at_once_than_its_concurrency(
    settings: Settings, platform: Platform, control: Control
) -> None:
    """What waits for room is not failing: with one attempt allowed each, none becomes a dead letter."""
    async with Host(changed(settings, push_attempts=1)):
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
        for call in held:
            call.answer()
        await drained(settings)
        assert store(settings.data).read(queue.dead_letters) == []


async def test_an_instance_of_concurrency_one_gets_one_at_a_time(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(changed(settings, instance_concurrency=1, duplicate_deliveries=True)):
        await platform.topics.publish("first", {"n": 1})
        await platform.topics.publish("first", {"n": 2})
        seen = []
        for _ in range(4):
            [call] = await control.next(1)
            assert control.calls.empty()
            seen.append(call.json["n"])
            call.answer()
        await drained(settings)
        assert sorted(seen) == [1, 1, 2, 2]


async def test_duplicates_run_side_by_side(settings: Settings, platform: Platform, control: Control) -> None:
    async with Host(changed(settings, duplicate_deliveries=True)):
        await platform.topics.publish("first", {"n": 1})
        one, two = await control.next(2)
        assert one.headers["id"] == two.headers["id"]
        one.answer()
        two.answer()
        await drained(settings)


async def test_only_the_first_publish_of_a_message_is_lost(
    settings: Settings, platform: Platform, control: Control
) -> None:
    lossy = Platform(changed(settings, lose_topics=("first",)))
    async with Host(settings):
        await lossy.topics.publish("first", {"n": 1})
        await lossy.topics.publish("first", {"n": 2})
        await lossy.topics.publish("first", {"n": 1})
        [call] = await control.next(1)
        assert call.json == {"n": 1}
        call.answer()
        await drained(settings)
        assert control.calls.empty()


async def test_two_workers_share_the_messages_and_the_port(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(settings, workers=2) as host:
        for n in range(8):
            await platform.topics.publish("first", {"n": n})
        calls = await control.next(8)  # four at once each
        assert {call.process for call in calls} == set(host.processes)
        assert sorted(call.json["n"] for call in calls) == list(range(8))
        for call in calls:
            call.answer()
        await drained(settings)


async def test_isolated_functions_share_no_module_state(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with Host(settings, isolate=True) as host, httpx.AsyncClient(trust_env=False) as client:
        assert len(set(host.processes)) == 7
        assert (await client.post(host.url, json={})).status_code == 200
        await platform.tasks.create("webhooks", {})
        await platform.documents.create("outbox/abc", {})
        calls = await control.next(3)
        assert {call.function for call in calls} == {"first", "deliver", "notify"}
        assert len({call.process for call in calls}) == 3
        assert [call.calls for call in calls] == [1, 1, 1]
        for call in calls:
            call.answer()
        await drained(settings)
