"""The site: what an update of a theme brings back or takes away is an error, not a half-light page."""

import re
import shutil

import pytest

from booktools import run_in_page, site
from booktools.build import BUILD, raw_pages
from booktools.site import (
    EXPECTED,
    PAGE_SCRIPTS,
    Edition,
    SiteError,
    check,
    finished_page,
    sitemap,
    styles_and_scripts,
    write_edition,
    write_site,
)

ENGLISH, KOREAN = (raw_pages(BUILD, language) for language in ("en", "ko"))
NAME = "chapters/en/06-gradient-flow.html"


@pytest.fixture
def raw_page() -> str:
    """A page as Sphinx wrote it."""
    return (ENGLISH / NAME).read_text(encoding="utf-8")


@pytest.fixture
def edition(tmp_path) -> Edition:
    """The English edition, with the files that its pages load."""
    (tmp_path / "_static").mkdir()
    for name in ("book.css", "dark.css", "book.js", *PAGE_SCRIPTS, *run_in_page.FILES, run_in_page.SETTINGS):
        (tmp_path / "_static" / name).write_text(name)
    return Edition("en", ENGLISH, tmp_path)


# What a page would have in it if a block or a template of the theme were no longer the one that is replaced.
COMES_BACK = {
    "stylesheet": '<link href="styles/theme.css?digest=1" rel="stylesheet" />',
    "preloaded file": '<link rel="preload" as="script" href="x.js" />',
    "viewport": '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    "script": '<script src="x.js"></script>',
    "written element": "document.write(`<button></button>`);",
    "sidebar with a name": '<div role="region" aria-label="Book"></div>',
    "logo": '<img class="logo__image only-dark">',
    "button to the other language": '<a class="btn btn-language-button"></a>',
    "link that tells another window where it came from": '<a href="x" target="_blank"></a>',
}


@pytest.mark.parametrize("what", EXPECTED)
def test_what_comes_back_or_goes_missing_is_an_error(what, raw_page):
    check(raw_page, NAME)
    times = EXPECTED[what][1]
    with pytest.raises(
        SiteError, match=f"^{NAME}: {what}: {times + 1} instead of {times}; has the theme changed"
    ):
        check(raw_page.replace("</body>", COMES_BACK[what] + "</body>"), NAME)
    if times:
        with pytest.raises(SiteError, match=f": 0 instead of {times}"):
            check(re.sub(EXPECTED[what][0], "", raw_page), NAME)


def test_every_page_of_both_editions_is_as_expected():
    for language, folder in (("en", ENGLISH), ("ko", KOREAN)):
        pages = {
            name: page for name, page in Edition(language, folder, folder).pages.items() if "<head>" in page
        }
        assert len(pages) > 20
        for name, page in pages.items():
            check(page, name)


def test_a_page_names_the_version_of_each_file_and_the_size_of_each_figure(raw_page, edition):
    page = finished_page(raw_page, NAME, edition, scale=1)
    for name in ("book.css", "dark.css", "book.js"):
        assert len(re.findall(rf"_static/{name}\?v=[0-9a-f]{{12}}\"", page)) == 1
    assert "?v=@" not in page
    figures = re.findall(r"<img [^>]*_images[^>]*>", page)
    assert figures
    for figure in figures:
        width, height = (int(re.search(rf'{side}="(\d+)"', figure)[1]) for side in ("width", "height"))
        assert width > height > 0 and 'loading="lazy"' in figure and 'alt="' in figure


def test_binder_and_colab_open_the_branch_that_is_named(raw_page, edition, monkeypatch):
    monkeypatch.setenv("LAUNCH_BRANCH", "notebooks")
    page = finished_page(raw_page, NAME, edition, scale=1)
    (colab,) = re.findall(r'https://colab\.research\.google\.com/github/[^"]+', page)
    (binder,) = re.findall(r'https://mybinder\.org/[^"]+', page)
    assert "/blob/notebooks/chapters/en/06-gradient-flow.ipynb" in colab
    assert "/notebooks?urlpath=lab/tree/chapters/en/06-gradient-flow.ipynb" in binder
    assert "/edit/main/" in page, "corrections go to the source"


