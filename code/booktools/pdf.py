"""Print both editions of the built site, each as one PDF file: A4, with contents, outline, links and page numbers.

Chromium prints them, because its PDF looks like the pages, formulas and Korean included, and has a structure for screen
readers. It prints twice: the contents name pages that are known only when they have been printed.

    python -m booktools.pdf [--site SITE] [--language LANGUAGE]
"""

import argparse
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

import lxml.html
import pikepdf

from booktools.articles import WORDS, Article, ArticleError, articles, edition_folder, offline_name, text_of
from booktools.build import BUILD
from booktools.offline import offer, settings_of

STYLE = Path(__file__).parent / "paper" / "pdf.css"
COVER = Path(__file__).parent / "paper" / "cover.svg"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
CHROMIUM = "CHROMIUM"  # the variable that names another one
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--allow-file-access-from-files", "--no-pdf-header-footer", "--generate-pdf-document-outline"),
    *("--export-tagged-pdf", "--virtual-time-budget=60000", "--run-all-compositor-stages-before-draw"),
)
HANGING = 600  # seconds


class PdfError(Exception):
    """What kept an edition from being printed."""


def chromium() -> str:
    """The browser that prints.

    Raises:
        PdfError: there is none.
    """
    found = os.environ.get(CHROMIUM) or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        raise PdfError(
            f"no Chromium on the PATH, which prints the PDF; install it (on Debian and Ubuntu: apt install chromium), "
            f"or name it: {CHROMIUM}=/path/to/chrome make pdf"
        )
    return found


def contents(book: Sequence[Article], pages: Mapping[str, int], language: str) -> str:
    """The table of contents as HTML; ``pages`` has the page of each article, by its name."""
    parts = []
    for part, group in groupby(book, key=lambda article: article.part):
        entries = "".join(
            f'<li><a href="#{a.name}"><span class="entry">{html.escape(a.title)}</span>'
            f'<span class="page">{pages.get(a.name, "")}</span></a></li>'
            for a in group
        )
        parts.append((f"<h2>{html.escape(part)}</h2>" if part else "") + f"<ul>{entries}</ul>")
    return f'<nav class="contents"><h1>{WORDS[language]["contents"]}</h1>{"".join(parts)}</nav>'


def footers(book: Sequence[Article]) -> str:
    """The rules that write an article's title at the foot of its pages."""
    rules = []
    for number, article in enumerate(book):
        title = article.title.replace("\\", "\\\\").replace('"', '\\"')
        rules.append(f'@page article-{number} {{ @bottom-left {{ content: "{title}"; }} }}')
    return "\n".join(rules)


def document(book: Sequence[Article], pages: Mapping[str, int], site: Path, language: str) -> str:
    """An edition as one HTML page, to be printed."""
    words, settings = WORDS[language], settings_of(language)
    body = []
    for number, article in enumerate(book):
        body.append(f'<section class="chapter" style="page: article-{number}">')
        body.append(lxml.html.tostring(article.content, encoding="unicode"))
        if article.solutions is not None:
            solutions = lxml.html.tostring(article.solutions, encoding="unicode")
            body.append(solutions.replace(">", f"><h2>{words['solutions']}</h2>", 1))
        body.append("</section>")
    title, author = html.escape(settings.title), html.escape(settings.author)
    cover = COVER.read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="{language}" data-theme="light" data-mode="light"><head><meta charset="utf-8">
