"""`./deploy.sh user|erase|dead-letters …` as a process, on a data folder."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.command.commands import COMMANDS
from shared.command.options import parse
from shared.embedded.local.stop import Stop
from tests.command.conftest import Run
from tests.product import ROOT, environment


async def command(data: Path | None, *arguments: str, module: str = "shared.command", **settings: Any) -> Run:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, *(["--data", str(data)] if data else []),
        cwd=data.parent if data else ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment(data or ROOT, **settings)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode is not None
    return Run(process.returncode, out.decode(), err.decode())


def refused(data: Path, *arguments: str) -> str:
    """What the command says that ends with status 2, without a process of its own."""
    options = parse([*arguments, "--data", str(data)])
    with pytest.raises(Stop) as stopped:
        COMMANDS[options.command](options)
    assert stopped.value.status == 2
    return stopped.value.line
