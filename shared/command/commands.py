"""What each command runs."""

import asyncio
from argparse import Namespace
from collections.abc import Callable


def cloud(options: Namespace) -> int:
    from shared.command.cloud import deploy

    return deploy(options)


def destroy(options: Namespace) -> int:
    from shared.command.cloud import destroy

    return destroy(options)


def user(options: Namespace) -> int:
    from shared.command.user import user

    return asyncio.run(user(options))


def erase(options: Namespace) -> int:
    from shared.command.erase import erase

    return asyncio.run(erase(options))


def dead_letters(options: Namespace) -> int:
    from shared.command.dead_letters import dead_letters

    return asyncio.run(dead_letters(options))


COMMANDS: dict[str, Callable[[Namespace], int]] = {
    "cloud": cloud,
    "destroy": destroy,
    "user": user,
    "erase": erase,
    "dead-letters": dead_letters,
}
