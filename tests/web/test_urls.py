"""Canonical spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Problem
from shared.web.urls import canonical_host, company_key, normalise, parse, registrable, same_site

KEYS = {
    "example.com": "example.com",
    "  HTTPS://WWW.Example.COM./path?q#f \n": "example.com",
    "http://example.com:443/": "example.com",
    "example.com:80": "example.com",
    "example.com:": "example.com",
    "http://example.com:8080/x": "example.com:8080",
    "example.com:0443": "example.com",
    "//example.com/": "example.com",
    "example.com?x=1": "example.com",
    "example.com#top": "example.com",
    "shop.example.co.uk": "shop.example.co.uk",
    "www.shop.example.com": "shop.example.com",
    "www2.example.com": "www2.example.com",
    "MÜNCHEN.example": "xn--mnchen-3ya.example",
    "xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
    "faß.de": "xn--fa-hia.de",
    "ｅｘａｍｐｌｅ。com": "example.com",
    "ex\u00adample.com": "example.com",
    "❤.ws": "xn--qei.ws",
    "my_site.example.com": "my_site.example.com",
    "www.gov.uk": "www.gov.uk",
    "www.com": "www.com",
    "www.co.uk": "www.co.uk",
    "1.2.3.": "1.2.0.3",
    "acme.test": "acme.test",
    "acme.github.io": "acme.github.io",
    "127.0.0.1:8000": "127.0.0.1:8000",
    "http://0x7f.1/": "127.0.0.1",
    "2130706433": "127.0.0.1",
    "１２７.０.０.１": "127.0.0.1",
    "http://[2001:DB8:0::1]:80/": "[2001:db8::1]",
    "[::1]:8080": "[::1]:8080",
    "localhost:3000": "localhost:3000",
    "linkedin.com": "linkedin.com",
    "https://www.linkedin.com/": "linkedin.com",
    "https://x.com/?lang=en": "x.com",
    "about.gitlab.com/company/": "about.gitlab.com",
    "https://www.apple.com/de/": "apple.com",
    "netflix.com/x": "netflix.com",
}


def test_an_address_has_one_key() -> None:
    assert {text: company_key(text) for text in KEYS} == KEYS
    assert {key: company_key(key) for key in KEYS.values()} == {key: key for key in KEYS.values()}


NO_KEYS = [
    *"""ftp://example.com file:///etc/passwd javascript:alert(1) mailto:info@example.com info@example.com
    data:text/html,x http:example.com https:/example.com http:// https:///example.com http://:80 http://user@example.com
    http://user:pass@example.com/ http://@example.com http://example.com\\@127.0.0.1 http:\\\\example.com example.com\\x
    example..com .example.com example.com.. -example.com example-.com exa$mple.com example.com:0 example.com:65536
    example.com:999999 example.com:x example.com:80:80 example.com:８０ intranet http://intranet/ co.uk com gov.uk
    github.io kawasaki.jp http://example.com%2eevil.test http://exa%6dple.com ℀.com xn--a.com xn--.com
    xn--example-.com 1.2.3.4.5 256.1.1.1 1.2.3.08 0x100000000 ::1 [::1 [::g] [fe80::1%25eth0] [fe80::1%eth0]
    [127.0.0.1] https://linkedin.com/company/acme https://de.linkedin.com/in/somebody facebook.com/acme
    https://m.facebook.com/acme x.com/acme twitter.com/acme https://www.instagram.com/acme/ youtube.com/@acme
    github.com/acme https://www.crunchbase.com/organization/acme https://en.wikipedia.org/wiki/Acme
    https://en.m.wikipedia.org/wiki/Acme google.com/maps/place/Acme sites.google.com/view/acme
    https://apps.apple.com/app/id1 https://www.bloomberg.com/profile/company/ACM:US""".split(),
    "",
    "  ",
    "exam ple.com",
    "example.com/a b",
    "example\t.com",
    "example.com\n.evil.test",
    "example.com\0",
    "a\u2028b.com",
    "a" * 64 + ".com",
    ".".join(["a" * 60] * 5) + ".com",
    "https://example.com/" + "x" * 3000,
]


def test_what_is_no_address_of_a_company_is_refused_with_advice(subtests: pytest.Subtests) -> None:
    for text in NO_KEYS:
        with subtests.test(text):
            with pytest.raises(Problem) as caught:
                company_key(text)
            assert (caught.value.status, caught.value.code) == (422, "invalid_address")
            assert "company's own site" in caught.value.detail


@given(st.text())
def test_any_text_is_a_key_or_a_problem(text: str) -> None:
    try:
        key = company_key(text)
    except Problem as problem:
        assert problem.code == "invalid_address"
    else:
        assert key == company_key(key) == key.lower()
        assert key.isascii()
        assert not set(key) & set(" /\\@?#%")


@given(st.text(alphabet="1a0xX.７①。-[]:f%é"))
def test_a_canonical_host_stays_as_it_is(host: str) -> None:
    try:
        canonical = canonical_host(host)
    except ValueError:
        return
    assert canonical_host(canonical) == canonical


