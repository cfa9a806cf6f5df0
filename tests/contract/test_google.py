"""What only Google's clients can get wrong: answers that are lost, servers that die, requests of the right shape."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from google.cloud.firestore import AsyncClient
from google.cloud.tasks_v2.types import HttpMethod

from shared.google.documents import FirestoreDocuments
from shared.google.tasks import CloudTasks
from shared.google.topics import PubSubTopics
from shared.ports import (
    AlreadyExists,
    Create,
    Delete,
    Fields,
    Guard,
    Increment,
    InvalidDocument,
    NotFound,
    PlatformError,
    Put,
    Stale,
    Transaction,
    Unavailable,
    Update,
    Write,
)
from shared.settings import Settings
from tests import patience
from tests.contract.emulators import FIRESTORE, PUBSUB, environment, google_settings, needs_emulators
from tests.contract.google_platform import Google, google
from tests.emulators.processes import Addresses, Emulator
from tests.emulators.proxies import LossyProxy
from tests.ports import free_port

pytestmark = pytest.mark.emulator


@pytest.fixture
async def platform(emulators: Addresses) -> AsyncIterator[Google]:
    async with google(emulators) as platform:
        yield platform


@pytest.fixture
async def proxy(emulators: Addresses) -> AsyncIterator[LossyProxy]:
    async with LossyProxy(emulators.firestore).serving() as proxy:
        with environment(**{FIRESTORE: proxy.address}):
            yield proxy


@pytest.fixture
async def documents(emulators: Addresses, proxy: LossyProxy) -> AsyncIterator[FirestoreDocuments]:
    """Firestore behind the proxy."""
    documents = FirestoreDocuments(google_settings(f"test-{secrets.token_hex(6)}", emulators))
    yield documents
    await documents.close()


async def fields_of(documents: FirestoreDocuments, path: str) -> Fields | None:
    document = await documents.get(path)
    return document and document.fields


# ------------------------------------------------------------------ lost answers

COMMITS: dict[str, tuple[Callable[[str], list[Write]], Fields | None]] = {
    "create": (lambda version: [Delete("runs/a"), Create("runs/b", {"n": 1})], None),
    "put": (lambda version: [Put("runs/a", {"n": 2})], {"n": 2}),
    "put of a version": (lambda version: [Put("runs/a", {"n": 2}, version)], {"n": 2}),
    "update": (lambda version: [Update("runs/a", {"m": 2})], {"n": 1, "m": 2}),
    "update of a version": (lambda version: [Update("runs/a", {"m": 2}, version)], {"n": 1, "m": 2}),
    "increment": (lambda version: [Increment("runs/a", {"n": 1})], {"n": 2}),
    "increment of a version": (lambda version: [Increment("runs/a", {"n": 1}, version)], {"n": 2}),
    "increment beside a put": (lambda version: [Put("runs/b", {}), Increment("runs/a", {"n": 1})], {"n": 2}),
    "delete": (lambda version: [Delete("runs/a")], None),
    "delete of a version": (lambda version: [Delete("runs/a", version)], None),
    "guard": (lambda version: [Guard("runs/a", version)], {"n": 1}),
    "guard beside a create": (lambda version: [Guard("runs/a", version), Create("runs/b", {})], {"n": 1}),
    "increment beside a create": (lambda version: [Increment("runs/a", {"n": 1}), Create("runs/b", {})], {"n": 2}),
}


@pytest.mark.parametrize("kind", COMMITS)
async def test_a_commit_whose_answer_was_lost_happens_once(
    documents: FirestoreDocuments, proxy: LossyProxy, kind: str
) -> None:
    writes, expected = COMMITS[kind]
    await documents.put("runs/a", {"n": 1})
    document = await documents.get("runs/a")
    assert document is not None
    proxy.handed_on.clear()
    proxy.doom("Commit", "answer lost")
    await documents.commit(writes(document.version))
    assert proxy.handed_on[:2] == ["Commit", "Commit"]
    assert await fields_of(documents, "runs/a") == expected


async def test_an_answer_that_never_comes_is_not_waited_for(documents: FirestoreDocuments, proxy: LossyProxy) -> None:
    proxy.doom("Commit", "answer hangs")
    await documents.create("runs/a", {"n": 1})
    assert await fields_of(documents, "runs/a") == {"n": 1}


async def test_a_commit_is_recognised_though_all_its_answers_were_lost(
    documents: FirestoreDocuments, proxy: LossyProxy
) -> None:
    proxy.doom("Commit", "answer lost", times=1000)
    await documents.increment("runs/a", n=1)
    assert await fields_of(documents, "runs/a") == {"n": 1}


async def test_increments_of_many_clients_count_once_each_though_answers_are_lost(
    documents: FirestoreDocuments, proxy: LossyProxy, emulators: Addresses
) -> None:
    calls = iter(range(10_000))
    proxy.fate = lambda method: "answer lost" if method == "Commit" and next(calls) % 5 == 0 else "arrives"
    clients = [FirestoreDocuments(documents.settings) for _ in range(4)]

    async def count(client: FirestoreDocuments) -> None:
        for _ in range(15):
            await client.increment("accounts/a", open=1)

    await asyncio.gather(*map(count, clients))
    assert await fields_of(documents, "accounts/a") == {"open": 60}
    await asyncio.gather(*(client.close() for client in clients))


async def test_a_transaction_whose_answer_was_lost_is_not_run_again(
    documents: FirestoreDocuments, proxy: LossyProxy
) -> None:
    await documents.put("runs/a", {"claims": 0})
    runs = 0

    async def claim(tx: Transaction) -> int:
        nonlocal runs
        runs += 1
        run = await tx.get("runs/a")
        assert run is not None
        tx.put("runs/a", {"claims": run.fields["claims"] + 1})
        return runs

    proxy.doom("Commit", "answer lost")
    assert await documents.transaction(claim) == 1
    assert await fields_of(documents, "runs/a") == {"claims": 1}


async def test_anothers_document_is_not_taken_for_ones_own(
    documents: FirestoreDocuments, proxy: LossyProxy, emulators: Addresses
) -> None:
    """The same fields, written by somebody else while our own request was lost on its way."""
    other = FirestoreDocuments(documents.settings)
    await other.create("runs/a", {"n": 1})
    proxy.doom("Commit", "request lost")
    with pytest.raises(AlreadyExists):
        await documents.create("runs/a", {"n": 1})
    first = await documents.get("runs/a")
    assert first is not None
    await other.put("runs/a", {"n": 2})
    proxy.doom("Commit", "request lost")
    with pytest.raises(Stale):
        await documents.put("runs/a", {"n": 2}, if_version=first.version)
    await other.close()


@pytest.mark.parametrize("method", ["BatchGetDocuments", "RunQuery", "RunAggregationQuery"])
@pytest.mark.parametrize("fate", ["answer lost", "request lost"])
async def test_a_read_is_repeated(documents: FirestoreDocuments, proxy: LossyProxy, method: str, fate: str) -> None:
    await documents.create("accounts/a", {"n": 1})
    proxy.doom(method, fate, times=2)  # type: ignore[arg-type]
    assert await fields_of(documents, "accounts/a") == {"n": 1}
    assert [document.id for document in await documents.query("accounts")] == ["a"]
    assert await documents.count("accounts") == 1


# ------------------------------------------------------------------ the stamp


async def test_the_stamp_is_stored_and_seen_by_no_reader(documents: FirestoreDocuments) -> None:
    watch = documents.watch("accounts/a")
    assert await anext(watch) is None
    await documents.create("accounts/a", {"n": 1})
    seen = [await anext(watch), await documents.get("accounts/a"), *await documents.query("accounts")]
    assert [document and document.fields for document in seen] == [{"n": 1}] * 3
    await watch.aclose()
    raw = AsyncClient(project=documents.settings.project)
    stored = (await raw.document("accounts/a").get()).to_dict()
    assert stored is not None
    assert set(stored) == {"n", "_commit"}
    await raw.document("accounts/a").delete()


async def test_an_increments_receipt_expires(documents: FirestoreDocuments) -> None:
    await documents.increment("accounts/a", open=1)
    raw = AsyncClient(project=documents.settings.project)
    receipts = [receipt.to_dict() or {} async for receipt in raw.collection("_commits").stream()]
    assert len(receipts) == 1
    assert datetime.now(UTC) < receipts[0]["expires_at"] < datetime.now(UTC) + timedelta(days=2)


@pytest.mark.parametrize(
    "write", [Put("runs/a", {"_commit": "x"}), Put("_commits/a", {}), Increment("a/b", {"_commit": 1})]
)
async def test_the_stamps_names_are_reserved(documents: FirestoreDocuments, write: Write) -> None:
    with pytest.raises(InvalidDocument):
        await documents.commit([write])


# ------------------------------------------------------------------ watches and dead servers


async def test_readers_of_a_path_share_one_stream_and_leave_nothing_behind(
    documents: FirestoreDocuments, proxy: LossyProxy
) -> None:
    await documents.create("runs/a", {"n": 1})
    before = asyncio.all_tasks()
    readers = [documents.watch("runs/a") for _ in range(50)]
    assert {(await anext(reader)).version for reader in readers} == {(await documents.get("runs/a")).version}  # type: ignore[union-attr]
    assert proxy.handed_on.count("Listen") == 1
    for reader in readers:
        await reader.aclose()
    left = {task for task in asyncio.all_tasks() - before if "documents" in repr(task) or "watches" in repr(task)}
    assert left == set()


async def test_closing_ends_the_watches_that_are_open(documents: FirestoreDocuments) -> None:
    watch = documents.watch("runs/a")
    assert await anext(watch) is None
    waiting = asyncio.ensure_future(anext(watch))
    await asyncio.sleep(0)
    await documents.close()
    with pytest.raises(Unavailable):
        await waiting


async def written(documents: FirestoreDocuments, n: int) -> None:
    """An emulator that has just started may take longer for its first write than a write has."""
    async with asyncio.timeout(patience.SECONDS):
        while True:
            try:
                return await documents.commit([Put("runs/a", {"n": n})])
            except Unavailable:
                continue


async def test_a_watch_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    needs_emulators()
    emulator = Emulator.firestore(tmp_path / "firestore.log")
    with emulator.running(), environment(**{FIRESTORE: emulator.address}):
        documents = FirestoreDocuments(Settings(project="test-killed"))
        await written(documents, 1)
        watch = documents.watch("runs/a")
        first = await anext(watch)
        assert first is not None
        emulator.kill()
        emulator.start()
        assert await anext(watch) is None  # it came back empty
        await written(documents, 2)
        again = await anext(watch)
        assert again is not None
        assert again.fields == {"n": 2}
        await watch.aclose()
        await documents.close()


async def test_dead_servers_are_reported_within_seconds() -> None:
    dead = f"127.0.0.1:{free_port()}"
    settings = Settings(project="test", tasks_host=dead, pubsub_api=f"http://{dead}")
    with environment(**{FIRESTORE: dead, PUBSUB: dead}):
        documents, topics, tasks = FirestoreDocuments(settings), PubSubTopics(settings), CloudTasks(settings)
        async with asyncio.timeout(20):
            answers = await asyncio.gather(
                documents.get("runs/a"),
                documents.query("accounts"),
                documents.count("accounts"),
                documents.create("runs/a", {}),
                topics.publish("scrape-crawl", {}),
                topics.publish("scrape-crawl", {}, at=datetime.now(UTC) + timedelta(minutes=1)),
                tasks.create("webhooks", {}),
                return_exceptions=True,
            )
    assert [type(answer) for answer in answers] == [Unavailable] * len(answers)
    await asyncio.gather(documents.close(), topics.close(), tasks.close())


# ------------------------------------------------------------------ topics and tasks


async def test_a_publish_carries_the_attributes_of_a_cloud_event(platform: Google) -> None:
    inbox = await platform.subscribe("scrape-crawl")
    await platform.topics.publish("scrape-crawl", {"run": "r", "stage": "crawl"})
    received = await inbox.get()
    assert received.data == {"run": "r", "stage": "crawl"}
    assert {"ce-id", "ce-type", "ce-source", "ce-specversion", "ce-time", "content-type"} <= set(received.attributes)
    assert platform.tasks_server.tasks == []


async def test_a_publish_for_later_is_a_task_that_calls_pubsub(platform: Google) -> None:
    inbox = await platform.subscribe("scrape-crawl")
    at = datetime.now(UTC) + timedelta(seconds=0.5)
    await platform.topics.publish("scrape-crawl", {"run": "ü"}, at=at)
    [(queue, task)] = platform.tasks_server.tasks
    project = platform.settings.project
    assert queue == "delayed"
    assert task.http_request.url.endswith(f"/v1/projects/{project}/topics/scrape-crawl:publish")
    assert task.http_request.http_method == HttpMethod.POST
    assert task.http_request.oauth_token.service_account_email == platform.settings.tasks_account
    assert task.http_request.oauth_token.scope == "https://www.googleapis.com/auth/pubsub"
    assert not task.http_request.oidc_token.service_account_email
    assert task.schedule_time == at
    received = await inbox.get()
    assert datetime.now(UTC) >= at
    assert received.data == {"run": "ü"}
    assert received.attributes["ce-specversion"] == "1.0"


async def test_a_publish_for_a_time_gone_by_is_published_now(platform: Google) -> None:
    inbox = await platform.subscribe("scrape-crawl")
    await platform.topics.publish("scrape-crawl", {}, at=datetime.now(UTC) - timedelta(seconds=1))
    assert (await inbox.get()).data == {}
    assert platform.tasks_server.tasks == []


async def test_a_topic_that_is_not_there_is_not_found(platform: Google) -> None:
    with pytest.raises(NotFound):
        await platform.topics.publish("scrape-nothing", {})


async def test_a_task_leaves_address_and_token_to_its_queue(platform: Google) -> None:
    platform.tasks_server.calls = False
    at = datetime.now(UTC) + timedelta(hours=1)
    await platform.tasks.create("webhooks", {"delivery": "d", "attempt": 2}, at=at)
    [(queue, task)] = platform.tasks_server.tasks
    assert (queue, task.schedule_time) == ("webhooks", at)
    assert json.loads(task.http_request.body) == {"delivery": "d", "attempt": 2}
    assert dict(task.http_request.headers) == {"content-type": "application/json"}
    assert not task.http_request.oidc_token.service_account_email
    assert not task.http_request.oauth_token.service_account_email


@pytest.mark.parametrize("code", [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL, grpc.StatusCode.ABORTED])
async def test_a_task_is_created_though_the_answer_was_lost(platform: Google, code: grpc.StatusCode) -> None:
    platform.tasks_server.calls = False
    platform.tasks_server.failures = [code]
    await platform.tasks.create("webhooks", {"delivery": "d"})
    assert [json.loads(task.http_request.body) for _, task in platform.tasks_server.tasks] == [{"delivery": "d"}] * 2


async def test_a_task_more_than_thirty_days_ahead_is_refused(platform: Google) -> None:
    with pytest.raises(InvalidDocument):
        await platform.tasks.create("webhooks", {}, at=datetime.now(UTC) + timedelta(days=31))


async def test_a_queue_that_is_not_there_is_not_found(platform: Google) -> None:
    with pytest.raises(NotFound):
        await platform.tasks.create("nowhere", {})


async def test_a_task_without_permission_is_a_platform_error_and_not_repeated(platform: Google) -> None:
    platform.tasks_server.calls = False
    platform.tasks_server.failures = [grpc.StatusCode.PERMISSION_DENIED]
    with pytest.raises(PlatformError):
        await platform.tasks.create("webhooks", {})
    assert len(platform.tasks_server.tasks) == 1


# ------------------------------------------------------------------ imports

LISTING = "import sys, importlib; importlib.import_module(sys.argv[1]); print('\\n'.join(sys.modules))"


@pytest.mark.parametrize(
    ("module", "own"),
    [
        ("shared.google.documents", "google.cloud.firestore"),
        ("shared.google.topics", "google.pubsub_v1"),
        ("shared.google.tasks", "google.cloud.tasks_v2"),
    ],
)
def test_an_adapter_imports_only_its_own_client(module: str, own: str) -> None:
    run = subprocess.run([sys.executable, "-c", LISTING, module], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    clients = {"google.cloud.firestore", "google.pubsub_v1", "google.cloud.tasks_v2", "google.cloud.pubsub_v1"}
    assert loaded & clients == {own}
