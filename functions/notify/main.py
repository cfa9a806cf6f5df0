"""An outbox document was created: a run has ended, and its jobs are to be settled."""

import functions_framework.aio
from cloudevents.http import CloudEvent

from shared import jobs, log, runs
from shared.wiring import platform


@functions_framework.aio.cloud_event
async def notify(event: CloudEvent) -> None:
    """The body is protobuf, in the emulator base64 of it: the attribute `document` says all that is needed."""
    run_id = str(event["document"]).rpartition("/")[2]
    with log.bind(run=run_id):
        run = await runs.get(platform(), run_id)
        if run is None or not run.ended:
            log.warning("no ended run to settle")
            return
        await jobs.settle(platform(), run)
        log.info("settled", status=run.status)
