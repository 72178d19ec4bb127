"""The one place where experiments are repeated over seeds and settings: here, in processes, or on a cluster."""

import inspect
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

import joblib
from threadpoolctl import threadpool_limits

from relubook.checks import _wholes

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


def over_seeds(
    experiment: Callable[..., Result],
    settings: Mapping[Key, Mapping[str, Any]],
    *,
    seeds: Iterable[int],
    progress: bool = False,
) -> dict[Key, list[Result]]:
    """Run an experiment once for every setting and seed.

    results[key][i] = experiment(seed=seeds[i], **settings[key])

    Runs go through ``joblib.Parallel``, serially unless ``joblib.parallel_config`` says otherwise. Each uses a single
    BLAS thread, because the number of threads changes the last bits of a matrix product: the results are the same
    on one process, on many, and on a Dask or Ray cluster of like machines.

    Args:
        experiment: a function defined in a module, so that other processes can import it; all its randomness comes
            from its keyword ``seed``.
        settings: from the key of each setting to the experiment's keyword arguments.
        seeds: different integers, not negative; every setting sees the same ones, so that runs can be
            compared in pairs.
        progress: whether to show a progress bar.

    Returns:
        For each key, in the order of ``settings``, the results in the order of ``seeds``.

    Raises:
        ValueError: there are no settings or no seeds, a seed is no integer or occurs twice, or a setting holds one.
        TypeError: the experiment does not take a setting's arguments. All of this is found before the first run.

    Source: https://joblib.readthedocs.io/en/stable/parallel.html

    >>> def quotient(*, seed: int, x: int) -> int:
    ...     return x // seed
    >>> over_seeds(quotient, {"seven": {"x": 7}, "nine": {"x": 9}}, seeds=[2, 4])
    {'seven': [3, 1], 'nine': [4, 2]}
    """
    seeds = _wholes("seeds", seeds, at_least=0)
    if not settings:
        raise ValueError("settings is empty")
    if not seeds or len(set(seeds)) < len(seeds):
        raise ValueError(f"seeds must be different integers, at least one, got {seeds!r}")
    signature = inspect.signature(experiment)
    for key, setting in settings.items():
        try:  # before the first run and not hours later
            signature.bind(**{"seed": seeds[0], **setting})
        except TypeError as error:
            raise TypeError(f"setting {key!r} does not fit the experiment: {error}") from None
        if "seed" in setting:
            raise ValueError(f"setting {key!r} holds a seed; seeds={seeds!r} gives the seeds")
    runs = [(key, seed) for key in settings for seed in seeds]
    tasks = (joblib.delayed(_one_run)(experiment, seed, dict(settings[key])) for key, seed in runs)
    results = joblib.Parallel(return_as="generator")(tasks)
    if progress:
        from tqdm.auto import tqdm

        results = tqdm(results, total=len(runs), desc=getattr(experiment, "__name__", "runs"))
    grouped: dict[Key, list[Result]] = {key: [] for key in settings}
    for (key, _), result in zip(runs, results, strict=True):
        grouped[key].append(result)
    return grouped


def _one_run(experiment: Callable[..., Result], seed: int, setting: dict[str, Any]) -> Result:
    with threadpool_limits(1):
        return experiment(seed=seed, **setting)
