"""What stands around every answer: problems, headers, log lines."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import StreamingResponse

from functions.api import problems
from functions.api.app import app as application
from functions.api.guard import Guard
from shared.accounts import key_path
from shared.errors import Problem
from shared.ports import Contention, Unavailable
from shared.settings import Settings
from tests.api.conftest import SCRAPE, Api, problem
from tests.product import ROOT

PATHS = ["/nothing", "/api", "/api/v1", f"{SCRAPE}/status/", f"{SCRAPE}/company/", "/docs/static/../app.py", "/docs/x"]


@pytest.mark.parametrize("path", [*PATHS, "/%00", "/api/v1/companies/..%2fkeys", "/😀"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
async def test_an_unknown_path_is_a_problem(api: Api, method: str, path: str) -> None:
    answer = await api.client.request(method, path)
    problem(answer, 404, "not_found")


@pytest.mark.parametrize("file", ["", "nothing.js", "swagger-ui", "swagger-ui/../../app.py", "..%2f..%2fmain.py"])
async def test_static_files_are_those_of_the_page_alone(api: Api, file: str) -> None:
    problem(await api.client.get(f"/docs/static/{file}"), 404, "not_found")
    answer = await api.client.post("/docs/static/docs.js")
    problem(answer, 405, "method_not_allowed")


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("GET", f"{SCRAPE}/company", "POST"),
        ("PUT", f"{SCRAPE}/company", "POST"),
        ("POST", f"{SCRAPE}/status/0a", "GET"),
        ("GET", f"{SCRAPE}/cancel/0a", "POST"),
        ("DELETE", "/api/v1/companies/hollin.example", "GET"),
        ("PATCH", "/api/v1/account", "GET"),
        ("OPTIONS", "/healthz", "GET"),
        ("POST", "/docs", "GET"),
    ],
)
async def test_a_wrong_method_is_a_problem_that_names_the_right_one(
    api: Api, method: str, path: str, allowed: str
) -> None:
    answer = await api.client.request(method, path)
    problem(answer, 405, "method_not_allowed")
    assert allowed in answer.headers["allow"]


async def test_health_is_answered_without_a_key_and_head_without_a_body(api: Api) -> None:
    await api.platform.close()  # no storage is needed either
    answer = await api.client.get("/healthz", headers={"Authorization": ""})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    head = await api.client.head("/healthz")
    assert head.status_code == 200 and head.content == b"" and head.headers["content-length"] == "15"


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json", "/docs/static/docs.js", "/nothing", SCRAPE])
async def test_every_answer_has_its_security_headers(api: Api, path: str) -> None:
    headers = (await api.client.get(path, headers={"Origin": "https://evil.example"})).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert not [name for name in headers if name.startswith("access-control-")]


async def test_an_error_of_ours_tells_nothing_of_what_is_inside(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    await api.platform.documents.put(key_path(api.key), {"account": 7, "prefix": "hush"})
    found = problem(await api.client.get("/api/v1/account"), 500, "internal_error")
    assert "hush" not in json.dumps(found) and "pydantic" not in json.dumps(found)
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    [failed] = [line for line in lines if line["message"] == "request failed"]
    assert "ValidationError" in failed["exception"] and failed["instance"] == found["instance"]


async def failing(app: FastAPI, path: str = "/") -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.firm.test") as client:
        return await client.get(path)


def app_that_raises(error: Exception) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Guard)
    problems.install(app)

    @app.get("/")
    async def raises() -> None:
        raise error

    return app


@pytest.mark.parametrize("error", [Unavailable("10.0.0.5 did not answer"), Contention("jobs/1")])
async def test_a_platform_that_does_not_answer_is_a_503_that_says_when_to_come_back(error: Exception) -> None:
    answer = await failing(app_that_raises(error))
    found = problem(answer, 503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert "10.0.0.5" not in json.dumps(found) and "jobs/1" not in json.dumps(found)


@pytest.mark.parametrize("wait, seconds", [(0.2, {"1"}), (30, {"30"}), (timedelta(seconds=90), {"89", "90"})])
async def test_a_problem_s_wait_is_given_in_whole_seconds(wait: Any, seconds: set[str]) -> None:
    after = Settings.now() + wait if isinstance(wait, timedelta) else wait
    answer = await failing(app_that_raises(Problem(429, "too_many_open_jobs", "Wait.", retry_after=after)))
    problem(answer, 429, "too_many_open_jobs")
    assert answer.headers["retry-after"] in seconds


async def test_an_answer_that_fails_after_it_has_begun_is_cut_off(capfd: pytest.CaptureFixture[str]) -> None:
    app = FastAPI()
    app.add_middleware(Guard)

    async def half() -> Any:
        yield b"half"
        raise RuntimeError("boom")

    @app.get("/")
    async def begins() -> StreamingResponse:
        return StreamingResponse(half())

    with pytest.raises(RuntimeError, match="boom"):
        await failing(app)
    assert "request failed" in capfd.readouterr().err


async def test_a_caller_who_hangs_up_is_no_error(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    scope = {
        "type": "http", "method": "POST", "path": f"{SCRAPE}/company", "raw_path": b"", "query_string": b"",
        "headers": [(b"authorization", f"Bearer {api.key}".encode())],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(f"nobody is there to be told {message}")

    await application(scope, receive, send)
    [line] = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert (line["severity"], line["status"]) == ("INFO", 499)


async def test_a_request_is_one_log_line_without_key_secret_or_path(
    api: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    job = (await api.order(webhook_url="https://hooks.example.org/t0ken")).json()["scrape_id"]
    await api.client.get(f"/{api.key}")
    secret = (await api.client.get("/api/v1/account")).json()["webhook_secret"]
    trace = {"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
    await api.client.get(f"{SCRAPE}/status/{job}?api_key={api.key}", headers=trace)
    err = capfd.readouterr().err
    assert api.key not in err and secret not in err and "t0ken" not in err
    lines = [line for line in map(json.loads, err.splitlines()) if line["message"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", f"{SCRAPE}/company", 202),
        ("GET", None, 404),
        ("GET", "/api/v1/account", 200),
        ("GET", f"{SCRAPE}/status/{{scrape_id}}", 200),
    ]
    assert lines[3]["account"] == api.account.id and lines[3]["job"] == job and lines[1]["code"] == "not_found"
    assert lines[3]["logging.googleapis.com/trace"].endswith("/traces/4bf92f3577b34da6a3ce929d0e0e4736")


def test_every_problem_that_the_code_raises_has_a_title() -> None:
    raised = {
        code
        for folder in ("functions", "shared")
        for file in sorted(Path(ROOT / folder).rglob("*.py"))
        for code in re.findall(r"Problem\(\s*\d{3}, \"(\w+)\"", file.read_text())
    }
    assert {"not_found", "too_many_open_jobs", "invalid_address"} <= raised
    assert raised <= set(problems.TITLES)
