"""Companies and their stored profiles: `companies/{key}` and `companies/{key}/profiles/{version}`."""

import zlib
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import from_json

from shared.models import Company
from shared.ports import MAX_DOCUMENT_BYTES, Document, Fields
from shared.profile import Profile
from shared.settings import Settings
from shared.wiring import Platform

# Codes of failures that are fresh for a while: asking again at once would not help.
REMEMBERED = frozenset({"blocked", "geo_blocked", "consent_required", "login_required", "parked", "placeholder"})


def path(key: str) -> str:
    return f"companies/{key}"


def profile_path(key: str, version: str) -> str:
    return f"{path(key)}/profiles/{version}"


def of(key: str, document: Document | None) -> Company:
    return Company.model_validate(document.fields) if document else Company(key=key)


async def get(platform: Platform, key: str) -> Company | None:
    document = await platform.documents.get(path(key))
    return of(key, document) if document else None


def profile_is_fresh(company: Company, settings: Settings, now: datetime, max_age: float | None) -> bool:
    """Whether the current profile may answer; `max_age` in seconds is the caller's own limit."""
    if company.profile_version is None or company.fetched_at is None:
        return False
    limit = settings.fresh_partial_seconds if company.partial else settings.fresh_seconds
    return now - company.fetched_at < timedelta(seconds=limit if max_age is None else min(limit, max_age))


def failure_is_fresh(company: Company, settings: Settings, now: datetime, max_age: float | None) -> bool:
    """Whether the last run's failure may answer."""
    if company.failure is None or company.failed_at is None:
        return False
    limit = settings.fresh_partial_seconds
    return now - company.failed_at < timedelta(seconds=limit if max_age is None else min(limit, max_age))


def pack(profile: Profile) -> bytes:
    """Compressed JSON that fits one document: the evidence beyond the first for each value goes first, then all."""
    for most in (10, 3, 1, 0):
        for pointer in list(profile.sources):
            profile.sources[pointer] = profile.sources[pointer][:most]
        packed = zlib.compress(profile.model_dump_json().encode(), 3)
        if len(packed) < MAX_DOCUMENT_BYTES - 2_000:
            return packed
    raise ValueError(f"the profile of {profile.domain} does not fit one document")


def profile_fields(profile: Profile, settings: Settings) -> Fields:
    return {
        "data": pack(profile),
        "fetched_at": profile.fetched_at,
        "expires_at": profile.fetched_at + timedelta(seconds=settings.profile_retention_seconds),
    }


async def profile(platform: Platform, key: str, version: str) -> dict[str, Any] | None:
    """The stored profile as JSON, with the shape of models.Profile; None where there is none (any more)."""
    document = await platform.documents.get(profile_path(key, version))
    if document is None or document.fields["expires_at"] < platform.settings.now():
        return None
    value: dict[str, Any] = from_json(zlib.decompress(document.fields["data"]))
    return value
