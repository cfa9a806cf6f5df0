"""News as pages list them: a title, its link and its date, in lists, cards and tables."""

from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from shared.extract.collected import Link
from shared.extract.dates import LONGEST, MAX_LINE, Printed, in_era, printed
from shared.extract.key_pages import classify
from shared.extract.keywords import NEWS, lines_with
from shared.extract.names import compact
from shared.extract.news_words import (
    DATED,
    EDGES,
    HELD_ON,
    IDEOGRAPH,
    NO_TITLE,
    ON,
    PAGED,
    PUBLISHED,
    SINCE,
    TIME,
    TOLD,
)
from shared.extract.page import ParsedPage
from shared.extract.postal import numbered
from shared.extract.regions import regions
from shared.extract.text import collapse
from shared.models import Fact

MOST = 100
SEVERAL = 3  # news without a date
NEAR = 3  # lines between a date and its title
INVITED = 4  # lines between a title and the invitation to read on
LEAST, MAX_TITLE = 12, 250  # characters; fewer of a heading that leads to the news itself
SPELLED = 30  # letters of a title that its address repeats
SHORT = 40  # characters of a heading that announces news
SECTION = 30  # lines after the heading that announces news
LONG = 40  # characters beside a date that are no label
FEW = 6  # words before the date that a sentence ends with
LABEL = 12  # letters of a category, as Chinese is written
WHOLE = 800  # characters of a link that holds a date, a title and more
AHEAD = 5  # dates after the last one taken that the next such link may hold


class _Row(NamedTuple):
    text: str
    date: Printed | None
    rest: str  # what stands beside the date


def news(page: ParsedPage) -> Iterator[Fact]:
    any_dated = False
    for fact in _dated(page):
        any_dated = True
        yield fact
    if page.kind in NEWS and not any_dated:
        yield from _undated(page)


def _dated(page: ParsedPage) -> Iterator[Fact]:
    if page.kind in (*NEWS, "home"):
        yield from _by_address(page)
    told = _leads_to_news(page.url)
    expected = told or page.kind in NEWS
    announcing = [] if expected else _announcing(page)
    dates = dict(_dates(page)) if expected or announcing else {}
    near = (0 < i - line <= 2 * SECTION for line in announcing for i in dates)
    if not dates or not (expected or any(near)):
        return
    lines = [(i, line.text) for i, line in enumerate(page.lines) if line.where not in ("nav", "footer")]
    headings = page.headings
    if page.kind in NEWS:  # as Korean lists have them
        headings = headings + [text for _, text in page.select("dt") if _plausible(text)]
    section = range(len(lines)) if page.kind in NEWS else _section([text for _, text in lines], headings)
    if not told and dates.keys().isdisjoint([i for i, _ in lines[section.start : section.stop]]):
        return
    links: dict[str, Link] = {}
    for one in page.links:
        if one.where == "main" and one.host and one.text:
            links.setdefault(one.text, one)
    rows = [_row(text, dates[i]) if i in dates else _Row(_without_label(text, links), None, "") for i, text in lines]
    if told and not PAGED.search(_place(page.url)):
        yield from _article(page, rows, page.headings)
    if page.kind in NEWS:
        yield from _cards(page)
    seen: set[str] = set()
    for place, title, date, link in _held(page, rows, frozenset(headings)) if section else ():
        if title not in seen and place in section and len(seen) < MOST:
            seen.add(title)
            item = {"title": title, "date": date.iso, "url": link.url}
            yield page.fact("news.item", item, how="html", quote=title, confidence=0.8)
    short = {text for text in headings if 4 < len(text) < LEAST and text in links and _leads_to_news(links[text].url)}
    for place, title, date in _items(rows, links.keys() | set(headings), short) if section else ():
        if title in seen or place not in section or len(seen) >= MOST or title == page.title:
            continue
        seen.add(title)
        found = links.get(title)
        item = {"title": title, "date": date.iso} | ({"url": found.url} if found else {})
        sure = 0.7 if found is None else 0.85 if TOLD.search(_place(found.url)) else 0.8
        yield page.fact("news.item", item, how="html", quote=title, confidence=sure)


