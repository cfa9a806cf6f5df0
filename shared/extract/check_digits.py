"""Check digits of VAT and register numbers: of the number without blanks, dots, dashes and prefix."""

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


def _modulo_11(weights: Sequence[int]) -> Callable[[str], bool]:
    """The last digit is 11 less the weighted sum's rest; 11 is written 0, 10 is no digit."""

    def check(text: str) -> bool:
        digits = _digits(text)
        return len(digits) == len(weights) + 1 and (11 - _weighted(digits, weights) % 11) % 11 == digits[-1]

    return check


finnish = _modulo_11((7, 9, 10, 5, 8, 4, 2))
swiss = _modulo_11((5, 4, 3, 2, 7, 6, 5, 4))
norwegian = _modulo_11((3, 2, 7, 6, 5, 4, 3, 2))


def german(text: str) -> bool:
    """MOD 11, 10 of ISO 7064."""
    digits = _digits(text)
    product = 10
    for digit in digits[:-1]:
        product = ((digit + product) % 10 or 10) * 2 % 11
    return len(digits) == 9 and digits[0] > 0 and (11 - product) % 10 == digits[-1]


def austrian(text: str) -> bool:
    digits = _digits(text.removeprefix("U"))
    if len(digits) != 8:
        return False
    total = sum(digit if place % 2 == 0 else digit * 2 // 10 + digit * 2 % 10 for place, digit in enumerate(digits[:7]))
    return (10 - (total + 4) % 10) % 10 == digits[7]


def belgian(text: str) -> bool:
    text = text.zfill(10)
    return len(text) == 10 and text.isdigit() and 97 - int(text[:8]) % 97 == int(text[8:])


def dutch(text: str) -> bool:
    number, _, branch = text.partition("B")
    digits = _digits(number)
    if len(digits) != 9 or not (len(branch) == 2 and branch.isdigit()):
        return False
    new = int("".join(str(int(char, 36)) for char in f"NL{text}")) % 97 == 1
    return new or _weighted(digits, range(9, 1, -1)) % 11 == digits[8]


def siren(text: str) -> bool:
    text = text.lstrip("AB")
    return len(text) == 9 and luhn(text)


def french(text: str) -> bool:
    if len(text) != 11 or not siren(text[2:]):
        return False
    return not text[:2].isdigit() or (12 + 3 * (int(text[2:]) % 97)) % 97 == int(text[:2])


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
    return len(text) == 9 and text[1:8].isdigit() and (text[0].isalpha() or text[8].isalpha())


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
    if len(text) not in (13, 15) or not text.isdigit():
        return False
    return int(text[:-1]) % (11 if len(text) == 13 else 13) % 10 == int(text[-1])


def korean(text: str) -> bool:
    digits = _digits(text)
    if len(digits) != 10:
        return False
    total = _weighted(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10 == digits[9]


def company(text: str) -> bool:
    """Of the British register: up to eight digits, of which few are noughts in a row."""
    return 6 <= len(text) <= 8 and sum(map(str.isdigit, text)) >= 6


# By country of a VAT number's prefix; of those that are missing only the shape is looked at.
VAT: dict[str, Callable[[str], bool]] = {
    "DE": german, "AT": austrian, "BE": belgian, "NL": dutch, "FR": french, "IT": italian, "GB": british, "XI": british,
    "SE": swedish, "DK": danish, "FI": finnish, "PL": polish, "PT": portuguese, "ES": spanish, "CZ": czech,
    "NO": norwegian, "CHE": swiss,
}  # fmt: skip
REGISTERS: dict[str, Callable[[str], bool]] = {
    "luhn": luhn, "lei": lei, "siren": siren, "dk": danish, "no": norwegian, "cz": czech, "abn": abn, "cnpj": cnpj,
    "inn": inn, "ogrn": ogrn, "kr": korean, "che": swiss, "company": company,
}  # fmt: skip
