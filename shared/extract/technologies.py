"""What a site runs on, by what it loads, calls and answers with; text and outgoing links are no evidence."""

import re
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
MAX_HEADERS = 100
_CODE = frozenset(("", "text/javascript", "application/javascript", "module", "text/plain", "application/x-javascript"))
_LOADED = frozenset("stylesheet preload modulepreload prefetch icon manifest apple-touch-icon".split())
_STATE = re.compile(r"\s*\(?(?:window|self)\.__\w+(?:\.push\(|\s*=)")  # the page's content once more, as data
_PARTS = re.compile(r"(?:https?:)?//(?:www\.)?([^/?#:@\\\s]+)(?::\d*)?(/[^#]*)?")
_HOST_BEFORE = re.compile(r"(?:[\"'`]|/\\?/)(?:[\w-]+\.)*$")
_GLOBAL_BEFORE = re.compile(r"(?:^|[^\w$.])(?:window|self|top|globalThis|document)\.$")
_NAME_BEFORE = re.compile(r"[\w$.]$")
_ACCOUNT = re.compile(r"[A-Z0-9-]{4,20}")
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
        self.loaded = self.resources()
        self.joined = "\n".join(["\n".join(group.addresses) for group in self.loaded]).lower()
        self.scripts = self.inline()
        self.code = "\n".join(self.scripts)
        self.words = of_scripts().within(f"{self.joined}\n{self.code}".encode(errors="replace"))

    def add(self, name: str, confidence: float, how: How, quote: str, evidence: str) -> None:
        if not self.is_sure(name, confidence):
            self.found[name] = _Seen(confidence, how, quote, evidence)

    def is_sure(self, name: str, confidence: float) -> bool:
        return name in self.found and self.found[name].confidence >= confidence

    def look(self) -> None:
        self.metas()
        self.files()
        for word in self.words:
            clues = self.rules.words[word]
            if word in self.joined:
                self.addresses(word, clues)
            if self.code:
                self.called(word, clues)
        for word in self.ends:
            for clue in self.rules.marks.get(word, ()):
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
        for group in self.loaded:
            if group.executed:
                for address in group.addresses:
                    for name in self.rules.by_file(address):
                        self.add(name, 0.9, group.how, address, group.evidence)

    def addresses(self, word: str, clues: list[Clue]) -> None:
        for group in self.loaded:
            for address in group.addresses:
                if word in (lower := address.lower()):
                    for clue in clues:
                        self.resource(clue, group, address, lower)

    def resource(self, clue: Clue, group: _Loaded, address: str, lower: str) -> None:
        if self.is_sure(clue.name, 0.9 if clue.kind == "dir" else group.confidence):
            return
        if clue.kind == "host" and leads_to(lower, clue):
            self.add(clue.name, group.confidence, group.how, address, group.evidence)
        elif clue.kind == "dir":
            host, place = parts(lower)
            path = place.partition("?")[0] + "/"
            own = not host or _site(host) == self.page.site
            if (own or group.executed) and (f"{clue.word}/" in path or f"{clue.word}@" in path):
                self.add(clue.name, 0.9 if own else 0.65, group.how, address, group.evidence)

    # ---------------------------------------------------------- what is called

    def inline(self) -> list[str]:
        texts, left = list[str](), MAX_SCRIPTS
        for script in self.page.walk.scripts:
            if script.text and script.type in _CODE and left > 0:
                texts.append(script.text[: min(MAX_SCRIPT, left)])
                left -= len(texts[-1])
        return texts

    def called(self, word: str, clues: list[Clue]) -> None:
        for clue in clues:
            if clue.kind == "script" and not self.is_sure(clue.name, 0.85) and is_called(clue.key, self.code):
                self.add(clue.name, 0.85, "script", clue.key.rstrip("*"), "inline script")
            elif clue.kind == "id" and (account := account_in(self.code, word[0] + clue.key)):
                self.add(clue.name, 0.85, "script", account, "inline script")
        hosts = [clue for clue in clues if clue.kind == "host" and not self.is_sure(clue.name, 0.8)]
        if hosts and word in self.code:
            for text in self.scripts:
                if word in text and not _STATE.match(text):
                    for name in addressed(text, word, hosts):
                        self.add(name, 0.8, "script", word, "inline script")

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
                if (
                    not self.is_sure(clue.name, confidence)
                    and self.page.tree.css_first(self.selector(clue)) is not None
                ):
                    self.add(clue.name, confidence, "html", clue.key.strip(".#[]*"), "element")
            case "form":
                for node in self.page.tree.css("form[action]")[:50]:
                    action = node.attributes.get("action") or ""
                    if leads_to(action.lower(), clue):
                        self.add(clue.name, 0.85, "html", action, "form")
            case "comment":
                self.comment(clue)

    def selector(self, clue: Clue) -> str:
        sign, name = clue.key[0], clue.key.strip(".#[]*")
        match sign, "*" in clue.key:
            case ".", True:
                return f'[class^="{name}"],[class*=" {name}"]'
            case "[", True:  # [data-v-7ba5bd90], by the first that there is
                rest = _REST_OF_NAME.match(self.page.tree.raw_html or b"", self.ends[clue.word])
                name += rest[0].decode(errors="replace") if rest else ""
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
        labels = self.page.host.split(".")
        for start in range(max(1, len(labels) - 4), len(labels) - 1):
            for found in self.rules.of("site", ".".join(labels[start:])):
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
                keys += [f"{name}:{word}" for word in re.split(r"[\s/(),;]+", value[:300].lower())]
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


