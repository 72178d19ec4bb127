"""Cost: what the activations cost, as ratios to copying the array.

Seconds differ from machine to machine; a ratio to ``np.copyto`` on the same array says how far a function is from the
least that any function must do, which is to read its input and to write its output once.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from relubook.activations import SELU_ALPHA, SELU_SCALE, get
from relubook.blockwise import blockwise
from relubook.network import MLP, Dense, Elementwise
from relubook.training import SGD, softmax_cross_entropy

Array = NDArray[Any]
Function = Callable[[Array], Array]

RATE = 1e-3  # of the timed steps: small, so that no number overflows in many of them
# The processor time of all threads; Windows counts it in steps that are longer than a call.
CLOCK = time.process_time if time.get_clock_info("process_time").resolution <= 1e-6 else time.perf_counter

# The functions that the chapter times, by name: what it prints does not change with the registry.
NAMES = (
    *("relu", "leaky_relu", "prelu", "relu6", "squared_relu", "elu", "celu", "selu"),
    *("softplus", "gelu", "silu", "mish", "hard_silu", "sigmoid", "tanh"),
)
FAMILY: Mapping[str, Function] = {
    **{name: get(name).fn for name in NAMES},
    "gelu (tanh)": partial(get("gelu").fn, approximate=True),
}


def ratios_to_copy(
    functions: Mapping[str, Callable[[], Any]], *, size: int, repeats: int = 3
) -> dict[str, float]:
    """Time calls against a copy of ``size`` float32 numbers.

    ratio = min over rounds of the call's CPU time / min over rounds of ``np.copyto``'s. CPU time does not run while
    another program has the processor. Calls and copy take turns, so that a busy moment of the memory hits all of them.

    Args:
        functions: from a name to a call without arguments.
        size: elements of the array that is copied.
        repeats: rounds, at least 1.

    Returns:
        The ratio of each call, without unit.

    Raises:
        ValueError: ``size`` or ``repeats`` is below 1.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.copyto.html

    >>> ratios_to_copy({"nothing": lambda: None}, size=1_000_000)["nothing"] < 0.5
    True
    """
    if size < 1 or repeats < 1:
        raise ValueError(f"size and repeats must be at least 1, got {size!r} and {repeats!r}")
    source = np.ones(size, dtype=np.float32)
    target = source.copy()  # its memory is in place before the first copy is timed
    calls = {"copy": lambda: np.copyto(target, source), **functions}
    loops = max(1, 200_000 // size)  # a single call on a small array is too short for the clock
    best = dict.fromkeys(calls, np.inf)
    for _ in range(repeats):
        for name, call in calls.items():
            start = CLOCK()
            for _ in range(loops):
                call()
            best[name] = min(best[name], CLOCK() - start)
    return {name: best[name] / best["copy"] for name in functions}


def family_ratios(*, size: int, repeats: int = 3) -> dict[str, float]:
    """Ratio to a copy of every function of ``FAMILY``, evaluated on the whole array.

    x ~ N(0, 1), float32

    Args:
        size: elements, at least 1.
        repeats: rounds, at least 1.

    Returns:
        One ratio a function, tanh-GELU included.

    Raises:
        ValueError: ``size`` or ``repeats`` is below 1.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.copyto.html

    >>> set(family_ratios(size=100, repeats=1)) == set(FAMILY)
    True
    """
    x = _normal(size)
    return ratios_to_copy({name: partial(fn, x) for name, fn in FAMILY.items()}, size=size, repeats=repeats)


def element_cost(*, seed: int, function: str, size: int) -> dict[str, float]:
    """Price of a function on one array, in NumPy and in PyTorch, as doublings of a copy's time. One thread, float32.

    doublings = log₂ (CPU time / CPU time of ``np.copyto``), best of some rounds; x ~ N(0, 1)

    Args:
        seed: of the numbers.
        function: of ``FAMILY``, except ``"prelu"``, ``"relu6"``, ``"squared_relu"``, ``"celu"`` and ``"hard_silu"``.
        size: elements, at least 1.

    Returns:
        ``"numpy"``: the call on the whole array, which returns a new one. ``"blocks"``: ``blockwise`` into an array
        that exists. ``"torch"``: PyTorch's operator into a tensor that exists.

    Raises:
        ValueError: the function is not one of these, or ``size`` is below 1.

    Source: https://numpy.org/doc/stable/reference/generated/numpy.copyto.html

    >>> sorted(element_cost(seed=0, function="relu", size=1_000))
    ['blocks', 'numpy', 'torch']
    """
    import torch

    if size < 1:
        raise ValueError(f"size must be at least 1, got {size!r}")
    x = np.random.default_rng(seed).standard_normal(size, dtype=np.float32)
    out = np.empty_like(x)
    tensor_out = torch.empty(size)
    calls: dict[str, Callable[[], Any]] = {
        "numpy": partial(_in_family(function), x),
        "blocks": partial(blockwise, _in_family(function), x, out=out),
        "torch": _torch_into(function, torch.from_numpy(x), tensor_out),
    }
    with _one_torch_thread(), torch.inference_mode():
        for call in calls.values():
            call()  # the first call fills fresh memory
        ratios = ratios_to_copy(calls, size=size, repeats=2 if size > 1_000_000 else 15)
    return {name: round(float(np.log2(ratio)), 2) for name, ratio in ratios.items()}


def step_share(*, seed: int, function: str, layers: str, batch: int) -> dict[str, float]:
    """Share of a training step that an activation takes, in the book's network and in PyTorch. One thread.

    share = 1 − CPU time of the step without the activation / CPU time of the step, best of some rounds in turns

    A step is the forward pass, softmax cross-entropy, the backward pass, and SGD with momentum 0.9. The share can come
    out a little below 0, where the activation costs less than what the timing resolves.

    Args:
        seed: of data, weights and labels.
        function: of ``FAMILY``, except ``"prelu"``.
        layers: inputs and units of each hidden layer, as in ``"784-64"``; an output layer of 10 units follows.
        batch: examples a step, at least 1.

    Returns:
        ``"numpy"``: in ``MLP``, float64. ``"torch"``: in ``torch.nn.Sequential``, float32, which is its default.

    Raises:
        ValueError: the function is unknown, ``layers`` is not of that form, or ``batch`` is below 1.

    Source: the definition

    >>> shares = step_share(seed=0, function="relu", layers="8-8", batch=4)
    >>> -1 < shares["numpy"] < 1 and -1 < shares["torch"] < 1
    True
    """
    sizes = [int(size) for size in layers.split("-") if size.isdecimal()]
    if len(sizes) < 2 or "-".join(map(str, sizes)) != layers or batch < 1:
        raise ValueError(f"layers must be as in '784-64' and batch at least 1, got {layers!r} and {batch!r}")
    _in_family(function)
    sizes.append(10)
    rng = np.random.default_rng(seed)
    x, labels = rng.normal(size=(batch, sizes[0])), rng.integers(10, size=batch)
    with _one_torch_thread():
        return {
            "numpy": _share(
                _numpy_step(function, sizes, x, labels, seed), _numpy_step(None, sizes, x, labels, seed)
            ),
            "torch": _share(_torch_step(function, sizes, x, labels), _torch_step(None, sizes, x, labels)),
        }


def _share(step: Callable[[], Any], without: Callable[[], Any], *, seconds: float = 0.07) -> float:
    """1 − time of ``without`` / time of ``step``, the best of rounds in turns; short steps are looped over."""
    for call in (step, without):
        call()
    start = CLOCK()
    step()
    once = max(CLOCK() - start, 1e-6)
    loops = max(1, round(0.002 / once))
    rounds = int(np.clip(seconds / (loops * once), 7, 35))
    best = [np.inf, np.inf]
    for _ in range(rounds):
        for index, call in enumerate((step, without)):
            start = CLOCK()
            for _ in range(loops):
                call()
            best[index] = min(best[index], CLOCK() - start)
    return round(1 - best[1] / best[0], 3)


def _numpy_step(
    function: str | None, sizes: list[int], x: Array, labels: Array, seed: int
) -> Callable[[], None]:
    model = MLP(sizes, rng=np.random.default_rng(seed))
    model.layers = [
        layer if isinstance(layer, Dense) else _numpy_layer(function)
        for layer in model.layers
        if isinstance(layer, Dense) or function is not None
    ]
    optimizer = SGD(model.parameters, momentum=0.9)

    def step() -> None:
        _, grad = softmax_cross_entropy(model.forward(x, training=True), labels)
        model.backward(grad)
        optimizer.step(RATE)

    return step


def _torch_step(function: str | None, sizes: list[int], x: Array, labels: Array) -> Callable[[], None]:
    import torch

    modules: list[torch.nn.Module] = []
    for inputs, units in pairwise(sizes):
        if modules and function is not None:
            modules.append(_torch_module(function))
        modules.append(torch.nn.Linear(inputs, units))
    model = torch.nn.Sequential(*modules)
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=0.9)
    loss_function = torch.nn.CrossEntropyLoss()
    inputs_, labels_ = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(labels)

    def step() -> None:
        optimizer.zero_grad()
        loss_function(model(inputs_), labels_).backward()
        optimizer.step()

    return step


def _numpy_layer(function: str | None) -> Any:
    return Elementwise("gelu", approximate=True) if function == "gelu (tanh)" else Elementwise(str(function))


def _torch_module(function: str) -> Any:
    from relubook.torch_bridge import to_torch

    return to_torch("gelu", approximate=True) if function == "gelu (tanh)" else to_torch(function)


def _torch_into(function: str, x: Any, out: Any) -> Callable[[], Any]:
    """PyTorch's operator that writes to a tensor; torch.nn has no such form of most activations."""
    import torch

    operators = torch.ops.aten
    calls: dict[str, Callable[[], Any]] = {
        "relu": lambda: operators.clamp_min.out(x, 0, out=out),
        "leaky_relu": lambda: operators.leaky_relu.out(x, 0.01, out=out),
        "elu": lambda: operators.elu.out(x, 1, 1, 1, out=out),
        "selu": lambda: operators.elu.out(x, SELU_ALPHA, SELU_SCALE, 1, out=out),
        "softplus": lambda: operators.softplus.out(x, 1, 20, out=out),
        "gelu": lambda: operators.gelu.out(x, approximate="none", out=out),
        "gelu (tanh)": lambda: operators.gelu.out(x, approximate="tanh", out=out),
        "silu": lambda: operators.silu.out(x, out=out),
        "mish": lambda: operators.mish.out(x, out=out),
        "sigmoid": lambda: operators.sigmoid.out(x, out=out),
        "tanh": lambda: operators.tanh.out(x, out=out),
    }
    if function not in calls:
        raise ValueError(f"function must be of {', '.join(calls)}, got {function!r}")
    return calls[function]


@contextmanager
def _one_torch_thread() -> Iterator[None]:
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(threads)


def _in_family(function: str) -> Function:
    if function not in FAMILY:
        raise ValueError(f"function must be of {', '.join(FAMILY)}, got {function!r}")
    return FAMILY[function]


def _normal(size: int) -> Array:
    return np.random.default_rng(0).standard_normal(size, dtype=np.float32)
