"""Legal forms, and the registered names that stand with them."""

import re
from collections.abc import Iterator

from shared.extract.kept import judged_once

# As they end a registered name. Those of the second line are words of their own in lower case.
_FORMS = r"""ltd\.\s?şti\.|(?:limited|anonim)\sşirketi
|gesellschaft\smit\sbeschränkter\shaftung|\(pty\)\s?ltd\.?|s\.\s?a\.\s?(?:p\.\s?i\.\s?|b\.\s?)?de\sc\.\s?v\.?
|(?:sa(?:b|pi)?|srl)\sde\scv|s\.\s?de\sr\.\s?l\.?(?:\sde\sc\.\s?v\.?)?|s\sde\srl(?:\sde\scv)?|oy\sab
|(?:s\.\s?à\s?r\.\s?l\.|ltd\.?|limited|b\.\s?v\.|ug\s?\(haftungsbeschr(?:ä|ae)nkt\))\s?&\s?co\.?\s?kg(?:aa)?
|(?:public|private)\scompany\slimited|s\.\s?à\s?r\.\s?l\.|unipessoal,?\slda\.?|[fa]\.m\.b\.a\.|se\s?&\s?co\.?\s?(?:kgaa|kg)|s\.\s?coop\.?|soc\.\s?coop\.?
|j\.\s?d\.\s?o\.\s?o\.|ges\.\s?m\.\s?b\.\s?h\.|gesmbh|partg(?:\s?mbb)?|flexco|teoranta|berhad|ltée|limitada|s\.\s?a\.\s?c\.|e\.i\.r\.l\.
|v\.\s?o\.\s?s\.|sp\.\s?j\.|hf\.|i/s|p/s|k/s|fz-?llc|g\.k\.|α\.\s?ε\.|ε\.\s?π\.\s?ε\.|ι\.\s?κ\.\s?ε\.|ο\.\s?ε\.|בע["״]מ
|inc\.?|incorporated|corp\.?|corporation|co\s?\.?,?\s?(?:ltd|limited)\.?|ltd\.?|limited|l\.?l\.?c\.?|l\.?l\.?p\.?|plc
|pty\.?\s?ltd\.?
|pvt\.?\s?ltd\.?|private\slimited|pte\.?\s?ltd\.?|sdn\.?\s?bhd\.?|gmbh\s?&\s?co\.?\s?(?:kg|ohg)(?:aa)?|ag\s?&\s?co\.?\s?kg(?:aa)?
|ggmbh|gmbh|(?:ug|unternehmergesellschaft)\s?\(haftungsbeschr(?:ä|ae)nkt\)|kgaa|e\.\s?k\.|e\.\s?v\.|gbr|sarl(?:\sau)?|s\.à\.?r\.l\.|sàrl|s\.a\.r\.l\.|s\.a\.s\.u?\.?|eurl|s\.c\.a\.
|n\.\s?v\.|b\.v\.b\.a\.?|bvba|scrl|aktiengesellschaft|b\.\s?v\.|v\.\s?o\.\s?f\.?|s\.\s?p\.\s?a\.?|s\.\s?r\.\s?l\.?\s?s?\.?|srls?|s\.n\.c\.?|s\.\s?l\.\s?u?\.?|s\.\s?a\.
|ltda\.?|lda\.?|s/a|a/s|aps|aktiebolag|oyj|ehf\.?|p\.c\.|p\.\s?l\.\s?c\.|s\.a\.e\.|p\.?l\.?l\.?c\.?|sp\.\s?z\s?o\.\s?o\.?|sp\.\s?k\.|s\.\s?r\.\s?o\.|spol\.\ss\s?r\.\s?o\.|a\.\s?s\.|k\.\s?s\.
|l\.\s?p\.|spółka\sz\sograniczoną\sodpowiedzialnością|spółka\sakcyjna|společnost\ss\sručením\somezeným|spoločnosť\ss\sručením\sobmedzeným|akciová\sspole[cč]nos[tť]|korlátolt\sfelelősségű\stársaság|betéti\stársaság|részvénytársaság|kft\.?|zrt\.?|nyrt\.?|d\.\s?o\.\s?o\.?|d\.d\.|eood|ood|uab|oü|a\.ş\.|k\.k\.|p\.?t\.?y|pbc"""
_CAPITALS = (
    r"AG|SE|SA|SAS|SASU|OG|Ky|e\.\s?[UG]\.|AS|ASA|AB|AD|EAD|LP|UG|KG|OHG|HB|KB|SIA|BV|NV|VOF|SL|SLU|SPA|SpA|SNC|Oy|Bt\.?|Tbk|Bhd\.?|eG|bv|nv|CommV"
    r"|EIRELI|Company(?!\s(?:[Nn]o|NO|[Nn]umber|[Rr]eg))|CIC|DAC|CLG|ULC|NPC|SCOP|VZW|ASBL|ANS|IVS|DOO|doo|FZE|FZCO|DMCC|[CP]?JSC|Anstalt|ЕООД|ООД|ЕАД|АД"
    r"|Ab(?=\s?(?:$|[,;|(\n]))"  # Finnish: in German it begins a sentence
    r"|(?<=Trading\s)CC|CC(?=[\s,(]{1,3}(?:[tT]/[aA]|[Rr]eg|CK|(?:19|20)\d\d/\d))"  # of South Africa
)


