"""The site that readers load, from the pages that Sphinx wrote: the same pages, light.

A page of the theme loads thirty files of 1.3 MB, most of it for icons and for features that this book does not use.
``templates/layout.html`` writes pages with one stylesheet and one script, which comes when the page is drawn. Here both
are merged, and figures get their size. Every page and file is checked: what an update of a theme brings back or takes
away is an error, and not a page that is only half light.
"""

import functools
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import imagesize
from lxml import html

from booktools import explorer, live, pyodide_files, run_in_page, search, teaching
from booktools.figures import for_page, korean_labels, view_size
from booktools.languages import INTERFACE, KOREAN_FOLDER
from booktools.stylesheet import (
    cut_font,
    dark_rules,
    files_named,
    font_address,
    merged_stylesheet,
    names_in_pages,
    names_in_scripts,
)
from booktools.typesetting import typeset, with_labelled_cells

STATIC = Path(__file__).parent / "static"

# What themes and extensions bring, in the order in which it is merged; a star stands for a version. A stylesheet or
# script in none of these lists is an error: someone has to decide.
STYLES_IN_USE = (
    *("styles/theme.css", "styles/bootstrap.css", "styles/pydata-sphinx-theme.css"),
    *("vendor/fontawesome/*/css/all.min.css", "pygments.css", "styles/sphinx-book-theme.css"),
    *("copybutton.css", "mystnb.*.css", "languages.css", "katex/katex.min.css"),
    *("katex-math.css", "formulas.css", "code.css", "look.css", "figures.css"),
    *("interface.css", "answers.css"),
    live.STYLESHEET,
    explorer.STYLESHEET,
    run_in_page.STYLESHEET,
)
SCRIPTS_IN_USE = (
    *("documentation_options.js", "start.js", "doctools.js", "sphinx_highlight.js"),
    *("clipboard.min.js", "copybutton.js", "scripts/sphinx-book-theme.js"),
    *("scripts/bootstrap.js", "scripts/pydata-sphinx-theme.js", "scrolling.js"),
    *("answers.js", "figures.js", "glossary.js", run_in_page.BUTTON_SCRIPT, "loaded.js"),
)
# The theme looks for what is wider than its box one by one, and changes each before it measures the next, which lays
# the page out again and again; scrolling.js does it at once.
SLOW_SEARCH = (
    'document.querySelectorAll("pre, .nboutput > .output_area, '
    '.cell_output > .output, .jp-RenderedHTMLCommon")'
)
TRANSLATED_MESSAGES = "translations.js"  # after doctools.js, in every edition but the English one
SEARCH_SCRIPTS = search.SCRIPTS
PAGE_SCRIPTS = (*explorer.SCRIPTS, *live.SCRIPTS)  # of the pages to which an extension adds them
# The first is imported by another one, the icons of the second are in the stylesheet.
WITHOUT_USE = (
    *("basic.css", "vendor/fontawesome/*/js/all.min.js", "copybutton_funcs.js"),
    *("sphinx-design.min.css", "design-tabs.js", "sphinx-thebe.css", "sphinx-thebe.js"),
    *("togglebutton.css", "togglebutton.js", "language_data.js", "searchtools.js"),
)
SHARED_FILES = ("favicon.svg", "card.png")
ICON_FONTS = "vendor/fontawesome/*/webfonts"

# What each page has this often: a template of the theme that is no longer the one replaced here makes another number.
EXPECTED = {
    "stylesheet": (r'<link [^>]*rel="stylesheet"', 2),
    "preloaded file": (r'<link [^>]*rel="preload"', 0),
    "viewport": (r'<meta name="viewport"', 1),
    "script": (r'<script(?![^>]*type="application/)', 2),
    "written element": (r"document\.write\(", 0),
    "sidebar with a name": (r'role="region" aria-label="(?:Book|책)"', 1),
    "logo": (r'class="[^"]*logo__image', 1),
    "button to the other language": (r"btn-language-button", 1),
    "link that tells another window where it came from": (r'<a [^>]*target="_blank"(?![^>]*rel=)', 0),
}
VERSION = re.compile(r'_static/(?P<file>[^"?]+)\?v=@')
FIGURE = re.compile(
    r'<img (?P<attributes>[^>]*\bsrc="(?P<address>[^"]*_images/[^"]+\.(?:png|svg))"[^>]*?) ?/?>'
)
IMAGE_LINK = re.compile(  # what docutils puts around an image of a stated width
    r'<a class="reference internal image-reference" [^>]*>(?P<image><img [^>]*>)\s*</a>'
)
CAPTION = re.compile(  # of a numbered figure, up to its own link
    r'(?P<start><figure [^>]*id="(?P<name>[^"]+)">\s*<a class="figure-file" )(?P<link>href="(?P<address>[^"]+)")'
    r'(?P<rest>[^\0]*?)(?P<end><a class="headerlink"[^>]*>#</a></p>\s*</figcaption>)'
)
ICON = re.compile(r'(?P<start><link rel="icon" href=")[^"]*_static/favicon\.svg(?=")')
VECTOR_SCALE = 4 / 3  # pixels of the page for a point, the unit of a vector figure

