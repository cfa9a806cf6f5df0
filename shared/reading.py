"""Reading one page: fetch, parse once, say what came of it, run every extractor, drop the rest."""

import asyncio
import gc
import hashlib
import re
import struct
import time
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from shared import log
from shared.extract import extractors
from shared.extract.blocks import BUSY
from shared.extract.directives import is_kept_from, quotable
from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.extract.steps import Steps, finish
from shared.links import is_trap
from shared.models import Outcome, Page
from shared.together import together
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.content import is_page
from shared.web.retry import retry_after
from shared.web.site import RobotsShut, Site
from shared.web.urls import normalise, page_key, same_site

BUSY_SECONDS = 5.0  # where the server names no time
PASSING, PASSING_SECONDS = (502, 504), 1.0  # a gateway's trouble with the server behind it; asked once more
ROBOTS_SECONDS = 15.0  # until robots.txt, which failed, is asked for again
WAITED_IN_PLACE_SECONDS = 10.0  # a longer wait is worth coming back for
TRIES = 3
REFUSED_IN_A_ROW = 8  # requests, as many as are made at once: after more the site has no time for any page
LARGE_BYTES = 300_000
UNDERSTOOD_SECONDS = 30.0
MAX_MARK = 500  # characters of an ETag
SKETCHED, FEW_LINES = 64, 10
_LINKED = re.compile(r"<([^<>]*)>[^<>,]*;\s*rel\s*=\s*\"?canonical\b", re.I)
_NUMBERS = b"0123456789"  # a clock or a counter makes no other page

gc.set_threshold(20_000, 20, 20)  # of a process that reads pages: they make many objects at once, few of them in cycles


@dataclass
class Reading:
    page: Page
    parsed: ParsedPage | None = None
    busy: float | None = None  # seconds that the server asks to be left alone


async def read(site: Site, url: str, kind: str, before: Page | None = None) -> Reading:
    """Reads the page; where the server asks to be left alone for a short while, the site is, and asked again. `before`
    is the page as the run before read it: its facts hold on where the server says that it has not changed."""
    for number in range(1, TRIES + 1):
        reading = await read_once(site, url, kind, before)
        passing = PASSING_SECONDS if number == 1 and reading.page.status in PASSING else None
        wait = passing if reading.busy is None else reading.busy
        if wait is None or wait > WAITED_IN_PLACE_SECONDS or site.gate.refused > REFUSED_IN_A_ROW or number == TRIES:
            break
        site.gate.pause(wait)
    return reading


async def read_once(site: Site, url: str, kind: str, before: Page | None = None) -> Reading:
    now, started = datetime.now(UTC), time.monotonic()
    page = Page(url=url, outcome=Outcome.FAILED, kind=kind, fetched_at=now.isoformat(timespec="seconds"))
    asked = conditions(before, page)
    try:
        answer = await site.get(url, headers=asked)
        if answer.status == 304 and asked and answer.url != url:  # another page's mark, which means nothing here
            answer, asked = await site.get(url), {}
    except FetchError as error:
        page.outcome = Outcome.FORBIDDEN if error.code == "robots_disallowed" else Outcome.FAILED
        page.code, page.reason = error.code, error.reason
        return Reading(page, busy=ROBOTS_SECONDS if isinstance(error, RobotsShut) else None)
    page.milliseconds = int((time.monotonic() - started) * 1000)
    page.status, page.final_url, page.bytes, page.truncated = (
        answer.status,
        answer.url,
        len(answer.body),
        answer.truncated,
    )
    if answer.status == 304 and asked and before is not None:
        return Reading(unchanged(before, page))
    try:
        if len(answer.body) > LARGE_BYTES:
            # beside the loop: leases are renewed and other runs go on; one that hangs works on a page that nobody has
            async with asyncio.timeout(UNDERSTOOD_SECONDS):
                page, parsed = await asyncio.to_thread(understood, page, answer, site.settings.robots_token)
        elif answer.status in BUSY:  # the others must not ask before it is understood
            parsed = finish(understanding(page, answer, site.settings.robots_token))
        else:
            parsed = await together(understanding(page, answer, site.settings.robots_token))
    except Exception as error:  # a page that breaks an extractor costs that page only
        log.error("page not understood", error, url=url)
        page.outcome, page.code, page.reason, page.facts = Outcome.FAILED, "page_skipped", type(error).__name__, []
        return Reading(page)
    if answer.status in BUSY and page.outcome is not Outcome.BLOCKED:
        wait = retry_after(answer.headers, now)
        return Reading(page, busy=BUSY_SECONDS if wait is None else wait)
    return Reading(page, parsed)


