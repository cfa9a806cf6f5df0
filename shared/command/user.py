"""`./deploy.sh user …`: accounts and their keys."""

import sys
from argparse import Namespace

from shared import accounts
from shared.command.world import world
from shared.embedded.local.stop import Stop
from shared.wiring import Platform


async def user(options: Namespace) -> int:
    async with world(options) as platform:
        try:
            await ACTIONS[options.action](platform, options)
        except (ValueError, LookupError) as error:
            raise Stop(str(error), 2) from None
    return 0


async def create(platform: Platform, options: Namespace) -> None:
    account = await accounts.create_account(platform, options.name, options.tier)
    print(f"account {account.id} ({account.tier})", file=sys.stderr)
    options.account = account.id
    await key(platform, options)


async def key(platform: Platform, options: Namespace) -> None:
    expires_at = platform.settings.now() + options.expires if options.expires else None
    text, _ = await accounts.create_key(platform, options.account, expires_at)
    print("The key, which nothing can show again:", file=sys.stderr)
    print(text)


async def tier(platform: Platform, options: Namespace) -> None:
    account = await accounts.set_tier(platform, options.account, options.tier)
    print(f"{account.id} is {account.tier}, everywhere within a minute")


async def revoke(platform: Platform, options: Namespace) -> None:
    if not await accounts.revoke(platform, options.account, options.prefix):
        raise LookupError(f"account {options.account} has no key that begins with {options.prefix}")
    print("revoked; it is refused everywhere within a minute")


async def show(platform: Platform, _: Namespace) -> None:
    for account in await accounts.accounts(platform):
        print(f"{account.id}  {account.tier:<10}  {account.name}")
        for one in await accounts.keys(platform, account.id):
            ends = f", until {one.expires_at:%Y-%m-%d}" if one.expires_at else ""
            print(f"    {one.prefix}…  of {one.created_at:%Y-%m-%d}{ends}")


ACTIONS = {"create": create, "list": show, "key": key, "tier": tier, "revoke": revoke}
