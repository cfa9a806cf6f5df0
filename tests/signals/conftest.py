from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.signals.main import signals
from tests.desk import Desk, desk


@pytest.fixture
async def at_sources(tmp_path: Path) -> AsyncIterator[Desk]:
    """A run at `signals`, whose company's site and job board are on one server."""
    async with desk(tmp_path, signals, "signals", "assemble", base="{url}/", greenhouse_url="{url}/greenhouse") as at:
        yield at
