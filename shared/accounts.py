"""Accounts and their API keys: `accounts/{id}`, and `keys/{sha256}`, for of a key only its hash is stored."""

import base64
import hashlib
import re
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from shared.due import after
from shared.errors import Problem
from shared.models import Account, Key, fields
from shared.ports import AlreadyExists, Delete, Document, Documents, Transaction
from shared.secrets import derive
from shared.settings import Settings
from shared.wiring import Platform

KEY = re.compile(r"fg_[A-Za-z0-9_-]{43}")  # 32 bytes in base64url
PREFIX_LENGTH = 11  # of a key, to tell keys apart: 48 bits of 256
NAME_LENGTH = 200
REMEMBERED_SECONDS = 60.0  # how long an instance trusts a key without asking again
REMEMBERED_KEYS = 10_000  # an instance

ADVICE = "Send a valid API key: `Authorization: Bearer fg_…`. Keys expire and can be revoked."


def path(account_id: str) -> str:
    return f"accounts/{account_id}"


def key_path(text: str) -> str:
    return f"keys/{hashlib.sha256(text.encode()).hexdigest()}"


def of(document: Document) -> Account:
    return Account.model_validate(document.fields)


async def get(platform: Platform, account_id: str) -> Account | None:
    document = await platform.documents.get(path(account_id))
    return of(document) if document else None


async def accounts(platform: Platform) -> list[Account]:
    return [of(document) async for document in _all(platform, "accounts")]


async def create_account(platform: Platform, name: str, tier: str) -> Account:
    """Raises ValueError for a name or tier that cannot be."""
    account = _new_account(platform.settings, secrets.token_hex(8), name, tier)
    await platform.documents.create(path(account.id), fields(account))
    return account


async def set_tier(platform: Platform, account_id: str, tier: str) -> Account:
    """Known to every instance within REMEMBERED_SECONDS. LookupError where there is no such account."""
    _check_tier(platform.settings, tier)

    async def once(tx: Transaction) -> Account:
        account = await _account_in(tx, account_id)
        account.tier = tier
        tx.update(path(account_id), {"tier": tier})
        return account

    return await platform.documents.transaction(once)


# ------------------------------------------------------------------ keys


async def create_key(platform: Platform, account_id: str, expires_at: datetime | None = None) -> tuple[str, Key]:
    """The key's text, which nobody can show again, and what is stored of it. LookupError for an unknown account."""
    text = f"fg_{secrets.token_urlsafe(32)}"
    key = _new_key(platform.settings, account_id, text, expires_at)

    async def once(tx: Transaction) -> None:
        await _account_in(tx, account_id)
        tx.create(key_path(text), fields(key))

    await platform.documents.transaction(once)
    return text, key


async def keys(platform: Platform, account_id: str) -> list[Key]:
    found = [Key.model_validate(document.fields) async for document in _all(platform, "keys_of_account", account_id)]
    return sorted(found, key=lambda key: key.created_at)


async def revoke(platform: Platform, account_id: str, prefix: str) -> int:
    """Deletes the account's keys that begin so and says how many; other instances forget them within
    REMEMBERED_SECONDS."""
    if len(prefix) < PREFIX_LENGTH:
        raise ValueError(f"a key is named by its first {PREFIX_LENGTH} characters")
    doomed = [
        document.path
        async for document in _all(platform, "keys_of_account", account_id)
        if document.fields["prefix"] == prefix[:PREFIX_LENGTH]
    ]
    await platform.documents.commit([Delete(key) for key in doomed])
    for key in doomed:
        _remembered.get(platform.documents, {}).pop(key, None)
    return len(doomed)


async def first_account(platform: Platform, name: str = "local") -> str:
    """The key of the laptop's own account; makes both where they are missing. It derives from the master key, so
    that asking again gives the same one."""
    account = _new_account(platform.settings, name, name, "local")
    random = derive(platform.settings, "first key", name)
    text = f"fg_{base64.urlsafe_b64encode(random).rstrip(b'=').decode()}"
    key = _new_key(platform.settings, account.id, text, None)
    for document, content in ((path(account.id), fields(account)), (key_path(text), fields(key))):
        try:
            await platform.documents.create(document, content)
        except AlreadyExists:
            continue
    return text


# ------------------------------------------------------------------ authentication

_remembered: WeakKeyDictionary[Documents, dict[str, tuple[Account, Key, datetime]]] = WeakKeyDictionary()


async def authenticate(platform: Platform, bearer: str | None) -> Account:
    """The account of a key. Problem 401, the same for a missing, malformed, unknown and expired one."""
    now = platform.settings.now()
    account, key = await _look_up(platform, bearer or "", now)
    if account is None or key is None or (key.expires_at is not None and key.expires_at <= now):
        raise Problem(401, "unauthorized", ADVICE)
    return account


async def _look_up(platform: Platform, text: str, now: datetime) -> tuple[Account | None, Key | None]:
    if not KEY.fullmatch(text):
        return None, None
    remembered = _remembered.setdefault(platform.documents, {})
    name = key_path(text)
    account, key, until = remembered.get(name, (None, None, now))
    if account is not None and now < until:
        return account, key
    remembered.pop(name, None)
    document = await platform.documents.get(name)
    key = Key.model_validate(document.fields) if document else None
    account = await get(platform, key.account) if key else None
    if account is not None and key is not None:
        if len(remembered) >= REMEMBERED_KEYS:
            del remembered[next(iter(remembered))]  # the oldest
        remembered[name] = account, key, after(now, REMEMBERED_SECONDS)
    return account, key


# ------------------------------------------------------------------ parts


def _check_tier(settings: Settings, tier: str) -> None:
    if tier not in settings.tiers:
        raise ValueError(f"{tier!r} is no tier; there are {', '.join(settings.tiers)}")


def _new_account(settings: Settings, account_id: str, name: str, tier: str) -> Account:
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise ValueError(f"an account's name has 1 to {NAME_LENGTH} printable characters")
    _check_tier(settings, tier)
    return Account(id=account_id, name=name, tier=tier, created_at=settings.now())


def _new_key(settings: Settings, account_id: str, text: str, expires_at: datetime | None) -> Key:
    return Key(account=account_id, prefix=text[:PREFIX_LENGTH], created_at=settings.now(), expires_at=expires_at)


async def _account_in(tx: Transaction, account_id: str) -> Account:
    document = await tx.get(path(account_id))
    if document is None:
        raise LookupError(f"there is no account {account_id}")
    return of(document)


async def _all(platform: Platform, query: str, *values: Any) -> AsyncIterator[Document]:
    last: Document | None = None
    while batch := await platform.documents.query(query, *values, limit=100, after=last):
        for document in batch:
            yield document
        last = batch[-1]
