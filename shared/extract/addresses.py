"""Postal addresses in running text, footers and imprints."""

import re
from bisect import insort
from collections.abc import Iterator
from itertools import chain, islice

from shared.extract.address_reader import LONGEST, Found, Reader
from shared.extract.addresses_code_first import code_first
from shared.extract.addresses_coded import coded
from shared.extract.addresses_east import eastern
from shared.extract.addresses_labelled import labelled
from shared.extract.addresses_placed import before_country, placed
from shared.extract.addresses_uncoded import by_street, uncoded
from shared.extract.page import ParsedPage
from shared.extract.postal import codes
from shared.models import Fact

MOST = 60  # addresses of a page
LATER = 0.0005  # what each further address of a page counts less: the head office stands first
_TEMPLATE = re.compile(r"123,? (?:(?:your|demo|fake) )?street(?: name)?(?:,|$)|muster(?:stra(?:ß|ss)e|str\.|weg)", re.I)


def addresses(page: ParsedPage) -> Iterator[Fact]:
    reader = Reader(page)
    western = ((found.value, reader.unless_foreign(found), found.quote) for found in list(_found(reader)))
    for order, (value, confidence, quote) in enumerate(islice(chain(eastern(page), western), MOST)):
        sure = confidence - LATER * order
        if confidence > 0 and not _TEMPLATE.match(str(value.get("street"))):
            yield page.fact("contact.address", value, how="text", quote=quote, confidence=sure)


def _found(reader: Reader) -> Iterator[Found]:
    yield from labelled(reader)
    for value, lines, inline in by_street(reader.page):
        if reader.rows.isdisjoint(lines):
            reader.rows.update(lines)
            sure = reader.sure(lines[-1], lines[0], "", [], inline) - 0.05
            yield Found(value, sure, reader.lines[lines[0]].text[:LONGEST], lines[-1])
    used, begin = -1, 0  # line up to which an address has been read, and where in it the next may begin
    for code in codes(reader.page):
        if code.place in reader.rows:
            continue
        found = coded(reader, code, used, begin if code.place == used else 0)
        if found is None and code.place > used:
            found = code_first(reader, code)
        if found is not None:
            used, begin = found.end, code.end
            yield found
            reader.used.append(used)
    for value, index, inline in uncoded(reader.page):
        if index not in reader.used and index not in reader.rows:
            insort(reader.used, index)
            sure = reader.sure(index, index, "", [], inline) - 0.05
            yield Found(value, sure, reader.lines[index].text[:LONGEST], index)
    yield from placed(reader)
    yield from before_country(reader)
