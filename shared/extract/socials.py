"""Profiles on social networks, in their normal form; share buttons, posts and logins are none."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from urllib.parse import parse_qs, unquote, urlsplit

from shared.extract.collected import Link
from shared.extract.hrefs import absolute, host_of
from shared.extract.names import compact, resembles
from shared.extract.others import of_others
from shared.extract.page import ParsedPage
from shared.models import Fact

_HANDLE = r"([\w.%+-]+)"
_COMMON = frozenset(
    """about accounts ads api app apps auth blog business careers contact developer developers directory download
    events explore features gaming groups hashtag help home i intent invite jobs join legal login logout marketplace
    messages notifications oauth p pages_manage permalink.php photo photo.php photos pin plugins policies policy
    pricing privacy profile profile.php recover reel reels search security settings share share.php sharer
    sharer.php shop sign-in signin signup site status story.php stories subscription_center support terms topics tos
    tr tv tweet watch web widgets dialog v embed playlist results channel user c pulse uas cws sharearticle sharing
    feed tag tags media discover trending images docs tour collections sponsors orgs organizations company pub
    groups login.php l.php rsrc.php 2008 2005 tr.php""".split()
)


class _Network:
    def __init__(self, hosts: str, paths: str, form: str) -> None:
        self.hosts, self.form = re.compile(hosts), form
        self.paths = re.compile(f"/(?:{paths})/?", re.I)


# Host without www., a path that is a profile's, and how it is written.
NETWORKS = {
    "linkedin": _Network(
        r"(?:[a-z]{2,3}\.)?linkedin\.com", rf"(?:(company|school|showcase|companies)/{_HANDLE})(?:/[\w-]+)?",
        "https://www.linkedin.com/{0}/{1}",
    ),
    "x": _Network(r"(?:mobile\.|m\.)?(?:twitter|x)\.com", r"(?:(?:#!|%23!)/)?@?(\w{1,15})", "https://x.com/{0}"),
    "facebook": _Network(
        r"(?:[a-z]{2}-[a-z]{2}\.|m\.|web\.|business\.|touch\.)?(?:facebook|fb)\.com",
        rf"(?:(?:pages|people)/[^/]+/\d+|pages/category/[^/]+/[^/]+|pg/{_HANDLE}|{_HANDLE})(?:/(?:about|timeline|home))?",
        "https://www.facebook.com/{0}",
    ),
    "instagram": _Network(r"(?:m\.)?instagram\.com", rf"(?:_u/)?@?{_HANDLE}", "https://www.instagram.com/{0}"),
    "youtube": _Network(
        r"(?:m\.)?youtube\.com", r"((?:user|channel|c)/[\w.%-]+|@?[\w.%-]+)(?:/(?:featured|videos|about|home))?",
        "https://www.youtube.com/{0}",
    ),
    "github": _Network(r"github\.com", r"(?:orgs/)?([\w-]+)", "https://github.com/{0}"),
    "pinterest": _Network(r"(?:[a-z]{2}\.)?pinterest\.(?:com|co\.uk|de|fr|es|it|at|ch|ca|jp|pt|com\.au|se)",
                          r"(\w+)", "https://www.pinterest.com/{0}"),
    "google_plus": _Network(
        r"plus\.google\.com", r"((?:u/\d+/)?(?:b/\d+/)?(?:\+[\w%.-]+|\d{15,}))(?:/(?:posts|about|videos))?",
        "https://plus.google.com/{0}",
    ),
    "vimeo": _Network(r"vimeo\.com", r"((?!\d+$)(?!channels/)[\w-]+|channels/[\w-]+)", "https://vimeo.com/{0}"),
    "xing": _Network(r"(?:[a-z]{2}\.)?xing\.com", r"((?:companies|company|pages|net)/[\w.%-]+)(?:/[\w-]+)?", "https://www.xing.com/{0}"),
    "vk": _Network(r"(?:m\.)?(?:vk\.com|vkontakte\.ru)", rf"{_HANDLE}", "https://vk.com/{0}"),
    "medium": _Network(r"medium\.com", r"(@?[\w.-]+)", "https://medium.com/{0}"),
    "crunchbase": _Network(r"crunchbase\.com", r"((?:organization|company)/[\w.%-]+)", "https://www.crunchbase.com/{0}"),
    "tiktok": _Network(r"tiktok\.com", r"(@[\w.]+)", "https://www.tiktok.com/{0}"),
    "threads": _Network(r"threads\.(?:net|com)", r"(@[\w.]+)", "https://www.threads.net/{0}"),
    "bluesky": _Network(r"bsky\.app", r"(profile/[\w.:-]+)", "https://bsky.app/{0}"),
    "telegram": _Network(r"(?:t|telegram)\.me", r"(?:s/)?(\w{5,32})", "https://t.me/{0}"),
    "flickr": _Network(r"flickr\.com", r"((?:photos|people)/[\w@-]+)", "https://www.flickr.com/{0}"),
    "weibo": _Network(r"weibo\.com", r"((?:u/)?\w+)", "https://weibo.com/{0}"),
    "line": _Network(r"(?:page\.)?line\.me", r"((?:r/ti/p/)?(?:@|%40)[\w.-]+)", "https://line.me/{0}"),
}  # fmt: skip
_HINT = re.compile(
    r"linkedin|twitter|//(?:www\.|mobile\.|m\.)?x\.com|facebook|fb\.com|instagram|youtube|github|pinterest|plus\.google|vimeo|xing|vk"
    r"|medium\.|crunchbase|tiktok|threads|bsky|t\.me|telegram|flickr|weibo|line\.me|tumblr",
    re.I,
)
_FEDERATED = re.compile(r"(?:mastodon|mstdn|fosstodon|hachyderm|mas|troet)\.[a-z.]{2,20}")
_ACCOUNT = re.compile(r"/(@[\w.-]{1,60})/?", re.A)
# Of those whose tools sites are built with, and of examples.
BUILDERS = frozenset(
    """wix wixcom squarespace wordpress wordpressdotcom wordpresscom weebly shopify godaddy jimdo webflow elegantthemes
    envato themeforest joomla drupal prestashop elementor elemntor duda ionos strikingly ghost blogger yourusername
    username yourprofile yourpage yourcompany""".split()
)
_NO_OWNER = re.compile(r"company|companies|organization|school|showcase|user|channel|c|u|b|\d+|pages|net|profile")
_TUMBLR = re.compile(r"([\w-]+)\.tumblr\.com")


@lru_cache(4096)
def _networks(host: str) -> tuple[str, ...]:
    """The networks that live at a host."""
    found = [network for network, rule in NETWORKS.items() if rule.hosts.fullmatch(host)]
    return (*found, *(["tumblr"] if _TUMBLR.fullmatch(host) else ()))


@lru_cache(4096)
def profile(url: str) -> tuple[str, str] | None:
    """(network, normal form) of a profile's address; None for anything else."""
    if not _networks(host_of(url)) or not _HINT.search(url):
        return None
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return None
    path = parts.path
    if parts.fragment.startswith("!/"):  # twitter.com/#!/name
        path = parts.fragment[1:]
    path = re.sub(r"/{2,}", "/", path[:300])
    if tumblr := _TUMBLR.fullmatch(host):
        return None if tumblr[1] in ("www", "assets", "api", "blog") else ("tumblr", f"https://{host}")
    for network in _networks(host):
        rule = NETWORKS[network]
        found = rule.paths.fullmatch(path)
        if not found:
            return _by_id(network, path, parts.query)
        named = [group for group in found.groups() if group]
        handle = named[-1] if named else path.strip("/")
        first = unquote(handle).split("/")[0].lower().strip()
        if (first in _COMMON and "/" not in handle and network != "linkedin") or not re.search(r"\w", first):
            return _by_id(network, path, parts.query)
        if network == "linkedin":
            kind = found[1].lower().replace("companies", "company")
            return network, rule.form.format(kind, found[2])
        return network, rule.form.format(handle)
    return None


