"""The public HTTP API."""

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.api.app import app


@functions_framework.aio.http
async def api(request: Request) -> Response:
    return app  # type: ignore[return-value]  # an ASGI application answers as a Response does
