"""``make bench``: every activation against a copy of the array and against PyTorch, on one thread.

The table at the end gives ratios, which travel between machines; seconds do not.
"""

import numpy as np
import pytest
import torch

from relubook import ACTIVATIONS
from relubook.torch_bridge import to_torch

SIZES = [10_000, 1_000_000, 20_000_000]
BEST: dict[tuple[int, str, str], float] = {}


@pytest.fixture(scope="module", params=SIZES, ids=lambda size: f"{size:,}")
def array(request):
    torch.set_num_threads(1)
    return np.random.default_rng(0).standard_normal(request.param, dtype=np.float32)


def measure(benchmark, array, kind: str, name: str, call) -> None:
    loops = max(1, 1_000_000 // array.size)
    benchmark.pedantic(call, rounds=5, iterations=loops, warmup_rounds=1)
    BEST[array.size, kind, name] = benchmark.stats.stats.min


def test_copy(benchmark, array):
    target = np.empty_like(array)
    measure(benchmark, array, "copy", "", lambda: np.copyto(target, array))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_relubook(benchmark, array, name):
    measure(benchmark, array, "relubook", name, lambda: ACTIVATIONS[name].fn(array))


# PyTorch has no squared ReLU; the bridge builds it.
IN_TORCH = [name for name, entry in ACTIVATIONS.items() if entry.torch or name == "squared_relu"]


@pytest.mark.parametrize("name", IN_TORCH)
def test_torch(benchmark, array, name):
    module, tensor = to_torch(name), torch.from_numpy(array)

    def call():
        with torch.inference_mode():
            return module(tensor)

    measure(benchmark, array, "torch", name, call)


@pytest.fixture(scope="session", autouse=True)
def table():
    yield
    if not BEST:
        return
    print("\n\nratio to np.copyto (relubook | torch), float32, one thread")
    print(f"{'':14s}" + "".join(f"{size:>18,}" for size in SIZES))
    for name in ACTIVATIONS:
        cells = []
        for size in SIZES:
            copy = BEST.get((size, "copy", ""))
            pair = [BEST.get((size, kind, name)) for kind in ("relubook", "torch")]
            cells.append(" | ".join(f"{seconds / copy:.1f}" if copy and seconds else "-" for seconds in pair))
        print(f"{name:14s}" + "".join(f"{cell:>18}" for cell in cells))
