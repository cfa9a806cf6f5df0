"""Whose a phone, fax or email is: the site's own company's, or of another body that the page names beside it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile
from urllib.parse import urlsplit

from shared.extract.address_words import body, seller
from shared.extract.names import resembles, spelled_in
from shared.extract.needles import in_markup
from shared.extract.page import ParsedPage
from shared.web.urls import registrable

REACH = 8  # lines above, of a letterhead with its street, place and numbers
SENTENCE = 250  # characters before an email in which its officer may be named
NEAR = 4  # lines above, in which a long line or a dealer's word counts too
NAMED = 120  # characters before something in which the company's name may stand
HEADING = 80  # characters of a line that may announce whose the next ones are
ROW = 2  # lines above, in which a row's label in Korean counts
MADE, SHORT = 4, 60  # letters of such words, of a heading of them
LONG = 1_000  # characters of a line in which emails are looked for
KEPT = 500  # characters of the lines above, of which what they say is kept
BESIDE = (2, 4)  # lines before and after a number in which the email of the same office stands
_BETWEEN = re.compile(r"[\W_]+")
_EMAIL_HOST = re.compile(r"([\w.+-]{1,64})@((?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24})(?![\w-])", re.I | re.A)
FREE_MAIL = frozenset(
    """gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.co.in yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.co.jp
    yahoo.com.br hotmail.com hotmail.co.uk hotmail.de hotmail.fr hotmail.it hotmail.es outlook.com outlook.de
    outlook.fr outlook.es live.com live.co.uk live.nl live.fr msn.com aol.com icloud.com me.com mac.com proton.me
    protonmail.com pm.me tutanota.com gmx.de gmx.net gmx.at gmx.ch gmx.com web.de t-online.de freenet.de arcor.de
    online.de mail.de posteo.de mailbox.org bluewin.ch sunrise.ch aon.at chello.at orange.fr wanadoo.fr free.fr
    laposte.net sfr.fr neuf.fr libero.it virgilio.it alice.it tin.it tiscali.it telefonica.net terra.es ono.com
    terra.com.br uol.com.br bol.com.br sapo.pt ziggo.nl kpnmail.nl planet.nl hetnet.nl home.nl xs4all.nl upcmail.nl
    telenet.be skynet.be telia.com comhem.se spray.se tele2.se online.no c2i.net jubii.dk mail.dk wp.pl o2.pl onet.pl
    interia.pl op.pl gazeta.pl seznam.cz centrum.cz email.cz volny.cz azet.sk zoznam.sk freemail.hu citromail.hu
    mail.ru yandex.ru ya.ru bk.ru list.ru inbox.ru rambler.ru ukr.net i.ua abv.bg mail.bg otenet.gr forthnet.gr
    qq.com 163.com 126.com sina.com sohu.com foxmail.com naver.com daum.net hanmail.net nate.com rediffmail.com
    hinet.net btinternet.com btconnect.com sky.com talktalk.net ntlworld.com virginmedia.com comcast.net verizon.net
    att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net shaw.ca rogers.com sympatico.ca telus.net
    bigpond.com bigpond.net.au optusnet.com.au xtra.co.nz eircom.net mweb.co.za""".split()
)


# Where a company lists others: its dealers, customers, works; and its partners, who at a law firm are its people.
_LISTS = re.compile(
    r"/(?:[\w-]*-)?(?:(?P<partners>partners?|partenaires|partnerzy|partneri|parceiros|socios|kumppanit|associados"
    r"|(?<!team-)(?<!staff-)(?<!board-)members|mitglieder|membres|miembros|medlemmar|medlemmer)"
    r"|(?:service|vertriebs|kooperations|samarbejds|samarbeids|samarbets|yhteistyo)-?(?:partner\w{0,3}|kumppanit)|partnerpraxen"
    r"|sellers?|vendors?|merchants?|suppliers?|exhibitors?|aussteller|exposants|startups?|companies|projects?|projekte"
    r"|fournisseurs|lieferanten|fornitori|proveedores|fornecedores|leveranciers|leverantorer|kauppiaat|tenants"
    r"|sponsor(?:s|en|er|erer|i|es|zy|lar|ozy)?|(?:brands|marken|marques|marcas|marchi|merken|varumarken)(?!-)"
    r"|(?<=/)(?:empresas|entreprises|aziende|yritykset)(?!-)|instanties|notdienste|speakers|talare|referenten"
    r"|things-to-do|attractions|local-area|umgebung|ausflugsziele|omgeving|territorio|ou-acheter|dove-acquistare"
    r"|donde-comprar|onde-comprar|verkaufsstellen|bezugsquellen|verkooppunten"
    r"|work(?!-(?:with|at|for|here))|cases?|success-stories|showcase|casos(?=-de|/)|realisations|realisaties|realizacje|realizzazioni|proyectos"
    r"|projecten|projekty|uppdrag|real-weddings"
    r"|dealers?|distributors?|distributor[ie]n?|resellers?|retailers?|stockists?|where-to-buy|customers?|clients|references|portfolio"
    r"|case-stud(?:y|ies)|haendler|h%c3%a4ndler|fachhaendler|vertriebspartner|referenzen|kunden|kundenstimmen"
    r"|revendeurs|distributeurs|clienti|rivenditori|referenze|distribuidores|concesionarios|clientes|revendedores"
    r"|wederverkopers|klanten|referenties|aterforsaljare|kunder|forhandlere|jalleenmyyjat|asiakkaat|klienci"
    r"|dystrybutorzy|prodejci|zakaznici)(?:-[\w-]*)?(?:[/.?]|$)",
    re.I,
)
_WORKS = (
    "web-?design|webdesign|design|webentwicklung|konzept(?:ion)?|umsetzung|programmierung|gestaltung|realisation|réalisation"
    "|realisierung|realizzazione|realización|realização|realisatie|wykonanie|realizacja|bildnachweise?|photo credits?"
    "|crédits? photos?|fotos?|photos?"
)
# Who made the site, before a name; "Website:" and "Foto Example" say nothing.
_MADE = re.compile(
    r"(?<!\w)(?:(?:web-?)?host(?:ing|er)(?:[\s-]?(?:provider|anbieter|dienstleister))?\s?:"
    r"|(?:web ?site|site|web|photos?|design(?:ed)?|built|developed|created|powered|hosted|maintained)"
    r"(?:\sand\s\w{2,20})?\sby|(?:réalisée?|conçue?|créée?)(?:\set\s\w{2,20})?\spar|(?:realizzato|sviluppato)\sda"
    r"|(?:desarrollad[oa]|diseñad[oa]|realizad[oa]|elaborad[oa]|desenvolvid[oa]|criad[oa])\spor|(?:gemaakt|ontwikkeld|ontworpen)\sdoor"
    r"|(?:erstellt|umgesetzt|gestaltet)\s(?:von|durch)|(?:utvecklad|producerad|udviklet|utviklet)\sa[vf]"
    rf"|(?:{_WORKS})\s?(?::|by|von|durch|par|da|por|door|av|af))\s",
    re.I,
)
_MAKER = re.compile(
    rf"(?:{_WORKS})(?:\s?(?:[&,/+]|und|and|et|e|y|en)\s?(?:{_WORKS})){{0,3}}\W{{0,3}}", re.I
)  # a heading
_US = re.compile(
    r"(?:(?<!\w)(?:call|phone|contact|reach|ring|email) us|rufen sie uns(?: an)?|erreichen sie uns"
    r"|(?:appelez|contactez)-nous|ll[aá]me?nos|cont[aá]cte?nos|chiamaci|contattaci|ligue-nos|contacte-nos|bel ons"
    r"|kontakta? oss|ring oss|zadzwoń do nas|zavolejte nám)"
    r"(?:\s(?:at|on|by|via|under|unter|au|al|a|op|på|pod|na|phone|telefon\w*|tel)){0,3}\W{0,4}$",
    re.I,
)
# A data protection officer may be of another house.
_OFFICER = re.compile(  # in lower case, each beginning with a letter: passes over what begins otherwise
    r"d(?:ata protection officer|po(?<!\w...)(?!\w)|atenschutzbeauftragte|élégué\w? à la protection"
    r"|elegado de protección|ataskyddsombud|atabeskyttelsesrådgiver)|privacy officer"
    r"|r(?:esponsabile della protezione|pd(?<!\w...)(?!\w)|esponsabil\w* cu protecția)"
    r"|functionaris (?:voor )?gegevensbescherming|encarregad\w (?:da|de|pela|pelo) (?:proteção|tratamento)"
    r"|personvernombud|tietosuojavastaava|inspektor\w* ochrony danych|pověřen\w+ pro ochranu|zodpovedn\w+ osob\w+"
    r"|adatvédelmi tisztviselő|個人情報保護管理者|개인정보\s?보호\s?책임자"
)
# Of states, their authorities and the European Union.
_STATE_HOST = re.compile(
    r"(?:^|\.)(?:gov|mil|europa\.eu|bund\.de|nrw\.de|bayern\.de|admin\.ch|gc\.ca|police\.uk|nhs\.uk"
    r"|(?:gov|gob|gouv|gub|govt|go|gv|mil)\.[a-z]{2}|gouv\.fr|datenschutz\.de)$"
)
_DISPUTES = re.compile(
    r"ec\.europa\.eu|online-(?:streitbeilegung|dispute)|online dispute resolution", re.I
)  # of anybody
_KOREAN_ROW = re.compile(r"[\uac00-\ud7a3\s]{2,12}")
_PIECE = re.compile(r"\s[|/·•]\s")
_COMMENT = re.compile(rb"(?:class|id)\s?=\s?[\"'][^\"'<>]{0,80}comment", re.I)
COMMENT = 400  # bytes of markup between the opening of a reader's comment and what stands in it


def of_others(page: ParsedPage, *, partners: bool = True) -> bool:
    """Whether the page's address says that it lists other companies; `partners`: they count too."""
    if "lists others" not in page.memo:
        page.memo["lists others"] = _LISTS.search(urlsplit(page.url).path) if page.kind != "home" else None
    found: re.Match[str] | None = page.memo["lists others"]
    return found is not None and (partners or not found["partners"])


