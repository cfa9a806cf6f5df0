"""Job boards that the company's pages link to or embed."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from shared.extract.hrefs import absolute, host_of
from shared.extract.page import ParsedPage
from shared.models import Fact, How

_NAME = r"([A-Za-z0-9][\w-]{1,79})"
# vendor, address without scheme (the token is its first group, or the query's `for`), the board's own address
VENDORS = (
    ("greenhouse", rf"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?!embed(?:/|$)|v1(?:/|$)|internal(?:/|$)){_NAME}", "https://boards.greenhouse.io/{}"),
    ("greenhouse", r"boards(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?", "https://boards.greenhouse.io/{}"),
    ("greenhouse", rf"(?:boards-)?api(?:\.eu)?\.greenhouse\.io/v1/boards/{_NAME}", "https://boards.greenhouse.io/{}"),
    ("lever", rf"jobs\.lever\.co/{_NAME}", "https://jobs.lever.co/{}"),
    ("lever", rf"api\.lever\.co/v0/postings/{_NAME}", "https://jobs.lever.co/{}"),
    ("lever", rf"jobs\.eu\.lever\.co/{_NAME}", "https://jobs.eu.lever.co/{}"),
    ("lever", rf"api\.eu\.lever\.co/v0/postings/{_NAME}", "https://jobs.eu.lever.co/{}"),
    ("ashby", rf"jobs\.ashbyhq\.com/{_NAME}", "https://jobs.ashbyhq.com/{}"),
    ("ashby", rf"api\.ashbyhq\.com/posting-api/job-board/{_NAME}", "https://jobs.ashbyhq.com/{}"),
    ("workable", rf"apply\.workable\.com/(?!api(?:/|$)|static(?:/|$)){_NAME}", "https://apply.workable.com/{}"),
    ("workable", rf"(?!(?:www|apply|jobs|help|resources|get|careers)\.){_NAME}\.workable\.com", "https://apply.workable.com/{}"),
    ("recruitee", rf"(?!(?:www|api|app|auth|careers-analytics|support|docs)\.){_NAME}\.recruitee\.com", "https://{}.recruitee.com"),
    ("personio", rf"(?!www\.){_NAME}\.jobs\.personio\.(?:de|com)", "https://{}.jobs.personio.de"),
    ("smartrecruiters", rf"(?:jobs|careers)\.smartrecruiters\.com/(?!sr-jobs|oneclick-ui|job-widget|static){_NAME}", "https://careers.smartrecruiters.com/{}"),
    ("smartrecruiters", rf"api\.smartrecruiters\.com/v1/companies/{_NAME}", "https://careers.smartrecruiters.com/{}"),
    ("teamtailor", rf"(?!(?:www|app|api|support|career|docs)\.){_NAME}\.(?:na\.)?teamtailor\.com", "https://{}.teamtailor.com"),
    ("bamboohr", rf"(?!(?:www|api|help|partners|app)\.){_NAME}\.bamboohr\.com/(?:jobs|careers|js/embed\.js)", "https://{}.bamboohr.com/jobs"),
    ("breezy", rf"(?!(?:www|app|api|developer|help)\.){_NAME}\.breezy\.hr", "https://{}.breezy.hr"),
    ("join", rf"join\.com/companies/{_NAME}", "https://join.com/companies/{}"),
    ("jobvite", rf"jobs\.jobvite\.com/(?!__assets__|support){_NAME}", "https://jobs.jobvite.com/{}"),
    ("softgarden", rf"(?!(?:www|app|api|static)\.){_NAME}\.(?:career\.)?softgarden\.io", "https://{}.softgarden.io"),
    ("workday", rf"(?!(?:www|community)\.){_NAME}(?:\.wd\d{{1,3}})?\.myworkdayjobs\.com", "https://{}.myworkdayjobs.com"),
    ("homerun", rf"(?!(?:www|app|developers|help)\.){_NAME}\.homerun\.co", "https://{}.homerun.co"),
    ("pinpoint", rf"(?!(?:www|app|help)\.){_NAME}\.pinpointhq\.com", "https://{}.pinpointhq.com"),
)  # fmt: skip
_DOMAINS = frozenset(
    """greenhouse.io lever.co ashbyhq.com workable.com recruitee.com personio.de personio.com smartrecruiters.com
    teamtailor.com bamboohr.com breezy.hr join.com jobvite.com softgarden.io myworkdayjobs.com homerun.co
    pinpointhq.com""".split()
)
_RULES = [(vendor, re.compile(rf"{address}(?:/.*)?", re.I), board) for vendor, address, board in VENDORS]


@lru_cache(4096)
def _is_vendors(host: str) -> bool:
    return ".".join(host.rsplit(".", 2)[-2:]) in _DOMAINS


def board_of(url: str) -> dict[str, str] | None:
    """A Board's value for an address on a board vendor's host."""
    if not _is_vendors(host_of(url)):
        return None
    try:
        parts = urlsplit(url)
        place = f"{parts.hostname or ''}{parts.path}"
        query = parse_qs(parts.query[:1000])
    except ValueError:
        return None
    for vendor, address, board in _RULES:
        found = address.fullmatch(place[:500])
        if found is None:
            continue
        token = found[1] if found.groups() else query.get("for", [""])[0]
        if token and re.fullmatch(_NAME, token):
            return {"vendor": vendor, "token": token, "url": board.format(token)}
    return None


def boards(page: ParsedPage) -> Iterator[Fact]:
    sources: list[tuple[str, How, float]] = [
        (link.url, "link", 0.9) for link in page.links if link.host and _is_vendors(link.host)
    ]
    sources += [(absolute(page.base, src), "html", 0.95) for src in page.walk.frames]
    sources += [(absolute(page.base, script.src), "script", 0.95) for script in page.walk.scripts if "//" in script.src]
    seen: set[str] = set()
    for url, how, confidence in sources:
        board = board_of(url)
        if board is not None and board["url"].lower() not in seen:
            seen.add(board["url"].lower())
            yield page.fact("hiring.board", board, how=how, quote=url, confidence=confidence)
