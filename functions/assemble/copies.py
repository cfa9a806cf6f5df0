"""Pages that say the same under several addresses count once: agreement is only worth what independent pages say."""

import json
from collections.abc import Iterable
from dataclasses import replace

from shared.models import Outcome, Page
from shared.web.urls import page_key

ALIKE, LEAST = 0.9, 10  # a share of lines or words; fewer of them tell nothing


def without_copies(pages: Iterable[Page]) -> list[Page]:
    """All pages; of those that say the same only one keeps its facts: the home page, else the shortest address. A page
    that names another one as canonical, or hardly differs from it, is a copy of it, where that was read and says all
    that the page says: some sites name their home page, or any other, on every page, and have much the same page for
    each branch."""
    ordered = sorted(pages, key=lambda page: (page.kind != "home", len(page.url), page.url))
    at: dict[str, Page] = {}
    for page in ordered:
        if page.outcome is Outcome.READ and page.kind != "home":
            at.setdefault(page_key(page.final_url or page.url), page)
    saying: dict[str, str] = {}  # the first page's URL, by digest
    copies: dict[str, str] = {}
    for page in ordered:
        if page.digest and (first := saying.setdefault(page.digest, page.url)) != page.url:
            copies[page.url] = first
    lines = {page.url: sketched(page) for page in ordered}
    for number, page in enumerate(ordered):
        if page.url in copies:
            continue
        named = at.get(page_key(page.canonical)) if page.canonical else None
        for original in (named, *ordered[:number]):
            if (
                original is not None
                and original is not page
                and original.url not in copies
                and (original is named or alike(lines[page.url], lines[original.url]))
                and said(page) <= said(original)
            ):
                copies[page.url] = original.url
                break
    return [replace(page, facts=[], copy_of=copies[page.url]) if page.url in copies else page for page in ordered]


def sketched(page: Page) -> set[str]:
    sketch = page.sketch or ""
    return {sketch[at : at + 8] for at in range(0, len(sketch), 8)}


def alike(lines: set[str], others: set[str]) -> bool:
    """Whether nearly all lines or words are the same, told by those of the pages' sketches."""
    most = max(len(lines), len(others))
    return most >= LEAST and len(lines & others) >= ALIKE * most


def said(page: Page) -> set[tuple[str, str]]:
    """Fields and values; not which page it is."""
    return {(fact.field, json.dumps(fact.value, sort_keys=True)) for fact in page.facts if fact.field != "key_page"}
