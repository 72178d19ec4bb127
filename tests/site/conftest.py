"""A browser to look at the built site with."""

import os
import shutil

import pytest
from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import TimeoutError as NoAnswer
from serving import CHROMIUM_ENVIRONMENT, CHROMIUM_FLAGS, CHROMIUM_NAMES, served

CHROMIUM = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)

HANGING = 120_000  # milliseconds; no page is wrong because the machine is busy
BROWSER = pytest.StashKey[Browser]()
HANGS = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def address():
    """Where the site is served."""
    with served() as address:
        yield address


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Remember that a page never answered."""
    if call.excinfo is not None and call.excinfo.errisinstance(NoAnswer):
        item.session.stash[HANGS] = True
    return (yield)


@pytest.fixture(scope="session")
def playwright():
    """What starts Chromium. Without Chromium the tests are skipped, unless ``REQUIRE_CHROMIUM`` is set, as in CI."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium found, and REQUIRE_CHROMIUM is set")
        pytest.skip("no Chromium found: the built pages are not looked at (on Debian: apt install chromium)")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def browser(request, playwright):
    """Chromium, one for all tests until a page does not answer: then another, because no further page might.

    What a test has opened is closed after it: a page that a failed test leaves behind holds up those of later tests.
    """
    stash = request.session.stash
    if stash.get(BROWSER, None) is None or stash.get(HANGS, False):
        # The old one is left to Playwright, which ends it with its own process: a hanging browser may not close.
        stash[BROWSER] = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS, env=CHROMIUM_ENVIRONMENT
        )
        stash[HANGS] = False
    yield stash[BROWSER]
    if not stash[HANGS]:
        for context in stash[BROWSER].contexts:
            context.close()


@pytest.fixture
def open_page(browser):
    """A function that opens an address and returns the page; ``page.problems`` lists what went wrong on it."""

    def open_page(address: str, *, width: int = 1280, height: int = 900, **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(HANGING)
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

    return open_page
