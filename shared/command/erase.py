"""`./deploy.sh erase …`: what is stored goes, and a mark keeps it out."""

import asyncio
import json
import zlib
from argparse import Namespace
from collections.abc import AsyncIterator
from typing import Any

from shared import companies, erasures, runs
from shared.command.forget import forget
from shared.command.world import world
from shared.due import after
from shared.embedded.local.stop import Stop
from shared.errors import Problem
from shared.models import Company, Failure, Run, Status, fields
from shared.ports import Delete, Document, NotFound, Transaction, Update
from shared.web.urls import company_key
from shared.wiring import Platform

PROFILES_AT_ONCE = 3  # of up to 1 MiB, so that a commit has room
POLL_SECONDS = 0.5
ASSEMBLE_SECONDS = 120  # its timeout
REASON = "Its owner asked that it not be read."


async def erase(options: Namespace) -> int:
    if options.action == "person":
        return await _erase_person(options)
    key = _key(options.key)
    async with world(options) as platform:
        if options.lift:
            await platform.documents.transaction(lambda tx: _lift(tx, key))
            print(f"{key} may be read again")
            return 0
        ended = await _mark_company(platform, key)
        if ended is not None:
            print("Its run is ended; waiting until whoever worked on it has noticed …")
            await asyncio.sleep(platform.settings.renew_seconds + 1)
        profiles = await _delete_all(platform, "profiles_of_company", parent=companies.path(key))
        read = [await _delete_run(platform, run, document) async for run, document in _runs_of(platform, key)]
        print(f"{key}: {profiles} profiles and the pages of {len(read)} runs are deleted; it is not read again")
        if not all(read):
            kept = read.count(False)
            print(f"{kept} runs have jobs that are not settled yet: their own documents go in a few days")
    return 0


async def _erase_person(options: Namespace) -> int:
    try:
        name = erasures.person(options.name)
    except ValueError as error:
        raise Stop(str(error), 2) from None
    only = _key(options.company) if options.company else None
    changed = seen = 0
    async with world(options) as platform:
        await platform.documents.transaction(lambda tx: _mark_person(tx, name, only))
        async for company in _companies(platform, only):
            seen += 1
            await _assembled(platform, company)
            changed += await _forget(platform, company.key, frozenset({name}))
            async for run, _ in _runs_of(platform, company.key):
                if run.ended:  # a live one's are left out by assemble, and go in a few days
                    await _delete_pages(platform, run.id)
    print(f"{changed} profiles of {seen} companies are changed; the name is left out of later ones")
    return 0


def _key(text: str) -> str:
    try:
        return company_key(text)
    except Problem as problem:
        raise Stop(f"{text!r}: {problem.detail}", 2) from None


# ------------------------------------------------------------------ marks


async def _mark_company(platform: Platform, key: str) -> Run | None:
    """Marks the company and ends its live run, which is returned, in one commit; its jobs are settled as any."""

    async def once(tx: Transaction) -> Run | None:
        settings, now = platform.settings, platform.settings.now()
        company = companies.of(key, await tx.get(companies.path(key)))
        live = await tx.get(runs.path(company.live_run)) if company.live_run else None
        run = runs.of(live) if live else None
        marked = Company(key=key, erased_at=now, erased_people=company.erased_people)
        if run is None or run.ended:
            tx.put(companies.path(key), fields(marked))
            return None
        await runs.end(tx, run, Status.FAILED, settings, now, failure=Failure(code="opted_out", reason=REASON))
        tx.writes = [write for write in tx.writes if write.path != companies.path(key)]
        tx.put(companies.path(key), fields(marked))
        return run

    return await platform.documents.transaction(once)


async def _lift(tx: Transaction, key: str) -> None:
    company = companies.of(key, await tx.get(companies.path(key)))
    if company.erased_at is None:
        raise Stop(f"{key} is not kept out", 2)
    company.erased_at = None
    tx.put(companies.path(key), fields(company))


async def _mark_person(tx: Transaction, name: str, only: str | None) -> None:
    if only is None:
        document = await tx.get(erasures.EVERYWHERE)
        people = set(document.fields["people"]) if document else set()
        tx.put(erasures.EVERYWHERE, {"people": sorted(people | {name})})
        return
    company = companies.of(only, await tx.get(companies.path(only)))
    company.erased_people = sorted({*company.erased_people, name})
    tx.put(companies.path(only), fields(company))


# ------------------------------------------------------------------ what is stored


async def _all(
    platform: Platform, query: str, *values: Any, parent: str = "", limit: int = 100
) -> AsyncIterator[Document]:
    last: Document | None = None
    while found := await platform.documents.query(query, *values, parent=parent, limit=limit, after=last):
        for document in found:
            yield document
        last = found[-1]


async def _companies(platform: Platform, only: str | None) -> AsyncIterator[Company]:
    if only is not None:
        yield companies.of(only, await platform.documents.get(companies.path(only)))
        return
    async for document in _all(platform, "companies"):
        yield companies.of(document.id, document)


async def _runs_of(platform: Platform, key: str) -> AsyncIterator[tuple[Run, Document]]:
    async for document in _all(platform, "runs_of_company", key):
        yield runs.of(document), document


async def _assembled(platform: Platform, company: Company) -> None:
    """Waits for a run that is being assembled just now: it may have looked for marks before there was this one."""
    end = after(platform.settings.now(), ASSEMBLE_SECONDS)
    while company.live_run and platform.settings.now() < end:
        run = await runs.get(platform, company.live_run)
        if run is None or run.ended or run.stage != "assemble":
            return
        await asyncio.sleep(POLL_SECONDS)


async def _forget(platform: Platform, key: str, names: erasures.Names) -> int:
    """Takes the names out of the company's stored profiles; how many that changed."""
    changed = 0
    async for document in _all(platform, "profiles_of_company", parent=companies.path(key), limit=PROFILES_AT_ONCE):
        before = json.loads(zlib.decompress(document.fields["data"]))
        after_ = forget(before, names)
        if after_ != before:
            data = zlib.compress(json.dumps(after_, ensure_ascii=False, separators=(",", ":")).encode(), 6)
            try:
                await platform.documents.commit([Update(document.path, {"data": data})])
                changed += 1
            except NotFound:  # it expired meanwhile
                continue
    return changed


async def _delete_run(platform: Platform, run: Run, document: Document) -> bool:
    """Its pages, and itself where its jobs are settled; whether it was."""
    await _delete_pages(platform, run.id)
    settled = run.ended and run.due is None
    if settled:
        await platform.documents.commit([Delete(document.path), Delete(runs.outbox_path(run.id))])
    return settled


async def _delete_pages(platform: Platform, run_id: str) -> None:
    await _delete_all(platform, "pages_of_run", parent=runs.path(run_id))
    await _delete_all(platform, "notes_of_run", parent=runs.path(run_id))


async def _delete_all(platform: Platform, query: str, parent: str) -> int:
    deleted = 0
    while found := await platform.documents.query(query, parent=parent, limit=10):
        await platform.documents.commit([Delete(document.path) for document in found])
        deleted += len(found)
    return deleted
