import json
import time
from pathlib import Path

import pytest

from shared import extract
from shared.extract.needles import in_markup, of_scripts
from shared.extract.page import ParsedPage
from shared.extract.technologies import technologies
from shared.extract.technology_rules import rules

WRITTEN = json.loads(Path(extract.__file__).with_name("technologies.json").read_text(encoding="utf-8"))
KINDS = {
    "host",
    "dir",
    "file",
    "script",
    "id",
    "mark",
    "generator",
    "meta",
    "rel",
    "comment",
    "form",
    "header",
    "cookie",
    "site",
}


def found(
    html: str, url: str = "https://looms.example/", headers: list[tuple[str, str]] | None = None
) -> dict[str, float]:
    page = ParsedPage.parse(html.encode(), url=url, fetched_at="", headers=headers or [])
    return {fact.value["name"]: fact.confidence for fact in technologies(page)}


def test_at_least_300_technologies_are_known_each_by_some_evidence() -> None:
    assert len(WRITTEN) >= 300
    assert all(row["category"] and KINDS & row.keys() for row in WRITTEN.values())
    assert {kind for row in WRITTEN.values() for kind in row} <= KINDS | {"category", "implies"}
    assert {name for row in WRITTEN.values() for name in row.get("implies", {})} <= WRITTEN.keys()


def test_a_technology_is_found_by_each_of_its_keys() -> None:
    keys = [(name, kind, key) for name, row in WRITTEN.items() for kind in KINDS & row.keys() for key in row[kind]]
    assert [(name, kind, key) for name, kind, key in keys if name not in found(*shown(kind, key))] == []


def shown(kind: str, key: str) -> tuple[str, str, list[tuple[str, str]]]:
    """A page that shows the key: (markup, address, headers)."""
    key, home = key.replace("*", "-x1" if kind == "file" else "x1"), "https://looms.example/"
    markup = {
        "host": f"<script src='//{key}'></script>",
        "dir": f"<link rel=stylesheet href='/{key}/a/b.css'>",
        "file": f"<link rel=stylesheet href='/{key}'><script src='/{key}'></script>",
        "script": f"<script>if(a){{{key}.b}}</script>" if key[-1] not in ".(" else f"<script>{key}b)</script>",
        "id": f"<script>x('{key}12345678')</script>",
        "mark": f"<div class=a {key.strip('[]')}></div>" if key[0] == "[" else f"<i class='{key[1:]}' id='{key[1:]}'>",
        "generator": f"<meta name=Generator content='{key} 2.0'>",
        "meta": "<meta name='{}' content='{}'>".format(*[*key.split("=", 1), "1"][:2]),
        "rel": f"<link rel='{key}' href='/x'>",
        "comment": f"<head><!-- made by {key} v1 --></head>",
        "form": f"<form action='https://{key}/x'></form>",
    }
    header = {"header": tuple([*key.split(":", 1), "1"][:2]), "cookie": ("Set-Cookie", f"{key}=1; Path=/")}
    url = f"https://my.{key}/" if kind == "site" else home
    return markup.get(kind, "<p>"), url, [header[kind]] if kind in header else []


@pytest.mark.parametrize(
    "source",
    """/js/jquery.js /js/jquery.min.js /jquery-3.6.0.slim.min.js /jquery-1.11.1.js?x=1 /jquery.min-9f86d08.js
    https://cdn.x.net/npm/jquery@3/dist/jquery.min.js /jquery.validate.min.js /jquery-latest.js""".split(),
)
def test_a_file_is_known_with_any_version_and_build(source: str) -> None:
    assert "jQuery" in found(f"<script src='{source}'></script>")


def test_headers_and_cookies_tell_and_a_name_within_another_does_not() -> None:
    headers = [
        ("Server", "nginx/1.25 (Debian)"),
        ("X-Powered-By", "PHP/8.1.27"),
        ("Set-Cookie", "laravel_session=a; Path=/"),
    ]
    assert found("<p>x", headers=headers).keys() == {"nginx", "PHP", "Laravel"}
    assert found("<p>x", headers=[("Server", "mynginx"), ("X-Comment", "php")]) == {}


def test_what_is_implied_is_less_sure() -> None:
    sure = found("<div id=__next></div>")
    assert sure["React"] < sure["Next.js"]


