"""Sphinx extension: what the pages' typography needs in their HTML, and no notebook has to know.

- The three lists that open a chapter (*You will do*, *You will learn*, *You need*) stand in one box.
- What follows a formula or code without a space, such as a comma or a Korean particle, begins no line; a bracket before
  one ends none. A mean and its spread, 0.27 ± 0.09, stand on one line; −1.4e-12 is −1.4·10⁻¹².
- Each line of code and output is an element, so that its continuation on a narrow screen is indented and has a mark;
  an output in columns is marked, because it keeps its lines. What has the colour of the code around it is no element.
- Each cell of a table knows the head of its column, which stands before it where a row becomes a card.

Styles: ``static/look.css``, ``static/code.css``.
"""

import re
from html import escape, unescape
from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

OPENING = {
    "en": ("You will do", "You will learn", "You need"),
    "ko": ("할 일", "배울 것", "필요한 것"),
}
# Longer ones may begin a line; after a hyphen or dash one may end.
ATTACHED = re.compile(r"[^\s\u2013\u2014-]{1,12}")
SPREAD = re.compile(r"(?<=\d) ± (?=\d)")
PERCENT = re.compile(r"(?<=\d) (?=%)")
MINUS = re.compile(r"(?<![\w.)\]-])-(?=\d)")
POWER_OF_TEN = re.compile(
    r"(?<![\w.])(?P<factor>\d+(?:\.\d+)?)e(?P<sign>[+-]?)0*(?P<power>\d+)(?![A-Za-z0-9_])"
)
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISE, LOWER = str.maketrans("-0123456789", RAISED), str.maketrans(RAISED, "−0123456789")
EXPONENT = re.compile(rf"(?<=10)([{RAISED}]+)")
OPENED = re.compile(r"[(\[“‘]+$")
BLOCK = re.compile(
    r'(?P<start>(?P<output><div class="output [^>]*>)?<div class="highlight"><pre)>'
    r"(?:<span></span>)?(?P<code>.*?)\n*</pre>",
    re.DOTALL,
)
# Names, punctuation and blanks: half of a chapter's elements, which take time to lay out, and space in a PDF.
IN_THE_COLOUR_OF_CODE = re.compile(r'<span class="[npw]">([^<]*)</span>')
COLUMNS = re.compile(r"\S {2,}\S")
TABLE = re.compile(r'<table class="table">.*?</table>', re.DOTALL)
HEAD = re.compile(r'<th class="head">(.*?)</th>', re.DOTALL)
ROW = re.compile(r'<tr class="row-(?:odd|even)"><td.*?</tr>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


class OpeningBox(SphinxPostTransform):
    """The lists that open a chapter, in one box."""

    default_priority = 140
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Move each list, and the line above it that names it, into the box."""
        section = next(self.document.findall(nodes.section), None)
        if section is None:
            return
        box = nodes.container(classes=["opening"])
        for name, items in zip(list(section.children), list(section.children)[1:], strict=False):
            named = isinstance(name, nodes.paragraph) and name.astext() in OPENING[self.config.language]
            if named and isinstance(items, nodes.bullet_list):
                if not box.children:
                    section.insert(section.index(name), box)
                section.remove(name)
                section.remove(items)
                box.append(nodes.container("", name, items))


def has_code_at(end: int, node: nodes.Node) -> bool:
    """Whether a formula or code is the first (0) or last (-1) thing of an inline node."""
    if isinstance(node, (nodes.math, nodes.literal)):
        return True
    inline = isinstance(node, (nodes.Inline, nodes.reference)) and isinstance(node, nodes.Element)
    return inline and bool(node.children) and has_code_at(end, node.children[end])


def with_written_numbers(text: str) -> str:
    """Running text whose numbers are written as in print, and do not break.

    >>> with_written_numbers("1.4e-12 and -1e+03, in 1e-8; -0.5 ± 0.4")
    '1.4·10⁻¹² and −10³, in 10⁻⁸; −0.5\\xa0±\\xa00.4'
    """

    def power(match: re.Match[str]) -> str:
        factor = "" if float(match["factor"]) == 1 else f"{match['factor']}·"
        return f"{factor}10{(match['sign'].strip('+') + match['power']).translate(RAISE)}"

    text = PERCENT.sub("\N{NO-BREAK SPACE}", SPREAD.sub("\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}", text))
    return POWER_OF_TEN.sub(power, MINUS.sub("\N{MINUS SIGN}", text))


class Numbers(SphinxPostTransform):
    """Numbers in running text are written as in print; those of code and its outputs are as Python writes them."""

    default_priority = 185
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Replace them in running text."""
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, (nodes.literal_block, nodes.literal, nodes.raw, nodes.math)):
                written = with_written_numbers(text.astext())
                if written != text.astext() or EXPONENT.search(written):
                    text.parent.replace(text, with_exponents(written))


