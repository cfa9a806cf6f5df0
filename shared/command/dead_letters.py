"""`./deploy.sh dead-letters …`: messages that their function has refused as often as it is asked."""

import json
from argparse import Namespace
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from shared.command.world import world
from shared.embedded import queue
from shared.embedded.local.options import clean
from shared.embedded.local.stop import Stop
from shared.embedded.store import store
from shared.settings import Settings


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


async def dead_letters(options: Namespace) -> int:
    if options.action != "list" and bool(options.ids) == options.all:
        raise Stop(f"{options.action} takes the ids that list shows, or --all", 2)
    async with world(options) as platform, opened(platform.settings) as letters:
        found = await letters.find(options.ids if options.action != "list" else ())
        if options.action == "list":
            show(found)
            return 0
        chosen = [letter for letter in found if options.all or letter.id in options.ids]
        if missing := set(options.ids) - {letter.id for letter in chosen}:
            raise Stop(f"there is no dead letter {', '.join(sorted(missing))}; nothing was done", 2)
        await (letters.replay if options.action == "replay" else letters.drop)(chosen)
        print(f"{len(chosen)} {'replayed' if options.action == 'replay' else 'dropped'}")
    return 0


def opened(settings: Settings) -> AbstractAsyncContextManager[Letters]:
    if settings.platform == "google":
        from shared.command.pubsub_letters import pubsub_letters  # Google's clients take a second to load

        return pubsub_letters(settings)
    return nullcontext(EmbeddedLetters(settings))


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


def _about(message: queue.Message) -> bytes:
    """A trigger has no data, but names its document."""
    return json.dumps(message.attributes).encode()
