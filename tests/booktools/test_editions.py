"""The editions tool: what it copies, what it leaves alone, and what it finds."""

import copy
import shutil
import subprocess
import sys

import nbformat
import pytest

from booktools import editions
from booktools.editions import (
    ENGLISH,
    KOREAN,
    compare,
    compared,
    copy_notebook,
    copy_page,
    record,
    synchronised,
    text_hash,
    to_translate,
)
from booktools.notebook_format import ROOT, canonical, read_notebook, repository_url

URL = repository_url()
NAME = "01-definition.ipynb"
PROSE, FIGURE = "a-picture", "plot"


def english_notebook() -> nbformat.NotebookNode:
    v4 = nbformat.v4
    figure = v4.new_code_cell("plot()", id=FIGURE, outputs=[v4.new_output("stream", text="0.5\n")])
    figure.metadata = nbformat.from_dict({"mystnb": {"image": {"alt": "A rising line."}}})
    cells = [v4.new_markdown_cell("# A picture\n\nOne word.", id=PROSE), figure]
    return v4.new_notebook(cells=cells)


def korean_notebook() -> nbformat.NotebookNode:
    notebook = synchronised(english_notebook(), None)
    prose, figure = notebook.cells
    prose.source, prose.metadata.translation = "# 그림\n\n낱말 하나.", text_hash("# A picture\n\nOne word.")
    figure.metadata.mystnb.image.alt = "올라가는 직선."
    figure.metadata.translation = text_hash("A rising line.")
    return notebook


@pytest.fixture
def folders(tmp_path):
    """Both editions of the small notebook and of a page, as folders."""
    english, korean = tmp_path / "en", tmp_path / "ko"
    for folder, notebook, page in (
        (english, english_notebook(), "# Terms\n"),
        (korean, korean_notebook(), f"# 용어\n\n<!-- translation: {text_hash('# Terms' + chr(10))} -->\n"),
    ):
        folder.mkdir()
        (folder / NAME).write_text(canonical(notebook, url=URL), encoding="utf-8")
        (folder / "glossary.md").write_text(page, encoding="utf-8")
    return english, korean


def change(path, **cells):
    """Change cells of a file: ``id=function``; a function that returns None deletes the cell."""
    notebook = read_notebook(path)
    changed = []
    for cell in notebook.cells:
        if (function := cells.get(cell.id.replace("-", "_"))) is not None and function(cell) is None:
            continue
        changed.append(cell)
    notebook.cells = changed
    path.write_text(canonical(notebook, url=URL), encoding="utf-8")


def with_source(text):
    def function(cell):
        cell.source = text
        return cell

    return function


def with_alt(text):
    def function(cell):
        cell.metadata.mystnb.image.alt = text
        return cell

    return function


def with_caption(text):
    def function(cell):
        cell.metadata.mystnb.figure = {"caption": text, "name": "fig-line"}
        return cell

    return function


def with_output(text):
    def function(cell):
        cell.outputs[0].text = text
        return cell

    return function


def with_tags(*tags):
    def function(cell):
        cell.metadata.tags = list(tags)
        return cell

    return function


# --- What a comparison finds --------------------------------------------------------------------------------


def test_both_editions_of_the_book_have_the_same_cells_code_outputs_and_tags():
    """What is not translated yet is no failure here: `make lint` lists it, and nothing is published with it."""
    assert [str(problem) for problem in compare() if not problem.is_translation] == []


@pytest.mark.parametrize("name", ["Makefile", ".github/workflows/publish.yml"])
def test_a_missing_translation_stops_lint_and_publishing(name):
    assert "-m booktools.editions --check\n" in (ROOT / name).read_text(encoding="utf-8")


def test_editions_in_step_have_no_problem(folders):
    assert compare(*folders) == []


