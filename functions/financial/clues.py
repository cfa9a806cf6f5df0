"""What the company's own pages say that a register could know it by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from functions.financial.names import agree, same
from shared.extract.check_digits import lei
from shared.models import Page

CANDIDATES = 5  # numbers and symbols that are looked up at most
NAMES = 50

# Nasdaq also runs exchanges in Copenhagen, Stockholm, …: what stands behind the name decides.
US_EXCHANGE = re.compile(
    r"(THE)?NASDAQ(GS|GM|CM|GLOBAL.*|CAPITAL.*|STOCKMARKET|STOCKEXCHANGE|US)?|(THE)?NEWYORKSTOCKEXCHANGE|NYSE(AMERICAN|ARCA|MKT)?"
    r"|(NYSE)?AMEX|AMERICANSTOCKEXCHANGE|CBOE(BZX)?|OTC.*|PINK(SHEETS)?|XN(AS|YS|MS|GS|CM)|XASE|ARCX|XOTC"
)


@dataclass(frozen=True, slots=True)
class Clues:
    """Best first; symbols are those of exchanges in the United States, or of none that is named."""

    company: str  # its key
    names: tuple[str, ...] = ()
    ciks: tuple[int, ...] = ()
    symbols: tuple[str, ...] = ()
    leis: tuple[str, ...] = ()
    items: tuple[str, ...] = ()  # of Wikidata

    @property
    def host(self) -> str:
        return self.company.partition(":")[0]

    def name(self, theirs: Iterable[str]) -> bool:
        """Whether one of a register's names is the company's."""
        return any(agree(ours, their, self.host) for their in theirs for ours in self.names)

    def exactly(self, theirs: Iterable[str]) -> bool:
        """Whether one of them is the company's, word by word."""
        return any(same(ours, their) for their in theirs for ours in self.names)


def clues(company: str, pages: Iterable[Page]) -> Clues:
    """From the facts of pages; what registers said of the run before is no clue."""
    facts = sorted((f for p in pages if p.kind != "registry" for f in p.facts), key=lambda f: -f.confidence)

    def of(*fields: str) -> list[Any]:
        return [f.value for f in facts if f.field in fields]

    def first(found: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(one for one in found if one))[:CANDIDATES]

    numbers = of("financial.identifier")
    names = dict.fromkeys(n for n in of("identity.name", "identity.legal_name") if isinstance(n, str))
    return Clues(
        company,
        tuple(names)[:NAMES],
        ciks=first(map(cik_of, numbers)),
        symbols=first(map(us_symbol, of("financial.ticker"))),
        leis=first(map(lei_of, numbers)),
        items=first(map(item_of, numbers)),
    )


def cik_of(value: Any) -> int | None:
    found = re.fullmatch(r"(?:CIK)?[\s:#]*([0-9]{1,10})", numbered(value, "cik"), re.IGNORECASE)
    return int(found[1]) or None if found else None


def lei_of(value: Any) -> str | None:
    """A LEI whose check digits are right."""
    number = re.sub(r"[\s-]", "", numbered(value, "lei")).upper()
    return number if lei(number) else None


def item_of(value: Any) -> str | None:
    found = re.fullmatch(r"Q[1-9][0-9]{0,10}", numbered(value, "wikidata"))
    return found[0] if found else None


def numbered(value: Any, kind: str) -> str:
    """The number of an identifier of the kind."""
    is_one = isinstance(value, dict) and str(value.get("type")).lower() == kind
    return str(value.get("value")).strip()[:100] if is_one else ""


def us_symbol(value: Any) -> str | None:
    """The symbol as EDGAR writes it, BRK-B for BRK.B."""
    if not isinstance(value, dict) or not isinstance(value.get("symbol"), str):
        return None
    exchange = str(value.get("exchange") or "").strip().upper()
    if exchange and not US_EXCHANGE.fullmatch(re.sub(r"[^A-Z]", "", exchange)):
        return None
    symbol = re.sub(r"[./ ]", "-", value["symbol"].strip().upper().removeprefix("$"))
    return symbol if re.fullmatch(r"[A-Z0-9]{1,6}(-[A-Z0-9]{1,3})?", symbol) else None
