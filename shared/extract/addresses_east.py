"""Addresses that go from the large to the small: Japanese, Chinese, Korean, Russian; and Taiwan's in English."""

import re
from collections.abc import Iterator

from shared.extract.address_words import stranger
from shared.extract.others import beside_strangers, of_others
from shared.extract.page import ParsedPage
from shared.extract.postal import numbered
from shared.models import JSON

LONG = 400  # characters of a line
LOT_LINE = 40  # characters of one that is a Japanese address with a bare number
GUARANTOR = "保証協会"  # whom estate and travel agents name with its address
_CJK = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3\u0400-\u04ff]")
_NO_LEADS = bytes({*range(256)} - {0xD0, 0xD1, *range(0xE3, 0xEE)})  # those letters begin so in UTF-8
_SCRIPTS = re.compile(r"[県都府道路街号號巷段로길동]|〒|丁目|番地|\d{6},?\s?[а-яё]", re.I)
_END = re.compile(
    r"\s{2,}|[│|｜]|\s*(?:TEL|FAX|ＴＥＬ|ＦＡＸ|電話|电话|传真|傳真|代表|お問|アクセス|Google|地図|MAP|邮编|郵遞|郵便"
    r"|전화|대표|팩스|тел|факс|e-?mail)",
    re.I,
)

_JP = re.compile(
    r"(?:〒?\s?(\d{3}[-－ー]\d{4})\s*)?(東京都|北海道|京都府|大阪府|(?:[一-龥]{2,3})県)\s?([^\s\d０-９]{1,7}?[市区郡]|[^\s\d０-９]{1,7}?[町村])?(.*)"
)
# Of the large cities the prefecture may be left out.
_JP_CITY = re.compile(r"(?:〒\s?|(?<!\d))(\d{3}[-－ー]\d{4})\s*()([一-龥]{1,4}市(?:[一-龥]{1,3}区)?)(.*)")
_JP_PHONE = re.compile(r"\+\d|(?<!\d)0\d{1,4}[-－ー(]\d")
_JP_CODE = re.compile(r"〒\s?(\d{3}[-－ー]\d{4})")
_JP_STREET = re.compile(r"丁目|番地|番\d|\d[-－ー−]\d|[0-9０-９一二三四五六七八九十]番")
_JP_LOT = re.compile(r"[一-龥ァ-ヶー々]{2,15}[0-9０-９]{1,4}")  # `築地123`, where it ends a line
_CN_NUMBER = re.compile(
    r"(?:路|街|道|巷|弄|村|区|園|园)[^\s]{0,20}?(?:\d{1,5}(?:-\d{1,5})?(?:号|號)|[一二三四五六七八九十百]{1,4}[号號](?![线線路公]))"
    r"|(?:路|街|道)\d{1,5}(?:号|號)?"
)
_CN_START = re.compile(
    r"(?:\(?(\d{3,6})\)?\s?)?(?:中国|中國)?(香港|澳门|澳門|(?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?)"
    r"((?:[\u4e00-\u9fff]{2,4}[市縣县])?)((?:[\u4e00-\u9fff]{1,4}[區区縣县])?)"
)
_HK_PLACE = re.compile(r"新界|九[龍龙]|香港島|香港岛")
_TW = re.compile(
    r"臺北|台北|新北|桃園|臺中|台中|臺南|台南|高雄|新竹|基隆|嘉義|苗栗|彰化|南投|雲林|屏東|宜蘭|花蓮|臺東|台東|臺灣|台灣|縣"
)
_KR = re.compile(
    r"(?:[(\[]?\s?(\d{5})\s?[)\]]?\s*)?((?:서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남"
    r"|경북|경남|제주|충청|전라|경상)[^\s\d]{0,6})"
    r"((?:\s[^\s\d]{1,6}[시군구])*)\s([^\n]*)"
)
_KR_OWNER = re.compile(r"\s(?:[^\s\d]{1,20}\s?(?:주식회사|㈜|\(주\))|(?:주식회사|㈜|\(주\))\s?[^\s\d]{1,20})$")
_KR_STREET = re.compile(r"[로길]\s?\d|[동리가]\s?\d")
_RU = re.compile(
    r"(?:(\d{6}),?\s*)(?:(?:Россия|Российская Федерация|РФ),?\s*)?"
    r"(?:([^,\d]{3,30}(?:обл|область|край|респ)[^,]{0,15}|[Рр]еспублика\s[^,\d]{3,25}),\s*)?"
    r"(?:г(?:ород)?\.?\s?)?([А-ЯЁ][а-яё]+(?:[- ][А-ЯЁа-яё]+){0,2}),?\s*(.{4,120})"
)
_RU_STREET = re.compile(
    r"(?:ул|улица|пр|просп|проспект|пр-т|пер|переулок|наб|набережная|ш|шоссе|б-р|бульвар|пл|площадь"
    r"|проезд|пр-д|тракт|линия|мкр)\b|(?<!\w)д(?:ом|\.)\s?\d",
    re.I,
)
_RU_END = re.compile(r"\s?[|;•·]|\.\s[А-Я]{2}|,?\s?(?:[Тт]ел|[Фф]акс|[Ee]-?mail|ИНН|ОГРН)")
_CODE_ROW = re.compile(r"(?:邮政?编码?|郵便番号|우편번호)[:：\s]{0,3}(\d{5,6}|\d{3}-\d{4})(?!\d)")
_TAIWAN = re.compile(
    r"((?:\d{1,3}F\.?(?:-\d)?,?\s)?(?:No\.?\s?[\d-]{1,8},\s)(?:[^,\n]{2,30},\s){1,5}?)"
    r"([A-Z][\w .]{2,24}(?:City|County)),?\s?(\d{3,6})?",
    re.I,
)

