import pytest

from shared.feeds.items import ITEMS_MAX, Item, NotAFeed, items

URL = "https://hollin.example/news/feed.xml"
Told = list[tuple[str, str | None, str | None]]


def told(text: str | bytes, charset: str | None = None, url: str = URL) -> Told:
    body = text if isinstance(text, bytes) else text.encode()
    return [(item.title, item.url, item.date) for item in items(body, url, charset)]


def rss(inside: str, head: str = '<?xml version="1.0"?><rss version="2.0">') -> str:
    return f"{head}<channel><title>Hollin</title><link>https://hollin.example/</link>{inside}</channel></rss>"


def atom(inside: str, attributes: str = "") -> str:
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Hollin</title><id>urn:x</id>{inside}</feed>'


ONE: Told = [("Gauge 3 & more", "https://hollin.example/news/3", "2026-03-02T09:00:00+01:00")]


@pytest.mark.parametrize(
    "text",
    [
        rss(
            "<item><title>Gauge 3 &amp; more</title><link>https://hollin.example/news/3</link>"
            "<pubDate>Mon, 02 Mar 2026 09:00:00 +0100</pubDate><description>x &lt;b&gt;</description></item>"
        ),
        rss(
            "<item><title><![CDATA[ Gauge 3 &amp; <b>more</b> ]]></title><link>\n /news/3\n</link>"
            "<dc:date>2026-03-02T09:00:00+01:00</dc:date></item>"
        ),
        rss(
            "<item><title>Gauge 3 &#38; more</title><guid isPermaLink='true'>https://hollin.example/news/3</guid>"
            "<pubDate>nonsense</pubDate><dc:date>2026-03-02T09:00:00+01:00</dc:date></item>"
        ),
        # RSS 0.91 with a document type, RSS 1.0, Atom 1.0 and 0.3, Atom with a prefix
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
        + rss(
            "<item><title>Gauge 3 &amp; more</title><link>https://hollin.example/news/3</link>"
            "<pubDate>02 Mar 2026 09:00 +0100</pubDate></item>"
        ),
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:d="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>Hollin</title><items><rdf:Seq>'
        '<rdf:li resource="x"/></rdf:Seq></items></channel><item rdf:about="https://hollin.example/news/3">'
        "<title>Gauge 3 &amp; more</title><d:date>2026-03-02T09:00:00+01:00</d:date></item></rdf:RDF>",
        atom(
            '<entry><title type="html">Gauge 3 &amp;amp; &lt;em&gt;more&lt;/em&gt;</title><id>urn:3</id>'
            '<link rel="self" href="https://hollin.example/3.atom"/><link rel="enclosure" href="/3.mp3"/>'
            '<link href="https://hollin.example/news/3"/><author><name>Ann</name></author>'
            "<updated>2026-04-01T00:00:00Z</updated><published>2026-03-02T09:00:00+01:00</published></entry>"
        ),
        atom(
            '<entry xml:base="archive/"><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Gauge 3 &amp; <i>more</i>'
            '</div></title><link rel="alternate" href="../3"/><updated>2026-03-02T09:00:00+01:00</updated></entry>',
            'xml:base="https://hollin.example/news/"',
        ),
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>Gauge 3 &amp; more</title>'
        '<link rel="alternate" type="text/html" href="https://hollin.example/news/3"/>'
        "<issued>2026-03-02T09:00:00+01:00</issued><modified>2026-05-02T09:00:00+01:00</modified></entry></feed>",
        '<ns0:feed xmlns:ns0="http://www.w3.org/2005/Atom"><ns0:entry><ns0:title>Gauge 3 &amp; more</ns0:title>'
        '<ns0:link href="/news/3" /><ns0:published>2026-03-02T09:00:00+01:00</ns0:published></ns0:entry></ns0:feed>',
        ' {"version": "https://jsonfeed.org/version/1.1", "title": "Hollin", "items": [7, {"id": "3", "url": "/news/3", '
        '"title": "Gauge 3 & more", "date_published": "2026-03-02T09:00:00+01:00"}, {"id": "4", "content_text": "x"}]}',
    ],
)  # fmt: skip
def test_every_format_gives_title_address_and_date(text: str) -> None:
    assert told(text) == ONE


def test_the_quote_holds_title_and_date_as_printed() -> None:
    text = rss("<item><title>Gauge</title><pubDate> Mon, 02 Mar 2026 09:00:00 GMT </pubDate></item>")
    assert items(text.encode(), URL) == [
        Item("Gauge", None, "2026-03-02T09:00:00+00:00", "Gauge (Mon, 02 Mar 2026 09:00:00 GMT)")
    ]


