"""Sphinx extension: the script of the explorer page, where a reader tries the activations.

The page is a notebook that prints relubook's registry as a table, inside an element with the id ``explorer``. The
script turns that into graphs of f and f′ with controls. It draws them as SVG itself, in some 250 lines: charting
libraries that are light enough for this page draw on a canvas, which takes its colours from no theme, and leave the
keyboard and the screen reader to the page.
"""

from typing import Any

MARK = '<div id="explorer" '
SCRIPTS = ("activations.js", "explorer.js")
STYLESHEET = "explorer.css"


def add_explorer(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the page that has the explorer load what it needs."""
    if MARK in context.get("body", ""):
        app.add_css_file(STYLESHEET)
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("html-page-context", add_explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
