"""Lighthouse over every page, as a reader on a slow phone meets it, and a table of what it finds.

Lighthouse 13 with its defaults for mobile, on the site as GitHub Pages serves it. The exit status is 1 where a page
misses a limit.

    python tests/site/audit/audit.py [part of a page's path …]
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from booktools.formulas import node_binary
from booktools.notebook_format import ROOT

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from serving import CHROMIUM_ENVIRONMENT, CHROMIUM_FLAGS, CHROMIUM_NAMES, SITE, pages, served  # noqa: E402

LIGHTHOUSE = ROOT / ".cache/audit/node_modules/lighthouse/cli/index.js"  # `make audit` puts it there
CATEGORIES = {"performance": 0.98, "accessibility": 1.0, "best-practices": 1.0, "seo": 1.0}  # at least
MOST_SECONDS = 1.3  # to the largest contentful paint
MOST_BYTES = 200_000
MOST_SHIFT = 0.01
FULL = 0.9  # of the pages, at least, have a performance of 1.0
TRIES = 3  # of a page that misses a limit: the machine may have been busy, and the same page varies by 0.15 s
LEADING_ON = ("index.html", "ko/index.html", "404.html")  # no pages of the book


def lighthouse(url: str, chromium: str) -> dict:
    """Lighthouse's report on an address.

    Raises:
        subprocess.CalledProcessError: it failed; its messages are in ``stderr``.
    """
    command = [str(node_binary()), str(LIGHTHOUSE), url]
    flags = " ".join(CHROMIUM_FLAGS)
    options = ["--quiet", "--output=json", f"--chrome-flags={flags}"]
    result = subprocess.run(
        [*command, *options],
        env={**CHROMIUM_ENVIRONMENT, "CHROME_PATH": chromium},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout)


def measured(report: dict) -> dict[str, float]:
    """The numbers of a report that have limits."""
    audits = report["audits"]
    scores = {name: report["categories"][name]["score"] for name in CATEGORIES}
    requests = audits["network-requests"]["details"]["items"]
    return {
        **scores,
        "seconds": audits["largest-contentful-paint"]["numericValue"] / 1000,
        "bytes": sum(request.get("transferSize", 0) for request in requests),
        "shift": audits["cumulative-layout-shift"]["numericValue"],
    }


def missed(numbers: dict[str, float]) -> list[str]:
    """The limits that a page misses."""
    names = [name for name, least in CATEGORIES.items() if (numbers[name] or 0) < least]
    limits = {"seconds": MOST_SECONDS, "bytes": MOST_BYTES, "shift": MOST_SHIFT}
    return names + [name for name, most in limits.items() if numbers[name] > most]


def main() -> int:
    """Print the table; the exit status says whether every page keeps every limit."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if chromium is None:
        print("error: no Chromium found; on Debian: apt install chromium", file=sys.stderr)
        return 1
    names = [name for name in pages() if name not in LEADING_ON]
    if parts := sys.argv[1:]:
        names = [name for name in names if any(part in name for part in parts)]
    canonical = re.search(r'rel="canonical" href="([^"]+)search\.html"', (SITE / "search.html").read_text())
    print(f"{'page':44s} perf  a11y  best   seo  paint s   kB  shift")
    failed, full = False, 0
    with served(canonical[1] if canonical else "") as address:
        for name in names:
            for _ in range(TRIES):
                report = lighthouse(address + name, chromium)
                numbers = measured(report)
                if not missed(numbers):
                    break
            scores = "  ".join(f"{numbers[category] or 0:4.2f}" for category in CATEGORIES)
            misses = missed(numbers)
            failed = failed or bool(misses)
            full += numbers["performance"] == 1.0
            print(
                f"{name:44s} {scores}  {numbers['seconds']:7.2f} {numbers['bytes'] / 1000:4.0f}  "
                f"{numbers['shift']:5.3f}  {'misses ' + ', '.join(misses) if misses else ''}",
                flush=True,
            )
            for audit in report["audits"].values():
                weights = [
                    ref["weight"]
                    for c in CATEGORIES
                    for ref in report["categories"][c]["auditRefs"]
                    if ref["id"] == audit["id"]
                ]
                if misses and audit["score"] is not None and audit["score"] < 0.9 and any(weights):
                    print(f"    {audit['id']}: {audit.get('displayValue', '')}")
    print(f"{full} of {len(names)} pages have a performance of 1.0")
    return int(failed or full < FULL * len(names))


if __name__ == "__main__":
    sys.exit(main())
