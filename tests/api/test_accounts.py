"""Keys and what they open."""

import base64
import hashlib
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from shared import accounts
from shared.errors import Problem
from shared.ports import Delete
from shared.secrets import fingerprint, idempotent_job_id, sign, webhook_secret
from shared.settings import Settings, SettingsError
from shared.wiring import Platform
from tests.api.conftest import Api, problem, serve

PROTECTED = [
    ("POST", "/api/v1/scrape/company"),
    ("GET", "/api/v1/scrape/status/0a"),
    ("POST", "/api/v1/scrape/cancel/0a"),
    ("GET", "/api/v1/companies/hollin.example"),
    ("GET", "/api/v1/account"),
]


async def account_of(api: Api, authorization: str) -> httpx.Response:
    return await api.client.get("/api/v1/account", headers={"Authorization": authorization})


@pytest.mark.parametrize("method, path", PROTECTED)
async def test_every_route_of_the_api_wants_a_key_before_anything_else(api: Api, method: str, path: str) -> None:
    answer = await api.client.request(method, path, headers={"Authorization": ""}, content=b"not json")
    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer ", "Bearer x", "Bearer fg_", "Basic Zjpn", "Bearer fg_" + "A" * 43, "Bearer " + "A" * 9000],
)
async def test_what_is_no_key_of_ours_is_refused_alike(api: Api, authorization: str) -> None:
    expected = problem(await account_of(api, ""), 401, "unauthorized")
    found = problem(await account_of(api, authorization), 401, "unauthorized")
    del expected["instance"], found["instance"]
    assert found == expected


@pytest.mark.parametrize("change", [str.lower, lambda key: key + "A", lambda key: key[:-1], lambda key: f" {key} x"])
async def test_a_key_opens_only_as_it_is(api: Api, change: object) -> None:
    assert (await account_of(api, f"bearer {api.key}")).status_code == 200
    problem(await account_of(api, f"Bearer {change(api.key)}"), 401, "unauthorized")  # type: ignore[operator]


async def test_of_a_key_only_its_hash_and_first_characters_are_stored(api: Api, tmp_path: Path) -> None:
    document = await api.platform.documents.get(f"keys/{hashlib.sha256(api.key.encode()).hexdigest()}")
    assert document is not None and document.fields["prefix"] == api.key[:11]
    await api.platform.close()
    stored = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    assert api.key[:11].encode() in stored and api.key[11:].encode() not in stored


async def test_an_expired_key_is_refused_even_where_it_is_remembered(api: Api) -> None:
    now = api.platform.settings.now()
    key, stored = await accounts.create_key(api.platform, api.account.id, now + timedelta(seconds=0.3))
    assert stored.expires_at is not None
    assert (await account_of(api, f"Bearer {key}")).status_code == 200
    while api.platform.settings.now() <= stored.expires_at:
        await api.platform.documents.get("accounts/x")
    problem(await account_of(api, f"Bearer {key}"), 401, "unauthorized")


async def test_a_revoked_key_opens_nothing_and_the_others_still_do(api: Api) -> None:
    key, stored = await accounts.create_key(api.platform, api.account.id)
    assert (await account_of(api, f"Bearer {key}")).status_code == 200
    assert await accounts.revoke(api.platform, api.account.id, stored.prefix) == 1
    assert await accounts.revoke(api.platform, api.account.id, stored.prefix) == 0
    problem(await account_of(api, f"Bearer {key}"), 401, "unauthorized")
    assert (await account_of(api, f"Bearer {api.key}")).status_code == 200


async def test_a_key_without_its_account_opens_nothing(api: Api) -> None:
    await api.platform.documents.commit([Delete(accounts.path(api.account.id))])
    problem(await account_of(api, f"Bearer {api.key}"), 401, "unauthorized")


async def test_a_remembered_key_is_not_asked_for_again(api: Api) -> None:
    await accounts.authenticate(api.platform, api.key)
    await api.platform.documents.commit([Delete(accounts.key_path(api.key))])
    assert await accounts.authenticate(api.platform, api.key) == api.account
    elsewhere = Platform(api.platform.settings)
    with pytest.raises(Problem):
        await accounts.authenticate(elsewhere, api.key)


