"""Runs and deliveries whose `due` has come; `due` moves in the transaction in which it is decided what to do."""

import asyncio
from collections.abc import Awaitable, Callable

from shared import jobs, log, outbox, runs
from shared.due import after, due, due_ranges, is_due
from shared.models import Delivery, DeliveryState, Failure, Run, Status, fields
from shared.ports import Document, Transaction
from shared.wiring import Platform

PAGE = 100
AT_ONCE = 20
PAGES_MOST = 50  # a sweep; the next one goes on

Handler = Callable[[Platform, str], Awaitable[None]]


async def sweep_all(platform: Platform) -> dict[str, int]:
    """Counts of what was looked at, and of errors."""
    counts = {"runs": 0, "deliveries": 0, "errors": 0}
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(kind: str, handler: Handler, document: Document) -> None:
        async with turns:
            counts[kind] += 1
            try:
                await handler(platform, document.id)
            except Exception as error:  # one that fails must not keep the others from moving
                counts["errors"] += 1
                log.error("not swept", error, path=document.path)

    async def shard(kind: str, query: str, handler: Handler, least: str, most: str) -> None:
        last = None
        for _ in range(PAGES_MOST):
            found = await platform.documents.query(query, least, most, limit=PAGE, after=last)
            await asyncio.gather(*(one(kind, handler, document) for document in found))
            if len(found) < PAGE:
                return
            last = found[-1]

    ranges = due_ranges(platform.settings, platform.settings.now())
    await asyncio.gather(
        *(shard("runs", "due_runs", sweep_run, *span) for span in ranges),
        *(shard("deliveries", "due_deliveries", sweep_delivery, *span) for span in ranges),
    )
    return counts


async def sweep_run(platform: Platform, run_id: str) -> None:
    settings = platform.settings

    async def once(tx: Transaction) -> tuple[str, Run | None]:
        document = await tx.get(runs.path(run_id))
        if document is None:
            return "nothing", None
        run, now = runs.of(document), settings.now()
        if not is_due(run.due, now):
            return "nothing", run
        if run.ended:
            run.due = due(settings, run.id, after(now, settings.republish_seconds[0]))
            tx.update(runs.path(run_id), fields(run))
            return "settle", run
        if now >= run.deadline:
            if run.claimed_at is None:
                failure = Failure(code="queue_timeout", reason="the run waited for its first claim until its deadline")
            elif run.overdue:
                failure = Failure(code="deadline_exceeded", reason="the run did not end by its deadline")
            else:
                runs.hurry(run, settings, now)
                tx.update(runs.path(run_id), fields(run))
                return "publish", run
            await runs.end(tx, run, Status.FAILED, settings, now, failure=failure)
            return "ended", run
        lease = runs.stage_of(run, run.stage).lease
        if lease is not None and lease.owner is not None and now < lease.until:
            runs.watch(run, settings, lease.until)
            tx.update(runs.path(run_id), fields(run))
            return "nothing", run
        runs.republished(run, settings, now)
        tx.update(runs.path(run_id), fields(run))
        return "publish", run

    decision, run = await platform.documents.transaction(once)
    if decision == "settle" and run is not None:
        await jobs.settle(platform, run)
    elif decision == "publish" and run is not None:
        log.warning("published again", run=run.id, stage=run.stage, overdue=run.overdue)
        await runs.publish(platform, run)


async def sweep_delivery(platform: Platform, delivery_id: str) -> None:
    """Makes the lost task of a delivery anew."""
    settings = platform.settings

    async def once(tx: Transaction) -> Delivery | None:
        document = await tx.get(outbox.path(delivery_id))
        if document is None:
            return None
        delivery, now = outbox.of(document), settings.now()
        if not is_due(delivery.due, now):
            return None
        lost = False
        if delivery.state is not DeliveryState.PENDING:
            delivery.due = None
        elif delivery.lease is not None and now < delivery.lease.until:
            delivery.due = due(settings, delivery.id, delivery.lease.until)
        else:
            lost = True
            delivery.due = due(settings, delivery.id, after(now, settings.republish_seconds[0]))
        tx.update(outbox.path(delivery_id), fields(delivery))
        return delivery if lost else None

    delivery = await platform.documents.transaction(once)
    if delivery is not None:
        log.warning("task made anew", delivery=delivery.id)
        await outbox.send(platform, delivery)
