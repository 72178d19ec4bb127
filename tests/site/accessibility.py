"""Whether everyone can use a page as it stands."""

from axe_playwright_python.sync_playwright import Axe

COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}  # what depends on the theme

# Tokens of code and pieces of formulas are thousands of elements that look alike on every page: once is enough.
REPEATED = ("pre *", ".katex-html")


def violations(page, options=None, *, leaving_out=REPEATED) -> list[str]:
    """What axe finds, as rule and element, in all but the elements of the selectors ``leaving_out``."""
    options = {"resultTypes": ["violations"], **(options or {})}
    context = {"exclude": [[selector] for selector in leaving_out]} if leaving_out else None
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [f"{violation['id']}: {node['html']}" for violation in found for node in violation["nodes"]]
