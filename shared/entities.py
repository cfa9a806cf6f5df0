"""Character references of HTML, those included that Python's own function raises at."""

import html
import re

_ENDLESS = re.compile(r"&#\d{8,}")  # Python refuses to read a number of more than 4,300 digits


def unescape(text: str) -> str:
    """The text with its references resolved; a number that no character has becomes U+FFFD."""
    return html.unescape(_ENDLESS.sub("&#65533", text))
