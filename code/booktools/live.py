"""Sphinx extension: figures with a slider, from the frames that ``relubook.live`` has left in a notebook's outputs.

The frames go into the page, after the still picture and before its caption, and ``static/live.js`` draws them in the
picture's place. Without scripts, in print and in other formats the picture stays.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docutils import nodes

from booktools.figures import korean_labels, translated

MIME = "application/vnd.relubook.live+json"  # as in relubook.live, whose matplotlib no page needs
SCRIPTS = ("live.js",)
STYLESHEET = "live.css"
DATA = '<script type="application/json" class="live-data">'
IN_PAGE = re.compile(re.escape(DATA) + r'(?P<data>.*?)</script><div class="live [^"]*"></div>', re.DOTALL)


def frames_by_cell(notebook: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The frames in a notebook's outputs by the number of their cell; a cell has one live figure at most."""
    return {
        number: output["data"][MIME]
        for number, cell in enumerate(notebook["cells"])
        for output in cell.get("outputs", [])
        if MIME in output.get("data", {})
    }


def words(data: dict[str, Any], translate: Callable[[str], str]) -> dict[str, Any]:
    """Frames with their words in another language."""
    return {
        **data,
        "controls": [
            {**control, "name": translate(control["name"]), "values": [*map(translate, control["values"])]}
            for control in data["controls"]
        ],
        **{
            axis: {
                **data[axis],
                "label": translate(data[axis]["label"]),
                "ticks": [[place, translate(label)] for place, label in data[axis]["ticks"]],
            }
            for axis in ("x", "y")
        },
        "artists": [
            {**artist, **{key: translate(artist[key]) for key in ("label", "text") if key in artist}}
            for artist in data["artists"]
        ],
        "frames": [{**frame, "title": translate(frame["title"])} for frame in data["frames"]],
    }


def in_page(data: dict[str, Any]) -> str:
    """The HTML of frames, and the place for what the script draws.

    >>> in_page({"controls": [1], "frames": ["a < b"]})[len(DATA) :]
    '{"controls":[1],"frames":["a \\\\u003c b"]}</script><div class="live live-1"></div>'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    return f'{DATA}{text}</script><div class="live live-{len(data["controls"])}"></div>'


def page_in_korean(page: str) -> str:
    """A page with the words of its live figures in Korean."""
    korean = korean_labels()

    def in_korean(match: re.Match[str]) -> str:
        return in_page(words(json.loads(match["data"]), lambda text: translated(text, korean)))

    return IN_PAGE.sub(in_korean, page)


def add_frames(app: Any, doctree: nodes.document, docname: str) -> None:
    """Put the frames of a notebook's outputs after their pictures."""
    source = Path(app.env.doc2path(docname))
    if app.builder.format != "html" or source.suffix != ".ipynb":
        return
    text = source.read_text(encoding="utf-8")
    if MIME not in text:
        return
    frames = frames_by_cell(json.loads(text))
    for cell in doctree.findall(nodes.container):
        if cell.get("nb_element") == "cell_code" and (data := frames.get(cell["cell_index"])):
            picture = next(cell.findall(nodes.image))
            if isinstance(picture.parent, nodes.reference):  # the link to the picture alone
                picture = picture.parent
            picture.parent.insert(
                picture.parent.index(picture) + 1, nodes.raw("", in_page(data), format="html")
            )


def add_script(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the pages that have a live figure load what draws it."""
    if DATA in context.get("body", ""):
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.add_css_file(STYLESHEET)
    app.connect("doctree-resolved", add_frames)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
