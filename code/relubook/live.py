"""A figure with a parameter: the frames of a slider, as data, beside a still picture.

The book's pages draw the frames and the slider. A notebook shows the still picture, and keeps the frames in the cell's
output, where each run of the notebook checks them.
"""

from collections.abc import Callable, Sequence
from itertools import product
from numbers import Real
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from numpy.typing import NDArray

Array = NDArray[Any]

MIME = "application/vnd.relubook.live+json"
LINE_STYLES = ("-", "--", "-.", ":", "None")
MARKERS = ("None", "o", "s", "^", "v", "D", "x", "*")
LINE = 60  # letters of a title that the width of a page holds
STEPS = 1000  # positions along an axis that the data tells apart: about one a pixel
RAISED = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")


class LiveFigure:
    """What ``live_figure`` returns; a notebook shows its still picture.

    data = (axes, controls, artists, frames)

    Args:
        figure: the still picture.
        data: what a page draws, of the types that JSON has.

    Source: ``relubook.live``

    >>> LiveFigure(Figure(), {"frames": []}).data
    {'frames': []}
    """

    def __init__(self, figure: Figure, data: dict[str, Any]) -> None:
        self.figure = figure
        self.data = data

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], Any]:
        from IPython import get_ipython

        # The picture in the formats in which the notebook shows every figure.
        picture, metadata = get_ipython().display_formatter.format(self.figure)
        return {**picture, MIME: self.data}, metadata


class _Drawn(NamedTuple):
    """An artist in one frame: what stays the same in every frame, and its points."""

    description: dict[str, Any]
    points: Array
    fractions: tuple[bool, bool]  # whether x, y count from 0 to 1 along the axis, as those of axhline


def live_figure(
    draw: Callable[..., object],
    *,
    still: Sequence[object],
    figsize: tuple[float, float] = (6.4, 3.6),
    **controls: Sequence[object],
) -> LiveFigure:
    """Draw a figure once for each value of a parameter: on the book's pages a slider moves through the frames.

    frame i = what ``draw(ax, parameter=values[i])`` draws; with two parameters, one for each pair

    Args:
        draw: takes empty axes and the parameters by name, and draws with ``plot``, ``axhline``, ``axvline``,
            ``fill_between`` and ``text``; each frame the same artists at other places. The title says what the frame
            shows, and is read out when the slider moves.
        still: the parameters' values in the still picture, in order.
        figsize: width and height in inches.
        controls: the values of each parameter, two or more: numbers get a slider, strings a menu. A name is shown
            with spaces in place of its underscores.

    Returns:
        The figure, for the notebook to show: the last line of a cell.

    Raises:
        ValueError: there is no parameter, one has fewer than two values, or ``still`` is not among them; a frame has
            no title, other artists than the first, or some that a page cannot draw.

    Source: ``relubook.live``

    >>> def power(ax, exponent):
    ...     x = np.array([0, 0.5, 1])
    ...     ax.plot(x, x**exponent, label="power")
    ...     ax.set(title=f"{0.5**exponent:g} at one half")
    >>> live = live_figure(power, exponent=[1, 2], still=[1])
    >>> [frame["title"] for frame in live.data["frames"]]
    ['0.5 at one half', '0.25 at one half']
    >>> live.data["frames"][1]["points"]
    ['0,0 0.5,0.25 1,1']
    """
    values = {name: list(choices) for name, choices in controls.items()}
    _check(values, list(still))
    combinations = list(product(*values.values()))
    drawn = []
    for combination in combinations:
        figure = Figure(figsize=figsize, layout="constrained")
        ax = figure.subplots()
        draw(ax, **dict(zip(values, combination, strict=True)))
        drawn.append(ax)
    shown = drawn[combinations.index(tuple(still))]
    _share_limits(drawn, shown)
    _figure_of(shown).draw_without_rendering()  # ticks depend on the room that there is for them
    frames = [_artists(ax) for ax in drawn]
    artists = [artist.description for artist in frames[0]]
    for combination, frame in zip(combinations, frames, strict=True):
        if [artist.description for artist in frame] != artists:
            raise ValueError(
                f"draw must draw the same lines, areas and texts in every frame; at {combination} not"
            )
    data = {
        "size": list(figsize),
        "controls": [
            {
                "name": name.replace("_", " "),
                "values": [_text_of(choice) for choice in choices],
                "slider": all(isinstance(choice, Real) for choice in choices),
                "still": choices.index(value),
            }
            for (name, choices), value in zip(values.items(), still, strict=True)
        ],
        "x": _axis(shown.xaxis),
        "y": _axis(shown.yaxis),
        "artists": artists,
        "frames": _written(drawn, frames, shown),
    }
    told = ", ".join(f"{name.replace('_', ' ')} {_text_of(v)}" for name, v in zip(values, still, strict=True))
    title = f"{told}: {_title(shown)}"
    shown.set_title(title if len(title) <= LINE else f"{told}:\n{_title(shown)}")
    return LiveFigure(_figure_of(shown), data)


def _check(values: dict[str, list[object]], still: list[object]) -> None:
    if not values:
        raise ValueError("live_figure needs a parameter and its values, such as hinges=range(1, 9)")
    for name, choices in values.items():
        if len(choices) < 2:
            raise ValueError(f"{name} must have two values or more, got {choices!r}")
    if len(still) != len(values) or any(
        value not in choices for value, choices in zip(still, values.values(), strict=False)
    ):
        raise ValueError(f"still must be one of the values for each of {', '.join(values)}, got {still!r}")