<title>{title}</title><meta name="author" content="{author}">
<link rel="stylesheet" href="{(edition_folder(site, language) / "_static" / "book.css").as_uri()}">
<style>{STYLE.read_text(encoding="utf-8")}
{footers(book)}</style></head>
<body><div class="cover">{cover}<p class="title">{title}</p><p class="author">{author}</p>
<p class="about">{html.escape(settings.about)}</p>
<p class="about">{words["note"]}</p><p class="about">{words["licence"]}</p></div>
{contents(book, pages, language)}
{"".join(body)}</body></html>"""


def printed(page: Path, target: Path) -> None:
    """Let Chromium print an HTML file to a PDF file.

    Raises:
        PdfError: it did not.
    """
    with tempfile.TemporaryDirectory(prefix="chromium-") as profile:
        command = [
            chromium(),
            *FLAGS,
            f"--user-data-dir={profile}",
            f"--print-to-pdf={target}",
            page.as_uri(),
        ]
        try:
            run = subprocess.run(command, capture_output=True, text=True, timeout=HANGING, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PdfError(f"{command[0]}: {error}") from error
    if not target.exists():
        raise PdfError(f"{command[0]} printed nothing:\n{run.stderr}")


def pages_of(pdf: Path, book: Sequence[Article]) -> dict[str, int]:
    """The page on which each article begins.

    Raises:
        PdfError: the PDF has no place of the name of an article.
    """
    with pikepdf.open(pdf) as opened:
        places = opened.Root.get("/Dests", pikepdf.Dictionary())
        found = {
            article.name: pikepdf.Page(places[f"/{article.name}"][0]).index + 1
            for article in book
            if f"/{article.name}" in places
        }
    if missing := [a.name for a in book if a.name not in found]:
        raise PdfError(f"{pdf}: no places to link to: {', '.join(missing)}; has Chromium changed?")
    return found


def packed(pdf: Path, target: Path, book: Sequence[Article], language: str) -> int:
    """Write a PDF with its objects compressed, a third of the size, and its title and author; the number of pages.

    In the outline, where Chromium joins the words at the end of one line and the start of the next, they part again.
    """
    headings = {
        re.sub(r"\s", "", text): text
        for article in book
        for content in (article.content, article.solutions)
        if content is not None
        for text in map(text_of, content.xpath(".//h1 | .//h2 | .//h3 | .//h4"))
    }

    def part_words(items: Iterable[pikepdf.OutlineItem]) -> None:
        for item in items:
            item.title = headings.get(re.sub(r"\s", "", item.title), item.title)
            part_words(item.children)

    settings = settings_of(language)
    pikepdf.settings.set_flate_compression_level(9)
    with pikepdf.open(pdf) as opened:
        with opened.open_outline() as outline:
            part_words(outline.root)
        with opened.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = settings.title
            metadata["dc:creator"] = [settings.author]
            metadata["dc:language"] = [language]
        opened.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
        return len(opened.pages)


def write_pdf(site: Path, language: str, folder: Path | None = None) -> str:
    """Print an edition of the site; a line that says what was written.

    Args:
        site: the folder of the built site.
        language: of the edition.
        folder: where to write to; without it, the edition's folder in the site.

    Raises:
        ArticleError: a page is not as expected.
        PdfError: it could not be printed.
    """
    target = (folder or edition_folder(site, language)) / offline_name(language, "pdf")
    book = articles(site, language)
    with tempfile.TemporaryDirectory(prefix="pdf-") as scratch:
        page, pdf = Path(scratch, "book.html"), Path(scratch, "book.pdf")
        pages: dict[str, int] = {}
        for _ in range(2):
            page.write_text(document(book, pages, site, language), encoding="utf-8")
            printed(page, pdf)
            before, pages = pages, pages_of(pdf, book)
        if before != pages:
            raise PdfError(
                "the contents name wrong pages: with the numbers in them, they take more pages than without"
            )
        count = packed(pdf, target, book, language)
    return f"{target}: {count} pages, {target.stat().st_size / 1e6:.1f} MB"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print; an error is told in one line."""
    parser = argparse.ArgumentParser(description="Print the built editions as PDF files.")
    parser.add_argument(
        "--site", type=Path, default=BUILD / "html", help="the built site (default: _build/html)"
    )
    parser.add_argument("--language", choices=sorted(WORDS), action="append", help="default: both")
    options = parser.parse_args(arguments)
    site = options.site.resolve()
    try:
        with ThreadPoolExecutor() as pool:
            written = list(
                pool.map(lambda language: write_pdf(site, language), options.language or sorted(WORDS))
            )
        offer(site)
    except (ArticleError, PdfError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
