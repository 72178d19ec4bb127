"""What tests in several folders ask of the checkout, and what they say of an activation that fails."""

import inspect
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from booktools.notebook_format import ROOT
from relubook.activations import ACTIVATIONS, Activation


@pytest.fixture(scope="session")
def repository_files() -> list[str]:
    """Every file that git knows or would add, from the root; without git the test is skipped and says why."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed, and only git knows which files belong to the repository")

    def git(*arguments: str) -> subprocess.CompletedProcess:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    top = git("rev-parse", "--show-toplevel")
    if top.returncode or Path(top.stdout.strip()).resolve() != ROOT.resolve():
        reason = top.stderr.strip().partition("\n")[0] or f"it lies in the one at {top.stdout.strip()}"
        pytest.skip(f"{ROOT} is no git checkout of its own, so its files are not known: {reason}")
    return git("ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines()


def where_to_look(parameters: dict[str, Any]) -> str | None:
    """The lines of the activation that a test was run for, and of what is expected of it."""
    given = parameters.get("activation", parameters.get("name"))
    activation = given if isinstance(given, Activation) else ACTIVATIONS.get(given)
    if activation is None:
        return None
    lines = ", ".join(
        f"{fn.__name__} in line {inspect.getsourcelines(fn)[1]}" for fn in (activation.fn, activation.grad)
    )
    return (
        f"code/relubook/activations.py: {lines}, their record below\n"
        f"tests/reference_values.py: what is expected, under {activation.name!r}"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Any:
    """A test that fails for one activation says which file to open, and by its docstring what to write."""
    report = yield
    where = where_to_look(item.callspec.params) if report.failed and hasattr(item, "callspec") else None
    if where:
        advice = inspect.getdoc(item.function) or ""
        report.sections.append(("where to look", f"{where}\n{advice}".strip()))
    return report


@pytest.fixture(scope="session")
def pyodide():
    """The folder with the Python that pages run. Without it tests are skipped, unless ``REQUIRE_PYODIDE`` is set."""
    from booktools import pyodide_files

    if missing := pyodide_files.missing(pyodide_files.FOLDER):
        if os.environ.get("REQUIRE_PYODIDE"):
            pytest.fail(f"{missing[0]} is not in {pyodide_files.FOLDER}, and REQUIRE_PYODIDE is set")
        pytest.skip(
            f"{missing[0]} is not in .cache/pyodide: no page runs Python (`make python-files` fetches it)"
        )
    return pyodide_files.FOLDER
