"""Sphinx extension: a button on every page whose code Python can run in the reader's browser, and what it loads.

A page has the button if all that its code imports is in Python's standard library, in ``pyodide.json`` or in the part
of ``relubook`` that needs no framework, and if each cell can be seen and so be changed. ``python_in_page_files`` in
``_config.yml`` says where Pyodide lies: an address, or a folder of the site, which the build fills from
``.cache/pyodide``. Scripts: ``static/run-button.js``, which every page has, and what it loads on the click: ``FILES``.
"""

import ast
import functools
import hashlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from booktools import pyodide_files
from booktools.figures import korean_labels
from booktools.notebook_format import NOT_IN_PAGE_TAG, SETUP_TAG

PACKAGE = Path(__file__).parents[1] / "relubook"
STATIC = Path(__file__).with_name("static")
FIGURES = Path(__file__).with_name("figures.py")
STYLESHEET, BUTTON_SCRIPT = "run-page.css", "run-button.js"
FILES = ("run.js", "run.css", "run-worker.js", "shell.py")  # loaded on the click
SETTINGS = "python.json"
HIDING_TAGS = {"remove-cell", "remove-input"}
ENVIRONMENT = {"MPLBACKEND": "svg", "HOME": "/home/pyodide", "PYTHONHASHSEED": "0"}
EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip file can have

WORDS = {
    "en": {
        "button": "Run this page",
        "about": "Python then runs in your browser, and you can change the code. "
        "It loads {} MB, and more when a cell needs it.",
        "failed": "Nothing could be loaded: is there a network? Press again to try again.",
    },
    "ko": {
        "button": "이 페이지 실행",
        "about": "파이썬이 이 브라우저에서 실행되고, 코드를 고칠 수 있습니다. "
        "{} MB를 내려받고, 셀에 필요하면 더 내려받습니다.",
        "failed": "아무것도 불러오지 못했습니다. 네트워크에 연결되어 있습니까? 다시 누르면 다시 시도합니다.",
    },
}


class RunError(Exception):
    """Files of Pyodide that the site is to have and that are not there; the message says what to do."""


def imports_of(tree: ast.AST, *, everywhere: bool) -> Iterator[str]:
    """The modules that code imports, also those that only a function imports if ``everywhere``.

    >>> sorted(imports_of(ast.parse("import os.path\\nfrom relubook import relu"), everywhere=True))
    ['os.path', 'relubook', 'relubook.relu']
    """
    for node in ast.walk(tree) if everywhere else ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Try) and not everywhere:
            yield from imports_of(node, everywhere=False)


@functools.cache
def relubook_needs(module: str) -> frozenset[str]:
    """What importing a module of ``relubook`` imports from elsewhere, by top-level name."""
    path = PACKAGE.parent.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    if not file.is_file():  # a name in a module
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return _top_level(name for name in imports_of(tree, everywhere=False) if name != module)


def _top_level(modules: Iterator[str]) -> frozenset[str]:
    names: set[str] = set()
    for name in modules:
        if name.partition(".")[0] == PACKAGE.name:
            names |= relubook_needs(name)
        else:
            names.add(name.partition(".")[0])
    return frozenset(names)


def available() -> frozenset[str]:
    """The top-level modules that Python in the page can import, but for ``relubook``."""
    packages = pyodide_files.pinned()["packages"].values()
    return sys.stdlib_module_names | {name for package in packages for name in package["imports"]}


