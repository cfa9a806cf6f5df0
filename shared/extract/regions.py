"""Which country a page speaks from, so that numbers without a country code can be read."""

import re
from collections import Counter

from shared.extract.page import ParsedPage

SAMPLE = 8_000  # characters at either end of the text
# ISO 3166 of the top-level domains that stand for a country and differ from it, or stand for none.
_TLD = {
    "uk": "GB",
    "eu": None,
    "io": None,
    "ai": None,
    "co": None,
    "me": None,
    "tv": None,
    "cc": None,
    "ly": None,
    "gg": None,
    "to": None,
    "fm": None,
    "sh": None,
    "ws": None,
    "ag": None,
    "la": None,
    "so": None,
    "is": "IS",
    "app": None,
}
_LANGUAGE = {
    "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "cs": "CZ", "sk": "SK", "sv": "SE",
    "da": "DK",
    "fi": "FI", "nb": "NO", "nn": "NO", "no": "NO", "ja": "JP", "ko": "KR", "tr": "TR", "ru": "RU", "hu": "HU",
    "el": "GR",
    "he": "IL", "uk": "UA", "ro": "RO", "bg": "BG", "hr": "HR", "sl": "SI", "lt": "LT", "lv": "LV", "et": "EE",
    "vi": "VN",
    "th": "TH", "id": "ID", "pt": "PT",
}  # fmt: skip
_COUNTRIES = {
    "US": "united states|u.s.a|usa", "GB": "united kingdom|england|scotland|wales",
    "DE": "germany|deutschland", "AT": "austria|österreich",
    "CH": "switzerland|schweiz|suisse", "FR": "france", "NL": "netherlands|nederland|the netherlands",
    "BE": "belgium|belgië|belgique",
    "IT": "italy|italia", "ES": "spain|españa", "IE": "ireland", "SE": "sweden|sverige", "IN": "india",
    "CA": "canada", "AU": "australia",
    "JP": "japan", "CN": "china|中国", "KR": "korea", "BR": "brazil|brasil", "PL": "poland|polska",
    "CZ": "czech republic|česká republika",
    "TW": "taiwan|台灣", "SG": "singapore", "PH": "philippines", "DK": "denmark|danmark", "NO": "norway|norge",
    "FI": "finland|suomi", "PT": "portugal",
    "MX": "mexico|méxico", "ZA": "south africa", "NZ": "new zealand", "IL": "israel", "TR": "turkey|türkiye",
    "RU": "россия|russia",
}  # fmt: skip
_NAMES = [(name, re.split(r"\W", name)[0], code) for code, names in _COUNTRIES.items() for name in names.split("|")]
# Patterns that begin with letters, and look at what is before them after that, are found several times as fast.
_US_CODE = re.compile(r"[A-Z]{2}(?<!\w[A-Z]{2})\.?,?\s+\d{5}(?:-\d{4})?\b")
_US_STATES = frozenset(
    """AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    RI SC SD TN TX UT VT VA WA WV WI WY DC""".split()
)
_CA_CODE = re.compile(r"[ABCEGHJ-NPRSTVXY](?<!\w[A-Z])\d[A-Z] ?\d[A-Z]\d\b")
_UK_CODE = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z]?\d[A-Z\d]? \d[A-Z]{2}\b")
_CALLING = re.compile(r"\+(?<![\w+]\+)\s?(\d{1,3})[\s().-]{0,3}\d")


def regions(page: ParsedPage) -> list[str]:
    """Likely countries, best first; empty where nothing on the page tells."""
    if "regions" not in page.memo:
        page.memo["regions"] = _regions(page)
    return list(page.memo["regions"])


def _regions(page: ParsedPage) -> list[str]:
    found: list[str] = []

    def add(code: str | None) -> None:
        if code and code not in found:
            found.append(code)

    tld = page.host.rpartition(".")[2]
    if len(tld) == 2:
        add(_TLD.get(tld, tld.upper()))
    language, _, country = page.lang.replace("_", "-").partition("-")
    territory = country.rpartition("-")[2].upper()
    if len(territory) == 2 and language.lower() != "en":
        add(territory)
    text = page.text if len(page.text) <= 2 * SAMPLE else f"{page.text[:SAMPLE]}\n{page.text[-SAMPLE:]}"
    if any(code[0][:2] in _US_STATES for code in _US_CODE.finditer(text)):
        add("US")
    if _UK_CODE.search(text):
        add("GB")
    if _CA_CODE.search(text):
        add("CA")
    add(calling(text))
    counts = Counter[str]()
    lower = text.lower()
    for name, first, code in _NAMES:
        if first in page.words and name in lower:
            counts[code] += len(re.findall(rf"\b{re.escape(name)}\b", lower))
    if counts.total():
        add(min(counts, key=lambda code: (-counts[code], code)))
    if len(territory) == 2 and territory != "US":
        add(territory)
    add(_LANGUAGE.get(language.lower()))
    if tld in ("com", "org", "net", "us", "io", "edu") and language.lower() in ("", "en"):
        add("US")
    return found


def calling(text: str) -> str | None:
    """The country whose calling code stands first in the text."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    match = _CALLING.search(text)
    if match is None:
        return None
    for size in (3, 2, 1):
        codes = COUNTRY_CODE_TO_REGION_CODE.get(int(match[1][:size]))
        if codes and len(match[1]) >= size:
            return str(codes[0]) if codes[0] != "001" else None
    return None
