"""One attempt of one webhook: claims it in the delivery document, so that twins post nothing; signs, posts, records."""

import json
from typing import Any

import functions_framework.aio
from starlette.requests import Request
from starlette.responses import Response

from functions.deliver import attempt
from shared import log, outbox
from shared.wiring import platform


def asked(body: bytes) -> tuple[str, int] | None:
    """Delivery and attempt that the task names, or None for a task that is not ours."""
    try:
        task: Any = json.loads(body)
        delivery, number = task["delivery"], task["attempt"]
    except (ValueError, TypeError, KeyError):
        return None
    known = (
        isinstance(delivery, str) and delivery.startswith("msg_") and delivery[4:].isalnum() and isinstance(number, int)
    )
    return (delivery, number) if known else None


@functions_framework.aio.http
async def deliver(request: Request) -> Response:
    task = asked(await request.body())
    if task is None:
        log.warning("not a task of ours, dropped")
        return Response("dropped", 200)  # an error would only bring it again
    with log.bind(delivery=task[0], attempt=task[1]):
        claimed = await attempt.claim(platform(), *task)
        if claimed.mine is not None:
            recorded = await attempt.make(platform(), claimed.mine)
        else:
            recorded = claimed.successor
        if recorded is not None:
            await outbox.send(platform(), recorded)
    return Response("ok", 200)
