"""The language of a page's text: its script, then the small words that one language alone uses often."""

import re
from collections import Counter
from collections.abc import Iterator

from shared.extract.page import ParsedPage
from shared.models import Fact

SCRIPT_SAMPLE = 12_000  # characters
SAMPLE_LINES = 60
SAMPLE = 3_000  # characters, of the longest lines first: sentences tell languages apart, menus hardly do
CLEAR = 1_000  # characters, which mostly tell
LEAST = 2.0  # words, each shared between its languages
SURE = 8.0  # below, a language that the page declares is believed as long as its words are there, too
_WORDS = {
    "en": "the and of to for with our you your is are we this that from by more about at all",
    "de": "und der die das für mit von ist wir sie nicht ein eine auf zu im den dem auch werden über uns",
    "fr": "le la les des et pour vous nous une est dans avec sur notre votre du au plus par ce",
    "es": "el la los las de y para con una por que es en su nuestra más del nuestro como se",
    "it": "il la di e per con una che è gli del della sono nostro più nei alla dei non i",
    "pt": "o a os as de e para com uma por que é em sua nossa mais do da não você",
    "nl": "de het een en van voor met is wij ons u op in zijn naar bij ook niet meer onze",
    "sv": "och att det som en för av med är på vi till den har inte om kan ett våra eller",
    "da": "og at det som en for af med er på vi til den har ikke om kan et vores eller",
    "no": "og å det som en for av med er på vi til den har ikke om kan et våre eller",
    "fi": "ja on ei se että tai sekä myös ovat kun voit meidän kanssa mukaan joka ole niin jos olemme sinun",
    "pl": "i w na z do jest się nie dla oraz to od przez o że jak po nas są które",
    "cs": "a v na se je s pro do o z to jsou které nebo jako pod jsme při vám naše",
    "sk": "a v na sa je s pre do o z to sú ktoré alebo ako pod sme pri vám naše",
    "hu": "a az és hogy egy nem is van meg vagy mint de ha csak ez már el még kell lehet",
    "ro": "și de în la cu pentru o din pe este sau care mai nu sunt să prin al ale noastre",
    "hr": "i u na je za se da od s su kao koji ili što o iz sve te nas po",
    "sl": "in v na je za se da od s so kot ki ali o iz vse ter pri po lahko",
    "tr": "ve bir bu için ile da de olarak daha en çok olan gibi her biz sizin veya kadar tüm ne",
    "lt": "ir yra į su kad iš tai ar už mūsų nuo kaip bei jūsų per arba apie visi",
    "lv": "un ir no ar uz par kas vai mūsu lai tiek kā arī jūsu pie tas bet",
    "et": "ja on ei et ka see või kui oma meie mis kes ning saab teie selle aga",
    "id": "dan yang di untuk dengan dari kami adalah ini dalam anda pada atau ke kita akan juga",
    "vi": "và của các cho là trong được với có một chúng tôi những khách hàng công ty sản phẩm",
}
# Those without words here, which a page seldom declares by mistake: Catalan is told as neither Spanish nor Italian.
_RARE = frozenset("ca eu gl ga cy is fo lb mt sq bs ms tl af sw az uz".split())
_NEAR = {"af": "nl", "bs": "hr", "gl": "pt", "ms": "id"}  # what they are easily taken for
PLAIN = 0.18  # of the words; a text in another language has fewer of one's small words
_NOW = {"nb": "no", "nn": "no", "iw": "he", "in": "id"}  # what is declared is told as one of these
_LANGUAGES_OF = {  # by word; a text, since counting needs the hash of each
    word: " ".join(code for code, words in _WORDS.items() if word in words.split())
    for word in " ".join(_WORDS.values()).split()
}
_SCRIPTS = {
    "ja": "\u3041-\u30fa", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "el": "\u0370-\u03ff", "he": "\u05d0-\u05ea",
    "ar": "\u0620-\u064a", "th": "\u0e00-\u0e7f", "ru": "\u0400-\u04ff",
}  # fmt: skip
_CHINESE = re.compile("[们这您为务电话联們]")  # what no Japanese text has
_SCRIPT = {language: re.compile(f"[{span}]") for language, span in _SCRIPTS.items()}


def languages(page: ParsedPage) -> Iterator[Fact]:
    """ISO 639-1."""
    text = "\n".join(sorted([line.text for line in page.lines], key=len, reverse=True)[:SAMPLE_LINES])[:SAMPLE]
    declared = page.lang.lower().replace("_", "-").partition("-")[0]
    declared = _NOW.get(declared, declared)
    clear = _clearly(text[:CLEAR], PLAIN if declared in _RARE else 0)
    if clear == _NEAR.get(declared):
        clear = None
    language = _by_script(page.text[:SCRIPT_SAMPLE], declared) or clear or _by_words(text, declared)
    if language is not None:
        yield page.fact("identity.language", language, how="text", quote=text.partition("\n")[0], confidence=0.9)
    elif len(declared) == 2 and declared.isalpha() and declared.isascii() and len(page.text) < 2000:
        yield page.fact("identity.language", declared, how="html", quote=page.lang, confidence=0.6)


def _by_script(text: str, declared: str) -> str | None:
    if text.isascii() or len(text.encode(errors="replace")) < 1.2 * len(text):
        return None  # mostly Latin
    letters = sum(map(str.isalpha, text))
    counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPT.items()}
    if counts["ja"] > 0.05 * letters and counts["ja"] + counts["zh"] > 0.3 * letters:
        return "ja"
    best = max(counts, key=lambda name: (counts[name], name))
    if counts[best] <= 0.3 * letters:
        return None
    if best == "zh" and declared == "ja" and not _CHINESE.search(text):  # a table of Chinese characters alone
        return declared
    return _cyrillic(text) if best == "ru" else best


def _scores(text: str) -> dict[str, float]:
    scores: dict[str, float] = {}
    for known, times in Counter(map(_LANGUAGES_OF.get, text.lower().split())).items():
        codes = known.split() if known else ()
        for code in codes:
            scores[code] = scores.get(code, 0.0) + times / len(codes)
    return scores


def _clearly(text: str, share: float) -> str | None:
    """The language that has most of the small words of a few sentences, and at least this share of all words."""
    scores = _scores(text)
    *_, second, best = 0.0, 0.0, *sorted(scores.values())
    if best < SURE or best < 2 * second or best < share * len(text.split()):
        return None
    return max(scores, key=lambda name: scores[name])


def _by_words(text: str, declared: str) -> str | None:
    scores = _scores(text)
    best = max(scores, key=lambda name: (scores[name], name), default="")
    if declared in _RARE and best != "en":
        return declared
    if not best or scores[best] < LEAST or list(scores.values()).count(scores[best]) > 1:
        return None
    return declared if scores[best] < SURE and declared in scores else best


def _cyrillic(text: str) -> str:
    lower = text.lower()
    ukrainian, bulgarian = sum(lower.count(c) for c in "іїєґ"), lower.count("ъ") - lower.count("ы") * 2
    if ukrainian > 5 and ukrainian > lower.count("ы"):
        return "uk"
    return "bg" if bulgarian > 10 and not lower.count("э") else "sr" if sum(map(lower.count, "ђћџљњ")) > 5 else "ru"
