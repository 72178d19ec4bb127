"""Live figures: what a page gets of what was drawn, and what is refused."""

import copy
import json
import pickle

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.figure import Figure

from relubook.live import MIME, live_figure
from relubook.plotting import use_book_style


@pytest.fixture(autouse=True)
def book_style():
    with mpl.rc_context():
        mpl.use("agg")
        use_book_style()
        yield
        plt.close("all")


def scaled_line(ax, factor):
    ax.plot([0, 1, 2], np.array([0, 1, np.nan]) * factor, "s--", label="line")
    ax.axhline(0.5, color="0.4")
    ax.set(title=f"ends at {factor}")


def with_one_parameter(draw, **options):
    return live_figure(draw, factor=[1, 2, 3], still=[2], **options)


def points(live, artist):
    """The points of an artist in each frame; where a frame says nothing, those of the frame before."""
    found = []
    for frame in live.data["frames"]:
        found.append(found[-1] if frame["points"][artist] is None else frame["points"][artist])
    return found


def test_each_frame_holds_what_was_drawn():
    live = with_one_parameter(scaled_line)
    assert points(live, 0) == ["0,0 1,1 2,nan", "0,0 1,2 2,nan", "0,0 1,3 2,nan"]
    assert [frame["title"] for frame in live.data["frames"]] == ["ends at 1", "ends at 2", "ends at 3"]
    assert live.data["artists"][0] == {
        "kind": "line", "style": "--", "marker": "s", "colour": 0, "label": "line"
    }  # fmt: skip
    assert live.data["artists"][1]["colour"] is None and "label" not in live.data["artists"][1]
    assert live.data["controls"] == [
        {"name": "factor", "values": ["1", "2", "3"], "slider": True, "still": 1}
    ]


def test_what_stays_as_it_was_is_stored_once():
    live = with_one_parameter(scaled_line)
    assert [frame["points"][1] is None for frame in live.data["frames"]] == [False, True, True]


def test_all_frames_share_the_limits_that_hold_them_and_a_level_line_spans_them():
    live = with_one_parameter(scaled_line)
    low, high = live.data["y"]["range"]
    assert low < 0 and high > 3
    assert (low, high) == pytest.approx(live.figure.axes[0].get_ylim(), rel=1e-5)
    (first, _), (last, _) = (map(float, pair.split(",")) for pair in points(live, 1)[0].split(" "))
    assert (first, last) == pytest.approx(live.data["x"]["range"], abs=0.01)


def test_the_still_picture_is_the_frame_that_was_asked_for_and_says_so():
    ax = with_one_parameter(scaled_line).figure.axes[0]
    assert ax.get_title(loc="left") == "factor 2: ends at 2"
    assert np.array_equal(ax.lines[0].get_ydata(), [0, 2, np.nan], equal_nan=True)


def test_two_parameters_make_a_frame_of_each_pair_and_strings_a_menu():
    def draw(ax, learning_rate, data):
        ax.plot([learning_rate], [len(data)], "o")
        ax.set(title=f"{data} at {learning_rate}")

    live = live_figure(draw, learning_rate=[0.1, 0.3], data=["digits", "tumours"], still=[0.3, "digits"])
    assert [frame["title"] for frame in live.data["frames"]] == [
        "digits at 0.1", "tumours at 0.1", "digits at 0.3", "tumours at 0.3"
    ]  # fmt: skip
    rate, data = live.data["controls"]
    assert rate == {"name": "learning rate", "values": ["0.1", "0.3"], "slider": True, "still": 1}
    assert data == {"name": "data", "values": ["digits", "tumours"], "slider": False, "still": 0}
    title = live.figure.axes[0].get_title(loc="left")
    assert title == "learning rate 0.3, data digits: digits at 0.3"


def test_axes_keep_scale_direction_and_labels():
    def draw(ax, factor):
        ax.semilogx([1e-3, 1], [0, factor], "o")
        ax.set_yticks([0, 1], ["none", "all"])
        ax.set(title="two points", xlabel="learning rate", ylim=(1.5, -0.5))

    data = with_one_parameter(draw).data
    assert data["x"]["log"] and not data["y"]["log"]
    assert data["x"]["label"] == "learning rate"
    assert [label for _, label in data["x"]["ticks"]] == ["10⁻³", "10⁻²", "10⁻¹", "10⁰"]
    assert data["y"]["range"] == [1.5, -0.5]
    assert data["y"]["ticks"] == [[0, "none"], [1, "all"]]


