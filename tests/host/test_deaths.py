"""Whatever dies or is stopped: no message is lost, no lease outlives its owner, none of it counts as a failure."""

import asyncio
import os
import signal
import socket
import sys
from datetime import UTC, datetime, timedelta

from shared import outbox, runs
from shared.embedded import queue
from shared.embedded.host import Host
from shared.embedded.store import store
from shared.models import Delivery, Lease, fields
from shared.settings import Settings
from shared.wiring import Platform
from tests.host.conftest import Control, alive, changed, drained, host_process, new_run, the_run, until


async def test_a_killed_worker_s_messages_come_again_at_once_and_uncounted(
    settings: Settings, platform: Platform, control: Control
) -> None:
    """With a wait of an hour before a failed message comes again, and one attempt allowed."""
    async with Host(changed(settings, push_backoff_seconds=(3600, 3600), push_attempts=1)) as host:
        for n in range(3):
            await platform.topics.publish("first", {"n": n})
        held = await control.next(3)
        held[0].answer("block")  # a worker that blocks its loop can be killed, too
        os.kill(held[0].process, signal.SIGKILL)
        again = await control.next(3)
        assert {call.headers["id"] for call in again} == {call.headers["id"] for call in held}
        assert [call.process for call in again] == host.processes * 3
        assert host.processes != [held[0].process]
        for call in again:
            call.answer()
        await drained(settings)
        assert store(settings.data).read(queue.dead_letters) == []


async def test_a_delivery_s_lease_is_voided_with_its_task(
    settings: Settings, platform: Platform, control: Control
) -> None:
    now = datetime.now(UTC)
    delivery = Delivery(
        id="msg_0123456789abcdef",
        account="a",
        job="j",
        endpoint="https://example.com/",
        event="scrape.completed",
        body="{}",
        lease=Lease(owner="dead", token="t", until=now + timedelta(hours=1)),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    await platform.documents.create(outbox.path(delivery.id), fields(delivery))
    await platform.tasks.create("webhooks", {"delivery": delivery.id, "attempt": 1})
    file = store(settings.data)
    await file.write(lambda connection: queue.claim(connection, "dead", {"deliver": 1}, settings))
    async with Host(settings):
        [call] = await control.next(1)
        assert call.headers["x-cloudtasks-taskretrycount"] == "0"
        document = await platform.documents.get(outbox.path(delivery.id))
        assert document is not None
        assert outbox.of(document).lease is None
        assert outbox.of(document).due is not None
        call.answer()
        await drained(settings)


async def test_somebody_else_s_message_or_lease_keeps_nothing_from_being_given_back(
    settings: Settings, platform: Platform, control: Control
) -> None:
    """Messages that are no JSON, name no document, or name one that is no run or another owner's."""
    run_id = await new_run(platform)
    run = await the_run(platform, run_id)
    runs.take(run, "discover", "somebody", platform.settings, platform.settings.now())
    await platform.documents.put(runs.path(run_id), fields(run))
    await platform.documents.create("runs/broken", {"not": "a run"})
    for message in ({"run": "gone"}, {"run": "broken"}, {"run": "a/b"}, {"run": 3}, {"delivery": "../x"}, {}):
        await platform.topics.publish("first", message)
    file = store(settings.data)
    await file.write(lambda connection: queue.enqueue(connection, "topic", "first", b"\xff{", {}, None))
    room = {"first": 100, "discover": 100}
    assert len(await file.write(lambda connection: queue.claim(connection, "dead", room, settings))) == 8
    async with Host(settings):
        assert file.read(lambda connection: queue.held(connection, "dead")) == []
        lease = (await the_run(platform, run_id)).stages["discover"].lease
        assert lease is not None
        assert lease.owner == "somebody"


async def test_a_killed_host_leaves_nothing_running_and_the_next_one_goes_on(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with host_process(settings, "--workers", "2") as first:
        run_id = await new_run(platform)
        [call] = await control.next(1)
        await platform.topics.publish("first", {"n": 1})
        [blocked] = await control.next(1)
        blocked.answer("block")
        await first.kill()
    async with host_process(settings) as second:  # which waits for the first one's workers to be gone
        assert not any(map(alive, first.workers))
        calls = await control.next(2)
        assert {call.function for call in calls} == {"discover", "first"}
        assert {call.process for call in calls} == set(second.workers)
        stage = (await the_run(platform, run_id)).stages["discover"]
        assert (stage.attempt, stage.failures) == (2, 0)
        for call in calls:
            call.answer()
        await until(platform, runs.path(run_id), lambda run: run["stage"] == "crawl")


async def test_an_orderly_stop_waits_for_the_work_in_hand(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with host_process(changed(settings, stop_seconds=60)) as host:
        run_id = await new_run(platform)
        [call] = await control.next(1)
        host.process.send_signal(signal.SIGINT)
        call.answer()
        assert await host.process.wait() == 0
        assert not any(map(alive, host.workers))
    assert (await the_run(platform, run_id)).stage == "crawl"


async def test_an_orderly_stop_gives_back_what_does_not_end_in_time(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with host_process(changed(settings, stop_seconds=0.1)) as host:
        run_id = await new_run(platform)
        await platform.topics.publish("first", {"n": 1})
        await control.next(2)
        host.process.terminate()
        assert await host.process.wait() == 0
        assert not any(map(alive, host.workers))
    stage = (await the_run(platform, run_id)).stages["discover"]
    assert (stage.lease, stage.failures) == (None, 0)
    file = store(settings.data)
    assert file.read(queue.owners) == []
    claimed = await file.write(
        lambda connection: queue.claim(connection, "next", {"first": 1, "discover": 1}, settings)
    )
    assert [message.failures for message in claimed] == [0, 0]


async def test_a_worker_that_does_not_stop_is_killed_and_its_messages_given_back(
    settings: Settings, platform: Platform, control: Control
) -> None:
    async with host_process(changed(settings, stop_seconds=0.01)) as host:
        await platform.topics.publish("first", {"n": 1})
        [call] = await control.next(1)
        call.answer("block")
        host.process.terminate()
        assert await host.process.wait() == 0
        assert not any(map(alive, host.workers))
    assert store(settings.data).read(queue.owners) == []


WORKER = """
import socket, sys
from shared.embedded.worker import end_with_host
lifeline = socket.socket(fileno=int(sys.argv[1]))
lifeline.send(b"1")
print("sent", flush=True)
end_with_host(lifeline)
"""


async def test_a_worker_ends_though_its_host_died_without_reading_that_it_is_ready() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WORKER, str(theirs.fileno())),
            pass_fds=[theirs.fileno()],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    assert worker.stdout
    assert await worker.stdout.readline() == b"sent\n"
    ours.close()
    _, errors = await worker.communicate()
    assert (worker.returncode, errors) == (1, b"")