@pytest.mark.parametrize(
    ("edition", "changes", "cell", "message"),
    [
        ("en", {"a_picture": with_source("# A picture\n\nOne term.")}, PROSE, "text is stale"),
        ("en", {"plot": with_alt("A falling line.")}, FIGURE, "alt text is stale"),
        ("ko", {"plot": with_source("plot( )")}, FIGURE, "code differs"),
        ("ko", {"plot": with_output("0.6\n")}, FIGURE, "outputs differ"),
        ("ko", {"plot": with_tags("hide-input")}, FIGURE, "tags differ"),
        ("ko", {"a_picture": lambda cell: None}, PROSE, "missing"),
        ("ko", {"plot": lambda cell: None}, FIGURE, "missing"),
        ("en", {"a_picture": lambda cell: None}, PROSE, "surplus"),
        ("ko", {"a_picture": with_source("# A picture\n\nOne word.")}, PROSE, "text is not translated"),
        ("ko", {"plot": with_alt("A rising line.")}, FIGURE, "alt text is not translated"),
    ],
)
def test_each_difference_is_found_and_names_file_and_cell(folders, edition, changes, cell, message):
    english, korean = folders
    change({"en": english, "ko": korean}[edition] / NAME, **changes)
    (problem,) = compare(english, korean)
    assert str(problem).startswith(f"{korean / NAME}: cell {cell}: {message}")


@pytest.mark.parametrize(
    ("edition", "changes", "waits", "shared"),
    [
        ("en", {"a_picture": with_source("# A picture\n\nOne term.")}, [PROSE], []),
        ("ko", {"plot": with_alt("A rising line.")}, [FIGURE], []),
        ("ko", {"plot": with_source("plot( )")}, [], [FIGURE]),
        ("ko", {"a_picture": lambda cell: None}, [], [PROSE]),
        ("en", {"plot": with_tags("hide-input"), "a_picture": with_source("# New")}, [PROSE], [FIGURE]),
    ],
)
def test_what_waits_for_a_translator_is_told_from_what_the_editions_share(
    folders, edition, changes, waits, shared, monkeypatch
):
    english, korean = folders
    change({"en": english, "ko": korean}[edition] / NAME, **changes)
    both = editions.pairs(english, korean)
    monkeypatch.setattr(editions, "pairs", lambda *_: both)
    assert list(to_translate(korean / NAME)) == waits
    assert to_translate(english / NAME) == {}
    problems = compare(english, korean)
    assert [problem.cell for problem in problems if problem.is_translation] == waits
    assert [problem.cell for problem in problems if not problem.is_translation] == shared


def test_a_page_that_waits_for_a_translator_is_told(folders, monkeypatch):
    english, korean = (folder / "glossary.md" for folder in folders)
    monkeypatch.setattr(editions, "pairs", lambda *_: [(english, korean)])
    assert to_translate(korean) == {}
    english.write_text("# Words\n", encoding="utf-8")
    assert "is stale" in str(to_translate(korean)[None])


def test_a_caption_is_translated_beside_the_alt_text(folders):
    english, korean = folders
    change(english / NAME, plot=with_caption("It rises."))
    (first, second) = compare(english, korean)
    assert "a name or texts" in str(first) and "alt text or caption is stale" in str(second)
    assert copy_notebook(english / NAME, korean / NAME, url=URL)
    assert [str(problem) for problem in compare(english, korean) if not problem.is_translation] == []
    record(english / NAME, korean / NAME, FIGURE, url=URL)
    (problem,) = compare(english, korean)
    assert "alt text or caption is not translated" in str(problem)
    change(korean / NAME, plot=with_caption("올라갑니다."))
    assert compare(english, korean) == []
    (kept,) = [cell for cell in read_notebook(korean / NAME).cells if cell.id == FIGURE]
    assert kept.metadata.mystnb.image.alt == "올라가는 직선."


def test_cells_in_another_order_are_found():
    english, korean = english_notebook(), korean_notebook()
    korean.cells.reverse()
    (problem,) = compared(english, korean, KOREAN / NAME)
    assert "another order" in str(problem)


def test_a_cell_of_another_type_is_found():
    english, korean = english_notebook(), korean_notebook()
    korean.cells[1] = nbformat.v4.new_markdown_cell("본문", id=FIGURE)
    (problem,) = compared(english, korean, KOREAN / NAME)
    assert str(problem).startswith(f"chapters/ko/{NAME}: cell {FIGURE}: is markdown, in English code;")


def test_pages_are_compared_as_a_whole(folders):
    english, korean = folders
    (english / "glossary.md").write_text("# Words\n", encoding="utf-8")
    assert [str(problem) for problem in compare(english, korean)] == [
        f"{korean / 'glossary.md'}: is stale: the English page has changed since it was translated"
    ]
    (korean / "glossary.md").write_text("# 용어\n", encoding="utf-8")
    assert "is not translated" in str(compare(english, korean)[0])


