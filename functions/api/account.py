"""What an account is, may do and has."""

import asyncio
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from functions.api.caller import Caller, Here
from shared import accounts
from shared.secrets import webhook_secret
from shared.settings import Tier

router = APIRouter(prefix="/api/v1", tags=["account"])


class KeyView(BaseModel):
    prefix: str = Field(description="The key's first characters", examples=["fg_3kP0sW1x"])
    created_at: datetime
    expires_at: datetime | None


class AccountView(BaseModel):
    id: str
    name: str
    tier: str = Field(examples=["pro"])
    limits: Tier
    open_jobs: int = Field(description="Now")
    webhook_secret: str = Field(
        description="Verifies webhooks, as Standard Webhooks says", examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]
    )
    keys: list[KeyView]
    created_at: datetime


@router.get("/account")
async def account(caller: Caller, on: Here) -> AccountView:
    """Tier, limits, open jobs, webhook secret and the keys' first characters."""
    open_jobs, keys = await asyncio.gather(
        on.documents.count("open_jobs_of_account", caller.id, True), accounts.keys(on, caller.id)
    )
    return AccountView(
        id=caller.id,
        name=caller.name,
        tier=caller.tier,
        limits=on.settings.tiers[caller.tier],
        open_jobs=open_jobs,
        webhook_secret=webhook_secret(on.settings, caller),
        keys=[KeyView(prefix=key.prefix, created_at=key.created_at, expires_at=key.expires_at) for key in keys],
        created_at=caller.created_at,
    )
