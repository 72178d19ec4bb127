"""Whether everyone can use a page as it stands."""

from axe_playwright_python.sync_playwright import Axe

COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what depends on the theme

# Tokens of code and pieces of formulas are thousands of elements that look alike on every page: once is enough.
REPEATED = {"exclude": [["pre *"], [".katex-html"]]}


def violations(page, options=None, *, thorough: bool = False) -> list[str]:
    """What axe finds, as rule and element; with every token and piece of a formula where ``thorough``."""
    options = {"resultTypes": ["violations"], **(options or {})}
    found = Axe().run(page, context=None if thorough else REPEATED, options=options).response["violations"]
    return [f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]]
