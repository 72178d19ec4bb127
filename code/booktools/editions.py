"""Keep the Korean edition in step with the English one: copy what they share, and list what a translator has to do.

What the editions share is a matter of every change, and the tests ask for it. A translation may come later: what is
not translated, or stale, keeps no test from passing, but ``--check`` lists it and fails, and so the book is not
published without it.

The English edition is the source. A Korean notebook has the same cells in the same order; code, outputs and tags are
copied, and only Markdown cells, and the caption and alt text of a figure, differ. Each of those cells records, as
``translation`` in its metadata, the hash of the English text that it translates, so that a change of it shows as a
stale translation. A page (``.md``) records the hash of its whole English page in a comment on its last line.

    python -m booktools.editions [--check]
    python -m booktools.editions --translated chapters/ko/05-cost.ipynb[:cell] …

Without an option it copies; Korean text is never changed, and English text without a translation is put in for the
translator to replace. ``--translated`` records that cells, or all cells of a file, say what the English ones say now.
"""

import argparse
import copy
import hashlib
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
HANGUL = re.compile(r"[가-힣]")
LINK_TO_HEADING = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<page>[\w-]+\.(?:ipynb|md))?#[^)\s]+\)")
HOW_TO_TRANSLATE = (
    "Write the Korean, then record it: .venv/bin/python -m booktools.editions --translated FILE[:CELL]"
)
BY_COPYING = "`make editions` copies it"
BY_HAND = "delete it, or write it in the English edition, too"
COPIED_METADATA = ("tags",)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a place of the Korean edition; whether only a translation is missing or stale there."""

    path: Path
    cell: str | None
    message: str
    is_translation: bool = False

    def __str__(self) -> str:
        path = self.path.relative_to(ROOT) if self.path.is_relative_to(ROOT) else self.path
        cell = f" cell {self.cell}:" if self.cell else ""
        return f"{path}:{cell} {self.message}"


def text_hash(text: str) -> str:
    """Hash of an English text, as its translation records it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def figure_texts(cell: NotebookNode) -> dict[str, str]:
    """The texts of a cell's figure: ``alt``, which describes it, and ``caption``, which says what it shows."""
    settings = cell.metadata.get("mystnb", {})
    texts = {
        "alt": settings.get("image", {}).get("alt"),
        "caption": settings.get("figure", {}).get("caption"),
    }
    return {name: str(text) for name, text in texts.items() if text is not None}


def set_figure_texts(cell: NotebookNode, texts: Mapping[str, str]) -> None:
    """Give a cell's figure other texts, of those that it has."""
    settings = cell.metadata.mystnb
    for name in figure_texts(cell).keys() & texts.keys():
        settings["image" if name == "alt" else "figure"][name] = texts[name]


def untranslated_copy(text: str) -> str:
    """An English text as it first stands in the Korean edition: its links to headings, which are Korean there, are
    links to the page, or no links where they stay on their own page.
    """
    return LINK_TO_HEADING.sub(
        lambda link: f"[{link['label']}]({link['page']})" if link["page"] else link["label"], text
    )


def has_korean(text: str, recorded: str | None) -> bool:
    """Whether somebody has worked on a text of the Korean edition: it was recorded, or it has Korean letters."""
    return recorded is not None or HANGUL.search(text) is not None


def english_text(cell: NotebookNode) -> str | None:
    """What of an English cell is translated: the prose, or the texts of its figure; None where nothing is."""
    if cell.cell_type == "markdown":
        return str(cell.source)
    return "\n\n".join(figure_texts(cell).values()) or None


# --- Notebooks ----------------------------------------------------------------------------------------------


