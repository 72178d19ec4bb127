"""The site that readers load, from the pages that Sphinx wrote: the same pages, light.

As built, a page loads thirty files of 1.3 MB, most of it for icons and for features that this book does not use. Here
each page gets one stylesheet (``stylesheet.py``), one script that comes when the page is drawn, figures with their
size, and nothing from any other host. Every change names what it expects to find: after an update of a theme it fails,
and does not let through a page that is only half light.
"""

import hashlib
import json
import os
import re
import shutil
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from booktools import explorer
from booktools.languages import INTERFACE, KOREAN_FOLDER, NAMES, SEARCH_DESCRIPTION, SWITCH_LABEL
from booktools.stylesheet import files_named, merged_stylesheet, names_in_pages, names_in_scripts

STATIC = Path(__file__).parent / "static"
STYLESHEET, SCRIPT = "book.css", "book.js"

# What the pages link, by file name. A name in neither list is an error: someone has to decide.
STYLES_WITHOUT_USE = {"sphinx-design.min.css", "sphinx-thebe.css", "togglebutton.css"}
SCRIPTS_IN_USE = (
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "clipboard.min.js",
    "copybutton.js",
    "scripts/sphinx-book-theme.js",
    "scripts/bootstrap.js",
    "scripts/pydata-sphinx-theme.js",
    "scrolling.js",
)
TRANSLATED_MESSAGES = "translations.js"  # after doctools.js, in every edition but the English one
SCRIPTS_WITHOUT_USE = {
    "all.min.js",  # Font Awesome as a script; its icons are in the stylesheet
    "togglebutton.js",
    "design-tabs.js",
    "sphinx-thebe.js",
}
SEARCH_SCRIPTS = ("language_data.js", "searchtools.js")
SEARCH_INDEX = "searchindex.js"
PAGE_SCRIPTS = explorer.SCRIPTS  # of the pages that link them, after the common one
SHARED_FILES = ("favicon.svg", "card.png")
ICON_FONTS = "vendor/fontawesome/*/webfonts"

# From file:// a page may not read the other pages, and without this the search would report that as an error.
NO_SUMMARY_FROM_FILES = (
    'if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;\n'
)
FIGURE = re.compile(r'<img (?P<attributes>[^>]*\bsrc="(?P<address>[^"]*_images/[^"]+\.png)"[^>]*?) ?/?>')
TAG_ATTRIBUTE = re.compile(r'\b(?:href|src)="([^"]+)"')

# Before the page is drawn, so that a dark page does not flash; the theme's own script comes later.
THEME_SCRIPT = (
    '<script>(() => {const root = document.documentElement.dataset, dark = matchMedia("(prefers-color-scheme: dark)");'
    'root.mode = localStorage.getItem("mode") || "auto";'
    'root.theme = root.mode === "auto" ? (dark.matches ? "dark" : "light") : root.mode;})();</script>'
)


# After the page has been drawn: what a reader sees does not wait for what a reader may press.
SCRIPTS_LATER = """<script>
addEventListener("load", () => (window.requestIdleCallback || setTimeout)(() => {{
  for (const address of {addresses}) {{
    const script = document.createElement("script");
    script.src = address;
    script.async = false;
    document.head.append(script);
  }}
}}), {{once: true}});
</script>
"""
# Bootstrap waits for this event before it follows the reader through the contents; it is over by then.
LOADED_ALREADY = 'dispatchEvent(new Event("load"));\n'


# Binder and Colab open notebooks of this branch instead, where one is named: see .github/workflows/publish.yml.
LAUNCH_BRANCH = "LAUNCH_BRANCH"
LAUNCH_LINK = re.compile(
    r'(?P<before>https://(?:colab\.research\.google\.com/github/[^/"]+/[^/"]+/blob/|mybinder\.org/v2/gh/[^/"]+/[^/"]+/))'
    r'(?P<branch>[^/"?]+)'
)


class SiteError(Exception):
    """A page that is not as it was when this was written; the message names the page and what is missing."""


@dataclass(frozen=True)
class Change:
    """Text of every page that is replaced.

    ``optional`` marks what some pages do not have.
    """

    what: str
    pattern: str
    replacement: str | Callable[[re.Match[str]], str]
    optional: bool = False


