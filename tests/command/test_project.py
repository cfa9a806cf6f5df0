"""The same commands on a project: Google's adapters, against the emulators."""

import secrets

import pytest

from shared import accounts, companies, runs
from shared.models import Company, fields
from shared.profile import Profile
from shared.settings import Settings
from shared.wiring import Platform
from tests.command.conftest import Run
from tests.command.running import called, command
from tests.contract.emulators import emulators
from tests.emulators.processes import Addresses

__all__ = ["emulators"]


@pytest.mark.emulator
async def test_accounts_and_erasures_work_on_a_project(emulators: Addresses) -> None:
    project = f"test-{secrets.token_hex(6)}"

    async def on(*arguments: str) -> Run:
        settings = {"platform": "google", "allow_networks": "", "ports": "80,443", "renew_seconds": "0.1"}
        how = command if arguments[1] == "create" else called
        run = await how(None, *arguments, "--project", project, **settings)
        assert run.status == 0, run.err
        return run

    key = (await on("user", "create", "Ada", "--tier", "pro")).out.strip()
    platform = Platform(Settings(platform="google", project=project))
    try:
        account = await accounts.authenticate(platform, key)
        assert f"{account.id}  pro" in (await on("user", "list")).out

        now = platform.settings.now()
        profile = Profile(domain="a.example", version="v1", fetched_at=now, people=[{"name": "Jane Doe"}])  # type: ignore[list-item]
        run = runs.new("a.example", platform.settings, now)
        company = Company(key="a.example", live_run=run.id, profile_version="v1", fetched_at=now)
        await platform.documents.put(runs.path(run.id), fields(run))
        await platform.documents.put(companies.path("a.example"), fields(company))
        content = companies.profile_fields(profile, platform.settings)
        await platform.documents.put(companies.profile_path("a.example", "v1"), content)

        assert "1 profiles of 1 companies" in (await on("erase", "person", "Jane Doe")).out
        kept = await companies.profile(platform, "a.example", "v1")
        assert kept and kept["people"] == []

        assert "1 profiles and the pages of 1 runs are deleted" in (await on("erase", "company", "a.example")).out
        assert await companies.profile(platform, "a.example", "v1") is None
        marked = await companies.get(platform, "a.example")
        assert marked and marked.erased_at and marked.live_run is None and marked.profile_version is None
        ended = await runs.get(platform, run.id)
        assert ended and ended.error and ended.error.code == "opted_out"
        assert ended.due, "whoever settles its jobs will find it"
    finally:
        await platform.close()
