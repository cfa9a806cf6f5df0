import json
from pathlib import Path

import pytest

from shared import extract
from shared.extract.key_pages import classify, key_pages
from shared.extract.page import ParsedPage
from shared.extract.socials import profile

WORDS = json.loads(Path(extract.__file__).with_name("key_pages.json").read_text(encoding="utf-8"))
KINDS = {"about", "contact", "team", "careers", "pricing", "products", "investors", "news", "press", "legal", "privacy"}


def test_every_kind_is_told_in_at_least_25_languages() -> None:
    assert WORDS.keys() == KINDS
    assert min(map(len, WORDS.values())) >= 25


@pytest.mark.parametrize(("kind", "languages"), WORDS.items())
def test_a_languages_first_word_for_a_kind_is_understood_as_text_whatever_the_address(
    kind: str, languages: dict[str, list[str]]
) -> None:
    told = {language: classify("https://x.com/p?id=7", words[0]) for language, words in languages.items()}
    assert {language: found and found[0] for language, found in told.items()} == dict.fromkeys(languages, kind)


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://x.de/ueber-uns/", "", "about"),
        ("https://x.de/uber-uns", "", "about"),
        ("https://x.com/en/about/leadership/", "", "team"),
        ("https://x.fr/mentions-legales.html", "", "legal"),
        ("https://x.com/legal/privacy", "Privacy", "privacy"),
        ("https://x.com/%E4%BC%9A%E7%A4%BE%E6%A6%82%E8%A6%81/", "", "about"),
        ("https://investors.x.com/", "", "investors"),
        ("https://careers.x.com/search", "", "careers"),
        ("https://careers.x.com/us/en", "", "careers"),
        ("https://x.com/content/x/us/en/company.html", "Company", "about"),
        ("https://x.com/customer-agreement", "", "legal"),
        ("https://x.com/contact/index.html", "", "contact"),
        ("https://x.com/#contact", "", "contact"),
        ("https://x.com/p", "Join our team", "careers"),
        ("https://x.com/p", "Meet the team", "team"),
        ("https://x.de/p", "Über mich", "about"),
        ("https://x.nl/over-mij.html", "", "about"),
        ("https://x.no/p", "Om", "about"),
        ("https://x.se/historia/", "Vår historia", "about"),
        ("https://x.ru/p", "Наши преподаватели", "team"),
        ("https://x.it/p", "Aggiornamenti", "news"),
        ("https://x.co.jp/ir/", "株主・投資家情報", "investors"),
        ("https://x.com.tr/p", "İletişim", "contact"),
        ("https://x.com.tr/p", "İLETİŞİM", "contact"),
        ("https://x.com.tr/p", "HAKKIMIZDA", "about"),
        ("https://x.com.tr/p", "Hakkimizda", "about"),
        ("https://x.es/p", "CONTACTANOS", "contact"),
        ("https://x.fr/p", "Mentions legales", "legal"),
        ("https://x.com/p", "News and press releases", "press"),
        ("https://x.kr/p", "고객문의", "contact"),
        ("https://x.jp/recruit/", "", "careers"),
        ("https://x.jp/p", "メンバー", "team"),
        ("https://x.sk/p", "Voľné pracovné miesta", "careers"),
        ("https://x.lt/p", "Darbo pasiūlymai", "careers"),
        ("https://x.rs/p", "О компанији", "about"),
        ("https://x.ae/p", "نبذة عنا", "about"),
        ("https://x.il/p", "משרות פנויות", "careers"),
        ("https://x.th/p", "เกี่ยวกับบริษัท", "about"),
        ("https://x.fr/story/28817/mentions-legales", "", "legal"),
    ],
)
def test_links_are_told_by_their_text_and_by_their_address(url: str, text: str, kind: str) -> None:
    found = classify(url, text)
    assert found is not None
    assert found[0] == kind
    assert 0 < found[1] <= 1


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://x.com/", "Home"),
        ("https://x.com/products/pain-management", "Pain Management"),
        (
            "https://x.com/blog/2020/our-team-ran-the-city-marathon-last-weekend",
            "Our team ran the city marathon last weekend",
        ),
        ("https://x.com/kontakt.jpg", "Kontakt"),
        ("https://x.com/cart", "Cart"),
        ("https://[bad", "Contact"),
        (f"https://x.com/{'a/' * 20}company", ""),
        ("", ""),
        ("https://blog.x.com/why-felt", "Why felt"),
        ("https://shop.x.com/login", "Log in"),
        ("https://x.com/courses/business-skills/leadership", "Leadership"),
        ("https://x.com/unternehmen", "Für Unternehmen"),
        ("https://x.com/team", "For teams"),
        ("https://x.com/p", "Mitarbeiter*in Lager"),
        ("https://x.com/p", "Employment law"),
        ("https://x.kr/p", "광고문의"),
        ("https://x.kr/p", "장비소개"),
        ("https://x.com/fibres/2111012/investors-find-hemp", ""),
        ("https://x.fr/abonnement/tissus/presentation", ""),
        ("https://x.es/tarifas/tarifas_digital.pdf", "Tarifas Publicidad"),
        ("https://x.de/preise", "Anzeigenpreise"),
        ("https://x.com/tags/online-privacy", "Online Privacy"),
        ("https://x.com/topics/legal", "Legal"),
    ],
)
def test_other_links_are_no_key_pages(url: str, text: str) -> None:
    assert classify(url, text) is None


