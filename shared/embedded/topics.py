"""Topics on the embedded queue: a message for each function that subscribes, none where nobody does."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from shared.embedded import queue
from shared.embedded.functions import subscribers
from shared.embedded.store import store
from shared.ports import Topics, Unavailable, cloud_event
from shared.settings import Settings


class EmbeddedTopics(Topics):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = store(settings.data)

    async def publish(self, topic: str, message: dict[str, Any], *, at: datetime | None = None) -> None:
        data = json.dumps(message, separators=(",", ":")).encode()
        functions = subscribers(self._settings.functions, topic)
        if not functions:
            return
        attributes = cloud_event(topic, message)

        def apply(connection: sqlite3.Connection) -> None:
            if topic in self._settings.lose_topics and _first(connection, topic, data):
                return
            for function in functions:
                queue.enqueue(connection, "topic", function, data, attributes, at.timestamp() if at else None)

        try:
            await self._store.write(apply, lasting=False)  # sweep publishes what was lost
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error

    async def close(self) -> None:
        """The store stays open: the loop's other adapters use it too."""


def _first(connection: sqlite3.Connection, topic: str, data: bytes) -> bool:
    inserted = connection.execute("INSERT OR IGNORE INTO lost_messages VALUES (?, ?)", (topic, data))
    return inserted.rowcount == 1
