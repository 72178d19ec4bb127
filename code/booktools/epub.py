"""Write both editions of the built site as EPUB 3 files, for e-readers: formulas as MathML, alt texts, one file a page.

python -m booktools.epub [--site SITE] [--language LANGUAGE]
"""

import argparse
import html
import re
import sys
import zipfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from booktools import explorer
from booktools.articles import (
    WORDS,
    Article,
    ArticleError,
    articles,
    edition_folder,
    has_class,
    offline_name,
    text_of,
)
from booktools.build import BUILD
from booktools.formulas import STATIC
from booktools.offline import Settings, offer, settings_of

PAPER = Path(__file__).parent / "paper"
# Colour and dashes of a line of the explorer's graphs.
LINE = re.compile(r"^\.explorer-\w+ \{ color: .*\}$", re.MULTILINE)
XHTML, MATHML, SVG = (
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/1998/Math/MathML",
    "http://www.w3.org/2000/svg",
)
OPS = "http://www.idpf.org/2007/ops"
KEPT = frozenset(
    {"id", "href", "src", "alt", "class", "lang", "title", "colspan", "rowspan", "start", "width", "height"}
)
IN_SVG = {
    "viewbox": "viewBox",
    "preserveaspectratio": "preserveAspectRatio",
    "clippath": "clipPath",
}  # HTML has no capitals
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
ACCESS = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual",),
    "accessibilityFeature": ("alternativeText", "MathML", "structuralNavigation", "tableOfContents"),
    "accessibilityHazard": ("none",),
}


def with_mathml(content: HtmlElement) -> None:
    """Leave of each formula the MathML that KaTeX writes beside its own layout."""
    for formula in content.xpath(f".//*[{has_class('katex')}]"):
        math = formula.xpath(".//*[local-name()='math']")[0]
        for annotation in math.xpath(".//*[local-name()='annotation']"):
            annotation.getparent().remove(annotation)
        if formula.xpath(f"parent::*[{has_class('katex-display')}]"):
            math.set("display", "block")
        math.tail = formula.tail
        formula.getparent().replace(formula, math)


def as_xhtml(element: HtmlElement, namespace: str = XHTML) -> etree._Element:
    """An element of HTML as XHTML, with MathML and SVG in their namespaces; what is only for pages is left out."""
    namespace = {"math": MATHML, "svg": SVG}.get(str(element.tag), namespace)
    tag = IN_SVG.get(str(element.tag), str(element.tag))
    made = etree.Element(f"{{{namespace}}}{tag}", nsmap={None: namespace})
    for name, value in element.attrib.items():
        if namespace != XHTML and not name.startswith(("xmlns", "data-", "on")):
            made.set(IN_SVG.get(name, name), value)
        elif name in KEPT and (value or name == "alt"):
            made.set(name, value)
    made.text, made.tail = element.text, element.tail
    for child in element:
        if isinstance(child.tag, str):
            made.append(as_xhtml(child, namespace))
        elif child.tail:  # a comment
            if len(made):
                made[-1].tail = (made[-1].tail or "") + child.tail
            else:
                made.text = (made.text or "") + child.tail
    return made


def page_of(title: str, body: Sequence[etree._Element], language: str) -> bytes:
    """A whole XHTML file."""
    page = etree.Element(f"{{{XHTML}}}html", nsmap={None: XHTML, "epub": OPS})
    page.set("lang", language)
    page.set("{http://www.w3.org/XML/1998/namespace}lang", language)
    head = etree.SubElement(page, f"{{{XHTML}}}head")
    etree.SubElement(head, f"{{{XHTML}}}title").text = title
    etree.SubElement(head, f"{{{XHTML}}}link", rel="stylesheet", type="text/css", href="epub.css")
    etree.SubElement(page, f"{{{XHTML}}}body").extend(body)
    return etree.tostring(page, xml_declaration=True, encoding="utf-8", doctype="<!DOCTYPE html>")


def file_of(name: str) -> str:
    """The file of an article.

    >>> file_of("01-definition")
    '01-definition.xhtml'
    """
    return f"{name}.xhtml"


def linked(content: HtmlElement, name: str) -> None:
    """Let links lead to the files of the articles, where those of the book lead to ids."""
    for link in content.xpath(".//a[starts-with(@href, '#')]"):
        target = link.get("href")[1:]
        article, _, _ = target.partition("--")
        fragment = f"#{target}" if target != article or article == name else ""
        link.set("href", fragment if article == name else file_of(article) + fragment)


def contents(book: Sequence[Article], language: str) -> etree._Element:
    """The table of contents that readers show: parts, chapters, sections."""

    def entry(address: str, title: str, inner: str = "") -> str:
        return f'<li><a href="{address}">{html.escape(title)}</a>{inner}</li>'

    def chapter(article: Article) -> str:
        sections = "".join(
            entry(f"{file_of(article.name)}#{section.get('id')}", text_of(section.xpath("./h2")[0]))
            for section in article.content.xpath(".//section[h2][@id]")
        )
        return entry(file_of(article.name), article.title, f"<ol>{sections}</ol>" if sections else "")

    parts = []
    for part, group in groupby(book, key=lambda article: article.part):
        chapters = "".join(map(chapter, group))
        parts.append(f"<li><span>{html.escape(part)}</span><ol>{chapters}</ol></li>" if part else chapters)
    title = WORDS[language]["contents"]
    return etree.fromstring(
        f'<nav xmlns="{XHTML}" xmlns:epub="{OPS}" epub:type="toc" id="toc">'
        f"<h1>{title}</h1><ol>{''.join(parts)}</ol></nav>"
    )


