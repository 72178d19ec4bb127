"""Sphinx extension: each term of the glossary has an address, and a page's first use of it leads there, with a preview.

A term is written ``**Dead unit**: what it is. [Chapter](file.ipynb).`` in the English glossary, and
``**죽은 유닛**(dead unit): …`` in the Korean one; its address is that of the English term, in both. Pages are plain
Markdown: what leads to the glossary is found here, by the words, when the book is built.
"""

import functools
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_parser.mdit_to_docutils.base import default_slugify

from booktools.answers import Answer, Fold
from booktools.editions import HANGUL
from booktools.notebook_format import CHAPTERS

PAGE = "glossary"
NAME = "term-"
ENTRY = re.compile(
    r"^\*\*(?P<term>[^*]+)\*\*(?:\((?P<others>[^)]+)\))?: (?P<text>.+?)$", re.MULTILINE | re.DOTALL
)
CHAPTER = re.compile(r"\[[^\]]+\]\((?P<stem>[\w-]+)\.ipynb\)\.?\s*$")
# In most sentences these words are everyday ones, or mean another thing.
EVERYDAY = {"activation", "claim", "feature", "learned", "rank", "recall", "swap"}
# The front page leads to chapters, the list of references to papers whose titles are not ours.
WITHOUT_LINKS = {PAGE, "index", "references"}
# A term is looked for in running text that is open, and not inside of these.
NO_TEXT = (
    nodes.title,
    nodes.reference,
    nodes.literal,
    nodes.caption,
    nodes.table,
    nodes.math,
    nodes.raw,
    Answer,
    Fold,
)
NOT_WITHIN_A_WORD = "(?<![가-힣A-Za-z])"
PARTICLES = (
    "은|는|이|가|을|를|의|에|에서|에는|에서는|로|으로|과|와|도|만|들|들이|들은|들의|들을"
    "|이란|란|입니다|이며|이고|까지|부터|마다|보다|처럼"
)


@dataclass(frozen=True)
class Term:
    """An entry of the glossary.

    Args:
        title: the term as the glossary writes it.
        name: the end of its address, ``term-`` and the English term.
        meaning: its explanation, without markup.
        chapter: the file that explains it, without its ending; empty if it is none.
        others: what stands in the parentheses after it: the English term, and other names.
    """

    title: str
    name: str
    meaning: str
    chapter: str
    others: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """What it is called in running text; a title with commas stands for several with the same last word.

        >>> Term("He, Glorot initialisation", "", "", "").forms
        ('He initialisation', 'Glorot initialisation')
        """
        *first, last = self.title.split(", ")
        return (*(f"{part} {last.rpartition(' ')[2]}" for part in first), last)


def name_of(english: str) -> str:
    """The address of a term.

    >>> name_of("Dead unit")
    'term-dead-unit'
    """
    return NAME + default_slugify(english)


def plain(markdown: str) -> str:
    """A line of Markdown without links, emphasis and formulas' signs.

    >>> plain("the *slope* of [a line](x.md)\\nat `0`, $x$")
    'the slope of a line at 0, x'
    """
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown)
    return " ".join(re.sub(r"[*`$]", "", text).split())


def terms_of(markdown: str, english_names: Container[str] = ()) -> Iterator[Term]:
    """The entries of a glossary.

    Args:
        markdown: its source.
        english_names: the names of the English entries, where it is a glossary of another language: of what stands in
            the parentheses after a term, the first that is among them is the English term, the rest are synonyms.

    >>> next(terms_of("**죽은 유닛**(dead unit): 늘 0인 유닛. [장](07-sparsity.ipynb).", ["term-dead-unit"]))
    Term(title='죽은 유닛', name='term-dead-unit', meaning='늘 0인 유닛.', chapter='07-sparsity', others=('dead unit',))
    """
    for paragraph in markdown.split("\n\n"):
        if (entry := ENTRY.fullmatch(paragraph.strip())) is None:
            continue
        within = entry["others"] or ""
        names = [
            name_of(english) for english in (*within.split("; "), *re.split("[,;] ", within), entry["term"])
        ]
        chapter = CHAPTER.search(entry["text"])
        yield Term(
            title=entry["term"],
            name=next((name for name in names if name in english_names), names[-1]),
            meaning=plain(CHAPTER.sub("", entry["text"])),
            chapter=chapter["stem"] if chapter else "",
            others=tuple(re.split("[,;] ", within)) if within else (),
        )


