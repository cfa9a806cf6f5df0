"""Jobs: a caller's requests (`jobs/{id}`). A job hangs on a run until it is settled; one `settle` serves them all."""

import asyncio
import json
from datetime import datetime
from typing import Any

from shared import companies, log, outbox, runs
from shared.due import after
from shared.errors import LeaseLost, Problem
from shared.models import Delivery, Failure, Job, Run, Status, fields
from shared.ports import Document, Fields, PlatformError, Transaction
from shared.settings import Settings
from shared.wiring import Platform

SETTLE_AT_ONCE = 100


def path(job_id: str) -> str:
    return f"jobs/{job_id}"


def of(document: Document) -> Job:
    return Job.model_validate({**document.fields, "metadata": json.loads(document.fields["metadata"])})


def to_fields(job: Job) -> Fields:
    """A caller's metadata may hold lists of lists, which no document can: it is stored as text."""
    return {**fields(job), "metadata": json.dumps(job.metadata)}


async def hang(tx: Transaction, job: Job, settings: Settings, now: datetime) -> Run | None:
    """Writes the open job on the company's live run, or on a new one, which is returned to be published.

    The transaction has read company and run: it fails where either changes, so no job hangs on a run that has ended.
    """
    company = companies.of(job.company, await tx.get(companies.path(job.company)))
    live = await tx.get(runs.path(company.live_run)) if company.live_run else None
    started = None
    if live is not None and not (run := runs.of(live)).ended:
        job.run = run.id
    else:
        started = runs.new(job.company, settings, now, before=company.profile_run)
        company.live_run = job.run = started.id
        tx.create(runs.path(started.id), fields(started))
        tx.put(companies.path(job.company), fields(company))
    if tx.seen.get(path(job.id)) is None:
        tx.create(path(job.id), to_fields(job))
    else:
        tx.put(path(job.id), to_fields(job))
    return started


def end(tx: Transaction, job: Job, settings: Settings, now: datetime, summary: dict[str, Any]) -> Delivery | None:
    """Writes the job, whose status says how it ended, and its delivery in one commit; the delivery wants its task."""
    job.open, job.ended_at = False, now
    job.expires_at = after(now, settings.job_retention_seconds)
    tx.put(path(job.id), to_fields(job))
    return outbox.deliver(tx, job, settings, now, summary)


def tell_end(job: Job) -> None:
    """Once its end is committed; the lines are counted."""
    log.info("job ended", job=job.id, status=job.status, cached=job.cached)


async def settle(platform: Platform, run: Run) -> None:
    """Settles every open job of the ended run, then clears the run's `due`; safe to repeat, and beside itself."""
    summary: dict[str, Any] | None = None
    while open_jobs := await platform.documents.query("open_jobs_of_run", run.id, True, limit=SETTLE_AT_ONCE):
        if summary is None and any(document.fields["webhook_url"] for document in open_jobs):
            version = run.profile_version
            profile = await companies.profile(platform, run.company, version) if version else None
            summary = outbox.summary_of(profile)
        done = await asyncio.gather(
            *(settle_job(platform, run, document.id, summary or {}) for document in open_jobs), return_exceptions=True
        )
        if errors := [result for result in done if isinstance(result, BaseException)]:
            raise errors[0]
    if run.due is not None:
        await runs.change(platform, run.id, lambda ended: setattr(ended, "due", None))


async def settle_job(platform: Platform, run: Run, job_id: str, summary: dict[str, Any]) -> None:
    """The job's end and delivery in one commit, then the task. A job that joined while its run was being cancelled
    by others goes on with a new run."""

    async def once(tx: Transaction) -> tuple[Job | None, Delivery | None, Run | None]:
        document = await tx.get(path(job_id))
        if document is None or not document.fields["open"]:
            return None, None, None
        job, now = of(document), platform.settings.now()
        job.progress = max(job.progress, run.progress)
        if run.status is Status.CANCELLED:
            return None, None, await hang(tx, job, platform.settings, now)
        job.status, job.error, job.warnings = run.status, run.error, run.warnings
        job.profile_version = run.profile_version
        return job, end(tx, job, platform.settings, now, summary), None

    ended, delivery, started = await platform.documents.transaction(once)
    if ended is not None:
        tell_end(ended)
    if delivery is not None:
        await outbox.send(platform, delivery)
    if started is not None:
        await runs.publish(platform, started)


async def get(platform: Platform, account_id: str, job_id: str) -> Job:
    """The account's job, settled if its run has ended. Problem 404 for another's or none, 410 for an expired one."""
    document = await platform.documents.get(path(job_id)) if job_id.isalnum() and len(job_id) <= 64 else None
    if document is None or document.fields["account"] != account_id:
        raise Problem(404, "not_found", "There is no such job in this account.")
    job = of(document)
    if job.expires_at < platform.settings.now():
        raise Problem(410, "expired", "The job has expired; its company can be asked for again.")
    if job.open and job.run is not None:
        run = await runs.get(platform, job.run)
        if run is not None and run.ended:
            await settle(platform, run)
            document = await platform.documents.get(path(job_id))
            return of(document) if document else job
    return job


async def cancel(platform: Platform, account_id: str, job_id: str) -> Job:
    """Settles this job alone; with its last open job the run ends too. An ended job is returned as it is."""
    job = await get(platform, account_id, job_id)
    if not job.open:
        return job
    settings = platform.settings

    async def once(tx: Transaction) -> tuple[Job, bool, Delivery | None]:
        document = await tx.get(path(job_id))
        if document is None or not document.fields["open"]:
            return of(document) if document else job, False, None
        current, now = of(document), settings.now()
        if current.run is not None and (seen := await runs.get(platform, current.run)) is not None:
            current.progress = max(current.progress, seen.progress)  # no condition of the commit: runs move on
        others = [d for d in await tx.query("open_jobs_of_run", current.run, True, limit=2) if d.id != job_id]
        if not others and current.run is not None:
            run = await runs.read(tx, current.run)
            if not run.ended:
                await runs.end(tx, run, Status.CANCELLED, settings, now)
        current.status = Status.CANCELLED
        current.error = Failure(code="cancelled", reason="The caller cancelled the job.")
        return current, True, end(tx, current, settings, now, {})

    try:
        job, cancelled, delivery = await platform.documents.transaction(once)
    except LeaseLost as gone:
        raise Problem(410, "expired", "The job's work has expired.") from gone
    if cancelled:
        tell_end(job)
    if delivery is not None:
        try:
            await outbox.send(platform, delivery)
        except PlatformError as error:
            log.warning("cancelled, but no task made", job=job.id, error=str(error))
    return job