def package(book: Sequence[Article], settings: Settings, language: str, items: Sequence[str]) -> str:
    """The file that lists all others."""
    access = "".join(
        f'<meta property="schema:{name}">{v}</meta>' for name, values in ACCESS.items() for v in values
    )
    spine = "".join(f'<itemref idref="page-{article.name}"/>' for article in book)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{language}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:relu-measured:{settings.version}:{language}</dc:identifier>
<dc:title>{html.escape(settings.title)}</dc:title><dc:creator>{html.escape(settings.author)}</dc:creator>
<dc:language>{language}</dc:language><dc:date>{settings.date}</dc:date><dc:rights>{WORDS[language]["licence"]}</dc:rights>
<meta property="dcterms:modified">{settings.date}T00:00:00Z</meta>{access}
</metadata>
<manifest><item id="contents" href="contents.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="epub.css" media-type="text/css"/>
<item id="cover" href="cover.svg" media-type="image/svg+xml" properties="cover-image"/>
<item id="cover-page" href="cover.xhtml" media-type="application/xhtml+xml"/>
{"".join(items)}</manifest>
<spine><itemref idref="cover-page"/><itemref idref="contents"/>{spine}</spine></package>"""


def style() -> str:
    """The stylesheet, with the pages' own lines for the graphs of the explorer."""
    lines = LINE.findall((STATIC / explorer.STYLESHEET).read_text(encoding="utf-8"))
    return (PAPER / "epub.css").read_text(encoding="utf-8") + "\n".join(lines)


def cover_of(settings: Settings) -> str:
    """The cover as a picture: title and author under the graph."""
    graph = (PAPER / "cover.svg").read_text(encoding="utf-8")
    graph = graph.replace("<svg ", '<svg x="60" y="200" width="480" height="270" ', 1).replace(
        ' class="picture"', ""
    )
    text = 'font-family="sans-serif" text-anchor="middle" x="300"'
    return (
        f'<svg xmlns="{SVG}" viewBox="0 0 600 900" width="600" height="900">'
        f'<rect width="600" height="900" fill="#fff"/>{graph}'
        f'<text {text} y="580" font-size="48" font-weight="bold">{html.escape(settings.title)}</text>'
        f'<text {text} y="640" font-size="22">{html.escape(settings.author)}</text>'
        f'<text {text} y="840" font-size="18">{html.escape(settings.about)}</text></svg>'
    )


def write_epub(site: Path, language: str, folder: Path | None = None) -> str:
    """Write an edition of the site as a book; a line that says what was written.

    Args:
        site: the folder of the built site.
        language: of the edition.
        folder: where to write to; without it, the edition's folder in the site.

    Raises:
        ArticleError: a page is not as expected.
    """
    book, settings = articles(site, language), settings_of(language)
    target = (folder or edition_folder(site, language)) / offline_name(language, "epub")
    files: dict[str, bytes] = {}
    items: list[str] = []
    navigation = contents(book, language)
    for article in book:
        body = []
        for content in (article.content, article.solutions):
            if content is None:
                continue
            with_mathml(content)
            linked(content, article.name)
            for image in content.xpath(".//img[@src]"):
                path = Path(unquote(urlsplit(image.get("src")).path))
                name = f"images/{path.name}"
                image.set("src", name)
                image.set("alt", image.get("alt", ""))
                if name not in files:
                    files[name] = path.read_bytes()
                    items.append(
                        f'<item id="image-{len(items)}" href="{name}" media-type="{TYPES[path.suffix]}"/>'
                    )
            body.append(as_xhtml(content))
        if article.solutions is not None:
            heading = etree.Element(f"{{{XHTML}}}h2")
            heading.text = WORDS[language]["solutions"]
            body[-1].insert(0, heading)
        page = page_of(article.title, body, language)
        files[file_of(article.name)] = page
        kinds = [kind for kind, space in (("mathml", MATHML), ("svg", SVG)) if space.encode() in page]
        properties = f' properties="{" ".join(kinds)}"' if kinds else ""
        items.append(
            f'<item id="page-{article.name}" href="{file_of(article.name)}" '
            f'media-type="application/xhtml+xml"{properties}/>'
        )
    files["contents.xhtml"] = page_of(WORDS[language]["contents"], [navigation], language)
    cover = etree.fromstring(f'<div xmlns="{XHTML}" class="cover"><img src="cover.svg" alt=""/></div>')
    cover[0].set("alt", settings.title)
    files["cover.xhtml"] = page_of(WORDS[language]["cover"], [cover], language)
    files["cover.svg"] = cover_of(settings).encode()
    files["epub.css"] = style().encode()
    files["package.opf"] = package(book, settings, language, items).encode()
    _write(target, files)
    return f"{target}: {len(book)} pages, {target.stat().st_size / 1e6:.1f} MB"


CONTAINER = (
    '<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)


def _write(target: Path, files: dict[str, bytes]) -> None:
    """Write the archive: the same pages are the same file at any time."""
    date = (1980, 1, 1, 0, 0, 0)
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("mimetype", date), "application/epub+zip"
        )  # first, and not compressed
        for name, content in {
            "META-INF/container.xml": CONTAINER.encode(),
            **{f"book/{n}": c for n, c in files.items()},
        }.items():
            archive.writestr(zipfile.ZipInfo(name, date), content, zipfile.ZIP_DEFLATED, 9)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write; an error is told in one line."""
    parser = argparse.ArgumentParser(description="Write the built editions as EPUB files.")
    parser.add_argument(
        "--site", type=Path, default=BUILD / "html", help="the built site (default: _build/html)"
    )
    parser.add_argument("--language", choices=sorted(WORDS), action="append", help="default: both")
    options = parser.parse_args(arguments)
    site = options.site.resolve()
    try:
        written = [write_epub(site, language) for language in options.language or sorted(WORDS)]
        offer(site)
    except (ArticleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(*written, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
