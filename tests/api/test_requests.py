"""What callers send: hostile, broken, or merely unusual."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions.api.body import BODY_BYTES
from functions.api.schemas import METADATA_BYTES
from tests.api.conftest import SCRAPE, Api, problem, serve


async def post(api: Api, content: bytes | str, **headers: str) -> httpx.Response:
    given_headers = {"Content-Type": "application/json", **headers}
    return await api.client.post(f"{SCRAPE}/company", content=content, headers=given_headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"url=hollin.example",
        b'{"url": "hollin.example"',
        b'{"url": "hollin.example"} x',
        b"\xff\xfe\x00",
        b'{"url": "\xc3\x28"}',
        b'{"url": "hollin.example", "max_age": NaN}',
        b'{"url": "hollin.example", "max_age": -Infinity}',
        b'{"url": "hollin.example", "max_age": 1e999}',
        b'{"url": "hollin.example", "metadata": {"a": 1e400}}',
        b'{"url": "hollin.example", "metadata": {"a": "\\ud800"}}',
        b'{"url": "hollin.example", "metadata": {"\\udfff": 1}}',
        b'{"url": "hollin.example", "metadata": {"a": ' + b"9" * 5000 + b"}}",
        b"[" * 30_000,
        b'{"a":' * 12_000,
    ],
)
async def test_what_is_not_json_is_refused(api: Api, body: bytes) -> None:
    problem(await post(api, body), 400, "invalid_json")


@pytest.mark.parametrize(
    "body, field, code",
    [
        ({}, "url", "missing"),
        ([], "", "model_type"),
        ("hollin.example", "", "model_type"),
        (None, "", "model_type"),
        ({"url": None}, "url", "string_type"),
        ({"url": 5}, "url", "string_type"),
        ({"url": ""}, "url", "string_too_short"),
        ({"url": "h" * 2049}, "url", "string_too_long"),
        ({"url": "a.example", "webhook": "x"}, "webhook", "extra_forbidden"),
        ({"url": "a.example", "webhook_url": ["x"]}, "webhook_url", "string_type"),
        ({"url": "a.example", "max_age": -1}, "max_age", "greater_than_equal"),
        ({"url": "a.example", "max_age": "60"}, "max_age", "float_type"),
        ({"url": "a.example", "max_age": True}, "max_age", "float_type"),
        ({"url": "a.example", "sections": "identity"}, "sections", "list_type"),
        ({"url": "a.example", "sections": ["identity", "secrets"]}, "sections.1", "literal_error"),
        ({"url": "a.example", "metadata": []}, "metadata", "dict_type"),
        ({"url": "a.example", "metadata": {"a": "x" * METADATA_BYTES}}, "metadata", "value_error"),
        ({"url": "a.example", "metadata": {"a": "😀" * (METADATA_BYTES // 4)}}, "metadata", "value_error"),
        ({"url": "a.example", "metadata": {"a": json.loads("[" * 10 + "]" * 10)}}, "metadata", "value_error"),
        ({"url": "a.example", "metadata": {"a": json.loads("[" * 500 + "]" * 500)}}, "metadata", "value_error"),
    ],
)
async def test_each_wrong_field_is_named(api: Api, body: Any, field: str, code: str) -> None:
    found = problem(await post(api, json.dumps(body, ensure_ascii=False)), 422, "invalid_request")
    assert [(e["location"], e["field"], e["code"]) for e in found["errors"]] == [("body", field, code)]
    assert len(json.dumps(found)) < 1500


async def test_a_field_that_stands_twice_is_refused_at_any_depth(api: Api) -> None:
    found = problem(await post(api, '{"url": "a.example", "url": "b.example"}'), 422, "invalid_request")
    assert found["errors"][0]["code"] == "duplicate_field" and found["errors"][0]["field"] == "url"
    problem(await post(api, '{"url": "a.example", "metadata": {"a": {"b": 1, "b": 1}}}'), 422, "invalid_request")


async def test_a_body_beyond_the_limit_is_refused_whether_or_not_it_says_its_length(api: Api) -> None:
    async def endless() -> Any:
        for _ in range(BODY_BYTES // 1000 + 1):
            yield b" " * 1000

    problem(await post(api, b" " * (BODY_BYTES + 1)), 413, "body_too_large")
    headers = {"Content-Type": "application/json"}
    problem(await api.client.post(f"{SCRAPE}/company", content=endless(), headers=headers), 413, "body_too_large")
    just = json.dumps({"url": "hollin.example"}).encode().ljust(BODY_BYTES)
    assert (await post(api, just)).status_code == 202


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "json"])
async def test_a_body_of_another_media_type_is_refused(api: Api, media_type: str) -> None:
    answer = await post(api, b'{"url": "hollin.example"}', **{"Content-Type": media_type})
    problem(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.x+json"]
)
async def test_json_under_its_other_names_is_read(api: Api, media_type: str) -> None:
    answer = await post(api, b'{"url": "hollin.example"}', **{"Content-Type": media_type})
    assert answer.status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
async def test_an_idempotency_key_that_cannot_be_is_refused(api: Api, key: str) -> None:
    headers = {"Content-Type": "application/json", "Idempotency-Key": key.encode()}
    answer = await api.client.post(f"{SCRAPE}/company", content=b'{"url": "hollin.example"}', headers=headers)  # type: ignore[arg-type]
    found = problem(answer, 422, "invalid_request")
    assert found["errors"][0]["location"] == "header" and found["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    "url, code",
    [
        ("ftp://hollin.example", "invalid_address"),
        ("javascript:alert(1)", "invalid_address"),
        ("https://", "invalid_address"),
        ("https://user:s3cret@hollin.example", "invalid_address"),
        ("https://hollin.example\\@10.0.0.1/", "invalid_address"),
        ("hollin example", "invalid_address"),
        ("\u0000", "invalid_address"),
        ("https://linkedin.com/company/hollin", "invalid_address"),
        ("https://co.uk", "invalid_address"),
        ("hollin", "invalid_address"),
        ("http://127.0.0.1", "address_not_allowed"),
        ("http://0x7f.1", "address_not_allowed"),
        ("http://2130706433", "address_not_allowed"),
        ("http://１２７.0.0.1", "address_not_allowed"),
        ("http://169.254.169.254/latest", "address_not_allowed"),
        ("http://[::1]", "address_not_allowed"),
        ("http://[::ffff:10.0.0.1]", "address_not_allowed"),
        ("http://[64:ff9b::a00:1]", "address_not_allowed"),
        ("http://metadata.google.internal", "address_not_allowed"),
        ("http://localhost", "address_not_allowed"),
        ("https://hollin.example:6379", "address_not_allowed"),
        ("https://api.firm.test/api/v1/account", "address_not_allowed"),
    ],
)
async def test_an_address_that_is_no_public_company_s_is_refused_at_once(api: Api, url: str, code: str) -> None:
    found = problem(await api.order(url=url), 422, code)
    assert "10.0.0.1" not in found["detail"] and "s3cret" not in found["detail"]


@pytest.mark.parametrize(
    "hook, code",
    [
        ("hooks.example.org", "invalid_webhook_url"),
        ("/relative", "invalid_webhook_url"),
        ("http://hooks.example.org", "invalid_webhook_url"),
        ("https://user@hooks.example.org", "invalid_webhook_url"),
        ("https://hooks.example.org:99999", "invalid_webhook_url"),
        ("https://[fe80::1%25eth0]/", "invalid_webhook_url"),
        ("gopher://hooks.example.org", "invalid_webhook_url"),
        ("https://hooks.example.org:8443/", "address_not_allowed"),
        ("https://10.1.2.3/", "address_not_allowed"),
        ("https://0177.0.0.1/", "address_not_allowed"),
        ("https://[fd00::1]/", "address_not_allowed"),
        ("https://[2002:a00:1::]/", "address_not_allowed"),
        ("https://169.254.169.254/", "address_not_allowed"),
        ("https://metadata.google.internal/", "address_not_allowed"),
        ("https://localhost/", "address_not_allowed"),
        ("https://API.firm.test/healthz", "address_not_allowed"),
        ("https://own.firm.test/healthz", "address_not_allowed"),
    ],
)
async def test_a_webhook_address_that_may_not_be_called_is_refused_at_once(
    tmp_path: Path, hook: str, code: str
) -> None:
    async with serve(tmp_path / "data", own_hosts="own.firm.test") as api:
        problem(await api.order(webhook_url=hook), 422, code)
        assert (await api.client.get("/api/v1/account")).json()["open_jobs"] == 0


async def test_a_webhook_address_of_a_public_host_is_kept_in_its_canonical_spelling(api: Api) -> None:
    job = (await api.order(webhook_url="https://Hooks.EXAMPLE.org:443/a/../b?q=1#frag")).json()["scrape_id"]
    assert (await api.status(job))["webhook_url"] == "https://hooks.example.org/b?q=1"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
addresses = (
    st.sampled_from(["hollin.example", "http://b.example/x"])
    | st.text(max_size=60)
    | st.from_regex(r"(https?://)?[a-z0-9.\[\]:%@\\/-]{1,40}", fullmatch=True)
)
bodies = json_values | st.fixed_dictionaries(
    {"url": addresses | json_values},
    optional={
        "webhook_url": addresses | json_values,
        "max_age": st.floats() | json_values,
        "sections": st.lists(st.sampled_from(["identity", "contact", "x"])) | json_values,
        "metadata": st.dictionaries(st.text(), json_values) | json_values,
        "idempotency_key": json_values,
    },
)


async def test_no_body_brings_anything_but_an_answer_or_a_problem(tmp_path: Path) -> None:
    async with serve(tmp_path / "data", tiers='{"free": {"open_jobs": 100000}}') as api:
        cases: list[bytes] = []

        @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(bodies.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200))
        def collect(body: bytes) -> None:
            cases.append(body)

        collect()
        seen = set()
        for body in cases:
            answer = await post(api, body)
            seen.add(answer.status_code)
            if answer.status_code not in (200, 202):
                assert 400 <= answer.status_code < 500, (body, answer.text)
                problem(answer, answer.status_code, answer.json()["code"])
        assert {202, 400, 422} <= seen
