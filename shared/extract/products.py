"""Products by the links to their pages: `/products/name`, called what the address spells, or a column of footer or
menu."""

import re
from collections.abc import Iterator
from itertools import takewhile
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from shared.extract.key_pages import classify
from shared.extract.keywords import PRODUCTS, lines_with
from shared.extract.names import compact
from shared.extract.page import ParsedPage
from shared.extract.price_rows import read_row
from shared.extract.price_tables import price_lists
from shared.extract.regions import regions
from shared.models import JSON, Fact

MOST = 60
SEVERAL, BELOW = 3, 3  # products with prices in the lines below their headings
MAX_NAME = 60  # characters
_PLACE = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?)?/(?:products?|produkte?r?|produits?|productos?|produtos?|prodotti|prodotto"
    r"|producten|tuotteet)"
    r"/([\w%.~-]{2,80}?)(?:\.html?|\.php|\.aspx)?/?",
    re.I,
)
_NONE = re.compile(
    r"(?:more|see|shop|browse)(?:$|[-_ ](?:all|now|more|our|the|by|products?|info\w*|catalog\w*)(?!\w))"
    r"|(?:all|overview|pricing|features?|integrations?|compare|demo|tour|index|new|categor\w*|search|updates?"
    r"|releases?|roadmap|changelog"
    r"|support|docs?|documentation|downloads?|security|alle|übersicht|why|what|how|list|view|page"
    r"|services?|login|sign-?(?:in|up)|register|registration|cart)(?:[-_ ]|$)|[^\W\d_]{2,20}[-_ ]services$"
    r"|.{2,40}[-_]vs[-_.]",
    re.I,
)

_COLUMN = re.compile(
    r"(?:(?:our|unsere|nos|nuestros|i nostri|onze|nossos|våra|våre|vores|nasze) )?"
    rf"(?:{'|'.join(PRODUCTS)})",
    re.I,
)
_SECTION = re.compile(  # what stands beside products in a menu, or below them in a footer
    r"(?:our |unsere |nos |nuestr[ao]s )?(?:solutions?|services|industries|sectors|markets|applications|customers?"
    r"|clients|partners|resources|developers?|enterprise|business|company|community|learn(?:ing)?|technolog(?:y|ies)|sustainability|quality"
    r"|innovation|projects|references|case studies|get started|my account|faqs?|gallery|sale"
    r"|lösungen|branchen|märkte|anwendungen|leistungen|kunden|partner|referenzen|projekte|unternehmen|qualität|technologien?"
    r"|secteurs|marchés|savoir-faire|réalisations|références|entreprise|métiers|soluciones|servicios|sectores|proyectos"
    r"|clientes|empresa|soluzioni|servizi|settori|progetti|realizzazioni|clienti|azienda|soluções|serviços|setores|projetos"
    r"|oplossingen|diensten|sectoren|klanten|projecten|bedrijf|lösningar|tjänster|branscher|kunder|løsninger|tjenester"
    r"|brancher|referenser|projekt|ratkaisut|palvelut|rozwiązania|usługi|branże|realizacje|klienci|firma"
    r"|ソリューション|サービス|導入事例|サポート|解决方案|解決方案|솔루션)",
    re.I,
)
_NAME = "h2,h3,h4,[class*=product-name],[class*=product_name],[class*=product-title],[class*=product_title]"
_CARD = re.compile(r"(?:^|\s)product[-_]+(?:card|item|box|tile)", re.I)
_EDGES = " ®™©·•–›»"
_WITHIN = 4  # elements between a heading and its card
_NO_CARD = re.compile(
    r".*\b(?:delivery|pick-?up|shipping|orders?|support|warranty|guarantee|quality|services?|contact|products?|newsletter|follow|returns?|free)\b",
    re.I,
)
# What invites to a product before its name.
_INVITES = re.compile(
    r"(?:see|learn (?:more )?about|more about|discover|explore|view|about|mehr über|découvrir|descubr[ae]|scopri|ontdek"
    r"|upptäck|odkryj|więcej o) ",
    re.I,
)
_CAPITAL = re.compile(r"(?<=[a-z)])(?=[A-Z][a-z]{2,20}(?:-[a-z]+)? [a-z])")  # `Tone BoxTuning for organs`: two blocks


def products(page: ParsedPage) -> Iterator[Fact]:
    seen: set[str] = set()
    for link in page.links:
        lower = link.url.lower()
        if ("/prod" not in lower and "/tuot" not in lower) or not link.host or not page.is_own(link.url):
            continue
        try:
            found = _PLACE.fullmatch(urlsplit(link.url).path[:300])
        except ValueError:
            continue
        name = _spelled(link.text, unquote(found[1], errors="replace")) if found and not _NONE.match(found[1]) else ""
        if name and compact(name) not in seen and len(seen) < MOST:
            seen.add(compact(name))
            yield page.fact(
                "offering.product", {"name": name, "url": link.url}, how="link", quote=name, confidence=0.75
            )
    for name, url in _columns(page):
        if compact(name) not in seen and len(seen) < MOST:
            seen.add(compact(name))
            yield page.fact("offering.product", {"name": name, "url": url}, how="link", quote=name, confidence=0.65)
    if not seen and page.kind == "products":
        yield from list(_cards(page)) or list(_shelved(page)) or _priced(page)


