"""technologies.json as look-up tables: what a look-up costs doesn't grow with the number of rules.

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
from pathlib import Path

_BUILD = (
    r"min|prod|production|pack|packed|bundle|bundled|umd|esm|es|cjs|mjs|global|common|module|iife|slim|lite|full|all"
    r"|latest|dev|development|custom|compressed|debug|v?\d\w*|[0-9a-f]{6,40}"
)
_BUILDS = re.compile(rf"(?:{_BUILD})", re.I)
_PARTS = re.compile(r"[.\-_,]")
GLOBALS = frozenset("window self top globalThis document".split())
_SEGMENTS = 3  # of a `dir`


@dataclass(frozen=True, slots=True)
class Technology:
    name: str
    category: str
    implies: dict[str, float]


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
    hosts: dict[str, list[tuple[str, str]]]  # to (prefix of path and query, name)
    heads: frozenset[str]  # first identifiers of the keys of `script`
    open_heads: tuple[str, ...]  # the beginnings of those that are open

    @lru_cache(32_768)  # noqa: B019 - there is one set of rules; pages share most of their words
    def of(self, kind: str, key: str) -> list[str]:
        return self.tables[kind].of(key)

    def may_be_called(self, word: str) -> bool:
        """False where no key of `script` begins as the word does; most words of a script are none."""
        head = word.partition(".")[0].rstrip("(")
        return head in self.heads or head.startswith(self.open_heads)

    @lru_cache(4096)  # noqa: B019
    def at(self, kind: str, host: str, place: str) -> list[str]:
        """Of a host (or `form` target), or one above it; `place` is the path with its query."""
        labels = host.removeprefix("www.").split(".")[-8:]
        found = []
        for start in range(len(labels) - 1):
            key = f"{kind} {'.'.join(labels[start:])}"
            found += [name for prefix, name in self.hosts.get(key, ()) if place.startswith(prefix)]
        return found

    @lru_cache(4096)  # noqa: B019
    def in_path(self, path: str) -> list[str]:
        segments = [one if one[:1] == "@" else one.partition("@")[0] for one in path.split("/") if one][:20]
        table = self.tables["dir"]
        found = []
        for start in range(len(segments)):
            for size in range(1, _SEGMENTS + 1):
                if start + size <= len(segments):
                    found += table.of("/".join(segments[start : start + size]))
        return found

    @lru_cache(4096)  # noqa: B019
    def by_file(self, path: str) -> list[str]:
        stem, _, extension = path.rpartition("/")[2][:200].rpartition(".")
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


@cache
def rules() -> Rules:
    written = json.loads(Path(__file__).with_name("technologies.json").read_text(encoding="utf-8"))
    technologies, hosts = {}, dict[str, list[tuple[str, str]]]()
    kinds = ("dir", "file", "script", "id", "mark", "generator", "meta", "rel", "comment", "header", "cookie", "site")
    tables = {kind: Table() for kind in kinds}
    for name, row in written.items():
        technologies[name] = Technology(name, row["category"], row.get("implies", {}))
        for kind, table in tables.items():
            for key in row.get(kind, ()):
                table.add(key.replace("*]", "*"), name)
        for kind in ("host", "form"):
            for place in row.get(kind, ()):
                host, _, path = place.partition("/")
                hosts.setdefault(f"{kind} {host}", []).append((f"/{path}", name))
    called = tables["script"]
    heads = {key.partition(".")[0].rstrip("(") for key in (*called.exact, *(key for key in called.open if "." in key))}
    open_heads = tuple(key for key in called.open if "." not in key)
    return Rules(technologies, tables, hosts, frozenset(heads | GLOBALS), open_heads)