LINKS = {
    ("%2e;jsessionid=1", "https://example.com/"): "https://example.com/",
    ("/a/..;jsessionid=1/b", "https://example.com/"): "https://example.com/b",
    ("../x?utm_source=a&b=%7e%2f#f", "http://a.com/b/c/d"): "http://a.com/b/x?b=~%2F",
    ("\\foo\\bar", "http://a.com/x"): "http://a.com/foo/bar",
    ("/x?p=\\", "http://a.com"): "http://a.com/x?p=%5C",
    ("//B.com:443/", "https://a.com"): "https://b.com/",
    ("//b.com:443/", "http://a.com"): "http://b.com:443/",
    ("", "http://a.com/x?y#z"): "http://a.com/x?y",
    ("?p=2", "http://a.com/x/y?p=1"): "http://a.com/x/y?p=2",
    (" /a b/ü?q=ä b ", "http://a.com"): "http://a.com/a%20b/%C3%BC?q=%C3%A4%20b",
    ("/%2e%2E/x/./y/..", "http://a.com"): "http://a.com/x/",
    ("/%c3%bc%41%zz%", "http://a.com"): "http://a.com/%C3%BCA%25zz%25",
    ("http:\n//a.com\t/b", ""): "http://a.com/b",
    ("HTTP://A.com:80", ""): "http://a.com/",
    ("http://a.com?", ""): "http://a.com/",
    ("/x?gclid=1&fbclid=2&utm_Campaign=3&id=4&mc_cid=5", "http://a.com"): "http://a.com/x?id=4",
    ("/x?PHPSESSID=3&UTM_source=1", "http://a.com"): "http://a.com/x",
    ("/x?sid=0a1b2c3d4e5f60718293a4b5c6d7e8f9&id=4", "http://a.com"): "http://a.com/x?id=4",
    ("/x?sid=42&token=deadbeefdeadbeef", "http://a.com"): "http://a.com/x?sid=42&token=deadbeefdeadbeef",
    ("/(S(lit3py55t21z5v55vlm25s55))/x.aspx", "http://a.com"): "http://a.com/x.aspx",
    ("/x?gad_source=1&cmpid=2", "http://a.com"): "http://a.com/x",
    ("/x?a=1&a=2&b&=&&c=", "http://a.com"): "http://a.com/x?a=1&a=2&b&=&&c=",
    ("http://[::FFFF:1]/", ""): "http://[::ffff:1]/",
    ("http://bücher.example/ü", ""): "http://xn--bcher-kva.example/%C3%BC",
    ("/a/b;v=1,2/(c)!$&'*+=:@", "http://a.com"): "http://a.com/a/b;v=1,2/(c)!$&'*+=:@",
    ("mailto:a@b.c", "http://a.com"): None,
    ("tel:1", "http://a.com"): None,
    ("javascript:void(0)", "http://a.com"): None,
    ("data:,x", "http://a.com"): None,
    ("ftp://a.com", ""): None,
    ("http://u:p@a.com", ""): None,
    ("//[", "http://a.com"): None,
    ("//a b.com", "http://a.com"): None,
    ("/x", ""): None,
    ("/x", "mailto:a@b.c"): None,
    ("/" + "x" * 3000, "http://a.com"): None,
    ("\ud800", "http://a.com"): None,
}


def test_a_link_has_one_spelling() -> None:
    assert {link: normalise(*link) for link in LINKS} == LINKS


@given(st.text(), st.sampled_from(["http://a.com/x/y?z", "https://[::1]:8/", ""]))
def test_any_link_is_normalised_once_and_for_all(link: str, base: str) -> None:
    found = normalise(link, base)
    if found is not None:
        assert normalise(found) == found
        assert str(parse(found)) == found
        assert found.isascii()
        assert "#" not in found


def test_the_registrable_domain_follows_the_public_suffix_list() -> None:
    assert registrable("shop.example.co.uk") == "example.co.uk"
    assert registrable("a.b.acme.github.io") == "acme.github.io"
    assert registrable("co.uk") == "co.uk"
    assert registrable("x.acme.test") == "acme.test"
    assert registrable("127.0.0.1") == "127.0.0.1"
    assert registrable("[::1]") == "[::1]"
    assert registrable("localhost") == "localhost"


def test_a_site_is_a_registrable_domain_or_an_address_with_its_port() -> None:
    assert same_site("https://www.example.co.uk/a", "http://shop.example.co.uk:8080/")
    assert not same_site("https://example.co.uk/", "https://other.co.uk/")
    assert not same_site("https://one.github.io/", "https://two.github.io/")
    assert same_site("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b")
    assert not same_site("http://127.0.0.1:8000/", "http://127.0.0.1:8001/")
    assert not same_site("http://localhost:8000/", "http://localhost/")
    assert not same_site("mailto:a@example.com", "https://example.com")
