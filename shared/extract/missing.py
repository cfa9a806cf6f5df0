"""Pages that say that there is none here, whatever their status says (soft 404)."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

from shared.extract.page import ParsedPage
from shared.extract.walk import concealed

SHORT_CHARACTERS = 4_000  # what says it in a heading alone says little else
LONGEST = 100  # characters of what says it
_PARTS = re.compile(r"[|｜–—•·:：»!！]|\s-\s|\.\.\.|…")
_ASIDE = ("dialog", "noscript")
_WORDS = re.compile(r"[^\W_]+")
# What is said beside it; the 1 by a well-known server.
_BESIDE = frozenset(
    "404 1 error errore erro fehler erreur http code oops ops ups oups sorry hoppla whoops ошибка помилка".split()
)
# Behind a number alone, or what else may be a name.
_TOLD = re.compile(
    r"n[o'’]t (?:seem to )?f(?:ou|i)nd|n[o'’]t exist|no longer (?:exist|available|here|there)"
    r"|nicht gefunden|introuvable|\bn['’]existe"
    r"|\bn(?:o|ão) (?:\w{2,9} ){0,3}(?:existe|encontr)|\bnon (?:\w{1,9} ){0,3}(?:esiste|trovat)"
    r"|\bniet (?:\w{2,9} )?gevonden|nie istnieje|nenalezen|не найден|見つかり|找不到|不存在|찾을 수 없"
)


def says_missing(page: ParsedPage) -> bool:
    """Whether a part of the title, or the first heading of a short page, says so and nothing else."""
    said = page.title[: 2 * LONGEST]
    if any(_says(part, page) for part in (said, *_PARTS.split(said))):
        return True
    if not page.headings or len(page.text) >= SHORT_CHARACTERS:
        return False
    said = page.headings[0][: 2 * LONGEST]
    return any(_says(part, page) for part in (said, *_PARTS.split(said))) and _shown(page)


def _shown(page: ParsedPage) -> bool:
    """Whether the first heading is: a script may have one ready for what it does not find."""
    node = page.tree.css_first("h1,h2,h3,h4,h5,h6")
    while node is not None and not concealed(node.attributes) and node.tag not in _ASIDE:
        node = node.parent
    return node is None


def _says(part: str, page: ParsedPage) -> bool:
    if not part or len(part) > LONGEST:
        return False
    words = _words(part)
    said = " ".join(word for word in words if word not in _BESIDE)
    if said in _phrases():
        return True
    return said in ("", "not found") and "404" in words and bool(_TOLD.search(page.lower[:SHORT_CHARACTERS]))


def _words(said: str) -> list[str]:
    """Without accents, which capitals leave out."""
    letters = said.lower().replace("ı", "i")
    if not letters.isascii():
        letters = "".join(one for one in unicodedata.normalize("NFD", letters) if not unicodedata.combining(one))
    return _WORDS.findall(letters)


@cache
def _phrases() -> frozenset[str]:
    languages = json.loads(Path(__file__).with_name("missing.json").read_text(encoding="utf-8"))
    return frozenset(" ".join(_words(said)) for phrases in languages.values() for said in phrases)
