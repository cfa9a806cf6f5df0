"""An item of Wikidata and what its statements say now.

https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html: a property has statements of a rank, each of a main
snak and qualifiers; a snak has a value, or says that there is one that nobody knows, or none.

    {"claims": {"P571": [{"rank": "normal", "mainsnak": {"snaktype": "value", "datavalue": {"value": …}},
                          "qualifiers": {"P582": [{"snaktype": "value", …}]}}]}, "labels": {"en": {"value": …}}}
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from functions.financial.asking import inner, many, said
from shared.models import JSON

STATEMENTS = 500  # of a property
LANGUAGES, NAMES = 500, 1000  # that are looked at
END, POINT = "P582", "P585"
DAY, YEAR = 11, 9  # precisions
TIME = re.compile(r"\+([12]\d{3})-(\d\d)-(\d\d)T\d\d:\d\d:\d\dZ")
AMOUNT = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,12})?")
ITEM = re.compile(r"Q[1-9]\d{0,10}")


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    entity: dict[str, Any]

    @property
    def label(self) -> str | None:
        """In English, else in whatever language it has one."""
        return said(inner(self.entity, "labels", "en").get("value")) or next(iter(self.names), None)

    @property
    def names(self) -> list[str]:
        """Labels and aliases in every language."""
        labels = [inner(self.entity, "labels", language) for language in list(inner(self.entity, "labels"))[:LANGUAGES]]
        aliases = [
            alias
            for language in list(inner(self.entity, "aliases"))[:LANGUAGES]
            for alias in many(inner(self.entity, "aliases"), language, 20)
        ]
        found = (said(row.get("value")) for row in labels + aliases if isinstance(row, dict))
        return list(dict.fromkeys(name for name in found if name))[:NAMES]

    def best(self, name: str) -> list[dict[str, Any]]:
        """A property's statements of the highest rank; never the deprecated ones."""
        rows = [row for row in many(inner(self.entity, "claims"), name, STATEMENTS) if isinstance(row, dict)]
        preferred = [row for row in rows if row.get("rank") == "preferred"]
        return preferred or [row for row in rows if row.get("rank") == "normal"]

    def current(self, name: str, now: datetime) -> list[dict[str, Any]]:
        """Those of them that have not ended."""
        return [row for row in self.best(name) if not ended(row, now)]

    def texts(self, name: str, now: datetime) -> list[str]:
        found = (said(value(inner(row, "mainsnak"))) for row in self.current(name, now))
        return list(dict.fromkeys(one for one in found if one))


def value(snak: dict[str, Any]) -> JSON:
    """None where nobody knows it, or there is none."""
    return inner(snak, "datavalue").get("value") if snak.get("snaktype") == "value" else None


def qualifiers(row: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    yield from (snak for snak in many(inner(row, "qualifiers"), name, 20) if isinstance(snak, dict))


def ended(row: dict[str, Any], now: datetime) -> bool:
    """Whether an end is stated that is not still to come; at an unknown time it is past."""
    for snak in qualifiers(row, END):
        if snak.get("snaktype") == "somevalue":
            return True
        when = moment(value(snak))
        if when is not None and when.start <= now.date():
            return True
    return False


@dataclass(frozen=True, slots=True)
class Moment:
    start: date
    is_day: bool


def moment(time: JSON) -> Moment | None:
    """A day, or the year of a time that is known less well; None where not even that is known."""
    precision = time.get("precision") if isinstance(time, dict) else None
    found = TIME.fullmatch(str(time.get("time"))) if isinstance(time, dict) else None
    if found is None or not isinstance(precision, int) or not YEAR <= precision <= DAY:
        return None
    if precision < DAY:
        return Moment(date(int(found[1]), 1, 1), False)
    try:
        return Moment(date(int(found[1]), int(found[2]), int(found[3])), True)
    except ValueError:
        return None


def point(row: dict[str, Any]) -> Moment | None:
    """The moment that a figure is of: its point in time, or the end of its period."""
    for name in (POINT, END):
        for snak in qualifiers(row, name):
            if (when := moment(value(snak))) is not None:
                return when
    return None


def amount(quantity: JSON) -> tuple[float, str | None] | None:
    """An amount, and the item of its unit."""
    if not isinstance(quantity, dict) or not AMOUNT.fullmatch(str(quantity.get("amount"))):
        return None
    unit = str(quantity.get("unit")).rpartition("/")[2]
    return float(quantity["amount"]), unit if ITEM.fullmatch(unit) else None


def item_id(target: JSON) -> str | None:
    found = target.get("id") if isinstance(target, dict) else None
    return found if isinstance(found, str) and ITEM.fullmatch(found) else None
