"""Which pages of a site matter, told by their links' words and addresses."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from shared.extract.collected import Link
from shared.extract.key_page_words import (
    ADJUNCTS,
    ADVERTS,
    AFTER_NAMES,
    ALONE,
    BEFORE_NAMES,
    CATALOGUES,
    FOLDERS,
    FOR,
    HOSTED,
    HOSTS,
    LOGINS,
    NAMED,
    NARROW,
    OFFERS,
    SUBJECTS,
    TAGS,
    WEAK,
    WIDE,
)
from shared.extract.page import ParsedPage
from shared.models import JSON, Fact
from shared.web.urls import registrable

EXACT, STARTS, HOLDS = 0.9, 0.7, 0.55  # how much of a link's text a phrase makes up
LAST_EXACT, LAST_HOLDS, EARLIER = 0.8, 0.45, 0.25  # the same of its path's segments
HOST = 0.7
MAX_WORDS = 6  # a longer text is a sentence or a headline, not a menu entry
OTHER_HOST = 0.93  # of the same site: mostly another language's
FOREIGN = 0.7  # es.example.com on a page that is not Spanish
ITSELF = 0.6  # a page that was read for its kind
PART = 0.95  # of a page: its own address says more
LEAST = 0.4
SURE = 0.5  # least for a fact
A_KIND = 4  # links of one kind a page tells
SHORT = 5  # letters; a longer phrase is also known in a text that leaves accents out
_NOT_A_PAGE = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|zip|mp[34]|docx?|xlsx?|pptx?|ics|vcf|xml|rss|css|js)$", re.I)
_EXTENSION = re.compile(r"\.(?:html?|php\d?|aspx?|jsp|cfm|vm|shtml|xhtml|do)$", re.I)
_APART = re.compile(r"[\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.I)
_FRONT = re.compile(
    r"(?:/[a-z]{2}(?:[-_][a-z]{2})?){0,2}(?:/(?:index|default|home|overview|search)(?:\.\w+)?){0,2}/?", re.I
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "å": "a"})


def _folded(text: str) -> str:
    return text.replace("İ", "i").casefold()  # else it becomes an i with a dot upon its dot


@lru_cache(1024)
def _words(text: str) -> str:
    return _APART.sub(" ", _folded(unicodedata.normalize("NFKC", text))).strip()


def _plain(text: str) -> str:
    """Without accents, as addresses are written."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text.translate(_UMLAUTS))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


class _Table(NamedTuple):
    kinds: frozenset[str]
    phrases: dict[str, str]  # kind by phrase, with accents and without
    slugs: dict[str, str]  # kind by the same without separators, as addresses are written
    news: frozenset[str]  # the slugs of news
    signs: frozenset[str]  # a word of each phrase, its longest, and each slug: what has none of them has no phrase


@cache
def _table() -> _Table:
    table = json.loads(Path(__file__).with_name("key_pages.json").read_text(encoding="utf-8"))
    phrases: dict[str, str] = {}
    plain: dict[str, str] = {}
    slugs: dict[str, str] = {}
    signs: set[str] = set(HOSTS)
    for kind, languages in table.items():
        for phrase in (_words(p) for words in languages.values() for p in words):
            phrases.setdefault(phrase, kind)
            accents = unicodedata.normalize("NFD", phrase)
            bare = "".join(c for c in accents if not unicodedata.combining(c))
            for slug in (phrase, _plain(phrase), unicodedata.normalize("NFC", bare)):
                slugs.setdefault(slug.replace(" ", ""), kind)
                signs |= {slug.replace(" ", ""), max(slug.split(), key=len)}
                if len(slug) > SHORT:
                    plain.setdefault(slug, kind)
    signs |= {word for words in NAMED for word in words.split() if len(word) > 2}
    news = frozenset(slug for slug, kind in slugs.items() if kind == "news")
    return _Table(frozenset(table), plain | phrases, slugs, news, frozenset(signs))


