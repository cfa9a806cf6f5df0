"""A client of servers on loopback: without proxies, and without the certificates of authorities, which take httpx longer
to load than most tests take for the rest."""

from typing import Any

import httpx

from tests import patience


def client(**options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=False, timeout=patience.SECONDS, **options)
