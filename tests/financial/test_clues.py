from typing import Any

import pytest

from functions.financial.clues import clues
from functions.financial.names import agree
from functions.financial.places import place
from tests.desk import fact, page


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Hollin", "HOLLIN, INC."),
        ("Hollin Gauges Ltd.", "Hollin Gauges plc"),
        ("Jörg & Söhne AG", "JORG & SOHNE AG"),
        ("Weir & Co.", "WEIR & CO"),
        ("Macklow’s Companies, Inc.", "MACKLOWS COMPANIES INC"),
        ("Alder.com, Inc.", "ALDER COM INC"),
        ("WeirGauge", "Weir Gauge Corp"),
        ("The Alder Company", "ALDER CO /DE/"),
        ("Alder Fargo & Company", "ALDER FARGO & COMPANY/MN"),
        ("U.V. Steel", "UV Steel Corp"),
        ("Société Weir S.A.", "SOCIETE WEIR /FI/"),
        ("Hollin Gauges International", "Hollin Gauges Inc"),
        ("飛島計器株式会社", "飛島計器株式会社"),
    ],
)
def test_spellings_of_one_name_agree(ours: str, theirs: str) -> None:
    assert agree(ours, theirs, "elsewhere.example")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Hollin Widgets GmbH", "HOLLIN UNITED CORP"),
        ("Hollin", "HOLLINGER INC"),
        ("Weir", "WEIR APPAREL INC"),
        ("UWS", "UNITED WEIR SERVICE INC"),
        ("Alder", "Weir Alder Inc"),
        ("The Group", "HOLDINGS INC"),
        ("Search", "Letters Inc."),
        ("", ""),
        ("—", "…"),
        ("飛島計器", "Weir Inc"),
    ],
)
def test_names_of_others_do_not_agree(ours: str, theirs: str) -> None:
    assert not agree(ours, theirs, "elsewhere.example")


@pytest.mark.parametrize(("ours", "theirs"), [("Weir", "WEIR ELECTRONICS INC"), ("UWS", "UNITED WEIR SERVICE INC")])
def test_a_single_word_agrees_where_the_host_says_the_same(ours: str, theirs: str) -> None:
    assert agree(ours, theirs, f"shop.{ours.lower()}.example")
    assert not agree(ours, theirs, f"not-{ours.lower()}.example")


@pytest.mark.parametrize(
    "exchange",
    ["NASDAQ", "Nasdaq Global Select Market", "NasdaqGS", "The Nasdaq Stock Market", "NYSE", "New York Stock Exchange",
     "NYSE American", "NYSE Arca", "AMEX", "OTCQB", "OTC Markets", "XNAS", "Cboe BZX", "", None],
)  # fmt: skip
def test_symbols_of_american_exchanges_are_looked_up(exchange: str | None) -> None:
    assert clues("x.example", [page(fact("financial.ticker", {"exchange": exchange, "symbol": "hgi"}))]).symbols == (
        "HGI",
    )


@pytest.mark.parametrize(
    "exchange",
    ["TSE", "LSE", "Nasdaq Stockholm", "Nasdaq Copenhagen", "Nasdaq First North", "Nasdaq Baltic", "Nasdaq Dubai",
     "Euronext Paris", "Xetra", "ASX", "HKEX", "NSE", "BSE", "PSE", "TSX", "東証"],
)  # fmt: skip
def test_symbols_of_other_exchanges_are_not(exchange: str) -> None:
    facts = [fact("financial.ticker", {"exchange": exchange, "symbol": "HGI"})]
    assert clues("x.example", [page(*facts)]).symbols == ()


@pytest.mark.parametrize(
    ("printed", "known"),
    [("HGI.B", "HGI-B"), ("hgi/b", "HGI-B"), ("$HGI", "HGI"), ("HGI B", "HGI-B"), ("N/A", "N-A"), ("256A", "256A")],
)
def test_symbols_are_spelled_as_edgar_does(printed: str, known: str) -> None:
    assert clues("x.example", [page(fact("financial.ticker", {"symbol": printed}))]).symbols == (known,)


@pytest.mark.parametrize("printed", ["", "TOOLONGASYMBOL", "../x", "A&B", None, 5, ["HGI"]])
def test_what_is_no_symbol_is_not_looked_up(printed: Any) -> None:
    assert clues("x.example", [page(fact("financial.ticker", {"symbol": printed}))]).symbols == ()


@pytest.mark.parametrize("printed", ["9900123", "0009900123", "CIK0009900123", "CIK: 9900123", 9900123])
def test_a_printed_number_is_read(printed: Any) -> None:
    assert clues("x.example", [page(fact("financial.identifier", {"type": "CIK", "value": printed}))]).ciks == (
        9900123,
    )


@pytest.mark.parametrize("printed", ["0", "", "12345678901", "-5", "٣", None, {}, "99/00"])
def test_what_is_no_number_is_not_looked_up(printed: Any) -> None:
    assert clues("x.example", [page(fact("financial.identifier", {"type": "cik", "value": printed}))]).ciks == ()


@pytest.mark.parametrize("value", [None, "x", 5, [], {}, {"type": "vat", "value": "5"}, {"symbol": {}}])
def test_facts_of_the_wrong_shape_are_no_clues(value: Any) -> None:
    names = ("financial.identifier", "financial.ticker")
    found = clues("x.example", [page(*(fact(name, value) for name in names), fact("identity.name", 5))])
    assert (found.ciks, found.symbols, found.names) == ((), (), ())


def test_the_surest_clue_comes_first_and_each_once() -> None:
    facts = [fact("financial.ticker", {"symbol": s}, confidence=c) for s, c in (("B", 0.5), ("A", 0.9), ("b", 0.4))]
    assert clues("x.example:81", [page(*facts)]).symbols == ("A", "B")


def test_what_a_register_said_is_no_clue() -> None:
    said = page(
        fact("identity.name", "Hollin"), fact("financial.identifier", {"type": "cik", "value": "5"}), kind="registry"
    )
    found = clues("x.example", [said])
    assert (found.names, found.ciks) == ((), ())


@pytest.mark.parametrize(
    ("code", "description", "expected"),
    [
        ("CA", "CA", ("CA", "US")),
        ("DE", "DE", ("DE", "US")),
        ("P7", "Netherlands", (None, "NL")),
        ("2M", "Germany", (None, "DE")),
        ("A1", "British Columbia, Canada", ("British Columbia", "CA")),
        ("M5", "Korea, Republic of", (None, "KR")),
        ("X0", "United Kingdom", (None, "GB")),
        ("Z9", "Atlantis", (None, None)),
        ("", "", (None, None)),
    ],
)
def test_places_are_told_by_their_names(code: str, description: str, expected: tuple[str | None, str | None]) -> None:
    assert place(code, description) == expected
