"""Text as a reader sees it."""

import re

_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

DIGITS = "０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"  # wide ones, Arabic and Persian ones
ASCII_DIGITS = str.maketrans(DIGITS, 3 * "0123456789")


def collapse(text: str) -> str:
    return " ".join(text.split())


def clean(text: str) -> str:
    """White space collapsed, without what nobody sees: controls, marks of direction, spaces of no width."""
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text
    text = collapse(text)
    return text if text.isprintable() else collapse(_HIDDEN.sub("", text))
