"""Each function, laid out as its zip, alone in its folder. That it answers there tests/cloud shows."""

import json
import os
import subprocess
import sys

import pytest

from tests.layout import NAMES, unpack
from tests.startup import signature

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
# The framework, which all start with, is loaded once, and each function by a child of that process.
PROBE = """import json, os, sys
from functions_framework.aio import create_asgi_app
print(json.dumps(["", sorted(sys.modules)]), flush=True)
for name, folder, signature in json.loads(sys.argv[1]):
    if os.fork() == 0:
        os.chdir(folder)
        create_asgi_app(name, "main.py", signature)
        print(json.dumps([name, sorted(sys.modules)]), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(name)
"""


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What each has loaded once it can be called, and under "" the framework."""
    folders = [
        (name, str(unpack(name, tmp_path_factory.mktemp(name), compiled=True)), signature(name)) for name in NAMES
    ]
    environment = {**os.environ, "PYTHONPATH": "", "FIRMOGRAPH_PLATFORM": "google"}
    command = [sys.executable, "-c", PROBE, json.dumps(folders)]
    done = subprocess.run(command, env=environment, cwd=folders[0][1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name: set(found) for name, found in map(json.loads, done.stdout.splitlines())}


def test_the_framework_loads_nothing_that_is_told_of_a_function(modules: dict[str, set[str]]) -> None:
    told = {*USERS, "shared", "functions"}
    assert told & modules[""] == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_function_starts_alone_without_what_it_does_not_use(modules: dict[str, set[str]], name: str) -> None:
    wrong = {module for module, users in USERS.items() if module in modules[name] and name not in users}
    assert wrong == set()
    others = {f"functions.{other}" for other in NAMES if other != name}
    assert others & modules[name] == set()
