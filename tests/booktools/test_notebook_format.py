"""The formatter: one form, nothing lost, clear errors."""

import json
import re

import nbformat
import pytest

from booktools import notebook_format
from booktools.notebook_format import NotebookError, canonical, main, read_notebook, setup_source

URL = "https://example.org/book"


def messy_notebook() -> dict:
    """A notebook as an editor leaves it."""
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "my-env", "display_name": "My env", "language": "python"},
            "widgets": {},
        },
        "cells": [
            {"cell_type": "markdown", "id": "title", "metadata": {"collapsed": True}, "source": "# 제목 é"},
            {
                "cell_type": "code",
                "id": "setup",
                "metadata": {"tags": ["remove-cell", "setup"]},
                "source": "old",
                "execution_count": 7,
                "outputs": [],
            },
            {
                "cell_type": "code",
                "id": "title",
                "metadata": {"execution": {"iopub.execute_input": "2026"}, "tags": ["hide-input"]},
                "source": ["print(1)\n", "2"],
                "execution_count": None,
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": "1"},
                    {"output_type": "stream", "name": "stdout", "text": "\n"},
                    {
                        "output_type": "execute_result",
                        "execution_count": 9,
                        "data": {"text/plain": "2"},
                        "metadata": {"x": 1},
                    },
                ],
            },
        ],
    }


@pytest.fixture
def notebook_path(tmp_path):
    path = tmp_path / "messy.ipynb"
    path.write_text(json.dumps(messy_notebook()), encoding="utf-8")
    return path


def test_canonical_form(notebook_path):
    text = canonical(read_notebook(notebook_path), url=URL)
    notebook = json.loads(text)
    assert text == json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    assert "제목 é" in text
    title, setup, cell = notebook["cells"]
    assert title["metadata"] == {}
    assert "".join(setup["source"]) == setup_source(URL) and f"git+{URL}" in setup_source(URL)
    assert cell["metadata"] == {"tags": ["hide-input"]}
    assert [setup["execution_count"], cell["execution_count"]] == [1, 2]
    assert len({c["id"] for c in notebook["cells"]}) == 3
    stream, result = cell["outputs"]
    assert stream["text"] == ["1\n"]
    assert result["execution_count"] == 2 and result["metadata"] == {}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize("heading", ["#### Solution", "#### 해답\n\nA word before the code."])
def test_solutions_are_folded_by_jupyter_and_by_colab(notebook_path, heading):
    notebook = read_notebook(notebook_path)
    notebook.cells.append(nbformat.v4.new_markdown_cell(heading, id="solution-1"))
    notebook.cells.append(nbformat.v4.new_markdown_cell("#### Solutions of others", id="other"))
    stored = json.loads(canonical(notebook, url=URL))
    assert stored["metadata"]["colab"] == {"collapsed_sections": ["solution-1"]}
    assert stored["cells"][-2]["metadata"] == {"id": "solution-1", "jp-MarkdownHeadingCollapsed": True}
    assert stored["cells"][-1]["metadata"] == {}


def test_canonical_form_is_a_fixed_point(notebook_path):
    notebook_path.write_text(canonical(read_notebook(notebook_path), url=URL), encoding="utf-8")
    assert canonical(read_notebook(notebook_path), url=URL) == notebook_path.read_text(encoding="utf-8")


