"""What tells of pages that stand in place of a company's, as blocks.json has it.

`titles` begin or end a title, or stand between its separators; `sure` marks are never in the markup of an ordinary
page, `usual` ones may be, so that words or the status must agree with them.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Marks:
    titles: frozenset[str]
    texts: tuple[str, ...]
    sure: dict[str, str]
    usual: dict[str, str]


@cache
def block_marks() -> dict[str, Marks]:
    table = json.loads(Path(__file__).with_name("blocks.json").read_text(encoding="utf-8"))

    def markup(row: dict[str, dict[str, str]], name: str) -> dict[str, str]:
        return {mark.lower(): vendor for mark, vendor in row.get(name, {}).items()}

    return {
        code: Marks(frozenset(row["titles"]), tuple(row.get("texts", ())), markup(row, "sure"), markup(row, "usual"))
        for code, row in table.items()
    }
