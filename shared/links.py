"""Which links of a site may be worth reading: no traps, no files, one language, and only hosts of the same company."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from shared.extract.key_page_words import HOSTS
from shared.web.urls import ip_of, registrable

FILES = frozenset(
    """pdf jpg jpeg png gif svg webp avif ico bmp tif tiff zip gz tgz bz2 xz 7z rar tar mp3 mp4 m4a m4v avi mov mkv webm
    wav ogg flac doc docx xls xlsx ppt pptx odt ods odp rtf csv tsv epub ics vcf xml rss atom json css js mjs map wasm
    exe msi dmg pkg deb rpm apk iso bin woff woff2 ttf eot txt md""".split()
)
LANGUAGES = frozenset(
    """ar bg bn bs ca cs da de el en es et eu fa fi fr ga gl he hi hr hu id is it ja ka ko lt lv mk ms mt nb nl nn no pl
    pt ro ru sk sl sq sr sv th tr uk ur uz vi zh""".split()
)
# Besides what HOSTS names: hosts that a company runs under its own domain.
SIBLINGS = HOSTS.keys() | LANGUAGES | set("www www2 web corporate corp company group global team info home".split())
MAX_SEGMENTS = 6
_TRAP = re.compile(
    r"/(?:[\w-]{0,20}login|log[-_]in|log[-_]?(?:out|on|off)|sign[-_]?(?:in|up|out|on)|register|registration|wp-login\.php"
    r"|wp-admin|wp-json|cdn-cgi|sso|oauth2?|(?:my-?|mein-?|mon-?|mi-?|minha-?|mijn-?|moje-?|customer-?|kunden-?|user-?)?(?:account|konto|compte"
    r"|cuenta|conta)|(?:(?:forgot|forgotten|reset|lost|change)[-_](?:your[-_])?)?(?:password|passwort|mot-de-passe)"
    r"(?:[-_](?:reset|forgot\w*|lost|recovery|vergessen|oublie))?"
    r"|anmeld(?:en|ung)|einloggen|registrieren|(?:se-)?connexion|se-connecter|inscription|iniciar-sesion|registrarse"
    r"|acceder|accedi|registrati|entrar|inloggen|aanmelden|logga-in|logowanie|zaloguj|rejestracja|prihlaseni[ei]?"
    r"|bejelentkezes|unsubscribe|apply|submit"
    r"|(?:shopping[-_]?)?(?:cart|basket|bag)|warenkorb|einkaufs(?:wagen|korb)|panier|carrello|carrito|cesta|carrinho"
    r"|winkel(?:wagen|mand)|koszyk|kosik|varukorg|(?:handle)?kurv|ostoskori|sepet(?:im)?"
    r"|checkout|kasse|wish-?list|wunschliste|merkliste|compare|search(?:[-_]results?)?|suche|suchergebnisse|recherche"
    r"|buscar|busca|cerca|ricerca|zoeken|szukaj"
    r"|hledat|haku|calendar|kalender|calendrier|calendario|print|share|trackback|xmlrpc\.php|feed|rss|amp|attachment"
    r"|download|downloads|tags?|page/\d+|seite/\d+|p\d+)(?:[/?.;]|$)"
    r"|/(?:news|blog|press|presse|aktuelles)/\d{1,3}/?$"
    r"|/(?:19|20)\d\d/(?:0?[1-9]|1[0-2])(?:/\d\d?)?/?(?:\?|$)|/(?:19|20)\d\d-\d\d(?:-\d\d)?/?(?:\?|$)",
    re.I,
)
_QUERY_TRAP = re.compile(
    r"(?:^|&)(?:(?:q|s|query|search|keywords?|paged|pg|offset|limit|sort|order|orderby|filter\w*|date|month|year|day|week"
    r"|tribe[\w-]*|ical|add-to-cart|add_to_cart|action|redirect\w*|return\w*|next|replytocom|print|share|download|format"
    r"|output|login|logout|currency|variant|amp)(?:=|&|%5B|$)"
    # what numbers pages in one place names them in another: index.php?page=contact
    r"|(?:page|start|seite|pagina|strona|sida)=(?:\d+)?(?:&|$)|view=(?:calendar|agenda|day|week|month|year|list|grid)\b"
    r"|(?:page|view|option|task|route|do)=(?:[^&]{0,30}[^a-z&])?(?:[a-z]{0,9}log-?in|log-?out|register|com_users|account|cart"
    r"|checkout|search)(?![a-z-]))",
    re.I,
)
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_][a-z]{2,4})?", re.I)
_LANGUAGE_PATH = re.compile(r"[^/]*/([a-z]{2})(?:[-_][a-z]{2,4})?(?:/([a-z]{2})(?:[-_][a-z]{2,4})?)?(?:/|$)", re.I)
# Places of other languages than their codes are: Argentina, Canada, the European Union, Gabon, El Salvador.
_COUNTRIES = ("ar", "ca", "eu", "ga", "sv")
_LANGUAGE_QUERY = re.compile(
    r"(?:^|&)(?:lang|language|locale|hl|lng|sprache|l)=([a-z]{2})(?:[-_][a-z]{2,4})?(?:&|$)", re.I
)


def is_trap(url: str) -> bool:
    """Logins, carts, searches, calendars, further pages of a list, files; and paths that wind round themselves."""
    _, _, rest = url.partition("://")
    rest = rest[rest.find("/") :] if "/" in rest else "/"
    path, _, query = rest.partition("?")
    for part in (path, query):  # a script may hand out files: get.php?name=about.pdf
        name, dot, extension = part.rpartition(".")
        if dot and name and extension.lower() in FILES:
            return True
    segments = [segment for segment in path.split("/") if segment]
    winding = len(segments) > MAX_SEGMENTS or (len(segments) > 2 and len(set(segments)) < len(segments) - 1)
    return winding or bool(_TRAP.search(path)) or bool(query and _QUERY_TRAP.search(query))


def language_of(url: str, hreflang: str = "") -> str | None:
    """ISO 639-1, as the link or its address says: `hreflang`, `/de/`, `de.example.com`, `?lang=de`."""
    if (said := _LANGUAGE.fullmatch(hreflang)) and said[1].lower() in LANGUAGES:
        return said[1].lower()
    _, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    in_path = _LANGUAGE_PATH.match(place)
    if codes := [code for code in map(str.lower, in_path.groups("") if in_path else ()) if code in LANGUAGES]:
        if "en" in codes:  # /us/en is in English, and /de/en as well
            return "en"
        return codes[-1 if codes[0] in _COUNTRIES else 0]
    found = _LANGUAGE.fullmatch(place.partition(".")[0]) if place.count(".") > 1 else None
    if found is None and query:
        found = _LANGUAGE_QUERY.search(query)
    return found[1].lower() if found and found[1].lower() in LANGUAGES else None


def edition_of(url: str) -> str:
    """`en-gb`, `us/en`, as the address begins; "" where it names no language so."""
    found = _LANGUAGE_PATH.match(url.partition("://")[2])
    return found[0].partition("/")[2].strip("/").lower() if found and language_of(url) else ""


class Hosts:
    """The hosts of one company: that of its home page, and under the same domain those that companies run for
    themselves. Other names there may be other customers of a platform that the public suffix list does not know."""

    def __init__(self, company: str, base: str) -> None:
        """`company` is its key."""
        self.home = urlsplit(base).netloc.removeprefix("www.")
        self.names = {self.home, company}
        self.site = registrable(self.home)
        self._known: dict[str, bool] = {}

    def may_have(self, host: str) -> bool:
        """Whether a host without its port is under the company's domain; of most links it is not worth more."""
        return host == self.site or host.endswith(f".{self.site}") or host == self.home.partition(":")[0]

    def has(self, url: str) -> bool:
        host = url.partition("://")[2].partition("/")[0].partition("?")[0].removeprefix("www.")
        if host not in self._known:
            self._known[host] = host in self.names or self._sibling(host)
        return self._known[host]

    def _sibling(self, host: str) -> bool:
        if ip_of(host) or ":" in host or registrable(host) != self.site:
            return False
        if host == self.site:
            return all(self._own(name) for name in self.names if name.endswith(f".{self.site}"))
        return any(host.endswith(f".{name}") and _labels(host, name) <= SIBLINGS for name in self.names) or (
            _labels(host, self.site) <= SIBLINGS and all(self._own(name) for name in self.names)
        )

    def _own(self, name: str) -> bool:
        return name == self.site or _labels(name, self.site) <= SIBLINGS


def _labels(host: str, below: str) -> set[str]:
    return set(host.removesuffix(below).rstrip(".").split("."))


def preferred(languages: Iterable[str]) -> str | None:
    """Where a site's home page has no language of its own: English, else the first in the alphabet."""
    known = set(languages)
    return "en" if "en" in known else min(known, default=None)
