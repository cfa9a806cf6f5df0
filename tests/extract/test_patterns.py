"""No regular expression that sees what sites send backtracks badly: each is tried on strings made of its own parts."""

import importlib
import inspect
import pkgutil
import re
import string
import time
from collections.abc import Callable, Iterator
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import functions.crawl
import functions.discover
import shared.extract
import shared.web
from shared import links

PACKAGES = (shared.extract, shared.web, functions.discover, functions.crawl)
LENGTHS = (30, 1_000)  # characters; what explodes is caught before it could take for ever
LONG = 8_000
# CPU, at the last of the lengths; only then the long one is tried, where what is quadratic takes 64 times as long.
SLOW_SECONDS = 0.002
SECONDS = 0.125  # CPU, at any length; what is linear takes half of it at most
TIMES = 24  # what takes longer, on a slow machine, and is linear takes eight times what the length before takes
# Characters of the longest subject of patterns that are not linear, and need not be.
SUBJECTS = {
    "address_components._STREET_END": 120,
    "addresses_coded._AFTER_LOCALITY": 45,  # what _LOCALITY found
    "blocks._PARTS": 80,  # titles
    "names._COPYRIGHT": 600,  # lines
    "names._OWNER_FIRST": 600,
    "names._RIGHTS": 600,
    "names._SPLIT": 300,  # titles
}
ALPHABET = " a0AZ\n\u00e9\u4e00" + string.punctuation
REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
ONE = (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN)
CATEGORIES: dict[Any, Callable[[str], bool]] = {
    op.CATEGORY_DIGIT: str.isdigit,
    op.CATEGORY_NOT_DIGIT: lambda c: not c.isdigit(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda c: not c.isspace(),
    op.CATEGORY_WORD: lambda c: c.isalnum() or c == "_",
    op.CATEGORY_NOT_WORD: lambda c: not (c.isalnum() or c == "_"),
}


def patterns() -> dict[str, tuple[re.Pattern[Any], ModuleType | None]]:
    """By module and name, and where it has that name alone."""
    found: dict[str, tuple[re.Pattern[Any], ModuleType | None]] = {}
    seen: set[tuple[object, int]] = set()
    for module in (*modules(), links):
        short = module.__name__.rpartition(".")[2]
        for name, value in vars(module).items():
            for number, pattern in enumerate(held(value)):
                if (pattern.pattern, pattern.flags) not in seen:
                    seen.add((pattern.pattern, pattern.flags))
                    alone = module if isinstance(value, re.Pattern) else None
                    found[f"{short}.{name}" + (f"-{number}" if number else "")] = pattern, alone
    return found


def modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        for info in pkgutil.iter_modules(package.__path__):
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, set, frozenset, dict)) and depth < 4:
        for one in value.values() if isinstance(value, dict) else value:
            yield from held(one, depth + 1)


def only_matched(module: ModuleType, name: str) -> bool:
    """Whether it is only asked for at a place, never looked for."""
    uses = re.findall(rf"(?<![\w.]){name}\b(?:\.(\w+)\()?", inspect.getsource(module))[1:]  # the first makes it
    return bool(uses) and not name[0].isalpha() and set(uses) <= {"match", "fullmatch"}


def matches(c: str, kind: Any, value: Any) -> bool:
    match kind:
        case op.LITERAL:
            return ord(c) == value
        case op.NOT_LITERAL:
            return ord(c) != value
        case op.RANGE:
            return bool(value[0] <= ord(c) <= value[1])
        case op.CATEGORY:
            return CATEGORIES[value](c)
        case op.IN:
            negated = value[0][0] is op.NEGATE
            return any(matches(c, *one) for one in value[negated:]) != negated
    return True


def members(kind: Any, value: Any) -> list[str]:
    """Characters of several kinds that a part of a pattern matches; of a class its own first."""
    parts = value if kind is op.IN else [(kind, value)]
    own = [chr(what if how is op.LITERAL else what[0]) for how, what in parts if how in (op.LITERAL, op.RANGE)]
    return [c for c in dict.fromkeys([*own, *ALPHABET]) if matches(c, kind, value)][:5]


def example(nodes: Any, least: int = 0) -> str:
    """What a sequence matches, its assertions aside: repeats as often as they must, or `least`."""
    text = ""
    for kind, value in nodes:
        if kind in ONE:
            text += next(iter(members(kind, value)), "")
        elif kind is op.BRANCH:
            text += example(value[1][0], least)
        elif kind in REPEATS:
            text += example(value[2], least) * max(value[0], least)
        elif kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
            text += example(value[3] if kind is op.SUBPATTERN else value, least)
    return text


def attacks(nodes: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """What leads to a repeat, and what it repeats; at last the whole."""
    for kind, value in nodes:
        if kind in REPEATS:
            _, most, item = value
            if most > 20:
                pumps = members(*item[0]) if len(item) == 1 and item[0][0] in ONE else [example(item), example(item, 1)]
                yield from ((before, pump) for pump in pumps)
            yield from attacks(item, before)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from attacks(branch, before)
        elif kind in (op.SUBPATTERN, op.ATOMIC_GROUP, op.ASSERT, op.ASSERT_NOT):
            inner = {op.SUBPATTERN: 3, op.ASSERT: 1, op.ASSERT_NOT: 1}.get(kind)
            yield from attacks(value if inner is None else value[inner], before)
        before += example([(kind, value)])
    yield "", before


def seconds(pattern: re.Pattern[Any], text: str, anchored: bool) -> float:
    subject = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
    started = time.thread_time()
    if anchored:
        pattern.match(subject)
        pattern.fullmatch(subject)
    else:
        for _ in pattern.finditer(subject):
            pass
    return time.thread_time() - started


PATTERNS = patterns()


@pytest.mark.parametrize("module", sorted({name.partition(".")[0] for name in PATTERNS}))
def test_a_pattern_takes_time_in_proportion_to_its_subject(module: str) -> None:
    for name in PATTERNS:
        if name.partition(".")[0] == module:
            attack(name)


def attack(name: str) -> None:
    pattern, module = PATTERNS[name]
    anchored = module is not None and only_matched(module, name.partition(".")[2])
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    tree = parser.parse(source, pattern.flags | (re.ASCII if is_bytes else 0))
    most = SUBJECTS.get(name, LONG)
    for before, pump in {(before[-200:], pump[:200]) for before, pump in attacks(tree) if pump}:
        for text in {f"{before}{pump * LONG}"[:LONG], (pump * LONG)[:LONG]}:
            for end in ("", "\x00"):
                spent = 0.0
                for length in (*LENGTHS, LONG):
                    shorter, spent = spent, seconds(pattern, text[: min(length, most)] + end, anchored)
                    assert spent < SECONDS or spent < TIMES * shorter, (name, before, pump, end, length, spent)
                    if length == LENGTHS[-1] and spent < SLOW_SECONDS:
                        break