def _columns(page: ParsedPage) -> Iterator[tuple[str, str]]:
    """The links below a heading in footer or menu that says products, up to what is no link or leads elsewhere."""
    named = (page.lines[i].text for i in lines_with(page, "products"))
    headings = {text for text in named if len(text) < MAX_NAME // 2 and _COLUMN.fullmatch(text.rstrip(" :"))}
    for where in ("footer", "nav") if headings else ():
        lines = [line.text for line in page.lines if line.where == where]
        heads = [i for i, text in enumerate(lines) if text in headings]
        own = (link for link in page.links if link.where == where and link.host and page.is_own(link.url))
        links = {link.text: link.url for link in own if "#" not in link.url} if heads else {}
        for head in heads:
            for text in lines[head + 1 : head + 1 + MOST] if lines[head] not in links else ():
                kind = classify(links[text], text) if text in links else ("", 0)
                if (kind and kind[0] != "products") or _SECTION.fullmatch(text):
                    break
                name = text.strip(_EDGES)
                if 2 <= len(name) <= MAX_NAME and not _NONE.match(name):
                    yield name, links[text]


def _cards(page: ParsedPage) -> Iterator[Fact]:
    """Headings of cards that are called a product's, on the page of the products, where none has a page of its own."""
    found = [
        text
        for node, text in page.select(_NAME)
        if _in_card(node) and 2 <= len(text) <= MAX_NAME and text[-1] not in ".!?:"
    ]
    names = {compact(name): name for name in found if not _NONE.match(name) and not _NO_CARD.match(name)}
    for name in list(names.values())[:MOST] if len(names) > 1 else ():
        yield page.fact("offering.product", {"name": name}, how="html", quote=name, confidence=0.65)


def _shelved(page: ParsedPage) -> Iterator[Fact]:
    """Headings that lead to pages of the site, each with a price right below."""
    lines, money, countries = page.lines, {*lines_with(page, "money")}, regions(page)
    own = {link.text: link.url for link in page.links if link.where == "main" and page.is_own(link.url)}
    headings = {text for text in page.headings if text in own and 2 <= len(text) <= MAX_NAME} if money else set()
    found: dict[str, dict[str, JSON]] = {}
    for i, line in enumerate(lines):
        if line.text not in headings:
            continue
        below = takewhile(lambda j: lines[j].text not in headings, range(i + 1, min(i + 1 + BELOW, len(lines))))
        prices = next(
            (row.prices for j in below if j in money and (row := read_row(lines[j].text, countries)).prices), ()
        )
        if prices:
            cost = {"price": prices[0].amount, "currency": prices[0].currency} if len(prices) == 1 else {}
            found.setdefault(compact(line.text), {"name": line.text, "url": own[line.text], **cost})
    for product in list(found.values())[:MOST] if len(found) >= SEVERAL else ():
        yield page.fact("offering.product", dict(product), how="html", quote=str(product["name"]), confidence=0.65)


def _priced(page: ParsedPage) -> Iterator[Fact]:
    """The rows of price lists."""
    found = {compact(name): (name, row.prices[0]) for name, row, _ in price_lists(page) if row.prices}
    for name, price in list(found.values())[:MOST]:
        product: dict[str, JSON] = {"name": name, "price": price.amount, "currency": price.currency}
        yield page.fact("offering.product", product, how="html", quote=name, confidence=0.65)


def _in_card(node: LexborNode) -> bool:
    for _ in range(_WITHIN):
        if node.parent is None:
            break
        node = node.parent
        if _CARD.search((node.attributes.get("class") or "")[:200]):
            return True
    return False


def _spelled(text: str, slug: str) -> str:
    """The words at the text's beginning that the address repeats; "" where it calls the page something else."""
    wanted, invited = compact(slug), _INVITES.match(text)
    if invited and not wanted.startswith(compact(invited[0])):
        text = text[invited.end() :]
    words = _CAPITAL.sub(" ", text[:200]).split()
    for count in range(1, min(len(words), 8) + 1):
        start = compact(" ".join(words[:count]))
        if start == wanted or (count == len(words) <= 6 and len(start) >= 3 and (start in wanted or wanted in start)):
            name = " ".join(words[:count]).strip(f"{_EDGES}:—-|,")
            return name if 2 <= len(name) <= MAX_NAME else ""
        if len(start) > len(wanted) + 20:
            break
    return ""