def parts(address: str) -> tuple[str, str]:
    """Host without www., and path with query; no host for an address on the page's own, nothing for other schemes."""
    address = address[:MAX_ADDRESS].strip()
    if found := _PARTS.match(address):
        return found[1], found[2] or "/"
    scheme = address[:12].partition("/")[0]
    return ("", "") if ":" in scheme else ("", f"/{address.partition('#')[0].removeprefix('/')}")


def leads_to(address: str, clue: Clue) -> bool:
    host, place = parts(address)
    within = host == clue.word or host.endswith(f".{clue.word}")
    return within and place.startswith(clue.key[len(clue.word) :])


@lru_cache(1024)
def _site(host: str) -> str:
    return registrable(host)


# -------------------------------------------------------------- how a script says it


def places_of(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    for _ in range(MAX_PLACES):
        if at < 0:
            return
        yield at
        at = text.find(word, at + len(word))


def is_called(key: str, code: str) -> bool:
    """Whether a key of `script` stands as a name of its own, not within a longer one nor as another object's member."""
    word = key.rstrip("*")
    for at in places_of(code, word):
        before, after = code[max(0, at - 12) : at], code[at + len(word) : at + len(word) + 1]
        if _NAME_BEFORE.search(before) and not _GLOBAL_BEFORE.search(before):
            continue
        named = after.isalnum() or after in ("_", "$")
        if key[-1] in "(*" or (named and not after.isdigit() if key[-1] == "." else not named):
            return True
    return False


def account_in(code: str, start: str) -> str:
    """The quoted account number that starts so, such as "GTM-ABCD12"."""
    for at in places_of(code, start):
        if found := _ACCOUNT.match(code, at + len(start)):
            return start[1:] + found[0]
    return ""


def addressed(code: str, host: str, clues: list[Clue]) -> Iterator[str]:
    """Who is meant by an address, `//host/path` or "host", in a script; its slashes may be escaped."""
    for at in places_of(code, host):
        end = at + len(host)
        if code[end : end + 1] in tuple("/\"'`:?\\") and _HOST_BEFORE.search(code[max(0, at - 60) : at]):
            place = code[end : end + 200].replace("\\", "").lower()
            place = place if place[:1] == "/" else "/"
            yield from (clue.name for clue in clues if place.startswith(clue.key[len(host) :]))
