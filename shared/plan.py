"""Choosing the pages: the best of each kind first, then more of the same kinds, within the budget.

A site in several languages is read in that of its home page, which is the one the company chose for everybody; pages
in another language, or in another country's edition, stand in only for kinds that it has in no other way. Once these
are read, a second wave follows what they link to, for kinds that are still missing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.extract.collected import Link
from shared.extract.key_pages import classify
from shared.links import Hosts, edition_of, is_trap, language_of, preferred
from shared.models import Outcome, Page, PlannedPage, ReadingPlan
from shared.reading import Reading
from shared.settings import Settings
from shared.web.robots import Robots
from shared.web.urls import normalise, page_key, parse

# In this order the kinds get their first page.
KINDS = ("about", "contact", "team", "legal", "careers", "pricing", "investors", "products", "news", "press", "privacy")
WANTED = frozenset({"about", "contact", "team", "legal", "careers"})
A_KIND = {"news": 2, "press": 2, "products": 2, "privacy": 1}  # pages of one kind, so that one list does not take all
A_KIND_ELSE = 3
KEPT_A_KIND = 20  # of each language, while there may be better ones to come
MANY = 1000  # of what was found, or of addresses known: what is more is not kept
SECOND_LEAST = 0.6  # of a link on an inner page, to be followed
IN_TEXT, NOFOLLOW = 0.92, 0.9  # of a link's score: links in menus are meant for everybody
CRAWL_DELAY_BUDGET_SECONDS = 400  # what crawl delays may take of the crawl, which hands over later than that


@dataclass(slots=True)
class Found:
    url: str
    kind: str
    score: float
    language: str | None  # "en us/en" in another edition than the home page's


@dataclass
class Plan:
    """Holds the best of what it is told, however much that is."""

    base: str
    most: int
    hosts: Hosts
    language: str | None = None  # of the home page
    read: set[str] = field(default_factory=set)  # by page_key: never chosen, as the home page
    found: dict[str, Found] = field(default_factory=dict)  # by page_key
    _addresses: dict[str, str | None] = field(init=False, default_factory=dict)
    _least: dict[tuple[str, str | None], float] = field(init=False, default_factory=dict)  # by kind and language
    _full: int = field(init=False, default=MANY)
    _origin: str = field(init=False)
    _edition: str = field(init=False)

    def __post_init__(self) -> None:
        self.read.add(page_key(self.base))
        self._origin, self._edition = parse(self.base).origin, edition_of(self.base)

    def consider_links(self, links: Iterable[Link], rules: Robots) -> None:
        for link in links:
            if link.host and not self.hosts.may_have(link.host):
                continue
            judged = classify(link.url, link.text[:200])
            if judged is not None:
                kind, score = judged
                score *= (IN_TEXT if link.where == "main" else 1.0) * (NOFOLLOW if "nofollow" in link.rel else 1.0)
                self.consider(link.url, kind, score, rules, link.attributes.get("hreflang") or "")

    def consider_addresses(self, urls: Iterable[str], rules: Robots) -> None:
        """Addresses without words, as a sitemap has them."""
        for url in urls:
            if (judged := classify(url, "")) is not None:
                self.consider(url, *judged, rules)

    def consider(self, raw: str, kind: str, score: float, rules: Robots, hreflang: str = "") -> None:
        language = language_of(raw, hreflang[:20])
        edition = edition_of(raw) if self._edition and language == self.language else ""
        if edition and not f"{edition}/".startswith(f"{self._edition}/"):  # /en/ir/ and /en/hr/ are parts of /en/
            language = f"{language} {edition}"
        if score <= self._least.get((kind, language), 0.0) or (url := self.address(raw)) is None:
            return
        key = page_key(url)
        known = self.found.get(key)
        if key in self.read or (known is not None and known.score >= score) or not rules.allows(url):
            return
        self.found[key] = Found(url, kind, score, language)
        if len(self.found) > self._full:
            self._drop_the_worst()

    def address(self, raw: str) -> str | None:
        """The canonical address of what may be read, at the home page's origin where only www or the scheme tells them
        apart; menus and footers name the same ones."""
        raw = raw.partition("#")[0]
        if raw in self._addresses:
            return self._addresses[raw]
        url = normalise(raw, self.base)
        if url is None or not self.hosts.has(url) or is_trap(url):
            url = None
        elif (found := url.split("/", 3))[2].removeprefix("www.") == self.hosts.home:
            url = f"{self._origin}/{found[3]}"
        if len(self._addresses) < MANY:
            self._addresses[raw] = url
        return url

    def _drop_the_worst(self) -> None:
        counts = Counter[tuple[str, str | None]]()
        kept: dict[str, Found] = {}
        for one in self._ranked():
            same = one.kind, one.language
            counts[same] += 1
            if counts[same] <= KEPT_A_KIND:
                kept[page_key(one.url)] = one
            if counts[same] == KEPT_A_KIND:
                self._least[same] = one.score
        self.found, self._full = kept, max(MANY, 2 * len(kept))

    def _ranked(self) -> list[Found]:
        return sorted(self.found.values(), key=lambda one: (-one.score, len(one.url), one.url))

    def _in_one_language(self) -> list[Found]:
        """Best first; of another language than the home page's only what it lacks."""
        ranked = self._ranked()
        own = self.language or preferred(one.language for one in ranked if one.language)
        kept = [one for one in ranked if one.language in (None, own)]
        kinds = {one.kind for one in kept}
        others = [one for one in ranked if one.language not in (None, own) and one.kind not in kinds]
        editions: dict[str, str | None] = {}  # by kind, the best page's: the imprint is in one, the team in another
        for one in others:
            if own and one.language and one.language.startswith(own):
                editions.setdefault(one.kind, one.language)
        stand_in = preferred(one.language for one in others if one.language and one.kind not in editions)
        return kept + [one for one in others if one.language == editions.get(one.kind, stand_in)]

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

    def missing(self) -> frozenset[str]:
        return WANTED - {one.kind for one in self.found.values()}

    def wants_more(self, rules: Robots, settings: Settings) -> bool:
        """Whether sitemaps are worth their requests; where the crawl delay is long, pages are."""
        slow = (rules.crawl_delay or 0) > settings.crawl_delay_max_seconds
        return not slow and self.most > 0 and bool(self.missing())


