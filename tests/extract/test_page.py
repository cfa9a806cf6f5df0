import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.extract import extractors
from shared.extract.bounds import bounded
from shared.extract.charset import to_utf8
from shared.extract.contacts import OTHERS, emails
from shared.extract.page import ParsedPage

URL = "https://www.example-works.com/about/us.html"
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, a proto šel domů."


def parse(html: str | bytes, url: str = URL, charset: str | None = None) -> ParsedPage:
    body = html.encode() if isinstance(html, str) else html
    return ParsedPage.parse(body, url=url, fetched_at="2026-01-01T00:00:00Z", charset=charset)


@pytest.mark.parametrize(
    ("body", "header"),
    [
        (CZECH.encode("windows-1250"), "windows-1250"),
        (b'<meta charset="windows-1250">' + CZECH.encode("windows-1250"), None),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-2">' + CZECH.encode("iso-8859-2"), ""),
        (b'<?xml version="1.0" encoding="windows-1250"?>' + CZECH.encode("windows-1250"), None),
        (b"\xff\xfe" + CZECH.encode("utf-16-le"), "windows-1250"),
        (b"\xef\xbb\xbf" + CZECH.encode(), "iso-8859-1"),
        (b'<meta charset="iso-8859-1">' + CZECH.encode(), "iso-8859-1"),
        (b'<meta charset="utf-16">' + CZECH.encode(), None),
        (CZECH.encode(), "no-such-charset"),
    ],
)
def test_the_charset_is_found_in_the_standards_order_and_against_wrong_labels(body: bytes, header: str | None) -> None:
    assert CZECH in to_utf8(body, header).decode()


UNDECLARED = {
    "windows-1250": "Příliš žluťoučký kůň úpěl ďábelské ódy, a firma vyrábí krbová kamna.",
    "iso8859-2": "Polska spółka oferuje usługi dla klientów: ścieżki, więcej możliwości.",
    "windows-1251": "Наша компания предлагает услуги для клиентов по всей стране",
    "koi8-r": "Наша компания предлагает услуги для клиентов по всей стране",
    "windows-1252": "Größte Auswahl für jeden Geschmack, prêt à porter, più città, señor año – hier",
    "windows-1253": "Η εταιρεία μας προσφέρει υπηρεσίες σε πελάτες",
    "windows-1254": "Şirketimiz müşterilerimize hizmet sunmaktadır, iletişim için bize ulaşın",
    "windows-1255": "החברה שלנו מציעה שירותים ללקוחות",
    "windows-1256": "شركتنا تقدم خدمات للعملاء",
    "cp874": "บริษัทของเราให้บริการลูกค้า",
    "euc_kr": "우리 회사는 고객에게 서비스를 제공합니다. 회사소개와 문의하기",
    "gb2312": "我们公司是一家中国的企业，产品和服务联系我们",
    "big5": "我們公司是一家台灣的企業，產品和服務聯絡我們",
    "shift_jis": "株式会社の会社概要とお問い合わせについて",
    "euc_jp": "株式会社の会社概要とお問い合わせについて",
    "iso2022_jp": "株式会社の会社概要とお問い合わせについて",
}


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_page_without_a_label_is_read_in_the_charset_that_its_letters_show(name: str) -> None:
    text = UNDECLARED[name]
    assert text in to_utf8(f"<html><body class='long-ascii-class'><p>{text}</p>".encode(name)).decode()


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_declared_charset_is_followed(name: str) -> None:
    assert UNDECLARED[name] in to_utf8(f"<p>{UNDECLARED[name]}".encode(name), name).decode()


def test_a_few_broken_bytes_do_not_turn_utf8_into_another_charset() -> None:
    assert CZECH in to_utf8(CZECH.encode() + b"\xff\xfe.", "utf-8").decode()


def test_links_are_absolute_and_know_where_they_stand() -> None:
    page = parse(
        """<base href="/de/"><header><a href="start">Start</a></header><div class="main-nav"><a href="//cdn.example.org/x">C</a></div>
        <article><header><a href="?page=2">More</a></header></article><a href="javascript:void(0)">no</a><a href="#">no</a>
        <div id="footer"><a href="https://other.org/y" rel="NoFollow"><img src=i.png alt="Other"></a></div><a href="http://[bad">no</a>"""
    )
    assert [(link.url, link.text, link.where, link.rel) for link in page.links] == [
        ("https://www.example-works.com/de/start", "Start", "header", ""),
        ("https://cdn.example.org/x", "C", "nav", ""),
        ("https://www.example-works.com/de/?page=2", "More", "main", ""),
        ("https://other.org/y", "Other", "footer", "nofollow"),
    ]