async def test_the_account_shows_its_limits_and_its_secret_and_no_key(api: Api) -> None:
    await api.order()
    answer = await api.client.get("/api/v1/account")
    body = answer.json()
    assert body["id"] == api.account.id and body["name"] == "first" and body["tier"] == "free"
    assert body["limits"] == {"open_jobs": 10} and body["open_jobs"] == 1
    assert [key["prefix"] for key in body["keys"]] == [api.key[:11]]
    assert api.key not in answer.text and answer.headers["cache-control"] == "no-store"
    other = (await api.client.get("/api/v1/account", headers=await api.other())).json()
    assert other["webhook_secret"] != body["webhook_secret"] and other["open_jobs"] == 0


async def test_the_secret_that_the_account_shows_verifies_what_is_signed(api: Api) -> None:
    secret = (await api.client.get("/api/v1/account")).json()["webhook_secret"]
    assert secret.startswith("whsec_") and len(base64.b64decode(secret[6:], validate=True)) == 32
    body = '{"type":"scrape.completed","data":{"name":"Größe"}}'.encode()
    headers = sign(api.platform.settings, api.account, "msg_1", api.platform.settings.now(), body)
    assert Webhook(secret).verify(body, headers)["type"] == "scrape.completed"


async def test_a_new_version_of_the_secret_is_another_one(api: Api) -> None:
    newer = api.account.model_copy(update={"secret_version": 2})
    assert webhook_secret(api.platform.settings, newer) != webhook_secret(api.platform.settings, api.account)


@pytest.mark.parametrize("master", ["", "ab" * 31, "not hex" * 10])
async def test_a_missing_or_short_master_key_is_said_clearly(api: Api, master: str) -> None:
    with pytest.raises(SettingsError, match="FIRMOGRAPH_WEBHOOK_MASTER_KEY"):
        webhook_secret(Settings(webhook_master_key=master), api.account)


async def test_the_first_account_is_made_once_and_its_key_is_the_same_again(tmp_path: Path) -> None:
    async with serve(tmp_path / "data") as api:
        key = await accounts.first_account(api.platform)
        assert await accounts.first_account(api.platform) == key
        body = (await account_of(api, f"Bearer {key}")).json()
        assert body["name"] == body["tier"] == "local" and len(body["keys"]) == 1


async def test_accounts_are_listed_and_change_their_tier(api: Api) -> None:
    for number in range(120):  # more than a page
        await accounts.create_account(api.platform, f"account {number}", "free")
    assert len(await accounts.accounts(api.platform)) == 121
    await accounts.set_tier(api.platform, api.account.id, "pro")
    changed = await accounts.get(api.platform, api.account.id)
    assert changed is not None and changed.tier == "pro"
    with pytest.raises(LookupError):
        await accounts.set_tier(api.platform, "nobody", "pro")
    with pytest.raises(LookupError):
        await accounts.create_key(api.platform, "nobody")
    for name, tier in (("", "free"), ("x\n", "free"), ("x", "gold")):
        with pytest.raises(ValueError, match=r"name|tier"):
            await accounts.create_account(api.platform, name, tier)


def test_an_idempotent_job_s_id_depends_on_account_key_and_master_key() -> None:
    one, two = Settings(webhook_master_key="1a" * 32), Settings(webhook_master_key="2b" * 32)
    ids = {
        idempotent_job_id(settings, account, key)
        for settings in (one, two)
        for account, key in (("a", "bc"), ("ab", "c"), ("a", "b"))
    }
    assert len(ids) == 6 and all(len(job) == 32 and job.isalnum() for job in ids)


def test_a_fingerprint_does_not_depend_on_the_order_of_fields() -> None:
    assert fingerprint({"a": 1, "b": {"c": "ü", "d": 2}}) == fingerprint({"b": {"d": 2, "c": "ü"}, "a": 1})
    assert fingerprint({"a": [1, 2]}) != fingerprint({"a": [2, 1]})
