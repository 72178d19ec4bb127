"""Dying ReLU: units that die in training or are born dead, what rescues the network, and how large a step may be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from relubook.checks import _generator, _whole
from relubook.experiments.digits import DigitsRun, _schedule, train_on_digits
from relubook.experiments.probes import dead_shares
from relubook.experiments.repeats import over_seeds
from relubook.experiments.trained_network import DATA, LEARNED, OPTIMIZERS, _split
from relubook.network import MLP, BatchNorm, Elementwise
from relubook.training import accuracy, fit, softmax_cross_entropy

HARMFUL_RATE = 0.2
EPSILON = 1e-8  # of the finite differences: so small that hardly a kink lies between the two points
SETTING: Mapping[str, Any] = MappingProxyType(
    {"hidden": (64,) * 4, "epochs": 6, "learning_rate": HARMFUL_RATE}
)

# Each remedy changes one thing about ``SETTING``, which has He's weights, zero biases and SGD with a momentum of 0.9;
# Adam comes with its rate. PyTorch's start has smaller weights and random biases.
REMEDIES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {},
        "lower rate": {"learning_rate": 0.05},
        "no momentum": {"momentum": 0.0},
        "batch norm": {"batch_norm": True},
        "gradient clipping": {"clip_norm": 1.0},
        "Adam, its usual rate": {"optimizer": "adam", "learning_rate": 0.001},
        "warm-up, 3 epochs": {"warmup_epochs": 3},
        "PyTorch's start": {"init": "torch"},
        "leaky ReLU": {"activation": "leaky_relu"},
        "PReLU": {"activation": "prelu"},
        "ELU": {"activation": "elu"},
    }
)

# What the surveys change about a ReLU network: its function, or a remedy. A warm-up takes the first half of training.
CHANGES: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {},
        "leaky 0.01": {"activation": "leaky_relu"},
        "leaky 0.3": {"activation": "leaky_relu", "negative_slope": 0.3},
        "PReLU": {"activation": "prelu"},
        "ELU": {"activation": "elu"},
        "GELU": {"activation": "gelu"},
        "SiLU": {"activation": "silu"},
        "clipping": {"clip_norm": 1.0},
        "warm-up": {"warmup": 0.5},
        "batch norm": {"batch_norm": True},
        "no momentum": {"optimizer": "sgd"},
        "Adam": {"optimizer": "adam"},
        "small start": {"init": "torch"},
    }
)


@dataclass(frozen=True)
class Verdict:
    """What ten runs of one setting come to.

    Attributes:
        learned: share of the runs with a test accuracy above 0.8.
        failed: share of the runs with a test accuracy below 0.5, diverged ones included; chance is 0.1.
        diverged: share of the runs whose loss stopped being finite.
        dead: mean share of dead units over the runs that did not diverge; NaN if all did.
    """

    learned: float
    failed: float
    diverged: float
    dead: float


def try_remedies(
    names: Iterable[str] = tuple(REMEDIES), *, seeds: Iterable[int], progress: bool = False
) -> dict[str, list[DigitsRun]]:
    """Train at a harmful learning rate, with one remedy at a time.

    runs[name][i] = ``train_on_digits`` with ``SETTING`` changed by ``REMEDIES[name]``, of the i-th seed

    Args:
        names: keys of ``REMEDIES``.
        seeds: different integers; all remedies share the start and the order of a seed.
        progress: whether to show a progress bar.

    Returns:
        For each remedy its runs.

    Raises:
        ValueError: a name is unknown, or ``over_seeds`` refuses the seeds.

    Source: Maas et al. (2013), https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf

    >>> try_remedies(["batch norm"], seeds=[0])["batch norm"][0].accuracy > 0.8
    True
    """
    names = list(names)
    if unknown := set(names) - set(REMEDIES):
        raise ValueError(f"names must be of {', '.join(REMEDIES)}, got {', '.join(sorted(unknown))}")
    settings = {name: {**SETTING, **REMEDIES[name]} for name in names}
    return over_seeds(train_on_digits, settings, seeds=seeds, progress=progress)


def verdict(runs: list[DigitsRun]) -> Verdict:
    """Sum up runs whose single numbers depend on the processor: such training is chaotic.

    learned = mean [accuracy > 0.8], failed = mean [accuracy < 0.5]

    Args:
        runs: at least one.

    Returns:
        Shares in [0, 1].

    Raises:
        ValueError: there are no runs.

    Source: the definition

    >>> run = DigitsRun(accuracy=0.9, loss=(1.0,), dead_shares=(0.5,), zero_shares=(0.5,), diverged=False)
    >>> verdict([run])
    Verdict(learned=1.0, failed=0.0, diverged=0.0, dead=0.5)
    """
    if not runs:
        raise ValueError("runs is empty")
    accuracies = np.array([run.accuracy for run in runs])
    dead = [np.mean(run.dead_shares) for run in runs if not run.diverged]
    return Verdict(
        learned=float((accuracies > 0.8).mean()),
        failed=float((accuracies < 0.5).mean()),
        diverged=float(np.mean([run.diverged for run in runs])),
        dead=float(np.mean(dead)) if dead else float("nan"),
    )


def dying_network(
    *,
    seed: int,
    change: str,
    data: str,
    net: str,
    bias: float,
    optimizer: str,
    learning_rate: float,
    batch_size: int,
    epochs: int,
) -> dict[str, float]:
    """Train a ReLU network with one change, from hidden biases that may kill it, and count what died.

    learned = [accuracy − floor ≥ 0.9 · (1 − floor)], with floor the share of the most frequent class. Start and order
    of the examples depend on the seed alone: two changes with the same seed are a pair.

    Args:
        seed: of the initial weights and of the order of the examples.
        change: a key of ``CHANGES``; its optimiser, where it has one, replaces ``optimizer``.
        data: a key of ``trained_network.DATA``.
        net: hidden layers and units, such as ``"4x64"``.
        bias: added to the bias of every hidden unit at the start (with batch norm, to its β).
        optimizer: a key of ``trained_network.OPTIMIZERS``.
        learning_rate, batch_size, epochs: as for ``fit``.

    Returns:
        ``accuracy`` on the test examples, that of the most frequent class where the run diverged; ``learned``, 1 or 0;
        on the training examples and
        as means over the hidden layers: ``born``, the share of units whose output is never above 0 before training,
        ``silent``, that share after it, and ``dead``, the share that gives one output for every example, both NaN
        where the run diverged.

    Raises:
        ValueError: a name is unknown, ``net`` is not two numbers, or ``MLP`` or ``fit`` refuses a value.

    Source: Maas et al. (2013), https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf

    >>> run = dying_network(seed=0, change="none", data="digits", net="2x32", bias=0.0, optimizer="momentum",
    ...     learning_rate=0.05, batch_size=32, epochs=5)
    >>> run["learned"], run["dead"] < 0.2
    (1, True)
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {optimizer!r}")
    model = _changed_network(change, data, net, seed)
    what, split = CHANGES[change], _split(data)
    shift_biases(model, bias)
    born = _silent(model, split.x_train)
    epochs, batch_size = _whole("epochs", epochs, at_least=1), _whole("batch_size", batch_size, at_least=1)
    steps = epochs * -(-len(split.x_train) // batch_size)
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=_schedule(learning_rate, what.get("warmup", 0) * steps),
        epochs=epochs,
        batch_size=batch_size,
        rng=np.random.default_rng([seed, 1]),
        clip_norm=what.get("clip_norm"),
        **OPTIMIZERS[what.get("optimizer", optimizer)],
    )
    majority = float(np.bincount(split.y_test).max() / len(split.y_test))
    if history.diverged:
        return {"accuracy": majority, "learned": 0, "born": born, "silent": np.nan, "dead": np.nan}
    score = accuracy(model, split.x_test, split.y_test)
    return {
        "accuracy": score,
        "learned": int(score - majority >= LEARNED * (1 - majority)),
        "born": born,
        "silent": _silent(model, split.x_train),
        "dead": float(np.mean(dead_shares(model, split.x_train))),
    }


