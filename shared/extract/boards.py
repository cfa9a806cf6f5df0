"""Job boards that the company's pages link to or embed."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from shared.extract.page import ParsedPage, absolute
from shared.models import Fact, How

_NAME = r"([A-Za-z0-9][\w-]{1,79})"
# vendor, address without scheme (the token is its first group, or the query's `for`), the board's own address
VENDORS = (
    ("greenhouse", rf"(?:job-)?boards(?:\.eu)?\.greenhouse\.io/(?!embed(?:/|$)|v1(?:/|$)|internal(?:/|$)){_NAME}", "https://boards.greenhouse.io/{}"),
    ("greenhouse", r"boards(?:\.eu)?\.greenhouse\.io/embed/job_(?:board|app)(?:/js)?", "https://boards.greenhouse.io/{}"),
    ("greenhouse", rf"(?:boards-)?api(?:\.eu)?\.greenhouse\.io/v1/boards/{_NAME}", "https://boards.greenhouse.io/{}"),
)  # fmt: skip
_RULES = [(vendor, re.compile(rf"{address}(?:/.*)?", re.I), board) for vendor, address, board in VENDORS]


def board_of(url: str) -> dict[str, str] | None:
    """A Board's value for an address on a board vendor's host."""
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
    sources: list[tuple[str, How, float]] = [(link.url, "link", 0.9) for link in page.links]
    sources += [(absolute(page.base, src), "html", 0.95) for src in page.walk.frames]
    sources += [(absolute(page.base, script.src), "script", 0.95) for script in page.walk.scripts if script.src]
    seen: set[str] = set()
    for url, how, confidence in sources:
        board = board_of(url) if "greenhouse" in url else None
        if board is not None and board["url"].lower() not in seen:
            seen.add(board["url"].lower())
            yield page.fact("hiring.board", board, how=how, quote=url, confidence=confidence)
