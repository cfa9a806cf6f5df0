"""Topics on Pub/Sub. What is to be published later is a Cloud Task that calls Pub/Sub's own REST API."""

import base64
import json
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from google.pubsub_v1 import PublisherAsyncClient
from google.pubsub_v1.types import PublishRequest, PubsubMessage

from shared.google.calls import repeat, route
from shared.ports import Topics, cloud_event
from shared.settings import Settings

if TYPE_CHECKING:
    from shared.google.tasks import CloudTasks

SCOPE = "https://www.googleapis.com/auth/pubsub"


class PubSubTopics(Topics):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _client(self) -> Any:
        return PublisherAsyncClient()

    @cached_property
    def _tasks(self) -> "CloudTasks":
        from shared.google.tasks import CloudTasks  # 0.1 s that only a delayed publish pays

        return CloudTasks(self.settings)

    async def publish(self, topic: str, message: dict[str, Any], *, at: datetime | None = None) -> None:
        data, attributes = json.dumps(message).encode(), cloud_event(topic, message)
        name = f"projects/{self.settings.project}/topics/{topic}"
        if at is not None and at > self.settings.now():
            await self._publish_at(name, data, attributes, at)
            return
        request = PublishRequest(topic=name, messages=[PubsubMessage(data=data, attributes=attributes)])

        async def attempt(options: dict[str, Any]) -> None:
            await self._client.transport.publish(request, metadata=[route("topic", name)], **options)

        await repeat(attempt)

    async def _publish_at(self, name: str, data: bytes, attributes: dict[str, str], at: datetime) -> None:
        from google.cloud.tasks_v2.types import OAuthToken

        from shared.google.tasks import posted

        body = {"messages": [{"data": base64.b64encode(data).decode(), "attributes": attributes}]}
        token = OAuthToken(service_account_email=self.settings.tasks_account, scope=SCOPE)
        request = posted(f"{self.settings.pubsub_api}/v1/{name}:publish", body, token)
        await self._tasks.add(self.settings.delay_queue, request, at)

    async def close(self) -> None:
        if "_tasks" in self.__dict__:
            await self._tasks.close()
        if "_client" in self.__dict__:
            await self._client.transport.close()
