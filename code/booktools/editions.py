"""Keep the Korean edition in step with the English one: copy what they share, and list what a translator has to do.

The English edition is the source. A Korean notebook has the same cells in the same order; code, outputs and tags are
copied, and only Markdown cells and alt texts differ. Each of those records, as ``translation`` in its metadata, the
hash of the English text that it translates, so that a change of the English text shows as a stale translation. A page
(``.md``) records the hash of its whole English page in a comment on its last line.

    python -m booktools.editions [--check]
    python -m booktools.editions --translated chapters/ko/05-cost.ipynb[:cell] …

Without an option it copies; Korean prose is never changed, and English text without a translation is put in for the
translator to replace. ``--translated`` records that cells, or all cells of a file, say what the English ones say now.
"""

import argparse
import copy
import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from booktools.notebook_format import (
    CHAPTERS,
    ROOT,
    NotebookError,
    canonical,
    read_notebook,
    repository_url,
    write_atomically,
)

ENGLISH, KOREAN = CHAPTERS / "en", CHAPTERS / "ko"
PAGE_HASH = re.compile(r"\n<!-- translation: (?P<hash>\w*) -->\n\Z")
COPIED_METADATA = ("cellView", "jupyter", "tags")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a place of the Korean edition."""

    path: Path
    cell: str | None
    message: str

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        cell = f" cell {self.cell}:" if self.cell else ""
        return f"{path}:{cell} {self.message}"


def text_hash(text: str) -> str:
    """Hash of an English text, as its translation records it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def alt_text(cell: NotebookNode) -> str | None:
    """The text that describes a cell's figure, or None."""
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    return None if alt is None else str(alt)


def english_text(cell: NotebookNode) -> str | None:
    """What of an English cell is translated: the prose, or the alt text of its figure; None where nothing is."""
    return str(cell.source) if cell.cell_type == "markdown" else alt_text(cell)


# --- Notebooks ----------------------------------------------------------------------------------------------


def synchronised(english: NotebookNode, korean: NotebookNode | None) -> NotebookNode:
    """The Korean notebook with the English one's cells; Korean prose and alt texts, and their hashes, are kept.

    A Korean Markdown cell that has no English one is kept where it is: only a person can say what becomes of it.
    """
    kept = {cell.id: cell for cell in korean.cells} if korean else {}
    notebook = copy.deepcopy(english)
    for cell in notebook.cells:
        old = kept.get(cell.id)
        if old is None or old.cell_type != cell.cell_type:
            continue
        if cell.cell_type == "markdown":
            cell.source = old.source
        elif alt_text(cell) is not None and (alt := alt_text(old)) is not None:
            cell.metadata.mystnb.image.alt = alt
        if english_text(cell) is not None and "translation" in old.metadata:
            cell.metadata.translation = old.metadata.translation
    cells = {cell.id for cell in english.cells}
    for before, cell in zip([None, *kept.values()], kept.values(), strict=False):
        if cell.id not in cells and cell.cell_type == "markdown":
            ids = [other.id for other in notebook.cells]
            at = ids.index(before.id) + 1 if before is not None and before.id in ids else 0
            notebook.cells.insert(at, cell)
    return notebook


def compared(english: NotebookNode, korean: NotebookNode, path: Path) -> list[Problem]:
    """What differs between the editions of a notebook, and which translations are missing or stale."""
    problems = []
    cells = {cell.id: cell for cell in korean.cells}
    for cell in english.cells:
        if cell.id not in cells:
            problems.append(Problem(path, cell.id, "missing"))
            continue
        other = cells[cell.id]
        if cell.cell_type != other.cell_type:
            problems.append(Problem(path, cell.id, f"is {other.cell_type}, in English {cell.cell_type}"))
            continue
        problems += [Problem(path, cell.id, message) for message in _differences(cell, other)]
    english_ids = [cell.id for cell in english.cells]
    problems += [
        Problem(path, cell.id, "surplus: not in the English edition")
        for cell in korean.cells
        if cell.id not in english_ids
    ]
    if not problems and english_ids != [cell.id for cell in korean.cells]:
        problems.append(Problem(path, None, "cells are in another order than in English"))
    return problems


def _differences(english: NotebookNode, korean: NotebookNode) -> list[str]:
    messages = []
    if english.cell_type == "code":
        if english.source != korean.source:
            messages.append("code differs from the English edition's")
        if english.outputs != korean.outputs:
            messages.append("outputs differ from the English edition's")
    if any(english.metadata.get(key) != korean.metadata.get(key) for key in COPIED_METADATA):
        messages.append("tags differ from the English edition's")
    text, recorded = english_text(english), korean.metadata.get("translation")
    if text is not None:
        what = "text" if english.cell_type == "markdown" else "alt text"
        if recorded is None or english_text(korean) in (None, text):
            messages.append(f"{what} is not translated")
        elif recorded != text_hash(text):
            messages.append(f"{what} is stale: the English {what} has changed since it was translated")
    elif recorded is not None or alt_text(korean) is not None:
        messages.append("has a translation of an alt text that the English cell lacks")
    return messages


