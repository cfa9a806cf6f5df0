"""What a person sees: live progress, and a profile as a table."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from shared.embedded.local.options import clean

JSON = dict[str, Any]
PLAIN_WIDTH = 120  # columns, where no terminal says how many it has
SKIPPED = frozenset({"logo_url", "canonical_url", "domain"})


class Out(Console):
    def on_broken_pipe(self) -> None:
        """Raises what rich would end the process for, so that the host is stopped first."""
        raise BrokenPipeError


def console(stderr: bool = False) -> Console:
    made = Out(stderr=stderr, highlight=False)
    return made if made.is_terminal else Out(stderr=stderr, highlight=False, width=PLAIN_WIDTH)


class Watch:
    """Jobs on their way: bars on a terminal, elsewhere a line whenever a job enters a stage."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self.bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[stage]}", markup=False),
            TimeElapsedColumn(),
            console=out,
        )

    def __enter__(self) -> Self:
        if self.out.is_terminal:
            self.bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.out.is_terminal:
            self.bars.stop()

    def job(self, url: str) -> Callable[[JSON], None]:
        """What to tell of this address's job."""
        bar: list[TaskID] = []
        last = ""

        def tell(job: JSON) -> None:
            nonlocal last
            stage, percent = stage_of(job), job.get("progress_percent") or 0
            if self.out.is_terminal:
                bar[:] = bar or [self.bars.add_task(clean(url), total=100, stage=stage)]
                self.bars.update(bar[0], completed=percent, stage=stage)
            elif stage != last:
                self.out.print(Text(f"{clean(url)}  {percent:>3} %  {stage}"))
            last = stage

        return tell


def stage_of(job: JSON) -> str:
    return str(job.get("current_stage") or job["status"])


def rows(profile: JSON) -> Iterator[tuple[str, str, str]]:
    """Label, value and JSON pointer of everything that the profile says, in its order."""
    for section in ("identity", "contact", "financial", "offering", "hiring"):
        for name, value in (profile.get(section) or {}).items():
            if name not in SKIPPED:
                yield from entries(name, value, f"/{section}/{name}")
    for section in ("socials", "people", "technologies", "news", "key_pages"):
        yield from entries(section, profile.get(section), f"/{section}")


def entries(name: str, value: Any, pointer: str) -> Iterator[tuple[str, str, str]]:
    label = name.replace("_", " ")
    if isinstance(value, list):
        for i, item in enumerate(value):
            yield label, words(item), f"{pointer}/{i}"
    elif isinstance(value, dict):
        for key, item in value.items():
            if item is not None:
                yield f"{label}: {key.replace('_', ' ')}", words(item), f"{pointer}/{escaped(key)}"
    elif value not in (None, ""):
        yield label, words(value), pointer


def escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def words(value: Any) -> str:
    """`{"name": "A", "title": "B"}` -> `A, B`; addresses of pages are left to the source."""
    if not isinstance(value, dict):
        return clean(value)
    said = {name: item for name, item in value.items() if item is not None and item is not False and item != ""}
    amount = next((money(said, name) for name in ("amount", "price") if name in said), None)
    if "date" in said:
        said["date"] = str(said["date"])[:10]
    if len(said) > 1:
        said = {name: item for name, item in said.items() if not name.endswith("url") and name != "period_end"}
    plain = [name.replace("_", " ") if item is True else clean(item) for name, item in said.items()]
    return ", ".join([amount, *plain] if amount and "name" not in said else [*plain, *filter(None, [amount])])


def money(said: JSON, name: str) -> str:
    """Takes the amount, and what belongs to it, out of `said`: `from 29 EUR per user a month`."""
    parts = ["from" if said.pop("starting", False) else "", f"{said.pop(name):,.10g}", said.pop("currency", "")]
    parts += [f"{word} {said.pop(key)}" for word, key in (("per", "unit"), ("a", "period")) if key in said]
    return clean(" ".join(filter(None, parts)))


def profile_table(profile: JSON) -> Table:
    """Paths in it are the company's own."""
    name = (profile.get("identity") or {}).get("name") or profile["domain"]
    table = Table(title=Text(f"{clean(name)} ({profile['domain']})"), title_justify="left", box=box.SIMPLE_HEAD)
    table.add_column("", overflow="fold")
    table.add_column("value", overflow="fold", ratio=5)
    table.add_column("confidence", justify="right")
    table.add_column("source", overflow="fold", ratio=5)
    last = ""
    for label, value, pointer in rows(profile):
        sources = profile["sources"].get(pointer) or []
        confidence = profile["confidence"].get(pointer)
        table.add_row(
            Text(clean(label) if label != last else ""),
            Text(own(value, profile["domain"])),
            f"{confidence:.2f}" if confidence is not None else "",
            Text(source(sources, profile["domain"])),
        )
        last = label
    return table


def own(url: str, domain: str) -> str:
    """A page of the company's own by its path."""
    parts = urlsplit(url)
    return urlunsplit(("", "", *parts[2:])) or "/" if parts.netloc.removeprefix("www.") == domain else url


def source(sources: list[JSON], domain: str) -> str:
    """The first page behind a value, and how many more."""
    if not sources:
        return ""
    more = f" +{len(sources) - 1}" if len(sources) > 1 else ""
    return own(clean(sources[0]["url"]), domain) + more


def coverage_line(coverage: JSON) -> str:
    counts = [f"{count} {outcome}" for outcome, count in coverage.items() if isinstance(count, int) and count]
    return "pages: " + (", ".join(counts) or "none")


def show_profile(out: Console, profile: JSON) -> None:
    out.print(profile_table(profile))
    out.print(Text(coverage_line(profile["coverage"])))
    for page in profile["coverage"]["pages"]:
        if page["outcome"] != "read":
            out.print(Text(f"  {page['outcome']}: {clean(page['url'])}"))
    for warning in profile["warnings"]:
        out.print(Text(f"warning: {clean(warning['code'])}: {clean(warning['detail'])}", style="yellow"))
