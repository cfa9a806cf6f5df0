"""Page to facts: one module per kind of fact, each a pure function of a parsed page."""

from collections import Counter
from collections.abc import Callable, Iterator

from shared.extract.addresses import addresses
from shared.extract.boards import boards
from shared.extract.contacts import emails
from shared.extract.emails_hidden import emails_hidden
from shared.extract.feeds import feeds
from shared.extract.founded import founded
from shared.extract.identifiers import identifiers
from shared.extract.json_ld import json_ld
from shared.extract.key_pages import key_pages
from shared.extract.languages import languages
from shared.extract.legal import legal_names
from shared.extract.meta import meta
from shared.extract.names import names
from shared.extract.news import news
from shared.extract.openings import openings
from shared.extract.page import ParsedPage
from shared.extract.people import people
from shared.extract.phones import phones
from shared.extract.plans import plans
from shared.extract.products import products
from shared.extract.socials import socials
from shared.extract.state import state
from shared.extract.statements import statements
from shared.extract.steps import Steps, finish
from shared.extract.technologies import technologies
from shared.extract.tickers import tickers
from shared.models import Fact

A_FIELD = 300  # facts of one field a page may yield
EXTRACTORS: tuple[Callable[[ParsedPage], Iterator[Fact]], ...] = (
    json_ld, meta, names, languages, emails, phones, socials, key_pages, feeds, boards, tickers,
    addresses, people, founded, identifiers, legal_names, technologies, news, openings, plans, products,
    state, emails_hidden, statements,
)  # fmt: skip


def facts(page: ParsedPage) -> list[Fact]:
    """Everything that the page says, extractor by extractor, in page order; what it says twice in one way, once,
    where it is surest."""
    return finish(facts_in_steps(page))


def facts_in_steps(page: ParsedPage) -> Steps[list[Fact]]:
    """A step an extractor."""
    found: dict[tuple[str, str, str], Fact] = {}
    for extractor in EXTRACTORS:
        for fact in extractor(page):
            same = (fact.field, fact.source.how, repr(fact.value))
            if same not in found or fact.confidence > found[same].confidence:
                found[same] = fact
        yield
    counts = Counter[str]()
    kept = []
    for fact in found.values():
        counts[fact.field] += 1
        if counts[fact.field] <= A_FIELD:
            kept.append(fact)
    return kept