def _by_id(network: str, path: str, query: str) -> tuple[str, str] | None:
    if network == "facebook" and path.strip("/") == "profile.php":
        number = parse_qs(query[:500]).get("id", [""])[0]
        if number.isdecimal():
            return network, f"https://www.facebook.com/profile.php?id={number}"
    return None


@lru_cache(4096)
def handle_of(url: str) -> str:
    """The part of a normal form that names its owner."""
    host, _, path = url.partition("://")[2].partition("/")
    words = [w for w in unquote(path).split("/") if w and not _NO_OWNER.fullmatch(w)]
    return (words[0] if words else host.partition(".")[0]).lstrip("@+").removeprefix("profile.php?id=")


def socials(page: ParsedPage) -> Iterator[Fact]:
    """Profiles that the page links to. Whose they are shows in the handle, in rel=me, and in where the link stands."""
    found: dict[str, tuple[str, str, Link]] = {}
    here = page.host
    for link in chain(page.links, _said_to_be(page)):
        if not link.host or link.host == here:
            continue
        known = profile(link.url) if _networks(link.host) else _federated(link)
        if known is not None:
            found.setdefault(known[1].casefold(), (*known, link))
    handles = {url: handle_of(url) for _, url, _ in found.values()}
    site_name = page.metas.get("og:site_name", "") if handles else ""
    own = {url for url, handle in handles.items() if is_kin(handle, page.site, site_name)}
    spread = Counter(compact(handle) for handle in handles.values())
    for network, url, link in found.values():
        if url in own:
            confidence = 0.9
        elif compact(handles[url]) in BUILDERS:
            continue
        elif "me" in link.rel.split():
            confidence = 0.85
        elif network == "mastodon" or (link.where == "main" and of_others(page)):  # mostly a person's
            continue
        else:
            confidence = {"footer": 0.65, "header": 0.65, "nav": 0.6, "main": 0.35}[link.where]
            if re.fullmatch(r"\+?\d+|UC[\w-]{22}", handles[url]):  # a number says nothing about its owner
                confidence = max(confidence, 0.5)
            elif own:  # beside the company's own, a stranger's: the theme's maker, a partner
                confidence -= 0.2
            elif spread[compact(handles[url])] > 1:
                confidence = max(confidence, 0.6)
        value = {"network": network, "url": url}
        quote = link.attributes.get("href") or link.url
        yield page.fact("social", value, how="link", quote=quote, confidence=round(confidence, 2))


