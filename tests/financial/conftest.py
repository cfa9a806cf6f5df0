from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from functions.financial.main import financial
from tests.desk import Desk, desk
from tests.financial.bodies import NOTHING_FOUND, SEARCH

SETTINGS = {
    "edgar_data_url": "{url}/data",
    "edgar_www_url": "{url}/www",
    "gleif_url": "{url}/gleif",
    "wikidata_url": "{url}/wikidata",
    "edgar_interval_seconds": "0",
    "gleif_interval_seconds": "0",
    "wikidata_interval_seconds": "0",
}


@pytest.fixture
async def at_registers(tmp_path: Path) -> AsyncIterator[Desk]:
    """A run at `financial`, and registers without anything in them."""
    async with desk(tmp_path, financial, "financial", "signals", **SETTINGS) as at:
        at.sources.answers[SEARCH] = NOTHING_FOUND
        yield at
