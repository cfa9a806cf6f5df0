"""What keeps the parse linear: tree building costs depth × tags, a tag the square of its attributes, an option all
that is before it in its list, and a tag that is left out the text around it."""

import re
from functools import cache
from itertools import islice

from shared.extract.literals import CASELESS, FIRST, Literals

MAX_BYTES = 5_000_000
CHEAP_TAGS = 12_000  # as many may nest as they like: 0.3 s
CHEAP_OPENED = 2_000  # half of them unclosed formatting elements, made again in the other half: 0.1 s
CHEAP_REOPENED = 1_000_000  # formatting elements × tags
MAX_DEPTH_SUM = 30_000_000  # open elements, summed over tags: about half a second; a long honest page has 3 million
MAX_REOPENED = 400_000  # unclosed formatting elements, summed over tags: each is made again in every block
MAX_PASSED = 30_000_000  # tags between the first list and each option, summed over options: up to a second and a half
MAX_JOINED = 1_000_000_000  # bytes × tags that may leave the text before and behind them one; 100 MB
MAX_COMPARED = 100_000_000  # attributes × those of the same tag: each is compared with all before it; 0.4 s
ATTRIBUTE_BYTES = 3  # at least: a name of two, and what parts it from the next
LOOK_BYTES = 8_192  # between two looks for the end of a tag
LEAST_LOOK_BYTES = 400
ENDS_WITHIN = 1_024  # bytes: nearly every tag
MAX_WORK = 64  # times the page

# Tags as the standard tokenises them, up to the ">" that ends them.
_SPACE = rb"[ \t\n\r\f]*+"
_VALUE = _SPACE + b"=" + _SPACE + rb"(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^ \t\n\r\f>\"'][^ \t\n\r\f>]*+)"
_NO_VALUE = b"(?!" + _SPACE + b"=" + _SPACE + b"[\"'])"
_ATTRIBUTE = rb"(?:=[^ \t\n\r\f/>=]*+|[^ \t\n\r\f/>=]++)(?:" + _VALUE + b"|" + _NO_VALUE + b")"
_ATTRIBUTES = rb"(?:[ \t\n\r\f/]++|" + _ATTRIBUTE + rb")*+"
_EACH = re.compile(_ATTRIBUTE)
_END = re.compile(_ATTRIBUTES + rb">")
_START = re.compile(rb"</?[a-zA-Z]")
_TAG = re.compile(rb"</?[a-zA-Z][^ \t\n\r\f/>]*+" + _ATTRIBUTES)
_BEFORE = b" \t\n\r\f/="  # one of them stands before each attribute; before that behind a value in quotes, the "="
_SPACED = bytes(ord(" ") if byte in b"/\"'" else byte for byte in range(256))

