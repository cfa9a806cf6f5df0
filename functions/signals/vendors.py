"""Who runs public job boards: where a board's openings are asked for, and what the answer looks like.

Each vendor documents its feed for companies that show their openings elsewhere; none asks for a key:
https://developers.greenhouse.io/job-board.html https://github.com/lever/postings-api
https://developers.ashbyhq.com/docs/public-job-posting-api https://developers.smartrecruiters.com/reference/v1listpostings
https://workable.readme.io/reference/jobs-1 https://docs.recruitee.com/reference/offers
https://developer.personio.de/docs/retrieving-open-job-positions https://developers.pinpointhq.com/docs
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shared.entities import unescape
from shared.feeds.items import decoded
from shared.feeds.markup import Open, tokens
from shared.models import JSON
from shared.web.urls import normalise

TEXT_MAX = 300  # characters of a title or location
PARTS_MAX = 1_000_000  # lists, objects and values of an answer: what they take is memory, hundreds of bytes each
TOKENS_MAX = 300_000  # of XML, about two seconds' work
DEPTH_MAX = 20  # elements inside a row

Row = dict[str, Any]
Opening = dict[str, str | None]
Rows = Callable[[bytes], Iterable[JSON]]


class NotABoard(ValueError):
    """The answer is not what the vendor's boards answer with."""


@dataclass(frozen=True, slots=True)
class Vendor:
    path: str  # of a board's openings, with {token}, and {skip} where they come so many at a time
    rows: Rows  # of an answer; raises NotABoard
    opening: Callable[[Row, str], Opening | None]  # of a row and the board's token
    at_a_time: int = 0  # rows of one answer; 0: there is one answer


# ------------------------------------------------------------------ rows


def listed(key: str = "") -> Rows:
    """JSON: the list that stands under the key, or is the answer."""

    def rows(body: bytes) -> Iterable[JSON]:
        if sum(map(body.count, (b"[", b"{", b","))) > PARTS_MAX:
            raise NotABoard("the answer has too many parts")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise NotABoard("the answer is not JSON") from error
        found = at(answer, key) if key else answer
        if not isinstance(found, list):
            raise NotABoard(f"the answer {f'has no list of {key}' if key else 'is no list'}")
        return found

    return rows


def elements(root: str, name: str) -> Rows:
    """XML: the elements of the name, each as the texts of what is in it, by path: {"office": ["Ulm"], "a/b": […]}."""

    def rows(body: bytes) -> Iterator[Row]:
        row: dict[str, list[str]] | None = None
        stack: list[str] = []
        rooted = False
        for token in islice(tokens(decoded(body, None)), TOKENS_MAX):
            if isinstance(token, str):
                texts = row["/".join(stack)] if row is not None and stack else [" " * TEXT_MAX]
                if len(texts[-1]) < TEXT_MAX:
                    texts[-1] += token[:TEXT_MAX]
            elif isinstance(token, Open):
                if not rooted and token.name != root:
                    raise NotABoard(f"the answer is <{token.name[:40]}>")
                rooted = True
                if row is None:
                    row = {} if token.name == name and not token.empty else None
                elif len(stack) < DEPTH_MAX:
                    row.setdefault("/".join([*stack, token.name]), []).append("")
                    stack += [] if token.empty else [token.name]
            elif row is not None and token.name == name and name not in stack:
                yield row
                row, stack = None, []
            elif token.name in stack:
                del stack[len(stack) - 1 - stack[::-1].index(token.name) :]
        if not rooted:
            raise NotABoard("the answer is not XML")

    return rows


# ------------------------------------------------------------------ openings


def at(value: JSON, *path: str) -> JSON:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def text(value: JSON) -> str | None:
    return " ".join(unescape(value[:TEXT_MAX]).split()) or None if isinstance(value, str) else None


