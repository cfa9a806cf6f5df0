"""Tasks on Cloud Tasks. The queue holds its function's address and token: a function could not know its own."""

import json
from datetime import datetime
from functools import cached_property
from typing import Any

import grpc
from google.cloud.tasks_v2 import CloudTasksAsyncClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcAsyncIOTransport
from google.cloud.tasks_v2.types import CreateTaskRequest, HttpMethod, HttpRequest, OAuthToken, Task

from shared.google.calls import repeat, route
from shared.ports import Tasks
from shared.settings import Settings

OVERRIDDEN = "https://queue.invalid/"  # the API asks for an address; the queue's http_target replaces it


def posted(url: str, payload: dict[str, Any], token: OAuthToken | None = None) -> HttpRequest:
    return HttpRequest(
        url=url,
        http_method=HttpMethod.POST,
        headers={"content-type": "application/json"},
        body=json.dumps(payload).encode(),
        oauth_token=token,
    )


class CloudTasks(Tasks):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def _client(self) -> Any:
        if not self.settings.tasks_host:
            return CloudTasksAsyncClient()
        channel = grpc.aio.insecure_channel(self.settings.tasks_host)
        return CloudTasksAsyncClient(transport=CloudTasksGrpcAsyncIOTransport(channel=channel))

    async def create(self, queue: str, payload: dict[str, Any], *, at: datetime | None = None) -> None:
        await self.add(queue, posted(OVERRIDDEN, payload), at)

    async def add(self, queue: str, request: HttpRequest, at: datetime | None) -> None:
        """A task is not named: its name would stay taken for hours after it ran, and swallow its own recovery."""
        place = f"projects/{self.settings.project}/locations/{self.settings.location}/queues/{queue}"
        wanted = CreateTaskRequest(parent=place, task=Task(http_request=request, schedule_time=at))

        async def attempt(options: dict[str, Any]) -> None:
            await self._client.transport.create_task(wanted, metadata=[route("parent", place)], **options)

        await repeat(attempt)

    async def close(self) -> None:
        if "_client" in self.__dict__:
            await self._client.transport.close()