@functools.cache
def glossary(language: str) -> tuple[Term, ...]:
    """The terms of an edition."""
    english = () if language == "en" else [term.name for term in glossary("en")]
    return tuple(terms_of((CHAPTERS / language / f"{PAGE}.md").read_text(encoding="utf-8"), english))


def pattern_of(form: str) -> str:
    """A regular expression for a form in running text: with a capital or without, or with a Korean particle.

    >>> bool(re.search(pattern_of("Dead unit"), "of dead units")), bool(re.search(pattern_of("배치"), "배치하고"))
    (True, False)
    """
    if HANGUL.search(form):
        return rf"{NOT_WITHIN_A_WORD}{re.escape(form)}(?=(?:{PARTICLES})?(?![가-힣]))"
    first, rest = form[0], re.escape(form[1:])
    first = f"[{first.upper()}{first.lower()}]" if form[1:2].islower() or form[1:2] == "-" else first
    return rf"(?<![\w-]){first}{rest}(?:s|es)?(?![\w-])"


@functools.cache
def finder(language: str) -> tuple[re.Pattern[str], Sequence[Term]]:
    """One expression for all terms, and the term of each of its groups.

    Of two terms that begin alike the longer one is tried first.
    """
    forms = sorted(
        ((form, term) for term in glossary(language) for form in term.forms), key=lambda pair: -len(pair[0])
    )
    any_form = "|".join(f"({pattern_of(form)})" for form, _ in forms)
    # What each form asks for is asked once before them: most places in a text are within a word.
    return re.compile(rf"{NOT_WITHIN_A_WORD}(?:{any_form})"), [term for _, term in forms]


def running_text(document: nodes.document) -> Iterator[nodes.Text]:
    """The texts of a page's paragraphs, in order."""
    for paragraph in list(document.findall(nodes.paragraph)):
        for text in list(paragraph.findall(nodes.Text)):
            parent, outside = text.parent, not isinstance(text.parent, nodes.TextElement)
            while parent is not None and not outside:
                outside = isinstance(parent, NO_TEXT)
                parent = parent.parent
            if not outside:
                yield text


def link_terms(document: nodes.document, language: str, page: str, address: str) -> None:
    """Make a link of the first use of each term on a page.

    Args:
        document: the page.
        language: ``en`` or ``ko``.
        page: its file, without its ending.
        address: the glossary's, from this page.
    """
    expression, terms = finder(language)
    # Everyday words, and what the chapter itself explains, are no links; a longer one still covers the terms in it.
    used = {term.name for term in terms if term.chapter == page} | {NAME + word for word in EVERYDAY}
    for text in running_text(document):
        source, parts, end = str(text), [], 0
        for match in expression.finditer(source):
            assert match.lastindex, "every alternative is a group"
            term = terms[match.lastindex - 1]
            if term.name in used:
                continue
            used.add(term.name)
            link = nodes.reference(
                "",
                match[0],
                internal=True,
                refuri=f"{address}#{term.name}",
                reftitle=term.meaning,
                classes=["term"],
            )
            parts += [nodes.Text(source[end : match.start()]), link]
            end = match.end()
        if parts:
            text.parent.replace(text, [*parts, nodes.Text(source[end:])])


def name_entries(document: nodes.document, language: str) -> None:
    """Give each entry of the glossary its address."""
    names = {term.title: term.name for term in glossary(language)}
    for paragraph in document.findall(nodes.paragraph):
        title = next((strong.astext() for strong in paragraph.findall(nodes.strong)), "")
        if title in names and paragraph.astext().startswith(title):
            paragraph["ids"].append(names[title])


def when_read(app: Any, document: nodes.document) -> None:
    """Name the glossary's entries; every other page is read again when the glossary has changed."""
    path = Path(app.env.doc2path(app.env.docname))
    if path.stem == PAGE:
        name_entries(document, app.config.language)
    else:
        app.env.note_dependency(str(path.with_name(f"{PAGE}.md")))


def when_written(app: Any, document: nodes.document, docname: str) -> None:
    """Link the terms of a page."""
    page = docname.rpartition("/")[2]
    if page not in WITHOUT_LINKS:
        address = app.builder.get_relative_uri(docname, docname.replace(page, PAGE))
        link_terms(document, app.config.language, page, address)


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("doctree-read", when_read)
    app.connect("doctree-resolved", when_written)
    app.add_js_file("glossary.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
