"""The description of the API, and whether the API keeps to it."""

from typing import Any

import httpx
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from shared.profile import Contact, Evidence, Person
from tests.api.conftest import SCRAPE, Api

OPERATIONS = {
    "/api/v1/scrape/company": "post",
    "/api/v1/scrape/status/{scrape_id}": "get",
    "/api/v1/scrape/cancel/{scrape_id}": "post",
    "/api/v1/companies/{domain}": "get",
    "/api/v1/account": "get",
    "/healthz": "get",
}


async def description(api: Api) -> dict[str, Any]:
    answer = await api.client.get("/openapi.json", headers={"Authorization": ""})
    assert answer.status_code == 200
    return dict(answer.json())


def keeps_to(described: dict[str, Any], path: str, answer: httpx.Response) -> None:
    """Whether the answer has a status, media type and body that the description gives for the path."""
    responses = described["paths"][path][OPERATIONS[path]]["responses"]
    content = responses[str(answer.status_code)]["content"][answer.headers["content-type"]]
    schema = {**content["schema"], "components": described["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(answer.json())


async def test_the_description_is_valid_and_has_every_route(api: Api) -> None:
    described = await description(api)
    validate(described)  # type: ignore[arg-type]
    assert {path: next(iter(item)) for path, item in described["paths"].items()} == OPERATIONS
    for path, method in OPERATIONS.items():
        operation = described["paths"][path][method]
        assert operation["description"] and operation["operationId"]
        if path != "/healthz":
            assert operation["security"] == [{"ApiKey": []}]
            assert {"401", "422", "500", "503"} <= set(operation["responses"])
            for status, response in operation["responses"].items():
                wanted = "application/problem+json" if status >= "400" else "application/json"
                assert list(response["content"]) == [wanted], (path, status)
    assert described["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"


async def test_the_example_of_an_order_is_one(api: Api) -> None:
    described = await description(api)
    example = described["components"]["schemas"]["ScrapeOrder"]["example"]
    assert (await api.client.post(f"{SCRAPE}/company", json=example)).status_code == 202


async def test_every_kind_of_answer_keeps_to_the_description(api: Api) -> None:
    described = await description(api)
    order, status, cancel, company, account, health = OPERATIONS
    get, post = api.client.get, api.client.post
    accepted = await api.order(webhook_url="https://hooks.example.org/x", metadata={"a": [[1]]})
    keeps_to(described, order, accepted)
    job = accepted.json()["scrape_id"]
    keeps_to(described, status, await get(f"{SCRAPE}/status/{job}"))
    run = await api.run()
    fact = Evidence(
        value="a@b.example",
        url="https://hollin.example/",
        how="html",
        quote="a@b.example",
        fetched_at=run.created_at.isoformat(),
        confidence=0.9,
    )
    await api.complete(
        contact=Contact(emails=["a@b.example"]),
        people=[Person(name="Ada Hollin")],
        sources={"/contact/emails/0": [fact]},
        confidence={"/contact/emails/0": 0.9},
    )
    for answer in (await get(f"{SCRAPE}/status/{job}"), await post(f"{SCRAPE}/cancel/{job}")):
        assert answer.json()["profile"] and answer.json()["webhooks"]
        keeps_to(described, status, answer)
    keeps_to(described, order, await api.order(sections=["people"]))
    keeps_to(described, company, await get("/api/v1/companies/hollin.example"))
    keeps_to(described, company, await get("/api/v1/companies/hollin.example?sections=contact"))
    keeps_to(described, account, await get("/api/v1/account"))
    keeps_to(described, health, await get("/healthz"))
    keeps_to(described, company, await get("/api/v1/companies/nobody.example"))
    keeps_to(described, status, await get(f"{SCRAPE}/status/nothing"))
    keeps_to(described, cancel, await post(f"{SCRAPE}/cancel/nothing"))
    keeps_to(described, account, await get("/api/v1/account", headers={"Authorization": ""}))
    keeps_to(described, order, await api.order(sections=["x"]))
    keeps_to(described, order, await post(f"{SCRAPE}/company", content=b"{"))
    keeps_to(described, order, await post(f"{SCRAPE}/company", content=b"{}", headers={"Content-Type": "text/plain"}))
