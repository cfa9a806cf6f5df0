"""What a page wants done with it: X-Robots-Tag and meta robots."""

import re
from collections.abc import Iterable

from shared.extract.page import ParsedPage

_VALUED = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")
_NUMBER = re.compile(r"[0-9]{1,6}")


def is_kept_from(page: ParsedPage, token: str) -> bool:
    """Whether the page asks our robot, by its name, not to index it."""
    return any(directive in ("noindex", "none") for directive in _directives(page, (token.lower(),)))


def quotable(page: ParsedPage, token: str) -> int | None:
    """Characters in a row that may be quoted of the page, None where it says nothing of it. A page that is to be in no
    index is not quoted either."""
    least = None
    for directive in _directives(page, ("", token.lower())):
        name, _, value = directive.partition(":")
        if name in ("noindex", "none", "nosnippet"):
            return 0
        if name == "max-snippet" and _NUMBER.fullmatch(value):
            least = min(int(value), int(value) if least is None else least)
    return least


def _directives(page: ParsedPage, names: tuple[str, ...]) -> Iterable[str]:
    """In lower case and without spaces, those that are said to one of `names`; "" stands for all robots."""
    said = [("", value) for name, value in page.headers if name.lower() == "x-robots-tag"]
    for attributes in page.walk.metas:
        to = (attributes.get("name") or "").strip().lower()
        if to == "robots" or to in names:
            said.append(("" if to == "robots" else to, attributes.get("content") or ""))
    for to, text in said:
        for part in text.lower().split(","):
            directive = "".join(part.split())
            name, colon, rest = directive.partition(":")
            if colon and name not in _VALUED:  # "otherbot: noindex, nofollow"
                to, directive = name, rest
            if to in names:
                yield directive
