"""What a plan may be called: neither a price, a period, an invitation nor what heads a list of prices."""

import re

from shared.extract.prices import FREE, names_period

MAX_NAME = 45
DEPOSIT = "kaucja|kaution|kauce|deposit|caution|caución|caparra|waarborg"
_NO_NAME = re.compile(
    r"[✓✔☑✅+•·]|\W{0,3}(?:(?:our|nos|unsere|nuestr[ao]s|i nostri|le nostre|onze|noss[ao]s|våra|våre|vores|nasze|naše"
    r"|наши|наші) )?(?:"
    r"sin|sans|ohne|senza|without|zonder|sem|elige|elija|escolha|choisissez|wählen?|scegli|kies|välj|vælg"
    r"|wybierz|vyberte|cen[ay]|pris(?:er)?|prix|precio|preços?|prezzo|prijs|cijen[ae]|cene|цен[аы]|ціна|hinta|fiyat|料金|価格"
    r"|pricing|prices?|preise?|preisliste|tarife?|tarifs|tarieven|tariff?s|precios|prezzi|prijzen|priser|prisliste"
    r"|cennik|ceník|cenník|cenovnik|cjenik|hinnasto|árlista|plans?|pläne|choose|bis|until"
    r"|(?:do|tot|až|jusqu'à|hasta|fino a|até) [\d ]{1,9}"
    rf"|{DEPOSIT}|most popular|popular|recommended|best value|(?:am )?beliebt\w*"
    r"|(?:le |el |o |il )?(?:plus|más|mais|più) (?:popul|popol|eleg|scelt|choisi|vendu)\w*|populai?r|meest gekozen"
    r"|mest (?:popul|vald|valgt)\w*|najpopularniejsz\w*|nejoblíben\w*|популярн\w*|en popüler|人気\w*"
    r"|empfohlen|starting|from|ab|per|(?-i:pro)|billed|monthly|yearly|annual\w*|monatlich|jährlich|save|sparen"
    r"|close(?!-)(?: (?:this|the|window|dialog|menu|popup))?\W*$|schließen|sluiten|fermer|chiudi|cerrar"
    r"|zamknij|inclu(?!sive)\w{1,6}|beinhaltet|zawiera"
    r"|obsahuje|everything|features?|ok|what[’']s|buy|get|send|start(?! ?$)"
    r"|sign up|try|order|bestellen|jetzt|was|war|statt|now|learn|read|mehr|more|and|or|up to|vat|excl|incl|zzgl"
    r"|inkl|faq|total|subtotal|cart|shipping|versand|for|"
    r"the best|all(?!-| access| inclusive| in one)|coming soon|new|sale|select|billing|contact|talk|request"
    r"|free trial|trial|price|preis"
    r"|no credit|(?:factur|fatur|fattur|faktur|gefactur|abgerechnet)\w*|rozliczan\w*"
    r"|poi|puis|dann|luego|después|daarna|then|sedan|potem|koop|kaufen|köpa?|køb|kjøp|acheter|comprar|acquista|kup|osta"
    r"|koupit|kúpiť|купить|купити|satın al|eenmalig|einmalig|una tantum"
    r"|no\. of|number of|anzahl|cancel|\d+)(?!\w)",
    re.I,
)
# A plan that is called by how often it is paid.
_OFTEN = re.compile(
    r"(?:monthly|annual|yearly|weekly|daily|lifetime|monats|jahres|wochen|tages)\W?"
    r"(?:membership|plan|pass|subscription|abo|abonnement|card|karte|ticket)s?",
    re.I,
)
_LABEL = re.compile(
    r"\b(?:prices?|fees?|costs?|rates?|limits?|line|preise?|gebühr(?:en)?|prix|precios?|prezz[io]|discount|rabatt|vs)\b",
    re.I,
)
_LASTS = re.compile(r"\d{1,3} ?(?:h|min|std)\.?\d{0,2}", re.I)
PRICED = re.compile(r"[$€£¥₹]\s?\d|\d\s?[$€£¥₹]")


def says_often(text: str) -> bool:
    return names_period(text) or bool(_OFTEN.fullmatch(text))


def is_name(text: str, most: int = MAX_NAME) -> bool:
    letters = 2 <= len(text) <= most and any(map(str.isalpha, text)) and text[-1] not in ".!?:,;"
    return (
        letters
        and not names_period(text)
        and not FREE.fullmatch(text)
        and not _LASTS.fullmatch(text)
        and not _NO_NAME.match(text)
        and not _LABEL.search(text)
        and not PRICED.search(text)
    )