_Scores = tuple[tuple[str, float], ...]
_URL = re.compile(r"https?://([^/?#\[\]]+)([^?#]*)(?:\?[^#]*)?(?:#(.*))?", re.I | re.S)


def _parts(url: str) -> tuple[str, str, str] | None:
    """(host, path, fragment)"""
    if found := _URL.fullmatch(url):
        return found[1], found[2], found[3] or ""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.path, parts.fragment
    except ValueError:
        return None


@lru_cache(8192)
def classify(url: str, text: str) -> tuple[str, float] | None:
    """The kind of page that a link leads to, with a score of 0..1; `text` may be empty."""
    parts = _parts(url)
    if parts is None:
        return None
    host, path, fragment = parts
    domain = registrable(host.lower())
    by_text = (_beside_the_name(_words(text).split(), domain) or _by_text(text)) if len(text) <= 200 else ()
    by_path = _by_path(path, fragment[:100], domain) if len(path) <= 200 else ()
    by_host = tuple(_by_host(host, path))
    if not (by_text or by_path or by_host) or _NOT_A_PAGE.search(path):
        return None
    scores: dict[str, float] = {}
    for kind, score in (*by_text, *by_path, *by_host):
        scores[kind] = 1 - (1 - scores.get(kind, 0.0)) * (1 - score)
    if FOR.match(text):
        scores.pop("about", None)
        scores.pop("team", None)
    if not scores or _astray(_words(text), _segments(path)[:-1]):
        return None
    kind, score = min(scores.items(), key=lambda item: (-item[1], item[0]))
    if (privacy := scores.get("privacy", 0.0)) > 0 and privacy >= score - 0.1:  # /legal/privacy
        kind, score = "privacy", privacy
    if kind == "pricing" and (ADVERTS.search(text[:200]) or ADVERTS.search(path[:200])):
        return None
    if kind != "news" and not TAGS.isdisjoint(_segments(path)[:-1]):
        return None
    return (kind, round(score, 3)) if score >= LEAST else None


@lru_cache(4096)
def _by_text(text: str) -> _Scores:
    phrases = _table().phrases
    words = _folded(text)
    if words not in phrases:
        words = _words(text)
    if words in phrases:
        return ((phrases[words], EXACT - WEAK.get(words, 0.0)),)
    tokens = words.split()
    if len(tokens) > MAX_WORDS or len(words) > 60:
        return ()
    length = len(tokens)
    for size in range(min(4, length - 1), 0, -1):
        for start in range(length - size + 1):
            if size == 1 and length > 3 and 0 < start < length - 1:  # amid other words it is one of them
                continue
            phrase = " ".join(tokens[start : start + size])
            if phrase in phrases and phrase not in WEAK:
                if _narrowed(phrase, tokens[:start], tokens[start + size :]):
                    return ()
                return ((phrases[phrase], (STARTS if start == 0 else HOLDS) - 0.05 * (length - size)),)
    if len(words) <= 16 and _CJK.search(words):
        for size in range(min(10, len(words) - 1), 1, -1):
            for start in range(len(words) - size + 1):
                part = words[start : start + size]
                if (kind := phrases.get(part)) is not None and part not in ALONE:
                    return ((kind, STARTS if start == 0 else HOLDS),)
    return ()


