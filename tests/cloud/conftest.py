import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cloud import network as networks
from tests.cloud.deployment import Cloud
from tests.cloud.deployment import cloud as deployed
from tests.cloud.environments import environment_of
from tests.cloud.internet import NAMES as HOSTS
from tests.cloud.internet import internet
from tests.cloud.network import Network
from tests.contract.emulators import needs_emulators
from tests.layout import NAMES, ROOT, pack


@pytest.fixture(scope="session")
def zips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("zips")
    return {name: pack(name, folder) for name in NAMES}


@pytest.fixture(scope="session")
def python() -> Path:
    """The environment of all functions, who share one requirements file; made before there is no internet."""
    needs_emulators()
    if line := networks.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(line)
    return environment_of(ROOT / "requirements.txt")


@pytest.fixture(scope="module")
def network(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """For all sockets and processes that a module's tests make."""
    with networks.network(HOSTS, tmp_path_factory.mktemp("network")) as made, made.entered():
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cloud(
    zips: dict[str, Path], python: Path, network: Network, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    async with internet(folder) as made, deployed(zips, python, network, made, folder) as cloud:
        yield cloud