# Binder and Colab open notebooks of this branch instead, where one is named: see .github/workflows/publish.yml.
LAUNCH_BRANCH = "LAUNCH_BRANCH"
LAUNCH_LINK = re.compile(
    r'(?P<before>https://(?:colab\.research\.google\.com/github/[^/"]+/[^/"]+/blob/|mybinder\.org/v2/gh/[^/"]+/[^/"]+/))'
    r'(?P<branch>[^/"?]+)'
)


class SiteError(Exception):
    """A page or file that is not as it was when this was written; the message names it and what is missing."""


def check(page: str, name: str) -> None:
    """Demand that a page has what ``EXPECTED`` says.

    Raises:
        SiteError: it has something more often, or less.
    """
    for what, (pattern, times) in EXPECTED.items():
        if (found := len(re.findall(pattern, page))) != times:
            raise SiteError(f"{name}: {what}: {found} instead of {times}; has the theme changed?")


def file_matching(static: Path, pattern: str) -> str:
    """The one file of a folder that a pattern matches, by its path from there."""
    files = sorted(path.relative_to(static).as_posix() for path in static.glob(pattern))
    if len(files) != 1:
        raise SiteError(f"{static}: {files or 'nothing'} where one {pattern} was expected; try `make clean`")
    return files[0]


def styles_and_scripts(static: Path) -> tuple[list[str], list[str]]:
    """The stylesheets and the scripts to merge.

    Raises:
        SiteError: one is missing, or there is one that nobody has decided on.
    """
    styles = [file_matching(static, pattern) for pattern in STYLES_IN_USE]
    scripts = [file_matching(static, pattern) for pattern in SCRIPTS_IN_USE]
    if (static / TRANSLATED_MESSAGES).exists():
        scripts.insert(scripts.index("doctools.js") + 1, TRANSLATED_MESSAGES)
    unused = [path.relative_to(static).as_posix() for pattern in WITHOUT_USE for path in static.glob(pattern)]
    found = {
        path.relative_to(static).as_posix() for path in static.rglob("*") if path.suffix in {".css", ".js"}
    }
    if unknown := found - {*styles, *scripts, *unused, *SEARCH_SCRIPTS, *PAGE_SCRIPTS, *run_in_page.FILES}:
        raise SiteError(f"{static}: in no list of booktools/site.py: {', '.join(sorted(unknown))}")
    return styles, scripts


@dataclass(frozen=True)
class Edition:
    """One language of the book: the pages that Sphinx wrote, where they go, and where Python in the page lies."""

    language: str
    raw: Path
    output: Path
    python_files: str = pyodide_files.CDN

    @functools.cached_property
    def pages(self) -> dict[str, str]:
        """The HTML of each page by its path."""
        return {
            path.relative_to(self.raw).as_posix(): typeset(path.read_text(encoding="utf-8"))
            for path in sorted(self.raw.rglob("*.html"))
            if "_static" not in path.relative_to(self.raw).parts
        }


