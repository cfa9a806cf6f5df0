"""robots.txt, home page, sitemaps: decides which pages are worth reading."""

from functions.discover.home import open_home
from functions.discover.plan import choose, reading_plan
from functions.discover.sitemaps import sitemap_links
from shared.errors import GiveUp, TryAgain
from shared.models import Outcome, Run
from shared.robots_note import remembered
from shared.stage import stage
from shared.web.site import Site
from shared.work import Work

BUSY_ATTEMPTS = 4  # so often a home page may ask to be left alone for a while


@stage("discover", then="crawl")
async def discover(run: Run, work: Work) -> None:
    site = Site(work.web, work.settings)
    home = await open_home(site, run.company, work.warn)
    page = home.page
    if home.busy is not None and run.stages["discover"].attempt < BUSY_ATTEMPTS:
        raise TryAgain(page.reason or f"HTTP {page.status} from the site", after=home.busy)
    if page.outcome in (Outcome.FAILED, Outcome.BLOCKED, Outcome.FORBIDDEN):
        await work.keep(page)
        raise GiveUp(page.code or "http_error", page.reason or f"HTTP {page.status}")
    base = page.final_url or page.url
    rules = await site.robots(base)
    await work.keep(page, beside=remembered(run, base, rules))
    site.home = base
    plan = choose(home, run.company, rules, work.settings)
    if plan.wants_more(rules, work.settings):
        plan.consider_addresses(await sitemap_links(site, rules, base, plan.language, work.warn), rules)
    chosen = reading_plan(plan, rules)
    work.at_end(lambda ended: setattr(ended, "plan", chosen))
