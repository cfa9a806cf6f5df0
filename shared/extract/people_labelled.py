"""People whom one label names: `Geschäftsführer: Ada Fern, Bo Reed`, or those in the lines below it."""

import re
from collections.abc import Iterator

from shared.extract.address_words import stranger
from shared.extract.people_lines import ASIDE, LIST, Lines, Person
from shared.extract.people_titles import SHORT_TITLE, title
from shared.extract.people_words import name, surname_first, untitled

_BRACKETS = re.compile(r"\s?\((?!(?:FH|BA|TU|TH|Uni)\b)[^()]{0,60}(?:\([^()]{0,40}\)[^()]{0,60}){0,2}\)")
LABELLED = 0.25  # what an imprint's label counts less than a card that says each one's own title
MORE = 4  # lines with one representative each
_OUR = re.compile(
    r"^(?:vertretungsberechtigte[rs]?|our|unsere?|nos|notre|represented\sby(?:\s(?:the|its|our))?)\s", re.I
)
REPRESENTED = re.compile(
    r"(?<!\w)(?:vertreten\s(?:wird\s)?durch|vertr\.\s?d(?:urch|\.)|représentée?\spar|representada\spor"
    r"|rappresentata\sda|vertegenwoordigd\sdoor)(?:\W{0,4}(?:de[nr]|die|das|ihren?|dessen|deren|sa|son|la|le|el|su"
    r"|il|sua?|d\.)(?!\w))?\W*",
    re.I,
)
PUBLISHER = re.compile(  # amid the rest of an imprint
    r"(?<=[.;,|] )((?:Direct(?:eur|rice)|Responsable) de (?:la )?(?:publication|rédaction))\s?:"
    r"\s?([^.,;:()|]{3,60})(?=[.,;(|]|$)"
)
_OTHERS = re.compile(
    r"(?<!\w)(?:hosting|hoster|webhosting|hébergeur|hébergement|aufsichtsbehörde|kläger(?:in)?|beklagter?)(?!\w)", re.I
)


def represented(lines: Lines, i: int, text: str, by: re.Match[str]) -> Iterator[Person]:
    """`Vertreten durch den Geschäftsführer Ada Fern`, also with the names below."""
    before = " ".join([*(lines.text(j)[-60:] for j in range(i - 3, i)), text[: by.start()]])
    if stranger(before) or _OTHERS.search(before):
        return
    at, tail = i, text[by.end() :]
    if not tail:
        at, tail = i + 1, lines.text(i + 1)
    if role := _only_role(tail):
        yield from listed(at + 1, lines.text(at + 1), role)
        yield from _below(lines, at + 2, role)
    else:
        yield from _representatives(at, tail)
        if at > i:
            yield from _below(lines, at + 1, "")


def _only_role(text: str) -> str:
    """`Geschäftsführer:`, whose names stand below it."""
    role = text.strip(" :")
    words = role.split() if len(role) <= SHORT_TITLE and role.count(" ") < 4 else []
    return role if words and title(words[-1]) and all(word[0].islower() or title(word) for word in words) else ""


def headed(lines: Lines, i: int, role: str) -> Iterator[Person]:
    """Names below `Geschäftsführer:`."""
    if surname_first(lines.text(i + 1)):
        for line in range(i + 1, i + 1 + MORE):
            yield from (Person(line, who, role, LABELLED) for who in [surname_first(lines.text(line))] if who)
        return
    if lines.mark(i + 1) != "name":
        yield from listed(i + 1, lines.text(i + 1), role)
        if lines.named(i + 1):
            yield from _below(lines, i + 2, role)
    elif lines.named(i + 2):
        yield from _below(lines, i + 1, role)


def _below(lines: Lines, first: int, role: str) -> Iterator[Person]:
    """Lines with one name each, and no titles of their own."""
    end = next((i for i in range(first, first + MORE) if not lines.named(i)), first + MORE)
    if end > first and lines.mark(end) == "title" and lines.text(end)[-1] != ":":
        end -= 1
    for i in range(first, end):
        yield from listed(i, lines.text(i), role)


def _representatives(i: int, names: str) -> Iterator[Person]:
    """Those by whom a company is represented, whose role may stand before their names."""
    role, _, rest = names.partition(" ")
    titled = bool(rest) and title(role.strip(" :,"))
    yield from listed(i, rest, role.strip(" :,")) if titled else listed(i, names, "")


def listed(i: int, names: str, head: str) -> Iterator[Person]:
    """The names after a label."""
    role = _OUR.sub("", head).strip() or head
    for one in LIST.split(_BRACKETS.sub("", names))[:12]:
        found = name(untitled(ASIDE.sub("", one).strip(" .")))
        if found is None and title(one):  # a trade: `Notar, Rechtsanwalt Ada Fern`
            continue
        if found is None or found.words < 2 or not found.sure:
            break
        yield Person(i, found.text, role, LABELLED)
