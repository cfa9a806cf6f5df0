"""In which lines signs stand that extractors look for: one pass over a page's text for all of them.

A sign costs less than the pattern that it stands for; it stands wherever that one matches, and perhaps elsewhere too.
"""

from functools import cache
from typing import Literal

from shared.extract.literals import CASELESS, Literals, by_line
from shared.extract.page import ParsedPage

Sign = Literal["legal form", "postal code", "state", "place", "@", "at"]
_END = "[^0-9A-Za-z_&]"
# Patterns for UTF-8, in any letter case of ASCII.
_ANY_CASE: tuple[tuple[Sign, str], ...] = (
    # The forms of legal_forms.py by their last words, and those of letters with full stops.
    ("legal form", r"[ ,.&()](?:pty|pvt|pte|sdn|co)?(?:aps|bhd|inc|incorporated|corp|corporation|ltd|limited"
     r"|p?l\.?l\.?[cp]|p\.?l\.l\.c|plc|p\.?t\.?y|pbc|g?gmbh|(?:ohg|kg)(?:aa)?|gbr|haftungsbeschr(?:ä|Ä|ae)nkt.|s(?:a|à|À)rl|eurl|bvba|scrl|aktiengesellschaft|srls?|ltda"
     f"|lda|s/a|a/s|aktiebolag|oyj|ehf|kft|zrt|nyrt|e?ood|uab|o(?:ü|Ü)|anonim){_END}"),
    ("legal form", r"[ ,.](?:de c\.? ?v\.?|de r\.? ?l\.?|coop|partg|mbb|gesmbh|flexco|teoranta|berhad"
     f"|lt(?:é|É)e|limitada|oy ab|hf|i/s|p/s|k/s|fz-?llc){_END}"),
    ("legal form", f"s-(?:g?gmbh|gesm|aktien|[ak]g{_END})"),
    ("legal form", f"kter haftung{_END}"),
    ("legal form", "(?:ru(?:č|Č)en(?:í|Í)m o(?:mezen|bmedzen)|akciov(?:á|Á) spol|t(?:á|Á)rsas(?:á|Á)g)"),
    ("legal form", "sp(?:ó|Ó)(?:ł|Ł)ka (?:z ogran|akcyjna)"),
    ("legal form", r"\. ?(?:[a-z]|ş|Ş|z ?o)\."),
    ("at", "[[({<] ?(?:at|@|(?:ä|Ä)t|a|arobase|arroba|chiocciola|ma(?:ł|l)pa|zavin(?:á|a)(?:č|c)|kukac|собака"
     "|snabel-?a) ?[])}>]|_at_|＠|&#64;"),
)  # fmt: skip
_AS_IS: tuple[tuple[Sign, str], ...] = (
    ("legal form", "[ ,.](?:AG|OG|Ky|SE|SA|SASU?|ASA?|AB|E?AD|LP|UG|KG|OHG|HB|KB|SIA|BV|NV|bv|nv|CommV|VOF|SLU?|S[Pp]A"
     f"|SNC|Oy|Bt|Tbk|Bhd|eG|EIRELI|Company|CIC|DAC|CLG|ULC|NPC|SCOP|VZW|ASBL|ANS|IVS|DOO|doo|FZE|FZCO|DMCC|[CP]?JSC|Anstalt"
     f"|ЕООД|ООД|ЕАД|АД|Ab|CC){_END}"),
    ("legal form", r"(?:ООО|ОАО|ЗАО|ПАО|АО|ТОВ|ПрАТ|ПАТ|ТОО|тью|ТЬЮ|тво|ТВО|ство|СТВО) ?(?:«|\"|„)"),
    ("legal form", "(?:ИП|тель|ТЕЛЬ) [А-ЯЁ]"),
    ("legal form", "(?:SARL|SASU?|EURL|SELARL|SCEA|EARL) [A-Z\xc0-\xdd]"),
    ("legal form", "(?:TED|ONİM) ŞİRKETİ"),
    ("legal form", r"(?:Α|Ε|Π|Κ|Ο|α|ε|π|κ|ο)\. ?(?:Ε|ε)\."),
    ("legal form", "PT\\.? [A-Z]|(?:Công ty|CÔNG TY) (?:TNHH|Cổ phần|CỔ PHẦN|CP) |בע(?:\"|״)מ"),
    ("legal form", r"株式会社|有限会社|合同会社|주식회사|\(주\)|㈜|有限公司|任公司"),
    ("postal code", "[A-Z][0-9][A-Z0-9]?[ -]?[0-9A-Z]{2}"),  # of Britain, Canada and Ireland
    ("state", ", [A-Z][A-Za-z .,]+\n"),
    ("place", "Dublin|Cork|Galway|Hong ?[Kk]ong"),
    ("at", " AT "),
    ("@", "@"),
)  # fmt: skip


class _Signs:
    def __init__(self) -> None:
        rows = [*_ANY_CASE, *_AS_IS]
        self._signs = [sign for sign, _ in rows]
        flags = [CASELESS] * len(_ANY_CASE) + [0] * len(_AS_IS)
        self._patterns = Literals([pattern.encode() for _, pattern in rows], flags, patterns=True)

    def within(self, text: str) -> dict[str, list[int]]:
        written = text.encode(errors="replace") + b"\n"  # some patterns end with what follows
        found = self._patterns.within(written)
        return by_line(written, [(end - 1, self._signs[number]) for end, number in found])


@cache
def signs() -> _Signs:
    return _Signs()


def lines_with(page: ParsedPage, sign: Sign) -> list[int]:
    """Numbers of the lines in which the sign may stand, in order."""
    if "signs" not in page.memo:
        page.memo["signs"] = signs().within(page.text)
    found: list[int] = page.memo["signs"].get(sign, [])
    return found
