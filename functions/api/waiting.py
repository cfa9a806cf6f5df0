"""`Prefer: wait=N` (RFC 7240): the answer comes once the job has ended, else after N seconds, as things are then."""

import asyncio
import re
from contextlib import aclosing

from fastapi import Request

from shared import jobs, log
from shared.models import Job
from shared.ports import PlatformError
from shared.wiring import Platform

MAX_SECONDS = 50  # below the function's own timeout
AT_ONCE = 40  # of an instance's 80 requests; who comes then is answered at once
WAIT = re.compile(r'wait\s*=\s*"?(\d{1,9})"?', re.ASCII | re.IGNORECASE)
PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": f"`wait=N` (RFC 7240): answer once the job has ended, or after N seconds, at most {MAX_SECONDS}",
    "schema": {"type": "string", "examples": ["wait=30"]},
}
APPLIED = {"Preference-Applied": {"description": "`wait=N`, where it was asked for", "schema": {"type": "string"}}}

_waiting = 0


def preferred(request: Request) -> int:
    """Seconds; 0 where nothing, or nothing that can be read, is preferred: RFC 7240 has that ignored."""
    for preference in ",".join(request.headers.getlist("prefer")).split(","):
        if found := WAIT.fullmatch(preference.partition(";")[0].strip()):
            return min(int(found[1]), MAX_SECONDS)
    return 0


async def ended(on: Platform, job: Job, request: Request) -> tuple[Job, dict[str, str]]:
    """The job once it has ended, else as it was, and the headers that say whether it was waited for."""
    global _waiting
    seconds = preferred(request)
    if not seconds or _waiting >= AT_ONCE:
        return job, {}
    _waiting += 1
    try:
        async with asyncio.timeout(seconds), aclosing(on.documents.watch(jobs.path(job.id))) as states:
            async for state in states:
                if state is None or not state.fields["open"]:
                    job = await jobs.get(on, job.account, job.id)
                    break
    except TimeoutError:
        pass
    except PlatformError as error:  # the job is accepted all the same
        log.warning("job not waited for", error=str(error))
    finally:
        _waiting -= 1
    return job, {"Preference-Applied": f"wait={seconds}"}
