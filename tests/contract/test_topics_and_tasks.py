from datetime import UTC, datetime, timedelta

from tests.contract.platforms import UnderTest

DISCOVER = "scrape-discover"


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=0.7)


async def test_a_message_arrives_as_the_cloudevent_it_was_sent_as(under_test: UnderTest) -> None:
    inbox = await under_test.subscribe(DISCOVER)
    before = datetime.now(UTC)
    await under_test.topics.publish(DISCOVER, {"run": "r", "stage": "discover", "odd": "é\x00"})
    message = await inbox.get()
    assert message.data == {"run": "r", "stage": "discover", "odd": "é\x00"}
    attributes = dict(message.attributes)
    assert attributes.pop("ce-id")
    assert before <= datetime.fromisoformat(attributes.pop("ce-time")) <= datetime.now(UTC)
    assert attributes == {
        "ce-type": "dev.firmograph.message",
        "ce-source": f"//firmograph/topics/{DISCOVER}",
        "ce-specversion": "1.0",
        "content-type": "application/json",
    }


async def test_two_messages_are_two_events(under_test: UnderTest) -> None:
    inbox = await under_test.subscribe(DISCOVER)
    for _ in range(2):
        await under_test.topics.publish(DISCOVER, {"run": "r", "stage": "discover"})
    first, second = await inbox.get(), await inbox.get()
    assert first.data == second.data
    assert first.attributes["ce-id"] != second.attributes["ce-id"]


async def test_a_message_reaches_its_own_topic_only(under_test: UnderTest) -> None:
    crawl, discover = await under_test.subscribe("scrape-crawl"), await under_test.subscribe(DISCOVER)
    await under_test.topics.publish("scrape-crawl", {"run": "r", "stage": "crawl"})
    await under_test.topics.publish(DISCOVER, {"run": "r", "stage": "discover"})
    assert (await discover.get()).data["stage"] == "discover"
    assert (await crawl.get()).data["stage"] == "crawl"


async def test_a_delayed_message_arrives_after_its_time_and_not_before(under_test: UnderTest) -> None:
    inbox, at = await under_test.subscribe(DISCOVER), soon()
    await under_test.topics.publish(DISCOVER, {"run": "later", "stage": "discover"}, at=at)
    await under_test.topics.publish(DISCOVER, {"run": "now", "stage": "discover"})
    assert (await inbox.get()).data["run"] == "now"
    later = await inbox.get()
    assert datetime.now(UTC) >= at
    assert later.data == {"run": "later", "stage": "discover"}
    assert later.attributes["ce-source"] == f"//firmograph/topics/{DISCOVER}"


async def test_a_time_that_has_passed_means_now(under_test: UnderTest) -> None:
    inbox = await under_test.subscribe(DISCOVER)
    await under_test.topics.publish(DISCOVER, {"run": "r", "stage": "discover"}, at=datetime(2020, 1, 1, tzinfo=UTC))
    assert (await inbox.get()).data["run"] == "r"


async def test_a_task_is_created_once_with_its_payload(under_test: UnderTest) -> None:
    payload = {"delivery": "d", "attempt": 1, "odd": ["é", None, {"deep": 1.5}]}
    await under_test.tasks.create("webhooks", payload)
    [task] = await under_test.created_tasks("webhooks")
    assert task.payload == payload
    assert task.at is None or task.at <= datetime.now(UTC)


async def test_a_task_for_later_is_not_for_now(under_test: UnderTest) -> None:
    at = datetime.now(UTC) + timedelta(hours=1)
    await under_test.tasks.create("webhooks", {"attempt": 2}, at=at)
    [task] = await under_test.created_tasks("webhooks")
    assert task.at is not None and abs(task.at - at) < timedelta(milliseconds=1)


async def test_the_same_payload_twice_is_two_tasks(under_test: UnderTest) -> None:
    for _ in range(2):
        await under_test.tasks.create("webhooks", {"attempt": 1})
    assert [task.payload for task in await under_test.created_tasks("webhooks")] == [{"attempt": 1}] * 2
