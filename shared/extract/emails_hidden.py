"""Email addresses that a page puts together by script, or prints backwards."""

import binascii
import codecs
import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from shared.extract.contacts import valid
from shared.extract.names import resembles
from shared.extract.needles import HOSTED, LINKED, MAILED, SPELLED, in_markup
from shared.extract.page import ParsedPage
from shared.extract.signs import lines_with
from shared.models import Fact, How
from shared.web.urls import registrable

LONG = 4_000  # characters of a script; longer ones are programs or data
MOST = 100  # scripts, lines
LONG_QUOTE = 300  # characters
LONG_MADE = 600  # of what strings make together, an email and markup around it; each use of a longer one costs as much
_STRING = r"\"[^\"\n]{0,100}\"|'[^'\n]{0,100}'"
_NAME = r"[A-Za-z_$][\w$]{0,30}(?:\.[A-Za-z_$][\w$]{0,30})?"
_ONE_CHAR = r"String\.fromCharCode\(\s?(\d{2,3})\s?\)"
_TERM = rf"(?:{_STRING}|{_ONE_CHAR}|{_NAME})"
_SUM = re.compile(rf"(?<![\w$]){_TERM}(?:\s{{0,3}}\+\s{{0,3}}{_TERM}){{1,12}}", re.A)
_PART = re.compile(rf"({_STRING})|{_ONE_CHAR}|({_NAME})", re.A)
_SET = re.compile(rf"(?<![\w$.])([A-Za-z_$][\w$]{{0,30}})\s{{0,3}}(\+?=|:)\s{{0,3}}({_STRING})", re.A)
_LIST = rf"\[\s?((?:{_STRING})(?:\s?,\s?(?:{_STRING})){{1,8}})\s?\]"
_NAMED_LIST = re.compile(rf"(?<![\w$.])([A-Za-z_$][\w$]{{0,30}})\s?=\s?{_LIST}", re.A)
_JOIN = re.compile(rf"(?:{_LIST}|(?<![\w$.])([A-Za-z_$][\w$]{{0,30}}))\.join\(\s?({_STRING})\s?\)", re.A)
_TEMPLATE = re.compile(r"`([^`\n]{0,200})`")
_HOLE = re.compile(rf"\$\{{\s?({_NAME})\s?\}}", re.A)
_REPLACED = re.compile(rf"({_STRING})\.replace\(\s?(?:({_STRING})|/([^/\n\\]{{1,10}})/g?)\s?,\s?({_STRING})\s?\)")
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\u00([0-9a-fA-F]{2})")
_CODES = re.compile(r"\[\s?(\d{2,3}(?:\s?,\s?\d{2,3}){5,80})\s?\]")
_QUOTED = re.compile(rf"(?:unescape|decodeURI(?:Component)?)\(\s?({_STRING})\s?\)")
_TWO = re.compile(rf"mailto\w{{0,10}}\(\s?({_STRING})\s?,\s?({_STRING})\s?\)", re.I)
_BACKWARDS = re.compile(rf"({_STRING})\.split\(\s?(?:''|\"\")\s?\)\.reverse\(\)")
_CHARS = re.compile(r"String\.fromCharCode\(\s?(\d{1,3}(?:\s?,\s?\d{1,3}){5,80})\s?\)")
_EMAIL = re.compile(
    r"(?<![\w.+-])([a-z0-9][\w.+-]{0,63})@((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})(?![\w-])", re.I | re.A
)
_BASE64 = re.compile(rf"(?<![\w$])atob\(\s?({_STRING})\s?\)")
_TURNED = re.compile(r"charCodeAt\(0?\)\s?[+-]\s?13(?!\d)")  # each letter stands for the one thirteen further
_MAILBOX = (  # `info`, or at the beginning what may be a word of a sentence
    r"(?<![\w.+-])(info|office|hello|kontakt|sales|contacto|contatti"
    r"|(?:^|(?<=[:|•·,]\s))(?:contact|mail|support|service|team|post))"
)
# Attributes that hold an address, or one's parts.
_WHOLE = tuple(mark.removesuffix("=") for mark in MAILED)
_LOCALS = ("data-user", "data-name", "data-local", "data-mailbox", "data-username", "data-account")
_INLINE = ("a", "span", "b", "i", "em", "strong")
_HOSTS = tuple(mark.removesuffix("=") for mark in HOSTED)
_AT = re.compile(r"\\u0040|\\x40|%40|&#64;")
_RTL = (b"bidi-override", b"direction:rtl", b"direction: rtl")


