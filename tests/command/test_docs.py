"""The pages say what is so."""

import json
import re
from pathlib import Path

import pytest

from shared.command import docs
from shared.models import STAGES
from shared.settings import Settings
from tests.product import ROOT


@pytest.mark.parametrize("name", ["operating.md", "configuration.md"])
def test_the_generated_pages_are_current(name: str) -> None:
    file = ROOT / "docs" / name
    assert docs.pages()[file] == file.read_text(), "python -m shared.command.docs writes it"


def test_the_chart_has_every_function_and_the_stages_in_their_order() -> None:
    chart = docs.architecture()
    rows = json.loads((ROOT / "functions/functions.json").read_text())
    for name, row in rows.items():
        assert f'  {name}["' in chart
        assert re.search(rf"(-->|\|) {name}$", chart, re.M), f"nothing wakes {name}"
        assert row.get("topic", "") in chart and row.get("queue", "") in chart
    for one, after in zip(["api", *STAGES], STAGES, strict=False):
        assert f"  {one} --> scrape_{after}\n" in chart


def test_every_setting_is_described_under_a_heading() -> None:
    page = docs.configuration()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert page.count(f"| `FIRMOGRAPH_{name.upper()}` |") == 1
    assert page.index("## Where it runs") < page.index("FIRMOGRAPH_PLATFORM")


def test_every_alert_has_its_runbook() -> None:
    titles = re.findall(r'title\s+= "(Firmograph: [^"]+)"', (ROOT / "terraform/monitoring.tf").read_text())
    page = (ROOT / "docs/operating.md").read_text()
    assert len(titles) >= 4
    for title in titles:
        _, _, runbook = page.partition(f"\n### {title}\n")
        assert re.match(r"\n\*.+\n(.*\n)*?1\. ", runbook), f"{title} has no steps"


def test_the_commands_and_links_of_the_page_exist() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    known = (ROOT / "deploy.sh").read_text()
    for command in re.findall(r"\./deploy\.sh ([a-z-]+)", page):
        assert re.search(rf"\b{command}\b.*\)", known), command
    anchors = {
        re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", page, re.M)
    }
    for link in re.findall(r"\]\(([^)]+)\)", page):
        if link.startswith("#"):
            assert link[1:] in anchors, link
        elif not link.startswith("https://"):
            assert (ROOT / "docs" / link).exists(), link
    for path in re.findall(r"`((?:terraform|shared|functions)/[\w./]+\.(?:tf|py|json))`", page):
        assert (ROOT / path).exists() or path == "terraform/backend_override.tf", path


def test_the_sums_of_the_costs_are_right() -> None:
    page = (ROOT / "docs/operating.md").read_text()
    table = re.findall(r"^\| [^|]+ \| [^|]+ \| (\d\.\d{3}) \| (\d\.\d{3}) \|$", page, re.M)
    busy, idle = (round(sum(float(row[column]) for row in table), 2) for column in (0, 1))
    assert len(table) == 11
    assert f"**≈ {busy:.2f}** | **≈ {idle:.2f}**" in page


def test_a_function_that_the_chart_does_not_know_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="trigger that the chart does not know"):
        docs._edges("new", {"trigger": "carrier pigeon"})
