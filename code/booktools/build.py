"""Build both editions of the book: English at ``_build/html``, Korean at ``_build/html/ko``.

Shared settings stand once, in ``_config.yml`` and ``_toc.yml``; ``_config.ko.yml`` holds what differs. Sphinx builds
both at the same time, with warnings as errors, and ``site.py`` makes the site of its pages. A page that was read before
is read again only where it changed.

    python -m booktools.build [--folder FOLDER]
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from booktools.explorer import undrawn
from booktools.notebook_format import ROOT, repository_url, write_atomically
from booktools.repository import note_on
from booktools.run_in_page import RunError
from booktools.site import SiteError, write_site
from booktools.stylesheet import StyleError

BUILD = ROOT / "_build"
LOG = "build.log"
# In this environment, whatever is on the PATH. Looking for garbage takes a seventh of a build, which ends before it
# matters; matplotlib would be loaded for cards that nobody draws.
JUPYTER_BOOK = (
    "import gc, sys; gc.disable(); sys.modules['matplotlib'] = None; "
    "from jupyter_book.cli.main import main; main()"
)
PYTHON_FILES = "python_in_page_files"  # the setting in _config.yml
FIGURE_SCALE = 2  # pixels of a stored figure for one of the page: `make execute` draws for dense screens
STRICT = ("-W", "-n", "--keep-going", "-q")


class SettingsError(Exception):
    """Settings that do not fit together; the message names the file and the key."""


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``base`` with the values of ``changes``; mappings are merged key by key, anything else is replaced.

    >>> merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": [2]})
    {'a': {'b': 3, 'c': 2}, 'd': [2]}
    """
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        if isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = merged(old, value)
        else:
            result[key] = value
    return result


def korean_settings(
    config: Mapping[str, Any], toc: Mapping[str, Any], changes: Mapping[str, Any], root: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Configuration and table of contents of the Korean edition.

    Args:
        config: content of ``_config.yml``.
        toc: content of ``_toc.yml``.
        changes: content of ``_config.ko.yml``: settings, and under ``parts`` the Korean title of each part.
        root: the book's folder; paths of extensions become absolute, because Jupyter Book looks for them from the
            folder of the configuration.

    Raises:
        SettingsError: a part has no Korean title, or a title is of no part.
    """
    changes = dict(changes)
    titles = changes.pop("parts", {})
    settings = merged(config, changes)
    sphinx = settings["sphinx"]
    extensions = {name: str(root / path) for name, path in sphinx["local_extensions"].items()}
    settings["sphinx"] = {**sphinx, "local_extensions": extensions}

    captions = {part["caption"] for part in toc["parts"]}
    if captions != set(titles):
        missing, unknown = sorted(captions - set(titles)), sorted(set(titles) - captions)
        raise SettingsError(f"_config.ko.yml: parts: without a title: {missing}; of no part: {unknown}")

    def in_korean(file: str) -> str:
        return file.replace("chapters/en/", "chapters/ko/")

    parts = [
        {
            **part,
            "caption": titles[part["caption"]],
            "chapters": [{"file": in_korean(chapter["file"])} for chapter in part["chapters"]],
        }
        for part in toc["parts"]
    ]
    return settings, {**toc, "root": in_korean(toc["root"]), "parts": parts}


def raw_pages(folder: Path, language: str) -> Path:
    """Where Sphinx writes the pages of an edition in a folder of builds."""
    return folder / language / "_build" / "html"


def write_korean_settings(folder: Path) -> tuple[Path, Path]:
    """Write the Korean edition's configuration and table of contents to a folder; their paths."""

    def read(name: str) -> Any:
        return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))

    settings = korean_settings(read("_config.yml"), read("_toc.yml"), read("_config.ko.yml"), ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    paths = (folder / "_config.yml", folder / "_toc.yml")
    for path, content in zip(paths, settings, strict=True):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        if not path.exists() or path.read_text(encoding="utf-8") != text:  # a new date reads every page again
            write_atomically(path, text)
    return paths


def _started(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """A command whose output goes to a file: after a failure KaTeX's process lives on and would keep a pipe open."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOG).open("wb") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)


def build(folder: Path) -> int:
    """Build both editions in a folder, the site in ``html`` there; the exit status is 1 after a warning or an error."""
    config, toc = write_korean_settings(folder / "ko")
    options: dict[str, list[str]] = {"en": [], "ko": ["--config", str(config), "--toc", str(toc)]}
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(ROOT), *STRICT]
    runs = {
        language: _started([*command, *more, "--path-output", str(folder / language)], folder / language)
        for language, more in options.items()
    }
    failed = False
    for language, run in runs.items():
        if run.wait():
            print((folder / language / LOG).read_text(encoding="utf-8"), end="", file=sys.stderr, flush=True)
            # Else the next build would not read these chapters, nor warn, again.
            shutil.rmtree(raw_pages(folder, language).parent / ".doctrees", ignore_errors=True)
            failed = True
    if failed:
        return 1
    site = folder / "html"
    sphinx = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]
    raw = {language: raw_pages(folder, language) for language in runs}
    write_site(raw, site, scale=FIGURE_SCALE, python_files=sphinx[PYTHON_FILES])
    for page in (site / "index.html", site / "ko" / "index.html"):
        print(f"The book is in {page.relative_to(ROOT) if page.is_relative_to(ROOT) else page}")
    if missing := undrawn((site / "chapters" / "en" / "try-it.html").read_text(encoding="utf-8")):
        print(
            f"Not drawn on the page Try it, for want of a form in static/activations.js: {', '.join(missing)}"
        )
    if note := note_on(ROOT, repository_url()):
        print(note)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Build; an error in the settings is told in one line."""
    parser = argparse.ArgumentParser(description="Build both editions of the book.")
    parser.add_argument("--folder", type=Path, default=BUILD, help="where to build (default: _build)")
    options = parser.parse_args(arguments)
    try:
        return build(options.folder.resolve())
    except (RunError, SettingsError, SiteError, StyleError, OSError, yaml.YAMLError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
