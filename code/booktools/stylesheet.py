"""One stylesheet for all pages: the theme's and the extensions' own, merged, and cut to what the pages use.

A rule stays if every class, id and tag that its selector asks for occurs in a page or as a word in a script, because
scripts add classes (``show``, ``fade``). The icons are cut to those in use and put into the stylesheet itself, and the
fonts of formulas to the letters in use.
"""

import base64
import io
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import rcssmin
import tinycss2
from fontTools import subset
from fontTools.ttLib import TTFont

ICON_FONTS = {  # family, weight: file
    ("Font Awesome 6 Free", "900"): "fa-solid-900.woff2",
    ("Font Awesome 6 Brands", "400"): "fa-brands-400.woff2",
}
URL = re.compile(r"""url\(\s*(['"]?)(?P<address>[^'")]+)\1\s*\)""")
OLD_FONT = re.compile(
    r""",\s*url\([^)]*\.(?:woff|ttf)['"]?\)\s*format\([^)]*\)"""
)  # every browser reads woff2
IMPORT = re.compile(r"""@import\s+(?:url\()?['"](?P<address>[^'"]+)['"]\)?\s*;""")
SCRIPT_TEXT = re.compile(r""""[^"\\\n]*"|'[^'\\\n]*'|`[^`\\]*`""")

# Bootstrap's script has all its components in it; no page has one of these.
COMPONENTS_WITHOUT_USE = (
    *("accordion", "carousel", "modal", "nav-pills", "offcanvas", "placeholder", "popover"),
    *("toast",),
)
ICON = re.compile(r'content:\s*"([\ue000-\uf8ff])"')  # icons have codes for private use
NESTING_RULES = ("media", "supports", "layer", "container")
KEPT_RULES = ("keyframes", "-webkit-keyframes", "property", "page", "charset")

FACE = re.compile(r"""@font-face\s*\{[^}]*?font-family:\s*(['"]?)(?P<family>[^'";}]+)\1[^}]*\}""")
DARK = re.compile(r"""(\[data-theme=["']?)dark\b""")
MEDIA = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")


class StyleError(Exception):
    """A stylesheet that is not what it was made for; the message says what is missing."""


def names_in_pages(pages: Iterable[str]) -> set[str]:
    """Tags, classes and ids that occur in HTML."""
    names: set[str] = set()
    for page in pages:
        names.update(re.findall(r"<([a-z][a-z0-9-]*)", page))
        names.update(re.findall(r'\bid="([^"]*)"', page))
        for classes in re.findall(r'\bclass="([^"]*)"', page):
            names.update(classes.split())
    return names


def names_in_scripts(scripts: Iterable[str]) -> set[str]:
    """Every word of a text in a script: any of them may be a class that it sets.

    >>> sorted(names_in_scripts(["element.classList.add('show', 'fade in')"]))
    ['fade', 'in', 'show']
    """
    return {
        word
        for script in scripts
        for text in SCRIPT_TEXT.findall(script)
        for word in re.findall(r"[A-Za-z][\w-]*", text)
        if not word.startswith(COMPONENTS_WITHOUT_USE)
    }


def asked_for(selector: Iterable[Any]) -> set[str]:
    """Classes, ids and tags that must exist for a selector to match.

    >>> sorted(asked_for(tinycss2.parse_component_value_list("nav.menu > li:not(.open)::before")))
    ['li', 'menu', 'nav']
    """
    names = set()
    before = None
    for token in selector:
        if (token.type == "ident" and before != ":") or token.type == "hash":
            names.add(token.value)
        before = token.value if token.type == "literal" else None
    return names


def _selectors(prelude: Iterable[Any]) -> list[list[Any]]:
    """The selectors of a rule, which commas separate."""
    selectors: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def purged(css: str, names: frozenset[str]) -> str:
    """A stylesheet without the rules that cannot match anything.

    >>> purged(".a, .b { color: red } .c { color: blue }", frozenset({"a"}))
    '.a{ color: red }'
    """
    return _purged_rules(tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True), names)


def _purged_rules(rules: Iterable[Any], names: frozenset[str]) -> str:
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in _selectors(rule.prelude) if asked_for(s) <= names]
            if selectors:
                heads = ",".join(tinycss2.serialize(selector).strip() for selector in selectors)
                kept.append(f"{heads}{{{tinycss2.serialize(rule.content)}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in NESTING_RULES and rule.content is not None:
            inner = _purged_rules(
                tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True), names
            )
            if inner:
                kept.append(f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{inner}}}")
        elif rule.type == "at-rule" and rule.lower_at_keyword in (*KEPT_RULES, "font-face"):
            kept.append(rule.serialize())
        else:
            raise StyleError(f"a stylesheet has a rule that is not known: {rule.serialize()[:80]}")
    return "".join(kept)


