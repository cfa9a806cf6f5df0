"""The registered name: words that end in a legal form, weighed by where they stand: imprint, copyright, letterhead."""

import re
from collections.abc import Iterator
from functools import lru_cache

from shared.extract.address_words import is_label, stranger
from shared.extract.countries import named
from shared.extract.legal_forms import bare_form, eastern_names, form_spans, legal_form, names_after_forms, without_form
from shared.extract.names import compact, resembles, spelled_in
from shared.extract.others import heads_makers, just_made, made, of_others, officer
from shared.extract.page import ParsedPage
from shared.extract.regions import regions
from shared.extract.signs import lines_with
from shared.models import Fact

_BEFORE = re.compile(  # a year, the domain, the place in a list
    r"^(?:(?:19|20)\d\d(?:\s?[-–]\s?(?:19|20)?\d\d)?\s|(?:[\w-]{1,63}\.){1,3}[a-z]{2,4},\s|\d{1,2}\.\s(?![A-Z]{2,3}\s))"
)
# Nevada; a word in capitals; words that are no form in lower case: "is incorporated in"; whose the company is
_NO_FORM = re.compile(
    r"^(?:Part|Member|Division) of\s|, NV$|^[A-Z ]+ (?:AS|OG)$| (?:incorporated|limited|corporation)$"
    r"|^#?\d[\d-]* (?:[\w.]+ ){0,4}(?:Ave|Avenue|St|Street|Rd|Road|Blvd|Dr|Drive|Hwy|Way)\b.* AB$"  # Alberta
)
SHORT = 200  # characters of a line whose reading is kept
DOUBTFUL = 0.4  # what is less sure is not worth telling
TITLED = 0.55  # a name in a title is often written short
BEFORE = 40  # characters before a name in which it may begin
LONG, MOST = 1_500, 60  # characters of a line; candidates of a page
_WHOLE = re.compile(r"[A-ZÀ-Þ0-9][\w.'’&-]{1,30}(?:\s[\w'’&-]{1,30}){0,5}\s")
_WORD = re.compile(r"[^\s,;:|•·()\[\]\"“”„«»©ⓒ®™<>]+|[®™]")
_WIDE = re.compile(r"(?<=[\u4e00-\u9fff])[ \u3000]+(?=[\u4e00-\u9fff])")  # `商 号`
_CJK = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_BRACKET = re.compile(r"(?<=\w)\s\((?:[A-Z][\w ]{1,20}|(?:19|20)\d\d)\)\s$")
_ARTICLES = frozenset("a an ein eine einer un une una een en et".split())
_SMALL = frozenset("of and & ve und et y e for für de la du des der di van the i og och + - – en".split())
_START = frozenset(
    "the by from at is of and with & und von bei copyright a an our all to between für owned operated die der das et y"
    " inh. inhaber inhaberin are as for in on that this we use these wir sind somos sommes nous siamo".split()
)
# What a headline says that a company does, or has done to it.
_NEWS = re.compile(
    r"\s(?:acquires|acquired|completes|announces|congratulates|joins|appoints|partners with|receives|merges|invests in"
    r"|übernimmt|erwirbt|gewinnt|eröffnet|rachète|acquiert|rejoint|remporte|adquiere|anuncia|lanza|acquisisce|annuncia"
    r"|neemt|koopt|lanceert|förvärvar|lanserar|opkøber|kjøper|ostaa|przejmuje|kupuje)\s",
    re.I,
)
_COPYRIGHT = re.compile(
    r"(?:[©ⓒ]|\(c\)|copyright)[\s\d,–—-]{0,20}(?:all rights reserved\W{1,3})?(?:by\s|of\s|the\s)?$", re.I
)
_LABEL = re.compile(
    r"(?:legal (?:entity )?name|legal entity|company(?: name)?|registered (?:(?:company )?name|office)"
    r"|firmenname|firma|firmierung"
    r"|verantwortlich(?:e[rs]?)?(?: für d(?:en|ie) [a-zäöü]{4,12})?"
    r"|anbieter(?:in)?|diensteanbieter|betreiber(?:in)?|herausgeber|responsible"
    r"|respons[aá]vel|responsable(?: d[ue]l? tra(?:itement|tamiento))?|veri sorumlusu|entidad|entit[yàé]"
    r"|imprint|impressum|angaben gem[^:]{0,30}"
    r"|raison sociale"
    r"|éditeur(?: du site)?|razón social|titular|denominación social|ragione sociale|denominazione|titolare"
    r"|razão social"
    r"|bedrijfsnaam|firmanavn|företagsnamn|yritys|nazwa(?: firmy)?|obchodní firma|název"
    r"|(?:ticar(?:[iî]|et) )?[uü]nvan[ıi]?|provozovatel|prevádzkovateľ|(?:полное )?наименование(?: организации)?"
    r"|社名|会社名|販売業者(?:名)?|事業者名?|運営会社|商号|商號|公司名称|公司名稱|公司全称|所有方|主办单位|运营方|상호(?:명)?|회사명|법인명)\W{0,4}$",
    re.I,
)
_TITLE = re.compile(r"\s[|–—:·•»-]\s|\s?[|｜»]\s?")
_SELLER = re.compile(  # on offers it is anyone
    r"(?:prodávající|predávajúci|sprzedawca|verkäufer"
    r"|(?:prodávajícím|predávajúcim)\sje(?:\sspolečnost|\sspoločnosť)?)\W{0,4}$",
    re.I,
)
_LABEL_WORDS = re.compile(  # that no colon parts from the name
    r"(?:legal entity(?: name)?|registered (?:office|name)|company name|firmenname|anbieter|betreiber|diensteanbieter"
    r"|raison sociale|razón social|ragione sociale|razão social|(?:(?:all )?rights )?reserved)\s(?=\w)",
    re.I,
)
_MAKER = re.compile(
    r"(?:c/o|powered|designed?|website|webdesign|(?<!diteur du )site"
    r"|created|developed|hosted|made|realisiert|umsetzung|gestaltung|realisation"
    r"|hosting|호스팅[^\s:]{0,10}|realizzazione|desarrollado|diseño|réalisé|création|design|agentur|agency)\W{0,3}(?:(?:by|von|par|por|da|durch|&)\s)?$",
    re.I,
)
_OWNER = re.compile(
    r"(?:brand|product|service|trading (?:name|style)|division|site|website)[\w\s]{0,30}\s(?:of|by)"
    r"\s(?:the\s)?$"
    r"|(?:owned|operated|provided|run|sold|developed|published|betrieben|angeboten|édité|exploité|gestionado|operado)"
    r"(?:\s(?:and|und|et|y)\s\w+)?\s(?:by|through|von|par|por|da)\s(?:the\s|der\s|la\s(?:société|empresa|mercantil|società)\s)?$"
    r"|(?:(?:site|sito|sitio|web|página|pagina|tienda|dominio|negozio|loja|website)\W[\w\s.]{0,30}"
    r"(?:propiedad|titularidad|propriété|proprietà|propriedade|eigendom)|handelsnaam)\s(?:de|di|da|van)\s(?:la\s\w+\s)?$"
    r"|(?:prowadzon\w{1,3}(?:\sjest)?\sprzez|provoz(?:uje|ován\w{0,2})|prevádzk(?:uje|ovan\w{1,2}))\s"
    r"(?:firm[aęou]\s|spółk[aęi]\s|spole[cč]nost\w{0,2}\s|spoločnos[tť]\w{0,3}\s)?$"
    r"|(?:vertrag|verträge|vertragsverhältnis\w*|geschäfte)\s(?:\w+\s)?zwischen\s(?:der|dem|uns,\sder)\s$"
    r"|(?:provozovatelem|správcem|prevádzkovateľom)\s(?![^,;]{0,60}(?:platebn|cookie|sociáln|analytick|reklam))[^,;]{0,60}je\s(?:spole[cč]nost\s|spoločnosť\s|firma\s)?$"
    r"|(?<!\w)(?:webb\w{1,12}|hemsidan?|sajten|sidan|\w{0,12}(?:butik|shop|portal)\w{0,3}|tjänsten|plattformen|appen"
    r"|(?:net|web|hjemme)\w{0,12}|siden|tjenesten)\s(?:drivs|ägs|tillhandahålls|drives|ejes|eies)"
    r"(?:\so(?:ch|g)\s\w+)?\sa[vf]\s$"
    r"|ein\w* (?:marke|produkt|angebot) (?:der|von)\s$"
    r"|une? (?:marque|produit|service) d[eu]\s(?:la\s)?$"
    r"|una? (?:marca|producto|prodotto|servicio|servizio) d[ei]l?a?\s$",
    re.I,
)
_REGISTERED = re.compile(
    r"^(?:\ssocietà\s(?:benefit|unipersonale|a\ssocio\sunico))?"
    r"\W{0,4}(?:版权所有|版權所有|사업자|HRB|(?:is|ist) (?:a )?(?:registered|incorporated|authorised)"
    r"|registered (?:in|office)|company (?:no|reg)|vat"
    r"|(?:y-tunnus|org\.? ?nr|organisationsn|cvr|kvk|siren|siret|rcs|p\.? ?iva|partita iva|cif"
    r"|nif|nip|krs|ičo?|ico|dič|abn|acn|cin|gstin?|cnpj|инн|огрн|uid|che-)(?!\w))",
    re.I,
)


