"""Runs: how one moves and ends (`runs/{id}`), and what its stages have read (`runs/{id}/pages/{hash of URL}`).

The functions that take a Run change that copy; `change` commits it, on the condition that nobody else has.
"""

import hashlib
import json
import secrets
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, from_json

from shared import companies, log
from shared.due import after, due
from shared.errors import LeaseLost
from shared.models import (
    OPTIONAL,
    PROGRESS,
    STAGES,
    Fact,
    Failure,
    Lease,
    Notice,
    Outcome,
    Page,
    Run,
    Source,
    Stage,
    StageName,
    StageState,
    Status,
    fields,
)
from shared.ports import Document, Fields, Put, Transaction
from shared.profile import Profile
from shared.settings import Settings
from shared.wiring import Platform

PAGE_BYTES = 700_000  # of compressed facts a document; a page with more has several
PAGES_AT_ONCE = 100  # a query
KEPT_BYTES = 10_000  # of compressed facts
KEPT_PAGES = 512  # those of as many runs as an instance has under way, since stages read them in turns
_PAGE = TypeAdapter(Page)
_kept: dict[bytes, Page] = {}  # the latest last
STOPPED = {Status.FAILED: StageState.FAILED, Status.CANCELLED: StageState.CANCELLED}  # what was running then
EARLY_SECONDS = 2.0  # a delayed message may come this much before its time, by the clock here


def path(run_id: str) -> str:
    return f"runs/{run_id}"


def outbox_path(run_id: str) -> str:
    return f"outbox/{run_id}"


def of(document: Document) -> Run:
    return Run.model_validate(document.fields)


async def get(platform: Platform, run_id: str) -> Run | None:
    document = await platform.documents.get(path(run_id))
    return of(document) if document else None


def new(company: str, settings: Settings, now: datetime, *, before: str | None = None) -> Run:
    """A queued run, whose first message is about to be published."""
    run = Run(
        id=secrets.token_hex(16),
        company=company,
        before=before,
        created_at=now,
        published_at=now,
        deadline=after(now, settings.queue_seconds),
        expires_at=after(now, settings.run_retention_seconds),
    )
    watch(run, settings, after(now, settings.republish_seconds[0]))
    return run


# ------------------------------------------------------------------ transitions of a copy


def watch(run: Run, settings: Settings, when: datetime) -> None:
    """Sets the moment at which sweep looks: no later than the deadline."""
    run.due = due(settings, run.id, min(when, run.deadline))


def stage_of(run: Run, name: StageName) -> Stage:
    return run.stages.setdefault(name, Stage())


def is_owned(stage: Stage, now: datetime) -> bool:
    """Whether a lease is live. Nobody's lease ends a little early, since its message may come early."""
    if stage.lease is None:
        return False
    early = 0.0 if stage.lease.owner else EARLY_SECONDS
    return now < after(stage.lease.until, -early)


def take(run: Run, name: StageName, owner: str, settings: Settings, now: datetime) -> str:
    """Takes the lease and returns its token; the first claim of a run starts its deadline."""
    stage, token = stage_of(run, name), secrets.token_hex(8)
    stage.lease = Lease(owner=owner, token=token, until=after(now, settings.lease_seconds))
    stage.state, stage.attempt = StageState.RUNNING, stage.attempt + 1
    stage.started_at = stage.started_at or now
    run.status = Status.PROCESSING
    if run.claimed_at is None:
        run.claimed_at, run.deadline = now, after(now, settings.run_seconds)
    watch(run, settings, stage.lease.until)
    return token


def check(run: Run, name: StageName, token: str) -> Stage:
    """The stage, if it is still the current one and under this token's lease; else LeaseLost."""
    stage = stage_of(run, name)
    if run.ended or run.stage != name or stage.lease is None or stage.lease.token != token:
        raise LeaseLost(f"{name} of run {run.id} has another owner or has ended")
    return stage


def renew(run: Run, name: StageName, settings: Settings, now: datetime) -> None:
    lease = stage_of(run, name).lease
    if lease is not None:
        lease.until = after(now, settings.lease_seconds)
        watch(run, settings, lease.until)


def published(run: Run, settings: Settings, now: datetime) -> None:
    """The current stage is about to be published for the first time."""
    run.published_at, run.republished = now, 0
    watch(run, settings, after(now, settings.republish_seconds[0]))


