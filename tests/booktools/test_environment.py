"""A checkout works on itself: where no Python fits it says what helps, and a .venv that came along becomes its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from booktools.environment import adopt
from booktools.notebook_format import ROOT


def test_scripts_of_a_copied_environment_run_its_own_python(tmp_path):
    original, copied = tmp_path / "original" / ".venv", tmp_path / "a copy" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", original], check=True)
    tool = original / "bin" / "tool"
    tool.write_text(f"#!{original}/bin/python3.11\nprint(1)\n", encoding="utf-8")
    tool.chmod(0o755)
    (original / "bin" / "other").write_text("#!/bin/sh\n", encoding="utf-8")
    shutil.copytree(original, copied, symlinks=True)
    adopt(copied)
    python = copied / "bin" / "python"
    assert (copied / "bin" / "tool").read_text(encoding="utf-8") == f"#!{python}\nprint(1)\n"
    assert os.access(copied / "bin" / "tool", os.X_OK)
    assert (copied / "bin" / "other").read_text(encoding="utf-8") == "#!/bin/sh\n"
    activate = f". '{copied}/bin/activate' && echo $VIRTUAL_ENV"
    shown = subprocess.run(["sh", "-c", activate], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == str(copied)
    assert str(original) in tool.read_text(encoding="utf-8")


@pytest.fixture
def checkout(tmp_path) -> Path:
    """The Makefile and what its first target needs, without a .venv."""
    for name in ("Makefile", "requirements-book.txt", "requirements.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "code" / "booktools").mkdir(parents=True)
    for name in ("__init__.py", "environment.py"):
        shutil.copy(ROOT / "code" / "booktools" / name, tmp_path / "code" / "booktools")
    return tmp_path


def make(folder: Path, target: str, *settings: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["make", target, *settings],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def a_program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("has_uv", [True, False])
def test_where_no_python_fits_one_line_helps(checkout, has_uv):
    programs = checkout / "programs"
    for name in ("make", "sh", "env", "sed", "find", "uname", "cat", "dirname", "grep", "head"):
        programs.mkdir(exist_ok=True)
        (programs / name).symlink_to(shutil.which(name))
    if has_uv:
        a_program(programs, "uv", "exit 0")
    result = make(checkout, ".venv/.book", "PYTHON=no-python", PATH=str(programs))
    assert result.returncode != 0
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert "no Python 3.11 to 3.15 that runs (tried: no-python)" in line
    assert ("uv venv --seed --clear --python 3.13 .venv" in line) == has_uv


@pytest.mark.parametrize(
    ("said", "explained"),
    [
        (
            "ERROR: Could not find a version that satisfies the requirement numpy==2.4.6 (from versions: 2.5.5)\n"
            "ERROR: No matching distribution found for numpy==2.4.6",
            "there is no wheel of numpy==2.4.6 for Python 3.",
        ),
        (
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for numpy==2.4.6",
            "is PyPI reachable?",
        ),
        ("ERROR: something else", "is PyPI reachable?"),
    ],
)
def test_no_wheel_and_no_network_are_told_apart(checkout, said, explained):
    """A .venv whose Python runs, but whose pip fails."""
    pip = f"""case "$*" in *"pip --version"*) exit 0;; *"-m pip"*) cat <<'END' >&2
{said}
END
exit 1;; esac
exec {sys.executable} "$@\""""
    a_program(checkout / ".venv" / "bin", "python", pip)
    result = make(checkout, ".venv/.book")
    assert result.returncode != 0
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert explained in line
    assert said.splitlines()[-1] in result.stderr


def test_an_environment_from_elsewhere_is_installed_again(checkout):
    """What pip is asked for in a copy; the same .venv in its place is left alone."""
    asked = checkout / "asked"
    record = f"""case "$*" in *"-m pip"*) echo "$*" >> '{asked}'; exit 0;; esac
exec {sys.executable} "$@\""""
    binaries = checkout / ".venv" / "bin"
    a_program(binaries, "python", record)
    stamps = [checkout / ".venv" / name for name in (".book", ".all")]
    for stamp in stamps:
        stamp.write_text("/elsewhere/book\n", encoding="utf-8")
    (checkout / "pyproject.toml").touch()
    os.utime(checkout / "pyproject.toml", (0, 0))
    result = make(checkout, ".venv/.all")
    assert result.returncode == 0, result.stderr
    assert "comes from /elsewhere/book; making it this checkout's" in result.stdout
    assert "--editable ." in asked.read_text(encoding="utf-8")
    assert stamps[0].read_text(encoding="utf-8").strip() == str(checkout.resolve())
    asked.unlink()
    assert make(checkout, ".venv/.all").returncode == 0
    assert not asked.exists()
