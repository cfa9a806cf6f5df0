"""Who is kept out: a company by a mark on its document, a person by the hash of a name in whatever would say it.

Names that are kept out of one company stand in its document, the others in one for all. Neither holds a name in clear.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from shared.models import JSON, Company, Fact, Notice, Page
from shared.wiring import Platform

EVERYWHERE = "erasures/people"
NAME_WORDS = 8  # at most
OWN = frozenset(
    {"identity.name", "identity.legal_name", "identity.canonical_url"}
)  # a company may be called as a person
_TITLES = frozenset({"dr", "prof", "mag", "dipl", "ing", "mr", "mrs", "ms", "herr", "frau", "phd", "md"})

Names = frozenset[str]


def words(text: str) -> list[str]:
    """Lower case, without accents and punctuation."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[^\W_]+", plain.casefold())


def person(name: str) -> str:
    """What is kept of a name: how many words it has, and their hash in whatever order. ValueError for what is none."""
    said = [word for word in words(name) if word not in _TITLES]
    if not 0 < len(said) <= NAME_WORDS:
        raise ValueError(f"a person's name has 1 to {NAME_WORDS} words")
    return _hash(said)


def _hash(said: list[str]) -> str:
    return f"{len(said)}:{hashlib.sha256(' '.join(sorted(said)).encode()).hexdigest()[:32]}"


def mentions(text: str, names: Names) -> bool:
    """Whether one of the names stands in the text (an address: in its path). One of a single word must be all of it."""
    address = text.startswith(("http://", "https://"))
    try:
        said = words(unquote(urlsplit(text).path) if address else text)
    except ValueError:
        said = words(text)
    for size in {int(name.partition(":")[0]) for name in names}:
        windows = range(len(said) - size + 1) if size > 1 else range(len(said) == 1)
        if any(_hash(said[at : at + size]) in names for at in windows):
            return True
    return False


def says(value: JSON, names: Names) -> bool:
    """Whether anything in the value mentions one of the names."""
    return any(mentions(text, names) for text in _strings(value))


def _strings(value: JSON) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


async def names_of(platform: Platform, company: Company | None) -> Names:
    """The names that are kept out of this company."""
    document = await platform.documents.get(EVERYWHERE)
    everywhere = document.fields["people"] if document else []
    return frozenset(everywhere).union(company.erased_people if company else [])


def pages_without(pages: Iterable[Page], names: Names) -> list[Page]:
    """The pages without what is about these people; words that name them beside another fact are not quoted."""
    if not names:
        return list(pages)
    return [
        replace(page, facts=[_unquoted(fact, names) for fact in page.facts if not _about(fact, names)])
        for page in pages
        if not says([page.url, page.final_url], names)
    ]


def notices_without(notices: Iterable[Notice], names: Names) -> list[Notice]:
    return [notice for notice in notices if not says([notice.detail, notice.url], names)]


def _about(fact: Fact, names: Names) -> bool:
    return fact.field not in OWN and says(fact.value, names)


def _unquoted(fact: Fact, names: Names) -> Fact:
    if not mentions(fact.source.quote, names):
        return fact
    return replace(fact, source=replace(fact.source, quote=""))
