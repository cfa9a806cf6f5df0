"""Of the pages that matter on a farm's sites, how many the product reads, and what it missed most:
`python -m tests.measure pages --farm FARM.py …`; FARM.py serves companies on loopback and writes a manifest of them."""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from shared.embedded.local import house
from shared.embedded.local.caller import Caller
from tests.measure_farm import sources

WORST = 10


async def work_on(caller: Caller, url: str) -> None:
    job = await caller.ask("POST", "/api/v1/scrape/company", {"url": url})
    while job["status"] in ("queued", "processing"):
        await asyncio.sleep(0.05)
        job = await caller.ask("GET", f"/api/v1/scrape/status/{job['scrape_id']}")
    if not job.get("profile"):
        print(f"{url}: {job['status']}: {job['error']}", file=sys.stderr)


async def work_on_all(caller: Caller, urls: list[str], concurrency: int) -> None:
    gate = asyncio.Semaphore(concurrency)

    async def one(url: str) -> None:
        async with gate:
            await work_on(caller, url)

    await asyncio.gather(*(one(url) for url in urls))


async def run(options: argparse.Namespace, urls: list[str], folder: house.Folder) -> None:
    async with sources() as known:
        environment = {"FIRMOGRAPH_ALLOW_NETWORKS": "127.0.0.0/8", "FIRMOGRAPH_PORTS": "", **known}
        environment["FIRMOGRAPH_MAX_PAGES"] = str(options.max_pages)
        async with house.running(folder, 0, 1, environment) as (host, caller):
            await host.while_up(work_on_all(caller, urls, options.concurrency))


def answers(base: str) -> dict[tuple[int, str], int]:
    """The farm's last answer by company and path."""
    with urllib.request.urlopen(f"{base}__farm/log", timeout=30) as log:
        rows = [line.split("\t") for line in log.read().decode().splitlines()]
    return {(int(row[0]), row[1]): int(row[3]) for row in rows if row[0].isdigit()}


def tell(companies: list[dict[str, Any]], answered: dict[tuple[int, str], int]) -> None:
    """Of the manifest's key pages, which the farm lists where robots.txt allows them and they work, those served."""
    wanted: Counter[str] = Counter()
    got: Counter[str] = Counter()
    missed: list[tuple[int, str, list[str]]] = []
    for company in companies:
        lost = []
        for kind, url in company["key_pages"].items():
            wanted[kind] += 1
            status = answered.get((company["i"], urlsplit(url).path), 0)
            got[kind] += status == 200
            if status != 200:
                lost.append(f"{kind} {urlsplit(url).path} ({f'HTTP {status}' if status else 'not asked for'})")
        missed += [(len(lost), company["base_url"], lost)] if lost else []
    for kind in sorted(wanted):
        print(f"{kind:10} {got[kind]:5} of {wanted[kind]}")
    total = sum(wanted.values())
    print(f"{'all':10} {sum(got.values()):5} of {total} ({sum(got.values()) / max(total, 1):.3f})")
    print("answers by status:", dict(Counter(answered.values())))
    for _, base, lost in sorted(missed, key=lambda one: (-one[0], one[1]))[:WORST]:
        print(f"missed on {base}: {'; '.join(lost)}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure pages", description=__doc__)
    parser.add_argument("--farm", type=Path, required=True, metavar="FARM.py")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that the farm needs")
    parser.add_argument("--companies", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=8147)
    parser.add_argument("--concurrency", type=int, default=16, help="jobs that are open at once")
    parser.add_argument("--max-pages", type=int, default=12, help="pages of a company")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="firmograph-pages-") as name, house.folder(Path(name) / "data") as folder:
        manifest = Path(name) / "manifest.json"
        command = [
            options.python,
            str(options.farm),
            "--companies",
            str(options.companies),
            "--port",
            str(options.port),
        ]
        command += ["--seed", str(options.seed), "--crawl-delay", "0", "--manifest", str(manifest)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as farm:
            try:
                if not (farm.stdout and farm.stdout.readline()):
                    print(f"{options.farm} did not start", file=sys.stderr)
                    return 2
                companies = json.loads(manifest.read_text())["companies"]
                asyncio.run(run(options, [company["base_url"] for company in companies], folder))
                tell(companies, answers(companies[0]["base_url"]))
            finally:
                farm.terminate()
    return 0
