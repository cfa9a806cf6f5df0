"""Prices as people print them: amount, ISO 4217 currency, period, and what one of it is for."""

import re
from itertools import islice
from typing import NamedTuple

MOST = 6  # prices of a line

_SIGNS = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD",
    "S$": "SGD", "R$": "BRL", "MX$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR", "Rs.": "INR", "zł": "PLN",
    "Kč": "CZK", "Ft": "HUF", "lei": "RON", "₽": "RUB", "руб.": "RUB", "₺": "TRY", "TL": "TRY", "₩": "KRW", "원": "KRW",
    "₪": "ILS",
    "₴": "UAH", "грн": "UAH", "грн.": "UAH",
    "฿": "THB", "₫": "VND", "円": "JPY", "元": "CNY", "Fr.": "CHF", "SFr.": "CHF", "Euro": "EUR",
    "euro": "EUR",
    "euros": "EUR", "Euros": "EUR", "EURO": "EUR",
    "kn": "HRK", "лв.": "BGN", "лв": "BGN", "Rp": "IDR", "RM": "MYR", "₱": "PHP", "₦": "NGN",
    "₸": "KZT", "₾": "GEL", "din.": "RSD", "đ": "VND", "บาท": "THB",
}  # fmt: skip
_CODES = (
    "USD EUR GBP CHF JPY CNY INR AUD CAD NZD SGD HKD TWD KRW BRL MXN SEK NOK DKK PLN CZK HUF RON TRY RUB UAH ILS"
    " THB ZAR AED IDR MYR PHP NGN KES ISK SAR EGP COP CLP ARS PEN VND RSD BGN KZT XOF XAF MAD PKR QAR KWD GHS"
).split()
_BY_COUNTRY = {
    "$": {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN"},
    "¥": {"CN": "CNY"},
    "￥": {"CN": "CNY"},
    "kr": {"NO": "NOK", "DK": "DKK", "SE": "SEK", "IS": "ISK"},
    "kr.": {"NO": "NOK", "DK": "DKK", "SE": "SEK", "IS": "ISK"},
    "R": {"ZA": "ZAR"},
    "FCFA": dict.fromkeys(("CM", "GA", "TD", "CG", "CF", "GQ"), "XAF"),
}
_ELSE = {
    "$": "USD",
    "¥": "JPY",
    "￥": "JPY",
    "kr": "SEK",
    "kr.": "SEK",
    "R": "",
    "FCFA": "XOF",
}  # "": no currency elsewhere
MONEY = [*_SIGNS, *_CODES, *_ELSE]  # what stands beside an amount
_SIGN = "|".join(re.escape(sign) for sign in sorted(MONEY, key=len, reverse=True))
_AMOUNT = (
    r"\d{1,2}(?:,\d\d){1,3},\d{3}(?:\.\d\d(?!\d))?"  # lakhs and crores
    r"|\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,3}(?:[.,]\d\d(?!\d))?|\d{1,7}(?:[.,]\d{1,2}(?!\d))?[kK]?"
)
_PRICE = re.compile(
    rf"(?<![\w])(?P<before>{_SIGN})\s?(?P<first>{_AMOUNT})(?![\d%]|[xX]\b|\s?(?:[mM]|[bB]n?|[mM]illion|[bB]illion|Mio|Mrd)\b)(?:[.,][-–—]{{1,2}})?"
    rf"|(?:(?<![\w.,])|(?<=[月年額りき]))(?P<second>{_AMOUNT})(?:[.,][-–—]{{1,2}})?(?P<more>\+?)\s?(?P<after>{_SIGN})(?![\w$])"
)
# Before an amount: the range's lower end, `8–15 €`.
_RANGE = re.compile(rf"(?:^|[:(]|\b(?:ca\.|from|von|de|da|van|från|od))\s?(?P<low>{_AMOUNT})\s?[-–—]\s?$", re.I)
_PERIODS = {
    "month": "month|mo|p/m|p.m|mt|pm|pcm|mth|mnth|monthly|monat|monatlich|mtl|mois|mensuel|mes|mensual|mensuales|mese"
    "|mensile|mês"
    "|mensal|maand|måned|månad|mån|mnd|md"
    "|kuukausi|kk|miesiąc|mies|miesięcznie|měsíc|měsíčně|měs|hónap|hó|lună|luna|ay|aylık|месяц|мес|месяца|месец|kuu|kuus|mēn|mēnesī|mėn|mėnesį|mesec|mesečno"
    "|mjesec|mj|mjesečno|mesiac|mesačne"
    r"|μήνα|tháng|bulan|חודש|לחודש|شهر|شهريا"
    r"|місяць|міс|місяця|เดือน|月|月額|か月|ヶ月|월|개월",
    "year": "year|yr|jr|p/j|pa|p.a|annum|annually|yearly|annual|jahr|jährlich|an|année|annuel|annuellement|año|anual"
    "|anno|annuale|ano|jaar|år|vuosi|rok|rocznie|ročně|év|yıl"
    "|yıllık|год|рік|година|leto|letno|godina|godišnje|ročne|έτος|χρόνο|năm|tahun|שנה|לשנה|سنة|ปี|연|aasta|aastas|gadā|metus|年|年額|년|연간",
    "week": "week|weekly|wk|woche|wöchentlich|semaine|semana|settimana|vecka|uge|uke|tydzień|týden|неделя|週|주",
    "day": "day|daily|tag|jour|día|giorno|dia|dag|dzień|den|nap|gün|день|日|일",
    "hour": "hour|hr|hourly|stunde|std|heure|hora|ora|uur|timme|time|godzina|hodina|час|時間|시간",
    "once": "one-time|one time|once|einmalig|einmal|unique|único|una tantum|eenmalig|engangs|jednorazowo"
    "|jednorázově|разово|lifetime|一回|買い切り",
}
_WORDS = {word: period for period, words in _PERIODS.items() for word in words.split("|")}
_SPELLED = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_PER = re.compile(  # neither `6 pm` nor the metre, `mt`, of which the Swiss `Mt.` is a month
    rf"(?:(?:/|per|pro|par|por|al|à|a|je|i|na|za|w|в|на|每|毎|一|p\.|im|jeden|each|every|billed|pr\.?|om|в)\s{{0,2}})?"
    rf"(?<![\w])(?!(?<=\d\s)p\.?m|(?-i:mt(?!\w)))(?P<period>{_SPELLED})\.?(?![^\W\d_])|(?P<cjk>[月年週日月額]|か月|월|년)",
    re.I,
)
_UNIT = re.compile(
    r"(?:[/／]|\b(?:per|pro|par|por|je|na|za|pr\.?|na|на|за)\s)\s?1?(?P<unit>user|seat|agent|member|employee|editor"
    r"|developer|host|asset|app|device|location"
    r"|site|workspace|team|contact|license|licence|nutzer|benutzer|mitarbeiter|lizenz|platz|standort|utilisateur"
    r"|usuario|usuário|utente|gebruiker|użytkownik"
    r"|gb|tb|hour|request|transaction|person|domain|server|node|project|account|unit|piece|stück|użytkownika|uživatele|användare|bruker|bruger|käyttäjä|kullanıcı|пользователя|користувача"
    r"|ユーザー|用户|사용자)s?\b",
    re.I,
)
_UNITS = {
    "nutzer": "user", "benutzer": "user", "utilisateur": "user", "usuario": "user", "usuário": "user",
    "utente": "user", "gebruiker": "user",
    "użytkownik": "user", "użytkownika": "user", "uživatele": "user", "användare": "user", "bruker": "user",
    "bruger": "user", "käyttäjä": "user", "kullanıcı": "user", "пользователя": "user", "користувача": "user",
    "アカウント": "account", "用户": "user", "사용자": "user", "ユーザー": "user", "mitarbeiter": "employee",
    "lizenz": "license", "licence": "license", "platz": "seat", "standort": "location", "stück": "piece",
}  # fmt: skip
# `1ユーザーあたり月額` before an amount, as Japanese parts no words.
_LEADING = re.compile(
    r"(?:1?(?P<unit>ユーザー|アカウント)(?:あたり|当たり|につき)?[\s／/、]?)?(?P<period>月額|年額|(?<!\d)[月年])?[\s：:]?$"
)
_FROM = re.compile(
    r"\b(?:from|starting (?:at|from)|starts (?:at|from)|as low as|ab|à partir de|dès|desde|a partir de"
    r"|a partire da|da|vanaf|från|fra|od|alkaen|от|від)\s*$"
    r"|\b(?:von)\s*$|最低$",
    re.I,
)
_AFTER_FROM = re.compile(r"^\s?(?:から|부터|～|〜|~|\+)|^[^,.;]{0,12}d[ae]n\s(?:başlayan|itibaren)(?!\w)")
REQUEST = re.compile(
    r"(?:contact (?:us|sales)|let[’']s talk|talk to (?:us|sales)|get (?:a )?quote|request (?:a )?(?:quote"
    r"|pricing)|custom(?: pricing| price|ized)?|call us"
    r"|(?:price )?(?:up)?on request|(?:preise? )?auf anfrage|individuell|kontaktieren sie uns"
    r"|(?:prix )?sur (?:devis|demande)"
    r"|contactez-nous|nous contacter|(?:precio )?a consultar|consultar precios?"
    r"|contáctanos|contattaci|(?:prezzo )?su (?:richiesta|preventivo)|(?:prijs )?op aanvraag|neem contact op"
    r"|(?:pris )?på förfrågan|offert|kontakta oss|(?:cena )?na (?:zapytanie|dotaz)|wycena indywidualna"
    r"|(?:preço )?sob consulta|fale conosco|egyedi ár|(?:цена )?по запросу|(?:ціна )?за запитом|お問い合わせ"
    r"|要見積|要相談|문의"
    r"|联系我们|聯絡我們"
    r"|teklif al(?:ın)?)(?: for pricing)?[.!]?",
    re.I,
)  # fmt: skip
# What stands where a price would: no button says so.
ASKED = re.compile(
    r"(?:price |pricing )?(?:on|upon) request|custom (?:price|pricing)|(?:preise? )?auf anfrage"
    r"|(?:prix )?sur (?:devis|demande)|(?:precio )?a consultar|(?:prezzo )?su (?:richiesta|preventivo)"
    r"|(?:prijs )?op aanvraag|(?:pris )?på förfrågan|(?:cena )?na (?:zapytanie|dotaz)|(?:preço )?sob consulta"
    r"|(?:цена )?по запросу|(?:ціна )?за запитом|要見積|要相談",
    re.I,
)
FREE = re.compile(
    r"(?:free(?:[ /]{1,3}forever)?|kostenlos|gratis|gratuit|gratuito|grátis|ilmainen|za darmo|bezpłatnie|zdarma"
    r"|ingyenes|ücretsiz|бесплатно|безкоштовно|無料|免费|무료|\$0)[.!]?",
    re.I,
)


class Price(NamedTuple):
    amount: float
    currency: str
    period: str | None
    unit: str | None
    starting: bool  # "from"
    start: int
    end: int


def prices(text: str, countries: list[str]) -> list[Price]:
    """Of one line; a currency whose sign several have is the country's."""
    found: list[Price] = []
    for match in islice(_PRICE.finditer(text[:500]), MOST):
        sign = match["before"] or match["after"]
        amount = number(match["first"] or match["second"])
        currency = _SIGNS.get(sign) or (sign if sign in _CODES else _local(sign, countries))
        if not currency:
            continue
        before = text[max(match.start() - 30, 0) : match.start()]
        behind = text[match.end() : match.end() + 60]
        nearest = _PRICE.search(behind)
        behind = behind[: nearest.start()] if nearest else behind
        leading = _LEADING.search(before) if not before.isascii() else None
        told = (leading and leading["period"]) or before.rstrip(" :：").rpartition(" ")[2].lower()
        often = period(behind) or (None if found else _WORDS.get(told))
        each = unit(behind) or (_UNITS[leading["unit"]] if leading and leading["unit"] else None)
        starting = bool(_FROM.search(before)) or bool(match["more"]) or bool(_AFTER_FROM.match(behind))
        start = match.start() - (len(leading[0]) if leading else 0)
        low = _RANGE.search(before) if match["second"] else None
        if low is not None and number(low["low"]) < amount:
            amount, starting, start = number(low["low"]), True, match.start() - len(before) + low.start("low")
        found.append(Price(amount, currency, often, each, starting, start, match.end()))
    return found


def unit(text: str) -> str | None:
    found = _UNIT.search(text[:60])
    return _UNITS.get(found["unit"].lower(), found["unit"].lower()) if found else None


def period(text: str) -> str | None:
    """The first period that the words after a price name."""
    found = _PER.search(text[:60])
    if found is None:
        return None
    word = (found["period"] or found["cjk"]).lower()
    return _WORDS.get(word)


def names_period(text: str) -> bool:
    return text.lower() in _WORDS


def number(written: str) -> float:
    """1.234,50 and 1,234.50 alike; three digits after the only mark are thousands."""
    if written[-1] in "kK":
        return number(written[:-1]) * 1000
    plain = re.sub(r"['’ \u00a0\u202f]", "", written)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0 or len(plain) - last - 1 == 3:
        return float(re.sub(r"[.,]", "", plain))
    return float(f"{re.sub(r'[.,]', '', plain[:last])}.{plain[last + 1 :]}")


def _local(sign: str, countries: list[str]) -> str:
    return _BY_COUNTRY[sign].get(countries[0], _ELSE[sign]) if countries else _ELSE[sign]
