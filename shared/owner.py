"""Who holds a lease: this process."""

import os
import secrets
from functools import cache


@cache
def owner() -> str:
    """Unique to this process; FIRMOGRAPH_OWNER sets it, so that who started the process can void its leases."""
    return os.environ.get("FIRMOGRAPH_OWNER") or secrets.token_hex(8)
