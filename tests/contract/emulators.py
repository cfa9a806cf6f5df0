"""The fixture by which a test asks for Google's emulators, and the settings that lead to them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.settings import Settings
from tests.emulators.processes import Addresses, missing, shared_emulators

QUEUES: dict[str, str | None] = {"delayed": None, "webhooks": None}
FIRESTORE, PUBSUB = "FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"  # the variables that the clients look for


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def needs_emulators() -> None:
    """Skips where they are not installed, but never in CI."""
    if line := missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(line)


@pytest.fixture(scope="session")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    needs_emulators()
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with (
        shared_emulators(folder) as addresses,
        environment(**{FIRESTORE: addresses.firestore, PUBSUB: addresses.pubsub}),
    ):
        yield addresses


def google_settings(project: str, emulators: Addresses, tasks_host: str = "") -> Settings:
    return Settings(
        platform="google",
        project=project,
        tasks_host=tasks_host,
        pubsub_api=f"http://{emulators.pubsub}",
        tasks_account=f"tasks@{project}.iam.gserviceaccount.com",
    )