def test_missing_and_surplus_files_are_found(folders):
    english, korean = folders
    (korean / NAME).rename(korean / "02-numpy.ipynb")
    (korean / "glossary.md").unlink()
    assert [str(problem) for problem in compare(english, korean)] == [
        f"{korean / NAME}: missing; `make editions` copies it",
        f"{korean / 'glossary.md'}: missing; `make editions` copies it",
        f"{korean / '02-numpy.ipynb'}: surplus: not in the English edition; {editions.BY_HAND}",
    ]


# --- What copying does --------------------------------------------------------------------------------------


def test_copying_brings_code_outputs_and_tags_and_keeps_korean(folders):
    english, korean = folders
    change(english / NAME, plot=lambda cell: with_output("0.7\n")(with_source("plot(2)")(cell)))
    assert copy_notebook(english / NAME, korean / NAME, url=URL)
    prose, figure = read_notebook(korean / NAME).cells
    assert figure.source == "plot(2)" and figure.outputs[0].text == "0.7\n"
    assert figure.metadata.mystnb.image.alt == "올라가는 직선." and prose.source == "# 그림\n\n낱말 하나."
    assert compare(english, korean) == []
    assert not copy_notebook(english / NAME, korean / NAME, url=URL), "nothing was left to do"


def test_a_stale_translation_stays_stale_until_it_is_recorded(folders):
    english, korean = folders
    change(english / NAME, a_picture=with_source("# A picture\n\nTwo words."))
    copy_notebook(english / NAME, korean / NAME, url=URL)
    assert read_notebook(korean / NAME).cells[0].source == "# 그림\n\n낱말 하나."
    assert "stale" in str(compare(english, korean)[0])
    change(korean / NAME, a_picture=with_source("# 그림\n\n낱말 둘."))
    record(english / NAME, korean / NAME, PROSE, url=URL)
    assert compare(english, korean) == []


def test_a_new_english_cell_comes_over_untranslated(folders):
    english, korean = folders
    notebook = read_notebook(english / NAME)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell("New.", id="new"))
    (english / NAME).write_text(canonical(notebook, url=URL), encoding="utf-8")
    copy_notebook(english / NAME, korean / NAME, url=URL)
    assert [cell.id for cell in read_notebook(korean / NAME).cells] == [PROSE, "new", FIGURE]
    assert [str(problem) for problem in compare(english, korean)] == [
        f"{korean / NAME}: cell new: text is not translated"
    ]


def test_what_is_still_english_follows_the_english_edition(folders):
    english, korean = folders
    (korean / NAME).unlink()
    copy_notebook(english / NAME, korean / NAME, url=URL)
    change(english / NAME, a_picture=with_source("# Two pictures"), plot=with_alt("Two lines."))
    copy_notebook(english / NAME, korean / NAME, url=URL)
    prose, figure = read_notebook(korean / NAME).cells
    assert (prose.source, figure.metadata.mystnb.image.alt) == ("# Two pictures", "Two lines.")
    change(korean / NAME, a_picture=with_source("# 그림 두 장"))
    change(english / NAME, a_picture=with_source("# Three pictures"))
    copy_notebook(english / NAME, korean / NAME, url=URL)
    assert read_notebook(korean / NAME).cells[0].source == "# 그림 두 장", "Korean, recorded or not, is kept"


def test_a_copy_links_to_no_heading_that_is_korean_in_its_edition(folders):
    english, korean = folders
    (korean / NAME).unlink()
    text = "See [there](02-numpy.ipynb#a-part), [here](#below), [it](02-numpy.ipynb), [all](https://a.b/#c)."
    change(english / NAME, a_picture=with_source(text))
    copy_notebook(english / NAME, korean / NAME, url=URL)
    copied = read_notebook(korean / NAME).cells[0].source
    assert copied == "See [there](02-numpy.ipynb), here, [it](02-numpy.ipynb), [all](https://a.b/#c)."
    record(english / NAME, korean / NAME, PROSE, url=URL)
    assert "text is not translated" in str(compare(english, korean)[0]), "recorded, and still English"


