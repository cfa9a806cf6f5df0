"""What terraform/ makes, on Google's emulators: topics with push subscriptions, a trigger, queues, a schedule."""

import asyncio
import base64
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from aiohttp import web

from tests import loopback, patience
from tests.cloud.internet import HOOK, Internet
from tests.cloud.network import Network
from tests.cloud.services import Service
from tests.command.conftest import PROJECT
from tests.contract.emulators import FIRESTORE, PUBSUB
from tests.emulators.cloud_tasks import CloudTasksServer
from tests.emulators.processes import Emulator
from tests.layout import NAMES, ROOT, ROW, pack
from tests.ports import free_port
from tests.product import ENDED, MASTER_KEY

DEAD_LETTERS = "scrape-dead-letters"
# In the cloud a message is tried 20 times, with pauses that grow. The emulator forgets messages after some tries where
# there is a retry policy (0.8.20), and tries every second where there is none, so it has to try oftener.
ATTEMPTS = 100
STAGES = {row["topic"]: name for name, row in ROW.items() if row["trigger"] == "topic"}
[WEBHOOKS] = [row["queue"] for row in ROW.values() if row["trigger"] == "tasks"]
[NOTIFIED] = [name for name, row in ROW.items() if row["trigger"] == "firestore"]
SWEEP_SECONDS = 3.0
EVENT_RETRY_SECONDS = (0.2, 2.0)  # least and greatest
WAITS = {  # all else is as it is in production
    "LEASE_SECONDS": "6",
    "RENEW_SECONDS": "1",
    "WEBHOOK_SCHEDULE": "0,0.2,0.2,0.4,0.8",
    "WEBHOOK_JITTER": "0",
    "SOURCE_RETRY_SECONDS": "1",
}


@dataclass(frozen=True)
class Release:
    zips: dict[str, Path]
    python: Path  # the folder of a virtual environment with what the zips require

    @classmethod
    def made_of(cls, root: Path, folder: Path, python: Path) -> "Release":
        names = [name for name in NAMES if (root / "functions" / name).is_dir()]
        return cls({name: pack(name, folder, root) for name in names}, python)