def test_a_menu_that_pages_share_is_read_on_each_as_on_the_first() -> None:
    html = (
        "<title>{0}</title><p>Bone<header><h2>Works</h2><a href=/{0}>Home</a> <a href=team.html>Team</a> <a href='?a'>All</a>"
        "<a href=/logo><img src=l.png alt=Logo></a></header>folders</p><div role=dialog><p>Cookies?<a href=/c>Yes</a></div><p>{1}"
    )
    for marked in ("x", "x", "x", "y", "y", "x", "x", "x"):
        for folder in ("a", "a", "b"):
            page = parse(html.format(marked, folder), f"https://www.example-works.com/{folder}/p.html")
            assert [(line.text, line.where) for line in page.lines] == [
                ("Bone", "main"),
                ("Works", "header"),
                ("Home Team All", "header"),
                ("folders", "main"),
                ("Cookies?Yes", "main"),
                (folder, "main"),
            ]
            assert [(link.url.removeprefix("https://www.example-works.com"), link.text) for link in page.links] == [
                (f"/{marked}", "Home"),
                (f"/{folder}/team.html", "Team"),
                (f"/{folder}/p.html?a", "All"),
                ("/logo", "Logo"),
                ("/c", "Yes"),
            ]
            assert (page.title, page.headings, len(page.walk.images)) == (marked, ["Works"], 1)


def test_text_has_a_line_a_block_and_gaps_between_neighbours_but_not_inside_words() -> None:
    page = parse(
        "<title>T</title><style>x{}</style><script>var a</script><p>one<b>two</b>three <i>four</i><i>five</i></p>"
        "<div><div>six</div>seven<br>eight</div><noscript>no</noscript><template><p>no</p></template><select><option>no</select>"
    )
    assert page.text.split("\n") == ["onetwothree four five", "six", "seven", "eight"]
    assert page.title == "T"


def test_links_do_not_grow_together_with_the_words_beside_them() -> None:
    page = parse(
        '<p>office@example-works.com<a href="/l">LinkedIn</a></p><p><a href="/m">office@example-works.com</a>Telefon</p>'
        '<p>Eight <a href="/s">saddle</a>s and a <a href="/k">Konto</a>nummer</p><p>株式<a href="/c">会社</a>概要</p>'
    )
    assert page.text.split("\n") == [
        "office@example-works.com LinkedIn",
        "office@example-works.com Telefon",
        "Eight saddles and a Kontonummer",
        "株式会社概要",
    ]


def test_what_nobody_sees_is_left_out_of_lines_titles_links_and_metas() -> None:
    hidden = "Ham\u200bpel \u202eWor\u00adks\u202c\ufeff \u0007Ltd"
    page = parse(
        f'<title>{hidden}</title><meta name=description content="{hidden}"><p>{hidden}</p><a href="/a">{hidden}</a>'
    )
    seen = "Hampel Works Ltd"
    assert page.text.split("\n") == [seen, seen]
    assert (page.title, page.links[0].text, page.metas["description"]) == (seen, seen, seen)


@pytest.mark.parametrize("attribute", ["hidden", 'style="display: none"', "style=visibility:hidden"])
def test_a_link_that_hides_by_itself_is_none(attribute: str) -> None:
    page = parse(f'<a href="/a" style="backface-visibility:hidden">Team</a><a href="/snare" {attribute}>staff</a>')
    assert [link.url.rpartition("/")[2] for link in page.links] == ["a"]


