"""Each function, laid out as its zip, alone in its folder."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import patience
from tests.layout import NAMES, unpack
from tests.ports import free_port
from tests.startup import probe, signature

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
    modules = set(probe(name, unpack(name, tmp_path / "zip"))["modules"])  # type: ignore[call-overload]
    wrong = {module for module, users in USERS.items() if module in modules and name not in users}
    assert wrong == set()
    others = {f"functions.{other}" for other in NAMES if other != name}
    assert others & modules == set()


@pytest.mark.parametrize("name", ["api", "crawl", "deliver"])
def test_a_function_answers_under_the_functions_framework(tmp_path: Path, name: str) -> None:
    folder, port = unpack(name, tmp_path / "zip"), free_port()
    env = {
        "PATH": "/usr/bin:/bin",
        "FIRMOGRAPH_PLATFORM": "google",
        "FIRMOGRAPH_WEBHOOK_MASTER_KEY": "5b" * 32,
        "GOOGLE_CLOUD_PROJECT": "p",
    }
    command = [
        str(Path(sys.executable).parent / "functions-framework"),
        "--target",
        name,
        "--signature-type",
        signature(name),
        "--asgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        answer = ask(name, port, process)
        assert answer.status_code == {"api": 200, "crawl": 500, "deliver": 200}[name], (tmp_path / "log").read_text()
    finally:
        process.terminate()
        process.wait(patience.SECONDS)


def ask(name: str, port: int, process: subprocess.Popen[bytes]) -> httpx.Response:
    """api its health; a stage a message that is not ours; deliver a task that is not ours: none needs the platform."""
    end = time.monotonic() + patience.SECONDS
    while time.monotonic() < end:
        assert process.poll() is None
        with socket.socket() as probe_socket:
            if probe_socket.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    url = f"http://127.0.0.1:{port}"
    with httpx.Client(trust_env=False, timeout=patience.SECONDS) as client:
        if name == "api":
            return client.get(f"{url}/healthz")
        if name == "deliver":
            return client.post(url, json={"delivery": "none"})
        event = {
            "ce-id": "1",
            "ce-type": "t",
            "ce-source": "s",
            "ce-specversion": "1.0",
            "content-type": "application/json",
        }
        return client.post(url, content=b"[]", headers=event)
