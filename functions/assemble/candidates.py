"""Facts about one field gathered into candidates: one a value, with all that speaks for it."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from shared.models import JSON, Fact
from shared.profile import Evidence

EVIDENCE = 10  # facts shown behind a value
MOST_SURE = 0.99
SAME_WAY = 0.25  # what one more page's word counts that says it in the same way: a footer is one source, not twelve
OTHER_WAY = 0.6


@dataclass(frozen=True, slots=True)
class Seen:
    """A fact and the page that it stands on."""

    fact: Fact
    kind: str  # of the page

    @property
    def rank(self) -> int:
        """Registers before the company's own pages before what anybody may edit."""
        how = self.fact.source.how
        return 0 if how in ("registry", "board", "feed") else 2 if how == "wikidata" else 1


@dataclass(slots=True)
class Candidate:
    value: Any
    seen: list[Seen] = field(default_factory=list)  # best first
    confidence: float = 0.0

    @property
    def rank(self) -> int:
        return self.seen[0].rank

    @property
    def registry(self) -> bool:
        return self.rank == 0

    @property
    def stands_in(self) -> bool:
        """Whether nobody says it but who counts only where nobody else says something."""
        return self.rank == 2

    @property
    def evidence(self) -> list[Evidence]:
        shown: dict[tuple[str, str], Fact] = {}
        for one in self.seen:
            shown.setdefault((one.fact.source.url, one.fact.source.how), one.fact)
        return [
            Evidence(
                value=fact.value,
                url=fact.source.url,
                how=fact.source.how,
                quote=fact.source.quote,
                fetched_at=fact.source.fetched_at,
                confidence=fact.confidence,
            )
            for fact in list(shown.values())[:EVIDENCE]
        ]


def candidates(
    facts: Iterable[Seen],
    key: Callable[[JSON], Hashable],
    merge: Callable[[list[Seen]], JSON] | None = None,
) -> list[Candidate]:
    """One candidate a key, best first; its value is its best fact's, or what `merge` makes of all."""
    groups: dict[Hashable, list[Seen]] = {}
    for one in sorted(facts, key=order):
        name = key(one.fact.value)
        if name not in (None, ""):
            groups.setdefault(name, []).append(one)
    found = [
        Candidate(merge(group) if merge else group[0].fact.value, group, agreed(group)) for group in groups.values()
    ]
    return sorted(found, key=lambda one: (one.rank, -one.confidence))  # equals stay in the order of their best facts


def order(one: Seen) -> tuple[int, float, int, str, str, str]:
    """Best first, and the same however the facts came; a translated page's address is mostly the longer one."""
    source = one.fact.source
    return (
        one.rank,
        -one.fact.confidence,
        len(source.url),
        source.url,
        source.how,
        f"{source.quote} {one.fact.value!r}",
    )


def agreed(seen: list[Seen]) -> float:
    """Noisy-or over distinct (url, how), damped: the best counts whole, further ways count less, and further pages
    that say it in a way already counted count least."""
    doubt, ways, places = 1.0, set[str](), set[tuple[str, str]]()
    for one in seen:
        place = (one.fact.source.url, one.fact.source.how)
        if place in places:
            continue
        places.add(place)
        weight = 1.0 if not ways else SAME_WAY if place[1] in ways else OTHER_WAY
        ways.add(place[1])
        doubt *= 1 - one.fact.confidence * weight
    return round(min(1 - doubt, max(MOST_SURE, seen[0].fact.confidence)), 4)
