"""Email addresses of the visible page: in mailto links, in the text, and behind the usual disguises."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from shared.extract.needles import CLOUDFLARE, HIDDEN, in_markup
from shared.extract.others import own_domain, strange_email
from shared.extract.page import ParsedPage
from shared.extract.signs import lines_with
from shared.models import Fact, How
from shared.web.urls import registrable

_LOCAL, _DOMAIN = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}", r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}"
_EMAIL = re.compile(rf"(?:(?<![\w.+-])|(?<=\s-))([a-z0-9][\w.+-]{{0,63}})@({_DOMAIN})(?![\w@-])", re.I | re.A)
_ADDRESS = re.compile(rf"({_LOCAL})@({_DOMAIN})", re.I | re.A)
_AT_WORDS = "at|@|ät|arobase|arroba|chiocciola|ma[łl]pa|zavin[áa][čc]|kukac|собака|snabel-?a"
_DOT_WORDS = r"dot|punkt|\.|point|punto|ponto|kropka|te[čc]ka|точка|piste"
_AT = (
    rf"(?:\(a\)|\{{a\}}|\s{{0,3}}(?:\[\s?(?:{_AT_WORDS}|a)\s?\]|\(\s?(?:{_AT_WORDS})\s?\)|\{{\s?(?:{_AT_WORDS})\s?\}}"
    r"|<\s?at\s?>|\s_at_\s|＠|&\#64;|(?-i:\sAT\s))\s{0,3})"
)
_DOT = rf"(?:[.．]|&\#46;|\s{{0,2}}[\[({{]\s?(?:{_DOT_WORDS})\s?[\])}}]\s{{0,2}}|\s(?:dot|punkt)\s)"
_DISGUISED = re.compile(
    rf"(?<![\w.+-])([a-z0-9][\w.+-]{{0,40}}){_AT}((?:[a-z0-9][a-z0-9-]{{0,40}}{_DOT}){{1,3}}[a-z]{{2,12}})(?![\w-])",
    re.I | re.A,
)
_ANY_DOT = rf"(?:\.|\s{{0,2}}[\[({{<*«/|_-]\s?(?:{_DOT_WORDS}|punktum|punt|pont)\s?[\])}}>*»/|_-]\s{{0,2}})"
_SIGNS = tuple("])}>*»/|_@-")  # which end what stands for an @
MAILBOX = 70  # characters of one and the sign behind it
_ANY_AT = re.compile(
    r"(?<![\w.+-])([a-z][\w.+-]{0,40}?)\s{0,2}"
    rf"([\[({{<*«|]\s?(?:{_AT_WORDS}|a|apenstaartje|at sign)\s?[\])}}>*»|]|\s[/_-]\s?at\s?[/_-]|@)$",
    re.I | re.A,
)
_DOTS = re.compile(_DOT, re.I)
_FILES = frozenset(
    "png jpg jpeg gif svg webp avif bmp ico css js mjs json woff woff2 ttf map html htm php mp4 pdf scss ts".split()
)
_PLACEHOLDER_DOMAINS = frozenset(
    """example.com example.org example.net example.de domain.com yourdomain.com email.com mysite.com website.com
    company.com     yourcompany.com site.com test.com sentry.io wixpress.com sentry.wixpress.com
    sentry-next.wixpress.com
    mail.com.example
    yourwebsite.com acme.com address.com domain.tld mydomain.com beispiel.de musterfirma.de ejemplo.com
    yoursite.com companyname.com yourmail.com sitename.com demolink.org""".split()
)
_PLACEHOLDER_LOCALS = frozenset(
    """you your your.email youremail yourname your-email email-address user username name someone somebody
    firstname.lastname     john.doe johndoe jane.doe janedoe max.mustermann mustermann vorname.nachname nombre abc xyz
    test etunimi.sukunimi förnamn.efternamn fornamn.efternamn fornavn.etternavn fornavn.efternavn imie.nazwisko
    prenom.nom prénom.nom nombre.apellido nome.cognome nome.sobrenome voornaam.achternaam jmeno.prijmeni""".split()
)
OTHERS = 200  # emails of other domains that are looked for in the text, each in all of it
SPELLED = 200  # characters of a line that may spell one out
_SPELLED_OUT = re.compile(  # `info at example.org`, but not `More info at example.org`
    r"(?:^|[:|•·]\s?|e-?mail:?\s|mail to\s|write (?:to|us at)\s)(info|contact|office|hello|kontakt|mail|enquiries)"
    rf" at ({_DOMAIN})(?=\s?(?:[,;|•·)]|\.?$))",
    re.I | re.A,
)
_HASH = re.compile(r"[0-9a-f]{16,}")
_SEVERAL = re.compile(
    rf"[{{(]([a-z][\w.-]{{0,40}}(?:\s?[,|]\s?[a-z][\w.-]{{0,40}}){{1,9}})[)}}]@({_DOMAIN})", re.I | re.A
)
_NO_SPAM = re.compile(r"[._-]?(?:REMOVE[._-]?THIS|NO[._-]?SPAM)[._-]?")  # what people are to leave out
_HIDDEN = "span[style*='display:none' i],span[style*='display: none' i]"


def valid(local: str, domain: str) -> str | None:
    """The address in its normal form, lower case; None for file names, placeholders and hashes."""
    local, domain = (_NO_SPAM.sub("", part).strip(".").lower() for part in (local, domain))
    if not local or ".." in local or "/" in local or domain.rpartition(".")[2] in _FILES or _HASH.fullmatch(local):
        return None
    if (
        domain in _PLACEHOLDER_DOMAINS
        or local in _PLACEHOLDER_LOCALS
        or domain.endswith((".example", ".invalid", ".test"))
    ):
        return None
    return f"{local}@{domain}" if registrable(domain) != "" and "." in domain else None


def decode_cfemail(code: str) -> str:
    """Cloudflare's: the first byte is the key that the others are XORed with."""
    try:
        data = bytes.fromhex(code.strip())
    except ValueError:
        return ""
    return bytes(byte ^ data[0] for byte in data[1:]).decode("utf-8", "replace") if len(data) > 3 else ""


