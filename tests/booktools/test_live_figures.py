"""Live figures on the pages: their frames, their words in both languages, and which pages load the script."""

import gzip
import json

import pytest
from nbformat import NotebookNode

from booktools.build import BUILD, raw_pages
from booktools.formulas import STATIC
from booktools.live import DATA, IN_PAGE, MIME, SCRIPTS, frames_by_cell, in_page, page_in_korean
from booktools.notebook_format import chapter_paths, read_notebook
from relubook import live

HEAVIEST = 10_000  # bytes of one figure's frames, compressed


def stored_figures() -> dict[str, dict]:
    """The frames of every notebook of the English edition."""
    found = {}
    for path in chapter_paths():
        if path.parent.name == "en":
            notebook = read_notebook(path)
            for number, data in frames_by_cell(notebook).items():
                found[f"{path.stem}: {notebook.cells[number].id}"] = data
    return found


FIGURES = stored_figures()


def test_both_packages_mean_the_same_outputs():
    assert MIME == live.MIME


def test_the_chapters_have_their_live_figures():
    chapters = [name[:2] for name in FIGURES]
    assert {"03", "06", "07", "14", "16", "21"} <= set(chapters) and chapters.count("14") == 2


@pytest.mark.parametrize("name", FIGURES)
def test_frames_are_light(name):
    assert len(gzip.compress(in_page(FIGURES[name]).encode())) <= HEAVIEST


def test_a_page_is_translated_and_what_stands_around_its_frames_is_kept():
    figure = FIGURES["03-nonlinearity: hinges-live-figure"]
    page = page_in_korean(f"<p>largest error 0.12</p>{in_page(figure)}<figcaption>sine</figcaption>")
    assert page.startswith("<p>largest error 0.12</p><script") and page.endswith(
        '</script><div class="live live-1"></div><figcaption>sine</figcaption>'
    )
    data = json.loads(IN_PAGE.search(page)["data"])
    assert data["controls"][0]["name"] == "힌지 수"
    assert data["frames"][3] == {**figure["frames"][3], "title": "가장 큰 오차 0.12"}
    assert [artist["label"] for artist in data["artists"]] == ["힌지의 합", "사인"]


def test_no_text_can_end_the_element_that_holds_the_frames():
    data = {"controls": [{}], "frames": [{"title": "</script><b>"}]}
    page = in_page(data)
    assert page.count("<") == 4 and json.loads(IN_PAGE.search(page)["data"]) == data


def test_only_outputs_with_frames_count():
    notebook = NotebookNode(
        cells=[
            {"source": "text"},
            {"outputs": [{"text": "printed"}, {"data": {"text/plain": "2"}}]},
            {"outputs": [{"data": {"image/png": "…", MIME: {"frames": []}}}]},
        ]
    )
    assert frames_by_cell(notebook) == {2: {"frames": []}}


@pytest.mark.parametrize("language", ["en", "ko"])
def test_only_pages_with_a_live_figure_load_its_script(language):
    with_figures = {name.partition(":")[0] for name in FIGURES}
    for path in raw_pages(BUILD, language).rglob("chapters/*/*.html"):
        page = path.read_text(encoding="utf-8")
        for script in SCRIPTS:
            assert (script in page) == (DATA in page) == (path.stem in with_figures), path


def test_the_script_is_small():
    assert len(gzip.compress((STATIC / SCRIPTS[0]).read_bytes())) <= 6_000
