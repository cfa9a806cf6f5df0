"""Text in each charset of the web, declared in each way, wrongly, and not at all."""

import codecs
from collections.abc import AsyncIterator

import pytest

from shared.extract.charset import to_utf8
from shared.reading import read
from shared.web.client import Client
from shared.web.site import Site
from tests.web.conftest import Call, Serve, settings

GERMAN = (
    "Über uns: Wir fertigen Möbel und Türen für große Häuser in München und Köln. Rufen Sie uns an – wir freuen uns."
)
FRENCH = "Notre société conçoit des générateurs à énergie renouvelable, près de Genève, où nos équipes créées en été ont été formées."
CZECH = "Naše společnost vyrábí ruční nářadí pro řemeslníky již více než třicet let. Těšíme se na vaši návštěvu v Plzni, děkujeme."
POLISH = "Nasza spółka wytwarza narzędzia ręczne dla rzemieślników. Zapraszamy do współpracy, już od trzydziestu lat dbamy o jakość."
TURKISH = "Şirketimiz otuz yıldır ağaç işleri için el aletleri üretiyor. Müşterilerimize güvenli çözümler sunuyoruz, bize ulaşın."
RUSSIAN = "Наша компания производит ручной инструмент для переплётчиков. Мы работаем с тысяча девятьсот восьмого года в Твери."
GREEK = "Η εταιρεία μας κατασκευάζει εργαλεία χειρός για βιβλιοδέτες. Είμαστε στη διάθεσή σας για κάθε πληροφορία."
HEBREW = "החברה שלנו מייצרת כלי עבודה לכורכי ספרים ומספקת שירות אישי לכל לקוחותינו בארץ ובעולם"
ARABIC = "تقوم شركتنا بتصنيع الأدوات اليدوية لتجليد الكتب وتقديم الخدمات لعملائنا في جميع أنحاء المنطقة"
THAI = "บริษัทของเราผลิตเครื่องมือช่างสำหรับงานเข้าเล่มหนังสือ และให้บริการลูกค้าทั่วประเทศมากว่าสามสิบปี"
BALTIC = "Mūsų įmonė gamina rankinius įrankius knygrišiams jau trisdešimt metų, kviečiame apsilankyti ir užsisakyti."
JAPANESE = "当社は製本用の手工具を製造しています。三十年以上にわたり、お客様に信頼される製品をお届けしてまいりました。"
KOREAN = "우리 회사는 제본용 수공구를 제조합니다. 삼십 년 이상 고객에게 신뢰받는 제품을 제공해 왔습니다. 문의해 주시기 바랍니다."
CHINESE = "我们公司生产装订用的手工工具。三十多年来,我们为客户提供值得信赖的产品和服务,欢迎与我们联系。"
TRADITIONAL = "我們公司生產裝訂用的手工工具。三十多年來,我們為客戶提供值得信賴的產品和服務,歡迎與我們聯絡。"

TEXTS = {
    "windows-1252": GERMAN,
    "iso-8859-1": FRENCH,
    "iso-8859-15": FRENCH,
    "windows-1250": CZECH,
    "iso-8859-2": POLISH,
    "windows-1254": TURKISH,
    "iso-8859-9": TURKISH,
    "windows-1251": RUSSIAN,
    "koi8-r": RUSSIAN,
    "iso-8859-5": RUSSIAN,
    "windows-1253": GREEK,
    "iso-8859-7": GREEK,
    "windows-1255": HEBREW,
    "iso-8859-8": HEBREW,
    "windows-1256": ARABIC,
    "iso-8859-6": ARABIC,
    "windows-874": THAI,
    "windows-1257": BALTIC,
    "iso-8859-13": BALTIC,
    "shift_jis": JAPANESE,
    "euc-jp": JAPANESE,
    "iso-2022-jp": JAPANESE,
    "euc-kr": KOREAN,
    "gb18030": CHINESE,
    "gb2312": CHINESE,
    "gbk": CHINESE,
    "big5": TRADITIONAL,
    "ascii": "Our company makes tools.",
    "utf-8": RUSSIAN,
    "utf-16le": CHINESE,
    "utf-16be": CHINESE,
}
PYTHON = {"windows-874": "cp874", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "gb2312": "gbk"}
MARKS = {"utf-8": codecs.BOM_UTF8, "utf-16le": codecs.BOM_UTF16_LE, "utf-16be": codecs.BOM_UTF16_BE}
DETECTED = set(TEXTS) - {"iso-8859-6"}  # which nobody writes unnamed


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Client(settings()) as client:
        yield Site(client, client.settings)


