"""Description, canonical URL, logo: what a page says about itself and its company in its head and header."""

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from shared.extract.collected import Image, Where
from shared.extract.contacts import valid
from shared.extract.countries import country
from shared.extract.hrefs import absolute, host_of
from shared.extract.names import compact
from shared.extract.others import of_others, own_domain
from shared.extract.page import ParsedPage
from shared.extract.phones import e164
from shared.extract.regions import regions
from shared.extract.socials import BUILDERS, is_kin
from shared.models import JSON, Fact, How
from shared.web.urls import registrable

_LOGO = re.compile(r"logo", re.I)
_LOGO_WORD = re.compile(r"(?:^|[^a-z])logo|logo(?:[^a-z]|$)|brand", re.I)
_NOT_OWN = re.compile(
    r"partner|client|customer|sponsor|badge|award|certif|payment|visa|master ?card|paypal|facebook|twitter|linkedin"
    r"|instagram"
    r"|youtube|google|apple|app-?store|trust|seal|reference|member|powered|press|cookie|onetrust|iso\d|logos/|sprite|kunden|flag|buttons?",
    re.I,
)
MAX_VALUE = 2_048  # characters of an attribute
_BARE = re.compile(r"logo\.\w+", re.I)  # what nobody calls another company's
# What stands in for a picture until a script brings it.
_NO_PICTURE = re.compile(
    r"(?:^|[^a-z])(?:placeholder|t?spacer|blank|preload(?:er)?|loading|loader|dummy|lazy|1x1)(?:[^a-z]\w{0,40})?\.\w{3,4}"
    r"|^\w\.gif",
    re.I,
)
_TEMPLATE = re.compile(
    r"\W*(?:this is (?:a |the )?meta description"
    r"|(?:free )?(?:website|html\d?|bootstrap|responsive|site) (?:html )?templates?)\W*"
    r"|\[[a-z][\w-]{2,30}[\s\]].*|(?:\$|\{\{)\s?\w.*",  # what a script should have filled in
    re.I,
)
_OWN_KINDS = ("home", "about", "contact", "legal")
_BUSINESS = {
    "street_address": "street", "street-address": "street", "locality": "locality", "region": "region",
    "postal_code": "postal_code", "postal-code": "postal_code", "country_name": "country", "country-name": "country",
    "phone_number": "phone", "email": "email",
}  # fmt: skip
_EMAIL = re.compile(r"([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", re.A)
_HANDLE = re.compile(r"(?:(?:https?:)?(?://)?(?:www\.)?(?:twitter|x)\.com/)?@?(\w{2,15})/?", re.A)
_NO_ADDRESS = re.compile(r"[<>{}]")  # a script's template
_LAZY = ("data-src", "data-lazy-src", "data-original", "data-lazy")


def meta(page: ParsedPage) -> Iterator[Fact]:
    sources: tuple[tuple[str, How, float], ...] = (
        ("description", "meta", 0.75), ("og:description", "opengraph", 0.7), ("twitter:description", "meta", 0.6),
    )  # fmt: skip
    for key, how, confidence in sources:
        text = page.metas.get(key, "")
        again = key == "twitter:description" and text == page.metas.get("og:description")  # said once, for sharing
        if len(text) >= 20 and not again and not _TEMPLATE.fullmatch(text[:60]):
            yield page.fact("identity.description", text, how=how, quote=text, confidence=confidence)
    for attributes in page.walk.heads:
        if "canonical" in (attributes.get("rel") or "").lower().split():
            href = attributes.get("href") or ""
            url = absolute(page.base, href)
            if url.startswith("http") and page.is_own(url):
                yield page.fact("identity.canonical_url", url, how="link", quote=href, confidence=0.9)
            break
    yield from _logo(page)
    yield from _reached(page)


