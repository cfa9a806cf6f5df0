"""What a site runs on, by what it loads, calls and answers with; text and outgoing links are no evidence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from shared.extract.page import ParsedPage, absolute
from shared.extract.technology_rules import Rules, rules
from shared.models import Fact, How

MAX_SCRIPT = 100_000  # characters of one inline script
MAX_WORD = 100  # an element's mark
MAX_SCRIPTS = 600_000
MAX_MARKED = 20_000  # elements
MAX_HEADERS = 100
HINTED = 0.4  # a connection that is prepared need not be used
_CODE = frozenset(("", "text/javascript", "application/javascript", "module", "text/plain", "application/x-javascript"))
_LOADED = frozenset("stylesheet preload modulepreload prefetch icon manifest apple-touch-icon".split())
_CONNECTED = frozenset("preconnect dns-prefetch".split())
_ADDRESS = re.compile(
    r"[/\"'](?:(?<=/)\\?/|(?<!/))((?:[\w-]+\.)+[a-z]{2,18})(?=[/\"':?\\])(\\?/[^\s\"'<>)]{0,200})?", re.I | re.A
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*+(?:\.[A-Za-z_$][\w$]*+)*+\(?", re.A)
_ACCOUNT = re.compile(r"[\"'](?:UA-\d|G-|AW-|GTM-|OPT-)(?=[A-Z0-9]{4})")
_GLOBAL = re.compile(r"(?:window|self|top|globalThis|document)\.")
_WORDS = re.compile(r"[a-z0-9][\w.@+-]*", re.A)


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


@lru_cache(64)
def _called(text: str) -> list[tuple[list[str], float, str]]:
    """Names, confidence and quote of what a script calls. The pages of a site have their scripts in common."""
    known = rules()
    hosts = [
        (known.at("host", host.lower(), place.replace("\\", "").lower() or "/"), 0.8, host)
        for host, place in dict.fromkeys(_ADDRESS.findall(text))
    ]
    accounts = [
        (known.of("id", account[1:].rstrip("0123456789")), 0.85, account[1:])
        for account in dict.fromkeys(_ACCOUNT.findall(text) if "-" in text else ())
    ]
    words = [(_by_word(word), 0.85, word) for word in dict.fromkeys(_WORD.findall(text)) if known.may_be_called(word)]
    return [(names, confidence, quote) for names, confidence, quote in hosts + accounts + words if names]


def _mark(key: str) -> list[str]:
    return _by_mark(key[:MAX_WORD])


@lru_cache(16_384)
def _by_mark(key: str) -> list[str]:
    return rules().of("mark", key)


def _by_word(word: str) -> list[str]:
    chain = _GLOBAL.sub("", word.rstrip("(")).split(".", 3)
    keys = [chain[0]]
    if len(chain) > 1:
        keys += [f"{chain[0]}.", f"{chain[0]}.{chain[1]}"]
    if len(chain) > 2:
        keys.append(f"{chain[0]}.{chain[1]}.")
    if word[-1] == "(":
        keys.append(f"{'.'.join(chain)}(")
    return [name for key in keys for name in rules().of("script", key)]


@dataclass
class _Finder:
    page: ParsedPage
    rules: Rules

    def __post_init__(self) -> None:
        self.found: dict[str, _Seen] = {}

    def add(self, names: list[str], confidence: float, how: How, quote: str, evidence: str) -> None:
        for name in names:
            if name not in self.found or self.found[name].confidence < confidence:
                self.found[name] = _Seen(confidence, how, quote, evidence)

    def look(self) -> None:
        self.metas()
        self.resources()
        self.code()
        self.marks()
        self.comments()
        self.answer()

    # ---------------------------------------------------------- what is loaded

    def resources(self) -> None:
        walk = self.page.walk
        for script in walk.scripts:
            if script.src:
                self.resource(script.src, "script", "script", 0.92)
        for attributes in walk.heads:
            href, rel = attributes.get("href") or "", (attributes.get("rel") or "").lower()
            names = set(rel.split())
            self.add(self.rules.of("rel", rel), 0.95, "html", rel, "link")
            if names & _LOADED:
                self.resource(href, "html", "style sheet" if "stylesheet" in names else "link", 0.9)
            elif names & _CONNECTED:
                self.resource(href, "html", "preconnect", HINTED)
        for frame in walk.frames:
            self.resource(frame, "html", "frame", 0.9)
        for image in walk.images:
            self.resource(image.attributes.get("src") or "", "html", "image", 0.6)
        for node in self.page.tree.css("form[action]")[:50]:
            action = node.attributes.get("action") or ""
            host, place, _ = self.parts(action)
            self.add(self.rules.at("form", host, place), 0.85, "html", action, "form")

    def resource(self, address: str, how: How, evidence: str, confidence: float) -> None:
        host, place, path = self.parts(address)
        if not host:
            return
        own = host == self.page.host or self.page.is_own(f"https://{host}/")
        executed = evidence in ("script", "style sheet", "link")
        self.add(self.rules.at("host", host, place), confidence, how, address, evidence)
        if own or executed:
            self.add(self.rules.in_path(path), 0.9 if own else 0.65, how, address, evidence)
        if executed:
            self.add(self.rules.by_file(path), 0.9, how, address, evidence)

    def parts(self, address: str) -> tuple[str, str, str]:
        """Host, path with query, path; in lower case."""
        url = absolute(self.page.base, address[:2000]) if not address.startswith("data:") else ""
        if not url.startswith("http"):
            return "", "", ""
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
        except ValueError:
            return "", "", ""
        path = parts.path or "/"
        return host.lower(), f"{path}?{parts.query}".lower(), path.lower()

    # ---------------------------------------------------------- what is called

    def code(self) -> None:
        left = MAX_SCRIPTS
        for script in self.page.walk.scripts:
            if script.src or script.type not in _CODE or left <= 0:
                continue
            text = script.text[: min(MAX_SCRIPT, left)]
            left -= len(text)
            for names, confidence, quote in _called(text):
                self.add(names, confidence, "script", quote, "inline script")

    # ---------------------------------------------------------- what stands in the markup

    def metas(self) -> None:
        for attributes in self.page.walk.metas:
            name = (attributes.get("name") or attributes.get("property") or "").lower().strip()
            content = (attributes.get("content") or "").strip()
            if name == "generator":
                words = _WORDS.findall(content[:200].lower().removeprefix("powered by "))
                for size in range(1, 5):
                    self.add(self.rules.of("generator", " ".join(words[:size])), 0.95, "meta", content, "generator")
            elif name:
                for key in (name, f"{name}={content[:100].lower()}"):
                    self.add(self.rules.of("meta", key), 0.85, "meta", name, "meta")

    def marks(self) -> None:
        classes, ids, names = dict[str, None](), dict[str, None](), dict[str, None]()  # in the page's order
        for node in self.page.tree.css("[class],[id],html,body,script,style")[:MAX_MARKED]:
            attributes = node.attributes
            names.update(dict.fromkeys(attributes))
            classes[attributes.get("class") or ""] = None
            ids[attributes.get("id") or ""] = None
        for name in dict.fromkeys(name for names_ in classes for name in names_.split()):
            self.add(_mark(f".{name}"), 0.8, "html", name, "element")
        for name in ids:
            self.add(_mark(f"#{name}"), 0.85, "html", name, "element")
        for name in names:
            self.add(_mark(f"[{name}]"), 0.85, "html", name, "element")
            if "-" in name:  # [data-v-7ba5bd90]
                self.add(_mark(f"[{name}"), 0.85, "html", name, "element")

    def comments(self) -> None:
        """Of the head and after the end, where caches and plug-ins sign."""
        head, root = self.page.tree.head, self.page.tree.root
        for first in (head.first_child if head is not None else None, root):
            node = first
            for _ in range(500):
                if node is None:
                    break
                if node.is_comment_node:
                    self.comment(node.comment_content or "")
                node = node.next

    def comment(self, text: str) -> None:
        words = _WORDS.findall(text[:400].lower())[:40]
        for start in range(len(words)):
            for size in range(1, 5):
                phrase = " ".join(words[start : start + size])
                self.add(self.rules.of("comment", phrase), 0.85, "html", text, "comment")

    # ---------------------------------------------------------- what the server says

    def answer(self) -> None:
        for suffix in range(self.page.host.count(".")):
            host = self.page.host.split(".", suffix)[-1]
            self.add(self.rules.of("site", host), 0.95, "html", self.page.url, "host")
        for name, value in self.page.headers[:MAX_HEADERS]:
            name = name.lower()
            quote = f"{name}: {value}"
            if name == "set-cookie":
                self.add(self.rules.of("cookie", value.partition("=")[0].strip()), 0.9, "header", quote, "cookie")
                continue
            self.add(self.rules.of("header", name), 0.92, "header", quote, "header")
            for word in re.split(r"[\s/(),;]+", value[:300].lower()):
                self.add(self.rules.of("header", f"{name}:{word}"), 0.92, "header", quote, "header")

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
