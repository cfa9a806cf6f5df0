import tracemalloc

from shared.extract.kept import ENTRY, Kept
from shared.extract.page import ParsedPage
from shared.extract.walk import MAX_KEPT


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept: Kept[str] = Kept(3 * (ENTRY + 100))
    for key in "abc":
        kept.put(key, key.upper(), 100)
    assert kept.get("a") == "A"
    kept.put("d", "D", 100)
    assert [kept.get(key) for key in "abcd"] == ["A", None, "C", "D"]
    kept.put("d", "E", 200)
    assert [kept.get(key) for key in "abcd"] == [None, None, "C", "E"]


def test_what_is_too_large_is_not_kept() -> None:
    kept: Kept[str] = Kept(1_000)
    kept.put("a", "A", 1_000)
    assert kept.get("a") is None
    kept.put("b", "B")
    assert kept.get("b") == "B"


def test_a_site_of_large_menus_takes_no_more_memory_than_is_meant_for_them() -> None:
    """Their links are relative to a long address, so that each is as long."""
    far = "<base href='https://fernmill.example/" + "\u2207" * 1_900 + "/'>"
    menus = "".join(
        f"<nav>{number}" + "".join(f"<a href=m{number}-{link}></a>" for link in range(600)) + "</nav>"
        for number in range(16)
    )
    tracemalloc.start()
    try:
        for _ in range(2):
            page = ParsedPage.parse((far + menus).encode(), url="https://fernmill.example/", fetched_at="")
            assert len(page.links) == 5_000
        del page
        assert tracemalloc.get_traced_memory()[0] < 1.2 * MAX_KEPT
    finally:
        tracemalloc.stop()
