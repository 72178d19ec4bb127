"""What a program can check of every chapter: its form, its links, and that its summary says what it printed."""

import ast
import base64
import io
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from PIL import Image

from booktools import explorer
from booktools.editions import read_page, to_translate
from booktools.notebook_format import (
    CHAPTERS,
    NOT_IN_PAGE_TAG,
    ROOT,
    canonical,
    chapter_paths,
    read_notebook,
    repository_url,
    setup_source,
)
from relubook.activations import ACTIVATIONS
from relubook.network import INITIALIZERS

EDITION = CHAPTERS / "en"
PAGES = {path: read_page(path) for path in sorted(CHAPTERS.glob("*/*.md"))}
NOTEBOOKS = {path: read_notebook(path) for path in chapter_paths()}
WAITING = {path: to_translate(path) for path in [*PAGES, *NOTEBOOKS]}  # for a translator
CHAPTER = re.compile(r"\d\d-")

# The words that every chapter of an edition uses.
OPENING = {"en": ("You will do", "You will learn", "You need"), "ko": ("할 일", "배울 것", "필요한 것")}
DURATION = {"en": r"\d+ minutes", "ko": r"약 \d+분"}
CLOSING = {"en": ["What we measured", "Exercises", "Next"], "ko": ["측정한 것", "연습 문제", "다음"]}
EXERCISE = {"en": "### Exercise", "ko": "### 연습 문제"}
SOLUTION = {"en": "#### Solution", "ko": "#### 해답"}

IGNORE_TAG = "nbval-ignore-output"
MOST_IGNORED = 8
ALLOWED_TAGS = {
    "setup",
    "remove-cell",
    "remove-input",
    "remove-output",
    "hide-input",
    "hide-output",
    IGNORE_TAG,
    NOT_IN_PAGE_TAG,
}
MOST_LINES = 16  # of a code cell that is no solution and defines nothing; longer code belongs in relubook
WIDEST = 100  # columns; more scroll sideways on Colab


def edition_and_name(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


EVERY_NOTEBOOK = pytest.mark.parametrize("path", NOTEBOOKS, ids=edition_and_name)
CHAPTERS_ONLY = pytest.mark.parametrize(
    "path", [path for path in NOTEBOOKS if CHAPTER.match(path.name)], ids=edition_and_name
)


def skip_if_it_waits_for_a_translator(*paths: Path) -> None:
    """A Korean text that is not there yet has no Korean form; `booktools.editions --check` asks for the text."""
    if waiting := [problem for path in paths for problem in WAITING[path].values()]:
        pytest.skip(f"{waiting[0]} (and {len(waiting) - 1} more)")


def markdown(path: Path) -> str:
    return "\n\n".join(cell.source for cell in NOTEBOOKS[path].cells if cell.cell_type == "markdown")


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in NOTEBOOKS[path].cells if cell.cell_type == "code"]


def images(cell: nbformat.NotebookNode) -> list[str]:
    return [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]


def text_outputs(path: Path) -> str:
    parts = []
    for cell in code_cells(path):
        for output in cell.outputs:
            parts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return "\n".join(parts)


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", " ", text, flags=re.DOTALL)


def section(text: str, heading: str) -> str:
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"no section '{heading}'"
    return match[1]


@dataclass(frozen=True)
class Exercise:
    """An exercise: its heading, the cells that ask, and those of its solution, which starts with a cell of its own."""

    heading: str
    question: list[nbformat.NotebookNode]
    solution: list[nbformat.NotebookNode]


def exercises(path: Path) -> list[Exercise]:
    """The exercises of a notebook; each ends at the next heading that is not below its own."""
    found: list[Exercise] = []
    place: list[nbformat.NotebookNode] | None = None
    for cell in NOTEBOOKS[path].cells:
        for heading in re.findall(
            r"^#{1,4} .+$", cell.source if cell.cell_type == "markdown" else "", re.MULTILINE
        ):
            if heading == SOLUTION[path.parent.name]:
                assert place is not None, f"{cell.id}: a solution without an exercise"
                assert cell.source.startswith(heading), f"{cell.id}: a solution starts a cell of its own"
                place = found[-1].solution
            elif heading.startswith(EXERCISE[path.parent.name]):
                found.append(Exercise(heading, [], []))
                place = found[-1].question
            elif not heading.startswith("####"):
                place = None
        if place is not None:
            place.append(cell)
    return found


