"""Search finds, in both languages, the pages that contain a word."""

import re

import pytest
from serving import SITE

from booktools.notebook_format import CHAPTERS, read_notebook


def found(page) -> set[str]:
    """The pages that the search lists, when it has listed them all."""
    page.wait_for_selector("#search-results p.search-summary")
    page.wait_for_function(
        "(() => { const p = document.querySelector('#search-results p'); "
        "return p && /\\d/.test(p.textContent) && !document.querySelector('#search-progress')?.textContent; })()"
    )
    links = page.locator("#search-results ul.search li > a").evaluate_all("all => all.map((a) => a.href)")
    return {re.search(r"/([\w-]+)\.html", link)[1] for link in links}


def containing(word: str, edition: str) -> set[str]:
    """The pages whose source has a word, in prose or code."""
    names = set()
    for path in sorted((CHAPTERS / edition).iterdir()):
        if path.suffix == ".ipynb":
            text = "\n".join(
                cell.source for cell in read_notebook(path).cells if cell.cell_type == "markdown"
            )
        else:
            text = path.read_text(encoding="utf-8")
        whole = rf"\b{word}\b" if word.isascii() else word  # Korean words carry particles
        if re.search(whole, re.sub(r"\]\([^)]*\)", "]", text), re.IGNORECASE | re.ASCII):
            names.add(path.stem)
    return names


@pytest.mark.parametrize("word", ["함수", "기울기", "죽은", "가중치", "정규화", "ReLU", "희소성"])
def test_a_korean_word_is_found_on_all_pages_that_contain_it(open_page, address, word):
    page = open_page(f"{address}ko/search.html?q={word}")
    expected = containing(word, "ko")
    assert len(expected) > 3
    assert expected <= found(page)
    assert page.problems == []


@pytest.mark.parametrize(
    ("query", "word"),
    [("함수는", "함수"), ("기울기가", "기울기"), ("가중치에서", "가중치"), ("ReLU는", "ReLU")],
)
def test_a_particle_changes_nothing(open_page, address, query, word):
    with_particle = found(open_page(f"{address}ko/search.html?q={query}"))
    assert with_particle == found(open_page(f"{address}ko/search.html?q={word}"))
    assert with_particle >= containing(word, "ko")


def test_two_words_are_found_together(open_page, address):
    assert containing("배치 정규화", "ko") <= found(open_page(f"{address}ko/search.html?q=배치 정규화"))


def test_a_word_that_is_nowhere_finds_nothing(open_page, address):
    page = open_page(f"{address}ko/search.html?q=고양이")
    page.wait_for_function("document.querySelector('#search-results h2')?.textContent.length > 0")
    page.wait_for_timeout(500)
    assert page.locator("#search-results ul.search li").count() == 0


@pytest.mark.parametrize("word", ["constructor", "__proto__", "hasOwnProperty"])
@pytest.mark.parametrize("edition", ["", "ko/"])
def test_a_word_of_the_language_of_scripts_ends_the_search(open_page, address, edition, word):
    page = open_page(f"{address}{edition}search.html?q={word}")
    page.wait_for_function(
        "document.querySelector('#search-results .search-summary')?.textContent.length > 0"
    )
    assert page.problems == []


@pytest.mark.parametrize("word", ["gradient", "sparsity", "ReLU"])
def test_an_english_word_is_found_on_all_pages_that_contain_it(open_page, address, word):
    assert containing(word, "en") <= found(open_page(f"{address}search.html?q={word}"))


def test_search_works_from_a_file(open_page):
    page = open_page((SITE / "ko" / "search.html").as_uri() + "?q=함수")
    assert len(found(page)) > 15
    assert page.problems == []