def with_exponents(text: str) -> list[nodes.Node]:
    """The same with exponents as elements: as letters, fonts draw some of them in other sizes than others.

    >>> [node.astext() for node in with_exponents("1.4·10⁻¹² of it")]
    ['1.4·10', '−12', ' of it']
    """
    return [
        nodes.superscript("", part.translate(LOWER)) if number % 2 else nodes.Text(part)
        for number, part in enumerate(EXPONENT.split(text))
        if part
    ]


class Joined(SphinxPostTransform):
    """A formula or code, and what stands at it without a space, on one line."""

    default_priority = 190  # when links have been resolved
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Put both into an element that does not break between them."""
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            place = parent.index(text)
            attached = ATTACHED.match(text.astext())
            if place and attached and has_code_at(-1, before := parent.children[place - 1]):
                end = attached.end()
                self._replace(
                    parent, place - 1, [joined([before, nodes.Text(text[:end])]), nodes.Text(text[end:])]
                )
        for text in list(self.document.findall(nodes.Text)):
            parent = text.parent
            place = parent.index(text)
            opened, after = OPENED.search(text.astext()), parent.children[place + 1 : place + 2]
            if opened and after and has_code_at(0, after[0]):
                start = opened.start()
                self._replace(
                    parent, place, [nodes.Text(text[:start]), joined([nodes.Text(text[start:]), *after])]
                )

    @staticmethod
    def _replace(parent: nodes.Element, place: int, new: list[nodes.Node]) -> None:
        """Put nodes in the place of two, without empty text."""
        parent.children[place : place + 2] = []
        for node in reversed(new):
            if isinstance(node, nodes.Element) or node.astext():
                parent.insert(place, node)


def joined(parts: list[nodes.Node]) -> nodes.inline:
    """An element that does not break between its parts."""
    return nodes.inline("", "", *parts, classes=["joined"])


def in_columns(lines: list[str]) -> bool:
    """Whether most lines of an output, three or more, have gaps between words.

    >>> in_columns(["relu   0.90  0.91", "tanh   0.85  0.80", "elu    0.88  0.90"])
    True
    >>> in_columns(["relu is at 0.90", "tanh is at 0.85", "elu    0.88"])
    False
    """
    return len(lines) > 2 and sum(bool(COLUMNS.search(line)) for line in lines) > len(lines) / 2


def with_lines(page: str) -> str:
    """A page in whose code and outputs each line is an element that knows its indentation, and each block its width."""

    def lined(match: re.Match[str]) -> str:
        lines = IN_THE_COLOUR_OF_CODE.sub(r"\1", match["code"]).split("\n")
        texts = [unescape(TAG.sub("", line)) for line in lines]
        columns = ' class="columns"' if match["output"] and in_columns(texts) else ""
        parts = []
        for line, text in zip(lines, texts, strict=True):
            indent = len(text) - len(text.lstrip(" ")) if text.strip() else 0
            style = f' style="--i:{indent}"' if indent else ""
            parts.append(f'<span class="code-line"{style}>{line}\n</span>')
        return f'{match["start"]}{columns} style="--w:{max(map(len, texts))}">{"".join(parts)}</pre>'

    return BLOCK.sub(lined, page)


def with_breaks(page: str) -> str:
    """A page that says where formulas and code may break, as a rule for what stands at them forbids it.

    >>> with_breaks('<span class="base">a=</span><span class="base">b</span>')
    '<span class="base">a=</span><wbr><span class="base">b</span>'
    """
    for between, part in (("", "base"), (" ", "pre")):
        start = f'<span class="{part}">'
        page = page.replace(f"</span>{between}{start}", f"</span>{between}<wbr>{start}")
    return page


def with_labelled_cells(page: str) -> str:
    """A page in whose tables each cell has the head of its column as ``data-label``."""

    def labelled(table: re.Match[str]) -> str:
        heads = [escape(unescape(TAG.sub("", head))) for head in HEAD.findall(table[0])]

        def row(match: re.Match[str]) -> str:
            first, *cells = match[0].split("<td")
            labels = (f'<td data-label="{head}"{cell}' for head, cell in zip(heads, cells, strict=True))
            return first + "".join(labels)

        return ROW.sub(row, table[0])

    return TABLE.sub(labelled, page)


def typeset(page: str) -> str:
    """A page whose code and outputs have their lines, and whose formulas can break."""
    return with_breaks(with_lines(page))


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_post_transform(OpeningBox)
    app.add_post_transform(Numbers)
    app.add_post_transform(Joined)
    for style in ("code.css", "look.css"):
        app.add_css_file(style, priority=900)  # after the theme's
    return {"parallel_read_safe": True, "parallel_write_safe": True}
