"""`./deploy.sh user|erase|dead-letters …`: as a process, or in this one where it is asked what comes of it."""

import asyncio
import os
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from shared.command.commands import COMMANDS
from shared.command.dead_letters import dead_letters
from shared.command.erase import erase
from shared.command.options import parse
from shared.command.user import user
from shared.embedded.local.stop import Stop
from tests.command.conftest import Run
from tests.product import ROOT, environment


async def command(data: Path | None, *arguments: str, **settings: Any) -> Run:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "shared.command", *arguments, *where(data),
        cwd=data.parent if data else ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment(data or ROOT, **settings)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return Run(process.returncode, out.decode(), err.decode())


async def called(data: Path | None, *arguments: str, **settings: Any) -> Run:
    """The same without a process of its own, which takes half a second to load."""
    options = parse([*arguments, *where(data)])
    run = {"user": user, "erase": erase, "dead-letters": dead_letters}[options.command]
    with pytest.MonkeyPatch.context() as variables, redirect_stdout(StringIO()) as out:
        for name, value in environment(data or ROOT, **settings).items():
            variables.setenv(name, value)
        try:
            return Run(await run(options), out.getvalue(), "")
        except Stop as stop:
            return Run(stop.status, out.getvalue(), stop.line)


def where(data: Path | None) -> list[str]:
    return ["--data", str(data)] if data else []


def refused(data: Path, *arguments: str) -> str:
    """What the command says that ends with status 2, without a process of its own."""
    options = parse([*arguments, *where(data)])
    with pytest.raises(Stop) as stopped:
        COMMANDS[options.command](options)
    assert stopped.value.status == 2
    return stopped.value.line
