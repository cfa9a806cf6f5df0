"""A profile as a person sees it."""

import io

import pytest

from shared.embedded.local.show import Out, entries, rows, show_profile, words
from shared.profile import Profile


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain", "plain"),
        (1987, "1987"),
        ({"name": "Ada Example", "title": "Chair", "profile_url": "https://example.com/ada"}, "Ada Example, Chair"),
        ({"name": "Free", "price": 0.0, "currency": "EUR", "period": "month"}, "Free, 0 EUR a month"),
        (
            {"name": "Pro", "price": 29.5, "currency": "EUR", "period": "month", "unit": "user", "starting": True},
            "Pro, from 29.5 EUR per user a month",
        ),
        ({"name": "Big", "price": None, "starting": False, "on_request": True}, "Big, on request"),
        (
            {"amount": -1234567.0, "currency": "USD", "fiscal_period": "FY2024", "period_end": "2024-12-31"},
            "-1,234,567 USD, FY2024",
        ),
        ({"amount": 214, "currency": None}, "214"),
        ({"title": "News", "url": "https://example.com/n", "date": "2026-01-02T03:04:05+00:00"}, "News, 2026-01-02"),
        ({"url": "https://example.com/only"}, "https://example.com/only"),
    ],
)
def test_a_value_is_shown_in_few_words(value: object, shown: str) -> None:
    assert words(value) == shown


def test_a_value_is_found_by_its_json_pointer() -> None:
    assert list(entries("socials", {"a/b~c": "x"}, "/socials")) == [("socials: a/b~c", "x", "/socials/a~1b~0c")]


def test_what_a_site_says_can_not_steer_the_terminal() -> None:
    profile = Profile(domain="example.com", version="1", fetched_at="2026-01-02T03:04:05Z").model_dump(mode="json")
    evil = "\x1b[2J\x1b]0;title\x07[red]\u202e\r\nname"
    profile["identity"]["name"] = evil
    profile["people"] = [{"name": evil, "title": evil, "profile_url": None}]
    profile["socials"] = {evil: evil}
    profile["sources"] = {"/people/0": [{"url": f"https://example.com/{evil}"}]}
    profile["coverage"]["pages"] = [{"url": evil, "outcome": "failed"}]
    profile["warnings"] = [{"code": "empty", "detail": evil}]
    assert any("name" in value for _, value, _ in rows(profile))
    shown = io.StringIO()
    show_profile(Out(file=shown, width=200), profile)
    assert "[red]" in shown.getvalue()
    assert {c for c in shown.getvalue() if not c.isprintable()} == {"\n"}
