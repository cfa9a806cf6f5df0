"""The company's name and registered name: what titles, copyright lines and the domain agree on."""

import re
import unicodedata
from collections.abc import Iterator

from shared.extract.page import ParsedPage
from shared.models import Fact

# Legal forms, as they end (or in some languages begin) a registered name.
_FORMS_AFTER = r"""Inc\.?|Incorporated|Corp\.?|Corporation|Co\.,?\s?Ltd\.?|Company|Ltd\.?|Limited|LLC|L\.L\.C\.|LLP|L\.P\.|LP|PLC|plc
|PBC|Pty\.?\s?(?:Ltd\.?|Limited)|Pvt\.?\s?(?:Ltd\.?|Limited)|Private\sLimited|Public\sLimited\sCompany|GmbH\s?&\s?Co\.?\s?(?:KG|OHG)(?:aA)?
|AG\s?&\s?Co\.?\s?KG(?:aA)?|gGmbH|GmbH|mbH|UG\s?\(haftungsbeschr(?:ä|ae)nkt\)|UG|AG|KGaA|KG|OHG|e\.\s?K\.|e\.\s?V\.|eG|GbR|SE|S\.\s?E\.
|S\.?A\.?S\.?U?|S\.?A\.?R\.?L\.?|Sàrl|EURL|S\.?C\.?A\.?|S\.?A\.|SA|N\.?V\.|B\.?V\.?B\.?A\.?|B\.\s?V\.|BV|NV|V\.?O\.?F\.?|C\.V\.
|S\.?\s?p\.?\s?A\.?|S\.?\s?r\.?\s?l\.?s?\.?|S\.?n\.?c\.?|S\.?L\.?U?\.?|S\.?\s?L\.|Lda\.?|Ltda\.?|S/A|EIRELI|A/S|ApS|AS|ASA|AB|Aktiebolag
|Oyj?|Oy\sAb|HB|KB|ehf\.?|hf\.?|sp\.\s?z\s?o\.\s?o\.|S\.\s?A\.|sp\.\s?k\.|s\.\s?r\.\s?o\.|spol\.\ss\s?r\.\s?o\.|a\.\s?s\.|k\.\s?s\.|Kft\.?|Zrt\.?|Nyrt\.?|Bt\.?
|d\.o\.o\.|d\.d\.|S\.R\.L\.|EOOD|OOD|EAD|AD|UAB|SIA|OÜ|Sdn\.?\s?Bhd\.?|Bhd\.?|Pte\.?\s?(?:Ltd\.?|Limited)|Tbk|K\.K\.|A\.Ş\.|Ltd\.\s?Şti\.|Holdings?\sCorporation"""
_FORM = re.compile(rf"(?<=[\s,.])(?:{''.join(_FORMS_AFTER.split(chr(10)))})(?![\w.&])")
_CJK_LEGAL = re.compile(
    r"(?:株式会社|有限会社|合同会社|주식회사\s?|\(주\)\s?|㈜)[\w・ー&]{2,30}|[\w・ー&（）()]{2,30}?(?:株式会社|有限会社|合同会社|股份有限公司|有限公司|\(주\))"
)
_CYRILLIC_LEGAL = re.compile(r"(?:ООО|ОАО|ЗАО|ПАО|АО|ТОВ)\s?[«\"„][^»\"“]{2,60}[»\"“]")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright|copyrights)[\s:©]*(?:\(c\)\s*)?(?:by\s+)?((?:19|20)\d\d\s*(?:[-–—/,]\s*(?:19|20)?\d\d\s*)?)?[\s,.:|–—-]*(?:by\s+)?"
    r"([^|©®\n]{2,100})",
    re.I,
)
_OWNER_FIRST = re.compile(r"([^|©\n]{2,60}?)\s*(?:©|\(c\)|copyright)\s*(?:19|20)\d\d", re.I)
_RIGHTS = re.compile(
    r"[\s,.:;|–—-]*(?:all rights?|alle rechte|tous droits|todos (?:los|os) derechos|todos os direitos|tutti i diritti"
    r"|alle rechten|with all rights|rights reserved|wszelkie prawa|všechna práva|všetky práva|все права|copyright|inc\.? all"
    r"|registered|powered|designed|design by|website by|site by|webdesign|made (?:by|with)|terms|privacy|impressum|legal"
    r"|is a |are |p\.?\s?iva|partita|vat|tel|sitemap|cookie|and its|or its|and/or|und |•|·|\d{4}).*",
    re.I | re.S,
)
_SPLIT = re.compile(r"\s+[|–—·•»«:/-]+\s+|\s*[|»«·•]\s*|:\s+|\s+::\s+")
_GENERIC = re.compile(
    r"(?:home ?page|home|welcome|start|startseite|index|willkommen|accueil|inicio|página inicial|about( us)?|contact( us)?|kontakt|blog"
    r"|news|untitled( document)?|official (web)?site|hjem|hem|etusivu|strona główna|главная|首页|ホーム|홈|impressum|login"
    r"|just a moment.*|attention required.*|404.*|page not found|error|default|site|website|the company|company)",
    re.I,
)
_WELCOME = re.compile(
    r"^(?:welcome to|willkommen (?:bei|auf)|bienvenue (?:chez|à|sur)|bienvenidos? a|benvenuti (?:in|su|da)|welkom bij|the official (?:web)?site of)\s+",
    re.I,
)