def republished(run: Run, settings: Settings, now: datetime) -> None:
    """The current stage is about to be published once more: the next look is 2, 4, then every 8 minutes away."""
    run.published_at, run.republished = now, run.republished + 1
    waits = settings.republish_seconds
    watch(run, settings, after(now, waits[min(run.republished, len(waits) - 1)]))


def advance(run: Run, name: StageName, then: StageName, settings: Settings, now: datetime) -> None:
    """Marks the stage done, unless it is marked as skipped, and makes the successor current."""
    stage = stage_of(run, name)
    if stage.state is not StageState.SKIPPED:
        stage.state = StageState.DONE
    stage.lease, stage.ended_at = None, now
    run.stage, run.progress = then, max(run.progress, PROGRESS[name])
    published(run, settings, now)


def skip(run: Run, name: StageName, failure: Failure) -> None:
    """Marks the stage as given up: the profile will be partial, and the warning says why."""
    stage = stage_of(run, name)
    stage.state, stage.error = StageState.SKIPPED, failure
    run.warnings.append(Notice(code=failure.code, detail=failure.reason, stage=name))


def free(run: Run, name: StageName, settings: Settings, now: datetime) -> None:
    """Gives the stage back, for its message to be delivered again."""
    stage = stage_of(run, name)
    stage.state, stage.lease = StageState.WAITING, None
    watch(run, settings, after(now, settings.republish_seconds[0]))


def postpone(run: Run, name: StageName, until: datetime, settings: Settings) -> None:
    """Leaves a lease that nobody owns until then."""
    stage = stage_of(run, name)
    stage.state = StageState.WAITING
    stage.lease = Lease(owner=None, token=secrets.token_hex(8), until=until)
    watch(run, settings, after(until, settings.republish_seconds[0]))


def hurry(run: Run, settings: Settings, now: datetime) -> None:
    """The deadline is over: assemble makes a partial profile of what is there, and has a minute for it."""
    for name in STAGES:
        stage = stage_of(run, name)
        if name == "assemble":
            stage.lease, stage.state = None, StageState.WAITING
        elif stage.state not in (StageState.DONE, StageState.SKIPPED):
            stage.lease, stage.ended_at = None, now
            skip(
                run,
                name,
                stage.error or Failure(code="deadline_exceeded", reason=f"{name} was cut off at the deadline"),
            )
    run.stage, run.overdue = "assemble", True
    run.progress = max(run.progress, PROGRESS["signals"])
    run.deadline = after(now, settings.overdue_seconds)
    published(run, settings, now)


def warn(run: Run, notices: list[Notice]) -> None:
    """Adds the warnings that a claim before this one has not left already."""
    run.warnings += [notice for notice in notices if notice not in run.warnings]


def fail_or_skip(
    run: Run, name: StageName, then: StageName | None, failure: Failure, settings: Settings, now: datetime
) -> bool:
    """A stage is given up: where it is optional the run goes on and True is returned, else the caller must end it."""
    if name in OPTIONAL and then is not None:
        skip(run, name, failure)
        advance(run, name, then, settings, now)
        return True
    return False


# ------------------------------------------------------------------ commits


async def change(platform: Platform, run_id: str, function: Callable[[Run], None]) -> Run:
    """Commits what `function` does to the run; it may run again. LeaseLost where there is no such run."""

    async def once(tx: Transaction) -> Run:
        run = await read(tx, run_id)
        function(run)
        tx.update(path(run_id), fields(run))
        return run

    return await platform.documents.transaction(once)


async def read(tx: Transaction, run_id: str) -> Run:
    document = await tx.get(path(run_id))
    if document is None:
        raise LeaseLost(f"run {run_id} is gone")
    return of(document)


