"""What goes wrong before anything runs."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from shared.command.options import parse
from tests.command.running import command
from tests.product import ROOT


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("arguments", [("shared.embedded.local", "--once"), ("shared.command", "user", "list")])
async def test_an_interrupt_while_modules_load_ends_quietly_with_130(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    while "_socket" not in Path(f"/proc/{process.pid}/maps").read_text():
        await asyncio.sleep(0)
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("", "COMMAND"),
        ("user", "create|list|key|tier|revoke"),
        ("user create", "name"),
        ("user list --data a --project my-project-1", "not allowed with"),
        ("user list --project X", "no project id"),
        ("user key a --expires 0", "not a number of days"),
        ("erase person", "name"),
        ("dead-letters keep", "keep"),
        ("cloud my-project-1 --size huge", "huge"),
        ("cloud my-project-1 --var nonsense", "NAME=VALUE"),
        ("cloud my-project-1 --var project=other", "option of its own"),
        ("cloud my-project-1 --reg europe-west1", "--reg"),
    ],
)
def test_bad_usage_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str], arguments: str, said: str) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(arguments.split())
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out, printed.err.count("\n")) == (2, "", 1), printed.err
    assert said in printed.err and printed.err.startswith("./deploy.sh")


@pytest.mark.parametrize(
    ("arguments", "said"), [(["user", "lists"], "lists"), (["user", "list"], "keeps no state of a local one")]
)
async def test_what_can_not_be_run_is_one_line_and_status_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    run = await command(tmp_path / "data", *arguments)
    assert (run.status, run.out, run.err.count("\n")) == (2, "", 1), run.err
    assert said in run.err and run.err.startswith("./deploy.sh")