def test_another_hosts_folders_and_names_are_not_the_sites() -> None:
    assert found("<img src='https://cdn.other.example/wp-content/uploads/a.png'>") == {}
    assert found("<img src='https://club.looms.example/wp-content/uploads/a.png'>") == {}
    assert found("<script src='https://notjs.stripe.com.evil.example/v3'></script>") == {}
    assert found("<iframe src='https://www.google.com/maps/embed?pb=1'></iframe>") == {}


@pytest.mark.parametrize(
    "markup",
    (
        "<div id=cookie-notice>We use cookies</div>",
        "<script src=/static/frontend/main.js></script>",
        "<script src=/js/video.js></script>",
        "<script>let pages = ['https://www.facebook.com/trellis']</script>",
        "<script>let guide = 'https://posthog.com/docs', at = '@mixpanel.com'</script>",
        "<script>let a = 1;\n  // load('https://static.hotjar.com/c/hotjar.js')\n</script>",
        # what a template has in place of an identifier, left as it was, and an article's number
        "<script>gtag('config', 'G-XXXXXXXXXX'); sku = 'G-12345'</script>",
        "<script>let BV = {}, DY = {}; BV.a(DY.b); zE(c)</script>",
        "<img src=https://cdn.shopify.com/s/files/loom.jpg><img src=https://static.wixstatic.com/media/loom.png>",
    ),
)
def test_what_others_call_alike_and_what_is_mentioned_or_switched_off_is_not_in_use(markup: str) -> None:
    assert found(markup) == {}


@pytest.mark.parametrize("call", ("ga('require', 'GTM-LOOM123')", "gtag('config', a, {'optimize_id': 'GTM-LOOM123'})"))
def test_a_container_of_experiments_is_none_of_tags(call: str) -> None:
    assert found(f"<script>{call}</script>").keys() == {"Google Optimize"}
    assert found(f"<script>{call}; load('GTM-HILL123')</script>").keys() == {"Google Optimize", "Google Tag Manager"}


def test_a_line_that_only_ends_in_a_comment_is_in_use() -> None:
    assert found("<script>load('//static.hotjar.com/c/hotjar.js') // once</script>").keys() == {"Hotjar"}


def test_a_header_of_two_words_is_known_whole() -> None:
    assert "Google Cloud" in found("<p>x", headers=[("Server", "Google Frontend")])
    assert "WP Engine" in found("<p>x", headers=[("X-Powered-By", "WP Engine")])


def test_only_rules_whose_words_stand_in_a_page_are_looked_at() -> None:
    page = ParsedPage.parse(
        b"<script src=//js.stripe.com/v3></script><i class=plain>", url="https://a.example/", fetched_at=""
    )
    assert in_markup(page) == {}
    assert of_scripts().within(b"//js.stripe.com/v3\nlet a = 1").keys() == {"js.stripe.com"}
    assert max(len(table.sizes) for table in rules().tables.values()) < 20


def test_hostile_scripts_take_linear_time() -> None:
    for text in ("a." * 50_000, "$" * 100_000, "//a." * 25_000, "'a-" * 33_000, "window." * 14_000, "'UA-" * 25_000):
        start = time.process_time()
        found(f"<script>{text}</script><script src='/{text[:2000]}.js'></script>")
        assert time.process_time() - start < 1.0


def test_a_page_that_names_every_mark_and_shows_none_takes_linear_time() -> None:
    names = " ".join(f'"{key.strip(".#[]*")}' for row in WRITTEN.values() for key in row.get("mark", ()))
    start = time.process_time()
    found(f"<p>{names}{'<i>a</i>' * 20_000}" + "<script src=/a.js></script>" * 10_000)
    assert time.process_time() - start < 3.0


def test_an_address_that_is_relative_to_the_page_is_read_like_one_of_the_host() -> None:
    assert "Mobirise" in found("<link rel=stylesheet href='assets/mobirise/css/mbr-additional.css'>")


@pytest.mark.parametrize("kind", ["text/psajs", "f3a91c0b27-text/javascript", "f3a91c0b27-module"])
def test_a_script_that_is_put_off_until_the_page_stands_is_a_script(kind: str) -> None:
    assert "Google Analytics" in found(f"<script type='{kind}'>var _gaq = _gaq || [];</script>")


def test_a_host_that_a_script_names_without_what_it_serves_is_not_loaded() -> None:
    assert "Quantcast" in found("<script>a.src = '//secure' + '.quantserve.com/quant.js'</script>")
    assert "Quantcast" not in found("<script>var blocked = ['quantserve.com', 'example.com']</script>")
