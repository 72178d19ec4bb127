"""A term of the glossary says on its link what it means: to the mouse, to the keyboard and to a screen reader."""

import pytest

CHAPTERS = ("chapters/en/14-dying-relu.html", "ko/chapters/ko/14-dying-relu.html")
PREVIEW = "#term-preview"


@pytest.fixture(params=CHAPTERS, ids=["en", "ko"])
def chapter(request, open_page, address):
    page = open_page(address + request.param)
    yield page
    assert page.problems == []


def test_the_keyboard_shows_the_meaning_and_escape_hides_it(chapter):
    term = chapter.locator("a.term").first
    meaning = term.get_attribute("data-meaning")
    chapter.keyboard.press("Tab")  # from now on what has the focus shows it
    term.focus()
    preview = chapter.locator(PREVIEW)
    assert preview.is_visible() and preview.inner_text() == meaning and len(meaning) > 5
    assert term.get_attribute("aria-describedby") == "term-preview"
    chapter.keyboard.press("Escape")
    assert preview.is_hidden() and term.get_attribute("aria-describedby") is None


def test_the_mouse_shows_it_within_the_window_and_may_go_there(chapter):
    preview = chapter.locator(PREVIEW)
    for term in chapter.locator("a.term:visible").all()[:6]:
        chapter.mouse.move(640, 1)
        preview.wait_for(state="hidden")
        term.hover()
        chapter.wait_for_function(
            "(meaning) => document.getElementById('term-preview').textContent === meaning",
            arg=term.get_attribute("data-meaning"),
        )
        preview.wait_for(state="visible")
        box = preview.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1280 and box["y"] >= 0
        assert box["y"] + box["height"] <= 900
    preview.hover()
    chapter.wait_for_timeout(500)
    assert preview.is_visible()
    chapter.mouse.move(640, 1)
    preview.wait_for(state="hidden")


def test_a_tap_shows_it_and_another_goes_there(open_page, address):
    page = open_page(address + CHAPTERS[0], width=390, height=844, has_touch=True, is_mobile=True)
    term, preview = page.locator("a.term").first, page.locator(PREVIEW)
    term.tap()
    preview.wait_for(state="visible")
    assert preview.inner_text() == term.get_attribute("data-meaning") and "glossary" not in page.url
    page.locator("h1").tap()
    preview.wait_for(state="hidden")
    term.tap()
    preview.wait_for(state="visible")
    term.tap()
    page.wait_for_url("**/glossary.html#term-*")


def test_the_link_leads_to_the_entry(chapter):
    term = chapter.locator("a.term").first
    meaning = term.get_attribute("data-meaning")
    term.click()
    chapter.wait_for_url("**/glossary.html#term-*")
    assert meaning in chapter.locator(":target").inner_text()


def test_without_scripts_the_browser_shows_the_meaning(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + CHAPTERS[0])
    assert len(page.locator("a.term").first.get_attribute("title")) > 5
    context.close()
