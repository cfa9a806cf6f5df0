"""A platform under test: its ports, further clients, and what a test needs to see of its other end."""

import asyncio
import json
import os
import sqlite3
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.embedded.documents import EmbeddedDocuments
from shared.embedded.store import store
from shared.ports import Document, Documents, Fields, Tasks, Topics
from shared.settings import Settings
from shared.wiring import Platform


async def read(documents: Documents, path: str) -> Document:
    """The document, which is there."""
    document = await documents.get(path)
    assert document is not None
    return document


@dataclass
class Received:
    """A message of a topic."""

    data: Any
    attributes: dict[str, str]


@dataclass
class Created:
    """A task, as the queue has it."""

    payload: Any
    at: datetime | None


class Inbox(ABC):
    @abstractmethod
    async def get(self) -> Received:
        """The next message, once it is to be delivered."""


class UnderTest(ABC):
    settings: Settings
    platform: Platform

    @property
    def documents(self) -> Documents:
        return self.platform.documents

    @property
    def topics(self) -> Topics:
        return self.platform.topics

    @property
    def tasks(self) -> Tasks:
        return self.platform.tasks

    @abstractmethod
    def client(self) -> Documents:
        """Another client of the same documents, with connections of its own."""

    @abstractmethod
    async def cut(self) -> None:
        """Breaks what connections can break."""

    @abstractmethod
    async def put_elsewhere(self, path: str, fields: Fields) -> None:
        """Puts by a client that shares nothing with `documents`."""

    @abstractmethod
    async def subscribe(self, topic: str) -> Inbox:
        """What is published from now on."""

    @abstractmethod
    async def created_tasks(self, queue: str) -> list[Created]: ...

    @abstractmethod
    async def close(self) -> None: ...


def functions() -> dict[str, Any]:
    rows: dict[str, Any] = json.loads(Path("functions/functions.json").read_text())
    return rows


PUT = """
import asyncio, json, sys
from shared.embedded.documents import EmbeddedDocuments
from shared.settings import settings

async def main():
    await EmbeddedDocuments(settings()).put(sys.argv[1], json.loads(sys.argv[2]))

asyncio.run(main())
"""


class EmbeddedInbox(Inbox):
    """What the host would deliver to a function, in its order."""

    def __init__(self, data: Path, target: str) -> None:
        self.store, self.target, self.got = store(data), target, set[int]()

    async def get(self) -> Received:
        while True:
            for id, data, attributes in self.store.read(self._ready):
                if id not in self.got:
                    self.got.add(id)
                    return Received(json.loads(data), json.loads(attributes))
            await asyncio.sleep(0.01)

    def _ready(self, connection: sqlite3.Connection) -> list[tuple[int, bytes, str]]:
        select = (
            "SELECT id, data, attributes FROM messages WHERE kind = 'topic' AND target = ? AND ready <= ? ORDER BY id"
        )
        return connection.execute(select, (self.target, time.time())).fetchall()


class Embedded(UnderTest):
    def __init__(self, data: Path, **options: Any) -> None:
        self.settings = Settings(platform="embedded", data=data, **options)
        self.platform = Platform(self.settings)
        self.clients = 0
        data.mkdir()

    def client(self) -> Documents:
        self.clients += 1
        alias = self.settings.data.with_name(f"{self.settings.data.name}-{self.clients}")  # a store is one per path
        alias.symlink_to(self.settings.data)
        return EmbeddedDocuments(self.settings.model_copy(update={"data": alias}))

    async def cut(self) -> None:
        """A file has no connection to lose."""

    async def put_elsewhere(self, path: str, fields: Fields) -> None:
        await self.python(PUT, path, json.dumps(fields))

    async def subscribe(self, topic: str) -> Inbox:
        [function] = [name for name, row in functions().items() if row.get("topic") == topic]
        return EmbeddedInbox(self.settings.data, function)

    async def created_tasks(self, queue: str) -> list[Created]:
        [function] = [name for name, row in functions().items() if row.get("queue") == queue]
        select = "SELECT data, ready FROM messages WHERE kind = 'task' AND target = ? ORDER BY id"
        rows = store(self.settings.data).read(lambda connection: connection.execute(select, (function,)).fetchall())
        return [Created(json.loads(data), datetime.fromtimestamp(ready, UTC)) for data, ready in rows]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "FIRMOGRAPH_PLATFORM": "embedded", "FIRMOGRAPH_DATA": str(self.settings.data)}

    async def python(self, code: str, *arguments: str) -> None:
        """Runs the code in a process of its own."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, *arguments, env=self.environment, stdout=asyncio.subprocess.DEVNULL
        )
        assert await process.wait() == 0

    async def close(self) -> None:
        await self.platform.close()
        store(self.settings.data).close()
