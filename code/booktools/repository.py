"""Sphinx extension: point the Binder, Colab, source, issue and edit links at the repository that is being built, and
say in each page where GitHub Pages publishes it (or ``html: baseurl:`` in ``_config.yml``).

The address comes from the first of these that exists:

1. ``GITHUB_REPOSITORY``, which GitHub's runners set, with ``GITHUB_SERVER_URL`` and the branch of ``GITHUB_REF``;
2. the ``origin`` remote, where it is on GitHub;
3. ``repository: url:`` in ``_config.yml``.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GITHUB_REMOTE = re.compile(
    r"^(?:https://(?:[^@/]+@)?|ssh://git@|git@)github\.com[:/](?P<name>[^/]+/[^/]+?)(?:\.git)?/?$"
)
BRANCH_REF = "refs/heads/"


def repository_of(environment: Mapping[str, str], origin: str | None) -> tuple[str | None, str | None]:
    """The repository's address and branch, as far as the environment and the remote tell.

    Args:
        environment: the process's environment variables.
        origin: the address of the ``origin`` remote, or None where there is none.

    Returns:
        The address and the branch; None for what the configuration has to say.
    """
    if name := environment.get("GITHUB_REPOSITORY"):
        ref = environment.get("GITHUB_REF", "")
        branch = ref.removeprefix(BRANCH_REF) if ref.startswith(BRANCH_REF) else None
        return f"{environment.get('GITHUB_SERVER_URL', 'https://github.com')}/{name}", branch
    if origin and (match := GITHUB_REMOTE.match(origin)):
        return f"https://github.com/{match['name']}", None
    return None, None


def origin_of(folder: Path) -> str | None:
    """The address of the ``origin`` remote of a git checkout, or None."""
    command = ["git", "-C", str(folder), "config", "--get", "remote.origin.url"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() or None
    except (OSError, subprocess.CalledProcessError):  # no git, no checkout, or no such remote
        return None


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


def set_repository(app: Any, config: Any) -> None:
    """Set the theme's options, which Jupyter Book has filled from ``_config.yml``, and the pages' own address."""
    url, branch = repository_of(os.environ, origin_of(Path(app.confdir)))
    options = dict(config.html_theme_options)
    if url:
        options["repository_url"] = url
    if branch:
        options["repository_branch"] = branch
    config.html_theme_options = options
    if base := config.html_baseurl or pages_url(options["repository_url"]):
        config.html_baseurl = base if config.language == "en" else f"{base}{config.language}/"
        config.ogp_site_url = config.html_baseurl
        config.ogp_image = f"{base}_static/card.png"


def setup(app: Any) -> dict[str, bool]:
    """Register the extension with Sphinx."""
    app.connect("config-inited", set_repository)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