_BRAND = re.compile(r"^([^|/·•–—]{2,40})\s[|/·•–—-]\s$")  # `Brand · Example Ltd · 1 Example Road`
_PARTNER = re.compile(
    r"(?:persönlich haftende[rn]? gesellschafter(?:in)?|komplementär(?:in)?)\W{0,3}$", re.I
)  # of a KG
_BANK = re.compile(r"bank|sparkasse|caisse|\bbanc[ao]\b|credit union", re.I)
_ACCOUNT = re.compile(r"(?<!\w)(?:IBAN|BLZ|BIC|SWIFT|Kto|Konto(?:nummer|nr)?|account no)(?!\w)", re.I)
_TRADING = re.compile(
    r"\W{0,2}(?:(?:t/a|trading as|d/b/a|dba|doing business as)|handelend onder(?: de(?: handels)?naam)?"
    r"|firmierend (?:als|unter)|handelnd unter|exerçant sous (?:le nom|l['’]enseigne)|que opera como|che opera come)\W",
    re.I,
)
_ROLES = (("maker", _MAKER), ("copyright", _COPYRIGHT), ("label", _LABEL), ("seller", _SELLER), ("owner", _OWNER))


def legal_names(page: ParsedPage) -> Iterator[Fact]:
    yield from _titled(page)
    count = 0
    for index in lines_with(page, "legal form"):
        line = page.lines[index]
        if len(line.text) > LONG:
            continue
        for start, end in _spans(line.text) if len(line.text) <= SHORT else _spans.__wrapped__(line.text):
            count += 1
            if count > MOST:
                return
            start = _own_beginning(page, index, start, end)
            whole = line.text[start:end].strip(" ,-–®™")
            name = _BEFORE.sub("", whole)
            if bare_form(name):
                name = whole  # `Example.com, Inc.`
            if (
                "@" in name
                or line.text[start - 1 : start] == "["
                or bare_form(name)
                or _NO_FORM.search(name)
                or _NEWS.search(name)
            ):
                continue  # `[Example Ltd]` is to be filled in
            sure = _sure(page, index, name, start, end)
            if sure >= DOUBTFUL:
                quote = line.text[max(start - 60, 0) : end + 60]
                sure = min(sure, 0.93)
                yield page.fact("identity.legal_name", name, how="text", quote=quote, confidence=round(sure, 3))


