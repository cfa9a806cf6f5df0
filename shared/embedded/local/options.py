"""The command line of `./deploy.sh local`."""

import argparse
import ipaddress
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from shared.errors import Problem
from shared.web.urls import company_key

USAGE = """\
./deploy.sh local [--once] [--data DIR] [--workers N] [--allow-network CIDR]… [--json] [URL…]
       ./deploy.sh local --serve --port N --key-file FILE [--data DIR] [--workers N] [--allow-network CIDR]…"""


@dataclass(frozen=True)
class Options:
    urls: list[str]
    once: bool
    json: bool
    serve: bool
    port: int | None
    key_file: Path | None
    data: Path
    workers: int
    allow_networks: list[str]


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(clean(f"./deploy.sh local: {message}; --help shows how it is used"), file=sys.stderr)
        sys.exit(2)


def network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a network like 127.0.0.0/8") from None


@dataclass(frozen=True)
class Whole:
    """A whole number between two bounds, both included."""

    least: int
    most: int

    def __call__(self, text: str) -> int:
        if text.isascii() and text.isdigit() and self.least <= int(text) <= self.most:
            return int(text)
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from {self.least} to {self.most}")


def parse(arguments: list[str]) -> Options:
    parser = Parser(
        prog="./deploy.sh local",
        usage=USAGE,
        allow_abbrev=False,
        description="Firmograph on this machine, on one SQLite file. Without an address it reads the bundled sample "
        "company. Exit status: 0 all completed (partial ones too, with a warning), 1 one failed, 2 bad usage.",
    )
    parser.add_argument("urls", nargs="*", metavar="URL", help="web addresses of companies")
    parser.add_argument("--once", action="store_true", help="end after the sample's job instead of serving on")
    parser.add_argument("--json", action="store_true", help="print each profile as one line of JSON, and nothing else")
    parser.add_argument("--data", type=Path, default=Path(".firmograph"), metavar="DIR", help="where state is kept")
    parser.add_argument("--workers", type=Whole(1, 64), default=1, metavar="N", help="processes that work (1)")
    parser.add_argument(
        "--allow-network",
        dest="allow_networks",
        type=network,
        action="append",
        default=[],
        metavar="CIDR",
        help="a network that may be read though it is not public, on any port; may be given several times",
    )
    parser.add_argument("--serve", action="store_true", help="serve the API until interrupted")
    parser.add_argument("--port", type=Whole(1, 65535), metavar="N", help="with --serve: port of 127.0.0.1")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="with --serve: gets the first account's key")
    options = Options(**vars(parser.parse_intermixed_args(arguments)))
    if options.serve and (options.port is None or options.key_file is None):
        parser.error("--serve needs --port and --key-file")
    if options.serve and (options.urls or options.once or options.json):
        parser.error("--serve takes no address, no --once and no --json")
    if not options.serve and (options.port is not None or options.key_file is not None):
        parser.error("--port and --key-file go with --serve")
    return options


def invalid(urls: list[str]) -> list[str]:
    """A line for each address that can't be a company's."""
    lines = []
    for url in urls:
        try:
            company_key(url)
        except Problem as problem:
            lines.append(clean(f"{url}: {problem.code}: {problem.detail}"))
    return lines


def clean(said: object) -> str:
    """On one line, and without what could steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in str(said)).strip()
