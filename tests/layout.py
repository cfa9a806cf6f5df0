"""The layout of a function's zip: a generated one-line main.py, the function's own folder, shared/, requirements.txt.
`python -m tests.layout` prints how large each is."""

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ROW: dict[str, dict[str, Any]] = json.loads((ROOT / "functions" / "functions.json").read_text())
NAMES: list[str] = list(ROW)


def unpack(name: str, folder: Path, root: Path = ROOT, *, compiled: bool = False) -> Path:
    """Lays the function out in an empty folder, as its zip would be unpacked; `compiled` as far as it is compiled here."""
    ignore = shutil.ignore_patterns("embedded", "command", *([] if compiled else ["__pycache__"]))
    shutil.copytree(root / "functions" / name, folder / "functions" / name, ignore=ignore)
    for file in ("__init__.py", "functions.json"):
        shutil.copy(root / "functions" / file, folder / "functions")
    shutil.copytree(root / "shared", folder / "shared", ignore=ignore)
    shutil.copy(root / "requirements.txt", folder / "requirements.txt")
    (folder / "main.py").write_text(f"from functions.{name}.main import {name}\n")
    return folder


def pack(name: str, folder: Path, root: Path = ROOT) -> Path:
    """The function's zip, in that folder."""
    with tempfile.TemporaryDirectory() as laid_out:
        unpack(name, Path(laid_out), root)
        return Path(shutil.make_archive(str(folder / name), "zip", laid_out))


def main() -> None:
    print("| function | zip kB | unpacked kB | files |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in NAMES:
            file = pack(name, Path(folder))
            with zipfile.ZipFile(file) as packed:
                entries = [entry for entry in packed.infolist() if not entry.is_dir()]
            unpacked = sum(entry.file_size for entry in entries)
            print(f"| {name} | {file.stat().st_size / 1000:.0f} | {unpacked / 1000:.0f} | {len(entries)} |")


if __name__ == "__main__":
    main()
