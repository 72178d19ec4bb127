"""Light pages: each change is made, and a page that has changed is an error, not a half-light page."""

import re

import pytest

from booktools import site
from booktools.build import BUILD, raw_pages
from booktools.site import CHANGES, Edition, SiteError, changed, light_page, png_size, sitemap, write_site

ENGLISH, KOREAN = (raw_pages(BUILD, language) for language in ("en", "ko"))
NAME = "chapters/en/06-gradient-flow.html"


@pytest.fixture
def raw_page() -> str:
    """A page as Sphinx wrote it."""
    return (ENGLISH / NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize("change", [c for c in CHANGES if not c.optional], ids=lambda change: change.what)
def test_every_change_finds_what_it_changes_and_fails_where_it_is_gone(change, raw_page):
    for earlier in CHANGES[: CHANGES.index(change)]:
        raw_page = changed(raw_page, NAME, earlier)
    assert changed(raw_page, NAME, change) != raw_page
    with pytest.raises(SiteError, match=rf"^{NAME}: no {change.what} found"):
        changed("<html></html>", NAME, change)


def test_a_light_page_has_one_stylesheet_and_no_script_of_the_theme(raw_page, tmp_path):
    page = light_page(raw_page, NAME, Edition("en", ENGLISH, tmp_path), '<link rel="stylesheet">', scale=1)
    assert page.count('rel="stylesheet"') == 1
    assert "<script src" not in page and "unpkg" not in page and "document.write" not in page
    figures = re.findall(r"<img [^>]*_images[^>]*>", page)
    assert figures
    for figure in figures:
        width, height = (int(re.search(rf'{side}="(\d+)"', figure)[1]) for side in ("width", "height"))
        assert width > height > 0 and 'loading="lazy"' in figure and 'alt="' in figure


def test_binder_and_colab_open_the_branch_that_is_named(raw_page, tmp_path, monkeypatch):
    monkeypatch.setenv("LAUNCH_BRANCH", "notebooks")
    page = light_page(raw_page, NAME, Edition("en", ENGLISH, tmp_path), "", scale=1)
    (colab,) = re.findall(r'https://colab\.research\.google\.com/github/[^"]+', page)
    (binder,) = re.findall(r'https://mybinder\.org/[^"]+', page)
    assert "/blob/notebooks/chapters/en/06-gradient-flow.ipynb" in colab
    assert "/notebooks?urlpath=lab/tree/chapters/en/06-gradient-flow.ipynb" in binder
    assert "/edit/main/" in page, "corrections go to the source"


def test_a_script_that_nobody_has_decided_on_is_an_error(raw_page):
    pages = {NAME: raw_page}
    site.check_scripts(pages, site.scripts_of("en"))
    with pytest.raises(SiteError, match=r"scripts not known: \['new\.js'\]"):
        site.check_scripts(
            {NAME: raw_page + '<script src="../../_static/new.js"></script>'}, site.scripts_of("en")
        )
    with pytest.raises(SiteError, match=r"no longer linked: \['doctools\.js'\]"):
        site.check_scripts({NAME: re.sub(r"<script[^>]*doctools[^>]*>", "", raw_page)}, site.scripts_of("en"))


def test_a_file_that_is_no_png_is_an_error(tmp_path):
    (tmp_path / "x.png").write_bytes(b"GIF89a" + bytes(30))
    with pytest.raises(SiteError, match=r"x\.png: not a PNG file"):
        png_size(tmp_path / "x.png")


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
