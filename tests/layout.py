"""The layout of a function's zip: a generated one-line main.py, the function's own folder, shared/, requirements.txt."""

import json
import shutil
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMES: list[str] = list(json.loads((ROOT / "functions" / "functions.json").read_text()))


def unpack(name: str, folder: Path) -> Path:
    """Lays the function out in an empty folder, as its zip would be unpacked."""
    ignore = shutil.ignore_patterns("__pycache__", "embedded", "command")
    shutil.copytree(ROOT / "functions" / name, folder / "functions" / name, ignore=ignore)
    for file in ("__init__.py", "functions.json"):
        shutil.copy(ROOT / "functions" / file, folder / "functions")
    shutil.copytree(ROOT / "shared", folder / "shared", ignore=ignore)
    shutil.copy(ROOT / "requirements.txt", folder / "requirements.txt")
    (folder / "main.py").write_text(f"from functions.{name}.main import {name} as {name}\n")
    return folder
