"""The table of functions, as Terraform reads it, and what wakes each."""

import json
from functools import cache
from pathlib import Path
from typing import Any

API = "api"  # the one that is called by HTTP
PURGE = "purge"  # not a function: the cloud's database expires documents itself
BACKLOG = 2048  # connections that wait to be accepted


@cache
def table(folder: Path) -> dict[str, dict[str, Any]]:
    """functions.json of that folder: function to its row."""
    rows: dict[str, dict[str, Any]] = json.loads((folder / "functions.json").read_text())
    return rows


def subscribers(folder: Path, topic: str) -> list[str]:
    return [name for name, row in table(folder).items() if row["trigger"] == "topic" and row["topic"] == topic]


def queue_function(folder: Path, queue: str) -> str | None:
    """The function that the queue calls."""
    return next((n for n, row in table(folder).items() if row["trigger"] == "tasks" and row["queue"] == queue), None)


@cache
def triggers(folder: Path) -> dict[str, str]:
    """Function to the pattern of the documents whose creation wakes it."""
    return {name: row["document"] for name, row in table(folder).items() if row["trigger"] == "firestore"}
