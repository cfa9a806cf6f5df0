"""People by business role: a name and a title side by side on cards, in lists and tables, and in imprints.
A name alone is nobody's; quoted customers, authors and commentators stay out."""

import re
from collections.abc import Iterator
from itertools import takewhile

from shared.extract.countries import named
from shared.extract.keywords import lines_with
from shared.extract.names import compact
from shared.extract.others import is_post, of_others
from shared.extract.page import ParsedPage
from shared.extract.people_elsewhere import elsewhere, outsiders, quoted_or_credited, words_of
from shared.extract.people_labelled import LABELLED, PUBLISHER, REPRESENTED, headed, listed, represented
from shared.extract.people_lines import ASIDE, LEADING, LIST, ROLES, SOLE, Lines, Person, section_at
from shared.extract.people_parted import CHIEF, broken, in_two
from shared.extract.people_titles import LONG_TITLE, bare, title, without_details
from shared.extract.people_told import told
from shared.extract.people_words import (
    IN_ONE,
    PRONOUNS,
    Mark,
    credentials,
    eastern_name,
    eastern_pairs,
    label,
    led,
    name,
    one_word,
    spaced,
    without_postnominals,
)
from shared.models import JSON, Fact

MOST, MOST_TITLED = 150, 600  # people of a page; lines with a title that are looked at
LONG_RUN = 60  # lines; an even number, so that where it breaks off it tells the same
LISTED = 12  # lines with one name each below one title
LABEL = 40  # characters of a label before those whom a line names
LONG_IMPRINT = 600  # characters of a line there
MAX_LINE = 200  # characters of a line that names people
# What follows a title in its line: an email, printed or disguised.
_REACHED = re.compile(r"\s[\w.+-]{1,64}(?:@|\s?[\[({]\s?(?:at|ät)\s?[\])}]).*$|\s\[email\sprotected\]", re.A)
_ACTING = re.compile(
    r"^(?:(?:agissant\s)?en\s(?:sa\s)?qualité\sd(?:e\s|['’])"
    r"|(?:in\squalità\sdi|en\scalidad\sde|na\squalidade\sde)\s)",
    re.I,
)
_COLUMNS = re.compile(r"\s[·|/•–]\s")  # `Larch GmbH · Inhaber: Ada Fern · HRB 1`
LINKS = 3  # lines between a name and its title that name links
_ONE_LINK = (
    r"(?:(?:e-?mail|contact|call|message|follow)\s[\w.'’-]{2,20}|[\w.'’-]{2,20}\son\s(?:linkedin|twitter)|linkedin"
    r"|twitter|facebook|instagram|e-?mail|v-?card|(?:(?:full|view|read|see)\s)?(?:bio|profile))"
)
_LINK = re.compile(rf"{_ONE_LINK}(?:\s{_ONE_LINK}){{0,2}}|{PRONOUNS}", re.I)
_MEMBER = re.compile(r"[,;]\s")  # parts those whom a line names each with a title
_MEMBERS_ROLE = re.compile(r"\s[-–—]\s|\s\(")
_UNKNOWN = re.compile(r"[^\W\d_][a-zà-ÿ-]{4,30}(?:\s(?:&|und|and|en|et|y|e)\s[^\W\d_][\w-]{4,30})?")  # a title, perhaps
STEPS = range(2, 6)  # lines from one person to the next where something stands between them
_EASTERN_TURN: dict[Mark, Mark] = {"eastern name": "eastern title", "eastern title": "eastern name"}
_TURNS = ("name", *ROLES)


def people(page: ParsedPage) -> Iterator[Fact]:
    if page.kind in ("news", "press", "privacy") or (page.kind == "other" and of_others(page, partners=False)):
        return
    lines = Lines(page)
    titled = lines_with(page, "title")[:MOST_TITLED]
    found = list(_paired(page, lines, titled)) if titled else []
    if len(found) >= 3 or (titled and page.kind in ("team", "about")):
        found += _alone(page, lines, {person.line for person in found})
    if page.kind in ("home", "about", "team"):
        found += told(lines, titled)
    told_of = is_post(page)
    outside_words = outsiders(page, {compact(person.name) for person in found if not person.expected})
    seen: set[str] = set()
    for person in sorted(found, key=lambda one: one.line):
        key = compact(person.name)
        post = told_of and page.lines[person.line].where == "main"
        outside = not person.expected and (post or words_of(person.name) in outside_words)
        if len(seen) >= MOST or outside or f"{key} {person.title}" in seen or elsewhere(page, person):
            continue
        seen.add(f"{key} {person.title}")
        value: dict[str, JSON] = {"name": person.name}
        if person.title:
            value["title"] = person.title
        said = lines.text(person.line)
        yield page.fact("person", value, how="text", quote=said if " " in said else person.name, confidence=person.sure)


