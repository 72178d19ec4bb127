"""The links of the pages: where the repository's address comes from."""

import subprocess
from types import SimpleNamespace

import pytest

from booktools.repository import origin_of, pages_url, repository_of, set_repository

FORK = "https://github.com/someone/fork"
CONFIGURED = {"repository_url": "https://github.com/your-account/relu-measured", "repository_branch": "main"}


@pytest.mark.parametrize(
    "origin",
    [
        "https://github.com/someone/fork",
        "https://github.com/someone/fork.git",
        "https://token@github.com/someone/fork.git",
        "git@github.com:someone/fork.git",
        "ssh://git@github.com/someone/fork",
    ],
)
def test_a_remote_on_github_gives_the_address(origin):
    assert repository_of({}, origin) == (FORK, None)


@pytest.mark.parametrize(
    "origin", [None, "", "/srv/book.git", "https://gitlab.com/a/b", "https://github.com.evil.org/a/b"]
)
def test_other_remotes_leave_the_configuration_alone(origin):
    assert repository_of({}, origin) == (None, None)


def test_github_s_own_variables_come_first():
    environment = {"GITHUB_REPOSITORY": "org/book", "GITHUB_REF": "refs/heads/next/edition"}
    assert repository_of(environment, FORK) == ("https://github.com/org/book", "next/edition")
    environment |= {"GITHUB_SERVER_URL": "https://git.example.org", "GITHUB_REF": "refs/pull/3/merge"}
    assert repository_of(environment, FORK) == ("https://git.example.org/org/book", None)


@pytest.fixture
def checkout(tmp_path):
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    return tmp_path


def set_origin(folder, url: str):
    subprocess.run(["git", "-C", str(folder), "remote", "add", "origin", url], check=True)


def configured(folder, *, language: str = "en", html_baseurl: str = "") -> SimpleNamespace:
    """The configuration after the extension has seen it."""
    config = SimpleNamespace(
        html_theme_options=dict(CONFIGURED, other=1), html_baseurl=html_baseurl, language=language
    )
    set_repository(SimpleNamespace(confdir=str(folder)), config)
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


def test_an_address_in_the_configuration_comes_first(checkout):
    assert (
        configured(checkout, html_baseurl="https://a.org/", language="ko").html_baseurl == "https://a.org/ko/"
    )


def test_a_repository_elsewhere_has_no_pages_on_github():
    assert pages_url("https://git.example.org/someone/book") == ""


def test_sphinx_options_follow_the_remote(checkout, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    set_origin(checkout, "git@github.com:someone/fork.git")
    assert origin_of(checkout) == "git@github.com:someone/fork.git"
    assert options_for(checkout) == {"repository_url": FORK, "repository_branch": "main", "other": 1}


def test_sphinx_options_stay_as_configured_without_a_remote(checkout, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert options_for(checkout) == dict(CONFIGURED, other=1)


def test_sphinx_options_follow_github(checkout, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "org/book")
    monkeypatch.setenv("GITHUB_REF", "refs/heads/v1")
    monkeypatch.delenv("GITHUB_SERVER_URL", raising=False)
    assert options_for(checkout) == {
        "repository_url": "https://github.com/org/book",
        "repository_branch": "v1",
        "other": 1,
    }


def test_a_folder_that_is_no_checkout_has_no_origin(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert origin_of(tmp_path) is None
