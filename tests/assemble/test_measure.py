import json
from pathlib import Path

import pytest

from tests.measure import main

PAGE = """<html lang="cs"><head><title>Ropes Ltd</title></head><body><p>Vítejte u výrobce lan pro lodě a jeřáby, který je na trhu.</p>
<nav><a href="kontakt.html">Kontakt</a></nav><footer>© 2020 Lana Kotva s.r.o.</footer></body></html>"""


def site(folder: Path, pages: list[dict[str, str | None]]) -> Path:
    (folder / "lana-kotva.cz" / "pages").mkdir(parents=True)
    (folder / "lana-kotva.cz" / "labels.json").write_text('{"name": "must not be read"')
    source = {"original_url": "http://www.lana-kotva.cz/", "pages": pages}
    (folder / "lana-kotva.cz" / "source.json").write_text(json.dumps(source))
    return folder / "lana-kotva.cz"


def test_a_folder_of_saved_pages_becomes_a_prediction_in_the_scorers_form(tmp_path: Path) -> None:
    home = {"file": "pages/index.html", "url": None}
    folder = site(
        tmp_path / "sites", [home, {"file": "pages/kontakt.html", "url": "http://www.lana-kotva.cz/kontakt.html"}]
    )
    (folder / "pages" / "index.html").write_bytes(PAGE.encode("windows-1250"))
    (folder / "pages" / "kontakt.html").write_text("<p>Volejte: +420 224 123 456, pište na info@lana-kotva.cz</p>")
    (tmp_path / "sites" / "_apis").mkdir()
    assert main(["corpus", str(tmp_path / "sites"), str(tmp_path / "out")]) == 0
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["lana-kotva.cz.json"]
    found = json.loads((tmp_path / "out" / "lana-kotva.cz.json").read_text())
    assert found["legal_name"] == "Lana Kotva s.r.o."
    assert found["languages"] == ["cs"]
    assert found["emails"] == ["info@lana-kotva.cz"]
    assert found["phones"] == [{"e164": "+420224123456"}]
    assert found["key_pages"] == {"contact": "http://www.lana-kotva.cz/kontakt.html"}


@pytest.mark.parametrize(
    "arguments", [[], ["corpus"], ["corpus", "a", "b", "c"], ["paint"], ["corpus", "/nowhere", "/tmp/x"]]
)
def test_bad_usage_is_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
