"""What Hyperscan compiles is left beside Python's compiled files for the next process, and made anew where it is broken."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROGRAM = "from shared.extract.literals import Literals; print(Literals([b'{}']).within(b'a rush, a reed'))"
REED, RUSH = "[(14, 0)]", "[(6, 0)]"


def found(word: str, cache: Path) -> str:
    """Where a process of its own finds the word, that it may read what another one has left."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = str(cache)
    program = [sys.executable, "-c", PROGRAM.format(word)]
    return subprocess.run(program, env=env, capture_output=True, text=True, check=True).stdout.strip()


def left(cache: Path) -> Path:
    (kept,) = cache.rglob("literals-*.hs")
    return kept


def test_a_database_is_taken_from_the_process_before(tmp_path: Path) -> None:
    assert found("reed", tmp_path / "a") == REED
    assert found("rush", tmp_path / "b") == RUSH
    left(tmp_path / "a").write_bytes(left(tmp_path / "b").read_bytes())
    assert found("reed", tmp_path / "a") == RUSH


@pytest.mark.parametrize(
    "spoilt",
    [lambda whole: b"", lambda whole: whole[:-9], lambda whole: whole[:300] + bytes([whole[300] ^ 255]) + whole[301:]],
)
def test_a_broken_database_is_compiled_anew(tmp_path: Path, spoilt: Callable[[bytes], bytes]) -> None:
    assert found("reed", tmp_path) == REED
    whole = left(tmp_path).read_bytes()
    assert spoilt(whole) != whole
    left(tmp_path).write_bytes(spoilt(whole))
    assert found("reed", tmp_path) == REED
    assert left(tmp_path).read_bytes() == whole
