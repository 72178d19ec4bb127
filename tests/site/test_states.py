"""What appears on use only is usable by everyone, too: menus, drawers, the search, what it marks, solutions."""

import pytest
from accessibility import COLOURS, violations

CHAPTERS = ("chapters/en/06-gradient-flow.html", "ko/chapters/ko/06-gradient-flow.html")
PHONE = {"width": 390, "height": 844}


def menu(kind):
    """Open one of the tool bar's menus."""

    def opened(page):
        page.locator(f".dropdown-{kind}-buttons > button").click()
        page.wait_for_selector(f".dropdown-{kind}-buttons .dropdown-menu.show")

    return opened


def drawer(side):
    """Open the book's or the page's contents on a phone."""

    def opened(page):
        page.set_viewport_size(PHONE)
        page.locator(f".{side}-toggle").click()
        page.locator(f".bd-sidebar-{side} a").first.wait_for(state="visible")

    return opened


def back_to_top(page):
    for place in (2000, 1500):  # it appears on the way up
        page.evaluate(
            "(place) => new Promise((done) => { addEventListener('scroll', done, {once: true}); scrollTo(0, place); })",
            place,
        )
    page.wait_for_selector("#pst-back-to-top", state="visible")


def search_field(page):
    page.keyboard.press("Control+k")
    page.wait_for_selector("#search-input:focus")
    page.keyboard.type("ReLU")


def marked_words(page):
    page.evaluate("localStorage.setItem('sphinx_highlight_terms', 'relu numpy plt')")  # links, text and code
    page.reload()
    page.wait_for_selector("span.highlighted")


def search_results(page):
    page.goto(page.url.partition("chapters/")[0] + "search.html?q=ReLU")
    page.wait_for_selector("#search-results .context .highlighted")


def solutions(page):
    assert page.evaluate(
        "[...document.querySelectorAll('details')].map((closed) => { closed.open = true; }).length"
    )


def copied(page):
    page.locator("div.highlight").first.hover()
    page.locator("button.copybtn").first.click()
    page.wait_for_selector("button.copybtn.success", state="attached")


STATES = {
    "launch menu": menu("launch"),
    "source menu": menu("source"),
    "download menu": menu("download"),
    "book's drawer": drawer("primary"),
    "page's drawer": drawer("secondary"),
    "back to top": back_to_top,
    "search field": search_field,
    "marked words": marked_words,
    "search results": search_results,
    "solutions": solutions,
    "copied": copied,
}


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("state", STATES)
def test_what_appears_on_use_is_usable_in_both_themes(open_page, address, name, state):
    page = open_page(
        address + name,
        color_scheme="light",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.wait_for_selector("button.copybtn", state="attached")
    STATES[state](page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    marks = page.locator("span.highlighted").count()
    assert violations(page, COLOURS) == []
    if marks:  # those in code, which axe leaves out elsewhere
        assert violations(page, COLOURS, thorough=True) == []