# --- Form ---------------------------------------------------------------------------------------------------


@EVERY_NOTEBOOK
def test_is_in_canonical_form(path):
    stored = path.read_bytes().decode()
    assert stored == canonical(NOTEBOOKS[path], url=repository_url()), "`make format` rewrites it"


@EVERY_NOTEBOOK
def test_starts_its_code_with_the_setup_cell(path):
    first = code_cells(path)[0]
    assert first.source == setup_source(repository_url())
    assert first.metadata == {"tags": ["remove-cell", "setup"]}
    assert not first.outputs


@EVERY_NOTEBOOK
def test_code_cells_are_short_python_without_commands(path):
    solutions = {cell.id for exercise in exercises(path) for cell in exercise.solution}
    for cell in code_cells(path)[1:]:
        assert cell.outputs or cell.source, cell.id
        source = TransformerManager().transform_cell(cell.source)
        assert "get_ipython()" not in source, f"{cell.id}: a shell or magic command"
        tree = ast.parse(source)
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert max(map(len, lines)) <= WIDEST, f"{cell.id}: a line wider than {WIDEST} columns"
        defines = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.walk(tree))
        if not defines and cell.id not in solutions:
            assert len(lines) <= MOST_LINES, f"{cell.id}: {len(lines)} lines"


@EVERY_NOTEBOOK
def test_outputs_hold_no_errors_and_no_warnings(path):
    for cell in code_cells(path):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", f"{cell.id}: {output.text}"
            plain = str(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r"<(?!Figure|IPython\.core\.display\.Markdown)", plain), (
                cell.id
            )  # an address


@EVERY_NOTEBOOK
def test_tags_are_those_that_the_book_knows(path):
    for cell in NOTEBOOKS[path].cells:
        assert set(cell.metadata.get("tags", [])) <= ALLOWED_TAGS, cell.id


def test_few_outputs_are_left_unchecked_in_each_edition():
    for edition in {path.parent for path in NOTEBOOKS}:
        ignored = [
            f"{path.stem}: {cell.id}"
            for path in NOTEBOOKS
            if path.parent == edition
            for cell in code_cells(path)
            if IGNORE_TAG in cell.metadata.get("tags", [])
        ]
        assert len(ignored) <= MOST_IGNORED, (
            f"chapters/{edition.name}: more than {MOST_IGNORED} cells have the tag {IGNORE_TAG}: {ignored}. Print what"
            " holds on every machine instead, such as a bound, and take the tag from the cell"
        )


@EVERY_NOTEBOOK
def test_every_figure_is_described_and_shows_something_on_white(path):
    for cell in code_cells(path):
        for data in images(cell):
            alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            assert len(alt) > 20, f"{cell.id}: no alt text in mystnb.image.alt"
            with Image.open(io.BytesIO(base64.b64decode(data))) as file:
                image = file.convert("RGBA")
            assert image.getextrema()[3] == (255, 255), f"{cell.id}: transparent"
            upper_edge = image.crop((0, 0, image.width, 1)).getcolors()
            assert upper_edge == [(image.width, (255, 255, 255, 255))], f"{cell.id}: background is not white"
            assert image.getcolors(10) is None, f"{cell.id}: blank, it has ten colours or fewer"


@EVERY_NOTEBOOK
def test_every_exercise_has_a_solution_that_prints_and_stands_under_its_heading(path):
    skip_if_it_waits_for_a_translator(path)
    for exercise in exercises(path):
        assert exercise.question, f"{exercise.heading}: asks nothing"
        code = [cell for cell in exercise.solution if cell.cell_type == "code"]
        heading = SOLUTION[path.parent.name]
        assert code, f"{exercise.heading}: no cell that starts with '{heading}', and code after it"
        assert any(cell.outputs for cell in code), f"{exercise.heading}: its solution prints nothing to check"


