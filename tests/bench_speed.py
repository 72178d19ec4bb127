"""The price of the checks and of the stable forms, against the obvious line of NumPy, on a million numbers.

Timings are noisy: `make bench` runs this file, and nothing else should run beside it. Each pair takes turns in one
process, and a pair that misses its limit is measured again, a little later.
"""

import time
import warnings

import numpy as np
import pytest
import torch
from reference_values import REFERENCES

from relubook import ACTIVATIONS, relu
from relubook.blockwise import blockwise
from relubook.experiments import cost


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


def test_relu_into_an_array_costs_a_copy(large):
    out = np.empty_like(large)
    limit = 1.15
    assert best_ratio(lambda: relu(large, out=out), lambda: np.copyto(out, large), limit, repeats=4) <= limit


def test_mish_in_blocks_is_faster_than_pytorch_s(large):
    torch.set_num_threads(1)
    out, tensor = np.empty_like(large), torch.from_numpy(large)
    into = cost._torch_into("mish", tensor, torch.empty(LARGE))
    with torch.inference_mode():
        blocks = best_ratio(
            lambda: blockwise(ACTIVATIONS["mish"].fn, large, out=out), into, limit=1.0, repeats=4
        )
    assert blocks <= 1.0


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
    assert ratios["sleep"] < ratios["copy"]  # processor time stands still


def test_exact_gelu_costs_much_more_than_relu():
    ratios = cost.family_ratios(size=1_000_000, repeats=2)
    assert ratios["gelu"] > 2 * ratios["relu"]
