"""The Korean text: one form for each term, and nothing left in English."""

import re

import pytest
import yaml

from booktools.editions import HANGUL, figure_texts, read_page, to_translate
from booktools.notebook_format import CHAPTERS, ROOT, read_notebook

FOLDER = CHAPTERS / "ko"

# **죽은 유닛**(dead unit; 죽은 뉴런): …
ENTRY = re.compile(
    r"^\*\*(?P<korean>[^*]+)\*\*(?:\((?P<english>[^();]+)(?:; (?P<synonyms>[^()]+))?\))?: ", re.MULTILINE
)
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
# The interface's Korean, without the words of the search, which knows synonyms.
INTERFACE = [
    path
    for path in [ROOT / "_config.ko.yml", FOLDER / "figure_labels.yml", *(ROOT / "code/booktools").rglob("*")]
    if path.suffix in {".py", ".js", ".html", ".yml"} and path.name != "search_words.py"
]
OTHER_FORMS = {
    right: re.compile(others)
    for right, others in yaml.safe_load((FOLDER / "other_forms.yml").read_text(encoding="utf-8")).items()
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


def other_forms(name: str, text: str) -> list[str]:
    """Each form in a text that the Korean edition does not use, with the one that it does."""
    return [
        f"{name}: {found[0]!r} in {text[max(found.start() - 15, 0) : found.end() + 15]!r}; the form is {right}"
        for right, pattern in OTHER_FORMS.items()
        for found in pattern.finditer(text)
    ]


@EVERY_TEXT
def test_no_page_uses_another_form_of_a_term(name):
    text = TEXTS[name]
    if name == "glossary.md":  # names synonyms in its parentheses
        text = ENTRY.sub(lambda entry: f"{entry['korean']}: ", text)
    assert not other_forms(name, plain(text))


def test_what_stands_at_the_root_and_the_interface_use_no_other_form_of_a_term():
    found = []
    for name in ("README.ko.md", "CONTRIBUTING.ko.md"):
        found += other_forms(name, plain((ROOT / name).read_text(encoding="utf-8")))
    for path in INTERFACE:
        korean = [line for line in path.read_text(encoding="utf-8").splitlines() if HANGUL.search(line)]
        found += other_forms(path.name, "\n".join(korean))
    assert not found


def test_other_forms_are_found_and_the_right_ones_are_not():
    for right in OTHER_FORMS:
        assert not other_forms("page", right)
    (message,) = other_forms("page.md", "300에포크를 훈련했다")
    assert message == "page.md: '에포크' in '300에포크를 훈련했다'; the form is 에폭"
    for wrong in ("95 % 신뢰 구간", "2포인트 앞선다", "파라미터 수", "함수의 인자"):
        assert other_forms("page.md", wrong), wrong


def test_the_glossary_rules():
    """Its own terms are no other forms, and no term is a synonym of another one."""
    entries = list(ENTRY.finditer(GLOSSARY_PAGE))
    synonyms = {word for entry in entries for word in (entry["synonyms"] or "").split(", ")}
    for entry in entries:
        assert not other_forms("glossary.md", entry["korean"])
        assert entry["korean"] not in synonyms


# By the sound of the last digit, or of the name: 0.3은, 0.4는, (2024)](…)는, ReLU를, Adam은.
PARTICLES = re.compile(
    r"(?<!\^)(?:(?P<digit>\d)|(?P<vowel>[A-Za-z]*LU|tanh|NumPy|PyTorch|Keras)|(?P<consonant>Adam|XOR))"
    r"(?:`|\*\*|(?<=\(\d{4})\)\]\([^)\s]*\))?(?P<particle>은|는|이|가|을|를|과|와)(?![가-힣])"
)


@EVERY_TEXT
def test_a_particle_follows_the_sound_of_a_number_or_a_name(name):
    for match in PARTICLES.finditer(TEXTS[name]):
        ends_in_a_consonant = match["digit"] in tuple("013678") if match["digit"] else match["consonant"]
        assert bool(ends_in_a_consonant) == (match["particle"] in "은이을과"), match[0]


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
