"""A virtual environment with nothing but a requirements file's packages, made once for each content of such a file."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

UNUSED_SECONDS = 14 * 86400  # after which one is removed


def environment_of(requirements: Path, beside: Path | None = None) -> Path:
    """Its folder; in the user's cache, since pip needs about a minute for it. What stands in the environment `beside` it
    in the same version is not installed again."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "firmograph" / "environments"
    cache.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{sys.version}\n{requirements.read_text()}\n{beside or ''}".encode()).hexdigest()
    folder, ready = cache / digest[:16], cache / digest[:16] / "ready"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
            if beside is not None:
                packages = [next(place.glob("lib/python*/site-packages")) for place in (beside, folder)]
                (packages[1] / "beside.pth").write_text(f"{packages[0]}\n")
            pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
            subprocess.run([*pip, "--requirement", str(requirements)], check=True)
        ready.touch()
        for old in cache.glob("*/ready"):
            if old.stat().st_mtime < time.time() - UNUSED_SECONDS:
                shutil.rmtree(old.parent)
    return folder