def _narrowed(phrase: str, before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether the words around it make another thing of it."""
    table = _table()
    if table.slugs[phrase.replace(" ", "")] in NARROW and not all(w in WIDE or w in table.phrases for w in before):
        return True
    return phrase in ADJUNCTS and not OFFERS.isdisjoint(after)


def _beside_the_name(tokens: list[str], domain: str) -> _Scores:
    """What is said beside the company's name: "About Acme", "acme-careers"."""
    if not 1 < len(tokens) <= MAX_WORDS:
        return ()
    table, names = _table(), (_APART.sub("", domain.partition(".")[0]), _APART.sub("", domain))
    plain = [_plain(token) for token in tokens]
    if not any(token in names[1] for token in plain):
        return ()
    for size in range(len(tokens) - 1, 0, -1):
        for start in range(len(tokens) - size + 1):
            called = "".join(plain[start : start + size])
            short = len(called) >= 4 and called in names[0] and called not in table.slugs
            if called in names or short:
                end = start + size
                while start and tokens[start - 1] in BEFORE_NAMES:
                    start -= 1
                while end < len(tokens) and tokens[end] in AFTER_NAMES:
                    end += 1
                rest = " ".join(tokens[:start] + tokens[end:])
                said = NAMED.get(rest) or (None if rest in WEAK else table.phrases.get(rest))
                # Products may be a part of the name.
                return ((said, EXACT),) if said is not None and said != "products" else ()
    return ()


def _astray(said: str, folders: Sequence[str]) -> bool:
    """Whether a page that is called so lies among what is offered or written: /industries/legal, /a/b/leadership"""
    if said not in WEAK and said not in SUBJECTS:
        return False
    if any(_APART.sub("", folder) in CATALOGUES for folder in folders):
        return True
    slugs = _table().slugs
    words = (word for folder in folders for word in (_APART.sub("", folder), *folder.split("-")))
    if said not in WEAK or any(slugs.get(word, "products") != "products" for word in words):
        return False
    return len([folder for folder in folders if folder not in FOLDERS]) >= 2


@lru_cache(4096)
def _segments(path: str) -> list[str]:
    """Without languages and the names of first pages."""
    segments = [s for s in unquote(path, errors="replace").casefold().split("/") if s]
    if segments and segments[-1].partition(".")[0] in ("index", "default", "home"):
        segments.pop()
    return [s for s in segments if len(s) > 5 or not _LANGUAGE.fullmatch(s) or s == "ir"]


@lru_cache(4096)
def _by_path(path: str, fragment: str, domain: str) -> _Scores:
    slugs = _table().slugs
    segments = _segments(path) or ([fragment.casefold()] if fragment else [])
    if not segments:
        return ()
    found: list[tuple[str, float]] = []
    depth_penalty = 0.1 * max(len(segments) - 2, 0)
    last = _EXTENSION.sub("", segments[-1]) if "." in segments[-1] else segments[-1]
    slug = _APART.sub("", last)
    if _astray(slug, segments[:-1]):
        return ()
    if slug in slugs:
        found.append((slugs[slug], LAST_EXACT - depth_penalty - WEAK.get(slug, 0.0)))
    elif beside := _beside_the_name(tokens := _words(last).split(), domain):
        found.append((beside[0][0], LAST_EXACT - depth_penalty))
    elif 1 < len(tokens) <= MAX_WORDS and not any(len(s) > 3 and s.isdecimal() for s in segments[:-1]):
        # Below a number it is an article's headline.
        for size in range(min(3, len(tokens) - 1), 0, -1):
            amid = size == 1 and len(tokens) > 3
            starts = (0, len(tokens) - 1) if amid else range(len(tokens) - size + 1)
            joined = ((i, "".join(tokens[i : i + size])) for i in starts)
            start, known = next(((i, s) for i, s in joined if s in slugs and s not in WEAK), (0, None))
            if known is not None:
                if not _narrowed(known, tokens[:start], tokens[start + size :]):
                    found.append((slugs[known], LAST_HOLDS - depth_penalty))
                break
    if 1 < len(segments) < 4:
        above = _APART.sub("", segments[-2])
        if above in slugs and slugs[above] != "news":
            found.append((slugs[above], EARLIER))
    return tuple(found)


def _by_host(host: str, path: str) -> Iterator[tuple[str, float]]:
    """Its first page is of the kind that it is named for; what lies below is mostly an article, a job, an item."""
    first = host.partition(".")[0]
    if host.count(".") >= 2 and first in HOSTS:
        front = _FRONT.fullmatch(path) or (registrable(host) in HOSTED and len(path) < 24)
        yield HOSTS[first], HOST if front else EARLIER


def key_pages(page: ParsedPage) -> Iterator[Fact]:
    """The best links of each kind, and the page itself where it is of one."""
    found: dict[str, dict[str, tuple[float, Link]]] = {}
    own = page.host
    for link in page.links:
        judged = _judged(link.url, link.text[:200], link.host, own)
        if judged is None:
            continue
        kind, score = judged
        if score < SURE:
            continue
        confidence = score * (0.97 if link.where != "main" else 0.85)
        if link.host != own and (first := link.host.partition(".")[0]) not in HOSTS:
            confidence *= OTHER_HOST * (FOREIGN if len(first) == 2 and not page.lang.lower().startswith(first) else 1.0)
        if "#" in (link.attributes.get("href") or ""):
            if not _names_a_part(page, link):
                continue
            confidence *= PART
        same = found.setdefault(kind, {})
        if link.url not in same or same[link.url][0] < confidence:
            same[link.url] = (confidence, link)
    value: dict[str, JSON] = {"kind": page.kind, "url": page.url}
    if page.kind in _table().kinds and page.url not in found.get(page.kind, ()):
        yield page.fact("key_page", value, how="link", quote=page.title or page.url, confidence=ITSELF)
    for kind, links in found.items():
        for confidence, link in sorted(links.values(), key=lambda one: (-one[0], len(one[1].url), one[1].url))[:A_KIND]:
            quote = link.text or link.attributes.get("href") or link.url
            value = {"kind": kind, "url": link.url}
            yield page.fact("key_page", value, how="link", quote=quote, confidence=round(confidence, 3))


def _names_a_part(page: ParsedPage, link: Link) -> bool:
    """Whether a link with a fragment leads to a part of the home page or of another page; else it only scrolls."""
    url, _, part = link.url.partition("#")
    return bool(part) and (url != page.url.partition("#")[0] or urlsplit(url).path in ("", "/"))


_MARKS = bytes.maketrans(b"/-_.,#?=&+:|'", b" " * 13)


@lru_cache(8192)  # menus repeat on a site's pages
def _judged(url: str, text: str, host: str, own: str) -> tuple[str, float] | None:
    """What `classify` says of a link that may be one, and has a word of a phrase in its text or address."""
    if host != own and (host.partition(".")[0] in LOGINS or not (host and _may_be(host, registrable(own)))):
        return None
    table = _table()
    row = _folded(f"{text} {url[8 if host != own else url.find('/', 8) :]}")
    known = table.signs.intersection(row.encode(errors="replace").translate(_MARKS).decode().split())
    if known and known <= table.news:  # an article is none: /blog/how-we-dye
        last = _folded(f"{text} {url.partition('?')[0].rstrip('/').rpartition('/')[2]}")
        known = frozenset(word for word in known if word in last)
    everywhere = own.partition(".")[0] in HOSTS  # careers.example.com
    if known or everywhere or "%" in row or (not row.isascii() and _CJK.search(row)):
        return None if _is_home(url, host, own) else classify(url, text)
    return None


def promising(urls: list[str]) -> list[str]:
    """Those that have a word of a phrase, looked for in all of them at once."""
    signs = _table().signs
    rows = "\n".join([url.replace("\n", " ") for url in urls]).casefold().encode(errors="replace").translate(_MARKS)
    found = zip(urls, rows.decode().split("\n"), strict=False)
    return [url for url, row in found if "%" in row or not signs.isdisjoint(row.split())]


def _may_be(host: str, own: str) -> bool:
    """On the own site, on a sister domain of the same name, or at a host that serves such pages for companies."""
    return registrable(host).partition(".")[0] == own.partition(".")[0] or registrable(host) in HOSTED


def _is_home(url: str, host: str, own: str) -> bool:
    if host != own:
        return url.endswith("#") and registrable(host) == registrable(own)
    parts = _parts(url)
    if url.endswith("#") or parts is None or parts[2]:
        return url.endswith("#")
    return parts[1] in ("", "/") or ("?" not in url and not _segments(parts[1]))
