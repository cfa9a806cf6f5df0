"""Addresses in one canonical spelling: the WHATWG reading of hosts, RFC 3986's normal form of paths and queries."""

import ipaddress
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from shared.errors import Problem

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

MAX_URL = 2048
MAX_HOST = 253  # RFC 1035, without the trailing dot
DEFAULT_PORTS = {"http": 80, "https": 443}
ADVICE = "Give the web address of the company's own site, for instance https://example.com."

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_CONTROLS = "".join(map(chr, range(33)))
_LINE_BREAKS = re.compile(r"[\t\r\n]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ESCAPED = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_TRACKING = re.compile(
    r"utm_.*|pk_.*|mtm_.*|hsa_.*|__hs.*|_hs.*|_gl|_ga|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|msclkid|yclid|twclid"
    r"|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok|vero_id|hsctatracking|wickedid|oly_(anon|enc)_id"
    r"|srsltid|gad_.*|cmpid|epik|icid|ncid|spm|wt_mc.*|at_(medium|campaign|custom\d)|_openstat|zanpid|awc|trk|trkcampaign|ref_src|s_kwcid|ef_id"
    r"|phpsessid|jsessionid|aspsessionid.*|session_?id|cfid|cftoken|oscsid|zenid"
)
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php\d?|aspx?|jsp|cfm|shtml)$", re.I)
_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;]*|/\(S\([a-z0-9]{24}\)\)(?=/)", re.I)
_SESSION_ID = re.compile(r"(?:s|sid|sess|session|token)=(?=[a-f]*\d)[0-9a-f]{16,64}", re.I)


@dataclass(frozen=True, slots=True)
class Url:
    scheme: str
    host: str  # canonical; IPv6 in brackets
    port: int | None  # None: the scheme's own
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.origin}{self.path}{'?' if self.query else ''}{self.query}"

    @property
    def authority(self) -> str:
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def dialled_port(self) -> int:
        return self.port or DEFAULT_PORTS[self.scheme]


@lru_cache(4096)
def ip_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a canonical host spells, None for a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


@lru_cache(4096)
def canonical_host(host: str) -> str:
    """Lower case, UTS 46, Punycode, no trailing dot; IPv4 as four decimals whichever way it was written, IPv6 in
    brackets. ValueError says what is wrong."""
    if host.startswith("["):
        if "%" in host:
            raise ValueError("An IPv6 scope id is not part of a web address")
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]"
        except ValueError:
            raise ValueError("The host is not an IPv6 address") from None
    try:
        labels = [_ascii(label) for label in _mapped(host).removesuffix(".").split(".")]
    except UnicodeError:
        raise ValueError("The host name has characters that no host name can have") from None
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        return str(ipaddress.IPv4Address(_ipv4(labels)))
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("The host name is not a valid one")
    if len(name := ".".join(labels)) > MAX_HOST:
        raise ValueError("The host name is too long")
    return name


def _mapped(host: str) -> str:
    if host.isascii():
        return host.lower()
    from idna import uts46_remap  # its tables take a while to load, and few hosts need them

    return uts46_remap(host, std3_rules=False, transitional=False)  # raises a UnicodeError


def _ascii(label: str) -> str:
    if label.startswith("xn--"):
        decoded = label[4:].encode("ascii").decode("punycode")
        if decoded.isascii() or _mapped(decoded) != decoded:
            raise UnicodeError("not the canonical Punycode of its name")
        return label
    if label.isascii():
        return label
    if not re.fullmatch(r"[a-z0-9_-]*", re.sub(r"[^\x00-\x7f]", "", label)):
        raise UnicodeError("delimiters in a label")
    return "xn--" + label.encode("punycode").decode("ascii")


def _ipv4(parts: list[str]) -> int:
    """WHATWG's IPv4 parser: up to four numbers, decimal, octal or hex; the last fills what is left."""
    if len(parts) > 4:
        raise ValueError("The address is not an IPv4 address")
    numbers = []
    for part in parts:
        if part.startswith("0x"):
            digits, base = part[2:] or "0", 16
        elif part.startswith("0") and len(part) > 1:
            digits, base = part, 8
        else:
            digits, base = part, 10
        try:
            numbers.append(int(digits, base))
        except ValueError:
            raise ValueError("The address is not an IPv4 address") from None
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise ValueError("The address is not an IPv4 address")
    return int(sum(number * 256 ** (3 - i) for i, number in enumerate(numbers[:-1]))) + numbers[-1]


def parse(url: str, base: str = "") -> Url:
    """The absolute address that `url` means on the page `base`, without its fragment. ValueError says why there is
    none: another scheme, userinfo, a host or port that cannot be."""
    text = _LINE_BREAKS.sub("", url.strip(_CONTROLS))
    if len(text) > MAX_URL:
        raise ValueError("The address is too long")
    if "\\" in text:
        text = re.sub(r"^[^?#]*", lambda match: match[0].replace("\\", "/"), text)
    try:
        parts = urlsplit(urljoin(base, text))
    except ValueError:
        raise ValueError("The address has no valid host") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("Only http and https addresses are read")
    if "@" in parts.netloc:
        raise ValueError("User names and passwords in an address are refused")
    found = _AUTHORITY.fullmatch(parts.netloc)
    if not found or not found[1]:
        raise ValueError("The address has no valid host")
    port = int(found[2]) if found[2] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError("The port is not a valid one")
    if port == DEFAULT_PORTS[parts.scheme]:
        port = None
    return Url(parts.scheme, canonical_host(found[1]), port, _without_dots(_escaped(parts.path)), _escaped(parts.query))