def _changed_network(change: str, data: str, net: str, seed: int) -> MLP:
    for name, value, known in (("change", change, CHANGES), ("data", data, DATA)):
        if value not in known:
            raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
    try:
        depth, width = (int(number) for number in net.split("x"))
    except ValueError:
        raise ValueError(f"net must be layers and units, such as '4x64', got {net!r}") from None
    what, split = CHANGES[change], _split(data)
    model = MLP(
        [split.x_train.shape[1], *[width] * depth, int(split.y_train.max()) + 1],
        what.get("activation", "relu"),
        rng=np.random.default_rng([seed, 0]),
        init=what.get("init", "he"),
        batch_norm=what.get("batch_norm", False),
    )
    if "negative_slope" in what:
        for layer in model.layers:
            if isinstance(layer, Elementwise):
                layer.settings = {"negative_slope": what["negative_slope"]}
    return model


def shift_biases(model: MLP, bias: float) -> None:
    """Add a number to the bias of every hidden unit; with batch norm, to its β, since the mean takes the other away.

    b ← b + bias

    Args:
        model: the network; it is changed.
        bias: what to add; a negative one switches ReLU units off.

    Source: Maas et al. (2013), https://ai.stanford.edu/~amaas/papers/relu_hybrid_icml2013_final.pdf

    >>> model = MLP([4, 8, 2], rng=np.random.default_rng(0))
    >>> shift_biases(model, -1.0)
    >>> model.dense_layers[0].bias.value[:3], model.dense_layers[1].bias.value
    (array([-1., -1., -1.]), array([0., 0.]))
    """
    normalised = [layer.beta for layer in model.layers if isinstance(layer, BatchNorm)]
    for parameter in normalised or [layer.bias for layer in model.dense_layers[:-1]]:
        parameter.value += bias


