"""The links of the pages: where the repository's address comes from."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from sphinx.errors import ConfigError

from booktools.build import JUPYTER_BOOK, PYTHON_FILES, STRICT
from booktools.notebook_format import NOTEBOOK_METADATA, ROOT
from booktools.repository import (
    EVERY_BUTTON,
    note_on,
    origin_of,
    pages_url,
    repository_of,
    set_repository,
    web_address,
)

FORK = "https://github.com/someone/fork"
HERE = "https://github.com/your-account/relu-measured"
CONFIGURED = {
    "repository_url": HERE,
    "repository_branch": "main",
    "launch_buttons": {"colab_url": "https://colab.research.google.com"},
    "other": 1,
    **dict.fromkeys(EVERY_BUTTON, True),
}
ON_GITHUB = CONFIGURED | {"repository_provider": "github"}


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.com/someone/fork",
        "https://github.com/someone/fork.git",
        "https://token@github.com/someone/fork.git",
        "git@github.com:someone/fork.git",
        "ssh://git@github.com/someone/fork",
        "ssh://git@ssh.github.com:443/someone/fork.git",
        "git@ssh.github.com:someone/fork.git",
        "github.com:someone/fork",
        "https://www.github.com/someone/fork",
        "http://github.com/someone/fork.git",
        "https://github.com/someone/fork/",
        "https://github.com/someone/fork.git/",
        "https://GitHub.com/someone/fork",
        "https://me:token@github.com:443/someone/fork.git",
        "https://x-access-token:token@github.com/someone/fork",
        "git://github.com/someone/fork.git",
        "git+ssh://git@github.com/someone/fork.git",
    ],
)
def test_a_remote_on_github_gives_the_address(origin):
    assert repository_of({}, origin) == (FORK, None)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "/srv/book.git",
        "../book",
        "file:///srv/a/book.git",
        "C:\\books\\a",
        "https://gitlab.com/a/b",
        "https://github.com.evil.org/a/b",
        "https://github.com@evil.org/a/b",
        "https://evil.org/github.com/a/b",
        "https://github.com/a",
        "https://github.com/a/b/c",
        "https://github.com:port/a/b",
    ],
)
def test_other_remotes_leave_the_configuration_alone(origin):
    assert repository_of({}, origin) == (None, None)


def test_github_s_own_variables_come_first():
    environment = {"GITHUB_REPOSITORY": "org/book", "GITHUB_REF": "refs/heads/next/edition"}
    assert repository_of(environment, FORK) == ("https://github.com/org/book", "next/edition")
    environment |= {"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_REF": "refs/pull/3/merge"}
    assert repository_of(environment, FORK) == ("https://git.example.org/org/book", None)


def test_variables_of_another_repository_s_run_are_left_alone(tmp_path):
    environment = {"GITHUB_REPOSITORY": "org/all", "GITHUB_WORKSPACE": str(tmp_path)}
    assert repository_of(environment, FORK, tmp_path / "third_party" / "book") == (FORK, None)
    assert repository_of(environment, FORK, tmp_path) == ("https://github.com/org/all", None)


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("https://me:secret@gitlab.com/group/sub/book.git", "https://gitlab.com/group/sub/book"),
        ("ssh://git@git.example.org:2222/a/b.git", "https://git.example.org/a/b"),
        ("http://git.example.org:8080/a/b/", "http://git.example.org:8080/a/b"),
        ("git@git.example.org:a/b.git", "https://git.example.org/a/b"),
    ],
)
def test_other_hosts_have_a_web_address_too_and_no_secret_is_in_it(remote, address):
    assert web_address(remote) == address


@pytest.fixture(autouse=True)
def no_runner(monkeypatch):
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def checkout(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def set_origin(folder, url: str):
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", url], check=True)


def configured(folder, *, language: str = "en", html_baseurl: str = "", **options) -> SimpleNamespace:
    """The configuration after the extension has seen it."""
    config = SimpleNamespace(
        html_theme_options=CONFIGURED | options, html_baseurl=html_baseurl, language=language
    )
    set_repository(SimpleNamespace(srcdir=str(folder)), config)
    return config


def options_for(folder) -> dict:
    return configured(folder).html_theme_options


def test_pages_know_where_github_pages_publishes_them(checkout, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "Org/book")
    for language, address in (
        ("en", "https://org.github.io/book/"),
        ("ko", "https://org.github.io/book/ko/"),
    ):
        config = configured(checkout, language=language)
        assert config.html_baseurl == config.ogp_site_url == address
        assert config.ogp_image == "https://org.github.io/book/_static/card.png"


@pytest.mark.parametrize("base", ["https://a.org/book", "https://a.org/book/"])
def test_an_address_in_the_configuration_comes_first(checkout, base):
    config = configured(checkout, html_baseurl=base, language="ko")
    assert config.html_baseurl == "https://a.org/book/ko/"
    assert config.ogp_image == "https://a.org/book/_static/card.png"


def test_a_repository_elsewhere_has_no_pages_on_github():
    assert pages_url("https://git.example.org/someone/book") == ""


def test_sphinx_options_follow_the_remote(checkout):
    set_origin(checkout, "git@github.com:someone/fork.git")
    assert origin_of(checkout) == "git@github.com:someone/fork.git"
    assert options_for(checkout) == ON_GITHUB | {"repository_url": FORK}


def test_sphinx_options_stay_as_configured_without_a_remote(checkout):
    assert options_for(checkout) == ON_GITHUB


def test_sphinx_options_follow_github(checkout, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/book")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/v1")
    assert options_for(checkout) == ON_GITHUB | {
        "repository_url": "https://github.com/org/book",
        "repository_branch": "v1",
    }


@pytest.mark.parametrize(
    ("url", "provider", "buttons"),
    [
        ("https://gitlab.com/a/b", "gitlab", EVERY_BUTTON),
        ("https://bitbucket.org/a/b", "bitbucket", EVERY_BUTTON - {"use_issues_button"}),
        ("https://github.example.org/a/b", "github", EVERY_BUTTON),
        ("https://git.example.org/a/b", "", set()),
    ],
)
def test_another_host_has_the_buttons_that_the_theme_can_make(checkout, url, provider, buttons):
    options = configured(checkout, repository_url=url).html_theme_options
    assert options["repository_provider"] == provider
    assert options["repository_url"] == (url if provider else "")
    assert {name for name in EVERY_BUTTON if options[name]} == buttons
    assert options["launch_buttons"] == {}


def test_an_enterprise_server_is_known_by_its_runner(checkout, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/book")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.org")
    options = options_for(checkout)
    assert (options["repository_provider"], options["repository_url"]) == (
        "github",
        "https://git.example.org/org/book",
    )


def test_a_host_s_kind_can_be_configured(checkout):
    options = configured(
        checkout, repository_url="https://git.example.org/a/b", repository_provider="gitlab"
    ).html_theme_options
    assert options["repository_url"] == "https://git.example.org/a/b"
    assert all(options[button] for button in EVERY_BUTTON)


def test_a_secret_in_the_remote_or_the_configuration_stays_there(checkout):
    options = configured(checkout, repository_url="https://me:secret@gitlab.com/a/b.git").html_theme_options
    assert options["repository_url"] == "https://gitlab.com/a/b"
    set_origin(checkout, "https://me:secret@github.com/someone/fork.git")
    assert "secret" not in str(configured(checkout))


def test_an_address_that_is_none_is_named(checkout):
    with pytest.raises(
        ConfigError, match=r"_config.yml: repository: url: 'my book' is not .* write one like"
    ):
        configured(checkout, repository_url="my book")


def test_a_folder_that_is_no_checkout_has_no_origin(tmp_path):
    assert origin_of(tmp_path) is None


def test_a_folder_in_another_repository_has_not_that_one_s_origin(checkout):
    set_origin(checkout, "https://github.com/someone/everything.git")
    inside = checkout / "third_party" / "book"
    inside.mkdir(parents=True)
    assert origin_of(inside) is None
    assert options_for(inside) == ON_GITHUB


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_folder_of_another_owner_has_its_origin(checkout):
    set_origin(checkout, FORK)
    for path in (checkout, checkout / ".git"):
        os.chown(path, 1234, 1234)
    assert origin_of(checkout) == FORK


def test_a_worktree_has_its_repository_s_origin(checkout):
    set_origin(checkout, FORK)
    git = ["git", "-C", str(checkout), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "commit", "--quiet", "--allow-empty", "--message=x"], check=True)
    subprocess.run([*git, "worktree", "add", "--quiet", str(checkout / "other")], check=True)
    assert origin_of(checkout / "other") == FORK


def test_a_build_without_a_repository_says_so(checkout):
    note = note_on(checkout, HERE)
    assert "no repository found" in note and HERE in note and "_config.yml" in note
    assert note_on(checkout, "https://gitlab.com/a/b") is None
    set_origin(checkout, FORK)
    assert note_on(checkout, HERE) is None


def host_of_links(page: str) -> set[str]:
    buttons = page.partition('<div class="article-header-buttons">')[2].partition("<article")[0]
    return set(re.findall(r'href="https?://([^/"]+)', buttons))


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("https://me:secret@gitlab.com/group/sub/book.git", {"gitlab.com"}),
        ("https://github.example.org/someone/book", {"github.example.org"}),
        ("https://git.example.org/someone/book", set()),
    ],
)
def test_a_book_on_another_host_builds_without_a_warning(tmp_path, url, hosts):
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    config["repository"]["url"] = url
    config["sphinx"]["local_extensions"] = {"booktools.repository": str(ROOT / "code")}
    del config["sphinx"]["config"][PYTHON_FILES]  # of another extension
    for settings in (config, config["html"]):
        settings |= {key: str(ROOT / settings[key]) for key in ("logo", "favicon") if key in settings}
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: chapters/en/page\n", encoding="utf-8")
    title = nbformat.v4.new_markdown_cell("# A page")
    (tmp_path / "chapters" / "en").mkdir(parents=True)
    nbformat.write(
        nbformat.v4.new_notebook(cells=[title], metadata=NOTEBOOK_METADATA),
        tmp_path / "chapters" / "en" / "page.ipynb",
    )
    command = [sys.executable, "-c", JUPYTER_BOOK, "build", str(tmp_path), *STRICT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    page = (tmp_path / "_build" / "html" / "chapters" / "en" / "page.html").read_text(encoding="utf-8")
    assert host_of_links(page) == hosts
    assert "secret" not in page