def test_a_new_page_is_copied_until_it_is_translated(folders):
    english, korean = (folder / "terms.md" for folder in folders)
    english.write_text("\ufeff# Terms\n\nSee [it](index.md#it).\n", encoding="utf-8")
    assert copy_page(english, korean)
    assert korean.read_text(encoding="utf-8") == "# Terms\n\nSee [it](index.md).\n"
    assert [problem.is_translation for problem in compare(*folders)] == [True]
    english.write_text("# Words\n", encoding="utf-8")
    assert copy_page(english, korean) and not copy_page(english, korean)
    korean.write_text("# 용어\n", encoding="utf-8")
    assert not copy_page(english, korean)
    record(english, korean, None, url=URL)
    assert compare(*folders) == []


def test_korean_prose_without_an_english_cell_is_kept_in_its_place():
    korean = korean_notebook()
    korean.cells.insert(1, nbformat.v4.new_markdown_cell("더 쓴 글", id="more"))
    english = english_notebook()
    assert [cell.id for cell in synchronised(english, korean).cells] == [PROSE, "more", FIGURE]
    first = copy.deepcopy(korean)
    first.cells.insert(0, first.cells.pop(1))
    assert [cell.id for cell in synchronised(english, first).cells] == ["more", PROSE, FIGURE]


def test_a_first_copy_makes_the_file(folders):
    english, korean = folders
    shutil.rmtree(korean)
    assert copy_notebook(english / NAME, korean / NAME, url=URL)
    assert [cell.id for cell in read_notebook(korean / NAME).cells] == [PROSE, FIGURE]


def test_an_interrupted_copy_leaves_the_old_file(folders, monkeypatch):
    english, korean = folders
    change(english / NAME, plot=with_source("plot(2)"))
    before = (korean / NAME).read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        copy_notebook(english / NAME, korean / NAME, url=URL)
    assert (korean / NAME).read_bytes() == before
    assert sorted(path.name for path in korean.iterdir()) == [NAME, "glossary.md"]


# --- The command --------------------------------------------------------------------------------------------


def test_recording_a_page_replaces_its_hash(folders):
    english, korean = folders
    (english / "glossary.md").write_text("# Words\n", encoding="utf-8")
    record(english / "glossary.md", korean / "glossary.md", None, url=URL)
    text = (korean / "glossary.md").read_text(encoding="utf-8")
    assert text == f"# 용어\n\n<!-- translation: {text_hash('# Words' + chr(10))} -->\n"
    assert compare(english, korean) == []


def test_recording_what_does_not_exist_is_an_error(folders):
    english, korean = folders
    with pytest.raises(ValueError, match="cell 'none' is not in both editions"):
        record(english / NAME, korean / NAME, "none", url=URL)
    with pytest.raises(ValueError, match=r"02-numpy\.ipynb: no such file"):
        record(english / "02-numpy.ipynb", korean / "02-numpy.ipynb", None, url=URL)


def command(*arguments: str) -> subprocess.CompletedProcess:
    run = [sys.executable, "-m", "booktools.editions", *arguments]
    return subprocess.run(run, capture_output=True, text=True, check=False)


def test_the_command_finds_nothing_else_to_do_in_the_book():
    """Of the book itself, `make lint` asks that nothing be untranslated."""
    result = command("--check")
    lines = result.stderr.splitlines()
    waiting = [str(problem) for problem in compare()]
    assert lines[: len(waiting)] == waiting and result.returncode == bool(waiting)


def test_the_command_refuses_a_file_that_is_not_korean():
    result = command("--translated", str(ENGLISH / NAME))
    assert result.returncode == 1
    assert "01-definition.ipynb: not a file of the Korean edition" in result.stderr


def test_the_command_says_what_is_wrong_and_fails(folders, monkeypatch, capsys):
    english, korean = folders
    change(korean / NAME, plot=with_source("plot(3)"))
    monkeypatch.setattr(editions, "compare", lambda: compare(english, korean))
    assert editions.main(["--check"]) == 1
    assert f"{korean / NAME}: cell {FIGURE}: code differs" in capsys.readouterr().err


def test_the_command_counts_what_is_to_translate_and_says_how(folders, monkeypatch, capsys):
    english, korean = folders
    change(english / NAME, a_picture=with_source("# Another"), plot=with_alt("Another."))
    monkeypatch.setattr(editions, "compare", lambda: compare(english, korean))
    assert editions.main(["--check"]) == 1
    *problems, last = capsys.readouterr().err.splitlines()
    assert len(problems) == 2 and "text is stale" in problems[0]
    assert last.startswith("To translate: 2 of these.") and "--translated FILE[:CELL]" in last