def with_sized_figures(page: str, folder: Path, scale: int) -> str:
    """A page whose figures have width and height, and load when they come near the screen.

    A figure is also a link to its file, so that a tap shows it large; static/figures.js makes a window of it.

    Args:
        page: its HTML.
        folder: where the page stands.
        scale: pixels of an image for one of the page.

    Raises:
        SiteError: a figure is no image.
    """

    def sized(match: re.Match[str]) -> str:
        file = folder / match["address"]
        if file.suffix == ".svg":
            try:
                width, height = (VECTOR_SCALE * side for side in view_size(file.read_text(encoding="utf-8")))
            except ValueError as error:
                raise SiteError(f"{file}: {error}") from error
        else:
            width, height = (side / scale for side in imagesize.get(file))
            if width < 0:
                raise SiteError(f"{file}: not an image")
        size = f'width="{round(width)}" height="{round(height)}"'
        image = f'<img {match["attributes"]} {size} loading="lazy" decoding="async">'
        return f'<a class="figure-file" href="{match["address"]}">{image}</a>'

    def to_download(match: re.Match[str]) -> str:
        kind = match["address"].rpartition(".")[2]
        name = f"{match['name']}.{kind}"
        link = f'<a class="figure-download" href="{match["address"]}" download="{name}">{kind.upper()}</a>'
        return f'{match["start"]}data-name="{name}" {match["link"]}{match["rest"]}{link}{match["end"]}'

    page = IMAGE_LINK.sub(r"\g<image>", page)  # one link is enough
    return CAPTION.sub(to_download, FIGURE.sub(sized, page))


@functools.cache
def icon_address() -> str:
    """The icon in the page: a browser asks for its file before the text is drawn, and some draw the text after it."""
    svg = re.sub(r"\s+", " ", (STATIC / "favicon.svg").read_text(encoding="utf-8")).replace("> <", "><")
    return "data:image/svg+xml," + quote(svg.strip().replace('"', "'"), safe=" ='/:;,")


def finished_page(page: str, name: str, edition: Edition, scale: int) -> str:
    """A page as readers get it.

    Args:
        page: HTML as Sphinx wrote it.
        name: its path, for messages.
        edition: the edition that it belongs to, whose static files have been written.
        scale: see ``with_sized_figures``.

    Raises:
        SiteError: it is not as expected.
    """
    check(page, name)

    def versioned(match: re.Match[str]) -> str:
        content = (edition.output / "_static" / match["file"]).read_bytes()
        return f"_static/{match['file']}?v={hashlib.sha256(content).hexdigest()[:12]}"

    page = VERSION.sub(versioned, page)
    if branch := os.environ.get(LAUNCH_BRANCH):
        page = LAUNCH_LINK.sub(rf"\g<before>{branch}", page)
    if edition.language == "ko":
        for english, korean in INTERFACE.items():
            page = page.replace(english, korean)
        page = live.page_in_korean(page)
    page = ICON.sub(rf"\g<start>{icon_address()}", page)
    page = with_labelled_cells(page)  # in the language that the heads have now
    return with_sized_figures(page, (edition.raw / name).parent, scale)


def redirect(page: str, name: str, edition: Edition) -> str:
    """Jupyter Book's page that leads to the first one is a single element; this is a whole page."""
    address = re.search(r"url=([^\"]+)", page)
    if not address:
        raise SiteError(f"{name}: leads nowhere; has Jupyter Book changed?")
    title = re.search(r"<title>(.*?)</title>", edition.pages[address[1]])
    template = (STATIC / "redirect.html").read_text(encoding="utf-8")
    return template.format(language=edition.language, title=title[1] if title else "", address=address[1])


def letters_in_formulas(editions: Iterable[Edition]) -> set[int]:
    """The codes of what KaTeX drew on any page."""
    return {
        ord(letter)
        for edition in editions
        for page in edition.pages.values()
        for formula in html.fromstring(page).xpath("//*[@class='katex-html']")
        for letter in formula.text_content()
    }


