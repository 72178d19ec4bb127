"""Try the activations: the registry as a table that the book's explorer page reads, and the same plot with widgets.

It needs ipywidgets, which Colab and Binder have.
"""

import io
import json
from collections.abc import Mapping
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt

from relubook.activations import ACTIVATIONS, get
from relubook.plotting import plot_with_derivative, use_book_style

X_RANGE = (-5.0, 5.0)
BEYOND_A_KINK = 2.0  # so far x goes at least on both sides of one
FIRST_CHOICE = ("relu", "elu", "silu")

# Where a slider leads that is to show something special; the others: ``_slider_range``.
PARAMETER_RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"negative_slope": (-0.5, 1.5), "alpha": (0.1, 3.0), "beta": (0.2, 5.0)}
)


def _slider_range(parameter: str, default: float) -> tuple[float, float]:
    """From where to where a slider moves a parameter; a default that must be positive gives positive numbers alone."""
    low, high = PARAMETER_RANGES.get(parameter, (default, default))
    if low < default < high:
        return low, high
    low, high = sorted((round(default / 10, 10), round(3 * default, 10)))
    return (low, high) if default else (-1.0, 1.0)


def _x_range(*names: str) -> tuple[float, float]:
    """From where to where x goes when these activations are shown: far enough to see each kink from both sides."""
    kinks = [kink for name in names for kink in ACTIVATIONS[name].kinks]
    low, high = X_RANGE
    return min([low, *(kink - BEYOND_A_KINK for kink in kinks)]), max(
        [high, *(kink + BEYOND_A_KINK for kink in kinks)]
    )


def explorer_table() -> str:
    """The registry as Markdown: one row an activation, with f(x) and f′(x), in an element that the page's
    script finds.

    Each formula is that of ``ACTIVATIONS``. The element's data attribute holds what the script computes with: the
    default parameters of every activation with their sliders' ranges, its kinks, and the range of x that shows them.

    Returns:
        Markdown with ``$…$`` formulas.

    Source: ``relubook.activations.ACTIVATIONS``

    >>> print(explorer_table().splitlines()[4])
    | `relu` | $\\max(0, x)$ | $[x > 0]$ |
    """
    data = {
        "activations": {
            name: {
                "defaults": dict(activation.defaults),
                "ranges": {
                    parameter: _slider_range(parameter, default)
                    for parameter, default in activation.defaults.items()
                    if not isinstance(default, bool)
                },
                "kinks": activation.kinks,
                "x": _x_range(name),
            }
            for name, activation in ACTIVATIONS.items()
        }
    }
    attributes = " ".join(f'data-{key}="{escape(json.dumps(value))}"' for key, value in data.items())
    rows = [f"| `{a.name}` | ${a.formula}$ | ${a.grad_formula}$ |" for a in ACTIVATIONS.values()]
    head = ["| name | function | derivative |", "| --- | --- | --- |"]
    opening = f'<div id="explorer" {attributes}><div class="explorer-app"></div>'
    return "\n".join([opening, "", *head, *rows, "", "</div>"])


class Explorer(widgets.VBox):
    """Functions, their derivatives and their values at a point, with widgets to choose and to move them.

    y = f(x) and y = f′(x) for the chosen activations, with x from −5 to 5, or beyond the kinks

    Args:
        names: activations of ``ACTIVATIONS``, one or more; ReLU, ELU and SiLU where none is given.

    Raises:
        ValueError: a name is not in the registry.

    Source: ipywidgets, https://ipywidgets.readthedocs.io/

    >>> panel = Explorer("elu")
    >>> panel.sliders["elu", "alpha"].value = 2.0
    >>> panel.point.value = -1.0
    >>> [round(number, 4) for number in panel.values()["elu"]]
    [-1.2642, 0.7358]
    """

    def __init__(self, *names: str) -> None:
        chosen = [get(name).name for name in names or FIRST_CHOICE]
        self.choice = widgets.SelectMultiple(
            options=list(ACTIVATIONS), value=chosen, rows=8, description="functions"
        )
        low, high = _x_range(*ACTIVATIONS)
        self.point = widgets.FloatSlider(1.0, min=low, max=high, step=0.01, description="x")
        self.sliders = {
            (name, parameter): _slider(f"{name} {parameter}", parameter, default)
            for name, activation in ACTIVATIONS.items()
            for parameter, default in activation.defaults.items()
        }
        self.picture = widgets.Image(format="png", width=640)
        self.numbers = widgets.HTML()
        self.shown_sliders = widgets.VBox()
        super().__init__([self.choice, self.shown_sliders, self.point, self.picture, self.numbers])
        for widget in (self.choice, self.point, *self.sliders.values()):
            widget.observe(self._draw, names="value")
        self._draw()

    def __repr__(self) -> str:
        return f"Explorer({', '.join(map(repr, self.choice.value))})"

    def parameters(self, name: str) -> dict[str, Any]:
        """The parameters of an activation as its sliders stand."""
        return {key: self.sliders[name, key].value for key in ACTIVATIONS[name].defaults}

    def values(self) -> dict[str, tuple[float, float]]:
        """f(x) and f′(x) of each chosen activation at the point x."""
        x = self.point.value
        return {
            name: tuple(
                fn(x, **self.parameters(name)).item() for fn in (ACTIVATIONS[name].fn, ACTIVATIONS[name].grad)
            )
            for name in self.choice.value
        }

    def _draw(self, change: Any = None) -> None:
        chosen = self.choice.value
        x_range = _x_range(*chosen)
        self.shown_sliders.children = [slider for (name, _), slider in self.sliders.items() if name in chosen]
        with plt.style.context("default"), plt.ioff():
            use_book_style()
            figure, axes = plt.subplots(1, 2, figsize=(6.4, 3.2))
            for name in chosen:
                activation, parameters = ACTIVATIONS[name], self.parameters(name)
                plot_with_derivative(
                    partial(activation.fn, **parameters),
                    partial(activation.grad, **parameters),
                    x_range=x_range,
                    kinks=sorted({0.0, *activation.kinks}),
                    label=name,
                    axes=axes,
                )
            for ax, limits in zip(axes, ((-2.2, x_range[1] + 0.2), (-0.6, 2.1)), strict=True):
                ax.axvline(self.point.value, linestyle=":", color="black")
                ax.set_ylim(limits)
            written = io.BytesIO()
            figure.savefig(written, format="png")
            plt.close(figure)
        self.picture.value = written.getvalue()
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>f(x) = {y:.4f}</td><td>f′(x) = {slope:.4f}</td></tr>"
            for name, (y, slope) in self.values().items()
        )
        self.numbers.value = f'<table cellpadding="6">{rows}</table>'


def _slider(description: str, parameter: str, default: float | bool) -> Any:
    """A widget for a parameter: a box to tick for a yes or no, else a slider."""
    if isinstance(default, bool):
        return widgets.Checkbox(default, description=description)
    low, high = _slider_range(parameter, default)
    return widgets.FloatSlider(
        default, min=low, max=high, step=0.01, description=description, style={"description_width": "initial"}
    )
