import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.signals.main import signals
from shared.settings import Settings
from tests.desk import Desk, desk


@pytest.fixture
async def at_sources(tmp_path: Path) -> AsyncIterator[Desk]:
    """A run at `signals`, whose company's site and job boards are on one server: /greenhouse, /recruitee/hollin, …"""
    names = Settings.model_fields["job_boards"].default
    hosts = {name: "{url}/" + name + "/{token}" * ("{token}" in at) for name, at in names.items()}
    async with desk(tmp_path, signals, "signals", "assemble", base="{url}/", job_boards=json.dumps(hosts)) as at:
        yield at
