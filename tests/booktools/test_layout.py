"""A static file that was changed reaches the site, also where no page has changed."""

import os
import shutil
from types import SimpleNamespace

import pytest

from booktools.formulas import STATIC
from booktools.layout import where_static_files_changed

FILE = "search.js"


@pytest.mark.parametrize(("age", "outdated"), [(-10, []), (10, ["index"])])
def test_the_first_page_is_outdated_where_a_static_file_is_newer_than_its_copy(tmp_path, age, outdated):
    copy = tmp_path / "_static" / FILE
    copy.parent.mkdir()
    shutil.copyfile(STATIC / FILE, copy)
    then = (STATIC / FILE).stat().st_mtime - age
    os.utime(copy, (then, then))
    app = SimpleNamespace(outdir=str(tmp_path), config=SimpleNamespace(root_doc="index"))
    assert where_static_files_changed(app, None, set(), set(), set()) == outdated
