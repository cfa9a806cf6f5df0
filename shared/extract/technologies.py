"""What a site runs on, by what it loads, calls and answers with; text and outgoing links are no evidence."""

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from shared.extract.needles import in_markup, of_scripts
from shared.extract.page import ParsedPage
from shared.extract.technology_rules import Clue, Rules, rules
from shared.models import Fact, How
from shared.web.urls import registrable

MAX_ADDRESS = 2_000  # characters
MAX_SCRIPT = 100_000  # characters of one inline script
MAX_SCRIPTS = 600_000
MAX_PLACES = 500  # of one word in the scripts
MAX_LINE = 200  # characters of a line before it
MAX_LOADED = 2_000  # resources
MAX_MARKS = 20  # looked for by selector, each of which costs a walk through the tree where it finds nothing
MAX_HEADERS = 100
_CODE = frozenset(("", "text/javascript", "application/javascript", "module", "text/plain", "application/x-javascript"))
_PUT_OFF = ("psajs", "-text/javascript", "-module")  # by mod_pagespeed and Cloudflare, until the page stands
_LOADED = frozenset("stylesheet preload modulepreload prefetch icon manifest apple-touch-icon".split())
_STATE = re.compile(r"\s*\(?(?:window|self)\.__\w+(?:\.push\(|\s*=)")  # the page's content once more, as data
_PARTS = re.compile(r"(?:https?:)?//(?:www\.)?([^/?#:@\\\s]+)(?::\d*)?(/[^#]*)?")
_GLOBAL_BEFORE = re.compile(r"(?:^|[^\w$.])(?:window|self|top|globalThis|document)\.$")
_HOST_SIGNS = string.ascii_letters + string.digits + "-."
_ENDS = frozenset("/\"'`:?\\")
_LEFT_BEHIND = frozenset(("Website builder", "Shop"))  # whose pictures are shown by former customers and by others
_LISTED = re.compile(r"[\w.-]{1,80}\.(?:js|css)(?=\":1)")
_NUMBER = r"(?!X+\b)[A-Z0-9]"  # the X are for the reader to replace
_ACCOUNT = re.compile(rf"(?:UA-\d{{4,10}}(?:-\d{{1,4}})?|G-{_NUMBER}{{8,12}}|(?:GTM|OPT)-{_NUMBER}{{4,9}})(?![\w-])")
_EXPERIMENTS = re.compile(
    r"(?:optimize_id|require)\W{1,8}$"
)  # a container of Google Optimize has a number of the same form
_DOMAIN = re.compile(r"(?:com|net|org|io|co|ai|app|dev|de|eu|ru|jp)(?![\w$(])", re.A)
_WORDS = re.compile(r"[a-z0-9][\w.@+-]*", re.A)
_REST_OF_NAME = re.compile(rb"[\w:.-]*")


class _Loaded(NamedTuple):
    """What a page loads of one kind."""

    addresses: list[str]
    how: How
    evidence: str
    confidence: float
    executed: bool


@dataclass(slots=True)
class _Seen:
    confidence: float
    how: How
    quote: str
    evidence: str


def technologies(page: ParsedPage) -> Iterator[Fact]:
    finder = _Finder(page, rules())
    finder.look()
    for name, seen in finder.with_implied().items():
        value = {"name": name, "category": finder.rules.technologies[name].category, "evidence": seen.evidence}
        yield page.fact("technology", value, how=seen.how, quote=seen.quote, confidence=round(seen.confidence, 3))


