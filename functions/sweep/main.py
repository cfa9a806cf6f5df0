"""Every minute: finds what should have moved and did not. Overlap is harmless, and each error its own."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from functions.sweep.due import sweep_all
from shared import log
from shared.wiring import platform


@functions_framework.aio.http
async def sweep(request: Request) -> Response:
    swept = await sweep_all(platform())
    if any(swept.values()):
        log.info("swept", **swept)
    return JSONResponse(swept, 500 if swept["errors"] else 200)
