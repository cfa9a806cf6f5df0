"""What reading a page costs: `python -m tests.bench extract FOLDER` for its *.html, `python -m tests.bench stalls`."""

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
from shared.models import Fact, Outcome, Page
from shared.reading import understand, understood
from shared.web.client import Answer

USAGE = "usage: python -m tests.bench extract FOLDER | stalls"
URL, NOW = "https://www.example.com/about", "2026-01-01T00:00:00+00:00"
ROUNDS = 3
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


def extracting(folder: Path) -> None:
    """Milliseconds of CPU a page, and how many bare parses each step takes; the quickest of some rounds."""
    bodies = [path.read_bytes() for path in sorted(folder.glob("*.html"))]
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        spent: Counter[str] = Counter()
        for body in bodies:
            timed(spent, "bare parse", lambda body=body: LexborHTMLParser(body).root)
            page = timed(spent, "parse", lambda body=body: ParsedPage.parse(body, url=URL, fetched_at=NOW))
            timed(spent, "walk", lambda page=page: (page.text, page.links, page.metas))
            timed(spent, "outcome", lambda page=page: outcome(page, 200, {}))
            for extractor in extractors.EXTRACTORS:
                timed(spent, extractor.__name__, lambda extractor=extractor, page=page: list(extractor(page)))
        best = {name: min(seconds, best.get(name, seconds)) for name, seconds in spent.items()}
    bare = best.pop("bare parse")
    for name, seconds in (("bare parse", bare), *best.items(), ("all", sum(best.values()))):
        print(f"{name:16} {seconds / len(bodies) * 1000:8.3f} ms {seconds / bare:7.2f}")


def timed(spent: Counter[str], name: str, work: Callable[[], Any]) -> Any:
    started = time.process_time()
    result = work()
    spent[name] += time.process_time() - started  # type: ignore[assignment]
    return result


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
        understand(page, answer)
    await asyncio.sleep(0.01)
    ticking.cancel()
    return max(waits)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["extract", folder]:
            extracting(Path(folder))
        case ["stalls"]:
            asyncio.run(stalls())
        case _:
            sys.exit(USAGE)
