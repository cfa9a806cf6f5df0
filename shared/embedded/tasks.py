"""Tasks on the embedded queue."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from shared.embedded.functions import queue_function
from shared.embedded.queue import enqueue
from shared.embedded.store import store
from shared.ports import NotFound, Tasks, Unavailable
from shared.settings import Settings


class EmbeddedTasks(Tasks):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = store(settings.data)

    async def create(self, queue: str, payload: dict[str, Any], *, at: datetime | None = None) -> None:
        function = queue_function(self._settings.functions, queue)
        if function is None:
            raise NotFound(f"no function has the queue {queue}")
        data = json.dumps(payload, separators=(",", ":")).encode()
        when = at.timestamp() if at else None
        try:
            await self._store.write(
                lambda connection: enqueue(connection, "task", function, data, {"queue": queue}, when)
            )
        except sqlite3.Error as error:
            raise Unavailable(str(error)) from error

    async def close(self) -> None:
        """The store stays open: the loop's other adapters use it too."""