async def end(
    tx: Transaction,
    run: Run,
    status: Status,
    settings: Settings,
    now: datetime,
    *,
    failure: Failure | None = None,
    profile: Profile | None = None,
) -> None:
    """Ends the run in this transaction: its status, the company's pointers, the profile and the outbox together."""
    company = companies.of(run.company, await tx.get(companies.path(run.company)))
    run.status, run.error, run.ended_at = status, failure, now
    for stage in run.stages.values():
        stage.lease = None
        if stage.state is StageState.RUNNING:
            stage.state, stage.ended_at = STOPPED.get(status, StageState.DONE), now
    if status in (Status.COMPLETED, Status.PARTIAL):
        run.progress = 100
    run.due = due(settings, run.id, after(now, settings.republish_seconds[0]))
    run.expires_at = after(now, settings.run_retention_seconds)
    if company.live_run == run.id:
        company.live_run = None
    if profile is not None:
        run.profile_version = company.profile_version = profile.version
        company.profile_run, company.fetched_at, company.partial = run.id, profile.fetched_at, profile.partial
        company.failure = company.failed_at = None
        tx.create(companies.profile_path(run.company, profile.version), companies.profile_fields(profile, settings))
    elif failure is not None and failure.code in companies.REMEMBERED:
        company.failure, company.failed_at = failure, now
    tx.put(companies.path(run.company), fields(company))
    tx.update(path(run.id), fields(run))
    tx.create(
        outbox_path(run.id), {"run": run.id, "status": status.value, "ended_at": now, "expires_at": run.expires_at}
    )


async def publish(platform: Platform, run: Run, *, at: datetime | None = None) -> None:
    """Publishes the run's current stage."""
    log.info("publish", run=run.id, stage=run.stage, at=at)
    await platform.topics.publish(f"scrape-{run.stage}", {"run": run.id, "stage": run.stage}, at=at)


# ------------------------------------------------------------------ pages


def pack(page: Page) -> list[bytes]:
    """The page as compressed JSON, in parts of at most PAGE_BYTES."""
    try:
        packed = zlib.compress(_PAGE.dump_json(page), 1)
        _keep(packed, replace(page, facts=list(page.facts)))
    except PydanticSerializationError:  # a site may send half of a surrogate pair
        text = json.dumps(page, default=_plain, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
        packed = zlib.compress(text, 1)
    return [packed[at : at + PAGE_BYTES] for at in range(0, len(packed), PAGE_BYTES)]


def _plain(value: Page | Fact | Source) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def unpack(parts: Sequence[bytes]) -> Page:
    packed = b"".join(parts)
    page = _kept.get(packed) or _unpacked(packed)
    _keep(packed, page)
    return replace(page, facts=list(page.facts))


def _keep(packed: bytes, page: Page) -> None:
    """Several stages read one after the other what was written here a moment ago: the latest small pages are kept."""
    if len(packed) <= KEPT_BYTES:
        _kept.pop(packed, None)
        _kept[packed] = page
        if len(_kept) > KEPT_PAGES:
            del _kept[next(iter(_kept))]


def _unpacked(packed: bytes) -> Page:
    said = from_json(zlib.decompress(packed))
    value: dict[str, Any] = {name: said[name] for name in Page.__slots__ if name in said}  # later releases say more
    value["facts"] = [Fact(f["field"], f["value"], _source(f["source"]), f["confidence"]) for f in said["facts"]]
    value["outcome"] = Outcome(value["outcome"])
    return Page(**{name: value[name] for name in Page.__slots__ if name in value})  # a later release may say more


def _source(said: dict[str, Any]) -> Source:
    return Source(said["url"], said["how"], said["quote"], said["fetched_at"])


def page_writes(run: Run, page: Page) -> list[Put]:
    """Writes that keep the page under a name derived from its URL: told twice, they write the same documents."""
    name, parts = hashlib.sha256(page.url.encode()).hexdigest()[:32], pack(page)
    return [
        Put(
            f"{path(run.id)}/pages/{name}-{number:02}",
            {"part": number, "parts": len(parts), "data": data, "expires_at": run.expires_at},
        )
        for number, data in enumerate(parts)
    ]


async def pages(platform: Platform, run_id: str) -> list[Page]:
    """All pages of the run, in the order of their names."""
    found: list[Page] = []
    parts: list[bytes] = []
    last: Document | None = None
    expected = 0
    while True:
        batch = await platform.documents.query("pages_of_run", parent=path(run_id), limit=PAGES_AT_ONCE, after=last)
        for document in batch:
            if document.fields["part"] == 0:
                parts, expected = [], document.fields["parts"]
            parts.append(document.fields["data"])
            if len(parts) == expected:  # parts beyond are left of an earlier, longer reading
                found.append(unpack(parts))
        if len(batch) < PAGES_AT_ONCE:
            return found
        last = batch[-1]


def note_path(run_id: str, name: str) -> str:
    return f"{path(run_id)}/notes/{name}"


def note_fields(run: Run, value: Fields) -> Fields:
    return {**value, "expires_at": run.expires_at}
