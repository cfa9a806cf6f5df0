"""The generated parts of docs/: `python -m shared.command.docs` writes them, with `--check` it judges them.

`docs/configuration.md` is whole; in `docs/operating.md` it is what stands between a `<!-- generated: NAME -->` and its
`<!-- end -->`.
"""

import json
import re
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined, to_jsonable_python

from shared.models import OPTIONAL, STAGES
from shared.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.S)
CONSOLE = "https://console.cloud.google.com"
SPELT_SECONDS = 120  # from there on, days and hours are written beside
IN_SECONDS = ("s", 1), ("min", 60), ("h", 3600), ("days", 86400)


def functions() -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = json.loads((ROOT / "functions" / "functions.json").read_text())
    return rows


# ------------------------------------------------------------------ operating


def architecture() -> str:
    """A Mermaid chart: functions by what wakes them, the stages in their order."""
    lines = [
        "```mermaid",
        "flowchart LR",
        '  caller(["caller"])',
        '  store[("Firestore")]',
        '  dead[/"scrape-dead-letters"/]',
    ]
    rows = functions()
    for name, row in rows.items():
        kind = "optional" if name in OPTIONAL else row["trigger"]
        lines.append(f'  {name}["{name}<br/>{_size(row)}"]:::{kind}')
    for name, row in rows.items():
        lines += _edges(name, row)
    lines += [f"  {one} --> {_topic(rows[after])}" for one, after in pairwise(["api", *STAGES])]
    lines += [
        f"  {STAGES[-1]} --> store",
        "  notify --> tasks_deliver",
        '  deliver --> endpoint(["caller\'s endpoint"])',
    ]
    lines.append("  sweep -.->|what is due| store")
    lines += [
        "  classDef optional stroke-dasharray: 4 3",
        "  classDef http stroke-width: 3px",
        "```",
    ]
    return "\n".join(lines)


def _topic(row: dict[str, Any]) -> str:
    return str(row["topic"]).replace("-", "_")


def _size(row: dict[str, Any]) -> str:
    return f"{row['memory_mb']} MB, {row['concurrency']} at once, {row['timeout_seconds']} s"


def _edges(name: str, row: dict[str, Any]) -> list[str]:
    match row["trigger"]:
        case "http":
            return [f"  caller -->|HTTPS| {name}", f"  {name} --> store"]
        case "topic":
            topic = _topic(row)
            return [f'  {topic}>"{row["topic"]}"] --> {name}', f"  {topic} -.->|refused 20 times| dead"]
        case "firestore":
            document = row["document"].replace("{", "#123;").replace("}", "#125;")
            return [f'  store -->|"{document} created"| {name}']
        case "tasks":
            return [f'  tasks_{name}>"Cloud Tasks: {row["queue"]}"] --> {name}']
        case "schedule":
            return [f'  clock(["every {row["every_seconds"]} s"]) --> {name}']
    raise ValueError(f"{name} has a trigger that the chart does not know: {row['trigger']}")


def queues() -> str:
    """A table of what waits, where to look at it, and what a growing one means."""
    rows = [("queue", "holds", "look at it in the Console", "it grows when")]
    rows.append(("---",) * 4)
    for name, row in functions().items():
        if row["trigger"] == "topic":
            many = row["max_instances"] * row["concurrency"]
            cause = f"more than {many} runs are in `{name}` at once, or it fails"
            rows.append((f"`{row['topic']}`", f"runs that wait for `{name}`", _subscription(row["topic"]), cause))
        elif row["trigger"] == "tasks":
            where = "Cloud Tasks ▸ Queues ▸ " + row["queue"]
            rows.append((f"`{row['queue']}`", f"webhook attempts for `{name}`", where, "endpoints are slow or down"))
    dead, progress = "scrape-dead-letters", "scrape-progress"
    where = "Cloud Tasks ▸ Queues ▸ delayed"
    rows.append(("`delayed`", "messages that are to be published later", where, "sites ask to be left alone"))
    rows.append((f"`{dead}`", "messages that were refused 20 times", _subscription(dead), "a function refuses them"))
    rows.append(
        (f"`{progress}`", "changes of progress, for an hour", _subscription(progress), "always: it need not be read")
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _subscription(name: str) -> str:
    return f"[Pub/Sub ▸ Subscriptions ▸ {name} ▸ Messages]({CONSOLE}/cloudpubsub/subscription/detail/{name})"


# ------------------------------------------------------------------ configuration


def configuration() -> str:
    """Each setting by the heading that it stands under in the class."""
    lines = [
        "# Configuration",
        "",
        "<!-- made by `python -m shared.command.docs` from shared/settings.py -->",
        "",
        f"Everything is read from the environment once: `{PREFIX}MAX_PAGES=20` sets `max_pages`. Lists are words with",
        "commas between, or JSON; times are seconds, unless a name says otherwise. What makes no sense stops the",
        'process with the variable\'s name. In the cloud, `settings = {MAX_PAGES = "20"}` sets one in',
        "`terraform/NAME.auto.tfvars`; what Terraform sets itself it refuses there.",
    ]
    headings = _headings()
    for name, field in Settings.model_fields.items():
        if name in headings:
            lines += [
                "",
                f"## {headings[name].capitalize()}",
                "",
                "| variable | default | what it is |",
                "| --- | --- | --- |",
            ]
        said = (field.description or "").replace("|", "\\|")
        lines.append(f"| `{PREFIX}{name.upper()}` | {_default(name, field.default)} | {said} |")
    return "\n".join(lines) + "\n"


def _headings() -> dict[str, str]:
    """The first setting below each comment line of the class."""
    source = (ROOT / "shared" / "settings.py").read_text()
    return {name: heading for heading, name in re.findall(r"^    # (.+)\n    (\w+): ", source, re.M)}


def _default(name: str, value: Any) -> str:
    if value is PydanticUndefined:
        return "needed"
    if isinstance(value, Path):
        value = value.relative_to(ROOT) if value.is_relative_to(ROOT) else value
    plain = to_jsonable_python(value)
    if plain in ("", [], {}):
        return "—"
    if isinstance(plain, dict):
        text = json.dumps(plain)
    else:
        text = ", ".join(map(_number, plain if isinstance(plain, list) else [plain]))
    if name.endswith("_seconds") and isinstance(plain, float | int) and plain >= SPELT_SECONDS:
        return f"`{text}` ({_duration(plain)})"
    return f"`{text}`"


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _duration(seconds: float) -> str:
    unit, length = next((u, n) for u, n in reversed(IN_SECONDS) if seconds >= n)
    return f"{seconds / length:g} {unit}"


# ------------------------------------------------------------------ writing

PARTS: dict[str, Callable[[], str]] = {"architecture": architecture, "queues": queues}


def pages() -> dict[Path, str]:
    """Each generated page as it should be."""
    operating = ROOT / "docs" / "operating.md"
    text = PART.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", operating.read_text())
    return {operating: text, ROOT / "docs" / "configuration.md": configuration()}


def main() -> int:
    stale = [file for file, text in pages().items() if not file.exists() or file.read_text() != text]
    if "--check" in sys.argv[1:]:
        for file in stale:
            print(f"{file.relative_to(ROOT)} is not current: python -m shared.command.docs", file=sys.stderr)
        return 1 if stale else 0
    for file, text in pages().items():
        file.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
