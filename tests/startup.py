"""What a cold start costs: `python -m tests.startup` prints import time and memory of each function, from its zip's
layout, beside a bare hello-world, all in one run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.layout import NAMES, unpack

RUNS = 5
HELLO = """import functions_framework.aio

@functions_framework.aio.http
async def hello(request):
    return "hello"
"""
PROBE = """import json, resource, sys, time
start = time.perf_counter()
from functions_framework.aio import create_asgi_app
app = create_asgi_app(sys.argv[1], "main.py", sys.argv[2])
seconds = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "memory": memory}))
"""


def signature(name: str) -> str:
    return "http" if name in ("api", "deliver", "sweep", "hello") else "cloudevent"


def probe(name: str, folder: Path) -> dict[str, object]:
    """Starts the function alone, in a process of its own, and says what that took."""
    env = {**os.environ, "PYTHONPATH": "", "FIRMOGRAPH_PLATFORM": "google"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE, name, signature(name)], cwd=folder, env=env, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    print(f"| function | import ms (median of {RUNS}) | peak MB | over hello-world ms |")
    print("|---|---|---|---|")
    base = 0.0
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("hello", *NAMES):
            folder = Path(temporary) / name
            folder.mkdir()
            if name == "hello":
                (folder / "main.py").write_text(HELLO)
            else:
                unpack(name, folder)
            found = [probe(name, folder) for _ in range(RUNS + 1)][1:]  # the first compiles
            ms = statistics.median(float(str(f["seconds"])) for f in found) * 1000
            base = base or ms
            memory = statistics.median(float(str(f["memory"])) for f in found)
            print(f"| {name} | {ms:.0f} | {memory:.0f} | {ms - base:.0f} |")


if __name__ == "__main__":
    main()