# --- Prose --------------------------------------------------------------------------------------------------


@EVERY_NOTEBOOK
def test_prose_is_plain_markdown(path):
    text = without_code(markdown(path))
    for pattern, what in (
        (r"^:::|^```\{|\{[a-z:]+\}`", "a MyST directive or role"),
        (r"\bTODO\b|\bFIXME\b|\bXXX\b", "a leftover"),
        (r"<img|<script|<style", "raw HTML"),
    ):
        assert not re.search(pattern, text, re.MULTILINE), what


@EVERY_NOTEBOOK
def test_has_one_title_in_its_first_cell(path):
    titles = re.findall(r"^# .+$", re.sub(r"```.*?```", "", markdown(path), flags=re.DOTALL), re.MULTILINE)
    assert len(titles) == 1
    assert NOTEBOOKS[path].cells[0].source.startswith("# ")


@CHAPTERS_ONLY
def test_opens_and_closes_as_a_chapter_does(path):
    skip_if_it_waits_for_a_translator(path)
    edition, first, text = path.parent.name, NOTEBOOKS[path].cells[0].source, markdown(path)
    positions = [first.index(f"**{heading}**") for heading in OPENING[edition]]
    assert positions == sorted(positions)
    assert re.search(DURATION[edition], first), "no duration"
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings[-3:] == CLOSING[edition]
    found = [exercise.heading for exercise in exercises(path)]
    assert 2 <= len(found) <= 6
    assert found == [f"{EXERCISE[edition]} {number}" for number in range(1, len(found) + 1)]


NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")


@CHAPTERS_ONLY
def test_every_number_of_the_summary_was_printed(path):
    skip_if_it_waits_for_a_translator(path)
    summary = without_code(section(markdown(path), CLOSING[path.parent.name][0]))
    summary = re.sub(r"\]\([^)]*\)", "]", summary)  # not the numbers in links
    summary = re.sub(r"\[[^\]]*\]", " ", summary)  # nor those of a chapter or a citation
    summary = re.sub(r"(?<![\d.])0(?=[가-힣])", " ", summary)  # Korean for "zero"
    printed = set(NUMBER.findall(text_outputs(path))) | {
        number.replace(",", "") for number in NUMBER.findall(text_outputs(path))
    }
    missing = [number for number in NUMBER.findall(summary) if number.replace(",", "") not in printed]
    assert not missing, (
        f"{path.relative_to(ROOT)}: its section '{CLOSING[path.parent.name][0]}' states {missing}, which no cell"
        " prints; write the number as a cell prints it, or print it"
    )


# --- Links --------------------------------------------------------------------------------------------------

LINK = re.compile(r"(?<!!)\[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)")
CITATION = re.compile(r"\(\d{4}\)$")


def all_texts() -> dict[Path, str]:
    return {**PAGES, **{path: markdown(path) for path in NOTEBOOKS}}