def emails_hidden(page: ParsedPage) -> Iterator[Fact]:
    seen: set[str] = set()
    for text, how, quote in (*_scripts(page), *_attributes(page), *_reversed(page), *_beside_scripts(page)):
        for found in _EMAIL.finditer(text.removeprefix("mailto:")):
            email = valid(found[1], found[2])
            if email is None or email in seen:
                continue
            seen.add(email)
            own = resembles(registrable(found[2].lower()).partition(".")[0], page.site)
            confidence = 0.88 if own else 0.65 if page.kind in ("contact", "legal") else 0.5
            yield page.fact("contact.email", email, how=how, quote=quote, confidence=confidence)


def _programs(page: ParsedPage) -> Iterator[str]:
    """What scripts, and links that are ones, do."""
    for script in page.walk.scripts:
        if not script.type.endswith("json"):
            yield script.text
    for row in page.walk.anchors if not in_markup(page).keys().isdisjoint(LINKED) else ():
        for attributes, _, _ in row.anchors:
            if (href := attributes["href"] or "")[:11].lower() == "javascript:":
                yield href
            yield attributes.get("onclick") or ""


def _scripts(page: ParsedPage) -> Iterator[tuple[str, How, str]]:
    read = 0
    marks = ("@", *(mark for mark in SPELLED if mark in in_markup(page)))
    for text in _programs(page):
        if not text or len(text) > LONG or not any(mark in text for mark in marks):
            continue
        read += 1
        if read > MOST:
            return
        for joined, quote in _put_together(text):
            yield _AT.sub("@", joined[:LONG_MADE]).replace("mailto:", " "), "script", quote
        for found in re.finditer(_STRING, text) if "@" in text else ():
            if (back := _EMAIL.fullmatch(found[0][-2:0:-1])) and registrable(back[2].lower()) == page.site:
                yield back[0], "script", found[0]
        for found in (*_CHARS.finditer(text), *(_CODES.finditer(text) if "fromCharCode" in text else ())):
            yield "".join(chr(int(code)) for code in found[1].split(",")), "script", found[0]
        for found in _BASE64.finditer(text):
            yield _from_base64(found[1][1:-1]), "script", found[0]
        if _TURNED.search(text):
            for found in _EMAIL.finditer(text):
                yield codecs.decode(found[0], "rot13"), "script", found[0]


def _plain(text: str) -> str:
    """A string's text, without its quotes and escapes."""
    return _ESCAPED.sub(lambda found: chr(int(found[1] or found[2], 16)), text[1:-1])


