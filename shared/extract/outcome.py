"""What came of reading a page: it says something, it says nothing, it needs a browser, or it is a challenge."""

import re
from collections.abc import Mapping

from shared.extract.page import ParsedPage
from shared.models import Outcome

EMPTY_CHARACTERS = 30
SHORT_CHARACTERS = 2_500  # a challenge says little
_TITLES = re.compile(
    r"just a moment|attention required!? \| cloudflare|access denied|access to this page has been denied|robot check"
    r"|pardon our interruption"
    r"|are you (?:a )?(?:human|robot)|(?:security|bot|ddos|human) (?:check|verification|protection)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|please wait\W*$"
    r"|403 forbidden|request (?:blocked|rejected)|captcha|un instant|einen moment|you have been blocked"
    r"|checking your browser|ddos-guard|site verification"
    r"|one moment, please|bot protection|human verification",
    re.I,
)
# vendor, what its challenge pages alone have in their scripts, frames and markup
_VENDORS = (
    (
        "Cloudflare",
        r"/cdn-cgi/challenge-platform/[^\s\"']*(?:orchestrate|/h/)|_cf_chl_opt|cf-browser-verification|cf-chl-",
    ),
    ("DataDome", r"geo\.captcha-delivery\.com|captcha-delivery\.com/(?:c|captcha|interstitial)"),
    ("HUMAN", r"px-captcha|captcha\.px-cdn\.net|_pxAppId[\s\S]{0,400}(?:_pxHostUrl|jsClientSrc)"),
    ("Imperva", r"_Incapsula_Resource|incapsula incident id|/_Incapsula_"),
    ("Akamai", r"errors\.edgesuite\.net|sec-if-cpt-container|bm-verify=|/_sec/cp_challenge"),
    (
        "AWS WAF",
        r"awsWafCookieDomainList|\.token\.awswaf\.com/[^\s\"']+/challenge\.js"
        r"|AwsWafIntegration\.(?:getToken|forceRefresh)",
    ),
    ("Sucuri", r"sucuri website firewall - access denied|sucuri_cloudproxy_js"),
    ("DDoS-Guard", r"/\.well-known/ddos-guard/"),
    ("Kasada", r"/149e9513-01fa-4fb0-aad4-566afd725d1b/"),
    ("Vercel", r"vercel security checkpoint|/\.well-known/vercel/security/"),
    (
        "a captcha",
        r"class=\"(?:g-recaptcha|h-captcha|cf-turnstile)\"|hcaptcha\.com/1/api\.js|/recaptcha/api\.js"
        r"|challenges\.cloudflare\.com/turnstile",
    ),
)  # fmt: skip
_RULES = [(vendor, re.compile(pattern, re.I)) for vendor, pattern in _VENDORS]
_TEXT = re.compile(
    r"enable javascript and cookies to continue|checking (?:if the site connection is secure|your browser before)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human"
    r"|press (?:&|and) hold to confirm|you have been blocked|reference #\d+\.[\da-f]+\.\d+|unusual traffic from your"
    r"|complete the (?:security check|captcha)"
    r"|why have i been blocked|access to this page has been denied|request unsuccessful\. incapsula"
    r"|bestätigen sie, dass sie ein mensch sind",
    re.I,
)
_SCRIPT_NEEDED = re.compile(
    r"(?:enable|activate|turn on|need|requires?|without|disabled?|aktivier\w*|activer|habilit\w*|abilit\w*|włącz"
    r"|povol\w*)[^.]{0,60}java ?script"
    r"|java ?script[^.]{0,60}(?:enable|required|needed|disabled|aktivier|deaktiviert|désactivé|activ|erforderlich"
    r"|benötigt|habilit|有効|启用|사용)",
    re.I,
)
_ROOTS = ("#root", "#app", "#__next", "#__nuxt", "#___gatsby", "app-root", "#svelte", "#main-app", "#react-root")


def outcome(page: ParsedPage, status: int, headers: Mapping[str, str]) -> tuple[Outcome, str | None, str | None]:
    """(outcome, code of errors.CODES, reason); code and reason are None for a page that was read."""
    vendor = _challenge(page, status, {name.lower(): value for name, value in headers.items()})
    if vendor is not None:
        return Outcome.BLOCKED, "blocked", f"{vendor}, HTTP {status}"
    if status >= 400 or not 200 <= status < 300:
        return Outcome.FAILED, "http_error", f"HTTP {status}"
    if len(page.text) >= EMPTY_CHARACTERS and not _waits_for_script(page):
        return Outcome.READ, None, None
    if _needs_script(page):
        return Outcome.SCRIPT_ONLY, "script_only", "no text without a browser"
    if "description" in page.metas or page.links or len(page.text) >= EMPTY_CHARACTERS:
        return Outcome.READ, None, None
    return Outcome.EMPTY, "empty", "no text"


def _challenge(page: ParsedPage, status: int, headers: dict[str, str]) -> str | None:
    if headers.get("cf-mitigated", "").lower() == "challenge":
        return "Cloudflare"
    if status < 400 and len(page.text) > SHORT_CHARACTERS:
        return None
    telling = bool(_TITLES.search(page.title)) or bool(_TEXT.search(page.text[:SHORT_CHARACTERS]))
    refused = status in (401, 403, 405, 406, 429, 503)
    if telling or refused or (len(page.text) < 200 and not page.links):
        markup = _markup(page)
        for vendor, pattern in _RULES:
            if pattern.search(markup):
                return vendor
    if refused and (telling or headers.get("x-datadome") or headers.get("x-amzn-waf-action")):
        return _server(headers)
    if telling and len(page.text) < 800 and len(page.links) < 5:
        return "a challenge page"
    return "a refusal to robots" if status == 403 and _server(headers) != "the server" and len(page.links) < 3 else None


def _server(headers: dict[str, str]) -> str:
    server = headers.get("server", "").lower()
    for name, vendor in (
        ("cloudflare", "Cloudflare"),
        ("akamai", "Akamai"),
        ("ddos-guard", "DDoS-Guard"),
        ("sucuri", "Sucuri"),
        ("datadome", "DataDome"),
    ):
        if name in server:
            return vendor
    return "DataDome" if headers.get("x-datadome") else "AWS WAF" if headers.get("x-amzn-waf-action") else "the server"


def _markup(page: ParsedPage) -> str:
    parts = [f"{script.src} {script.text[:5000]}" for script in page.walk.scripts[:20]]
    parts += page.walk.frames[:10]
    parts += [
        node.html[:500]
        for node, _ in page.select(".g-recaptcha, .h-captcha, .cf-turnstile, #px-captcha, #sec-if-cpt-container")
        if node.html
    ]
    parts += page.walk.unseen[:10]
    return "\n".join([*parts, page.text[:SHORT_CHARACTERS], *(link.url for link in page.links[:20])])


def _waits_for_script(page: ParsedPage) -> bool:
    """A page whose only text asks for JavaScript, or says that it loads."""
    text = page.text
    return (
        len(text) < 200
        and not page.links
        and bool(
            _SCRIPT_NEEDED.search(text)
            or re.fullmatch(r"\W*(?:loading|wird geladen|chargement|cargando)\W*", text, re.I)
        )
    )


def _needs_script(page: ParsedPage) -> bool:
    scripts = any(script.src or len(script.text) > 200 for script in page.walk.scripts)
    if not scripts:
        return False
    if _SCRIPT_NEEDED.search(" ".join(page.walk.unseen)[:2000]) or _SCRIPT_NEEDED.search(page.text):
        return True
    return any(page.tree.css_first(root) is not None for root in _ROOTS) or not page.text.strip()