def test_a_file_that_nobody_has_decided_on_and_one_that_is_gone_are_errors(tmp_path):
    static = tmp_path / "_static"
    shutil.copytree(ENGLISH / "_static", static)
    styles, scripts = styles_and_scripts(static)
    assert styles[-1] == "run-page.css" and "translations.js" not in scripts
    (static / "new.js").touch()
    with pytest.raises(SiteError, match=r"in no list of booktools/site\.py: new\.js"):
        styles_and_scripts(static)
    (static / "new.js").unlink()
    (static / "mystnb.0.css").touch()
    with pytest.raises(
        SiteError, match=r"mystnb\.0\.css.* where one mystnb\.\*\.css was expected; try `make clean`"
    ):
        styles_and_scripts(static)
    (static / "mystnb.0.css").unlink()
    (static / "doctools.js").unlink()
    with pytest.raises(SiteError, match=r"nothing where one doctools\.js was expected"):
        styles_and_scripts(static)


def test_messages_in_another_language_come_after_what_shows_them():
    scripts = styles_and_scripts(KOREAN / "_static")[1]
    assert scripts.index("translations.js") == scripts.index("doctools.js") + 1


def test_a_theme_without_the_loop_that_is_taken_out_is_an_error(edition):
    with pytest.raises(
        SiteError, match=r"^no script has document\.querySelectorAll.*; has the theme changed\?"
    ):
        write_edition(edition, "", {}, ["scrolling.js"], 1)
    assert (edition.output / "_static" / "book.js").read_text() == "book.js"  # as it was


def test_a_figure_that_is_no_image_is_an_error(tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images/x.png").write_bytes(b"no image" + bytes(30))
    with pytest.raises(SiteError, match=r"x\.png: not an image"):
        site.with_sized_figures('<img src="_images/x.png" alt="">', tmp_path, scale=1)


def test_a_first_page_that_leads_nowhere_is_an_error(edition):
    page = site.redirect((ENGLISH / "index.html").read_text(encoding="utf-8"), "index.html", edition)
    assert 'content="0; url=chapters/en/index.html"' in page and '<html lang="en">' in page
    with pytest.raises(SiteError, match=r"index\.html: leads nowhere"):
        site.redirect("<html></html>", "index.html", edition)


def test_the_sitemap_lists_what_is_published():
    page = (
        '<link rel="alternate" hreflang="ko" href="https://a.org/ko/x.html">'
        '<link rel="canonical" href="https://a.org/x.html" />'
    )
    text = sitemap([page, "<html>not published</html>"])
    assert text.count("<url>") == 1
    assert '<loc>https://a.org/x.html</loc><xhtml:link rel="alternate" hreflang="ko"' in text


def test_writing_the_site_twice_gives_the_same_files(tmp_path):
    raw = {"en": ENGLISH, "ko": KOREAN}

    def written() -> dict[str, bytes]:
        write_site(raw, tmp_path / "site")
        return {
            path.relative_to(tmp_path).as_posix(): path.read_bytes()
            for path in (tmp_path / "site").rglob("*")
            if path.is_file()
        }

    assert written() == written()


def test_a_figure_of_a_stated_width_is_one_link(tmp_path):
    (tmp_path / "_images").mkdir()
    (tmp_path / "_images/x.svg").write_text('<svg viewBox="0 0 300 200"></svg>')
    inner = '<img alt="lines" src="_images/x.svg" style="width: 300px;" />'
    page = f'<a class="reference internal image-reference" href="_images/x.svg">{inner}\n</a>'
    sized = site.with_sized_figures(page, tmp_path, scale=1)
    assert sized.count("<a ") == 1 and sized.startswith(
        '<a class="figure-file" href="_images/x.svg"><img alt="lines"'
    )
