"""Facts to one profile. The same facts in any order give the same profile, byte for byte."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel

from shared.extract.legal_forms import without_form
from shared.extract.names import resembles
from shared.links import language_of
from shared.models import JSON, Notice, Outcome, Page
from shared.profile import (
    Address,
    Board,
    Change,
    Coverage,
    Evidence,
    Figure,
    Funding,
    Identifier,
    NewsItem,
    Opening,
    PageReport,
    Person,
    Plan,
    Product,
    Profile,
    Registration,
    Technology,
    Ticker,
)
from shared.web.urls import ip_of, registrable

from . import normal
from .candidates import Candidate, Seen, candidates
from .changes import changes, escape
from .trust import trusted

Model = TypeVar("Model", bound=BaseModel)
DOUBTFUL = 0.45  # a value less sure than this stays out
# Entries of a list; what is beyond them is the least sure.
MOST = {"contact.email": 15, "contact.phone": 30, "contact.fax": 10, "contact.address": 20, "person": 200, "news": 50}
MOST_ELSE = 100
_SHOUTED = ("name", "title")  # what pages write in capitals for its looks
LABELLED = 0.8  # of a number that is called a phone
STRANGER = 0.7  # least for an email of another domain beside the company's own
HOME_BONUS = 0.1  # of a home page's word on what the company is
NEARLY = 0.04  # of key pages that are as good as equally sure the one with the shortest address is above the others
ROLES = ("info", "contact", "hello", "kontakt", "office", "mail", "contacto", "contatti", "sales", "support", "service")
OUTSIDE = ("registry", "board", "feed")
GONE = (404, 410)


def _order(page: Page) -> tuple[bool, bool, bool, str]:
    """The home page first, before what it leads on to; what others say last."""
    return page.kind != "home", page.kind in OUTSIDE, urlsplit(page.url).path not in ("", "/"), page.url


def resolve(
    company: str,
    pages: Iterable[Page],
    *,
    version: str,
    now: datetime,
    partial: bool,
    warnings: list[Notice],
    previous: dict[str, JSON] | None,
) -> Profile:
    """`company` is its key, `previous` the last profile as JSON."""
    ordered = sorted(pages, key=_order)
    profile = _Resolver(company, ordered).profile(version, now, partial, warnings)
    if previous is not None:
        profile.previous_version = previous.get("version")
        profile.changes = _since(previous, profile)
    return profile


def _since(previous: dict[str, JSON], profile: Profile) -> list[Change]:
    return changes(previous, profile.model_dump(mode="json"))


def domain_of(company: str) -> str:
    host = company if company.startswith("[") else company.partition(":")[0]
    host = host.partition("]")[0].strip("[]") if company.startswith("[") else host
    return host if ip_of(host) else registrable(host)


@dataclass
class _Resolver:
    company: str
    pages: list[Page]
    sources: dict[str, list[Evidence]] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.domain = domain_of(self.company)
        self.domains = {self.domain}
        self.facts: dict[str, list[Seen]] = {}
        for page in self.pages:
            for fact in page.facts:
                self.facts.setdefault(fact.field, []).append(Seen(fact, page.kind))

    def profile(self, version: str, now: datetime, partial: bool, warnings: list[Notice]) -> Profile:
        profile = Profile(
            domain=self.company,
            version=version,
            fetched_at=now,
            partial=partial,
            warnings=warnings,
            coverage=self.coverage(),
        )
        self.identity(profile)
        self.reach(profile)
        self.money(profile)
        profile.people = self.parts(Person, "person", "/people", normal.person, _fullest)
        profile.technologies = self.parts(Technology, "technology", "/technologies", lambda v: normal.words(v["name"]))
        profile.offering.products = self.parts(
            Product, "offering.product", "/offering/products", lambda v: normal.words(v["name"]), _fullest
        )
        profile.offering.plans = self.parts(
            Plan,
            "offering.plan",
            "/offering/plans",
            lambda v: (normal.words(v["name"]), v.get("price")),
            _fullest,
        )
        profile.hiring.openings = self.parts(
            Opening, "hiring.opening", "/hiring/openings", _posting(self.facts.get("hiring.opening", ())), _fullest
        )
        profile.hiring.boards = self.parts(
            Board, "hiring.board", "/hiring/boards", lambda v: (v["vendor"], (v.get("token") or v["url"]).casefold())
        )
        profile.news = self.news()
        profile.sources = dict(sorted(self.sources.items()))
        profile.confidence = dict(sorted(self.confidence.items()))
        return profile

    # ------------------------------------------------------------------ keeping

    def keep(self, pointer: str, candidate: Candidate) -> Any:
        self.sources[pointer] = candidate.evidence
        field_name = candidate.seen[0].fact.field
        self.confidence[pointer] = trusted(field_name, candidate.confidence, registry=candidate.registry)
        return candidate.value

    def best(self, name: str, pointer: str, key: Callable[[JSON], Hashable], bonus: float = 0.0) -> Any:
        """The surest value of a field that holds one, None where there is none; the home page's word has a bonus."""
        found = candidates(self.facts.get(name, ()), key)
        found = [one for one in found if one.confidence >= DOUBTFUL or one.registry]
        if not found:
            return None

        def worth(one: Candidate) -> tuple[int, float]:
            return -one.rank, one.confidence + bonus * any(seen.kind == "home" for seen in one.seen)

        return self.keep(pointer, max(reversed(found), key=worth))

    def values(
        self, name: str, pointer: str, key: Callable[[JSON], Hashable], rank: Callable[[Candidate], Any] | None = None
    ) -> list[Any]:
        """The values of a field that holds many, best first."""
        found = [one for one in candidates(self.facts.get(name, ()), key) if one.confidence >= DOUBTFUL]
        return self.listed(found if rank is None else sorted(found, key=rank), name, pointer)

    def listed(self, found: list[Candidate], name: str, pointer: str) -> list[Any]:
        return [self.keep(f"{pointer}/{i}", one) for i, one in enumerate(found[: MOST.get(name, MOST_ELSE)])]

    def parts(
        self,
        model: type[Model],
        name: str,
        pointer: str,
        key: Callable[[JSON], Hashable],
        merge: Callable[[list[Seen]], JSON] | None = None,
        of: Callable[[JSON], Hashable] | None = None,
    ) -> list[Model]:
        """`of` tells what a value is one of: what stands in for others' word stays out beside another of them."""
        found = [one for one in candidates(self.facts.get(name, ()), key, merge) if one.confidence >= DOUBTFUL]
        if of is not None:
            said = {of(one.value) for one in found if not one.stands_in}
            found = [one for one in found if not one.stands_in or of(one.value) not in said]
        return [model.model_validate(value) for value in self.listed(found, name, pointer)]

    # ------------------------------------------------------------------ sections

    def identity(self, profile: Profile) -> None:
        identity = profile.identity
        identity.name = self.best("identity.name", "/identity/name", normal.name, HOME_BONUS)
        identity.legal_name = self.best("identity.legal_name", "/identity/legal_name", normal.words, HOME_BONUS)
        if identity.name is None and identity.legal_name is not None:
            identity.name = without_form(identity.legal_name)
            self.sources["/identity/name"] = self.sources["/identity/legal_name"]
            self.confidence["/identity/name"] = self.confidence["/identity/legal_name"]
        identity.description = self.best("identity.description", "/identity/description", normal.words, 3 * HOME_BONUS)
        identity.tagline = self.best("identity.tagline", "/identity/tagline", normal.words, HOME_BONUS)
        identity.logo_url = self.best("identity.logo_url", "/identity/logo_url", normal.url, HOME_BONUS)
        identity.founded_year = self.best("identity.founded_year", "/identity/founded_year", str)
        identity.languages = self.values("identity.language", "/identity/languages", str)
        identity.industries = self.values("identity.industry", "/identity/industries", normal.words)
        identity.domain = self.domain
        home = self.pages[0] if self.pages else None
        if home is not None:
            self.sources["/identity/domain"] = [
                Evidence(
                    value=self.domain, url=home.url, how="link", quote=home.final_url or home.url,
                    fetched_at=home.fetched_at, confidence=1.0,
                )
            ]  # fmt: skip
            self.confidence["/identity/domain"] = 1.0
            own = [seen for seen in self.facts.get("identity.canonical_url", ()) if seen.kind == "home"]
            for candidate in candidates(own, normal.url)[:1]:
                identity.canonical_url = self.keep("/identity/canonical_url", candidate)

    def reach(self, profile: Profile) -> None:
        contact = profile.contact
        contact.emails = self.emails(profile.identity.name or "")
        contact.faxes = self.values("contact.fax", "/contact/faxes", str)
        self.facts["contact.phone"] = self._no_fax(contact.faxes)
        contact.phones = self.values("contact.phone", "/contact/phones", str)
        contact.addresses = self.parts(Address, "contact.address", "/contact/addresses", normal.address, _fullest)
        for candidate in candidates(self.facts.get("social", ()), normal.profile):
            network = candidate.value["network"]
            if candidate.confidence >= DOUBTFUL and network not in profile.socials:
                profile.socials[network] = self.keep(f"/socials/{escape(network)}", candidate)["url"]
        profile.socials = dict(sorted(profile.socials.items()))
        self.key_pages(profile)

    def emails(self, name: str) -> list[str]:
        """The own domains' first, the site's and those that spell the company's name; where there are such, a
        stranger's needs to be surer."""
        found = candidates(self.facts.get("contact.email", ()), str.casefold)
        domains = {registrable(one.value.partition("@")[2]) for one in found}
        self.domains = {self.domain} | {domain for domain in domains if name and resembles(name, domain)}
        sure = any(self._is_own(one) for one in found)
        least = STRANGER if sure else DOUBTFUL
        kept = [one for one in found if self._is_own(one) or one.seen[0].fact.confidence >= least]
        return self.listed(sorted(kept, key=self._email_rank), "contact.email", "/contact/emails")

    def _is_own(self, one: Candidate) -> bool:
        return registrable(one.value.partition("@")[2]) in self.domains or one.seen[0].fact.confidence > 0.85

    def _email_rank(self, one: Candidate) -> tuple[bool, bool, int, float, str]:
        local, _, host = one.value.partition("@")
        role = next((i for i, name in enumerate(ROLES) if local.startswith(name)), len(ROLES))
        return not one.registry, registrable(host) not in self.domains, role, -one.confidence, one.value

    def _no_fax(self, faxes: list[str]) -> list[Seen]:
        """What is called a fax somewhere is no phone because another page leaves the word out."""
        seen = self.facts.get("contact.phone", ())
        return [one for one in seen if one.fact.value not in faxes or one.fact.confidence >= LABELLED]

    def _leading(self) -> Iterator[Seen]:
        """What is said of key pages, by where their addresses lead: not of those that lead nowhere, or to the home
        page. A query that comes with a redirect says where a wall would lead back to."""
        home = self.pages[0].final_url or self.pages[0].url if self.pages else ""
        led: dict[str, str | None] = {}
        for page in self.pages:
            if page.kind in ("home", *OUTSIDE):
                continue
            if page.status in GONE:
                led[normal.url(page.url)] = None
            elif page.outcome is Outcome.READ and page.final_url and ("?" in page.url or "?" not in page.final_url):
                led[normal.url(page.url)] = page.final_url if normal.url(page.final_url) != normal.url(home) else None
        for seen in self.facts.get("key_page", ()):
            said, mark, fragment = seen.fact.value["url"].partition("#")
            url = led.get(normal.url(said), said)
            if url == said:
                yield seen
            elif url is not None:
                yield replace(seen, fact=replace(seen.fact, value={**seen.fact.value, "url": url + mark + fragment}))

    def key_pages(self, profile: Profile) -> None:
        found = candidates(self._leading(), lambda value: (value["kind"], normal.url(value["url"])))

        def worth(one: Candidate) -> float:
            return max(seen.fact.confidence + HOME_BONUS * (seen.kind == "home") for seen in one.seen)

        own = language_of(self.pages[0].final_url or self.pages[0].url) if self.pages else None

        def order(one: Candidate) -> tuple[bool, int, str]:
            url = one.value["url"]
            return own is not None and language_of(url) not in (None, own), len(url), url

        kinds: dict[str, list[Candidate]] = {}
        for one in found:
            if one.confidence >= DOUBTFUL:
                kinds.setdefault(one.value["kind"], []).append(one)
        for kind, same in kinds.items():
            least = max(map(worth, same)) - NEARLY
            chosen = min((one for one in same if worth(one) >= least), key=order)
            profile.key_pages[kind] = self.keep(f"/key_pages/{escape(kind)}", chosen)["url"]
        profile.key_pages = dict(sorted(profile.key_pages.items()))
        if "contact" in profile.key_pages:
            profile.contact.contact_page = profile.key_pages["contact"]
            self.sources["/contact/contact_page"] = self.sources["/key_pages/contact"]
            self.confidence["/contact/contact_page"] = self.confidence["/key_pages/contact"]

    def money(self, profile: Profile) -> None:
        financial = profile.financial
        financial.tickers = self.parts(
            Ticker, "financial.ticker", "/financial/tickers", normal.ticker, _fullest, lambda v: v.get("exchange")
        )
        financial.identifiers = self.parts(
            Identifier,
            "financial.identifier",
            "/financial/identifiers",
            normal.identifier,
            _fullest,
            lambda v: v["type"],
        )
        financial.registration = self.registration()
        financial.revenue = self.figures("financial.revenue", "/financial/revenue")
        financial.net_income = self.figures("financial.net_income", "/financial/net_income")
        financial.employees = self.figures("financial.employees", "/financial/employees")
        financial.funding = self.parts(
            Funding,
            "financial.funding",
            "/financial/funding",
            lambda v: (v.get("round"), v.get("amount"), v.get("currency"), v.get("date")),
        )

    def registration(self) -> Registration | None:
        law: dict[str, JSON] = {}
        for name in Registration.model_fields:
            said = [seen for seen in self.facts.get("financial.registration", ()) if seen.fact.value.get(name)]
            for candidate in candidates(said, itemgetter(name))[:1]:
                law[name] = self.keep(f"/financial/registration/{name}", candidate)[name]
        return Registration(**law) if law else None

    def figures(self, name: str, pointer: str) -> list[Figure]:
        """Latest period first; a register's figure before a page's of the same period; Wikidata's only alone."""
        found = candidates(self.facts.get(name, ()), normal.figure)
        found = [one for one in found if one.confidence >= DOUBTFUL]
        found = [one for one in found if not one.stands_in] or found
        found.sort(key=lambda one: one.value.get("period_end") or one.value.get("fiscal_period") or "", reverse=True)
        return [Figure.model_validate(value) for value in self.listed(found, name, pointer)]

    def news(self) -> list[NewsItem]:
        """Latest first, those without a date last."""
        found = candidates(self.facts.get("news.item", ()), normal.news, _fullest)
        found = [one for one in found if one.confidence >= DOUBTFUL]
        found.sort(key=lambda one: one.value.get("date") or "", reverse=True)
        return [NewsItem.model_validate(value) for value in self.listed(found, "news", "/news")]

    def coverage(self) -> Coverage:
        counts = dict.fromkeys((outcome.value for outcome in Outcome), 0)
        for page in self.pages:
            counts[page.outcome.value] += 1
        reports = [
            PageReport(
                url=page.url, kind=page.kind, outcome=page.outcome, code=page.code, status=page.status,
                fetched_at=page.fetched_at or None, truncated=page.truncated, copy_of=page.copy_of,
            )
            for page in self.pages
        ]  # fmt: skip
        return Coverage(**counts, pages=reports)


