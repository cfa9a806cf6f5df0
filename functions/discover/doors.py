"""Where a home page that says next to nothing leads on: by script, in its frames, to a language, to the entrance."""

import re
from collections.abc import Iterable

from shared.extract.hrefs import absolute
from shared.extract.menus import LOCATION, menu
from shared.extract.page import ParsedPage
from shared.links import language_of, preferred
from shared.models import Outcome, Page
from shared.plan import Plan
from shared.reading import read
from shared.web import refresh
from shared.web.robots import Robots
from shared.web.site import Site
from shared.web.urls import page_key

ROOMS = 2  # a language, and what its page's frames or script lead to
MOST = 2  # in each: a frame for the menu, one for the text
SAID_CHARACTERS = 300  # a page that says more is a home page
ENTRANCES = 3  # links among which the first is the entrance
NOTE_CHARACTERS = 80  # of a page that says no more than that it leads on
SOUGHT_CHARACTERS = 5_000  # of each script
# What languages call themselves.
_LANGUAGES = {
    name: code
    for code, names in {
        "ar": "العربية", "cs": "čeština česky", "da": "dansk", "de": "deutsch german", "el": "ελληνικά",
        "en": "english international", "es": "español espanol castellano", "fi": "suomi", "fr": "français francais",
        "hu": "magyar", "it": "italiano", "ja": "日本語", "ko": "한국어", "nl": "nederlands", "no": "norsk",
        "pl": "polski",
        "pt": "português portugues", "ro": "română", "ru": "русский", "sv": "svenska", "tr": "türkçe",
        "uk": "українська",
        "zh": "中文 简体中文 繁體中文",
    }.items()
    for name in names.split()
}  # fmt: skip
# Comments, beside strings, which may have all their marks.
_COMMENT = re.compile(
    r"""((?<!\\)(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))|/\*.*?(?:\*/|\Z)|(?<![:\\])//[^\n]*|<!--[^\n]*""", re.S
)


async def behind_doors(site: Site, home: ParsedPage, plan: Plan, rules: Robots) -> list[Page]:
    """The pages that the home page leads on to, and those behind them; what they link to, the plan is told."""
    pages: list[Page] = []
    outer = [home]
    for _ in range(ROOMS):
        doorways, outer = outer, []
        ways = dict.fromkeys(url for page in doorways for url in doors(page, plan, rules))
        for url in list(ways)[: min(MOST, plan.most)]:
            inner = await read(site, url, "home")
            plan.most -= 1
            plan.read |= {page_key(url), page_key(inner.page.final_url or url)}
            pages.append(inner.page)
            if inner.parsed is None:
                continue
            outer.append(inner.parsed)
            if inner.page.outcome is Outcome.READ:
                plan.language = plan.language or language_of(url) or language_of("", inner.parsed.lang)
                plan.consider_links(inner.parsed.links, rules)
    return pages


def doors(page: ParsedPage, plan: Plan, rules: Robots) -> list[str]:
    """Pages to be read beside the home page, whose links led to none of a kind."""
    if plan.found or (page.links and len(page.text) > SAID_CHARACTERS):
        return []
    ways: tuple[Iterable[str], ...] = (_frames(page),)
    if len(page.text) <= SAID_CHARACTERS:
        ways = (_by_script(page), _refreshes(page), *ways, _entrance(page, plan))
    for named in ways:
        urls = dict.fromkeys(url for one in named if (url := plan.address(one)))
        if found := [url for url in urls if page_key(url) not in plan.read and rules.allows(url)]:
            return found[:MOST]
    return []


def _by_script(page: ParsedPage) -> Iterable[str]:
    if page.links or len(page.text) > NOTE_CHARACTERS:
        return []
    body = page.tree.body
    said = [*(script.text for script in page.walk.scripts), (body and body.attributes.get("onload")) or ""]
    scripts = (_COMMENT.sub(lambda found: found[1] or " ", script[:SOUGHT_CHARACTERS]) for script in said)
    found = map(LOCATION.search, scripts)
    return [absolute(page.base, one["url"].replace("\\/", "/")) for one in found if one]


def _refreshes(page: ParsedPage) -> Iterable[str]:
    """Those that wait for so long that a page which says more would be read."""
    metas = (meta for meta in page.walk.metas if (meta.get("http-equiv") or "").lower() == "refresh")
    links = (refresh.target(meta.get("content") or "") for meta in metas)
    return [absolute(page.base, link) for _, link in filter(None, links)]


def _frames(page: ParsedPage) -> Iterable[str]:
    return [absolute(page.base, source) for source in page.walk.frames]


def _entrance(page: ParsedPage, plan: Plan) -> Iterable[str]:
    """The page in the home page's language, else in the preferred one; without languages the first of few links."""
    spoken: dict[str, str] = {}
    own: dict[str, None] = {}
    for link in (*page.links, *menu(page)):
        if plan.hosts.may_have(link.host) and (url := plan.address(link.url)) and page_key(url) not in plan.read:
            own[url] = None
            if language := language_of(url, link.attributes.get("hreflang") or "") or _named(link.text):
                spoken.setdefault(language, url)
    if spoken:
        best = plan.language if plan.language in spoken else preferred(spoken)
        return [spoken[best]] if best else []
    return list(own)[:1] if len(own) <= ENTRANCES else []


def _named(text: str) -> str | None:
    """The language whose name a link begins or ends with."""
    words = text[:40].lower().split() or [""]
    return _LANGUAGES.get(words[0]) or _LANGUAGES.get(words[-1])
