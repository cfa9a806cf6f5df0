"""A product that tests share which ask no more of it than to read companies: starting one takes seconds of work."""

import gc
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.product import Server, World, company_site, serve, world

gc.disable()  # while tests are collected, which is a quarter less work without; nothing of it goes before the run ends


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def standing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    # It stands through the whole run, and sweeping twice a second took a twentieth of a core all that time.
    async with world(tmp_path_factory.mktemp("standing") / "data", sweep_seconds=5) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def w(standing: World) -> AsyncIterator[World]:
    """The shared product with a company and an endpoint of the test's own, for tests in the session's loop."""
    async with serve(company_site(Server())) as site, serve(Server()) as hook:
        yield World(standing.product, site, standing.sources, hook)
