"""Whether an address that nobody links to led to a page of its kind, or to what a site shows for any address."""

import re

from shared.extract.key_pages import classify
from shared.models import Outcome, Page, PlannedPage
from shared.reading import Reading
from shared.web.urls import page_key

_APART = re.compile(r"[|–—·:»•]| - ")
LOOKED_AT = 200  # characters of a title or heading


def is_right(guess: PlannedPage, reading: Reading, pages: list[Page]) -> bool:
    """A page of its own that says in its title or heading what it is; `pages` are those read so far."""
    page, parsed = reading.page, reading.parsed
    if page.outcome is not Outcome.READ or parsed is None:
        return page.outcome is Outcome.READ and page.status == 304  # it was right the last time
    if page.digest in {other.digest for other in pages}:
        return False
    if page_key(page.final_url or page.url) in {page_key(other.final_url or other.url) for other in pages}:
        return False
    said = [parsed.title, *(text for _, text in parsed.select("h1"))][:3]
    return any(
        judged[0] == guess.kind
        for text in said
        for part in _APART.split(text[:LOOKED_AT])
        if (judged := classify("", part.strip())) is not None
    )
