"""News feeds that the page announces."""

from collections.abc import Iterator

from shared.extract.hrefs import absolute
from shared.extract.page import ParsedPage
from shared.models import Fact

_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json")


def feeds(page: ParsedPage) -> Iterator[Fact]:
    """RSS, Atom and JSON feeds; not those of comments."""
    for attributes in page.walk.heads:
        kind = (attributes.get("type") or "").lower().partition(";")[0].strip()
        href, title = attributes.get("href") or "", attributes.get("title") or ""
        if kind not in _TYPES or "alternate" not in (attributes.get("rel") or "").lower():
            continue
        url = absolute(page.base, href)
        if url.startswith("http") and "comment" not in f"{url} {title}".lower():
            yield page.fact("news.feed", url, how="link", quote=href, confidence=0.9 if page.is_own(url) else 0.6)
