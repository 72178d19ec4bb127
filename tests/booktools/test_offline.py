"""The links with which the pages offer PDF and EPUB."""

from pathlib import Path

import pytest

from booktools.articles import offline_name
from booktools.notebook_format import CHAPTERS, ROOT
from booktools.offline import offer, settings_of

PAGE = '<ul><!-- take along --><!-- end --></ul><p class="take-along"></p>'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for folder in (tmp_path / "chapters" / "en", tmp_path / "ko" / "chapters" / "ko"):
        folder.mkdir(parents=True)
        (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def read(site: Path, language: str) -> str:
    folder = site / "ko" if language == "ko" else site
    return (folder / "chapters" / language / "index.html").read_text(encoding="utf-8")


def test_a_site_without_the_files_offers_nothing(site):
    offer(site)
    assert read(site, "en") == read(site, "ko") == PAGE


def test_each_edition_offers_its_own_files_with_their_size(site):
    (site / offline_name("en", "pdf")).write_bytes(b"0" * 2_340_000)
    (site / "ko" / offline_name("ko", "epub")).write_bytes(b"0" * 900_000)
    offer(site)
    assert read(site, "en").count('href="../../relu-measured.en.pdf" download') == 2
    assert "PDF (2.3 MB)" in read(site, "en") and "EPUB" not in read(site, "en")
    assert read(site, "ko").count('href="../../relu-measured.ko.epub" download') == 2
    assert "책 전체 EPUB (0.9 MB)" in read(site, "ko")


def test_offering_again_changes_nothing_and_a_file_that_is_gone_is_not_offered(site):
    file = site / offline_name("en", "pdf")
    file.write_bytes(b"0")
    offer(site)
    once = read(site, "en")
    offer(site)
    assert read(site, "en") == once
    file.unlink()
    offer(site)
    assert read(site, "en") == PAGE


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_front_page_has_a_place_for_them(language):
    assert '<p class="take-along"></p>' in (CHAPTERS / language / "index.md").read_text(encoding="utf-8")


def test_the_menu_has_a_place_for_them():
    template = ROOT / "code" / "booktools" / "templates" / "article-header-buttons.html"
    assert "<!-- take along --><!-- end -->" in template.read_text(encoding="utf-8")


def test_title_and_version_are_those_of_the_book():
    assert settings_of("en").title == "ReLU, Measured" and settings_of("ko").title == "측정으로 배우는 ReLU"
    assert settings_of("en").about == settings_of("ko").about
