"""The dead letters of a project, in Pub/Sub."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from google.api_core.exceptions import DeadlineExceeded, GoogleAPICallError
from google.pubsub_v1 import PublisherAsyncClient, SubscriberAsyncClient
from google.pubsub_v1.types import PubsubMessage

from shared.command.dead_letters import Letter
from shared.embedded.local.stop import Stop
from shared.settings import Settings

SUBSCRIPTION = "scrape-dead-letters"
SOURCE = "CloudPubSubDeadLetterSource"  # begins the attributes that Pub/Sub adds
PULL = 1000
QUIET_PULLS = 2  # an answer without messages does not say that there are none
PULL_SECONDS = 5
HELD_SECONDS = 600  # Pub/Sub's longest, for replaying what a list shows
MOST = 10_000  # a command


@asynccontextmanager
async def pubsub_letters(settings: Settings) -> AsyncIterator["PubSubLetters"]:
    letters = PubSubLetters(settings)
    try:
        yield letters
    except GoogleAPICallError as error:
        raise Stop(f"{SUBSCRIPTION}: {error.message}") from None
    finally:
        await letters.close()


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
        """Leaves what was neither replayed nor dropped where it was."""
        await self._extend(list(self._held.values()), 0)
        await self._subscriber.transport.close()
        await self._publisher.transport.close()