def _titled(page: ParsedPage) -> Iterator[Fact]:
    """What the page's title calls its owner, where the domain spells it."""
    for part in (*_TITLE.split(page.title[:300]), page.metas.get("og:site_name", "")):
        if legal_form(part) and len(part) <= 80 and resembles(part, page.site):
            start, end = next(iter(_spans(part)), (0, 0))
            if start == 0 and end == len(part):
                yield page.fact("identity.legal_name", part, how="html", quote=part, confidence=TITLED)
        elif page.kind == "home":
            for start, end in _eastern(part[:SHORT]):
                name = part[start:end]
                yield page.fact("identity.legal_name", name, how="html", quote=part, confidence=TITLED - 0.05)


def _own_beginning(page: ParsedPage, index: int, start: int, end: int) -> int:
    """Where the name begins that the domain spells, if it is written in lower case."""
    text = page.lines[index].text
    if (
        start
        and end == len(text)
        and text[:start].endswith(", ")
        and index
        and _said(page.lines[index - 1].text) == "label"
        and not resembles(text[start:end], page.site)
    ):
        return 0  # under its label it is the whole line, unless that names somebody and their company
    if start and end == len(text) and _WHOLE.fullmatch(text, 0, start) and _addressed(page, index):
        words = text[:start].split()
        small = any(word[0].islower() for word in words)
        if small and _START.isdisjoint(map(str.lower, words)) and not is_label(text[:start]):
            return 0  # `Example river pictures Ltd`
    before = text[max(start - BEFORE, 0) : end]
    if text[max(start - 2, 0) : start].strip() and not before.isupper():  # a word stands right before it
        at = before.rfind(spelled) if (spelled := spelled_in(before, page.site)) else -1
        begin = end - len(before) + at
        if at >= 0 and begin < start <= begin + len(spelled) + 1:
            return begin
    return start


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    return (*_western(text), *_eastern(text), *names_after_forms(text))


