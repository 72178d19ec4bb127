"""Write notebooks in the one form in which they are stored, or check that they have it.

The canonical form makes a diff show what an author changed and nothing else: sorted keys, one-space indent, text as it
is (not escaped), only metadata that the book uses, unique cell ids, execution counts 1…n, merged output streams, and
the setup cell that belongs to the repository's address. Jupyter and Colab fold away what stands under a heading
*Solution*, each by a note of its own; both are written here.

    python -m booktools.notebook_format [--check] [--repository URL] [notebook …]
"""

import argparse
import copy
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = ROOT / "chapters"

CELL_METADATA = ("mystnb", "tags", "translation")
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"  # an id that a kernel draws anew, of no use without it
SETUP_TAG = "setup"
NOT_IN_PAGE_TAG = "not-in-page"  # of a cell that needs what Python in the reader's browser lacks
SOLUTION = re.compile(r"#### (?:Solution|해답)\n|#### (?:Solution|해답)\Z")
SETUP_SOURCE = """\
import importlib.util

if importlib.util.find_spec("relubook") is None:  # opened alone, as on Colab
    %pip install --quiet git+{url}"""


class NotebookError(Exception):
    """A file that is not a notebook; the message names it."""


def setup_source(url: str) -> str:
    """Source of the setup cell, which installs ``relubook`` from a repository where it is missing."""
    return SETUP_SOURCE.format(url=url)


def repository_url(config: Path = ROOT / "_config.yml") -> str:
    """The repository's address in the book's configuration."""
    return str(yaml.safe_load(config.read_text(encoding="utf-8"))["repository"]["url"])


def chapter_paths() -> list[Path]:
    """All notebooks of the book, both editions, in order."""
    return sorted(CHAPTERS.glob("*/*.ipynb"))


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """The notebook in a file, as one of format 4.5, which gives each cell an id.

    Editors write other forms, too: format 4.0 to 4.4 (Colab, VS Code), a byte-order mark, Windows' line ends.

    Raises:
        NotebookError: the file is not a valid notebook; the message names it and says why.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise NotebookError(f"{path}: not valid JSON: {error}") from error
    if reason := _not_of_format_4(content):
        raise NotebookError(f"{path}: not a valid notebook: {reason}")
    _repair_ids(content["cells"])
    content["nbformat_minor"] = 5  # all that it asks for beyond 4.0 are the ids
    try:
        notebook = nbformat.reads(json.dumps(content), as_version=4)  # joins lists of lines
        nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        where = "".join(f"[{key!r}]" for key in getattr(error, "absolute_path", ()))
        reason = f"{type(error).__name__}: {where} {error}".splitlines()[0]
        raise NotebookError(f"{path}: not a valid notebook: {reason}") from error
    for cell in notebook.cells:
        cell.source = cell.source.replace("\r\n", "\n")
    return notebook


def _not_of_format_4(content: Any) -> str | None:
    """Why the content of a JSON file is no notebook of format 4, or None."""
    if not isinstance(content, dict):
        return f"it is a JSON {type(content).__name__}, not an object with cells"
    version = content.get("nbformat")
    if isinstance(version, int) and version < 4:
        return f"it has format {version}, and the book 4; save it again with Jupyter, or with `jupyter nbconvert`"
    if version != 4 or not isinstance(content.get("nbformat_minor"), int):
        found = f"{version}.{content.get('nbformat_minor')}".replace("None", "?")
        return f"nbformat and nbformat_minor must say 4.0 to 4.5, and say {found}"
    cells = content.get("cells")
    if not isinstance(cells, list):
        return "it has no list of cells"
    numbers = [number for number, cell in enumerate(cells) if not isinstance(cell, dict)]
    return f"cells[{numbers[0]}] is not an object" if numbers else None


def canonical(notebook: nbformat.NotebookNode, *, url: str) -> str:
    """The text of a notebook in canonical form, for a repository at ``url``."""
    notebook = copy.deepcopy(notebook)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    solutions = []
    for cell in notebook.cells:
        cell.metadata = {key: cell.metadata[key] for key in CELL_METADATA if key in cell.metadata}
        cell.pop("attachments", None)
        if cell.cell_type == "markdown" and SOLUTION.match(cell.source):
            cell.metadata |= {
                "jp-MarkdownHeadingCollapsed": True,
                "id": cell.id,
            }  # Colab asks for the id here
            solutions.append(cell.id)
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        if SETUP_TAG in cell.metadata.get("tags", []):
            cell.source = setup_source(url)
        cell.outputs = _merged(cell.outputs)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
            if "metadata" in output:
                output.metadata = _figure_width(output)
            output.get("data", {}).pop(WIDGET, None)
    if solutions:
        notebook.metadata.colab = {"collapsed_sections": solutions}
    written = io.StringIO()
    nbformat.write(notebook, written)  # splits texts into lists of lines
    return json.dumps(json.loads(written.getvalue()), sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _figure_width(output: Any) -> dict[str, Any]:
    """The width of a figure for dense screens, which has more pixels; its height follows, on a narrow screen, too."""
    figure = output.metadata.get("image/png", {})
    return (
        {"image/png": {"width": figure["width"]}} if "width" in figure and "image/png" in output.data else {}
    )


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's text in one step: whatever happens, the file is the old one or the new one."""
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        newline="\n",
        dir=path.parent,
        prefix=f".{path.name}.",
        suffix=".tmp",
        delete=False,
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.close()
            temporary.chmod(path.stat().st_mode if path.exists() else 0o644)
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _repair_ids(cells: Iterable[Any]) -> None:
    """Give every cell an id that is unique in its notebook, and keep the ids that are.

    Colab keeps them in the cell's metadata. A cell without any is called after its place: the same at each reading.
    """
    seen: set[str] = set()
    for number, cell in enumerate(cells):
        metadata = cell.get("metadata")
        colab = metadata.get("id") if isinstance(metadata, dict) else None
        wanted = str(cell.get("id") or colab or f"cell-{number}")
        wanted = re.sub(r"[^a-zA-Z0-9-_]", "-", wanted)[:60]
        unique, suffix = wanted, 2
        while unique in seen:
            unique, suffix = f"{wanted}-{suffix}", suffix + 1
        cell["id"] = unique
        seen.add(unique)


def _merged(outputs: Iterable[Any]) -> list[Any]:
    """Outputs with consecutive pieces of one stream joined; how a kernel cuts them depends on time."""
    merged: list[Any] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def main(arguments: Sequence[str] | None = None) -> int:
    """Format or check notebooks; the exit status is 1 where one is not canonical, or not a notebook."""
    parser = argparse.ArgumentParser(description="Write notebooks in canonical form.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; list notebooks that would change"
    )
    parser.add_argument(
        "--repository",
        metavar="URL[@COMMIT]",
        help="what the setup cell installs (default: from _config.yml)",
    )
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every chapter")
    options = parser.parse_args(arguments)
    url = options.repository or repository_url()
    failed = False
    for path in options.notebooks or chapter_paths():
        try:
            text = canonical(read_notebook(path), url=url)
        except (NotebookError, OSError) as error:
            print(f"error: {error}", file=sys.stderr)
            failed = True
            continue
        if path.read_bytes() == text.encode():
            continue
        if options.check:
            print(f"{path}: not in canonical form; `make format` rewrites it", file=sys.stderr)
            failed = True
        else:
            write_atomically(path, text)
            print(f"{path}: rewritten")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