@pytest.mark.parametrize(
    "html",  # made where it is tried: together they take a tenth of a second, in each process
    [
        lambda: b"<div>" * 1_000_000,
        lambda: b"<b><p>" * 500_000,
        lambda: b"<div><b>" * 300_000,
        lambda: b"<a><div>" * 300_000,
        lambda: b"".join(b"<font a=%d>" % i for i in range(4000)) + b"<p>x" * 4000,
        lambda: b"<div " + b"".join(b"a%d " % i for i in range(400_000)) + b">",
        lambda: b"".join(b"<bOdy %x>" % i for i in range(100_000)),
        lambda: b"".join(b'<html a%d="<html >" b%d c%d>' % (i, i, i) for i in range(50_000)),
        lambda: b"<div><!--</div>-->" * 200_000,
        lambda: b"<div>" * 3000 + b"</b>" * 900_000,
        lambda: b"<script>" * 500_000,
        lambda: b"<" * 2_000_000,
    ],
    ids=[
        "div",
        "b-p",
        "div-b",
        "a-div",
        "formatting",
        "attributes",
        "bodies",
        "roots",
        "comments",
        "closing",
        "script",
        "lt",
    ],
)
def test_nesting_that_costs_the_parser_quadratic_time_is_cut_off(html: Callable[[], bytes]) -> None:
    page = parse(html())
    assert len(page.text) < 2_100_000
    assert extractors.facts(page) is not None


def test_an_honest_long_page_is_left_whole() -> None:
    rows = b"".join(b"<tr><td><b>%d</b></td><td><a href='/p/%d'>item</a></td></tr>" % (i, i) for i in range(20_000))
    html = b"<table>" + rows + b"</table><p>the end</p>"
    assert bounded(html) == html


def test_a_hundred_thousand_links_are_bounded() -> None:
    page = parse(b"".join(b'<a href="/contact/%d">Contact</a>' % i for i in range(100_000)))
    assert len(page.links) <= 5000
    assert len(extractors.facts(page)) < 200


def test_the_facts_of_one_page_are_bounded() -> None:
    page = parse(b"".join(b'<a href="https://www.facebook.com/shop%d">f</a>' % i for i in range(5_000)))
    assert len([fact for fact in extractors.facts(page) if fact.field == "social"]) == extractors.A_FIELD


def test_only_so_many_emails_of_others_are_looked_for_in_the_text() -> None:
    page = parse(b"".join(b"<p>ann@moor%d.org</p>" % i for i in range(1_000)))
    assert len(list(emails(page))) == OTHERS


def test_deeply_nested_json_is_no_error() -> None:
    for opening in ("[", '{"a":', '{"@graph":['):
        assert extractors.facts(parse(f'<script type="application/ld+json">{opening * 100_000}</script>')) == []


def test_references_in_a_circle_end() -> None:
    block = '{"@graph":[{"@type":"Organization","@id":"#a","name":"Example Works","address":{"@id":"#a"},"founder":{"@id":"#a"}}]}'
    facts = extractors.facts(parse(f'<script type="application/ld+json">{block}</script>'))
    assert [fact.value for fact in facts if fact.source.how == "json-ld"] == ["Example Works"]


@pytest.mark.parametrize("tag", ["<a ", "</a ", "<script ", "<SCRIPT "])
def test_a_tag_of_thousands_of_attributes_is_left_out(tag: str) -> None:
    """Each is compared with all before it: 300,000 take minutes."""
    for before in ("", "<!-->", "<!-- --!>", '<!x <b y=">', '</ <b y=">', '<iframe><b y="</iframe>'):
        for attribute in ('x{}=">" ', "x{}/", 'x{}="1"', "x{} "):
            html = before + tag + "".join(map(attribute.format, range(20_000))) + ">"
            assert before.encode().startswith(bounded(html.encode())), (before, attribute)


@pytest.mark.parametrize("before", ["", "<table>", "<select>"])
@pytest.mark.parametrize(
    "tag", ["</x a=b>", "</x<y a=b>", "<td a=b>", "<tr a=b>", "<FORM a=b>", "<!--ab-->", "<!DOCTYPE a 'b'>"]
)
def test_a_text_does_not_grow_with_each_tag_that_is_left_out(before: str, tag: str) -> None:
    """It is copied each time: a page of 1.5 MB took 6 GB."""
    page = parse(f"{before}{('A' * 40 + tag) * 20_000}<p>the end".encode())
    body = page.tree.body
    assert body is not None
    assert all(len(node.text_content or "") < 200_000 for node in body.traverse(include_text=True) if node.is_text_node)


def test_a_long_table_is_read_as_it_is() -> None:
    rows = [f"<tr class=r><td class=a>Rope {i}</td><td class=b><!-- price -->{i} EUR</td></tr>" for i in range(9_000)]
    assert bounded(page := f"<table>{''.join(rows)}</table>".encode()) != page
    assert parse(page).text.split("\n")[-2:] == parse(f"<table>{rows[-1]}</table>".encode()).text.split("\n")


