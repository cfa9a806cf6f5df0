"""Plans on pricing pages: a name, what it costs, how often and for what; "contact us" is no price."""

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from shared.extract.keywords import lines_with
from shared.extract.page import ParsedPage
from shared.extract.plan_names import MAX_NAME, is_name, says_often
from shared.extract.price_rows import MAX_LINE, Found, Row, read_row
from shared.extract.price_tables import tables
from shared.extract.prices import ASKED, FREE, period, unit
from shared.extract.regions import regions
from shared.models import JSON, Fact

MOST = 30
SIDE_BY_SIDE = 8  # plans in a row
SHORT = 20  # characters of a line that is a price
MAX_WORDS = 7  # of a name right above a price
ABOVE = 6  # lines between a plan's name and its price
_GONE = "del,s,strike,[hidden],.strikethrough,.line-through,.old-price,.price-old"
_BOXES = ".mfp-hide,.modal-content"  # shown over the page when asked for
_TITLES = ("h2", "h3", "h4", "h5", "h6")
_PAID_ONCE = re.compile(
    r"\s[(–-]?(?:one-time payment|pay once|einmalzahlung|einmalige zahlung|paiement unique|pago único"
    r"|pagamento [uú]nico|eenmalige betaling|engångsbetalning|engangsbetaling|płatność jednorazowa)\)?$",
    re.I,
)
_PRICE_LIST = re.compile(
    r"\b(?:prices|rates|fees|preise|gebühren|tarif[es]|precios|tarifas|prezzi|tariffe|preços|prijzen|tarieven|ceny|цены)$",
    re.I,
)
# What stands above the result of a calculation.
_SUM = re.compile(
    r"(?:your |ihr |il tuo |votre |tu )?(?:(?:sub)?total\w*|estimat\w*|gesamt\w*|zwischensumme|summe|geschätzt\w*"
    r"|voraussichtlich\w*"
    r"|estim[ée]\w*|stimat\w*|totaal\w*|geschat\w*|suma|razem|szacowan\w*|orientačn\w*|celkem|итого|всего|предварительн\w*"
    r"|ориентировочн\w*|合計|総額|합계)(?!\w)",
    re.I,
)
_MEASURED = re.compile(r":\s[^:\d]*\d")
_COUNTED = re.compile(r"\d{1,5} [^\W\d_]{4,30}")


_PATH = re.compile(
    r"/(?:pricing|plans?|preise?|tarife|tarifs?|precios|prezzi|prijzen|priser|cennik|cenik)(?:[/.?]|$)", re.I
)


def plans(page: ParsedPage) -> Iterator[Fact]:
    told = page.kind == "pricing" or bool(_PATH.search(page.url))
    if not told and page.kind in ("news", "press", "investors", "legal", "privacy", "careers"):
        return
    lines, digits = page.lines, page.digits
    priced = {i for i in lines_with(page, "money") if digits[i] and lines[i].where not in ("nav", "footer")}
    asked = told and sum(bool(ASKED.fullmatch(line.text)) for line in lines) > 1
    if len(priced) < (1 if told else 2) and not asked:
        return
    countries = regions(page)
    often = [any(one.period for one in read_row(lines[i].text, countries).prices) for i in priced] if not told else []
    if not told and sum(often) < 2:
        return
    rows = [read_row(text, countries, i in priced) for i, text in _standing(page)]
    asked = asked and not any(row.prices for row in rows)
    if not asked and not any(row.prices for row in rows):
        return
    headings = _headings(page)
    if told:
        read = [(one, cells) for one, cells in tables(page) if one]
        found = [plan for one, _ in read for plan in one]
        rows = _without(rows, {cell for _, cells in read for row in cells for cell in row})
        costs = {row.prices[0].amount for _, row, _ in found if row.prices}
        named = _alike(list(_named(rows, headings, asked)), headings)
        found += [
            one for one in named if one[0] in headings or not one[1].prices or one[1].prices[0].amount not in costs
        ]
    else:
        found = _strict(_named(rows, headings), headings)
    plans_ = [(name, _plan(name, row, following)) for name, row, following in map(_paid_once, found)]
    recurring = any(plan.get("period") in ("month", "year", "week") for _, plan in plans_)
    seen: set[str] = set()
    for name, plan in plans_:
        if recurring and plan.get("price") and not _recurs(plan, name in headings):
            continue
        if name.casefold() not in seen and len(seen) < MOST:
            seen.add(name.casefold())
            confidence = (0.85 if name in headings else 0.7) - 0.1 * ("price" not in plan) - 0.1 * (not told)
            yield page.fact("offering.plan", plan, how="html", quote=name, confidence=confidence)


