import pytest
from tests.cloud.deployment import Cloud

pytestmark = [pytest.mark.emulator, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


async def test_a_job_goes_from_http_to_a_verified_webhook(cloud: Cloud) -> None:
    site, hook = cloud.internet.site, cloud.internet.hook
    site.statuses["/"], site.headers["Retry-After"] = [429], "1"
    job = await cloud.submit_with_webhook("hollin.example", metadata={"deal": 7})
    assert job["status"] == "queued"
    [status] = await cloud.ended([job["scrape_id"]])
    print(status)
    await hook.received_are(1)
    print(hook.webhooks(await cloud.secret()))
    print([t for q, t in cloud.tasks.tasks], [q for q, t in cloud.tasks.tasks])
    print(cloud.log)
