"""What a notebook's prompts, solutions and tags become on a page: questions, and folds that say what is in them."""

import re
import subprocess
import sys

import pytest
from nbformat import v4

from booktools.answers import WORDS

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
ENGLISH = """
# A page
{cell import}
## Choose
**Predict.** Which is *larger*?

- one, $1$
- two
{cell define}{cell hide-output answer}
So it is two.

### Below

More of it.

## Free
**Predict.** How much?
{cell hide-input hide-output plot}
That much.

## Folds
{cell hide-input plot}{cell hide-input text}{cell hide-output text}

## What we measured

- Two is larger.

## Exercises

### Exercise 1

Which?

#### Solution

This:
{cell text}
Therefore.

### Exercise 2

And now?

#### Solution
{cell text}
## Next

The end.
"""
KOREAN = ENGLISH
for english, korean in {
    "**Predict.**": "**예측.**",
    "# Solution": "# 해답",
    "What we measured": "측정한 것",
}.items():
    KOREAN = KOREAN.replace(english, korean)
UNANSWERED = """
# A page

**Predict.** What will it be?
{cell hide-input text}
## Elsewhere
{cell hide-output text}
"""


def notebook(text: str):
    """A notebook of Markdown, in which ``{cell TAGS NAME}`` is a code cell whose output its name gives."""
    cells = []
    for number, part in enumerate(re.split(r"\{cell ([^}]*)\}", text)):
        if number % 2 == 0:
            if part.strip():
                cells.append(v4.new_markdown_cell(part.strip()))
            continue
        *tags, name = part.split()
        figure = v4.new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"})
        outputs = {"import": [], "define": [], "plot": [figure]}.get(name)
        if outputs is None:
            outputs = [v4.new_output("stream", text=f"printed by {name}\n")]
        cells.append(v4.new_code_cell(f"{name}()", metadata={"tags": tags}, outputs=outputs))
    return v4.new_notebook(cells=cells)


def built(folder, language: str, text: str) -> tuple[str, str]:
    """The page that Sphinx makes of a notebook, without its surroundings, and the warnings."""
    (folder / "conf.py").write_text(
        f'extensions = ["myst_nb", "booktools.answers"]\nlanguage = "{language}"\nhtml_theme = "basic"\n'
        'nb_execution_mode = "off"\nmyst_enable_extensions = ["dollarmath"]\n'
    )
    (folder / "index.ipynb").write_text(v4.writes(notebook(text)))
    command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(folder), str(folder / "html")]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    page = (folder / "html" / "index.html").read_text()
    return page.partition('<div class="body" role="main">')[2], page.partition('class="sphinxsidebar')[
        2
    ] + run.stderr


@pytest.fixture(scope="module", params=["en", "ko"])
def page(request, tmp_path_factory):
    """Language, page and what stands beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    text = {"en": ENGLISH, "ko": KOREAN}[request.param]
    return request.param, *built(folder, request.param, text)


def part(page: str, tag: str, start: str) -> str:
    """The element that starts so, to its end."""
    begin = page.index(start)
    depth = 0
    for match in re.finditer(rf"<(/?){tag}\b", page[begin:]):
        depth += -1 if match[1] else 1
        if depth == 0:
            return page[begin : begin + match.end()]
    raise AssertionError(f"{start} has no end")


def test_a_solution_is_a_fold_under_its_word_with_all_that_belongs_to_it(page):
    language, body, beside = page
    word = WORDS[language]["solution"]
    first, second = (part(body, "details", f'<details class="solution" id="solution-{n}">') for n in (1, 2))
    assert first.count(f"<summary>{word}</summary>") == 1
    assert "This:" in first and "printed by text" in first and "Therefore." in first
    assert "And now?" not in first
    assert "printed by text" in second and "The end." not in second
    assert f">{word}<" not in beside  # the contents
    assert "Exercise 2" in beside
    assert not re.search(rf"<h\d>{word}", body)


def test_a_question_has_its_choices_as_fields_in_the_list(page):
    language, body, _ = page
    question = part(body, "fieldset", '<fieldset class="prediction" id="predict-1"')
    assert 'aria-labelledby="predict-1-question"' in question
    assert '<p id="predict-1-question"><strong>' in question
    assert (
        len(re.findall(r'<li><p><label><input type="radio" name="predict-1" value="\d"> <span>', question))
        == 2
    )
    assert 'type="text"' not in question
    assert WORDS[language]["show"] in question and WORDS[language]["always"] in question


def test_a_question_without_choices_has_a_field_for_an_answer(page):
    language, body, _ = page
    question = part(body, "fieldset", '<fieldset class="prediction" id="predict-2"')
    assert f'<label>{WORDS[language]["guess"]} <input type="text"' in question
    assert WORDS[language]["always"] not in question  # once a page


def test_output_and_the_rest_of_the_section_wait_and_the_code_does_not(page):
    _, body, _ = page
    key = re.search(r'id="predict-1" data-key="(\w+)"', body)[1]
    output, rest = (
        part(body[match.start() :], "div", "<div")
        for match in re.finditer(f'<div class="answer" data-key="{key}"', body)
    )
    assert 'id="predict-1-answer"' in output and 'class="guess"' in output
    assert "cell_output" in output and "printed by answer" in output
    assert "cell_input" not in output
    assert "So it is two." in rest and "More of it." in rest
    assert "How much?" not in rest
    assert "define" not in output + rest


def test_the_cells_keep_what_scripts_look_for(page):
    _, body, _ = page
    assert len(re.findall(r'class="(?:tag_\S+ )*cell (?:tag_\S+ )*docutils', body)) == 9
    assert body.count('class="cell_input ') == 9 and body.count('class="cell_output ') == 7


def test_folds_of_cells_say_what_is_in_them(page):
    language, body, _ = page
    words = WORDS[language]
    summaries = re.findall(
        r'<details class="cell-fold">\s*<summary>(.*?)</summary>\s*<div class="(cell_\w+)', body
    )
    assert summaries == [
        (words["plot"], "cell_input"),
        (words["plot"], "cell_input"),
        (words["code"], "cell_input"),
        (words["output"], "cell_output"),
    ]
    assert body.count("<details") == len(summaries) + 2  # the solutions


def test_the_guesses_return_where_the_page_says_what_it_measured(page):
    _, body, _ = page
    assert body.count('<div class="guesses"></div>') == 1
    assert re.search(r'</h2>\s*<div class="guesses"></div>\s*<ul', body)


def test_a_question_that_nothing_answers_is_a_warning(tmp_path):
    body, warnings = built(tmp_path, "en", UNANSWERED)
    assert "index.ipynb" in warnings and "no cell with the tag hide-output" in warnings
    assert "<fieldset" not in body and 'class="answer"' not in body
    assert "What will it be?" in body


def test_the_key_of_a_guess_changes_with_what_is_asked(tmp_path):
    keys = []
    for name, old, new in (("a", "", ""), ("b", "How much?", "How many?"), ("c", "- two", "- three")):
        (tmp_path / name).mkdir()
        body, _ = built(tmp_path / name, "en", ENGLISH.replace(old, new))
        keys.append(re.findall(r'<fieldset.*data-key="(\w+)"', body))
    first, second, third = keys
    assert first[0] == second[0] != third[0]
    assert first[1] == third[1] != second[1]


def test_both_languages_have_the_same_words():
    assert set(WORDS["en"]) == set(WORDS["ko"])