def _without(rows: list[Row], cells: set[str]) -> list[Row]:
    """The lines with those emptied whose prices have been read in a table."""
    return [Row("", [], False, False) if row.prices and row.text in cells else row for row in rows]


def _headings(page: ParsedPage) -> set[str]:
    """What may name a plan; the head of a column only where it stands above a price as well."""
    rows_of: dict[int, bool] = {}
    counts = Counter(line.text for line in page.lines)
    hidden = {node.mem_id for box in page.tree.css(_BOXES)[:MOST] for node in box.css("h2,h3,h4,h5")[:MOST]}
    return {
        text
        for node, text in ((node, text.rstrip(" :")) for node, text in page.select("h2,h3,h4,h5,h6,th,b,strong"))
        if is_name(text)
        or (FREE.fullmatch(text) and text != "$0")
        or (node.tag in (*_TITLES, "th") and says_often(text))
        or (node.tag in _TITLES and _COUNTED.fullmatch(text) and not period(text))
        if node.mem_id not in hidden
        and not (node.tag == "th" and counts[text] < 2 and _heads_column(node.parent, rows_of))
    }


def _alike(found: list[Found], headings: set[str]) -> list[Found]:
    """Of several plans whose names are headings, no others: these are what the plans are compared with."""
    headed = [one for one in found if one[0] in headings]
    return headed if len(headed) > 2 and 2 * len(headed) >= len(found) else found


def _paid_once(found: Found) -> Found:
    """Beside a plan's name may stand that it is paid once."""
    name, row, following = found
    once = _PAID_ONCE.search(name)
    if once is None or not row.prices or row.prices[0].period:
        return found
    return name[: once.start()], row._replace(prices=[row.prices[0]._replace(period="once")]), following


def _recurs(plan: dict[str, JSON], headed: bool) -> bool:
    return plan.get("period") in ("month", "year", "day", "once") or (headed and "period" in plan)


def _strict(found: Iterator[Found], headings: set[str]) -> list[Found]:
    """Where nothing says that a page is about prices: several headings, each with a recurring price right below."""
    sure = [one for one in found if one[0] in headings and one[1].prices and one[1].prices[0].period]
    return sure if len({name for name, _, _ in sure}) > 1 else []


def _heads_column(row: LexborNode | None, known: dict[int, bool]) -> bool:
    """Whether a heading in that row stands among headings alone, so that it names a column rather than a plan."""
    if row is None:
        return False
    if row.mem_id not in known:
        known[row.mem_id] = row.css_first("td") is None
    return known[row.mem_id]


def _standing(page: ParsedPage) -> Iterator[tuple[int, str]]:
    """The lines without what is struck out or hidden, each with its number."""
    counts = Counter(
        text for _, text in page.select(_GONE) if 1 < len(text) <= MAX_LINE and any(map(str.isdecimal, text))
    )
    gone = sorted(counts, key=len, reverse=True)[:200]
    whole = _whole(page, counts)
    for i, line in enumerate(page.lines):
        text = "" if i in whole else line.text
        for words in gone if len(text) <= 2 * MAX_LINE else ():
            if counts[words] > 0 and words in text and any(map(str.isdecimal, text.replace(words, "", 1))):
                text = text.replace(words, " ", 1)
                counts[words] -= 1
        if line.where not in ("nav", "footer") and (text := " ".join(text.split())):
            yield i, text


def _whole(page: ParsedPage, counts: Counter[str]) -> set[int]:
    """The lines that are struck out or hidden as a whole. Of equal ones, as many as are: a second price goes before
    one that stands under a plan's name."""
    places: dict[str, list[tuple[bool, int]]] = {}
    for i, line in enumerate(page.lines):
        if line.text in counts:
            above = [page.lines[j].text for j in range(max(i - 2, 0), i) if page.digits[j]]
            places.setdefault(line.text, []).append((not any(len(text) <= SHORT for text in above), i))
    hidden = {i for text, found in places.items() for _, i in sorted(found)[: counts[text]]}
    counts.subtract(page.lines[i].text for i in hidden)
    return hidden


