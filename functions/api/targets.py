"""The addresses that a caller names: judged when they come, and again whenever one is dialled."""

from shared.errors import Problem
from shared.settings import Settings
from shared.web.address import FetchError, judge
from shared.web.urls import Url, company_key, parse


def target(text: str, settings: Settings) -> str:
    """The key of the company to be read. Raises Problem."""
    key = company_key(text)
    refuse(parse(f"https://{key}"), settings)
    return key


def endpoint(text: str, settings: Settings) -> str:
    """The webhook's address in its canonical spelling. Raises Problem."""
    try:
        url = parse(text)
    except ValueError as error:
        raise Problem(422, "invalid_webhook_url", f"{error}. Give an absolute web address.") from None
    if settings.webhook_https_only and url.scheme != "https":
        raise Problem(422, "invalid_webhook_url", "Webhooks go to https addresses only.")
    refuse(url, settings)
    return str(url)


def refuse(url: Url, settings: Settings) -> None:
    if settings.public_url and url.authority == parse(settings.public_url).authority:
        raise Problem(422, "address_not_allowed", "This is Firmograph's own address.")
    try:
        judge(url, settings)
    except FetchError as error:
        raise Problem(422, error.code, f"{error.reason} Give a public web address.") from None
