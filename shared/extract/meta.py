"""Description, canonical URL, logo: what a page says about itself and its company in its head and header."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from shared.extract.names import compact
from shared.extract.page import Image, ParsedPage, absolute
from shared.models import Fact, How

_LOGO = re.compile(r"logo", re.I)
_LOGO_WORD = re.compile(r"(?:^|[^a-z])logo|logo(?:[^a-z]|$)|brand", re.I)
_NOT_OWN = re.compile(
    r"partner|client|customer|sponsor|badge|award|certif|payment|visa|master ?card|paypal|facebook|twitter|linkedin"
    r"|instagram"
    r"|youtube|google|apple|app-?store|trust|seal|reference|member|powered|press|cookie|onetrust|iso\d|logos/|sprite|kunden|flag",
    re.I,
)
MAX_VALUE = 2_048  # characters of an attribute
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy")


def meta(page: ParsedPage) -> Iterator[Fact]:
    sources: tuple[tuple[str, How, float], ...] = (
        ("description", "meta", 0.75), ("og:description", "opengraph", 0.7), ("twitter:description", "meta", 0.6),
    )  # fmt: skip
    for key, how, confidence in sources:
        if len(text := page.metas.get(key, "")) >= 20:
            yield page.fact("identity.description", text, how=how, quote=text, confidence=confidence)
    for attributes in page.walk.heads:
        if "canonical" in (attributes.get("rel") or "").lower().split():
            href = attributes.get("href") or ""
            url = absolute(page.base, href)
            if url.startswith("http") and page.is_own(url):
                yield page.fact("identity.canonical_url", url, how="link", quote=href, confidence=0.9)
            break
    yield from _logo(page)


def _logo(page: ParsedPage) -> Iterator[Fact]:
    best: tuple[float, int, str, str] | None = None
    for order, image in enumerate(page.walk.images):
        if image.link is None and not any("logo" in value or "brand" in value for value in _texts(image)):
            continue
        source = image.attributes.get("src") or ""
        if not source or source.startswith("data:"):
            source = next((image.attributes[key] or "" for key in _LAZY if image.attributes.get(key)), "")
        url = absolute(page.base, source) if not source.startswith("data:") else ""
        if url and (score := _score(page, image, url)) > 0 and (best is None or score > best[0]):
            best = (score, order, url, source)
    if best is not None:
        yield page.fact("identity.logo_url", best[2], how="html", quote=best[3], confidence=min(best[0], 0.9))


def _texts(image: Image) -> list[str]:
    return [value.lower() for value in image.attributes.values() if value and len(value) < MAX_VALUE]


def _score(page: ParsedPage, image: Image, url: str) -> float:
    attributes = image.attributes
    named = " ".join(attributes.get(key) or "" for key in ("alt", "class", "id", "title"))
    file = urlsplit(url).path.rpartition("/")[2]
    folder = urlsplit(url).path
    label = compact(page.site.partition(".")[0])
    own = bool(label) and (label in compact(attributes.get("alt") or "") or label in compact(file))
    score = 0.0
    if _LOGO.search(file):
        score += 0.35
    elif _LOGO_WORD.search(folder) or _LOGO_WORD.search(named):
        score += 0.25
    if image.link is not None and _leads_home(page, image.link):
        score += 0.3
    if score == 0.0:
        return 0.0
    if own:
        score += 0.15
    if image.where in ("header", "nav"):
        score += 0.15
    elif image.where == "footer":
        score -= 0.15
    if _NOT_OWN.search(f"{named} {folder}") and not own:
        score -= 0.4
    if image.link is not None and not page.is_own(absolute(page.base, image.link) or page.url):
        score -= 0.4
    return round(score, 3) if score >= 0.35 else 0.0


def _leads_home(page: ParsedPage, href: str) -> bool:
    url = absolute(page.base, href)
    if not url or not page.is_own(url):
        return False
    parts = urlsplit(url)
    path = re.sub(r"/(?:index|default|home)\.\w+$", "/", parts.path)
    return not parts.query and (path in ("", "/") or bool(re.fullmatch(r"/[a-z]{2}(?:[-_][a-z]{2})?/?", path, re.I)))
