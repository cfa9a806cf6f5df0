"""What a process holds, given back when it is gone: that is no failure of the work."""

import json
from typing import Any

from shared import log, outbox, runs
from shared.due import after, due
from shared.embedded import queue
from shared.embedded.queue import Message
from shared.embedded.store import store
from shared.models import fields
from shared.ports import Transaction
from shared.wiring import Platform


async def void(platform: Platform, owner: str) -> int:
    """Voids the leases behind the owner's messages, then gives back the messages; says how many there were.

    In this order, since a message that is delivered beside a lease of a dead owner would find it live."""
    data = store(platform.settings.data)
    for message in data.read(lambda connection: queue.held(connection, owner)):
        try:
            await _void_lease(platform, message, owner)
        except Exception as error:  # one that fails must not keep the others; its lease runs out
            log.error("lease not voided", error, function=message.target)
    return await data.write(lambda connection: queue.release(connection, owner))


async def _void_lease(platform: Platform, message: Message, owner: str) -> None:
    match _named(message):
        case {"run": str(run)} if run.isalnum():
            await _void_run(platform, run, owner)
        case {"delivery": str(delivery)} if delivery.replace("_", "").isalnum():
            await _void_delivery(platform, delivery, owner)


def _named(message: Message) -> Any:
    try:
        return json.loads(message.data)
    except ValueError:
        return None


async def _void_run(platform: Platform, run_id: str, owner: str) -> None:
    async def once(tx: Transaction) -> None:
        document = await tx.get(runs.path(run_id))
        if document is None:
            return
        run = runs.of(document)
        lease = runs.stage_of(run, run.stage).lease
        if lease is not None and lease.owner == owner:
            runs.free(run, run.stage, platform.settings, platform.settings.now())
            tx.update(runs.path(run_id), fields(run))

    await platform.documents.transaction(once)


async def _void_delivery(platform: Platform, delivery_id: str, owner: str) -> None:
    settings = platform.settings

    async def once(tx: Transaction) -> None:
        document = await tx.get(outbox.path(delivery_id))
        if document is None:
            return
        delivery = outbox.of(document)
        if delivery.lease is not None and delivery.lease.owner == owner:
            delivery.lease = None
            delivery.due = due(settings, delivery.id, after(settings.now(), settings.republish_seconds[0]))
            tx.update(outbox.path(delivery_id), fields(delivery))

    await platform.documents.transaction(once)