def _western(text: str) -> Iterator[tuple[int, int]]:
    """Names before a legal form: the capitalised words in a row that lead up to it."""
    spans = form_spans(text)
    for place, (start, end) in enumerate(spans):
        while place + 1 < len(spans) and spans[place + 1][0] - end <= 3:  # Co., Ltd.
            place, end = place + 1, spans[place + 1][1]
        if place and start - spans[place - 1][1] <= 3 and spans[place - 1][0] < start:
            continue
        begin = _begin(text, start)
        if begin is not None:
            yield begin, end


def _begin(text: str, form: int) -> int | None:
    first = max(form - 90, 0)
    if text[form - 2 : form - 1] == ")" and (bracket := _BRACKET.search(text, first, form)):
        form = bracket.start()  # `Example (Hong Kong) Limited`
    words = list(_WORD.finditer(text, first, form))
    begin = inner = None  # of the name, and of the one after `of` in `A brand of Example Ltd`
    last = form
    for count, word in enumerate(reversed(words)):
        between = text[word.end() : last]
        if count >= 7 or between.strip(" ,®™") or ("," in between and count):
            break
        if count and _CJK.search(word[0]):
            break
        if count and word[0].lower() in _ARTICLES and inner is not None:
            begin = inner
            break
        capital = word[0][0].isupper() or word[0][0].isdigit() or not word[0][0].isascii()
        if not capital and word[0] not in _SMALL and not (count == 0 or (word[0].isalnum() and "." in word[0])):
            break
        if (
            word[0] in "–—-"
            or (count and re.fullmatch(r"(?:19|20)\d\d[-–]?", word[0]))
            or re.fullmatch(r"[\d./-]{7,}", word[0])  # a number of the company's
            or (word[0][-1] == "." and len(word[0]) > 4 and count)
        ):
            break
        last = word.start()
        if capital or count == 0:
            begin = word.start()
        else:
            inner = begin
    if begin is None:
        return None
    if labelled := _LABEL_WORDS.match(text, begin, form):
        begin = labelled.end()
    first_word = text[begin:form].split(" ", 1)
    while len(first_word) == 2 and first_word[0].lower() in _START and len(first_word[1].strip(" ,")) > 2:
        if first_word[0] == "The" and _COPYRIGHT.search(text, max(begin - 60, 0), begin):
            break
        begin += len(first_word[0]) + 1
        first_word = text[begin:form].split(" ", 1)
    name = text[begin:form].strip(" ,")
    return begin if len(name) >= 2 and name.lower() not in _START and any(map(str.isalpha, name)) else None


def _eastern(text: str) -> Iterator[tuple[int, int]]:
    return eastern_names(text) if not text.isascii() else iter(())


