"""Finding the home page: https, http, then www; reading starts at `/`."""

from collections.abc import Callable

from shared.models import Outcome
from shared.reading import Reading, read
from shared.web.site import Site

# The most telling of the candidates' failures is what the caller hears.
TELLING = (
    "robots_disallowed",
    "address_not_allowed",
    "not_html",
    "http_error",
    "too_many_redirects",
    "too_large",
    "tls_failed",
    "timeout",
    "unreachable",
    "dns_failed",
)
REACHED = ("robots_disallowed", "address_not_allowed", "not_html", "too_many_redirects", "too_large")


def candidates(company: str) -> list[str]:
    """Addresses to try. An unusual port seldom speaks TLS, so that plain http comes first there."""
    port = company.rpartition("]")[2].partition(":")[2]
    schemes = ("http", "https") if port else ("https", "http")
    hosts = [company]
    if not company.startswith("[") and not company.replace(".", "").replace(":", "").isdigit():
        hosts.append(f"www.{company}")
    return [f"{scheme}://{host}/" for host in hosts for scheme in schemes]


async def open_home(site: Site, company: str, warn: Callable[[str, str, str | None], None]) -> Reading:
    """The first candidate that answers, else the most telling failure."""
    failed: list[Reading] = []
    for url in candidates(company):
        reading = await read(site, url, "home")
        if reading.page.outcome is not Outcome.FAILED or reading.page.code in REACHED or reading.busy is not None:
            for earlier in failed:
                if earlier.page.code == "tls_failed":
                    warn("tls_failed", earlier.page.reason or "certificate", earlier.page.url)
            return reading
        failed.append(reading)
    return min(failed, key=lambda r: TELLING.index(r.page.code) if r.page.code in TELLING else len(TELLING))
