"""Each function, laid out as its zip, alone in its folder. That it answers there tests/cloud shows."""

from pathlib import Path

import pytest

from tests.layout import NAMES, unpack
from tests.startup import probe

# What a function imports only if it uses it; whoever is not named must not.
USERS = {
    "fastapi": {"api"},
    "selectolax": {"discover", "crawl", "signals"},
    "phonenumbers": {"discover", "crawl"},
    "standardwebhooks": {"api", "deliver"},
    "aiohttp": {"discover", "crawl", "financial", "signals", "deliver"},
    "google.cloud.firestore": set(),
    "google.pubsub_v1": set(),
    "google.cloud.tasks_v2": set(),
    "sqlite3": set(),
    "uvloop": set(),
    "rich": set(),
    "shared.embedded": set(),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_starts_alone_without_what_it_does_not_use(tmp_path: Path, name: str) -> None:
    modules = set(probe(name, unpack(name, tmp_path / "zip", compiled=True))["modules"])  # type: ignore[call-overload]
    wrong = {module for module, users in USERS.items() if module in modules and name not in users}
    assert wrong == set()
    others = {f"functions.{other}" for other in NAMES if other != name}
    assert others & modules == set()
