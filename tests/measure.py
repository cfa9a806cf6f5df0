"""How right the profiles are: `python -m tests.measure corpus SITES_DIR OUT_DIR` and `… farm …`."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from functions.assemble.resolve import resolve
from shared.extract import extractors
from shared.extract.key_pages import classify
from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.models import JSON, Outcome, Page
from shared.profile import Profile
from shared.web.urls import company_key

USAGE = (
    "usage: python -m tests.measure corpus SITES_DIR OUT_DIR | farm --in URLS_FILE --out OUT.jsonl … "
    "| pages --farm FARM.py … | accuracy --corpus SITES_DIR …"
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY_PAGES = ("about", "contact", "team", "careers", "pricing", "investors", "legal", "privacy")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["corpus", sites, out]:
            return corpus(Path(sites), Path(out))
        case ["farm", *rest]:
            from tests import measure_farm

            return measure_farm.main(rest)
        case ["accuracy", *rest]:
            from tests import measure_accuracy

            return measure_accuracy.main(rest)
        case ["pages", *rest]:
            from tests import measure_pages

            return measure_pages.main(rest)
    print(USAGE, file=sys.stderr)
    return 2


def corpus(sites: Path, out: Path) -> int:
    """Writes OUT_DIR/<site>.json for each site, in the form that the corpus' score.py reads."""
    if not sites.is_dir():
        print(f"{sites} is not a folder of sites", file=sys.stderr)
        return 2
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"{out} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    done = 0
    for site in sorted(sites.iterdir()):
        if (site / "source.json").is_file() and (site / "labels.json").is_file():
            text = json.dumps(flat(profile_of(site)), ensure_ascii=False, indent=1)
            (out / f"{site.name}.json").write_text(text, encoding="utf-8")
            done += 1
    if not done:
        print(f"{sites} holds no sites", file=sys.stderr)
        return 2
    print(f"{done} sites")
    return 0


def profile_of(site: Path) -> Profile:
    """Reads the site's saved pages as if they had just been fetched; labels.json is not looked at."""
    source = json.loads((site / "source.json").read_text(encoding="utf-8"))
    pages = list(_pages(site, source))
    company = company_key(source["original_url"])
    return resolve(company, pages, version="corpus", now=NOW, partial=False, warnings=[], previous=None)


def _pages(site: Path, source: dict[str, JSON]) -> Iterator[Page]:
    for order, row in enumerate(source["pages"]):
        url = row["url"] or _address(row["file"], source["original_url"], alone=len(source["pages"]) == 1)
        page = Page(url=url, outcome=Outcome.FAILED, kind=_kind(url, order), fetched_at=NOW.isoformat())
        parsed = ParsedPage.parse(
            (site / row["file"]).read_bytes(), url=url, fetched_at=page.fetched_at, kind=page.kind
        )
        page.outcome, page.code, page.reason = outcome(parsed, 200, {})
        if page.outcome is Outcome.READ:
            page.facts = extractors.facts(parsed)
        yield page


def _address(file: str, original: str, *, alone: bool) -> str:
    """Of a page whose address is not recorded."""
    return original if alone else urljoin(original, "/" + file.removeprefix("pages/"))


def _kind(url: str, order: int) -> str:
    """As discover would have planned it; the first page stands for the home page where that is not there."""
    if order == 0 or urlsplit(url).path in ("", "/"):
        return "home"
    judged = classify(url, "")
    return judged[0] if judged else "other"


def flat(profile: Profile) -> dict[str, JSON]:
    """The profile under the labels' names."""
    plain = profile.model_dump(mode="json")
    identity, contact, financial = plain["identity"], plain["contact"], plain["financial"]
    key_pages = {kind: url for kind, url in plain["key_pages"].items() if kind in KEY_PAGES}
    news = [kind for kind in ("news", "press") if kind in plain["key_pages"]]  # one field of the labels
    if news:
        best = max(news, key=lambda kind: profile.confidence[f"/key_pages/{kind}"])
        key_pages["news"] = plain["key_pages"][best]
    return {
        "name": identity["name"],
        "legal_name": identity["legal_name"],
        "description": identity["description"],
        "logo_url": identity["logo_url"],
        "languages": identity["languages"],
        "founded_year": identity["founded_year"],
        "emails": contact["emails"],
        "phones": [{"e164": number} for number in contact["phones"]],
        "faxes": [{"e164": number} for number in contact["faxes"]],
        "addresses": contact["addresses"],
        "socials": plain["socials"],
        "people": plain["people"],
        "ticker": next(iter(financial["tickers"]), None),
        "identifiers": financial["identifiers"],
        "products": [*plain["offering"]["products"], *plain["offering"]["plans"]],
        "jobs": plain["hiring"]["openings"],
        "news": plain["news"],
        "technologies": plain["technologies"],
        "key_pages": key_pages,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
