"""The whole product over a list of base addresses: `python -m tests.measure farm --in URLS --out OUT.jsonl …`."""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from shared.embedded.local import house
from shared.embedded.local.caller import Caller, Refused
from shared.embedded.sample import server

WAIT_SECONDS = 15  # well below the caller's own timeout, since a busy machine answers late
PAUSE_SECONDS = 1.0  # where the API holds as many waiting requests as it may
SAMPLE_SECONDS = 1.0


def flat(url: str, profile: dict[str, Any]) -> dict[str, Any]:
    """A profile under the names that the farm's scorer knows."""
    identity, contact, financial = profile["identity"], profile["contact"], profile["financial"]
    return {
        "url": url,
        "name": identity["name"],
        "legal_name": identity["legal_name"],
        "description": identity["description"],
        "founded_year": identity["founded_year"],
        "emails": contact["emails"],
        "phones": contact["phones"],
        "address": contact["addresses"],
        "socials": profile["socials"],
        "people": profile["people"],
        "ticker": financial["tickers"],
        "vat_id": [one["value"] for one in financial["identifiers"] if one["type"] == "vat"],
        "pricing": profile["offering"]["plans"],
        "jobs": profile["hiring"]["openings"],
        "technologies": profile["technologies"],
        "key_pages": profile["key_pages"],
    }


async def profile_of(caller: Caller, url: str) -> dict[str, Any]:
    """Read anew, whatever is stored."""
    job = await caller.ask("POST", "/api/v1/scrape/company", {"url": url, "max_age": 0}, wait=WAIT_SECONDS)
    while job["status"] in ("queued", "processing"):
        await asyncio.sleep(PAUSE_SECONDS)
        job = await caller.ask("GET", f"/api/v1/scrape/status/{job['scrape_id']}", wait=WAIT_SECONDS)
    if job.get("profile"):
        return flat(url, job["profile"])
    print(f"{url}: {job['status']}: {job['error']}", file=sys.stderr)
    return {"url": url}


def memory(root: int) -> float:
    """Megabytes that a process and its descendants hold, shared pages counted by shares (Linux)."""
    kilobytes, waiting = 0, [root]
    while waiting:
        process = Path(f"/proc/{waiting.pop()}")
        try:
            rollup = (process / "smaps_rollup").read_text()
            waiting += [
                int(child) for task in (process / "task").iterdir() for child in (task / "children").read_text().split()
            ]
        except OSError:  # it has just ended
            continue
        kilobytes += int(rollup.partition("\nPss:")[2].split()[0])
    return kilobytes / 1000


async def sampled(root: int, lines: Path, curve: list[tuple[int, int]]) -> None:
    """Adds (profiles so far, MB) to the curve, now and then, until cancelled."""
    while True:
        done = lines.read_bytes().count(b"\n") if lines.exists() else 0
        curve.append((done, round(memory(root))))
        await asyncio.sleep(SAMPLE_SECONDS)


async def walk(caller: Caller, urls: list[str], out: Path, concurrency: int) -> dict[str, Any]:
    """Writes a line for each address; how long all and each took, in seconds."""
    took = [0.0] * len(urls)
    todo = iter(enumerate(urls))
    with out.open("w", buffering=1) as lines:

        async def worker() -> None:
            for i, url in todo:
                started = time.monotonic()
                try:
                    profile = await profile_of(caller, url)
                except Refused as refusal:
                    print(f"{url}: {refusal.code}: {refusal}", file=sys.stderr)
                    profile = {"url": url}
                took[i] = time.monotonic() - started
                lines.write(json.dumps(profile) + "\n")

        started = time.monotonic()
        await asyncio.gather(*(worker() for _ in range(concurrency)))
        seconds = time.monotonic() - started
    return {"seconds": round(seconds, 3), "per_company_s": [round(one, 4) for one in took]}


@asynccontextmanager
async def sources() -> AsyncIterator[dict[str, str]]:
    """Settings that lead to registers and job boards on loopback, which answer, and know none of the companies."""
    runner = web.AppRunner(server.application(), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield server.settings(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


async def farm(options: argparse.Namespace, urls: list[str], folder: house.Folder) -> dict[str, Any]:
    async with sources() as known:
        environment = {
            "FIRMOGRAPH_ALLOW_NETWORKS": "127.0.0.0/8",
            "FIRMOGRAPH_PORTS": "",
            "FIRMOGRAPH_MAX_PAGES": str(options.max_pages),
            **known,
        }
        async with house.running(folder, 0, options.workers, environment) as (host, caller):
            curve: list[tuple[int, int]] = []
            sampling = asyncio.create_task(sampled(host.process.pid, options.out, curve)) if options.memory else None
            figures = await host.while_up(walk(caller, urls * options.passes, options.out, options.concurrency))
            if sampling is not None:
                sampling.cancel()
                options.memory.write_text("".join(f"{done},{megabytes}\n" for done, megabytes in curve))
                figures["peak_mb"] = max(megabytes for _, megabytes in curve)
            return figures


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure farm", description=__doc__)
    parser.add_argument("--in", dest="urls", type=Path, required=True, metavar="URLS_FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT.jsonl")
    parser.add_argument("--concurrency", type=int, default=32, help="jobs that are open at once")
    parser.add_argument("--max-pages", type=int, default=12, help="pages of a company")
    parser.add_argument("--workers", type=int, default=1, help="processes of the host")
    parser.add_argument("--passes", type=int, default=1, help="times that all addresses are read")
    parser.add_argument("--memory", type=Path, metavar="CURVE.csv", help="gets (profiles so far, MB of all processes)")
    options = parser.parse_args(arguments)
    urls = [line.strip() for line in options.urls.read_text().splitlines() if line.strip()]
    with tempfile.TemporaryDirectory(prefix="firmograph-farm-") as name, house.folder(Path(name)) as folder:
        figures = asyncio.run(farm(options, urls, folder))
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
