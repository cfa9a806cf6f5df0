"""Claiming, making and recording an attempt."""

import random
import secrets
from dataclasses import dataclass

from shared import accounts, log, outbox
from shared.due import after, due
from shared.errors import LeaseLost
from shared.models import Attempt, Delivery, DeliveryState, Lease, fields
from shared.owner import owner
from shared.ports import Transaction
from shared.secrets import sign
from shared.web.address import FetchError
from shared.web.client import Answer, Client
from shared.web.retry import retry_after
from shared.wiring import Platform

EARLY_SECONDS = 2.0  # a task may come this much before its time, by the clock here
GONE = 410


@dataclass(frozen=True)
class Claim:
    mine: Delivery | None = None  # to be attempted now
    successor: Delivery | None = None  # its next attempt wants a task


async def claim(platform: Platform, delivery_id: str, number: int) -> Claim:
    settings = platform.settings

    async def once(tx: Transaction) -> Claim:
        document = await tx.get(outbox.path(delivery_id))
        if document is None:
            return Claim()
        delivery, now = outbox.of(document), settings.now()
        if delivery.state is not DeliveryState.PENDING or number > len(delivery.attempts) + 1:
            return Claim()
        early = delivery.next_at is not None and now < after(delivery.next_at, -EARLY_SECONDS)
        if number <= len(delivery.attempts) or early:
            return Claim(successor=delivery)
        if delivery.lease is not None and now < delivery.lease.until:
            return Claim()
        disabled = await tx.get(outbox.endpoint_path(delivery.account, delivery.endpoint))
        if disabled is not None and disabled.fields["expires_at"] > now:
            delivery.state, delivery.lease, delivery.next_at, delivery.due = DeliveryState.DISABLED, None, None, None
            tx.update(outbox.path(delivery_id), fields(delivery))
            return Claim()
        until = after(now, settings.lease_seconds)
        delivery.lease = Lease(owner=owner(), token=secrets.token_hex(8), until=until)
        delivery.due = due(settings, delivery.id, until)
        tx.update(outbox.path(delivery_id), fields(delivery))
        return Claim(mine=delivery)

    return await platform.documents.transaction(once)


async def make(platform: Platform, delivery: Delivery) -> Delivery | None:
    """Posts and records the attempt; returns the delivery where its next attempt wants a task."""
    settings, started = platform.settings, platform.settings.now()
    account = await accounts.get(platform, delivery.account)
    answer: Answer | None = None
    error: str | None = None
    wait: float | None = None
    if account is None:
        error = "the account is gone"
    else:
        body = delivery.body.encode()
        headers = {"Content-Type": "application/json", **sign(settings, account, delivery.id, started, body)}
        try:
            async with Client(settings, https_only=settings.webhook_https_only) as client:
                answer = await client.post(
                    delivery.endpoint, body=body, headers=headers, seconds=settings.webhook_timeout_seconds
                )
                wait = retry_after(answer.headers, settings.now())
        except FetchError as failed:
            error = f"{failed.code}: {failed.reason}"
        except Exception as bug:  # an attempt that is not recorded would be made again outside the schedule
            log.error("attempt failed", bug)
            error = f"failed: {type(bug).__name__}"
    ended = settings.now()
    attempt = Attempt(
        number=len(delivery.attempts) + 1,
        at=started,
        status=answer.status if answer else None,
        error=error,
        milliseconds=int((ended - started).total_seconds() * 1000),
    )
    log.info("webhook", status=attempt.status, error=error, milliseconds=attempt.milliseconds)
    return await record(platform, delivery, attempt, wait or 0.0)


async def record(platform: Platform, delivery: Delivery, attempt: Attempt, wait: float) -> Delivery | None:
    settings = platform.settings
    assert delivery.lease is not None
    token = delivery.lease.token

    async def once(tx: Transaction) -> Delivery:
        document = await tx.get(outbox.path(delivery.id))
        current = outbox.of(document) if document else None
        if current is None or current.lease is None or current.lease.token != token:
            raise LeaseLost(f"delivery {delivery.id} has another owner")
        now = settings.now()
        current.attempts.append(attempt)
        current.lease = current.due = current.next_at = None
        if attempt.status is not None and 200 <= attempt.status < 300:
            current.state = DeliveryState.DELIVERED
        elif attempt.status == GONE:
            current.state = DeliveryState.DISABLED
            until = after(now, settings.webhook_disabled_seconds)
            endpoint = {"account": current.account, "endpoint": current.endpoint, "expires_at": until}
            tx.put(outbox.endpoint_path(current.account, current.endpoint), endpoint)
        elif attempt.number >= len(settings.webhook_schedule):
            current.state = DeliveryState.FAILED
        else:
            pause = max(
                settings.webhook_schedule[attempt.number] * random.uniform(1, 1 + settings.webhook_jitter), wait
            )
            current.next_at = after(now, pause)
            current.due = due(settings, current.id, after(current.next_at, settings.republish_seconds[0]))
        tx.update(outbox.path(current.id), fields(current))
        return current

    try:
        recorded = await platform.documents.transaction(once)
    except LeaseLost as lost:
        log.warning("attempt not recorded", reason=str(lost))
        return None
    return recorded if recorded.state is DeliveryState.PENDING else None
