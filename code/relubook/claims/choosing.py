"""Claims of the chapter that compares the whole family, and of modern networks with dying units."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.claims.claim import Claim
from relubook.experiments.choosing import INITS, accuracies, at_own_rate, best_of_the_other_seeds
from relubook.statistics import detectable_difference, mean_interval, paired_difference
from relubook.surveys import by_setting, read

CHAPTER = "21-choosing"
NAMES = tuple(INITS)
RELU = NAMES.index("relu")
# Those that are last nearly everywhere, and decide any comparison of all.
LAST = ("squared_relu", "softplus", "sigmoid")
CLOSE = tuple(name for name in NAMES if name not in LAST)
OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
REACHED = 0.8  # accuracy of the best function, from which on a drawn setting counts as one that trains
CLEAR = 0.01


def tuned(survey: str, names: Sequence[str] = NAMES, **setting: Any) -> NDArray[np.float64]:
    """The accuracies of a survey at each function's own rate, which the other seeds chose.

    a[s, f] = ``at_own_rate`` of the runs in the survey's cross

    Args:
        survey: ``"every_function"``, whose cross has four optimisers, or ``"every_task"``, whose cross has tasks.
        names: of the functions.
        setting: the value of the axis that is crossed with the rate.

    Returns:
        Accuracies, shape (seeds, functions).

    Raises:
        ValueError: there are no such rows.

    Source: ``relubook.surveys``

    >>> tuned("every_function", optimizer="adam").shape
    (6, 14)
    """
    rows = read(survey)
    rows = rows[rows["part"] == "cross"]
    for axis, value in setting.items():
        rows = rows[rows[axis] == value]
    return at_own_rate(accuracies(by_setting(rows), names))


def drawn(names: Sequence[str] = NAMES, *, network: str = "") -> NDArray[np.float64]:
    """The accuracies in the drawn settings of ``every_function`` that train.

    a[i, s, f] = accuracy of f in the i-th of the settings in which the best function's mean over seeds reaches 0.8

    Args:
        names: of the functions; which settings train does not depend on them.
        network: ``"mlp"``, ``"residual"`` or ``"conv"`` for the settings of one architecture, or all.

    Returns:
        Accuracies, shape (settings, seeds, functions).

    Raises:
        ValueError: a setting lacks a seed.

    Source: ``relubook.surveys``

    >>> drawn().shape[1:]
    (2, 14)
    """
    rows = by_setting((table := read("every_function"))[table["part"] == "draw"])
    train = accuracies(rows).mean(axis=1).max(axis=1) >= REACHED
    of_network = np.array([task.endswith(network) for task in rows["task"][:, 0]])
    return accuracies(rows[train & of_network], names)


def agreement(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """How far two lists of accuracies put the same functions in the same order.

    ρ = correlation of the ranks (Spearman's): 1 for the same order, 0 for none in common, −1 for the reverse

    Args:
        a, b: one accuracy a function, in the same order of functions.

    Source: Spearman (1904), https://doi.org/10.2307/1412159

    >>> round(agreement(np.array([0.9, 0.8, 0.7]), np.array([0.5, 0.4, 0.1])), 2)
    1.0
    """
    from scipy.stats import spearmanr  # see relubook.statistics

    return float(spearmanr(a, b).statistic)


def _points(a: NDArray[Any], b: NDArray[Any], *, comparisons: int = 1) -> str:
    return f"{paired_difference(100 * a, 100 * b, comparisons=comparisons):.1f}"


def _gains_of_a_winner(runs: NDArray[np.float64]) -> NDArray[np.float64]:
    """In each drawn setting what the winner of one seed gains on ReLU in the other, as the mean of both ways."""
    return np.array([(best_of_the_other_seeds(one) - one[:, RELU]).mean() for one in runs])


def _default() -> dict[str, str]:
    numbers = {}
    for optimizer in OPTIMIZERS:
        scores = tuned("every_function", optimizer=optimizer)
        numbers[f"points that the winner of the other seeds gains on ReLU, {optimizer}"] = _points(
            best_of_the_other_seeds(scores), scores[:, RELU]
        )
    for task in _tasks():
        scores = tuned("every_task", task=task)
        numbers[f"points that the winner of the other seeds gains on ReLU, {task}"] = _points(
            best_of_the_other_seeds(scores), scores[:, RELU]
        )
    everywhere = drawn()
    learned = everywhere[everywhere[:, :, RELU].mean(axis=1) >= REACHED]
    groups = {name: drawn(network=name) for name in ("mlp", "conv", "residual")}
    for said, runs in {"all": everywhere, **groups, "those in which ReLU reaches 0.8": learned}.items():
        gains = _gains_of_a_winner(runs)
        numbers[f"drawn settings that train, {said}"] = f"{len(gains)}"
        numbers[f"points that the winner of one seed gains on ReLU in the other, median, {said}"] = (
            f"{100 * np.median(gains):.1f}"
        )
        numbers[f"share in which it gains more than 2 points, {said}"] = f"{(gains > 0.02).mean():.2f}"
        numbers[f"share in which it gains more than 5 points, {said}"] = f"{(gains > 0.05).mean():.2f}"
    return numbers


def _tasks() -> list[str]:
    return list(dict.fromkeys(read("every_task")["task"].tolist()))


def _image_tasks() -> list[str]:
    return [task for task in _tasks() if not task.startswith("tumours")]


def _at_one_rate(rate: float) -> NDArray[np.float64]:
    rows = read("every_function")
    rows = rows[(rows["part"] == "cross") & (rows["optimizer"] == "momentum")]
    return accuracies(rows[rows["learning_rate"] == rate])


def _gap(scores: NDArray[np.float64]) -> str:
    return f"{np.ptp(100 * scores.mean(axis=0)):.1f}"


def _differences() -> dict[str, str]:
    numbers = {
        f"points from best to worst of 14, momentum, {rate} for all": _gap(_at_one_rate(rate))
        for rate in (0.003, 0.03, 0.3)
    }
    for optimizer in OPTIMIZERS:
        for said, names in (("14", NAMES), ("11", CLOSE)):
            scores = tuned("every_function", names, optimizer=optimizer)
            numbers[f"points from best to worst of {said}, {optimizer}, each at its own rate"] = _gap(scores)
    scores = tuned("every_function", (*NAMES, "linear"), optimizer="adamw")
    seen = [
        detectable_difference(100 * scores[:, i], 100 * scores[:, RELU], runs=len(scores))
        for i, name in enumerate(NAMES)
        if name in CLOSE and name != "relu"
    ]
    numbers["points that 6 pairs resolve four times in five, adamw, median of 10 functions"] = (
        f"{np.median(seen):.1f}"
    )
    numbers["points that ReLU gains on no function, adamw"] = _points(scores[:, RELU], scores[:, -1])
    runs, control = drawn(CLOSE), drawn(["linear"])[..., 0]
    gaps = np.ptp(runs.mean(axis=1), axis=1)
    numbers["drawn settings that train: points from best to worst of 11, median"] = (
        f"{100 * np.median(gaps):.1f}"
    )
    winners = np.array([best_of_the_other_seeds(one).mean() for one in runs])
    numbers["share of them in which no function at all is within 1 point of the winner"] = (
        f"{(winners - control.mean(axis=1) <= CLEAR).mean():.2f}"
    )
    return numbers


def halves(names: Sequence[str]) -> list[float]:
    """How far two halves of the seeds agree on the order of the functions, in the same setting: the most to hope for.

    ρ = agreement of the means of seeds 0 and 1 with those of seeds 2 and 3, for each task of ``every_task`` that has
    images; on the tumours most functions are level, and there is no order to agree on

    Args:
        names: of the functions.

    Source: the definition

    >>> len(halves(NAMES))
    6
    """
    scores = [tuned("every_task", names, task=task) for task in _image_tasks()]
    return [agreement(s[:2].mean(axis=0), s[2:].mean(axis=0)) for s in scores]


def across(names: Sequence[str]) -> list[float]:
    """How far two tasks agree on the order of the functions, each half of the seeds against the other half.

    ρ = agreement of the means of seeds 0 and 1 on one task with those of seeds 2 and 3 on another, for all ordered
    pairs of the tasks of ``halves``: as many seeds on either side as there

    Args:
        names: of the functions.

    Source: the definition

    >>> len(across(NAMES))
    30
    """
    scores = [tuned("every_task", names, task=task) for task in _image_tasks()]
    return [agreement(a[:2].mean(axis=0), b[2:].mean(axis=0)) for a, b in itertools.permutations(scores, 2)]


def from_elsewhere() -> dict[str, NDArray[np.float64]]:
    """What one gets on a task from the function that is the best on average over all others.

    gain[task] = scores[task][:, f] − scores[task][:, relu], with f the argmax of the mean over the other tasks

    Returns:
        For each task one gain a seed, in accuracy.

    Source: the definition

    >>> len(from_elsewhere())
    8
    """
    scores = {task: tuned("every_task", task=task) for task in _tasks()}
    gains = {}
    for task, own in scores.items():
        others = np.mean([s.mean(axis=0) for name, s in scores.items() if name != task], axis=0)
        best = int(np.round(others, 9).argmax())
        gains[task] = own[:, best] - own[:, RELU]
    return gains


def _carries() -> dict[str, str]:
    numbers = {}
    for said, names in (("14", NAMES), ("11", CLOSE)):
        numbers[f"agreement of two halves of the seeds on one task, {said}, mean of 6 tasks"] = (
            f"{np.mean(halves(names)):.2f}"
        )
        numbers[f"agreement of two tasks, {said}, mean of 30"] = f"{np.mean(across(names)):.2f}"
    scores = [tuned("every_task", task=task) for task in _tasks()]
    first = {NAMES[int(np.round(s.mean(axis=0), 9).argmax())] for s in scores}
    numbers["different functions that are first on a task"] = f"{len(first)} of 8 tasks"
    for task, gain in from_elsewhere().items():
        numbers[f"points that the best of the other tasks gains on ReLU, {task}"] = (
            f"{mean_interval(100 * gain):.1f}"
        )
    return numbers


def _best() -> dict[str, str]:
    numbers = {}
    for optimizer in OPTIMIZERS:
        scores = tuned("every_function", optimizer=optimizer)
        intervals = [
            paired_difference(scores[:, i], scores[:, RELU], comparisons=13) for i in range(14) if i != RELU
        ]
        ahead, behind = sum(d.low > 0 for d in intervals), sum(d.high < 0 for d in intervals)
        numbers[f"of 13 clearly ahead of ReLU and clearly behind it, {optimizer}"] = f"{ahead} and {behind}"
    runs = drawn()
    gains = (runs - runs[:, :, [RELU]]).mean(axis=1)
    for name in ("leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "tanh"):
        gain = gains[:, NAMES.index(name)]
        numbers[f"drawn settings that train, {name} ahead of ReLU by more than 1 point"] = (
            f"{(gain > CLEAR).mean():.2f}"
        )
        numbers[f"behind it by more than 1 point, {name}"] = f"{(gain < -CLEAR).mean():.2f}"
    means = runs.mean(axis=1)
    numbers["share in which ReLU is first of 14"] = f"{(means.argmax(axis=1) == RELU).mean():.2f}"
    return numbers


def _modern_rows(task: str, rate: float, optimizer: str = "momentum") -> NDArray[np.void]:
    rows = read("dying_modern")
    rows = rows[(rows["task"] == task) & (rows["optimizer"] == optimizer)]
    return rows[rows["learning_rate"] == rate]


def modern(task: str, column: str, rate: float, *, optimizer: str = "momentum") -> str:
    """An outcome of ``dying_modern`` in one place.

    text = mean ± 95 % interval over the seeds whose number is finite; how many those are is said where some are not

    Args:
        task: data and architecture.
        column: a function, for its accuracy, or with ``_silent`` for its silent units.
        rate: the learning rate.
        optimizer: ``"momentum"``, or ``"adamw"`` at 0.03.

    Source: ``relubook.surveys``

    >>> "±" in modern("digits residual", "relu", 0.03)
    True
    """
    values = _modern_rows(task, rate, optimizer)[column]
    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return f"diverged in {len(values) - len(finite)} of {len(values)}"
    left = "" if len(finite) == len(values) else f" ({len(finite)} of {len(values)} seeds)"
    return f"{mean_interval(finite):.2f}{left}"


def _dying() -> dict[str, str]:
    numbers = {}
    for task in ("digits mlp", "digits residual", "digits norm", "digits conv", "mnist1000 residual"):
        for rate in (0.03, 0.1, 0.3):
            numbers[f"accuracy, ReLU, {task} at {rate}"] = modern(task, "relu", rate)
            numbers[f"silent, ReLU, {task} at {rate}"] = modern(task, "relu_silent", rate)
    for function in ("leaky_relu", "elu", "gelu"):
        numbers[f"accuracy, {function}, digits residual at 0.3"] = modern("digits residual", function, 0.3)
    for task in ("digits mlp", "digits residual", "digits shortcut", "digits conv", "mnist1000 residual"):
        for column in ("relu", "relu_silent"):
            said = "silent" if column.endswith("silent") else "accuracy"
            numbers[f"{said}, ReLU, {task}, adamw at 0.03"] = modern(task, column, 0.03, optimizer="adamw")
    rows = read("dying_modern")
    known = np.isfinite(rows["relu_silent"]) & (rows["part"] == "cross")
    networks = rows[known & np.array([name.endswith("residual") for name in rows["task"]])]
    many = networks["relu_silent"] > 0.2
    numbers["residual networks of all rates with more than a fifth silent"] = (
        f"{many.sum()} of {len(networks)}"
    )
    numbers["largest accuracy among them"] = f"{networks['relu'][many].max():.2f}"
    return numbers


CLAIMS = (
    Claim(
        name="relu-is-a-good-default",
        chapter=CHAPTER,
        surveys=("every_function", "every_task"),
        numbers=_default,
    ),
    Claim(name="relu-is-the-best", chapter=CHAPTER, surveys=("every_function",), numbers=_best),
    Claim(
        name="activations-differ-little", chapter=CHAPTER, surveys=("every_function",), numbers=_differences
    ),
    Claim(name="the-best-carries-over", chapter=CHAPTER, surveys=("every_task",), numbers=_carries),
    Claim(
        name="modern-networks-do-not-mind-dead-units",
        chapter="14-dying-relu",
        surveys=("dying_modern",),
        numbers=_dying,
    ),
)
