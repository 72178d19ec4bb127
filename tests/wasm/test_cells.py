"""Every cell of every page that has the button, under WebAssembly: it prints what the book prints.

Node runs what the page's worker runs, with the same Pyodide. ``make test-wasm`` runs all chapters, with
``CHAPTER="01 02"`` those whose names begin so.
"""

import json
import os
import shutil
import subprocess

import pytest

from booktools import pyodide_files, run_in_page
from booktools.formulas import node_binary
from booktools.notebook_format import CHAPTERS, NOT_IN_PAGE_TAG, ROOT, SETUP_TAG
from booktools.run_in_page import SETTINGS, runs_in_page

CELLS = ROOT / "tests" / "wasm" / "cells.mjs"
HANGING = 3600  # seconds
UNEQUAL_TAG = "nbval-ignore-output"  # of cells whose output is another one each time: seconds

# Cells that do not print there what the book prints, and why.
SPEED = "which of two ways is faster is another question there: WebAssembly has other vector instructions"
SIGN = "the maximum of −0.0 and 0 has the first one's sign there, as the standard allows"
DIFFERENT = {
    "02-numpy:edges-np-array-np-nan": SIGN,
    "05-cost:relu-into-an-array": SPEED,
    "05-cost:blocks-give-the-same": SPEED,
    "05-cost:more-than-twice-signs-where": SPEED,
    "05-cost:clip-against-maximum": SPEED,
    "05-cost:solution-alternating": SPEED,
    "07-sparsity:half-most-ratios-0-5": SPEED,
}
MOST_DIFFERENT = 10  # with those that do not run there, which have the tag NOT_IN_PAGE_TAG


def read(name):
    return json.loads((CHAPTERS / "en" / f"{name}.ipynb").read_text(encoding="utf-8"))


NAMES = [path.stem for path in sorted((CHAPTERS / "en").glob("*.ipynb")) if runs_in_page(read(path.stem))]
CHOSEN = os.environ.get("WASM_CHAPTERS", "").split()


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def printed(outputs):
    """The text of a notebook's stored outputs, figures left out."""
    texts = []
    for output in outputs:
        data = output.get("data", {})
        if "text" in output:
            texts.append("".join(output["text"]))
        elif not any(kind.startswith("image/") for kind in data):
            texts.append("".join(data.get("text/plain", "")))
    return "".join(texts).strip()


def figures(outputs):
    """How many figures outputs have."""
    return sum(any(kind.startswith("image/") for kind in output.get("data", {})) for output in outputs)


@pytest.fixture(scope="session")
def python_in_page(tmp_path_factory, pyodide):
    """The folder with the settings and files that an edition's page loads."""
    folder = tmp_path_factory.mktemp("python")
    for name in run_in_page.FILES:
        shutil.copyfile(run_in_page.STATIC / name, folder / name)
    run_in_page.write_files(folder, "en", pyodide_files.CDN, "")
    return folder


@pytest.mark.parametrize("name", [name for name in NAMES if not CHOSEN or name.startswith(tuple(CHOSEN))])
def test_the_cells_print_what_the_book_prints(python_in_page, name):
    command = [
        str(node_binary()),
        str(CELLS),
        str(python_in_page / SETTINGS),
        str(pyodide_files.FOLDER),
    ]
    notebook = read(name)
    run = subprocess.run(
        command, input=json.dumps(notebook), capture_output=True, text=True, timeout=HANGING, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    ran = {cell["id"]: cell["outputs"] for cell in json.loads(run.stdout)}
    cells = [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and not tags(cell) & {SETUP_TAG, NOT_IN_PAGE_TAG}
    ]
    assert set(ran) == {cell["id"] for cell in cells}
    different = {}
    for cell in cells:
        if UNEQUAL_TAG in tags(cell):
            continue
        outputs = ran[cell["id"]]
        text = "".join(content for kind, content in outputs if not kind.startswith("image/")).strip()
        drawn = sum(kind.startswith("image/") for kind, _ in outputs)
        if (text, drawn) != (printed(cell["outputs"]), figures(cell["outputs"])):
            different[f"{name}:{cell['id']}"] = f"{text}\n--- instead of\n{printed(cell['outputs'])}"
    unexpected = {cell: texts for cell, texts in different.items() if cell not in DIFFERENT}
    assert not unexpected, "\n\n".join(f"{cell}: {texts}" for cell, texts in unexpected.items())
    listed = {cell for cell, why in DIFFERENT.items() if cell.startswith(f"{name}:") and why != SPEED}
    assert listed <= different.keys(), (
        f"these print what the book prints; strike them from DIFFERENT: {listed}"
    )


def test_few_cells_differ_and_each_has_its_reason():
    lacking = [
        f"{name}:{cell['id']}"
        for name in NAMES
        for cell in read(name)["cells"]
        if NOT_IN_PAGE_TAG in tags(cell)
    ]
    assert len(DIFFERENT) + len(lacking) <= MOST_DIFFERENT, lacking
    assert {cell.partition(":")[0] for cell in DIFFERENT} <= set(NAMES)
    assert all(DIFFERENT.values())
