"""Figures: what is drawn, on which axes, and that nothing else changes."""

import subprocess
import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from relubook import relu, relu_grad
from relubook.plotting import (
    plot_function,
    plot_groups,
    plot_images,
    plot_map,
    plot_runs,
    plot_with_derivative,
    use_book_style,
)
from relubook.statistics import mean_interval


@pytest.fixture(autouse=True)
def close_figures():
    with mpl.rc_context():
        mpl.use("agg")
        yield
        plt.close("all")


@pytest.fixture
def ax():
    return plt.subplots()[1]


def test_importing_changes_no_settings():
    code = """if True:
        import matplotlib
        before = dict(matplotlib.rcParams)
        import relubook.plotting
        assert before == dict(matplotlib.rcParams)
    """
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_style_is_white_and_opaque():
    use_book_style()
    figure, ax = plt.subplots()
    assert figure.get_facecolor() == ax.get_facecolor() == (1, 1, 1, 1)
    assert not mpl.rcParams["savefig.transparent"]
    assert len(mpl.rcParams["axes.prop_cycle"]) == 7


def test_a_function_is_drawn_on_the_axes_that_are_given(ax):
    assert plot_function(relu, x_range=(-2, 3), label="ReLU", ax=ax) is ax
    x, y = ax.lines[0].get_data()
    x, y = x[np.isfinite(x)], y[np.isfinite(x)]
    assert x.min() == -2 and x.max() == 3
    np.testing.assert_array_equal(y, relu(x))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ReLU"]
    assert plot_function(relu) is not ax


def test_a_line_breaks_at_its_kinks_and_nowhere_else(ax):
    plot_function(relu_grad, kinks=(0.0, 99.0), ax=ax)
    x, y = ax.lines[0].get_data()
    assert 0.0 not in x
    (gap,) = np.flatnonzero(np.isnan(x[:-1]))
    assert x[gap - 1] < 0 < x[gap + 1] and y[gap - 1] == 0 and y[gap + 1] == 1


def test_both_functions_get_their_axes():
    left, right = plot_with_derivative(relu, relu_grad, kinks=[0])
    assert (left.get_title(), right.get_title()) == ("f(x)", "f′(x)")
    given = plt.subplots(1, 2)[1]
    assert plot_with_derivative(relu, relu_grad, axes=given) is given


def test_runs_show_their_mean_and_its_interval(ax):
    runs = np.random.default_rng(0).normal(size=(5, 3))
    assert plot_runs([1, 2, 3], runs, label="five", ax=ax) is ax
    np.testing.assert_allclose(ax.lines[0].get_ydata(), runs.mean(axis=0))
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].max() == pytest.approx(max(mean_interval(column).high for column in runs.T))
    assert band[:, 1].min() == pytest.approx(min(mean_interval(column).low for column in runs.T))


def test_groups_show_every_run_and_the_mean(ax):
    groups = {"a": [1.0, 2.0, 3.0], "b": [4.0, 6.0]}
    assert plot_groups(groups, ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    drawn = [sorted(np.atleast_1d(line.get_xdata())) for line in ax.lines if line.get_marker() == "o"]
    assert drawn == [[1, 2, 3], [4, 6]]
    means = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert means == [2, 5]


def test_images_are_tiled_with_a_border(ax):
    images = np.arange(1.0, 6.0)[:, None, None] * np.ones((5, 2, 3))
    assert plot_images(images, columns=2, ax=ax) is ax
    canvas = ax.images[0].get_array().filled(np.nan)
    assert canvas.shape == (3 * 3 + 1, 2 * 4 + 1)
    assert canvas[1, 1] == 1 and canvas[1, 5] == 2 and canvas[7, 1] == 5
    assert np.isnan(canvas[0]).all() and np.isnan(canvas[7, 5])


def test_symmetric_images_have_zero_in_the_middle(ax):
    plot_images(np.array([[[-1.0, 3.0]]]), symmetric=True, ax=ax)
    assert ax.images[0].get_clim() == (-3, 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plot_function(relu, x_range=(1, 1)), "x_range must be two finite numbers"),
        (lambda: plot_function(relu, x_range=(0, np.inf)), "x_range must be two finite numbers"),
        (lambda: plot_with_derivative(relu, relu_grad, axes=[None]), "axes must be two, got 1"),
        (lambda: plot_runs([1, 2], [[1, 2, 3]]), r"runs must have shape \(runs, 2\), got \(1, 3\)"),
        (lambda: plot_groups({}), "groups is empty"),
        (lambda: plot_images(np.ones((2, 2))), "images must have shape"),
        (lambda: plot_map([[0.5]], ["a", "b"], ["c"]), r"values must have shape \(2, 1\), got \(1, 1\)"),
        (lambda: plot_map([[1.5]], ["a"], ["c"]), "values must be shares"),
        (lambda: plot_images(np.ones((1, 2, 2)), columns=0), "columns must be at least 1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_map_prints_each_share_and_leaves_what_is_missing_empty():
    ax = plot_map([[0.25, np.nan], [1.0, 0.0]], ["a", "b"], [0.1, 0.3])
    assert [(text.get_text(), text.get_position()) for text in ax.texts] == [
        ("25", (0, 0)),
        ("100", (0, 1)),
        ("0", (1, 1)),
    ]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