def with_moved_urls(css: str, folder: str) -> str:
    """A stylesheet of ``folder`` as it has to be where the merged one lies: addresses lead from there."""

    def moved(match: re.Match[str]) -> str:
        address = match["address"]
        if address.startswith(("data:", "#", "http:", "https:")):
            return match[0]
        return f'url("{posixpath.normpath(posixpath.join(folder, address.partition("?")[0]))}")'

    return URL.sub(moved, css)


def cut_font(path: Path, codes: Iterable[int]) -> bytes:
    """The glyphs of a font that are used."""
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, notdef_outline=False)
    font = TTFont(path, recalcTimestamp=False)  # the same bytes at any time
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff2"
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def font_address(font: bytes) -> str:
    """A font in a stylesheet.

    >>> font_address(b"font")
    'data:font/woff2;base64,Zm9udA=='
    """
    return "data:font/woff2;base64," + base64.b64encode(font).decode()


def with_cut_icons(css: str, fonts: Path) -> str:
    """A purged stylesheet with its icon fonts replaced by the icons that it still names.

    Args:
        css: has Font Awesome's rules and font faces.
        fonts: folder of Font Awesome's fonts.

    Raises:
        StyleError: there is no icon, or no font face to replace.
    """
    codes = sorted({ord(icon) for icon in ICON.findall(css)})
    faces = re.findall(r"@font-face\s*\{[^}]*Font ?Awesome[^}]*\}", css)
    if not codes or not faces:
        raise StyleError("the theme's stylesheets have no Font Awesome icons any more")
    for face in faces:
        css = css.replace(face, "")
    cut = [
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:block;'
        f'src:url("{font_address(cut_font(fonts / file, codes))}") format("woff2")}}'
        for (family, weight), file in ICON_FONTS.items()
    ]
    return "".join(cut) + css


def with_used_fonts(css: str) -> str:
    """A purged stylesheet without the fonts that none of its rules names.

    >>> with_used_fonts("@font-face{font-family:A}@font-face{font-family:B}p{font:1em B}")
    '@font-face{font-family:B}p{font:1em B}'
    """
    rules = FACE.sub("", css)
    return FACE.sub(lambda face: face[0] if face["family"] in rules else "", css)


def read_stylesheet(static: Path, name: str) -> str:
    """The text of a stylesheet, with those that it imports in it, as it has to be in the folder ``static``.

    Raises:
        StyleError: it does not exist.
    """
    if not (static / name).exists():
        raise StyleError(f"no stylesheet {name} in {static}")
    folder = posixpath.dirname(name)
    text = (static / name).read_text(encoding="utf-8")
    imported = [
        read_stylesheet(static, posixpath.normpath(posixpath.join(folder, address)))
        for address in IMPORT.findall(text)
    ]
    return "".join(imported) + with_moved_urls(OLD_FONT.sub("", IMPORT.sub("", text)), folder)


def merged_stylesheet(static: Path, sheets: Iterable[str], names: frozenset[str], fonts: Path) -> str:
    """All stylesheets as one.

    Args:
        static: the folder of the stylesheets, and of the merged one.
        sheets: their paths from there, in the order of the pages.
        names: what occurs in the pages and scripts.
        fonts: folder of Font Awesome's fonts.
    """
    css = "".join(read_stylesheet(static, sheet) for sheet in sheets)
    return str(rcssmin.cssmin(with_cut_icons(with_used_fonts(purged(css, names)), fonts)))


def dark_rules(css: str) -> str:
    """The rules of the dark theme on every screen, for pages that have the light one because no script has chosen.

    >>> dark_rules('p{top:0}html[data-theme="dark"] p{top:1px}@media print{html[data-theme=dark] p{top:2px}}')
    'html[data-theme="light"] p{top:1px}'
    """
    everywhere = MEDIA.sub("", css)
    rules = [rule for rule in re.findall(r"[^{}]*\{[^{}]*\}", everywhere) if DARK.search(rule)]
    return DARK.sub(r"\1light", "".join(rules))


def files_named(css: str) -> set[str]:
    """Files that a stylesheet loads, by their path from its folder."""
    return {
        match["address"]
        for match in URL.finditer(css)
        if not match["address"].startswith(("data:", "#", "http:", "https:"))
    }
