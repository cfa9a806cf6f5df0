"""The dispatcher by itself."""

import asyncio

from shared.embedded import queue
from shared.embedded.dispatcher import Dispatcher, Function
from shared.embedded.queue import Message
from shared.embedded.store import store
from shared.settings import Settings
from shared.wiring import Platform
from tests.host.conftest import drained


async def test_what_is_published_while_it_starts_is_not_overlooked(settings: Settings, platform: Platform) -> None:
    got: asyncio.Queue[Message] = asyncio.Queue()

    async def call(message: Message) -> int:
        got.put_nowait(message)
        return 204

    dispatcher = Dispatcher(settings, {"first": Function(call, 1, 60)}, "me")
    running = asyncio.create_task(dispatcher.run())
    await platform.topics.publish("first", {"n": 1})  # commits before the dispatcher's own tasks have begun
    assert (await got.get()).data == b'{"n":1}'
    await drained(settings)
    dispatcher.stop()
    await running


async def test_once_it_stops_nothing_more_is_taken_up(settings: Settings, platform: Platform) -> None:
    got: asyncio.Queue[Message] = asyncio.Queue()
    end = asyncio.Event()

    async def call(message: Message) -> int:
        got.put_nowait(message)
        await end.wait()
        return 200

    dispatcher = Dispatcher(settings, {"first": Function(call, 2, 60)}, "me")
    running = asyncio.create_task(dispatcher.run())
    await platform.topics.publish("first", {"n": 1})
    await got.get()
    dispatcher.stop()
    await platform.topics.publish("first", {"n": 2})
    end.set()
    await running
    assert got.empty()
    file = store(settings.data)
    [left] = await file.write(lambda connection: queue.claim(connection, "next", {"first": 9}, settings))
    assert left.data == b'{"n":2}'
