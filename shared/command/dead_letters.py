"""`./deploy.sh dead-letters …`: messages that their function has refused as often as it is asked."""

import asyncio
import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError
from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient
from google.pubsub_v1.types import PubsubMessage

from shared.command.world import world
from shared.embedded import queue
from shared.embedded.local.house import Stop
from shared.embedded.local.options import clean
from shared.embedded.store import store
from shared.settings import Settings

SUBSCRIPTION = "scrape-dead-letters"
SOURCE = "CloudPubSubDeadLetterSource"  # begins the attributes that Pub/Sub adds
PULL = 1000
QUIET_PULLS = 2  # an answer without messages does not say that there are none
PULL_SECONDS = 5
HELD_SECONDS = 600  # Pub/Sub's longest, for replaying what a list shows
MOST = 10_000  # a command


@dataclass(frozen=True)
class Letter:
    id: str
    function: str  # or the topic that it came from
    published: datetime
    deliveries: int
    data: bytes
    raw: Any = field(repr=False)


class Letters(Protocol):
    async def find(self, ids: Sequence[str]) -> list[Letter]:
        """Those of the ids at least, and all where there are none."""

    async def replay(self, letters: Sequence[Letter]) -> None: ...
    async def drop(self, letters: Sequence[Letter]) -> None: ...
    async def close(self) -> None:
        """Leaves what was neither replayed nor dropped where it was."""


async def dead_letters(options: Namespace) -> int:
    if options.action != "list" and bool(options.ids) == options.all:
        raise Stop(f"{options.action} takes the ids that list shows, or --all", 2)
    async with world(options) as platform:
        settings = platform.settings
        letters: Letters = PubSubLetters(settings) if settings.platform == "google" else EmbeddedLetters(settings)
        try:
            found = await letters.find(options.ids if options.action != "list" else ())
            if options.action == "list":
                show(found)
                return 0
            chosen = [letter for letter in found if options.all or letter.id in options.ids]
            if missing := set(options.ids) - {letter.id for letter in chosen}:
                raise Stop(f"there is no dead letter {', '.join(sorted(missing))}; nothing was done", 2)
            await (letters.replay if options.action == "replay" else letters.drop)(chosen)
            print(f"{len(chosen)} {'replayed' if options.action == 'replay' else 'dropped'}")
        except GoogleAPICallError as error:
            raise Stop(f"{SUBSCRIPTION}: {error.message}") from None
        finally:
            await letters.close()
    return 0


def show(letters: Sequence[Letter]) -> None:
    for one in letters:
        said = clean(one.data[:200].decode(errors="replace"))
        print(f"{one.id}  {one.published:%Y-%m-%d %H:%M:%S}  {one.function}  {one.deliveries} deliveries  {said}")
    if not letters:
        print("none")


class EmbeddedLetters:
    def __init__(self, settings: Settings) -> None:
        self._store = store(settings.data)

    async def find(self, ids: Sequence[str]) -> list[Letter]:
        return [
            Letter(
                str(m.id), m.target, datetime.fromtimestamp(m.published, UTC), m.failures, m.data or _about(m), raw=m.id
            )
            for m in self._store.read(queue.dead_letters)
        ]

    async def replay(self, letters: Sequence[Letter]) -> None:
        await self._store.write(lambda connection: queue.replay(connection, [letter.raw for letter in letters]))

    async def drop(self, letters: Sequence[Letter]) -> None:
        await self._store.write(lambda connection: queue.drop(connection, [letter.raw for letter in letters]))

    async def close(self) -> None: ...


def _about(message: queue.Message) -> bytes:
    """A trigger has no data, but names its document."""
    return json.dumps(message.attributes).encode()


class PubSubLetters:
    """Pulls them all, holds them while the command works, and gives back the rest."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._name = f"projects/{settings.project}/subscriptions/{SUBSCRIPTION}"
        self._subscriber: Any = SubscriberAsyncClient()
        self._publisher: Any = PublisherAsyncClient()
        self._held: dict[str, str] = {}  # message id to the newest acknowledgement id

    async def find(self, ids: Sequence[str]) -> list[Letter]:
        found: dict[str, Letter] = {}
        quiet = 0
        while quiet < QUIET_PULLS and len(found) < MOST and not (ids and found.keys() >= set(ids)):
            try:
                answer = await self._subscriber.pull(
                    subscription=self._name, max_messages=PULL, timeout=PULL_SECONDS, retry=None
                )
                received = list(answer.received_messages)
            except DeadlineExceeded:
                received = []
            quiet = 0 if received else quiet + 1
            for one in received:
                message = one.message
                self._held[message.message_id] = one.ack_id
                source = message.attributes.get(f"{SOURCE}Subscription", "")
                deliveries = message.attributes.get(f"{SOURCE}DeliveryCount", "0")
                found[message.message_id] = Letter(
                    message.message_id,
                    source or "unknown",
                    message.publish_time,
                    int(deliveries),
                    message.data,
                    message,
                )
            await self._extend([one.ack_id for one in received], HELD_SECONDS)
        return sorted(found.values(), key=lambda letter: letter.published)

    async def _extend(self, ack_ids: list[str], seconds: int) -> None:
        for at in range(0, len(ack_ids), PULL):
            await self._subscriber.modify_ack_deadline(
                subscription=self._name, ack_ids=ack_ids[at : at + PULL], ack_deadline_seconds=seconds, timeout=10
            )

    async def replay(self, letters: Sequence[Letter]) -> None:
        """Each is published where it came from before it is acknowledged: at worst it is there twice."""
        if unknown := [letter.id for letter in letters if letter.function == "unknown"]:
            raise Stop(f"it is not known where {', '.join(unknown)} came from; drop is all that can be done", 2)
        turn = asyncio.Semaphore(50)

        async def one(letter: Letter) -> None:
            attributes = {k: v for k, v in letter.raw.attributes.items() if not k.startswith(SOURCE)}
            topic = (
                f"projects/{self._settings.project}/topics/{letter.function}"  # a subscription is called as its topic
            )
            message = PubsubMessage(data=letter.data, attributes=attributes)
            async with turn:
                await self._publisher.publish(topic=topic, messages=[message], timeout=10)
                await self.drop([letter])

        await asyncio.gather(*map(one, letters))

    async def drop(self, letters: Sequence[Letter]) -> None:
        for at in range(0, len(letters), PULL):
            ack_ids = [self._held.pop(letter.id) for letter in letters[at : at + PULL]]
            await self._subscriber.acknowledge(subscription=self._name, ack_ids=ack_ids, timeout=10)

    async def close(self) -> None:
        await self._extend(list(self._held.values()), 0)
        await self._subscriber.transport.close()
        await self._publisher.transport.close()
