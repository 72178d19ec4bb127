"""Pytest plugin: what each notebook needs in memory and processor time while nbval runs it.

Memory has a limit: Binder guarantees 1 GB. Time is that of the kernel's processor, so that a busy machine changes
little of it; it is reported, the slowest notebooks first, and has a limit only where one is asked for (`make bench`).
The peak resident memory of the kernel is read before it ends; where the system does not tell it (outside Linux), the
current resident memory after each cell stands in. Notebooks must not be split between workers: run pytest-xdist with
``--dist loadscope``.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from booktools.environment import ENVIRONMENT

PEAK = "notebook_peak_mb"
SECONDS = "notebook_cpu_seconds"
SLOWEST = 5  # as many are listed

os.environ.update(ENVIRONMENT)  # before a test imports a framework, or a kernel starts


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("notebooks")
    group.addoption("--notebook-memory", type=float, default=1024, help="limit on a kernel's memory, in MiB")
    group.addoption(
        "--notebook-seconds",
        type=float,
        help="limit on a kernel's processor time, in seconds (default: none)",
    )
    group.addoption(
        "--notebooks-seconds", type=float, help="limit on that of all notebooks together (default: none)"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Limits(config), "notebook-limits")


def peak_memory(pid: int) -> float:
    """Largest resident memory of a process so far, in MiB."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        match = re.search(r"^VmHWM:\s+(\d+) kB", status.read_text(), re.MULTILINE)
        if match:
            return int(match[1]) / 1024
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def cpu_seconds(pid: int) -> float:
    """Processor time that a process has used so far, with that of its children that have ended."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


class _Limits:
    """The hooks, and what they have seen: in a worker the running notebook, in the main process all of them."""

    def __init__(self, config: pytest.Config) -> None:
        self.memory_limit = config.getoption("--notebook-memory")
        self.seconds_limit = config.getoption("--notebook-seconds")
        self.total_limit = config.getoption("--notebooks-seconds")
        self.running: dict[Path, dict[str, float]] = {}
        self.finished: dict[str, dict[str, float]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
        item.stash[_NEXT] = nextitem
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        if not _is_notebook_cell(item):
            return (yield)
        try:
            return (yield)
        finally:
            use = self.running.setdefault(item.path, {PEAK: 0.0, SECONDS: 0.0})
            kernel: Any = item.parent.kernel.km.provisioner.process  # type: ignore[union-attr]
            if kernel is not None and kernel.poll() is None:
                use[PEAK] = max(use[PEAK], peak_memory(kernel.pid))
                use[SECONDS] = cpu_seconds(kernel.pid)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        result = yield
        following = item.stash[_NEXT]
        is_last = following is None or following.parent is not item.parent
        if _is_notebook_cell(item) and is_last and item.path in self.running:
            use = self.running.pop(item.path)
            item.user_properties += list(use.items())
            if use[PEAK] > self.memory_limit:
                pytest.fail(f"{item.path.name} took {use[PEAK]:.0f} MiB, more than {self.memory_limit:.0f}")
            if self.seconds_limit is not None and use[SECONDS] > self.seconds_limit:
                pytest.fail(
                    f"{item.path.name} took {use[SECONDS]:.1f} s of processor time, "
                    f"more than {self.seconds_limit:.0f}"
                )
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        properties: dict[str, Any] = dict(report.user_properties)
        if report.when == "teardown" and PEAK in properties:
            self.finished[report.nodeid.split("::")[0]] = properties

    def total(self) -> float:
        return sum(use[SECONDS] for use in self.finished.values())

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.total_limit is not None and self.total() > self.total_limit:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if not self.finished:
            return
        terminalreporter.section("notebooks, by processor time")
        slowest = sorted(self.finished.items(), key=lambda entry: -entry[1][SECONDS])
        for name, use in slowest[:SLOWEST]:
            terminalreporter.write_line(f"{use[PEAK]:6.0f} MiB {use[SECONDS]:6.1f} s  {name}")
        most = max(use[PEAK] for use in self.finished.values())
        terminalreporter.write_line(
            f"{most:6.0f} MiB {self.total():6.1f} s  the most, and the sum, of {len(self.finished)}"
        )
        if self.total_limit is not None and self.total() > self.total_limit:
            terminalreporter.write_line(
                f"error: all together took {self.total():.1f} s of processor time, "
                f"more than {self.total_limit:.0f}"
            )


_NEXT = pytest.StashKey[pytest.Item | None]()


def _is_notebook_cell(item: pytest.Item) -> bool:
    return type(item).__name__ == "IPyNbCell"
