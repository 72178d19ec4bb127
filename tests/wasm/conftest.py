"""What pages load to run Python, for tests without a page; without Pyodide's files they are skipped and say so."""

import os
import shutil

import pytest

from booktools import pyodide_files, run_in_page

FETCH = "`make python-files` fetches it"


@pytest.fixture(scope="session")
def python_in_page(tmp_path_factory):
    """The folder with the settings and files that an edition's page loads."""
    if missing := pyodide_files.missing(pyodide_files.FOLDER):
        if os.environ.get("REQUIRE_PYODIDE"):
            pytest.fail(f"{missing[0]} is not in {pyodide_files.FOLDER}, and REQUIRE_PYODIDE is set")
        pytest.skip(f"{missing[0]} is not in .cache/pyodide: no cell runs under WebAssembly ({FETCH})")
    folder = tmp_path_factory.mktemp("python")
    for name in run_in_page.FILES:
        shutil.copyfile(run_in_page.STATIC / name, folder / name)
    run_in_page.write_files(folder, "en", pyodide_files.CDN, "")
    return folder
