"""How a commit recognises itself after its answer was lost: one document that it writes carries its id."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.ports import Create, Delete, Guard, Increment, Put, Update, Write

STAMP = "_commit"  # the field; no reader sees it, no writer may name it
RECEIPTS = "_commits"
RECEIPT_KEPT = timedelta(days=1)


def stamped(writes: Sequence[Write], commit_id: str, now: datetime) -> tuple[str | None, list[Write]]:
    """The writes, and the path of the one that carries the stamp; None where happening twice does no harm.

    A document that the commit creates carries it best: nobody else has had a reason to write there yet. Others may
    write over the stamp of a document that they share. A Put or Update bears that: its condition keeps it from
    happening twice, and without one it may. An Increment or a Delete does not, and gets a receipt.
    """
    carriers = [write.path for write in writes if isinstance(write, Create)]
    if not carriers and not any(isinstance(write, Increment) for write in writes):
        carriers = [write.path for write in writes if isinstance(write, Put | Update)]
    if carriers:
        return carriers[0], [_marked(write, commit_id) if write.path == carriers[0] else write for write in writes]
    if all(isinstance(write, Guard) for write in writes):
        return None, list(writes)
    if all(isinstance(write, Delete) and write.if_version is None for write in writes):
        return None, list(writes)
    receipt = Create(f"{RECEIPTS}/{commit_id}", {STAMP: commit_id, "expires_at": now + RECEIPT_KEPT})
    return receipt.path, [*writes, receipt]


def _marked(write: Write, commit_id: str) -> Write:
    assert isinstance(write, Create | Put | Update)
    return replace(write, fields={**write.fields, STAMP: commit_id})
