"""The dispatcher by itself."""

import asyncio

from shared.embedded.dispatcher import Dispatcher, Function
from shared.embedded.queue import Message
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
