"""Which links a plan takes: one language, one spelling, the company's own hosts, no traps."""

import pytest

from shared.extract.page import ParsedPage
from shared.links import Hosts, is_trap, language_of
from shared.plan import Plan
from shared.web.robots import Robots
from shared.web.urls import normalise, page_key

OPEN = Robots("Firmograph", 404)


def plan_of(html: str, base: str = "https://ropes.example/", language: str | None = "en", most: int = 11) -> Plan:
    page = ParsedPage.parse(html.encode(), url=base, fetched_at="")
    plan = Plan(base, most, Hosts("ropes.example", base), language)
    plan.consider_links(page.links, OPEN)
    return plan


def paths(plan: Plan) -> list[str]:
    return [page.url.removeprefix("https://ropes.example") for page in plan.chosen()]


@pytest.mark.parametrize(
    "path",
    """/login /en/log-in/ /account/orders /my-account /mein-konto/ /kundenkonto /logout?next=/ /cart /warenkorb/ /checkout/step1
    /search?q=ropes /suche/ /about?s=x /news/page/2 /news?page=7 /events/2026/05 /events/2026-05-01/ /calendar/
    /about.pdf /files/brochure.ZIP /team/card.vcf /news?month=5&year=2026 /contact?add-to-cart=7 /wp-login.php
    /cdn-cgi/l/email-protection /about/team/about/team/about/team /a/b/c/d/e/f/g /download/brochure /team?sort=name
    /contact?redirect_to=%2F /feed/ /tag/ropes /products?filter_colour=red
    /contact/anmelden /einloggen /kundenlogin /iniciar-sesion /connexion /inloggen /winkelmand /zaloguj /prihlaseni
    /careers/apply/44 /contact/submit /unsubscribe?x=1 /about/amp /about?amp=1 /news/2 /news?seite=2 /news?pagina=2
    /index.php?option=com_users&view=login /index.php?page=login /events?view=month
    /index.php?page=user-login /index.php?do=register
    /get.php?name=about.pdf /users/sign_in /shopping-cart /einkaufswagen /wunschliste /search-results /suchergebnisse
    /events/?tribe-bar-date=2026-11-01 /team?filter[office]=hull /cesta /kurv /handlekurv /ostoskori /sepetim /registrieren
    /registrati /registrarse /rejestracja /minha-conta /mijn-account /passwort-vergessen /forgot-password
    /reset-your-password /mot-de-passe-oublie""".split(),
)
def test_a_trap_is_never_read(path: str) -> None:
    assert is_trap(normalise(f"https://ropes.example{path}") or "")


@pytest.mark.parametrize(
    "path",
    """/ /about /about/team /company/about-us.html /contact?id=3 /index.php?p=impressum /de/ueber-uns /news/2026/
    /investors/annual-report-2025 /about.php /legal/terms /page.aspx?ID=7 /research /accounting /bagels /careers/engineering
    /index.php?page=contact /index.php?seite=impressum /index.php?option=com_content&view=article&id=2 /news/2026 /news/12/05/about-us
    /index.php?page=research /index.php?page=accounting /index.php?page=registered-office /index.php?page=3d /catalog-in/
    /applications /inscriptions-in-stone /amplifiers /password-manager /passwordless /contact-signs /basketball""".split(),
)
def test_a_page_is_no_trap(path: str) -> None:
    assert not is_trap(f"https://ropes.example{path}")


@pytest.mark.parametrize(
    ("url", "hreflang", "language"),
    [
        ("https://ropes.example/de/ueber-uns", "", "de"),
        ("https://ropes.example/pt-BR/sobre", "", "pt"),
        ("https://fr.ropes.example/a-propos", "", "fr"),
        ("https://ropes.example/about?lang=es", "", "es"),
        ("https://ropes.example/about", "nl-BE", "nl"),
        ("https://ropes.example/about", "x-default", None),
        ("https://ropes.example/ir/", "", None),
        ("https://ropes.example/us/en/about", "", "en"),
        ("https://ropes.example/ch/fr", "", "fr"),
        ("https://ropes.example/de/en-gb/about", "", "en"),
        ("https://ropes.example/en/it/", "", "en"),
        ("https://ropes.example/de/it/", "", "de"),
        ("https://ropes.example/ca/fr/", "", "fr"),
        ("https://ropes.example/fr/ca/", "", "fr"),
        ("https://ropes.example/ar/es/about", "", "es"),
        ("https://ropes.example/eu/de/", "", "de"),
        ("https://ropes.example/ca/about", "", "ca"),
        ("https://ropes.example/us/about/de", "", None),
        ("https://ropes.example/about", "", None),
    ],
)
def test_a_links_language_is_told(url: str, hreflang: str, language: str | None) -> None:
    assert language_of(url, hreflang) == language


def test_spellings_of_one_address_are_one_page() -> None:
    spelled = "https://www.ropes.example/about/ http://ropes.example/about https://ropes.example/about/index.html"
    assert len({page_key(url) for url in spelled.split()}) == 1
    html = (
        "<a href='/about'>About</a><a href='/about/'>About us</a><a href='/about?utm_source=x'>About</a><a href='/about#team'>About</a>"
        "<a href='/about;jsessionid=0A1'>About</a><a href='/about?PHPSESSID=1'>About</a><a href='http://www.ropes.example/about'>About</a>"
    )
    assert len(paths(plan_of(html))) == 1