# ------------------------------------------------------------------ names and titles in neighbouring lines


def _paired(page: ParsedPage, lines: Lines, titled: list[int]) -> Iterator[Person]:
    last = len(page.lines) - 1
    with_title = {line for line in titled if len(lines.text(line)) <= (LONG_IMPRINT if lines.imprint else MAX_LINE)}
    roles = [line for line in with_title if lines.mark(line) in ("title", "eastern title")]
    beside = {near for line in roles for near in (line - 1, line + 1) if 0 <= near <= last}
    for line in roles:
        above = next((j for j in range(line - 1, max(line - LINKS - 2, -1), -1) if not _aside(lines.text(j))), 0)
        beside.add(above)
    for line in [line for line in roles if lines.mark(line) == "eastern title"]:
        below = range(line + 2, min(line + LISTED + 1, last + 1))
        beside.update(takewhile(lambda near: lines.mark(near) == "eastern name", below))
    for i in sorted(with_title | beside):
        if page.lines[i].where == "nav" and page.kind not in ("team", "about"):
            continue
        kind = lines.mark(i)
        if kind == "name":
            here = list(_beside(lines, i))
        elif kind == "eastern name":
            here = list(_beside_eastern(lines, i))
        elif kind == "other" and i not in with_title:
            here = list(broken(lines, i))
        else:
            here = list(_in_one(lines, i)) if kind in ("other", "title") and i in with_title else []
        if here and not quoted_or_credited(lines, i) and (section := section_at(lines, i)) != "strangers":
            base = _sure(page, section)
            for person in here:
                yield person._replace(sure=base - person.sure, expected=section == "people")


# Until its section is known, a person's `sure` is what is to be taken off it.


def _beside(lines: Lines, i: int) -> Iterator[Person]:
    """The name in line i with the title below, or, in lists that begin with a title, above it."""
    found = name(lines.text(i))
    if found is None or not (found.sure or lines.page.kind in ("team", "about") or section_at(lines, i) == "people"):
        return
    start = i  # of the run in which names and titles take turns
    while (
        start > max(i - LONG_RUN, 0)
        and lines.mark(start - 1) in _TURNS
        and (lines.mark(start - 1) == "name") != (lines.mark(start) == "name")
    ):
        start -= 1
    role_at = _past_links(lines, i + 1)
    below = lines.mark(role_at) == "title" and lines.text(role_at)[-1:] != ":"  # or it heads what comes next
    nameless = below and lines.mark(start) == "title" and _ends_with_title(lines, i) and lines.text(i - 1)[-1:] != ":"
    if below and (lines.mark(start) == "name" or nameless):
        yield Person(i, found.text, bare(lines.text(role_at)), 0 if found.sure else 0.15)
    elif found.sure and lines.mark(i - 1) == "title" and lines.mark(start) == "title":
        said = lines.text(i - 1).rstrip()
        role = REPRESENTED.sub("", said) or said
        again = any(lines.mark(j) == "name" for j in range(start, i)) or (below and lines.mark(i + 2) == "name")
        if role[-1] == ":" or again:
            yield Person(i, found.text, role.strip(" ():"), 0)
        elif below:
            yield Person(i, found.text, bare(lines.text(role_at)), 0)
        elif (lines.mark(i - 2) != "name" and role.lower().strip(" ():") in SOLE) or any(
            lines.mark(j) == "name" and lines.mark(j - 1) == "title" for step in STEPS for j in (i - step, i + step)
        ):
            yield Person(i, found.text, role.strip(" ():"), 0.05)


