"""Stored profiles."""

from datetime import timedelta

import pytest

from shared import companies, jobs
from shared.models import Failure, Status
from shared.profile import Contact, Person
from tests.api.conftest import Api, problem

PATH = "/api/v1/companies"


async def test_a_stored_profile_is_there_for_every_account(api: Api) -> None:
    await api.order()
    await api.complete(people=[Person(name="Ada Hollin")])
    for headers in ({}, await api.other()):
        answer = await api.client.get(f"{PATH}/hollin.example", headers=headers)
        assert answer.status_code == 200
        assert answer.json()["people"][0]["name"] == "Ada Hollin"
        assert "metadata" not in answer.json() and "account" not in answer.text


@pytest.mark.parametrize("domain", ["HOLLIN.example", "www.hollin.example", "hollin.example.", "hollin.example:443"])
async def test_a_company_is_found_by_every_spelling_of_its_host(api: Api, domain: str) -> None:
    await api.order()
    await api.complete()
    assert (await api.client.get(f"{PATH}/{domain}")).json()["domain"] == "hollin.example"


@pytest.mark.parametrize(
    "query, kept",
    [
        ("sections=identity,contact", {"identity", "contact"}),
        ("sections=identity&sections=contact", {"identity", "contact"}),
        ("sections=people", {"people"}),
        ("sections=", {"identity", "contact", "people", "news"}),
        ("", {"identity", "contact", "people", "news"}),
    ],
)
async def test_only_the_sections_asked_for_come(api: Api, query: str, kept: set[str]) -> None:
    await api.order()
    await api.complete(contact=Contact(emails=["hello@hollin.example"]))
    profile = (await api.client.get(f"{PATH}/hollin.example?{query}")).json()
    assert {"identity", "contact", "people", "news"} & set(profile) == kept


@pytest.mark.parametrize("query", ["sections=secrets", "sections=identity,x", "version=a/b", "version=", "version=é"])
async def test_a_query_that_cannot_be_is_refused(api: Api, query: str) -> None:
    found = problem(await api.client.get(f"{PATH}/hollin.example?{query}"), 422, "invalid_request")
    assert found["errors"][0]["location"] == "query"


async def test_an_earlier_version_is_still_there(api: Api) -> None:
    await api.order()
    first = await api.complete()
    await api.order(max_age=0)
    second = await api.complete()
    assert first.profile_version != second.profile_version
    current = (await api.client.get(f"{PATH}/hollin.example")).json()
    earlier = (await api.client.get(f"{PATH}/hollin.example?version={first.profile_version}")).json()
    assert (earlier["version"], current["version"]) == (first.profile_version, second.profile_version)
    problem(await api.client.get(f"{PATH}/hollin.example?version=v0"), 404, "no_profile")
    problem(await api.client.get(f"{PATH}/other.example?version={first.profile_version}"), 404, "no_profile")


async def test_an_unknown_company_is_answered_with_advice(api: Api) -> None:
    found = problem(await api.client.get(f"{PATH}/nobody.example"), 404, "no_profile")
    assert "POST /api/v1/scrape/company" in found["detail"]


async def test_a_company_that_could_not_be_read_says_why(api: Api) -> None:
    await api.order()
    ended = await api.end(
        await api.run(), Status.FAILED, failure=Failure(code="blocked", reason="The site shows a challenge")
    )
    await jobs.settle(api.platform, ended)
    assert "The site shows a challenge" in (await api.client.get(f"{PATH}/hollin.example")).json()["detail"]
    answer = await api.order()
    assert answer.status_code == 200 and answer.json()["status"] == "failed" and answer.json()["cached"]


async def test_an_expired_profile_is_not_shown(api: Api) -> None:
    await api.order()
    run = await api.complete()
    assert run.profile_version is not None
    path = companies.profile_path("hollin.example", run.profile_version)
    document = await api.platform.documents.get(path)
    assert document is not None
    past = api.platform.settings.now() - timedelta(days=1)
    await api.platform.documents.put(path, {**document.fields, "expires_at": past})
    problem(await api.client.get(f"{PATH}/hollin.example"), 404, "no_profile")


@pytest.mark.parametrize("domain", ["a b", "%00", "user@hollin.example", "-.example", "x" * 300, "co.uk"])
async def test_what_is_no_host_is_refused(api: Api, domain: str) -> None:
    problem(await api.client.get(f"{PATH}/{domain}"), 422, "invalid_address")
