"""The last release's code, which must be able to work on the same runs as this one's. It stands in release.tar.xz, so
that a clone without history has it; `python -m tests.cloud.release COMMIT` takes another's, once that is deployed."""

import lzma
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.layout import ROOT

ARCHIVE = Path(__file__).with_name("release.tar.xz")
KEPT = ("functions", "shared", "requirements.txt")
LEFT_OUT = ("shared/command", "shared/embedded/sample", "functions/api/static/swagger-ui")  # no run passes them


def unpack_release(folder: Path) -> Path:
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(folder, filter="data")
    return folder


def commit() -> str:
    with tarfile.open(ARCHIVE) as packed:
        packed.next()
        return packed.pax_headers["comment"]


def take(revision: str) -> None:
    paths = [*KEPT, *(f":!{path}" for path in LEFT_OUT)]
    command = ["git", "archive", "--format=tar", revision, "--", *paths]
    tar = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    ARCHIVE.write_bytes(lzma.compress(tar, preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m tests.cloud.release COMMIT")
    take(sys.argv[1])
    print(f"{ARCHIVE.name}: {commit()}, {ARCHIVE.stat().st_size / 1000:.0f} kB")
