"""Sphinx extension: point the Binder, Colab, source, issue and edit links at the repository that is being built, and
say in each page where GitHub Pages publishes it (or ``html: baseurl:`` in ``_config.yml``).

The address comes from the first of these that exists:

1. ``GITHUB_REPOSITORY``, which GitHub's runners set, with ``GITHUB_SERVER_URL`` and the branch of ``GITHUB_REF``;
2. the ``origin`` remote of the book's own folder, where it is on GitHub;
3. ``repository: url:`` in ``_config.yml``.

A page has only the buttons that its host has: Binder and Colab open repositories on github.com, and the theme knows
where GitHub, GitLab and Bitbucket show a file. On any other host the pages have none of them.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sphinx.errors import ConfigError

GITHUB = "https://github.com"
GITHUB_HOSTS = {"github.com", "www.github.com", "ssh.github.com"}
SHORT_FORM = re.compile(r"(?:[^@/]+@)?(?P<host>[^@/:]+):(?!//)(?P<path>.+)")  # git@host:owner/name
PLACEHOLDER = f"{GITHUB}/your-account/"
BRANCH_REF = "refs/heads/"

# The theme's buttons that need to know how a host writes its addresses, by what a host's name contains.
HOSTED_BUTTONS = {
    "github": {"use_repository_button", "use_edit_page_button", "use_issues_button"},
    "gitlab": {"use_repository_button", "use_edit_page_button", "use_issues_button"},
    "bitbucket": {"use_repository_button", "use_edit_page_button"},
}
EVERY_BUTTON = set.union(*HOSTED_BUTTONS.values())


def web_address(remote: str) -> str | None:
    """Where a browser finds a repository, from any form in which git writes its address; None for no such address.

    Names and tokens in the address do not come along: pages are public.

    >>> web_address("git@github.com:someone/book.git")
    'https://github.com/someone/book'
    >>> web_address("ssh://git@ssh.github.com:443/someone/book.git")
    'https://github.com/someone/book'
    >>> web_address("https://me:secret@git.example.org/someone/book/")
    'https://git.example.org/someone/book'
    """
    remote = remote.strip()
    if short := SHORT_FORM.fullmatch(remote):
        host, path, port, scheme = short["host"].lower(), short["path"], None, "ssh"
    else:
        try:
            parts = urlsplit(remote)
            host, path, port, scheme = parts.hostname or "", parts.path, parts.port, parts.scheme
        except ValueError:  # a port that is no number
            return None
    path = path.strip("/").removesuffix(".git")
    if not host or "/" not in path or scheme not in ("http", "https", "ssh", "git", "git+ssh"):
        return None
    if host in GITHUB_HOSTS:
        return f"{GITHUB}/{path}" if path.count("/") == 1 else None
    if scheme not in ("http", "https"):  # its port is not the web's
        scheme, port = "https", None
    return f"{scheme}://{host}:{port}/{path}" if port else f"{scheme}://{host}/{path}"


def repository_of(
    environment: Mapping[str, str], origin: str | None, folder: Path | None = None
) -> tuple[str | None, str | None]:
    """The repository's address and branch, as far as the environment and the remote tell.

    Args:
        environment: the process's environment variables.
        origin: the address of the ``origin`` remote, or None where there is none.
        folder: the book's folder. Where the runner checked out another one, its variables tell of another repository.

    Returns:
        The address and the branch; None for what the configuration has to say.
    """
    workspace = environment.get("GITHUB_WORKSPACE")
    elsewhere = bool(folder and workspace) and Path(str(workspace)).resolve() != Path(str(folder)).resolve()
    if (name := environment.get("GITHUB_REPOSITORY")) and not elsewhere:
        ref = environment.get("GITHUB_REF", "")
        branch = ref.removeprefix(BRANCH_REF) if ref.startswith(BRANCH_REF) else None
        return web_address(f"{environment.get('GITHUB_SERVER_URL', GITHUB)}/{name}"), branch
    address = web_address(origin) if origin else None
    return (address if address and address.startswith(f"{GITHUB}/") else None), None


def origin_of(folder: Path) -> str | None:
    """The address of the ``origin`` remote of the checkout that a folder is the root of, or None.

    Naming the git directory keeps git from looking in the folders above, where it may find another repository, and
    from asking who owns the folder.
    """
    command = ["git", f"--git-dir={folder / '.git'}", "remote", "get-url", "origin"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() or None
    except (OSError, subprocess.CalledProcessError):  # no git, no checkout, or no such remote
        return None


def address_of(folder: Path, configured: str) -> tuple[str, str | None]:
    """The address that a book's pages link to, and the branch where the environment tells it.

    Raises:
        ConfigError: nothing tells the address, and the configured one is none.
    """
    address, branch = repository_of(os.environ, origin_of(folder), folder)
    address = address or web_address(configured)
    if not address:
        raise ConfigError(
            f"_config.yml: repository: url: {configured!r} is not a repository's address; "
            "write one like https://github.com/someone/book"
        )
    return address, branch


def note_on(folder: Path, configured: str) -> str | None:
    """What to say at the end of a build whose pages link to no real repository, else None."""
    address, _ = address_of(folder, configured)
    if not address.startswith(PLACEHOLDER):
        return None
    return (
        f"note: no repository found, so the pages' buttons lead to {address}: there is no remote `origin` on GitHub "
        "here, and `repository: url:` in _config.yml is as it came"
    )


def pages_url(repository: str) -> str:
    """Where GitHub Pages publishes a repository; empty where the repository is not on GitHub.

    >>> pages_url("https://github.com/Someone/book")
    'https://someone.github.io/book/'
    >>> pages_url("https://github.com/someone/someone.github.io")
    'https://someone.github.io/'
    """
    match = re.fullmatch(r"https://github\.com/(?P<owner>[^/]+)/(?P<name>[^/]+)", repository)
    if not match:
        return ""
    host = f"{match['owner'].lower()}.github.io"
    return f"https://{host}/" if match["name"].lower() == host else f"https://{host}/{match['name']}/"


def provider_of(address: str, environment: Mapping[str, str]) -> str:
    """Whose software a host runs, by its name; empty where the theme knows no such host.

    >>> provider_of("https://gitlab.example.org/someone/book", {})
    'gitlab'
    """
    host = urlsplit(address).netloc
    if host == urlsplit(environment.get("GITHUB_SERVER_URL", "")).netloc:
        return "github"  # an Enterprise server, whatever its name
    return next((name for name in HOSTED_BUTTONS if name in host), "")


def set_repository(app: Any, config: Any) -> None:
    """Set the theme's options, which Jupyter Book has filled from ``_config.yml``, and the pages' own address."""
    options = dict(config.html_theme_options)
    address, branch = address_of(Path(app.srcdir), options.get("repository_url", ""))
    provider = options.get("repository_provider") or provider_of(address, os.environ)
    # Without a provider the theme stops, so a host that it does not know is not named to it.
    options |= {"repository_url": address if provider else "", "repository_provider": provider}
    if branch:
        options["repository_branch"] = branch
    for button in EVERY_BUTTON - HOSTED_BUTTONS.get(provider, set()):
        options[button] = False
    if not address.startswith(f"{GITHUB}/"):
        options["launch_buttons"] = {}
    config.html_theme_options = options
    if base := config.html_baseurl or pages_url(address):
        base = base.rstrip("/") + "/"
        config.html_baseurl = base if config.language == "en" else f"{base}{config.language}/"
        config.ogp_site_url = config.html_baseurl
        config.ogp_image = f"{base}_static/card.png"


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("config-inited", set_repository)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
