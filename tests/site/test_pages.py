"""Every page of both editions: no errors, nothing from elsewhere, usable by everyone, nothing too wide."""

import re
from html import unescape

import pytest
from accessibility import COLOURS, REPEATED, violations
from layout_shifts import SHIFTS
from serving import SITE, pages, served

from booktools import explorer
from booktools.editions import read_page, to_translate
from booktools.notebook_format import CHAPTERS, chapter_paths, read_notebook
from relubook.activations import ACTIVATIONS

PAGES = pages()
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
PHONE = {"width": 390, "height": 844}
HEAVIEST = 250_000  # bytes of a first visit
NOT_SHARED = ("404.html", "index.html", "search.html")
HAS_LANGUAGES = [name for name in PAGES if "chapters/" in name or name.endswith("search.html")]
THOROUGH = ("chapters/en/04-network-in-numpy.html", "ko/chapters/ko/06-gradient-flow.html")
LEADING_ON = ("index.html", "ko/index.html")  # a browser does not stay there


def html(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")


# The keyboard reaches what is wider than its box; what is folded or closed is measured when it is shown.
FIT = """[...document.querySelectorAll("pre")].every(
  (e) => !e.checkVisibility() || e.scrollWidth <= e.clientWidth || e.tabIndex === 0)"""


# Figures whose shape on the page is not that of the file, by more than a pixel or two.
STRETCHED = """[...document.querySelectorAll("article img")].filter((image) => {
  const style = getComputedStyle(image), padding = 2 * parseFloat(style.paddingLeft);
  const width = image.offsetWidth - padding, height = image.offsetHeight - padding;
  return Math.abs(width * image.naturalHeight / image.naturalWidth - height) > 3;
}).map((image) => image.src)"""


def check(open_page, address: str, name: str) -> None:
    """Light, silent, and usable on screens of both widths; without transitions, which axe would catch halfway.

    The editions have the same elements: axe looks at English pages on a wide screen in both themes, at Korean ones on a
    phone, and at the thorough ones on both.
    """
    page = open_page(address + name, color_scheme="light", reduced_motion="reduce")
    elsewhere = [url for url in page.requests if not url.startswith((address, "data:"))]
    assert elsewhere == []
    size = page.evaluate(
        "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)"
    )
    assert 0 < size <= HEAVIEST
    left_out = () if name in THOROUGH else REPEATED
    if not name.startswith("ko/") or name in THOROUGH:
        assert violations(page, leaving_out=left_out) == []
        page.emulate_media(color_scheme="dark")
        if "data-content_root" in html(name):
            page.wait_for_selector("html[data-theme=dark]", state="attached")
        assert violations(page, COLOURS, leaving_out=left_out) == []

    page.set_viewport_size(PHONE)
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    page.wait_for_function("[...document.images].every((image) => image.complete)", polling=100)
    assert page.evaluate("[...document.images].every((image) => image.naturalWidth > 0)")
    assert page.evaluate(STRETCHED) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if name.startswith("ko/") or name in THOROUGH:
        page.wait_for_function(FIT)  # a change of size is noticed with the next frame
        assert violations(page, leaving_out=left_out) == []
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        page.wait_for_function(FIT)
    assert page.problems == []


# One class for each edition, because two processes share the tests by class.
@pytest.mark.parametrize(
    "name", [name for name in PAGES if not name.startswith("ko/") and name not in LEADING_ON]
)
class TestEnglishPages:
    def test_is_light_silent_and_usable_in_each_theme_and_width(self, open_page, address, name):
        check(open_page, address, name)


@pytest.mark.parametrize(
    "name", [name for name in PAGES if name.startswith("ko/") and name not in LEADING_ON]
)
class TestKoreanPages:
    def test_is_light_silent_and_usable_in_each_theme_and_width(self, open_page, address, name):
        check(open_page, address, name)


@pytest.mark.parametrize("name", ["01-definition", "advantages-and-drawbacks"])
def test_text_that_was_drawn_stays_where_it_is_when_the_rest_of_the_page_comes(open_page, name):
    with served(pieces=8) as address:
        page = open_page(f"{address}chapters/en/{name}.html")
        assert page.evaluate(SHIFTS) <= 0.01


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_without_scripts_a_page_has_the_colours_of_the_system_and_one_logo(browser, address, scheme):
    name, colours = (
        THOROUGH[0],
        "e => { const s = getComputedStyle(e); return [s.backgroundColor, s.color]; }",
    )

    def seen(**settings) -> tuple[list[list[str]], int]:
        context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **settings)
        page = context.new_page()
        page.goto(address + name)
        page.wait_for_function("document.readyState === 'complete'")
        logos = sum(logo.is_visible() for logo in page.locator(".logo__image").all())
        found = [page.eval_on_selector(element, colours) for element in ("body", ".highlight")], logos
        context.close()
        return found

    assert seen(java_script_enabled=False) == seen()
    assert seen()[1] == 1


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
        if target.stem == explorer.PAGE and explorer.names_functions(unescape(anchor), ACTIVATIONS):
            continue  # a choice of functions; the build has looked at it
        if anchor and target.suffix == ".html":
            key = str(target.resolve())
            ids.setdefault(key, set(re.findall(r'\bid="([^"]+)"', target.read_text(encoding="utf-8"))))
            assert anchor in ids[key], link


@pytest.mark.parametrize("name", [name for name in PAGES if name.rpartition("/")[2] not in NOT_SHARED])
def test_pages_say_what_they_are_about(name):
    text = html(name)
    for pattern in (
        r'<meta name="description" content="[^"]{40,}',
        r'<meta property="og:title" content="[^"]+"',
        rf'<meta property="og:locale" content="{"ko_KR" if name.startswith("ko/") else "en_GB"}"',
        r'<meta property="og:image" content="https://[^"]+/_static/card\.png"',
        r'<link rel="canonical" href="https://[^"]+"',
        r'<link rel="icon" href="data:image/svg\+xml,[^"]+"',
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


@pytest.fixture(scope="module")
def waiting_headings() -> list[str]:
    """The headings that wait for a translator, the longest first: menus show them, and `make lint` asks for them."""
    texts = [read_page(path) for path in sorted((CHAPTERS / "ko").glob("*.md")) if to_translate(path)]
    for path in chapter_paths():
        waiting = to_translate(path)
        texts += [cell.source for cell in read_notebook(path).cells if cell.id in waiting]
    headings = re.findall(r"^#+ (.+)$", "\n".join(texts), re.MULTILINE)
    return sorted({re.sub(r"[`*$]", "", heading) for heading in headings}, key=len, reverse=True)


@pytest.mark.parametrize("name", [name for name in HAS_LANGUAGES if name.startswith("ko/")])
def test_the_interface_is_korean(name, waiting_headings):
    """Outside the article no text or label is in English, but for names."""
    outside = re.sub(
        r"<article.*?</article>|<script.*?</script>|<style.*?</style>", " ", html(name), flags=re.DOTALL
    )
    texts = re.findall(r">([^<>]+)<", outside)
    labels = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', outside)
    straight = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
    for text in (unescape(text).translate(straight) for text in (*texts, *labels)):
        for heading in waiting_headings:
            text = text.replace(heading, "")
        words = [
            word for word in re.findall(r"[A-Za-z][A-Za-z ]+[A-Za-z]", text) if not re.search("[가-힣]", text)
        ]
        assert not set(words) - ENGLISH_ALLOWED, text
