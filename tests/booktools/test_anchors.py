"""Sections are called by their English headings, in both editions."""

import re

import pytest
from docutils import nodes
from docutils.utils import new_document

from booktools.anchors import english_source, names, names_of_page, rename
from booktools.notebook_format import CHAPTERS

PAGES = sorted(path for path in (CHAPTERS / "en").iterdir() if path.suffix in (".ipynb", ".md"))


def page(*ids: str) -> nodes.document:
    document = new_document("page")
    for name in ids:
        section = nodes.section(ids=[name], names=[name])
        document.ids[name] = section
        document.nameids[name] = name
        document.append(section)
    document.myst_slugs = {f"slug-of-{name}": (1, name, name) for name in ids}
    return document


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# What is ReLU?", ["what-is-relu"]),
        ("## The library's *own* `relu(x)`", ["the-librarys-own-relux"]),
        ("## 2 of $n$ units", ["of--units"]),  # a selector cannot begin with a digit
        ("```python\n# a comment\n```\n## Next\n\n## Next", ["next", "next-1"]),
        ("no heading", []),
    ],
)
def test_a_heading_gives_its_name(text, expected):
    assert names([text]) == expected


def test_sections_and_the_links_to_them_are_renamed():
    document = page("id1", "id2")
    rename(document, ["first", "second"])
    assert [section["ids"] for section in document.findall(nodes.section)] == [["first"], ["second"]]
    assert set(document.ids) == {"first", "second"}
    assert document.nameids == {"id1": "first", "id2": "second"}
    assert document.myst_slugs["slug-of-id2"] == (1, "second", "id2")


def test_an_english_name_that_another_section_had_before_stays_its_own():
    document = page("next", "id1")
    rename(document, ["start", "next"])
    assert document.ids["next"] is document.children[1]


def test_a_page_with_other_headings_than_the_english_one_stays_as_it_is():
    document = page("id1", "id2")
    rename(document, ["first"])
    assert [section["ids"] for section in document.findall(nodes.section)] == [["id1"], ["id2"]]


def test_both_editions_have_the_same_source():
    for edition in ("en", "ko"):
        assert english_source(CHAPTERS / edition / "glossary.md") == CHAPTERS / "en" / "glossary.md"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_names_are_readable_and_unique(path):
    found = names_of_page(path)
    assert found and len(set(found)) == len(found)
    for name in found:
        assert re.fullmatch(r"[a-z][\w-]*", name)
