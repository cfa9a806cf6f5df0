from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.financial.main import financial
from tests.desk import Desk, desk


@pytest.fixture
async def at_edgar(tmp_path: Path) -> AsyncIterator[Desk]:
    """A run at `financial`, and an EDGAR without anything in it."""
    urls = {"edgar_data_url": "{url}/data", "edgar_www_url": "{url}/www"}
    async with desk(tmp_path, financial, "financial", "signals", edgar_interval_seconds=0, **urls) as at:
        yield at
