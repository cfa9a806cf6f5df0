"""Each misbehaviour of a server, and the outcome that it must have."""

import tracemalloc

import pytest

from shared.models import Page
from shared.reading import read, read_once
from shared.web.client import Client
from shared.web.site import Site
from tests.hostile.server import BEHAVIOURS, hostile, tls_without_goodbye
from tests.web.conftest import Authority, settings

SHORT = {"connect_seconds": 1.0, "idle_seconds": 0.5, "page_seconds": 2.0}  # for what ends by time
LONG = dict.fromkeys(SHORT, 60.0)
MEMORY_BYTES = 40_000_000

READ, CUT = ("read", None, False), ("read", None, True)  # outcome, code, truncated
TABLE = {
    "good": READ,
    "continue_100": READ,
    "silent": ("failed", "timeout", False),
    "slow_header": ("failed", "timeout", False),
    "dripping_body": ("failed", "timeout", False),
    "endless_interim": ("failed", "timeout", False),
    "stalled_body": ("failed", "timeout", False),
    "endless_body": ("failed", "too_large", False),
    "bomb_gzip": ("failed", "too_large", False),
    "bomb_br": ("failed", "too_large", False),
    "bomb_zstd": ("failed", "too_large", False),
    "header_of_1_mb": ("failed", "http_error", False),
    "cookies_10_000": ("failed", "http_error", False),
    "page_of_5_mb": READ,
    "page_above_5_mb": ("failed", "too_large", False),
    "million_nested_tags": READ,
    "links_100_000": READ,
    "length_too_long": CUT,
    "length_too_short": READ,
    "two_lengths": ("failed", "http_error", False),
    "early_close": CUT,
    "closed_at_once": ("failed", "unreachable", False),
    "reset_at_once": ("failed", "unreachable", False),
    "bad_chunking": CUT,
    "bad_chunking_from_the_start": ("failed", "http_error", False),
    "bad_charset": ("failed", "http_error", False),  # for the NUL in it
    "odd_charset": READ,
    "bad_gzip": ("failed", "http_error", False),
    "http_0_9": ("failed", "http_error", False),
    "another_protocol": ("failed", "http_error", False),
    "null_in_header": ("failed", "http_error", False),
    "redirect_loop": ("failed", "too_many_redirects", False),
    "redirect_to_private": ("failed", "address_not_allowed", False),
    "redirect_to_file": ("failed", "invalid_address", False),
    "redirect_elsewhere": READ,
    "refresh_to_private": ("failed", "address_not_allowed", False),
    "refresh_loop": ("failed", "too_many_redirects", False),
    "captcha": ("blocked", "blocked", False),
    "too_many_for_an_hour": ("failed", "http_error", False),
    "not_found": ("failed", "http_error", False),
}
HELPERS = {"home", "sitemap_of_50_000", "redirect_loop_back", "redirect_back_to_refresh", "robots_of_html", "robots_500", "robots_endless"}  # fmt: skip


async def here(_: str) -> list[str]:
    return ["127.0.0.1"]


def said(page: Page) -> tuple[str, str | None, bool]:
    return page.outcome.value, page.code, page.truncated


def test_every_behaviour_has_its_outcome() -> None:
    assert set(TABLE) | HELPERS == set(BEHAVIOURS)


@pytest.mark.parametrize("name", TABLE)
async def test_a_page_that_misbehaves_has_the_outcome_it_must_have_and_spoils_no_other(name: str) -> None:
    async with (
        hostile(host="127.0.0.3") as other,
        hostile(elsewhere=f"http://127.0.0.3:{other.port}/good") as server,
        Client(settings(**SHORT if "timeout" in TABLE[name] else LONG)) as client,
    ):
        site = Site(client, client.settings)
        page = (await read_once(site, f"http://127.0.0.1:{server.port}/{name}", "about")).page
        assert said(page) == TABLE[name], page.reason
        assert "10.0.0.1" not in (page.reason or "")
        assert page.outcome != "read" or "hello@hollin-tools.com" in [fact.value for fact in page.facts]
        assert said((await read_once(site, f"http://127.0.0.1:{server.port}/good", "about")).page) == READ


@pytest.mark.parametrize("name", ["bomb_gzip", "bomb_br", "bomb_zstd", "endless_body"])
async def test_what_has_no_end_takes_no_memory(name: str) -> None:
    async with hostile() as server, Client(settings(**LONG)) as client:
        tracemalloc.start()
        await read_once(Site(client, client.settings), f"http://127.0.0.1:{server.port}/{name}", "about")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < MEMORY_BYTES


async def test_a_page_that_leads_to_another_host_is_not_followed_from_a_known_site() -> None:
    async with hostile(host="127.0.0.3") as other, hostile(elsewhere=f"http://127.0.0.3:{other.port}/good") as server:
        async with Client(settings(**LONG)) as client:
            base = f"http://127.0.0.1:{server.port}/"
            site = Site(client, client.settings, home=base)
            assert said((await read(site, f"{base}redirect_elsewhere", "about")).page) == ("failed", "off_site", False)
        assert other.asked == []


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("robots_of_html", READ),
        ("robots_500", ("forbidden", "robots_disallowed", False)),
        ("robots_endless", READ),
        ("captcha", READ),
        ("bomb_gzip", READ),
        ("redirect_loop", READ),
        ("early_close", READ),
        ("silent", ("failed", "timeout", False)),
        ("slow_header", ("failed", "timeout", False)),
        ("redirect_to_private", ("failed", "address_not_allowed", False)),
        ("bad_gzip", ("failed", "http_error", False)),
        ("closed_at_once", ("failed", "unreachable", False)),
    ],
)
async def test_a_robots_txt_that_misbehaves_lets_a_page_be_read_or_not(
    robots: str, expected: tuple[str, str | None, bool]
) -> None:
    limits = SHORT if "timeout" in expected else LONG
    async with hostile({"/robots.txt": robots}) as server, Client(settings(**limits)) as client:
        page = (await read_once(Site(client, client.settings), f"http://127.0.0.1:{server.port}/good", "about")).page
    assert said(page) == expected, page.reason
    assert ("/good" in server.asked) is (expected == READ)


@pytest.mark.parametrize(
    ("days", "name", "expected"),
    [
        ((-10, 5), "good", READ),
        ((-10, 5), "early_close", CUT),
        ((-10, 5), "length_too_long", CUT),
        ((-10, 5), "http_0_9", ("failed", "http_error", False)),
        ((-10, 5), "reset_at_once", ("failed", "unreachable", False)),
        ((-10, -1), "good", ("failed", "tls_failed", False)),
    ],
)
async def test_tls_that_ends_or_has_expired_is_told_apart(
    days: tuple[int, int], name: str, expected: tuple[str, str | None, bool], authority: Authority
) -> None:
    tls = authority.server("shop.example.com", days)
    async with hostile(tls=tls) as server, Client(settings(**LONG), resolve=here, trust=authority.trust()) as client:
        page = (
            await read_once(Site(client, client.settings), f"https://shop.example.com:{server.port}/{name}", "about")
        ).page
    assert said(page) == expected, page.reason
    assert "expired" in (page.reason or "") or days[1] > 0


async def test_tls_without_its_goodbye_is_a_body_that_ends(authority: Authority) -> None:
    trust = authority.trust()
    async with (
        tls_without_goodbye(authority.server("shop.example.com")) as port,
        Client(settings(**LONG), resolve=here, trust=trust) as client,
    ):
        page = (await read_once(Site(client, client.settings), f"https://shop.example.com:{port}/", "about")).page
    assert said(page) == READ, page.reason
