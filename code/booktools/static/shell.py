"""Runs a page's cells in the reader's browser: what a cell prints, its last value, its figures, its error.

``run-worker.js`` loads this module in Pyodide, ``tests/wasm`` in Node. ``figures`` is ``booktools/figures.py``, so that
a figure drawn here looks as the stored one does.
"""

import ast
import builtins
import contextlib
import gzip
import hashlib
import io
import json
import linecache
import logging
import re
import site
import sys
import time
import traceback
import warnings
import zipfile
from collections import deque
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

import figures

SITE = site.getsitepackages()[0]
LIBRARIES = "/usr/lib"
MOST_LETTERS = 100_000  # that a cell may print; then only the last lines of the rest are kept
LAST_LETTERS = 2_000
EVERY = 0.25  # seconds between two reports of what a cell has printed so far
PIXELS = 200  # an inch, of figures that are too heavy as vectors
UNUSED = re.compile(
    r"/fonts/(afm|pdfcorefonts)/"
)  # fonts of PDF files, which matplotlib would read for seconds
OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n)")  # by a progress bar


class Packages(MetaPathFinder):
    """Loads a package when the first import asks for it, and not before.

    Args:
        packages: by name, their ``imports``, ``file``, ``sha256`` and perhaps the ``library`` that they are linked to.
        read: returns the bytes of a file by the package's name, as a JavaScript array.
    """

    def __init__(self, packages: dict[str, dict[str, Any]], read: Callable[[str], Any]) -> None:
        self.packages, self.read = packages, read
        self.waiting = {module: name for name, package in packages.items() for module in package["imports"]}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Where a module is; its package is installed first, if it waits for that."""
        if name not in self.waiting:
            return None
        package = self.waiting[name]
        self.install(package)
        for module in self.packages[package]["imports"]:
            del self.waiting[module]
        sys.path_importer_cache.pop(
            SITE, None
        )  # and of no other folder: to read Python's own again takes long
        return PathFinder.find_spec(name, path, target)

    def install(self, name: str) -> None:
        """Load a package, check its bytes, and unpack it.

        Raises:
            ImportError: it cannot be loaded, or has other bytes than the pinned ones.
        """
        package = self.packages[name]
        library = package.get("library")
        if library in self.packages:
            self.install(library)
            del self.packages[library]
        try:
            content = self.read(name).to_bytes()
        except Exception as error:  # of JavaScript
            raise ImportError(f"{package['file']} could not be loaded: is there a network?") from error
        if hashlib.sha256(content).hexdigest() != package["sha256"]:
            raise ImportError(f"{package['file']} is not the file that this book was tested with")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if package["imports"]:
                archive.extractall(SITE, [file for file in archive.namelist() if not UNUSED.search(file)])
                return
            archive.extractall(LIBRARIES)
            for file in archive.namelist():
                if file.endswith(".so"):
                    _link(f"{LIBRARIES}/{file}", file)


def _link(path: str, name: str) -> None:
    """Load a shared library, and let the modules that are linked to it find it by its name."""
    import pyodide_js
    from js import Object
    from pyodide.ffi import to_js

    module = pyodide_js._module
    options = {"loadAsync": False, "nodelete": True, "allowUndefined": True, "global": True, "fs": module.FS}
    module.loadDynamicLibrary(path, to_js(options, dict_converter=Object.fromEntries))
    loaded = module.LDSO.loadedLibsByName
    setattr(loaded, name, getattr(loaded, path))


class Outputs(list[list[str]]):
    """What a cell gives, as [kind, text], and a report of it now and then."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self.tell, self.told = tell, time.monotonic()

    def report(self) -> None:
        """Tell what there is so far, if the last time is long enough ago."""
        if time.monotonic() - self.told > EVERY:
            self.tell(json.dumps(self))
            self.told = time.monotonic()


class Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a cell."""

    def __init__(self, outputs: Outputs, kind: str) -> None:
        self.outputs, self.kind = outputs, kind
        self.written, self.lines_left_out = 0, 0
        self.last: deque[str] = deque(maxlen=LAST_LETTERS)

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        room = MOST_LETTERS - self.written
        self.written += len(text)
        if room > 0:
            kept = text[:room]
            if self.outputs and self.outputs[-1][0] == self.kind:
                self.outputs[-1][1] = OVERWRITTEN.sub("", self.outputs[-1][1] + kept)
            else:
                self.outputs.append([self.kind, kept])
            self.outputs.report()
        if len(text) > room:
            rest = text[max(room, 0) :]
            self.lines_left_out += rest.count("\n")
            self.last.extend(rest)
        return len(text)

    def end(self) -> None:
        """Add the last lines of what was too much, and how many lines are missing before them."""
        if self.last:
            _, _, last = "".join(self.last).partition("\n")
            self.outputs.append(["left out", str(self.lines_left_out - last.count("\n"))])
            self.outputs.append([self.kind, last])


class Shell:
    """Cells of one page, which share their variables.

    Args:
        content: the settings of the page, as JSON: ``packages``, and ``labels``, Korean for words in figures.
        read: see ``Packages``.
        tell: is given the outputs so far of a cell that runs, as JSON.
    """

    def __init__(self, content: str, read: Callable[[str], Any], tell: Callable[[str], None]) -> None:
        settings = json.loads(content)
        sys.meta_path.insert(0, Packages(settings["packages"], read))
        self.labels, self.tell = settings.get("labels"), tell
        self.names = sys.modules["__main__"].__dict__
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # not that it looks for fonts
        warnings.filterwarnings(
            "ignore", "FigureCanvas.* is non-interactive"
        )  # the page shows figures by itself
        builtins.input = self.no_input

    @staticmethod
    def no_input(prompt: object = "") -> str:
        raise EOFError("a cell on a page cannot ask for input")

    def picture(self, figure: Any) -> list[str]:
        """A figure as the page shows it."""
        file = io.BytesIO()
        figure.savefig(file, format="svg", bbox_inches="tight")
        svg = figures.stored(file.getvalue().decode())
        if len(gzip.compress(svg.encode(), 6)) <= figures.MOST_BYTES:
            return ["image/svg+xml", figures.for_page(svg, self.labels)]
        file = io.BytesIO()
        figure.savefig(file, format="png", bbox_inches="tight", dpi=PIXELS)
        return ["image/png", file.getvalue().hex()]

    def show(self, outputs: Outputs) -> None:
        """Add the figures that are open, and close them."""
        plt = sys.modules.get("matplotlib.pyplot")
        if plt is not None:
            for number in plt.get_fignums():
                outputs.append(self.picture(plt.figure(number)))
            plt.close("all")

    def value(self, value: Any, outputs: Outputs) -> None:
        """Add the value of a cell's last expression."""
        live = sys.modules.get("relubook.live")
        if live is not None and isinstance(value, live.LiveFigure):
            outputs.append(self.picture(value.figure))
        elif value is not None and not hasattr(value, "savefig"):
            outputs.append(["text/plain", repr(value)])

    def run(self, source: str, number: int) -> str:
        """Run a cell; its outputs as JSON. Errors name it by its number."""
        name = f"<cell {number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        outputs = Outputs(self.tell)
        streams = Stream(outputs, "stdout"), Stream(outputs, "stderr")
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            try:
                tree = ast.parse(source, name)
                last = tree.body[-1] if tree.body else None
                if isinstance(last, ast.Expr):
                    tree.body.pop()
                exec(compile(tree, name, "exec"), self.names)
                if isinstance(last, ast.Expr):
                    value = eval(compile(ast.Expression(last.value), name, "eval"), self.names)
                    if not source.rstrip().endswith(";"):
                        self.value(value, outputs)
                self.show(outputs)
            except BaseException as error:
                outputs.append(["error", self.traceback(error, name)])
                if isinstance(error, MemoryError):
                    outputs.append(["memory", ""])
                if plt := sys.modules.get("matplotlib.pyplot"):
                    plt.close("all")
        for stream in streams:
            stream.end()
        return json.dumps(outputs)

    @staticmethod
    def traceback(error: BaseException, name: str) -> str:
        """An error as Python prints it, from the cell's own line on."""
        trace = error.__traceback__
        while trace and trace.tb_frame.f_code.co_filename != name:
            trace = trace.tb_next
        return "".join(traceback.format_exception(type(error), error, trace)).rstrip()
