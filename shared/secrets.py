"""What derives from the master key: nothing of it is stored, and each use has a key of its own."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from standardwebhooks.webhooks import Webhook

from shared.models import JSON, Account
from shared.settings import Settings, SettingsError

MASTER_KEY_BYTES = 32  # at least


def derive(settings: Settings, use: str, *parts: str) -> bytes:
    """HMAC-SHA256(master key, use ‖ parts), 32 bytes. SettingsError where the master key is missing or too short."""
    try:
        master = bytes.fromhex(settings.webhook_master_key)
    except ValueError:
        master = b""
    if len(master) < MASTER_KEY_BYTES:
        raise SettingsError(f"FIRMOGRAPH_WEBHOOK_MASTER_KEY must be at least {MASTER_KEY_BYTES} bytes in hex")
    return hmac.digest(master, "\0".join((use, *parts)).encode(), "sha256")


def webhook_secret(settings: Settings, account: Account) -> str:
    """The account's secret as Standard Webhooks spells it: `whsec_` and the base64 of 32 bytes."""
    key = derive(settings, "webhook", account.id, str(account.secret_version))
    return f"whsec_{base64.b64encode(key).decode()}"


def sign(settings: Settings, account: Account, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of Standard Webhooks for one attempt."""
    at = at.astimezone(UTC)  # the library takes any time for UTC
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(webhook_secret(settings, account)).sign(webhook_id, at, body.decode()),
    }


def idempotent_job_id(settings: Settings, account_id: str, key: str) -> str:
    """The id of the job that this account's Idempotency-Key stands for; nobody else can guess it."""
    return derive(settings, "job", account_id, key).hex()[:32]


def fingerprint(body: dict[str, JSON]) -> str:
    """Tells whether two bodies say the same: the order of their fields does not count."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
