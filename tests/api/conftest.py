"""The API as functions-framework serves it, on the embedded platform; no other function runs."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from functions_framework.aio import create_asgi_app

from shared import accounts, companies, jobs, runs
from shared.models import Account, Failure, Run, Status
from shared.ports import Transaction
from shared.profile import Identity, Profile
from shared.settings import settings
from shared.wiring import Platform, platform
from tests.product import ROOT, environment

# As in the cloud: public addresses alone.
STRICT = {"allow_networks": "", "ports": "80,443", "webhook_https_only": "true", "public_url": "https://api.firm.test"}
SCRAPE = "/api/v1/scrape"


@dataclass
class Api:
    client: httpx.AsyncClient  # with the account's key
    platform: Platform
    account: Account
    key: str

    async def order(self, **body: Any) -> httpx.Response:
        return await self.client.post(f"{SCRAPE}/company", json={"url": "hollin.example", **body})

    async def status(self, job: str) -> dict[str, Any]:
        answer = await self.client.get(f"{SCRAPE}/status/{job}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def other(self) -> dict[str, str]:
        """Headers of another account."""
        account = await accounts.create_account(self.platform, "other", "free")
        key, _ = await accounts.create_key(self.platform, account.id)
        return {"Authorization": f"Bearer {key}"}

    async def run(self, company: str = "hollin.example") -> Run:
        found = await companies.get(self.platform, company)
        assert found is not None and found.live_run is not None
        run = await runs.get(self.platform, found.live_run)
        assert run is not None
        return run

    async def end(
        self, run: Run, status: Status, profile: Profile | None = None, failure: Failure | None = None
    ) -> Run:
        """Ends the run as assemble or the frame would, and leaves its jobs to be settled."""

        async def once(tx: Transaction) -> Run:
            current = await runs.read(tx, run.id)
            now = self.platform.settings.now()
            await runs.end(tx, current, status, self.platform.settings, now, failure=failure, profile=profile)
            return current

        return await self.platform.documents.transaction(once)

    async def complete(self, company: str = "hollin.example", **sections: Any) -> Run:
        run = await self.run(company)
        now = self.platform.settings.now()
        profile = Profile(
            domain=company,
            version=f"v{run.id[:12]}",
            fetched_at=now,
            **{"identity": Identity(name="Hollin Tools"), **sections},
        )
        ended = await self.end(run, Status.COMPLETED, profile)
        await jobs.settle(self.platform, ended)
        return ended


@asynccontextmanager
async def serve(data: Path, **more: Any) -> AsyncIterator[Api]:
    """The API with these settings in the environment, as a deployment sets them."""
    before = dict(os.environ)
    os.environ.update(environment(data, **{**STRICT, **more}))
    settings.cache_clear()
    on = platform()
    try:
        account = await accounts.create_account(on, "first", "free")
        key, _ = await accounts.create_key(on, account.id)
        app = create_asgi_app(target="api", source=str(ROOT / "functions" / "api" / "main.py"))
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="https://api.firm.test",
            headers={"Authorization": f"Bearer {key}"},
        ) as client:
            yield Api(client, on, account, key)
    finally:
        await on.close()
        os.environ.clear()
        os.environ.update(before)
        settings.cache_clear()


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with serve(tmp_path / "data") as running:
        yield running


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The answer's problem, whole and of that kind."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status and body["code"] == code, body
    assert body["type"].endswith(f"/{code}") and body["title"] and body["detail"]
    assert body["instance"].startswith("urn:uuid:")
    return body
