"""Pytest plugin: on a Python without a framework's wheel, run all that needs none of it, and say what is left out.

``requirements.txt`` says which Pythons a framework is installed on. A test that fails because one is missing that is
not meant to be there is skipped; of a notebook, the cell that needs it and those after it. On every other Python a
missing framework is an error, as ever.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from packaging.requirements import Requirement

from booktools.notebook_format import ROOT

FRAMEWORKS = {"keras": "keras", "tensorflow": "tensorflow", "tensorflow-cpu": "tensorflow", "torch": "torch"}


def left_out(requirements: str, environment: Mapping[str, str] | None = None) -> set[str]:
    """The frameworks that a list of requirements does not ask for on this Python, by the name that one imports.

    >>> sorted(left_out('keras==3; python_version < "3.14"\\\\ntorch==2', {"python_version": "3.15"}))
    ['keras', 'tensorflow']
    """
    wanted = set()
    for line in requirements.splitlines():
        line = line.partition("#")[0].strip()
        if line and not line.startswith("-"):
            requirement = Requirement(line)
            marker = requirement.marker
            if not marker or marker.evaluate(dict(environment) if environment else None):
                wanted.add(FRAMEWORKS.get(requirement.name))
    return set(FRAMEWORKS.values()) - wanted


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("frameworks").addoption(
        "--without-frameworks", action="store_true", help="as on a Python that no framework has a wheel for"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--without-frameworks"):
        missing = set(FRAMEWORKS.values())
    else:
        missing = left_out((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    if missing:
        config.pluginmanager.register(_LeaveOut(missing), "leave-out-frameworks")


class _LeaveOut:
    def __init__(self, missing: set[str]) -> None:
        self.missing = missing
        self.name = re.compile("|".join(sorted(missing)))
        self.stopped: set[pytest.Collector] = set()  # notebooks that have come to a cell that needs one

    def lacks(self, error: BaseException | None) -> bool:
        """Whether an error, or one that it came from, says that a framework is missing."""
        while error is not None:
            if isinstance(error, ModuleNotFoundError):
                named = error.name.partition(".")[0] if error.name else str(error)
                return bool(self.name.match(named))
            error = error.__cause__ or error.__context__
        return False

    def reason(self) -> str:
        version = ".".join(map(str, sys.version_info[:2]))
        return f"needs {', '.join(sorted(self.missing))}, not installed on Python {version}"

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        report: Any = yield
        call = getattr(report, "call", None)
        if report.failed and call is not None and self.lacks(call.excinfo.value):
            report.outcome = "skipped"
            report.longrepr = (str(collector.path), 0, f"Skipped: {self.reason()}")
        return report

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.parent in self.stopped:
            pytest.skip(self.reason())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        report: Any = yield
        if report.failed and call.excinfo is not None and self.explains(item, call.excinfo.value):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, f"Skipped: {self.reason()}")
        return report

    def explains(self, item: Any, error: BaseException) -> bool:
        """Whether the missing frameworks explain an error; in a notebook its cell names one of them."""
        if type(item).__name__ != "IPyNbCell":
            return self.lacks(error)
        if self.name.search(item.cell.source):
            self.stopped.add(item.parent)
            return True
        return False

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        skipped = [
            report
            for report in terminalreporter.stats.get("skipped", [])
            if self.reason() in str(report.longrepr)
        ]
        files = sorted({str(report.nodeid).split("::")[0] for report in skipped})
        if files:
            terminalreporter.write_line(
                f"left out: {len(skipped)} tests, modules and cells in {', '.join(files)} ({self.reason()})"
            )
