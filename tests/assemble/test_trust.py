"""A confidence means the same in every field."""

import pytest

from functions.assemble.trust import CEILING, DOUBT, trusted

FIELDS = [*DOUBT, *CEILING, "social"]


@pytest.mark.parametrize("field", FIELDS)
def test_more_agreement_is_never_less_confidence(field: str) -> None:
    shown = [trusted(field, agreed / 100, registry=False) for agreed in range(101)]
    assert shown == sorted(shown) and shown[0] >= 0 and shown[-1] <= 1


def test_however_many_pages_agree_a_technology_stays_below_what_is_sure() -> None:
    assert trusted("technology", 0.99, registry=False) == CEILING["technology"] < 0.9


def test_a_person_named_on_a_card_is_surer_than_the_card_claims() -> None:
    assert trusted("person", 0.8, registry=False) == 0.94


def test_what_a_register_says_is_as_sure_as_it_claims() -> None:
    assert trusted("identity.legal_name", 0.97, registry=True) == 0.97
