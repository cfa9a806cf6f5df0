"""Which country a page speaks from, so that numbers without a country code can be read."""

import re

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from shared.extract.address_words import REGIONS
from shared.extract.keywords import countries
from shared.extract.page import ParsedPage
from shared.extract.postal import codes, numbered

SAMPLE = 16_000  # characters of the text in which a script is looked for
SHORT = 120  # characters of a line that may be one of an address
LINES = 60  # with digits, that are looked at
# Two-letter top-level domains that stand for no country, and those that differ from its ISO 3166 code.
_GENERIC_TLDS = frozenset("eu io ai co me tv cc ly gg to fm sh ws ag la so".split())
_TLD = {"uk": "GB"} | {  # and those of places and scripts that one country has
    name: country
    for country, names in {
        "GB": "london scot wales cymru", "DE": "berlin hamburg koeln cologne bayern ruhr saarland nrw",
        "AT": "wien tirol", "CH": "swiss zuerich", "FR": "paris bzh alsace corsica", "BE": "brussels vlaanderen gent",
        "NL": "amsterdam frl", "ES": "cat eus gal madrid barcelona", "SE": "stockholm",
        "FI": "helsinki", "TR": "istanbul ist", "RU": "moscow tatar xn--p1ai рф xn--p1acf рус xn--80adxhks москва",
        "UA": "xn--j1amh укр", "JP": "tokyo osaka kyoto nagoya yokohama okinawa", "CA": "quebec",
        "US": "nyc boston miami vegas", "AU": "sydney melbourne", "ZA": "capetown joburg durban",
        "CN": "xn--fiqs8s 中国 xn--fiqz9s 中國", "KR": "xn--3e0b707e 한국", "GR": "xn--qxam ελ", "AE": "dubai abudhabi",
    }.items()
    for name in names.split()
}  # fmt: skip
_LANGUAGE = {
    "de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "cs": "CZ", "sk": "SK", "sv": "SE",
    "da": "DK", "fi": "FI", "nb": "NO", "nn": "NO", "no": "NO", "ja": "JP", "ko": "KR", "tr": "TR", "ru": "RU",
    "hu": "HU", "el": "GR", "he": "IL", "uk": "UA", "ro": "RO", "bg": "BG", "hr": "HR", "sl": "SI", "lt": "LT",
    "lv": "LV", "et": "EE", "vi": "VN", "th": "TH", "id": "ID", "pt": "PT",
}  # fmt: skip
_REGISTERS = (  # whose names stay as they are where a page is in English
    ("Amtsgericht ", "DE"),
    ("Firmenbuch", "AT"),
    ("England and Wales", "GB"),
    ("England & Wales", "GB"),
    ("Kamer van Koophandel", "NL"),
    ("KvK", "NL"),
    ("RCS ", "FR"),
    ("P.IVA", "IT"),
    ("Partita IVA", "IT"),
    ("GSTIN", "IN"),
)
AUSTRALIAN = REGIONS["AU"]
_SCRIPT = re.compile(r"[\u3041-\u30ff\uac00-\ud7a3]")  # that one country writes
_SIMPLIFIED = re.compile("[电话们务联]")
_CHATS = ("wa.me", "api.whatsapp.com")  # where numbers have their country's code, without a plus sign
_DIALLED = re.compile(
    r"(?:^tel:(?:\+|%2B)|^https?://wa\.me/\+?|[?&]phone=(?:\+|%2B)?)(\d[\d\s().-]{6,20})(?=$|[?&#;/])", re.I
)
_CALLING = re.compile(r"\+(?<![\w+]\+)\s?(\d{1,3})[\s().-]{0,3}\d")


def regions(page: ParsedPage) -> list[str]:
    """Likely countries, best first; empty where nothing on the page tells."""
    if "regions" not in page.memo:
        page.memo["regions"] = list(dict.fromkeys(_regions(page)))
    return list(page.memo["regions"])


def _regions(page: ParsedPage) -> list[str]:
    tld = page.host.rpartition(".")[2]
    language, _, country = page.lang.replace("_", "-").partition("-")
    language, territory = language.lower(), country.rpartition("-")[2].upper()
    if len(territory) != 2:
        territory = ""
    found = [_TLD[tld]] if tld in _TLD else [tld.upper()] if len(tld) == 2 and tld not in _GENERIC_TLDS else []
    if territory and language != "en":
        found.append(territory)
    shapes = {code.shape: code.text for code in codes(page) if code.shape != "gb" or " " in code.text}
    found += [country for shape, country in (("us", "US"), ("gb", "GB"), ("ca", "CA")) if shape in shapes]
    if any(code.shape == "four" and code.before in AUSTRALIAN for code in codes(page)):
        found.append("AU")
    if code := calling(page.text) or _dialled(page):
        found.append(code)
    if "CHE-" in page.text:  # before a Swiss company's number
        found.append("CH")
    named = countries(page)
    if named and (country := _named(named, _near(page)) or ("" if found else _named(named))):
        found.append(country)
    if territory and territory != "US":
        found.append(territory)
    if language == "pt" and "CNPJ" in page.text:
        found.append("BR")
    if language in _LANGUAGE:
        found.append(_LANGUAGE[language])
    if not found and not page.text.isascii() and (script := _SCRIPT.search(page.text[:SAMPLE])):
        found.append("KR" if script[0] >= "\uac00" else "JP")
    if not found and not page.text.isascii() and _SIMPLIFIED.search(page.text[:SAMPLE]):
        found.append("CN")
    if not found and language in ("", "en"):
        found += [country for sign, country in _REGISTERS if sign in page.text][:1]
    if tld in ("com", "org", "net", "us", "io", "edu") and language in ("", "en"):
        found.append("US")
    return found


def _near(page: ParsedPage) -> set[int]:
    """The lines that may hold a postal code or phone number, and those after them: there a country is named."""
    places = [index for index, count in numbered(page) if count >= 4]
    if len(places) > LINES:
        places = places[: LINES // 2] + places[-LINES // 2 :]
    both = {*places, *(index + 1 for index in places)}
    return {index for index in both if index < len(page.lines) and len(page.lines[index].text) <= SHORT}


def _named(named: dict[str, list[int]], near: set[int] | None = None) -> str:
    """The country named in most lines, of those near or of all; "" where none is."""
    counts = {code: len(lines if near is None else near.intersection(lines)) for code, lines in named.items()}
    code, count = min(counts.items(), key=lambda one: (-one[1], one[0]), default=("", 0))
    return code if count else ""


def _dialled(page: ParsedPage) -> str | None:
    """The country of the first number that a link dials whole."""
    for link in page.links:
        if link.host in _CHATS if link.host else link.url[:4].lower() == "tel:":
            found = _DIALLED.search(link.url)
            if found and (code := calling(f"+{found[1]}")):
                return code
    return None


def calling(text: str) -> str | None:
    """The country whose calling code stands first in the text."""
    match = _CALLING.search(text) if "+" in text else None
    if match is None:
        return None
    for size in (3, 2, 1):
        codes = COUNTRY_CODE_TO_REGION_CODE.get(int(match[1][:size]))
        if codes and len(match[1]) >= size:
            return str(codes[0]) if codes[0] != "001" else None
    return None