def test_items_come_newest_first_undated_last_and_bounded() -> None:
    dated = "".join(f"<item><title>d{n}</title><pubDate>{n} Mar 2026</pubDate></item>" for n in range(1, 29))
    text = rss("<item><title>u1</title></item>" + dated + "<item><title>u2</title></item>" * 5)
    assert [title for title, _, _ in told(text)] == [*(f"d{n}" for n in range(28, 0, -1)), "u1", "u2"]
    assert len(told(rss("".join(f"<item><title>{n}</title></item>" for n in range(200))))) == ITEMS_MAX


def test_an_item_told_twice_comes_once() -> None:
    assert len(told(rss("<item><title>Gauge</title><link>/a</link></item>" * 2))) == 1


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("/a", URL, "https://hollin.example/a"),
        ("../a?utm_source=rss&amp;x=1#top", URL, "https://hollin.example/a?x=1"),
        ("//other.example/a", URL, "https://other.example/a"),
        ("javascript:alert(1)", URL, None),
        ("mailto:a@hollin.example", URL, None),
        ("https://user:pass@hollin.example/", URL, None),
        ("http://[::1", URL, None),
        ("", URL, None),
        ("a b", URL, "https://hollin.example/news/a%20b"),
    ],
)  # fmt: skip
def test_links_are_absolute_and_for_the_web(link: str, base: str, expected: str | None) -> None:
    assert told(rss(f"<item><title>Gauge</title><link>{link}</link></item>"), url=base)[0][1] == expected


def test_a_guid_that_is_no_permalink_is_no_address() -> None:
    text = '<item><title>Gauge</title><guid isPermaLink="false">https://hollin.example/?p=3</guid></item>'
    assert told(rss(text)) == [("Gauge", None, None)]


def test_other_namespaces_and_nested_elements_do_not_speak_for_the_item() -> None:
    text = rss(
        '<item><media:content url="x"><media:title>Photo</media:title></media:content><source><title>Agency</title>'
        "<link>https://agency.example/</link></source><itunes:title>Podcast</itunes:title><title>Gauge</title>"
        '<atom:link rel="replies" href="/replies"/><link>/a</link></item>'
    )
    assert told(text) == [("Gauge", "https://hollin.example/a", None)]


def test_readers_comments_are_no_news() -> None:
    text = rss(
        "<item><title>By: Reader</title><link>https://hollin.example/a/#comment-12</link></item>"
        "<item><title>Gauge</title><link>/a</link></item>"
    )
    assert told(text) == [("Gauge", "https://hollin.example/a", None)]


def test_an_item_without_a_title_is_left_out() -> None:
    assert told(rss("<item><title/><link>/a</link></item><item><title> </title></item><item></item>")) == []


@pytest.mark.parametrize(
    "text",
    [
        # what was mirrored through an HTML parser: lower case, links that never close
        '<rss><channel><generator>https://cms.example/><image><url>x</url><item><title>Gauge</title><link>/a'
        "<pubdate>Mon, 02 Mar 2026</pubdate><guid ispermalink=false>9</guid></item>",
        "<rss><channel><item><title>Gauge<link>/a</link><pubDate>2026-03-02</pubDate></item></channel>",
        "<RSS><CHANNEL><ITEM><TITLE>Gauge</TITLE><LINK>/a</LINK><PUBDATE>2026-03-02</PUBDATE></ITEM></CHANNEL></RSS>",
        "\n\n  <rss><channel><item><title>Gauge</title><link>/a</link><pubDate>2026-03-02</pubDate>",
        "<rss><item><title>Gauge</title><link>/a</link><pubDate>2026-03-02</pubDate><item><title>",
        '<rss><item><media:thumbnail url="x"><title>Gauge</title><link>/a</link><pubDate>2026-03-02</pubDate></item>',
        '<rss><item><enclosure url="x title="y"/><title>Gauge</title><link>/a</link><pubDate>2026-03-02</pubDate></item>',
        "<rss><item><title>Gauge</title></b></i><link>/a</link><pubDate>2026-03-02</pubDate><x></item></rss>",
        "<rss><item><title>Ga\0uge</title><link>/a</link><pubDate>2026-03-02</pubDate></item></rss>",
        "<rss><item><title>Gauge</title><link>/a</link><pubDate>2026-03-02</pubDate><description><![CDATA[<item><title>",
    ],
)  # fmt: skip
def test_broken_feeds_are_read_as_far_as_they_go(text: str) -> None:
    assert told(text) == [("Gauge", "https://hollin.example/a", "2026-03-02")]