def _put_together(text: str) -> Iterator[tuple[str, str]]:
    """What a script's strings make when they are added, joined, filled in, replaced or unescaped."""
    known: dict[str, str] = {}
    begins: dict[str, int] = {}
    for found in _SET.finditer(text):
        name, added, value = found[1], found[2] == "+=", _plain(found[3])
        known[name] = f"{known.get(name, '')}{value}"[:LONG_MADE] if added else value
        begins[name] = begins[name] if added and name in begins else found.start()
        if added:
            yield known[name], text[begins[name] : found.end()][:LONG_QUOTE]

    def said(name: str) -> str:
        return known.get(name.rpartition(".")[2], "")

    for found in _SUM.finditer(text):
        terms = _PART.findall(found[0])
        joined = "".join(_plain(one) if one else chr(int(code)) if code else said(name) for one, code, name in terms)
        yield joined, found[0]
    for found in _TEMPLATE.finditer(text) if "${" in text else ():
        yield _HOLE.sub(lambda hole: said(hole[1]), found[1]), found[0]
    lists = dict(_NAMED_LIST.findall(text)) if ".join" in text else {}
    for found in _JOIN.finditer(text) if ".join" in text else ():
        strings = re.findall(_STRING, found[1] or lists.get(found[2], ""))
        yield _plain(found[3]).join(map(_plain, strings)), found[0]
    for found in _REPLACED.finditer(text):
        yield _plain(found[1]).replace(_plain(found[2]) if found[2] else found[3], _plain(found[4])), found[0]
    for found in (*_QUOTED.finditer(text), *re.finditer(rf"({_STRING})", text if "\\" in text else "")):
        yield unquote(_plain(found[1])), found[0]
    for found in _BACKWARDS.finditer(text):
        yield found[1][1:-1][::-1], found[0]
    for found in _TWO.finditer(text):
        yield f"{_plain(found[1])}@{_plain(found[2])}", found[0]


def _attributes(page: ParsedPage) -> Iterator[tuple[str, How, str]]:
    """Addresses in attributes that a script reads: whole, backwards or in base64, or in parts."""
    marks = in_markup(page).keys()
    if not marks.isdisjoint(MAILED):
        for node in page.tree.css(",".join(f"[{key}]" for key in _WHOLE))[:MOST]:
            value = next((found for key in _WHOLE if (found := node.attributes.get(key))), "")[:200]
            yield next(filter(_EMAIL.fullmatch, (value, value[::-1], _from_base64(value))), ""), "html", value
    if not marks.isdisjoint(HOSTED):
        for node in page.tree.css(",".join(f"[{key}]" for key in _HOSTS))[:MOST]:
            if node.tag not in _INLINE:  # a table of cookies names them and their domains
                continue
            said = {key: (value or "")[:100] for key, value in node.attributes.items()}
            local, host = (next((said[key] for key in keys if key in said), "") for keys in (_LOCALS, _HOSTS))
            tail = f".{said['data-tld'].strip('.')}" if said.get("data-tld") else ""
            yield f"{local}@{host}{tail}", "html", host


def _from_base64(text: str) -> str:
    try:
        return binascii.a2b_base64(text).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _beside_scripts(page: ParsedPage) -> Iterator[tuple[str, How, str]]:
    """What stands in the place of a script, and a mailbox whose signs stand apart: `info @ example.org`."""
    for text in page.walk.unseen:
        for found in islice(_EMAIL.finditer(text[:LONG]), MOST) if "@" in text else ():
            if registrable(found[2].lower()) == page.site:
                yield found[0], "html", found[0]
    if " @" in page.text or "@ " in page.text:
        host = r"\s?\.\s?".join(map(re.escape, page.site.split(".")))
        for index in lines_with(page, "@")[:MOST]:
            for found in re.finditer(
                rf"{_MAILBOX}\s{{0,2}}@\s{{0,2}}{host}(?![\w.-]*\w)", page.lines[index].text[:LONG], re.I
            ):
                yield f"{found[1]}@{page.site}", "text", found[0]


def _reversed(page: ParsedPage) -> Iterator[tuple[str, How, str]]:
    """Addresses that stand backwards in the markup and that a style turns round."""
    if page.lang[:2].lower() in ("ar", "he", "fa", "ur"):
        return
    turned: bool | None = None
    for index in lines_with(page, "@")[:MOST]:
        text = page.lines[index].text
        place = text.index("@")
        text = text[max(place - 100, 0) : place + 100]
        found = None if _EMAIL.search(text) else _EMAIL.search(text[::-1])
        if found is None:
            continue
        if turned is None:
            turned = any(map(page.mentions, _RTL))
        if turned or registrable(found[2].lower()) == page.site:
            yield found[0], "html", text
