"""Executing notebooks: outputs stored, changes shown, and a failure leaves the file alone."""

import base64
import io
import subprocess
import sys

import nbformat
import numpy as np
import pytest
from PIL import Image

from booktools.execute import packed
from booktools.figures import stored
from booktools.notebook_format import read_notebook


def write(path, *sources: str):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{n}") for n, source in enumerate(sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def execute(*arguments) -> subprocess.CompletedProcess:
    """The command as ``make execute`` runs it."""
    command = [sys.executable, "-m", "booktools.execute", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_outputs_are_stored_and_their_change_is_shown(tmp_path):
    (tmp_path / "data.txt").write_text("here")
    sources = (
        "print('one')",
        "import os; print(os.environ['OMP_NUM_THREADS'])",
        "print(open('data.txt').read())",
    )
    path = write(tmp_path / "good.ipynb", *sources)
    first = execute(path)
    assert first.returncode == 0, first.stderr
    for line in ("+[cell-0] one", "+[cell-1] 1", "+[cell-2] here"):
        assert line in first.stdout
    assert [cell.outputs[0].text for cell in read_notebook(path).cells] == ["one\n", "1\n", "here\n"]
    assert "text outputs unchanged" in execute(path).stdout


def figure_of(path, drawing):
    """The one output of a cell that draws."""
    write(path, f"import matplotlib.pyplot as plt; plt.figure(figsize=(3, 2)); {drawing}; plt.show()")
    assert execute(path).returncode == 0
    (output,) = read_notebook(path).cells[0].outputs
    return output


def test_a_figure_of_few_lines_is_stored_as_vectors_rounded_to_what_can_be_seen(tmp_path):
    output = figure_of(tmp_path / "lines.ipynb", "plt.plot([1, 2])")
    assert output.data.keys() == {"image/svg+xml", "text/plain"}
    svg = output.data["image/svg+xml"]
    assert svg.startswith("<svg ") and stored(svg) == svg


def test_a_figure_of_many_points_is_stored_for_dense_screens_and_packed_where_nobody_sees_it(tmp_path):
    drawing = "import numpy as np; plt.plot(*np.random.default_rng(0).normal(size=(2, 30_000)), 'o')"
    output = figure_of(tmp_path / "points.ipynb", drawing)
    width = output.metadata["image/png"]["width"]
    assert output.data.keys() == {"image/png", "text/plain"}
    with Image.open(io.BytesIO(base64.b64decode(output.data["image/png"]))) as image:
        assert image.mode == "P" and image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)
        assert 550 < image.width < 650 and abs(image.width - 2 * width) <= 1


def test_a_picture_of_many_colours_is_left_as_it_is():
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3), dtype=np.uint8)
    written = io.BytesIO()
    Image.fromarray(noise).save(written, format="png")
    assert packed(written.getvalue()) == written.getvalue()


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import os; os._exit(1)", "the kernel died"),
        ("import time; time.sleep(60)", "a cell ran for more than 2 seconds"),
    ],
)
def test_a_failure_is_named_and_the_file_left_as_it_was(tmp_path, source, reason):
    path = write(tmp_path / "bad.ipynb", "print('before')", source)
    before = path.read_bytes()
    result = execute("--cell-timeout", 2, path)
    assert result.returncode == 1
    assert f"error: {path}: {reason}" in result.stderr
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_broken_notebook_is_named_and_the_others_run(tmp_path):
    broken, good = tmp_path / "broken.ipynb", write(tmp_path / "good.ipynb", "print('one')")
    broken.write_text("{")
    result = execute(broken, good)
    assert result.returncode == 1
    assert f"error: {broken}: not valid JSON" in result.stderr
    assert "+[cell-0] one" in result.stdout
    assert broken.read_text() == "{"