async def text_of(
    site: Site, serve: Serve, name: str, head: str, *, header: str = "", mark: bytes = b"", end: bytes = b""
) -> str:
    """The text that is read of a page in that charset."""
    page = (
        f"<html><head>{head}<title>x</title></head><body><p>{TEXTS[name]}</p><p>{'Plain words. ' * 5}</p></body></html>"
    )
    if head.startswith("<?xml"):
        page = head + page.replace(head, "")
    body = mark + page.encode(PYTHON.get(name, name)) + end

    async def script(call: Call) -> None:
        if call.path == "/robots.txt":
            await call.answer(status="404 Not Found")
        else:
            await call.answer(body, Content_Type=f"text/html{header}")

    reading = await read(site, (await serve(script)).url, "home")
    assert reading.parsed is not None, reading.page.reason
    return reading.parsed.text


async def test_a_charset_is_read_as_the_header_says(site: Site, serve: Serve) -> None:
    for name in TEXTS:
        assert TEXTS[name] in await text_of(site, serve, name, "", header=f"; charset={name}"), name


@pytest.mark.parametrize(
    "declaration",
    [
        "<meta charset='{}'>",
        "<meta http-equiv=content-type content='text/html; charset={}'>",
        "<?xml version='1.0' encoding='{}'?>",
    ],
)
async def test_a_charset_is_read_as_the_page_says(declaration: str, site: Site, serve: Serve) -> None:
    for name in sorted(set(TEXTS) - {"utf-16le", "utf-16be"}):
        assert TEXTS[name] in await text_of(site, serve, name, declaration.format(name.upper())), name


@pytest.mark.parametrize("name", MARKS)
@pytest.mark.parametrize("header", ["", "; charset=iso-8859-1", "; charset=shift_jis"])
async def test_a_byte_order_mark_goes_before_all(name: str, header: str, site: Site, serve: Serve) -> None:
    head = "<meta charset=windows-1251>"
    assert TEXTS[name] in await text_of(site, serve, name, head, header=header, mark=MARKS[name])


async def test_a_charset_that_nobody_names_is_found_by_the_text(site: Site, serve: Serve) -> None:
    for name in sorted(DETECTED):
        assert TEXTS[name] in await text_of(site, serve, name, ""), name


async def test_what_says_utf_8_and_is_not_is_found_by_the_text(site: Site, serve: Serve) -> None:
    for name in sorted(DETECTED - {"utf-16le", "utf-16be"}):
        assert TEXTS[name] in await text_of(site, serve, name, "<meta charset=utf-8>", header="; charset=UTF-8"), name


@pytest.mark.parametrize("wrong", ["iso-8859-1", "windows-1251", "big5", "x-user-defined", "utf-16", "none", "%s"])
async def test_utf_8_is_read_whatever_the_page_says(wrong: str, site: Site, serve: Serve) -> None:
    assert RUSSIAN in await text_of(site, serve, "utf-8", f"<meta charset='{wrong}'>")
    assert RUSSIAN in await text_of(site, serve, "utf-8", "", header=f"; charset={wrong}")


@pytest.mark.parametrize(
    "head",
    [
        "<!-- <meta charset=koi8-r> --><meta charset=windows-1252>",
        "<!--><meta charset=windows-1252>",
        "<link title='<meta charset=koi8-r>'><meta charset=windows-1252>",
        "<meta name=description content='what charset=koi8-r is'><meta charset=windows-1252>",
        "<meta content='text/html; charset=koi8-r'><meta charset=windows-1252>",
        "<meta charset=of-our-own><meta charset=windows-1252>",
        "<meta http-equiv=Content-Type content=text/html; charset=windows-1252>",
        "<meta content=\"text/html; charset='windows-1252'\" http-equiv='content-type' />",
        "<META\n\tCHARSET = 'Windows-1252'/>",
    ],
)
async def test_only_what_declares_a_charset_does(head: str, site: Site, serve: Serve) -> None:
    assert GERMAN in await text_of(site, serve, "windows-1252", head)


