"""Figures as vectors: how they are stored in notebooks, and what a page makes of them.

matplotlib writes an SVG whose labels are text (``svg.fonttype: none`` in ``book.mplstyle``). It is stored rounded to
what can be seen. On a page its background is the page's own, and its labels are Korean where
``chapters/ko/figure_labels.yml`` has them: outputs are shared by the editions, and only what the page shows differs.
"""

import functools
import gzip
import html
import re
from collections.abc import Container, Mapping
from pathlib import Path

LABELS = Path(__file__).parents[2] / "chapters" / "ko" / "figure_labels.yml"
# Compressed. Above it a figure is a PNG image, which is lighter: it has thousands of points, or pixels.
MOST_BYTES = 40_000

DIGITS = 2  # of coordinates, whose unit is a point, 1/72 inch
NUMBER = re.compile(r"-?\d+\.\d{3,}")
COORDINATES = re.compile(r'(?<= )(?:d|x|y|width|height|transform|points|x1|x2|y1|y2)="[^"]*"')
METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
PROLOGUE = re.compile(r"\A.*?(?=<svg )", re.DOTALL)
LABEL = re.compile(r"(?P<open><text [^>]*>)(?P<text>[^<]+)(?=</text>)")
SIZE = re.compile(r"font(?:-size)?: ?[^;\"]*?(?P<size>[\d.]+)px")
VIEW = re.compile(r'viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"')
BACKGROUND = re.compile(  # the figure's, and that of its axes
    r'((?:<g id="figure_\d+">|<g id="axes_\d+">)\s*<g id="patch_\d+">\s*<path [^>]*style="fill: )#ffffff'
)
FONT = "'DejaVu Sans'"
FONTS = f"{FONT}, Verdana, 'Segoe UI', system-ui, sans-serif"  # for machines that lack it
NUMBER_IN_LABEL = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?%?")
PART = re.compile(r"([:;,] )")  # between parts of a label that are looked up each by itself


def stored(svg: str) -> str:
    """An SVG of matplotlib as it is stored: without a prologue and metadata, coordinates rounded.

    >>> stored('<?xml?>\\n<svg viewBox="0 0 9 9"><metadata>then</metadata><path d="M 1.23456 7"/></svg>')
    '<svg viewBox="0 0 9 9"><path d="M 1.23 7"/></svg>'
    """

    def rounded(match: re.Match[str]) -> str:
        return NUMBER.sub(lambda number: f"{float(number[0]):.{DIGITS}f}".rstrip("0").rstrip("."), match[0])

    return COORDINATES.sub(rounded, METADATA.sub("", PROLOGUE.sub("", svg)))


def compressed_size(svg: str) -> int:
    """The bytes that a reader loads."""
    return len(gzip.compress(svg.encode(), 6))


def labels(svg: str) -> list[str]:
    """The texts in a figure, in order; formulas, which are drawn piece by piece, are left out.

    >>> labels('<svg><text style="">rate &lt; 1</text></svg>')
    ['rate < 1']
    """
    return [html.unescape(match["text"]) for match in LABEL.finditer(svg)]


def pattern(label: str) -> str:
    """A label with ``{}`` for each number, as the list of translations has it.

    >>> pattern("rate 0.05, 3 seeds")
    'rate {}, {} seeds'
    """
    return NUMBER_IN_LABEL.sub("{}", label)


def parts(label: str, known: Container[str]) -> list[str]:
    """What of a label is looked up: the label, if the list has it, or else its parts, and what stands between them.

    >>> parts("target, rate 3", {"target": "목표"})
    ['target', ', ', 'rate 3']
    """
    return [label] if label in known or pattern(label) in known else PART.split(label)


def translated(label: str, korean: Mapping[str, str]) -> str:
    """A label in Korean; a part that the list lacks, such as a name, stays as it is.

    >>> translated("rate 0.05, ReLU", {"rate {}": "학습률 {}"})
    '학습률 0.05, ReLU'
    """

    def in_korean(part: str) -> str:
        text = korean.get(part) or korean.get(pattern(part))
        return text.format(*NUMBER_IN_LABEL.findall(part)) if text else part

    return "".join(map(in_korean, parts(label, korean)))


@functools.cache
def korean_labels(path: Path = LABELS) -> Mapping[str, str]:
    """Korean for the words in figures: ``translated`` in the file, by ``pattern``."""
    import yaml  # here, because Python in the page has this module without it

    return dict(yaml.safe_load(path.read_text(encoding="utf-8"))["translated"])


def view_size(svg: str) -> tuple[float, float]:
    """Width and height of a figure in its own units, points.

    Raises:
        ValueError: it does not say.
    """
    view = VIEW.search(svg)
    if view is None:
        raise ValueError("the figure has no viewBox that starts at 0 0")
    return float(view["width"]), float(view["height"])


def smallest_text(svg: str, width: float) -> float:
    """The size of the smallest label of a figure, in pixels, where the figure is so many pixels wide.

    >>> smallest_text('<svg viewBox="0 0 460 200"><text style="font: 12px sans">x</text></svg>', 345)
    9.0
    """
    view = VIEW.search(svg)
    assert view, "matplotlib writes a viewBox"
    sizes = [
        float(size["size"])
        for match in LABEL.finditer(svg)
        if (size := SIZE.search(match["open"])) is not None
    ]
    return min(sizes, default=float("inf")) * width / float(view["width"])


def for_page(svg: str, korean: Mapping[str, str] | None = None) -> str:
    """A stored figure as a page shows it: no background, fonts for every machine, labels in the page's language."""
    svg = BACKGROUND.sub(r"\1none", svg).replace(FONT, FONTS)
    if korean is None:
        return svg

    def in_korean(match: re.Match[str]) -> str:
        return match["open"] + html.escape(translated(html.unescape(match["text"]), korean), quote=False)

    return LABEL.sub(in_korean, svg)
