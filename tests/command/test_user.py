from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared import accounts
from shared.errors import Problem
from shared.wiring import Platform
from tests.command.running import called, command, refused
from tests.product import Product


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A folder with an account on it."""
    product = Product(tmp_path / "data")
    await product.new_account("before")
    return product.data


@pytest.fixture
async def platform(data: Path) -> AsyncIterator[Platform]:
    async with Product(data).platform() as platform:
        yield platform


async def test_a_created_account_has_a_key_that_is_shown_once(data: Path, platform: Platform) -> None:
    run = await command(data, "user", "create", "Ada & Söhne", "--tier", "pro")
    assert run.status == 0, run.err
    key = run.out.strip()
    account = await accounts.authenticate(platform, key)
    assert (account.name, account.tier) == ("Ada & Söhne", "pro")
    listed = await called(data, "user", "list")
    assert f"{account.id}  pro         Ada & Söhne\n    {key[:11]}…" in listed.out
    assert key not in listed.out


async def test_keys_come_expire_and_are_revoked(data: Path, platform: Platform) -> None:
    first = (await called(data, "user", "create", "a")).out.strip()
    account = await accounts.authenticate(platform, first)
    second = (await called(data, "user", "key", account.id, "--expires", "30")).out.strip()
    days = [(k.expires_at - k.created_at).days for k in await accounts.keys(platform, account.id) if k.expires_at]
    assert days in ([29], [30])
    assert (await called(data, "user", "revoke", account.id, first[:11])).status == 0
    async with Product(data).platform() as fresh:
        assert (await accounts.authenticate(fresh, second)).id == account.id
        with pytest.raises(Problem):
            await accounts.authenticate(fresh, first)


async def test_a_tier_can_be_changed(data: Path, platform: Platform) -> None:
    key = (await called(data, "user", "create", "a")).out.strip()
    account = await accounts.authenticate(platform, key)
    assert account.tier == "free"
    assert (await called(data, "user", "tier", account.id, "enterprise")).status == 0
    changed = await accounts.get(platform, account.id)
    assert changed and changed.tier == "enterprise"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create", "x", "--tier", "gold"), "'gold' is no tier; there are free"),
        (("create", ""), "1 to 200 printable"),
        (("create", "a\x1b[2J"), "printable"),
        (("key", "nobody"), "there is no account nobody"),
        (("tier", "nobody", "pro"), "there is no account nobody"),
        (("revoke", "nobody", "fg_12345678"), "has no key that begins with"),
        (("revoke", "nobody", "fg"), "first 11 characters"),
    ],
)
def test_what_can_not_be_done_is_said(data: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in refused(data, "user", *arguments)


async def test_what_is_refused_is_one_line_and_status_2(data: Path) -> None:
    run = await command(data, "user", "create", "a\x1b[2J")
    assert (run.status, run.out, run.err.count("\n")) == (2, "", 1), run.err
    assert "printable" in run.err and "\x1b" not in run.err