LABELS = {
    "windows-1252": "x-cp1252 iso88591 latin1 us-ascii",
    "windows-1255": "iso-8859-8-i logical csISO88598I",
    "windows-874": "windows-874 dos-874 iso885911",
    "iso-8859-2": "iso88592 l2 csisolatin2",
    "koi8-r": "koi8 koi",
    "euc-jp": "x-euc-jp",
    "euc-kr": "ks_c_5601-1989 iso-ir-149",
    "big5": "x-x-big5",
    "gbk": "gb_2312-80",
}


async def test_a_charset_goes_by_all_its_labels(site: Site, serve: Serve) -> None:
    for name, label in [(name, label) for name, row in LABELS.items() for label in row.split()]:
        assert TEXTS[name] in await text_of(site, serve, name, "", header=f"; charset={label}"), (name, label)


@pytest.mark.parametrize("declared", ["", "; charset=utf-8", "; charset=windows-1252"])
@pytest.mark.parametrize("broken", [b"caf\xe9 ", "é".encode()[:1]])
async def test_utf_8_with_a_broken_byte_is_utf_8(declared: str, broken: bytes, site: Site, serve: Serve) -> None:
    assert RUSSIAN in await text_of(site, serve, "utf-8", "", header=declared, end=broken)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(
            (name, "iso-8859-1")
            for name in ("windows-1251", "koi8-r", "windows-1253", "windows-874", "shift_jis", "gbk")
        ),
        ("shift_jis", "euc-jp"),
        ("euc-jp", "shift_jis"),
        ("euc-kr", "windows-1252"),
        ("big5", "iso-8859-15"),
    ],
)
async def test_what_no_text_in_the_declared_charset_looks_like_is_found_by_the_text(
    name: str, wrong: str, site: Site, serve: Serve
) -> None:
    assert TEXTS[name] in await text_of(site, serve, name, "", header=f"; charset={wrong}")


@pytest.mark.parametrize(("name", "wrong"), [("utf-16le", "utf-16be"), ("utf-16be", "utf-16"), ("utf-8", "utf-16")])
@pytest.mark.parametrize("end", [b"", b" "])  # an odd number of bytes is no UTF-16
async def test_utf_16_is_known_by_its_first_character(
    name: str, wrong: str, end: bytes, site: Site, serve: Serve
) -> None:
    assert TEXTS[name] in await text_of(site, serve, name, "", header=f"; charset={wrong}", end=end)


@pytest.mark.parametrize("end", [b"", b" "])
async def test_plain_ascii_is_never_utf_16(end: bytes, site: Site, serve: Serve) -> None:
    text = await text_of(site, serve, "ascii", "", header="; charset=utf-16", end=end)
    assert "Plain words. Plain words." in text


async def test_few_letters_are_read_as_declared(site: Site, serve: Serve) -> None:
    signs = "» « © – „ à é è".encode("windows-1252") * 20
    text = await text_of(site, serve, "windows-1252", "", header="; charset=iso-8859-1", end=signs)
    assert "» « © – „ à é è" in text


@pytest.mark.parametrize("name", ["euc-jp", "iso-2022-jp"])
@pytest.mark.parametrize("header", ["; charset={}", ""])
async def test_japanese_is_read_on_behind_a_character_of_a_vendor(
    name: str, header: str, site: Site, serve: Serve
) -> None:
    rest = "製作所の手工具".encode(name)
    vendor = b"\xad\xea" if name == "euc-jp" else b"\x1b$B\x2d\x6a\x1b(B"
    text = await text_of(site, serve, name, "", header=header.format(name), end=vendor + rest)
    assert JAPANESE in text
    assert "㈱製作所の手工具" in text


@pytest.mark.parametrize("name", ["shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr"])
async def test_a_text_of_two_bytes_a_character_that_is_cut_is_read_that_far(
    name: str, site: Site, serve: Serve
) -> None:
    end = "中".encode(name)
    cut = end[: end.index(b"Cf") + 1] if name == "iso-2022-jp" else end[:1]
    assert TEXTS[name] in await text_of(site, serve, name, "", header=f"; charset={name}", end=cut)


async def test_the_header_goes_before_the_page(site: Site, serve: Serve) -> None:
    assert RUSSIAN in await text_of(site, serve, "koi8-r", "<meta charset=windows-1251>", header="; charset=koi8-r")


@pytest.mark.parametrize("body", [b"\0<html><p>Plain words.", b"<html>\0<body><p>caf\xe9, Plain words."])
def test_a_stray_zero_makes_no_utf_16(body: bytes) -> None:
    assert "Plain words." in to_utf8(body).decode()
