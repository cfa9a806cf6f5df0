"""Jobs as their callers see them."""

import asyncio
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request
from starlette.responses import JSONResponse

from functions.api.schemas import Accepted, AttemptView, DeliveryView, Scrape, StageView
from shared import companies, jobs, outbox, runs
from shared.models import STAGES, Delivery, Job, Run, Stage, StageName, Status
from shared.profile import sections_of
from shared.wiring import Platform


class Json(JSONResponse):
    """A profile is long, and Python's encoder slow."""

    def render(self, content: Any) -> bytes:
        return to_json(content, inf_nan_mode="null")


def status_of(job: Job, run: Run | None) -> Status:
    """An open job is as its run is; where that has just ended, the job is about to."""
    if not job.open or run is None:
        return job.status
    return Status.PROCESSING if run.ended else run.status


def progress_of(job: Job, run: Run | None) -> int:
    if job.status in (Status.COMPLETED, Status.PARTIAL):
        return 100
    return max(job.progress, run.progress) if job.open and run is not None else job.progress


def accepted(job: Job, run: Run | None, on: Platform, request: Request) -> dict[str, Any]:
    base = on.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    view = Accepted(
        scrape_id=job.id,
        status=status_of(job, run),
        status_url=f"{base}/api/v1/scrape/status/{job.id}",
        company=job.company,
        url=job.url,
        metadata=job.metadata,
        created_at=job.created_at,
    )
    return view.model_dump(mode="json")


async def scrape(on: Platform, job: Job, request: Request) -> dict[str, Any]:
    run = await runs.get(on, job.run) if job.run else None
    if job.open and run is not None and run.ended:  # it ended between the two reads
        job = await jobs.get(on, job.account, job.id)
    deliveries, profile = await asyncio.gather(outbox.deliveries_of(on, job), profile_of(on, job))
    view = Scrape(
        **accepted(job, run, on, request),
        cached=job.cached,
        progress_percent=progress_of(job, run),
        current_stage=run.stage if job.open and run is not None else None,
        ended_at=job.ended_at,
        expires_at=None if job.open else job.expires_at,
        stages=[stage(name, run.stages.get(name, Stage())) for name in STAGES] if run is not None else [],
        warnings=run.warnings if job.open and run is not None else job.warnings,
        error=job.error,
        sections=job.sections,
        webhook_url=job.webhook_url,
        webhooks=[delivery_view(delivery) for delivery in deliveries],
        profile_version=job.profile_version,
    )
    return {**view.model_dump(mode="json"), "profile": profile}


async def profile_of(on: Platform, job: Job) -> dict[str, Any] | None:
    if job.profile_version is None:
        return None
    profile = await companies.profile(on, job.company, job.profile_version)
    return sections_of(profile, job.sections) if profile is not None else None


def stage(name: StageName, now: Stage) -> StageView:
    return StageView(
        name=name,
        state=now.state,
        attempts=now.attempt,
        failures=now.failures,
        started_at=now.started_at,
        ended_at=now.ended_at,
        seconds=(now.ended_at - now.started_at).total_seconds() if now.started_at and now.ended_at else None,
        error=now.error,
    )


def delivery_view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        id=delivery.id,
        event=delivery.event,
        endpoint=delivery.endpoint,
        state=delivery.state,
        next_at=delivery.next_at,
        attempts=[AttemptView.model_validate(attempt.model_dump()) for attempt in delivery.attempts],
    )
