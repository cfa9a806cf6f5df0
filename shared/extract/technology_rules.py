"""technologies.json as look-up tables, and as words by whose presence in a page a rule is worth a look.

A technology's evidence, by kind:
  host       of a script, style sheet, frame or image, with a prefix of path and query; also of an address in a script
  dir        segments of a resource's path
  file       of a script or style sheet, less version, hash and build words
  script     identifier in an inline script; `x(` called, `x.` with members
  id         beginning of an account's number, as written in an inline script
  mark       #id, .class or [attribute] of an element
  generator  first words of <meta name=generator>
  meta, rel, comment, form, header, cookie, site (the page's own host)
A closing * leaves the rest open. `implies` names others, with the probability that they are there too.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import repeat
from pathlib import Path
from typing import NamedTuple

_BUILD = (
    r"min|prod|production|pack|packed|bundle|bundled|umd|esm|es|cjs|mjs|global|common|module|iife|slim|lite|full|all"
    r"|latest|dev|development|custom|compressed|debug|v?\d\w*|[0-9a-f]{6,40}"
)
_BUILDS = re.compile(rf"(?:{_BUILD})", re.I)
_PARTS = re.compile(r"[.\-_,]")
_CALLED = ("host", "dir", "script", "id")
_SHOWN = ("mark", "comment", "form")
_LOOKED_UP = ("file", "generator", "meta", "rel", "header", "cookie", "site")


@dataclass(frozen=True, slots=True)
class Technology:
    name: str
    category: str
    implies: dict[str, float]


class Clue(NamedTuple):
    """A key of a rule that is looked for only where its word stands in the page."""

    kind: str
    key: str
    name: str
    word: str


@dataclass(slots=True)
class Table:
    """Names by key; of the keys that are open, by their beginning."""

    exact: dict[str, list[str]] = field(default_factory=dict)
    open: dict[str, list[str]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)  # of the open keys

    def add(self, key: str, name: str) -> None:
        if key.endswith("*"):
            self.open.setdefault(key[:-1], []).append(name)
            self.sizes = sorted({*self.sizes, len(key) - 1})
        else:
            self.exact.setdefault(key, []).append(name)

    def of(self, key: str) -> list[str]:
        found = self.exact.get(key, [])
        for size in self.sizes:
            if size <= len(key) and (names := self.open.get(key[:size])):
                found = found + names
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    technologies: dict[str, Technology]
    tables: dict[str, Table]
    words: dict[str, list[Clue]]  # of addresses and scripts
    marks: dict[str, list[Clue]]  # of elements and comments
    file_starts: frozenset[str]  # three characters of the keys of `file`
    meta_names: frozenset[str]
    judged_headers: frozenset[str]  # names whose value tells

    def of(self, kind: str, key: str) -> list[str]:
        return self.tables[kind].of(key)

    def by_file(self, address: str) -> list[str]:
        """Of a resource's address in lower case."""
        path = address.partition("?")[0]
        at = path.rfind("/") + 1
        return self._by_file(path[at : at + 200]) if path[at : at + 3] in self.file_starts else []

    @lru_cache(4096)  # noqa: B019 - there is one set of rules
    def _by_file(self, name: str) -> list[str]:
        stem, _, extension = name.rpartition(".")
        if extension not in ("js", "css", "mjs"):
            return []
        extension = extension.removeprefix("m")
        parts = _PARTS.split(stem)
        first = next((i for i, part in enumerate(parts[1:], 1) if part[:1].isdigit()), len(parts))
        last = len(parts)
        while last > 1 and _BUILDS.fullmatch(parts[last - 1]):
            last -= 1
        sizes = {len("".join(parts[:count])) + count - 1 for count in (first, last)}
        found = [name for size in sizes for name in self.of("file", f"{stem[:size]}.{extension}")]
        return found + self.of("file", f"{parts[0]}*.{extension}")


def _words(kind: str, key: str) -> list[str]:
    """One of these stands in every page that shows the key."""
    bare = key.rstrip("*]")
    match kind:
        case "host" | "form":
            return [key.partition("/")[0]]
        case "dir":
            return [f"/{key}"]
        case "id":
            return [f"'{key}", f'"{key}']
        case "mark" if key[0] == ".":
            return [f"{before}{bare[1:]}" for before in "\"'= "]
        case "mark" if key[0] == "#":
            return [f"{before}{bare[1:]}" for before in ('id="', "id='", "id=")]
        case "mark":
            return [f"{before}{bare[1:]}" for before in " \n"]
    return [bare]


def _starts(key: str) -> list[str]:
    """The first three characters of the files that a key knows, whatever sign ends their first part."""
    head = _PARTS.split(key, maxsplit=1)[0].rstrip("*")
    return [key[:3], *(f"{head}{sign}"[:3] for sign in ".-_," if len(head) > 1)]


@cache
def rules() -> Rules:
    written = json.loads(Path(__file__).with_name("technologies.json").read_text(encoding="utf-8"))
    tables = {kind: Table() for kind in _LOOKED_UP}
    words: dict[str, list[Clue]] = {}
    marks: dict[str, list[Clue]] = {}
    for name, row in written.items():
        for kind, table in tables.items():
            for key in row.get(kind, ()):
                table.add(key, name)
        for kind, table_ in (*zip(_CALLED, repeat(words)), *zip(_SHOWN, repeat(marks))):
            for key in row.get(kind, ()):
                for word in _words(kind, key):
                    table_.setdefault(word, []).append(Clue(kind, key, name, word))
    return Rules(
        {name: Technology(name, row["category"], row.get("implies", {})) for name, row in written.items()},
        tables,
        words,
        marks,
        frozenset(start for key in tables["file"].exact for start in _starts(key)),
        frozenset(key.partition("=")[0] for key in tables["meta"].exact) | {"generator"},
        frozenset(key.partition(":")[0] for key in tables["header"].exact | tables["header"].open if ":" in key),
    )