def test_areas_and_texts_are_drawn_too():
    def draw(ax, factor):
        ax.fill_between([0, 1], 0, factor, color="C1", label="below")
        ax.text(0.5, factor, "edge")
        ax.set(title="an area")

    live = with_one_parameter(draw)
    assert live.data["artists"] == [
        {"kind": "area", "colour": 1, "label": "below"}, {"kind": "text", "text": "edge"}
    ]  # fmt: skip
    assert points(live, 1)[2] == "0.5,3"
    assert {"0,0", "1,0", "0,3", "1,3"} == set(points(live, 0)[2].split(" "))


@pytest.mark.parametrize("noise", [0, 1e-13, -1e-13])
def test_round_off_changes_no_digit(noise):
    def draw(ax, factor):
        ax.plot([0, 1], [0.0005 + noise, factor + noise], "o")  # the first lies between two steps
        ax.plot([0, 1], [0.1234500001 + noise, -noise], "o")
        ax.set(title="points", ylim=(0, 1), xlim=(0, 1))

    live = live_figure(draw, factor=[0.5, 1], still=[1])
    assert points(live, 0) == ["0,0 1,0.5", "0,0 1,1"]
    assert points(live, 1) == ["0,0.123 1,0", "0,0.123 1,0"]


def test_numbers_on_a_logarithmic_axis_have_three_digits():
    def draw(ax, factor):
        ax.semilogy([0, 1], [1.23456e-7, 12345.6 * factor])
        ax.set(title="a line")

    assert with_one_parameter(draw).data["frames"][0]["points"] == ["0,1.23e-07 1,1.23e+04"]


def test_a_notebook_shows_the_picture_and_keeps_the_frames(monkeypatch):
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)  # of another project: IPython warns of that
    shell = InteractiveShell.instance()
    try:
        shell.display_formatter.formatters["image/png"].for_type(Figure, lambda figure: "picture")
        live = with_one_parameter(scaled_line)
        data, _ = shell.display_formatter.format(live)
    finally:
        InteractiveShell.clear_instance()
    assert data["image/png"] == "picture" and data["text/plain"] == "<Figure size 640x360 with 1 Axes>"
    assert data[MIME] == live.data
    assert not plt.get_fignums()  # or the notebook would show it twice


def test_it_can_be_copied_pickled_and_stored():
    live = with_one_parameter(scaled_line)
    for same in (copy.deepcopy(live), pickle.loads(pickle.dumps(live))):
        assert same.data == live.data
        assert same.figure.axes[0].get_title(loc="left") == "factor 2: ends at 2"
    assert json.loads(json.dumps(live.data)) == live.data


def test_what_is_asked_for_wrongly_is_named():
    with pytest.raises(ValueError, match="needs a parameter and its values"):
        live_figure(scaled_line, still=[])
    with pytest.raises(ValueError, match="factor must have two values or more, got \\[1\\]"):
        live_figure(scaled_line, factor=[1], still=[1])
    with pytest.raises(ValueError, match="still must be one of the values for each of factor, got \\[4\\]"):
        live_figure(scaled_line, factor=[1, 2], still=[4])
    with pytest.raises(ValueError, match="still must be one of the values for each of factor, got \\[\\]"):
        live_figure(scaled_line, factor=[1, 2], still=[])


def drawn_by(*calls):
    def draw(ax, factor):
        ax.set(title="a frame")
        for call in calls:
            call(ax, factor)

    return draw


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda ax, factor: ax.plot([0, factor]), "must set a title in every frame"),
        (
            drawn_by(lambda ax, factor: ax.plot([0, 1], label=f"{factor}")),
            "must draw the same .* at \\(2,\\)",
        ),
        (drawn_by(lambda ax, factor: [ax.plot([0, 1]) for _ in range(factor)]), "must draw the same"),
        (drawn_by(lambda ax, factor: ax.imshow([[factor]])), "got AxesImage"),
        (drawn_by(lambda ax, factor: ax.bar([0, 1], factor)), "got Rectangle"),
        (drawn_by(lambda ax, factor: ax.errorbar([0], [0], factor)), "got LineCollection"),
        (drawn_by(lambda ax, factor: ax.plot([0, factor], "p")), "no line style 'None' with marker 'p'"),
    ],
    ids=["title", "label", "count", "image", "bars", "errors", "marker"],
)
def test_what_a_page_cannot_draw_is_named(draw, message):
    with pytest.raises(ValueError, match=message):
        with_one_parameter(draw)
