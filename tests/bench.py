"""What reading a page costs: `python -m tests.bench extract FOLDER...` for their *.html, `python -m tests.bench stalls`."""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy
from selectolax.lexbor import LexborHTMLParser

from shared.extract import extractors
from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.extract.steps import finish
from shared.models import Fact, Outcome, Page
from shared.reading import understanding, understood
from shared.web.client import Answer

USAGE = "usage: python -m tests.bench extract FOLDER... | stalls"
URL, NOW = "https://www.example.com/about", "2026-01-01T00:00:00+00:00"
LARGE = {
    "links": b"".join(b"<li><a href=/p%d>Page %d of the list</a>" % (n, n) for n in range(130_000)),
    "text": b"<p>" + b"We make bone folders and presses in 1987. " * 119_000,
    "people": b"<p>Ada Maria Fern, Managing Director, +49 30 1234567</p>" * 90_000,
    "nested": b"<div>" * 1_000_000,
    "script": b"<p>x</p><script>" + b"var a=1;if(a<b){c.d()}" * 227_000 + b"</script>",
}


def facts(body: bytes, url: str) -> list[Fact]:
    """All that is done with a page, for benchmarks that take a callable."""
    page = ParsedPage.parse(body, url=url, fetched_at=NOW)
    outcome(page, 200, {})
    return extractors.facts(page)


def extracting(folders: list[Path]) -> None:
    """What each step costs, in bare parses of the same pages, each step and bare parse done once a page, in one process;
    CPU time. One page is read before, so that tables and patterns made on first use count for no page."""
    paths = sorted(path for folder in folders for path in folder.rglob("*.html"))
    facts(paths[0].read_bytes(), URL)
    spent: Counter[str] = Counter()
    pages: list[tuple[float, float, Path]] = []  # bare parses, milliseconds
    for path in paths:
        body, before = path.read_bytes(), sum(spent.values())
        _, bare = timed(Counter(), "", lambda body=body: LexborHTMLParser(body).root)
        page, _ = timed(spent, "parse", lambda body=body: ParsedPage.parse(body, url=URL, fetched_at=NOW))
        timed(spent, "walk", lambda page=page: (page.text, page.links, page.metas))
        timed(spent, "outcome", lambda page=page: outcome(page, 200, {}))
        for extractor in extractors.EXTRACTORS:
            timed(spent, extractor.__name__, lambda extractor=extractor, page=page: list(extractor(page)))
        all_ = sum(spent.values()) - before
        pages.append((all_ / bare, all_ * 1000, path))
        spent["bare parse"] += bare  # type: ignore[assignment]
    bare = spent.pop("bare parse")
    for name, seconds in (("bare parse", bare), *spent.most_common(), ("all", sum(spent.values()))):
        print(f"{name:16} {seconds / len(paths) * 1000:8.3f} ms {seconds / bare:7.2f} x")
    pages.sort(key=lambda page: page[0])
    slowest = max(pages, key=lambda page: page[1])
    for name, (times, milliseconds, path) in (
        ("median page", pages[len(pages) // 2]),
        ("p99 page", pages[len(pages) * 99 // 100]),
        ("worst page", pages[-1]),
        ("slowest page", slowest),
    ):
        print(f"{name:16} {milliseconds:8.3f} ms {times:7.2f} x  {path.name}")


def timed(spent: Counter[str], name: str, work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.process_time()
    result = work()
    seconds = time.process_time() - started
    spent[name] += seconds  # type: ignore[assignment]
    return result, seconds


async def stalls() -> None:
    """How long the loop's other work waits while a page of 5 MB is understood, in place and beside the loop."""
    for name, body in LARGE.items():
        in_place, beside = await stall(body, beside=False), await stall(body, beside=True)
        print(f"{name:8} in place {in_place:6.2f} s, beside the loop {beside:6.2f} s")


async def stall(body: bytes, *, beside: bool) -> float:
    waits: list[float] = []

    async def tick() -> None:
        while True:
            started = time.perf_counter()
            await asyncio.sleep(0.001)
            waits.append(time.perf_counter() - started)

    page = Page(URL, Outcome.FAILED, "about", fetched_at=NOW)
    answer = Answer(URL, 200, CIMultiDictProxy(CIMultiDict()), body[:5_000_000], "text/html", "utf-8", truncated=False)
    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    if beside:
        await asyncio.to_thread(understood, page, answer)
    else:
        finish(understanding(page, answer))
    await asyncio.sleep(0.01)
    ticking.cancel()
    return max(waits)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["extract", *folders] if folders:
            extracting([Path(folder) for folder in folders])
        case ["stalls"]:
            asyncio.run(stalls())
        case _:
            sys.exit(USAGE)
