"""The frame around a stage's work: claims the run, keeps the lease, records how the work ended, publishes what is next.

A message may come twice, late, out of order or beside its twin. Whatever a stage marks, it marks under its lease's
token in the same commit, so that a late owner changes nothing.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from enum import Enum
from functools import cache, wraps
from pathlib import Path
from typing import Any

import functions_framework.aio
from cloudevents.http import CloudEvent

from shared import log, runs
from shared.due import after
from shared.errors import GiveUp, LeaseLost, TryAgain
from shared.models import OPTIONAL, Failure, Run, StageName, Status, fields
from shared.owner import owner
from shared.ports import PlatformError, Transaction
from shared.wiring import Platform, platform
from shared.work import Work, tell_progress

TIMEOUT_MARGIN_SECONDS = 20  # a stage ends itself before the platform would, which leaves work half-done and running


class BadMessage(Exception):
    """Not a message of ours: it is refused until the platform puts it with the dead letters."""


class Found(Enum):
    """What a delivery finds."""

    CLAIMED = "claimed"
    NOTHING_TO_DO = "nothing to do"  # ended, ahead of the run, or owned
    SUCCESSOR_WAITS = "successor waits"  # done, and nobody has claimed what comes next
    MOVED_ON = "moved on"  # the run was moved or ended here instead of being claimed


Body = Callable[[Run, Work], Awaitable[None]]


@cache
def timeout_seconds(name: str) -> float:
    """The function's own deadline, from the table of functions."""
    table = json.loads((Path(__file__).parent.parent / "functions" / "functions.json").read_text())
    return float(table[name]["timeout_seconds"] - TIMEOUT_MARGIN_SECONDS)


def message_of(event: CloudEvent) -> tuple[str, str]:
    """Run and stage named by a message, whose data may be a dict, a string, bytes, or somebody else's."""
    data: Any = event.data
    if isinstance(data, bytes | bytearray | str):
        try:
            data = json.loads(data)
        except ValueError as error:
            raise BadMessage("the message is not JSON") from error
    run, name = (data.get("run"), data.get("stage")) if isinstance(data, dict) else (None, None)
    if not isinstance(run, str) or not run.isalnum() or len(run) > 64 or not isinstance(name, str):
        raise BadMessage("the message names no run and stage")
    return run, name


def stage(name: StageName, *, then: StageName | None = None, optional: bool = False) -> Callable[[Body], Any]:
    """Makes a function of a run and its Work a CloudEvent function that is one stage of the pipeline."""
    if optional != (name in OPTIONAL):
        raise ValueError(f"{name} is optional or not in shared/models.py")

    def decorate(body: Body) -> Any:
        @wraps(body)
        async def function(event: CloudEvent) -> None:
            run_id, named = message_of(event)
            if named != name:
                raise BadMessage(f"a message for {named} came to {name}")
            with log.bind(run=run_id, stage=name):
                await deliver(platform(), run_id, name, then, body)

        return functions_framework.aio.cloud_event(function)

    return decorate


async def deliver(on: Platform, run_id: str, name: StageName, then: StageName | None, body: Body) -> None:
    """One delivery of a stage's message: returning acknowledges it, raising has it delivered again."""
    found, run, token = await claim(on, run_id, name, then)
    if found is Found.CLAIMED:
        await work(Work(on, run, name, token), then, body)
    elif found in (Found.SUCCESSOR_WAITS, Found.MOVED_ON) and not run.ended:
        await runs.publish(on, run)


async def claim(on: Platform, run_id: str, name: StageName, then: StageName | None) -> tuple[Found, Run, str]:
    settings = on.settings

    async def once(tx: Transaction) -> tuple[Found, Run, str]:
        document = await tx.get(runs.path(run_id))
        if document is None:
            raise BadMessage(f"there is no run {run_id}")
        run, now = runs.of(document), settings.now()
        if run.ended:
            return Found.NOTHING_TO_DO, run, ""
        current = runs.stage_of(run, run.stage)
        if run.stage != name:
            waits = run.stage == then and current.attempt == 0 and current.lease is None and run.republished == 0
            if not waits:
                return Found.NOTHING_TO_DO, run, ""
            runs.republished(run, settings, now)
            tx.update(runs.path(run_id), fields(run))
            return Found.SUCCESSOR_WAITS, run, ""
        if runs.is_owned(current, now):
            return Found.NOTHING_TO_DO, run, ""
        if name != "assemble" and run.claimed_at is not None and now >= run.deadline:
            runs.hurry(run, settings, now)
            tx.update(runs.path(run_id), fields(run))
            return Found.MOVED_ON, run, ""
        if current.lease is not None and current.lease.owner is not None:
            kept = await on.documents.count("pages_of_run", parent=runs.path(run_id))
            if kept <= current.kept:
                current.failures += 1
                current.error = Failure(code="stage_failed", reason=f"{name} was broken off")
            current.kept = kept
            if current.failures >= settings.failures:
                if not runs.fail_or_skip(run, name, then, current.error or broken(name), settings, now):
                    await runs.end(tx, run, Status.FAILED, settings, now, failure=current.error)
                else:
                    tx.update(runs.path(run_id), fields(run))
                return Found.MOVED_ON, run, ""
        token = runs.take(run, name, owner(), settings, now)
        tx.update(runs.path(run_id), fields(run))
        return Found.CLAIMED, run, token

    return await on.documents.transaction(once)


def broken(name: StageName) -> Failure:
    return Failure(code="stage_failed", reason=f"{name} failed repeatedly")


