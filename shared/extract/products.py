"""Products by the links to their pages: `/products/name`, called what the address spells."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from shared.extract.names import compact
from shared.extract.page import ParsedPage
from shared.models import Fact

MOST = 60
MAX_NAME = 60  # characters
_PLACE = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?)?/(?:products?|produkte?r?|produits?|productos?|produtos?|prodotti|prodotto"
    r"|producten|tuotteet)"
    r"/([\w%.~-]{2,80}?)(?:\.html?|\.php|\.aspx)?/?",
    re.I,
)
_NONE = re.compile(
    r"(?:all|overview|pricing|features?|integrations?|compare|demo|tour|index|new|categor\w*|search|updates?"
    r"|releases?|roadmap|changelog"
    r"|support|docs?|documentation|downloads?|security|alle|übersicht|why|what|how|list|view|page"
    r"|services?|login|sign-?(?:in|up)|register|registration|cart)(?:[-_ ]|$)|.{2,40}[-_]vs[-_.]",
    re.I,
)

_CAPITAL = re.compile(r"(?<=[a-z)])(?=[A-Z][a-z]{2,20}(?:-[a-z]+)? [a-z])")  # `Tone BoxTuning for organs`: two blocks


def products(page: ParsedPage) -> Iterator[Fact]:
    seen: set[str] = set()
    for link in page.links:
        lower = link.url.lower()
        if ("/prod" not in lower and "/tuot" not in lower) or not link.host or not page.is_own(link.url):
            continue
        try:
            found = _PLACE.fullmatch(urlsplit(link.url).path[:300])
        except ValueError:
            continue
        name = _spelled(link.text, unquote(found[1], errors="replace")) if found and not _NONE.match(found[1]) else ""
        if name and compact(name) not in seen and len(seen) < MOST:
            seen.add(compact(name))
            yield page.fact(
                "offering.product", {"name": name, "url": link.url}, how="link", quote=name, confidence=0.75
            )


def _spelled(text: str, slug: str) -> str:
    """The words at the text's beginning that the address repeats; "" where it calls the page something else."""
    wanted, words = compact(slug), _CAPITAL.sub(" ", text[:200]).split()
    for count in range(1, min(len(words), 8) + 1):
        start = compact(" ".join(words[:count]))
        if start == wanted or (count == len(words) <= 6 and len(start) >= 3 and (start in wanted or wanted in start)):
            name = " ".join(words[:count]).strip(" :–—-|,")
            return name if 2 <= len(name) <= MAX_NAME else ""
        if len(start) > len(wanted) + 20:
            break
    return ""
