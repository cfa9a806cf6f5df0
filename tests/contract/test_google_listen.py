"""Watches against what the emulator never says."""

from collections.abc import Callable

import grpc
import pytest

from shared.google.documents import FirestoreDocuments
from shared.ports import PlatformError
from shared.settings import Settings
from tests.contract.emulators import FIRESTORE, environment
from tests.emulators.listening import Answer, ScriptedListen, changed, consistent, counted, current, deleted, removed

Scripts = Callable[[str], list[list[Answer]]]


async def states(scripts: Scripts, count: int) -> tuple[list[int | None], list[bytes]]:
    """The field n of the first states that a watch tells (None: absent), and the tokens of its connections."""
    async with ScriptedListen(scripts).serving() as server:
        with environment(**{FIRESTORE: server.address}):
            documents = FirestoreDocuments(Settings(project="test"))
            watch = documents.watch("runs/a")
            try:
                seen = [await anext(watch) for _ in range(count)]
            finally:
                await watch.aclose()
                await documents.close()
    return [document.fields["n"] if document else None for document in seen], server.tokens


async def test_a_lost_stream_resumes_where_it_was() -> None:
    seen, tokens = await states(
        lambda name: [
            [changed(name, 1), current(b"1"), consistent(b"2"), grpc.StatusCode.UNAVAILABLE],
            [consistent(b"3"), changed(name, 2), consistent(b"4")],
        ],
        2,
    )
    assert (seen, tokens) == ([1, 2], [b"", b"2"])


async def test_a_change_that_came_before_the_stream_broke_is_told_after_resuming() -> None:
    """The token covers it, so the server does not send it again."""
    seen, tokens = await states(
        lambda name: [
            [changed(name, 1), current(b"1"), consistent(b"2"), changed(name, 2), current(b"3")],
            [consistent(b"4")],
        ],
        2,
    )
    assert (seen, tokens) == ([1, 2], [b"", b"3"])


async def test_an_unchanged_document_is_not_told_twice_over_a_reconnect() -> None:
    seen, _ = await states(
        lambda name: [
            [changed(name, 1), current(b""), consistent(b"")],
            [changed(name, 1), current(b""), consistent(b""), deleted(name), consistent(b"")],
        ],
        2,
    )
    assert seen == [1, None]


@pytest.mark.parametrize(
    "refusal", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, removed(), counted(0)]
)
async def test_a_token_that_does_not_hold_is_dropped(refusal: Answer) -> None:
    seen, tokens = await states(
        lambda name: [
            [changed(name, 1), current(b"1"), consistent(b"2")],
            [refusal],
            [changed(name, 2), current(b"3"), consistent(b"4")],
        ],
        2,
    )
    assert (seen, tokens) == ([1, 2], [b"", b"2", b""])


async def test_a_filter_that_agrees_changes_nothing() -> None:
    seen, tokens = await states(
        lambda name: [[changed(name, 1), counted(1), current(b"1"), consistent(b"2"), deleted(name), consistent(b"3")]],
        2,
    )
    assert (seen, tokens) == ([1, None], [b""])


@pytest.mark.parametrize(
    "refusal", [grpc.StatusCode.PERMISSION_DENIED, grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.NOT_FOUND]
)
async def test_a_watch_that_is_refused_fails(refusal: grpc.StatusCode) -> None:
    with pytest.raises(PlatformError):
        await states(lambda name: [[refusal]], 1)