def _text_of(value: object) -> str:
    return f"{value:g}" if isinstance(value, Real) else str(value)


def _figure_of(ax: Axes) -> Figure:
    figure = ax.get_figure()
    assert isinstance(figure, Figure)
    return figure


def _title(ax: Axes) -> str:
    return ax.get_title(loc="left") or ax.get_title()


def _share_limits(drawn: Sequence[Axes], shown: Axes) -> None:
    """Give the still axes the limits that hold every frame."""
    for which in ("x", "y"):
        limits = np.array([getattr(ax, f"get_{which}lim")() for ax in drawn])
        low, high = limits.min(), limits.max()
        inverted = limits[0, 0] > limits[0, 1]
        shown.set(**{f"{which}lim": (high, low) if inverted else (low, high)})


def _artists(ax: Axes) -> list[_Drawn]:
    """What was drawn on axes.

    Raises:
        ValueError: something that a page cannot draw.
    """
    found = []
    for artist in (*ax.collections, *ax.lines, *ax.texts, *ax.images, *ax.patches):
        if isinstance(artist, Line2D):
            style, marker = artist.get_linestyle(), str(artist.get_marker())
            if style not in LINE_STYLES or marker not in MARKERS:
                raise ValueError(f"a live figure has no line style {style!r} with marker {marker!r}")
            look = {"kind": "line", "style": style, "marker": marker, "colour": _colour(artist.get_color())}
            points = np.asarray(artist.get_xydata(), dtype=np.float64)
            transform = artist.get_transform()
            fractions = (
                transform == ax.get_yaxis_transform(which="grid"),
                transform == ax.get_xaxis_transform(which="grid"),
            )
        elif isinstance(artist, PolyCollection) and len(artist.get_paths()) == 1:
            look = {"kind": "area", "colour": _colour(artist.get_facecolor()[0])}
            points, fractions = np.asarray(artist.get_paths()[0].vertices), (False, False)
        elif isinstance(artist, Text):
            look = {"kind": "text", "text": artist.get_text()}
            points, fractions = np.array([artist.get_position()], dtype=np.float64), (False, False)
        else:
            raise ValueError(
                f"a live figure has lines, areas between two lines and texts, got {type(artist).__name__}"
            )
        label = str(artist.get_label())
        if label and not label.startswith("_"):
            look["label"] = label
        found.append(_Drawn(look, points, fractions))
    return found


def _colour(colour: Any) -> int | None:
    """The number of a colour in the style's cycle; None for another one, such as a grey."""
    cycle = [to_hex(entry) for entry in mpl.rcParams["axes.prop_cycle"].by_key()["color"]]
    return cycle.index(to_hex(colour)) if to_hex(colour) in cycle else None


def _axis(axis: Axis) -> dict[str, Any]:
    ends = [float(end) for end in axis.get_view_interval()]
    ticks = [tick for tick in axis.get_majorticklocs() if min(ends) <= tick <= max(ends)]
    return {
        "label": axis.get_label_text(),
        "log": axis.get_scale() == "log",
        "range": [float(f"{end:.6g}") for end in ends],
        "ticks": [
            [float(f"{tick:.6g}"), _plain(label)]
            for tick, label in zip(ticks, axis.get_major_formatter().format_ticks(ticks), strict=True)
        ],
    }


def _plain(label: str) -> str:
    r"""A tick's label without TeX: ``$\mathdefault{10^{-3}}$`` is 10⁻³."""
    label = label.replace("$", "").replace(r"\mathdefault", "")
    base, _, exponent = label.replace("{", "").replace("}", "").partition("^")
    return base + exponent.translate(RAISED)


def _written(drawn: Sequence[Axes], frames: Sequence[Sequence[_Drawn]], shown: Axes) -> list[dict[str, Any]]:
    """Each frame's title and points; None stands for the points of the frame before."""
    written: list[dict[str, Any]] = []
    before: list[str] = [""] * len(frames[0])
    for ax, artists in zip(drawn, frames, strict=True):
        if not (title := _title(ax)):
            raise ValueError("draw must set a title in every frame: what the frame shows, to be read out")
        points = [_points(artist, shown) for artist in artists]
        changed = [new if new != old else None for new, old in zip(points, before, strict=True)]
        written.append({"title": title, "points": changed})
        before = points
    return written


def _points(artist: _Drawn, shown: Axes) -> str:
    """Points as a page reads them: x,y of each, with as many digits as can be seen."""
    columns = []
    for column, axis, fraction in zip(
        artist.points.T, (shown.xaxis, shown.yaxis), artist.fractions, strict=True
    ):
        low, high = shown.get_xlim() if axis is shown.xaxis else shown.get_ylim()
        log = axis.get_scale() == "log"
        if fraction:
            column = np.where(column > 0.5, high, low)
        columns.append(_rounded(column, log, abs(high - low)))
    return " ".join(f"{x},{y}" for x, y in zip(*columns, strict=True))


def _rounded(column: Array, log: bool, width: float) -> list[str]:
    """Numbers with a step of a thousandth of a linear axis, or with three digits on a logarithmic one."""
    if log:
        return [f"{value:.3g}" for value in column]
    decimals = int(np.ceil(np.log10(STEPS / width)))
    # First to more digits: a mean that ends on 5 is rounded the same way on every processor.
    numbers: Array = np.round(np.round(column, decimals + 6), decimals) + 0.0
    return [np.format_float_positional(value, trim="-") for value in numbers]
