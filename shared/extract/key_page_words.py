"""Words and hosts by which `key_pages` judges a link; the phrases themselves are in key_pages.json."""

import re

# These mean their kind only where nothing better does: so much less than others.
WEAK = dict.fromkeys(
    """company corporate media blog shop store features people staff locations cookies opportunities firma empresa
    entreprise azienda bedrijf unternehmen services service noi over sobre nosotros about product insights articles ir
    updates events rates catalog industries directors officers executives standorte anfahrt agb cgv cgu
    gdpr magazin offices platform directie management leadership team plans packages insight journal blogg blogi preise
    tarife rates preis köpfe koepfe our-mission what-we-do our-history unsere-geschichte notre-histoire nuestra-historia
    la-nostra-storia nossa-história nossa-historia nasza-historia in-the-news
    hiring employment mitarbeiter disclaimer tos ausbildung fees attorneys lawyers directions
    cookie-policy cookiebeleid présentation presentation manajemen управление استخدام
    visit-us customer-service le-groupe novedades novità novita novinky nowości nowosci
    om vår-historia aggiornamenti postes преподаватели""".split(),
    0.15,
) | dict.fromkeys("historia board board-of-directors styrelse hallitus 董事會 董事会".split(), 0.25)
WEAK |= {phrase.replace("-", apart): less for phrase, less in WEAK.items() if "-" in phrase for apart in (" ", "")}
# Words before these make another thing of them: "Paper Products", "Affiliate Terms", "French Press".
NARROW = ("products", "legal", "press")
WIDE = frozenset(
    """our all the view see explore browse shop website site general unsere alle nos tous todos in for from
    latest and""".split()
)
# At the end of a longer word these are about something else: what is introduced, asked or agreed upon.
ALONE = frozenset("소개 문의 服务 服務".split())
# And so do these words after those: "Contact Lenses", "Legal Services", "Career Coaching".
SUBJECTS = frozenset({"legal", "privacy", "press", "cookies", "data protection", "data privacy"})
ADJUNCTS = SUBJECTS | {"contact form", "la firma", *"contact career careers job jobs investor news blog cookie".split()}
SUBJECTS |= {phrase.replace(" ", "") for phrase in SUBJECTS}
ADJUNCTS |= {phrase.replace(" ", "") for phrase in ADJUNCTS}
OFFERS = frozenset(
    """services service solutions software system systems tool tools platform product products consulting coaching
    training courses advice management machines equipment technology tech api app builder generator templates insurance
    law loans lenses center centers screens recipes visa digital digitale electronica electrónica elettronica""".split()
)
# Folders of what a company offers, to whom, and on what it writes.
CATALOGUES = frozenset(
    "solutions services industries industry sectors usecases practiceareas expertise courses topics recipes".split()
)
# Folders of all that was written on something, where only the news may be of a kind.
TAGS = frozenset("tag tags topic topics keyword keywords label labels".split())
# Prices of another kind: what the company takes for advertising with it.
ADVERTS = re.compile(
    r"advert|(?<![^\W\d_])(?:publicid|publicit|pubblicit|werb|reklam|anzeigen|annons|annonc|inserat|mediadaten|реклам)",
    re.I,
)
# Beside the company's name these words are no longer weak.
NAMED = dict.fromkeys("about über ueber om over sobre meet".split(), "about") | {"blog": "news", "blogg": "news"}
NAMED |= dict.fromkeys(("work at", "working at", "join"), "careers")
NAMED |= dict.fromkeys(
    (
        "groupe",
        "historique",
        "en bref",
        "in brief",
        "at a glance",
        "auf einen blick",
        "in kürze",
        "en breve",
        "in breve",
    ),
    "about",
)
NAMED |= {"team": "team", "who is": "about"}
BEFORE_NAMES = frozenset("the of de d du la le les il el von der die a o".split())
AFTER_NAMES = frozenset("s inc gmbh ag ltd llc co kg corp plc group gruppe se sa srl bv ab as".split())
# Whom an offer is for: "for teams", "für Unternehmen".
FOR = re.compile(r"(?:for|für|pour|para|per|voor|för|til|dla|для)\b", re.I)
# Folders that content management systems put above everything.
FOLDERS = frozenset(
    "content site sites web guest page pages cms wps portal public www home global corp html static".split()
)
HOSTS = {
    "careers": "careers", "career": "careers", "jobs": "careers", "karriere": "careers",
    "blog": "news", "news": "news", "newsroom": "news", "press": "press", "presse": "press", "media": "press",
    "investors": "investors", "investor": "investors", "ir": "investors", "shop": "products", "store": "products",
    "about": "about", "contact": "contact", "privacy": "privacy", "legal": "legal",
}  # fmt: skip
LOGINS = frozenset("login signin account accounts my app auth sso".split())  # hosts of what only customers see
# Other hosts that serve these kinds for companies: job boards, investor relations, legal texts.
HOSTED = frozenset(
    """greenhouse.io lever.co ashbyhq.com workable.com personio.de personio.com recruitee.com bamboohr.com
    smartrecruiters.com myworkdayjobs.com teamtailor.com breezy.hr jobvite.com icims.com softgarden.io join.com
    homerun.co pinpointhq.com angel.co wellfound.com applytojob.com ultipro.com taleo.net successfactors.com
    successfactors.eu rippling.com comeet.com comeet.co jobylon.com varbi.com reachmee.com emply.com catsone.com
    zohorecruit.com welcometothejungle.com onlyfy.jobs paylocity.com q4web.com corporate-ir.net q4inc.com gcs-web.com
    investorroom.com iubenda.com termly.io termsfeed.com zendesk.com freshdesk.com""".split()
)