def understood(page: Page, answer: Answer, token: str = "") -> tuple[Page, ParsedPage | None]:
    page = replace(page)
    return page, finish(understanding(page, answer, token))


def understanding(page: Page, answer: Answer, token: str = "") -> Steps[ParsedPage | None]:
    """Fills in the page's outcome and facts. `token` is the name by which a page may speak to us."""
    if not is_page(answer.content_type, answer.body):
        wrong = (f"HTTP {answer.status}", "http_error") if answer.status >= 400 else (answer.content_type, "not_html")
        page.reason, page.code = wrong
        return None
    parsed = ParsedPage.parse(
        answer.body,
        url=answer.url,
        fetched_at=page.fetched_at,
        charset=answer.charset,
        kind=page.kind,
        headers=answer.headers.items(),
    )
    yield
    _ = parsed.walk
    yield
    page.outcome, page.code, page.reason = outcome(parsed, answer.status, answer.headers)
    if page.outcome is not Outcome.READ:
        return parsed
    if is_kept_from(parsed, token):
        page.outcome, page.code = Outcome.FORBIDDEN, "robots_disallowed"
        page.reason = f"the page asks {token} to keep it out of its index"
        return None
    page.digest, page.sketch = fingerprints(parsed)
    page.canonical = canonical(parsed)
    page.facts = yield from extractors.facts_in_steps(parsed)
    if (most := quotable(parsed, token)) is not None:
        page.facts = [replace(fact, source=replace(fact.source, quote=fact.source.quote[:most])) for fact in page.facts]
    page.etag, page.last_modified = (_mark(answer.headers.get(name)) for name in ("ETag", "Last-Modified"))
    page.reader = reader() if page.etag or page.last_modified else None
    return parsed


def fingerprints(parsed: ParsedPage) -> tuple[str, str]:
    """A digest of what the page says and a sketch of it, both numbers aside. The sketch has eight characters for each
    of its lines with the lowest check sums, menus and the like aside, or of its words where the lines are few: two
    share about as much as the pages do (MinHash)."""
    text = parsed.text.encode(errors="replace").translate(None, _NUMBERS)
    said = hashlib.blake2b(text, digest_size=12)
    for script in parsed.walk.scripts:
        if script.type.endswith("json"):
            said.update(script.text.encode(errors="replace"))
    lines = [told for told, line in zip(text.split(b"\n"), parsed.lines, strict=False) if line.where == "main"]
    parts = set(lines if len(lines) >= FEW_LINES else b" ".join(lines).split())
    sums = sorted(map(zlib.crc32, parts))[:SKETCHED]
    return said.hexdigest(), struct.pack(f">{len(sums)}I", *sums).hex()


def canonical(parsed: ParsedPage) -> str | None:
    """The address that the page's canonical link names, in its head or in the answer's, where it is another page of
    the same site."""
    links = [
        one.get("href") or "" for one in parsed.walk.heads if "canonical" in (one.get("rel") or "").lower().split()
    ]
    links += [found[1] for name, value in parsed.headers if name.lower() == "link" for found in _LINKED.finditer(value)]
    url = normalise(links[0], parsed.base) if links else None
    if url is None or is_trap(url) or page_key(url) == page_key(parsed.url) or not same_site(url, parsed.url):
        return None
    return url


def conditions(before: Page | None, page: Page) -> dict[str, str]:
    """What asks whether the page is still as it was read before, by the same extractors and in the same role."""
    if (
        before is None
        or before.outcome is not Outcome.READ
        or before.truncated
        or (before.final_url, before.kind) != (page.url, page.kind)
        or not (before.etag or before.last_modified)
        or before.reader != reader()
    ):
        return {}
    asked = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
    return {name: mark for name, mark in asked.items() if mark}


def unchanged(before: Page, page: Page) -> Page:
    facts = [replace(fact, source=replace(fact.source, fetched_at=page.fetched_at)) for fact in before.facts]
    return replace(before, status=304, bytes=0, milliseconds=page.milliseconds, fetched_at=page.fetched_at, facts=facts)


def _mark(header: str | None) -> str | None:
    """One that can be sent back as it is."""
    return header if header and header.isascii() and header.isprintable() and len(header) <= MAX_MARK else None


@cache
def reader() -> str:
    """Changes with every change of the extractors: what other ones made of a page is not what these would."""
    digest = hashlib.sha256()
    for file in sorted(Path(extractors.__file__).parent.rglob("*.*")):
        if "__pycache__" not in file.parts and file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