class _Finder:
    def __init__(self, page: ParsedPage, known: Rules) -> None:
        self.page, self.rules = page, known
        self.found: dict[str, _Seen] = {}
        self.ends = in_markup(page)
        self.own = page.host.removeprefix("www.")
        loaded = [
            (rooted(address.lower()), address, group) for group in self.resources() for address in group.addresses
        ]
        self.loaded = loaded[:MAX_LOADED]
        self.code, self.state = self.inline()

    def add(self, name: str, confidence: float, how: How, quote: str, evidence: str) -> None:
        if not self.is_sure(name, confidence):
            self.found[name] = _Seen(confidence, how, quote, evidence)

    def is_sure(self, name: str, confidence: float) -> bool:
        return name in self.found and self.found[name].confidence >= confidence

    def look(self) -> None:
        self.metas()
        self.files()
        self.addresses()
        self.calls()
        self.listed()
        marks = [clue for word in self.ends for clue in self.rules.marks.get(word, ())]
        for clue in marks[:MAX_MARKS]:
            self.shown(clue)
        self.answer()

    # ---------------------------------------------------------- what is loaded

    def resources(self) -> list[_Loaded]:
        walk = self.page.walk
        sheets, links = list[str](), list[str]()
        for attributes in walk.heads:
            rel, href = attributes.get("rel") or "", attributes.get("href")
            if href and rel == "stylesheet":
                sheets.append(href)
            elif rel := rel.lower():
                for name in self.rules.of("rel", rel):
                    self.add(name, 0.95, "html", rel, "link")
                if href and not _LOADED.isdisjoint(rel.split()):
                    (sheets if "stylesheet" in rel else links).append(href)
        images = [src for image in walk.images if (src := image.attributes.get("src")) and src[:5] != "data:"]
        return [
            _Loaded([script.src for script in walk.scripts if script.src], "script", "script", 0.92, True),
            _Loaded(sheets, "html", "style sheet", 0.9, True),
            _Loaded(links, "html", "link", 0.9, True),
            _Loaded(walk.frames, "html", "frame", 0.9, False),
            _Loaded(images, "html", "image", 0.6, False),
        ]

    def files(self) -> None:
        for lower, address, group in self.loaded:
            if group.executed:
                for name in self.rules.by_file(lower):
                    self.add(name, 0.9, group.how, address, group.evidence)

    def addresses(self) -> None:
        joined = "\n".join([lower for lower, _, _ in self.loaded])
        for word in of_scripts().within(joined.encode(errors="replace")):
            clues = self.rules.words[word]
            for lower, address, group in self.loaded:
                if word in lower:
                    host, place = parts(lower)
                    for clue in clues:
                        self.address(clue, group, address, host, place)

    def address(self, clue: Clue, group: _Loaded, address: str, host: str, place: str) -> None:
        if clue.kind == "host" and is_at(clue, host, place):
            category = self.rules.technologies[clue.name].category
            if group.evidence != "image" or category not in _LEFT_BEHIND:
                self.add(clue.name, group.confidence, group.how, address, group.evidence)
        elif clue.kind == "dir" and not self.is_sure(clue.name, 0.9):
            path = place.partition("?")[0] + "/"
            # A picture's host may be another of the company's, which runs on something else.
            own = not host or host == self.own or (group.executed and _site(host) == self.page.site)
            if (own or group.executed) and (f"{clue.word}/" in path or f"{clue.word}@" in path):
                self.add(clue.name, 0.9 if own else 0.65, group.how, address, group.evidence)

    # ---------------------------------------------------------- what is called

    def inline(self) -> tuple[str, list[range]]:
        """The scripts in the page, and where those among them stand that only hold data."""
        texts, state, size = list[str](), list[range](), 0
        for script in self.page.walk.scripts:
            if script.text and (script.type in _CODE or script.type.endswith(_PUT_OFF)) and size < MAX_SCRIPTS:
                texts.append(script.text[:MAX_SCRIPT])
                if _STATE.match(texts[-1]):
                    state.append(range(size, size + len(texts[-1])))
                size += len(texts[-1]) + 1
        return "\n".join(texts), state

    def calls(self) -> None:
        in_bytes = self.code.encode(errors="replace")
        same = len(in_bytes) == len(self.code)
        for word, end in of_scripts().within(in_bytes).items():
            first = end - len(word) if same else 0
            hosts = list[Clue]()
            for clue in self.rules.words[word]:
                if clue.kind == "dir" or self.is_sure(clue.name, 0.8 if clue.kind == "host" else 0.85):
                    continue
                if clue.kind == "host":
                    hosts.append(clue)
                elif clue.kind == "script" and is_called(clue.key, self.code, first):
                    self.add(clue.name, 0.85, "script", clue.key.rstrip("*"), "inline script")
                elif clue.kind == "id" and (account := account_in(self.code, word, first)):
                    self.add(clue.name, 0.85, "script", account, "inline script")
            for at in addresses_in(self.code, word, first) if hosts else ():
                if not any(at in part for part in self.state):
                    place = self.code[at + len(word) : at + len(word) + 200].replace("\\", "").lower()
                    for clue in hosts:
                        if is_at(clue, word, place if place[:1] == "/" else "/"):
                            self.add(clue.name, 0.8, "script", word, "inline script")

    def listed(self) -> None:
        """Drupal joins its files into one, and lists in a script which these were."""
        start = self.code.find('"ajaxPageState"') if "Drupal" in self.found else -1
        if start >= 0:
            for path in _LISTED.findall(self.code, start, start + MAX_SCRIPT):
                for name in self.rules.by_file(path.lower()):
                    self.add(name, 0.85, "script", path, "inline script")

    # ---------------------------------------------------------- what stands in the markup

    def metas(self) -> None:
        names = self.rules.meta_names
        for attributes in self.page.walk.metas:
            name = (attributes.get("name") or attributes.get("property") or "").lower().strip()
            if name in names:
                content = (attributes.get("content") or "").strip()
                if name == "generator":
                    self.generator(content)
                of = self.rules.of
                for found in of("meta", name) + of("meta", f"{name}={content[:100].lower()}"):
                    self.add(found, 0.85, "meta", name, "meta")

    def generator(self, content: str) -> None:
        words = _WORDS.findall(content[:200].lower().removeprefix("powered by "))
        for size in range(1, 5):
            for found in self.rules.of("generator", " ".join(words[:size])):
                self.add(found, 0.95, "meta", content, "generator")

    def shown(self, clue: Clue) -> None:
        match clue.kind:
            case "mark":
                confidence = 0.8 if clue.key[0] == "." else 0.85
                css = "" if self.is_sure(clue.name, confidence) else self.selector(clue)
                if css and self.page.tree.css_first(css) is not None:
                    self.add(clue.name, confidence, "html", clue.key.strip(".#[]*"), "element")
            case "form":
                for node in self.page.tree.css("form[action]")[:50]:
                    action = node.attributes.get("action") or ""
                    if is_at(clue, *parts(action.lower())):
                        self.add(clue.name, 0.85, "html", action, "form")
            case "comment":
                self.comment(clue)

    def selector(self, clue: Clue) -> str:
        sign, name = clue.key[0], clue.key.strip(".#[]*")
        match sign, "*" in clue.key:
            case ".", True:
                return f'[class^="{name}"],[class*=" {name}"]'
            case "[", True:  # [data-v-7ba5bd90] by the first that there is, but not [data-v-offset]
                rest = _REST_OF_NAME.match(self.page.tree.raw_html or b"", self.ends[clue.word])
                if rest is None or not any(digit in rest[0] for digit in b"0123456789"):
                    return ""
                name += rest[0].decode(errors="replace")
        name = re.sub(r"[^\w-]", r"\\\g<0>", name)
        return f"[{name}]" if sign == "[" else f"{sign}{name}"

    def comment(self, clue: Clue) -> None:
        """Where caches and plug-ins sign; only the first place where the word stands is looked at."""
        raw, end = self.page.tree.raw_html or b"", self.ends[clue.word]
        start = raw.rfind(b"<!--", max(0, end - 500), end)
        if start >= 0 and raw.rfind(b"-->", start, end) < 0:
            text = raw[start + 4 : end + 400].partition(b"-->")[0].decode(errors="replace")
            self.add(clue.name, 0.85, "html", text, "comment")

    # ---------------------------------------------------------- what the server says

    def answer(self) -> None:
        above = self.page.host
        while above:
            above = above.partition(".")[2]
            for found in self.rules.of("site", above):
                self.add(found, 0.95, "html", self.page.url, "host")
        for name, value in self.page.headers[:MAX_HEADERS]:
            name = name.lower()
            quote = f"{name}: {value}"
            if name == "set-cookie":
                for found in self.rules.of("cookie", value.partition("=")[0].strip()):
                    self.add(found, 0.9, "header", quote, "cookie")
                continue
            keys = [name]
            if name in self.rules.judged_headers:
                said = value[:300].strip().lower()
                keys += {f"{name}:{word}" for word in (said, *re.split(r"[\s/(),;]+", said))}
            for found in [found for key in keys for found in self.rules.of("header", key)]:
                self.add(found, 0.92, "header", quote, "header")

    # ---------------------------------------------------------- what follows from that

    def with_implied(self) -> dict[str, _Seen]:
        waiting = list(self.found)
        while waiting:
            name = waiting.pop()
            seen = self.found[name]
            for other, probability in self.rules.technologies[name].implies.items():
                confidence = seen.confidence * probability
                if other not in self.found or self.found[other].confidence < confidence - 0.001:
                    self.found[other] = _Seen(confidence, seen.how, seen.quote, f"implied by {name}")
                    waiting.append(other)
        return self.found


