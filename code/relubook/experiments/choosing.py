"""Choosing: the whole family on one bench, each at its own best learning rate; and who uses what."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relubook.experiments.digits import DigitsRun, train_on_digits
from relubook.experiments.repeats import over_seeds

RATES = (0.01, 0.03, 0.1, 0.3)
SETTING: Mapping[str, Any] = MappingProxyType({"hidden": (32, 32), "epochs": 5})

# The functions that the chapter compares: CELU with its default is ELU, and left out. He's weights, except where the
# function's own source asks for others.
INITS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("relu", "leaky_relu", "prelu", "relu6", "squared_relu", "elu"), "he"),
        "selu": "lecun",
        **dict.fromkeys(("softplus", "gelu", "silu", "mish", "hard_silu"), "he"),
        **dict.fromkeys(("sigmoid", "tanh"), "glorot"),
    }
)

# How Keras' source names the functions, and what they are called here.
KERAS_NAMES: Mapping[str, str] = MappingProxyType(
    {"relu": "ReLU", "swish": "SiLU", "gelu": "GELU", "hard_swish": "hard SiLU"}
    | {name: name for name in ("leaky_relu", "elu", "selu", "mish", "softplus")}
)


def tune(
    names: Iterable[str] = tuple(INITS),
    *,
    seeds: Iterable[int],
    rates: Sequence[float] = RATES,
    progress: bool = False,
) -> dict[str, float]:
    """Choose a learning rate for each activation, on the validation digits alone.

    rate = argmax over ``rates`` of the mean validation accuracy over seeds

    Args:
        names: keys of ``INITS``.
        seeds: different integers.
        rates: the learning rates to try, in ascending order.
        progress: whether to show a progress bar.

    Returns:
        The best rate of each activation; of equally good ones the smallest.

    Raises:
        KeyError: a name is unknown.
        ValueError: ``over_seeds`` refuses the seeds.

    Source: the digits of Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49

    >>> tune(["relu"], seeds=[0])["relu"] in RATES
    True
    """
    names = list(names)
    settings = {
        (name, rate): {"activation": name, "init": INITS[name], "learning_rate": rate, **SETTING}
        for name in names
        for rate in rates
    }
    settings = {key: {**setting, "held_out": "validation"} for key, setting in settings.items()}
    runs = over_seeds(train_on_digits, settings, seeds=seeds, progress=progress)
    return {
        name: max(rates, key=lambda rate: np.mean([run.accuracy for run in runs[name, rate]]))
        for name in names
    }


def compare(
    rates: Mapping[str, float], *, seeds: Iterable[int], progress: bool = False
) -> dict[str, list[DigitsRun]]:
    """Train each activation at its own rate, and measure it on the test digits.

    runs[name][i] = ``train_on_digits`` at rates[name], of the i-th seed; all share the order of the examples, and those
    with the same initialisation the initial weights

    Args:
        rates: from keys of ``INITS`` to learning rates, as ``tune`` returns them.
        seeds: different integers, other than those that the rates were tuned with.
        progress: whether to show a progress bar.

    Returns:
        For each activation its runs.

    Raises:
        KeyError: a name is unknown.
        ValueError: ``over_seeds`` refuses the seeds.

    Source: the digits of Alpaydin and Kaynak (1998), https://doi.org/10.24432/C50P49

    >>> compare({"relu": 0.03}, seeds=[0])["relu"][0].accuracy > 0.8
    True
    """
    settings = {
        name: {"activation": name, "init": INITS[name], "learning_rate": rate, **SETTING}
        for name, rate in rates.items()
    }
    return over_seeds(train_on_digits, settings, seeds=seeds, progress=progress)


def accuracies(rows: NDArray[np.void], names: Iterable[str] = tuple(INITS)) -> NDArray[np.float64]:
    """The accuracies of a survey that has one column a function, as a plain array.

    a[…, j] = rows[names[j]]

    Args:
        rows: of ``read("every_function")`` or ``read("every_task")``, of any shape.
        names: of the columns.

    Returns:
        An array of shape (*rows.shape, functions).

    Raises:
        ValueError: a column is missing.

    Source: ``relubook.surveys``

    >>> from relubook.surveys import read
    >>> accuracies(read("every_task")).shape
    (128, 14)
    """
    return np.stack([rows[name].astype(np.float64) for name in names], axis=-1)


def at_own_rate(runs: ArrayLike) -> NDArray[np.float64]:
    """What each function reaches at its own best rate, where no seed is judged at a rate that it helped to choose.

    a[s, f] = runs[r, s, f] with r = argmax over rates of the mean of runs[r, t, f] over all seeds t ≠ s

    Args:
        runs: accuracies, shape (rates, seeds, functions), at least 2 seeds; of equally good rates the first is taken.

    Returns:
        Accuracies, shape (seeds, functions).

    Raises:
        ValueError: ``runs`` has another number of axes, or fewer than 2 seeds.

    Source: Cawley and Talbot (2010), https://www.jmlr.org/papers/v11/cawley10a.html

    >>> at_own_rate([[[0.8], [0.9]], [[0.7], [0.95]]])  # seed 0 is judged at seed 1's rate, and seed 1 at seed 0's
    array([[0.7],
           [0.9]])
    """
    values = np.asarray(runs, dtype=np.float64)
    if values.ndim != 3 or values.shape[1] < 2:
        raise ValueError(
            f"runs must have the axes rate, seed (at least 2) and function, got shape {values.shape}"
        )
    others = values.sum(axis=1, keepdims=True) - values
    best = np.round(others, 9).argmax(axis=0)  # what adding up moves in the last digit is no difference
    return np.take_along_axis(values, best[None], axis=0)[0]


def best_of_the_other_seeds(scores: ArrayLike) -> NDArray[np.float64]:
    """What one gets from the function that came out first in all seeds but the one that judges it.

    b[s] = scores[s, f] with f = argmax of the mean of scores[t, f] over t ≠ s. The largest of several means is too
    large by chance; this is not.

    Args:
        scores: accuracies, shape (seeds, functions), at least 2 seeds.

    Returns:
        One accuracy a seed.

    Raises:
        ValueError: ``scores`` has another number of axes, or fewer than 2 seeds.

    Source: Cawley and Talbot (2010), https://www.jmlr.org/papers/v11/cawley10a.html

    >>> best_of_the_other_seeds([[0.9, 0.8], [0.7, 0.8]])  # each seed has another winner
    array([0.8, 0.7])
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 2 or len(values) < 2:
        raise ValueError(
            f"scores must have the axes seed (at least 2) and function, got shape {values.shape}"
        )
    others = np.round(values.sum(axis=0) - values, 9)
    return values[np.arange(len(values)), others.argmax(axis=1)]


def keras_application_activations() -> dict[str, frozenset[str]]:
    """Which activations the source of each network in ``keras.applications`` names, without importing Keras.

    names = text constants that are names of activations, and calls of a ReLU layer (ReLU6 with an argument)

    Returns:
        From a module of ``keras.applications`` to the activations in its hidden layers; modules without one are left
        out.

    Raises:
        ModuleNotFoundError: Keras is not installed.

    Source: https://keras.io/api/applications/

    >>> sorted(keras_application_activations()["vgg16"])
    ['ReLU']
    """
    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("keras is not installed")
    folder = Path(spec.origin).parent / "src" / "applications"
    sources = sorted(path for path in folder.glob("*.py") if "_test" not in path.name)
    found = {path.stem: frozenset(_activations_in(path.read_text(encoding="utf-8"))) for path in sources}
    return {name: activations for name, activations in found.items() if activations}


def _activations_in(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in KERAS_NAMES:
            yield KERAS_NAMES[node.value]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "ReLU":
            yield "ReLU6" if node.args else "ReLU"
