"""Writes docs/accuracy.md: how right profiles are, field by field, and what their confidence is worth.

`python -m tests.measure accuracy --corpus SITES_DIR --score SCORE.py --compare RESULT.json … --out docs/accuracy.md`
SCORE.py is the corpus' scorer, whose matching decides what is right; RESULT.json what the farm's compare.py wrote.
"""

import argparse
import importlib.util
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.models import JSON
from shared.profile import Profile
from tests.measure import flat, profile_of

BANDS = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.0)  # lower ends
SURE = 0.9
# Where the confidence of a flat field's values stands.
POINTERS = {
    "name": "/identity/name",
    "legal_name": "/identity/legal_name",
    "description": "/identity/description",
    "logo_url": "/identity/logo_url",
    "founded_year": "/identity/founded_year",
    "languages": "/identity/languages",
    "emails": "/contact/emails",
    "phones": "/contact/phones",
    "faxes": "/contact/faxes",
    "addresses": "/contact/addresses",
    "people": "/people",
    "ticker": "/financial/tickers",
    "identifiers": "/financial/identifiers",
    "jobs": "/hiring/openings",
    "news": "/news",
    "technologies": "/technologies",
    "socials": "/socials",
    "key_pages": "/key_pages",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure accuracy", description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, metavar="SITES_DIR")
    parser.add_argument("--score", type=Path, required=True, metavar="SCORE.py")
    parser.add_argument("--compare", type=Path, nargs="*", default=[], metavar="RESULT.json")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    scorer = _module(options.score)
    totals: dict[str, Counter[str]] = {}
    judged: list[tuple[str, float, bool]] = []
    sites = 0
    for site in sorted(options.corpus.iterdir()):
        if not (site / "labels.json").is_file():
            continue
        sites += 1
        labels = json.loads((site / "labels.json").read_text(encoding="utf-8"))
        profile = profile_of(site)
        for field, (right, wrong, missed, traps, _) in scorer.score_site(labels, flat(profile)).items():
            totals.setdefault(field, Counter()).update(right=right, wrong=wrong, missed=missed, traps=traps)
        judged += _judged(scorer, labels, profile)
    compared = [json.loads(path.read_text()) for path in options.compare]
    options.out.write_text(_page(scorer, sites, totals, judged, compared), encoding="utf-8")
    print(f"{sites} sites, {len(judged)} values with a confidence, {len(compared)} runs on the farm: {options.out}")
    return 0


def _module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _judged(scorer: Any, labels: JSON, profile: Profile) -> Iterator[tuple[str, float, bool]]:
    """Each value alone: its field, its confidence, and whether it is right; those that nobody has judged stay out."""
    for field, value in flat(profile).items():
        pointer = POINTERS.get(field)
        if pointer is None or not value:
            continue
        rows: list[tuple[Any, str]]
        if isinstance(value, dict) and field in ("socials", "key_pages"):
            rows = [({name: one}, f"{pointer}/{name}") for name, one in value.items()]
        elif field == "ticker":
            rows = [(value, f"{pointer}/0")]
        elif isinstance(value, list):
            rows = [([one], f"{pointer}/{i}") for i, one in enumerate(value)]
        else:
            rows = [(value, pointer)]
        for alone, where in rows:
            right, wrong, *_ = scorer.score_site(labels, {field: alone})[field]
            if (right or wrong) and where in profile.confidence:
                yield field, profile.confidence[where], bool(right)


def _page(
    scorer: Any,
    sites: int,
    totals: dict[str, Counter[str]],
    judged: list[tuple[str, float, bool]],
    compared: list[dict[str, Any]],
) -> str:
    return "\n".join([*_head(), *_fields(scorer, sites, totals), *_calibration(judged), *_farm(compared)]) + "\n"


def _head() -> Iterator[str]:
    yield "# Accuracy: how right the profiles are"
    yield ""
    yield "Written by a script; nobody types figures into this page. To write it anew, or to dispute it:"
    yield ""
    yield "```sh"
    yield "python -m tests.measure accuracy --corpus SITES --score SCORE.py --compare RESULT.json … --out docs/accuracy.md"
    yield "```"
    yield ""
    yield "SITES holds saved pages of companies, labelled by hand; SCORE.py says which values match a label. RESULT.json is"
    yield "what `compare.py --json` wrote after running Firmograph and other scrapers over the same synthetic sites."


def _fields(scorer: Any, sites: int, totals: dict[str, Counter[str]]) -> Iterator[str]:
    yield ""
    yield f"## Real pages: {sites} sites"
    yield ""
    yield "n: values that the labels ask for. A trap is a value on the page that looks right and is wrong."
    yield ""
    yield "| field | n | precision | recall | F1 | traps hit |"
    yield "|---|---|---|---|---|---|"
    scores = []
    for field in (*scorer.MAIN, *scorer.SUB):
        count = totals[field]
        precision, recall, f1 = scorer.prf(count["right"], count["wrong"], count["missed"])
        n = count["right"] + count["missed"]
        if field in scorer.MAIN and n:
            scores.append(f1)
        yield f"| {field} | {n} | {_share(precision)} | {_share(recall)} | {_share(f1)} | {count['traps']} |"
    traps = sum(totals[field]["traps"] for field in scorer.MAIN)
    yield ""
    yield f"Macro F1 **{sum(scores) / len(scores):.3f}** over {len(scores)} fields ({', '.join(scorer.SUB)} are of values"
    yield f"that match, and stay out); {traps} traps hit."


def _calibration(judged: list[tuple[str, float, bool]]) -> Iterator[str]:
    right_in_all = sum(right for _, _, right in judged)
    sure = [right for _, confidence, right in judged if confidence >= SURE]
    yield ""
    yield "## What a confidence means"
    yield ""
    yield f"Of {len(judged)} values that could be judged. With a confidence of {SURE} or more, **{_share(_mean(sure))}** are"
    yield f"right, and they are **{_share(sum(sure) / right_in_all)}** of all right values."
    yield ""
    yield "| confidence | values | right | share right | of all right values, this and above |"
    yield "|---|---|---|---|---|"
    above = 1.01
    so_far = 0
    for low in BANDS:
        band = [right for _, confidence, right in judged if low <= confidence < above]
        so_far += sum(band)
        name = f"{low} and more" if above > 1 else f"{low} to {above}"
        yield f"| {name} | {len(band)} | {sum(band)} | {_share(_mean(band))} | {_share(so_far / right_in_all)} |"
        above = low
    yield ""
    yield f"The same by field, for values with a confidence of {SURE} or more:"
    yield ""
    yield "| field | values | share right | of the field's right values |"
    yield "|---|---|---|---|"
    for field in POINTERS:
        mine = [(confidence, right) for name, confidence, right in judged if name == field]
        sure = [right for confidence, right in mine if confidence >= SURE]
        of_right = sum(sure) / (sum(right for _, right in mine) or 1)
        yield f"| {field} | {len(sure)} | {_share(_mean(sure))} | {_share(of_right)} |"


def _farm(compared: list[dict[str, Any]]) -> Iterator[str]:
    if not compared:
        return
    yield ""
    yield "## Synthetic sites, beside other scrapers"
    yield ""
    yield "F1 of each on the same sites in one run a seed. The others' rules were written by those who made the sites, so"
    yield "their scores say more about the sites than about how people use those libraries."
    for result in compared:
        arguments, scores = result["args"], result["scores"]
        fields = [name for name in next(iter(scores.values()))["fields"] if name != "macro_f1"]
        yield ""
        yield f"Seed {arguments['seed']}, {arguments['companies']} companies, variety {arguments['variety']}:"
        yield ""
        yield f"| field | {' | '.join(scores)} |"
        yield "|---|" + "---|" * len(scores)
        macro = [f"**{_share(one['fields']['macro_f1'])}**" for one in scores.values()]
        yield f"| **macro** | {' | '.join(macro)} |"
        for name in fields:
            yield f"| {name} | {' | '.join(_share(one['fields'][name]['f1']) for one in scores.values())} |"


def _mean(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
