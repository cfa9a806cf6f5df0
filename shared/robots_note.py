"""robots.txt as discover read it (`runs/{id}/notes/robots`), for the stages after it: a run asks for it once."""

from shared import runs
from shared.models import Run
from shared.ports import Put
from shared.web.robots import Robots
from shared.web.site import Site, origin
from shared.work import Work

NOTE = "robots"


def remembered(run: Run, base: str, rules: Robots) -> tuple[Put, ...]:
    """What is to be written; nothing where the server failed, so that it is asked again."""
    if rules.status is None or not rules.reachable:
        return ()
    note = {"origin": origin(base), "url": rules.url, "status": rules.status, "body": rules.body}
    return (Put(runs.note_path(run.id, NOTE), runs.note_fields(run, note)),)


async def site_of(work: Work, *, home: str | None = None) -> Site:
    """The run's site, its robots.txt known where it has been read."""
    site = Site(work.web, work.settings, home=home)
    document = await work.platform.documents.get(runs.note_path(work.run.id, NOTE))
    if document is not None:
        note = document.fields
        rules = Robots.read(work.settings.robots_token, note["url"], note["status"], note["body"])
        site.known[note["origin"]] = rules
    return site
