"""How every call to Google is made: a timeout for each attempt, one for all of them, errors in the ports' words."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

import grpc
from grpc import StatusCode

from shared.ports import AlreadyExists, Contention, InvalidDocument, NotFound, PlatformError, Stale, Unavailable

T = TypeVar("T")
ATTEMPT_SECONDS = 4.0
TOTAL_SECONDS = 6.0  # a server that is dead or silent is reported after this
TRANSIENT = frozenset(
    {
        StatusCode.UNAVAILABLE,
        StatusCode.DEADLINE_EXCEEDED,
        StatusCode.ABORTED,
        StatusCode.INTERNAL,
        StatusCode.RESOURCE_EXHAUSTED,
        StatusCode.UNKNOWN,
        StatusCode.CANCELLED,
    }
)
MEANING: dict[StatusCode, type[PlatformError]] = {
    **dict.fromkeys(TRANSIENT, Unavailable),
    StatusCode.ABORTED: Contention,
    StatusCode.ALREADY_EXISTS: AlreadyExists,
    StatusCode.NOT_FOUND: NotFound,
    StatusCode.FAILED_PRECONDITION: Stale,
    StatusCode.INVALID_ARGUMENT: InvalidDocument,
}


def translated(error: grpc.aio.AioRpcError) -> PlatformError:
    return MEANING.get(error.code(), PlatformError)(f"{error.code().name}: {error.details()}")


def route(field: str, value: str) -> tuple[str, str]:
    """The header by which Google's front end finds a request's resource."""
    return "x-goog-request-params", f"{field}={quote(value)}"


class Attempts:
    """The pauses and time limits of one call, which may take `seconds` in all."""

    def __init__(self, seconds: float = TOTAL_SECONDS) -> None:
        self._clock = asyncio.get_running_loop().time
        self._begun, self._pause, self.seconds = self._clock(), 0.05, seconds

    @property
    def options(self) -> dict[str, Any]:
        """For the stub. It waits for the connection, so that a call goes on as soon as the server is back."""
        left = self._begun + self.seconds - self._clock()
        return {"timeout": max(0.5, min(ATTEMPT_SECONDS, left)), "wait_for_ready": True}

    async def another(self) -> bool:
        """Waits a moment; False, at once, where the time is up."""
        pause, self._pause = random.uniform(self._pause / 2, self._pause), min(self._pause * 2, 1.0)
        if self._clock() + pause > self._begun + self.seconds:
            return False
        await asyncio.sleep(pause)
        return True


async def repeat(attempt: Callable[[dict[str, Any]], Awaitable[T]], attempts: Attempts | None = None) -> T:
    """Makes a call that does no harm when it happens twice; `attempt` gets the options of its stub."""
    attempts = attempts or Attempts()
    while True:
        try:
            return await attempt(attempts.options)
        except grpc.aio.AioRpcError as error:
            if error.code() not in TRANSIENT or not await attempts.another():
                raise translated(error) from error
