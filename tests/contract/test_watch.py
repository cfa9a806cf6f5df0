import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from shared.ports import Create, Delete, Documents, Unavailable
from tests import patience
from tests.contract.platforms import UnderTest


async def until(watch: AsyncIterator[object], value: int | None) -> None:
    """Reads on until the document's `n` is that."""
    async for document in watch:
        if (document.fields.get("n") if document else None) == value:  # type: ignore[attr-defined]
            return


async def test_a_watch_begins_with_what_is_there(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})
    async with aclosing(documents.watch("runs/a")) as watch:
        assert await anext(watch) == await documents.get("runs/a")


async def test_a_watch_of_nothing_begins_with_none(documents: Documents) -> None:
    async with aclosing(documents.watch("runs/a")) as watch:
        assert await anext(watch) is None


async def test_a_watch_tells_of_creation_change_deletion_and_the_next_creation(documents: Documents) -> None:
    async with aclosing(documents.watch("runs/a")) as watch:
        assert await anext(watch) is None
        await documents.create("runs/a", {"n": 1})
        created = await anext(watch)
        assert created == await documents.get("runs/a")
        await documents.increment("runs/a", n=1)
        changed = await anext(watch)
        assert changed and changed.fields == {"n": 2}
        await documents.commit([Delete("runs/a")])
        assert await anext(watch) is None
        await documents.create("runs/a", {"n": 2})
        again = await anext(watch)
        assert again and again.fields == {"n": 2} and again.version != changed.version


async def test_a_watch_tells_of_no_other_document(documents: Documents) -> None:
    async with aclosing(documents.watch("runs/a")) as watch:
        assert await anext(watch) is None
        await documents.put("runs/b", {"n": 1})
        await documents.put("runs/a/pages/a", {"n": 1})
        await documents.put("runs/a", {"n": 2})
        document = await anext(watch)
        assert document and document.fields == {"n": 2}


async def test_quick_changes_end_in_the_last(documents: Documents) -> None:
    async with aclosing(documents.watch("runs/a")) as watch:
        assert await anext(watch) is None
        await asyncio.gather(*(documents.increment("runs/a", n=1) for _ in range(50)))
        await until(watch, 50)


async def test_a_watch_sees_what_another_client_writes(under_test: UnderTest) -> None:
    async with aclosing(under_test.documents.watch("runs/a")) as watch:
        assert await anext(watch) is None
        await under_test.client().put("runs/a", {"n": 1})
        await until(watch, 1)


async def test_a_watch_goes_on_after_its_connection_is_cut(under_test: UnderTest) -> None:
    await under_test.documents.put("runs/a", {"n": 1})
    async with aclosing(under_test.documents.watch("runs/a")) as watch:
        await until(watch, 1)
        for number in (2, 3):
            await under_test.cut()
            await under_test.put_elsewhere("runs/a", {"n": number})
            await until(watch, number)


async def test_many_readers_of_a_document_all_see_its_changes(documents: Documents) -> None:
    watches = [documents.watch("runs/a") for _ in range(50)]
    assert await asyncio.gather(*map(anext, watches)) == [None] * 50
    await documents.put("runs/a", {"n": 1})
    await asyncio.gather(*(until(watch, 1) for watch in watches))
    await asyncio.gather(*(watch.aclose() for watch in watches))


async def test_a_reader_that_comes_later_begins_with_what_is_there_then(documents: Documents) -> None:
    async with aclosing(documents.watch("runs/a")) as early:
        assert await anext(early) is None
        await documents.put("runs/a", {"n": 1})
        await until(early, 1)
        async with aclosing(documents.watch("runs/a")) as late:
            document = await anext(late)
            assert document and document.fields == {"n": 1}


async def test_readers_leave_without_disturbing_each_other(documents: Documents) -> None:
    staying, leaving = documents.watch("runs/a"), documents.watch("runs/a")
    assert [await anext(staying), await anext(leaving)] == [None, None]
    await leaving.aclose()
    await documents.put("runs/a", {"n": 1})
    await until(staying, 1)
    await staying.aclose()


async def test_many_documents_are_watched_at_once(documents: Documents) -> None:
    watches = [documents.watch(f"runs/{n}") for n in range(100)]
    assert await asyncio.gather(*map(anext, watches)) == [None] * 100
    await documents.commit([Create(f"runs/{n}", {"n": n}) for n in range(100)])
    await asyncio.gather(*(until(watch, n) for n, watch in enumerate(watches)))
    await asyncio.gather(*(watch.aclose() for watch in watches))


async def test_closed_watches_leave_no_task_behind(documents: Documents) -> None:
    await documents.put("runs/a", {"n": 1})  # whatever the client keeps for itself is there now
    before = asyncio.all_tasks()
    watches = [documents.watch(path) for path in ("runs/a", "runs/a", "runs/b")]
    await asyncio.gather(*map(anext, watches))

    async def wait_for_a_change() -> None:
        await anext(watches[0])

    waiting = asyncio.create_task(wait_for_a_change())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for watch in watches:
        await watch.aclose()
    async with asyncio.timeout(patience.SECONDS):
        while asyncio.all_tasks() > before:
            await asyncio.sleep(0.01)


async def test_a_watch_may_be_opened_again(documents: Documents) -> None:
    for number in range(3):
        async with aclosing(documents.watch("runs/a")) as watch:
            await until(watch, number or None)
        await documents.put("runs/a", {"n": number + 1})


async def test_close_ends_a_watch(under_test: UnderTest) -> None:
    client = under_test.client()
    watch = client.watch("runs/a")
    assert await anext(watch) is None

    async def next_change() -> object:
        return await anext(watch)

    waiting = asyncio.create_task(next_change())
    await asyncio.sleep(0)
    await client.close()
    with pytest.raises(Unavailable):
        await waiting
