"""schema.org data, in JSON-LD or in the markup: the site's own organization, its people, products, openings, news."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from itertools import chain

from shared.extract.contacts import valid
from shared.extract.hrefs import absolute, host_of
from shared.extract.items import items
from shared.extract.json_ld_graph import ORGANIZATIONS, Graph, Node, many, objects, text, types
from shared.extract.legal_forms import legal_form
from shared.extract.names import compact, resembles
from shared.extract.page import ParsedPage
from shared.extract.phones import e164
from shared.extract.regions import regions
from shared.extract.socials import profile
from shared.models import JSON, Fact, How
from shared.web.urls import registrable

SURE = 0.92
A_KIND = 100  # facts of one field
INDUSTRIES = 10
CATALOGUES = 20  # of a page
_PRODUCTS = frozenset(
    {
        "Product",
        "SoftwareApplication",
        "WebApplication",
        "MobileApplication",
        "Service",
        "FinancialProduct",
        "ProductGroup",
    }
)
_NEWS = frozenset({"NewsArticle", "BlogPosting", "Article", "PressRelease", "ReportageNewsArticle", "TechArticle"})
_IDENTIFIERS = {
    "vatID": "vat",
    "leiCode": "lei",
    "duns": "duns",
    "taxID": "tax_id",
    "iso6523Code": "iso6523",
    "cik": "cik",
}
_NUMBERS = ("lei", "duns", "vat", "vatid", "cik", "isin")  # by what an identifier is called
_STAFFED = ("team", "about")  # pages on which a person is the company's where nothing else is said
_TICKER = re.compile(r"(?:([A-Za-z .]{2,30})\s?[:：]\s?)?([A-Z0-9]{1,6}(?:[.-][A-Z]{1,2})?)")
_PERIODS = {"MON": "month", "ANN": "year", "DAY": "day", "WEE": "week", "P1M": "month", "P1Y": "year"}
_ITEM = re.compile(r"https?://(?:(?:www|m)\.)?wikidata\.org/(?:wiki|entity)/(Q[1-9]\d{0,10})/?", re.I)
_COUNT = r"(\d{1,7}|\d{1,3}(?:[,.' ]\d{3}){1,2})"
_EMPLOYEES = re.compile(rf"{_COUNT}\+?(?:\s?[-–]\s?{_COUNT})?")
_DECIMAL = re.compile(r",(?=\d\d?$)")
_GROUPED = re.compile(r"\D")


def json_ld(page: ParsedPage) -> Iterator[Fact]:
    blocks = [script.text for script in page.walk.scripts if script.type == "application/ld+json"]
    if blocks:
        yield from _read(page, "json-ld", Graph(value for block in blocks for value in objects(block)))
    for syntax, found in items(page):
        yield from _read(page, syntax, Graph(found))


def _read(page: ParsedPage, how: How, graph: Graph) -> Iterator[Fact]:
    reader = _Reader(page, how, graph)
    own = reader.own()
    for organization in own:
        yield from reader.organization(organization)
    names = {text(organization.get("name")).casefold() for organization in own}
    counts: dict[str, int] = {}
    listed = (reader.offered(one.get(key), names) for one in own for key in ("hasOfferCatalog", "makesOffer"))
    for fact in chain(chain.from_iterable(reader.other(node, names) for node in graph.tops), *listed):
        counts[fact.field] = counts.get(fact.field, 0) + 1
        if counts[fact.field] <= A_KIND:
            yield fact


@dataclass
class _Reader:
    page: ParsedPage
    how: How
    graph: Graph
    catalogues: set[int] = field(default_factory=set)  # that were read

    def fact(self, name: str, value: JSON, quote: str, confidence: float = SURE) -> Fact:
        return self.page.fact(name, value, how=self.how, quote=quote, confidence=confidence)

    # ---------------------------------------------------------- whose organization

    def own(self) -> list[Node]:
        """The organizations that this site speaks for: those whose address is this site's, else the publisher of the
        site, else the only one that names no other host. An article's publisher is one if it has the site's name."""
        found = [n for n in self.graph.tops if types(n) & ORGANIZATIONS or self._is_business(n)]
        publishers = self._publishers({"WebSite", "WebPage", "AboutPage", "ContactPage", "CollectionPage", "Blog"})
        of_articles = [n for n in self._publishers(_NEWS) if resembles(text(n.get("name"))[:200], self.page.site)]
        found = list({id(n): n for n in (*found, *publishers, *of_articles)}.values())
        here = [n for n in found if self.whose(n) == "own"]
        if here:
            return here
        unsaid = [n for n in found if self.whose(n) == "unsaid"]
        named = [n for n in unsaid if resembles(text(n.get("name")), self.page.site)]
        if named:
            return named
        published = [n for n in publishers if self.whose(n) == "unsaid"]
        names = {text(n.get("name")).casefold() for n in unsaid}
        return published or (unsaid if len(names) == 1 and self.page.kind != "other" else [])

    def _publishers(self, of: Set[str]) -> list[Node]:
        said = (self.graph.follow(node.get("publisher")) for node in self.graph.tops if types(node) & of)
        return list({id(n): n for n in said if n and types(n) & ORGANIZATIONS}.values())

    @staticmethod
    def _is_business(node: Node) -> bool:
        return any(name.endswith(("Business", "Store", "Organization")) for name in types(node))

    def whose(self, node: Node) -> str:
        """own, other, or unsaid, by the hosts of url and @id."""
        hosts = [host_of(url) for url in (text(node.get("url")), text(node.get("@id"))) if url.startswith("http")]
        if not hosts:
            return "unsaid"
        label = self.page.site.partition(".")[0]
        sites = [registrable(host) for host in hosts]
        return "own" if any(s == self.page.site or s.partition(".")[0] == label for s in sites) else "other"

    # ---------------------------------------------------------- the organization itself

    def organization(self, node: Node) -> Iterator[Fact]:
        for key, name in (
            ("name", "identity.name"),
            ("legalName", "identity.legal_name"),
            ("slogan", "identity.tagline"),
        ):
            if value := text(node.get(key))[:200]:
                yield self.fact(name, value, value)
        for one in many(node.get("industry"))[:INDUSTRIES]:
            if (value := text(one)[:200]) and not value.startswith("http"):
                yield self.fact("identity.industry", value, value, 0.85)
        if not node.get("legalName") and legal_form(value := text(node.get("name"))[:200]):
            yield self.fact("identity.legal_name", value, value, 0.8)
        if len(value := text(node.get("description"))) >= 20:
            yield self.fact("identity.description", value[:2000], value, 0.7)
        if url := self._url(self.graph.follow(node.get("logo")) or node.get("logo")):
            yield self.fact("identity.logo_url", absolute(self.page.base, url), url, 0.9)
        if match := re.search(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)", text(node.get("foundingDate"))[:40]):
            yield self.fact("identity.founded_year", int(match[1]), text(node.get("foundingDate")))
        yield from self._reachable(node)
        for place in (*many(node.get("address")), *(self._address_of(p) for p in many(node.get("location"))[:20])):
            yield from self._address(place)
        for link in (*many(node.get("sameAs")), node.get("url")):
            for url in text(link).replace(",", " ").split():
                if (found := profile(url)) is not None:
                    yield self.fact("social", {"network": found[0], "url": found[1]}, url)
                elif item := _ITEM.fullmatch(url):
                    yield self.fact("financial.identifier", {"type": "wikidata", "value": item[1].upper()}, url)
        yield from self._registers(node)
        for key, title in (
            ("founder", "Founder"),
            ("founders", "Founder"),
            ("employee", None),
            ("employees", None),
            ("member", None),
        ):
            for person in many(node.get(key))[:A_KIND]:
                yield from self._person(person, title)

    def _url(self, value: JSON) -> str:
        if isinstance(value, dict):
            value = value.get("url") or value.get("contentUrl") or value.get("@id")
        return text(value)

    def _reachable(self, node: Node) -> Iterator[Fact]:
        """Emails and numbers of the organization and its contact points."""
        points = [
            self.graph.follow(point) for point in many(node.get("contactPoint") or node.get("contactPoints"))[:30]
        ]
        for place in [node, *(point for point in points if point)]:
            for email in many(place.get("email")):
                written = text(email).removeprefix("mailto:").strip()
                local, _, domain = written.partition("@")
                if (value := valid(local, domain)) is not None and " " not in value:
                    yield self.fact("contact.email", value, written)
            for key, name in (("telephone", "contact.phone"), ("faxNumber", "contact.fax")):
                for number in many(place.get(key)):
                    written = text(number)
                    if value := e164(written, [] if written.startswith("+") else self._countries(node)):
                        yield self.fact(name, value, written)

    def _countries(self, node: Node) -> list[str]:
        codes = [
            _country(self.graph, a.get("addressCountry")) for a in many(node.get("address")) if isinstance(a, dict)
        ]
        return [code for code in codes if code] + regions(self.page)

    def _address_of(self, place: JSON) -> JSON:
        node = self.graph.follow(place)
        return node.get("address") if node else None

    def _address(self, place: JSON) -> Iterator[Fact]:
        node = self.graph.follow(place)
        if not node:
            return
        value = {
            "street": text(node.get("streetAddress")),
            "locality": text(node.get("addressLocality")),
            "region": text(node.get("addressRegion")),
            "postal_code": text(node.get("postalCode")),
            "country": _country(self.graph, node.get("addressCountry")),
        }
        value = {key: plain for key, part in value.items() if part and (plain := part[:200].strip(" ,;"))}
        quote = value.get("street") or value.get("postal_code") or value.get("locality")
        if quote and ("street" in value or "postal_code" in value or len(value) >= 2):
            yield self.fact("contact.address", value, quote, 0.9 if "street" in value else 0.6)

    def _registers(self, node: Node) -> Iterator[Fact]:
        for key, kind in _IDENTIFIERS.items():
            if (value := text(node.get(key))) and len(value) <= 40:
                yield self.fact("financial.identifier", {"type": kind, "value": value}, value)
        for one in many(node.get("identifier"))[:A_KIND]:
            number = one if isinstance(one, dict) else {}
            named = compact(text(number.get("propertyID") or number.get("name"))[:40])
            if named in _NUMBERS and (value := text(number.get("value"))) and len(value) <= 40:
                yield self.fact("financial.identifier", {"type": named.removesuffix("id"), "value": value}, value)
        if match := _TICKER.fullmatch(text(node.get("tickerSymbol"))):
            ticker = {"exchange": (match[1] or "").strip() or None, "symbol": match[2]}
            yield self.fact("financial.ticker", ticker, match[0])
        count = self.graph.follow(node.get("numberOfEmployees")) or {"value": node.get("numberOfEmployees")}
        said = text(count.get("value")) or "-".join(
            filter(None, (text(count.get(key)) for key in ("minValue", "maxValue")))
        )
        if (found := _EMPLOYEES.fullmatch(said)) is not None:
            least, most = (float(_GROUPED.sub("", part)) if part else None for part in found.groups())
            staff: dict[str, JSON] = {"amount": least} | ({"amount_max": most} if most else {})
            yield self.fact("financial.employees", staff, found[1])

    def _person(self, value: JSON, title: str | None) -> Iterator[Fact]:
        node = self.graph.follow(value)
        if node and types(node) and "Person" not in types(node):
            return
        name = self._called(node) if node else text(value)
        if not 3 <= len(name) <= 80 or (" " not in name and name.isascii()):
            return
        person = {"name": name}
        if role := (text(node.get("jobTitle")) if node else "") or title:
            person["title"] = role[:200]
        for link in (node.get("url"), *many(node.get("sameAs"))) if node else ():
            if (url := text(link)).startswith("http"):
                person.setdefault("profile_url", url)
        quote = text(node.get("name") or node.get("familyName")) if node else name
        yield self.fact("person", person, quote or name, 0.88)

    @staticmethod
    def _called(node: Node) -> str:
        parts = (text(node.get(key)) for key in ("givenName", "familyName"))
        return text(node.get("name")) or " ".join(part for part in parts if part)

    # ---------------------------------------------------------- what else stands beside it

    def other(self, node: Node, names: set[str]) -> Iterator[Fact]:
        kinds = types(node)
        if kinds & _PRODUCTS:
            yield from self._product(node, names)
        if "JobPosting" in kinds and self._ours(node.get("hiringOrganization"), names):
            yield from self._opening(node)
        if kinds & _NEWS and self._ours(node.get("publisher"), names):
            yield from self._news(node, self.page.url)
        if "Blog" in kinds and self._ours(node.get("publisher"), names):
            posts = (self.graph.follow(post) for post in many(node.get("blogPost") or node.get("blogPosts"))[:A_KIND])
            for post in posts:
                if post and types(post) & _NEWS:
                    yield from self._news(post, "")
        if "Person" in kinds and node.get("jobTitle") and (self.page.kind in _STAFFED or self._employed(node, names)):
            yield from self._person(node, None)
        if "OfferCatalog" in kinds and self._ours(node.get("provider"), names):
            yield from self.offered(node, names)
        if "ItemList" in kinds:
            for element in many(node.get("itemListElement"))[:A_KIND]:
                entry = self.graph.follow(element)
                inner = self.graph.follow(entry.get("item")) if entry else None
                if inner and types(inner) & (_PRODUCTS | _NEWS | {"JobPosting"}):
                    yield from self.other(inner, names)

    def _ours(self, value: JSON, names: set[str]) -> bool:
        """Nobody named, or this site, or the organization that it speaks for."""
        node = self.graph.follow(value)
        if not node:
            return not text(value) or text(value).casefold() in names or resembles(text(value), self.page.site)
        whose = self.whose(node)
        name = text(node.get("name"))
        site = compact(self.page.metas.get("og:site_name", ""))
        known = not name or name.casefold() in names or resembles(name, self.page.site)
        known = known or (len(site) >= 3 and site in compact(name))
        return whose == "own" or (whose == "unsaid" and known)

    def _employed(self, node: Node, names: set[str]) -> bool:
        return bool(node.get("worksFor")) and self._ours(node.get("worksFor"), names)

    def _product(self, node: Node, names: set[str]) -> Iterator[Fact]:
        name = text(node.get("name"))[:200]
        maker = node.get("brand") or node.get("manufacturer") or node.get("provider")
        if not name or not self._ours(maker, names):
            return
        product = {"name": name}
        if description := text(node.get("description"))[:500]:
            product["description"] = description
        if url := absolute(self.page.base, text(node.get("url"))):
            product["url"] = url
        offers = [offer for value in many(node.get("offers"))[:30] if (offer := self.graph.follow(value))]
        unnamed = [offer for offer in offers if text(offer.get("name")) in ("", name)]
        priced = [fact.value for offer in unnamed[:1] for fact in self._plan(name, offer)]
        if priced and self.page.kind == "pricing":
            yield from self._plan(name, unnamed[0])
        else:
            product |= {key: priced[0][key] for key in ("price", "currency") if priced}
            yield self.fact("offering.product", product, name, 0.85)
        for offer in offers:
            if (plan := text(offer.get("name"))) not in ("", name):
                yield from self._plan(plan, offer)

    def offered(self, value: JSON, names: set[str]) -> Iterator[Fact]:
        """What offers, alone or in a catalogue of them, are for."""
        for element in many(value)[:A_KIND]:
            entry = self.graph.follow(element)
            if not entry:
                continue
            if "OfferCatalog" in types(entry):
                if id(entry) not in self.catalogues and len(self.catalogues) < CATALOGUES:
                    self.catalogues.add(id(entry))
                    yield from self.offered(entry.get("itemListElement"), names)
                continue
            inner = self.graph.follow(entry.get("itemOffered"))
            if inner and types(inner) & _PRODUCTS:
                yield from self._product(inner if inner.get("offers") else {**inner, "offers": [_priced(entry)]}, names)
            elif not inner and "Offer" in types(entry) and text(entry.get("name")):
                named: Node = {key: entry[key] for key in ("name", "description") if key in entry}
                yield from self._product({**named, "offers": [_priced(entry)]}, names)

    def _plan(self, name: str, offer: Node) -> Iterator[Fact]:
        price = self.graph.follow(offer.get("priceSpecification")) or {}
        amount = text(offer.get("price")) or text(price.get("price")) or text(offer.get("lowPrice"))
        amount = _DECIMAL.sub(".", amount)
        currency = text(offer.get("priceCurrency")) or text(price.get("priceCurrency"))
        unit = text(price.get("unitCode")) or text(price.get("billingDuration")) or text(price.get("unitText"))
        plan: dict[str, JSON] = {"name": name[:200]}
        if re.fullmatch(r"\d{1,9}(?:\.\d{1,4})?", amount) and re.fullmatch(r"[A-Z]{3}", currency):
            plan |= {"price": float(amount), "currency": currency}
            if period := _PERIODS.get(unit) or (unit.lower() if unit.lower() in ("month", "year") else None):
                plan["period"] = period
            yield self.fact("offering.plan", plan, name, 0.88)

    def _opening(self, node: Node) -> Iterator[Fact]:
        if not (title := text(node.get("title") or node.get("name"))[:200]):
            return
        opening = {"title": title}
        places = [self.graph.follow(place) or {} for place in many(node.get("jobLocation"))[:5]]
        addresses = [self.graph.follow(place.get("address")) or {} for place in places]
        where = [text(a.get("addressLocality")) or text(a.get("addressRegion")) for a in addresses]
        where += [text(place) for place in many(node.get("jobLocation"))[:5] if isinstance(place, str)]
        if spelled := ", ".join(dict.fromkeys(place for place in where if place)):
            opening["location"] = spelled
        elif "TELECOMMUTE" in text(node.get("jobLocationType")).upper():
            opening["location"] = "Remote"
        if url := absolute(self.page.base, text(node.get("url"))):
            opening["url"] = url
        yield self.fact("hiring.opening", opening, title, 0.9)

    def _news(self, node: Node, unsaid: str) -> Iterator[Fact]:
        """`unsaid`: the address of an item that names none."""
        if not (title := text(node.get("headline") or node.get("name"))[:300]):
            return
        item = {"title": title}
        address = self._url(node.get("url")) or self._url(
            self.graph.follow(node.get("mainEntityOfPage")) or node.get("mainEntityOfPage")
        )
        if url := absolute(self.page.base, address) or unsaid:
            item["url"] = url
        if match := re.match(r"\d{4}-\d\d(?:-\d\d)?", text(node.get("datePublished"))):
            item["date"] = match[0]
        if not url or self.page.is_own(url):
            yield self.fact("news.item", item, title, 0.85)


def _country(graph: Graph, value: JSON) -> str:
    """ISO 3166-1 alpha-2 of a code or of an English or local name; "" where unsure."""
    from shared.extract.countries import country

    node = graph.follow(value)
    return country(text(node.get("name")) if node else text(value)) or ""


def _priced(offer: Node) -> JSON:
    return {key: offer[key] for key in ("price", "lowPrice", "priceCurrency", "priceSpecification") if key in offer}