def test_names_of_html_are_known_though_xml_has_them_not() -> None:
    assert (
        told(rss("<item><title>B&uuml;ro&nbsp;3 &copy; A&B &unknown;</title></item>"))[0][0] == "Büro 3 © A&B &unknown;"
    )


def test_text_of_atom_is_text() -> None:
    assert told(atom("<entry><title>How to use &lt;b&gt;</title></entry>"))[0][0] == "How to use <b>"


@pytest.mark.parametrize(
    ("encoding", "declared", "charset", "word"),
    [
        ("utf-8", "utf-8", None, "Büro"),
        ("utf-8", "iso-8859-1", "iso-8859-1", "Büro"),
        ("utf-8-sig", "x-unknown", None, "Büro"),
        ("iso-8859-1", "iso-8859-1", None, "Büro"),
        ("cp1252", "iso-8859-1", None, "Büro “3” €"),
        ("cp1252", None, None, "Büro “3” €"),
        ("iso-8859-2", None, "iso-8859-2", "Łódź"),
        ("koi8-r", "koi8-r", None, "Новости"),
        ("shift_jis", "Shift_JIS", None, "水位計"),
        ("iso-2022-jp", "iso-2022-jp", None, "水位計"),
        ("gb18030", "gb2312", "gb18030", "水位计"),
        ("utf-16", "utf-16", None, "Büro"),
        ("utf-16-le", "utf-16", None, "Büro"),
        ("cp1252", "punycode", "idna", "Büro"),
        ("cp1252", "utf-7", "unicode_escape", "Büro"),
    ],
)  # fmt: skip
def test_encodings_are_found_out(encoding: str, declared: str | None, charset: str | None, word: str) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?><rss>' if declared else "<rss>"
    assert told(rss(f"<item><title>{word}</title></item>", head).encode(encoding), charset)[0][0] == word


@pytest.mark.parametrize(
    "text",
    ["", "   ", "News", "<html><body><item><title>x</title></item></body></html>", "<!DOCTYPE html><html>", "{}", "<",
     '<?xml version="1.0"?><urlset/>', "<svg/>", "<!-- <rss> -->", "\0\0\0",
     "{", '{"items": [{"title": "x"}]}', '{"version": "https://jsonfeed.org/version/1", "items": 1}', '{"a":' * 9_999],
)  # fmt: skip
def test_what_is_no_feed_is_told_apart(text: str) -> None:
    with pytest.raises(NotAFeed):
        told(text)


def test_an_empty_feed_is_a_feed() -> None:
    assert told(rss("")) == []


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    assert told(bomb + rss("<item><title>x&b;&f;</title></item>")) == [("x&b;&f;", None, None)]


MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    "text",
    [
        "<rss>" + "<item>" * (MEGABYTE // 6),
        "<rss><item>" + "<a>" * (MEGABYTE // 3),
        "<rss><item>" + "<a>" * 100_000 + "</b>" * 100_000,
        "<rss><item>" + "<a>" * 60 + "</b></a><a>" * (MEGABYTE // 11),
        "<rss>" + '<a "' * (MEGABYTE // 4),
        "<rss>" + "<a \"><b '>" * (MEGABYTE // 10),
        "<rss " + "a" * MEGABYTE + ">",
        "<rss>" + ("<x " + "a" * 8000 + ">") * (MEGABYTE // 8000),
        "<rss>" + ("<x " + "a= " * 2600 + ">") * (MEGABYTE // 8000),
        "<rss>" + "<" * MEGABYTE,
        "<rss>" + "<!--" * (MEGABYTE // 4),
        "<rss><item><title>" + "<![CDATA[" * (MEGABYTE // 9),
        "<rss><item><title>" + "a<b>" * (MEGABYTE // 4),
        "<rss><item><title>" + "&amp;" * (MEGABYTE // 5),
        "<rss><item><title>" + "<" * MEGABYTE,
        "<rss><item><title>&#" + "1" * 5000 + "</title></item>",
        "<rss><item><pubDate>" + "1 " * (MEGABYTE // 2),
        "<rss><item><title>x</title><link>" + "a/../" * (MEGABYTE // 5),
        "<rss>" + "".join(f'<x xmlns:p{n}="feedburner">' for n in range(60_000)),
        "<rss>" + "<item><title>" + "x" * 100 + "</title></item>" * (MEGABYTE // 130),
    ],
)  # fmt: skip
@pytest.mark.timeout(15)
def test_hostile_feeds_end(text: str) -> None:
    """Each would take minutes, or all memory, if the time were not linear in the text."""
    assert len(told(text)) <= ITEMS_MAX