def _named(rows: list[Row], headings: set[str], asked: bool = False) -> Iterator[Found]:
    """Each first price after a name; prices in a row take the names in a row above them."""
    i, last = 0, -1  # the line of the last price taken
    while i < len(rows):
        if not rows[i].priced:
            i += 1
            continue
        run = 1
        while run < SIDE_BY_SIDE and i + run < len(rows) and rows[i + run].priced and not _inline_name(rows[i + run]):
            run += 1
        above = [
            j
            for j in range(max(i - run, last + 1), i)
            if is_name(rows[j].text) and not rows[j].priced and _is_called(rows[j].text, MAX_LINE)
        ]
        if (
            run > 1
            and len(above) == run
            and all(rows[i + k].prices or rows[i + k].free or rows[i + k].request for k in range(run))
        ):
            for k, j in enumerate(above):
                yield rows[j].text, rows[i + k], []
            last, i = i + run - 1, i + run
            continue
        if rows[i].free and rows[i].text in headings and (zero := _zero_below(rows, i)):
            yield rows[i].text, rows[zero], rows[zero + 1 : zero + 2]
            last, i = zero, zero + 1
            continue
        if rows[i].request and (not ASKED.fullmatch(rows[i].text) if asked else last < 0):
            i += 1
            continue
        if i and _SUM.match(rows[i - 1].text):
            i += 1
            continue
        if name := _inline_name(rows[i]) or _name_above(rows, headings, i, last):
            yield name, rows[i], rows[i + 1 : i + 3]
            last = i
        i += 1


def _lists(rows: list[Row], headings: set[str], i: int) -> bool:
    """Whether this price and the next have each a name of its own right above, so that the heading is a section's."""
    following = next((j for j in range(i + 1, min(i + ABOVE, len(rows))) if rows[j].priced), 0)
    if not rows[following].prices or following < i + 2 or any(row.text in headings for row in rows[i:following]):
        return False
    return all(_stands_above(rows[j - 1]) and rows[j - 1].text not in headings for j in (i, following) if j)


def _stands_above(row: Row) -> bool:
    return not row.priced and is_name(row.text) and _is_called(row.text, MAX_WORDS)


def _is_called(name: str, words: int) -> bool:
    """Neither a list of what is in the plan nor something measured, `Length: 2 hours`."""
    return len(name.split()) <= words and ", " not in name and not _MEASURED.search(name)


def _zero_below(rows: list[Row], i: int) -> int:
    """The line of the price of a plan that is called free."""
    for j in range(i + 1, min(i + 4, len(rows))):
        if rows[j].prices:
            return j if rows[j].prices[0].amount == 0 else 0
    return 0


def _inline_name(row: Row) -> str:
    """`Basic: 49 € / month`."""
    before = row.text[: row.prices[0].start].strip(" :–—-|,·") if row.prices else ""
    named = is_name(before) and not before[0].islower() and _is_called(before, 4)
    return before if named and not row.prices[0].starting else ""


def _name_above(rows: list[Row], headings: set[str], i: int, last: int) -> str:
    above = range(i - 1, max(last, i - ABOVE - 1), -1)
    if i - 1 > last and _lists(rows, headings, i):
        return rows[i - 1].text
    if rows[i].request and rows[i].text in headings:  # and so is no plan's name
        return rows[i - 1].text if i - 1 > last and _stands_above(rows[i - 1]) else ""
    above = range(i - 1, next((j for j in above if _PRICE_LIST.search(rows[j].text)), above.stop), -1)
    named = [text for j in above if (text := rows[j].text.rstrip(" :")) in headings and not rows[j].priced]
    if named:
        return next((name for name in named if not says_often(name)), named[0])
    near = above[:2] if rows[i].prices else above[:1] if ASKED.fullmatch(rows[i].text) else ()
    texts = (rows[j].text for j in near if not rows[j].priced)
    return next((text for text in texts if is_name(text) and _is_called(text, 4)), "")


def _plan(name: str, row: Row, following: list[Row]) -> dict[str, JSON]:
    plan: dict[str, JSON] = {"name": name}
    if not row.prices:
        return plan | ({"price": 0.0} if row.free else {"on_request": True})
    price = row.prices[0]
    plan |= {"price": price.amount, "currency": price.currency}
    below = next((one.text for one in following[:1] if not one.priced), "")
    start = below.partition(". ")[0]
    once = _PAID_ONCE.search(below)
    below = below if len(below) < MAX_NAME else start if len(start) <= SHORT else ""
    if often := price.period or (period(name) if says_often(name) else "once" if once else period(below)):
        plan["period"] = often
    if what := price.unit or unit(below):
        plan["unit"] = what
    if price.starting:
        plan["starting"] = True
    return plan