def _silent(model: MLP, x: ArrayLike) -> float:
    return float(np.mean([(h.max(axis=0) <= 0).mean() for h in model.hidden(x)]))


def sharpness(
    model: MLP, x: ArrayLike, labels: ArrayLike, *, rng: np.random.Generator, steps: int = 30
) -> float:
    """Largest curvature of the loss in any direction: the largest eigenvalue of its Hessian, in magnitude.

    λ = lim vᵀ H v with v ← H v / ‖H v‖ (power iteration) and H v ≈ (∇L(θ + ε v) − ∇L(θ − ε v)) / 2 ε

    Gradient descent on a quadratic with curvature λ grows without bound where learning_rate > 2 / λ, and with a
    momentum of β where learning_rate > 2 (1 + β) / λ.

    Args:
        model: the network, as it is in training without batch norm; it comes back unchanged.
        x, labels: the examples and their classes.
        rng: where the first direction comes from.
        steps: of the power iteration, at least 1.

    Returns:
        λ, in nats over the parameters' unit squared.

    Raises:
        ValueError: data do not fit the model, or ``steps`` is no integer of at least 1.
        TypeError: ``rng`` is not a ``numpy.random.Generator``.

    Source: Cohen et al. (2021), https://arxiv.org/abs/2103.00065

    >>> model = MLP([1, 2], rng=np.random.default_rng(0))
    >>> for parameter in model.parameters:
    ...     parameter.value[:] = 0
    >>> x = np.array([[2.0], [-2.0]])
    >>> round(sharpness(model, x, np.array([0, 1]), rng=np.random.default_rng(0)), 3)  # 2² · ½ · (1 − ½) · 2
    2.0
    """
    steps, rng = _whole("steps", steps, at_least=1), _generator(rng)
    start = [parameter.value.copy() for parameter in model.parameters]

    def gradient(direction: list[Any], by: float) -> Any:
        for parameter, value, step in zip(model.parameters, start, direction, strict=True):
            parameter.value[...] = value + by * step
        _, grad = softmax_cross_entropy(model.forward(x), labels)
        model.backward(grad)
        return np.concatenate([parameter.grad.ravel() for parameter in model.parameters])

    ends = np.cumsum([value.size for value in start])[:-1]
    v = rng.normal(size=sum(value.size for value in start))
    curvature = 0.0
    try:
        for _ in range(steps):
            v /= np.linalg.norm(v)
            parts = [part.reshape(value.shape) for part, value in zip(np.split(v, ends), start, strict=True)]
            product = (gradient(parts, EPSILON) - gradient(parts, -EPSILON)) / (2 * EPSILON)
            curvature = float(v @ product)
            if not product.any():
                break
            v = product
    finally:
        for parameter, value in zip(model.parameters, start, strict=True):
            parameter.value[...] = value
    return curvature


def at_the_limit(*, seed: int, change: str, data: str, net: str, part_of_limit: float) -> dict[str, float]:
    """Train with all examples in each step, at a rate that is set by the sharpness of the start.

    learning_rate = part_of_limit · 2 (1 + 0.9) / λ, with λ the ``sharpness`` of the network before training; 60 steps
    of gradient descent with a momentum of 0.9

    Args:
        seed: of the initial weights and of the power iteration.
        change: a key of ``CHANGES`` that changes the function.
        data: a key of ``trained_network.DATA``.
        net: hidden layers and units, such as ``"2x32"``.
        part_of_limit: the rate as a multiple of the limit.

    Returns:
        ``sharpness`` at the start and ``limit``, 3.8 / λ; ``highest``, the largest loss over the first, infinite where
        the run diverged; ``accuracy`` on the test examples, that of the most frequent class where it diverged.

    Raises:
        ValueError: a name is unknown, or ``fit`` refuses the rate.

    Source: Cohen et al. (2021), https://arxiv.org/abs/2103.00065

    >>> run = at_the_limit(seed=0, change="none", data="tumours", net="1x8", part_of_limit=0.1)
    >>> run["highest"] < 1.1, run["accuracy"] > 0.9
    (True, True)
    """
    model, split = _changed_network(change, data, net, seed), _split(data)
    rng = np.random.default_rng([seed, 2])
    curvature = sharpness(model, split.x_train, split.y_train, rng=rng, steps=15)
    limit = 2 * (1 + OPTIMIZERS["momentum"]["momentum"]) / abs(curvature)
    history = fit(
        model,
        split.x_train,
        split.y_train,
        learning_rate=part_of_limit * limit,
        epochs=60,
        batch_size=len(split.x_train),
        rng=np.random.default_rng([seed, 1]),
        **OPTIMIZERS["momentum"],
    )
    majority = float(np.bincount(split.y_test).max() / len(split.y_test))
    return {
        "sharpness": curvature,
        "limit": limit,
        "highest": np.inf if history.diverged else max(history.loss) / history.loss[0],
        "accuracy": majority if history.diverged else accuracy(model, split.x_test, split.y_test),
    }