def _past_links(lines: Lines, i: int) -> int:
    """The line behind up to three that only name links or degrees: `Email Ada`, `Ada on LinkedIn`, `M.Sc., MBA`."""
    return next((j for j in range(i, i + LINKS) if not _aside(lines.text(j))), i + LINKS)


def _aside(text: str) -> bool:
    return bool(_LINK.fullmatch(text)) or credentials(text)


def _ends_with_title(lines: Lines, i: int) -> bool:
    """Of a run in which names and titles take turns: one that has a title at both ends has lost its first name, unless
    the last is the heading of what follows."""
    end = i
    while end < i + LONG_RUN and lines.mark(end + 1) in _TURNS and lines.mark(end + 1) != lines.mark(end):
        end += 1
    headed = lines.headings
    return lines.mark(end) == "title" and (lines.text(end) not in headed or lines.text(i) in headed)


def _beside_eastern(lines: Lines, i: int) -> Iterator[Person]:
    """`取締役` and under it the name; below it in lists of names each with a title under it."""
    found = eastern_name(lines.text(i))
    start, end = i, i  # of the run in which names and titles take turns
    while start > max(i - LONG_RUN, 0) and lines.mark(start - 1) == _EASTERN_TURN.get(lines.mark(start)):
        start -= 1
    while end < i + LONG_RUN and lines.mark(end + 1) == _EASTERN_TURN.get(lines.mark(end)):
        end += 1
    under = lines.mark(start) == "eastern name" and lines.mark(end) == "eastern title" and end - start > 2
    role = i + 1 if under else i - 1
    if not under and len(lines.text(i).split()) == 2:  # one of several names below a title
        while i - role < LISTED and lines.mark(role) == "eastern name":
            role -= 1
    if found and lines.mark(role) == "eastern title":
        yield Person(i, found, spaced(lines.text(role)).split()[0].rstrip(":："), 0)


def _in_one(lines: Lines, i: int) -> Iterator[Person]:
    """`Ada Fern, CEO`, `Ada Fern (CEO)`, `Managing directors: Ada Fern, Bo Reed`, `代表取締役 山田 太郎`."""
    text = _REACHED.sub("", lines.text(i)).rstrip(" -–—|·•")
    for who, role in eastern_pairs(lines.text(i)):
        yield Person(i, who, role, 0)
    if (published := PUBLISHER.search(text)) and published.start():
        yield from listed(i, published[2], published[1])
        return
    if by := REPRESENTED.search(text):
        yield from represented(lines, i, text, by)
        return
    if both := led(text):
        yield Person(i, *both, 0.05)
        return
    members = [_member(one) for one in _MEMBER.split(text.partition(": ")[2] if ": " in text[:LABEL] else text)]
    if len(members) > 1 and None not in members:
        for member in filter(None, members):
            yield Person(i, *member, 0)
        return
    if both := in_two(lines, i, text):
        yield Person(i, *both, 0.05)
        return
    if _heads(lines, i, text) and lines.named(i + 1) and lines.named(i + 2):
        for person in headed(lines, i, text.rstrip(" :")):
            own = ASIDE.search(lines.text(person.line))
            if not own or not title(own[0].strip(" ()")):
                yield person
        return
    if led_by := [one for part in _COLUMNS.split(text) for one in _leading(lines, i, part)]:
        yield from led_by
        return
    cut = IN_ONE.search(text)
    below = LIST.split(lines.text(i + 1)) if lines.imprint and cut is None and title(text) else []
    if len(below) > 1 and all(map(name, below)):
        yield from listed(i + 1, lines.text(i + 1), text)
    elif cut is not None and cut.start() >= 2:
        yield from _parted(lines, i, text, cut)


def _heads(lines: Lines, i: int, text: str) -> bool:
    """`Geschäftsführer` above those who are, who have no titles of their own."""
    if text.lower().strip(" :") in SOLE and lines.page.kind in ("legal", "contact"):
        return lines.mark(i - 1) != "name" and not any(lines.mark(j) == "title" for j in (i + 2, i + 3))
    return lines.imprint and text in lines.headings and title(text)


