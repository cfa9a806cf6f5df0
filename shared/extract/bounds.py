"""What keeps the parse linear: HTML5 tree building costs depth × tags, which a page of nested tags makes quadratic."""

import re

MAX_BYTES = 5_000_000
CHEAP_TAGS = 12_000  # as many may nest as they like: 0.3 s
CHEAP_REOPENED = 1_000_000  # formatting elements × tags
MAX_DEPTH_SUM = 30_000_000  # open elements, summed over tags: about half a second; a long honest page has 3 million
MAX_REOPENED = 400_000  # unclosed formatting elements, summed over tags: each is made again in every block
LONG_TAG_BYTES = 40_000
MAX_ATTRIBUTES = 2_000  # of one long tag; each is compared with all before it

_TAG = re.compile(
    rb"<!--(?>.*?-->|.*)|<(?:script|style|textarea|title)\b(?>.*?</(?:script|style|textarea|title)|.*)"
    rb"|<(/?)([a-z][a-z0-9:-]{0,30})(?:[^>=]|=\s*(?:\"[^\"]*\"|'[^']*')|=)*+",
    re.I | re.S,
)
_FORMATTING_TAG = re.compile(rb"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.I)
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_SELF_CLOSED = frozenset(b"p li dt dd tr td th thead tbody tfoot option optgroup rt rp html head body".split())
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())


def bounded(html: bytes) -> bytes:
    """The page, or as much of it as can be parsed in linear time."""
    html = html[:MAX_BYTES]
    tags = html.count(b"<")
    if tags <= CHEAP_TAGS and len(_FORMATTING_TAG.findall(html)) * tags <= CHEAP_REOPENED:
        longest = max(map(len, html.split(b">")))
        if longest <= LONG_TAG_BYTES:
            return html
    return html[: _end(html)]


def _end(html: bytes) -> int:
    open_of: dict[bytes, int] = {}
    depth = formatting = depth_sum = reopened = 0
    for match in _TAG.finditer(html):
        name = match[2]
        if name is None:
            continue
        if match.end() - match.start() > LONG_TAG_BYTES and len(_VALUE.sub(b"", match[0]).split()) > MAX_ATTRIBUTES:
            return match.start()
        name = name.lower()
        if name in _VOID or name in _SELF_CLOSED:
            reopened += formatting
        elif not match[1]:
            open_of[name] = open_of.get(name, 0) + 1
            depth += 1
            formatting += name in _FORMATTING
        elif open_of.get(name, 0):
            open_of[name] -= 1
            depth -= 1
            formatting -= name in _FORMATTING
        depth_sum += depth
        reopened += formatting
        if depth_sum > MAX_DEPTH_SUM or reopened > MAX_REOPENED:
            return match.start()
    return len(html)
