"""Sphinx extension: the address of a section is that of its English heading, in both editions.

Sphinx would number the sections of a Korean page (``id1``, ``id2`` …), and every new section would move the addresses
of those below it. Here a section is called what Markdown calls its English heading, so that a link to it stays right,
and leads to the same place when the edition is changed.
"""

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from myst_parser.mdit_to_docutils.base import default_slugify
from sphinx.transforms import SphinxTransform

MARKDOWN = MarkdownIt("commonmark").use(dollarmath_plugin)


def slug(heading: Token) -> str:
    """What MyST calls a heading: its text in lower case, hyphens for spaces, other punctuation dropped."""
    texts = (part.content for part in heading.children or () if part.type in ("text", "code_inline"))
    return re.sub(r"^[\W\d_]+", "", default_slugify("".join(texts))) or "section"  # as a selector asks for it


def names(texts: Iterable[str]) -> list[str]:
    """Names for the headings of a page's parts, in their order; a repeated one gets a number.

    >>> names(["# What is `relu`?", "## Next\\n\\n## Next"])
    ['what-is-relu', 'next', 'next-1']
    """
    found: list[str] = []
    for text in texts:
        tokens = MARKDOWN.parse(text)
        for opening, heading in pairwise(tokens):
            if opening.type == "heading_open":
                name, count = slug(heading), 0
                while (unique := f"{name}-{count}" if count else name) in found:
                    count += 1
                found.append(unique)
    return found


def english_source(path: Path) -> Path:
    """The English page or notebook of a page of either edition."""
    return path.parent.parent / "en" / path.name


def names_of_page(path: Path) -> list[str]:
    """The names of the sections of an English page."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return names("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return names([path.read_text(encoding="utf-8")])


def rename(document: nodes.document, new_names: list[str]) -> None:
    """Give the sections of a page their names, and lead MyST's links to headings there.

    A page whose headings are not those of the English one, because it waits for a translator, stays as it is.
    """
    sections = list(document.findall(nodes.section))
    if len(sections) != len(new_names):
        return
    replaced = {}
    for section, name in zip(sections, new_names, strict=True):
        replaced[section["ids"][0]] = name
        for old in section["ids"]:
            document.ids.pop(old, None)
        section["ids"] = [name]
    for section in sections:
        document.ids[section["ids"][0]] = section
    for key, old in document.nameids.items():
        document.nameids[key] = replaced.get(old, old)
    slugs = getattr(document, "myst_slugs", {})
    for key, (line, old, text) in slugs.items():
        slugs[key] = (line, replaced.get(old, old), text)


class EnglishAnchors(SphinxTransform):
    """Rename the sections before anything reads their names: folds at 500, links at 879."""

    default_priority = 400

    def apply(self, **kwargs: Any) -> None:
        """Rename the sections of a page that has an English one."""
        source = english_source(Path(self.env.doc2path(self.env.docname)))
        if source.exists():
            self.env.note_dependency(str(source))
            rename(self.document, names_of_page(source))


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_transform(EnglishAnchors)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
