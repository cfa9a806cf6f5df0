"""robots.txt of one origin: fetched and read as RFC 9309 says."""

from dataclasses import dataclass
from urllib.parse import urljoin

from shared.web.address import FetchError
from shared.web.client import Client
from shared.web.robots_rules import Rules
from shared.web.urls import normalise

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5
MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
MAX_SITEMAPS = 50


@dataclass(slots=True)
class Robots:
    token: str
    status: int | None = None  # None: no answer, and `error` says why
    error: FetchError | None = None
    rules: Rules | None = None  # None: nothing is forbidden, if the file was reachable at all
    url: str = ""
    body: bytes = b""  # of the file, where there is one

    @classmethod
    def read(cls, token: str, url: str, status: int, body: bytes) -> "Robots":
        rules = Rules(body, token) if 200 <= status < 300 else None
        return cls(token, status, rules=rules, url=url, body=body if rules else b"")

    @property
    def reachable(self) -> bool:
        """False where the server failed (5xx, 429, no answer): then everything is forbidden until it answers."""
        if self.status is None:
            return self.error is not None and self.error.code == "too_many_redirects"
        return self.status < 500 and self.status != 429

    def allows(self, url: str) -> bool:
        return self.reachable and (self.rules is None or self.rules.allows(url))

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests."""
        return (self.rules.delay or None) if self.rules else None

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
    body = answer.body
    if len(body) == MAX_BYTES:
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]  # half of a rule would forbid more than it says
    return Robots.read(robots.token, answer.url, answer.status, body)
