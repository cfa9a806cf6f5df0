"""What is deployed of the product: each function's zip."""

import re
import zipfile
from pathlib import Path

from tests.layout import NAMES, ROOT

FOREIGN = re.compile(r"(^|/)(tests?|embedded|sample|command|terraform|\.[^/]*|__pycache__)(/|$)|\.pyc$")


def test_a_zip_holds_its_own_function_and_what_is_shared_and_nothing_else(zips: dict[str, Path]) -> None:
    for name, file in zips.items():
        with zipfile.ZipFile(file) as packed:
            files = {entry.filename for entry in packed.infolist() if not entry.is_dir()}
            assert packed.read("main.py").decode() == f"from functions.{name}.main import {name}\n"
            assert packed.read("requirements.txt") == (ROOT / "requirements.txt").read_bytes()
        assert {file.split("/")[0] for file in files} == {"main.py", "requirements.txt", "functions", "shared"}
        assert [file for file in files if FOREIGN.search(file)] == []
        others = {f"functions/{other}/" for other in NAMES if other != name}
        assert [file for file in files if any(file.startswith(other) for other in others)] == []
        assert {f"functions/{name}/main.py", "functions/functions.json", "shared/queries.json"} <= files
