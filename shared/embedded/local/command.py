"""What `./deploy.sh local` does: starts Firmograph on this machine and calls its API as anybody would."""

import asyncio
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.text import Text

from shared.embedded.local import house
from shared.embedded.local.caller import Answer
from shared.embedded.local.house import Folder
from shared.embedded.local.options import Options, clean
from shared.embedded.local.show import Watch, console, show_profile
from shared.embedded.local.stop import Stop
from shared.embedded.sample import server
from shared.embedded.sample.server import Endpoint, Received

SAMPLE_PORTS = range(8480, 8580)
WEBHOOK_SECONDS = 60
AT_ONCE = 16  # jobs that are open at once


def opened(networks: list[str]) -> dict[str, str]:
    """Settings that let these networks be read, on any port."""
    return {"FIRMOGRAPH_ALLOW_NETWORKS": ",".join(networks), "FIRMOGRAPH_PORTS": ""} if networks else {}


async def serve(folder: Folder, options: Options) -> int:
    assert options.port and options.key_file
    house.listen(options.port).close()
    with key_file(options.key_file):
        options.key_file.unlink(missing_ok=True)
        tempfile.TemporaryFile(dir=options.key_file.parent).close()
    environment = opened(options.allow_networks)
    async with house.running(folder, options.port, options.workers, environment, quiet=False) as (host, caller):
        with key_file(options.key_file):
            house.write_private(options.key_file, caller.key)
        await host.while_up(forever())
    return 0


@contextmanager
def key_file(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Stop(f"the key can't be written to {file}: {error.strerror}", 2) from None


async def read(folder: Folder, options: Options, out: Console) -> int:
    """Prints the companies' profiles in the order of their addresses."""
    failed = False
    live = out if out.is_terminal and not options.json else console(stderr=True)
    environment = opened(options.allow_networks)
    async with house.running(folder, 0, options.workers, environment) as (host, caller):
        turn = asyncio.Semaphore(AT_ONCE)
        with Watch(live) as watch:

            async def one(url: str) -> Answer:
                async with turn:
                    return await caller.scrape(url, None, watch.job(url))

            async def all_of_them() -> None:
                nonlocal failed
                jobs = [asyncio.create_task(one(url)) for url in options.urls]
                try:
                    for url, job in zip(options.urls, jobs, strict=True):
                        failed |= not told(await job, url, options, out, live)
                finally:
                    for job in jobs:
                        job.cancel()
                    await asyncio.gather(*jobs, return_exceptions=True)

            await host.while_up(all_of_them())
    return 1 if failed else 0


def told(answer: Answer, url: str, options: Options, out: Console, live: Console) -> bool:
    """Prints what came of the job; whether it came to a profile."""
    if answer.profile is None:
        code, reason = answer.failure
        line(live, f"{url}: {code}: {reason}", "red")
        return False
    if answer.job["cached"]:
        line(live, f"{url}: answered from the cache, as read at {answer.profile['fetched_at']}")
    if options.json:
        print(json.dumps(answer.profile), flush=True)
        if answer.job["status"] == "partial":
            line(live, f"{url}: partial: {'; '.join(w['detail'] for w in answer.profile['warnings'])}", "yellow")
    else:
        show_profile(out, answer.profile)
    return True


async def sample(folder: Folder, options: Options, out: Console) -> int:
    arrived: asyncio.Queue[Received] = asyncio.Queue()
    endpoint = Endpoint(arrived.put_nowait)
    live = console(stderr=True) if options.json else out
    async with sample_site(folder, endpoint) as site:
        environment = opened([*options.allow_networks, "127.0.0.0/8"]) | server.settings(site)
        async with house.running(folder, 0, options.workers, environment) as (host, caller):
            endpoint.secret = (await caller.account())["webhook_secret"]
            line(live, f"Reading the sample company at {site}")

            async def shown() -> bool:
                with Watch(live) as watch:
                    answer = await caller.scrape(site, f"{site}/webhooks", watch.job(site))
                return told(answer, site, options, out, live) and await webhook_told(answer, arrived, live)

            ok = await host.while_up(shown())
            if ok and not options.once:
                line(live, f"The API stays at {host.base}/docs with the key {caller.key}; Ctrl-C ends it.")
                await host.while_up(forever())
    return 0 if ok else 1


async def webhook_told(answer: Answer, arrived: "asyncio.Queue[Received]", live: Console) -> bool:
    """Waits for the job's webhook, verified by the endpoint, and prints it."""
    try:
        async with asyncio.timeout(WEBHOOK_SECONDS):
            while True:
                received = await arrived.get()
                if received.event is None:
                    line(live, f"webhook {received.id}: its signature is wrong", "red")
                    return False
                if received.event["data"]["scrape_id"] == answer.job["scrape_id"]:
                    line(live, f"webhook {received.id}: {received.event['type']}, signature verified", "green")
                    return True
    except TimeoutError:
        line(live, f"no webhook came within {WEBHOOK_SECONDS} seconds", "red")
        return False


@asynccontextmanager
async def sample_site(folder: Folder, endpoint: Endpoint) -> AsyncIterator[str]:
    """The sample company's address: the same every time, since its stored profile goes by host and port."""
    kept = folder.path / "sample-port"
    with sample_socket(kept) as listening:
        port = listening.getsockname()[1]
        house.write_private(kept, str(port))
        runner = web.AppRunner(server.application(endpoint), access_log=None)
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()


def sample_socket(kept: Path) -> socket.socket:
    if kept.exists():
        return house.listen(int(kept.read_text()))
    for port in SAMPLE_PORTS:
        try:
            return house.listen(port)
        except Stop:
            continue
    raise Stop(f"no port from {SAMPLE_PORTS[0]} to {SAMPLE_PORTS[-1]} is free for the sample company", 2)


def line(out: Console, text: str, style: str = "") -> None:
    out.print(Text(clean(text), style=style), soft_wrap=True)


async def forever() -> None:
    await asyncio.Event().wait()


async def run(options: Options) -> int:
    """The command, until it is through or a signal ends it."""
    task = asyncio.current_task()
    assert task
    got: list[int] = []

    def interrupted(number: int) -> None:
        if not got:  # what cleans up is not interrupted again
            got.append(number)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, interrupted, number)
    try:
        with house.folder(options.data) as folder:
            if options.serve:
                return await serve(folder, options)
            return await (read if options.urls else sample)(folder, options, console())
    except asyncio.CancelledError:
        return 128 + got[0]
    except BrokenPipeError:  # whoever reads stdout has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