def write_edition(
    edition: Edition, css: str, fonts: Mapping[str, bytes], scripts: Iterable[str], scale: int
) -> None:
    """Write the pages of an edition, and the files that they load.

    Args:
        edition: where they stand, and where they go.
        css: the stylesheet of all editions.
        fonts: those that it loads, by their path.
        scripts: the scripts to merge.
        scale: see ``with_sized_figures``.

    Raises:
        SiteError: a page is not as expected.
    """
    static, output = edition.raw / "_static", edition.output / "_static"
    script = "\n;".join((static / script).read_text(encoding="utf-8") for script in scripts)
    if SLOW_SEARCH not in script:
        raise SiteError(f"no script has {SLOW_SEARCH}; has the theme changed?")
    script = script.replace(SLOW_SEARCH, "[]")
    output.mkdir(parents=True, exist_ok=True)
    for name, text in (("book.css", css), ("dark.css", dark_rules(css)), ("book.js", script)):
        (output / name).write_text(text, encoding="utf-8")
    for name, font in fonts.items():
        (output / name).parent.mkdir(parents=True, exist_ok=True)
        (output / name).write_bytes(font)
    for name in sorted(
        files_named(css) - set(fonts)
        | {*SEARCH_SCRIPTS, *PAGE_SCRIPTS, "images", *SHARED_FILES, *run_in_page.FILES}
    ):
        _copy(static / name, output / name)
    root = "../../" if edition.language == "ko" else "../"
    run_in_page.write_files(output, edition.language, edition.python_files, root)
    for name in ("_images", "_sources"):
        _copy(edition.raw / name, edition.output / name)
    labels = korean_labels() if edition.language == "ko" else None
    for figure in (edition.output / "_images").glob("*.svg"):
        figure.write_text(for_page(figure.read_text(encoding="utf-8"), labels), encoding="utf-8")

    for name, page in edition.pages.items():
        if name.endswith(f"/{teaching.PAGE}"):
            page = teaching.filled(page, edition.pages)
        target = edition.output / name
        target.parent.mkdir(parents=True, exist_ok=True)
        whole = "<head>" in page
        text = finished_page(page, name, edition, scale) if whole else redirect(page, name, edition)
        target.write_text(text, encoding="utf-8")


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
    names: set[str] = set()
    for edition in editions:
        scripts = (
            edition.raw / "_static" / name for name in (*SCRIPTS_IN_USE, *SEARCH_SCRIPTS, *PAGE_SCRIPTS)
        )
        names |= names_in_pages(edition.pages.values())
        names |= names_in_scripts(script.read_text(encoding="utf-8") for script in scripts)
    return frozenset(names | {"figure-download"})  # which with_sized_figures adds


# They come with the stylesheet: by themselves they would come after the text is drawn, and move it, or hold it up by
# one more answer of the server. templates/layout.html has the first two read before the text is drawn.
FONTS_OF_MOST_FORMULAS = tuple(
    f"katex/fonts/KaTeX_{name}.woff2"
    for name in ("Main-Regular", "Math-Italic", *(f"Size{size}-Regular" for size in range(1, 5)))
)
CANONICAL = re.compile(r'<link rel="canonical" href="([^"]+)"')
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"')


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
    listed = [page for name, page in pages.items() if not name.endswith("search.html")]
    (output / "sitemap.xml").write_text(sitemap(listed), encoding="utf-8")
    address = CANONICAL.search(pages["search.html"])
    base = urlsplit(address[1]).path.removesuffix("search.html") if address else "/"
    template = (STATIC / "404.html").read_text(encoding="utf-8")
    (output / "404.html").write_text(template.replace("{base}", base), encoding="utf-8")


def write_site(
    raw: Mapping[str, Path], output: Path, *, scale: int = 1, python_files: str = pyodide_files.CDN
) -> None:
    """Write the site of both editions to a folder, which is emptied first.

    Args:
        raw: the folder of the pages that Sphinx wrote, by language.
        output: the folder to write to; Korean pages go to ``ko`` in it.
        scale: pixels of a figure for one of the page; 2 where figures are stored for dense screens.
        python_files: where Pyodide lies, an address or a folder of the site.

    Raises:
        SiteError: a page is not as expected.
        StyleError: a stylesheet is not.
        RunError: Pyodide's files are to be in the site, and are not here.
    """
    shutil.rmtree(output, ignore_errors=True)
    editions = [
        Edition(language, folder, output / KOREAN_FOLDER if language == "ko" else output, python_files)
        for language, folder in raw.items()
    ]
    merged = [styles_and_scripts(edition.raw / "_static") for edition in editions]
    static, (styles, _) = editions[0].raw / "_static", merged[0]
    icons = static / file_matching(static, ICON_FONTS)
    css = merged_stylesheet(static, styles, names_in_use(editions), icons)
    letters = letters_in_formulas(editions)
    fonts = {name: cut_font(static / name, letters) for name in files_named(css) if name.endswith(".woff2")}
    for name in FONTS_OF_MOST_FORMULAS:
        if name not in fonts:
            raise SiteError(f"no stylesheet loads {name}; has KaTeX changed?")
        css = css.replace(f'url("{name}")', f'url("{font_address(fonts.pop(name))}")')
    for edition, (_, scripts) in zip(editions, merged, strict=True):
        write_edition(edition, css, fonts, scripts, scale)
    write_for_search_engines(output)
