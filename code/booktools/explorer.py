"""Sphinx extension: the explorer, where a reader tries the activations, on its own page and inside the chapters.

Its page, ``try-it``, is a notebook that prints relubook's registry as a table, inside an element with the id
``explorer``. The script turns that into graphs of f and f′ with controls. It draws them as SVG itself: charting
libraries that are light enough for this page draw on a canvas, which takes its colours from no theme, and leave the
keyboard and the screen reader to the page.

A link to that page may name functions: ``[smooth relatives](try-it.ipynb#gelu,silu;x=-1)``, in the form that the page
writes into its own address. In a notebook it is a link like any other. On the page it leads to the explorer with this
choice; and where it is a paragraph of its own, an explorer of these functions stands in its place, with the text of the
link below it. Its graphs are drawn here, by the same script, for readers without scripts.
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
EMBEDDED = 'class="explorer-embed"'
SCRIPTS = ("activations.js", "graphs.js", "explorer.js")
STYLESHEET = "explorer.css"
STILL = """
    for (const script of process.argv.slice(1)) require(script);
    const {registry, language, addresses} = JSON.parse(require("fs").readFileSync(0));
    const drawn = Object.fromEntries(Object.entries(registry).filter(([name]) => Object.hasOwn(ACTIVATIONS, name)));
    console.log(JSON.stringify(addresses.map(({id, address}) => {
        const {choice, unknown} = EXPLORER.readAddress(address, drawn);
        return {
            functions: [...choice.functions.keys()], unknown,
            graphs: EXPLORER.GRAPHS.map((graph) => EXPLORER.still(graph, choice, drawn, id, language)).join(""),
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


def stills(
    registry: Mapping[str, Any], addresses: Sequence[Mapping[str, str]], language: str
) -> list[dict[str, Any]]:
    """What each address shows, as the page's script reads and draws it.

    Args:
        registry: see ``stored_registry``.
        addresses: each with ``address``, such as ``relu,elu;alpha=2``, and the ``id`` of its element.
        language: of the graphs' labels.

    Returns:
        functions, what of the address is unknown, and the graphs as SVG, for each address.
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
    app.env.note_dependency(str(file))
    places = [
        {"id": f"explorer-{number}", "address": link["reftargetid"]} for number, link in enumerate(links, 1)
    ]
    for link, place, still in zip(links, places, stills(registry, places, app.config.language), strict=True):
        if still["unknown"]:
            raise ExtensionError(
                f"{name}: the link {PAGE}.ipynb#{place['address']} names what the explorer does not draw:"
                f" {', '.join(still['unknown'])}"
            )
        page = "" if name == target else app.builder.get_relative_uri(name, target)
        reference = nodes.reference(
            "",
            "",
            *(child.deepcopy() for inline in link.children for child in inline.children),
            refuri=f"{page}#{place['address']}",
            internal=True,
            classes=["explorer-preset"] if name == target else [],
        )
        if name != target and _stands_alone(link):
            data = {function: registry[function] for function in still["functions"]}
            link.parent.replace_self(_embedded(place, data, still["graphs"], reference))
        else:
            link.replace_self(reference)


def _embedded(
    place: Mapping[str, str], data: Mapping[str, Any], graphs: str, link: nodes.reference
) -> list[nodes.Node]:
    """An explorer inside a chapter, with room for the controls that come with the script."""
    parameters = sum(len(function["defaults"]) for function in data.values())
    room = f"--functions: {len(data)}; --parameters: {parameters}"
    opening = (
        f'<div id="{place["id"]}" {EMBEDDED} data-address="{escape(place["address"])}"'
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
    if MARK in body or EMBEDDED in body:
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