def _drop_target(match: re.Match[str]) -> str:
    return match[0].replace(' target="_blank"', ' target="_blank" rel="noopener"')


CHANGES = (
    Change(
        "second viewport", r'<meta name="viewport" content="width=device-width, initial-scale=1"\s*/?>\s*', ""
    ),
    Change("styles", r'<link [^>]*rel="stylesheet"[^>]*>\s*', ""),
    Change("preloaded files", r'<link rel="preload"[^>]*>\s*', ""),
    Change("written buttons", r"<script>\s*document\.write\(`(.*?)`\);\s*</script>", r"\1"),
    Change(
        "scripts",
        r'<script(?! data-cfasync)(?![^>]*type="application/(?:ld\+)?json")[^>]*>.*?</script>\s*',
        "",
    ),
    Change("theme script", r"<script data-cfasync=.*?</script>", THEME_SCRIPT),
    Change("comments on scripts", r"<!-- (?:Loaded before|Pre-loaded|Scripts loaded)[^>]*-->\s*", ""),
    Change(
        "sidebar",
        r'<div class="bd-sidebar-primary bd-sidebar(?P<more>[^"]*)">',
        r'<div class="bd-sidebar-primary bd-sidebar\g<more>" role="region" aria-label="Book">',
    ),
    Change("logos", r"<img (?=[^>]*(?:_static/images/logo_|_static/favicon))", '<img loading="lazy" '),
    Change("links to new windows", r'<a [^>]*target="_blank"(?![^>]*rel=)', _drop_target),
)


def changed(page: str, name: str, change: Change) -> str:
    """A page after a change.

    Raises:
        SiteError: the page has nothing to change.
    """
    text, count = re.subn(change.pattern, change.replacement, page, flags=re.DOTALL)
    if not count and not change.optional:
        raise SiteError(f"{name}: no {change.what} found; has the theme changed?")
    return text


def png_size(path: Path) -> tuple[int, int]:
    """Width and height of a PNG file in pixels."""
    with path.open("rb") as file:
        header = file.read(24)
    if header[:8] != b"\x89PNG\r\n\x1a\n":
        raise SiteError(f"{path}: not a PNG file")
    width, height = struct.unpack(">II", header[16:24])
    return width, height


def linked_files(page: str, tag: str, suffix: str) -> list[str]:
    """Paths of the styles or scripts that a page links, from the folder ``_static`` or the root."""
    addresses = []
    for element in re.findall(rf"<{tag} [^>]*>", page):
        if 'rel="preload"' in element or (tag == "link" and 'rel="stylesheet"' not in element):
            continue
        addresses += [address.partition("?")[0] for address in TAG_ATTRIBUTE.findall(element)]
    files = [re.sub(r"^(?:\.\./)*(?:_static/)?", "", address) for address in addresses]
    return [file for file in files if file.endswith(suffix)]


def styles_of(pages: Mapping[str, str]) -> list[str]:
    """The stylesheets that the pages use, in their order."""
    styles: list[str] = []
    for page in pages.values():
        styles += [style for style in linked_files(page, "link", ".css") if style not in styles]
    return [style for style in styles if style.rpartition("/")[2] not in STYLES_WITHOUT_USE]


def scripts_of(language: str) -> list[str]:
    """The scripts that every page of an edition needs, in their order."""
    scripts = list(SCRIPTS_IN_USE)
    if language != "en":
        scripts.insert(scripts.index("doctools.js") + 1, TRANSLATED_MESSAGES)
    return scripts


def check_scripts(pages: Mapping[str, str], in_use: Iterable[str]) -> None:
    """Demand that every script of the pages is known, and every one in use is there.

    Raises:
        SiteError: the scripts are not those that this was written for.
    """
    found = {script for page in pages.values() for script in linked_files(page, "script", ".js")}
    known = {*in_use, *SEARCH_SCRIPTS, SEARCH_INDEX, *PAGE_SCRIPTS}
    unknown = {s for s in found - known if s.rpartition("/")[2] not in SCRIPTS_WITHOUT_USE}
    missing = set(in_use) - found
    if unknown or missing:
        raise SiteError(f"scripts not known: {sorted(unknown)}; no longer linked: {sorted(missing)}")


