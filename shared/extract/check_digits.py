"""Check digits of VAT and register numbers: of the number without blanks, dots, dashes and prefix. The rules are
those of the European Commission's VIES and of the national registers, as python-stdnum documents them."""

import re
from collections.abc import Callable, Sequence


def _digits(text: str) -> list[int]:
    return [int(char) for char in text] if text.isascii() and text.isdigit() else []


def _weighted(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(text: str) -> bool:
    digits = _digits(text)
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return bool(digits) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def lei(text: str) -> bool:
    """ISO 17442: MOD 97-10 of ISO 7064."""
    if len(text) != 20 or not text.isascii() or not text.isalnum() or not "02" <= text[18:] <= "98":
        return False
    return int("".join(str(int(char, 36)) for char in text)) % 97 == 1


def isin(text: str) -> bool:
    """ISO 6166: a country, nine letters or digits, and Luhn's digit over all of it with A as 10."""
    if not re.fullmatch(r"[A-Z]{2}[A-Z0-9]{9}[0-9]", text):
        return False
    return luhn("".join(str(int(char, 36)) for char in text))


def _modulo_11(weights: Sequence[int]) -> Callable[[str], bool]:
    """The last digit is 11 less the weighted sum's rest; 11 is written 0, 10 is no digit."""

    def check(text: str) -> bool:
        digits = _digits(text)
        return len(digits) == len(weights) + 1 and (11 - _weighted(digits, weights) % 11) % 11 == digits[-1]

    return check


finnish = _modulo_11((7, 9, 10, 5, 8, 4, 2))
swiss = _modulo_11((5, 4, 3, 2, 7, 6, 5, 4))
norwegian = _modulo_11((3, 2, 7, 6, 5, 4, 3, 2))


def _mod_11_10(text: str) -> bool:
    """MOD 11, 10 of ISO 7064."""
    digits, product = _digits(text), 10
    for digit in digits[:-1]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return bool(digits) and (11 - product) % 10 == digits[-1]


def german(text: str) -> bool:
    return len(text) == 9 and text[0] != "0" and _mod_11_10(text)


def austrian(text: str) -> bool:
    digits = _digits(text.removeprefix("U"))
    if len(digits) != 8:
        return False
    total = sum(digit if place % 2 == 0 else digit * 2 // 10 + digit * 2 % 10 for place, digit in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == digits[7]


def belgian(text: str) -> bool:
    text = text.zfill(10)
    return len(text) == 10 and bool(_digits(text)) and 97 - int(text[:8]) % 97 == int(text[8:])


def dutch(text: str) -> bool:
    number, _, branch = text.partition("B")
    digits = _digits(number)
    if len(digits) != 9 or len(branch) != 2 or not _digits(branch):
        return False
    new = int("".join(str(int(char, 36)) for char in f"NL{text}")) % 97 == 1
    return new or _weighted(digits, range(9, 1, -1)) % 11 == digits[8]


def siren(text: str) -> bool:
    text = text.lstrip("AB")
    return len(text) == 9 and luhn(text)


def french(text: str) -> bool:
    if len(text) != 11 or not text.isascii() or not siren(text[2:]):
        return False
    return not _digits(text[:2]) or (12 + 3 * (int(text[2:]) % 97)) % 97 == int(text[:2])


def italian(text: str) -> bool:
    return len(text) == 11 and text != "0" * 11 and luhn(text)


def british(text: str) -> bool:
    digits = _digits(text)
    if len(digits) not in (9, 12):
        return False
    total = _weighted(digits[:7], range(8, 1, -1)) + digits[7] * 10 + digits[8]
    return total % 97 == 0 or (total + 55) % 97 == 0


def swedish(text: str) -> bool:
    return len(text) == 12 and luhn(text[:10])


def danish(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 8 and _weighted(digits, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def polish(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 10 and _weighted(digits, (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == digits[9]


def portuguese(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 9 and (11 - _weighted(digits, range(9, 1, -1)) % 11) % 11 % 10 == digits[8]


def czech(text: str) -> bool:
    digits = _digits(text)
    if len(digits) in (9, 10):  # of natural persons
        return True
    return len(digits) == 8 and (11 - _weighted(digits, range(8, 1, -1)) % 11) % 10 == digits[7]


def spanish(text: str) -> bool:
    if len(text) != 9 or not text.isascii() or not text[1:8].isdigit():
        return False
    if text[0] in "ABCDEFGHJNPQRSUVW":  # a company; some kinds write the check digit as a letter
        total = sum(_digits(text[2:7:2])) + sum(digit * 2 // 10 + digit * 2 % 10 for digit in _digits(text[1:8:2]))
        check = -total % 10
        return text[8] in (str(check), "JABCDEFGHI"[check])
    number = {"X": "0", "Y": "1", "Z": "2", "K": "0", "L": "0", "M": "0"}.get(text[0], text[0]) + text[1:8]
    return number.isdigit() and text[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23]


def bulgarian(text: str) -> bool:
    digits = _digits(text)
    if len(digits) == 10:  # of natural persons
        return True
    check = _weighted(digits[:8], range(1, 9)) % 11
    return len(digits) == 9 and (check if check < 10 else _weighted(digits, range(3, 11)) % 11 % 10) == digits[8]


def cypriot(text: str) -> bool:
    if len(text) != 9 or not (digits := _digits(text[:8])):
        return False
    return (
        chr(ord("A") + (sum((1, 0, 5, 7, 9, 13, 15, 17, 19, 21)[d] for d in digits[::2]) + sum(digits[1::2])) % 26)
        == text[8]
    )


def estonian(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 9 and _weighted(digits, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0


def greek(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 9 and _weighted(digits, [2**place for place in range(8, 0, -1)]) % 11 % 10 == digits[8]


def croatian(text: str) -> bool:
    return len(text) == 11 and _mod_11_10(text)


def hungarian(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 8 and _weighted(digits, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0


def irish(text: str) -> bool:
    if not re.fullmatch(r"\d{7}[A-W][A-IW]?|\d[A-Z+*]\d{5}[A-W]", text, re.A):
        return False
    number = text if text[1].isdigit() else f"0{text[2:7]}{text[0]}{text[7]}"  # until 2013
    letters = "WABCDEFGHIJKLMNOPQRSTUV"
    second = letters.index(number[8]) if len(number) == 9 else 0
    return letters[(_weighted(_digits(number[:7]), range(8, 1, -1)) + 9 * second) % 23] == number[7]


def lithuanian(text: str) -> bool:
    digits = _digits(text)
    if len(digits) not in (9, 12):
        return False
    first, second = ([(place + start) % 9 + 1 for place in range(len(digits) - 1)] for start in (0, 2))
    check = _weighted(digits, first) % 11
    return (check if check < 10 else _weighted(digits, second) % 11 % 10) == digits[-1]


def luxembourgish(text: str) -> bool:
    return len(text) == 8 and bool(_digits(text)) and int(text[:6]) % 89 == int(text[6:])


def latvian(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 11:
        return False
    return digits[0] <= 3 or _weighted(digits, (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)) % 11 == 3  # else a natural person's


def maltese(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 8 and _weighted(digits, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0


def romanian(text: str) -> bool:
    digits = _digits(text.zfill(10))
    return (
        2 <= len(text) <= 10 and _weighted(digits, (7, 5, 3, 2, 1, 7, 5, 3, 2)) * 10 % 11 % 10 == (digits or [-1])[-1]
    )


def slovenian(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 8 and digits[0] > 0 and -_weighted(digits, range(8, 1, -1)) % 11 % 10 == digits[7]


def slovak(text: str) -> bool:
    return len(text) == 10 and bool(_digits(text)) and int(text) % 11 == 0


def regon(text: str) -> bool:
    digits = _digits(text)
    nine = len(digits) in (9, 14) and _weighted(digits[:8], (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == digits[8]
    long = (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)
    return nine and (len(digits) == 9 or _weighted(digits[:13], long) % 11 % 10 == digits[13])


def acn(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 9 and -_weighted(digits, range(8, 0, -1)) % 10 == digits[8]


def nzbn(text: str) -> bool:
    """A Global Location Number of GS1."""
    digits = _digits(text)
    return len(digits) == 13 and _weighted(digits, (1, 3) * 6 + (1,)) % 10 == 0


def japanese(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 13 and 9 - _weighted(digits[:0:-1], (1, 2) * 6) % 9 == digits[0]


def chinese(text: str) -> bool:
    """The unified social credit code, GB 32100."""
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(text) != 18 or any(char not in signs for char in text):
        return False
    return signs[-sum(signs.index(char) * pow(3, place, 31) for place, char in enumerate(text[:17])) % 31] == text[17]


def taiwanese(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 8:
        return False
    products = [digit * weight for digit, weight in zip(digits, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)]
    total = sum(product // 10 + product % 10 for product in products)
    return total % 5 == 0 or (digits[6] == 7 and (total + 1) % 5 == 0)


def gstin(text: str) -> bool:
    """Luhn's rule in base 36."""
    if len(text) != 15 or not text.isascii() or not text.isalnum():
        return False
    values = [int(char, 36) * (1 + place % 2) for place, char in enumerate(reversed(text.upper()))]
    return sum(value // 36 + value % 36 for value in values) % 36 == 0


def abn(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 11:
        return False
    return (_weighted(digits, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def cnpj(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 14:
        return False
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    first = (11 - _weighted(digits, weights[1:]) % 11) % 11 % 10
    return first == digits[12] and (11 - _weighted(digits, weights) % 11) % 11 % 10 == digits[13]


def inn(text: str) -> bool:
    digits = _digits(text)
    weights = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(digits) == 10:
        return _weighted(digits[:9], weights[2:]) % 11 % 10 == digits[9]
    return len(digits) == 12 and _weighted(digits, weights) % 11 % 10 == digits[11]


def ogrn(text: str) -> bool:
    if len(text) not in (13, 15) or not _digits(text):
        return False
    return int(text[:-1]) % (11 if len(text) == 13 else 13) % 10 == int(text[-1])


def korean(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 10:
        return False
    total = _weighted(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


argentine = _modulo_11((5, 4, 3, 2, 7, 6, 5, 4, 3, 2))


def peruvian(text: str) -> bool:
    digits = _digits(text)
    return len(digits) == 11 and (11 - _weighted(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 10 == digits[-1]


def chilean(text: str) -> bool:
    digits = _digits(text[:-1])[::-1]
    return 7 <= len(digits) <= 8 and "0K987654321"[_weighted(digits, (2, 3, 4, 5, 6, 7, 2, 3)) % 11] == text[-1].upper()


def colombian(text: str) -> bool:
    digits = _digits(text)[::-1]
    rest = _weighted(digits[1:], (3, 7, 13, 17, 19, 23, 29, 37, 41)) % 11
    return len(digits) == 10 and (rest if rest < 2 else 11 - rest) == digits[0]


def company(text: str) -> bool:
    """Of the British register: up to eight digits; Scotland's noughts are often left out."""
    return 6 <= len(text) <= 8 and sum(map(str.isdigit, text)) >= (4 if text.startswith("SC") else 6)


# By country of a VAT number's prefix.
VAT: dict[str, Callable[[str], bool]] = {
    "AT": austrian, "BE": belgian, "BG": bulgarian, "CHE": swiss, "CY": cypriot, "CZ": czech, "DE": german,
    "DK": danish, "EE": estonian, "EL": greek, "GR": greek, "ES": spanish, "FI": finnish, "FR": french, "GB": british,
    "HR": croatian, "HU": hungarian, "IE": irish, "IT": italian, "LT": lithuanian, "LU": luxembourgish, "LV": latvian,
    "MT": maltese, "NL": dutch, "NO": norwegian, "PL": polish, "PT": portuguese, "RO": romanian, "SE": swedish,
    "SI": slovenian, "SK": slovak, "XI": british,
}  # fmt: skip
REGISTERS: dict[str, Callable[[str], bool]] = {
    "luhn": luhn, "lei": lei, "siren": siren, "dk": danish, "no": norwegian, "cz": czech, "abn": abn, "acn": acn,
    "cnpj": cnpj, "inn": inn, "ogrn": ogrn, "kr": korean, "che": swiss, "company": company, "be": belgian,
    "fi": finnish, "regon": regon, "nzbn": nzbn, "jp": japanese, "uscc": chinese, "tw": taiwanese, "gstin": gstin,
    "ie": irish, "ar": argentine, "pe": peruvian, "cl": chilean, "co": colombian,
}  # fmt: skip