async def work(job: Work, then: StageName | None, body: Body) -> None:
    """Does the work under a renewed lease and a deadline, then records how it ended."""
    name, settings = job.name, job.settings
    log.info("claimed", attempt=runs.stage_of(job.run, name).attempt)
    ending: Exception | None = None
    try:
        async with asyncio.timeout(min(timeout_seconds(name), max(job.seconds_left(), 1.0))), _renewed(job):
            await body(job.run, job)
    except Exception as error:
        ending = first_of(error)
    match ending:
        case None:
            if then is not None:
                await finish(job, lambda run, now: runs.advance(run, name, then, settings, now))
        case LeaseLost():
            log.warning("lease lost", reason=str(ending))
        case TryAgain():
            await try_again(job, ending)
        case GiveUp():
            await give_up(job, Failure(code=ending.code, reason=ending.reason), then)
        case _:
            log.error("stage failed", ending)
            await fail(job, ending, then)


def first_of(error: Exception) -> Exception:
    """The first error of a task group's; a lease that was lost says more than what it caused."""
    if not isinstance(error, ExceptionGroup):
        return error
    lost = error.subgroup(LeaseLost)
    return first_of((lost or error).exceptions[0])


@contextlib.asynccontextmanager
async def _renewed(job: Work) -> AsyncIterator[None]:
    """Renews the lease while the body works; where it is lost, the body is cancelled and LeaseLost raised."""
    worker = asyncio.current_task()
    lost: list[LeaseLost] = []

    async def renewing() -> None:
        while True:
            await asyncio.sleep(job.settings.renew_seconds)
            try:
                await job.renew()
            except LeaseLost as error:
                lost.append(error)
                if worker is not None:
                    worker.cancel()
                return
            except PlatformError as error:
                log.warning("lease not renewed", error=str(error))

    renewer = asyncio.create_task(renewing())
    try:
        yield
    except asyncio.CancelledError:
        if lost and worker is not None:
            worker.uncancel()
            raise lost[0] from None
        raise
    finally:
        renewer.cancel()


async def finish(job: Work, change: Callable[[Run, datetime], None]) -> None:
    """Commits a change under the lease, with the stage's warnings, then publishes the current stage."""

    def marked(run: Run) -> None:
        runs.check(run, job.name, job.token)
        runs.warn(run, job.warnings)
        for earlier in job.changes:
            earlier(run)
        change(run, job.now())

    try:
        job.run = await runs.change(job.platform, job.run.id, marked)
    except LeaseLost as lost:
        log.warning("lease lost", reason=str(lost))
        return
    await runs.publish(job.platform, job.run)
    await tell_progress(job.platform, job.run)


async def end(job: Work, failure: Failure) -> None:
    """Ends the run as failed, under the lease."""

    async def once(tx: Transaction) -> None:
        run = await runs.read(tx, job.run.id)
        runs.check(run, job.name, job.token)
        runs.warn(run, job.warnings)
        for earlier in job.changes:
            earlier(run)
        runs.stage_of(run, job.name).error = failure
        await runs.end(tx, run, Status.FAILED, job.settings, job.now(), failure=failure)

    try:
        await job.platform.documents.transaction(once)
    except LeaseLost as lost:
        log.warning("lease lost", reason=str(lost))


async def give_up(job: Work, failure: Failure, then: StageName | None) -> None:
    log.warning("given up", code=failure.code, reason=failure.reason)
    if job.name in OPTIONAL:
        await finish(job, lambda run, now: _skip(run, job, failure, then, now))
    else:
        await end(job, failure)


def _skip(run: Run, job: Work, failure: Failure, then: StageName | None, now: datetime) -> None:
    runs.fail_or_skip(run, job.name, then, failure, job.settings, now)


async def try_again(job: Work, again: TryAgain) -> None:
    until = after(job.now(), again.after)
    log.info("try again", reason=again.reason, after=again.after)
    if until >= job.run.deadline:
        if job.name == "assemble":
            await end(job, Failure(code="deadline_exceeded", reason=again.reason))
        else:
            await finish(job, lambda run, now: _hurry(run, job, again.reason, now))
        return

    def marked(run: Run) -> None:
        runs.check(run, job.name, job.token)
        runs.warn(run, job.warnings)
        runs.postpone(run, job.name, until, job.settings)

    try:
        job.run = await runs.change(job.platform, job.run.id, marked)
    except LeaseLost as lost:
        log.warning("lease lost", reason=str(lost))
        return
    await runs.publish(job.platform, job.run, at=until if again.after > 0 else None)


def _hurry(run: Run, job: Work, reason: str, now: datetime) -> None:
    runs.stage_of(run, job.name).error = Failure(code="deadline_exceeded", reason=reason)
    runs.hurry(run, job.settings, now)


async def fail(job: Work, error: Exception, then: StageName | None) -> None:
    """Counts a failure. The fifth skips the stage or fails the run; earlier ones travel: the message comes again."""
    name, settings = job.name, job.settings
    failure = Failure(code="stage_failed", reason=f"{name} failed: {type(error).__name__}")
    over = isinstance(error, TimeoutError) and job.now() >= job.run.deadline
    failures = runs.stage_of(job.run, name).failures + 1
    if over and name != "assemble":
        await finish(job, lambda run, now: _hurry(run, job, f"{name} was cut off at the deadline", now))
    elif failures >= settings.failures:
        job.changes = [lambda run: setattr(runs.stage_of(run, name), "failures", failures)]
        await give_up(job, failure, then)
    else:

        def marked(run: Run) -> None:
            stage = runs.check(run, name, job.token)
            stage.failures, stage.error = failures, failure
            runs.free(run, name, settings, job.now())

        with contextlib.suppress(LeaseLost):
            await runs.change(job.platform, job.run.id, marked)
            raise error
