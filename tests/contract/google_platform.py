import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from google.api_core.exceptions import AlreadyExists, DeadlineExceeded
from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient

from shared.google.documents import FirestoreDocuments
from shared.ports import Documents, Fields
from shared.settings import Settings
from shared.wiring import Platform
from tests import patience
from tests.contract.emulators import FIRESTORE, QUEUES, environment, google_settings
from tests.contract.platforms import Created, Inbox, Received, UnderTest
from tests.emulators.cloud_tasks import CloudTasksServer
from tests.emulators.processes import Addresses
from tests.emulators.proxies import Cable


class Subscription(Inbox):
    def __init__(self, client: SubscriberAsyncClient, name: str) -> None:
        self.client, self.name = client, name

    async def get(self) -> Received:
        while True:
            try:
                answer = await self.client.pull(subscription=self.name, max_messages=1, timeout=30, retry=None)
            except DeadlineExceeded:
                continue
            for received in answer.received_messages:
                await self.client.acknowledge(
                    subscription=self.name, ack_ids=[received.ack_id], timeout=patience.SECONDS
                )
                return Received(json.loads(received.message.data), dict(received.message.attributes))


class Google(UnderTest):
    """Firestore is reached over a cable that can be cut; a project of its own keeps each test to itself."""

    def __init__(self, settings: Settings, cable: Cable, tasks: CloudTasksServer) -> None:
        self.settings, self.cable, self.tasks_server = settings, cable, tasks
        self.platform = Platform(settings)
        self.clients: list[Documents] = []
        self.publisher, self.subscriber = PublisherAsyncClient(), SubscriberAsyncClient()

    def client(self) -> Documents:
        self.clients.append(FirestoreDocuments(self.settings))
        return self.clients[-1]

    async def cut(self) -> None:
        self.cable.cut()

    async def put_elsewhere(self, path: str, fields: Fields) -> None:
        await self.client().put(path, fields)

    async def make_topic(self, topic: str) -> str:
        name = f"projects/{self.settings.project}/topics/{topic}"
        with suppress(AlreadyExists):
            await self.publisher.create_topic(name=name, timeout=patience.SECONDS)
        return name

    async def subscribe(self, topic: str) -> Inbox:
        name = f"projects/{self.settings.project}/subscriptions/s{secrets.token_hex(4)}"
        await self.subscriber.create_subscription(
            request={"name": name, "topic": await self.make_topic(topic)}, timeout=patience.SECONDS
        )
        return Subscription(self.subscriber, name)

    async def created_tasks(self, queue: str) -> list[Created]:
        return [
            Created(json.loads(task.http_request.body), task.schedule_time or None)
            for name, task in self.tasks_server.tasks
            if name == queue
        ]

    async def close(self) -> None:
        await asyncio.gather(self.platform.close(), *(client.close() for client in self.clients))
        await self.publisher.transport.close()
        await self.subscriber.transport.close()


@asynccontextmanager
async def google(emulators: Addresses) -> AsyncIterator[Google]:
    tasks = CloudTasksServer({**QUEUES, "webhooks": "http://127.0.0.1:9/"}, calls=True)
    async with tasks.serving(), Cable(emulators.firestore).laid() as cable:
        with environment(**{FIRESTORE: cable.address}):
            settings = google_settings(f"test-{secrets.token_hex(6)}", emulators, tasks.address)
            platform = Google(settings, cable, tasks)
            yield platform
            await platform.close()
