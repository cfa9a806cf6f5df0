"""Reading JSON as it is found: what a strict reader takes, and all that can be told of the rest."""

import json
import re
from collections.abc import Iterator, Mapping

from shared.models import JSON

MAX_DEPTH = 200
MAX_TOPS = 50  # values in a row
_TOKEN = re.compile(  # a quotation mark that no comma, colon, bracket or other one follows is one of the text's own
    r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?|<!--|-->|<!\[CDATA\[|\]\]>"
    r"|(?P<string>\"(?:[^\"\\]++|\\.?|\"(?!\s*+(?:[,:;)}\]\"]|\Z)))*+(?:\"|\Z)"
    r"|'(?:[^'\\]++|\\.?|'(?!\s*+(?:[,:;)}\]]|\Z)))*+(?:'|\Z))"
    r"|(?P<mark>[{}\[\],])|(?P<word>void\s0|[^\s,:;{}\[\]\"'()/]+)",
    re.S,
)
_BETWEEN = re.compile(r"[\s;,\ufeff]*+")
# Quotation marks that a word processor made of those around a key.
_CURLY = re.compile(r"[{,]\s*+[“”„″]@?\w{1,40}[“”„″]\s*+:")
_STRAIGHT = str.maketrans(dict.fromkeys("“”„″", '"'))
_CLOSING = {"{": "}", "[": "]"}
_QUOTE = re.compile(r"(\\.)|\"", re.S)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_WORDS: Mapping[str, JSON] = {"true": True, "false": False, "!0": True, "!1": False}


def values(text: str, words: Mapping[str, JSON] = _WORDS) -> list[JSON]:
    """The objects and lists of a text, in a row: with comments, CDATA marks, commas or quotation marks too many or too
    few, other ones, keys without any, and an end that is missing. `words`: what stands without quotation marks."""
    strict = list(_strict(text))
    return _loose(text, words) if None in strict else strict


def _strict(text: str) -> Iterator[JSON]:
    """Ends with None where something else stands in the text."""
    decoder = json.JSONDecoder(strict=False)
    position = 0
    for _ in range(MAX_TOPS):
        if between := _BETWEEN.match(text, position):
            position = between.end()
        if position == len(text):
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            value = None
        yield value if isinstance(value, (dict, list)) else None
        if not isinstance(value, (dict, list)):
            return


def _loose(text: str, words: Mapping[str, JSON]) -> list[JSON]:
    if _CURLY.search(text):
        text = text.translate(_STRAIGHT)
    tops: list[JSON] = []
    around: list[JSON] = [tops]  # what is being read
    closing = ""  # the brackets that close it
    key: str | None = None  # of what comes next in an object
    for token in _TOKEN.finditer(text):
        mark, written = token["mark"], token["string"] or token["word"]
        broken = token["string"] and (len(written) < 2 or written[-1] != written[0])  # the text ends in a string
        if broken or len(around) > MAX_DEPTH or len(tops) > MAX_TOPS:
            break
        if mark in (",", "}", "]"):
            key = None
            if (at := closing.rfind(mark)) >= 0:
                closing = closing[:at]
                del around[at + 1 :]
            continue
        if not mark and (not written or len(around) == 1):
            continue
        inner = around[-1]
        if isinstance(inner, dict) and key is None and written:
            key = _string(written) if token["string"] else written
            continue
        value: JSON = (
            {} if mark == "{" else [] if mark else _string(written) if token["string"] else _word(written, words)
        )
        if isinstance(inner, dict):
            inner[key or ""], key = value, None
        else:
            inner.append(value)
        if mark:
            around.append(value)
            closing += _CLOSING[mark]
    return tops


def _string(written: str) -> str:
    inner = written[1:-1].replace("\\'", "'")
    if "\\" not in inner:
        return inner
    try:
        return str(json.loads(f'"{_QUOTE.sub(lambda found: found[1] or chr(92) + chr(34), inner)}"', strict=False))
    except ValueError:
        return inner


def _word(written: str, words: Mapping[str, JSON]) -> JSON:
    return float(written) if _NUMBER.fullmatch(written) else words.get(written)