class _Forms:
    """In any letter case by the text's lower case: a search that ignores case costs two and a half times as much."""

    def __init__(self, end: str) -> None:
        # `Vertriebs-GmbH`
        self.small = re.compile(
            rf"(?:(?<=[\s,.])|(?<=\ws-)(?=gmbh|ggmbh|gesm|aktien))(?:{_FORMS.replace(chr(10), '')}){end}"
        )
        self.as_is = re.compile(rf"(?:(?<=[\s,.])|(?<=\ws-)(?=[AK]G))(?:{_CAPITALS}){end}")

    def within(self, text: str) -> list[tuple[int, int]]:
        """Where they stand behind a name."""
        lower = text.replace("İ", "i").lower()  # of no other letter is that longer
        matches = [*self.small.finditer(lower), *self.as_is.finditer(text)]
        matches.sort(key=re.Match.start)
        found, last = [], 0
        for match in matches:
            if match.start() >= last:
                last = match.end()
                found.append(match.span())
        return [span for span in found if span[0] > 1]


FORMS = _Forms(r"(?![\w.&])")
_FORM_ENDS = _Forms(r"(?:\s\(publ\))?(?![\w&]|\.\w)")  # a full stop may follow
_CJK_LEGAL = re.compile(
    r"(?:株式会社\s?|有限会社\s?|合同会社\s?|주식회사\s?|\(주\)\s?|㈜)[\w・ー&]{2,30}(?:\.[A-Za-z]\w{0,19})?"
    r"|(?<!\d)(?!\d{1,8}\s)[\w・ー&（）()]{2,30}?(?:株式会社|有限会社|合同会社|股份有限公司|有限公司|有限责任公司|有限責任公司|\s?주식회사|\(주\)|㈜)"
)
_CJK_SIGN = re.compile("[株有合주㈜]")  # one of which each of these forms has
_CYRILLIC_LEGAL = re.compile(
    r"(?:ООО|ОАО|ЗАО|ПАО|АО|ТОВ|ПрАТ|ПАТ|ТОО|(?i:общество с ограниченной ответственностью|акционерное общество"
    r"|товариство з обмеженою відповідальністю|(?:приватне|публічне) акціонерне товариство))"
    r"\s?[«\"„]([^»\"“]{2,60})[»\"“]"
    r"|(?<!\w)(?:ИП|(?i:индивидуальный предприниматель))\s"
    r"([А-ЯЁ][А-ЯЁа-яё-]{1,30}\s(?:[А-ЯЁ][А-ЯЁа-яё]{1,20}\s[А-ЯЁ][А-ЯЁа-яё]{1,20}|[А-ЯЁ]\.\s?[А-ЯЁ]\.))"
)
_FORM_FIRST = re.compile(
    r"(?<!\w)(?:PT\.?\s(?=[A-Z])|(?:Công ty|CÔNG TY) (?:TNHH|Cổ phần|CỔ PHẦN|CP)\s(?:MTV\s)?)"
    r"([^\W\d_][\w&.’'-]{1,30}(?:\s[^\W\d_a-z][\w&.’'-]{0,30}){0,5})(?<!\.)"
    r"|(?:^|(?<=la )|(?<=té )|(?<=de )|(?<=par )|(?<=: ))(?:SARL|SASU?|EURL|SELARL|SCEA|EARL)\s"
    r"([A-ZÀ-Ý][\w&’'-]{1,30}(?:\s(?:(?:et|de|du|des|la|&)\s){0,2}[A-ZÀ-Ý][\w&’'-]{1,30}){0,4})"
)
_DESCRIBED = re.compile(  # what a company does, before its name: `機械販売の…株式会社`
    r"(?:[^の]{1,10}の)?(?:[^の]{0,20}[・、／][^の]{0,20}|[^の]{1,20}(?:販売|開発|製造|専門|運営|派遣|施工|設計|制作|支援|メーカー))の"
)
_NAME_AFTER = re.compile(r"[\u3041-\u9fffA-Za-z0-9]{2,20}")


@judged_once
def without_form(name: str) -> str:
    """A registered name as people say it."""
    if first := _CYRILLIC_LEGAL.fullmatch(name) or _FORM_FIRST.fullmatch(name):
        return str(next(filter(None, first.groups()))).removesuffix(" Tbk")
    forms = FORMS.within(name)
    short = name[: forms[0][0]] if forms else name
    short = re.sub(r"株式会社|有限会社|合同会社|주식회사|\(주\)|㈜|股份有限公司|有限(?:责任|責任)?公司", "", short)
    return short.strip(" ,.-–&") or name


def form_spans(text: str) -> list[tuple[int, int]]:
    """Where legal forms stand that end a name."""
    return _FORM_ENDS.within(text)


def bare_form(text: str) -> bool:
    """`GmbH & Co. KG`, without a name."""
    return (2, len(text) + 2) in form_spans(f". {text}")


def _undescribed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what the company does, behind which its form may stand first."""
    if "の" in text[start:end] and (described := _DESCRIBED.match(text, start, end)):
        after = _NAME_AFTER.match(text, end)
        start = described.end()
        if end - start == len("株式会社") and after:
            end = after.end()
    return start, end


def eastern_names(text: str) -> Iterator[tuple[int, int]]:
    """Where registered names in Chinese, Japanese or Korean stand, and in Cyrillic with their forms first."""
    if _CJK_SIGN.search(text):
        yield from (_undescribed(text, *match.span()) for match in _CJK_LEGAL.finditer(text))
    yield from (match.span() for match in _CYRILLIC_LEGAL.finditer(text))


def names_after_forms(text: str) -> Iterator[tuple[int, int]]:
    """Where registered names of Indonesia, Vietnam and, in their texts, France stand."""
    return (match.span() for match in _FORM_FIRST.finditer(text))


@judged_once
def legal_form(name: str) -> bool:
    return bool(
        FORMS.within(name)
        or (_CJK_SIGN.search(name) and _CJK_LEGAL.fullmatch(name))
        or _CYRILLIC_LEGAL.fullmatch(name)
        or _FORM_FIRST.fullmatch(name)
    )