def synchronised(english: NotebookNode, korean: NotebookNode | None) -> NotebookNode:
    """The Korean notebook with the English one's cells; Korean prose and figures' texts, and their hashes, are kept.

    What is still English is copied again. A Korean Markdown cell that has no English one is kept where it is: only a
    person can say what becomes of it.
    """
    kept = {cell.id: cell for cell in korean.cells} if korean else {}
    notebook = copy.deepcopy(english)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = untranslated_copy(cell.source)
        old = kept.get(cell.id)
        if old is None or old.cell_type != cell.cell_type or english_text(cell) is None:
            continue
        text, recorded = english_text(old), old.metadata.get("translation")
        if text is None or not has_korean(text, recorded):
            continue
        if cell.cell_type == "markdown":
            cell.source = text
        else:
            set_figure_texts(cell, figure_texts(old))
        if recorded is not None:
            cell.metadata.translation = recorded
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
            problems.append(Problem(path, cell.id, f"missing; {BY_COPYING}"))
            continue
        other = cells[cell.id]
        if cell.cell_type != other.cell_type:
            what = f"is {other.cell_type}, in English {cell.cell_type}"
            problems.append(Problem(path, cell.id, f"{what}; {BY_COPYING}"))
            continue
        problems += [Problem(path, cell.id, f"{what}; {BY_COPYING}") for what in _differences(cell, other)]
        if message := _to_translate(cell, other):
            problems.append(Problem(path, cell.id, message, is_translation=True))
    english_ids = [cell.id for cell in english.cells]
    problems += [
        Problem(path, cell.id, f"surplus: not in the English edition; {BY_HAND}")
        for cell in korean.cells
        if cell.id not in english_ids
    ]
    korean_ids = [cell.id for cell in korean.cells]
    if english_ids != korean_ids and sorted(english_ids) == sorted(korean_ids):
        problems.append(Problem(path, None, f"cells are in another order than in English; {BY_COPYING}"))
    return problems


def _differences(english: NotebookNode, korean: NotebookNode) -> list[str]:
    """In what a Korean cell differs that it should share with the English one."""
    messages = []
    if english.cell_type == "code":
        if english.source != korean.source:
            messages.append("code differs from the English edition's")
        if english.outputs != korean.outputs:
            messages.append("outputs differ from the English edition's")
    if any(english.metadata.get(key) != korean.metadata.get(key) for key in COPIED_METADATA):
        messages.append("tags differ from the English edition's")
    if english.cell_type == "code" and "translation" in korean.metadata and english_text(english) is None:
        messages.append("has a translation of a figure's text that the English cell lacks")
    if figure_texts(english).keys() != figure_texts(korean).keys() or _figure_name(english) != _figure_name(
        korean
    ):
        messages.append("its figure has a name or texts that are not those of the English edition's")
    return messages


def _figure_name(cell: NotebookNode) -> Any:
    return cell.metadata.get("mystnb", {}).get("figure", {}).get("name")


def _to_translate(english: NotebookNode, korean: NotebookNode) -> str | None:
    """What a translator has to do in a cell, or None."""
    text, recorded = english_text(english), korean.metadata.get("translation")
    if text is None:
        return None
    words = {"alt": "alt text", "caption": "caption"}
    what = " or ".join(words[name] for name in figure_texts(english)) or "text"
    if recorded is None or english_text(korean) in (None, text, untranslated_copy(text)):
        return f"{what} is not translated"
    if figure_texts(english).items() & figure_texts(korean).items():
        return f"{what} is not translated"
    if recorded != text_hash(text):
        return f"{what} is stale: the English {what} has changed since it was translated"
    return None


def compare_notebook(english_path: Path, korean_path: Path) -> list[Problem]:
    """What is wrong with a Korean notebook."""
    if not korean_path.exists():
        return [Problem(korean_path, None, f"missing; {BY_COPYING}")]
    return compared(read_notebook(english_path), read_notebook(korean_path), korean_path)


def copy_notebook(english_path: Path, korean_path: Path, *, url: str) -> bool:
    """Copy into a Korean notebook what the editions share; True where that changed the file."""
    korean = read_notebook(korean_path) if korean_path.exists() else None
    text = canonical(synchronised(read_notebook(english_path), korean), url=url)
    return _replaced(korean_path, text)


