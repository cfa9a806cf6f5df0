"""Who asks: the account of the request's API key."""

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared import accounts
from shared.models import Account
from shared.wiring import Platform, platform

bearer = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", bearerFormat="fg_…", description="An API key of the account."
)


async def here() -> Platform:
    return platform()


async def caller(
    request: Request,
    on: Annotated[Platform, Depends(here)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(bearer)],
) -> Account:
    account = await accounts.authenticate(on, credentials.credentials if credentials else None)
    request.state.account = account.id
    return account


Here = Annotated[Platform, Depends(here)]
Caller = Annotated[Account, Depends(caller)]
