"""robots.txt as RFC 9309 reads it, with Protego."""

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from protego import Protego

from shared.web.address import FetchError
from shared.web.client import Client
from shared.web.urls import normalise

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5
MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
MAX_SITEMAPS = 50

_AGENT = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*(\*|[a-z_-]*)", re.IGNORECASE)


@dataclass(slots=True)
class Robots:
    token: str
    status: int | None = None  # None: no answer, and `error` says why
    error: FetchError | None = None
    rules: Protego | None = None  # None: nothing is forbidden, if the file was reachable at all
    url: str = ""
    body: bytes = b""  # of the file, where there is one

    @classmethod
    def read(cls, token: str, url: str, status: int, body: bytes) -> "Robots":
        rules = parse(body, token) if 200 <= status < 300 else None
        return cls(token, status, rules=rules, url=url, body=body if rules else b"")

    @property
    def reachable(self) -> bool:
        """False where the server failed (5xx, 429, no answer): then everything is forbidden until it answers."""
        if self.status is None:
            return self.error is not None and self.error.code == "too_many_redirects"
        return self.status < 500 and self.status != 429

    def allows(self, url: str) -> bool:
        return self.reachable and (self.rules is None or self.rules.can_fetch(url, self.token))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests, by Crawl-delay or Request-rate, whichever asks for more."""
        if self.rules is None:
            return None
        rate = self.rules.request_rate(self.token)
        delays = [self.rules.crawl_delay(self.token) or 0, rate.seconds / rate.requests if rate else 0]
        return max(delays) or None

    @property
    def sitemaps(self) -> list[str]:
        """Absolute and once each."""
        listed = [normalise(link, self.url) for link in self.rules.sitemaps] if self.rules else []
        return list(dict.fromkeys(link for link in listed if link))[:MAX_SITEMAPS]


async def read_robots(client: Client, base_url: str) -> Robots:
    """The rules of `base_url`'s host for our token. Never raises FetchError: see `Robots.error`."""
    robots = Robots(client.settings.robots_token, url=urljoin(base_url, "/robots.txt"))
    try:
        answer = await client.get(
            robots.url, accept="text/plain,*/*;q=0.5", max_bytes=MAX_BYTES, truncate=True, redirects=MAX_REDIRECTS
        )
    except FetchError as error:
        robots.error = error
        return robots
    return Robots.read(robots.token, answer.url, answer.status, answer.body)


def parse(body: bytes, token: str) -> Protego | None:
    """The file's rules; None where it is a web page instead."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = body.decode("utf-16", "replace")
    else:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = body.decode("latin-1").removeprefix("\xef\xbb\xbf")
    if text.lstrip().startswith("<"):
        return None
    return Protego.parse("\n".join(_ours(line, token) for line in text.replace("\0", "").splitlines()))


def _ours(line: str, token: str) -> str:
    """A User-agent line reduced to whether it means us: Protego would take "Name/1.0" for another's name, and needs
    quadratic time for a file of thousands of names."""
    found = _AGENT.match(line)
    if not found:
        return line
    name = found[1].lower()
    return f"User-agent: {token if name == token.lower() else name if name == '*' else 'nobody-of-ours'}"