def _hidden(code: str) -> Iterator[str | None]:
    return (valid(found[1], found[2]) for found in _ADDRESS.finditer(decode_cfemail(code[:400])))


def emails(page: ParsedPage) -> Iterator[Fact]:
    """Each address once a way of finding it. The own domain's count most; another body's are left out."""
    others = 0
    for value, how, quote, where in _found(page):
        base = 0.93 if own_domain(registrable(value.partition("@")[2]), page) else 0.55
        others += base < 0.9
        if base < 0.9 and (others > OTHERS or strange_email(page, value, quote)):
            continue
        if base < 0.9 and where != "main":
            base = 0.75
        elif base < 0.9 and page.kind in ("contact", "legal"):
            base = 0.65
        yield page.fact("contact.email", value, how=how, quote=quote, confidence=base if how == "link" else base - 0.05)


def _unseen(page: ParsedPage) -> list[str]:
    """Texts that only machines read, right between the letters of an address."""
    if not lines_with(page, "@") or in_markup(page).keys().isdisjoint(HIDDEN):
        return []
    found = islice(page.select(_HIDDEN), OTHERS)
    return [text for node, text in found if 0 < len(text) < SPELLED and " " not in text and _amid_letters(node)]


def _amid_letters(node: LexborNode) -> bool:
    before, after = (near.text_content or "" if near is not None else "" for near in (node.prev, node.next))
    return not before[-1:].isspace() and not after[:1].isspace() and "" not in (before, after)


def _seen(part: str, unseen: list[str]) -> str:
    for text in unseen:
        part = part.replace(text, "")
    return part


def _of_own(page: ParsedPage) -> Iterator[tuple[str | None, str]]:
    """At the page's own domain an @ may be written in any way: `info *at* example.org`, `info@example [dot] org`."""
    label, *ends = page.site.split(".")
    text = page.text if len(page.text) == len(page.lower) else page.lower
    starts = (found.start() for found in re.finditer(rf"{re.escape(label)}(?=\W)", page.lower))
    signed = ((at, text[max(at - MAILBOX, 0) : at]) for at in starts)
    for at, before in islice((one for one in signed if one[1].rstrip().endswith(_SIGNS)), OTHERS):
        head = _ANY_AT.search(before.rstrip())
        rest = head and re.compile(_ANY_DOT + _ANY_DOT.join(map(re.escape, ends)) + r"(?![\w-])", re.I)
        tail = rest.match(text, at + len(label)) if rest else None
        if head and tail and not (head[2] == "@" and tail[0][0] == "."):
            yield valid(head[1], page.site), f"{before[head.start() :]}{text[at : tail.end()]}"


def _found(page: ParsedPage) -> Iterator[tuple[str, How, str, str]]:
    seen: set[str] = set()

    def new(value: str | None, how: How, quote: str, where: str) -> Iterator[tuple[str, How, str, str]]:
        if value is not None and f"{how} {value}" not in seen:
            seen.add(f"{how} {value}")
            yield value, how, quote, where

    for link in page.links:
        if not link.host and link.url[:7].lower() == "mailto:":
            recipients = unquote(link.url[7:500].partition("?")[0], errors="replace")
            for match in (*_ADDRESS.finditer(recipients), *_DISGUISED.finditer(recipients)):
                if "share" not in link.text.lower():
                    quote = link.text if "@" in link.text else link.attributes.get("href") or link.url
                    yield from new(valid(match[1].strip(), _DOTS.sub(".", match[2])), "link", quote, link.where)
        elif "/cdn-cgi/l/email-protection#" in link.url:
            for value in _hidden(link.url.rpartition("#")[2]):
                yield from new(value, "html", link.attributes.get("href") or "", link.where)
    for node in page.tree.css("[data-cfemail]") if CLOUDFLARE in in_markup(page) else ():
        code = node.attributes.get("data-cfemail") or ""
        for value in _hidden(code):
            yield from new(value, "html", code, "main")
    if (at := page.lower.find(f" at {page.site}")) >= 0:
        line = page.lines[page.lower.count("\n", 0, at)]
        if spelled := _SPELLED_OUT.search(line.text[:SPELLED]):
            domain = page.site if spelled[2].lower() == page.site else ""
            yield from new(valid(spelled[1], domain), "text", spelled[0], line.where)
    for value, quote in _of_own(page):
        yield from new(value, "text", quote, "main")
    disguised = set(lines_with(page, "at"))
    unseen = _unseen(page)
    for index in sorted({*lines_with(page, "@"), *disguised}):
        line = page.lines[index]
        at = line.text.find("@")
        if at >= 0:
            for match in _EMAIL.finditer(line.text, max(at - 70, 0), line.text.rfind("@") + 400):
                yield from new(valid(_seen(match[1], unseen), _seen(match[2], unseen)), "text", match[0], line.where)
            for match in _SEVERAL.finditer(line.text) if "}@" in line.text or ")@" in line.text else ():
                for local in re.split(r"[\s,|]+", match[1]):
                    yield from new(valid(local, match[2]), "text", match[0], line.where)
        if index in disguised:
            for match in _DISGUISED.finditer(line.text):
                domain = _DOTS.sub(".", match[2])
                if _ADDRESS.fullmatch(f"{match[1]}@{domain}"):
                    yield from new(valid(match[1], domain), "text", match[0], line.where)
