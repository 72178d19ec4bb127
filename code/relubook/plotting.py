"""Figures of the book. Every helper draws on the axes that it is given, or on new ones, and returns them.

``use_book_style`` applies the style file ``book.mplstyle``; importing this module changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from relubook.statistics import mean_interval

Array = NDArray[Any]

POINTS = 801
BAND_ALPHA = 0.25


def use_book_style() -> None:
    """Draw all later figures in the style of the book, ``book.mplstyle``.

    Source: the palette is that of Okabe and Ito (2008), https://jfly.uni-koeln.de/color/

    >>> use_book_style()
    """
    plt.style.use(str(files("relubook") / "book.mplstyle"))


def plot_function(
    fn: Callable[[Array], ArrayLike],
    *,
    x_range: tuple[float, float] = (-4, 4),
    kinks: Sequence[float] = (),
    label: str | None = None,
    ax: Axes | None = None,
    **line: Any,
) -> Axes:
    """Draw y = fn(x); the line breaks at each kink, so that a jump is not drawn as a slope.

    Args:
        fn: takes and returns an array of shape (points,).
        x_range: first and last x.
        kinks: where the line breaks.
        label: for the legend.
        ax: where to draw; new axes where None.
        line: passed on to matplotlib's ``plot``.

    Returns:
        The axes.

    Raises:
        ValueError: ``x_range`` is empty or not finite.

    Source: https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html

    >>> ax = plot_function(np.sin, label="sine")
    >>> ax.get_xlabel()
    'x'
    """
    low, high = x_range
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"x_range must be two finite numbers in ascending order, got {x_range!r}")
    ax = _axes(ax)
    edges = [low, *sorted(kink for kink in kinks if low < kink < high), high]
    xs: list[ArrayLike] = []
    ys: list[ArrayLike] = []
    for start, stop in pairwise(edges):
        # A piece ends one step inside its kinks: the value at a kink belongs to one side, or to neither.
        inner = np.linspace(start, stop, POINTS)
        piece = inner[(1 if start in kinks else 0) : (-1 if stop in kinks else None)]
        xs += [piece, [np.nan]]
        ys += [np.asarray(fn(piece), dtype=float), [np.nan]]
    ax.plot(np.concatenate(xs), np.concatenate(ys), label=label, **line)
    ax.set_xlabel("x")
    if label is not None:
        ax.legend()
    return ax


def plot_with_derivative(
    fn: Callable[[Array], ArrayLike],
    grad: Callable[[Array], ArrayLike],
    *,
    x_range: tuple[float, float] = (-4, 4),
    kinks: Sequence[float] = (),
    label: str | None = None,
    axes: Sequence[Axes] | None = None,
) -> Sequence[Axes]:
    """Draw f on the left and f′ on the right, the latter broken at the kinks.

    Args:
        fn, grad: the function and its derivative, of an array of shape (points,).
        x_range: first and last x.
        kinks: where f′ jumps.
        label: for the legend.
        axes: the two axes; a new figure where None.

    Returns:
        Both axes.

    Raises:
        ValueError: ``axes`` are not two, or ``x_range`` is empty or not finite.

    Source: https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.plot.html

    >>> left, right = plot_with_derivative(np.sin, np.cos)
    >>> left.get_title(), right.get_title()
    ('f(x)', 'f′(x)')
    """
    if axes is None:
        axes = plt.subplots(1, 2, figsize=(6.4, 3.0))[1]
    if len(axes) != 2:
        raise ValueError(f"axes must be two, got {len(axes)}")
    plot_function(fn, x_range=x_range, label=label, ax=axes[0])
    plot_function(grad, x_range=x_range, kinks=kinks, label=label, ax=axes[1])
    axes[0].set_title("f(x)")
    axes[1].set_title("f′(x)")
    return axes


def plot_runs(x: ArrayLike, runs: ArrayLike, *, label: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the mean over runs against x, inside its pointwise 95 % interval.

    mean ± t · s / √n at each x, as ``relubook.statistics.mean_interval`` computes it

    Args:
        x: shape (points,).
        runs: one row a run, shape (runs, points), at least 2 rows, finite.
        label: for the legend.
        ax: where to draw; new axes where None.

    Returns:
        The axes.

    Raises:
        ValueError: ``runs`` does not have the shape (runs, points), or fewer than 2 rows.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> ax = plot_runs([1, 2], [[0.5, 0.7], [0.6, 0.8]], label="ReLU")
    >>> len(ax.lines)
    1
    """
    x, runs = np.asarray(x), np.asarray(runs, dtype=np.float64)
    if runs.ndim != 2 or runs.shape[1:] != x.shape:
        raise ValueError(f"runs must have shape (runs, {x.size}), got {runs.shape}")
    ax = _axes(ax)
    intervals = [mean_interval(column) for column in runs.T]
    (line,) = ax.plot(x, [interval.mean for interval in intervals], label=label)
    low, high = [interval.low for interval in intervals], [interval.high for interval in intervals]
    ax.fill_between(x, low, high, color=line.get_color(), alpha=BAND_ALPHA, linewidth=0)
    if label is not None:
        ax.legend()
    return ax


