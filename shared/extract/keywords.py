"""In which lines of a page the words stand that extractors look for: one pass over the text for all of them."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from shared.extract.countries import TELLING
from shared.extract.literals import Literals, by_line
from shared.extract.page import ParsedPage
from shared.extract.prices import MONEY

Kind = Literal["title", "founder", "role", "money", "revenue", "employees", "funding", "ticker", "products", "news"]
TICKER = """symbol|under the ticker|scrip|bse code|nse code
|stock code|securities code|kürzel|証券コード|コード番号|銘柄コード|股票代|股份代號|证券代码|證券代號
|종목|코스닥|코스피|kosdaq|kospi|株式コード|mnémo|kortnamn|kortnavn|ticker""".replace("\n", "").split("|")
NEWS = ("news", "press")  # kinds of pages that list news
# What heads a column of products.
PRODUCTS = """products produkte produits productos prodotti producten produtos produkter tuotteet produkty termékek
    produse proizvodi ürünler ürünlerimiz продукты продукция 製品 商品 产品 產品 제품""".split()
# Digits and ASCII punctuation part words, as does what UTF-8 begins with E2: dashes, quotes, bullets.
_APART = bytes(
    32 if (code < 128 and not chr(code).isalpha() and code != ord("$")) or code == 0xE2 else code for code in range(256)
)


def _table(name: str) -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return table


def _words() -> Iterator[tuple[str, str]]:
    """Each as it stands between its surroundings: a space at either end is where a word must begin or end."""
    people, openings = _table("people.json"), _table("openings.json")
    titles = [*people["titles"].values(), people["label_titles"], people["represented"]]
    yield from (("title", f" {word} ") for words in titles for word in str(words).split())
    yield from (("title", f"{end} ") for end in str(people["title_endings"]).split())
    yield from (("title", title) for title in people["eastern_titles"])
    yield "title", " gf "  # of an imprint
    yield from (("founder", f" {word} ") for word in str(people["founded"]).split())
    yield from (("role", f" {word} ") for words in openings["roles"].values() for word in words.split())
    for word in (word for words in openings["joined"].values() for word in words.split()):
        yield "role", f"{word} " if word[0] < "\u3040" else word
    figures: dict[str, dict[str, list[str]]] = _table("statements.json")["kinds"]  # type: ignore[assignment]
    yield from ((kind, word) for kind, by in figures.items() for words in by.values() for word in words)
    employing: list[str] = _table("statements.json")["employing"]["verbs"]  # type: ignore[assignment]
    yield from (("employees", f" {word} ") for word in employing)
    yield from (("ticker", word) for word in TICKER)
    yield from (("products", f" {word}") for word in PRODUCTS)
    pages: dict[str, dict[str, list[str]]] = _table("key_pages.json")  # type: ignore[assignment]
    for word in (max(one.split(), key=len) for kind in NEWS for phrases in pages[kind].values() for one in phrases):
        yield "news", f" {word} " if word[0] < "\u3040" else word
    for code, names in TELLING.items():
        yield from ((code, f" {name} ") for name in names.split("|"))
    yield from (("money", f" {sign} " if sign[0].isalpha() and sign[0] < "\u3040" else sign) for sign in MONEY)


class _Keywords:
    def __init__(self) -> None:
        words = sorted({(kind, word.lower().encode().translate(_APART)) for kind, word in _words()})
        self._words = [(kind, 2 + word.endswith(b" ")) for kind, word in words]  # from its end back to its last letter
        self._literals = Literals([word for _, word in words])

    def within(self, lower: str) -> dict[str, list[int]]:
        text = lower.encode(errors="replace")
        found = self._literals.within(b" %b " % text.translate(_APART))
        return by_line(text, [(end - self._words[number][1], self._words[number][0]) for end, number in found])


@cache
def _keywords() -> _Keywords:
    return _Keywords()


def _found(page: ParsedPage) -> dict[str, list[int]]:
    if "keywords" not in page.memo:
        page.memo["keywords"] = _keywords().within(page.lower)
    found: dict[str, list[int]] = page.memo["keywords"]
    return found


def lines_with(page: ParsedPage, kind: Kind) -> list[int]:
    """Numbers of the lines in which a word of the kind stands, in order."""
    return _found(page).get(kind, [])


def countries(page: ParsedPage) -> dict[str, list[int]]:
    """By country the lines that name it."""
    return {code: lines for code, lines in _found(page).items() if code.isupper()}