def is_post(page: ParsedPage) -> bool:
    """Whether it may tell of anybody. Any page may be called an article; when it appeared only posts say."""
    return page.kind == "other" and page.metas.get("og:type") == "article" and "article:published_time" in page.metas


def made(before: str) -> bool:
    """Whether words before a name say that it is of who made the site, not of whose it is."""
    return len(before) > MADE and _MADE.search(before) is not None


@lru_cache(8192)
def officer(text: str) -> bool:
    return _OFFICER.search(text.lower()) is not None


def just_made(before: str) -> bool:
    """Whether they end so, right before a name: what comes after that is not of who made the site."""
    return any(found.end() == len(before) for found in _MADE.finditer(before))


def heads_makers(text: str) -> bool:
    """Whether a heading says that who made the site comes next."""
    return MADE < len(text) <= SHORT and _MAKER.fullmatch(text) is not None


def strange(page: ParsedPage, index: int, before: str = "", *, foreign: bool = False) -> bool:
    """Whether words before it in its line, or the nearest telling line above, name another body than the company.
    A dealer's word in a menu or footer says nothing.
    `foreign`: it is of another domain, so that a data protection officer's is another house's."""
    where, parts = page.lines[index].where, page.parts
    nearest = range(index - 1, max(index - REACH, 0) - 1, -1)
    above = tuple([page.lines[i].text for i in takewhile(lambda i: parts[i] == parts[index], nearest)])
    told = _told if sum(map(len, above)) <= KEPT else _told.__wrapped__
    named = told(before[-SENTENCE:], above, where == "main", page.site, foreign, body(page.title[:200]))
    return named if named is not None else of_others(page) and where == "main" and not _own_beside(page, index)


