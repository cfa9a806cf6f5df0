"""Dates as news pages print them, to ISO 8601."""

import pytest

from shared.extract.dates import printed

SPELLINGS = {
    "en": ["June 24, 2024", "24 June 2024", "Monday, 24th of June 2024", "Jun. 24, 2024", "24-Jun-2024", "24-Jun-24"],
    "de": ["24. Juni 2024", "Montag, 24. Jun. 2024", "24.06.2024", "24. 6. 2024"],
    "de-AT": ["24. Juni 2024"],
    "fr": ["24 juin 2024", "lundi 24 juin 2024", "24/06/2024"],
    "es": ["24 de junio de 2024", "24 jun 2024", "24 de junio del 2024"],
    "ca": ["24 de juny de 2024"],
    "it": ["24 giugno 2024", "24 giu 2024"],
    "pt": ["24 de junho de 2024", "24 jun. 2024"],
    "nl": ["24 juni 2024", "24-06-2024"],
    "sv": ["24 juni 2024", "den 24 jun 2024", "2024-06-24"],
    "da": ["24. juni 2024"],
    "nb": ["24. juni 2024"],
    "is": ["24. júní 2024"],
    "fi": ["24. kesäkuuta 2024", "24.6.2024"],
    "et": ["24. juuni 2024"],
    "lv": ["2024. gada 24. jūnijā", "24. jūnijs 2024"],
    "lt": ["2024 m. birželio 24 d.", "2024 birželio 24"],
    "pl": ["24 czerwca 2024", "24 czerwca 2024 r.", "24 cze 2024"],
    "cs": ["24. června 2024"],
    "sk": ["24. júna 2024"],
    "sl": ["24. junija 2024", "24. junij 2024"],
    "hr": ["24. lipnja 2024."],
    "sr": ["24. jun 2024.", "24. јун 2024."],
    "hu": ["2024. június 24.", "2024. jún. 24.", "2024.06.24."],
    "ro": ["24 iunie 2024"],
    "bg": ["24 юни 2024 г."],
    "el": ["24 Ιουνίου 2024", "24 ΙΟΥΝΙΟΥ 2024", "24 Μαΐου 2024"],
    "tr": ["24 Haziran 2024", "24 Haz 2024"],
    "ru": ["24 июня 2024 г.", "24 июн 2024"],
    "uk": ["24 червня 2024"],
    "he": ["24 ביוני 2024"],
    "ar": ["24 يونيو 2024", "٢٤ يونيو ٢٠٢٤"],
    "id": ["24 Juni 2024"],
    "vi": ["24 tháng 6, 2024", "Ngày 24 tháng 6 năm 2024"],
    "ja": ["2024年6月24日", "2024年06月24日（月）", "2024/06/24", "2024.6.24"],
    "zh": ["2024年6月24日", "2024-06-24"],
    "ko": ["2024년 6월 24일", "2024. 6. 24."],
}
MAY = "24 Μαΐου 2024"


@pytest.mark.parametrize("language", SPELLINGS)
def test_a_language_s_spellings_of_a_date_are_read(language: str) -> None:
    for text in SPELLINGS[language]:
        date = printed(f"| {text} |", language=language)
        assert date is not None, text
        assert date.iso == ("2024-05-24" if text == MAY else "2024-06-24"), text


@pytest.mark.parametrize(
    ("language", "month"), [("pl", "2024-11-05"), ("hr", "2024-10-05"), ("cs", None), ("", "2024-11-05")]
)
def test_a_month_s_name_is_read_in_the_page_s_language(language: str, month: str | None) -> None:
    date = printed("5. listopada 2024", language=language)
    assert date is not None
    assert date.iso == (month or "2024-11-05")


def test_a_month_alone_is_told_as_exactly_as_it_is() -> None:
    date = printed("Press release, March 2023")
    assert date is not None
    assert date.iso == "2023-03"


@pytest.mark.parametrize(
    ("text", "american", "iso"),
    [("06/07/2024", True, "2024-06-07"), ("06/07/2024", False, "2024-07-06"), ("06/24/2024", False, "2024-06-24"),
     ("24/06/2024", True, "2024-06-24"), ("06.07.2024", True, "2024-07-06")],
)  # fmt: skip
def test_a_number_that_can_be_no_month_is_the_day(text: str, american: bool, iso: str) -> None:
    date = printed(text, month_first=american)
    assert date is not None
    assert date.iso == iso


@pytest.mark.parametrize(
    "text",
    ["Room 2024", "+49 30 2024 1234", "© 2024", "since 2019", "the 3 best of 2024", "32.01.2024",
     "Order 24.06.20241", "1724.06.2024.1", "5 Smarch 2024", "24-Xyz-24", "A4-24-Jun-24", "24 June 1789"],
)  # fmt: skip
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert printed(text) is None
