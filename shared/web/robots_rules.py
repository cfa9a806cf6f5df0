"""The rules of a robots.txt for one product token, as RFC 9309 reads them, lenient where Google's parser is."""

import re
from dataclasses import dataclass, field

MAX_LINE = 2083 * 8  # bytes of a line that count, as for Google

_AGENT, _ALLOW, _DISALLOW, _SITEMAP, _DELAY, _RATE = range(6)
_KEYS = {
    name: key
    for key, names in {
        _AGENT: "user-agent|useragent|user agent",
        _ALLOW: "allow",
        _DISALLOW: "disallow|dissallow|dissalow|disalow|diasllow|disallaw",
        _SITEMAP: "sitemap|sitemaps|site-map",
        _DELAY: "crawl-delay|crawl delay|crawldelay",
        _RATE: "request-rate|request rate",
    }.items()
    for name in names.split("|")
}
_TOKEN = re.compile(r"[a-z_-]*")
_DELAY_SAID = re.compile(r"([0-9]{0,9}[.,]?[0-9]{1,9}|[0-9]{1,9}[.,])\s*(?:s|secs?|seconds?)?", re.I)
_RATES = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})\s*([smhd]?)\b", re.I)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_BOMS = (b"\xef\xbb\xbf", b"\xef\xbb")  # Google skips half of one, too

_TARGET = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*([^#]*)")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~/]*")
_OCTET = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~/?!&'()+,;=:@]")
_SAME_DECODED = re.compile(r"[A-Za-z0-9\-._~!&'()+,;=:@]")


@dataclass(slots=True)
class _Group:
    """What stands under the user-agent lines that name one token, wherever they are in the file."""

    named: bool = False
    rules: dict[str, bool] = field(default_factory=dict)  # pattern to whether it allows
    delay: float = 0.0  # seconds between two requests, the most that is asked for


class Rules:
    """`sitemaps` as written; `delay` in seconds, by Crawl-delay or Request-rate, whichever asks for more."""

    def __init__(self, body: bytes, token: str) -> None:
        self.sitemaps: list[str] = []
        ours, others = self._read(body, token.lower())
        group = ours if ours.named else others
        self.delay = group.delay
        # The longest match decides, and of equal ones the one that allows; a plain prefix costs no pattern of its own.
        self._rules = [
            (_Pattern(text), allows)
            for text, allows in sorted(group.rules.items(), key=lambda rule: (len(rule[0]), rule[1]), reverse=True)
        ]
        self._plain = tuple(pattern.parts[0] for pattern, _ in self._rules if pattern.plain)
        self._others = [rule for rule in self._rules if not rule[0].plain]

    def allows(self, url: str) -> bool:
        """Whether an absolute URL may be read."""
        target = _TARGET.fullmatch(url)
        path = (target[1] if target else url) or "/"
        path = _canonical(path if path.startswith("/") else f"/{path}")
        if path == "/robots.txt":
            return True
        rules = self._rules if path.startswith(self._plain) else self._others
        return next((allows for pattern, allows in rules if pattern.matches(path)), True)

    def _read(self, body: bytes, token: str) -> tuple[_Group, _Group]:
        ours, others = _Group(), _Group()
        current: list[_Group] = []
        opening = False  # between the user-agent lines of one group, which only a rule ends
        for key, value in _lines(body):
            if key == _SITEMAP:
                self.sitemaps += [value] if value else []
            elif key == _AGENT:
                if not opening:
                    current, opening = [], True
                name = value.lower()
                group = others if name.split()[:1] == ["*"] else ours if _name(name) == token else None
                if group is not None:
                    group.named = True
                    current.append(group)
            elif key in (_DELAY, _RATE):
                opening = False  # a rule to those who heed it: the agents named behind it are another group
                for group in current:
                    group.delay = max(group.delay, _seconds(key, value))
            else:
                opening = False
                for group in current:
                    for pattern in _patterns(value, key == _ALLOW):
                        group.rules[pattern] = key == _ALLOW or group.rules.get(pattern, False)
        return ours, others


class _Pattern:
    __slots__ = ("anchored", "parts", "plain")

    def __init__(self, text: str) -> None:
        self.anchored = text.endswith("$")
        self.parts = text.removesuffix("$").split("*")
        self.plain = len(self.parts) == 1 and not self.anchored

    def matches(self, path: str) -> bool:
        first, *between = self.parts
        if not path.startswith(first):
            return False
        at = len(first)
        if self.anchored and not between:
            return at == len(path)
        last = between.pop() if self.anchored else ""
        for part in between:
            at = path.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return not self.anchored or (path.endswith(last) and len(path) - len(last) >= at)


def _lines(body: bytes) -> list[tuple[int, str]]:
    """Keys that mean something, with their values."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        body = body.decode("utf-16", "replace").encode()
    for mark in _BOMS:
        body = body.removeprefix(mark)
    found = []
    for raw in body.replace(b"\0", b"").replace(b"\r", b"\n").split(b"\n"):
        line = raw[:MAX_LINE].partition(b"#")[0].strip()
        if not line:
            continue
        try:
            text = line.decode()
        except UnicodeDecodeError:
            text = line.decode("latin-1")
        name, colon, value = text.partition(":")
        key = _KEYS.get(name.strip().lower()) if colon else None
        if key is None:  # "Disallow /x", as many write
            name, _, value = text.partition(" ")
            key = None if " " in value.strip() else _KEYS.get(name.strip().lower())
        if key is not None:
            found.append((key, value.strip()))
    return found


def _name(agent: str) -> str:
    """The product token that an agent's name begins with: "Name/1.0 (+https://…)" is Name's."""
    found = _TOKEN.match(agent)
    return found[0] if found else ""


def _seconds(key: int, value: str) -> float:
    """0 where the value makes no sense."""
    if key == _RATE:
        rate = _RATES.match(value)
        return int(rate[2]) * _UNITS[rate[3].lower()] / int(rate[1]) if rate and int(rate[1]) else 0.0
    delay = _DELAY_SAID.fullmatch(value)
    return float(delay[1].replace(",", ".")) if delay else 0.0


def _patterns(value: str, allows: bool) -> list[str]:
    """The pattern in its normal form; what begins with neither "/" nor "*" matches no path."""
    if not value.startswith(("/", "*")):
        return []
    anchor = "$" if value.endswith("$") else ""
    pattern = re.sub(r"\*{2,}", "*", _canonical(value.removesuffix("$"), wildcards=True))
    directory = pattern.removesuffix("index.html")
    if allows and not anchor and directory != pattern and directory.endswith("/"):
        return [pattern, directory + "$"]
    return [pattern + anchor]


def _canonical(text: str, *, wildcards: bool = False) -> str:
    """Path and query with one spelling for what RFC 9309, 2.2.2, calls the same. Behind the "?" an escaped slash is
    one, too; before it, it is not."""
    if _PLAIN.fullmatch(text):
        return text
    path, mark, query = text.partition("?")
    return _encoded(path, "*" if wildcards else "", "") + mark + _encoded(query, "*" if wildcards else "", "/?")


def _encoded(text: str, kept: str, decoded: str) -> str:
    def one(match: re.Match[str]) -> str:
        if match[1] is None and match[0] in kept:
            return match[0]
        if match[1] is None:
            return "".join(f"%{octet:02X}" for octet in match[0].encode(errors="replace"))
        char = chr(int(match[1], 16))
        return char if _SAME_DECODED.fullmatch(char) or char in decoded else match[0].upper()

    return _OCTET.sub(one, text)
