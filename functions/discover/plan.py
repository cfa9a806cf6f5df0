"""Choosing the pages: the best of each kind first, then more of the same kinds, within the budget."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shared.extract.key_pages import classify
from shared.models import PlannedPage, ReadingPlan
from shared.reading import Reading
from shared.settings import Settings
from shared.web import sitemap
from shared.web.address import FetchError
from shared.web.robots import Robots
from shared.web.site import Site, origin
from shared.web.urls import normalise, same_site

# In this order the kinds get their first page.
KINDS = ("about", "contact", "team", "legal", "careers", "pricing", "investors", "products", "news", "press", "privacy")
WANTED = frozenset({"about", "contact", "team", "legal", "careers"})
CRAWL_DELAY_BUDGET_SECONDS = 400  # what crawl delays may take of the crawl, which hands over later than that
SITEMAPS = 3
SITEMAP_LINKS = 5_000
FILES = tuple(
    ".pdf .jpg .jpeg .png .gif .svg .webp .ico .zip .gz .mp3 .mp4 .doc .docx .xls .xlsx .ppt .pptx .ics .vcf "
    ".xml .rss .atom .json .css .js .exe .dmg".split()
)
Warn = Callable[[str, str, str | None], None]


@dataclass
class Plan:
    base: str
    most: int
    found: dict[str, tuple[str, float]] = field(default_factory=dict)  # URL to kind and score

    def consider(self, links: Iterable[tuple[str, str]], rules: Robots) -> None:
        """Links as (URL, text)."""
        for raw, text in links:
            url = normalise(raw, self.base)
            if url is None or not same_site(url, self.base) or url.rstrip("/") == self.base.rstrip("/"):
                continue
            if url.partition("?")[0].lower().endswith(FILES) or not rules.allows(url):
                continue
            judged = classify(url, text)
            if judged is not None and judged[1] > self.found.get(url, ("", 0.0))[1]:
                self.found[url] = judged

    def chosen(self) -> list[PlannedPage]:
        ranked = sorted(self.found.items(), key=lambda item: (-item[1][1], len(item[0]), item[0]))
        first: dict[str, str] = {}
        for url, (kind, _) in ranked:
            first.setdefault(kind, url)
        order = [first[kind] for kind in (*KINDS, *sorted(first.keys() - set(KINDS))) if kind in first]
        order += [url for url, _ in ranked if url not in set(order)]
        return [PlannedPage(url=url, kind=self.found[url][0]) for url in order[: self.most]]

    def wants_more(self, rules: Robots, settings: Settings) -> bool:
        """Whether sitemaps are worth their requests; where the crawl delay is long, pages are."""
        kinds = {kind for kind, _ in self.found.values()}
        slow = (rules.crawl_delay or 0) > settings.crawl_delay_max_seconds
        return not slow and len(self.found) < self.most and not kinds >= WANTED


def choose(home: Reading, rules: Robots, settings: Settings) -> Plan:
    """A plan from the home page's links."""
    base = home.page.final_url or home.page.url
    most = settings.max_pages - 1
    if rules.crawl_delay:
        most = min(most, int(CRAWL_DELAY_BUDGET_SECONDS // rules.crawl_delay))
    plan = Plan(base, most)
    if home.parsed is not None:
        plan.consider(((link.url, link.text) for link in home.parsed.links), rules)
    return plan


async def sitemap_links(
    site: Site, rules: Robots, base: str, warn: Callable[[str, str, str | None], None]
) -> list[str]:
    """URLs of the site's sitemaps, those of robots.txt first; one that can't be read is a warning."""
    waiting = [*rules.sitemaps[:SITEMAPS]] or [f"{origin(base)}/sitemap.xml"]
    links: list[str] = []
    for _ in range(SITEMAPS):
        if not waiting or len(links) >= SITEMAP_LINKS:
            break
        url = waiting.pop(0)
        try:
            answer = await site.get(url)
        except FetchError as error:
            if rules.sitemaps:
                warn(error.code, f"sitemap: {error.reason}", url)
            continue
        if answer.status == 200:
            urls, nested = await asyncio.to_thread(sitemap.parse, answer.body)
            links += urls[: SITEMAP_LINKS - len(links)]
            waiting += nested[:SITEMAPS]
    return links


def reading_plan(plan: Plan, rules: Robots) -> ReadingPlan:
    return ReadingPlan(base=plan.base, pages=plan.chosen(), crawl_delay=rules.crawl_delay)