def compact(text: str) -> str:
    """Letters and digits alone, without accents and case."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().replace("ß", "ss")
    return "".join(char for char in decomposed if char.isalnum())


def without_form(name: str) -> str:
    """A registered name as people say it."""
    found = None
    for found in _FORM.finditer(name):
        if found.start() > 1:
            break
    short = name[: found.start()] if found and found.start() > 1 else name
    short = re.sub(r"株式会社|有限会社|合同会社|주식회사|\(주\)|㈜|股份有限公司|有限公司", "", short)
    return short.strip(" ,.-–&") or name


def legal_form(name: str) -> bool:
    return bool(
        any(match.start() > 1 for match in _FORM.finditer(name))
        or _CJK_LEGAL.fullmatch(name)
        or _CYRILLIC_LEGAL.fullmatch(name)
    )


def resembles(name: str, site: str) -> bool:
    """Whether a name or handle is the one that the domain spells: `Example Widgets` and `example-widgets.com`,
    `examplehq`, `ew.com`."""
    label, spelled = compact(site.partition(".")[0]), compact(without_form(name))
    if len(label) < 2 or not spelled:
        return False
    if label == spelled or compact(site) == spelled:
        return True
    if len(spelled) >= 4 and len(label) >= 4 and (spelled in label or label in spelled):
        return True
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).casefold()
    return len(label) >= 2 and initials == label


def names(page: ParsedPage) -> Iterator[Fact]:
    """Candidates; those that the domain confirms count for more."""
    for key, how, sure in (("og:site_name", "opengraph", 0.75), ("application-name", "meta", 0.6)):
        if (text := page.metas.get(key, "")) and _plausible(text):
            confidence = min(sure + 0.15 * resembles(text, page.site), 0.9)
            yield page.fact("identity.name", text, how=how, quote=text, confidence=confidence)  # type: ignore[arg-type]
    yield from _from_title(page)
    yield from _from_copyright(page)


def _plausible(name: str) -> bool:
    return 2 <= len(name) <= 60 and not _GENERIC.fullmatch(name) and bool(re.search(r"[^\W\d_]", name))


def _from_title(page: ParsedPage) -> Iterator[Fact]:
    parts = [_WELCOME.sub("", part).strip(" \"'") for part in _SPLIT.split(page.title[:300]) if part.strip()]
    parts = [part for part in parts if _plausible(part) and len(part.split()) <= 6]
    known = [part for part in parts if resembles(part, page.site)]
    best = min(known, key=lambda part: (compact(part) != compact(page.site.partition(".")[0]), len(part)), default=None)
    if best is not None:
        yield page.fact("identity.name", best, how="html", quote=best, confidence=0.75)
    elif parts:
        choice = parts[-1] if page.kind != "home" and len(parts) > 1 else parts[0]
        yield page.fact("identity.name", choice, how="html", quote=choice, confidence=0.35 if len(parts) > 1 else 0.3)


def _from_copyright(page: ParsedPage) -> Iterator[Fact]:
    for line in page.lines[-60:]:
        if len(line.text) > 600:
            continue
        for owner in _owners(line.text):
            legal = legal_form(owner)
            close = resembles(owner, page.site)
            if legal:
                yield page.fact(
                    "identity.legal_name", owner, how="text", quote=line.text, confidence=0.85 if close else 0.6
                )
            name = without_form(owner)
            if _plausible(name) and len(name.split()) <= 6:
                confidence = 0.7 if close else 0.5 if legal else 0.4
                yield page.fact("identity.name", name, how="text", quote=line.text, confidence=confidence)


def _owners(text: str) -> Iterator[str]:
    for match in _COPYRIGHT.finditer(text):
        owner = _owner(match[2])
        if not owner and (before := _OWNER_FIRST.search(text[: match.end()])):
            owner = _owner(before[1])
        if owner:
            yield owner


def _owner(text: str) -> str:
    name = _RIGHTS.sub("", text.strip()).strip(" ,;:–—-*\"'")
    forms = [match for match in _FORM.finditer(name) if match.start() > 1]
    if forms:
        end = forms[0].end()
        for nxt in forms[1:]:
            if nxt.start() - end <= 3:
                end = nxt.end()
        return name[:end]
    name = name.strip(" .")
    return name if _plausible(name) and len(name) <= 60 and not re.match(r"(?:19|20)\d\d$", name) else ""
