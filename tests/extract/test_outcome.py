import pytest

from shared.extract.outcome import outcome
from shared.extract.page import ParsedPage
from shared.models import Outcome

WORDS = (
    "<h1>Rope works</h1><p>We have made ropes for sailing boats since our grandfather's days.</p><a href='/a'>About</a>"
)


def judged(html: str, status: int = 200, **headers: str) -> tuple[Outcome, str | None]:
    page = ParsedPage.parse(html.encode(), url="https://ropes.example/", fetched_at="")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return outcome(page, status, named)[:2]


def test_a_page_with_words_is_read() -> None:
    assert judged(WORDS) == (Outcome.READ, None)


def test_an_error_is_an_error_whatever_it_says() -> None:
    assert judged(WORDS, 404) == (Outcome.FAILED, "http_error")
    assert judged(WORDS, 503) == (Outcome.FAILED, "http_error")


MENU = "<nav><a href=/a>About</a></nav>"


@pytest.mark.parametrize(
    "html",
    [
        f"<title>Page not found | Ropes</title>{MENU}<p>Try the search.</p>",
        f"<title>Ropes: Page Not Found (404)</title>{MENU}{WORDS}",
        f"<title>Ropes</title>{MENU}<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found here.</p>",
        f"<title>404 - Ropes</title>{MENU}<p>We can’t seem to find what you seek.</p>",
        f"<title>Error 404 (Not Found)!!1</title>{MENU}<p>The requested URL was not found on this server.</p>",
        f"<title>Seite nicht gefunden – Ropes</title>{MENU}<h1>404</h1>",
        f"<title>ページが見つかりません｜Ropes</title>{MENU}<h1>404</h1>",
        f"<title>404 Страница не найдена</title>{MENU}",
        f"<title>Página no encontrada - Ropes</title>{MENU}",
        f"<title>Ropes</title>{MENU}<h1>No se encontró la página</h1>",
        f"<title>Ropes</title>{MENU}<h1>Oh no! Page not found</h1>",
        f"<title>Ropes</title>{MENU}<h1>Oups ! Cette page n’existe pas</h1>",
        f"<title>404 - Ropes</title>{MENU}<p>La página que buscas no existe.</p>",
        f"<title>SAYFA BULUNAMADI | Ropes</title>{MENU}",
        f"<title>Η ΣΕΛΙΔΑ ΔΕΝ ΒΡΕΘΗΚΕ</title>{MENU}",
    ],
)
def test_a_page_that_says_that_it_is_not_there_is_an_error_whatever_its_status(html: str) -> None:
    assert judged(html) == (Outcome.FAILED, "http_error")


@pytest.mark.parametrize(
    "html",
    [
        f"<title>404 | Ropes</title><h1>Model 404</h1>{WORDS}",
        f"<title>Ropes</title>{WORDS}<h2>Page not found</h2><p>Our poster of that name hangs in all offices.</p>",
        f"<title>How to mend a page not found | Ropes</title>{WORDS}",
        f"<title>Ropes of Atlanta | 404-555-0100</title>{WORDS}<p>They could not find better ones: not found elsewhere.</p>",
        f"<title>404 | Agencia</title>{WORDS}<p>La empresa existe desde 1990. Nos encontramos en Madrid.</p>",
        f"<title>404</title>{WORDS}<p>Old ropes no longer hold.</p>",
        f"<title>Ropes</title><div hidden><h1>Page not found</h1></div>{WORDS}",
        f"<title>Ropes</title><dialog><h2>File not found</h2></dialog>{WORDS}",
        f"<title>Ropes</title><h1 style='display: none'>404: page not found</h1>{WORDS}",
    ],
)
def test_a_page_that_only_names_what_is_not_found_is_read(html: str) -> None:
    assert judged(html) == (Outcome.READ, None)


@pytest.mark.parametrize("html", ["", "<html><body></body></html>", "<p> </p>", "\x00"])
def test_a_page_without_words_is_empty(html: str) -> None:
    assert judged(html) == (Outcome.EMPTY, "empty")


@pytest.mark.parametrize(
    "html",
    [
        '<title>App</title><div id="root"></div><script src="/main.js"></script>',
        '<div id="app"></div><noscript>You need to enable JavaScript to run this app.</noscript><script src="/a.js"></script>',
        '<noscript>Bitte aktivieren Sie JavaScript.</noscript><script src="/a.js"></script>',
        '<body>Please enable JavaScript to view this site.<script src="/a.js"></script></body>',
        '<div id="__next"><div>Loading...</div></div><script src="/_next/main.js"></script>',
    ],
)
def test_a_page_that_is_filled_by_script_needs_a_browser(html: str) -> None:
    assert judged(html) == (Outcome.SCRIPT_ONLY, "script_only")


@pytest.mark.parametrize(
    ("html", "status", "headers"),
    [
        ("<title>Just a moment...</title><script>window._cf_chl_opt={}</script>", 403, {"Server": "cloudflare"}),
        ("<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/h/b/orchestrate/x'></script>", 200, {}),
        ("<p>anything</p>", 403, {"CF-Mitigated": "challenge"}),
        ("<p>Please enable JS and disable any ad blocker</p><script src='https://ct.captcha-delivery.com/c.js'></script>", 403, {}),
        ("<title>Access to this page has been denied</title><div id='px-captcha'></div>", 403, {}),
        ("<iframe src='/_Incapsula_Resource?x=1'>Request unsuccessful. Incapsula incident ID: 1</iframe>", 200, {}),
        ("<title>Access Denied</title><p>Reference #18.2d351ab8.1557333295.a4e16ab</p>", 403, {"Server": "AkamaiGHost"}),
        ("<title>Verify you are human</title><form><div class='g-recaptcha'></div></form>", 200, {}),
        ("<title>Robot Check</title><p>Enter the characters you see below</p>", 200, {}),
    ],
)  # fmt: skip
def test_a_challenge_is_blocked_and_never_read(html: str, status: int, headers: dict[str, str]) -> None:
    assert judged(html, status, **headers) == (Outcome.BLOCKED, "blocked")


def test_a_contact_form_with_a_captcha_is_a_page() -> None:
    form = '<form><div class="g-recaptcha"></div></form><script src="https://www.google.com/recaptcha/api.js"></script>'
    assert judged(WORDS + form) == (Outcome.READ, None)


def test_an_article_about_challenges_is_a_page() -> None:
    article = "<title>What is a captcha?</title>" + "<p>Captchas verify you are human, or so they say. " * 80
    assert judged(article) == (Outcome.READ, None)