def _held(page: ParsedPage, rows: list[_Row], headings: frozenset[str]) -> Iterator[tuple[int, str, Printed, Link]]:
    """Links that hold a line with a date and, around it, a title and more; these lines are taken away."""
    dated, at = [i for i, row in enumerate(rows) if row.date and _is_label(row.rest)], 0
    for link in page.links if dated else ():
        if link.where != "main" or not link.host or not SHORT // 2 < len(link.text) < WHOLE:
            continue
        i = next((i for i in dated[at : at + AHEAD] if rows[i].text in link.text), None)
        if i is None:
            continue
        first = last = i
        while first > max(i - NEAR, 0) and _joined(rows, first - 1, last) in link.text:
            first -= 1
        while last < min(i + NEAR, len(rows) - 1) and _joined(rows, first, last + 1) in link.text:
            last += 1
        title = _told_in(link, [row.text for row in rows[first : last + 1] if row.date is None], headings)
        if title and (date := _exact(rows[first : last + 1])):
            yield i, title, date, link
            rows[first : last + 1] = [_Row("", None, "")] * (last + 1 - first)
            while at < len(dated) and dated[at] <= last:
                at += 1


def _exact(rows: list[_Row]) -> Printed | None:
    """The first date with a day, where a category stands with its month as well."""
    dates = [row.date for row in rows if row.date and _is_label(row.rest)]
    return next((date for date in dates if len(date.iso) > len("2000-01")), dates[0] if dates else None)


def _told_in(link: Link, texts: list[str], headings: frozenset[str]) -> str:
    """The title among a link's lines: its heading, what its picture is called, else the first that is no label."""
    texts = [text for text in texts if _plausible(text)]
    long = (text for text in texts if len(text) >= (LABEL if IDEOGRAPH.search(text) else 2 * LABEL))
    sure = (text for text in texts if text in headings or (len(text) >= LABEL and link.text.count(text) > 1))
    return next(sure, next(long, ""))


def _joined(rows: list[_Row], first: int, last: int) -> str:
    return " ".join(row.text for row in rows[first : last + 1])


def _cards(page: ParsedPage) -> Iterator[Fact]:
    """Links that hold a date, a category and a title side by side; an element says which words are the title."""
    marked = page.tree.css("a [class*=title],a [class*=Title],a strong,a b")
    texts = (collapse(node.text(deep=False)) for node in marked)  # its own: all below costs depth
    titles = [text for text in texts if _plausible(text)][:MOST]
    told = [link for link in page.links if link.where == "main" and link.host and len(link.text) <= MAX_TITLE]
    for link in told[: 2 * MOST] if titles else ():
        title = next((text for text in titles if text in link.text and text != link.text), "")
        if title and (date := printed(link.text.replace(title, " ", 1), language=page.lang)):
            item = {"title": title, "date": date.iso, "url": link.url}
            yield page.fact("news.item", item, how="html", quote=title, confidence=0.8)


def _by_address(page: ParsedPage) -> Iterator[Fact]:
    """Links whose address has the date; where one only invites to read on, the heading above it is the title."""
    dated = [
        (link, found)
        for link in page.links
        if link.where == "main" and ("/20" in link.url or "/19" in link.url) and page.is_own(link.url)
        if (found := DATED.search(link.url))
    ]
    titles = {link.url: title for link, _ in reversed(dated) if _plausible(title := link.text.strip(EDGES))}
    if page.kind in NEWS and any(link.url not in titles for link, _ in dated):
        titles = _invited(page) | titles
    seen: set[str] = set()
    for link, found in dated:
        if link.url not in titles or link.url in seen or len(seen) >= MOST:
            continue
        seen.add(link.url)
        title, date = titles[link.url], "-".join(part for part in found.groups() if part)
        item = {"title": title, "date": date, "url": link.url}
        yield page.fact("news.item", item, how="link", quote=title, confidence=0.75)


def _invited(page: ParsedPage) -> dict[str, str]:
    """Headings by the address of the `Read more` below them."""
    links: dict[str, list[str]] = {}
    for link in page.links:
        if link.where == "main" and NO_TITLE.match(link.text):
            links.setdefault(link.text, []).append(link.url)
    lines = [line.text for line in page.lines if line.where == "main"]
    places: dict[str, list[int]] = {}
    for i, text in enumerate(lines):
        if text in links:
            places.setdefault(text, []).append(i)
    headings = set(filter(_plausible, page.headings))
    found: dict[str, str] = {}
    for text, urls in links.items():
        if len(urls) == len(places.get(text, ())):  # else nobody knows which is which
            for url, i in zip(urls, places[text], strict=True):
                above = [title for title in reversed(lines[max(i - INVITED, 0) : i]) if title in headings]
                if above:
                    found.setdefault(url, above[0])
    return found


