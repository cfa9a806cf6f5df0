"""What keeps the parse linear: HTML5 tree building costs depth × tags, which a page of nested tags makes quadratic."""

import re

MAX_BYTES = 5_000_000
CHEAP_TAGS = 12_000  # as many may nest as they like: 0.3 s
CHEAP_REOPENED = 1_000_000  # formatting elements × tags
MAX_DEPTH_SUM = 30_000_000  # open elements, summed over tags: about half a second; a long honest page has 3 million
MAX_REOPENED = 400_000  # unclosed formatting elements, summed over tags: each is made again in every block
LONG_TAG_BYTES = 40_000
MAX_ATTRIBUTES = 2_000  # of one long tag; each is compared with all before it

# Lower-case markup as the standard tokenises it, wherever that decides what is a tag and where it ends.
_ATTRIBUTES = rb"[^>=]*+(?:=\s*+(?:\"[^\"]*+\"|'[^']*+'|)[^>=]*+)*+"
_TEXTS = b"script style textarea title xmp iframe noembed noframes".split()  # elements without markup
_COMMENT = rb"<!--(?!-?>)(?:[^-]++|-(?!-!?>))*+|<[!?/][^>]*+"
_TAG = re.compile(
    rb"(<(/?)((?:(?<=/)[a-z]|(?!(?:" + b"|".join(_TEXTS) + rb")[\s/>])[a-z])[^\s/>]{0,30})" + _ATTRIBUTES + rb")"
    rb"|(<(" + b"|".join(_TEXTS) + rb")" + _ATTRIBUTES + rb")(?:[^<]++|<(?!/\5))*+|" + _COMMENT
)
# The same without groups, several times as fast; a text is one with the tag before it.
_MARKUP = re.compile(
    rb"<(?:/[a-z]|[a-hj-mo-ru-wyz])" + _ATTRIBUTES + b"|"
    + b"|".join(rb"<%b(?=[\s/>])%b(?:[^<]++|<(?!/%b))*+" % (name, _ATTRIBUTES, name) for name in _TEXTS)
    + rb"|<[a-z]" + _ATTRIBUTES + b"|" + _COMMENT
)  # fmt: skip
_TAG_ALONE = re.compile(rb"</?[a-z]" + _ATTRIBUTES)
_FORMATTING_TAG = re.compile(rb"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.I)
_BETWEEN = re.compile(rb"=\s*(?:\"[^\"]*\"|'[^']*')|[\s/]+")
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_SELF_CLOSED = frozenset(b"p li dt dd tr td th thead tbody tfoot option optgroup rt rp html head body".split())
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())


def bounded(html: bytes) -> bytes:
    """The page, or as much of it as can be parsed in linear time."""
    html = html[:MAX_BYTES]
    tags = html.count(b"<")
    if tags <= CHEAP_TAGS and (tags**2 <= CHEAP_REOPENED or _formatting(html) * tags <= CHEAP_REOPENED):
        long = [markup for markup in _MARKUP.findall(html.lower()) if len(markup) > LONG_TAG_BYTES]
        if all(len(tag[0]) <= LONG_TAG_BYTES for tag in map(_TAG_ALONE.match, long) if tag):
            return html
    return html[: _end(html)]


def _formatting(html: bytes) -> int:
    return len(_FORMATTING_TAG.findall(html))


def _end(html: bytes) -> int:
    open_of: dict[bytes, int] = {}
    depth = formatting = depth_sum = reopened = 0
    for match in _TAG.finditer(html.lower()):
        tag, name = match[1] or match[4], match[3]
        if tag and len(tag) > LONG_TAG_BYTES and len(_BETWEEN.sub(b" ", tag).split()) > MAX_ATTRIBUTES:
            return match.start()
        if name is None:
            continue
        if name in _VOID or name in _SELF_CLOSED:
            reopened += formatting
        elif not match[2]:
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
