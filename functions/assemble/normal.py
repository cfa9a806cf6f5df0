"""Normal forms: what two facts have in common when they say the same."""

import re
import unicodedata
from collections.abc import Hashable
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from shared.extract.legal_forms import without_form
from shared.extract.names import compact
from shared.models import JSON
from shared.web.urls import normalise

_HONORIFIC = re.compile(
    r"\b(?:dr|prof|professor|mag|dipl|ing|med|jur|mr|mrs|ms|miss|herr|frau|sir|dame|lord|lady|baroness|phd|md|mba|msc|bsc"
    r"|jr|sr|cfa|cpa|llm|obe|mbe|cbe|kbe|kc|qc)\b\.?",
    re.I,
)


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def name(value: str) -> str:
    return compact(without_form(value)) or words(value)


@lru_cache(4096)  # a site's pages have their menus in common
def url(value: str) -> str:
    """Without scheme, www., index file, closing slash and tracking parameters; the fragment stays."""
    address, _, fragment = value.partition("#")
    found = normalise(address) or address
    rest = re.sub(r"^https?://(?:www\.)?", "", found)
    rest = re.sub(r"/(?:index|default)\.\w+$", "/", rest).rstrip("/")
    return unquote(rest) + (f"#{fragment}" if fragment else "")


def profile(value: JSON) -> str:
    """Networks take handles in any case, but for ids of channels."""
    address = str(value["url"])
    return address if "/channel/" in address else address.casefold().rstrip("/")


def person(value: JSON) -> str:
    return "".join(sorted(words(_HONORIFIC.sub(" ", value["name"])).split()))


def address(value: JSON) -> Hashable:
    code, street = compact(value.get("postal_code") or ""), compact(value.get("street") or "")
    if code and street:
        return (code, re.sub(r"\D", "", street)[:4] or street[:6])
    return (code, street[:12], "" if code or street else compact(value.get("locality") or ""))


def ticker(value: JSON) -> str:
    return str(value["symbol"]).upper()


def identifier(value: JSON) -> tuple[str, str]:
    number = re.sub(r"[\W_]", "", value["value"]).upper()
    return value["type"], number.lstrip("0") if value["type"] == "cik" else number


def figure(value: JSON) -> Hashable:
    return (value.get("fiscal_period"), value.get("period_end"), value.get("currency"), value["amount"])


def opening(value: JSON) -> Hashable:
    return (words(value["title"]), words(value.get("location") or ""))


def news(value: JSON) -> str:
    return url(value["url"]) if value.get("url") else words(value["title"])


def host(address: str) -> str:
    return (urlsplit(address).hostname or "").removeprefix("www.")
