"""On a Python without a framework's wheels the rest runs, and one line says what did not."""

import subprocess
import sys

import nbformat
import pytest

from booktools.frameworks import left_out
from booktools.notebook_format import ROOT

REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("version", "missing"),
    [
        ("3.11", set()),
        ("3.13", set()),
        ("3.14", {"keras", "tensorflow"}),
        ("3.15", {"keras", "tensorflow", "torch"}),
    ],
)
@pytest.mark.parametrize(
    "machine",
    [
        {"sys_platform": "linux", "platform_machine": "x86_64"},
        {"sys_platform": "darwin", "platform_machine": "arm64"},
    ],
)
def test_the_requirements_say_what_a_python_has(version, missing, machine):
    assert left_out(REQUIREMENTS, {"python_version": version, **machine}) == missing


def run_pytest(folder, *options: str) -> subprocess.CompletedProcess:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "booktools.notebook_limits",
        "-p",
        "booktools.frameworks",
    ]
    plain = ["-p", "no:cacheprovider", "-p", "no:xdist", "--nbval", "--nbval-current-env"]
    return subprocess.run(
        [*command, *plain, *options, str(folder)], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def project(tmp_path):
    """Two test files, a notebook, and a framework that says that it is missing."""
    missing = "raise ModuleNotFoundError(\"No module named 'keras'\", name='keras')\n"
    (tmp_path / "keras.py").write_text(missing, encoding="utf-8")
    (tmp_path / "test_module.py").write_text("import keras\ndef test_a(): pass\n", encoding="utf-8")
    (tmp_path / "test_one.py").write_text(
        "def test_needs():\n    import keras\n\ndef test_runs():\n    pass\n", encoding="utf-8"
    )
    cells = [
        nbformat.v4.new_code_cell(source, id=f"cell-{number}", execution_count=number)
        for number, source in enumerate(["x = 1", "import keras", "x = keras.no"], start=1)
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "book.ipynb")
    return tmp_path


def test_what_needs_a_framework_is_left_out_in_one_line(project):
    result = run_pytest(project, "--without-frameworks")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed, 4 skipped" in result.stdout
    (line,) = (line for line in result.stdout.splitlines() if line.startswith("left out: "))
    assert "4 tests, modules and cells in book.ipynb, test_module.py, test_one.py (needs keras" in line


def test_a_framework_that_should_be_there_is_an_error(project):
    result = run_pytest(project)
    assert result.returncode != 0
    assert "left out" not in result.stdout


def test_another_fault_stays_one(project):
    (project / "test_one.py").write_text("def test_wrong():\n    import no_such_module\n", encoding="utf-8")
    result = run_pytest(project, "--without-frameworks")
    assert result.returncode != 0
    assert "1 failed" in result.stdout
