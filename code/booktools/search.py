"""Sphinx extension: a search that knows sections, synonyms and Korean, in place of Sphinx's own.

Sphinx's index has pages and words; it cannot find a section, Korean compounds or ``np.where``. Here each section of a
page becomes one entry of ``search-data.js``, which ``search.js`` ranks with MiniSearch on the page *Search*. Both are
scripts, so that a search works from a file, too. (Pagefind's index cannot be read from there.)
"""

import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes

from booktools.glossary import glossary
from booktools.search_words import SYNONYMS

PAGE = "search"
SUBJECTS = Path(__file__).with_name("search_subjects.json")
NOT_PRINTED = re.compile(
    r"<(?:Figure|IPython)\b"
)  # what stands for a figure or a table in a notebook without them
SCRIPTS = ("minisearch.js", "search.js", "search-data.js")
DATA = SCRIPTS[-1]
READABLE = re.compile(r"[A-Za-z0-9\s=<>+.,()\[\]|-]+")  # a formula without commands
SECONDARY = (
    "claims",
    "try-it",
    "cheatsheet",
    "glossary",
    "bugs-in-the-wild",
    "helper-tour",
    "experiments-tour",
    "references",
    "index",
)


def sections(doctree: nodes.document, name: str) -> Iterator[dict[str, Any]]:
    """The sections of a page, each without those below it.

    entry = page, anchor ("" for the first), title of the page, heading, subjects (of the first), text, code

    Args:
        doctree: of the page, as Sphinx has read it.
        name: of the page, without ``.html``.
    """
    all_sections = list(doctree.findall(nodes.section))
    title = ""
    for number, section in enumerate(all_sections):
        heading = _text(next(iter(section.findall(nodes.title))))
        title = title or heading
        parts = [child for child in section.children if not isinstance(child, (nodes.section, nodes.title))]
        entry = {
            "page": name,
            "anchor": section["ids"][0] if number else "",
            "title": title,
            "heading": heading,
            "subjects": [] if number else subjects(name),
        }
        if name.endswith("/glossary") and parts:
            yield from (
                {**entry, "heading": _text(part.children[0]), "text": _text(part), "code": ""}
                for part in parts
                if isinstance(part.children[0], nodes.strong)
            )
            parts = [part for part in parts if not isinstance(part.children[0], nodes.strong)]
        code = [block for part in parts for block in part.findall(nodes.literal_block)]
        yield {
            **entry,
            "text": "\n".join(filter(None, (_text(part) for part in parts))),
            "code": "\n".join(block.astext() for block in code if not NOT_PRINTED.match(block.astext())),
        }


@functools.cache
def subjects_of_pages() -> dict[str, dict[str, list[str]]]:
    """What readers look for who want a page, by its stem and the language in which they ask."""
    return dict(json.loads(SUBJECTS.read_text(encoding="utf-8")))


def subjects(name: str) -> list[str]:
    """What a reader looks for who wants this page: its subjects, and the terms that the glossary says it explains.

    Who reads Korean asks in both languages.
    """
    *_, language, stem = name.split("/")
    own = subjects_of_pages().get(stem, {})
    explained = [term for term in glossary(language) if term.chapter == stem]
    forms = [form for term in explained for form in (term.title, *term.others)]
    asked = [
        subject for each in (["en"] if language == "en" else ["ko", "en"]) for subject in own.get(each, [])
    ]
    return list(dict.fromkeys([*asked, *forms]))


def _text(node: nodes.Node) -> str:
    """The words of a node, each paragraph, item and row on a line: no code, and formulas where they are words."""
    if isinstance(node, nodes.math):
        return node.astext() if READABLE.fullmatch(node.astext()) else "…"
    if isinstance(node, (nodes.literal_block, nodes.math_block, nodes.image, nodes.raw, nodes.comment)):
        return ""
    if isinstance(node, nodes.Text):
        return node.astext()
    parts = [_text(child) for child in node.children]
    if isinstance(node, nodes.TextElement):
        text = "".join(parts)
        return text if isinstance(node, nodes.Inline) else " ".join(text.split())
    return (", " if isinstance(node, nodes.row) else "\n").join(filter(None, parts))


def entries(app: Any) -> list[dict[str, Any]]:
    """All sections of an edition, in the order of the book."""
    environment = app.env
    names, queue = [], [app.config.root_doc]
    while queue:
        names.append(name := queue.pop(0))
        queue = [*environment.toctree_includes.get(name, []), *queue]
    return [entry for name in names for entry in sections(environment.get_doctree(name), name)]


def without_sphinx_index(app: Any) -> None:
    """Sphinx's index, and the page of its search, would be written and not used."""
    app.builder.search = False


def search_page(app: Any) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page *Search*, from ``templates/search.html``."""
    yield PAGE, {}, "search.html"


def write_data(app: Any, exception: Exception | None) -> None:
    """Write the entries and the synonyms as a script, which hands them to ``search.js``."""
    if exception is None:
        data = {
            "entries": entries(app),
            "synonyms": SYNONYMS[app.config.language],
            "secondary": list(SECONDARY),
        }
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        (Path(app.outdir) / "_static" / DATA).write_text(f"bookSearch({text});\n", encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", without_sphinx_index)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_data)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