@dataclass
class Cloud:
    services: dict[str, Service]
    internet: Internet
    pubsub: httpx.AsyncClient
    environment: dict[str, str]
    tasks: CloudTasksServer
    key: str = ""

    @property
    def log(self) -> str:
        return self.services["api"].log.read_text()

    def client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.key}"}
        url = self.services["api"].url
        return loopback.client(base_url=url, headers=headers)

    async def submit(self, company: str, **body: Any) -> dict[str, Any]:
        async with self.client() as client:
            answer = await client.post("/api/v1/scrape/company", json={"url": f"https://{company}", **body})
            assert answer.status_code in (200, 202), answer.text
            return dict(answer.json())

    async def submit_with_webhook(self, company: str, **body: Any) -> dict[str, Any]:
        return await self.submit(company, webhook_url=f"https://{HOOK}/hook", **body)

    async def ended(self, jobs: Iterable[str], seconds: float = patience.SECONDS) -> list[dict[str, Any]]:
        return await self.until(jobs, lambda status: status["status"] in ENDED, seconds)

    async def until(self, jobs: Iterable[str], holds: Any, seconds: float = patience.SECONDS) -> list[dict[str, Any]]:
        """The jobs' statuses, each as soon as it holds."""
        found = []
        async with self.client() as client, asyncio.timeout(seconds):
            for job in jobs:
                while True:
                    status = (await client.get(f"/api/v1/scrape/status/{job}")).json()
                    if holds(status):
                        break
                    await asyncio.sleep(0.4)
                found.append(status)
        return found

    async def secret(self) -> str:
        async with self.client() as client:
            return str((await client.get("/api/v1/account")).json()["webhook_secret"])

    async def webhooks(self, *jobs: str) -> list[tuple[str, dict[str, Any]]]:
        """Ids and bodies of these jobs' webhooks so far."""
        verified = self.internet.hook.webhooks(await self.secret())
        return [(id_, body) for id_, body in verified if body["data"]["scrape_id"] in jobs]

    async def deploy(self, release: Release, *names: str) -> None:
        """Some functions, or all that the release has."""
        await asyncio.gather(
            *(self.services[name].deploy(release.zips[name], release.python) for name in names or release.zips)
        )

    def forget(self) -> None:
        """What has passed so far, and what the services were set to."""
        for service in self.services.values():
            service.twice, service.concurrency = False, None
            service.answers.clear()
            service.messages.clear()
        self.tasks.tasks.clear()
        self.internet.hook.received.clear()

    async def run_of(self, job: str) -> str:
        documents = f"projects/{PROJECT}/databases/(default)/documents"
        async with loopback.client() as client:
            answer = await client.get(f"http://{self.environment[FIRESTORE]}/v1/{documents}/jobs/{job}")
            return str(answer.raise_for_status().json()["fields"]["run"]["stringValue"])

    async def messages(self, *jobs: str) -> Counter[tuple[str, str]]:
        """How many different ones have named each of these jobs' runs and a stage."""
        runs = {await self.run_of(job) for job in jobs}
        different = {message for name in STAGES.values() for message in self.services[name].messages}
        return Counter(message.names for message in different if message.names[0] in runs)

    async def publish(self, topic: str, data: bytes, attributes: dict[str, str]) -> None:
        message = {"data": base64.b64encode(data).decode(), "attributes": attributes}
        answer = await self.pubsub.post(f"/topics/{topic}:publish", json={"messages": [message]})
        assert answer.status_code == 200, answer.text

    async def dead_letters(self) -> list[dict[str, Any]]:
        """Those that are there, taken."""
        asked = {"maxMessages": 100, "returnImmediately": True}
        answer = await self.pubsub.post(f"/subscriptions/{DEAD_LETTERS}:pull", json=asked)
        received = answer.json().get("receivedMessages", [])
        if received:
            taken = {"ackIds": [one["ackId"] for one in received]}
            (await self.pubsub.post(f"/subscriptions/{DEAD_LETTERS}:acknowledge", json=taken)).raise_for_status()
        return [one["message"] for one in received]

    async def give_up_after(self, attempts: int) -> None:
        """The stages' messages, to the dead letters."""
        for topic in STAGES:
            policy = {"deadLetterTopic": f"projects/{PROJECT}/topics/{DEAD_LETTERS}", "maxDeliveryAttempts": attempts}
            name = f"projects/{PROJECT}/subscriptions/{topic}"
            body = {"subscription": {"name": name, "deadLetterPolicy": policy}, "updateMask": "deadLetterPolicy"}
            (await self.pubsub.patch(f"/subscriptions/{topic}", json=body)).raise_for_status()

    async def make_topics(self) -> None:
        for topic in (DEAD_LETTERS, "scrape-progress", *STAGES):
            (await self.pubsub.put(f"/topics/{topic}", json={})).raise_for_status()
        for topic in (DEAD_LETTERS, *STAGES):
            subscription: dict[str, Any] = {"topic": f"projects/{PROJECT}/topics/{topic}"}
            if topic in STAGES:
                service = self.services[STAGES[topic]]
                subscription |= {
                    "ackDeadlineSeconds": 600,
                    "pushConfig": {"pushEndpoint": service.url, "noWrapper": {"writeMetadata": True}},
                    "deadLetterPolicy": {
                        "deadLetterTopic": f"projects/{PROJECT}/topics/{DEAD_LETTERS}",
                        "maxDeliveryAttempts": ATTEMPTS,
                    },
                }
            answer = await self.pubsub.put(f"/subscriptions/{topic}", json=subscription)
            assert answer.status_code == 200, answer.text

    async def make_account(self) -> None:
        """As an operator does."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "shared.command", "user", "create", "first", "--tier", "enterprise",
            "--project", PROJECT,
            cwd=ROOT, env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await process.communicate()
        assert process.returncode == 0, err.decode()
        self.key = out.decode().strip()

    async def keep_sweeping(self) -> None:
        async with loopback.client() as client:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                with suppress(httpx.TransportError):
                    await client.post(self.services["sweep"].url)


class Events:
    """Between the Firestore emulator, which tells an event once and forgets it, and its function: Eventarc, which
    repeats it until it is acknowledged."""

    def __init__(self) -> None:
        self.port = free_port()
        self.target = ""
        self._running: set[asyncio.Task[None]] = set()

    async def _told(self, request: web.Request) -> web.Response:
        task = asyncio.create_task(self._hand_on(dict(request.headers), await request.read()))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return web.Response(status=204)

    async def _hand_on(self, headers: dict[str, str], body: bytes) -> None:
        kept = {name: value for name, value in headers.items() if name.lower().startswith(("ce-", "content-type"))}
        wait = EVENT_RETRY_SECONDS[0]
        async with loopback.client() as client:
            while True:
                with suppress(httpx.TransportError):
                    if (await client.post(self.target, headers=kept, content=body)).is_success:
                        return
                await asyncio.sleep(wait)
                wait = min(wait * 2, EVENT_RETRY_SECONDS[1])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_post("/functions/{path:.*}", self._told)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        try:
            yield
        finally:
            await runner.cleanup()
            for task in [*self._running]:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)


async def make_trigger(firestore: str) -> None:
    trigger = {
        "eventType": "google.cloud.firestore.document.v1.created",
        "database": "(default)",
        "namespace": "(default)",
        "document": {"value": ROW[NOTIFIED]["document"], "matchType": "PATH_PATTERN"},
    }
    url = f"http://{firestore}/emulator/v1/projects/{PROJECT}/eventarcTrigger?eventarcTriggerId={NOTIFIED}"
    async with loopback.client() as client:
        (await client.post(url, json=trigger)).raise_for_status()


@asynccontextmanager
async def cloud(release: Release, network: Network, internet: Internet, folder: Path) -> AsyncIterator[Cloud]:
    """Within `network`, into which the caller has gone."""
    async with AsyncExitStack() as stack:
        log = folder / "functions.log"
        services = {name: Service(name, release.zips[name], release.python, network, log) for name in NAMES}
        events = Events()
        events.target = services[NOTIFIED].url
        await stack.enter_async_context(events.serving())
        firestore = Emulator.firestore(folder / "firestore.log", functions=f"127.0.0.1:{events.port}")
        pubsub = Emulator.pubsub(folder / "pubsub.log")
        for emulator in (firestore, pubsub):
            stack.callback(emulator.kill)
            emulator.start()
        tasks = CloudTasksServer({WEBHOOKS: services["deliver"].url, "delayed": None})
        await stack.enter_async_context(tasks.serving())
        for emulator in (firestore, pubsub):
            emulator.wait_until_ready()
        settings = WAITS | {
            "PLATFORM": "google",
            "PROJECT": PROJECT,
            "LOCATION": "europe-west1",
            "TASKS_ACCOUNT": f"delayed@{PROJECT}.iam.gserviceaccount.com",
            "TASKS_HOST": tasks.address,
            "PUBSUB_API": f"http://{pubsub.address}",
            "PUBLIC_URL": services["api"].url,
            "OWN_HOSTS": ",".join(service.url.removeprefix("http://") for service in services.values()),
            "WEBHOOK_MASTER_KEY": MASTER_KEY,
        }
        environment = {f"FIRMOGRAPH_{name}": value for name, value in settings.items()} | {
            FIRESTORE: firestore.address,
            PUBSUB: pubsub.address,
            "SSL_CERT_FILE": str(internet.authority),
        }
        for service in services.values():
            service.environment = environment
            await stack.enter_async_context(service.serving())
        client = loopback.client(base_url=f"http://{pubsub.address}/v1/projects/{PROJECT}")
        made = Cloud(services, internet, await stack.enter_async_context(client), environment, tasks)
        await make_trigger(firestore.address)
        await made.make_topics()
        await made.make_account()
        await asyncio.gather(*(service.start() for service in services.values()))
        sweeping = asyncio.create_task(made.keep_sweeping())
        stack.callback(sweeping.cancel)
        yield made
