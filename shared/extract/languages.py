"""The language of a page's text: its script, then the small words that one language alone uses often."""

import re
from collections import Counter
from collections.abc import Iterator

from shared.extract.page import ParsedPage, words_of
from shared.models import Fact

SAMPLE = 12_000  # characters
LEAST_WORDS = 3
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
_LANGUAGES_OF: dict[str, list[str]] = {}
for _code, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_code)
_SCRIPTS = {
    "ja": "\u3041-\u30fa", "ko": "\uac00-\ud7a3", "zh": "\u4e00-\u9fff", "el": "\u0370-\u03ff", "he": "\u05d0-\u05ea",
    "ar": "\u0620-\u064a", "th": "\u0e00-\u0e7f", "ru": "\u0400-\u04ff",
}  # fmt: skip
_SCRIPT = {language: re.compile(f"[{span}]") for language, span in _SCRIPTS.items()}
_ANY_SCRIPT = re.compile(f"[{''.join(_SCRIPTS.values())}]")
_LETTERS = re.compile(r"[^\W\d_]+")


def languages(page: ParsedPage) -> Iterator[Fact]:
    """ISO 639-1."""
    language = _language(page)
    declared = re.split(r"[-_]", page.lang.lower())[0]
    if language is not None:
        quote = max((line.text for line in page.lines[:200]), key=len)
        yield page.fact("identity.language", language, how="text", quote=quote, confidence=0.9)
    elif len(declared) == 2 and declared.isalpha() and len(page.text) < 2000:
        yield page.fact("identity.language", declared, how="html", quote=page.lang, confidence=0.6)


def _language(page: ParsedPage) -> str | None:
    text = page.text[:SAMPLE]
    if _ANY_SCRIPT.search(text):
        letters = sum(map(str.isalpha, text))
        counts = {language: len(pattern.findall(text)) for language, pattern in _SCRIPT.items()}
        if counts["ja"] > 0.05 * letters and counts["ja"] + counts["zh"] > 0.3 * letters:
            return "ja"
        best = max(counts, key=lambda name: (counts[name], name))
        if counts[best] > 0.3 * letters:
            return _cyrillic(text) if best == "ru" else best
    words: Counter[str] = Counter()
    for word, times in (page.words if len(page.text) <= SAMPLE else words_of(text)).items():
        for part in (word,) if word.isalpha() else _LETTERS.findall(word):
            for language in _LANGUAGES_OF.get(part, ()):
                words[language] += times
    ranked = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:2]
    if not ranked or ranked[0][1] < LEAST_WORDS:
        return None
    return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > ranked[1][1] else None


def _cyrillic(text: str) -> str:
    lower = text.lower()
    ukrainian, bulgarian = sum(lower.count(c) for c in "іїєґ"), lower.count("ъ") - lower.count("ы") * 2
    if ukrainian > 5 and ukrainian > lower.count("ы"):
        return "uk"
    return "bg" if bulgarian > 10 and not lower.count("э") else "sr" if sum(map(lower.count, "ђћџљњ")) > 5 else "ru"
