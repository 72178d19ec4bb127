"""Run chapters, store their outputs in canonical form, and print what changed.

Two notebooks run at a time. A notebook whose cell or kernel fails is named and left as it was.

    python -m booktools.execute [notebook …]
"""

import argparse
import base64
import difflib
import io
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image, ImageChops

from booktools import figures
from booktools.environment import ENVIRONMENT
from booktools.notebook_format import (
    NotebookError,
    canonical,
    chapter_paths,
    read_notebook,
    repository_url,
    write_atomically,
)

AT_ONCE = 2
SVG = "image/svg+xml"
PALETTE = 256  # colours
VISIBLE = 16  # of 255, in a channel of a pixel


class ExecutionError(Exception):
    """A notebook that did not run to its end; the message names it and the reason."""


def output_text(notebook: nbformat.NotebookNode) -> list[str]:
    """What a notebook's cells printed, as lines that name the cell."""
    lines = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            text = output.get("text") or data.get("text/markdown") or data.get("text/plain", "")
            lines += [f"[{cell.id}] {line}" for line in str(text).splitlines()]
    return lines


def packed(png: bytes) -> bytes:
    """A PNG image with a palette, which is a third of its size; unchanged where a colour would change visibly."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    few = image.quantize(PALETTE, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    if np.asarray(ImageChops.difference(image, few.convert("RGB"))).max() > VISIBLE:
        return png
    written = io.BytesIO()
    few.save(written, format="png", optimize=True)
    return written.getvalue()


def pack_figures(notebook: nbformat.NotebookNode) -> None:
    """Keep of each figure in a notebook's outputs the vectors, or the pixels where the vectors would be too many."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if svg := data.pop(SVG, None):
                svg = figures.stored(svg)
                if figures.compressed_size(svg) <= figures.MOST_BYTES:
                    data[SVG] = svg
                    del data["image/png"]
                    continue
            if png := data.get("image/png"):
                data["image/png"] = base64.b64encode(packed(base64.b64decode(png))).decode()


def execute(path: Path, *, url: str, cell_timeout: int) -> str:
    """Run a notebook in its own folder, store it, and return a diff of its text outputs.

    A cell may run for ``cell_timeout`` seconds.

    Raises:
        ExecutionError: a cell failed or ran out of time, or the kernel died; the file is as it was.
        NotebookError: the file is not a notebook.
    """
    notebook = read_notebook(path)
    before = output_text(notebook)
    client = NotebookClient(
        notebook,
        timeout=cell_timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=[
            "--log-level=ERROR",  # not the kernel's remarks about its connection
            "--InlineBackend.figure_formats={'svg', 'retina'}",  # as vectors, or for dense screens
        ],
    )
    try:
        client.execute(env={**os.environ, **ENVIRONMENT})
    except CellExecutionError as error:
        raise ExecutionError(f"{path}: {error.ename}: {error.evalue}\n{error}") from error
    except CellTimeoutError as error:
        raise ExecutionError(f"{path}: a cell ran for more than {cell_timeout} seconds") from error
    except DeadKernelError as error:
        raise ExecutionError(f"{path}: the kernel died") from error
    pack_figures(notebook)
    text = canonical(notebook, url=url)
    write_atomically(path, text)
    after = output_text(nbformat.reads(text, as_version=4))
    diff = difflib.unified_diff(before, after, str(path), "executed", lineterm="", n=1)
    return "\n".join(diff)


def main(arguments: Sequence[str] | None = None) -> int:
    """Execute notebooks; the exit status is 1 where one failed."""
    parser = argparse.ArgumentParser(description="Run chapters and store their outputs.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: every English chapter")
    parser.add_argument("--cell-timeout", type=int, default=600, help="seconds a cell may run")
    options = parser.parse_args(arguments)
    paths = options.notebooks or [path for path in chapter_paths() if path.parent.name == "en"]
    url = repository_url()
    failed = False
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(execute, path, url=url, cell_timeout=options.cell_timeout) for path in paths]
        for path, run in zip(paths, runs, strict=True):
            try:
                diff = run.result()
            except (ExecutionError, NotebookError, OSError) as error:
                print(f"error: {error}", file=sys.stderr)
                failed = True
            else:
                print(diff or f"{path}: text outputs unchanged", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
