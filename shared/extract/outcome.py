"""What came of reading a page: it says something, it says nothing, it needs a browser, or it is not the company's."""

import re
from collections.abc import Mapping

from shared.extract.blocks import REACH, blocked
from shared.extract.missing import says_missing
from shared.extract.page import ParsedPage
from shared.extract.text import collapse
from shared.models import Outcome

EMPTY_CHARACTERS = 30
SHELL_CHARACTERS = 200  # an app's shell says less than this
BANNER_CHARACTERS, BANNER_LINKS = 600, 4  # what a banner of cookies beside it says
STATE_SOUGHT = 200_000  # characters of each script
STATE_CHARACTERS = 200  # words in a page's data, from which it says something
_SCRIPT_NEEDED = re.compile(
    r"(?:enable|activate|turn on|need|requires?|without|disabled?|not support|unterstützt kein|aktivier|activer|habilit"
    r"|abilit|włącz|povol)[^.]{0,70}java ?script"
    r"|java ?script[^.]{0,60}(?:enable|required|needed|disabled|aktivier|deaktiviert|désactivé|activ|erforderlich"
    r"|benötigt|habilit|有効|启用|사용)",
    re.I,
)
_ROOTS = ("#root", "#app", "#__next", "#__nuxt", "#___gatsby", "app-root", "#svelte", "#main-app", "#react-root")
_LOADING = re.compile(
    r"\W*(?:(?:is )?loading|please wait|wird geladen|bitte warten|chargement(?: en cours)?|cargando|caricamento"
    r"|carregando|laden|laddar|ładowanie|загрузка|yükleniyor|読み込み中|加载中|載入中|로딩 중)\W*",
    re.I,
)
_DATA = re.compile(
    r"__(?:[A-Z]{2,20}_){0,3}(?:DATA|NUXT|PROPS|STATE|STORE)__|__next_f|__sveltekit|__remixContext|__reactRouterContext"
    r"|(?:\bwindow\.|\b(?:var|let|const) )\w{0,20}(?<!onsent)(?:Data|State|Props)\s?=\s?[{\[]"
)
_HOLDERS = "[data-page],astro-island[props]"  # elements with data in an attribute
_OF_COMPANY = re.compile(r"\"(?:telephone|streetAddress|legalName)\"\s{0,5}:")  # in JSON-LD
_STRING = re.compile(r"\"([^\"{}]{12,}+)\"")
_TAG = re.compile(r"<[^<>]*>")
_UNBROKEN = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]{8}")  # scripts without spaces between words


def outcome(page: ParsedPage, status: int, headers: Mapping[str, str]) -> tuple[Outcome, str | None, str | None]:
    """(outcome, code of errors.CODES, reason); code and reason are None for a page that was read."""
    wall = blocked(page, status, headers)
    if wall is not None:
        code, what = wall
        return Outcome.BLOCKED, code, f"{what}, HTTP {status}"
    if status >= 400 or not 200 <= status < 300:
        return Outcome.FAILED, "http_error", f"HTTP {status}"
    if says_missing(page):
        return Outcome.FAILED, "http_error", "the page says that it is not there"
    if len(page.text) >= EMPTY_CHARACTERS and not _waits_for_script(page):
        return Outcome.READ, None, None
    if _needs_script(page) and not _says_in_data(page):
        return Outcome.SCRIPT_ONLY, "script_only", "no text without a browser"
    if "description" in page.metas or page.links or len(page.text) >= EMPTY_CHARACTERS or _says_in_data(page):
        return Outcome.READ, None, None
    return Outcome.EMPTY, "empty", "no text"


def _waits_for_script(page: ParsedPage) -> bool:
    """A page whose only text asks for JavaScript, says that it loads, or stands beside the empty place of an app."""
    text = page.text
    if len(text) >= BANNER_CHARACTERS or len(page.links) >= BANNER_LINKS or REACH.search(text):
        return False
    little = len(text) < SHELL_CHARACTERS and not page.links
    if little and (_SCRIPT_NEEDED.search(text) or _LOADING.fullmatch(text)):
        return True
    roots = map(page.tree.css_first, _ROOTS) if little or not page.walk.headings else ()
    return any(root is not None and not root.text().strip() for root in roots)


def _needs_script(page: ParsedPage) -> bool:
    scripts = any(
        script.src or len(script.text) > 200 or "location" in script.text or "import(" in script.text
        for script in page.walk.scripts
    )
    if not scripts:
        return False
    if _SCRIPT_NEEDED.search(" ".join(page.walk.unseen)[:2000]) or _SCRIPT_NEEDED.search(page.text):
        return True
    return any(page.tree.css_first(root) is not None for root in _ROOTS) or not page.text.strip()


def _says_in_data(page: ParsedPage) -> bool:
    """Whether JSON in scripts (JSON-LD, `__NEXT_DATA__`, `__NUXT__`) or attributes, or noscript, carries what the page
    would show."""
    size = 0
    for script in page.walk.scripts:
        if script.type == "application/ld+json" and _OF_COMPANY.search(script.text[:STATE_SOUGHT]):
            return True
        if script.type.endswith("json") or (not script.src and _DATA.search(script.text[:2_000])):
            size += _words_in(script.text)
    for node in page.tree.css(_HOLDERS):
        size += _words_in(node.attributes.get("data-page") or node.attributes.get("props") or "")
    size += sum(len(text) for text in page.walk.unseen if not _SCRIPT_NEEDED.search(text[:2_000]))
    return size >= STATE_CHARACTERS


def _words_in(data: str) -> int:
    """Characters of its strings that are sentences."""
    size = 0
    for found in _STRING.finditer(data[:STATE_SOUGHT].replace('\\"', '"').replace("&q;", '"')):
        said = collapse(_TAG.sub("", found[1]) if "<" in found[1] else found[1])
        if said.count(" ") > 1 or _UNBROKEN.search(said):
            size += len(said)
    return size
