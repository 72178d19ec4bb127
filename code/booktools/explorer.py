"""Sphinx extension: the explorer, where a reader tries the activations, on its own page and inside the chapters.

Its page, ``try-it``, is a notebook that prints relubook's registry as a table, inside an element with the id
``explorer``. The script turns that into graphs of f and f′ with controls. It draws them as SVG itself: charting
libraries that are light enough for this page draw on a canvas, which takes its colours from no theme, and leave the
keyboard and the screen reader to the page.

A link to that page may name functions: ``[smooth relatives](try-it.ipynb#gelu,silu,x=-1)``, in the form that the page
writes into its own address. In a notebook it is a link like any other. On the page it leads to the explorer with this
choice; and where it is a paragraph of its own, an explorer of these functions stands in its place, with the text of the
link below it: on the front page one graph with a point to drag, elsewhere f and f′. The graphs are drawn here, by the
same script, for readers without scripts.
"""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.errors import ExtensionError

from booktools.formulas import STATIC, node_binary
from booktools.notebook_format import CHAPTERS, read_notebook

PAGE = "try-it"
MARK = '<div id="explorer" '
EMBEDDED = "explorer-embed"
STATE = "explorer-state"  # a link that leads to a choice of functions
SCRIPTS = ("activations.js", "graphs.js", "explorer.js")
STYLESHEET = "explorer.css"
STILL = """
    for (const script of process.argv.slice(1)) require(script);
    const {registry, language, addresses} = JSON.parse(require("fs").readFileSync(0));
    const drawn = Object.fromEntries(Object.entries(registry).filter(([name]) => Object.hasOwn(ACTIVATIONS, name)));
    console.log(JSON.stringify(addresses.map((address) => {
        const {choice, ignored} = EXPLORER.readAddress(address, drawn);
        const still = (graph) => EXPLORER.still(graph, choice, drawn, language);
        return {
            functions: [...choice.functions.keys()], ignored,
            graphs: EXPLORER.GRAPHS.map(still).join(""), front: EXPLORER.FRONT.map(still).join(""),
        };
    })));
"""


def stored_registry(notebook: Path) -> dict[str, Any]:
    """The registry as the explorer's notebook has stored it: name → defaults, ranges, kinks, x."""
    outputs = [output for cell in read_notebook(notebook).cells for output in cell.get("outputs", [])]
    texts = [output.get("data", {}).get("text/markdown", "") for output in outputs]
    return next(filter(None, map(registry_in, texts)), {})


def registry_in(page: str) -> dict[str, Any]:
    """The registry in the explorer's element; empty where the page has none."""
    data = re.search(rf'{MARK}data-activations="([^"]*)"', page)
    return dict(json.loads(unescape(data[1]))) if data else {}


def stills(registry: Mapping[str, Any], addresses: Sequence[str], language: str) -> list[dict[str, Any]]:
    """What each address shows, as the page's script reads and draws it.

    Args:
        registry: see ``stored_registry``.
        addresses: such as ``relu,elu;alpha=2``.
        language: of the graphs' labels.

    Returns:
        for each address its functions, what is ignored of it, and as SVG the graphs and the one of the front page
    """
    answer = subprocess.run(
        [node_binary(), "-e", STILL, *(STATIC / script for script in SCRIPTS[:2])],
        input=json.dumps({"registry": registry, "language": language, "addresses": list(addresses)}),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return list(json.loads(answer.stdout))


def names_functions(fragment: str | None, registry: Mapping[str, Any]) -> bool:
    """Whether the fragment of a link is a choice of functions, and not a heading of the page.

    >>> names_functions("elu;alpha=2,relu", {"relu": {}, "elu": {}}), names_functions("notation", {"relu": {}})
    (True, False)
    """
    return bool(registry.keys() & set(re.split("[,;]", fragment or "")))


def _stands_alone(link: nodes.Element) -> bool:
    """Whether a link is all that its paragraph has, and the paragraph no item of a list."""
    paragraph = link.parent
    return (
        isinstance(paragraph, nodes.paragraph)
        and len(paragraph) == 1
        and not isinstance(paragraph.parent, nodes.list_item)
    )


def put_in_explorers(app: Any, doctree: nodes.document) -> None:
    """Let links that name functions lead to the explorer with these functions, or be one."""
    name = app.env.docname
    target = f"{name.rpartition('/')[0]}/{PAGE}"
    file = CHAPTERS / app.config.language / f"{PAGE}.ipynb"
    links = [link for link in doctree.findall(addnodes.pending_xref) if link.get("reftarget") == target]
    registry = stored_registry(file) if links else {}
    links = [link for link in links if names_functions(link.get("reftargetid"), registry)]
    if not links:
        return
    for source in (file, *(STATIC / script for script in SCRIPTS[:2])):
        app.env.note_dependency(str(source))
    addresses = [link["reftargetid"] for link in links]
    drawn = zip(links, addresses, stills(registry, addresses, app.config.language), strict=True)
    for number, (link, address, still) in enumerate(drawn, 1):
        if still["ignored"]:
            raise ExtensionError(
                f"{name}: the link {PAGE}.ipynb#{address} names what the explorer does not draw:"
                f" {', '.join(still['ignored'])}"
            )
        page = "" if name == target else app.builder.get_relative_uri(name, target)
        reference = nodes.reference(
            "",
            "",
            *(child.deepcopy() for inline in link.children for child in inline.children),
            refuri=f"{page}#{address}",
            internal=True,
            classes=[STATE],
        )
        if name != target and _stands_alone(link):
            data = {function: registry[function] for function in still["functions"]}
            front = name == app.config.root_doc
            graphs = still["front" if front else "graphs"]
            embedded = _embedded(f"explorer-{number}", address, data, graphs, reference, front=front)
            link.parent.replace_self(embedded)
        else:
            link.replace_self(reference)


def _embedded(
    name: str, address: str, data: Mapping[str, Any], graphs: str, link: nodes.reference, *, front: bool
) -> list[nodes.Node]:
    """An explorer inside a chapter, or on the front page, with room for the controls that come with the script."""
    parameters = sum(len(function["defaults"]) for function in data.values())
    room = f"--functions: {len(data)}; --parameters: {parameters}"
    opening = (
        f'<div id="{name}" class="{EMBEDDED}{" explorer-front" if front else ""}" data-address="{escape(address)}"'
        f' data-activations="{escape(json.dumps(data))}">'
        f'<div class="explorer-graphs">{graphs}</div><div class="explorer-controls" style="{room}"></div>'
    )
    return [
        nodes.raw("", opening, format="html"),
        nodes.paragraph("", "", link, classes=["explorer-caption"]),
        nodes.raw("", "</div>", format="html"),
    ]


def add_explorer(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Let the pages that have an explorer load what it needs."""
    body = context.get("body", "")
    if MARK in body or f'class="{EMBEDDED}' in body:
        app.add_css_file(STYLESHEET)
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")


def undrawn(page: str) -> list[str]:
    """The activations of the page's table that the script does not draw, because it has no JavaScript form of them.

    >>> undrawn('<div id="explorer" data-activations="{&quot;relu&quot;: {}, &quot;new&quot;: {}}">')
    ['new']
    """
    script = (STATIC / SCRIPTS[0]).read_text(encoding="utf-8").partition("globalThis.ACTIVATIONS = {")[2]
    drawn = set(re.findall(r"^    (\w+):", script, re.MULTILINE))
    return [name for name in registry_in(page) if name not in drawn]


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("doctree-read", put_in_explorers)
    app.connect("html-page-context", add_explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
