"""Pytest plugin: of the figures that nbval draws again it compares the labels; lines differ in their last digits.

Labels with a digit in them are left out: they may say what a processor rounded otherwise.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell

from booktools.figures import labels

SVG, PNG = "image/svg+xml", "image/png"
KERNEL_CONFIG = "c.InlineBackend.figure_formats = {'svg'}\n"

compare = IPyNbCell.compare_outputs


def with_labels_for_figures(outputs: Iterable[Any], *, with_figures: bool) -> list[Any]:
    """Outputs of a cell with a figure's labels, a line each, in place of the figure, or with no figure at all."""
    changed = []
    for output in outputs:
        data = dict(output.get("data", {}))
        if (svg := data.pop(SVG, None)) is not None and with_figures:
            data[SVG] = "\n".join(sorted(label for label in labels(svg) if not re.search(r"\d", label)))
        changed.append(NotebookNode({**output, "data": data}) if "data" in output else output)
    return changed


def compare_labels(cell: Any, test: Any, reference: Any, skip_compare: Any = None) -> bool:
    """As nbval compares a cell's outputs; where a figure is stored as pixels, there are no labels to compare."""
    with_figures = not any(PNG in output.get("data", {}) for output in reference)
    test, reference = (
        with_labels_for_figures(outputs, with_figures=with_figures) for outputs in (test, reference)
    )
    return bool(compare(cell, test, reference, skip_compare))


def pytest_configure(config: pytest.Config) -> None:
    """Let the kernels draw vectors, from a profile of their own."""
    IPyNbCell.compare_outputs = compare_labels
    profile = tempfile.TemporaryDirectory(prefix="relu-ipython-")
    config.add_cleanup(profile.cleanup)
    folder = Path(profile.name) / "profile_default"
    folder.mkdir()
    (folder / "ipython_kernel_config.py").write_text(KERNEL_CONFIG, encoding="utf-8")
    os.environ["IPYTHONDIR"] = profile.name