def _escaped(text: str) -> str:
    """Percent-encoding in its normal form: upper case, nothing that needs none, everything that does."""

    def one(match: re.Match[str]) -> str:
        if match[1] is None:
            return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogateescape"))
        char = chr(int(match[1], 16))
        return char if _UNRESERVED.fullmatch(char) else match[0].upper()

    return _ESCAPED.sub(one, text)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def normalise(url: str, base: str = "") -> str | None:
    """The canonical spelling of a link found on the page `base`, tracking parameters dropped; None where it leads to
    nothing that can be read."""
    try:
        found = parse(url, base)
    except ValueError:
        return None
    path = found.path
    if ";" in path or "/(" in path:
        path = _without_dots(_SESSION.sub("", path))
    kept = [
        pair
        for pair in found.query.split("&")
        if not _TRACKING.fullmatch(pair.partition("=")[0].lower()) and not _SESSION_ID.fullmatch(pair)
    ]
    return str(replace(found, path=path, query="&".join(kept)))


def page_key(url: str) -> str:
    """The same for spellings of one page's address: scheme, www, a closing slash, the index file."""
    rest = url.partition("://")[2].removeprefix("www.")
    path, mark, query = rest.partition("?")
    return _INDEX.sub("/", path).rstrip("/") + mark + query


@cache
def _suffixes() -> "PublicSuffixList":
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(4096)
def registrable(host: str) -> str:
    """`shop.example.co.uk` to `example.co.uk`; an IP address, a single label or a public suffix stays as it is."""
    if ip_of(host):
        return host
    return _suffixes().privatesuffix(host) or host


def same_site(a: str, b: str) -> bool:
    """Whether two absolute URLs belong to one registrable domain; addresses and single labels also share the port."""
    try:
        one, other = parse(a), parse(b)
    except ValueError:
        return False
    if ip_of(one.host) or "." not in one.host:
        return (one.host, one.dialled_port) == (other.host, other.dialled_port)
    return registrable(one.host) == registrable(other.host)


# Where other people's pages live, and the paths that are theirs.
_PLATFORMS = {
    domain: re.compile(paths)
    for paths, domains in {
        "/.": """linkedin.com facebook.com fb.com x.com twitter.com instagram.com threads.net threads.com youtube.com
            youtu.be tiktok.com pinterest.com github.com gitlab.com bitbucket.org crunchbase.com t.me telegram.me vk.com
            weibo.com bsky.app mastodon.social discord.gg discord.com twitch.tv vimeo.com medium.com substack.com
            linktr.ee xing.com kununu.com glassdoor.com glassdoor.de indeed.com yelp.com trustpilot.com wikipedia.org
            wikidata.org pitchbook.com zoominfo.com dnb.com angel.co wellfound.com producthunt.com g2.com capterra.com
            opencorporates.com northdata.com northdata.de snapchat.com reddit.com flickr.com behance.net dribbble.com
            soundcloud.com about.me goo.gl wa.me""",
        "/(company|profile|quote)/.": "bloomberg.com reuters.com",
        "/maps?(/|$)": "google.com",
        "": """sites.google.com play.google.com maps.google.com docs.google.com apps.apple.com itunes.apple.com
            maps.app.goo.gl""",
    }.items()
    for domain in domains.split()
}


def platform_of(url: Url) -> str | None:
    """The platform on which this is somebody's page."""
    platform = re.sub(r"^((www|m|mobile|web|[a-z]{2}(-[a-z]{2})?)\.)+(?=.*\.)", "", url.host)
    return platform if platform in _PLATFORMS and _PLATFORMS[platform].match(url.path) else None


def company_key(text: str) -> str:
    """The canonical host of the address that a caller gave, scheme optional: the company's key."""
    text = text.strip()
    if len(text) > MAX_URL:
        raise _invalid("The address is too long.")
    if re.search(r"[\s\x00-\x20\x7f\\]", text):
        raise _invalid("The address has spaces, control characters or backslashes in it.")
    if not _SCHEME.match(text):
        text = "https://" + text.removeprefix("//")
    try:
        url = parse(text)
    except ValueError as error:
        raise _invalid(f"{error}.") from None
    host = url.host
    if (platform := platform_of(url)) is not None:
        raise _invalid(f"This is a page on {platform}, not a company's own site.")
    if ip_of(host) is None and host != "localhost":
        if "." not in host:
            raise _invalid("The host has no domain.")
        if "_" in host.rpartition(".")[2]:
            raise _invalid("There is no such top-level domain.")
        if _suffixes().is_public(host):
            raise _invalid(f"{host} is a domain under which others register theirs.")
        while host.startswith("www.") and not _suffixes().is_public(host[4:]):
            host = host[4:]
    return host if url.port in (None, *DEFAULT_PORTS.values()) else f"{host}:{url.port}"


def _invalid(what: str) -> Problem:
    return Problem(422, "invalid_address", f"{what} {ADVICE}")
