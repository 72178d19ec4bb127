"""Sphinx extension: answers that wait until the reader has one.

- A section *Solution* becomes a fold under that word: code, output and explanation together.
- A paragraph that begins with a bold *Predict.*, perhaps with a list of choices, becomes a question. What the first
  cell tagged ``hide-output`` below it printed, and the rest of that section, waits for a guess; the section *What we
  measured* gets a place where the guesses return.
- Code tagged ``hide-input``, and output tagged ``hide-output`` that no question asks for, become folds that say what is
  in them.

All of it is plain HTML: where no script runs, and on paper, the questions are text and nothing is hidden.
``templates/layout.html`` hides the answers before a page is drawn, ``static/answers.js`` asks for the guesses.
"""

import hashlib
from html import escape
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
SCRIPT, STYLESHEET = "answers.js", "answers.css"

WORDS = {
    "en": {
        "solution": "Solution",
        "predict": "Predict.",
        "measured": "What we measured",
        "guess": "Your guess",
        "show": "Show what came out",
        "always": "Show all outputs at once",
        "plot": "Show the plotting code",
        "code": "Show the code",
        "output": "Show the output",
    },
    "ko": {
        "solution": "해답",
        "predict": "예측.",
        "measured": "측정한 것",
        "guess": "나의 예측",
        "show": "결과 보기",
        "always": "출력을 모두 바로 보기",
        "plot": "그림 코드 보기",
        "code": "코드 보기",
        "output": "출력 보기",
    },
}


class Fold(nodes.General, nodes.Element):
    """Closed until it is asked for, by its ``summary``; ``kind`` is its class."""


class Prediction(nodes.General, nodes.Element):
    """A question: a paragraph, and a list of choices or none. ``number`` counts those of a page.

    ``key`` is what its guess is stored under; it changes with what is asked.
    """


class Choice(nodes.General, nodes.Element):
    """One of the answers to choose from, by its number; ``prediction`` is that of its question."""


class Answer(nodes.General, nodes.Element):
    """What waits for the guess of the prediction ``number``; above the first such part there is room for the guess."""


class Guesses(nodes.General, nodes.Element):
    """The place to which all guesses of a page return."""


class SolutionFolds(SphinxTransform):
    """Sections *Solution* become folds while a page is read, so that no list of contents has their headings."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        """Replace the sections; what was in them then belongs to the section of the exercise."""
        word = WORDS[self.config.language]["solution"]
        sections = [s for s in self.document.findall(nodes.section) if s.children[0].astext() == word]
        for number, section in enumerate(sections, 1):
            fold = Fold(ids=[f"solution-{number}"], kind="solution", summary=word)
            fold.extend(section.children[1:])
            section.parent.replace(section, fold)


def is_cell(node: nodes.Node) -> bool:
    """Whether a node is a code cell."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def is_output(node: nodes.Node) -> bool:
    """Whether a node is what a code cell gave."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code_output"


class Predictions(SphinxPostTransform):
    """Questions, and what waits for them: when a page is written, because what was read is for the search, too."""

    default_priority = 150
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace the questions, put what answers them into elements that can be hidden, make room for the guesses."""
        words = WORDS[self.config.language]
        number = 0
        for paragraph in list(self.document.findall(nodes.paragraph)):
            first = next(
                (child for child in paragraph.children if child.astext()), None
            )  # MyST's may be empty
            if isinstance(first, nodes.strong) and first.astext() == words["predict"]:
                number += self.replace(paragraph, number + 1)
        if number:
            for section in self.document.findall(nodes.section):
                if section.children[0].astext() == words["measured"]:
                    section.insert(1, Guesses())

    def replace(self, paragraph: nodes.paragraph, number: int) -> bool:
        """Make a question of a paragraph; False, with a warning, where nothing answers it."""
        section = paragraph.parent
        following = section.children[section.index(paragraph) + 1 :]
        cells = (node for node in following if is_cell(node) and "output" in node.get("hide_mode", ""))
        cell = next(cells, None)
        if cell is None or not is_output(cell.children[-1]):
            LOGGER.warning(
                "nothing answers this: below it, in its section, no cell with the tag hide-output has an output",
                location=paragraph,
            )
            return False
        choices = following[0] if isinstance(following[0], nodes.bullet_list) else None

        asked = "\n".join(node.astext() for node in (paragraph, choices, cell) if node is not None)
        key = hashlib.sha256(asked.encode()).hexdigest()[:8]
        self._hide(cell, number, key)
        question = Prediction(number=number, key=key, free=choices is None)
        section.replace(paragraph, question)
        paragraph["ids"].append(f"predict-{number}-question")
        question.append(paragraph)
        if choices is not None:
            section.remove(choices)
            question.append(choices)
            for index, item in enumerate(choices.children, 1):
                text = item.children[0]
                choice = Choice(number=index, prediction=number)
                choice.extend(text.children)
                text.children = [choice]
        return True

    @staticmethod
    def _hide(cell: nodes.container, number: int, key: str) -> None:
        """Let what a cell gave, and all that follows in its section, wait."""
        section, output = cell.parent, cell.children[-1]
        place = section.index(cell) + 1
        later = Answer(key=key)
        later.extend(section.children[place:])
        section.children[place:] = []
        if later.children:
            section.append(later)
        answer = Answer(ids=[f"predict-{number}-answer"], key=key)
        cell.replace(output, answer)
        answer.append(output)
        cell["hide_mode"] = cell["hide_mode"].replace("+output", "").replace("output", "")


