"""What stands in place of a company's pages: challenges and walls, parked domains, default pages of servers.

What they are known by is in block_marks.py.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from shared.extract.block_marks import Marks, block_marks
from shared.extract.key_pages import classify
from shared.extract.needles import LOGIN, in_markup
from shared.extract.page import ParsedPage

SHORT_CHARACTERS = 4_000  # what stands in place says little
THIN_CHARACTERS, THIN_LINKS = 1_000, 8  # even less, where only words tell
BARE_CHARACTERS = 80
BESIDE_CHARACTERS = 200  # beside the words that tell
LONGEST_TITLE = 80
REFUSALS = (202, 400, 401, 402, 403, 405, 406, 409, 410, 418, 428, 429, 451, 468, 503, 509, 567)  # or challenges
BUSY = (429, 503)  # of a server that may be asked again
REFUSED = (403, 406)  # whatever is said with it
SERVERS = {
    "cloudflare": "Cloudflare",
    "akamai": "Akamai",
    "ddos-guard": "DDoS-Guard",
    "sucuri": "Sucuri",
    "datadome": "DataDome",
    "imperva": "Imperva",
    "qrator": "Qrator",
}
HEADERS = {
    "x-datadome": "DataDome",
    "x-dd-b": "DataDome",
    "x-amzn-waf-action": "AWS WAF",
    "x-vercel-mitigated": "Vercel",
    "x-kpsdk-ct": "Kasada",
    "x-sucuri-block": "Sucuri",
}
_PARTS = re.compile(r"\s*(?:[|–—•·:»]|\s-\s|\.\.\.|…)\s*")
_EDGES = re.compile(r"^\W+|\W+$")
_REFERENCE = re.compile(r"reference #\d+\.[\da-f]+\.\d+|\bray id: ?[\da-f]{16}", re.I)
_LOGIN = re.compile(r"/(?:log-?in|sign-?in|logon|sso|saml|oauth2?|wp-login\.php|auth|password)(?:[/?.]|$)", re.I)
_EMAIL = re.compile(r"[\w+-]@[\w-]+\.\w")
REACH = re.compile(rf"{_EMAIL.pattern}|\+?\d[\d ()/.-]{{7,}}\d")
_ASKING = "textarea:not([name$=-response]), input[type=email], input[type=tel]"  # not a captcha's own field


def blocked(page: ParsedPage, status: int, headers: Mapping[str, str]) -> tuple[str, str] | None:
    """(code of errors.CODES, what stands there) where the page is not the company's."""
    named = {name.lower(): value.lower() for name, value in headers.items()}
    if named.get("cf-mitigated") == "challenge":
        return "blocked", "Cloudflare"
    if status == 451:
        return "geo_blocked", "refused for legal reasons"
    if status == 401:
        return "login_required", "a login"
    if (vendor := _sold_at(page.url)) is not None:
        return "parked", f"a domain offered at {vendor}"
    if len(page.text) > SHORT_CHARACTERS or (status >= 400 and status not in REFUSALS):
        return None
    return _Look(page, status, named).found()


def _sold_at(url: str) -> str | None:
    """Where a domain is for sale to whose offer its address leads; not a trader's own site."""
    place = url.lower().partition("://")[2].removeprefix("www.")
    offers = ((mark, vendor) for mark, vendor in block_marks()["parked"].sure.items() if "/" in mark[:-1])
    return next((vendor for mark, vendor in offers if place.startswith(mark)), None)


