"""One stylesheet: what it keeps, what it drops, and when it refuses."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from booktools.build import BUILD, raw_pages
from booktools.stylesheet import (
    StyleError,
    dark_rules,
    files_named,
    merged_stylesheet,
    names_in_pages,
    purged,
    read_stylesheet,
    with_moved_urls,
)

NAMES = frozenset({"p", "a", "menu", "open", "main", "katex"})


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("p.menu { color: red }", "p.menu{ color: red }"),
        ("p.other { color: red }", ""),
        ("#main a:hover::before, .other { color: red }", "#main a:hover::before{ color: red }"),
        ("p:not(.other) { color: red }", "p:not(.other){ color: red }"),
        ("[data-x] > p { color: red }", "[data-x] > p{ color: red }"),
        ("@media (min-width: 9em) { .menu { color: red } .other { color: blue } }",
         "@media (min-width: 9em) {.menu{ color: red }}"),
        ("@media print { .other { color: red } }", ""),
        ("@keyframes turn { from { top: 0 } }", "@keyframes turn { from { top: 0 } }"),
        ("/* a comment */ p { color: red }", "p{ color: red }"),
    ],
)  # fmt: skip
def test_rules_stay_where_a_page_can_match_them(css, kept):
    assert purged(css, NAMES) == kept


def test_a_rule_that_is_not_known_is_an_error():
    with pytest.raises(StyleError, match="not known: @scope"):
        purged("@scope (main) { p { color: red } }", NAMES)


def test_names_are_tags_classes_and_ids():
    html = '<main id="top"><p class="lead wide">x</p></main>'
    assert names_in_pages([html]) == {"main", "top", "p", "lead", "wide"}


def test_addresses_lead_from_the_new_place():
    css = "a{b:url(fonts/x.woff2?v=1)}c{d:url('../y.png')}e{f:url(data:image/png;base64,x)}"
    moved = with_moved_urls(css, "katex/styles")
    assert files_named(moved) == {"katex/styles/fonts/x.woff2", "katex/y.png"}
    assert "url(data:image/png;base64,x)" in moved


def test_imports_are_taken_in_and_old_fonts_left_out(tmp_path):
    (tmp_path / "styles").mkdir()
    (tmp_path / "basic.css").write_text("p{color:red}")
    (tmp_path / "styles/theme.css").write_text(
        '@import "../basic.css"; @font-face{src:url(x.woff2) format("woff2"),url(x.ttf) format("truetype")}'
    )
    css = read_stylesheet(tmp_path, "styles/theme.css")
    assert css.startswith("p{color:red}")
    assert files_named(css) == {"styles/x.woff2"}
    with pytest.raises(StyleError, match=r"no stylesheet none\.css"):
        read_stylesheet(tmp_path, "none.css")


def test_without_scripts_the_dark_rules_apply_where_the_system_is_dark():
    css = (
        "html[data-theme=light] p{color:black}html[data-theme='dark'] p,p.x{color:white}"
        '@media print{html[data-theme="dark"] p{color:black}}:is(html)[data-theme="dark"]{--dark:initial}'
    )
    assert dark_rules(css) == (
        "html[data-theme='light'] p,p.x{color:white}:is(html)[data-theme=\"light\"]{--dark:initial}"
    )


RAW = raw_pages(BUILD, "en") / "_static"


def test_the_icons_are_cut_to_those_in_use():
    (fonts,) = RAW.glob("vendor/fontawesome/*/webfonts")
    sheet = next(RAW.glob("vendor/fontawesome/*/css/all.min.css")).relative_to(RAW).as_posix()
    css = merged_stylesheet(RAW, [sheet], frozenset({"fa-rocket", "fa-github", "fas", "fab"}), fonts)
    data = re.findall(r"url\(\"data:font/woff2;base64,([^\"]+)\"\)", css)
    fonts_cut = [TTFont(io.BytesIO(base64.b64decode(text))) for text in data]
    glyphs = {code for font in fonts_cut for code in font.getBestCmap()}
    assert glyphs == {0xF135, 0xF09B}  # rocket, github
    assert files_named(css) == set()
    assert len(css) < 20_000


def test_stylesheets_without_icons_are_an_error(tmp_path):
    (tmp_path / "a.css").write_text("p{color:red}")
    with pytest.raises(StyleError, match="no Font Awesome icons any more"):
        merged_stylesheet(tmp_path, ["a.css"], NAMES, tmp_path)
