"""The rules of RFC 9309 and the meaning of Google's reference cases (robots_test.cc), as tables."""

import pytest

from shared.web.robots import Robots
from shared.web.robots_rules import Rules

LONG = "a" * (2083 * 8)


def allows(rules: str | bytes, path: str, token: str = "Firmograph") -> bool:
    body = rules.encode() if isinstance(rules, str) else rules
    return Rules(body, token).allows(path if "://" in path else f"https://example.com{path}")


RULES = [
    ("", "/x", True),
    ("User-agent: *\nDisallow:", "/x", True),
    ("User-agent: *\nDisallow: /", "/x", False),
    ("User-agent: *\nDisallow: /", "https://example.com", False),
    ("User-agent: *\nDisallow: /", "https://example.com?x=/y", False),
    ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ("user-agent: FIRMOGRAPH\ndisallow: /x", "/x", False),
    ("User-agent: Firmograph/1.0\nDisallow: /x", "/x", False),
    ("User-agent: firmograph bot\nDisallow: /x", "/x", False),
    ("User-agent: Firmograph*\nDisallow: /x", "/x", False),
    ("User-agent: Firm\nDisallow: /x", "/x", True),
    ("User-agent: FirmographX\nDisallow: /x", "/x", True),
    ("User-agent: Firmograph-News\nDisallow: /x", "/x", True),
    ("User-agent: other\nDisallow: /x", "/x", True),
    ("User-agent: *other\nDisallow: /x", "/x", True),
    ("User-agent: * other\nDisallow: /x", "/x", False),
    ("User-agent:\nDisallow: /x", "/x", True),
    ("Disallow: /x", "/x", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Firmograph\nDisallow: /private", "/x", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Firmograph\nDisallow:", "/x", True),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Firmograph", "/x", True),
    ("User-agent: Firmograph\nAllow: /\n\nUser-agent: *\nDisallow: /", "/x", True),
    ("User-agent: a\nUser-agent: Firmograph\nUser-agent: b\nDisallow: /x", "/x", False),
    ("User-agent: Firmograph\nDisallow: /a\n\nUser-agent: Firmograph\nDisallow: /b", "/b", False),
    ("User-agent: Firmograph\nDisallow: /a\n\nUser-agent: Firmograph\nDisallow: /b", "/a", False),
    ("User-agent: Firmograph\nDisallow: /a\n\nUser-agent: b\nDisallow: /b", "/b", True),
    ("User-agent: *\nDisallow: /a\n\nUser-agent: b\nDisallow:\n\nUser-agent: *\nDisallow: /b", "/b", False),
    ("User-agent: *\nDisallow: /x\nAllow: /x/public", "/x/public/1", True),
    ("User-agent: *\nAllow: /x\nDisallow: /x/private", "/x/private", False),
    ("User-agent: *\nDisallow: /x\nAllow: /x", "/x", True),
    ("User-agent: *\nAllow: /x\nDisallow: /x", "/x", True),
    ("User-agent: *\nDisallow: /X", "/x", True),
    ("User-agent: *\nDisallow: x", "/x", True),
    ("User-agent: *\nDisallow: https://example.com/x", "/x", True),
    ("User-agent: *\nDisallow: *x", "/a/x", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?x", True),
    ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf.pdf", False),
    ("User-agent: *\nDisallow: /a*a$", "/a", True),
    ("User-agent: *\nDisallow: /a**b***c", "/aXbYc", False),
    ("User-agent: *\nDisallow: /a*b", "/a-then-b", False),
    ("User-agent: *\nDisallow: /*?", "/x?y", False),
    ("User-agent: *\nDisallow: /*?", "/x", True),
    ("User-agent: *\nDisallow: /x$y", "/x$y/z", False),
    ("User-agent: *\nDisallow: /x$y", "/x", True),
    ("User-agent: *\nDisallow: /x%24", "/x$", False),
    ("User-agent: *\nDisallow: /x%24", "/x", True),
    ("User-agent: *\nDisallow: /x%2A", "/x*", False),
    ("User-agent: *\nDisallow: /x%2a", "/xyz", True),
    ("User-agent: *\nDisallow: /x%23y", "/x%23y", False),
    ("User-agent: *\nDisallow: /ü", "/%C3%BC", False),
    ("User-agent: *\nDisallow: /%c3%bc", "/%C3%BC", False),
    ("User-agent: *\nDisallow: /%C3%BC", "/ü", False),
    ("User-agent: *\nDisallow: /~joe", "/%7Ejoe", False),
    ("User-agent: *\nDisallow: /a b", "/a%20b", False),
    ("User-agent: *\nDisallow: /a%2Fb", "/a/b", True),
    ("User-agent: *\nDisallow: /a/b", "/a%2Fb", True),
    ("User-agent: *\nDisallow: /a%3Fb", "/a?b", True),
    ("User-agent: *\nDisallow: /a%3Ab", "/a:b", False),
    ("User-agent: *\nDisallow: /100%", "/100%25", False),
    ("User-agent: * # all\nDisallow: /x # why", "/x", False),
    ("User-agent: *\nDisallow: #/x", "/x", True),
    ("\ufeffUser-agent: *\nDisallow: /x", "/x", False),
    ("User-agent: *\rDisallow: /x", "/x", False),
    ("User-agent: *\r\n\r\nDisallow: /x", "/x", False),
    ("User-agent: *\n\rDisallow: /x\r\nDisallow: /y\rDisallow: /z\n", "/z", False),
    ("User-agent: *\x0bDisallow: /x", "/x", True),
    ("User-agent: *\nDisallow: /a\u2028b", "/a", True),
    ("User-agent: *\nSitemap: https://example.com/s.xml\nDisallow: /x", "/x", False),
    ("User-agent: *\nCrawl-delay: 1\nDisallow: /x", "/x", False),
    ("User-agent: a\nCrawl-delay: 1\nUser-agent: *\nDisallow: /x", "/x", False),
    ("User-agent: *\nCrawl-delay: 1\n\nUser-agent: a\nDisallow: /", "/x", True),
    ("User-agent: *\nRequest-rate: 1/5\n\nUser-agent: a\nDisallow: /", "/x", True),
    ("User-agent:*\n  Disallow  :  /x  ", "/x", False),
    ("User-agent\t:\t*\n\tDisallow:\t/x\t", "/x", False),
    ("User agent: *\nDisalow: /x", "/x", False),
    ("<!DOCTYPE html><html>User-agent: *\nDisallow: /", "/x", True),
]


def test_a_rule_is_read_as_rfc_9309_says() -> None:
    assert [row for row in RULES if allows(row[0], row[1]) is not row[2]] == []


GROUPS = (
    "allow: /first/\n\nuser-agent: OneBot\ndisallow: /\nallow: /x/\nuser-agent: TwoBot\ndisallow: /\nallow: /y/\n\n\n"
    "allow: /w/\nuser-agent: ThreeBot\n\nuser-agent: OneBot\nallow: /z/\ndisallow: /\n"
)
FISH = {
    "/fish": ({"/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fishheads/a.html", "/fish.html?id=1"}, {"/bar", "/Fish.asp", "/catfish", "/?id=fish"}),
    "/fish*": ({"/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fishheads/a.html", "/fish.html?id=1"}, {"/bar", "/Fish.bar", "/catfish", "/?id=fish"}),
    "/fish/": ({"/fish/", "/fish/salmon", "/fish/?salmon", "/fish/salmon.html", "/fish/?id=1"}, {"/bar", "/fish", "/fish.html", "/Fish/Salmon.html"}),
    "/*.php": ({"/a.php", "/b/a.php", "/b/a.php?c", "//b/any.php.file.html", "/a.php/", "/index?f=a.php/"}, {"/bar", "/php/", "/index?php", "/windows.PHP"}),
    "/*.php$": ({"/a.php", "/b/a.php"}, {"/bar", "/a.php?c", "/a.php/", "/a.php5", "/php/", "/a?php", "/aaaphpaaa", "//windows.PHP"}),
    "/fish*.php": ({"/fish.php", "/fishheads/catfish.php?c"}, {"/bar", "/Fish.PHP"}),
}  # fmt: skip


REFERENCE = [
    # lines
    ("user-agent: OneBot\ndisallow: /\n", "OneBot", "/x/y", False),
    ("foo: OneBot\nbar: /\n", "OneBot", "/x/y", True),
    ("user-agent OneBot\ndisallow /\n", "OneBot", "/x/y", False),
    *((f"{agent}: OneBot\n{allow}: /x/\n{deny}: /\n", "OneBot", path, path == "/x/y")
      for agent, allow, deny in (("USER-AGENT", "ALLOW", "DISALLOW"), ("user-agent", "allow", "disallow"), ("uSeR-aGeNt", "AlLoW", "dIsAlLoW"))
      for path in ("/x/y", "/a/b")),
    # groups
    (GROUPS, "OneBot", "/x/b", True), (GROUPS, "OneBot", "/z/d", True), (GROUPS, "OneBot", "/y/c", False),
    (GROUPS, "TwoBot", "/y/c", True), (GROUPS, "TwoBot", "/w/a", True), (GROUPS, "TwoBot", "/z/d", False),
    (GROUPS, "ThreeBot", "/z/d", True),
    *((GROUPS, token, "/first/", False) for token in ("OneBot", "TwoBot", "ThreeBot")),
    ("User-agent: TwoBot\nSitemap: https://example.com/sitemap\nUser-agent: *\nDisallow: /\n", "OneBot", "/", False),
    ("User-agent: TwoBot\nSitemap: https://example.com/sitemap\nUser-agent: *\nDisallow: /\n", "TwoBot", "/", False),
    ("User-agent: OneBot\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n", "OneBot", "/", False),
    ("User-agent: OneBot\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n", "TwoBot", "/", False),
    # names
    *((f"User-Agent: {agent}\nAllow: /x/\nDisallow: /\n", token, path, path == "/x/y")
      for agent in ("ONE BAR", "one bar", "oNe bAr") for token in ("One", "one") for path in ("/x/y", "/a/b")),
    ("User-Agent: *\nDisallow: /\nUser-Agent: One Bar\nAllow: /x/\nDisallow: /\n", "One", "/x/y", True),
    ("", "OneBot", "/x/y", True),
    ("user-agent: *\nallow: /\nuser-agent: OneBot\ndisallow: /\n", "OneBot", "/x/y", False),
    ("user-agent: *\nallow: /\nuser-agent: OneBot\ndisallow: /\n", "TwoBot", "/x/y", True),
    ("user-agent: OneBot\nallow: /\nuser-agent: TwoBot\ndisallow: /\n", "FourBot", "/x/y", True),
    # case of paths, longest match
    ("user-agent: OneBot\ndisallow: /x/\n", "OneBot", "/x/y", False),
    ("user-agent: OneBot\ndisallow: /X/\n", "OneBot", "/x/y", True),
    ("user-agent: OneBot\ndisallow: /x/page.html\nallow: /x/\n", "OneBot", "/x/page.html", False),
    ("user-agent: OneBot\nallow: /x/page.html\ndisallow: /x/\n", "OneBot", "/x/page.html", True),
    ("user-agent: OneBot\nallow: /x/page.html\ndisallow: /x/\n", "OneBot", "/x/", False),
    ("user-agent: OneBot\ndisallow: \nallow: \n", "OneBot", "/x/page.html", True),
    ("user-agent: OneBot\ndisallow: /\nallow: /\n", "OneBot", "/x/page.html", True),
    ("user-agent: OneBot\ndisallow: /x\nallow: /x/\n", "OneBot", "/x", False),
    ("user-agent: OneBot\ndisallow: /x\nallow: /x/\n", "OneBot", "/x/", True),
    ("user-agent: OneBot\ndisallow: /x/page.html\nallow: /x/page.html\n", "OneBot", "/x/page.html", True),
    ("user-agent: OneBot\nallow: /page\ndisallow: /*.html\n", "OneBot", "/page.html", False),
    ("user-agent: OneBot\nallow: /page\ndisallow: /*.html\n", "OneBot", "/page", True),
    ("user-agent: OneBot\nallow: /x/page.\ndisallow: /*.html\n", "OneBot", "/x/page.html", True),
    ("user-agent: OneBot\nallow: /x/page.\ndisallow: /*.html\n", "OneBot", "/x/y.html", False),
    ("User-agent: *\nDisallow: /x/\nUser-agent: OneBot\nDisallow: /y/\n", "OneBot", "/x/page", True),
    ("User-agent: *\nDisallow: /x/\nUser-agent: OneBot\nDisallow: /y/\n", "OneBot", "/y/page", False),
    # encoding; of an escape that needs none RFC 9309 says that it is undone, which Google's parser leaves to the caller
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b?c=d&e=http://a.b?f&g\n", "OneBot", "/a/b?c=d&e=http://a.b?f&g", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b?c=https://a.b\n", "OneBot", "/a/b?c=https%3A%2F%2Fa.b", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b?c=https%3A%2F%2Fa.b\n", "OneBot", "/a/b?c=https://a.b", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b/ツ\n", "OneBot", "/a/b/%E3%83%84", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b/%E3%83%84\n", "OneBot", "/a/b/%E3%83%84", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b/%62%61%7A\n", "OneBot", "/a/b/%62%61%7A", True),
    ("User-agent: OneBot\nDisallow: /\nAllow: /a/b/%62%61%7A\n", "OneBot", "/a/b/baz", True),
    # special characters
    *(("User-agent: OneBot\nDisallow: /a/b/quz\nAllow: /a/*/qux\n", "OneBot", path, path != "/a/b/quz")
      for path in ("/a/b/quz", "/a/quz", "/a//quz", "/a/c/quz")),
    *(("User-agent: OneBot\nDisallow: /a/b$\nAllow: /a/b/qux\n", "OneBot", path, path != "/a/b")
      for path in ("/a/b", "/a/b/qux", "/a/b/", "/a/b/baz")),
    ("User-agent: OneBot\n# Disallow: /\nDisallow: /a/quz#qux\nAllow: /\n", "OneBot", "/a/b", True),
    ("User-agent: OneBot\n# Disallow: /\nDisallow: /a/quz#qux\nAllow: /\n", "OneBot", "/a/quz", False),
    # index.html
    *(("User-Agent: *\nAllow: /slash/index.html\nDisallow: /\n", "OneBot", path, path in ("/slash/", "/slash/index.html"))
      for path in ("/slash/", "/slash/index.htm", "/slash/index.html", "/other", "/slash/x")),
    # lines that are too long count as far as they count
    (f"user-agent: OneBot\ndisallow: /x/{LONG}/qux\n", "OneBot", "/fux", True),
    (f"user-agent: OneBot\ndisallow: /x/{LONG}/qux\n", "OneBot", f"/x/{LONG[13:]}/fux", False),
    (f"user-agent: OneBot\ndisallow: /\nallow: /x/{LONG}/qux\n", "OneBot", f"/x/{LONG}/qux", True),
    (f"user-agent: OneBot\ndisallow: /\nallow: /x/{LONG}/qux\n", "OneBot", "/", False),
    # what the documentation says
    *((f"user-agent: OneBot\ndisallow: /\nallow: {pattern}\n", "OneBot", path, path in matching)
      for pattern, (matching, others) in FISH.items() for path in sorted(matching | others)),
    ("user-agent: OneBot\nallow: /p\ndisallow: /\n", "OneBot", "/page", True),
    ("user-agent: OneBot\nallow: /folder\ndisallow: /folder\n", "OneBot", "/folder/page", True),
    ("user-agent: OneBot\nallow: /page\ndisallow: /*.htm\n", "OneBot", "/page.htm", False),
    ("user-agent: OneBot\nallow: /$\ndisallow: /\n", "OneBot", "/", True),
    ("user-agent: OneBot\nallow: /$\ndisallow: /\n", "OneBot", "/page.html", False),
    # the RFC's own example (5.1, 5.2)
    *(("User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\nUser-Agent: foobot\nDisallow:/\n"
       "Allow:/example/page.html\nAllow:/example/allowed.gif\n\nUser-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\n"
       "User-Agent: quxbot\n\nEOF\n", token, path, allowed)
      for token, path, allowed in (
      ("onebot", "/a.gif", False), ("onebot", "/example/x", False), ("onebot", "/publications/x", True), ("onebot", "/x", True),
      ("foobot", "/x", False), ("foobot", "/example/page.html", True), ("foobot", "/example/allowed.gif", True),
      ("barbot", "/example/page.html", False), ("bazbot", "/example/page.html", False), ("bazbot", "/x", True), ("quxbot", "/example/x", True))),
    ("User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "foobot", "/example/page/disallowed.gif", False),
    ("User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n", "foobot", "/example/page/", True),
]  # fmt: skip


def test_a_reference_case_comes_out_as_it_must() -> None:
    assert [row for row in REFERENCE if allows(row[0], row[2], row[1]) is not row[3]] == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\n\r"], ids=["unix", "dos", "mac", "both"])
@pytest.mark.parametrize("last", ["", "end"])
def test_lines_end_as_on_any_system_and_a_mixture_of_them(ending: str, last: str) -> None:
    lines = ["User-Agent: one", "Allow: /some/path", "User-Agent: two", "", "", "Disallow: /"]
    for file in (ending.join(lines), "\r\n".join(lines[:2]) + "\n" + ending.join(lines[2:])):
        body = file + (ending if last else "")
        assert allows(body, "/some/path", "one")
        assert not allows(body, "/some/path", "two")


@pytest.mark.parametrize(
    ("mark", "allowed"), [(b"\xef\xbb\xbf", False), (b"\xef\xbb", False), (b"\xef\x11\xbf", True), (b"", False)]
)
def test_a_byte_order_mark_is_skipped_also_half_of_one_and_garbage_spoils_its_line_alone(
    mark: bytes, allowed: bool
) -> None:
    assert allows(mark + b"User-Agent: one\nDisallow: /x\n", "/x", "one") is allowed
    assert allows(b"User-Agent: one\n\xef\xbb\xbfDisallow: /x\nDisallow: /y\n", "/x", "one")
    assert not allows(b"User-Agent: one\n\xef\xbb\xbfDisallow: /x\nDisallow: /y\n", "/y", "one")


def test_bytes_that_are_no_utf_8_and_other_encodings_keep_their_rules() -> None:
    rules = "User-agent: *\nDisallow: /grün\nDisallow: /x"
    for body in (rules.encode("latin-1"), rules.encode("utf-16"), rules.encode().replace(b"\n", b"\0\n")):
        assert not allows(body, "/x")
        assert allows(body, "/y")
        assert not allows(body, "/gr%C3%BCn")


def test_a_file_of_thousands_of_names_is_read_in_linear_time() -> None:
    names = b"".join(b"User-agent: bot%d\n" % number for number in range(15_000))
    assert not allows(names + b"User-agent: *\n" + b"Disallow: /x\nAllow: /y\n" * 10_000, "/x")
    assert allows(b"User-agent: *\nDisallow: /" + b"*a" * 8_000 + b"b$", "/" + "a" * 2_000)


@pytest.mark.parametrize(
    ("lines", "delay"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Crawl-delay: 2,5", 2.5),
        ("Crawl-delay: .5", 0.5),
        ("Crawl-delay: 5.", 5),
        ("Crawl-delay: 10s", 10),
        ("Crawl-delay: 10 seconds # at least", 10),
        ("Crawl-delay: 1 page", None),
        ("Crawl-delay: 0", None),
        ("Crawl-delay: -1", None),
        ("Crawl-delay: soon", None),
        ("Crawl-delay: inf", None),
        ("Crawl-delay: nan", None),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 2/1m", 30),
        ("Request-rate: 0/5", None),
        ("Request-rate: 1/5s 0600-0845", 5),
        ("Crawl-delay: 1\nRequest-rate: 1/5s", 5),
        ("User-agent: other\nCrawl-delay: 9", None),
        ("", None),
    ],
)
def test_the_crawl_delay_is_what_the_site_asks_for(lines: str, delay: float | None) -> None:
    robots = Robots.read("Firmograph", "", 200, f"User-agent: *\nDisallow: /x\n{lines}".encode())
    assert robots.crawl_delay == delay


def test_sitemaps_are_absolute_once_each_and_bounded() -> None:
    lines = ["/a.xml", "https://cdn.example.net/b.xml", "/a.xml", "ftp://x/", ""]
    lines += [f"/{number}.xml" for number in range(1000)]
    body = "\n".join(f"Sitemap: {line}" for line in lines) + "\nSite-map https://example.com/never.xml"
    found = Robots.read("Firmograph", "https://example.com/robots.txt", 200, body.encode()).sitemaps
    assert found[:3] == ["https://example.com/a.xml", "https://cdn.example.net/b.xml", "https://example.com/0.xml"]
    assert len(found) == 50
    assert Rules(b"Sitemap https://example.com/s.xml", "x").sitemaps == ["https://example.com/s.xml"]
