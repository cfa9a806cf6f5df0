import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.cloud import network as networks
from tests.cloud.deployment import Cloud, Release
from tests.cloud.deployment import cloud as deployed
from tests.cloud.environments import environment_of
from tests.cloud.internet import NAMES as HOSTS
from tests.cloud.internet import internet
from tests.cloud.network import Network
from tests.cloud.release import unpack_release
from tests.contract.emulators import needs_emulators
from tests.layout import NAMES, ROOT, pack


@pytest.fixture(scope="session")
def zips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("zips")
    return {name: pack(name, folder) for name in NAMES}


@pytest.fixture(scope="session")
def release(zips: dict[str, Path]) -> Release:
    """This one. All functions share one requirements file; its environment is made before there is no internet."""
    needs_emulators()
    if line := networks.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(line)
    return Release(zips, environment_of(ROOT / "requirements.txt"))


@pytest.fixture(scope="session")
def last_release(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Release:
    root = unpack_release(tmp_path_factory.mktemp("last"))
    python = environment_of(root / "requirements.txt", beside=release.python)
    return Release.made_of(root, tmp_path_factory.mktemp("last-zips"), python)


@pytest.fixture(scope="package")
def network(release: Release, last_release: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """For all sockets and processes that this folder's tests make."""
    with networks.network(HOSTS, tmp_path_factory.mktemp("network")) as made, made.entered():
        yield made


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def cloud(release: Release, network: Network, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    async with internet(folder) as made, deployed(release, network, made, folder) as cloud:
        yield cloud
