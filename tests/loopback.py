"""A client of servers on loopback: without proxies, and without the certificates of authorities, which take httpx longer
to load than most tests take for the rest."""

from typing import Any

import httpx

from tests import patience

# Of a product that meets loopback alone; what imports aiohttp loads the authorities twice.
NO_AUTHORITIES = {"SSL_CERT_FILE": "/dev/null"}


def client(**options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=False, timeout=patience.SECONDS, **options)