def _undated(page: ParsedPage) -> Iterator[Fact]:
    """Where no news has a date: several headings, each with a `Read more` that leads to a page of its own, or lines
    that the addresses of pictures beside them spell."""
    read_on = [(url, title) for url, title in _invited(page).items() if page.is_own(url) and url != page.url]
    for found in (read_on, list(_spelled(page))):
        for url, title in found[:MOST] if len({title for _, title in found}) >= SEVERAL else ():
            yield page.fact("news.item", {"title": title, "url": url}, how="html", quote=title, confidence=0.6)


def _spelled(page: ParsedPage) -> Iterator[tuple[str, str]]:
    bare = [link for link in page.links if link.where == "main" and not link.text and page.is_own(link.url)][:MOST]
    lines = (line.text for line in page.lines if bare and line.where == "main")
    titles = {compact(text)[:SPELLED]: text for text in lines if _plausible(text)}
    for link in bare:
        words = _place(link.url).rstrip("/").rpartition("/")[2].partition(".")[0].replace("_", "-").split("-")
        starts = (compact("".join(words[first:]))[:SPELLED] for first in (0, 1))  # `news-...`
        title = next((titles[start] for start in starts if len(start) >= LONG // 2 and start in titles), "")
        if title:
            yield link.url, title


def _without_label(text: str, links: Collection[str]) -> str:
    """A link's text, where only a short label stands before it on its line: `News New hall opened`, but not `The new
    hall`."""
    label, _, rest = text.partition(" ")
    labelled = rest in links and len(label) <= LABEL and text not in links and not rest[0].islower()
    return rest if labelled else text


def _section(lines: list[str], headings: list[str]) -> range:
    """The lines below a heading that announces news."""
    told = {text for text in headings if len(text) < SHORT and _announces(text)}
    start = next((i for i, text in enumerate(lines) if text in told), None)
    return range(0) if start is None else range(start, start + SECTION)


@lru_cache(1024)
def _announces(text: str) -> bool:
    return (classify("https://x.test/", text) or ("",))[0] in NEWS


def _announcing(page: ParsedPage) -> list[int]:
    """The short lines, beside menu and footer, that announce news."""
    lines = ((i, page.lines[i]) for i in lines_with(page, "news"))
    short = ((i, text) for i, (text, where) in lines if len(text) < SHORT and where not in ("nav", "footer"))
    return [i for i, text in short if _announces(text)]


def _article(page: ParsedPage, rows: list[_Row], headings: list[str]) -> Iterator[Fact]:
    """The page itself, where a date stands beside its headline."""
    for i, row in enumerate(rows):
        if row.text in headings[:5] and _plausible(row.text) and row.date is None:
            near = [one.date for one in rows[max(i - NEAR, 0) : i + NEAR + 1] if one.date and len(one.rest) < 2 * LONG]
            if near:
                item = {"title": row.text, "date": near[0].iso, "url": page.url}
                yield page.fact("news.item", item, how="html", quote=row.text, confidence=0.75)
            return


def _dates(page: ParsedPage) -> Iterator[tuple[int, Printed]]:
    """By the number of their line."""
    yield from _timed(page)
    for i, count in numbered(page):
        line = page.lines[i]
        common = count >= 4 and (b"20" in page.digits[i] or b"19" in page.digits[i])
        if not common and not (len(line.text) <= LONG and in_era(line.text)):
            continue
        if line.where in ("nav", "footer") or "©" in line.text or HELD_ON.match(line.text):
            continue
        month_first = "/" in line.text and (regions(page)[:1] == ["US"] or page.lang.lower() == "en-us")
        if date := printed(line.text[: MAX_LINE + LONGEST], month_first=month_first, language=page.lang):
            yield i, date


def _timed(page: ParsedPage) -> Iterator[tuple[int, Printed]]:
    """Lines of a `<time>` alone that says less than its attribute: `3 days ago`."""
    if not page.mentions(b"<time"):
        return
    told: dict[str, list[str]] = {}
    for node in page.tree.css("time[datetime]")[:MOST]:
        text, found = collapse(node.text()), TIME.match(node.attributes.get("datetime") or "")
        if found and 0 < len(text) <= SHORT:
            told.setdefault(text, []).append("-".join(found.groups()))
    for i, line in enumerate(page.lines) if told else ():
        if days := told.get(line.text):
            day = days.pop(0)
            if line.where not in ("nav", "footer"):
                yield i, Printed(day, 0, len(line.text))


def _row(text: str, date: Printed) -> _Row:
    return _Row(text, date, collapse(f"{text[: date.start]} {text[date.end :]}").strip(EDGES))


def _items(rows: list[_Row], named: set[str], short: set[str]) -> Iterator[tuple[int, str, Printed]]:
    """Titles with their dates: on one line, or a date line and the nearest title on the side where most have one."""
    counts = Counter(row.text for row in rows)
    named = {text for text in named if counts[text] < SEVERAL}  # what stands in each item is no title
    sure = {text for text in named if text in short or _plausible(text)}
    titled = named & {row.rest for row in rows if row.date and _plausible(row.rest)}
    dated = {i for i, row in enumerate(rows) if row.date and row.rest not in titled and _is_label(row.rest)}
    after = {i: title for i in dated if (title := _title(rows, named, sure, dated, i, 1))}
    before = {i: title for i in dated if (title := _title(rows, named, sure, dated, i, -1))}
    chosen = max(after, before, key=lambda titles: (len(set(titles.values())), len(named & set(titles.values()))))
    for i, row in enumerate(rows):
        if row.date is None:
            continue
        if i in dated:
            if i in chosen:
                yield i, chosen[i], row.date
        elif row.rest in titled or (
            (row.date.start < 4 or row.date.end > len(row.text) - 4) and not _is_sentence(row.text, row.date)
        ):
            title = row.text if row.text in named else row.rest
            if _plausible(title):
                yield i, title, row.date


def _is_label(rest: str) -> bool:
    """Whether what stands beside a date is no title: an author, a place, a category, an invitation to read on."""
    return (
        len(rest) < 15
        or (len(rest) < 2 * LONG and bool(NO_TITLE.match(rest) or PUBLISHED.match(rest)))
        or (len(rest) < LONG and sum(any(map(str.isalpha, word)) for word in rest.split()) <= 3)
    )


def _is_sentence(text: str, date: Printed) -> bool:
    """Whether words lead to the date and go on behind it, or end with it, or it is the last of a range."""
    before, behind = text[: date.start].rstrip(), text[date.end :].lstrip()
    ends = behind == "." and len(before.split()) > FEW
    return any(map(str.isalpha, before)) and (behind[:1].islower() or ends or bool(SINCE.search(text[: date.start])))


def _title(rows: list[_Row], named: set[str], sure: set[str], dated: set[int], start: int, step: int) -> str:
    """The nearest line that is a link or a heading, else the very next one."""
    near: list[str] = []
    for i in range(start + step, start + step * (NEAR + 1), step):
        if not 0 <= i < len(rows) or i in dated:
            break
        near.append(rows[i].text)
    labelled = all(len(text) <= SHORT // 2 and text not in named for text in near[:2])
    titles = [text for text in near[: NEAR if step == 1 or labelled else 2] if text in sure]
    if titles:
        return titles[0]
    return near[0] if near and _plausible(near[0]) and len(near[0]) < 120 else ""


def _plausible(title: str) -> bool:
    least = 4 if IDEOGRAPH.search(title) else LEAST
    return (
        least <= len(title) <= MAX_TITLE
        and any(map(str.isalpha, title))
        and not NO_TITLE.match(title)
        and not ON.search(title, len(title) - LONG if len(title) > LONG else 0)
    )


def _leads_to_news(url: str) -> bool:
    """Whether an address is one item's, below a list of news."""
    return bool(TOLD.search(_place(url).rstrip("/").rpartition("/")[0] + "/"))


def _place(url: str) -> str:
    try:
        return unquote(urlsplit(url).path, errors="replace")
    except ValueError:
        return ""
