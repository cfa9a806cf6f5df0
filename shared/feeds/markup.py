"""XML as feeds are in the wild: read in one pass, whatever is broken, nothing ever expanded.

There is no document type here and so no entity that a document could define; names are those of HTML. The time taken is
linear in the text: every step ends further on than it began.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.entities import unescape

TAG = re.compile(r"</?([A-Za-z_][\w:.-]*+)((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)>")
BROKEN_TAG = re.compile(r"</?([A-Za-z_][\w:.-]*+)")
ATTRIBUTE = re.compile(r"(?<![\w:.-])([A-Za-z_][\w:.-]*+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'>]++))")


@dataclass(frozen=True, slots=True)
class Open:
    name: str  # as written, with its prefix, lower case
    attributes: dict[str, str]
    empty: bool  # <x/>


@dataclass(frozen=True, slots=True)
class Close:
    name: str


Token = str | Open | Close


def tokens(text: str) -> Iterator[Token]:
    """Tags, and the text between them with its references resolved; CDATA is text as it stands."""
    at = 0
    while (start := text.find("<", at)) >= 0:
        if start > at:
            yield unescape(text[at:start])
        if text.startswith("<![CDATA[", start):
            end = found(text, "]]>", start)
            yield text[start + 9 : end]
            at = end + 3
        elif text.startswith("<!--", start):
            at = found(text, "-->", start + 4) + 3
        elif text.startswith(("<!", "<?"), start):
            at = found(text, ">", start) + 1
        elif tag := TAG.match(text, start):
            at = tag.end()
            yield token(tag[0], tag[1], tag[2])
        elif broken := BROKEN_TAG.match(text, start):
            at = found(text, ">", start) + 1
            yield token(broken[0], broken[1], text[broken.end() : at - 1])
        else:
            yield "<"
            at = start + 1
    if at < len(text):
        yield unescape(text[at:])


def found(text: str, what: str, start: int) -> int:
    end = text.find(what, start)
    return len(text) if end < 0 else end


def token(tag: str, name: str, rest: str) -> Token:
    if tag.startswith("</"):
        return Close(name.lower())
    attributes = {m[1].lower(): unescape(m[2] or m[3] or m[4] or "").strip() for m in ATTRIBUTE.finditer(rest)}
    return Open(name.lower(), attributes, rest.endswith("/"))