@dataclass(frozen=True)
class Edition:
    """One language of the book: the pages that Sphinx wrote, and where they go."""

    language: str
    raw: Path
    output: Path

    def pages(self) -> dict[str, str]:
        """The HTML of each page by its path."""
        return {
            path.relative_to(self.raw).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(self.raw.rglob("*.html"))
            if "_static" not in path.relative_to(self.raw).parts
        }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def with_sized_figures(page: str, folder: Path, scale: int) -> str:
    """A page whose figures have width and height, and load when they come near the screen.

    Args:
        page: its HTML.
        folder: where the page stands.
        scale: pixels of the image for one of the page.
    """

    def sized(match: re.Match[str]) -> str:
        width, height = png_size(folder / match["address"])
        size = f'width="{round(width / scale)}" height="{round(height / scale)}"'
        return f'<img {match["attributes"]} {size} loading="lazy" decoding="async">'

    return FIGURE.sub(sized, page)


def light_page(page: str, name: str, edition: Edition, links: str, scale: int) -> str:
    """A page as readers get it.

    Args:
        page: HTML as Sphinx wrote it.
        name: its path, for messages.
        edition: the edition that it belongs to.
        links: the elements that load stylesheet and scripts.
        scale: see ``with_sized_figures``.
    """
    for change in CHANGES:
        page = changed(page, name, change)
    page = changed(page, name, Change("head", r"</head>", lambda match: f"{links}</head>"))
    page = _with_language_button(page, name)
    if '<meta name="description"' not in page:
        description = f'<meta name="description" content="{SEARCH_DESCRIPTION[edition.language]}">'
        page = page.replace("<title>", f"{description}\n<title>", 1)
    if branch := os.environ.get(LAUNCH_BRANCH):
        page = LAUNCH_LINK.sub(rf"\g<before>{branch}", page)
    if edition.language == "ko":
        for english, korean in INTERFACE.items():
            page = page.replace(english, korean)
    page = with_sized_figures(page, (edition.raw / name).parent, scale)
    return re.sub(r"\n\s*\n+", "\n", page) if "<pre" not in page else page


def _with_language_button(page: str, name: str) -> str:
    """The theme's button opens a new window and does not say which language it leads to."""

    def link(match: re.Match[str]) -> str:
        text = match["text"]
        language = next(code for code, label in NAMES.items() if label == text)
        return (
            f'<a class="btn btn-sm btn-{SWITCH_LABEL}" href="{match["href"]}" hreflang="{language}" '
            f'lang="{language}">{text}</a>'
        )

    pattern = (
        rf'<a href="(?P<href>[^"]+)"[^>]*class="btn btn-sm btn-{SWITCH_LABEL}"[^>]*>\s*'
        r'<span class="btn__text-container">(?P<text>[^<]+)</span>\s*</a>'
    )
    return changed(page, name, Change("language button", pattern, link))


def _redirect(page: str, name: str, edition: Edition) -> str:
    """Jupyter Book's page that leads to the first one is a single element; this is a whole page."""
    address = re.search(r"url=([^\"]+)", page)
    if not address:
        raise SiteError(f"{name}: leads nowhere; has Jupyter Book changed?")
    title = re.search(r"<title>(.*?)</title>", (edition.raw / address[1]).read_text(encoding="utf-8"))
    return (
        f'<!DOCTYPE html>\n<html lang="{edition.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title[1] if title else ''}</title>\n"
        f'<link rel="icon" href="_static/favicon.svg">\n'
        f'<meta http-equiv="refresh" content="0; url={address[1]}">\n</head>\n'
        f'<body><main><a href="{address[1]}">{address[1]}</a></main></body>\n</html>\n'
    )


