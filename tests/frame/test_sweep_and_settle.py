"""Sweep, settling, joining and cancelling, at the moments at which they could lose something."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from functions.sweep.due import sweep_all
from shared import jobs, outbox, runs, stage
from shared.errors import GiveUp
from shared.models import DeliveryState, Job, Run, Status
from shared.ports import Topics, Transaction
from shared.work import Work
from tests import patience
from tests.frame.conftest import Bench

LONG_AGO = timedelta(hours=1)


async def end(bench: Bench, run: Run, status: Status = Status.COMPLETED) -> Run:
    async def once(tx: Transaction) -> Run:
        current = await runs.read(tx, run.id)
        await runs.end(tx, current, status, bench.platform.settings, bench.platform.settings.now())
        return current

    return await bench.platform.documents.transaction(once)


async def make_due(bench: Bench, run: Run) -> None:
    def due(r: Run) -> None:
        assert r.due is not None
        r.due = f"{r.due[:2]}2000-01-01T00:00:00.000000Z"

    await bench.change(run, due)


async def test_an_unclaimed_stage_is_published_again_after_growing_waits(bench: Bench) -> None:
    run = await bench.run_of(await bench.order())
    waits = []
    for _ in range(5):
        await make_due(bench, run)
        await sweep_all(bench.platform)
        run = await bench.run_of(await bench.order())  # the same run: the order joins it
        waits.append(round((runs_due(run) - run.published_at.timestamp()) / 60))
    assert waits == [2, 4, 8, 8, 8]
    assert len(bench.queued("discover")) == 6


def runs_due(run: Run) -> float:
    from datetime import datetime

    assert run.due is not None
    return datetime.fromisoformat(run.due[2:]).timestamp()


async def test_two_sweeps_at_once_publish_once(bench: Bench) -> None:
    run = await bench.run_of(await bench.order())
    await make_due(bench, run)
    await asyncio.gather(*(sweep_all(bench.platform) for _ in range(4)))
    assert len(bench.queued("discover")) == 2


async def test_a_live_lease_is_only_looked_at_later(bench: Bench) -> None:
    run = await bench.at("crawl", await bench.order())
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "crawl"), "lease", bench.lease("alive", 30)))
    await make_due(bench, run)
    await sweep_all(bench.platform)
    assert bench.queued("crawl") == []


async def test_an_overdue_run_whose_assemble_crashes_too_fails_a_minute_later(bench: Bench) -> None:
    job = await bench.order(webhook_url="https://hook.example/x")
    run = await bench.at("crawl", job)
    late = bench.platform.settings.now() - timedelta(seconds=1)

    def overdue(r: Run) -> None:
        runs.stage_of(r, "crawl").lease, r.deadline = bench.lease("alive", 300), late

    await bench.change(run, overdue)
    await make_due(bench, run)
    await sweep_all(bench.platform)
    moved = await runs.get(bench.platform, run.id)
    assert moved is not None
    assert (moved.stage, moved.overdue, runs.stage_of(moved, "crawl").lease) == ("assemble", True, None)
    assert bench.queued("assemble") == [{"run": run.id, "stage": "assemble"}]
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "assemble"), "lease", bench.lease("dead", 300)))
    await bench.change(run, lambda r: setattr(r, "deadline", late))
    await make_due(bench, run)
    await sweep_all(bench.platform)
    await make_due(bench, run)
    await sweep_all(bench.platform)
    ended = await bench.again(job)
    assert ended.error is not None
    assert (ended.status, ended.error.code) == (Status.FAILED, "deadline_exceeded")
    assert len(bench.queued("deliver")) == 1


async def test_waiting_in_the_queue_fails_only_after_a_day(bench: Bench) -> None:
    job = await bench.order()
    run = await bench.run_of(job)
    await bench.change(run, lambda r: setattr(r, "deadline", bench.platform.settings.now() - timedelta(seconds=1)))
    await make_due(bench, run)
    await sweep_all(bench.platform)
    ended = await jobs.get(bench.platform, job.account, job.id)
    assert ended.error is not None
    assert (ended.status, ended.error.code) == (Status.FAILED, "queue_timeout")


async def test_one_broken_document_does_not_keep_the_others_from_moving(bench: Bench) -> None:
    first, second = (
        await bench.run_of(await bench.order("a.example")),
        await bench.run_of(await bench.order("b.example")),
    )
    await make_due(bench, first)
    await make_due(bench, second)
    document = await bench.platform.documents.get(runs.path(first.id))
    assert document is not None
    await bench.platform.documents.put(runs.path(first.id), {**document.fields, "stage": "nonsense"})
    swept = await sweep_all(bench.platform)
    assert (swept["errors"], len([m for m in bench.queued("discover") if m["run"] == second.id])) == (1, 2)


async def test_a_settling_broken_off_at_any_commit_is_finished_by_the_next(bench: Bench) -> None:
    three = [await bench.order(webhook_url=f"https://hook.example/{n}") for n in range(3)]
    run = await end(bench, await bench.run_of(three[0]))
    for _ in range(8):  # broken off later each time
        task = asyncio.create_task(jobs.settle(bench.platform, run))
        open_jobs = await bench.platform.documents.count("open_jobs_of_run", run.id, True)
        while not task.done() and await bench.platform.documents.count("open_jobs_of_run", run.id, True) == open_jobs:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await make_due_ended(bench, run)
    await sweep_all(bench.platform)
    settled = [await bench.again(job) for job in three]
    assert {job.status for job in settled} == {Status.COMPLETED}
    deliveries = [await outbox.deliveries_of(bench.platform, job) for job in settled]
    assert [len(found) for found in deliveries] == [1, 1, 1]
    for [delivery] in deliveries:  # a task that was not made is made anew when it is due
        await bench.platform.documents.transaction(lambda tx, d=delivery: touch(tx, d.id))
    await sweep_all(bench.platform)
    assert {task["delivery"] for task in bench.queued("deliver")} == {d.id for [d] in deliveries}


async def touch(tx: Transaction, delivery_id: str) -> None:
    document = await tx.get(outbox.path(delivery_id))
    assert document is not None
    tx.update(outbox.path(delivery_id), {"due": document.fields["due"][:2] + "2000-01-01T00:00:00.000000Z"})


async def make_due_ended(bench: Bench, run: Run) -> None:
    def due(r: Run) -> None:
        r.due = f"{runs.due(bench.platform.settings, r.id, r.created_at - LONG_AGO)}"

    await bench.change(run, due)


async def test_settling_twice_at_once_ends_each_job_once(bench: Bench) -> None:
    job = await bench.order(webhook_url="https://hook.example/x")
    run = await end(bench, await bench.run_of(job))
    await asyncio.gather(*(jobs.settle(bench.platform, run) for _ in range(4)))
    assert len(await outbox.deliveries_of(bench.platform, job)) == 1
    assert len(bench.queued("deliver")) == 1
    after = await runs.get(bench.platform, run.id)
    assert after is not None and after.due is None


async def test_no_webhook_for_what_did_not_happen(bench: Bench) -> None:
    job = await bench.order(webhook_url="https://hook.example/x")
    run = await bench.run_of(job)

    async def body(_: Run, work: Work) -> None:
        await bench.change(run, lambda r: setattr(runs.stage_of(r, "discover"), "lease", bench.lease("other", 60)))
        raise GiveUp("blocked", "a late owner's opinion")

    await stage.deliver(bench.platform, run.id, "discover", "crawl", body)
    after = await runs.get(bench.platform, run.id)
    assert after is not None and not after.ended
    assert await outbox.deliveries_of(bench.platform, job) == []


async def test_a_job_that_joins_while_the_run_ends_is_settled_or_starts_anew(bench: Bench) -> None:
    for n in range(20):
        key = f"c{n}.example"
        run = await bench.run_of(await bench.order(key))
        results = await asyncio.gather(end(bench, run, Status.FAILED), *(bench.order(key) for _ in range(5)))
        late = [job for job in results[1:] if isinstance(job, Job)]
        ended = await runs.get(bench.platform, run.id)
        assert ended is not None
        await jobs.settle(bench.platform, ended)
        for job in late:
            current = await bench.again(job)
            if current.run == run.id:
                assert not current.open
            else:
                other = await bench.run_of(current)
                assert current.open and not other.ended
        assert await bench.platform.documents.count("open_jobs_of_run", run.id, True) == 0


async def test_a_job_that_joins_while_the_last_caller_cancels_is_not_cancelled(bench: Bench) -> None:
    for n in range(20):
        key = f"c{n}.example"
        first = await bench.order(key)
        _, second = await asyncio.gather(
            jobs.cancel(bench.platform, first.account, first.id), bench.order(key, webhook_url="https://hook.example/x")
        )
        assert first.run is not None
        run = await runs.get(bench.platform, first.run)
        assert run is not None
        if run.ended:
            await jobs.settle(bench.platform, run)
        current = await bench.again(second)
        assert current.open
        live = await bench.run_of(current)
        assert not live.ended
        assert {"run": live.id, "stage": "discover"} in bench.queued("discover")


async def test_an_accepted_job_whose_publish_failed_is_published_by_sweep(bench: Bench) -> None:
    job = await bench.order()
    run = await bench.run_of(job)
    assert run.due is not None
    assert runs_due(run) - run.created_at.timestamp() == 60


class Late(Topics):
    """As a new instance finds them, which has to connect first."""

    def __init__(self, topics: Topics) -> None:
        self.topics, self.go_on, self.done = topics, asyncio.Event(), asyncio.Event()

    async def publish(self, topic: str, message: dict[str, Any], *, at: datetime | None = None) -> None:
        await self.go_on.wait()
        await self.topics.publish(topic, message, at=at)
        self.done.set()

    async def close(self) -> None:
        await self.topics.close()


async def test_a_publish_that_takes_longer_than_its_caller_waits_is_not_given_up(bench: Bench) -> None:
    bench.platform.topics = late = Late(bench.platform.topics)
    await bench.order()
    assert bench.queued("discover") == []
    late.go_on.set()
    await asyncio.wait_for(late.done.wait(), patience.SECONDS)
    assert len(bench.queued("discover")) == 1


async def test_a_lost_task_is_made_anew_and_a_delivery_in_hand_left_alone(bench: Bench) -> None:
    job = await bench.order(webhook_url="https://hook.example/x")
    await jobs.settle(bench.platform, await end(bench, await bench.run_of(job)))
    [delivery] = await outbox.deliveries_of(bench.platform, job)
    assert delivery.state is DeliveryState.PENDING
    await bench.platform.documents.transaction(lambda tx: touch(tx, delivery.id))
    await sweep_all(bench.platform)
    assert len(bench.queued("deliver")) == 2