def finished_text(path: Path) -> str:
    """The text of a page or notebook, without what waits for a translator."""
    if path in PAGES:
        return "" if WAITING[path] else PAGES[path]
    cells = [cell for cell in NOTEBOOKS[path].cells if cell.id not in WAITING[path]]
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(text: str) -> set[str]:
    """The anchors that headings get: lower case, spaces to hyphens, other punctuation dropped."""
    headings = re.findall(r"^#{1,3} (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    plain = [re.sub(r"[`*$]", "", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", all_texts(), ids=edition_and_name)
def test_relative_links_lead_to_pages_and_headings_that_exist(path):
    texts = all_texts()
    for match in LINK.finditer(re.sub(r"```.*?```", "", finished_text(path), flags=re.DOTALL)):
        target = match["target"]
        if re.match(r"https?://|mailto:", target):
            continue
        file, _, anchor = target.partition("#")
        page = (path.parent / file).resolve() if file else path
        assert page in texts, f"{target}: no such page"
        assert page.parent == path.parent, f"{target}: leads to the other edition"
        if page.stem == explorer.PAGE and explorer.names_functions(anchor, ACTIVATIONS):
            (state,) = explorer.stills(explorer.stored_registry(page), [anchor], path.parent.name)
            assert not state["ignored"], f"{target}: {state['ignored']}: not what the explorer can show"
        elif anchor and not WAITING[page]:
            assert anchor in anchors(texts[page]), f"{target}: no such heading"


def cited_links(texts: dict[Path, str]) -> dict[str, str]:
    return {
        match["target"]: f"{path.stem}: {match['label']}"
        for path, text in texts.items()
        for match in LINK.finditer(text)
        if CITATION.search(match["label"]) and match["target"].startswith("http")
    }


def docstring_links() -> set[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "code" / "relubook").rglob("*.py"))
    return {link.rstrip(".,;)") for source in sources for link in re.findall(r"https?://\S+", source)}


@pytest.mark.parametrize("edition", CLOSING)
def test_every_citation_stands_in_the_references_and_the_other_way_round(edition):
    texts = {path: text for path, text in all_texts().items() if path.parent.name == edition}
    references = CHAPTERS / edition / "references.md"
    skip_if_it_waits_for_a_translator(*texts)
    listed = set(cited_links({references: texts.pop(references)}))
    chapters = cited_links(texts)
    where = references.relative_to(ROOT)
    unlisted = {chapters[link] for link in set(chapters) - listed}
    assert not unlisted, f"list in {where} what is cited: {unlisted}"
    unused = listed - set(chapters) - docstring_links()
    assert not unused, f"{where} lists what is cited nowhere; cite it, or delete it: {unused}"


def test_labels_of_citations_agree_with_the_references():
    labels = {match["target"]: match["label"] for match in LINK.finditer(PAGES[EDITION / "references.md"])}
    for path, text in all_texts().items():
        for match in LINK.finditer(text):
            if CITATION.search(match["label"]) and match["target"] in labels:
                assert match["label"] == labels[match["target"]], f"{path.stem}: {match['label']}"


def test_links_in_docstrings_stand_in_the_references():
    listed = set(re.findall(r"\]\((https?://[^)\s]+)\)", PAGES[EDITION / "references.md"]))
    unlisted = sorted(docstring_links() - listed)
    assert not unlisted, (
        f"docstrings in code/relubook cite {unlisted}; list them in chapters/en/references.md"
    )


# --- The tour -----------------------------------------------------------------------------------------------

INTERFACES = {
    "Layer",
    "Optimizer",
    "SquaredReLU",
    "Swish",
    "ParametricActivation",
}  # what others implement, or a bridge returns
THROUGH_A_TABLE = {initializer.__name__ for initializer in INITIALIZERS.values()} | {
    function.__name__ for entry in ACTIVATIONS.values() for function in (entry.fn, entry.grad)
}
RECORDS = {"Split", "Interval", "HingeFit", "Flow", "Zeros", "Probe"}  # what a function of the tour returns


def test_the_tour_visits_every_public_name():
    tours = [NOTEBOOKS[EDITION / name] for name in ("helper-tour.ipynb", "experiments-tour.ipynb")]
    text = "\n".join(cell.source for tour in tours for cell in tour.cells)
    public = {
        node.name
        for path in (ROOT / "code" / "relubook").rglob("*.py")
        if path.name != "__main__.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    }
    expected = public - INTERFACES - RECORDS - THROUGH_A_TABLE
    missing = sorted(name for name in expected if not re.search(rf"\b{name}\b", text))
    assert not missing, (
        f"chapters/en/helper-tour.ipynb, or experiments-tour.ipynb, does not mention {missing}. Show each there, in the"
        " section of its module, in a cell that calls it; or start its name with an underscore, if readers need not"
        " know it. What only a table or another function hands out stands in THROUGH_A_TABLE or RECORDS, above this"
        " test"
    )
