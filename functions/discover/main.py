"""robots.txt, home page, sitemaps: decides which pages are worth reading."""

from functions.discover.doors import behind_doors
from functions.discover.home import open_home
from functions.discover.sitemaps import read_sitemaps
from functions.discover.well_known import guesses
from shared import runs
from shared.errors import GiveUp, TryAgain
from shared.extract.menus import menu
from shared.feeds.ask import feeds
from shared.models import Outcome, PlannedPage, ReadingPlan, Run
from shared.plan import CRAWL_DELAY_BUDGET_SECONDS, choose
from shared.reading import WAITED_IN_PLACE_SECONDS
from shared.robots_note import remembered
from shared.stage import stage
from shared.web.site import Site
from shared.web.urls import parse, platform_of, same_site
from shared.work import Work

SOUGHT = {"about", "contact"}  # whose links a menu has
BUSY_ATTEMPTS = 4  # so often a home page may ask to be left alone for a while


@stage("discover", then="crawl")
async def discover(run: Run, work: Work) -> None:
    site = Site(work.web, work.settings)
    left = await left_of_delay(run, work)
    if left > WAITED_IN_PLACE_SECONDS:
        raise TryAgain("the run before has just asked the site, which wishes a crawl delay", after=left)
    site.gate.pause(left)
    home = await open_home(site, run.company, work.warn)
    page = home.page
    if home.busy is not None and run.stages["discover"].attempt < BUSY_ATTEMPTS:
        raise TryAgain(page.reason or f"HTTP {page.status} from the site", after=home.busy)
    if page.outcome in (Outcome.FAILED, Outcome.BLOCKED, Outcome.FORBIDDEN):
        await work.keep(page)
        raise GiveUp(page.code or "http_error", page.reason or f"HTTP {page.status}")
    base = page.final_url or page.url
    if (platform := platform_of(parse(base))) is not None and not same_site(base, f"https://{run.company}/"):
        raise GiveUp("off_site", f"the site leads to {platform}, where others have their pages, too")
    rules = await site.robots(base)
    await work.keep(page, beside=remembered(run, base, rules))
    site.home = base
    plan = choose(home, run.company, rules, work.settings)
    if home.parsed is not None and plan.missing() >= SOUGHT:
        plan.consider_links(menu(home.parsed), rules)
    if home.parsed is not None and not rules.crawl_delay:
        await work.keep(*await behind_doors(site, home.parsed, plan, rules))
    if plan.wants_more(rules, work.settings):
        await read_sitemaps(site, rules, plan, work.warn)
    chosen = plan.chosen()
    chosen += guesses(plan, rules, room=plan.most - len(chosen))
    if not rules.crawl_delay:  # the pages come first there, and signals asks for what is left
        chosen += [PlannedPage(url=url, kind="feed") for url in feeds([page], base) if same_site(url, base)]
    reading = ReadingPlan(base=base, language=plan.language, pages=chosen, crawl_delay=rules.crawl_delay)
    work.at_end(lambda ended: setattr(ended, "plan", reading))


async def left_of_delay(run: Run, work: Work) -> float:
    """Seconds for which the site is to be left alone since the run before has asked it."""
    earlier = await runs.get(work.platform, run.before) if run.before else None
    if earlier is None or earlier.plan is None or earlier.plan.crawl_delay is None or earlier.ended_at is None:
        return 0.0
    delay = min(earlier.plan.crawl_delay, CRAWL_DELAY_BUDGET_SECONDS)
    return max(delay - (work.now() - earlier.ended_at).total_seconds(), 0.0)
