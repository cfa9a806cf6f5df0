"""The pages in hand: noted before they are read, so that a page that breaks off the work is found and left out."""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field

from shared import runs
from shared.models import Outcome, Page, PlannedPage
from shared.ports import Put
from shared.work import Work

CRASHES = 2  # so often a page may be alone in hand when the work breaks off
NOTE = "crawl"


@dataclass
class Hand:
    work: Work
    waiting: deque[PlannedPage]  # to be read side by side
    suspects: deque[PlannedPage]  # in hand when the work broke off: to be read last and singly
    alone: Counter[str]  # times that a URL was alone in hand at a crash
    in_hand: set[str] = field(default_factory=set)
    _read: list[Page] = field(default_factory=list)  # not written yet
    _changes: int = 0
    _written: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    async def after_last_time(cls, work: Work, todo: list[PlannedPage]) -> "Hand":
        """What is still to be read. An orderly end leaves no page in hand, so those in the note saw a crash."""
        document = await work.platform.documents.get(runs.note_path(work.run.id, NOTE))
        note = document.fields if document else {"in_hand": [], "alone": []}
        left = {page.url for page in todo}
        dropped = [url for url in note["in_hand"] if url in left]
        alone = Counter({row["url"]: row["times"] for row in note["alone"]})
        if len(dropped) == 1:
            alone[dropped[0]] += 1
        hand = cls(
            work,
            deque(page for page in todo if page.url not in dropped),
            deque(page for page in todo if page.url in dropped and alone[page.url] < CRASHES),
            alone,
        )
        for page in todo:
            if alone[page.url] >= CRASHES:
                hand._skip(page)
        if dropped:
            hand._changes += 1
            await hand.checkpoint()
        return hand

    def _skip(self, page: PlannedPage) -> None:
        reason = "Reading this page broke off the work twice."
        self._read.append(Page(page.url, Outcome.FAILED, page.kind, code="page_skipped", reason=reason))
        self.work.warn("page_skipped", reason, page.url)

    @property
    def left(self) -> int:
        return len(self.waiting) + len(self.suspects) + len(self.in_hand)

    async def take(self, *, singly: bool = False) -> PlannedPage | None:
        """The next page, noted as in hand; what was read before is written in the same commit."""
        queue = self.suspects if singly else self.waiting
        page = queue.popleft() if queue else None
        if page is not None:
            self.in_hand.add(page.url)
            self._changes += 1
        await self.checkpoint()
        return page

    def done(self, page: Page) -> None:
        self.in_hand.discard(page.url)
        self._read.append(page)
        self._changes += 1

    def drop(self, page: PlannedPage) -> None:
        """Nothing is kept of it: it is for another claim of the stage, or no page at all."""
        self.in_hand.discard(page.url)
        self._changes += 1

    async def checkpoint(self) -> None:
        """Returns once everything so far is written; those who wait at the same time share a commit."""
        wanted = self._changes
        async with self._lock:
            if self._written >= wanted:
                return
            await asyncio.sleep(0)  # who is through in the same turn of the loop, too
            wanted, pages, self._read = self._changes, self._read, []
            alone = [{"url": url, "times": times} for url, times in self.alone.items()]
            note = runs.note_fields(self.work.run, {"in_hand": sorted(self.in_hand), "alone": alone})
            await self.work.keep(*pages, beside=(Put(runs.note_path(self.work.run.id, NOTE), note),))
            self._written = wanted
