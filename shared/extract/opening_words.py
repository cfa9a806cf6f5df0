"""What stands in, around and below the titles of openings, and what is none."""

import re

GENDERS = re.compile(
    r"\(?\b[mwfdhxvk]\s?[/|*]\s?[mwfdhxvk](?:\s?[/|*]\s?[mwfdhx])?\b\)?|\(all genders\)|\(gn\)|[a-zäöü][*:_]in\b"
    r"|[a-zäöü]/-in\b",
    re.I,
)
NO_TITLE = re.compile(
    r"(?:apply|view|see|show|learn|read|more|all|our|open|current|details?|jetzt|hier|zur|zum|alle|mehr"
    r"|bewerb\w*|job alert|search"
    r"|postuler|voir|en savoir|ver|solicitar|candida\w*|scopri|leggi|bekijk|solliciteer|lees|aplikuj|zobacz"
    r"|ansök|søg|søk|hae|why|how|what|meet"
    r"|we\b|you\b|join|life at|working|benefits?|email|e-mail|contact|download|filter|sort|home|back|next"
    r"|previous|department|team|location|senden|werden?|become|devene[zr]|deviens|hazte|diventa)\b",
    re.I,
)
NO_ROLE = re.compile(
    r"\b(?:reports?|program(?:me|m)?s?|guides?|stor(?:y|ies)|awards?|relations|portal|login|communit(?:y|ies)"
    r"|conference|training|academy|summit|tools?"
    r"|services|solutions|resources|webinars?|insights|events?|partners?|customers?|products?|briefings?"
    r"|schools?|tutorials?)$|(?:職種|要項|一覧|方法|資格|形態|内容|概要|情報|流れ|待遇|スキル|厚生|人物像|の声|紹介|インタビュー|メッセージ)$",
    re.I,
)
# What goes on behind "(m/f/d)" where a line tells of a trade.
TOLD_OF = re.compile(r"\W{0,2}\s(?:ist|sind|wird|werden|hat|haben|kann|können)\s", re.I)
APPLY = re.compile(
    r"\s?(?:apply(?: now| here| today)?|view (?:job|details|position)|learn more|read more|find out more"
    r"|more info(?:rmation)?|(?:full |job )?description|details"
    r"|(?:jetzt )?bewerben|mehr erfahren|mehr info(?:rmation(?:en)?|s)?|zur stelle(?:nanzeige)?|postuler|en savoir plus"
    r"|candidatez?|candidati|scopri di più|solicitar|inscríbete|más información|solliciteer|meer info(?:rmatie)?"
    r"|lees meer|ansök|läs mer|søg|læs mere|les mer|aplikuj|więcej"
    r"|応募する?|詳細(?:を見る|はこちら)?|詳しく見る|지원하기|자세히 보기|申请|查看详情|→|›|»|>|↗)\s?[!.→›»]{0,3}$",
    re.I,
)
# What stands around a place where nothing parts them: `2+ years Leeds Full-time`.
AROUND_PLACE = re.compile(
    r"^\d+\+?(?: ?(?:-|–|to|bis|à|a) \d+\+?)? (?:years?|yrs?|jahre?|ans|años|anni|jaar)\b"
    r"|(?:\s(?:on-?site|vor ort|in[ -]office|full[ -]?time|part[ -]?time|vollzeit|teilzeit|temps plein|temps partiel"
    r"|tiempo completo|voltijd|deeltijd|permanent|contract|cdi|cdd|ausbildung|praktikum|minijob)){1,3}$",
    re.I,
)
PLACE_LABEL = (
    r"(?:job )?(?:locations?|(?:arbeits|einsatz|dienst)?orte?|standorte?|lieu(?: de travail)?|localisation|ubicación"
    r"|lugar|sede|luogo|local|locatie|plats|sted|paikka|miejsce|lokalizacja|lokalita|umístění|helyszín|konum|勤務(?:地|場所)|工作地点|근무지)"
)
PLACE_ALONE = re.compile(rf"{PLACE_LABEL}\s?[:：]?", re.I)
LABELLED = re.compile(
    PLACE_LABEL
    + r"(?:\s?[:：]\s?|\s(?=(?-i:[A-ZÀ-Þ])))([^\W\d][\w.'’-]*(?:[ -][^\W\d][\w.'’-]*){0,2}?(?:,\s(?:[A-Z]{2}\b"
    r"|[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)){0,2})(?=$|[\s|;·(])",
    re.I,
)
CALLED = re.compile(
    r"(?:vacature|vacancy|stellenangebot|stellenausschreibung|stelle|offre d[’']emploi|job)\s?[:–-]\s", re.I
)
# What stands right below a posting's title.
HEADED = re.compile(
    r"(?:key |main |your |the )?(?:responsibilities|requirements|duties|tasks|role|qualifications|profile"
    r"|what you[’']?(?:ll| will) do)"
    r"|(?:ihre? |deine? )?(?:hauptaufgaben|aufgaben(?:gebiet|bereich)?|tätigkeiten|anforderungen|profil)"
    r"|(?:vos |tes |les )?missions|(?:tus |sus )?(?:funciones|responsabilidades|requisitos)"
    r"|(?:suas )?(?:atividades|responsabilidades)|(?:le tue )?mansioni|requisiti"
    r"|(?:jouw |uw |je )?(?:taken|werkzaamheden|functie-?eisen|profiel)|(?:twoje )?(?:obowiązki|zadania|wymagania)"
    r"|požadavky|požadujeme|arbetsuppgifter|arbeidsoppgaver|aranan nitelikler|обязанности|требования|вимоги|обов'язки"
    r"|(?:業務|仕事|職務)内容|담당\s?업무|주요\s?업무|岗位职责|工作内容|职位描述",
    re.I,
)
LIST = re.compile(r"\w\s?[:：]$")  # what heads a list
EDGES = " ()-–—·・•|,+"
PICTURE = "\\s\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d"
PICTURES = re.compile(f"(?<![{PICTURE}])[{PICTURE}]{{1,20}}$")
SIGNS = re.compile(r"[^\w(\[]{1,3}\s|[・•●○■◆◇▶►]")
SOUGHT = re.compile(
    r"(?:wir suchen (?:eine?n?|dich als) )?(.{4,60}?)\s(?:(?:wird|werden)\s)?"
    r"(?:gesucht|gezocht|wanted|søges|sökes)\s?[.!]{0,3}",
    re.I,
)
# What leads to a title in a sentence, which inflects it.
WANTED = re.compile(
    r"wir suchen (?:(?:ab sofort|zum nächstmöglichen zeitpunkt|zur verstärkung(?: unseres teams)?|für unser team) )?"
    r"(?:eine?n?|dich als|sie als) ",
    re.I,
)
# What stands in brackets or behind a comma after a title and is no place.
NO_PLACE = re.compile(
    r"(?:ai|ml|nlp|qa|ux|ui|react|angular|vue|node|java\w*|typescript|python|php|ruby|rails|golang|go|rust|scala|\.net|c#|c\+\+"
    r"|ios|android|flutter|kotlin|swift|full.?stack|front.?end|back.?end|web|mobile|cloud|data|sap|crm|erp|seo|sales|marketing"
    r"|hardware|firmware|embedded|platform|infrastructure|security|payments|growth"
    r"|senior|junior|mid|entry|lead|level|paid|unpaid|b2b|b2c|saas)\b",
    re.I,
)
EASTERN_PLACE = re.compile(
    r"[都道府県市区町村州省시도구]$|東京|大阪|京都|名古屋|福岡|札幌|仙台|横浜|神戸|広島|本社|支社|在宅|リモート|全国"
    r"|北京|上海|深圳|广州|杭州|成都|总部|台北|香港|서울|부산|판교|대전|대구|인천|본사"
)
EASTERN_SENTENCE = re.compile(r"[、を]|など$|(?:을|를) ")
