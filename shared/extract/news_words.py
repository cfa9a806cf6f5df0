"""What stands in, around and beside the titles and dates of news, and what is none."""

import re

TOLD = re.compile(
    r"(?:^|[/_-])(?:news|newsroom|press|presse|prensa|stampa|media|blog|aktuell\w*|neuigkeit\w*|articles?|artikel|articulos?"
    r"|noticias?|notizie|actualit\w*|stor(?:y|ies)|posts?|magazin\w*|journal|insights|nyhet\w*|nyheder|nieuws|uutiset"
    r"|aktualno\w*|aktuality|novinky|haber\w*|novosti|hirek|meldung\w*|pr)(?:$|[/_.-])|/(?:19|20)\d\d/(?:\d\d/|\w{3}/)?",
    re.I,
)
PAGED = re.compile(r"/(?:page|seite|pagina|p)/?\d{1,4}/?$", re.I)  # of a list that goes on
# What invites to read on or stands beside a title; many titles begin with such words.
NO_TITLE = re.compile(
    r"(?:read|learn|find out|see|view|show|load|continue|posted|published|written|author|category|categories"
    r"|kategorien?|tags?(?=:|$)|tags|filed|comments|kommentar\w*|download|pdf|subscribe|newsletter|previous|older|newer|page"
    r"|more(?! than\b)|mehr(?! als\b)|weiter(?:lesen)?|lire|voir|leggi|leer|ver|saiba|lees|läs|læs"
    r"|czytaj|více|číst|lue|devamı\w*|tovább|читать|подробн\w*|далее|читати|докладн\w*|続きを読む|阅读|查看|更多|더보기|자세히"
    r"|(?:ältere|frühere|vergangene)(?= (?:ankündigung|meldung|nachricht|beiträge|news|artikel))\w*"
    r"|mer info(?:rmation)?|mere information|meer informatie|(?:maggiori|più) informazioni|más información"
    r"|mais informações|więcej informacji|plus d[’']info(?:rmation)?s?|více informací|lisätietoja"
    r"|weitere (?:infos?|informationen|news|artikel|meldungen|beiträge|nachrichten)"
    r"|les(?= (?:mer|meir|hele|videre|også)\b|$)"
    r"|all(?= (?:news|posts?|articles?|press|stories|our|the|topics|events)\b|$)|comment(?= (?:on|off)\b|\W*$|:)"
    r"|share(?= (?:this|on|via|it|the|with|article|post)\b|\W*$|:)|(?-i:(?:[Bb]y|[Vv]on|[Pp]ar)(?= [A-ZÀ-Þ]))"
    r"|next(?= (?:posts?|articles?|page|story|stories|news)\b|\W*$|:)|\d+(?=\W*$|[./-]\d)"
    r"|\d+ ?(?:min\w*|comments?|kommentar\w*|views?|likes?|shares?|hours?|days?|weeks?|months?|results?|posts?))(?!\w)",
    re.I,
)
ON = re.compile(r"\b(?:view|see|read|show|load) (?:more|all)(?: \w{1,20})?$|^\w[\w-]{1,40}\.(?:com|net|org)$", re.I)
# What stands around a date where somebody published something then.
PUBLISHED = re.compile(
    r"(?:publicad[oa]|publiée?|pubblicat[oa]|veröffentlicht|erstellt|gepubliceerd|geplaatst|opublikowan[oey]|dodano"
    r"|publicerad|publicerat|udgivet|publisert|julkaistu|zveřejněno|опубликовано)"
    r"(?:\W{1,3}(?:el|em|le|il|am|op|den|dne|w|por|par|da|von|door|av|af|autor)\b|\W{0,3}$)",
    re.I,
)
DATED = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])(?:/(0[1-9]|[12]\d|3[01]))?/[\w%-]{4}", re.A)
SINCE = re.compile(r"\d\.?(?: [^\W\d_]{3,12}\.?)?[–-]$")  # where a range begins that ends on a date
EDGES = " \t|·•–—-:,/»«>()[]"
IDEOGRAPH = re.compile(r"[぀-ヿ一-鿿가-힯]")
TIME = re.compile(r"((?:19|20)\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)")
# Before the date of what is announced.
HELD_ON = re.compile(r"(?:wann|when|quand|quando|cuándo|wanneer|när|hvornår|kiedy|kdy|когда) ?:", re.I)
