"""Choosing the pages: the best of each kind first, then more of the same kinds, within the budget.

A site in several languages is read in that of its home page, which is the one the company chose for everybody; pages
in another language stand in only for kinds that it has in no other way.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from functions.discover.links import Hosts, is_trap, language_of, page_key, preferred
from shared.extract.key_pages import classify
from shared.extract.page import Link
from shared.models import PlannedPage, ReadingPlan
from shared.reading import Reading
from shared.settings import Settings
from shared.web.robots import Robots
from shared.web.urls import normalise

# In this order the kinds get their first page.
KINDS = ("about", "contact", "team", "legal", "careers", "pricing", "investors", "products", "news", "press", "privacy")
WANTED = frozenset({"about", "contact", "team", "legal", "careers"})
A_KIND = {"news": 2, "press": 2, "products": 2, "privacy": 1}  # pages of one kind, so that one list does not take all
A_KIND_ELSE = 3
KEPT_A_KIND = 20
IN_TEXT, NOFOLLOW = 0.92, 0.9  # of a link's score: links in menus are meant for everybody
CRAWL_DELAY_BUDGET_SECONDS = 400  # what crawl delays may take of the crawl, which hands over later than that


@dataclass(slots=True)
class Found:
    url: str
    kind: str
    score: float
    language: str | None


@dataclass
class Plan:
    base: str
    most: int
    hosts: Hosts
    language: str | None = None  # of the home page
    found: dict[str, Found] = field(default_factory=dict)  # by page_key
    counts: Counter[str] = field(default_factory=Counter)
    addresses: dict[str, str | None] = field(default_factory=dict)

    def consider_links(self, links: Iterable[Link], rules: Robots) -> None:
        for link in links:
            if link.host and not self.hosts.may_have(link.host):
                continue
            judged = classify(link.url, link.text[:200])
            if judged is not None:
                kind, score = judged
                score *= (IN_TEXT if link.where == "main" else 1.0) * (NOFOLLOW if "nofollow" in link.rel else 1.0)
                self._add(link.url, kind, score, rules, link.attributes.get("hreflang") or "")

    def consider_addresses(self, urls: Iterable[str], rules: Robots) -> None:
        """Addresses without words, as a sitemap has them."""
        for url in urls:
            if len(url) <= 200 and (judged := classify(url, "")) is not None:
                self._add(url, *judged, rules)

    def _address(self, raw: str) -> str | None:
        """The canonical address of what may be read; menus and footers name the same ones."""
        raw = raw.partition("#")[0]
        if raw not in self.addresses:
            url = normalise(raw, self.base)
            self.addresses[raw] = None if url is None or not self.hosts.has(url) or is_trap(url) else url
        return self.addresses[raw]

    def _add(self, raw: str, kind: str, score: float, rules: Robots, hreflang: str = "") -> None:
        if (url := self._address(raw)) is None:
            return
        key = page_key(url)
        known = self.found.get(key)
        if key == page_key(self.base) or (known is not None and known.score >= score) or not rules.allows(url):
            return
        if known is None and self.counts[kind] >= KEPT_A_KIND:
            return
        self.counts[kind] += known is None
        self.found[key] = Found(url, kind, score, language_of(url, hreflang[:20]))

    def _in_one_language(self) -> list[Found]:
        """Best first; of another language than the home page's only what it lacks."""
        ranked = sorted(self.found.values(), key=lambda one: (-one.score, len(one.url), one.url))
        own = self.language or preferred(one.language for one in ranked if one.language)
        kept = [one for one in ranked if one.language in (None, own)]
        kinds = {one.kind for one in kept}
        others = [one for one in ranked if one.language not in (None, own) and one.kind not in kinds]
        if others:
            stand_in = preferred(one.language for one in others if one.language)
            kept += [one for one in others if one.language == stand_in]
        return kept

    def chosen(self) -> list[PlannedPage]:
        ranked = self._in_one_language()
        first: dict[str, Found] = {}
        for one in ranked:
            first.setdefault(one.kind, one)
        order = [first[kind] for kind in (*KINDS, *sorted(first.keys() - set(KINDS))) if kind in first]
        taken = Counter(first.keys())
        for one in ranked:
            if one is not first[one.kind] and taken[one.kind] < A_KIND.get(one.kind, A_KIND_ELSE):
                taken[one.kind] += 1
                order.append(one)
        return [PlannedPage(url=one.url, kind=one.kind) for one in order[: self.most]]

    def wants_more(self, rules: Robots, settings: Settings) -> bool:
        """Whether sitemaps are worth their requests; where the crawl delay is long, pages are."""
        slow = (rules.crawl_delay or 0) > settings.crawl_delay_max_seconds
        return not slow and self.most > 0 and not {one.kind for one in self.found.values()} >= WANTED


def choose(home: Reading, company: str, rules: Robots, settings: Settings) -> Plan:
    """A plan from the home page's links."""
    base = home.page.final_url or home.page.url
    most = settings.max_pages - 1
    if rules.crawl_delay:
        most = min(most, int(CRAWL_DELAY_BUDGET_SECONDS // rules.crawl_delay))
    plan = Plan(base, most, Hosts(company, base))
    if home.parsed is not None:
        plan.language = language_of(base) or language_of("", home.parsed.lang)
        plan.consider_links(home.parsed.links, rules)
    return plan


def reading_plan(plan: Plan, rules: Robots) -> ReadingPlan:
    return ReadingPlan(base=plan.base, pages=plan.chosen(), crawl_delay=rules.crawl_delay)
