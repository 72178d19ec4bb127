"""Live figures on the pages: their frames, their words in both languages, and which pages load the script."""

import gzip
import json
import re

import pytest
from nbformat import NotebookNode

from booktools.build import BUILD, raw_pages
from booktools.formulas import STATIC
from booktools.live import DATA, IN_PAGE, MIME, SCRIPTS, frames_by_cell, in_korean, in_page, translated, words
from booktools.notebook_format import CHAPTERS, chapter_paths, read_notebook
from relubook import ACTIVATIONS, live

HEAVIEST = 10_000  # bytes of one figure's frames, compressed
# What has the same name in Korean: methods as a survey's table calls them, and networks.
NAMES = {
    *ACTIVATIONS,
    *("ReLU", "ReLU6", "PReLU", "ELU", "GELU", "SiLU", "tanh", "leaky {}", "linear", "none", "x", "RMS {}"),
    *("clipping", "warm-up", "batch norm", "no momentum", "Adam", "small start", "sgd", "adam", "adamw"),
    *("relu", "{}x{}", "{} %"),
}


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


@pytest.mark.parametrize("name", FIGURES)
def test_every_word_of_a_figure_has_a_translation_or_is_a_name(name):
    untranslated = set()

    def noted(text: str) -> str:
        korean = in_korean(text)
        for part in re.split(r"[:;,] ", korean):
            pattern = re.sub(r"\d+(?:\.\d+)?(?:e[-+]?\d+)?", "{}", part)
            if re.search("[a-z]", pattern) and not re.search("[가-힣]", pattern):
                untranslated.add(pattern)
        return korean

    words(FIGURES[name], noted)
    missing = sorted(untranslated - NAMES)
    assert not missing, (
        f"{name}: translate {missing} in chapters/ko/figure_labels.yml, or enter a name in NAMES"
    )


def test_labels_are_translated_part_by_part_with_their_numbers():
    assert in_korean("sine") == "사인"
    assert in_korean("ReLU loses 0.06 at a brightness of 30") == "밝기 30에서 ReLU가 잃는 정확도 0.06"
    assert in_korean("rate 0.5: error 3e-05; rate 1.2: error 0.36, dead") == (
        "학습률 0.5: 오차 3e-05; 학습률 1.2: 오차 0.36, 죽은 유닛"
    )
    assert in_korean("ReLU, 99.9 %") == "ReLU, 99.9 %"


def test_a_page_is_translated_and_what_stands_around_its_frames_is_kept():
    figure = FIGURES["03-nonlinearity: hinges-live-figure"]
    page = translated(f"<p>largest error 0.12</p>{in_page(figure)}<figcaption>sine</figcaption>")
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


def test_the_words_are_in_order():
    lines = (CHAPTERS / "ko" / "figure_labels.yml").read_text(encoding="utf-8").splitlines()
    entries = [line.lstrip('"').lower() for line in lines if not line.startswith("#")]
    assert [entry for entry in entries if entry[0] != "{"] == sorted(e for e in entries if e[0] != "{")
