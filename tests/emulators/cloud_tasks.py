"""A Cloud Tasks server on loopback: it refuses what the real one refuses, keeps what it is given, and calls on time.
Source of the limits: cloud.google.com/tasks/docs/quotas."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import grpc
from google.cloud.tasks_v2.types import CreateTaskRequest, HttpMethod, Task

SERVICE = "google.cloud.tasks.v2.CloudTasks"
QUEUE = re.compile(r"projects/[^/]+/locations/[^/]+/queues/([A-Za-z0-9-]{1,100})")
MAX_AHEAD = timedelta(days=30)
MAX_BYTES = 1_000_000
RETRY_SECONDS = (0.1, 2.0)


@dataclass
class CloudTasksServer:
    """`queues` maps each queue to the address that its tasks are sent to; None: to each task's own."""

    queues: dict[str, str | None]
    calls: bool = True  # whether tasks are carried out
    tasks: list[tuple[str, Task]] = field(default_factory=list)  # queue and task, in the order of creation
    failures: list[grpc.StatusCode] = field(default_factory=list)  # of the next creations, after they happened
    address: str = ""
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def _create(self, request: CreateTaskRequest, context: Any) -> Task:
        queue = QUEUE.fullmatch(request.parent)
        task = Task(request.task)
        if queue is None or task.http_request.http_method != HttpMethod.POST or self._refused(task):
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, self._refused(task) or f"bad parent {request.parent}")
        assert queue
        name = queue.group(1)
        if name not in self.queues:
            await context.abort(grpc.StatusCode.NOT_FOUND, f"no queue {name}")
        task.name = task.name or f"{request.parent}/tasks/{len(self.tasks)}"
        self.tasks.append((name, task))
        if self.calls:
            running = asyncio.create_task(self._call(name, task))
            self._running.add(running)
            running.add_done_callback(self._running.discard)
        if self.failures:
            await context.abort(self.failures.pop(0), "the answer is lost")
        return task

    def _refused(self, task: Task) -> str:
        request = task.http_request
        if not request.url.startswith(("http://", "https://")):
            return f"not an address: {request.url}"
        if len(Task.serialize(task)) > MAX_BYTES:
            return f"a task of more than {MAX_BYTES} bytes"
        if task.schedule_time and task.schedule_time > datetime.now(UTC) + MAX_AHEAD:
            return "a schedule time more than 30 days ahead"
        return ""

    async def _call(self, queue: str, task: Task) -> None:
        if task.schedule_time:
            await asyncio.sleep((task.schedule_time - datetime.now(UTC)).total_seconds())
        request, wait, retries = task.http_request, RETRY_SECONDS[0], 0
        headers = {**request.headers, "X-CloudTasks-QueueName": queue, "X-CloudTasks-TaskName": task.name[-500:]}
        if request.oauth_token.service_account_email:
            headers["Authorization"] = f"Bearer {request.oauth_token.service_account_email}"
        url = self.queues[queue] or request.url
        async with aiohttp.ClientSession() as session:
            while True:
                headers["X-CloudTasks-TaskRetryCount"] = str(retries)
                try:
                    async with session.post(url, data=request.body, headers=headers) as answer:
                        if answer.status < 300:
                            return
                except aiohttp.ClientError:
                    pass  # a failed attempt like any other status
                retries += 1
                await asyncio.sleep(wait)
                wait = min(wait * 2, RETRY_SECONDS[1])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["CloudTasksServer"]:
        handler = grpc.unary_unary_rpc_method_handler(
            self._create, request_deserializer=CreateTaskRequest.deserialize, response_serializer=Task.serialize
        )
        server = grpc.aio.server()
        server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(SERVICE, {"CreateTask": handler})])
        self.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
        await server.start()
        try:
            yield self
        finally:
            await server.stop(None)
            for running in [*self._running]:
                running.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
