"""What a delivery finds, and how the work may end: each row of the frame's two tables."""

import asyncio
from datetime import timedelta

import pytest

from shared import runs, stage
from shared.errors import GiveUp, TryAgain
from shared.models import Outcome, Page, Run, StageState, Status
from shared.work import Work
from tests import patience
from tests.frame.conftest import Bench


class Body:
    """Work that is counted, and may raise or wait."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls, self.error = 0, error
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    async def __call__(self, run: Run, work: Work) -> None:
        self.calls += 1
        self.begun.set()
        await self.go_on.wait()
        if self.error:
            raise self.error


async def crawl(bench: Bench, run: Run, body: Body) -> None:
    await stage.deliver(bench.platform, run.id, "crawl", "financial", body)


async def ready(bench: Bench) -> Run:
    return await bench.at("crawl", await bench.order())


async def now(bench: Bench, run: Run) -> Run:
    found = await runs.get(bench.platform, run.id)
    assert found is not None
    return found


async def test_a_free_stage_is_claimed_done_and_its_successor_published(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await crawl(bench, run, body)
    after = await now(bench, run)
    assert (body.calls, after.stage, after.progress) == (1, "financial", 60)
    assert (after.stages["crawl"].state, after.stages["crawl"].lease) == (StageState.DONE, None)
    assert bench.queued("financial") == [{"run": run.id, "stage": "financial"}]


async def test_an_ended_run_acknowledges(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(r, "status", Status.FAILED))
    await crawl(bench, run, body)
    assert (body.calls, bench.queued("financial")) == (0, [])


async def test_a_stage_ahead_of_the_run_acknowledges(bench: Bench) -> None:
    run, body = await bench.run_of(await bench.order()), Body()
    await crawl(bench, run, body)
    assert (body.calls, bench.queued("financial")) == (0, [])


async def test_a_live_lease_acknowledges(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "crawl"), "lease", bench.lease("other", 30)))
    await crawl(bench, run, body)
    assert (body.calls, bench.queued("financial")) == (0, [])


async def test_a_twin_beside_its_twin_works_once(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    body.go_on.clear()
    twins = {asyncio.create_task(crawl(bench, run, body)) for _ in range(3)}
    while len(twins) > 1:  # those that don't work have nothing to wait for
        _, twins = await asyncio.wait(twins, return_when=asyncio.FIRST_COMPLETED)
    body.go_on.set()
    await asyncio.gather(*twins)
    assert body.calls == 1
    assert len(bench.queued("financial")) == 1


async def test_a_done_stage_publishes_an_unclaimed_successor_once_more_and_only_once(bench: Bench) -> None:
    run, body = await bench.at("financial", await bench.order()), Body()
    for _ in range(3):
        await crawl(bench, run, body)
    assert (body.calls, len(bench.queued("financial"))) == (0, 1)


async def test_a_done_stage_leaves_a_claimed_successor_alone(bench: Bench) -> None:
    run, body = await bench.at("financial", await bench.order()), Body()
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "financial"), "attempt", 1))
    await crawl(bench, run, body)
    assert bench.queued("financial") == []


async def test_an_expired_lease_that_had_an_owner_counts_as_a_failure(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "crawl"), "lease", bench.lease("dead", -1)))
    await crawl(bench, run, body)
    after = await now(bench, run)
    assert (body.calls, after.stages["crawl"].failures, after.stage) == (1, 1, "financial")


async def test_an_expired_lease_under_which_something_was_kept_is_no_failure(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(runs.stage_of(r, "crawl"), "lease", bench.lease("dead", -1)))
    page = Page("https://hollin.example/about", Outcome.READ)
    await bench.platform.documents.commit(runs.page_writes(run, page))
    await crawl(bench, run, body)
    assert (await now(bench, run)).stages["crawl"].failures == 0


async def test_the_fifth_broken_off_claim_skips_an_optional_stage(bench: Bench) -> None:
    run, body = await ready(bench), Body()

    def broken(r: Run) -> None:
        runs.stage_of(r, "crawl").lease, runs.stage_of(r, "crawl").failures = bench.lease("dead", -1), 4

    await bench.change(run, broken)
    await crawl(bench, run, body)
    after = await now(bench, run)
    assert (body.calls, after.stage, after.stages["crawl"].state) == (0, "financial", StageState.SKIPPED)
    assert [w.code for w in after.warnings] == ["stage_failed"]
    assert len(bench.queued("financial")) == 1


async def test_try_again_leaves_a_lease_that_nobody_owns_and_costs_nothing(bench: Bench) -> None:
    run, body = await ready(bench), Body(TryAgain("429", after=30))
    await crawl(bench, run, body)
    after = await now(bench, run)
    lease = after.stages["crawl"].lease
    assert lease is not None and lease.owner is None
    assert (after.stages["crawl"].failures, len(bench.queued("crawl"))) == (0, 1)
    await crawl(bench, run, body)
    assert body.calls == 1, "a message before its time finds the lease"


async def test_try_again_at_once_is_claimed_by_its_message(bench: Bench) -> None:
    run = await ready(bench)
    await crawl(bench, run, Body(TryAgain("handing over", after=0)))
    second = Body()
    await crawl(bench, run, second)
    assert (second.calls, (await now(bench, run)).stage) == (1, "financial")


async def test_try_again_past_the_deadline_moves_to_assemble(bench: Bench) -> None:
    run = await ready(bench)
    await crawl(bench, run, Body(TryAgain("503", after=3600)))
    after = await now(bench, run)
    assert (after.stage, after.overdue) == ("assemble", True)
    assert bench.queued("assemble") == [{"run": run.id, "stage": "assemble"}]


async def test_giving_up_an_optional_stage_skips_it_with_a_warning(bench: Bench) -> None:
    run = await ready(bench)
    await crawl(bench, run, Body(GiveUp("source_failed", "no answer")))
    after = await now(bench, run)
    assert (after.stage, after.stages["crawl"].state) == ("financial", StageState.SKIPPED)
    assert [(w.code, w.stage) for w in after.warnings] == [("source_failed", "crawl")]


async def test_giving_up_discover_fails_the_run_with_its_code(bench: Bench) -> None:
    job = await bench.order()
    run = await bench.run_of(job)
    await stage.deliver(bench.platform, run.id, "discover", "crawl", Body(GiveUp("robots_disallowed", "no")))
    after = await now(bench, run)
    assert after.error is not None
    assert (after.status, after.error.code, (await bench.company()).live_run) == (
        Status.FAILED,
        "robots_disallowed",
        None,
    )
    assert await bench.platform.documents.get(runs.outbox_path(run.id)) is not None


async def test_a_bug_counts_a_failure_frees_the_stage_and_travels(bench: Bench) -> None:
    run = await ready(bench)
    with pytest.raises(ZeroDivisionError):
        await crawl(bench, run, Body(ZeroDivisionError()))
    after = await now(bench, run)
    assert (after.stages["crawl"].failures, after.stages["crawl"].lease, after.stage) == (1, None, "crawl")
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            await crawl(bench, run, Body(ZeroDivisionError()))
    await crawl(bench, run, Body(ZeroDivisionError()))
    after = await now(bench, run)
    assert (after.stage, after.stages["crawl"].state) == ("financial", StageState.SKIPPED)


async def test_the_fifth_failure_of_discover_fails_the_run(bench: Bench) -> None:
    run = await bench.run_of(await bench.order())
    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            await stage.deliver(bench.platform, run.id, "discover", "crawl", Body(ZeroDivisionError()))
    await stage.deliver(bench.platform, run.id, "discover", "crawl", Body(ZeroDivisionError()))
    assert (await now(bench, run)).status is Status.FAILED


async def test_a_late_owner_changes_nothing(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    body.go_on.clear()
    late = asyncio.create_task(crawl(bench, run, body))
    await body.begun.wait()

    def voided(r: Run) -> None:
        runs.stage_of(r, "crawl").lease = None

    await bench.change(run, voided)
    await crawl(bench, run, Body())
    published = len(bench.queued("financial"))
    body.go_on.set()
    await late
    after = await now(bench, run)
    assert (after.stage, after.stages["crawl"].attempt, len(bench.queued("financial"))) == ("financial", 2, published)


async def test_an_owner_whose_lease_is_lost_is_cut_off(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    body.go_on.clear()
    late = asyncio.create_task(crawl(bench, run, body))
    await body.begun.wait()
    await bench.change(run, lambda r: setattr(r, "status", Status.CANCELLED))
    ended, _ = await asyncio.wait({late}, timeout=patience.SECONDS)  # the renewal notices it
    assert ended
    assert bench.queued("financial") == []


async def test_work_at_the_deadline_is_cut_off_and_assembled(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(r, "deadline", bench.platform.settings.now() + timedelta(seconds=0.2)))
    body.go_on.clear()
    await asyncio.wait_for(crawl(bench, run, body), patience.SECONDS)
    after = await now(bench, run)
    assert (after.stage, after.overdue, after.stages["crawl"].state) == ("assemble", True, StageState.SKIPPED)


async def test_a_claim_past_the_deadline_assembles_instead_of_working(bench: Bench) -> None:
    run, body = await ready(bench), Body()
    await bench.change(run, lambda r: setattr(r, "deadline", bench.platform.settings.now() - timedelta(seconds=1)))
    await crawl(bench, run, body)
    after = await now(bench, run)
    assert (body.calls, after.stage, bench.queued("assemble")) == (
        0,
        "assemble",
        [{"run": run.id, "stage": "assemble"}],
    )


async def test_the_first_claim_starts_the_deadline(bench: Bench) -> None:
    run = await bench.run_of(await bench.order())
    assert run.deadline - run.created_at == timedelta(hours=24)
    await stage.deliver(bench.platform, run.id, "discover", "crawl", Body())
    after = await now(bench, run)
    assert after.claimed_at is not None
    assert after.deadline - after.claimed_at == timedelta(minutes=15)


async def test_progress_never_falls(bench: Bench) -> None:
    run, seen = await ready(bench), []

    async def body(_: Run, work: Work) -> None:
        for done in (1, 5, 3, 9, 2):
            await work.progress(done, 10)
            seen.append((await now(bench, run)).progress)

    await stage.deliver(bench.platform, run.id, "crawl", "financial", body)
    assert seen == sorted(seen)
    assert 10 < seen[0] < seen[-1] <= 60


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[1]",
        b'"x"',
        b'{"run": 7, "stage": "crawl"}',
        b'{"run": "../x", "stage": "crawl"}',
        b'{"run": "none", "stage": "crawl"}',
        b"1" * 5000,
    ],
)
async def test_a_message_that_is_not_ours_is_refused_and_harms_nobody(bench: Bench, data: bytes) -> None:
    from cloudevents.http import CloudEvent

    attributes = {"type": "t", "source": "s", "id": "1"}
    with pytest.raises(stage.BadMessage):
        run_id, _ = stage.message_of(CloudEvent(attributes, data))
        await stage.deliver(bench.platform, run_id, "crawl", "financial", Body())


@pytest.mark.parametrize("kind", [dict, str, bytes])
async def test_data_may_be_a_dict_a_string_or_bytes(kind: type) -> None:
    from cloudevents.http import CloudEvent

    text = '{"run": "ab12", "stage": "crawl"}'
    data = {"run": "ab12", "stage": "crawl"} if kind is dict else text.encode() if kind is bytes else text
    assert stage.message_of(CloudEvent({"type": "t", "source": "s", "id": "1"}, data)) == ("ab12", "crawl")