def _reached(page: ParsedPage) -> Iterator[Fact]:
    """What a page of a business tells Facebook, and its account on X: that of the site, not of who wrote the page."""
    said = {
        name: value
        for key, value in page.metas.items()
        if (name := _BUSINESS.get(key.rpartition(":")[2])) and key[:2] in ("bu", "og")
    }
    told_of = page.metas.get("og:type") == "article" and page.kind not in _OWN_KINDS  # where something happened
    if said and (of_others(page) or told_of):
        said.clear()
    if (found := _EMAIL.fullmatch(said.pop("email", ""))) and (email := valid(found[1], found[2])):
        own = own_domain(registrable(found[2].lower()), page)
        yield page.fact("contact.email", email, how="opengraph", quote=found[0], confidence=0.85 if own else 0.55)
    written = said.pop("phone", "")
    land = country(said.pop("country", ""))
    if written and (number := e164(written, [*filter(None, [land]), *regions(page)])):
        yield page.fact("contact.phone", number, how="opengraph", quote=written, confidence=0.85)
    if "street" in said and len(said) > 1:
        address: dict[str, JSON] = {**said} | ({"country": land} if land else {})
        yield page.fact("contact.address", address, how="opengraph", quote=said["street"], confidence=0.85)
    handle = page.metas.get("twitter:site", "").strip()
    if found := _HANDLE.fullmatch(handle):
        own = is_kin(found[1], page.site, page.metas.get("og:site_name", ""))
        if not own and compact(found[1]) in BUILDERS:
            return
        value = {"network": "x", "url": f"https://x.com/{found[1]}"}
        yield page.fact("social", value, how="meta", quote=handle, confidence=0.85 if own else 0.4)


def _logo(page: ParsedPage) -> Iterator[Fact]:
    best, logo, written = 0.0, "", ""
    for image in page.walk.images:
        home = image.link is not None and _leads_home(page.base, image.link[: MAX_VALUE + 1], page.site)
        if not home and not _says_logo(image):
            continue
        attributes = image.attributes
        source = attributes.get("src") or ""
        if _stands_in(source):
            source = next((attributes[key] or "" for key in _LAZY if attributes.get(key)), "")
            source = source or next(iter((attributes.get("srcset") or "")[:MAX_VALUE].split()), "").rstrip(",")
        unusable = _stands_in(source) or _NO_ADDRESS.search(source[:MAX_VALUE])
        url = "" if unusable else absolute(page.base, source)
        alt = attributes.get("alt") or ""
        named = " ".join([alt, *(attributes.get(key) or "" for key in ("class", "id", "title"))])[:MAX_VALUE]
        outside = image.link is not None and not page.is_own(absolute(page.base, image.link) or page.url)
        score = _score(url, alt[:MAX_VALUE], named, image.where, home, outside, page.site) if url else 0.0
        if score > best:
            best, logo, written = score, url, source
    if logo:
        yield page.fact("identity.logo_url", logo, how="html", quote=written, confidence=min(best, 0.9))


def _stands_in(source: str) -> bool:
    return not source or source.startswith("data:") or bool(_NO_PICTURE.search(source[:MAX_VALUE].rpartition("/")[2]))


def _says_logo(image: Image) -> bool:
    values = [value for value in image.attributes.values() if value and len(value) < MAX_VALUE]
    said = "\n".join(values).lower()
    return "logo" in said or "brand" in said


@lru_cache(2048)
def _score(url: str, alt: str, named: str, where: Where, home: bool, outside: bool, site: str) -> float:
    """Of an image with a link to the home page, to another site, or neither."""
    folder = urlsplit(url).path
    file = folder.rpartition("/")[2]
    label = compact(site.partition(".")[0])
    own = bool(label) and (label in compact(alt) or label in compact(file))
    score = 0.0
    if _LOGO.search(file):
        score += 0.35
    elif _LOGO_WORD.search(folder) or _LOGO_WORD.search(named):
        score += 0.25
    if home:
        score += 0.3
    if score == 0.0:
        return 0.0
    if own or (_BARE.fullmatch(file) and registrable(host_of(url)) == site):
        score += 0.15
    if where in ("header", "nav"):
        score += 0.15
    elif where == "footer":
        score -= 0.15
    if _NOT_OWN.search(f"{named} {folder}") and not own:
        score -= 0.4
    if outside:
        score -= 0.4
    return round(score, 3) if score >= 0.35 else 0.0


@lru_cache(2048)
def _leads_home(base: str, href: str, site: str) -> bool:
    url = absolute(base, href)
    if not url or registrable(host_of(url)) != site:
        return False
    parts = urlsplit(url)
    path = re.sub(r"/(?:index|default|home)\.\w+$", "/", parts.path)
    return not parts.query and (path in ("", "/") or bool(re.fullmatch(r"/[a-z]{2}(?:[-_][a-z]{2})?/?", path, re.I)))