def _leading(lines: Lines, i: int, part: str) -> Iterator[Person]:
    """`Geschäftsführer Ada Fern` where a company says who heads it; elsewhere only with a colon."""
    role = LEADING.match(part)
    if role is None or (role[0].startswith("GF") and not lines.imprint):
        return
    if role["label"]:
        yield from listed(i, part[role.end() :], role[0].rstrip(" :"))
    elif lines.page.kind in ("legal", "contact"):
        found = name(part[role.end() :])
        if found and found.sure and found.words > 1:
            yield Person(i, found.text, role[0].rstrip(" :"), LABELLED)


def _parted(lines: Lines, i: int, text: str, cut: re.Match[str]) -> Iterator[Person]:
    """A name and a title of which a sign parts the one from the other."""
    head, tail = text[: cut.start()].strip(), text[cut.end() :].strip(" )")
    if ":" in cut[0] and label(head):
        if tail:
            yield from listed(i, tail, head)
        else:
            yield from headed(lines, i, head)
        return
    listing = lines.page.kind in ("team", "about") and title(head)  # `Treasurer – Ada Fern`
    if cut[0].strip() in ("-", "–", "—") and (listing or head.lower() in SOLE or CHIEF.match(head)):
        chief = name(tail)
        if chief is not None and chief.sure and chief.words > 1:
            yield Person(i, chief.text, head, 0.05)
            return
    tail = _ACTING.sub("", tail).rstrip(".")
    rest = without_postnominals(tail) if "," in cut[0] else tail
    if rest and title(rest) and len(tail) <= LONG_TITLE:
        found = name(head)
        if found is not None and found.sure:
            yield Person(i, found.text, without_details(rest), 0)
        elif "(" in cut[0] and text.endswith(")") and one_word(head) and not title(head):
            yield Person(i, head, rest, 0.1)


def _member(text: str) -> tuple[str, str] | None:
    """`Ada Fern – CEO`, one of several in a line."""
    cut = _MEMBERS_ROLE.search(text)
    found = name(text[: cut.start()]) if cut else None
    role = text[cut.end() :].strip(" ).") if cut else ""
    return (found.text, role) if found and found.sure and found.words > 1 and title(role) else None


def _alone(page: ParsedPage, lines: Lines, known: set[int]) -> Iterator[Person]:
    """What the page's own pattern adds: in a list of people also departments are titles, and one word may be a name."""
    marks = [lines.mark(i) for i in range(len(page.lines))]
    listed = [i for i, kind in enumerate(marks[:-1]) if marks[i + 1] in ROLES and page.lines[i].where != "nav"]
    cards = {i for i in listed if marks[i] == "name"}
    if len(cards) < 3:
        return
    sure, told = _sure(page, "people"), page.kind in ("team", "about")
    listed += [i + step for i in cards for step in (-4, -3, -2, 2, 3, 4) if told and _alike(lines, i + step)]
    for i in sorted(set(listed)):
        text = lines.text(i)
        if i in known or section_at(lines, i) == "strangers":
            continue
        if i not in cards and marks[i] == "name" and (found := name(text)) is not None and found.sure:
            yield Person(i, found.text, lines.text(i + 1), sure - 0.1)
        elif marks[i] == "name" and marks[i + 1] == "department" and (found := name(text)) is not None and found.sure:
            yield Person(i, found.text, lines.text(i + 1), sure)
        elif marks[i] == "other" and i > 1 and marks[i - 1] in _TURNS and one_word(text):
            yield Person(i, text, lines.text(i + 1), sure - 0.15)


def _alike(lines: Lines, i: int) -> bool:
    """Whether a name stands here above what may be a title, as none of the words known to name one do."""
    below = lines.text(i + 1)
    return (
        lines.mark(i) == "name"
        and lines.mark(i + 1) == "other"
        and bool(_UNKNOWN.fullmatch(below))
        and below not in lines.headings
        and not named(below)
        and not lines.in_menu(lines.text(i))
        and not lines.in_menu(below)
    )


# ------------------------------------------------------------------ whose people


def _sure(page: ParsedPage, section: str) -> float:
    base = {"team": 0.85, "about": 0.8, "legal": 0.8, "investors": 0.75, "contact": 0.75, "home": 0.7, "careers": 0.35}
    sure = base.get(page.kind, 0.6)
    return min(sure + 0.1, 0.9) if section == "people" and sure > 0.4 else sure
