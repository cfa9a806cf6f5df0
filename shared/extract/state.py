"""State that a page carries for its scripts (`__NEXT_DATA__`, `window.__STATE__ = {…}`, `data-page`): what its
text may lack."""

import json
import re
from collections.abc import Iterator

from shared.extract.contacts import valid
from shared.extract.countries import country
from shared.extract.json_ld_graph import text
from shared.extract.json_loose import values
from shared.extract.needles import ASSIGNED, HELD, SVELTE, in_markup
from shared.extract.openings import names_role
from shared.extract.page import ParsedPage
from shared.extract.phones import e164
from shared.extract.regions import regions
from shared.models import JSON, Fact

MAX_STATE = 1_000_000  # characters
MAX_VALUES = 30_000
A_KIND = 200
SURE = 0.75
MAX_HOLDER = len("globalThis")
_ASSIGNED = re.compile(
    r"(?:window|self|globalThis)(?:\.__\w{2,40}|\[[\"']__\w{2,40}[\"']\])\s?=\s?"
    r"(?:(?=[{\[])|(?P<parse>JSON\.parse\(\s?)(?=[\"'])|\(function\((?P<names>[\w$,\s]{0,5000})\)\s?\{\s?return\s?(?=[{\[]))",
    re.A,
)
# What React sends piece by piece: rows, `5:["$", …]`. Svelte's data stand among what its script starts with.
_PUSHED = re.compile(r"\s*+(?:self|window)\.__next_f\.push\(\s?(?=\[1,)")
_ROW = re.compile(r"[\da-f]{1,6}:(?=[{\[])")
_STARTED = re.compile(r"\bdata\s?[:=]\s?(?=\[(?:null,\s?){0,20}\{\"?type\"?:\s?\"data\")")
_MARK = re.compile(r"\.__|\[[\"']__")
_EMAIL = re.compile(r"([\w.+-]{1,64})@([\w-]{1,63}(?:\.[\w-]{1,63}){1,4})", re.A)
_CURRENCY = re.compile(r"[A-Z]{3}")
_REACHED = ("contact", "legal", "home", "about")
_TELLING = ("careers", "team", "pricing", *_REACHED)  # the kinds of pages of which something is read


def state(page: ParsedPage) -> Iterator[Fact]:
    if page.kind not in _TELLING:
        return
    counts: dict[str, int] = {}
    for holder, value in objects(page):
        for fact in (
            *_opening(page, holder, value),
            *_person(page, holder, value),
            *_plan(page, holder, value),
            *_reached(page, value),
        ):
            counts[fact.field] = counts.get(fact.field, 0) + 1
            if counts[fact.field] <= A_KIND:
                yield fact


def _roots(page: ParsedPage) -> Iterator[JSON]:
    assigned = not in_markup(page).keys().isdisjoint(ASSIGNED)
    if HELD in in_markup(page):
        for node in page.tree.css("[data-page^='{']")[:1]:
            yield from values((node.attributes.get("data-page") or "")[:MAX_STATE])[:1]
    pushed: list[str] = []
    for script in page.walk.scripts:
        body = script.text[:MAX_STATE]
        if assigned and (found := _PUSHED.match(body)):
            pushed += (str(piece) for row in values(body[found.end() :])[:1] for piece in row[1:2])
        elif assigned and SVELTE in body and (found := _STARTED.search(body)):
            yield from values(body[found.end() :])[:1]
        elif script.type == "application/json":
            yield from map(_revived, values(body.replace("&q;", '"'))[:1])
        elif (
            assigned
            and not script.src
            and not script.type.endswith("json")
            and (mark := _MARK.search(body))
            and (found := _ASSIGNED.search(body, max(mark.start() - MAX_HOLDER, 0)))
        ):
            yield from _assigned(body[found.end() :], found)
    for line in "".join(pushed)[:MAX_STATE].split("\n"):
        if found := _ROW.match(line):
            yield from values(line[found.end() :])[:1]


def _assigned(said: str, found: re.Match[str]) -> Iterator[JSON]:
    """What is assigned: an object, one that is spelt in a string, or what a function makes of what it is given."""
    if found["parse"]:
        spelt = values(f"[{said}")[:1]
        said = str(spelt[0][0]) if spelt and spelt[0] else ""
        yield from values(said)[:1]
    elif found["names"] is not None:
        given = values(f"[{said[said.rfind('}(') + 2 :]}")[:1]
        names = [name.strip() for name in found["names"].split(",")]
        yield from values(said, dict(zip(names, given[0], strict=False)))[:1] if given else ()
    else:
        try:
            yield json.JSONDecoder(strict=False).raw_decode(said)[0]
        except (ValueError, RecursionError):
            yield from values(said)[:1]


