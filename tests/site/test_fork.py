"""Built in a fork, every Binder, Colab and source link leads to that fork, and to a file that exists in it."""

import os
import re
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import pytest

from booktools.notebook_format import CHAPTERS, ROOT

FORK, BRANCH = "someone/else", "next"


@pytest.fixture(scope="module")
def fork_pages(tmp_path_factory):
    """The English and the Korean pages, built as a runner of the fork builds them; only what has the links."""
    output = tmp_path_factory.mktemp("fork")
    environment = {
        **os.environ,
        "GITHUB_REPOSITORY": FORK,
        "GITHUB_REF": f"refs/heads/{BRANCH}",
    }
    subprocess.run(
        [sys.executable, "-m", "booktools.build", "--folder", str(output)],
        env=environment,
        cwd=ROOT,
        check=True,
    )
    pages = {path.relative_to(output / "html"): path for path in (output / "html").rglob("*.html")}
    return {str(name): path.read_text(encoding="utf-8") for name, path in pages.items()}


def links_out(pages: dict[str, str]) -> dict[str, set[str]]:
    """Addresses on the hosts that run or show the repository, with the pages that have them."""
    found: dict[str, set[str]] = {}
    for name, text in pages.items():
        _, _, buttons = text.partition('<div class="article-header-buttons">')
        for link in re.findall(r'href="(https://[^"]+)"', buttons.partition("<article")[0]):
            if urlsplit(link).hostname in ("github.com", "mybinder.org", "colab.research.google.com"):
                found.setdefault(link, set()).add(name)
    return found


def test_every_launch_and_source_link_leads_into_the_fork(fork_pages):
    links = links_out({name: text for name, text in fork_pages.items() if "chapters/" in name})
    seen = set()
    for link, names in links.items():
        parts = urlsplit(link)
        assert FORK in unquote(link), (link, names)
        file = None
        if parts.hostname == "mybinder.org":
            assert parts.path == f"/v2/gh/{FORK}/{BRANCH}"
            file = parts.query.removeprefix("urlpath=lab/tree/")
        elif parts.hostname == "colab.research.google.com":
            file = parts.path.removeprefix(f"/github/{FORK}/blob/{BRANCH}/")
        elif "/edit/" in parts.path:
            file = parts.path.removeprefix(f"/{FORK}/edit/{BRANCH}/")
        if file is not None:
            assert (ROOT / file).is_file(), (link, names)
            assert all(file.rsplit(".")[0] in name for name in names), (link, names)
            seen.add(file)
    chapters = [path for path in CHAPTERS.glob("*/*") if path.suffix in (".ipynb", ".md")]
    assert seen == {path.relative_to(ROOT).as_posix() for path in chapters}


def test_pages_say_that_the_fork_publishes_them(fork_pages):
    for name, text in fork_pages.items():
        for address in re.findall(r'<link rel="(?:canonical|alternate)"[^>]* href="([^"]+)"', text):
            assert address.startswith("https://someone.github.io/else/"), name
