"""Countries' names in English and in their own languages."""

import re

from shared.extract.names import compact

_NAMES = """
US united states|united states of america|usa|u s a
GB united kingdom|uk|great britain|england|scotland|wales|northern ireland
IE ireland|éire|republic of ireland;DE germany|deutschland|allemagne;AT austria|österreich
CH switzerland|schweiz|suisse|svizzera
FR france;BE belgium|belgië|belgique|belgien;NL netherlands|the netherlands|nederland|holland|niederlande
LU luxembourg|luxemburg
ES spain|españa|espagne;PT portugal;IT italy|italia|italien;SE sweden|sverige;NO norway|norge;DK denmark|danmark
FI finland|suomi
IS iceland|ísland;PL poland|polska|polen;CZ czech republic|czechia|česká republika|česko;SK slovakia|slovensko
HU hungary|magyarország
RO romania|românia;BG bulgaria|българия;GR greece|ελλάδα;HR croatia|hrvatska;SI slovenia|slovenija;RS serbia|srbija
EE estonia|eesti
LV latvia|latvija;LT lithuania|lietuva;UA ukraine|україна;RU russia|россия|russian federation;TR turkey|türkiye
IL israel|ישראל
AE united arab emirates|uae;SA saudi arabia;EG egypt;ZA south africa;NG nigeria;KE kenya;MA morocco|maroc
IN india|भारत;PK pakistan
BD bangladesh;LK sri lanka;CN china|中国|people s republic of china|pr china;HK hong kong|香港;TW taiwan|台灣|台湾
JP japan|日本;KR korea|south korea|republic of korea|대한민국|한국
SG singapore;MY malaysia;TH thailand;VN vietnam|viet nam|việt nam;ID indonesia;PH philippines;AU australia
NZ new zealand
CA canada;MX mexico|méxico;BR brazil|brasil;AR argentina;CL chile;CO colombia;PE peru|perú;UY uruguay;CY cyprus
MT malta;LI liechtenstein;BA bosnia and herzegovina|bosna i hercegovina;ME montenegro|crna gora;MK north macedonia
AL albania;BY belarus|беларусь;KZ kazakhstan|казахстан;QA qatar;KW kuwait;OM oman;BH bahrain;LB lebanon
TN tunisia|tunisie;DZ algeria|algérie;GH ghana;CM cameroon|cameroun;CI côte d ivoire|ivory coast;SN senegal|sénégal
EC ecuador;CR costa rica;PA panama|panamá|república de panamá;VE venezuela;BO bolivia;PY paraguay;NP nepal
DO dominican republic|república dominicana;GT guatemala;KH cambodia;MM myanmar;UZ uzbekistan;AM armenia;AZ azerbaijan
"""
_BY_NAME = {
    compact(name): row[:2] for row in re.split(r"[;\n]", _NAMES.strip()) for name in (row[:2], *row[3:].split("|"))
}
# Names by which a text tells from where it speaks.
TELLING = {
    "US": "united states|usa", "GB": "united kingdom|england|scotland|wales", "DE": "germany|deutschland",
    "AT": "austria|österreich", "CH": "switzerland|schweiz|suisse", "FR": "france", "NL": "netherlands|nederland",
    "BE": "belgium|belgië|belgique", "IT": "italy|italia", "ES": "spain|españa", "IE": "ireland",
    "SE": "sweden|sverige", "IN": "india", "CA": "canada", "AU": "australia", "JP": "japan", "CN": "china|中国",
    "KR": "korea", "BR": "brazil|brasil", "PL": "poland|polska", "CZ": "czech republic|česká republika",
    "TW": "taiwan|台灣", "SG": "singapore", "PH": "philippines", "DK": "denmark|danmark", "NO": "norway|norge",
    "FI": "finland|suomi", "PT": "portugal", "MX": "mexico|méxico", "ZA": "south africa", "NZ": "new zealand",
    "IL": "israel", "TR": "turkey|türkiye", "RU": "россия|russia", "AE": "united arab emirates|uae",
    "SA": "saudi arabia", "QA": "qatar", "EG": "egypt", "KE": "kenya", "NG": "nigeria", "GH": "ghana", "PK": "pakistan",
    "BD": "bangladesh", "LK": "sri lanka", "MY": "malaysia", "TH": "thailand", "VN": "vietnam|việt nam",
    "ID": "indonesia", "HK": "hong kong", "AR": "argentina", "CL": "chile", "CO": "colombia", "PE": "peru|perú",
    "GR": "greece|ελλάδα", "HU": "hungary|magyarország", "RO": "romania|românia", "BG": "bulgaria|българия",
    "HR": "croatia|hrvatska", "RS": "serbia|srbija", "SK": "slovakia|slovensko", "UA": "ukraine|україна",
}  # fmt: skip
_ALPHA3 = dict(
    pair.split(":")
    for pair in """USA:US GBR:GB IRL:IE DEU:DE AUT:AT CHE:CH FRA:FR BEL:BE NLD:NL LUX:LU ESP:ES PRT:PT ITA:IT SWE:SE
    NOR:NO DNK:DK FIN:FI POL:PL
    CZE:CZ SVK:SK HUN:HU ROU:RO BGR:BG GRC:GR TUR:TR IND:IN CHN:CN JPN:JP KOR:KR SGP:SG AUS:AU NZL:NZ CAN:CA MEX:MX
    BRA:BR ZAF:ZA ISR:IL""".split()
)


def country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a code or name, None where it is neither."""
    text = text.strip()
    if re.fullmatch(r"[A-Za-z]{2}", text):
        return {"UK": "GB", "EN": None}.get(text.upper(), text.upper())
    return _ALPHA3.get(text.upper()) or _BY_NAME.get(compact(text))


def named(text: str) -> str | None:
    """ISO 3166-1 alpha-2 of a country's name; two letters are none, but for UK, US and the like with dots."""
    text = text.strip()
    if len(text) < 2 or len(text) > 40 or (len(text) == 2 and text not in ("UK", "US")):
        return None
    bare = compact(text)
    return _ALPHA3.get(text) or (_BY_NAME.get(bare) if len(bare) > 2 or bare in ("uk", "us") else None)
