"""Around every request: a name for it, security headers, one log line, and an answer even where the code failed."""

import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api import problems
from shared import log
from shared.wiring import platform

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
CLIENT_GONE = 499  # in the log alone
TRACE = re.compile(r"00-([0-9a-f]{32})-.*|([0-9a-f]{32})(?:/.*)?")


class Guard:
    """ASGI middleware. HEAD is answered as GET is; servers leave the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, status, started = scope["method"], 0, time.monotonic()
        state = {"instance": uuid.uuid4().urn}
        scope = {**scope, "state": state, "route": None, "method": "GET" if method == "HEAD" else method}

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with log.bind(instance=state["instance"]):
            try:
                await self.app(scope, receive, guarded)
            except ClientDisconnect:
                status = status or CLIENT_GONE
            except Exception as error:
                log.error("request failed", error)
                if status:  # the answer had begun: cut it off rather than end it as if it were whole
                    raise
                await problems.of_exception(scope, error)(scope, receive, guarded)
            finally:
                log.info(
                    "request",
                    method=method,
                    route=getattr(scope["route"], "path", None),  # a path may hold anything, a key for instance
                    status=status,
                    milliseconds=round((time.monotonic() - started) * 1000),
                    **{name: state[name] for name in ("account", "job", "code") if name in state},
                    **trace(scope),
                )


def trace(scope: Scope) -> dict[str, str]:
    """The field by which Cloud Logging groups lines."""
    headers = Headers(scope=scope)
    found = TRACE.fullmatch(headers.get("traceparent") or headers.get("x-cloud-trace-context") or "")
    if not found:
        return {}
    return {"logging.googleapis.com/trace": f"projects/{platform().settings.project}/traces/{found[1] or found[2]}"}