FIVE = "".join(
    f"<a href='{prefix}/{about}'>{text}</a><a href='{prefix}/contact' hreflang='{code}'>Contact</a>"
    for code, prefix, about, text in (
        ("en", "", "about", "About us"),
        ("de", "/de", "ueber-uns", "Über uns"),
        ("fr", "/fr", "a-propos", "À propos"),
        ("es", "/es", "sobre-nosotros", "Sobre nosotros"),
        ("it", "/it", "chi-siamo", "Chi siamo"),
    )
)


def test_a_page_in_five_languages_is_read_once_in_that_of_the_home_page() -> None:
    assert paths(plan_of(FIVE)) == ["/about", "/contact"]
    german = "".join(link for link in FIVE.split("<a") if link).replace(" href", "<a href")
    assert paths(plan_of(german, "https://ropes.example/de/", "de"))[:2] == ["/de/ueber-uns", "/de/contact"]


def test_another_countrys_edition_stands_in_for_what_the_home_pages_lacks() -> None:
    links = "".join(f"<a href='/{at}/{page}'>{page}</a>" for at in ("en-us", "en-gb") for page in ("about", "contact"))
    links += "<a href='/en-gb/legal'>Legal</a><a href='/de-de/legal'>Impressum</a><a href='/de-de/about'>Über uns</a>"
    plan = plan_of(links, "https://ropes.example/en-us/")
    assert paths(plan) == ["/en-us/about", "/en-us/contact", "/en-gb/legal"]


def test_each_kind_stands_in_from_the_edition_that_has_it() -> None:
    links = (
        "<a href='/en-us/about'>About us</a><a href='/en-gb/legal'>Legal notice</a><a href='/en-au/team'>Our team</a>"
    )
    links += "<a href='/de/impressum'>Impressum</a><a href='/de/kontakt'>Kontakt</a>"
    assert set(paths(plan_of(links, "https://ropes.example/en-us/"))) == {"/en-us/about", "/en-gb/legal", "/en-au/team", "/de/kontakt"}  # fmt: skip


def test_a_department_of_two_letters_is_no_countrys_edition() -> None:
    links = "<a href='/en/ir/'>Investors</a><a href='/en/hr/'>Careers</a><a href='/en/about'>About</a>"
    assert set(paths(plan_of(links, "https://ropes.example/en/"))) == {"/en/ir/", "/en/hr/", "/en/about"}


def test_a_page_is_asked_for_where_the_home_page_is() -> None:
    links = "<a href='http://ropes.example/about'>About</a><a href='http://shop.ropes.example/'>Shop</a>"
    plan = plan_of(links, "https://www.ropes.example/")
    assert [page.url for page in plan.chosen()] == ["https://www.ropes.example/about", "http://shop.ropes.example/"]


def test_another_language_stands_in_for_what_the_home_pages_lacks() -> None:
    html = "<a href='/de/impressum'>Impressum</a><a href='/fr/mentions-legales'>Mentions légales</a><a href='/about'>About</a>"
    assert paths(plan_of(html)) == ["/about", "/de/impressum"]


def test_a_splash_page_without_a_language_leads_to_english() -> None:
    assert paths(
        plan_of("<a href='/de/about'>A</a><a href='/en/about'>A</a><a href='/fr/about'>A</a>", language=None)
    ) == ["/en/about"]


def test_sibling_hosts_of_the_company_are_read_and_other_names_are_not() -> None:
    hosts = Hosts("ropes.example", "https://www.ropes.example/")
    assert all(
        hosts.has(f"https://{name}ropes.example/x")
        for name in ("", "www.", "careers.", "jobs.", "ir.", "investors.", "shop.", "about.", "de.")
    )
    assert not any(
        hosts.has(url)
        for url in (
            "https://customer7.ropes.example/",
            "https://ropes.example.evil.example/",
            "https://xropes.example/",
        )
    )


@pytest.mark.parametrize("platform", ["myshopify.com", "github.io", "blogspot.com", "platform.example"])
def test_other_customers_of_a_platform_are_never_read(platform: str) -> None:
    hosts = Hosts(f"ropes.{platform}", f"https://ropes.{platform}/")
    assert hosts.has(f"https://ropes.{platform}/about")
    assert hosts.has(f"https://careers.ropes.{platform}/")
    assert not any(hosts.has(f"https://{name}{platform}/about") for name in ("other.", "shop.", "careers.", ""))


def test_an_address_is_a_host_of_its_own() -> None:
    hosts = Hosts("127.0.0.1:8080", "http://127.0.0.1:8080/")
    assert hosts.has("http://127.0.0.1:8080/about")
    assert not hosts.has("http://127.0.0.1:8081/about")
    assert not hosts.has("http://127.0.0.2:8080/about")


def test_links_in_menus_come_before_links_in_texts() -> None:
    html = "<main><a href='/x/about'>About us</a></main><nav><a href='/y/about'>About us</a></nav>"
    assert paths(plan_of(html, most=1)) == ["/y/about"]


def test_one_long_list_leaves_room_for_other_kinds() -> None:
    html = "".join(f"<a href='/news/{n}'>News</a>" for n in range(3000)) + "<a href='/contact'>Contact</a>"
    assert len([path for path in paths(plan_of(html)) if path.startswith("/news/")]) == 2
    assert "/contact" in paths(plan_of(html))


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080/", "http://[2001:db8::1]:8080/", "https://localhost:8443/"])
def test_links_of_a_home_page_at_an_address_are_planned(base: str) -> None:
    page = ParsedPage.parse(
        b"<a href='/about'>About us</a><a href='mailto:x@y.example'>Contact</a>", url=base, fetched_at=""
    )
    plan = Plan(base, 11, Hosts(base.split("/")[2], base))
    plan.consider_links(page.links, OPEN)
    assert [one.url for one in plan.chosen()] == [f"{base}about"]
