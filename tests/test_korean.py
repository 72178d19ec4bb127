"""The Korean text: one form for each term, and nothing left in English."""

import re

import pytest

from booktools.editions import figure_texts, read_page, to_translate
from booktools.notebook_format import CHAPTERS, ROOT, read_notebook

FOLDER = CHAPTERS / "ko"
HANGUL = re.compile(r"[가-힣]")

# **죽은 유닛**(dead unit): …
ENTRY = re.compile(r"^\*\*(?P<korean>[^*]+)\*\*(?:\((?P<english>[^()]+)\))?: ", re.MULTILINE)
# 죽은 유닛(dead unit), as a chapter introduces a term
INTRODUCED = re.compile(r"(?P<korean>[가-힣][가-힣 ]*)\*{0,2}\((?P<english>[A-Za-z][A-Za-z -]*[a-z])\)")


def texts() -> dict[str, str]:
    """The Markdown and the alt texts of each Korean notebook and page, by file name.

    Without what waits for a translator: `python -m booktools.editions --check` lists that.
    """
    pages = {path.name: read_page(path) for path in sorted(FOLDER.glob("*.md")) if not to_translate(path)}
    for path in sorted(FOLDER.glob("*.ipynb")):
        waiting = to_translate(path)
        cells = [cell for cell in read_notebook(path).cells if cell.id not in waiting]
        parts = [
            cell.source if cell.cell_type == "markdown" else "\n\n".join(figure_texts(cell).values())
            for cell in cells
        ]
        pages[path.name] = "\n\n".join(parts)
    return pages


TEXTS = texts()
EVERY_TEXT = pytest.mark.parametrize("name", TEXTS)
GLOSSARY_PAGE = read_page(FOLDER / "glossary.md")
GLOSSARY = {
    match["english"].lower(): match["korean"] for match in ENTRY.finditer(GLOSSARY_PAGE) if match["english"]
}


def skip_if_it_waits_for_a_translator(path):
    if waiting := to_translate(path):
        pytest.skip(str(waiting[None]))


def plain(text: str) -> str:
    """Without code, formulas, addresses, HTML and comments."""
    text = re.sub(r"```.*?```|\$\$.*?\$\$|<!--.*?-->", " ", text, flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`|\$[^$\n]*\$|\]\([^)]*\)|<[^>\n]+>", " ", text)


def test_the_glossary_has_the_terms_of_the_english_one():
    english = (CHAPTERS / "en" / "glossary.md").read_text(encoding="utf-8")
    terms = {term.lower() for term in re.findall(r"^\*\*([^*]+)\*\*:", english, re.MULTILINE)}
    skip_if_it_waits_for_a_translator(FOLDER / "glossary.md")
    entries = list(ENTRY.finditer(GLOSSARY_PAGE))
    names = {(match["english"] or match["korean"]).lower() for match in entries}
    assert {name.partition(",")[0] for name in names} == {term.partition(",")[0] for term in terms}


def test_the_glossary_is_in_alphabetical_order():
    terms = [match["korean"] for match in ENTRY.finditer(GLOSSARY_PAGE)]
    assert terms == sorted(terms, key=lambda term: (not HANGUL.match(term), term.lower()))


@EVERY_TEXT
def test_a_term_is_introduced_in_the_glossary_s_form(name):
    for match in INTRODUCED.finditer(plain(TEXTS[name])):
        term = GLOSSARY.get(match["english"].lower())
        if term is not None:
            assert match["korean"].endswith(term), f"{match[0]!r}; in the glossary: {term}"


def test_a_term_has_one_form_wherever_it_is_introduced():
    last_words: dict[str, dict[str, str]] = {}
    for name, text in TEXTS.items():
        for match in INTRODUCED.finditer(plain(text)):
            word = match["korean"].split()[-1]
            last_words.setdefault(match["english"].lower(), {}).setdefault(word, name)
    several = {english: words for english, words in last_words.items() if len(words) > 1}
    assert not several


@EVERY_TEXT
def test_every_paragraph_is_in_korean(name):
    for paragraph in re.split(r"\n\s*\n|\n(?=[-*|] |\d+\. )", plain(TEXTS[name])):
        words = re.findall(r"[A-Za-z]{2,}", paragraph)
        assert len(words) < 3 or HANGUL.search(paragraph), paragraph


@EVERY_TEXT
def test_no_english_sentence_is_left_inside_a_paragraph(name):
    if name == "references.md":  # titles of works
        return
    without_quotes = re.sub(r'"[^"]*"|\*\*[^*]*\*\*|\([^()]*\)|\[[^\]]*\]', " ", plain(TEXTS[name]))
    for found in re.finditer(r"\b[a-z]+(?: [a-z]+){3,}\b", without_quotes):
        raise AssertionError(found[0])


@EVERY_TEXT
def test_bold_text_is_rendered(name):
    """CommonMark does not close ** between punctuation and a letter: **(가)**는 stays as it is."""
    for found in re.finditer(r"\*\*[^*\n]*[^\w\s*]\*\*(?=\w)", TEXTS[name]):
        raise AssertionError(found[0])


@EVERY_TEXT
def test_no_korean_is_in_italics(name):
    """Korean fonts have none: the browser slants the letters."""
    found = re.search(r"(?<![*\w])\*(?![*\s])[^*\n]*[가-힣][^*\n]*\*(?!\*)", plain(TEXTS[name]))
    assert not found, found


def test_the_readme_is_korean_and_gives_the_same_commands():
    skip_if_it_waits_for_a_translator(ROOT / "README.ko.md")
    korean, english = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.ko.md", "README.md"))
    commands = re.compile(r"(?:^|`)(make [a-z-]+)", re.MULTILINE)
    assert set(commands.findall(korean)) == set(commands.findall(english))
    assert korean.count("\n## ") == english.count("\n## ")