@pytest.mark.parametrize(
    ("url", "text", "kind"),
    [
        ("https://www.fern-leaf.com/p", "About Fern Leaf", "about"),
        ("https://fernleaf.co.uk/p", "The Fern Leaf Blog", "news"),
        ("https://fernleaf.de/p", "Über Fern-Leaf", "about"),
        ("https://blaetter.de/p", "Über Blätter", "about"),
        ("https://fernleaf.com/p", "About Fernleaf.com", "about"),
        ("https://fernleaf.com/p", "Fernleaf careers", "careers"),
        ("https://fern-leaf-dyes.com/p", "Blog de Fern Leaf", "news"),
        ("https://fernleaf.com/p", "Work at Fernleaf", "careers"),
        ("https://fernleaf.com/p", "About the Fernleaf Group", "about"),
        ("https://fernleaf.com/p", "Terms of Service of Fernleaf Ltd.", "legal"),
        ("https://fernleaf.fr/p", "Groupe Fernleaf", "about"),
        ("https://fernleaf.fr/p", "La Fernleaf en bref", "about"),
        ("https://fernleaf.fr/p", "Historique de la Fernleaf", "about"),
    ],
)
def test_a_text_that_names_the_company_says_as_much_as_one_without_its_name(url: str, text: str, kind: str) -> None:
    assert classify(url, text) == (kind, 0.9)


def test_a_company_that_is_named_for_what_it_sells_has_no_products_page_for_that() -> None:
    assert classify("https://fernleaf.com/p", "Fernleaf Media") is None
    assert "products" not in dict(told("<a href=/p>Fernleaf Solutions</a>", "https://fernleaf.com/q"))


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("/paper-products", "Paper Products"),
        ("/felt-solutions", ""),
        ("/affiliate_terms", "Affiliate terms"),
        ("/net-terms", "Net Terms"),
        ("/french-press", "French press"),
        ("/contact-lenses", "Contact lenses"),
        ("/career-coaching", "Career Coaching"),
        ("/legal-services", "Legal Services"),
        ("/privacy-screens", ""),
        ("/industries/legal", "Legal"),
        ("/services/data-protection", "Data Protection"),
        ("/kitchen/biscuits/cookies", "Cookies"),
        ("/la-firma-electronica", "La firma electrónica"),
    ],
)
def test_what_other_words_and_folders_make_another_thing_of_is_no_key_page(url: str, text: str) -> None:
    assert classify(f"https://x.com{url}", text) is None


def test_words_that_mean_nothing_beside_a_kind_do_not_narrow_it() -> None:
    links = "<a href=/p>All products</a><a href=/q>Website terms of use</a><a href=/r>Contact & Map</a>"
    assert dict(told(links)) == {
        "products": "https://x.com/p",
        "legal": "https://x.com/q",
        "contact": "https://x.com/r",
    }


def told(html: str, url: str = "https://x.com/p", kind: str = "other") -> list[tuple[str, str]]:
    """Kinds and addresses of a page's facts, the surest first."""
    page = ParsedPage.parse(f"<html lang=en>{html}".encode(), url=url, fetched_at="", kind=kind)
    facts = sorted(key_pages(page), key=lambda fact: -fact.confidence)
    return [(fact.value["kind"], fact.value["url"]) for fact in facts]


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("<a href=/who-we-are/leadership>Leadership</a>", "<a href=/board-of-directors>Board of Directors</a>"),
        ("<a href=/about/x-ltd>About us</a>", "<a href=/our-mission>Our Mission</a>"),
        ("<a href=/blog>Blog</a>", "<a href=/in-the-news>In the news</a>"),
        ("<a href=/plans>Plans</a>", "<a href=//es.x.com/planes>Planes</a>"),
        ("<a href=/team.html>Team</a>", "<a href=/#team>Team</a>"),
        ("<a href=/privacy-policy>Privacy</a>", "<a href=/cookie-policy>Cookie Policy</a>"),
        ("<a href=/a>Postes à pourvoir</a>", "<a href=/b>Recrutement de cadres</a>"),
        ("<a href=/x>About us</a>", "<a href=/about>Our team's favourite meals</a>"),
    ],
)
def test_of_two_links_the_one_that_is_more_to_the_point_comes_first(better: str, worse: str) -> None:
    (kind, url), *_ = told(worse + better)
    assert [(kind, url)] == told(better)[:1]


