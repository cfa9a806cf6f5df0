"""The job boards that are the company's own, and what one of their answers says."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from functions.signals.vendors import VENDORS, Opening
from shared.models import Fact, Page
from shared.settings import Settings
from shared.web.urls import registrable

TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
REGION = re.compile(r"\.(eu)\.")  # in a board's host: there the same name may be another company's
BOARDS_MAX = 5
OPENINGS_MAX = 500
SPELLED = 4  # letters that a board's name and the company's domain have in common, at least


@dataclass(frozen=True, slots=True)
class Board:
    vendor: str
    token: str
    url: str  # as the company's pages link it

    @property
    def service(self) -> str:
        """The vendor, as the settings name it for the board's region."""
        try:
            region = REGION.search(urlsplit(self.url).hostname or "")
        except ValueError:
            region = None
        return f"{self.vendor}.{region[1]}" if region else self.vendor

    def address(self, settings: Settings, skip: int = 0) -> str:
        """Where its openings are asked for; empty where the settings have no such vendor."""
        base = settings.job_boards.get(self.service, "")
        address = base and base.rstrip("/") + VENDORS[self.vendor].path
        return address.replace("{token}", self.token).replace("{skip}", str(skip))


def boards(pages: Collection[Page], company: str) -> list[Board]:
    """The boards that the company's pages show as its own, of vendors that can be asked, once each.

    Whoever writes of other companies links their boards, too: a link counts on the careers page, or where it is the way
    to the careers, or where it spells the company's domain; more boards than a company has are a list of others'.
    """
    facts = [(page, fact) for page in pages for fact in page.facts]
    careers = {url for _, fact in facts if (url := careers_page(fact))}
    found: dict[tuple[str, str], Board] = {}
    for page, fact in facts:
        board = board_of(fact) if fact.field == "hiring.board" else None
        if board is None:
            continue
        shown = page.kind == "careers" or fact.source.how != "link" or fact.source.quote in careers
        if shown or spells(board.token, company):
            found.setdefault((board.service, board.token.lower()), board)
    if len(found) <= BOARDS_MAX:
        return list(found.values())
    return [board for board in found.values() if spells(board.token, company)][:BOARDS_MAX]


def careers_page(fact: Fact) -> str:
    value = fact.value if fact.field == "key_page" and isinstance(fact.value, dict) else {}
    return str(value.get("url")) if value.get("kind") == "careers" else ""


def board_of(fact: Fact) -> Board | None:
    value = fact.value if isinstance(fact.value, dict) else {}
    vendor, token, url = map(value.get, ("vendor", "token", "url"))
    if not (isinstance(vendor, str) and vendor in VENDORS and isinstance(token, str) and TOKEN.fullmatch(token)):
        return None
    return Board(vendor, token, url if isinstance(url, str) else "")


def spells(token: str, company: str) -> bool:
    label = registrable(company.partition(":")[0]).partition(".")[0]
    short, long = sorted((re.sub(r"[\W_]", "", name).lower() for name in (token, label)), key=len)
    return short == long or (len(short) >= SPELLED and short in long)


def openings(board: Board, body: bytes) -> tuple[list[Opening], int]:
    """An answer's openings, once each, and how many rows it has; raises NotABoard."""
    vendor = VENDORS[board.vendor]
    found: dict[tuple[str | None, ...], Opening] = {}
    count = 0
    for row in vendor.rows(body):
        count += 1
        if isinstance(row, dict) and (opening := vendor.opening(row, board.token)):
            found.setdefault(tuple(opening.values()), opening)
        if len(found) == OPENINGS_MAX:
            break
    return list(found.values()), count
