"""What settings make of a host: limits, faults, workers, isolation."""

from datetime import UTC, datetime, timedelta

import httpx

from shared.embedded import queue
from shared.embedded.host import Host
from shared.embedded.store import store
from shared.settings import Settings
from shared.wiring import Platform
from tests.host.conftest import Call, Control, changed, drained


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
