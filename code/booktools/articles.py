"""The built pages as one book to take along: their articles in order, without what only a screen can do.

PDF and EPUB are made of these (``pdf.py``, ``epub.py``), so that neither can say anything else than the pages.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import lxml.html
from lxml.html import HtmlElement

from booktools import explorer
from booktools.languages import KOREAN_FOLDER

WORDS = {
    "en": {
        "contents": "Contents",
        "solutions": "Solutions",
        "solution": "Solution",
        "cover": "Cover",
        "exercise": "back to the exercise",
        "note": (
            "Made from the pages of the book, where figures move, code runs and an output waits for your guess. "
            "Code that only draws a figure is left out here."
        ),
        "licence": "Text and figures: CC BY 4.0. Code: MIT licence.",
    },
    "ko": {
        "contents": "차례",
        "solutions": "해답",
        "solution": "해답",
        "cover": "표지",
        "exercise": "연습 문제로",
        "note": (
            "이 책의 웹페이지로 만들었습니다. 웹페이지에서는 그림을 움직이고, 코드를 실행하고, "
            "출력을 보기 전에 예측해 볼 수 있습니다. "
            "그림을 그리기만 하는 코드는 여기서는 뺐습니다."
        ),
        "licence": "글과 그림: CC BY 4.0. 코드: MIT 라이선스.",
    },
}
FORMATS = ("pdf", "epub")

ON_A_SCREEN_ONLY = (  # by class
    *("headerlink", "figure-download", "asked", "outputs-setting", "guess", "guesses", "live"),
    *("explorer-app", "explorer-controls", "toctree-wrapper", "take-along", "run-page"),
)
WITHOUT_THEIR_ELEMENT = ("label", "a.figure-file", "a.image-reference", "div.answer")
ELSEWHERE = re.compile(r"[a-z][a-z+.-]*:")


class ArticleError(Exception):
    """A page that is not as this expects; the message names it."""


@dataclass(frozen=True)
class Article:
    """A page: its place in the book, its title, and its content, whose ids begin with its ``name``."""

    name: str
    part: str | None
    title: str
    content: HtmlElement
    solutions: HtmlElement | None


def offline_name(language: str, kind: str) -> str:
    """The file of an edition in one of the ``FORMATS``.

    >>> offline_name("ko", "pdf")
    'relu-measured.ko.pdf'
    """
    return f"relu-measured.{language}.{kind}"


def has_class(name: str) -> str:
    """An XPath condition: the element is of a class.

    >>> has_class("live")
    'contains(concat(" ", normalize-space(@class), " "), " live ")'
    """
    return f'contains(concat(" ", normalize-space(@class), " "), " {name} ")'


def text_of(element: HtmlElement) -> str:
    """The text of an element, in one line."""
    return " ".join(element.text_content().split())


def edition_folder(site: Path, language: str) -> Path:
    """Where an edition's pages stand in the site."""
    return site / KOREAN_FOLDER if language == "ko" else site


def listed(site: Path, language: str) -> list[tuple[str | None, Path]]:
    """Each page of an edition with the title of its part, in the order of the sidebar.

    Raises:
        ArticleError: there is no site, or its front page has no sidebar.
    """
    front = edition_folder(site, language) / "chapters" / language / "index.html"
    if not front.exists():
        raise ArticleError(f"{front}: no such page; `make book` writes it")
    tree = lxml.html.fromstring(front.read_text(encoding="utf-8"))
    pages: list[tuple[str | None, Path]] = [(None, front)]
    part = None
    for element in tree.xpath(f"//nav[{has_class('bd-links')}]//*[{has_class('caption-text')} or self::a]"):
        address = element.get("href", "")
        if element.tag != "a":
            part = text_of(element)
        elif part and (path := front.parent / unquote(address)).exists():
            pages.append((part, path))
    if len(pages) == 1:
        raise ArticleError(f"{front}: no chapters in its sidebar; has the theme changed?")
    return pages


def cleaned(article: HtmlElement) -> None:
    """Take out of an article what only a screen can do, and open what is closed there."""
    for name in ON_A_SCREEN_ONLY:
        for element in article.xpath(f".//*[{has_class(name)}]"):
            element.drop_tree()
    for element in article.xpath(".//button | .//script | .//input | .//select | .//output | .//template"):
        element.drop_tree()
    for selector in WITHOUT_THEIR_ELEMENT:
        tag, _, name = selector.partition(".")
        for element in article.xpath(f".//{tag}[{has_class(name)}]" if name else f".//{tag}"):
            element.drop_tag()
    for element in article.xpath(".//fieldset"):
        element.tag = "div"
    for element in article.xpath(".//*[@hidden]"):
        del element.attrib["hidden"]
    for cell in article.xpath(f".//div[{has_class('cell')}]"):
        draws = bool(cell.xpath(".//img"))
        for fold in cell.xpath(f"./details[{has_class('cell-fold')}]"):
            if draws and fold.xpath(f".//*[{has_class('cell_input')}]"):
                fold.drop_tree()
        if not draws and not text_of(cell):
            cell.drop_tree()
    for details in article.xpath(f".//details[not({has_class('solution')})]"):
        for summary in details.xpath("./summary"):
            summary.drop_tree()
        details.drop_tag()


