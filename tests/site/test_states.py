"""What appears on use only is usable by everyone, too: menus, drawers, the search, what it marks, solutions."""

import pytest
from accessibility import COLOURS, REPEATED, violations

CHAPTERS = ("chapters/en/06-gradient-flow.html", "ko/chapters/ko/06-gradient-flow.html")


def menu(kind):
    """Open one of the tool bar's menus."""

    def opened(page):
        page.locator(f".dropdown-{kind}-buttons > button").click()
        page.wait_for_selector(f".dropdown-{kind}-buttons .dropdown-menu.show")

    return opened


def drawer(side):
    """Open the contents of the book or of the page."""

    def opened(page):
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
    # The sign stays for two seconds, which may pass unseen on a busy machine.
    page.evaluate("""() => {
        const wait = window.setTimeout;
        window.setTimeout = (call, time, ...rest) => wait(call, time > 1000 ? 1e9 : time, ...rest);
    }""")
    page.locator("div.highlight").first.hover()
    page.locator("button.copybtn").first.click()
    page.wait_for_selector("button.copybtn.success", state="attached")


def pointer_on_a_link(page):
    page.locator(".bd-links a").nth(2).hover()


BESIDE_THE_TEXT = {
    "pointer on a link": pointer_on_a_link,
    "launch menu": menu("launch"),
    "source menu": menu("source"),
    "download menu": menu("download"),
    "search field": search_field,
}
ON_A_PHONE = {
    "book's drawer": drawer("primary"),
    "page's drawer": drawer("secondary"),
    "back to top": back_to_top,
}
IN_THE_TEXT = {
    "marked words": marked_words,
    "search results": search_results,
    "solutions": solutions,
    "copied": copied,
}
STATES = BESIDE_THE_TEXT | ON_A_PHONE | IN_THE_TEXT


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("state", STATES)
def test_what_appears_on_use_is_usable_in_both_themes(open_page, address, name, state):
    page = open_page(
        address + name,
        width=390 if state in ON_A_PHONE else 1280,
        color_scheme="light",
        reduced_motion="reduce",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.wait_for_selector("button.copybtn", state="attached")
    STATES[state](page)
    left_out = REPEATED if state in IN_THE_TEXT else ["article"]  # every page's text is looked at elsewhere
    assert violations(page, leaving_out=left_out) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_selector("html[data-theme=dark]", state="attached")
    if state == "marked words":  # in code, too
        left_out = [".katex-html"]
    assert violations(page, COLOURS, leaving_out=left_out) == []
