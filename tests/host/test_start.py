"""How a host starts, and why it does not."""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.embedded.host import ROOT, environment, main
from shared.settings import Settings, read
from tests.host.conftest import Control, host_process

Refusal = Callable[..., tuple[int, list[str]]]


@pytest.fixture
def refusal(settings: Settings, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Refusal:
    """Exit status and lines of a host that does not start, without a process of its own."""

    def refused(*arguments: str, at: Settings = settings, **variables: str) -> tuple[int, list[str]]:
        for name, value in {**environment(at), **variables}.items():
            monkeypatch.setenv(name, value)
        try:
            status = main(["--data", str(at.data), *arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
        return status, capfd.readouterr().err.splitlines()

    return refused


def message(line: str) -> str:
    return str(json.loads(line)["message"])


async def test_the_port_stands_in_a_file_and_a_second_host_on_the_same_data_is_refused(
    settings: Settings, control: Control
) -> None:
    file = settings.data.parent / "port"
    async with host_process(settings, "--port-file", str(file)) as host:
        assert host.url == f"http://127.0.0.1:{int(file.read_text())}"
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "shared.embedded.host", "--data", str(settings.data)),
            cwd=ROOT,
            env=environment(settings),
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await process.communicate()
        assert (process.returncode, [message(line) for line in errors.decode().splitlines()]) == (
            2,
            [f"{settings.data} is in use by another host"],
        )


def test_a_port_in_use_is_refused(refusal: Refusal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, [line] = refusal("--port", str(port))
    assert (status, message(line)) == (2, f"port {port} of 127.0.0.1 can't be used: Address already in use")


def test_a_folder_that_can_t_be_made_is_refused(settings: Settings, refusal: Refusal, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    data = tmp_path / "file" / "data"
    status, [line] = refusal(at=settings.model_copy(update={"data": data}))
    assert (status, message(line)) == (2, f"{data} can't keep the state: Not a directory")


def test_a_file_that_is_no_database_is_refused(settings: Settings, refusal: Refusal) -> None:
    settings.data.mkdir()
    (settings.data / "firmograph.db").write_bytes(b"something else " * 1000)
    status, [line] = refusal()
    assert (status, message(line)) == (2, f"{settings.data}/firmograph.db can't be used: file is not a database")


def test_a_setting_that_makes_no_sense_is_refused(refusal: Refusal) -> None:
    status, [line] = refusal(FIRMOGRAPH_SWEEP_SECONDS="soon")
    assert status == 2
    assert message(line).startswith("FIRMOGRAPH_SWEEP_SECONDS: ")


@pytest.mark.parametrize(
    "arguments", [["--workers", "0"], ["--port", "70000"], ["--isolate", "--workers", "2"], ["--port", "x"]]
)
def test_bad_usage_is_refused(refusal: Refusal, arguments: list[str]) -> None:
    status, lines = refusal(*arguments)
    assert (status, lines[0].startswith("usage:")) == (2, True)


def test_a_function_that_can_t_be_imported_ends_the_host_with_the_reason(
    settings: Settings, refusal: Refusal, tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    (folder / "api").mkdir(parents=True)
    (folder / "api" / "main.py").write_text("import nowhere_to_be_found\n")
    rows = {"api": {"trigger": "http", "concurrency": 1, "timeout_seconds": 1}}
    (folder / "functions.json").write_text(json.dumps(rows))
    status, lines = refusal(at=settings.model_copy(update={"functions": folder}))
    assert status == 1
    assert "No module named 'nowhere_to_be_found'" in lines[0]
    assert message(lines[-1]) == "a worker ended with status 1 before it was ready; its log says why"


@pytest.mark.parametrize(
    "values",
    [
        {"allow_networks": ("127.0.0.0/8",), "ports": (), "opt_out": ("a.example", "b.example")},
        {"push_backoff_seconds": (0.5, 1), "duplicate_deliveries": True, "lose_topics": ("scrape-crawl",)},
        {"tiers": {"local": {"open_jobs": 3}}, "public_url": "https://api.example", "max_pages": 3},
    ],
)
def test_settings_reach_a_worker_as_they_were(values: dict[str, Any], tmp_path: Path) -> None:
    settings = Settings.model_validate({"platform": "embedded", "data": tmp_path, **values})
    assert read(environment(settings)) == settings


def test_a_worker_sees_no_setting_but_the_host_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMOGRAPH_MAX_PAGES", "3")
    monkeypatch.setenv("HOME_OF_OTHERS", os.sep)
    variables = environment(Settings(platform="embedded"))
    assert "FIRMOGRAPH_MAX_PAGES" not in variables
    assert variables["HOME_OF_OTHERS"] == os.sep
