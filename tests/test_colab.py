"""A chapter opened alone, as on Colab: no ``relubook``, no repository, only the notebook.

The setup cell has to fetch the package. Git's ``insteadOf`` puts a local repository, made of the files as they are now,
in the place of the address on GitHub. The new environment sees the installed libraries, except ``relubook`` itself, as
Colab has its own.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient

from booktools.environment import ENVIRONMENT
from booktools.execute import output_text
from booktools.notebook_format import CHAPTERS, ROOT, canonical, read_notebook, repository_url

NAMES = ["01-definition", "04-network-in-numpy"]


def git(*arguments, **options) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    command = ["git", *identity, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


@pytest.fixture(scope="module", autouse=True)
def without_this_checkout():
    """The commands of the Makefile put this checkout's code first; a reader on Colab has none of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        yield


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """A repository with the project's files as they are now, committed or not."""
    folder = tmp_path_factory.mktemp("repository")
    if shutil.which("git") is None:
        pytest.skip("git is not installed, and pip needs it to install from a repository")
    shutil.copytree(ROOT / "code", folder / "code", ignore=shutil.ignore_patterns("__pycache__", "*.tmp"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    git("init", "--quiet", "--initial-branch=main", folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", "The files as they are now", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """The interpreter of a new environment that has this one's libraries, but no ``relubook``."""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder, with_pip=True)
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    libraries = purelib / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "relubook" not in entry.name and entry.suffix != ".pth" and entry.name != "__pycache__":
            (libraries / entry.name).symlink_to(entry)
    (purelib / "libraries.pth").write_text(str(libraries))
    interpreter = folder / "bin" / "python"
    probe = "import numpy, importlib.util; assert importlib.util.find_spec('relubook') is None"
    subprocess.run([interpreter, "-c", probe], check=True)
    return interpreter


def execute(
    notebook: nbformat.NotebookNode, folder: Path, python: Path, repository: Path, monkeypatch
) -> None:
    settings = {
        **ENVIRONMENT,
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{repository}.insteadOf",
        "GIT_CONFIG_VALUE_0": repository_url(),
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads "0" as: do not isolate, hatchling is there
        "PIP_NO_DEPS": "1",
        "PYTHONPATH": "",
    }
    for key, value in settings.items():
        monkeypatch.setenv(key, value)
    spec = KernelSpecManager().get_kernel_spec("python3")
    spec.argv[0] = str(python)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}})
    client.create_kernel_manager()
    client.km._kernel_spec = spec
    client.execute(env=dict(os.environ))


def printed(notebook: nbformat.NotebookNode) -> list[str]:
    """What the cells printed, without those whose output is no fact about the code."""
    kept = nbformat.reads(canonical(notebook, url=repository_url()), as_version=4)
    kept.cells = [
        cell
        for cell in kept.cells
        if not {"setup", "nbval-ignore-output"} & set(cell.metadata.get("tags", []))
    ]
    return output_text(kept)


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_alone_installs_what_it_needs_and_runs(name, tmp_path, python, repository, monkeypatch):
    notebook = read_notebook(CHAPTERS / "en" / f"{name}.ipynb")
    stored = printed(notebook)
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "relubook"], check=False)
    where = nbformat.v4.new_code_cell("import relubook\nprint(relubook.__file__)")
    notebook.cells.append(where)
    execute(notebook, tmp_path, python, repository, monkeypatch)
    assert where.outputs[0].text.startswith(str(python.parents[1]))
    assert list(tmp_path.iterdir()) == []
    assert printed(notebook)[: len(stored)] == stored


def test_a_broken_setup_cell_would_be_noticed(tmp_path, python, repository, monkeypatch):
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "relubook"], check=False)
    notebook = read_notebook(CHAPTERS / "en" / "01-definition.ipynb")
    setup = next(cell for cell in notebook.cells if cell.cell_type == "code")
    setup.source = setup.source.replace("relu-measured", "no-such-repository")
    with pytest.raises(Exception, match="No module named 'relubook'"):
        execute(notebook, tmp_path, python, repository, monkeypatch)


def test_the_tests_own_python_is_not_the_new_one(python):
    assert Path(sys.executable).parent != python.parent
