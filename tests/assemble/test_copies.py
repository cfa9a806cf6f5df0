"""Pages that say the same, or say so themselves: their facts are counted once."""

import pytest

from functions.assemble.copies import without_copies
from shared.models import Fact, Outcome, Page, Source

SITE = "https://ropes.example"


def page(path: str, canonical: str | None = None, digest: str | None = None, **more: str) -> Page:
    url = SITE + path
    facts = [Fact("contact.email", "a@ropes.example", Source(url, "text", "a@ropes.example", ""), 0.9)]
    kind = "home" if path == "/" else "contact"
    outcome = Outcome(more.get("outcome", "read"))
    named = canonical and SITE + canonical
    return Page(url, outcome, kind, digest=digest, sketch=more.get("sketch"), canonical=named, facts=facts)


def sketch(*numbers: int) -> str:
    return "".join(f"{number:08x}" for number in numbers)


LINES = sketch(*range(64))
NEARLY = sketch(*range(2, 66))  # 62 of 64 are the same
HARDLY = sketch(*range(20, 84))


def saying(email: str, one: Page) -> Page:
    one.facts.append(Fact("contact.email", email, Source(one.url, "text", email, ""), 0.9))
    return one


@pytest.mark.parametrize(
    ("pages", "copies"),
    [
        ([page("/a"), page("/b")], {}),
        ([page("/a", digest="1"), page("/contact", digest="1")], {"/contact": "/a"}),
        ([page("/a", "/contact"), page("/contact")], {"/a": "/contact"}),
        ([page("/a", "/contact/"), page("/contact", "/contact")], {"/a": "/contact"}),
        ([page("/a", "/contact"), page("/b", "/contact"), page("/contact")], {"/a": "/contact", "/b": "/contact"}),
        ([page("/a", sketch=LINES), page("/contact", sketch=NEARLY)], {"/contact": "/a"}),
        ([page("/a", sketch=LINES), page("/", sketch=NEARLY)], {"/a": "/"}),
        ([page("/a", sketch=LINES), saying("b@ropes.example", page("/contact", sketch=NEARLY))], {}),
        ([page("/a", sketch=LINES), page("/contact", sketch=HARDLY)], {}),
        ([page("/a", sketch=sketch(1, 2, 3)), page("/contact", sketch=sketch(1, 2, 3))], {}),  # too few to tell
        ([page("/a", "/contact")], {}),  # which nobody has read
        ([page("/a", "/contact"), page("/contact", outcome="failed")], {}),
        ([page("/a", "/"), page("/")], {}),  # sites name their home page on every page
        ([page("/a", "/"), page("/b", "/"), page("/", "/a")], {"/": "/a"}),
        ([page("/a", "/b"), page("/b", "/a")], {"/a": "/b"}),
        ([page("/a", "/copy", digest="2"), page("/copy", digest="1"), page("/", digest="1")], {"/copy": "/"}),
        ([page("/a", "/b"), page("/b", "/c"), page("/c", "/a")], {"/a": "/b", "/b": "/c"}),
        ([saying("b@ropes.example", page("/a", "/contact")), page("/contact")], {}),  # so it is none
        ([page("/a", "/contact"), saying("b@ropes.example", page("/contact"))], {"/a": "/contact"}),
    ],
)
def test_a_copy_loses_its_facts_to_its_original(pages: list[Page], copies: dict[str, str]) -> None:
    kept = without_copies(pages)
    assert {one.url: one.copy_of for one in kept if one.copy_of} == {SITE + a: SITE + b for a, b in copies.items()}
    assert all(bool(one.facts) is (one.copy_of is None) for one in kept)
