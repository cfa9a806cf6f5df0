"""Where sites keep the pages that matter, for those that nobody links to."""

from shared.models import PlannedPage
from shared.plan import KINDS, Plan
from shared.web.robots import Robots
from shared.web.urls import page_key

GUESSES = 4  # at most so many requests for what may not be there
_ENGLISH = "about contact team - careers"
# By the home page's language: about, contact, team, legal, careers, where sites of that language have them.
_PATHS = {
    "cs": "o-nas kontakt - - kariera",
    "da": "om-os kontakt - - job",
    "de": "ueber-uns kontakt team impressum karriere",
    "es": "sobre-nosotros contacto equipo aviso-legal -",
    "fi": "yritys yhteystiedot - - -",
    "fr": "a-propos contact equipe mentions-legales recrutement",
    "it": "chi-siamo contatti team note-legali lavora-con-noi",
    "nl": "over-ons contact team - vacatures",
    "no": "om-oss kontakt ansatte - -",
    "pl": "o-nas kontakt zespol - kariera",
    "pt": "sobre contato equipe - -",
    "sv": "om-oss kontakt - - karriar",
}


def guesses(plan: Plan, rules: Robots, room: int) -> list[PlannedPage]:
    """One address for each kind that is wanted and that no link, no sitemap leads to."""
    if rules.crawl_delay:  # the time is for pages that there are
        return []
    paths = _PATHS.get(plan.language or "en", _ENGLISH).split()
    missing = plan.missing()
    named = zip(("about", "contact", "team", "legal", "careers"), paths, strict=True)
    known = plan.read | plan.found.keys()
    found = [
        PlannedPage(url=url, kind=kind, guess=True)
        for kind, path in sorted(named, key=lambda one: KINDS.index(one[0]))
        if kind in missing
        and path != "-"
        and (url := plan.address(f"/{path}")) is not None
        and page_key(url) not in known
        and rules.allows(url)
        and rules.allows(f"{url}/")  # where the page may stand, too
    ]
    return found[: max(min(GUESSES, room), 0)]