@lru_cache(2048)  # the pages of a site have most of their lines in common
def _told(before: str, above: tuple[str, ...], main: bool, site: str, foreign: bool, official: bool) -> bool | None:
    """None where neither names anybody; `official`: the page is such a body's own."""
    said = before[-120:]
    if _US.search(said[-60:]):
        return False
    if (not official and _names(said, near=main)) or made(_PIECE.split(said)[-1]):
        return True
    if foreign and officer(before):
        return True
    for distance, text in enumerate(above, 1):
        if _DISPUTES.search(text):
            continue
        near = distance <= NEAR
        told = "@" in text or not (near or len(text) <= HEADING)  # a contact of its own, or too far
        row = distance > ROW and _KOREAN_ROW.fullmatch(text) is not None
        ends = text if len(text) <= HEADING else f"{text[:HEADING]} {text[-HEADING:]}"
        if not told and not row and ((not official and _names(ends, near and main)) or heads_makers(text)):
            return True
        if foreign and not row and officer(ends):
            return True
        if _own(text, site):
            return False
    return None


def _names(text: str, near: bool) -> bool:
    return body(text) or (near and seller(text))


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _own(text: str, site: str) -> bool:
    if len(text) > HEADING or (text.isascii() and site[:3] not in text.lower().replace(" ", "")):
        return False
    return len(spelled_in(text, site)) >= 4


