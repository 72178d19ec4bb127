"""Sphinx extension: the book's own styles and scripts beside the theme's, and nothing of Thebe.

``templates/`` holds the layout; ``_config.yml`` names it.
"""

from typing import Any


def without_thebe(app: Any) -> None:
    """Jupyter Book brings Thebe, which would write its settings into each page; no page of this book uses it."""
    for listener in list(app.events.listeners["doctree-resolved"]):
        if listener.handler.__module__ == "sphinx_thebe":
            app.disconnect(listener.id)


def without_blank_lines(app: Any) -> None:
    """Let no template write the lines on which only its own tags stand."""
    environment = app.builder.templates.environment
    environment.trim_blocks = environment.lstrip_blocks = True


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", without_thebe)
    app.connect("builder-inited", without_blank_lines)
    app.add_css_file("interface.css", priority=900)  # after the theme's
    app.add_js_file("scrolling.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