def _replaced(path: Path, text: str) -> bool:
    """Give a file a text; True where that changed it."""
    if path.exists() and path.read_bytes() == text.encode():
        return False
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, text)
    return True


# --- Pages --------------------------------------------------------------------------------------------------


def read_page(path: Path) -> str:
    """The text of a page, without an editor's byte-order mark."""
    return path.read_text(encoding="utf-8-sig")


def compare_page(english_path: Path, korean_path: Path) -> list[Problem]:
    """What is wrong with a Korean page."""
    if not korean_path.exists():
        return [Problem(korean_path, None, f"missing; {BY_COPYING}")]
    english, korean = read_page(english_path), read_page(korean_path)
    recorded = PAGE_HASH.search(korean)
    if recorded is None:
        message = "is not translated (no `<!-- translation: … -->` on its last line)"
    elif PAGE_HASH.sub("", korean).rstrip("\n") == untranslated_copy(english).rstrip("\n"):
        message = "is not translated"
    elif recorded["hash"] != text_hash(english):
        message = "is stale: the English page has changed since it was translated"
    else:
        return []
    return [Problem(korean_path, None, message, is_translation=True)]


def copy_page(english_path: Path, korean_path: Path) -> bool:
    """Copy a page that has no translation yet; True where that changed the Korean file."""
    if korean_path.exists():
        korean = read_page(korean_path)
        recorded = PAGE_HASH.search(korean)
        if has_korean(korean, recorded["hash"] if recorded else None):
            return False
    return _replaced(korean_path, untranslated_copy(read_page(english_path)))


# --- The whole edition --------------------------------------------------------------------------------------


def pairs(english: Path = ENGLISH, korean: Path = KOREAN) -> list[tuple[Path, Path]]:
    """Each English file with its Korean one, whether it exists or not; what stands at the root too."""
    files = sorted([*english.glob("*.ipynb"), *english.glob("*.md")])
    at_root = [(ROOT / f"{name}.md", ROOT / f"{name}.ko.md") for name in ("README", "CONTRIBUTING")]
    beside = at_root if english == ENGLISH else []
    return [*((path, korean / path.name) for path in files), *beside]


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
    message = f"surplus: not in the English edition; {BY_HAND}"
    problems += [Problem(path, None, message) for path in sorted(surplus)]
    return problems


def to_translate(path: Path) -> dict[str | None, Problem]:
    """What of a Korean file waits for a translator, by cell (None: the page); nothing of a file that is not Korean.

    Tests of Korean text leave these out.
    """
    source = {korean: english for english, korean in pairs()}.get(path)
    if source is None or not path.exists():
        return {}
    compare_one = compare_notebook if path.suffix == ".ipynb" else compare_page
    return {problem.cell: problem for problem in compare_one(source, path) if problem.is_translation}


def record(english_path: Path, korean_path: Path, cell_id: str | None, *, url: str) -> None:
    """Record that a Korean cell, or all of a file, translates the English text as it is now.

    Raises:
        ValueError: the file or the cell does not exist in both editions.
    """
    for path in (english_path, korean_path):
        if not path.exists():
            raise ValueError(f"{path}: no such file")
    if korean_path.suffix == ".md":
        body = PAGE_HASH.sub("", read_page(korean_path)).rstrip("\n")
        digest = text_hash(read_page(english_path))
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
                if source.suffix == ".md":
                    changed = copy_page(source, translation)
                else:
                    changed = copy_notebook(source, translation, url=url)
                if changed:
                    print(f"{translation.relative_to(ROOT)}: took over what is new in the English edition")
        problems = compare()
    except (NotebookError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    output = sys.stderr if options.check else sys.stdout
    for problem in problems:
        print(problem, file=output)
    if waiting := sum(problem.is_translation for problem in problems):
        print(f"To translate: {waiting} of these. {HOW_TO_TRANSLATE}", file=output)
    return int(options.check and bool(problems))


if __name__ == "__main__":
    sys.exit(main())
