"""Whom a page names who are not the company's: quoted, at work elsewhere, or makers of the site."""

import re

from shared.extract.countries import named
from shared.extract.legal_forms import form_spans
from shared.extract.names import compact, own_names
from shared.extract.needles import OUTSIDE, in_markup
from shared.extract.others import REACH, heads_makers
from shared.extract.page import ParsedPage
from shared.extract.people_lines import Lines, Person
from shared.extract.people_titles import DEPARTMENTS, quoted, title

MAX_QUOTED = 1500  # characters of a quotation
_BY = re.compile(r"\W{0,3}(?:by|von|par|por|di|door|av|af)\s\S+\s\S", re.I)  # `Di Larch` is called so
_FORMER = re.compile(r"(?:former(?:ly)?|ex(?!.officio)|ehemalige[rs]?|ancien(?:ne)?|tidigare|voormalige?)[\s-]", re.I)
# Behind the title of who heads a company, or that of anybody, the company.
_EMPLOYER = re.compile(
    r"(?:^|(?<=\s))(?:C[A-Z]O|(?:[Cc]o-?)?[Ff]ounder|[Oo]wner|PDG|VD|[Gg]rundare|[Gg]ründer(?:in)?|[Gg]érante?"
    r"|(?:[Mm]anaging|[Gg]eneral) (?:[Dd]irector|[Pp]artner)|[Gg]eschäftsführer(?:in)?), (?P<behind>[A-ZÀ-Ý].*)"
    r"|(?:\s(?:at(?!\s[Ll]aw\b)|bei|chez|hos|presso)|\s?@)\s[A-ZÀ-Ý].*"
)
_REGION = re.compile(
    r"(?:[NSEW]\w{3,4}(?:ern)? |Central |Latin |Middle )?(?:Europe|Americas?|Asia|Africa|East|Asia[ -]Pacific"
    r"|International|Global|Group|EMEA|APAC|DACH|Nordics?|Benelux)(?:(?: and |\s?[&/,]\s?).{2,30})?"
)


def quoted_or_credited(lines: Lines, i: int) -> bool:
    """A byline; who made the site; or who is quoted: name, `title, company`, and above or below what they say."""
    above, role, below = lines.text(i - 1), lines.text(i + 1), lines.text(i + 2)
    if _BY.match(lines.text(i)) or _made_it(lines, i) or (", " in role and quoted(below) > 1):
        return True
    if lines.page.kind == "team" and ", " not in role and not _employer(role):  # a motto, where each has one
        return False
    return quoted(above) > 1 or (len(above) > 30 and bool(quoted(above)))


def _made_it(lines: Lines, i: int) -> bool:
    """In an imprint, below a heading of who made the site."""
    near = range(i - 1, max(i - REACH, 0) - 1, -1) if lines.imprint else ()
    heading = next((text for j in near if (text := lines.text(j)) in lines.headings), "")
    return heads_makers(heading)


def outsiders(page: ParsedPage, names: set[str]) -> str:
    """The words of those quotations, bylines, reviews and comments that hold one of these compact names."""
    marks = in_markup(page)
    selectors = ",".join(selector for word, selector in OUTSIDE.items() if word in marks)
    texts = [text for _, text in page.select(selectors) if len(text) <= MAX_QUOTED] if names and selectors else []
    plain = zip(texts, map(compact, texts), strict=True)
    return " | ".join(words_of(text) for text, spelled in plain if any(name in spelled for name in names))


def elsewhere(page: ParsedPage, person: Person) -> bool:
    """Whether the role is a former one, the person a firm or, on a page of other things, the role one
    at a company that is not the site's: `Ada Fern`, `CEO, Example`."""
    firm = any(end >= len(person.name) - 1 for _, end in form_spans(person.name))
    if firm or _FORMER.match(person.title):
        return True
    if person.expected or page.kind in ("team", "about", "legal", "investors"):
        return False
    plain = compact(_employer(person.title))
    return bool(plain) and not any(name in plain for name in own_names(page))


def _employer(role: str) -> str:
    """The company in `CEO, Example` and `Clerk at Example Ltd`; none in `Founder, CEO` and `CEO, Germany`."""
    found = _EMPLOYER.search(role)
    if found is None:
        return role if any(end >= len(role) - 1 for _, end in form_spans(role)) else ""
    behind = found["behind"] or ""
    more = title(behind) or behind.partition(" ")[0].lower() in DEPARTMENTS
    return "" if more or named(behind) or _REGION.fullmatch(behind) else found[0]


def words_of(text: str) -> str:
    return f" {' '.join(map(compact, text.split()))} "