class CellFolds(SphinxPostTransform):
    """Cells with a hiding tag become folds that name what is in them; MyST-NB's say the same of all."""

    default_priority = 160  # after the predictions have taken theirs, before MyST-NB at 199
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Fold the code of a cell, what it gave, or each."""
        words = WORDS[self.config.language]
        for cell in list(self.document.findall(is_cell)):
            hidden = cell.get("hide_mode", "").split("+")
            code = "plot" if next(cell.findall(nodes.image), None) else "code"
            for part in list(cell.children):
                mode, name = ("output", "output") if is_output(part) else ("input", code)
                if mode in hidden and not isinstance(part, Answer):
                    fold = Fold(kind="cell-fold", summary=words[name])
                    cell.replace(part, fold)
                    fold.append(part)
            if hidden != ["all"]:
                cell["hide_mode"] = ""


def visit_fold(self: Any, node: Fold) -> None:
    self.body.append(self.starttag(node, "details", CLASS=node["kind"]))
    self.body.append(f"<summary>{escape(node['summary'])}</summary>\n")


def depart_fold(self: Any, node: Fold) -> None:
    self.body.append("</details>\n")


def visit_prediction(self: Any, node: Prediction) -> None:
    name = f"predict-{node['number']}"
    self.body.append(
        f'<fieldset class="prediction" id="{name}" data-key="{node["key"]}" aria-labelledby="{name}-question">\n'
    )


def depart_prediction(self: Any, node: Prediction) -> None:
    words = WORDS[self.config.language]
    field = '<input type="text" name="guess" maxlength="60" autocomplete="off">'
    label = f"<label>{words['guess']} {field}</label>\n" if node["free"] else ""
    self.body.append(f'<p class="asked">{label}<button type="button">{words["show"]}</button></p>\n')
    if node["number"] == 1:
        switch = '<input type="checkbox" role="switch" class="outputs-switch">'
        self.body.append(f'<p class="outputs-setting"><label>{switch} {words["always"]}</label></p>\n')
    self.body.append("</fieldset>\n")


def visit_choice(self: Any, node: Choice) -> None:
    field = f'<input type="radio" name="predict-{node["prediction"]}" value="{node["number"]}">'
    self.body.append(f"<label>{field} <span>")


def depart_choice(self: Any, node: Choice) -> None:
    self.body.append("</span></label>")


def visit_answer(self: Any, node: Answer) -> None:
    self.body.append(self.starttag(node, "div", CLASS="answer", **{"data-key": node["key"]}))
    if node["ids"]:
        guess = WORDS[self.config.language]["guess"]
        self.body.append(f'<p class="guess" tabindex="-1"><strong>{guess}:</strong> <span></span></p>\n')


def depart_answer(self: Any, node: Answer) -> None:
    self.body.append("</div>\n")


def visit_guesses(self: Any, node: Guesses) -> None:
    self.body.append('<div class="guesses"></div>\n')
    raise nodes.SkipNode


def mark_page(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Tell the layout which page has predictions."""
    context["has_predictions"] = doctree is not None and next(doctree.findall(Prediction), None) is not None


def setup(app: Any) -> dict[str, Any]:
    """Register the extension with Sphinx."""
    app.add_node(Fold, html=(visit_fold, depart_fold))
    app.add_node(Prediction, html=(visit_prediction, depart_prediction))
    app.add_node(Choice, html=(visit_choice, depart_choice))
    app.add_node(Answer, html=(visit_answer, depart_answer))
    app.add_node(Guesses, html=(visit_guesses, None))
    app.add_transform(SolutionFolds)
    app.add_post_transform(Predictions)
    app.add_post_transform(CellFolds)
    app.connect("html-page-context", mark_page)
    app.add_css_file(STYLESHEET, priority=900)  # after the theme's
    app.add_js_file(SCRIPT)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
