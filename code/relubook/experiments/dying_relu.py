"""Dying ReLU: units that die in training, and what rescues the network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from relubook.experiments.digits import DigitsRun, train_on_digits
from relubook.experiments.repeats import over_seeds

HARMFUL_RATE = 0.2
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
