"""The glossary: both editions have the same terms under the same addresses, and pages lead there."""

import re

import pytest
from docutils import nodes
from docutils.utils import new_document

from booktools.build import BUILD, raw_pages
from booktools.glossary import EVERYDAY, NAME, PAGE, WITHOUT_LINKS, glossary, link_terms, name_of, terms_of
from booktools.notebook_format import CHAPTERS

LINK = re.compile(r'<a class="[^"]*\bterm\b[^"]*" href="(?P<page>[^"#]+)#(?P<name>[^"]+)"[^>]*>')


def pages(language: str) -> dict[str, str]:
    folder = raw_pages(BUILD, language) / "chapters" / language
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))}


ENGLISH, KOREAN = pages("en"), pages("ko")


def linked(language: str, *texts: str, page: str = "other") -> list[tuple[str, str]]:
    """What is a link in paragraphs with these texts, and where it leads."""
    document = new_document("page")
    for text in texts:
        document += nodes.paragraph("", "", nodes.Text(text))
    link_terms(document, language, page, "glossary.html")
    assert document.astext().split("\n\n") == list(texts), "no letter is lost"
    return [
        (link.astext(), link["refuri"].removeprefix("glossary.html#"))
        for link in document.findall(nodes.reference)
    ]


def test_every_paragraph_of_the_glossary_is_an_entry():
    for language in ("en", "ko"):
        source = (CHAPTERS / language / f"{PAGE}.md").read_text(encoding="utf-8")
        assert len(glossary(language)) == source.count("\n**"), f"{language}: write **Term**: what it is."
        for term in glossary(language):
            assert 5 < len(term.meaning) < 400, f"{language}: {term.title}: explain it in a sentence or two"


def test_both_editions_have_the_same_terms():
    english, korean = ({term.name for term in glossary(language)} for language in ("en", "ko"))
    assert len(english) == len(glossary("en")) and len(korean) == len(glossary("ko")), (
        "a term stands there twice"
    )
    assert english == korean, (
        "write the Korean entry as **용어**(English term): …; only in one glossary: "
        f"{sorted(english ^ korean)}"
    )
    assert {name.removeprefix(NAME) for name in english} >= EVERYDAY


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_term_has_its_address_on_the_page(language):
    page = (ENGLISH if language == "en" else KOREAN)[PAGE]
    missing = [term.title for term in glossary(language) if page.count(f'id="{term.name}"') != 1]
    assert not missing


@pytest.mark.parametrize("language", ["en", "ko"])
def test_chapters_lead_to_terms_once_and_never_to_their_own(language):
    explained = {term.name: term.chapter for term in glossary(language)}
    for stem, page in (ENGLISH if language == "en" else KOREAN).items():
        found = [(match["page"], match["name"]) for match in LINK.finditer(page)]
        assert len(set(found)) == len(found), stem
        for address, name in found:
            assert address == "glossary.html" and explained[name] != stem, stem
        assert (not found) if stem in WITHOUT_LINKS else found, stem


def test_a_first_use_is_a_link_with_the_meaning_as_its_title():
    document = new_document("page")
    document += nodes.paragraph("", "", nodes.Text("Dead units, and dead units again"))
    link_terms(document, "en", "other", "glossary.html")
    (link,) = document.findall(nodes.reference)
    (term,) = (term for term in glossary("en") if term.title == "Dead unit")
    assert link.astext() == "Dead units" and link["reftitle"] == term.meaning


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "the longer term wins: batch normalisation, then a batch",
         [("batch normalisation", "term-batch-normalisation"), ("batch", "term-batch")]),
        ("en", "no part of a word: batching, subgate, re-seed", []),
        ("en", "He initialisation and RMS, not rms", [
            ("He initialisation", "term-he-glorot-lecun-initialisation"), ("RMS", "term-rms")]),
        ("en", "everyday words: we recall a feature and swap them", []),
        ("ko", "죽은 유닛은 늘 0이고, 유닛이 많으면", [("죽은 유닛", "term-dead-unit"), ("유닛", "term-unit")]),
        ("ko", "배치하고 시드머니", []),
    ],
)  # fmt: skip
def test_terms_are_found_as_words(language, text, expected):
    assert linked(language, text) == expected


def test_a_chapter_does_not_lead_away_from_what_it_explains():
    (term,) = (term for term in glossary("en") if term.title == "Gate")
    assert linked("en", "a gate", page=term.chapter) == [] != linked("en", "a gate")


def test_what_is_no_running_text_has_no_link():
    document = new_document("page")
    paragraph = nodes.paragraph("", "", nodes.literal("", "batch"), nodes.reference("", "batch", refuri="x"))
    document += [paragraph, nodes.section("", nodes.title("", "batch"))]
    link_terms(document, "en", "other", "glossary.html")
    assert [link["refuri"] for link in document.findall(nodes.reference)] == ["x"]


def test_synonyms_and_commas_in_parentheses_leave_the_address_alone():
    known = [name_of("gated linear unit"), name_of("He, LeCun initialisation")]
    source = """**게이트 선형 유닛**(GLU, gated linear unit): 곱.

**He, LeCun 초기화**(He, LeCun initialisation; Kaiming): 시작."""
    assert [term.name for term in terms_of(source, known)] == known
