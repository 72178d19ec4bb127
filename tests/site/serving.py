"""The built site, served compressed and in a folder of the repository's name, as GitHub Pages serves it."""

import contextlib
import functools
import gzip
import http.server
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from booktools.notebook_format import ROOT

SITE = ROOT / "_build" / "html"
BASE = "/relu-measured/"
SHOW_ALL = "localStorage.setItem('predictions', 'all')"  # as the switch does: nothing waits for a guess
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
# Chromium makes a socket in the folder for temporary files, and its path may have no more than about 100 characters.
TEMPORARY = tempfile.gettempdir()
CHROMIUM_ENVIRONMENT = {**os.environ, "TMPDIR": TEMPORARY if len(TEMPORARY) < 50 else "/tmp"}


def pages() -> list[str]:
    """The path of every page."""
    if not (SITE / "404.html").exists():
        raise FileNotFoundError(f"no site in {SITE}; `make book` builds it")
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html"))


class Pages(http.server.SimpleHTTPRequestHandler):
    """Serves the site, and the page for wrong addresses."""

    protocol_version = "HTTP/1.1"
    published = ""  # an address that pages give as their own, replaced by this server's
    pieces = 1  # in so many a page comes, a twentieth of a second apart

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path.removeprefix(BASE))

    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.is_dir():
            file /= "index.html"
        found = file.exists() and self.path.startswith(BASE)
        file = file if found else SITE / "404.html"
        body, kind = file.read_bytes(), self.guess_type(str(file))
        if self.published and file.suffix == ".html":
            body = body.replace(self.published.encode(), f"http://{self.headers['Host']}{BASE}".encode())
        self.send_response(200 if found else 404)
        if kind.startswith(("text/", "application/javascript", "application/json", "image/svg")):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
            kind += "; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Cache-Control", "max-age=600")
        if "sandbox" in self.path.partition("?")[2].split("&"):  # of no origin, so without storage
            self.send_header("Content-Security-Policy", "sandbox allow-scripts")
        self.end_headers()
        size = len(body) // (self.pieces if file.suffix == ".html" else 1) + 1
        for start in range(0, len(body), size):
            time.sleep(0.05 if start else 0)
            self.wfile.write(body[start : start + size])

    def log_message(self, *_: object) -> None:
        """Be silent."""


class Server(http.server.ThreadingHTTPServer):
    """A server that a browser may leave in the middle of an answer."""

    daemon_threads = True
    request_queue_size = (
        128  # a browser opens several connections at once, and waits long for one that is lost
    )

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def served(published: str = "", pieces: int = 1) -> Iterator[str]:
    """The address at which the site is served."""
    handler = type("Handler", (Pages,), {"published": published, "pieces": pieces})
    with Server(("127.0.0.1", 0), functools.partial(handler, directory=str(SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}{BASE}"
        server.shutdown()
