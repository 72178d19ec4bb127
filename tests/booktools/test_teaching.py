"""The page for lecturers: it lists every exercise and figure, and what it says of the chapters is true."""

import re

import pytest
import yaml

from booktools.build import BUILD, raw_pages
from booktools.notebook_format import CHAPTERS, ROOT, read_notebook
from booktools.site import Edition
from booktools.teaching import EXAMPLE, PAGE, filled

LANGUAGES = pytest.mark.parametrize("language", ["en", "ko"])
MINUTES = {"en": r"about (\d+) minutes", "ko": r"약 (\d+)분"}


def chapters(language: str):
    """The numbered chapters by their file's name."""
    paths = sorted((CHAPTERS / language).glob("[0-9][0-9]-*.ipynb"))
    assert len(paths) >= 21
    return {path.stem: read_notebook(path) for path in paths}


def page_of(language: str) -> str:
    raw = raw_pages(BUILD, language)
    edition = Edition(language, raw, raw)
    return filled(edition.pages[f"chapters/{language}/{PAGE}"], edition.pages)


@LANGUAGES
def test_every_exercise_and_every_figure_is_listed(language):
    page = page_of(language)
    for stem, notebook in chapters(language).items():
        text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
        count = len(re.findall(r"^### (?:Exercise|연습 문제) \d+$", text, re.MULTILINE))
        assert count > 0
        for number in range(1, count + 1):
            assert page.count(f'href="{stem}.html#exercise-{number}"') == 1, f"{stem}: exercise {number}"
        names = [cell.metadata.get("mystnb", {}).get("figure", {}).get("name") for cell in notebook.cells]
        for name in filter(None, names):
            assert page.count(f'href="{stem}.html#{name}"') == 1, f"{stem}: {name}"


@LANGUAGES
def test_the_times_of_the_plans_are_those_of_their_chapters(language):
    minutes = {
        stem: int(re.search(MINUTES[language], "".join(cell.source for cell in notebook.cells))[1])
        for stem, notebook in chapters(language).items()
    }
    source = (CHAPTERS / language / "teaching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| (.*) \| (\d+) \|$", source, re.MULTILINE)
    assert len(rows) == 15
    for content, stated in rows:
        times = [minutes[stem] for stem in re.findall(r"\(([\w-]+)\.ipynb\)", content)]
        either = re.search(r"\) (?:or|또는) \[", content)  # of two chapters the longer one
        total = max(times[:2]) + sum(times[2:]) if either else sum(times)
        assert total == int(stated), content


@LANGUAGES
def test_the_reference_has_the_version_and_the_repository(language):
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    source = (CHAPTERS / language / "teaching.md").read_text(encoding="utf-8")
    assert f"Version {citation['version']}" in source and EXAMPLE in source
    assert f"{{{str(citation['date-released'])[:4]}}}" in source


def test_the_repository_of_a_fork_takes_the_place_of_the_example():
    lists = "".join(f'<div class="{kind}-by-chapter"></div>' for kind in ("exercises", "figures"))
    button = '<a href="https://example.org/fork" target="_blank" class="btn btn-source-repository-button">'
    page = filled(f"{button}{EXAMPLE}{lists}", {})
    assert EXAMPLE not in page and page.count("https://example.org/fork") == 2


def test_a_page_without_a_place_for_a_list_is_an_error():
    with pytest.raises(ValueError, match='has no <div class="exercises-by-chapter"></div>'):
        filled("<p>nothing</p>", {})
