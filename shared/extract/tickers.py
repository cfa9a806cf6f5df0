"""Tickers as announcements print them, and the SEC's number of a filer."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from urllib.parse import parse_qs, urlsplit

from shared.extract.exchanges import EXCHANGES
from shared.extract.keywords import lines_with
from shared.extract.names import compact, own_names, resembles
from shared.extract.others import of_others
from shared.extract.page import ParsedPage
from shared.models import JSON, Fact

_NAMES = "|".join(sorted((re.escape(name) for name in EXCHANGES), key=len, reverse=True))
_TICKER = re.compile(
    rf"(?<![\w-])({_NAMES})[^\S\n]?(?:®|™)?[^\S\n]?[:：][^\S\n]?([A-Z][A-Z0-9]{{0,5}}(?:[.-][A-Z]{{1,2}})?"
    rf"|(?:(?<=NSE:)|(?<=NSE: ))[A-Z][A-Z0-9&]{{6,14}}|\d{{4,6}}[A-Z]?)(?![\w-])",
    re.I,
)
_LAST_WORDS = frozenset(name.rpartition(" ")[2] for name in EXCHANGES)
_COLON = re.compile(r":(?=[^\S\n]?[A-Z\d])(?:(?<![\d\s]:)|(?<=B3:))")
_WIDE_COLON = re.compile(r"：(?=[^\S\n]?[A-Z\d])")
OWN, UNKNOWN, OTHER = 0.92, 0.74, 0.35  # by whose name stands before a ticker; unknown is who investors are told of
MOST = 1_000  # colons of a page
SHORT = 40  # characters of a line that labels the one below it
_CODE_LABEL = re.compile(
    r"(?:[証證]券コード|株式コード|コード番号|銘柄コード|股票代號|股票代号|股票代码|股票代碼|股份代號|证券代码|證券代號|종목\s?코드"
    r"|stock code|securities code|ticker symbol|stock symbol|trading symbol|under the (?:ticker(?: symbol)?|symbol)"
    r"|börsenkürzel|tickersymbol|kürzel|mnémo(?:nique)?|(?<!\w)ticker(?=\s?[:：]))"
    r"\W{0,4}([A-Z]{1,5}(?!\w|\.\w)|\d{3,6}[A-Z]?(?:\.[A-Z]{1,3})?(?!\w))",
    re.I,
)
_KOREAN = re.compile(r"(?:코스닥|코스피|kosdaq|kospi)\W{0,3}(\d{6})(?!\d)", re.I)
_NORDIC = re.compile(r"(?<!\w)(?i:kortnamn|kortnavn)\W{0,4}([A-Z]{2,6}(?: [A-D])?)(?!\w)")  # with the share's class
# Indian exchanges have symbols that are words, and numbers.
_SCRIP = re.compile(
    r"(?<!\w)(BSE|NSE)\s(?i:scrip(?:\s(?:code|id|symbol))?|(?:stock\s)?code|symbol)\W{0,4}([A-Z][A-Z0-9&]{1,11}|\d{6})(?![\w.])"
)
_PLACES = (
    (re.compile(r"東京証券取引所|東証|東證|tokyo stock exchange", re.I), "TSE"),
    (re.compile(r"上櫃|上柜|興櫃|兴柜|櫃買|\bOTC\b|tpex|taipei exchange", re.I), "TPEx"),
    (re.compile(r"[臺台]灣證券交易所|台湾证券交易所|taiwan stock exchange|上市公司", re.I), "TWSE"),
    (re.compile(r"香港|hong kong|hkex|sehk", re.I), "HKEX"), (re.compile(r"上海|shanghai", re.I), "SSE"),
    (re.compile(r"深圳|shenzhen", re.I), "SZSE"),
    (re.compile(r"코스피|코스닥|kospi|kosdaq|korea exchange", re.I), "KRX"),
    (re.compile(r"philippine stock exchange|\bPSE\b"), "PSE"), (re.compile(r"first north", re.I), "First North"),
    (re.compile(r"nasdaq stockholm", re.I), "STO"), (re.compile(r"nasdaq copenhagen", re.I), "CPH"),
    (re.compile(r"nasdaq helsinki", re.I), "HEL"), (re.compile(r"nasdaq", re.I), "NASDAQ"),
    (re.compile(r"\bNYSE\b|new york stock exchange", re.I), "NYSE"),
    (re.compile(r"[Ll]ondon [Ss]tock [Ee]xchange|\bLSE\b|\bAIM\b"), "LSE"),
    (re.compile(r"euronext", re.I), "Euronext"), (re.compile(r"\bASX\b|australian securities exchange", re.I), "ASX"),
    (re.compile(r"toronto stock exchange|\bTSX\b", re.I), "TSX"), (re.compile(r"six swiss exchange", re.I), "SIX"),
    (re.compile(r"frankfurt(?:er)? (?:stock exchange|wertpapierbörse)", re.I), "FWB"),
    (re.compile(r"oslo (?:børs|stock exchange)", re.I), "OSE"),
)  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
_SUFFIXES = {
    "TW": "TWSE", "TWO": "TPEx", "HK": "HKEX", "T": "TSE", "KS": "KRX", "KQ": "KRX", "SS": "SSE", "SZ": "SZSE",
    "SI": "SGX", "AX": "ASX", "L": "LSE",
}  # fmt: skip
_CIK = re.compile(r"\bCIK\b(?:\s?(?:number|no\.?|code|#))?\s?[:=#]?\s?(\d{1,10})\b", re.I)
_SEC_PATH = re.compile(r"/edgar/data/(\d{1,10})(?:/|$)|/CIK(\d{10})\b", re.I)


def tickers(page: ParsedPage) -> Iterator[Fact]:
    """Whose ticker it is, the words before it tell: the company's name, or somebody else's."""
    text = page.text
    found = list(_named(page, text))
    own = any(sure == OWN for _, _, sure in found)
    for value, quote, sure in found:
        if sure > OTHER and not (own and sure == UNKNOWN):  # beside the company's own it is another's
            yield page.fact("financial.ticker", value, how="text", quote=quote, confidence=sure)
    yield from _coded(page)
    yield from _ciks(page)


def _named(page: ParsedPage, text: str) -> Iterator[tuple[dict[str, JSON], str, float]]:
    for match in _printed(text):
        symbol = match[2]
        if symbol != symbol.upper() or (len(match[1]) <= 4 and match[1] != match[1].upper()):
            continue  # `Par : DUPONT` names no exchange
        exchange, (plain, _, suffix) = EXCHANGES[match[1].lower()], symbol.partition(".")
        symbol = plain if _SUFFIXES.get(suffix) == exchange else symbol
        start = text.rfind("\n", 0, match.start()) + 1
        before = text[max(match.start() - 60, start) : match.start()]
        value: dict[str, JSON] = {"exchange": exchange, "symbol": symbol}
        quote = text[max(match.start() - 80, start) : match.end() + 5].partition("\n")[0]
        yield value, quote, _own(page, before, symbol)


def _printed(text: str) -> Iterator[re.Match[str]]:
    """Colons are found at once, and few stand behind the name of an exchange."""
    colons = chain(_COLON.finditer(text), _WIDE_COLON.finditer(text) if "：" in text else ())
    for colon in islice(colons, MOST):
        at = colon.start()
        word = re.split(r"[^\w-]", text[max(at - 24, 0) : at].rstrip(" \xa0®™"))[-1]
        if word.lower() in _LAST_WORDS:
            start = max(text.rfind("\n", 0, at) + 1, at - 60)
            yield from (match for match in _TICKER.finditer(text, start, at + 20) if match.start() < at < match.end())


def _coded(page: ParsedPage) -> Iterator[Fact]:
    """`証券コード：1234`, `Stock code: 1234.HK`: the exchange stands beside it, or in the suffix."""
    for index in lines_with(page, "ticker"):
        line = page.lines[index]
        if len(line.text) > 2_000:
            continue
        below = page.lines[index + 1].text if len(line.text) <= SHORT and index + 1 < len(page.lines) else ""
        if scrip := _SCRIP.search(f"{line.text} {below[:SHORT]}"):
            value: JSON = {"exchange": scrip[1], "symbol": scrip[2]}
            yield page.fact("financial.ticker", value, how="text", quote=scrip[0], confidence=0.8)
        for match in chain.from_iterable(label.finditer(line.text) for label in (_CODE_LABEL, _KOREAN, _NORDIC)):
            symbol, _, suffix = match[1].partition(".")
            if symbol != symbol.upper() or _YEAR.fullmatch(symbol):
                continue
            around = line.text[max(match.start() - 60, 0) : match.end() + 40]
            place = next((name for pattern, name in _PLACES if pattern.search(around)), None)
            exchange = place or _SUFFIXES.get(suffix)
            yield page.fact(
                "financial.ticker", {"exchange": exchange, "symbol": symbol}, how="text", quote=around,
                confidence=0.8 if exchange else 0.6 if page.kind == "investors" else 0.3,  # shops have stock codes too
            )  # fmt: skip


def _own(page: ParsedPage, before: str, symbol: str) -> float:
    plain = compact(before)
    if any(len(name) >= 4 and name in plain for name in own_names(page)) or resembles(symbol, page.site):
        return OWN
    if of_others(page):
        return OTHER
    words = re.sub(r"[(\[\s,;:|–—-]+$", "", before)
    if not words:
        return 0.75
    # a capitalised word right before the parenthesis is a name, and it is not the company's
    if re.search(r"[A-Z][\w.&]*$|(?:Inc|Corp|Ltd|plc|AG|SE)\.?$", words):
        return UNKNOWN if page.kind == "investors" else OTHER
    return 0.75 if page.kind == "investors" else 0.6


def _ciks(page: ParsedPage) -> Iterator[Fact]:
    seen: set[str] = set()
    for line in page.lines if "CIK" in page.text else ():
        if "CIK" in line.text and (match := _CIK.search(line.text)):
            seen.add(match[1].zfill(10))
            quote = line.text[max(match.start() - 80, 0) : match.end()]
            yield _cik(page, match[1], quote, "text", 0.85)
    for link in [link for link in page.links if link.host[-7:] == "sec.gov"]:
        number = _linked_cik(link.url)
        if number is not None and number.zfill(10) not in seen:
            seen.add(number.zfill(10))
            yield _cik(page, number, link.attributes.get("href") or link.url, "link", 0.75)


def _cik(page: ParsedPage, number: str, quote: str, how: str, confidence: float) -> Fact:
    value = {"type": "cik", "value": number.zfill(10)}
    return page.fact("financial.identifier", value, how=how, quote=quote, confidence=confidence)  # type: ignore[arg-type]


def _linked_cik(url: str) -> str | None:
    parts = urlsplit(url)
    if match := _SEC_PATH.search(parts.path):
        return match[1] or match[2]
    for name, values in parse_qs(parts.query[:1000]).items():
        if name.lower() == "cik" and values[0].strip().isdecimal() and len(values[0].strip()) <= 10:
            return values[0].strip()
    return None
