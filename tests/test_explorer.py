"""The explorer with widgets: what is chosen is drawn, and what is read is what relubook computes."""

import ipywidgets as widgets
import matplotlib
import matplotlib.pyplot as plt
import pytest

import relubook
from relubook.explorer import FIRST_CHOICE, Explorer


def test_starts_with_the_named_functions_or_a_first_choice():
    assert Explorer().choice.value == FIRST_CHOICE
    assert Explorer("mish").choice.value == ("mish",)
    assert repr(Explorer("elu", "celu")) == "Explorer('elu', 'celu')"
    with pytest.raises(ValueError, match="unknown activation 'rellu'; known are relu"):
        Explorer("rellu")


def test_shows_the_parameters_of_the_chosen_functions():
    panel = Explorer("relu")
    assert panel.shown_sliders.children == ()
    panel.choice.value = ("elu", "gelu")
    alpha, approximate = panel.shown_sliders.children
    assert alpha.description == "elu alpha" and isinstance(approximate, widgets.Checkbox)


def test_moving_a_parameter_or_the_point_draws_and_computes_anew():
    panel = Explorer("elu")
    pictures = [bytes(panel.picture.value)]
    panel.sliders["elu", "alpha"].value = 2.0
    pictures.append(bytes(panel.picture.value))
    panel.point.value = -1.0
    pictures.append(bytes(panel.picture.value))
    assert len(set(pictures)) == 3 and all(picture.startswith(b"\x89PNG") for picture in pictures)
    y, slope = panel.values()["elu"]
    assert (y, slope) == (relubook.elu(-1.0, alpha=2.0), relubook.elu_grad(-1.0, alpha=2.0))
    assert f"{y:.4f}" in panel.numbers.value and f"{slope:.4f}" in panel.numbers.value


def test_leaves_the_reader_s_figures_and_settings_alone():
    before, open_figures = dict(matplotlib.rcParams), plt.get_fignums()
    Explorer("silu").point.value = 2.0
    assert dict(matplotlib.rcParams) == before and plt.get_fignums() == open_figures
