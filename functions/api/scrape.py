"""Ordering a profile, following its job, cancelling it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request

from functions.api import body, problems, waiting
from functions.api.caller import Caller, Here
from functions.api.schemas import Accepted, Scrape, ScrapeOrder
from functions.api.targets import endpoint, target
from functions.api.views import Json, accepted, scrape
from shared import jobs, orders, runs
from shared.secrets import fingerprint

router = APIRouter(prefix="/api/v1/scrape", tags=["scrape"])
JobId = Annotated[str, Path(description="`scrape_id` of the order's answer", max_length=200)]
STATUS_PATH = "/api/v1/scrape/status/"

LOCATION = {"Location": {"description": "Of the job's status", "schema": {"type": "string"}}}
ORDER_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ScrapeOrder"}}},
    },
    "parameters": [waiting.PREFER],
}


@router.post(
    "/company",
    status_code=202,
    response_model=Accepted,
    responses={
        202: {"description": "Accepted", "headers": LOCATION | waiting.APPLIED},
        200: {"model": Scrape, "description": "A fresh profile was there, or was waited for", "headers": LOCATION},
        **problems.responses(400, 403, 413, 415, 429),
    },
    openapi_extra=ORDER_BODY,
)
async def order(
    request: Request,
    caller: Caller,
    on: Here,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern="^[ -~]+$",
            description="Asking again with it gives the same job",
        ),
    ] = None,
) -> Json:
    """Orders a company's profile: 202 with a job to follow, or 200 with a stored profile that is fresh, or with the
    new one for which `Prefer: wait=30` lets the answer wait."""
    asked = await body.read(request, ScrapeOrder)
    job = await orders.submit(
        on,
        caller,
        orders.Order(
            url=asked.url,
            company=target(asked.url, on.settings),
            webhook_url=endpoint(asked.webhook_url, on.settings) if asked.webhook_url is not None else None,
            max_age=asked.max_age,
            sections=asked.sections,
            metadata=asked.metadata,
            idempotency_key=idempotency_key,
            fingerprint=fingerprint(asked.model_dump(mode="json")) if idempotency_key else None,
        ),
    )
    request.state.job = job.id
    where = {"Location": f"{STATUS_PATH}{job.id}"}
    if job.open:
        job, applied = await waiting.ended(on, job, request)
        where |= applied
    if not job.open:
        return Json(await scrape(on, job, request), headers=where)
    # A new job has been accepted, whatever happens now. One that the key has brought back may be under way.
    run = await runs.get(on, job.run) if idempotency_key and job.run else None
    return Json(accepted(job, run, on, request), 202, headers=where)


@router.get(
    "/status/{scrape_id}",
    response_model=Scrape,
    responses={200: {"headers": waiting.APPLIED}, **problems.responses(404, 410)},
    openapi_extra={"parameters": [waiting.PREFER]},
)
async def status(request: Request, caller: Caller, on: Here, scrape_id: JobId) -> Json:
    """The job's progress, stages, webhook deliveries, and its profile once it is there; with `Prefer: wait=30` the
    answer comes once the job has ended, or after so many seconds."""
    job = await jobs.get(on, caller.id, scrape_id)
    request.state.job = job.id
    applied: dict[str, str] = {}
    if job.open:
        job, applied = await waiting.ended(on, job, request)
    return Json(await scrape(on, job, request), headers=applied)


@router.post("/cancel/{scrape_id}", response_model=Scrape, responses=problems.responses(404, 410))
async def cancel(request: Request, caller: Caller, on: Here, scrape_id: JobId) -> Json:
    """Ends the job, where it has not ended yet. Others who wait for the same company are not concerned."""
    job = await jobs.cancel(on, caller.id, scrape_id)
    request.state.job = job.id
    return Json(await scrape(on, job, request))
