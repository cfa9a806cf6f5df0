"""What an address in a page leads to, and its host."""

import re
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from shared.web.urls import canonical_host

_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_ABSOLUTE = re.compile(r"https?://[\w.-]+(?::\d{1,5})?(?:[/?#][^\x00-\x20\x7f]*)?", re.I | re.A)
_HOST = re.compile(r"https?://([\w.-]{1,255})(?::\d{1,5})?(?=[/?#]|$)", re.A)
_PLAIN_PATH = re.compile(
    r"[\w%~-][\w.%~-]*(?:/[\w%~-][\w.%~-]*)*/?(?:\?[^\x00-\x20\x7f#]+)?(?:#[^\x00-\x20\x7f]+)?", re.A
)
_FRAGMENT = re.compile(r"#[^\x00-\x20\x7f]+")
_ROOTED = re.compile(r"/(?:[\w.~%-][^\x00-\x20\x7f\\]*)?", re.A)


@lru_cache(256)
def origin(base: str) -> str:
    found = re.match(r"https?://[\w.-]+(?::\d{1,5})?(?=[/?#]|$)", base, re.I | re.A)
    return found[0] if found else ""


def absolute(base: str, href: str) -> str:
    """The absolute address of a link; "" for what is no address (scripts, data, nonsense)."""
    href = href.strip()
    if not href or len(href) > 2048:
        return ""
    if _ABSOLUTE.fullmatch(href):
        return href
    if _ROOTED.fullmatch(href) and "/." not in href and (at := origin(base)):
        return at + href
    scheme = href[:12].partition(":")[0].lower()
    try:
        if _PLAIN_PATH.fullmatch(href) and (before := _before(base, "x")):
            return before + href
        if _FRAGMENT.fullmatch(href) and (before := _before(base, "#x")):
            return before + href
        if scheme in ("mailto", "tel", "callto", "fax"):
            return href
        if scheme not in ("http", "https"):
            href = urljoin(base, href)
            if not href.lower().startswith(("http://", "https://")):
                return ""
        return _CONTROL.sub("", href) if urlsplit(href).hostname else ""
    except ValueError:
        return ""


@lru_cache(256)
def _before(base: str, href: str) -> str:
    """What addresses begin with that are as plain as this one; "" where they are no address."""
    url = urljoin(base, href)
    plain = url.startswith(("http://", "https://")) and not _CONTROL.search(url) and urlsplit(url).hostname
    return url.removesuffix(href) if plain else ""


def folder(base: str) -> str:
    """What addresses like "team.html" are relative to."""
    path = base.partition("#")[0].partition("?")[0]
    return path[: path.rfind("/") + 1] if path.count("/") > 2 else base


@lru_cache(8192)
def resolved(base: str, href: str) -> tuple[str, str]:
    """The absolute address and its canonical host; "" for what is none of http(s)."""
    url = absolute(base, href)
    if href[:1] == "/" and url == base + href:
        return url, _host_at(base)
    return url, host_of(url) if url[:4] == "http" else ""


@lru_cache(256)
def _host_at(origin: str) -> str:
    return host_of(origin)


def host_of(url: str) -> str:
    """The canonical host, "" where there is none."""
    found = _HOST.match(url)
    return _canonical(found[1]) if found else _host_of(url)


@lru_cache(4096)
def _canonical(host: str) -> str:
    try:
        return canonical_host(host).removeprefix("www.")
    except ValueError:
        return ""


def _host_of(url: str) -> str:
    try:
        return canonical_host(urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