def test_another_host_has_a_companys_page_where_it_is_in_that_trade() -> None:
    links = "<a href=https://wellfound.com/company/x/jobs>Jobs</a><a href=https://y.com/contact>Contact</a>"
    assert told(links) == [("careers", "https://wellfound.com/company/x/jobs")]


def test_a_host_that_only_customers_see_has_no_pages_for_others() -> None:
    assert told("<a href=https://login.x.com/prices>Prices</a><a href=/prices>Prices</a>") == [
        ("pricing", "https://x.com/prices")
    ]


def test_a_link_that_scrolls_or_does_nothing_is_no_page() -> None:
    assert (
        told("<a href=#prices>Prices</a><a href='/team#'>Team</a><a href='../about#'></a>", "https://x.com/a/p") == []
    )
    assert told("<a href=#team>Team</a>", "https://x.com/") == [("team", "https://x.com/#team")]


def test_a_page_that_was_read_for_its_kind_is_one_where_no_link_says_better() -> None:
    assert told("<title>Us</title>", "https://x.com/team", "team") == [("team", "https://x.com/team")]
    assert told("<a href=/our-team>Our team</a>", "https://x.com/x", "team")[0] == ("team", "https://x.com/our-team")
    assert told("<title>Us</title>", "https://x.com/", "home") == []


def test_a_page_is_as_surely_of_its_kind_as_the_menu_that_it_shares_says() -> None:
    links = "<a href=/presse.html>Deutsch</a><a href=/press.html>Press</a>"
    assert told(links, "https://x.com/press.html", "press")[0] == ("press", "https://x.com/press.html")


def test_the_front_page_is_of_no_kind_whatever_links_to_it_are_called() -> None:
    assert told("<a href=/index.html>Ferns Media</a><a href='index.php?p=2'>Team</a>", "https://x.com/p") == [
        ("team", "https://x.com/index.php?p=2")
    ]


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://WWW.LinkedIn.com/company/Fern-Leaf/?trk=x", "https://www.linkedin.com/company/Fern-Leaf"),
        ("https://twitter.com/@fern", "https://x.com/fern"),
        ("https://mobile.twitter.com/fern?lang=de", "https://x.com/fern"),
        ("https://m.facebook.com/pages/Fern/12345", "https://www.facebook.com/pages/Fern/12345"),
        ("https://www.youtube.com/channel/UCabc-DEF_123/videos", "https://www.youtube.com/channel/UCabc-DEF_123"),
        ("https://www.xing.com/companies/fern", "https://www.xing.com/companies/fern"),
        ("https://fern.tumblr.com/", "https://fern.tumblr.com"),
        ("https://medium.com/@fern", "https://medium.com/@fern"),
    ],
)
def test_a_profile_has_one_normal_form(url: str, form: str) -> None:
    found = profile(url)
    assert found is not None
    assert found[1] == form


@pytest.mark.parametrize(
    "url",
    """https://twitter.com/ https://twitter.com/share?url=x https://twitter.com/fern/status/1 https://x.com/i/flow/login
    https://www.facebook.com/sharer.php?u=x https://www.facebook.com/tr?id=1 https://www.facebook.com/plugins/like.php
    https://www.linkedin.com/in/ada https://www.linkedin.com/shareArticle?x https://www.instagram.com/p/Cxyz/
    https://www.youtube.com/watch?v=1 https://www.youtube.com/embed/1 https://youtube.com https://github.com/a/b
    https://pinterest.com/pin/create/button/ https://vimeo.com/12345 https://notlinkedin.com/company/x
    https://linkedin.com.evil.org/company/x https://t.me/share/url?url=x""".split(),
)
def test_share_buttons_posts_and_logins_are_no_profiles(url: str) -> None:
    assert profile(url) is None