Found = tuple[dict[str, JSON], float, str]


def eastern(page: ParsedPage) -> Iterator[Found]:
    lines = page.lines
    for index, count in numbered(page) if "No." in page.text else ():
        text = lines[index].text
        if count >= 2 and "No." in text and text.isascii() and len(text) <= LONG and (match := _TAIWAN.search(text)):
            yield _value(match[1].strip(", "), match[2], None, match[3], "TW"), 0.85, text
    if page.text.isascii() or not page.text.encode(errors="replace").translate(None, _NO_LEADS):
        return
    for index, line in enumerate(lines):
        text = line.text
        if text.isascii() or len(text) > LONG or not _CJK.search(text) or not _SCRIPTS.search(text):
            continue
        above = lines[index - 1].text if index else ""
        below = lines[index + 1].text if index + 1 < len(lines) else ""
        found = _japanese(text, above, below) or _korean(text) or _chinese(text) or _russian(text)
        if found is not None:
            around = " ".join(one.text[:80] for one in lines[max(index - 8, 0) : index])
            if "postal_code" not in found:
                rows = " ".join(one.text[:80] for one in lines[max(index - 3, 0) : index + 3])
                if code := _CODE_ROW.search(rows):
                    found["postal_code"] = code[1]
            listed = (of_others(page) and line.where == "main") or GUARANTOR in text
            if listed or stranger(f"{around} {text} {below[:60]}") or beside_strangers(page, index):
                continue
            yield found, 0.4 if page.kind in ("news", "press") and line.where == "main" else 0.85, text


def _value(street: str, locality: str | None, region: str | None, code: str | None, country: str) -> dict[str, JSON]:
    named = {"street": street, "locality": locality, "region": region, "postal_code": code, "country": country}
    return {key: part for key, part in named.items() if part}


def _japanese(text: str, above: str, below: str) -> dict[str, JSON] | None:
    match = _JP.search(text) or _JP_CITY.search(text)
    if match is None:
        return None
    code = match[1] or ((found := _JP_CODE.search(text) or _JP_CODE.search(above)) and found[1]) or None
    street = _cut(match[4])
    if street.startswith("の"):  # `愛知県安城市の…`: a sentence about the place
        return None
    alone = len(text) <= LOT_LINE and match[3] and _JP_LOT.fullmatch(street)
    if not (alone or _JP_STREET.search(street)):
        before = text[: match.start()].strip(" ,、〒").rpartition(",")[2]
        around = (one for one in (before, below, above) if len(one) <= 40 and not _JP_PHONE.search(one))
        around = (one for one in around if not _JP.search(one))  # nor an address of its own
        near = next((one for one in around if _JP_STREET.search(one)), None)
        if near is None or not code:
            return None
        street = _cut(near) if near == before else f"{street} {_cut(near)}".strip()
    return _value(street, match[3], match[2], code.translate(_ASCII) if code else None, "JP")


_ASCII = str.maketrans("－ー−", "---")


def _chinese(text: str) -> dict[str, JSON] | None:
    number = _CN_NUMBER.search(text)
    if number is None:
        return None
    begin = 0
    for cut in re.finditer(r"[\s:：│|｜,，;；、]", text[: number.start() + 1]):
        begin = cut.end()
    rest = _cut(text[begin:].split(" ")[0] if " " in text[begin : number.end() + 40] else text[begin:])
    head = _CN_START.match(rest)
    if head is None:
        return None
    street = rest[head.end() :]
    region, city, district = head[2] or None, head[3], head[4]
    taiwan = bool(_TW.search(rest)) or bool(head[1] and len(head[1]) in (3, 5))
    if region in ("香港", "澳门", "澳門"):
        place = _HK_PLACE.match(street)
        value = _value(
            street[place.end() :] if place else street,
            place[0] if place else region,
            None,
            None,
            "HK" if region == "香港" else "MO",
        )
        return value if len(street) >= 5 else None
    if not (region or city or district) or len(street) < 3:
        return None
    country = "TW" if taiwan else "CN"
    if taiwan:
        return _value(street, f"{city}{district}", None, head[1], "TW")
    return _value(f"{district}{street}" if city else street, city or district, region, head[1], country)


def _korean(text: str) -> dict[str, JSON] | None:
    match = _KR.search(text)
    if match is None:
        return None
    street = _KR_OWNER.sub("", _cut(match[4]))
    if not _KR_STREET.search(street):
        return None
    code = match[1] or ((found := re.search(r"[(\[]\s?(?:우\s?)?(\d{5})\s?[)\]]", text)) and found[1]) or None
    return _value(street, f"{match[2]}{match[3]}".strip(), None, code, "KR")


def _russian(text: str) -> dict[str, JSON] | None:
    match = _RU.search(text)
    if match is None or not _RU_STREET.search(match[4][:60]):
        return None
    street = _RU_END.split(match[4], maxsplit=1)[0]
    return _value(street.strip(" ,."), match[3], match[2].strip() if match[2] else None, match[1], "RU")


def _cut(text: str) -> str:
    end = _END.search(text)
    cut = re.sub(r"\s?[(（]\s?\d{5}\s?[)）]", "", text[: end.start()] if end else text).strip(" ,，。.、()（）")
    return f"{cut})" if cut.count("(") > cut.count(")") else cut
