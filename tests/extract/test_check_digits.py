"""Numbers that the rules' own documents print as examples, and the same with one digit changed."""

import pytest

from shared.extract.check_digits import REGISTERS, VAT, isin, luhn

VALID = {
    "AT": "U13585627", "BE": "0403170701", "BG": "175074752", "CHE": "107787577", "CY": "10259033P", "CZ": "25123891",
    "DE": "136695976", "DK": "13585628", "EE": "100931558", "EL": "094259216", "ES": "A13585625", "FI": "20774740",
    "FR": "40303265045", "GB": "980780684", "HR": "33392005961", "HU": "12892312", "IE": "6433435F", "IT": "00743110157",
    "LT": "119511515", "LU": "15027442", "LV": "40003521600", "MT": "11679112", "NL": "004495445B01", "NO": "995525828",
    "PL": "8567346215", "PT": "501964843", "RO": "18547290", "SE": "123456789701", "SI": "50223054", "SK": "2022749619",
}  # fmt: skip
REGISTERED = {
    "abn": "51824753556", "acn": "004085616", "cnpj": "16727230000197", "inn": "1234567894", "ogrn": "1022200525819",
    "kr": "1358199943", "siren": "552008443", "lei": "213800KUD8LAJWSQ9D15", "regon": "192598184", "fi": "20774740",
    "jp": "5835678256246", "uscc": "91110000600037341L", "gstin": "27AAPFU0939F1ZV", "tw": "00501503", "be": "428759497",
    "nzbn": "9429000106078", "ie": "6433435F", "ar": "20055361682", "pe": "20512333797", "cl": "760864285",
    "co": "2131234321",
}  # fmt: skip
MORE = {
    "IE": ["6433435OA", "8D79739I"], "LT": ["100001919017"], "ES": ["54362315K", "X2482300W", "M1234567L", "J99216582"],
    "LV": ["16117519997"], "GB": ["242338087388"], "BG": ["7523169263"], "NL": ["000099998B57"],
}  # fmt: skip


def changed(number: str) -> str:
    """Another digit in the middle; of none of the rules a number that is as right."""
    place = next(place for place in range(len(number) // 2, len(number)) if number[place].isdigit())
    return f"{number[:place]}{(int(number[place]) + 1) % 10}{number[place + 1 :]}"


@pytest.mark.parametrize(("country", "number"), VALID.items())
def test_a_vat_number_is_right_and_with_another_digit_is_not(country: str, number: str) -> None:
    assert VAT[country](number)
    assert not VAT[country](changed(number))


@pytest.mark.parametrize(("register", "number"), REGISTERED.items())
def test_a_register_number_is_right_and_with_another_digit_is_not(register: str, number: str) -> None:
    assert REGISTERS[register](number)
    assert not REGISTERS[register](changed(number))


@pytest.mark.parametrize(("country", "number"), [(country, one) for country, all_ in MORE.items() for one in all_])
def test_the_rarer_shapes_of_a_vat_number_are_right(country: str, number: str) -> None:
    assert VAT[country](number)


def test_no_german_number_begins_with_0() -> None:
    assert not VAT["DE"]("012345679")  # whose check digit is right


def test_nothing_else_is_right_or_raises() -> None:
    for rule in sorted({*VAT.values(), *REGISTERS.values()} - {luhn}, key=lambda rule: rule.__name__):
        for text in ("", "0", "A", "١٢٣٤٥٦٧٨٩", "²" * 9, "²²552008443", "²" * 13, "ΩΩ" * 9, "1" * 400):
            assert rule(text) is False, (rule.__name__, text)


@pytest.mark.parametrize("number", ["US0378331005", "AU0000XVGZA3"])
def test_a_securitys_number_is_right_and_with_another_digit_is_not(number: str) -> None:
    assert isin(number)
    assert not isin(changed(number))
    assert not isin(number.lower()) and not isin(number[:-1])
