"""A browser to look at the built site with."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from serving import CHROMIUM_ENVIRONMENT, CHROMIUM_FLAGS, CHROMIUM_NAMES, served

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)

HANGING = 120_000  # milliseconds; no page is wrong because the machine is busy


@pytest.fixture(scope="session")
def address():
    """Where the site is served."""
    with served() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without it the tests are skipped, unless ``REQUIRE_CHROMIUM`` is set, as in CI."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium found, and REQUIRE_CHROMIUM is set")
        pytest.skip("no Chromium found: the built pages are not looked at (on Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS, env=CHROMIUM_ENVIRONMENT
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """A function that opens an address and returns the page; ``page.problems`` lists what went wrong on it."""
    contexts = []

    def open_page(address: str, *, width: int = 1280, height: int = 900, **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(HANGING)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.requests = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(address, wait_until="load")
        if page.locator("html[data-content_root]").count():  # its script comes when it is drawn
            page.wait_for_function(
                "typeof DOCUMENTATION_OPTIONS !== 'undefined' && document.readyState === 'complete'"
            )
        return page

    yield open_page
    for context in contexts:
        context.close()
