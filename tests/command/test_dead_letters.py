import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient

from shared.embedded import queue
from shared.embedded.store import store
from shared.ports import cloud_event
from shared.wiring import Platform
from tests.command.conftest import Run
from tests.command.running import called, command
from tests.contract.emulators import emulators
from tests.emulators.processes import Addresses
from tests.product import Product

__all__ = ["emulators"]


async def bury(platform: Platform, *messages: bytes) -> None:
    """Gives these up, as a host does whose function refuses what is no message of ours."""
    kept = store(platform.settings.data)
    for data in messages:
        await kept.write(lambda c, data=data: queue.enqueue(c, "topic", "crawl", data, cloud_event("t", {}), None))
    claimed = await kept.write(lambda c: queue.claim(c, "host", {"crawl": len(messages)}, platform.settings))
    refused = [(message, False) for message in claimed]
    assert len(await kept.write(lambda c: queue.settle(c, "host", refused, platform.settings))) == len(messages)


async def test_dead_letters_of_a_laptop_are_listed_replayed_and_dropped(tmp_path: Path) -> None:
    data = tmp_path / "data"
    async with Product(data, {"push_attempts": 1}).platform() as platform:
        await bury(platform, b'{"run": "a"}', b"\x1b[2Jb", b"c")
        listed = (await command(data, "dead-letters", "list")).out.splitlines()
        assert len(listed) == 3 and "crawl" in listed[0] and '{"run": "a"}' in listed[0] and "\x1b" not in listed[1]
        ids = [line.split()[0] for line in listed]

        for arguments in ((), ("--all", ids[0]), (ids[0], "99")):
            refused = await called(data, "dead-letters", "drop", *arguments)
            assert refused.status == 2, refused
        assert (await called(data, "dead-letters", "drop", ids[1])).out == "1 dropped\n"
        assert (await called(data, "dead-letters", "replay", "--all")).out == "2 replayed\n"
        assert (await called(data, "dead-letters", "list")).out == "none\n"
        waiting = store(data).read(lambda c: c.execute("SELECT data FROM messages WHERE kind = 'topic'").fetchall())
        assert sorted(waiting) == [(b"c",), (b'{"run": "a"}',)]


class Topics:
    """A project in the emulator with the dead letters' and one stage's topics and subscriptions."""

    def __init__(self, at: str) -> None:
        self.at, self.project = at, f"test-{secrets.token_hex(6)}"
        self.publisher, self.subscriber = PublisherAsyncClient(), SubscriberAsyncClient()

    def name(self, kind: str, topic: str) -> str:
        return f"projects/{self.project}/{kind}/{topic}"

    async def make(self) -> None:
        for topic in ("scrape-dead-letters", "scrape-crawl"):
            await self.publisher.create_topic(name=self.name("topics", topic))
            await self.subscriber.create_subscription(
                request={"name": self.name("subscriptions", topic), "topic": self.name("topics", topic)}
            )

    async def bury(self, data: bytes, **attributes: str) -> None:
        await self.publisher.publish(
            topic=self.name("topics", "scrape-dead-letters"), messages=[{"data": data, "attributes": attributes}]
        )

    async def command(self, *arguments: str, how: Callable[..., Awaitable[Run]] = called) -> Run:
        where = ("--project", self.project)
        settings = {"platform": "google", "allow_networks": "", "ports": "80,443"}
        return await how(None, "dead-letters", *arguments, *where, **settings)

    async def close(self) -> None:
        await self.publisher.transport.close()
        await self.subscriber.transport.close()


@pytest.fixture
async def topics(emulators: Addresses) -> AsyncIterator[Topics]:
    made = Topics(emulators.pubsub)
    await made.make()
    yield made
    await made.close()


SOURCE = {"CloudPubSubDeadLetterSourceSubscription": "scrape-crawl", "CloudPubSubDeadLetterSourceDeliveryCount": "20"}


@pytest.mark.emulator
async def test_dead_letters_of_a_project_go_back_to_where_they_came_from(topics: Topics) -> None:
    event = cloud_event("scrape-crawl", {})
    await topics.bury(b'{"run": "a", "stage": "crawl"}', **event, **SOURCE)
    await topics.bury(b"somebody's", **SOURCE)
    await topics.bury(b"astray")
    listed = (await topics.command("list")).out.splitlines()
    assert len(listed) == 3
    assert "scrape-crawl  20 deliveries" in listed[0] and "unknown" in listed[2]
    ids = [line.split()[0] for line in listed]

    replayed = await topics.command("replay", ids[0], how=command)
    assert (replayed.status, replayed.out) == (0, "1 replayed\n"), replayed.err
    pulled = await topics.subscriber.pull(subscription=topics.name("subscriptions", "scrape-crawl"), max_messages=10)
    (message,) = [one.message for one in pulled.received_messages]
    assert json.loads(message.data) == {"run": "a", "stage": "crawl"}
    assert dict(message.attributes) == event

    assert (await topics.command("replay", ids[2])).status == 2, "nobody knows where it came from"
    assert (await topics.command("drop", ids[1])).out == "1 dropped\n"
    assert (await topics.command("drop", "--all")).out == "1 dropped\n", "what is shown stays there"
    assert (await topics.command("list")).out == "none\n"


@pytest.mark.emulator
async def test_a_project_without_dead_letters_subscription_is_one_line(topics: Topics) -> None:
    topics.project = "no-such-project"
    run = await topics.command("list", how=command)
    assert (run.status, run.out, run.err.count("\n")) == (1, "", 1)
    assert "scrape-dead-letters" in run.err