@pytest.mark.parametrize("option", ["<option>", "<OPTION/>", "<option\tvalue=/a>", "<option selected>A</option>"])
def test_only_so_many_options_are_read_and_what_is_behind_them(option: str) -> None:
    """Each is made again with all before it in its list: 100,000 take minutes."""
    page = parse(f"<select>{option * 20_000}</select><optgroup>B</optgroup><p>the end</p>".encode())
    assert 3_000 < len(page.tree.css("option")) < 8_000
    assert page.text.endswith("the end")


def test_as_many_options_as_honest_pages_have_are_left() -> None:
    html = b"<table>" + b"".join(b"<tr><td>%d<td><a href=/%d>x</a>" % (i, i) for i in range(3_000))
    html += 8 * (b"<select>" + b"<option value=de>Germany</option>" * 250 + b"</select>")
    assert bounded(html) == html


def test_a_long_script_is_no_long_tag() -> None:
    html = b"<p>x</p><script>" + b"if (a <b || c> d) e('<i x=y>'); " * 20_000 + b"</script><p>y</p>"
    assert bounded(html) == html


@pytest.mark.parametrize("kind", ["application/xhtml+xml", "Application/XML; charset=utf-8", "text/html"])
def test_elements_of_xhtml_may_end_where_they_begin(kind: str) -> None:
    xml = b"<html><head><title/><script src='/x.js'/></head><body><p id='a'/><img src='a.png'/><p>Ropes.</p></body></html>"
    page = ParsedPage.parse(xml, url="https://ropes.example/", fetched_at="", headers=[("Content-Type", kind)])
    assert page.text == ("" if kind == "text/html" else "Ropes.")


def test_links_of_noscript_have_their_words() -> None:
    page = parse("<div id=app></div><noscript><p>Ropes for boats.</p><a href='/us'>About <b>us</b></a></noscript>")
    assert [(link.url, link.text) for link in page.links] == [("https://www.example-works.com/us", "About us")]
    assert page.text == ""


def test_areas_of_an_image_have_the_words_that_stand_for_it() -> None:
    page = parse("<map><area href=/us alt='About us'><area href=/reach title=Contact alt=''></map>")
    assert [link.text for link in page.links] == ["About us", "Contact"]


def test_what_is_for_readers_without_frames_is_not_seen() -> None:
    page = parse("<frameset><frame src=a.html><noframes><p>Your browser shows no frames.</p></noframes></frameset>")
    assert page.text == ""


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", [None, "utf-8"])
def test_undeclared_utf_16_is_read_also_where_all_is_ascii(name: str, declared: str | None) -> None:
    html = "<html><body><a href='mailto:ann@ropes.example'>Write to Ann</a></body></html>"
    page = parse(html.encode(name), charset=declared)
    assert [(link.url, link.text) for link in page.links] == [("mailto:ann@ropes.example", "Write to Ann")]


def test_pages_that_share_a_menu_are_read_in_threads_as_alone() -> None:
    menu = b"<nav>" + b"".join(b'<a href="page-%d">Entry %d</a>' % (n, n) for n in range(300)) + b"</nav>"
    sites = [f"https://{name}.example/" for name in ("fern", "moss", "reed", "rush")]

    pages = {site: [parse(menu, site) for _ in range(20)] for site in sites}
    assert len({len(page.walk.lines) for of_site in pages.values() for page in of_site}) == 1, "all are walked"

    def urls(site: str) -> list[list[str]]:
        return [[link.url for link in page.links] for page in pages[site]]

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(len(sites)) as threads:
            found = list(threads.map(urls, sites))
    finally:
        sys.setswitchinterval(switching)
    for site, times in zip(sites, found, strict=True):
        assert all(once == [f"{site}page-{n}" for n in range(300)] for once in times)


def test_a_shadow_root_is_shown_and_ends_where_it_ends() -> None:
    card = "<x-card><template shadowrootmode=open><p>Shown</p><template><p>Never</p></template></template></x-card>"
    page = parse(f"<div id=cards>{card * 2}<template><p>Never</p></template></div></template><p id=after>After")
    assert page.text == "Shown\nShown\nAfter"
    after = page.tree.css_first("#after")
    assert after is not None and after.parent is not None and after.parent.tag == "body"