def test_check_changes_nothing_and_write_repairs(notebook_path, capsys):
    before = notebook_path.read_bytes()
    assert main(["--check", str(notebook_path)]) == 1
    assert notebook_path.read_bytes() == before
    assert "messy.ipynb: not in canonical form" in capsys.readouterr().err
    assert main([str(notebook_path)]) == 0
    assert main(["--check", str(notebook_path)]) == 0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{ not json", "not valid JSON"),
        (b"", "not valid JSON"),
        (b"\xff\xfe", "not valid JSON"),
        (b"[]", "not a valid notebook: it is a JSON list"),
        (b'{"cells": 3}', "not a valid notebook: nbformat and nbformat_minor must say 4.0 to 4.5"),
        (b'{"cells": [], "metadata": {}, "nbformat": 4}', r"must say 4.0 to 4.5, and say 4\.\?"),
        (
            b'{"worksheets": [], "nbformat": 3, "nbformat_minor": 0}',
            "it has format 3, and the book 4; save it",
        ),
        (b'{"cells": {}, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}', "it has no list of cells"),
        (b'{"cells": [{}, 3], "nbformat": 4, "nbformat_minor": 5}', r"cells\[1\] is not an object"),
        (
            b'{"cells": [{}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "not a valid notebook: ValidationError: .*metadata",
        ),
    ],
)
def test_what_is_not_a_notebook_is_named_and_left_as_it_was(tmp_path, capsys, content, reason):
    path = tmp_path / "broken.ipynb"
    path.write_bytes(content)
    assert main([str(path)]) == 1
    assert re.search(f"{path}: .*{reason}", capsys.readouterr().err)
    assert path.read_bytes() == content
    with pytest.raises(NotebookError, match=reason):
        read_notebook(path)


def old(minor: int) -> dict:
    """The notebook as an editor of an older format writes it: without ids."""
    notebook = messy_notebook() | {"nbformat_minor": minor}
    for cell in notebook["cells"]:
        del cell["id"]
    return notebook


@pytest.mark.parametrize("minor", range(5))
def test_older_formats_are_read_and_get_ids_that_stay(tmp_path, minor):
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps(old(minor)), encoding="utf-8")
    first, second = (canonical(read_notebook(path), url=URL) for _ in range(2))
    assert first == second and json.loads(first)["nbformat_minor"] == 5
    assert [cell["id"] for cell in json.loads(first)["cells"]] == ["cell-0", "cell-1", "cell-2"]
    assert main([str(path)]) == 0 and main(["--check", str(path)]) == 0


def test_an_id_that_colab_keeps_in_the_metadata_is_taken_back(tmp_path):
    notebook = old(0)
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = f"kept-{number}"
    notebook["metadata"] = {"colab": {"provenance": []}}
    path = tmp_path / "colab.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    cells = read_notebook(path).cells
    assert [cell.id for cell in cells] == ["kept-0", "kept-1", "kept-2"]
    assert "id" not in json.loads(canonical(read_notebook(path), url=URL))["cells"][0]["metadata"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_are_rewritten(notebook_path, mark, end, capsys):
    assert main([str(notebook_path)]) == 0
    stored = notebook_path.read_bytes()
    text = stored.replace(b"print(1)\\n", b"print(1)\\r\\n") if end == b"\r\n" else stored
    notebook_path.write_bytes(mark + text.replace(b"\n", end))
    assert main(["--check", str(notebook_path)]) == int(mark + end != b"\n")
    assert main([str(notebook_path)]) == 0
    assert notebook_path.read_bytes() == stored


def test_one_broken_notebook_does_not_stop_the_others(tmp_path, notebook_path):
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    assert main([str(broken), str(notebook_path)]) == 1
    assert main(["--check", str(notebook_path)]) == 0


def test_an_interrupted_write_leaves_the_old_file_and_no_other(notebook_path, monkeypatch):
    before = notebook_path.read_bytes()

    def interrupted(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(notebook_format.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        main([str(notebook_path)])
    assert notebook_path.read_bytes() == before
    assert list(notebook_path.parent.iterdir()) == [notebook_path]


def test_a_missing_file_is_named(tmp_path, capsys):
    assert main([str(tmp_path / "none.ipynb")]) == 1
    assert "none.ipynb" in capsys.readouterr().err


def test_valid_notebooks_stay_valid(notebook_path):
    nbformat.validate(nbformat.reads(canonical(read_notebook(notebook_path), url=URL), as_version=4))


def test_a_repository_and_commit_can_be_stamped(notebook_path):
    assert main(["--repository", "https://github.com/someone/else@abc123", str(notebook_path)]) == 0
    setup = next(
        cell for cell in read_notebook(notebook_path).cells if "setup" in cell.metadata.get("tags", [])
    )
    assert setup.source.endswith("%pip install --quiet git+https://github.com/someone/else@abc123")