def _sure(page: ParsedPage, index: int, name: str, start: int, end: int) -> float:
    line = page.lines[index]
    before, after = line.text[max(start - 60, 0) : start], line.text[end : end + 40]
    above = _WIDE.sub("", page.lines[index - 1].text) if index else ""
    base = _by_domain(page, name)
    if (name.endswith("Company") or name.startswith("PT ")) and base < 0.5:
        return 0
    said = _said(before)
    if said == "maker" or stranger(
        " ".join([*(one.text[-60:] for one in page.lines[max(index - 3, 0) : index]), before, name])
    ):
        return 0.2
    if of_others(page) and line.where == "main" and base < 0.5:
        return 0
    linked = start == 0 and len(line.text) == end and line.text in _links_elsewhere(page)
    if base < 0.5 and linked and _said(above) != "label":
        return 0.2
    next_ones = [one.text[:80] for one in page.lines[index + 1 : index + 3]] or [""]
    if base < 0.5 and _BANK.search(name) and _ACCOUNT.search(" ".join([after, *next_ones])):
        return 0.2
    called = "" if name.endswith("KG") else next_ones[0]  # what stands below a KG says what the next one is
    if _PARTNER.search(before) or _PARTNER.search(above, max(len(above) - 60, 0)) or _PARTNER.match(called):
        return 0.2
    if just_made(before) or heads_makers(above) or made(name) or (base < 0.35 and officer(above[-60:])):
        return 0.2
    elsewhere = page.kind in ("privacy", "news", "press", "careers") and line.where != "footer"
    if elsewhere:
        base -= 0.15
    if _abroad(name, page):
        base -= 0.2
    own = base >= 0.35
    if said == "copyright":
        return base + (0.4 if index >= len(page.lines) // 3 or line.where == "footer" else 0.25)
    if said == "label" or (start <= 2 and len(above) <= 60 and _said(above) == "label"):
        return base + 0.4
    if said == "seller" and (page.kind == "legal" or line.where == "footer"):
        return base + 0.4
    if said == "owner" or ((trading := _TRADING.match(after)) and resembles(after[trading.end() :], page.site)):
        return base + 0.32
    if (brand := _BRAND.search(before)) and resembles(brand[1], page.site) and re.search(r"\d", after + next_ones[0]):
        return base + 0.32
    below = page.lines[index + 1].text if not after.strip(" .,") and index + 1 < len(page.lines) else ""
    if _REGISTERED.search(after) or _REGISTERED.search(below) or "사업자" in line.text[end:]:
        signs = line.where == "footer" or page.kind == "home"
        signed = signs and (start <= 2 or "©" in line.text[:start]) and any(map(str.isdigit, after[:40]))
        registered = 0.35 if own or not name.isascii() else 0.3 if signed else 0.2
    else:
        registered = 0.0
    if len(line.text) <= len(name) + 12:
        addressed = 0.12 * (page.kind == "legal") + 0.12 * _addressed(page, index)
        return base + max(0.25 * own + 0.12 * (not own) + addressed, registered)
    if registered:
        return base + registered
    return (
        base + 0.2 * (start <= 2 and line.where == "footer") + 0.1 * (start <= 2 and page.kind in ("legal", "contact"))
    )


def _links_elsewhere(page: ParsedPage) -> set[str]:
    """The texts of links to other sites: of a group's other companies, of those that a company works for."""
    if "links elsewhere" not in page.memo:
        page.memo["links elsewhere"] = {link.text for link in page.links if link.host and not page.is_own(link.url)}
    found: set[str] = page.memo["links elsewhere"]
    return found


@lru_cache(8192)
def _said(before: str) -> str:
    """What the words before a name call whose it is."""
    for role, pattern in _ROLES:
        found = pattern.search(before)
        if found and (role != "label" or ":" in found[0] or not before[: found.start()].rstrip()[-1:].isalnum()):
            return role
    return ""


def _abroad(name: str, page: ParsedPage) -> bool:
    """Whether it names a country beside the brand: of a group, the company there; not on that country's own site."""
    words = without_form(name).split()[1:]
    country = next((code for word in words if len(word) > 3 and (code := named(word))), None)
    return country is not None and not page.host.endswith(f".{country.lower()}") and country not in regions(page)[:1]


def _addressed(page: ParsedPage, index: int) -> bool:
    """Whether an address may stand below."""
    return any(len(one.text) <= 80 and re.search(r"\d{4}", one.text) for one in page.lines[index + 1 : index + 4])


def _by_domain(page: ParsedPage, name: str) -> float:
    if resembles(name, page.site):
        return 0.5
    label, spelled = compact(page.site.partition(".")[0]), compact(name)
    first = compact(without_form(name).split()[0])
    if len(label) >= 4 and (
        spelled.startswith(label[:4]) or label.startswith(spelled[:4]) or (len(first) > 5 and first in label)
    ):
        return 0.35
    if not name.isascii() and compact(without_form(name)) in compact(page.title):
        return 0.46
    return 0.22
