"""Figures: stored as light vectors, legible on a phone, with a number and a caption, their words in both languages."""

import base64
import re

import pytest
import yaml

from booktools.figures import (
    FONT,
    FONTS,
    LABELS,
    MOST_BYTES,
    compressed_size,
    for_page,
    korean_labels,
    labels,
    parts,
    pattern,
    smallest_text,
    stored,
    translated,
)
from booktools.live import frames_by_cell, words
from booktools.notebook_format import chapter_paths, read_notebook

SVG, PNG = "image/svg+xml", "image/png"
PHONE = 350  # pixels of a figure on a screen of 390
LEGIBLE = 9  # pixels
# A finding, not a description; see "Figures" in CONTRIBUTING.
SHORTEST_CAPTION, LONGEST_CAPTION = 20, 300

NOTEBOOKS = {path.stem: read_notebook(path) for path in chapter_paths() if path.parent.name == "en"}
FIGURES = {
    f"{stem}: {cell.id}": (cell, output["data"])
    for stem, notebook in NOTEBOOKS.items()
    for cell in notebook.cells
    for output in cell.get("outputs", [])
    if {SVG, PNG} & output.get("data", {}).keys()
}
EVERY_FIGURE = pytest.mark.parametrize("name", FIGURES)
VECTORS = {name: "".join(data[SVG]) for name, (_, data) in FIGURES.items() if SVG in data}
LIVE = {
    f"{stem}: {notebook.cells[number].id}": data
    for stem, notebook in NOTEBOOKS.items()
    for number, data in frames_by_cell(notebook).items()
}


def texts_of(name: str) -> set[str]:
    """All labels of a figure, of all frames where it is a live one."""
    found = set(labels(VECTORS.get(name, "")))
    if name in LIVE:
        words(LIVE[name], lambda text: found.add(text) or text)
    return found


@EVERY_FIGURE
def test_a_figure_has_a_name_and_a_caption(name):
    cell, _ = FIGURES[name]
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    assert re.fullmatch(r"fig-[a-z0-9-]+", figure.get("name", "")), (
        f"{name}: give the cell's metadata mystnb.figure a name, fig-…, and a caption that says what the figure shows"
    )
    assert SHORTEST_CAPTION <= len(figure["caption"]) <= LONGEST_CAPTION


def test_names_of_figures_are_unique():
    names = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell, _ in FIGURES.values()]
    assert len(set(names)) == len(names)


@EVERY_FIGURE
def test_a_figure_is_a_light_vector_or_lighter_as_pixels(name):
    _, data = FIGURES[name]
    if SVG in data:
        svg = "".join(data[SVG])
        assert compressed_size(svg) <= MOST_BYTES and stored(svg) == svg
    else:
        assert len(base64.b64decode("".join(data[PNG]))) <= 150_000


@pytest.mark.parametrize("name", VECTORS)
def test_labels_are_legible_on_a_phone(name):
    size = smallest_text(VECTORS[name], PHONE)
    assert size >= LEGIBLE, f"{name}: {size:.1f} px at 390 px; a narrower figsize makes its text larger there"


@pytest.mark.parametrize("name", sorted(VECTORS.keys() | LIVE.keys()))
def test_every_word_of_a_figure_is_in_the_list(name):
    content = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    known = {*content["translated"], *content["same"]}
    missing = {
        pattern(part)
        for text in texts_of(name)
        for part in parts(text, known)
        if re.search("[A-Za-z]", pattern(part)) and not {part, pattern(part)} & known
    }
    assert not missing, f"{name}: enter in {LABELS}, under translated or under same: {sorted(missing)}"


def test_the_list_of_words_has_no_more_than_figures_have():
    used = set()
    content = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    known = {*content["translated"], *content["same"]}
    for name in VECTORS.keys() | LIVE.keys():
        for text in texts_of(name):
            for part in parts(text, known):
                used |= {part, pattern(part)}
    unused = sorted(known - used)
    assert not unused, f"no figure has these any more; delete them in {LABELS}: {unused}"


def test_the_list_of_words_is_in_order():
    content = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    for entries in (list(content["translated"]), content["same"]):
        assert entries == sorted(entries, key=lambda entry: (entry.lower(), entry)), f"sort {LABELS}"


def test_labels_are_translated_as_a_whole_or_part_by_part_with_their_numbers():
    korean = {
        "sine": "사인",
        "rate {}": "학습률 {}",
        "dead": "죽은 유닛",
        "loses {} at {}": "{1}에서 {0}을 잃음",
        "mean, spread": "평균과 퍼짐",
    }
    assert translated("sine", korean) == "사인"
    assert translated("loses 0.06 at 1,024", korean) == "1,024에서 0.06을 잃음"
    assert translated("rate 3e-05: sine; dead", korean) == "학습률 3e-05: 사인; 죽은 유닛"
    assert translated("mean, spread", korean) == "평균과 퍼짐"
    assert translated("ReLU, 99.9 %", korean) == "ReLU, 99.9 %"


def test_a_page_shows_a_figure_without_background_with_fonts_of_every_machine_in_its_language():
    (korean,) = {key for key in ("learning rate",) if key in korean_labels()}
    svg = (
        '<svg viewBox="0 0 9 9"><g id="figure_1"><g id="patch_1"><path d="M 0 0" style="fill: #ffffff"/></g></g>'
        f'<text style="font: 12px {FONT}">{korean}</text><text style="">a &lt; b</text></svg>'
    )
    page = for_page(svg, korean_labels())
    assert "fill: none" in page and FONTS in page
    assert labels(page) == [korean_labels()[korean], "a < b"]
    assert for_page(svg) == page.replace(korean_labels()[korean], korean)
