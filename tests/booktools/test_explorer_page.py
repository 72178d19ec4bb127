"""The explorer computes what relubook computes, reads any address, and stands in the chapters."""

import json
import re
import subprocess
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.errors import ExtensionError

from booktools.build import BUILD, raw_pages
from booktools.explorer import (
    EMBEDDED,
    MARK,
    PAGE,
    SCRIPTS,
    names_functions,
    put_in_explorers,
    stored_registry,
    undrawn,
)
from booktools.formulas import STATIC, node_binary
from booktools.notebook_format import CHAPTERS, read_notebook
from relubook import ACTIVATIONS
from relubook.explorer import BEYOND_A_KINK, X_RANGE, _slider_range, explorer_table

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
    (data,) = re.findall(r'data-activations="([^"]*)"', explorer_table())
    low, high = X_RANGE
    assert json.loads(unescape(data)) == {
        name: {
            "defaults": dict(activation.defaults),
            "ranges": {
                key: list(_slider_range(key, value))
                for key, value in activation.defaults.items()
                if not isinstance(value, bool)
            },
            "kinks": list(activation.kinks),
            "x": [low, max([high, *(kink + BEYOND_A_KINK for kink in activation.kinks)])],
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


def test_relu6_is_shown_beyond_its_cap():
    (relu6,) = [a for a in ACTIVATIONS.values() if a.name == "relu6"]
    low, high = stored_registry(CHAPTERS / "en" / f"{PAGE}.ipynb")["relu6"]["x"]
    assert low < min(relu6.kinks) and high > max(relu6.kinks) + 1


REGISTRY = {
    "relu": {"defaults": {}, "ranges": {}, "kinks": [0], "x": [-5, 5]},
    "relu6": {"defaults": {}, "ranges": {}, "kinks": [0, 6], "x": [-5, 8]},
    "elu": {"defaults": {"alpha": 1.0}, "ranges": {"alpha": [0.1, 3]}, "kinks": [], "x": [-5, 5]},
    "gelu": {"defaults": {"approximate": False}, "ranges": {}, "kinks": [], "x": [-5, 5]},
}
FIRST = "relu,elu"
READ = [  # address, what it is written as when it has been read, what of it was ignored
    ("", FIRST, []),
    ("relu6,x=7", "relu6,x=7", []),
    ("x=7,relu6", "relu6,x=7", []),
    ("relu%2Celu%3Balpha%3D2", "relu,elu;alpha=2", []),
    (
        "elu;alpha=2,gelu;approximate=true,x=-1.5,view=2",
        "elu;alpha=2,gelu;approximate=true,x=-1.5,view=2",
        [],
    ),
    ("x=2", FIRST + ",x=2", []),
    ("elu;alpha=1,gelu;approximate=false", "elu,gelu", []),
    # too far, or not of that kind
    ("relu,x=7", "relu,x=5", ["x=7 → 5"]),
    ("relu,x=4,view=2", "relu,x=2,view=2", ["x=4 → 2"]),
    ("elu;alpha=99", "elu;alpha=3", ["alpha=99 → 3"]),
    ("elu;alpha=-1", "elu;alpha=0.1", ["alpha=-1 → 0.1"]),
    ("elu;alpha=x", "elu", ["alpha=x"]),
    ("elu;alpha=", "elu", ["alpha="]),
    ("elu;alpha", "elu", ["alpha"]),
    ("elu;alpha=Infinity", "elu", ["alpha=Infinity"]),
    ("elu;beta=1", "elu", ["beta=1"]),
    ("gelu;approximate=1", "gelu", ["approximate=1"]),
    ("relu,x=NaN", "relu", ["x=NaN"]),
    ("relu,x=", "relu", ["x="]),
    ("relu,view=3", "relu", ["view=3"]),
    # not in the registry, or twice
    ("rellu", FIRST, ["rellu"]),
    ("rellu,relu", "relu", ["rellu"]),
    ("relu,relu", "relu", ["relu"]),
    ("%E0%A4%A", FIRST, ["%E0%A4%A"]),
    ("__proto__", FIRST, ["__proto__"]),
    ("__proto__;alpha=1,constructor,toString", FIRST, ["__proto__;alpha=1", "constructor", "toString"]),
    ("elu;__proto__=1;constructor=2", "elu", ["__proto__=1", "constructor=2"]),
    (",;=,<b>,#", FIRST, [";=", "<b>", "#"]),
]


def in_node(program: str, data: object) -> object:
    """What a program prints as JSON, that has the scripts of the graphs and ``data``."""
    answer = subprocess.run(
        [
            node_binary(),
            "-e",
            "for (const script of process.argv.slice(1)) require(script);"
            f"const data = JSON.parse(require('fs').readFileSync(0)); {program}",
            *(STATIC / script for script in SCRIPTS[:2]),
        ],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(answer.stdout)


@pytest.fixture(scope="module")
def answers() -> list[list[object]]:
    program = """
        const {registry, first, addresses} = data;
        console.log(JSON.stringify(addresses.map((address) => {
            const {choice, ignored, known} = EXPLORER.readAddress(address, registry, first);
            const drawn = EXPLORER.GRAPHS.map((graph) => EXPLORER.still(graph, choice, registry, "en")).join("");
            return [EXPLORER.writeAddress(choice, registry), ignored, known, /NaN|undefined/.test(drawn)];
        })));
    """
    return in_node(program, {"registry": REGISTRY, "first": FIRST, "addresses": [case[0] for case in READ]})


@pytest.mark.parametrize("case", range(len(READ)), ids=lambda case: READ[case][0] or "empty")
def test_whatever_an_address_says_something_is_drawn_and_the_rest_named(case, answers):
    address, written, ignored = READ[case]
    assert answers[case][:2] == [written, ignored]
    assert answers[case][2] == bool(address and written != FIRST), "whether anything of it was known"
    assert not answers[case][3]


def test_eight_lines_are_told_apart_and_a_ninth_is_refused():
    names = [name for name in ACTIVATIONS if name not in UNDRAWN][:9]
    program = """
        const {choice, ignored} = EXPLORER.readAddress(data.names.join(), data.registry);
        console.log(JSON.stringify({
            lines: [...choice.functions.values()].map(({line}) => line), ignored,
            graphs: EXPLORER.GRAPHS.map((graph) => EXPLORER.still(graph, choice, data.registry, "en")),
        }));
    """
    registry = stored_registry(CHAPTERS / "en" / f"{PAGE}.ipynb")
    found = in_node(program, {"names": names, "registry": registry})
    assert found["ignored"] == names[8:]
    css = (STATIC / "explorer.css").read_text(encoding="utf-8")
    dashes = [
        re.search(rf"^\.{line} {{ color: #\w+;(?: stroke-dasharray: ([^;]+);)? }}$", css, re.MULTILINE)[1]
        for line in found["lines"]
    ]
    assert len(set(dashes)) == 8, "in greyscale two lines look the same"
    labelled = [set(re.findall(r"explorer-label [^>]*>(\w+)<", graph)) for graph in found["graphs"]]
    assert len(labelled[0] | labelled[1]) == 8, "a line has its name in neither graph"


def test_the_stills_need_no_ids_so_that_many_stand_on_a_page():
    program = """
        const {choice} = EXPLORER.readAddress("relu,elu", data);
        console.log(JSON.stringify(EXPLORER.GRAPHS.map((graph) => EXPLORER.still(graph, choice, data, "ko")).join("")));
    """
    graphs = in_node(program, REGISTRY)
    assert not re.search(r'\bid="|url\(', graphs)
    assert 'aria-label="그래프: f(x): relu, elu"' in graphs


def document_with_link(target: str) -> nodes.document:
    document = new_document("chapter")
    link = addnodes.pending_xref("", reftarget="chapters/en/try-it", reftargetid=target)
    link += nodes.inline("", "the text")
    document += nodes.paragraph("", "", link)
    return document


def app(docname: str) -> SimpleNamespace:
    return SimpleNamespace(
        env=SimpleNamespace(docname=docname, note_dependency=lambda path: None),
        config=SimpleNamespace(language="en", root_doc="chapters/en/index"),
        builder=SimpleNamespace(get_relative_uri=lambda source, target: "try-it.html"),
    )


@pytest.mark.parametrize(
    ("docname", "graphs", "marked"),
    [
        ("chapters/en/08", 2, f'class="{EMBEDDED}"'),
        ("chapters/en/index", 1, f'class="{EMBEDDED} explorer-front"'),
    ],
)
def test_a_link_alone_in_its_paragraph_becomes_an_explorer(docname, graphs, marked):
    document = document_with_link("elu;alpha=2,x=-1")
    put_in_explorers(app(docname), document)
    opening, caption, _ = document.children
    assert marked in opening.astext() and 'data-address="elu;alpha=2,x=-1"' in opening.astext()
    assert opening.astext().count('<svg viewBox="0 0 ') == graphs
    assert set(json.loads(unescape(re.search(r'data-activations="([^"]*)"', opening.astext())[1]))) == {"elu"}
    assert caption.astext() == "the text"
    assert caption.children[0]["refuri"] == "try-it.html#elu;alpha=2,x=-1"


@pytest.mark.parametrize("target", ["relu,rellu", "elu;alpha=99", "relu,x=11", "elu;beta=1"])
def test_a_link_that_the_explorer_cannot_show_as_it_stands_is_an_error(target):
    with pytest.raises(ExtensionError, match=f"chapters/en/08: the link try-it.ipynb#{target} names"):
        put_in_explorers(app("chapters/en/08"), document_with_link(target))


def test_a_link_to_a_heading_is_left_to_sphinx():
    assert not names_functions("in-a-notebook", REGISTRY) and not names_functions(None, REGISTRY)
    document = document_with_link("in-a-notebook")
    before = document.pformat()
    put_in_explorers(app("chapters/en/08"), document)
    assert document.pformat() == before


@pytest.mark.parametrize("language", ["en", "ko"])
def test_only_pages_with_an_explorer_load_its_scripts(language):
    having = set()
    for path in raw_pages(BUILD, language).rglob("chapters/*/*.html"):
        page = path.read_text(encoding="utf-8")
        has_one = MARK in page or f'class="{EMBEDDED}' in page
        for file in SCRIPTS:
            assert (file in page) == has_one, f"{path}: {file}"
        having |= {path.stem} if has_one else set()
    assert having == {"index", "08-leaky-and-prelu", "09-elu-and-selu", "10-smooth-relatives", PAGE}
