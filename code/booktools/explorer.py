"""Sphinx extension: the script of the explorer page, where a reader tries the activations.

The page is a notebook that prints relubook's registry as a table, inside an element with the id ``explorer``. The
script turns that into graphs of f and f′ with controls. It draws them as SVG itself, in some 250 lines: charting
libraries that are light enough for this page draw on a canvas, which takes its colours from no theme, and leave the
keyboard and the screen reader to the page.
"""

import json
import re
from html import unescape
from typing import Any

from booktools.formulas import STATIC

MARK = '<div id="explorer" '
SCRIPTS = ("activations.js", "explorer.js")
STYLESHEET = "explorer.css"


def add_explorer(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the page that has the explorer load what it needs."""
    if MARK in context.get("body", ""):
        app.add_css_file(STYLESHEET)
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def undrawn(page: str) -> list[str]:
    """The activations of the page's table that the script does not draw, because it has no JavaScript form of them.

    >>> undrawn('<div id="explorer" data-activations="{&quot;relu&quot;: {}, &quot;new&quot;: {}}" data-x="">')
    ['new']
    """
    data = re.search(rf'{MARK}data-activations="([^"]*)"', page)
    script = (STATIC / SCRIPTS[0]).read_text(encoding="utf-8").partition("globalThis.ACTIVATIONS = {")[2]
    drawn = set(re.findall(r"^    (\w+):", script, re.MULTILINE))
    return [name for name in json.loads(unescape(data[1])) if name not in drawn] if data else []


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("html-page-context", add_explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
