"""Public job boards: who runs them, where a board's openings are asked for, what the answer looks like."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from shared.entities import unescape
from shared.models import JSON, Page
from shared.settings import Settings
from shared.web.urls import normalise

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
BOARDS_MAX = 5
OPENINGS_MAX = 500
TEXT_MAX = 300  # characters of a title or location


class NotABoard(ValueError):
    """The answer is not what the vendor's boards answer with."""


@dataclass(frozen=True, slots=True)
class Vendor:
    address: Callable[[Settings, str], str]  # of a token's openings
    openings: Callable[[JSON], Iterator[dict[str, str | None]]]  # of the answer; raises NotABoard


@dataclass(frozen=True, slots=True)
class Board:
    vendor: str
    token: str
    url: str  # as the company's pages link it


def greenhouse(answer: JSON) -> Iterator[dict[str, str | None]]:
    """{"jobs": [{"title": …, "location": {"name": …}, "absolute_url": …}]}"""
    jobs = answer.get("jobs") if isinstance(answer, dict) else None
    if not isinstance(jobs, list):
        raise NotABoard("the answer has no list of jobs")
    for job in jobs:
        if not isinstance(job, dict):
            continue
        place = job.get("location")
        location = text(place.get("name") if isinstance(place, dict) else place)
        url = job.get("absolute_url")
        if title := text(job.get("title")):
            yield {"title": title, "location": location, "url": normalise(url) if isinstance(url, str) else None}


VENDORS = {
    "greenhouse": Vendor(
        lambda settings, token: f"{settings.greenhouse_url}/v1/boards/{token}/jobs?content=true", greenhouse
    )
}


def boards(pages: Iterable[Page]) -> list[Board]:
    """The boards that the company's pages link, of vendors that can be asked, once each."""
    found: dict[tuple[str, str], Board] = {}
    for value in (f.value for page in pages for f in page.facts if f.field == "hiring.board"):
        vendor, token, url = map(value.get, ("vendor", "token", "url")) if isinstance(value, dict) else (None,) * 3
        if isinstance(vendor, str) and vendor in VENDORS and isinstance(token, str) and TOKEN.fullmatch(token):
            found.setdefault((vendor, token.lower()), Board(vendor, token, url if isinstance(url, str) else ""))
    return list(found.values())[:BOARDS_MAX]


def openings(vendor: str, body: bytes) -> list[dict[str, str | None]]:
    """The board's openings, once each; raises NotABoard."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotABoard("the answer is not JSON") from error
    found: dict[tuple[str | None, ...], dict[str, str | None]] = {}
    for opening in VENDORS[vendor].openings(answer):
        found.setdefault(tuple(opening.values()), opening)
        if len(found) == OPENINGS_MAX:
            break
    return list(found.values())


def text(value: JSON) -> str | None:
    return " ".join(unescape(value[:TEXT_MAX]).split()) or None if isinstance(value, str) else None
