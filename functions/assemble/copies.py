"""Pages that say the same under several addresses count once: agreement is only worth what independent pages say."""

from collections.abc import Iterable
from dataclasses import replace

from shared.models import Page


def without_copies(pages: Iterable[Page]) -> list[Page]:
    """All pages; of those that say the same only one keeps its facts: the home page, else the shortest address."""
    seen: set[str] = set()
    kept = []
    for page in sorted(pages, key=lambda page: (page.kind != "home", len(page.url), page.url)):
        copied = page.digest is not None and page.digest in seen
        seen |= {page.digest} if page.digest else set()
        kept.append(replace(page, facts=[]) if copied else page)
    return kept