def _posting(openings: Iterable[Seen]) -> Callable[[JSON], Hashable]:
    """Tells openings apart as the job boards do: a page that leads to a board's posting, or prints a title of which the
    board has one and no place, means that one, however it writes the rest."""
    known: dict[Hashable, set[Hashable]] = {}
    for seen in openings:
        if seen.fact.source.how == "board":
            for name in _names(seen.fact.value):
                known.setdefault(name, set()).add(normal.opening(seen.fact.value))

    def key(value: JSON) -> Hashable:
        names = [name for name in _names(value) if name[0] == "url" or not value.get("location")]
        meant = next((found for name in names if len(found := known.get(name, set())) == 1), {normal.opening(value)})
        return next(iter(meant))

    return key


def _names(opening: JSON) -> list[tuple[str, str]]:
    names = [("url", normal.url(opening["url"]))] if opening.get("url") else []
    return [*names, ("title", normal.words(opening["title"]))]


def _fullest(group: list[Seen]) -> JSON:
    """The best fact's value, with what it leaves open filled in from the others; in capitals only where nobody writes
    the same otherwise."""
    whole = dict(group[0].fact.value)
    for seen in group[1:]:
        for name, value in seen.fact.value.items():
            if _says_better(name, value, whole.get(name)):
                whole[name] = value
    return whole


def _says_better(name: str, value: JSON, known: JSON) -> bool:
    return known in (None, "") or bool(
        name in _SHOUTED and known.isupper() and value and value.casefold() == known.casefold()
    )