def compare_notebook(english_path: Path, korean_path: Path) -> list[Problem]:
    """What is wrong with a Korean notebook."""
    if not korean_path.exists():
        return [Problem(korean_path, None, "missing")]
    return compared(read_notebook(english_path), read_notebook(korean_path), korean_path)


def copy_notebook(english_path: Path, korean_path: Path, *, url: str) -> bool:
    """Copy into a Korean notebook what the editions share; True where that changed the file."""
    korean = read_notebook(korean_path) if korean_path.exists() else None
    text = canonical(synchronised(read_notebook(english_path), korean), url=url)
    if korean_path.exists() and korean_path.read_text(encoding="utf-8") == text:
        return False
    korean_path.parent.mkdir(exist_ok=True)
    write_atomically(korean_path, text)
    return True


# --- Pages --------------------------------------------------------------------------------------------------


def compare_page(english_path: Path, korean_path: Path) -> list[Problem]:
    """What is wrong with a Korean page."""
    if not korean_path.exists():
        return [Problem(korean_path, None, "missing")]
    recorded = PAGE_HASH.search(korean_path.read_text(encoding="utf-8"))
    if recorded is None:
        return [
            Problem(korean_path, None, "is not translated (no `<!-- translation: … -->` on its last line)")
        ]
    if recorded["hash"] != text_hash(english_path.read_text(encoding="utf-8")):
        return [Problem(korean_path, None, "is stale: the English page has changed since it was translated")]
    return []


# --- The whole edition --------------------------------------------------------------------------------------


def pairs(english: Path = ENGLISH, korean: Path = KOREAN) -> list[tuple[Path, Path]]:
    """Each English file with its Korean one, whether it exists or not; the README too."""
    files = sorted([*english.glob("*.ipynb"), *english.glob("*.md")])
    readme = [(ROOT / "README.md", ROOT / "README.ko.md")] if english == ENGLISH else []
    return [*((path, korean / path.name) for path in files), *readme]


def compare(english: Path = ENGLISH, korean: Path = KOREAN) -> list[Problem]:
    """Everything that keeps the Korean edition from being the English one in Korean.

    Args:
        english: the folder of the English chapters.
        korean: that of the Korean ones.

    Raises:
        NotebookError: a file is not a notebook.
    """
    problems = []
    known = set()
    for source, translation in pairs(english, korean):
        known.add(translation)
        compare_one = compare_notebook if source.suffix == ".ipynb" else compare_page
        problems += compare_one(source, translation)
    surplus = {*korean.glob("*.ipynb"), *korean.glob("*.md")} - known
    problems += [Problem(path, None, "surplus: not in the English edition") for path in sorted(surplus)]
    return problems


def record(english_path: Path, korean_path: Path, cell_id: str | None, *, url: str) -> None:
    """Record that a Korean cell, or all of a file, translates the English text as it is now.

    Raises:
        ValueError: the file or the cell does not exist in both editions.
    """
    for path in (english_path, korean_path):
        if not path.exists():
            raise ValueError(f"{path}: no such file")
    if korean_path.suffix == ".md":
        body = PAGE_HASH.sub("", korean_path.read_text(encoding="utf-8")).rstrip("\n")
        digest = text_hash(english_path.read_text(encoding="utf-8"))
        write_atomically(korean_path, f"{body}\n\n<!-- translation: {digest} -->\n")
        return
    korean = read_notebook(korean_path)
    english = {cell.id: cell for cell in read_notebook(english_path).cells}
    if cell_id is not None and cell_id not in english.keys() & {cell.id for cell in korean.cells}:
        raise ValueError(f"{korean_path}: cell {cell_id!r} is not in both editions")
    for cell in korean.cells:
        text = english_text(english[cell.id]) if cell.id in english else None
        if text is not None and cell_id in (None, cell.id):
            cell.metadata.translation = text_hash(text)
    write_atomically(korean_path, canonical(korean, url=url))


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy, check or record; the exit status is 1 where a check finds something or a file cannot be used."""
    parser = argparse.ArgumentParser(description="Keep the Korean edition in step with the English one.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where something is to do"
    )
    parser.add_argument(
        "--translated",
        nargs="+",
        metavar="FILE[:CELL]",
        help="record these as translations of the text as it is",
    )
    options = parser.parse_args(arguments)
    url = repository_url()
    try:
        for name in options.translated or ():
            file, _, cell = name.partition(":")
            path = Path(file).resolve()
            source = {korean: english for english, korean in pairs()}.get(path)
            if source is None:
                raise ValueError(f"{file}: not a file of the Korean edition")
            record(source, path, cell or None, url=url)
        if not options.check and not options.translated:
            for source, translation in pairs():
                if source.suffix == ".ipynb" and copy_notebook(source, translation, url=url):
                    print(f"{translation.relative_to(ROOT)}: took over the English edition's cells")
        problems = compare()
    except (NotebookError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for problem in problems:
        print(problem, file=sys.stderr if options.check else sys.stdout)
    return int(options.check and bool(problems))


if __name__ == "__main__":
    sys.exit(main())
