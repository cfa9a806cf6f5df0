"""Redirects that a page makes itself: the Refresh header, and `<meta http-equiv=refresh>`."""

import re
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from shared.extract.charset import to_utf8
from shared.web.client import Answer

SHORT_SECONDS = 5  # a page that stays for longer is there to be read
SOUGHT_BYTES = 65_536
_META = re.compile(rb"<meta[^>]{0,300}refresh", re.I)
# The HTML standard's "shared declarative refresh steps".
_CONTENT = re.compile(
    r"\s*(\d{1,9})[\d.]*(?:\s*[;,]\s*|\s+)(?:url\s*=\s*)?(?:'([^']*)(?:'.*)?|\"([^\"]*)(?:\".*)?|((?!url\s*=\s*$)[^'\"].*))",
    re.I | re.S,
)
_CHALLENGES = re.compile(r"[?&](?:bm-verify|__cf_chl\w*)=")  # whose page says more than where it leads


def onward(answer: Answer) -> str | None:
    """Where an answer sends its reader within a short time, None where it stays."""
    if answer.status != 200:
        return None
    content, base = answer.headers.get("Refresh"), answer.url
    if content is None and _META.search(answer.body, 0, SOUGHT_BYTES):
        tree = LexborHTMLParser(to_utf8(answer.body[:SOUGHT_BYTES], answer.charset))
        content = next((_content(node) for node in tree.css("meta[http-equiv=refresh i]") if _is_seen(node)), None)
        for node in tree.css("base[href]")[:1]:
            base = _joined(base, node.attributes.get("href") or "")
    found = target(content or "")
    if found is None or found[0] > SHORT_SECONDS:
        return None
    link = _joined(base, found[1])
    return None if link.partition("#")[0] == answer.url or _CHALLENGES.search(link) else link


def target(content: str) -> tuple[int, str] | None:
    """After how many seconds a refresh leads where."""
    found = _CONTENT.fullmatch(content[:2048])
    return (int(found[1]), (found[2] or found[3] or found[4] or "").strip()) if found else None


def _joined(base: str, link: str) -> str:
    """`base` where the link leads to no web address."""
    try:
        joined = urljoin(base, link)
    except ValueError:
        return base
    return joined if joined.startswith(("http://", "https://")) else base


def _content(node: LexborNode) -> str:
    return node.attributes.get("content") or ""


def _is_seen(node: LexborNode) -> bool:
    """A page that reads well without scripts says in noscript where to read that it does not."""
    above = node.parent
    while above is not None:
        if above.tag in ("noscript", "template", "svg"):
            return False
        above = above.parent
    return True
