"""A real scrape through the deployed API, with a key that lives as long as the test."""

import asyncio
import sys
from datetime import timedelta
from typing import Any

import aiohttp

from shared import accounts
from shared.command.tools import Refused, gcloud
from shared.embedded.local.caller import Caller
from shared.embedded.local.stop import Stop
from shared.models import Account
from shared.wiring import Platform

ANSWER_SECONDS = 180  # a new service's grants take their time
PAUSE_SECONDS = 2.0
SCRAPE_SECONDS = 18 * 60
KEY_LIFE = timedelta(hours=1)


async def smoke(platform: Platform, account: Account, base: str, url: str, logs: str) -> str:
    """A line that tells what was read; Stop where nothing was."""
    key, stored = await accounts.create_key(platform, account.id, platform.settings.now() + KEY_LIFE)
    try:
        async with Caller(base, key) as caller:
            await _until_it_answers(caller.session, logs)
            async with asyncio.timeout(SCRAPE_SECONDS):
                answer = await caller.scrape(url, None, _progress)
    except TimeoutError:
        raise Stop(f"the test did not end within {SCRAPE_SECONDS // 60} minutes; see {logs}") from None
    except aiohttp.ClientError as error:
        raise Stop(f"the API broke off: {error}; see {logs}") from None
    finally:
        await accounts.revoke(platform, account.id, stored.prefix)
    if answer.profile is None:
        code, reason = answer.failure
        raise Stop(f"{url}: {code}: {reason} It is deployed all the same; see {logs}")
    name = answer.profile["identity"]["name"] or answer.profile["domain"]
    return f"{answer.job['status']}: {name}, {answer.profile['coverage']['read']} pages read"


async def _until_it_answers(session: aiohttp.ClientSession, logs: str) -> None:
    """Where only certain members may call the API, it wants the operator's identity beside the key."""
    end = asyncio.get_running_loop().time() + ANSWER_SECONDS
    said = "nothing"
    while asyncio.get_running_loop().time() < end:
        try:
            async with session.get("/healthz") as answer:
                if answer.status == 200:
                    return
                said = str(answer.status)
                if answer.status in (401, 403):
                    session.headers["X-Serverless-Authorization"] = f"Bearer {gcloud('auth', 'print-identity-token')}"
        except (aiohttp.ClientError, TimeoutError) as error:
            said = str(error)
        except Refused as refusal:
            raise Stop(f"the API wants an identity, and there is none: {refusal}") from None
        await asyncio.sleep(PAUSE_SECONDS)
    raise Stop(f"the API does not answer ({said}) after {ANSWER_SECONDS} seconds; see {logs}")


_last: list[Any] = []


def _progress(job: dict[str, Any]) -> None:
    stage = job.get("current_stage") or job["status"]
    if _last != [stage]:
        _last[:] = [stage]
        print(f"  {job.get('progress_percent') or 0:>3} %  {stage}", file=sys.stderr, flush=True)