def each(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def joined(*parts: JSON) -> str | None:
    return ", ".join(filter(None, map(text, parts))) or None


def opening(title: JSON, places: Iterable[JSON], url: JSON, *, remote: bool = False) -> Opening | None:
    """None without a title. An opening that can be filled in several places names them all, as far as they fit."""
    if (said := text(title)) is None:
        return None
    location = ""
    for place in dict.fromkeys(filter(None, map(text, places))):
        longer = f"{location}; {place}" if location else place
        location = longer if len(longer) <= TEXT_MAX else location
    where = location or ("Remote" if remote else None)
    return {"title": said, "location": where, "url": normalise(url) if isinstance(url, str) else None}


def greenhouse(row: Row, token: str) -> Opening | None:
    place = row.get("location")
    return opening(row.get("title"), [at(place, "name") if isinstance(place, dict) else place], row.get("absolute_url"))


def lever(row: Row, token: str) -> Opening | None:
    categories = row.get("categories")
    places = [at(categories, "location"), *each(at(categories, "allLocations"))]
    return opening(row.get("text"), places, row.get("hostedUrl"), remote=row.get("workplaceType") == "remote")


def ashby(row: Row, token: str) -> Opening | None:
    if row.get("isListed") is False:  # open only to those who have the link
        return None
    places = [row.get("location"), *(at(other, "location") for other in each(row.get("secondaryLocations")))]
    return opening(row.get("title"), places, row.get("jobUrl"), remote=row.get("isRemote") is True)


def smartrecruiters(row: Row, token: str) -> Opening | None:
    place = row.get("location")
    full = at(place, "fullLocation")  # "Ulm, , Germany"
    country = at(place, "country")  # "de"
    parts = full.split(",") if isinstance(full, str) else []
    where = joined(*parts) or joined(
        at(place, "city"), at(place, "region"), country.upper() if isinstance(country, str) else None
    )
    url = f"https://jobs.smartrecruiters.com/{token}/{name}" if (name := identifier(row.get("id"))) else None
    return opening(row.get("name"), [where], url, remote=at(place, "remote") is True)


def workable(row: Row, token: str) -> Opening | None:
    place = joined(row.get("city"), row.get("state"), row.get("country"))
    return opening(row.get("title"), [place], row.get("url"), remote=row.get("telecommuting") is True)


def recruitee(row: Row, token: str) -> Opening | None:
    place = text(row.get("location")) or joined(row.get("city"), row.get("country"))
    return opening(row.get("title"), [place], row.get("careers_url"), remote=row.get("remote") is True)


def pinpoint(row: Row, token: str) -> Opening | None:
    place = row.get("location")
    where = text(at(place, "name")) or joined(at(place, "city"), at(place, "province"))
    return opening(row.get("title"), [where], row.get("url"), remote=row.get("workplace_type") == "remote")


def personio(row: Row, token: str) -> Opening | None:
    name = identifier("".join(row.get("id", ())).strip())
    places = [*row.get("office", ()), *row.get("additionaloffices/office", ())]
    url = f"https://{token}.jobs.personio.de/job/{name}" if name else None
    return opening("".join(row.get("name", ())), places, url)


def identifier(value: JSON) -> str | None:
    """What may stand in an address as it is."""
    name = str(value) if type(value) in (int, str) else ""
    return name if name.isascii() and 0 < len(name) <= 60 and name.replace("-", "").isalnum() else None


VENDORS = {
    "greenhouse": Vendor("/v1/boards/{token}/jobs", listed("jobs"), greenhouse),
    "lever": Vendor("/v0/postings/{token}?mode=json&skip={skip}&limit=100", listed(), lever, 100),
    "ashby": Vendor("/posting-api/job-board/{token}", listed("jobs"), ashby),
    "smartrecruiters": Vendor(
        "/v1/companies/{token}/postings?limit=100&offset={skip}", listed("content"), smartrecruiters, 100
    ),
    "workable": Vendor("/api/v1/widget/accounts/{token}", listed("jobs"), workable),
    "recruitee": Vendor("/api/offers/", listed("offers"), recruitee),
    "personio": Vendor("/xml", elements("workzag-jobs", "position"), personio),
    "pinpoint": Vendor("/postings.json", listed("data"), pinpoint),
}
