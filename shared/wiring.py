"""Settings to adapters, imported on first use and made inside the running loop: a cold start pays only what it uses."""

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakValueDictionary

from shared.admission import Admission
from shared.ports import Documents, Tasks, Topics
from shared.settings import Settings, settings

if TYPE_CHECKING:
    from shared.web.connections import Connections


@dataclass
class Platform:
    settings: Settings
    _admissions: WeakValueDictionary[str, Admission] = field(default_factory=WeakValueDictionary)

    def admission(self, account_id: str) -> Admission:
        """Of the account's orders."""
        return self._admissions.setdefault(account_id, Admission())

    @cached_property
    def documents(self) -> Documents:
        if self.settings.platform == "embedded":
            from shared.embedded.documents import EmbeddedDocuments

            return EmbeddedDocuments(self.settings)
        from shared.google.documents import FirestoreDocuments

        return FirestoreDocuments(self.settings)

    @cached_property
    def topics(self) -> Topics:
        if self.settings.platform == "embedded":
            from shared.embedded.topics import EmbeddedTopics

            return EmbeddedTopics(self.settings)
        from shared.google.topics import PubSubTopics

        return PubSubTopics(self.settings)

    @cached_property
    def tasks(self) -> Tasks:
        if self.settings.platform == "embedded":
            from shared.embedded.tasks import EmbeddedTasks

            return EmbeddedTasks(self.settings)
        from shared.google.tasks import CloudTasks

        return CloudTasks(self.settings)

    @cached_property
    def connections(self) -> "Connections":
        """To companies' sites, registers and boards."""
        from shared.web.connections import Connections

        return Connections(self.settings)

    async def close(self) -> None:
        for name in ("documents", "topics", "tasks", "connections"):
            if name in self.__dict__:
                await getattr(self, name).close()


_platforms: WeakKeyDictionary[asyncio.AbstractEventLoop, Platform] = WeakKeyDictionary()


def platform() -> Platform:
    """The running loop's platform, made once and kept for the instance's life."""
    loop = asyncio.get_running_loop()
    if loop not in _platforms:
        _platforms[loop] = Platform(settings())
    return _platforms[loop]
