"""Every page of both editions: no errors, nothing from elsewhere, usable by everyone, nothing too wide."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import SITE, pages

EVERY_PAGE = pytest.mark.parametrize("name", pages())
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
PHONE = 390
HEAVIEST = 250_000  # bytes of a first visit
NOT_SHARED = ("404.html", "index.html", "search.html")
HAS_LANGUAGES = [name for name in pages() if "chapters/" in name or name.endswith("search.html")]


def html(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


@EVERY_PAGE
@THEMES
def test_axe_finds_nothing_and_the_console_is_silent(open_page, address, name, theme):
    page = open_page(address + name, color_scheme=theme)
    assert Axe().run(page).response["violations"] == []
    assert page.problems == []
    if "data-content_root" in html(name):
        assert page.locator("html").get_attribute("data-theme") == theme


@EVERY_PAGE
@THEMES
def test_on_a_phone_nothing_scrolls_sideways_but_its_own_box(open_page, address, name, theme):
    page = open_page(address + name, width=PHONE, height=844, color_scheme=theme)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert Axe().run(page).response["violations"] == []
    page.evaluate(
        "document.querySelectorAll('img[loading=lazy]').forEach((image) => (image.loading = 'eager'))"
    )
    page.wait_for_function("[...document.images].every((image) => image.complete)")
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert page.problems == []


@EVERY_PAGE
def test_pages_ask_no_other_host_and_a_first_visit_is_light(open_page, address, name):
    page = open_page(address + name)
    page.wait_for_load_state("networkidle")
    assert [url for url in page.requests if not url.startswith(address)] == []
    sizes = page.evaluate(
        "performance.getEntries().filter((e) => e.transferSize).reduce((sum, e) => sum + e.transferSize, 0)"
    )
    assert 0 < sizes <= HEAVIEST


@EVERY_PAGE
def test_every_link_inside_the_site_leads_to_a_file_and_an_anchor(name):
    if name == "404.html":
        return
    ids: dict[str, set[str]] = {}
    for link in re.findall(r'\b(?:href|src)="([^"]+)"', html(name)):
        path, _, anchor = link.partition("#")
        path = path.partition("?")[0]
        if re.match(r"(?:https?|data|mailto):", link):
            continue
        target = (SITE / name).parent / path if path else SITE / name
        assert target.exists(), link
        if anchor and target.suffix == ".html":
            key = str(target.resolve())
            ids.setdefault(key, set(re.findall(r'\bid="([^"]+)"', target.read_text(encoding="utf-8"))))
            assert anchor in ids[key], link


@pytest.mark.parametrize("name", [name for name in pages() if name.rpartition("/")[2] not in NOT_SHARED])
def test_pages_say_what_they_are_about(name):
    text = html(name)
    for pattern in (
        r'<meta name="description" content="[^"]{40,}',
        r'<meta property="og:title" content="[^"]+"',
        r'<meta property="og:image" content="https://[^"]+/_static/card\.png"',
        r'<link rel="canonical" href="https://[^"]+"',
        r'<link rel="icon" href="[^"]+favicon\.svg"',
    ):
        assert len(re.findall(pattern, text)) == 1, pattern
    canonical = re.search(r'rel="canonical" href="([^"]+)"', text)[1]
    assert canonical.endswith(name)
    assert f"<loc>{canonical}</loc>" in (SITE / "sitemap.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", HAS_LANGUAGES)
def test_each_page_leads_to_itself_in_the_other_language(name):
    text = html(name)
    language = "ko" if name.startswith("ko/") else "en"
    assert re.search(r'<html lang="(\w+)"', text)[1] == language
    (button,) = re.findall(r'<a class="btn btn-sm btn-language-button" href="([^"]+)" hreflang="(\w+)"', text)
    other = "en" if language == "ko" else "ko"
    assert button[1] == other
    expected = name.removeprefix("ko/").replace("chapters/ko/", "chapters/en/")
    if other == "ko":
        expected = "ko/" + name.replace("chapters/en/", "chapters/ko/")
    assert ((SITE / name).parent / button[0]).resolve() == (SITE / expected).resolve()
    alternates = dict(re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)"', text))
    assert set(alternates) == {"en", "ko", "x-default"}
    assert alternates[other].endswith(expected) and alternates[language].endswith(name)


ENGLISH_ALLOWED = {
    *("Binder", "Colab", "English", "ReLU", "CReLU", "MIT", "CC BY", "Ctrl", "ipynb", "pdf", "md"),
}


@pytest.mark.parametrize("name", [name for name in HAS_LANGUAGES if name.startswith("ko/")])
def test_the_interface_is_korean(name):
    """Outside the article no text or label is in English, but for names."""
    outside = re.sub(
        r"<article.*?</article>|<script.*?</script>|<style.*?</style>", " ", html(name), flags=re.DOTALL
    )
    texts = re.findall(r">([^<>]+)<", outside)
    labels = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', outside)
    for text in (*texts, *labels):
        words = [
            word for word in re.findall(r"[A-Za-z][A-Za-z ]+[A-Za-z]", text) if not re.search("[가-힣]", text)
        ]
        assert not set(words) - ENGLISH_ALLOWED, text
