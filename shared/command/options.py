"""The command lines of what is done to a deployment."""

import argparse
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction["Parser"]

SIZES = ("small", "medium", "large")
PROJECT = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
REGION = re.compile(r"[a-z]+-[a-z]+[0-9]{1,2}")


class Parser(argparse.ArgumentParser):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{**options, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        said = "".join(c if c.isprintable() else " " for c in f"{self.prog}: {message}; --help shows how it is used")
        print(said, file=sys.stderr)
        sys.exit(2)


def project(text: str) -> str:
    if not PROJECT.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no project id (my-project-1234)")
    return text


def region(text: str) -> str:
    if not REGION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no region (europe-west1)")
    return text


def variable(text: str) -> str:
    if not re.match(r"[a-z_]+=", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    if text.startswith(("project=", "region=")):
        raise argparse.ArgumentTypeError(f"{text.partition('=')[0]} has an option of its own")
    return text


def days(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 36500):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days")
    return timedelta(days=int(text))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = Parser(prog="./deploy.sh")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _cloud(commands)
    world = Parser(add_help=False)
    place = world.add_mutually_exclusive_group()
    place.add_argument("--data", type=Path, default=Path(".firmograph"), metavar="DIR", help="state of a local one")
    place.add_argument("--project", type=project, metavar="P", help="Google Cloud project of a deployed one")
    world.add_argument("--database", default="(default)", metavar="NAME", help="with --project: its Firestore database")
    _user(commands, world)
    _erase(commands, world)
    _dead_letters(commands, world)
    return parser.parse_args(arguments)


def _cloud(commands: "Subparsers") -> None:
    cloud = commands.add_parser(
        "cloud",
        help="deploys to Google Cloud",
        description="Deploys to a Google Cloud project, or brings what is deployed there up to date. What is given with"
        " --var each time can stand in terraform/NAME.auto.tfvars instead.",
    )
    destroy = commands.add_parser("destroy", help="removes all of it, the data too")
    for command in (cloud, destroy):
        command.add_argument("project", type=project, metavar="PROJECT_ID")
        command.add_argument("--yes", action="store_true", help="don't ask")
        command.add_argument(
            "--var", dest="variables", type=variable, action="append", default=[], metavar="NAME=VALUE",
            help="a variable of terraform/variables.tf; may be given several times",
        )  # fmt: skip
    cloud.add_argument("--region", type=region, metavar="R", help="as before; at first us-central1")
    cloud.add_argument("--size", choices=SIZES, help="terraform/examples/SIZE.tfvars; as before; at first small")
    cloud.add_argument("--plan", action="store_true", help="show what would change, and change nothing")
    cloud.add_argument(
        "--smoke", default="https://www.iana.org", metavar="URL", help="the company that is read as a test"
    )


def _user(commands: "Subparsers", world: Parser) -> None:
    user = commands.add_parser("user", help="accounts and their keys")
    actions = user.add_subparsers(dest="action", required=True, metavar="create|list|key|tier|revoke")
    create = actions.add_parser("create", parents=[world], help="makes an account and prints its key, once")
    create.add_argument("name")
    create.add_argument("--tier", default="free", help="free, pro or enterprise, unless FIRMOGRAPH_TIERS says others")
    key = actions.add_parser("key", parents=[world], help="makes one more key and prints it, once")
    tier = actions.add_parser("tier", parents=[world], help="changes the account's tier")
    revoke = actions.add_parser("revoke", parents=[world], help="ends a key within a minute")
    for action in (key, tier, revoke):
        action.add_argument("account")
    for action in (create, key):
        action.add_argument("--expires", type=days, metavar="DAYS", help="the key's last day; without it: never")
    tier.add_argument("tier")
    revoke.add_argument("prefix", help="the first characters of the key, as list shows them")
    actions.add_parser("list", parents=[world], help="shows all accounts and their keys")


def _erase(commands: "Subparsers", world: Parser) -> None:
    erase = commands.add_parser("erase", help="removes what is stored, and keeps it out")
    actions = erase.add_subparsers(dest="action", required=True, metavar="company|person")
    company = actions.add_parser(
        "company", parents=[world], help="a company's profiles and pages; it is not read again"
    )
    company.add_argument("key", help="its web address")
    company.add_argument("--lift", action="store_true", help="let it be read again")
    person = actions.add_parser("person", parents=[world], help="a person, from every stored and later profile")
    person.add_argument("name", help="as the pages have it; titles don't count")
    person.add_argument("--company", metavar="KEY", help="in this company's profiles only")


def _dead_letters(commands: "Subparsers", world: Parser) -> None:
    letters = commands.add_parser("dead-letters", help="messages that were refused too often")
    actions = letters.add_subparsers(dest="action", required=True, metavar="list|replay|drop")
    actions.add_parser("list", parents=[world], help="shows them, oldest first")
    for name, what in (("replay", "has them delivered again"), ("drop", "deletes them")):
        action = actions.add_parser(name, parents=[world], help=what)
        action.add_argument("ids", nargs="*", metavar="ID")
        action.add_argument("--all", action="store_true", help="all that there are")
