"""Every 4xx and 5xx as an RFC 9457 problem with a stable `code`."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from shared.errors import Problem
from shared.ports import Contention, Unavailable
from shared.wiring import platform

MEDIA_TYPE = "application/problem+json"
UNAVAILABLE_SECONDS = 5  # after which asking again is worth it
NAME_LENGTH = 100  # of a caller's own field name, when it is named back

TITLES = {
    "invalid_json": "The body is not JSON",
    "body_too_large": "The body is too large",
    "unsupported_media_type": "The body's media type is not JSON",
    "invalid_request": "The request is not valid",
    "invalid_address": "The address is not a company's web address",
    "address_not_allowed": "The address may not be called",
    "invalid_webhook_url": "The webhook address is not valid",
    "webhook_disabled": "The webhook's endpoint is gone",
    "idempotency_key_reused": "The Idempotency-Key was used for another request",
    "unauthorized": "A valid API key is needed",
    "opted_out": "The company's owner asked not to be read",
    "not_found": "There is no such thing",
    "no_profile": "No profile of the company is stored",
    "method_not_allowed": "The path does not take this method",
    "expired": "It was there and has expired",
    "too_many_open_jobs": "The account has as many open jobs as its tier allows",
    "internal_error": "Something went wrong here",
    "unavailable": "The service cannot answer at the moment",
}
HEADERS: dict[int, dict[str, Any]] = {
    401: {"WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}}},
    429: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}},
    503: {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}},
}
STATUS_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 503: "unavailable"}


class FieldProblem(BaseModel):
    """What is wrong with one part of a request."""

    location: str = Field(description="body, query, header or path")
    field: str = Field(description="Its name; in a body the path to it, such as `metadata.tags`", examples=["max_age"])
    code: str = Field(examples=["greater_than_equal"])
    detail: str = Field(examples=["Input should be greater than or equal to 0"])


class ProblemDetails(BaseModel):
    """RFC 9457 problem details. Programs should look at `code`; the texts may change."""

    type: str = Field(examples=["https://firmograph.dev/problems/invalid_request"])
    title: str
    status: int = Field(examples=[422])
    detail: str = Field(description="What happened here, and what to do about it")
    code: str = Field(description="Stable. " + ", ".join(f"`{code}`" for code in TITLES), examples=["invalid_request"])
    instance: str = Field(description="Names this answer; the service's log has it too", examples=["urn:uuid:…"])
    errors: list[FieldProblem] | None = Field(None, description="With `invalid_request`: each field's own problem")


def answer(
    scope: Scope,
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldProblem] | None = None,
) -> JSONResponse:
    problem = ProblemDetails(
        type=f"https://firmograph.dev/problems/{code}",
        title=TITLES.get(code) or HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        instance=scope["state"]["instance"],
        errors=list(errors) if errors else None,
    )
    scope["state"]["code"] = code
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for its description."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    described: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        described[status] = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        if status in HEADERS:
            described[status]["headers"] = HEADERS[status]
    return described


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


async def _problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    headers = {}
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after is not None:
        headers["Retry-After"] = str(_seconds(error.retry_after))
    return answer(request.scope, error.status, error.code, error.detail, headers=headers)


def _seconds(wait: datetime | float) -> int:
    seconds = (wait - platform().settings.now()).total_seconds() if isinstance(wait, datetime) else wait
    return max(1, math.ceil(seconds))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        FieldProblem(
            location=str(one["loc"][0]),
            field=".".join(str(part)[:NAME_LENGTH] for part in one["loc"][1:]),
            code=one["type"],
            detail=one["msg"],
        )
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.field or one.location}: {one.detail}" for one in errors[:5])
    return answer(request.scope, 422, "invalid_request", detail, errors=errors)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    code = STATUS_CODES.get(status, HTTPStatus(status).name.lower())
    if status == HTTPStatus.NOT_FOUND:
        detail = "There is nothing at this path; /docs lists the operations."
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"The path takes {(error.headers or {}).get('Allow', 'other methods')}."
    else:
        detail = HTTPStatus(status).phrase
    return answer(request.scope, status, code, detail, headers=error.headers)


def of_exception(scope: Scope, error: Exception) -> JSONResponse:
    """The answer where nothing better is known: it tells nothing of what is inside."""
    if isinstance(error, Unavailable | Contention):
        detail = (
            "The service could not do this in time. Try again; with the same Idempotency-Key nothing happens twice."
        )
        return answer(scope, 503, "unavailable", detail, headers={"Retry-After": str(UNAVAILABLE_SECONDS)})
    return answer(scope, 500, "internal_error", "The error was recorded. Trying again may help; it may not.")