def write_edition(edition: Edition, names: frozenset[str], scale: int) -> None:
    """Write the light pages of an edition, and the files that they load.

    Raises:
        SiteError: a page is not as expected.
        StyleError: a stylesheet is not.
    """
    static = edition.raw / "_static"
    pages = {name: page for name, page in edition.pages().items() if "<head>" in page}
    scripts = scripts_of(edition.language)
    check_scripts(pages, [*scripts, *PAGE_SCRIPTS])
    (fonts,) = static.glob(ICON_FONTS)
    css = merged_stylesheet(static, styles_of(pages), names, fonts)
    first, *others = [(static / script).read_text(encoding="utf-8") for script in scripts]
    script = "\n;".join([first, NO_SUMMARY_FROM_FILES, *others, LOADED_ALREADY])

    (edition.output / "_static").mkdir(parents=True, exist_ok=True)
    (edition.output / "_static" / STYLESHEET).write_text(css, encoding="utf-8")
    (edition.output / "_static" / SCRIPT).write_text(script, encoding="utf-8")
    for name in sorted(files_named(css) | {*SEARCH_SCRIPTS, *PAGE_SCRIPTS, "images", *SHARED_FILES}):
        _copy(static / name, edition.output / "_static" / name)
    for name in ("_images", "_sources", SEARCH_INDEX):
        _copy(edition.raw / name, edition.output / name)

    for name, page in edition.pages().items():
        root = "../" * name.count("/")
        addresses = [f"{root}_static/{SCRIPT}?v={_digest(script)}"]
        if name == "search.html":
            addresses += [*(f"_static/{script}" for script in SEARCH_SCRIPTS), SEARCH_INDEX]
        linked = linked_files(page, "script", ".js")
        addresses += [
            f"{root}_static/{script}?v={_digest((static / script).read_text(encoding='utf-8'))}"
            for script in PAGE_SCRIPTS
            if script in linked
        ]
        links = f'<link rel="stylesheet" href="{root}_static/{STYLESHEET}?v={_digest(css)}">\n'
        links += SCRIPTS_LATER.format(addresses=json.dumps(addresses))
        target = edition.output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        light = (
            light_page(page, name, edition, links, scale) if name in pages else _redirect(page, name, edition)
        )
        target.write_text(light, encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        shutil.copyfile(source, target)
    else:
        raise SiteError(f"{source}: a page loads it, and Sphinx has not written it")


def names_in_use(editions: Iterable[Edition]) -> frozenset[str]:
    """Tags, classes and ids of all pages, and every word of their scripts."""
    editions = list(editions)
    pages = (page for edition in editions for page in edition.pages().values())
    scripts = (
        (edition.raw / "_static" / script).read_text(encoding="utf-8")
        for edition in editions
        for script in (*SCRIPTS_IN_USE, *SEARCH_SCRIPTS, *PAGE_SCRIPTS)
    )
    return frozenset(names_in_pages(pages) | names_in_scripts(scripts))


CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"')
NOT_LISTED = ("search.html",)


def sitemap(pages: Iterable[str]) -> str:
    """The pages' addresses in each language, for search engines; only those that say where they are published."""
    entries = []
    for page in pages:
        if canonical := CANONICAL.search(page):
            links = "".join(
                f'<xhtml:link rel="alternate" hreflang="{language}" href="{address}"/>'
                for language, address in ALTERNATE.findall(page)
            )
            entries.append(f"<url><loc>{canonical[1]}</loc>{links}</url>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
        + "\n".join(entries)
        + "\n</urlset>\n"
    )


def write_for_search_engines(output: Path) -> None:
    """Write ``sitemap.xml`` and ``404.html``, whose links have to hold from any address."""
    pages = {
        path.relative_to(output).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(output.rglob("*.html"))
    }
    listed = [page for name, page in pages.items() if name.rpartition("/")[2] not in NOT_LISTED]
    (output / "sitemap.xml").write_text(sitemap(listed), encoding="utf-8")
    address = CANONICAL.search(pages["search.html"])
    base = urlsplit(address[1]).path.removesuffix("search.html") if address else "/"
    template = (STATIC / "404.html").read_text(encoding="utf-8")
    (output / "404.html").write_text(template.replace("{base}", base), encoding="utf-8")


def write_site(raw: Mapping[str, Path], output: Path, *, scale: int = 1) -> None:
    """Write the site of both editions to a folder, which is emptied first.

    Args:
        raw: the folder of the pages that Sphinx wrote, by language.
        output: the folder to write to; Korean pages go to ``ko`` in it.
        scale: pixels of a figure for one of the page; 2 where figures are stored for dense screens.

    Raises:
        SiteError: a page is not as expected.
        StyleError: a stylesheet is not.
    """
    shutil.rmtree(output, ignore_errors=True)
    editions = [
        Edition(language, folder, output / KOREAN_FOLDER if language == "ko" else output)
        for language, folder in raw.items()
    ]
    names = names_in_use(editions)
    for edition in editions:
        write_edition(edition, names, scale)
    write_for_search_engines(output)