class _Look:
    def __init__(self, page: ParsedPage, status: int, headers: dict[str, str]) -> None:
        self.page, self.status, self.headers = page, status, headers
        self.refused = status in REFUSALS
        self.links = sum(1 for link in page.links[:200] if link.host == page.host)
        self.thin = len(page.text) < THIN_CHARACTERS and self.links < THIN_LINKS
        self.title = _straight(page.title.lower()[: 2 * LONGEST_TITLE])
        self.text = _straight(page.lower)
        self.parts = {self.title, *_PARTS.split(self.title)} if len(page.title) <= LONGEST_TITLE else set()
        if page.lines and len(page.text) - len(page.lines[0].text) < BESIDE_CHARACTERS and self.links < THIN_LINKS:
            self.parts |= set(_PARTS.split(_straight(page.lines[0].text.lower()[:LONGEST_TITLE])))
        self.marks = in_markup(page)

    def found(self) -> tuple[str, str] | None:
        judges: tuple[tuple[str, str, Callable[[Marks], str | None]], ...] = (
            ("geo_blocked", "geo_blocked", self.geo_blocked),
            ("parked", "parked", self.parked),
            ("placeholder", "placeholder", self.placeholder),
            ("login_required", "login_required", self.login_required),
            ("placeholder", "unfinished", self.unfinished),
            ("blocked", "blocked", self.challenge),
            ("consent_required", "consent_required", self.consent_required),
        )
        found = ((code, judge(block_marks()[name])) for code, name, judge in judges)
        return next(((code, what) for code, what in found if what is not None), None)

    def titled(self, marks: Marks) -> bool:
        """Whether the title or a lone heading says it."""
        return any(part.strip(" .!?…") in marks.titles or _EDGES.sub("", part) in marks.titles for part in self.parts)

    def told(self, marks: Marks) -> bool:
        return any(phrase in self.text for phrase in marks.texts)

    def marked(self, marks: dict[str, str]) -> str | None:
        return next((vendor for mark, vendor in marks.items() if mark in self.marks), None)

    def challenge(self, marks: Marks) -> str | None:
        vendor = self.marked(marks.sure) if self.refused or self.links < THIN_LINKS else None
        if not self.thin and not self.refused and vendor is None:
            return None
        busy = self.status in BUSY and "too many requests" in f"{self.title} {self.text}"  # and soon not any more
        telling = not busy and (self.titled(marks) or self.told(marks) or bool(_REFERENCE.search(self.page.text)))
        if vendor is not None and (telling or self.thin or self.refused):
            return vendor
        if not self.thin and not self.refused:
            return None
        if self.status < 400 and self.written_to():
            return None
        bare = len(self.page.text) < BARE_CHARACTERS and not self.page.links
        known = self.server()
        if (telling or bare or (self.refused and not self.links)) and (vendor := self.marked(marks.usual)) is not None:
            return vendor
        if self.status < 400:
            return "a challenge page" if telling and len(self.page.text) < 800 and self.links < 5 else None
        if telling or (self.status in REFUSED and len(self.page.links) < 3):
            return known or "the server"
        return known if any(name in self.headers for name in HEADERS) else None

    def written_to(self) -> bool:
        """Whether the page can be written to, as a company's contact form can that has a captcha."""
        links = any(link.url.startswith("mailto:") for link in self.page.links)
        return links or bool(_EMAIL.search(self.text)) or self.page.tree.css_first(_ASKING) is not None

    def server(self) -> str | None:
        found = (vendor for name, vendor in HEADERS.items() if name in self.headers)
        server = self.headers.get("server", "")
        return next(found, None) or next((vendor for name, vendor in SERVERS.items() if name in server), None)

    def geo_blocked(self, marks: Marks) -> str | None:
        told = (self.thin or self.refused) and (self.titled(marks) or self.told(marks))
        return "not shown in this country" if told else None

    def parked(self, marks: Marks) -> str | None:
        if (vendor := self.marked(marks.sure)) is not None and len(self.page.text) < THIN_CHARACTERS:
            return f"a domain parked at {vendor}"
        if not self.thin:
            return None
        own = self.page.site in self.title or self.page.site in self.text[:300].replace("@" + self.page.site, "")
        offered = own and any(
            self.title.endswith(one) or f"{self.page.site} {one}" in self.text for one in marks.titles
        )
        return "a parked domain" if offered or self.told(marks) or self.titled(marks) else None

    def placeholder(self, marks: Marks) -> str | None:
        if self.links >= THIN_LINKS or self.status in BUSY or (self.status == 403 and self.server() is not None):
            return None
        only = self.page.text.strip(" !\n").lower() in ("it works", "hello world")
        begun = any(self.title.startswith(title) for title in marks.titles)
        told, marked = self.told(marks), self.marked(marks.sure) is not None
        few = self.thin and (only or begun or told or marked or self.titled(marks))
        sure = (begun and (told or marked)) or (told and marked)
        return "a page of the server or its host" if few or sure else None

    def unfinished(self, marks: Marks) -> str | None:
        if not self.thin or self.status >= 400 or self.reachable():
            return None
        lines = (_straight(line.text.lower()) for line in self.page.lines if len(line.text) < BESIDE_CHARACTERS)
        telling = (len(line) for line in lines if any(text in line for text in marks.texts))
        told = (size := next(telling, None)) is not None and len(self.page.text) - size < BESIDE_CHARACTERS
        return "a site under construction or out of order" if told or self.titled(marks) else None

    def reachable(self) -> bool:
        """Who is written to or rung up here has said something of his own, under construction or not."""
        schemes = ("mailto:", "tel:")
        return any(link.url.startswith(schemes) for link in self.page.links) or bool(REACH.search(self.page.text))

    def login_required(self, marks: Marks) -> str | None:
        if not self.thin or self.status == 503:
            return None
        if (vendor := self.marked(marks.sure)) is not None:
            return f"a login of {vendor}"
        at_login = bool(_LOGIN.search(urlsplit(self.page.url).path))
        told = self.titled(marks) or any(part.startswith(word) for part in self.parts for word in marks.titles)
        if LOGIN in self.marks and self.page.tree.css_first("input[type=password]") is not None:
            return "a login" if told or at_login or len(self.page.text) < BESIDE_CHARACTERS else None
        return "a login" if told and at_login and self.page.tree.css_first("input") is not None else None

    def consent_required(self, marks: Marks) -> str | None:
        if not self.thin:
            return None
        if (vendor := self.marked(marks.sure)) is not None:
            return f"a consent page of {vendor}"
        told = (self.titled(marks) or self.told(marks)) and not self.reachable() and not self.leads_on()
        return "a page that asks for consent" if told else None

    def leads_on(self) -> bool:
        """Whether a menu stands behind what asks: a wall leads to its terms alone."""
        kinds = (
            classify(link.url, link.text[:LONGEST_TITLE]) for link in self.page.links if link.host == self.page.host
        )
        return any(kind is not None and kind[0] not in ("legal", "privacy") for kind in kinds)


def _straight(text: str) -> str:
    return text.replace("’", "'").replace("\n", " ")
