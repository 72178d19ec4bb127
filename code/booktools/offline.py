"""What PDF and EPUB share: the book's title and version, and the links with which the pages offer them."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from booktools.articles import FORMATS, WORDS, edition_folder, offline_name
from booktools.build import merged
from booktools.notebook_format import ROOT

# Where the links stand: in the download menu, by templates/article-header-buttons.html, and in chapters/*/index.md.
MENU = ("<!-- take along -->", "<!-- end -->")
FRONT = ('<p class="take-along">', "</p>")
NAMES = {
    "en": {"pdf": "the whole book as PDF", "epub": "the whole book as EPUB", "take": "To take along:"},
    "ko": {"pdf": "책 전체 PDF", "epub": "책 전체 EPUB", "take": "내려받기:"},
}


@dataclass(frozen=True)
class Settings:
    """Title and author of an edition, its version, and the date of that."""

    title: str
    author: str
    version: str
    date: str

    @property
    def about(self) -> str:
        """Version and date in one line."""
        return f"{self.version} · {self.date}"


def settings_of(language: str) -> Settings:
    """What the book's settings and ``CITATION.cff`` say of an edition."""

    def read(name: str) -> dict[str, object]:
        return dict(yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))

    config = read("_config.yml")
    if language == "ko":
        config = merged(config, read("_config.ko.yml"))
    citation = read("CITATION.cff")
    return Settings(
        str(config["title"]), str(config["author"]), str(citation["version"]), str(citation["date-released"])
    )


def filled(page: str, place: tuple[str, str], content: str) -> str:
    """A page with other content between two marks; as it is where it lacks them.

    >>> filled("a<p>b</p>c</p>", ("<p>", "</p>"), "new")
    'a<p>new</p>c</p>'
    """
    start, end = place
    before, found, rest = page.partition(start)
    return before + start + content + end + rest.partition(end)[2] if found else page


def offer(site: Path) -> None:
    """Let every page of a site offer the files that are there now, and no others."""
    for language in WORDS:
        folder, names = edition_folder(site, language), NAMES[language]
        files = [(kind, folder / offline_name(language, kind)) for kind in FORMATS]
        there = [
            (kind, file.name, f"{file.stat().st_size / 1e6:.1f} MB") for kind, file in files if file.exists()
        ]
        for page in folder.rglob("*.html"):
            if language == "en" and edition_folder(site, "ko") in page.parents:
                continue
            up = "../" * (len(page.relative_to(folder).parts) - 1)
            menu = "".join(
                f'<li><a href="{up}{name}" download class="btn btn-sm dropdown-item">'
                f'<span class="btn__text-container">{names[kind]} ({size})</span></a></li>'
                for kind, name, size in there
            )
            links = ", ".join(
                f'<a href="{up}{name}" download>{kind.upper()} ({size})</a>' for kind, name, size in there
            )
            text = page.read_text(encoding="utf-8")
            changed = filled(filled(text, MENU, menu), FRONT, f"{names['take']} {links}" if there else "")
            if changed != text:
                page.write_text(changed, encoding="utf-8")
