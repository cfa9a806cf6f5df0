"""What is asked beside a company's pages, such as a board or a feed: whatever comes of it is a page."""

from shared.models import JSON, Fact, How, Outcome, Page, Source
from shared.web.address import FetchError
from shared.web.client import Answer
from shared.work import Work

GONE = (404, 410)


def did_not_answer(page: Page) -> bool:
    return page.outcome is Outcome.FAILED and page.status not in GONE


def new_page(work: Work, url: str, kind: str) -> Page:
    return Page(url, Outcome.READ, kind, fetched_at=work.now().isoformat(timespec="seconds"))


def answered(page: Page, answer: Answer) -> bool:
    page.status, page.final_url = answer.status, answer.url
    page.milliseconds, page.bytes, page.truncated = answer.milliseconds, len(answer.body), answer.truncated
    if answer.status != 200:
        page.outcome, page.code, page.reason = Outcome.FAILED, "http_error", f"HTTP {answer.status}"
    return answer.status == 200


def failed(page: Page, error: FetchError | ValueError) -> Page:
    page.outcome, page.code, page.reason = Outcome.FAILED, "source_failed", str(error)
    if isinstance(error, FetchError):
        page.code, page.reason = error.code, error.reason
        if error.code == "robots_disallowed":
            page.outcome = Outcome.FORBIDDEN
    return page


def tell(page: Page, field: str, value: JSON, how: How, quote: str, confidence: float) -> None:
    page.facts.append(Fact(field, value, Source(page.url, how, quote[:300], page.fetched_at), confidence))