def plot_groups(groups: Mapping[str, ArrayLike], *, ax: Axes | None = None) -> Axes:
    """Draw each group's runs as dots in a row, with their mean and its 95 % interval.

    Args:
        groups: from a name to one number a run, shape (runs,), at least 2, finite; drawn from top to bottom.
        ax: where to draw; new axes where None.

    Returns:
        The axes; the values lie along x.

    Raises:
        ValueError: there are no groups, or one has fewer than 2 runs.

    Source: Student (1908), https://doi.org/10.1093/biomet/6.1.1

    >>> ax = plot_groups({"ReLU": [0.90, 0.91], "ELU": [0.89, 0.92]})
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['ReLU', 'ELU']
    """
    if not groups:
        raise ValueError("groups is empty")
    ax = _axes(ax)
    for row, values in enumerate(groups.values()):
        interval = mean_interval(values)
        dots = np.asarray(values, dtype=np.float64)
        ax.plot(dots, np.full(len(dots), row + 0.18), "o", color="C4", markersize=4, alpha=0.8)
        ax.errorbar(interval.mean, row - 0.1, xerr=interval.half_width, fmt="D", color="C0", capsize=4)
    ax.set_yticks(range(len(groups)), list(groups))
    ax.set_ylim(len(groups) - 0.5, -0.5)
    ax.grid(axis="y", visible=False)
    return ax


def plot_map(
    values: ArrayLike, rows: Sequence[Any], columns: Sequence[Any], *, ax: Axes | None = None
) -> Axes:
    """Draw a table of shares as a map: dark for high, with each share in its cell in hundredths.

    Args:
        values: shares in [0, 1], shape (rows, columns); NaN leaves its cell empty.
        rows, columns: their labels, from the top and from the left.
        ax: where to draw; new axes where None.

    Returns:
        The axes.

    Raises:
        ValueError: ``values`` does not have the shape of the labels, or lies outside [0, 1].

    Source: https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.imshow.html

    >>> ax = plot_map([[0.95, 0.1]], ["ReLU"], [0.1, 0.3])
    >>> [text.get_text() for text in ax.texts]
    ['95', '10']
    """
    values = np.asarray(values, dtype=np.float64)
    if values.shape != (len(rows), len(columns)):
        raise ValueError(f"values must have shape ({len(rows)}, {len(columns)}), got {values.shape}")
    if np.nanmin(values) < 0 or np.nanmax(values) > 1:
        raise ValueError("values must be shares in [0, 1]")
    ax = _axes(ax)
    ax.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = "white" if value > 0.6 else "black"
            ax.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=colour)
    ax.set_xticks(range(len(columns)), [str(label) for label in columns])
    ax.set_yticks(range(len(rows)), [str(label) for label in rows])
    ax.grid(visible=False)
    return ax


def plot_images(
    images: ArrayLike, *, columns: int = 8, symmetric: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw images of one size as tiles of one picture, on one colour scale.

    Args:
        images: shape (images, height, width), finite.
        columns: tiles a row, at least 1.
        symmetric: colours diverge from white at 0, red above and blue below; else grey, dark for high.
        ax: where to draw; new axes where None.

    Returns:
        The axes.

    Raises:
        ValueError: ``images`` does not have three dimensions or is empty, or ``columns`` is below 1.

    Source: https://matplotlib.org/stable/api/_as_gen/matplotlib.axes.Axes.imshow.html

    >>> ax = plot_images(np.eye(3)[None].repeat(4, axis=0), columns=2)
    >>> ax.images[0].get_array().shape  # two rows and columns of 3 pixels, and the borders
    (9, 9)
    """
    images = np.asarray(images, dtype=np.float64)
    if images.ndim != 3 or not images.size:
        raise ValueError(f"images must have shape (images, height, width), got {images.shape}")
    if columns < 1:
        raise ValueError(f"columns must be at least 1, got {columns!r}")
    ax = _axes(ax)
    count, height, width = images.shape
    rows, border = -(-count // columns), 1
    canvas = np.full((rows * (height + border) + border, columns * (width + border) + border), np.nan)
    for index, image in enumerate(images):
        top = border + index // columns * (height + border)
        left = border + index % columns * (width + border)
        canvas[top : top + height, left : left + width] = image
    limit = np.abs(images).max()
    if symmetric:
        ax.imshow(canvas, cmap="RdBu_r", vmin=-limit, vmax=limit)
    else:
        ax.imshow(canvas, cmap="gray_r")
    ax.set_axis_off()
    return ax


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots()[1] if ax is None else ax
