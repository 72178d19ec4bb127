"""The built site, served as GitHub Pages serves it, and a browser to look at it with."""

import functools
import gzip
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from booktools.notebook_format import ROOT

SITE = ROOT / "_build" / "html"
BASE = "/relu-measured/"  # GitHub Pages serves a repository's site in a folder of its name
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def pages() -> list[str]:
    """The path of every page."""
    if not (SITE / "404.html").exists():
        raise FileNotFoundError(f"no site in {SITE}; `make book` builds it")
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the site in its folder, compressed, with the page for wrong addresses."""

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(BASE))

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            file /= "index.html"
        found = file.exists() and self.path.startswith(BASE)
        body = (file if found else SITE / "404.html").read_bytes()
        kind = self.guess_type(str(file if found else "404.html"))
        self.send_response(200 if found else 404)
        if kind.startswith(("text/", "application/javascript", "application/json", "image/svg")):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
            kind += "; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be silent."""


@pytest.fixture(scope="session")
def address():
    """Where the site is served."""
    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Pages, directory=str(SITE))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{BASE}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """Chromium. Without it the tests are skipped, unless ``REQUIRE_CHROMIUM`` is set, as in CI."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium found, and REQUIRE_CHROMIUM is set")
        pytest.skip("no Chromium found: the built pages are not looked at (on Debian: apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """A function that opens an address and returns the page; ``page.problems`` lists what went wrong on it."""
    contexts = []

    def open_page(address: str, *, width: int = 1280, height: int = 900, **settings):
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.requests = []
        page.on("console", lambda m: page.problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(address, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        context.close()