def pages_at_most(settings: Settings, crawl_delay: float | None) -> int:
    """Besides the home page."""
    most = settings.max_pages - 1
    return min(most, int(CRAWL_DELAY_BUDGET_SECONDS // crawl_delay)) if crawl_delay else most


def choose(home: Reading, company: str, rules: Robots, settings: Settings) -> Plan:
    """A plan from the home page's links."""
    base = home.page.final_url or home.page.url
    plan = Plan(base, pages_at_most(settings, rules.crawl_delay), Hosts(company, base))
    if home.parsed is not None:
        plan.language = language_of(base) or language_of("", home.parsed.lang)
        plan.consider_links(home.parsed.links, rules)
    return plan


def second_wave(
    plan: ReadingPlan, pages: Iterable[Page], company: str, rules: Robots, settings: Settings
) -> list[PlannedPage]:
    """Of kinds that the plan's pages do not have, what they link to, told by their facts: the same after a restart."""
    planned = {page.url for page in plan.pages if page.kind != "feed"}
    pages = [page for page in pages if page.url in planned or page.kind == "home"]
    room = max(pages_at_most(settings, plan.crawl_delay) - (len(pages) - 1), 0)
    had = {page.kind for page in pages if page.outcome is Outcome.READ}
    addresses = (address for page in pages for address in (page.url, page.final_url, page.canonical) if address)
    wave = Plan(plan.base, room, Hosts(company, plan.base), plan.language, {page_key(address) for address in addresses})
    for page in pages:
        for fact in page.facts:
            if fact.field == "key_page" and fact.value["kind"] not in had and fact.confidence >= SECOND_LEAST:
                wave.consider(fact.value["url"], fact.value["kind"], fact.confidence, rules)
    return wave.chosen()
