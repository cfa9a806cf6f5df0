"""People of whom a page tells in sentences."""

import re
from collections.abc import Iterator
from itertools import takewhile

from shared.extract.keywords import lines_with
from shared.extract.names import compact, own_names
from shared.extract.page import ParsedPage
from shared.extract.people_lines import LIST, Lines, Person, section_at
from shared.extract.people_titles import WORDS, quoted, title
from shared.extract.people_words import name

MAX_STORY, MAX_FOUNDERS = 3000, 150  # characters of a paragraph, and of the names in it
_OURS = re.compile(
    r"(?<!\w)(?:[Oo]ur|[Uu]nsere?|[Nn]otre|[Nn]uestr[oa]|[Oo]nze)\s(?P<role>[^,.;:()]{2,50},|[\w-]{2,25}|(?:[a-zà-ÿ][\w-]{1,20}\s){1,2}[a-zà-ÿ][\w-]{1,20})\s"
    r"(?P<name>(?:[A-Z][\w.'’-]{1,20}\s){1,3}[A-Z][\w'’-]{1,20})(?=[,\s]|\.?$)"
    r"|(?P<named>(?:[A-Z][\w.'’-]{1,20}\s){1,3}[A-Z][\w'’-]{1,20}),\s(?:our|unsere?|notre|nuestr[oa]|onze)\s(?P<as>[^,.;:()]{2,50})(?=[,.]|$)"
)
_GUEST = re.compile(  # whom a company calls its own, too
    r"\b(?:keynote|speakers?|guest|ambassador|host|botschafter\w*|gast\w*|ponente|invitad[oa]|invitée?)\b"
    r"|\b(?:customer|client|kund(?:e|in)|klant|cliente)(?= (?:and|und|et|y|en|at|of|from|von|bei|de)\b|$)"
    r"|^(?:\w{1,20} )?member$|\s(?:at|bei|chez)\s(?-i:[A-Z])",
    re.I,
)
_FOUNDED_BY = re.compile(
    rf"(?<!\w)(?:co-?)?(?:{'|'.join(WORDS['founded'].split())})\s(?:(?:in|im|en|nel|\d{{4}}|[A-Z]\w{{1,20}})\s){{0,4}}"
    r"(?:by|von|par|por|da|door|av)\s"
)
_LED_BY = re.compile(
    r"(?<!\w)(?:led|headed|run|managed|geführt|geleitet|dirigée?)\s(?:by|von|par)\s(?:(?:its|our|the)\s)?"
)
_PARTICLES = frozenset(WORDS["particles"].split()) - frozenset("a e i o y".split())
_STOP = re.compile(r"[;:(!?]|(?<=\w\w\w)\.(?:\s|$)")
_IT = re.compile(r"\W*(?:It|They|Es|Elle|Il)\s")  # of which an earlier sentence tells
_WE = re.compile(r"(?<!\w)(?:we|wir|nous|our company)(?!\w)", re.I)


def told(lines: Lines, titled: list[int]) -> Iterator[Person]:
    yield from _founders(lines.page)
    yield from _ours(lines, titled)
    yield from _led(lines, titled)


def _led(lines: Lines, titled: list[int]) -> Iterator[Person]:
    """`Example is led by CEO Ada Fern and CFO Bo Reed`."""
    for i in titled:
        text = lines.text(i)[:MAX_STORY]
        for match in _LED_BY.finditer(text):
            if not _own_story(text[max(text.rfind(". ", 0, match.start()), 0) : match.start()], lines.page):
                continue
            for one in LIST.split(_STOP.split(text[match.end() : match.end() + MAX_FOUNDERS], maxsplit=1)[0])[:4]:
                words = one.strip(" .,").split()
                parts = ((" ".join(words[:n]), name(" ".join(words[n : n + 3]))) for n in range(1, min(len(words), 5)))
                both = next(((who, role) for role, who in parts if who and who.words > 1 and title(role)), None)
                if both is None or not both[0].sure:
                    break
                yield Person(i, both[0].text, both[1], 0.6)


def _founders(page: ParsedPage) -> Iterator[Person]:
    """`founded by Ada Fern and Bo Reed`, where it is the site's own company that was founded."""
    for i in lines_with(page, "founder"):
        text = page.lines[i].text[:MAX_STORY]
        for match in _FOUNDED_BY.finditer(text):
            sentence = text[max(text.rfind(". ", 0, match.start()), 0) : match.start()]
            if _IT.match(sentence):
                sentence = text[: match.start()]
            if not _own_story(sentence, page):
                continue
            names = _STOP.split(text[match.end() : match.end() + MAX_FOUNDERS], maxsplit=1)[0]
            for one in LIST.split(names)[:5]:
                words = one.strip(" .,").split()[:5]
                found = name(" ".join(takewhile(_of_name, words))) or name(" ".join(words[:3]))
                if found is None or found.words < 2 or not found.sure:
                    break
                yield Person(i, found.text, "Founder", 0.6)


def _of_name(word: str) -> bool:
    return word[0].isupper() or word in _PARTICLES


def _ours(lines: Lines, titled: list[int]) -> Iterator[Person]:
    """`Our CEO, Ada Fern, …`, `… Ada Fern, our CEO`, where no customer says so."""
    for i in titled:
        text = lines.text(i)[:MAX_STORY]
        if quoted(text) or "“" in text:
            continue
        for match in _OURS.finditer(text):
            found, role = name(match["name"] or match["named"]), (match["role"] or match["as"]).rstrip(",")
            meant = found and found.sure and found.words > 1 and title(role) and not _GUEST.search(role)
            if found and meant and section_at(lines, i) != "strangers":
                yield Person(i, found.text, role, 0.55)


def _own_story(text: str, page: ParsedPage) -> bool:
    plain = compact(text)
    return any(name in plain for name in own_names(page)) or bool(_WE.search(text))