def runs_in_page(notebook: dict[str, Any]) -> bool:
    """Whether a page can run a notebook's code: it has all that this imports, and shows all of it."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    left_out = {SETUP_TAG, NOT_IN_PAGE_TAG}
    cells = [cell for cell in cells if not left_out & set(cell["metadata"].get("tags", []))]
    if not cells or any(HIDING_TAGS & set(cell["metadata"].get("tags", [])) for cell in cells):
        return False
    trees = (ast.parse("".join(cell["source"])) for cell in cells)
    return _top_level(name for tree in trees for name in imports_of(tree, everywhere=True)) <= available()


def core_megabytes() -> int:
    """What Python itself takes, as a reader is told before the click."""
    return round(sum(file["size"] for file in pyodide_files.pinned()["core"].values()) / 1e6)


def button(language: str, static: str) -> str:
    """The HTML of the button; ``static`` is the folder of the scripts, and ``?v=@`` becomes the hash of a file."""
    words = WORDS[language]
    data = {
        "script": f"{static}run.js?v=@",
        "style": f"{static}run.css?v=@",
        "data": f"{static}{SETTINGS}?v=@",
        "failed": words["failed"],
    }
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    about = escape(words["about"].format(core_megabytes()))
    return (
        f'<div class="run-page"><button type="button"{attributes}>{escape(words["button"])}</button>'
        f"<span>{about}</span></div>\n"
    )


class RunButton(SphinxPostTransform):
    """The button, below what opens a chapter or its title."""

    default_priority = 145  # when typesetting.py has made the box that opens a chapter
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put it into the page, if its code can run there."""
        source = Path(self.env.doc2path(self.env.docname))
        section = next(self.document.findall(nodes.section), None)
        if source.suffix != ".ipynb" or section is None:
            return
        if runs_in_page(json.loads(source.read_text(encoding="utf-8"))):
            boxes = [child for child in section if "opening" in child.get("classes", [])]
            place = section.index(boxes[0]) + 1 if boxes else 1
            static = "../" * self.env.docname.count("/") + "_static/"
            section.insert(place, nodes.raw("", button(self.config.language, static), format="html"))


def packed_relubook() -> bytes:
    """``relubook`` as a zip file, the same bytes for the same content."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(PACKAGE.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(PACKAGE.parent).as_posix(), EARLIEST)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return written.getvalue()


def settings(language: str, base: str, relubook: bytes) -> dict[str, Any]:
    """What ``run.js`` has to know.

    Args:
        language: of the edition.
        base: where Pyodide lies, absolute or from the folder of the static files.
        relubook: the zip file, which lies beside these settings.
    """
    pin = pyodide_files.pinned()
    sha256 = hashlib.sha256(relubook).hexdigest()
    own = {
        "file": f"relubook-{sha256[:12]}.zip",
        "beside": True,
        "imports": [PACKAGE.name],
        "sha256": sha256,
        "size": len(relubook),
    }
    labels = {"labels": dict(korean_labels())} if language == "ko" else {}
    packages = {**pin["packages"], PACKAGE.name: own}
    return {**pin, "packages": packages, "base": base, "env": ENVIRONMENT, **labels}


def write_files(static: Path, language: str, where: str, root: str) -> None:
    """Write what pages load on the click into the folder of an edition's static files, which has ``FILES`` already.

    Args:
        static: the folder.
        language: of the edition.
        where: the setting ``python_in_page_files``.
        root: leads from the folder to the root of the site.

    Raises:
        RunError: the site is to have Pyodide's files, and they are not in ``.cache/pyodide``.
    """
    shutil.copyfile(FIGURES, static / FIGURES.name)
    base = where.format(version=pyodide_files.pinned()["version"]).rstrip("/") + "/"
    if "://" not in base:
        if missing := pyodide_files.missing(pyodide_files.FOLDER):
            raise RunError(
                f"_config.yml: python_in_page_files: {missing[0]} is missing; `make python-files` fetches it"
            )
        target = static / root / base
        target.mkdir(parents=True, exist_ok=True)
        for name in pyodide_files.pinned_files(pyodide_files.pinned()):
            shutil.copyfile(pyodide_files.FOLDER / name, target / name)
        base = root + base
    relubook = packed_relubook()
    content = settings(language, base, relubook)
    (static / content["packages"][PACKAGE.name]["file"]).write_bytes(relubook)
    names = ("run-worker.js", "shell.py", FIGURES.name)
    content["files"] = {
        name: f"{name}?v={hashlib.sha256((static / name).read_bytes()).hexdigest()[:12]}" for name in names
    }
    (static / SETTINGS).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_config_value("python_in_page_files", pyodide_files.CDN, "html", [str])
    app.add_post_transform(RunButton)
    app.add_css_file(STYLESHEET, priority=900)  # after the theme's
    app.add_js_file(BUTTON_SCRIPT)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