def names_own(page: ParsedPage, texts: Iterable[str]) -> bool:
    """Whether one of some texts ends with words that the site's domain spells."""
    return any(len(spelled_in(text[-NAMED:], page.site)) >= MADE for text in texts)


def _hosts(page: ParsedPage, texts: Iterable[str]) -> set[str]:
    """The registrable domains of the email addresses in some lines; the site's, where what is before it spells that."""
    found = [email for text in texts if "@" in text for email in _EMAIL_HOST.finditer(text[:LONG])]
    return {page.site if _own(one[1], page.site) else registrable(one[2].lower()) for one in found}


def beside_strangers(page: ParsedPage, index: int) -> bool:
    """Whether a number stands beside the email of another organisation, on a page that has the company's own."""
    hosts = _beside(page, index)
    if not hosts or any(own_domain(host, page) or host in FREE_MAIL for host in hosts):
        return False
    if "own email" not in page.memo:
        own = f"@{page.site}"
        page.memo["own email"] = own in page.lower or any(link.url.lower().endswith(own) for link in page.links)
    return bool(page.memo["own email"])


def _own_beside(page: ParsedPage, index: int) -> bool:
    return any(own_domain(host, page) for host in _beside(page, index))


def _beside(page: ParsedPage, index: int) -> set[str]:
    """The hosts of the emails in the same line, else in the lines around."""
    if "@" not in page.text:
        return set()
    parts, first = page.parts, max(index - BESIDE[0], 0)
    first = next((i for i in range(index, first - 1, -1) if _own(page.lines[i].text, page.site)), first)
    around = [i for i in range(first, min(index + BESIDE[1], len(parts))) if parts[i] == parts[index]]
    return _hosts(page, [page.lines[index].text]) or _hosts(page, [page.lines[i].text for i in around])


def strange_email(page: ParsedPage, email: str, written: str) -> bool:
    """Of an email of another domain: whether its own words, the words above it or the markup around it say that an
    authority, another company or a reader of the page has it. `written` is as the markup has it."""
    host = email.partition("@")[2]
    if _STATE_HOST.search(host) and not _STATE_HOST.search(page.host):
        return True
    if body(" ".join(_BETWEEN.split(email))) or commented(page, written):
        return True
    at = page.lower.find(email)
    if at < 0:
        return False
    index = page.lower.count("\n", 0, at)
    before = page.lower[page.lower.rfind("\n", 0, at) + 1 : at]
    return strange(page, index, before, foreign=host not in FREE_MAIL)


def commented(page: ParsedPage, written: str) -> bool:
    """Whether it stands, as the markup has it, in what a reader of the page wrote."""
    markup = page.tree.raw_html or b""
    at = markup.find(written.encode()) if written and "comment" in in_markup(page) else -1
    if at < 0:
        return False
    before = markup[max(at - COMMENT, 0) : at]
    return _COMMENT.search(before, before.rfind(b"<footer") + 1) is not None


def own_domain(domain: str, page: ParsedPage) -> bool:
    return domain == page.site or resembles(domain.partition(".")[0], page.site)
