"""The explorer page computes what relubook computes."""

import json
import re
import subprocess
from html import unescape

import numpy as np
import pytest

from booktools.build import BUILD, raw_pages
from booktools.explorer import MARK, SCRIPTS, undrawn
from booktools.formulas import STATIC, node_binary
from booktools.notebook_format import CHAPTERS, read_notebook
from relubook import ACTIVATIONS
from relubook.explorer import X_RANGE, _slider_range, explorer_table

POINTS = [*np.linspace(-9, 9, 45).tolist(), -3.0, 3.0, 6.0, 1e-9, -1e-9]
UNDRAWN = undrawn(explorer_table())  # reported by the build and on the page, and no fault
CASES = [
    (name, parameters)
    for name, activation in ACTIVATIONS.items()
    if name not in UNDRAWN
    for parameters in (
        dict(activation.defaults),
        *(
            {key: value}
            for key, default in activation.defaults.items()
            for value in ((True,) if isinstance(default, bool) else _slider_range(key, default))
        ),
    )
]


@pytest.fixture(scope="module")
def computed() -> list[dict[str, list[float]]]:
    """f and f′ of the page's script at every point, for each case."""
    program = """
        require(process.argv[1]);
        const {cases, points} = JSON.parse(require("fs").readFileSync(0));
        const at = (name, which, parameters) => points.map((x) => ACTIVATIONS[name][which](x, parameters));
        console.log(JSON.stringify({
            names: Object.keys(ACTIVATIONS),
            values: cases.map(([name, p]) => ({f: at(name, "f", p), grad: at(name, "grad", p)})),
        }));
    """
    answer = subprocess.run(
        [node_binary(), "-e", program, STATIC / SCRIPTS[0]],
        input=json.dumps({"cases": CASES, "points": POINTS}),
        capture_output=True,
        text=True,
        check=True,
    )
    result = json.loads(answer.stdout)
    assert result["names"] == [name for name in ACTIVATIONS if name not in UNDRAWN]
    return result["values"]


@pytest.mark.parametrize("case", range(len(CASES)), ids=lambda case: f"{CASES[case]}")
def test_the_script_agrees_with_the_functions_at_fifty_points(case, computed):
    name, parameters = CASES[case]
    x, activation = np.array(POINTS), ACTIVATIONS[name]
    assert len(x) == 50
    for which, fn in (("f", activation.fn), ("grad", activation.grad)):
        np.testing.assert_allclose(
            computed[case][which], fn(x, **parameters), rtol=1e-12, atol=1e-14, err_msg=which
        )


def test_the_page_has_the_registry_s_data():
    attributes = {
        key: json.loads(unescape(text)) for key, text in re.findall(r'data-(\w+)="([^"]*)"', explorer_table())
    }
    assert attributes["x"] == list(X_RANGE)
    assert attributes["activations"] == {
        name: {
            "defaults": dict(activation.defaults),
            "ranges": {
                key: list(_slider_range(key, value))
                for key, value in activation.defaults.items()
                if not isinstance(value, bool)
            },
            "kinks": list(activation.kinks),
        }
        for name, activation in ACTIVATIONS.items()
    }
    cells = read_notebook(CHAPTERS / "en" / "try-it.ipynb").cells
    stored = [
        o.data["text/markdown"]
        for cell in cells
        for o in cell.get("outputs", [])
        if "data" in o and "text/markdown" in o.data
    ]
    assert stored == [explorer_table()], (
        "the registry has changed: `make execute` writes the page's table anew"
    )


def test_a_slider_has_its_default_between_its_ends():
    for activation in ACTIVATIONS.values():
        for key, value in activation.defaults.items():
            if not isinstance(value, bool):
                low, high = _slider_range(key, value)
                assert low < value < high, (activation.name, key)
    assert _slider_range("alpha", 1.0) == (0.1, 3.0)
    assert _slider_range("alpha", 7.0) == (0.7, 21.0)  # beyond what the book's own have
    assert _slider_range("b", 4.0) == (0.4, 12.0)
    assert _slider_range("shift", 0.0) == (-1.0, 1.0)
    assert _slider_range("shift", -2.0) == (-6.0, -0.2)


def test_what_the_script_cannot_compute_is_named():
    page = explorer_table().replace("&quot;mish&quot;", "&quot;new&quot;")
    assert undrawn(page) == [*UNDRAWN, "new"]
    assert undrawn("<p>another page</p>") == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_only_the_explorer_page_loads_its_scripts(language):
    for path in raw_pages(BUILD, language).rglob("chapters/*/*.html"):
        page = path.read_text(encoding="utf-8")
        for file in SCRIPTS:
            assert (file in page) == (MARK in page) == (path.stem == "try-it"), f"{path}: {file}"
