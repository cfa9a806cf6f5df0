"""Names and titles in one line that only elements part, and names in two lines."""

import re
from collections.abc import Iterator

from shared.extract.people_lines import Lines, Person, section_at
from shared.extract.people_titles import LONG_TITLE, SHORT_TITLE, bare, title
from shared.extract.people_words import name

OURS = ("team", "about", "contact", "legal")  # pages that name people; on others, bold names are also products
CHIEF = re.compile(  # no part of a role that looks like a name, nor of a talk's or prize's
    r"(?:C[A-Z]O|(?:Co-?)?[Ff]ounder|FOUNDER)(?:$|[,/]\s?|\s(?:&|/|[-–|]|and|und|et|y|e|of)\s)"
)


def in_two(lines: Lines, i: int, text: str) -> tuple[str, str] | None:
    """`Ada Fern CEO, Founder`, where an element ends between the two; a heading may hold them as they are."""
    words = text.split() if len(text) <= LONG_TITLE and text[:1].isupper() else []
    for count in range(2, min(len(words), 5)):
        who, role = " ".join(words[:count]), " ".join(words[count:])
        found = name(who) if who[-1].isalpha() and role[0].isalpha() else None
        if found and found.sure and found.words > 1 and title(role):
            heading = text in lines.headings and len(text) <= SHORT_TITLE and CHIEF.match(role)
            ours = lines.page.kind in OURS or section_at(lines, i) == "people"
            apart = heading or (ours and not lines.elements.isdisjoint((who, role)))
            return (found.text, bare(role)) if apart else None
    return None


def broken(lines: Lines, i: int) -> Iterator[Person]:
    """A heading's name in two lines, with the title below."""
    whole = f"{lines.text(i - 1)} {lines.text(i)}"
    found = name(whole) if whole in lines.headings and lines.mark(i + 1) == "title" else None
    if found and found.sure and found.words > 1:
        yield Person(i - 1, found.text, bare(lines.text(i + 1)), 0)