def solutions_of(article: HtmlElement, name: str, language: str) -> HtmlElement | None:
    """The solutions, which leave their exercises: a link to each stays there."""
    words = WORDS[language]
    collected = lxml.html.Element("section", {"id": f"{name}--solutions", "class": "solutions"})
    for number, details in enumerate(article.xpath(f".//details[{has_class('solution')}]"), start=1):
        anchor = f"{name}--{details.get('id')}"
        heading = next(
            (text_of(h) for h in details.xpath("ancestor::section[1]/*[self::h2 or self::h3 or self::h4]")),
            str(number),
        )
        link = lxml.html.fragment_fromstring(
            f'<p class="to-solution" id="{anchor}-link"><a href="#{anchor}">{words["solution"]}</a></p>'
        )
        link.tail = details.tail
        details.tail = None
        details.getparent().replace(details, link)
        for summary in details.xpath("./summary"):
            summary.drop_tree()
        details.tag, details.attrib["class"] = "div", "solution"
        del details.attrib["id"]
        back = lxml.html.fragment_fromstring(
            f'<h3 id="{anchor}"><a href="#{anchor}-link" title="{words["exercise"]}"></a></h3>'
        )
        back[0].text = heading
        collected.extend([back, details])
    return collected if len(collected) else None


def linked(content: HtmlElement, name: str, page: Path, names: dict[Path, str], address: str | None) -> None:
    """Let the links of an article lead to other articles, or to the published book, where the explorer is.

    Args:
        content: the article, whose ids get its name in front.
        name: its name.
        page: its file.
        names: the names of all articles, by their file.
        address: where the page is published; without it, a link to what is no article becomes text.
    """
    for element in content.xpath(".//*[@id]"):
        if not element.get("id").startswith(f"{name}--"):
            element.set("id", f"{name}--{element.get('id')}")
    for element in content.xpath(".//a[@href]"):
        href = element.get("href")
        if ELSEWHERE.match(href):
            continue
        if href.startswith(f"#{name}--"):
            continue
        parts = urlsplit(href)
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if target in names and not (address and explorer.STATE in element.get("class", "").split()):
            fragment = (
                f"--{unquote(parts.fragment)}"
                if parts.fragment and not parts.fragment.startswith("show=")
                else ""
            )
            element.set("href", f"#{names[target]}{fragment}")
        elif address:
            element.set("href", urljoin(address, href))
        else:
            element.drop_tag()


def articles(site: Path, language: str) -> list[Article]:
    """The articles of an edition in the order of the book.

    Args:
        site: the folder of the built site.
        language: of the edition.

    Raises:
        ArticleError: there is no such page, or one has no article or title.
    """
    pages = listed(site, language)
    names = {page.resolve(): page.stem for _, page in pages}
    found = []
    for part, page in pages:
        # For the parser a <wbr> would be an element with an end, around what follows it.
        tree = lxml.html.fromstring(page.read_text(encoding="utf-8").replace("<wbr>", "\N{ZERO WIDTH SPACE}"))
        article = next(iter(tree.xpath("//article")), None)
        if article is None or not article.xpath(".//h1"):
            raise ArticleError(f"{page}: has no article with a title; has the theme changed?")
        published = tree.xpath('string(//link[@rel="canonical"]/@href)')
        name = page.stem
        cleaned(article)
        solutions = solutions_of(article, name, language)
        for image in article.xpath(".//img[@src]") + (
            solutions.xpath(".//img[@src]") if solutions is not None else []
        ):
            image.set("src", (page.parent / unquote(image.get("src"))).resolve().as_uri())
            for attribute in ("loading", "decoding"):
                image.attrib.pop(attribute, None)
        for content in (article, *([solutions] if solutions is not None else [])):
            linked(content, name, page.resolve(), names, published or None)
        article.tag, article.attrib["class"], article.attrib["id"] = "div", "article", name
        found.append(Article(name, part, text_of(article.xpath(".//h1")[0]), article, solutions))
    _drop_links_to_nowhere(found)
    return found


def _drop_links_to_nowhere(found: Iterable[Article]) -> None:
    """Let a link to an id that no article has lead to the article, as a page would show its top."""
    contents = [content for a in found for content in (a.content, a.solutions) if content is not None]
    ids = {
        element.get("id") for content in contents for element in content.xpath("descendant-or-self::*[@id]")
    }
    for content in contents:
        for link in content.xpath(".//a[starts-with(@href, '#')]"):
            if link.get("href")[1:] not in ids:
                link.set("href", link.get("href").partition("--")[0])