def _said_to_be(page: ParsedPage) -> Iterator[Link]:
    """`<link rel="me">`, which no reader sees."""
    for attributes in page.walk.heads:
        rel = (attributes.get("rel") or "").lower()
        if "me" in rel.split():
            url = absolute(page.base, attributes.get("href") or "")
            yield Link(url, "", rel, "header", attributes, host_of(url))


def _federated(link: Link) -> tuple[str, str] | None:
    """An account on a server of Mastodon, of which anybody may run one: known by name, or said to be the site's."""
    if "/@" not in link.url or not ("me" in link.rel.split() or _FEDERATED.fullmatch(link.host)):
        return None
    account = _ACCOUNT.fullmatch(urlsplit(link.url).path)
    return ("mastodon", f"https://{link.host}/{account[1]}") if account else None


@lru_cache(4096)
def is_kin(handle: str, site: str, site_name: str) -> bool:
    """Whether a handle is the domain's name, begins as it does, or is in the name that the page gives its site."""
    if resembles(handle, site):
        return True
    spelled, label = compact(handle), compact(site.partition(".")[0])
    if len(label) >= 5 and spelled[:5] == label[:5]:
        return True
    site_name = compact(site_name)
    return len(spelled) >= 4 and len(site_name) >= 4 and (spelled in site_name or site_name in spelled)
