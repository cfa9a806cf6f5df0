"""Prices as people print them in their own countries."""

import pytest

from shared.extract.prices import prices

PRINTED = [
    ("$19/mo", [], (19.0, "USD", "month", None, False)),
    ("$1,249.50 per user per month", [], (1249.5, "USD", "month", "user", False)),
    ("$19 per seat / year", ["CA"], (19.0, "CAD", "year", "seat", False)),
    ("A$29 per month", [], (29.0, "AUD", "month", None, False)),
    ("US$ 9.99 a month", ["SG"], (9.99, "USD", "month", None, False)),
    ("starting at £99 a month", [], (99.0, "GBP", "month", None, True)),
    ("from €1.290,00 per year", [], (1290.0, "EUR", "year", None, True)),
    ("ab 9,90 € mtl.", [], (9.9, "EUR", "month", None, True)),
    ("49,– € pro Monat", [], (49.0, "EUR", "month", None, False)),
    ("49 EUR / Monat pro Nutzer", [], (49.0, "EUR", "month", "user", False)),
    ("CHF 1’249.– pro Jahr", [], (1249.0, "CHF", "year", None, False)),
    ("Fr. 49.50 / Monat", [], (49.5, "CHF", "month", None, False)),
    ("à partir de 29 € par mois", [], (29.0, "EUR", "month", None, True)),
    ("1 290 € par an et par utilisateur", [], (1290.0, "EUR", "year", "user", False)),
    ("desde 19 € al mes", [], (19.0, "EUR", "month", None, True)),
    ("19,99 € al mese", [], (19.99, "EUR", "month", None, False)),
    ("vanaf € 12,50 per maand", [], (12.5, "EUR", "month", None, True)),
    ("€ 45,- per maand", [], (45.0, "EUR", "month", None, False)),
    ("R$ 89,90 por mês", [], (89.9, "BRL", "month", None, False)),
    ("MX$ 1,499 al mes", [], (1499.0, "MXN", "month", None, False)),
    ("199 kr/mån", ["SE"], (199.0, "SEK", "month", None, False)),
    ("1 199 kr per måned", ["NO"], (1199.0, "NOK", "month", None, False)),
    ("fra 99 kr. pr. måned", ["DK"], (99.0, "DKK", "month", None, True)),
    ("alkaen 29 €/kk", [], (29.0, "EUR", "month", None, True)),
    ("od 49 zł miesięcznie", [], (49.0, "PLN", "month", None, True)),
    ("49,99 zł/mies.", [], (49.99, "PLN", "month", None, False)),
    ("od 490 Kč měsíčně", [], (490.0, "CZK", "month", None, True)),
    ("4 990 Ft/hó", [], (4990.0, "HUF", "month", None, False)),
    ("99 lei / lună", [], (99.0, "RON", "month", None, False)),
    ("19 лв. на месец", [], (19.0, "BGN", "month", None, False)),
    ("149 TL aylık", [], (149.0, "TRY", "month", None, False)),
    ("₺149 / ay", [], (149.0, "TRY", "month", None, False)),
    ("от 990 ₽ в месяц", [], (990.0, "RUB", "month", None, True)),
    ("990 руб. в месяц", [], (990.0, "RUB", "month", None, False)),
    ("від 300 ₴ на місяць", [], (300.0, "UAH", "month", None, True)),
    ("₹1,00,000 per year", [], (100000.0, "INR", "year", None, False)),
    ("Rs. 2,499 per month", [], (2499.0, "INR", "month", None, False)),
    ("₪99 / month", [], (99.0, "ILS", "month", None, False)),
    ("月額 9,800円", [], (9800.0, "JPY", "month", None, False)),
    ("9,800円／月", [], (9800.0, "JPY", "month", None, False)),
    ("¥9,800/月", ["JP"], (9800.0, "JPY", "month", None, False)),
    ("¥98/月", ["CN"], (98.0, "CNY", "month", None, False)),
    ("98元/月", [], (98.0, "CNY", "month", None, False)),
    ("9,900원/월", [], (9900.0, "KRW", "month", None, False)),
    ("NT$ 299 / 月", [], (299.0, "TWD", "month", None, False)),
    ("R 199 per month", ["ZA"], (199.0, "ZAR", "month", None, False)),
    ("AED 99 per month", [], (99.0, "AED", "month", None, False)),
    ("Rp 99.000 per bulan", [], (99000.0, "IDR", "month", None, False)),
    ("₱499 per month", [], (499.0, "PHP", "month", None, False)),
    ("499.000 đ / tháng", [], (499000.0, "VND", "month", None, False)),
    ("29 € / mėn.", [], (29.0, "EUR", "month", None, False)),
    ("29 € mjesečno", [], (29.0, "EUR", "month", None, False)),
    ("29 € τον μήνα", [], (29.0, "EUR", "month", None, False)),
    ("990 ₽ на пользователя в месяц", [], (990.0, "RUB", "month", "user", False)),
    ("99 zł za użytkownika miesięcznie", [], (99.0, "PLN", "month", "user", False)),
    ("99 kr per användare och månad", ["SE"], (99.0, "SEK", "month", "user", False)),
    ("monatlich: 49 €", [], (49.0, "EUR", "month", None, False)),
    ("£25pm", [], (25.0, "GBP", "month", None, False)),
    ("£25 p.m.", [], (25.0, "GBP", "month", None, False)),
    ("£15 until 6 p.m.", [], (15.0, "GBP", None, None, False)),
    ("20 €/mt", [], (20.0, "EUR", None, None, False)),
    ("$2k / year", [], (2000.0, "USD", "year", None, False)),
    ("0.5 USD per GB", [], (0.5, "USD", None, "gb", False)),
    ("€499 one-time", [], (499.0, "EUR", "once", None, False)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "countries", "price"), PRINTED, ids=[text for text, _, _ in PRINTED])
def test_a_price_is_read_as_its_country_prints_it(
    text: str, countries: list[str], price: tuple[float, str, str | None, str | None, bool]
) -> None:
    assert [one[:5] for one in prices(text, countries)] == [price]


@pytest.mark.parametrize(
    "text",
    ["24/7", "100%", "+49 30 123456", "room 19", "1.249 users", "ISO 27001", "A $ sign", "Kr 1", "$", "EUR", "2024",
     "up to 50 GB", "USD/EUR", "$1x", "$5M", "€ 12 Mio", "£3bn", "R 199", "CHF-2000-series"],
)  # fmt: skip
def test_what_is_no_price_is_not_read_as_one(text: str) -> None:
    assert prices(text, []) == []