# -------------------------------------------------------------- addresses


def rooted(address: str) -> str:
    """With the slash that an address which is relative to the page's begins without."""
    relative = address[:1] not in ("", "/", "?", "#", " ") and ":" not in address[:12].partition("/")[0]
    return f"/{address}" if relative else address


def parts(address: str) -> tuple[str, str]:
    """Host without www., and path with query; no host for an address on the page's own, nothing for other schemes."""
    address = address[:MAX_ADDRESS].strip()
    if found := _PARTS.match(address):
        return found[1], found[2] or "/"
    scheme = address[:12].partition("/")[0]
    return ("", "") if ":" in scheme else ("", f"/{address.partition('#')[0].removeprefix('/')}")


def is_at(clue: Clue, host: str, place: str) -> bool:
    """Whether an address is on the clue's host or one below it, and begins as it says."""
    within = host == clue.word or host.endswith(f".{clue.word}")
    return within and place.startswith(clue.key[len(clue.word) :])


@lru_cache(1024)
def _site(host: str) -> str:
    return registrable(host)


# -------------------------------------------------------------- how a script says it


def places_of(text: str, word: str, first: int) -> Iterator[int]:
    """Where it stands, but for lines that are switched off by a comment's //."""
    at = text.find(word, first)
    for _ in range(MAX_PLACES):
        if at < 0:
            return
        line = text[max(0, at - MAX_LINE) : at].rpartition("\n")
        if not (line[1] and line[2].lstrip()[:2] == "//"):
            yield at
        at = text.find(word, at + len(word))


