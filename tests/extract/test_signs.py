import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.extract import contacts, legal_forms, postal
from shared.extract.signs import Sign, signs
from shared.extract.text import clean

ALPHABET = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-/&()[]{}<>@_äàüşÄÀÜŞ株式有限合同会社公司股份주"
)
PATTERNS: list[tuple[Sign, re.Pattern[str]]] = [
    ("legal form", re.compile(legal_forms._FORM_ENDS.small.pattern, re.I)),
    ("legal form", legal_forms._FORM_ENDS.as_is),
    ("legal form", legal_forms._CJK_LEGAL),
    ("postal code", postal._LETTERED),
    ("at", contacts._DISGUISED),
]


@pytest.mark.parametrize(
    ("sign", "pattern"), PATTERNS, ids=["western form", "form in capitals", "eastern form", "postal code", "at"]
)
def test_a_sign_stands_in_every_line_that_its_pattern_matches(sign: Sign, pattern: re.Pattern[str]) -> None:
    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(st.from_regex(pattern, alphabet=ALPHABET))
    def tried(written: str) -> None:
        text = clean(written)
        if pattern.search(text):
            assert signs().within(f"above\n{text}\nbelow").get(sign) == [1]

    tried()
