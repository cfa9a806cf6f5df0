"""Menus of a page that are no links."""

import json

import pytest

from shared.extract.menus import menu
from shared.extract.page import ParsedPage

STATE = json.dumps({"menu": {"items": [{"label": "About us", "href": "/us"}, {"title": "More", "children": [{"title": "Contact", "url": "/reach"}]}]}})  # fmt: skip
OUTER = {"/us": "About us", "/reach": "Contact"}


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ("<button data-href='/us'>About us</button><div data-url=/reach><i></i><b>Contact</b></div>", OUTER),
        ("<button onclick=\"window.location.href = '/us'\">About us</button><li onclick=\"location.assign('/reach')\">Contact", OUTER),
        ("<select><option value=''>Go to<option value=/us>About us<option value=/reach>Contact</select>", OUTER),
        ("<router-link to=/us>About us</router-link><x-link href='/reach' aria-label=Contact></x-link>", OUTER),
        (f"<script id=__NEXT_DATA__ type=application/json>{STATE}</script>", OUTER),
        (f"<script>window.__INITIAL_STATE__ = {STATE};</script>", OUTER),
        ("<a href=/us onclick='track()'>About us</a><map><area href=/reach alt=Contact></map><link href=/us>", {}),
        ("<button data-href=/us hidden>About us</button><button data-href=/reach style='display: none'>Contact</button>", {}),
        ("<button data-href='#'>About us</button><button onclick='open()'>Contact</button><option value=7>7</option>", {}),
        ("<button data-href='javascript:go()'>About us</button><button data-href=//[>Contact</button>", {}),
    ],
)  # fmt: skip
def test_what_leads_on_without_being_a_link_has_its_words_and_address(html: str, links: dict[str, str]) -> None:
    page = ParsedPage.parse(html.encode(), url="https://ropes.example/", fetched_at="")
    assert {link.url.removeprefix("https://ropes.example"): link.text for link in menu(page)} == links
