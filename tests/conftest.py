"""What tests in several folders ask of the checkout."""

import shutil
import subprocess
from pathlib import Path

import pytest

from booktools.notebook_format import ROOT


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
