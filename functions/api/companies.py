"""Stored profiles: public knowledge, whoever asked for them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from functions.api import problems
from functions.api.caller import Caller, Here
from functions.api.schemas import SectionNames
from functions.api.views import Json
from shared import companies
from shared.errors import Problem
from shared.orders import opted_out
from shared.profile import Profile, sections_of
from shared.web.address import is_opted_out
from shared.web.urls import company_key

router = APIRouter(prefix="/api/v1", tags=["companies"])
ASK = "POST /api/v1/scrape/company has it read."


@router.get("/companies/{domain}", response_model=Profile, responses=problems.responses(403, 404))
async def company(
    caller: Caller,
    on: Here,
    domain: Annotated[str, Path(max_length=2048, examples=["example.com"])],
    sections: Annotated[
        SectionNames, Query(description="Only these, with commas between or repeated", default_factory=list)
    ],
    version: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9-]{1,64}$", description="An earlier version than the current one")
    ] = None,
) -> Json:
    """The stored profile, however old; nothing is read anew."""
    key = company_key(domain)
    stored = await companies.get(on, key)
    if is_opted_out(key, on.settings) or (stored and stored.erased_at):
        raise opted_out(key)
    version = version or (stored.profile_version if stored else None)
    profile = await companies.profile(on, key, version) if version else None
    if profile is None:
        failed = f" The last reading failed: {stored.failure.reason.rstrip('.')}." if stored and stored.failure else ""
        raise Problem(404, "no_profile", f"No such profile of {key} is stored.{failed} {ASK}")
    return Json(sections_of(profile, sections))