def _revived(root: JSON) -> JSON:
    """What Nuxt writes as one list, in which objects and lists name the places of what they hold."""
    if not isinstance(root, list) or not root or not _names_places(root[0]):
        return root
    whole: list[JSON] = [{} if isinstance(one, dict) else [] if isinstance(one, list) else one for one in root]
    for one, made in zip(root, whole, strict=True):
        if isinstance(one, dict):
            made.update((key, whole[at]) for key, at in one.items() if isinstance(at, int) and 0 <= at < len(whole))
        elif isinstance(one, list):
            made.extend(whole[at] for at in one if isinstance(at, int) and 0 <= at < len(whole))
    return whole[0]


def _names_places(first: JSON) -> bool:
    said = list(first.values()) if isinstance(first, dict) else first[1:] if isinstance(first, list) else []
    return bool(said) and all(type(one) is int for one in said)


def objects(page: ParsedPage) -> Iterator[tuple[str, dict[str, JSON]]]:
    """Every object with the key that it, or its list, stands under."""
    waiting: list[tuple[str, JSON]] = [("", root) for root in _roots(page)]
    for _ in range(MAX_VALUES):
        if not waiting:
            break
        name, value = waiting.pop()
        if isinstance(value, dict):
            yield name, value
            waiting.extend((key, inner) for key, inner in value.items() if isinstance(inner, (dict, list)))
        elif isinstance(value, list):
            waiting.extend((name, inner) for inner in value if isinstance(inner, (dict, list)))


def first(value: dict[str, JSON], *names: str) -> str:
    return next((found for name in names if (found := text(value.get(name)))), "")


def _opening(page: ParsedPage, holder: str, value: dict[str, JSON]) -> Iterator[Fact]:
    title = first(value, "title", "jobTitle", "position")[:200]
    place = value.get("location") or value.get("city") or value.get("office")
    where = first(place, "name", "city") if isinstance(place, dict) else text(place)
    told = re.search(r"job|opening|position|vacanc|career", holder, re.I)
    if page.kind == "careers" and title and where and (told or names_role(title)):
        opening = {"title": title, "location": where[:200]}
        yield page.fact("hiring.opening", opening, how="script", quote=title, confidence=SURE)


def _person(page: ParsedPage, holder: str, value: dict[str, JSON]) -> Iterator[Fact]:
    name, title = first(value, "name", "fullName"), first(value, "title", "role", "jobTitle", "position")
    told = re.search(r"team|people|member|leader|management|board|staff", holder, re.I)
    if (
        page.kind in ("team", "about")
        and told
        and title
        and 3 <= len(name) <= 80
        and (" " in name or not name.isascii())
    ):
        person = {"name": name, "title": title[:200]}
        yield page.fact("person", person, how="script", quote=name, confidence=SURE)


def _plan(page: ParsedPage, holder: str, value: dict[str, JSON]) -> Iterator[Fact]:
    name, currency = first(value, "plan", "name", "title")[:100], first(value, "currency")
    price = value.get("price")
    told = re.search(r"plan|pric|tier|package", holder, re.I)
    if page.kind == "pricing" and told and name and isinstance(price, (int, float)) and _CURRENCY.fullmatch(currency):
        plan: dict[str, JSON] = {"name": name, "price": float(price), "currency": currency}
        yield page.fact("offering.plan", plan, how="script", quote=name, confidence=SURE)


def _reached(page: ParsedPage, value: dict[str, JSON]) -> Iterator[Fact]:
    """The company's own emails, and the number and address that stand beside one."""
    if page.kind not in _REACHED:
        return
    own = False
    for key in ("email", "emails", "contactEmail", "mail", "supportEmail", "support", "href"):
        inner = value.get(key)
        for one in inner if isinstance(inner, list) else [inner]:
            found = _EMAIL.fullmatch(text(one).removeprefix("mailto:")[:200])
            if found and (email := valid(found[1], found[2])) and page.is_own(f"https://{found[2]}/"):
                own = True
                yield page.fact("contact.email", email, how="script", quote=found[0], confidence=SURE)
    href = text(value.get("href"))
    if href.startswith("tel:") and (number := e164(href[4:], regions(page))):
        yield page.fact("contact.phone", number, how="script", quote=href, confidence=SURE)
    if not own:
        return
    place = value.get("address")
    address = _address(place if isinstance(place, dict) else value)
    if "street" in address and len(address) > 2:
        yield page.fact("contact.address", dict(address), how="script", quote=address["street"], confidence=SURE)
    written = first(value, "phone", "telephone", "phoneNumber", "tel")
    if number := e164(written, [*filter(None, [address.get("country")]), *regions(page)]):
        yield page.fact("contact.phone", number, how="script", quote=written, confidence=SURE)


def _address(place: dict[str, JSON]) -> dict[str, str]:
    parts = {
        "street": first(place, "street", "streetAddress", "address1", "line1"),
        "locality": first(place, "city", "locality", "addressLocality", "town"),
        "region": first(place, "region", "state", "addressRegion"),
        "postal_code": first(place, "postalCode", "postal_code", "postcode", "zip", "zipCode"),
        "country": country(first(place, "country", "countryCode", "addressCountry")) or "",
    }
    return {name: part[:200] for name, part in parts.items() if part}
