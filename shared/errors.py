"""What work raises so that the frame knows what to do next; anything else is a bug, and is counted as one."""

from datetime import datetime

# Stable codes that a caller may see in `error.code` or `warnings[].code`; the texts beside them may change.
CODES = {
    "invalid_address": "The address is not a web address of a company's own site.",
    "address_not_allowed": "The address leads to a network that Firmograph does not read.",
    "unreachable": "No connection to the site could be made.",
    "dns_failed": "The host name could not be resolved.",
    "tls_failed": "The site's certificate could not be verified.",
    "timeout": "The site did not answer in time.",
    "http_error": "The site answered with an error.",
    "not_html": "The address does not lead to a web page.",
    "too_large": "The answer was larger than the budget.",
    "too_many_redirects": "The site redirects in a circle or too often.",
    "off_site": "The page leads to another site.",
    "robots_disallowed": "The site's robots.txt forbids reading it.",
    "opted_out": "The site's owner asked not to be read.",
    "blocked": "The site shows a challenge instead of its pages.",
    "geo_blocked": "The site does not show its pages in the country from which it was read.",
    "consent_required": "The site shows its pages only after a consent, for instance to cookies or about an age.",
    "login_required": "The site shows its pages only after a login.",
    "parked": "The domain is parked, for sale or expired, and no company's site.",
    "placeholder": "The site is under construction, suspended, or shows only a server's default page.",
    "script_only": "The site shows nothing without a browser.",
    "empty": "The site's pages say nothing about the company.",
    "deadline_exceeded": "The work took longer than its deadline; what had been read is in the profile.",
    "queue_timeout": "The work waited in the queue for longer than a day.",
    "stage_failed": "A stage failed repeatedly.",
    "page_skipped": "A page was left out, since reading it broke off the work twice.",
    "source_failed": "An outside source did not answer as it should.",
    "source_mismatch": "An outside source knows another company under the name or number on the site.",
    "source_outdated": "A register has the company as inactive, or its entry has lapsed: little of it is used.",
    "cancelled": "The caller cancelled the job.",
}


class GiveUp(Exception):
    """This work cannot succeed: an optional stage is skipped with a warning, any other ends the run with `code`."""

    def __init__(self, code: str, reason: str) -> None:
        if code not in CODES:
            raise ValueError(f"{code!r} is not in CODES")
        super().__init__(reason)
        self.code, self.reason = code, reason


class TryAgain(Exception):
    """Come back after `after` seconds; costs nothing, so it is not counted as a failure."""

    def __init__(self, reason: str, after: float) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


class LeaseLost(Exception):
    """Another owner has this stage or delivery now, or it has ended; stop and change nothing."""


class Problem(Exception):
    """What a caller did wrong, for an RFC 9457 answer: HTTP status, stable code, and a detail that says what to do."""

    def __init__(self, status: int, code: str, detail: str, *, retry_after: datetime | float | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after