def is_called(key: str, code: str, first: int) -> bool:
    """Whether a key of `script` stands as a name of its own, not within a longer one, an address or as a member."""
    word = key.rstrip("*")
    for at in places_of(code, word, first):
        before, after = code[max(0, at - 12) : at], code[at + len(word) : at + len(word) + 1]
        if (before[-1:].isalnum() or before[-1:] in tuple("_$./@-")) and not _GLOBAL_BEFORE.search(before):
            continue
        if key[-1] == "." and _DOMAIN.match(code, at + len(word)):
            continue
        named = after.isalnum() or after in ("_", "$")
        if key[-1] in "(*" or (named and not after.isdigit() if key[-1] == "." else not named):
            return True
    return False


def account_in(code: str, start: str, first: int) -> str:
    """The quoted account number that starts so, such as "GTM-ABCD12"."""
    for at in places_of(code, start, first):
        found = _ACCOUNT.match(code, at + 1)
        if found and not _EXPERIMENTS.search(code, max(0, at - 20), at + 1):
            return found[0]
    return ""


def addresses_in(code: str, host: str, first: int) -> Iterator[int]:
    """Where a host or one below it is written as an address, `//host/path` or "host"; slashes may be escaped."""
    for at in places_of(code, host, first):
        before = code[max(0, at - 60) : at]
        outside = before.rstrip(_HOST_SIGNS)
        whole = outside == before or before[-1] == "."  # not the end of a longer name
        ended = code[at + len(host) : at + len(host) + 1] in _ENDS
        if whole and ended and outside.endswith(("//", "/\\/", '"', "'", "`")):
            yield at
