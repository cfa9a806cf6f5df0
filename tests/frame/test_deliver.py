"""An attempt is claimed in the delivery document: twins post nothing, what is recorded is not posted again."""

import asyncio
from datetime import timedelta

from functions.deliver import attempt
from shared import jobs, outbox
from shared.models import Delivery, DeliveryState, fields
from shared.ports import Transaction
from tests.frame.conftest import Bench
from tests.frame.test_sweep_and_settle import end
from tests.product import Server, serve


async def pending(bench: Bench, endpoint: str) -> Delivery:
    job = await bench.order(webhook_url=endpoint)
    await jobs.settle(bench.platform, await end(bench, await bench.run_of(job)))
    [delivery] = await outbox.deliveries_of(bench.platform, job)
    return delivery


async def now(bench: Bench, delivery: Delivery) -> Delivery:
    document = await bench.platform.documents.get(outbox.path(delivery.id))
    assert document is not None
    return outbox.of(document)


async def change(bench: Bench, delivery: Delivery) -> None:
    async def once(tx: Transaction) -> None:
        await tx.get(outbox.path(delivery.id))
        tx.update(outbox.path(delivery.id), fields(delivery))

    await bench.platform.documents.transaction(once)


async def one(bench: Bench, delivery: Delivery, number: int) -> attempt.Claim:
    claimed = await attempt.claim(bench.platform, delivery.id, number)
    if claimed.mine is not None:
        await attempt.make(bench.platform, claimed.mine)
    return claimed


async def test_twins_at_once_post_once(bench: Bench) -> None:
    async with serve(Server()) as hook:
        delivery = await pending(bench, f"{hook.url}/hook")
        await asyncio.gather(*(one(bench, delivery, 1) for _ in range(5)))
        after = await now(bench, delivery)
        assert (hook.seen["/hook"], after.state, len(after.attempts), after.due) == (
            1,
            DeliveryState.DELIVERED,
            1,
            None,
        )


async def test_an_attempt_that_is_recorded_only_schedules_its_successor(bench: Bench) -> None:
    async with serve(Server()) as hook:
        hook.statuses["/hook"] = [500]
        delivery = await pending(bench, f"{hook.url}/hook")
        await one(bench, delivery, 1)
        late_twin = await one(bench, delivery, 1)
        assert late_twin.successor is not None
        assert len(late_twin.successor.attempts) == 1
        assert hook.seen["/hook"] == 1


async def test_a_task_before_its_time_posts_nothing(bench: Bench) -> None:
    async with serve(Server()) as hook:
        delivery = await pending(bench, f"{hook.url}/hook")
        delivery.next_at = bench.platform.settings.now() + timedelta(minutes=5)
        await change(bench, delivery)
        early = await one(bench, delivery, 1)
        assert (hook.seen["/hook"], early.successor is not None) == (0, True)


async def test_a_claim_broken_off_is_claimed_again_once_its_lease_is_over(bench: Bench) -> None:
    async with serve(Server()) as hook:
        delivery = await pending(bench, f"{hook.url}/hook")
        claimed = await attempt.claim(bench.platform, delivery.id, 1)
        assert claimed.mine is not None
        assert await attempt.claim(bench.platform, delivery.id, 1) == attempt.Claim()
        claimed.mine.lease = bench.lease("dead", -1)
        await change(bench, claimed.mine)
        await one(bench, delivery, 1)
        assert (hook.seen["/hook"], (await now(bench, delivery)).state) == (1, DeliveryState.DELIVERED)


async def test_a_late_owner_of_an_attempt_records_nothing(bench: Bench) -> None:
    async with serve(Server()) as hook:
        delivery = await pending(bench, f"{hook.url}/hook")
        claimed = await attempt.claim(bench.platform, delivery.id, 1)
        assert claimed.mine is not None
        other = claimed.mine.model_copy(update={"lease": bench.lease("other", 60)})
        await change(bench, other)
        assert await attempt.make(bench.platform, claimed.mine) is None
        assert (await now(bench, delivery)).attempts == []


async def test_retry_after_is_waited_for(bench: Bench) -> None:
    async with serve(Server(headers={"Retry-After": "90"})) as hook:
        hook.statuses["/hook"] = [503]
        delivery = await pending(bench, f"{hook.url}/hook")
        await one(bench, delivery, 1)
        after = await now(bench, delivery)
        assert after.next_at is not None
        assert after.next_at - bench.platform.settings.now() > timedelta(seconds=80)


async def test_a_private_endpoint_is_an_attempt_that_failed(bench: Bench) -> None:
    delivery = await pending(bench, "http://10.0.0.1/hook")
    await one(bench, delivery, 1)
    [logged] = (await now(bench, delivery)).attempts
    assert logged.status is None
    assert logged.error is not None and logged.error.startswith("address_not_allowed")


def test_the_webhook_id_is_the_same_however_often_it_is_made() -> None:
    made = {outbox.delivery_id("job", "scrape.completed", "https://hook.example") for _ in range(3)}
    assert len(made) == 1
    assert made != {outbox.delivery_id("job", "scrape.failed", "https://hook.example")}
