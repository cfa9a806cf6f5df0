"""Log lines that the dashboard counts."""

from collections import Counter
from pathlib import Path

from tests.product import world


async def test_each_job_s_end_is_logged_once_however_it_ends_and_however_often_it_is_told(tmp_path: Path) -> None:
    async with world(tmp_path / "data", duplicate_deliveries="true") as w:
        w.site.hold("/about")
        first = await w.product.submit(w.site.url, webhook_url=f"{w.hook.url}/hook")
        joined = await w.product.submit(w.site.url)
        w.site.holds.pop("/about").let_go.set()
        assert (await w.product.ended(first["scrape_id"]))["status"] == "completed"
        await w.product.ended(joined["scrape_id"])
        cached = await w.product.submit(w.site.url)
        assert cached["status"] == "completed"

        w.site.hold("/about")
        cancelled = await w.product.submit(w.site.url, max_age=0)
        async with w.product.client() as client:
            for _ in range(2):
                await client.post(f"/api/v1/scrape/cancel/{cancelled['scrape_id']}")
        w.site.holds.pop("/about").let_go.set()
        w.site.pages["/robots.txt"] = ("text/plain", b"User-agent: *\nDisallow: /\n")
        failed = await w.product.submit(w.site.url, max_age=0)
        assert (await w.product.ended(failed["scrape_id"]))["status"] == "failed"
        await w.hook.received_are(1)

        lines = w.product.lines("job ended")
        assert {line["job"]: (line["status"], line["cached"]) for line in lines} == {
            first["scrape_id"]: ("completed", False),
            joined["scrape_id"]: ("completed", False),
            cached["scrape_id"]: ("completed", True),
            cancelled["scrape_id"]: ("cancelled", False),
            failed["scrape_id"]: ("failed", False),
        }
        assert Counter(line["job"] for line in lines).most_common(1)[0][1] == 1
