"""pytest plugin of `./deploy.sh test`: a line for each folder of tests as it is through; with CI set, a skip is a failure."""

import os
from collections import Counter, defaultdict
from collections.abc import Generator

import pytest


def group_of(nodeid: str) -> str:
    """`tests/api/test_x.py::test_y` -> `api`; a file right below `tests/` is its own group."""
    return nodeid.split("::")[0].removeprefix("tests/").split("/")[0].removesuffix(".py")


def is_row(report: pytest.TestReport | pytest.CollectReport) -> bool:
    """Of a table that one test goes through, which is reported, too."""
    return isinstance(report, pytest.SubtestReport)


class Groups:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.left: Counter[str] = Counter()  # tests that have not ended
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def expect(self, nodeids: list[str]) -> None:
        if not self.left:
            self.left.update(map(group_of, nodeids))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.expect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.expect(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
        """No dots and letters: the groups' lines tell as much."""
        if report.passed:
            return ("passed", "", "") if report.when == "call" and not is_row(report) else ("", "", "")
        if report.failed:
            return ("failed" if report.when == "call" else "error", "", "")
        return None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if is_row(report) and report.passed:
            return
        group = group_of(report.nodeid)
        self.seconds[group] += report.duration
        if report.when == "call" or not report.passed:
            self.outcomes[group][report.outcome] += 1
        if report.failed:
            self.say(f"FAILED {report.nodeid} ({report.when})")
        if report.when == "teardown":
            self.left[group] -= 1
            if self.left[group] == 0:
                outcomes = ", ".join(f"{count} {outcome}" for outcome, count in sorted(self.outcomes[group].items()))
                self.say(f"{group:<12} {outcomes}, {self.seconds[group]:.1f} s of tests")

    def say(self, line: str) -> None:
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        assert reporter
        reporter.ensure_newline()
        reporter.write_line(line)


class NothingLeftOut:
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.skipped and not hasattr(report, "wasxfail"):
            report.outcome = "failed"
            report.longrepr = f"skipped, though CI is set: {report.longrepr}"
        return report


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CI"):
        config.pluginmanager.register(NothingLeftOut())
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Groups(config))
