"""Pages that say that there is none here, whatever their status says (soft 404)."""

import json
import re
from functools import cache
from pathlib import Path

from shared.extract.page import ParsedPage

SHORT_CHARACTERS = 4_000  # what says it in a heading alone says little else
LONGEST = 100  # characters of what says it
_PARTS = re.compile(r"[|｜–—•·:：»]|\s-\s|\.\.\.|…")
_WORDS = re.compile(r"[^\W_]+")
# What is said beside it.
_BESIDE = frozenset(
    "404 error errore erro fehler erreur http code oops ops ups sorry hoppla oh no whoops ошибка".split()
)
# Behind a number alone, or what else may be a name.
_TOLD = re.compile(
    r"n[o'’]t (?:seem to )?f(?:ou|i)nd|n[o'’]t exist|no longer|nicht gefunden|introuvable|encontr|trovat|gevonden"
    r"|existe|nie istnieje|nenalezen|не найден|見つかり|找不到|不存在|찾을 수 없"
)


def says_missing(page: ParsedPage) -> bool:
    """Whether a part of the title, or the first heading of a short page, says so and nothing else."""
    title = page.title[: 2 * LONGEST]
    if any(_says(part, page) for part in (title, *_PARTS.split(title))):
        return True
    return bool(page.headings) and len(page.text) < SHORT_CHARACTERS and _says(page.headings[0], page)


def _says(part: str, page: ParsedPage) -> bool:
    if not part or len(part) > LONGEST:
        return False
    words = _WORDS.findall(part.lower())
    said = " ".join(word for word in words if word not in _BESIDE and not word.isdecimal())
    if said in _phrases():
        return True
    return said in ("", "not found") and "404" in words and bool(_TOLD.search(page.lower[:SHORT_CHARACTERS]))


@cache
def _phrases() -> frozenset[str]:
    languages = json.loads(Path(__file__).with_name("missing.json").read_text(encoding="utf-8"))
    return frozenset(" ".join(_WORDS.findall(said)) for phrases in languages.values() for said in phrases)
