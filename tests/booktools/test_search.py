"""What the search knows of a page: its sections, without formulas, tool bars and figures."""

from collections import defaultdict

import pytest
from docutils.core import publish_doctree

from booktools.notebook_format import CHAPTERS
from booktools.search import SUBJECTS, sections, subjects, subjects_of_pages
from booktools.search_words import SYNONYMS

PAGE = """
Sigmoid and friends
===================

It *saturates*, with :math:`\\sigma(x)`, slowly.

Where it ends
-------------

::

    print(sigmoid(40))

- one
- two
"""


def test_each_section_is_an_entry_with_its_text_and_code():
    first, second = sections(
        publish_doctree(PAGE, settings_overrides={"doctitle_xform": False}), "chapters/en/x"
    )
    assert first == {
        "page": "chapters/en/x",
        "anchor": "",
        "title": "Sigmoid and friends",
        "heading": "Sigmoid and friends",
        "subjects": [],
        "text": "It saturates, with …, slowly.",
        "code": "",
    }
    assert (second["anchor"], second["title"], second["heading"]) == (
        "where-it-ends",
        "Sigmoid and friends",
        "Where it ends",
    )
    assert second["code"] == "print(sigmoid(40))"
    assert second["text"] == "one\ntwo"


def test_a_page_has_its_subjects_once():
    doctree = publish_doctree(PAGE, settings_overrides={"doctitle_xform": False})
    subjects = [entry["subjects"] for entry in sections(doctree, "chapters/ko/14-dying-relu")]
    assert "죽은 ReLU" in subjects[0] and subjects[1] == []


def test_every_page_has_subjects_in_both_languages():
    hint = f"write in {SUBJECTS.name} what a reader looks for who wants the page, one subject on a line"
    pages = {path.stem for path in (CHAPTERS / "en").iterdir() if path.suffix in (".ipynb", ".md")}
    assert set(subjects_of_pages()) == pages, hint
    few = [
        (stem, language)
        for stem, each in subjects_of_pages().items()
        for language in ("en", "ko")
        if len(each.get(language, [])) < 10
    ]
    assert not few, hint


def test_a_subject_stands_once_and_under_two_pages_at_most():
    pages = defaultdict(list)
    for stem, each in subjects_of_pages().items():
        for subject in [*each["en"], *each["ko"]]:
            pages[subject.lower()].append(stem)
    repeated = {
        subject: stems for subject, stems in pages.items() if len(stems) > 2 or len(set(stems)) < len(stems)
    }
    assert not repeated, f"{SUBJECTS.name}: leave each with the pages that answer it best: {repeated}"


@pytest.mark.parametrize(
    ("page", "term"),
    [
        ("en/01-definition", "Kink"),
        ("ko/01-definition", "꺾이는 점"),
        ("ko/03-nonlinearity", "만능 근사"),
        ("ko/12-pytorch", "인플레이스 연산"),
    ],
)
def test_a_term_of_the_glossary_leads_to_the_chapter_that_explains_it(page, term):
    assert term in subjects(f"chapters/{page}")


def test_a_form_belongs_to_one_group_only():
    for language, groups in SYNONYMS.items():
        forms = [form for group in groups for form in group[1:]]
        assert len(forms) == len(set(forms)), language
