"""Asking a register: its pace and limits, when to come back, and the page that an answer becomes."""

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from shared import runs
from shared.errors import GiveUp, TryAgain
from shared.models import JSON, Fact, How, Outcome, Page, Source
from shared.settings import Settings
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.web.retry import retry_after
from shared.work import Work

PASSING = ("timeout", "unreachable", "dns_failed")  # failures to fetch that may pass
ATTEMPTS = 4
LONGEST_WAIT_SECONDS = 120.0
LONGEST_TURN_SECONDS = 30.0  # for which a request waits in the stage
RESERVE_SECONDS = 180.0  # of the run's time, left for the stages after this one
TEXT_MAX = 300

_turns: dict[str, float] = {}  # by register, on the monotonic clock: when the next request may go


@dataclass(frozen=True, slots=True)
class Register:
    name: str
    path: str  # a part of the addresses of its pages, and of no other's
    how: How
    interval: Callable[[Settings], float]  # least seconds between an instance's requests
    bytes: Callable[[Settings], int]  # of one answer
    busy: tuple[int, ...] = (429,)  # statuses, beside 5xx, that say "come back"
    accept: str = "application/json"


async def get(work: Work, register: Register, url: str) -> Answer | None:
    """The answer; None where the register has nothing there. TryAgain or GiveUp where it does not answer as it should:
    a redirect is no answer, since whom it leads to is no register."""
    await turn(work, register)
    try:
        answer = await work.web.get(url, accept=register.accept, max_bytes=register.bytes(work.settings), redirects=0)
    except FetchError as error:
        if error.code in PASSING:
            come_back(work, f"{register.name}: {error.reason}", None)
        raise GiveUp("source_failed", f"{register.name}: {error.reason}") from error
    if answer.status == 404:
        return None
    if answer.status in register.busy or answer.status >= 500:
        come_back(work, f"{register.name} answered HTTP {answer.status}", retry_after(answer.headers, work.now()))
    if answer.status != 200:
        raise GiveUp("source_failed", f"{register.name} answered HTTP {answer.status}")
    if answer.truncated:
        come_back(work, f"{register.name}'s answer broke off", None)
    return answer


async def turn(work: Work, register: Register) -> None:
    """Waits for this request's turn among the instance's."""
    now = time.monotonic()
    at = max(now, _turns.get(register.name, now))
    if at - now > LONGEST_TURN_SECONDS:
        come_back(work, f"too many wait for {register.name}", at - now)
    _turns[register.name] = at + register.interval(work.settings)
    await asyncio.sleep(at - now)


def come_back(work: Work, reason: str, seconds: float | None) -> NoReturn:
    """TryAgain while attempts and the run's time allow it, else GiveUp."""
    wait = work.settings.source_retry_seconds if seconds is None else seconds
    attempt = runs.stage_of(work.run, work.name).attempt
    if attempt >= ATTEMPTS or wait > LONGEST_WAIT_SECONDS or wait + RESERVE_SECONDS > work.seconds_left():
        raise GiveUp("source_failed", reason)
    raise TryAgain(reason, after=wait)


def parsed(register: Register, body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise GiveUp("source_failed", f"{register.name}'s answer is not a JSON object")
    return value


def inner(row: JSON, *keys: str) -> dict[str, Any]:
    """The object that the keys lead to; an empty one where there is none."""
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row if isinstance(row, dict) else {}


def many(row: JSON, key: str, most: int) -> list[Any]:
    """The first entries of a list; an empty one where there is none."""
    value = row.get(key) if isinstance(row, dict) else None
    return value[:most] if isinstance(value, list) else []


def text(row: JSON, key: str) -> str | None:
    """A field that says something: EDGAR also writes "" and "None"."""
    return said(row.get(key) if isinstance(row, dict) else None)


def said(value: JSON) -> str | None:
    """Words that can be stored: JSON may write half of a surrogate pair."""
    words = " ".join(value[:TEXT_MAX].encode(errors="replace").decode().split()) if isinstance(value, str) else ""
    return None if words in ("", "None") else words


def page_of(work: Work, url: str, answer: Answer) -> Page:
    return Page(
        url=url,
        outcome=Outcome.READ,
        kind="registry",
        status=answer.status,
        final_url=answer.url,
        fetched_at=work.now().isoformat(timespec="seconds"),
        milliseconds=answer.milliseconds,
        bytes=len(answer.body),
    )


Told = tuple[str, JSON, str, float]  # field, value, quote, confidence


def fact(register: Register, page: Page, told: Told) -> Fact:
    field, value, quote, confidence = told
    return Fact(field, value, Source(page.url, register.how, quote[:300], page.fetched_at), confidence)
