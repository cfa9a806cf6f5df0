"""One JSON line an event on stderr, in the form that Cloud Logging reads: `log.info("fetched", url=url, bytes=n)`."""

import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

_bound: ContextVar[dict[str, Any]] = ContextVar("log_fields")


@contextmanager
def bind(**fields: Any) -> Iterator[None]:
    """Adds fields, such as run and stage, to every line of this context."""
    token = _bound.set({**_bound.get({}), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def _line(severity: str, message: str, fields: dict[str, Any]) -> None:
    line = {"severity": severity, "message": message, "time": datetime.now(UTC).isoformat(), **_bound.get({}), **fields}
    sys.stderr.write(json.dumps(line, default=str, ensure_ascii=False) + "\n")
    sys.stderr.flush()


def info(message: str, **fields: Any) -> None:
    _line("INFO", message, fields)


def warning(message: str, **fields: Any) -> None:
    _line("WARNING", message, fields)


def error(message: str, exception: BaseException | None = None, **fields: Any) -> None:
    if exception is not None:
        fields["exception"] = "".join(traceback.format_exception(exception))
    _line("ERROR", message, fields)
