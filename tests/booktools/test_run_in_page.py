"""Which pages have the button, and what it loads."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile

import pytest

from booktools import pyodide_files, run_in_page
from booktools.notebook_format import CHAPTERS, ROOT
from booktools.pyodide_files import CORE, PyodideError, fill, missing, pinned, pinned_files
from booktools.run_in_page import RunError, button, packed_relubook, runs_in_page, settings, write_files

WITHOUT_FRAMEWORK = {
    *("01-definition", "02-numpy", "03-nonlinearity", "04-network-in-numpy", "05-cost", "06-gradient-flow"),
    *("07-sparsity", "08-leaky-and-prelu", "10-smooth-relatives", "14-dying-relu", "15-lost-negatives"),
    *("16-unbounded-outputs", "17-lost-plasticity", "20-superposition", "21-choosing", "bugs-in-the-wild"),
}


def notebook(*sources, tags=()):
    cells = [{"cell_type": "code", "metadata": {"tags": [*tags]}, "source": source} for source in sources]
    return {"cells": [{"cell_type": "markdown", "metadata": {}, "source": "import torch"}, *cells]}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_pages_with_the_button_are_the_chapters_without_a_framework(language):
    paths = (CHAPTERS / language).glob("*.ipynb")
    assert {path.stem for path in paths if runs_in_page(json.loads(path.read_text(encoding="utf-8")))} == (
        WITHOUT_FRAMEWORK
    )


@pytest.mark.parametrize(
    ("source", "runs"),
    [
        ("import math, numpy as np", True),
        ("from relubook import relu", True),
        ("from relubook.surveys import read", True),
        ("import torch", False),
        ("def f():\n    from torch import nn", False),
        ("from relubook.torch_bridge import to_torch", False),
        ("from relubook import keras_bridge", False),
        ("from relubook.experiments import character_model", False),
        ("import pandas", False),
    ],
)
def test_a_page_runs_if_everything_that_it_imports_is_there(source, runs):
    assert runs_in_page(notebook("x = 1", source)) is runs


def test_a_page_with_code_that_nobody_sees_does_not_run():
    assert not runs_in_page(notebook("x = 1", tags=["remove-input"]))
    assert runs_in_page(notebook("x = 1", tags=["hide-input"]))
    assert runs_in_page(
        {"cells": notebook("x = 1")["cells"] + notebook("import keras", tags=["not-in-page"])["cells"]}
    )
    assert not runs_in_page({"cells": []})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_button_is_light_and_says_what_it_loads(language):
    html = button(language, "../../_static/")
    assert len(html.encode()) < 900
    core = sum(pinned()["core"][name]["size"] for name in CORE)
    assert f"{core / 1e6:.0f} MB" in html and core < 16e6


def test_relubook_is_packed_alike_each_time_and_can_be_imported(tmp_path):
    content = packed_relubook()
    assert content == packed_relubook() and len(content) < 1_500_000
    archive = tmp_path / "relubook.zip"
    archive.write_bytes(content)
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
        packed.extractall(tmp_path)
    assert {"relubook/__init__.py", "relubook/book.mplstyle", "relubook/surveys/zeros.csv"} <= names
    code = "from relubook import relu; from relubook.surveys import read; print(relu(-2), len(read('zeros')) > 0)"
    run = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert run.stdout == "0 True\n"


def test_the_settings_have_the_words_of_figures_in_korean_alone():
    assert "labels" not in settings("en", "https://example.org/", b"")
    assert settings("ko", "https://example.org/", b"")["labels"]["learning rate"] == "학습률"


@pytest.fixture
def small_pin(tmp_path, monkeypatch):
    """A pin of two small files, and their bytes."""
    contents = {"pyodide.js": b"core", "a.whl": b"package"}
    entries = {
        name: {
            "file": name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "imports": ["a"],
        }
        for name, content in contents.items()
    }
    pin = {
        "version": "1.2.3",
        "info": {},
        "core": {"pyodide.js": entries["pyodide.js"]},
        "packages": {"a": entries["a.whl"]},
    }
    path = tmp_path / "pin.json"
    path.write_text(json.dumps(pin))
    monkeypatch.setattr(pyodide_files, "PINNED", path)
    monkeypatch.setattr(pyodide_files, "FOLDER", tmp_path / "cache")
    return contents


def static_folder(tmp_path):
    static = tmp_path / "site" / "_static"
    static.mkdir(parents=True)
    for name in run_in_page.FILES:
        (static / name).write_bytes((run_in_page.STATIC / name).read_bytes())
    return static


def test_python_lies_on_the_cdn_or_in_a_folder_of_the_site(tmp_path, small_pin):
    static = static_folder(tmp_path)
    write_files(static, "en", "https://cdn.example/v{version}/full/", "../")
    content = json.loads((static / "python.json").read_text(encoding="utf-8"))
    assert content["base"] == "https://cdn.example/v1.2.3/full/"
    relubook = content["packages"]["relubook"]
    assert hashlib.sha256((static / relubook["file"]).read_bytes()).hexdigest() == relubook["sha256"]
    for address in content["files"].values():
        name, _, version = address.partition("?v=")
        assert hashlib.sha256((static / name).read_bytes()).hexdigest().startswith(version)

    with pytest.raises(RunError, match=r"pyodide\.js is missing; `make python-files`"):
        write_files(static, "en", "python", "../")
    fill(pyodide_files.FOLDER, lambda address: small_pin[address.rpartition("/")[2]])
    write_files(static, "en", "python", "../")
    assert json.loads((static / "python.json").read_text(encoding="utf-8"))["base"] == "../python/"
    assert {file.name for file in (tmp_path / "site" / "python").iterdir()} == set(small_pin)


def test_files_are_fetched_once_and_only_with_their_hash(tmp_path, small_pin):
    asked = []

    def get(address):
        asked.append(address)
        return small_pin[address.rpartition("/")[2]]

    fill(tmp_path / "cache", get)
    assert asked[0] == "https://cdn.jsdelivr.net/pyodide/v1.2.3/full/pyodide.js" and len(asked) == 2
    (tmp_path / "cache" / "a.whl").write_bytes(b"broken")
    assert missing(tmp_path / "cache") == ["a.whl"]
    fill(tmp_path / "cache", get)
    assert len(asked) == 3 and missing(tmp_path / "cache") == []
    small_pin["a.whl"] = b"another"
    (tmp_path / "cache" / "a.whl").unlink()
    with pytest.raises(PyodideError, match=r"a\.whl: its SHA-256 hash is not"):
        fill(tmp_path / "cache", get)
    assert missing(tmp_path / "cache") == ["a.whl"]


def test_where_the_cdn_does_not_answer_pypi_does(tmp_path, small_pin, monkeypatch, capsys):
    def get(address):
        raise OSError("no answer")

    monkeypatch.setattr(pyodide_files, "from_pypi", lambda wanted: {name: small_pin[name] for name in wanted})
    fill(tmp_path / "cache", get)
    assert missing(tmp_path / "cache") == []
    assert "no answer; what is missing comes from PyPI" in capsys.readouterr().out


def test_every_pinned_file_has_hash_and_size():
    files = pinned_files(pinned())
    assert set(CORE) <= set(files)
    for file in files.values():
        assert re.fullmatch("[0-9a-f]{64}", file["sha256"]) and file["size"] > 0
    setting = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert f"python_in_page_files: {pyodide_files.CDN}" in setting
