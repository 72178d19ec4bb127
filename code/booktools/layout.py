"""Sphinx extension: the book's own styles and scripts beside the theme's, and nothing of Thebe.

``templates/`` holds the layout; ``_config.yml`` names it.
"""

from pathlib import Path
from typing import Any

from booktools.formulas import STATIC


def without_thebe(app: Any) -> None:
    """Jupyter Book brings Thebe, which would write its settings into each page; no page of this book uses it."""
    for listener in list(app.events.listeners["doctree-resolved"]):
        if listener.handler.__module__ == "sphinx_thebe":
            app.disconnect(listener.id)


def without_blank_lines(app: Any) -> None:
    """Let no template write the lines on which only its own tags stand."""
    environment = app.builder.templates.environment
    environment.trim_blocks = environment.lstrip_blocks = True


def where_static_files_changed(app: Any, env: Any, added: Any, changed: Any, removed: Any) -> list[str]:
    """The first page, if a static file is newer than its copy: without an outdated page Sphinx would not copy it."""
    copies = Path(app.outdir) / "_static"
    newer = [
        file
        for file in STATIC.iterdir()
        if (copy := copies / file.name).is_file() and file.stat().st_mtime > copy.stat().st_mtime
    ]
    return [app.config.root_doc] if newer else []


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("builder-inited", without_thebe)
    app.connect("builder-inited", without_blank_lines)
    app.connect("env-get-outdated", where_static_files_changed)
    for style in ("figures.css", "interface.css"):
        app.add_css_file(style, priority=900)  # after the theme's
    for script in ("scrolling.js", "figures.js"):
        app.add_js_file(script)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
