"""A text names another chapter by its title, as a link: a new order renames files, and touches no prose."""

import re
from pathlib import Path

import pytest

from booktools.editions import figure_texts, read_page, to_translate
from booktools.notebook_format import CHAPTERS, ROOT, chapter_paths, read_notebook

IN_ENGLISH = re.compile(r"\bchapters?[\s#]+\d+", re.IGNORECASE)
# Not the counter of pictures, as in "이미지 20장"; three digits and more are never a chapter.
IN_KOREAN = re.compile(r"(?<!이미지 )(?<!그림 )(?<!사진 )(?<![\d,.])\d\d? ?장|\b제 ?\d+ ?장")
LINK = re.compile(r"(?<!!)\[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)")
CHAPTER = re.compile(r"\d\d-[^/]+\.ipynb")
FENCED = re.compile(r"```.*?```", re.DOTALL)

WRITTEN = {".cfg", ".cff", ".css", ".html", ".js", ".md", ".py", ".toml", ".txt", ".yml"}
WITHOUT_SUFFIX = {"LICENSE", "LICENSE-TEXT", "Makefile", "run", "start"}
FOLDERS = (".binder", ".ci", ".github", "chapters", "code", "docs", "tests")


def texts() -> dict[Path, str]:
    """Whatever a person wrote: pages, code, tests and settings as they are; of a notebook cells, outputs, alt texts."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")] + list(ROOT.iterdir())
    found = {
        path: read_page(path)
        for path in sorted(files)
        if path.is_file() and (path.suffix in WRITTEN or path.name in WITHOUT_SUFFIX) and path.name[0] != "."
    }
    for path in chapter_paths():
        parts = []
        for cell in read_notebook(path).cells:
            outputs = [str(output.get("text", "")) for output in cell.get("outputs", [])]
            parts += [cell.source, *figure_texts(cell).values(), *outputs]
        found[path] = "\n\n".join(parts)
    return found


TEXTS = texts()


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def typed_numbers(text: str) -> list[str]:
    return [match[0] for pattern in (IN_ENGLISH, IN_KOREAN) for match in pattern.finditer(text)]


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_no_text_names_a_chapter_by_a_number(path):
    found = typed_numbers(TEXTS[path])
    assert not found, (
        f"{name(path)} says {found}. Numbers change with the order: in a chapter or page write its title as a link,"
        " [title](NN-name.ipynb); in code say what it shows. A number of pictures is one of 이미지: 이미지 20장"
    )


@pytest.mark.parametrize("number", [1, 21])
def test_a_number_is_noticed(number):
    in_english, in_korean = f"chapter{'s' * (number > 1)}", "장"
    for text in (f"as {in_english} {number} shows", f"{in_english}\n# {number}", f"{number}{in_korean}에서"):
        assert typed_numbers(text), text
    for text in (
        f"chapters/en/{number:02d}-x.ipynb",
        f"이미지 {number}장에서",
        "이미지 4,000장",
        "359장에서",
    ):
        assert not typed_numbers(text), text


# --- Links --------------------------------------------------------------------------------------------------


def title(path: Path) -> str:
    return read_notebook(path).cells[0].source.partition("\n")[0].removeprefix("# ")


TITLES = {path: title(path) for path in chapter_paths() if CHAPTER.fullmatch(path.name)}
WAITING = {path: to_translate(path) for path in TEXTS if path.is_relative_to(CHAPTERS / "ko")}


def prose(path: Path) -> str:
    """The Markdown of a page or notebook, without code and without what waits for a translator."""
    waiting = WAITING.get(path) or to_translate(path)
    if path.suffix == ".md":
        return "" if waiting else FENCED.sub("", TEXTS[path])
    cells = [cell for cell in read_notebook(path).cells if cell.cell_type == "markdown"]
    return FENCED.sub("", "\n\n".join(cell.source for cell in cells if cell.id not in waiting))


def wrong_labels(path: Path, text: str) -> list[str]:
    """What to write where a link to a chapter has another label; one to a heading may have words of its own."""
    found = []
    for match in LINK.finditer(text):
        chapter = (path.parent / match["target"]).resolve()
        wanted = TITLES.get(chapter)
        if wanted and wanted != match["label"] and not WAITING.get(chapter):
            found.append(f"{match[0]}: write [{wanted}]({match['target']})")
    return found


@pytest.mark.parametrize("path", [path for path in TEXTS if path.suffix in {".md", ".ipynb"}], ids=name)
def test_a_link_to_a_chapter_has_its_title(path):
    found = wrong_labels(path, prose(path))
    assert not found, f"in {name(path)}:\n" + "\n".join(found)


@pytest.mark.parametrize("edition", ["en", "ko"])
def test_a_label_that_is_not_the_title_is_noticed(edition):
    page = CHAPTERS / edition / "index.md"
    chapter = next(path for path in TITLES if path.parent == page.parent)
    (found,) = wrong_labels(page, f"[this]({chapter.name}), [a part]({chapter.name}#part)")
    assert found == f"[this]({chapter.name}): write [{TITLES[chapter]}]({chapter.name})"
    assert wrong_labels(page, f"[{TITLES[chapter]}]({chapter.name})") == []
