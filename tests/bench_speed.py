"""The price of the checks and of the stable forms, against the obvious line of NumPy, on a million numbers.

Timings are noisy: `make bench` runs this file, and nothing else should run beside it. Each pair takes turns in one
process, and a pair that misses its limit is measured again, a little later.
"""

import time
import warnings
from functools import partial

import numpy as np
import pytest
import torch
from reference_values import REFERENCES

from relubook import ACTIVATIONS, relu
from relubook.blockwise import blockwise
from relubook.experiments import cost
from relubook.torch_bridge import to_torch


def ratio(first, second, repeats: int) -> float:
    """Best time of ``first`` over that of ``second``, in turns."""
    best = [np.inf, np.inf]
    for _ in range(repeats):
        for index, call in enumerate((first, second)):
            start = time.perf_counter()
            call()
            best[index] = min(best[index], time.perf_counter() - start)
    return best[0] / best[1]


MOST_TRIES = 12
PAUSE = 0.5  # seconds; what else the machine does comes and goes


def best_ratio(first, second, limit: float, repeats: int) -> float:
    """The lowest of the ratios measured until one keeps the limit."""
    measured = [ratio(first, second, repeats)]
    while measured[-1] > limit and len(measured) < MOST_TRIES:
        time.sleep(PAUSE)
        measured.append(ratio(first, second, repeats))
    return min(measured)


# An activation without a reference is reported by tests/test_activations.py.
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name in REFERENCES])
def test_costs_no_more_than_the_obvious_line(name):
    x = np.random.default_rng(0).standard_normal(1_000_000, dtype=np.float32)
    fn, obvious, limit = ACTIVATIONS[name].fn, REFERENCES[name].obvious, REFERENCES[name].slowdown
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert best_ratio(lambda: fn(x), lambda: obvious(x), limit, repeats=9) <= limit


# --- What the chapter on cost says of twenty million numbers --------------------------------------------------------

LARGE = 20_000_000


@pytest.fixture(scope="module")
def large():
    return np.random.default_rng(0).standard_normal(LARGE, dtype=np.float32)


# NumPy's expm1, tanh and log1p are vectorised with AVX-512 alone; elsewhere only these two stay ahead.
WIDE_VECTORS = "X86_V4" in np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
AHEAD_EVERYWHERE = ("relu", "mish")


def test_relu_into_an_array_costs_a_copy(large):
    out = np.empty_like(large)
    limit = 1.15
    assert best_ratio(lambda: relu(large, out=out), lambda: np.copyto(out, large), limit, repeats=4) <= limit


@pytest.mark.parametrize(
    ("name", "parameters"),
    [(name, {}) for name in ("relu", "leaky_relu", "elu", "selu", "softplus", "mish", "tanh")]
    + [("gelu", {"approximate": True})],
)
def test_blocks_are_faster_than_pytorch(name, parameters, large):
    torch.set_num_threads(1)
    out, tensor, module = np.empty_like(large), torch.from_numpy(large), to_torch(name, **parameters)
    fn = partial(ACTIVATIONS[name].fn, **parameters)
    limit = 1.0 if WIDE_VECTORS or name in AHEAD_EVERYWHERE else 8.0
    with torch.inference_mode():
        assert (
            best_ratio(lambda: blockwise(fn, large, out=out), lambda: module(tensor), limit, repeats=4)
            <= limit
        )


# --- What the chapter on cost concludes from, with wide margins ---------------------------------------------


def test_a_ratio_is_to_a_copy():
    source, target = np.ones(2_000_000, np.float32), np.empty(2_000_000, np.float32)
    calls = {
        "copy": lambda: np.copyto(target, source),
        "twenty copies": lambda: [np.copyto(target, source) for _ in range(20)],
        "sleep": lambda: time.sleep(0.05),
    }
    ratios = cost.ratios_to_copy(calls, size=2_000_000, repeats=5)
    assert 0.25 < ratios["copy"] < 4 < ratios["twenty copies"] < 80
    assert ratios["sleep"] > ratios["copy"]


def test_exact_gelu_costs_much_more_than_relu():
    ratios = cost.family_ratios(size=1_000_000, repeats=2)
    assert ratios["gelu"] > 2 * ratios["relu"]


def test_more_arithmetic_costs_more_and_its_first_steps_are_nearly_free():
    ratios = cost.chain_ratios(lengths=(1, 4, 64), size=2_000_000)
    assert ratios[4] < 3 * ratios[1] < ratios[64]
