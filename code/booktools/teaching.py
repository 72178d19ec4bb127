"""What the page for lecturers lists by chapter, exercises and figures, from the pages themselves.

The page has an empty element for each list. What fills it is read from the built chapters: no list falls behind.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape, unescape

from booktools.repository import PLACEHOLDER

PAGE = "teaching.html"
CHAPTER = re.compile(r"chapters/\w+/(?P<file>\d\d-[\w-]+\.html)")
TITLE = re.compile(r'<h1>(?P<title>(?:(?!</h1>).)*?)<a class="headerlink"', re.DOTALL)
EXERCISE = re.compile(r'<h3>[^<]+?(?P<number>\d+)<a class="headerlink" href="#(?P<name>exercise-\d+)"')
FIGURE = re.compile(
    r'<figure [^>]*id="(?P<name>fig-[^"]+)"[^>]*>\s*(?:<a [^>]*>)?'
    r'<img (?=[^>]*alt="(?P<alt>[^"]*)")(?=[^>]*src="(?P<source>[^"]+)")[^>]*>'
    r'.*?<span class="caption-number">(?P<number>[^<]+?) ?</span><span class="caption-text">(?P<caption>.*?)</span>'
    r'(?=<a class="headerlink")',
    re.DOTALL,
)
REPOSITORY = re.compile(r'<a href="(?P<address>[^"]+)"[^>]*btn-source-repository-button')
EXAMPLE = f"{PLACEHOLDER}relu-measured"  # where a fork's own address goes


def _chapters(pages: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """File, heading with its number, and HTML of each chapter, in order."""
    for name in sorted(pages):
        if (chapter := CHAPTER.fullmatch(name)) and (title := TITLE.search(pages[name])):
            text = " ".join(unescape(re.sub(r"<[^>]+>", "", title["title"])).split())
            yield chapter["file"], escape(text, quote=False), pages[name]


def exercises(pages: Mapping[str, str]) -> str:
    """A list of the chapters, each with links to its exercises.

    >>> page = '<h1>2. Why?<a class="headerlink"></a></h1>'
    >>> page += '<h3>Exercise 1<a class="headerlink" href="#exercise-1"></a></h3>'
    >>> exercises({"chapters/en/02-why.html": page})
    '<ul><li><a href="02-why.html#exercises">2. Why?</a>: <a href="02-why.html#exercise-1">1</a></li></ul>'
    """
    items = []
    for file, title, page in _chapters(pages):
        links = [
            f'<a href="{file}#{match["name"]}">{match["number"]}</a>' for match in EXERCISE.finditer(page)
        ]
        if links:
            items.append(f'<li><a href="{file}#exercises">{title}</a>: {", ".join(links)}</li>')
    return f"<ul>{''.join(items)}</ul>"


def figures(pages: Mapping[str, str]) -> str:
    """The figures of each chapter, with number, caption and the link to the file."""
    found = []
    for file, title, page in _chapters(pages):
        items = []
        for match in FIGURE.finditer(page):
            kind = match["source"].rpartition(".")[2]
            caption = re.sub(r"</?a\b[^>]*>", "", match["caption"])  # its chapter's links would lead astray
            items.append(
                f'<li><img alt="{match["alt"]}" src="{match["source"]}" />'
                f'<p><a href="{file}#{match["name"]}">{match["number"]}</a> {caption} '
                f'<a href="{match["source"]}" download="{match["name"]}.{kind}">{kind.upper()}</a></p></li>'
            )
        if items:
            found.append(f'<h3><a href="{file}">{title}</a></h3><ul>{"".join(items)}</ul>')
    return "".join(found)


def filled(page: str, pages: Mapping[str, str]) -> str:
    """The page for lecturers with its lists, and with the address of its repository.

    Args:
        page: its HTML as Sphinx wrote it.
        pages: all pages of the edition, by their paths.

    Raises:
        ValueError: the page has no place for a list.
    """
    for name, content in (("exercises-by-chapter", exercises(pages)), ("figures-by-chapter", figures(pages))):
        place = f'<div class="{name}"></div>'
        if page.count(place) != 1:
            raise ValueError(f"{PAGE} has no {place}, where a list goes")
        page = page.replace(place, f'<div class="{name}">{content}</div>')
    repository = REPOSITORY.search(page)
    return page.replace(EXAMPLE, repository["address"]) if repository else page
