"""What the platform sends to a function, and the function's application called with it in process, over ASGI."""

import asyncio
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from shared.embedded.queue import Message

# What a header takes as it is; the rest is percent-encoded (CloudEvents HTTP binding, 3.1.3.2).
PLAIN = "".join(map(chr, range(0x20, 0x7F))).replace("%", "").replace('"', "")
SPECIAL = re.compile(f"[^{re.escape(PLAIN)}]")


def headers(message: Message) -> Iterator[tuple[str, str]]:
    """The headers of an unwrapped Pub/Sub push with metadata, of Eventarc, Cloud Tasks or Cloud Scheduler."""
    match message.kind:
        case "topic":
            yield from message.attributes.items()
            yield "x-goog-pubsub-subscription-name", f"projects/local/subscriptions/{message.target}"
            yield "x-goog-pubsub-message-id", str(message.id)
            yield "x-goog-pubsub-publish-time", stamp(message.published)
            yield "x-goog-pubsub-delivery-attempt", str(message.failures + 1)
            yield "user-agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"
        case "trigger":
            yield from message.attributes.items()
            yield "user-agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"
        case "task":
            yield "content-type", "application/json"
            yield "x-cloudtasks-queuename", message.attributes["queue"]
            yield "x-cloudtasks-taskname", str(message.id)
            yield "x-cloudtasks-taskretrycount", str(message.failures)
            yield "x-cloudtasks-taskexecutioncount", str(message.failures)
            yield "x-cloudtasks-tasketa", f"{message.ready:.6f}"
            yield "user-agent", "Google-Cloud-Tasks"
        case "schedule":
            yield "x-cloudscheduler", "true"
            yield "x-cloudscheduler-jobname", message.target
            yield "x-cloudscheduler-scheduletime", stamp(message.ready)
            yield "user-agent", "Google-Cloud-Scheduler"
    yield "function-execution-id", secrets.token_hex(6)
    yield "host", f"{message.target}.localhost"
    yield "content-length", str(len(message.data))


def encoded(value: str) -> bytes:
    return (quote(value, safe=PLAIN) if SPECIAL.search(value) else value).encode()


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


async def post(app: Any, message: Message) -> int:
    """The status that the function's application answers."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.encode(), encoded(value)) for name, value in headers(message)],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
    body = [{"type": "http.request", "body": message.data, "more_body": False}]
    status = 500

    async def receive() -> dict[str, Any]:
        if not body:
            await asyncio.Event().wait()  # the caller stays connected
        return body.pop()

    async def send(event: dict[str, Any]) -> None:
        nonlocal status
        if event["type"] == "http.response.start":
            status = event["status"]

    await app(scope, receive, send)
    return status