# Lower-case markup: tags, elements whose content is text, and what hides tags.
_TEXTS = b"|".join(b"script style textarea title xmp iframe noembed noframes".split())
_NO_TEXTS_IN = (b"svg", b"math", b"select")
_MARKUP = re.compile(
    rb"<(" + _TEXTS + rb")(?=[\s/>])" + _ATTRIBUTES + rb"(?:[^<]++|<(?!/\1))*+|<(/?)([a-z][^\s/>]{0,30})" + _ATTRIBUTES
    + rb"|<!--(?!-?>)(?:[^-]++|-(?!-!?>))*+|<[!?/][^>]*+"
)  # fmt: skip
_OPENING = re.compile(rb"<[a-z]")
# Tags that are left out in places, or stand elsewhere than the text around them, by which it is one text.
_JOINING = re.compile(
    rb"<(?=[!?]|/[a-z][^\s/>]*[\s/]|(?:body|caption|col|colgroup|form|frame|frameset|head|html|input|script|style"
    rb"|t(?:body|d|emplate|foot|h|head|r))[\s/])",
    re.I,
)
_LIST = re.compile(rb"<select[\s/>]", re.I)
_OPTION = re.compile(rb"<(?=option[\s/>])", re.I)
_FORMATTING_TAG = re.compile(rb"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.I)
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_SELF_CLOSED = frozenset(b"p li dt dd tr td th thead tbody tfoot option optgroup rt rp html head body".split())
_FORMATTING = frozenset(b"b big code em font i nobr s small strike strong tt u".split())


def bounded(html: bytes) -> bytes:
    """The page, or as much of it as can be parsed in linear time."""
    html = html[:MAX_BYTES]
    if (len(html) // ATTRIBUTE_BYTES) ** 2 > MAX_COMPARED:
        hidden, roots = _scanned(html)
        html = html[: _rooted(html, roots)]
        if (hidden or not _short(html)) and not _sparse(html, hidden) and _parts(html) ** 2 > MAX_COMPARED:
            html = html[: _crowded(html)]
    tags = html.count(b"<")
    if tags * len(html) > MAX_JOINED:
        html = _texts_apart(html)
    if tags * tags > MAX_PASSED:
        html = _few_options(html)
    if tags <= CHEAP_TAGS and (tags <= CHEAP_OPENED or _few_reopened(html, tags)):
        return html
    return html[: _deep(html)]


def _texts_apart(html: bytes) -> bytes:
    """From where they are too many, an empty element stands before each tag that may join texts: a text that grows is
    copied as a whole."""
    most = MAX_JOINED // len(html)
    last = next(islice(_JOINING.finditer(html), most, None), None)
    return html if last is None else html[: last.start()] + _JOINING.sub(b"<wbr><", html[last.start() :])


def _few_options(html: bytes) -> bytes:
    """From where they are too many, options are comments: their texts stay, and so does what is behind them."""
    first = _LIST.search(html)
    passed, tags, here = 0, 0, first.start() if first else len(html)
    for option in _OPTION.finditer(html, here):
        tags += html.count(b"<", here, here := option.start())
        passed += tags
        if passed > MAX_PASSED:
            return html[:here] + _OPTION.sub(b"<!", html[here:])
    return html


@cache
def _scan() -> Literals:
    # The first ">" that a tag hides, so none between it and where the tag begins.
    hiding = [rb'</?[a-zA-Z][^>]*=[ \t\n\r\f]*"[^">]*>', rb"</?[a-zA-Z][^>]*=[ \t\n\r\f]*'[^'>]*>"]
    return Literals([*hiding, rb"<(?:html|body)[ \t\n\r\f/>]"], [FIRST, FIRST, CASELESS], patterns=True)


def _scanned(html: bytes) -> tuple[bool, list[int]]:
    """Whether a ">" may stand in a value within quotes, and where the names of html's and body's tags end."""
    found = _scan().within(html)
    return any(number < 2 for _, number in found), [end for end, number in found if number == 2]


def _rooted(html: bytes, ends: list[int]) -> int:
    """Where the tags of html and body have too many attributes together: each further one's go to the first."""
    attributes = work = 0
    for end in ends:
        tag = _TAG.match(html, html.rfind(b"<", 0, end))
        assert tag is not None, "it begins like a tag"
        work += len(tag[0])
        attributes += len(tag[0]) // ATTRIBUTE_BYTES if len(tag[0]) <= ENDS_WITHIN else len(_EACH.findall(tag[0]))
        if attributes**2 > MAX_COMPARED or work > MAX_WORK * len(html):
            return tag.start()
    return len(html)


def _parts(html: bytes) -> int:
    """As many attributes as all of the page could be, as words between spaces, slashes and pairs of quotes."""
    return len(html.split()) + html.count(b"/") + (html.count(b'"') + html.count(b"'")) // 2


def _few_reopened(html: bytes, tags: int) -> bool:
    return tags - html.count(b"</") <= CHEAP_OPENED or len(_FORMATTING_TAG.findall(html)) * tags <= CHEAP_REOPENED


def _short(html: bytes) -> bool:
    """Whether all tags, each ending at the next ">", are so short that they compare few attributes."""
    step = ATTRIBUTE_BYTES**2 * MAX_COMPARED // (2 * len(html))
    here = 0
    while (here := here + step) < len(html):
        if html.find(b">", here - step, here) < 0:
            end = html.find(b">", here) % (len(html) + 1)  # the page's, where there is none
            begin = html.find(b"<", html.rfind(b">", 0, here) + 1, end)
            if begin >= 0 and _attributes(html, begin, end, 2 * step) > 2 * step // ATTRIBUTE_BYTES:
                return False
            here = end
    return True


def _sparse(html: bytes, hidden: bool) -> bool:
    """Whether all tags together compare few attributes, by looks at a few places, whatever the markup around them
    means: a tag that is open behind a ">" has `hidden` it in a value, and is followed from where the value ends."""
    step = min(LOOK_BYTES, 3 * MAX_COMPARED // max(len(html), 1))
    here = compared = 0
    inside = {b'"': 0, b"'": 0}  # attributes of a tag that may be open here, in a value within these quotes
    while here < len(html) and compared <= MAX_COMPARED and step >= LEAST_LOOK_BYTES:
        following = html.find(b">", here + step) + 1 or len(html)
        begins = here
        if following - here > 2 * step:  # a long stretch without ">", as in scripts: apart from what is before it
            if last := html.rfind(b">", here, here + step) + 1:
                following = last
            else:
                angle = html.find(b"<", here, following)  # a find costs a tenth of the pattern's search
                tag = _START.search(html, angle, following) if angle >= 0 else None
                begins = tag.start() if tag else following
        more = _attributes(html, begins, following, 2 * step)
        after = dict.fromkeys(inside, more)
        for quote, before in inside.items() if here and hidden else ():
            closing = html.find(quote, here, following)
            if closing < 0:
                after[quote] = max(after[quote], before)
            elif _END.match(html, closing + 1, closing + ENDS_WITHIN):
                compared += ENDS_WITHIN // ATTRIBUTE_BYTES * (before + ENDS_WITHIN // ATTRIBUTE_BYTES)
            else:
                more = _attributes(html, here, following, 2 * step)
                after = {either: max(attributes, before + more) for either, attributes in after.items()}
        inside = after
        compared += more * max(inside.values())
        here = following
    return here >= len(html) and compared <= MAX_COMPARED


def _attributes(html: bytes, start: int, end: int, short: int) -> int:
    """Not fewer than there are; in `short` bytes they are not counted."""
    most = (end - start) // ATTRIBUTE_BYTES
    if end - start <= short:
        return most
    return min(most, end - start - len(html[start:end].translate(None, _BEFORE)) + 1)


def _crowded(html: bytes) -> int:
    """Where the first tag begins that has too many attributes, wherever a tag may begin."""
    long = ATTRIBUTE_BYTES**2 * MAX_COMPARED // len(html)
    allowed = work = 0
    seen: set[int] = set()
    for outer in _TAG.finditer(html):
        start, end = outer.span()
        if end - start <= long and html.find(b"<", start + 1, end) < 0:
            continue
        allowed = allowed or MAX_COMPARED // len(html.translate(_SPACED).split())
        waiting = [outer]
        while waiting:
            start, end = waiting.pop().span()
            work += end - start
            crowded = end - start > long and len(_EACH.findall(html, start, end)) > allowed
            if crowded or work > MAX_WORK * len(html):
                return start
            if html.find(b"<", start + 1, end) >= 0:
                apart = (each.span() for each in _EACH.finditer(html, start, end) if _apart(each[0]))
                inner = (match.start() for span in apart for match in _START.finditer(html, *span))
                new = set(inner) - seen
                seen |= new
                others = filter(None, (_TAG.match(html, position) for position in new))
                waiting.extend(other for other in others if other.end() != end)  # else within this one
    return len(html)


def _apart(attribute: bytes) -> bool:
    """Whether a tag that begins in it may be out of step with the tag that has the attribute."""
    value = attribute.partition(b"=")[2]
    return b"<" in value and (value.endswith((b'"', b"'")) or b"/" in value)


def _deep(html: bytes) -> int:
    """Where elements are open too deep."""
    open_of: dict[bytes, int] = {}
    depth = formatting = depth_sum = reopened = 0
    for match in _MARKUP.finditer(html.lower()):
        text, closes, name = match.groups()
        if text is not None and any(open_of.get(outer) for outer in _NO_TEXTS_IN):
            depth += len(_OPENING.findall(match[0]))
        if name is None:
            continue
        if name in _VOID or name in _SELF_CLOSED:
            reopened += formatting
        elif not closes:
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
