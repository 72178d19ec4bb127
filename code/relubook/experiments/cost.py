"""Cost: what the activations cost, as ratios to copying the array.

Seconds differ from machine to machine; a ratio to ``np.copyto`` on the same array says how far a function is from the
least that any function must do, which is to read its input and to write its output once.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from subprocess import PIPE
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relubook.activations import get
from relubook.blockwise import blockwise

Array = NDArray[Any]
Function = Callable[[Array], Array]

FRAMEWORKS = ("torch", "tensorflow")
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


def chain_ratios(*, lengths: tuple[int, ...], size: int, repeats: int = 3) -> dict[int, float]:
    """Ratio to a copy of k multiplications of every element, in blocks that stay in the cache.

    y = x · cᵏ, one multiplication after the other: k operations for 8 bytes moved to and from memory

    Args:
        lengths: the numbers k, each at least 1.
        size: elements, float32.
        repeats: rounds, at least 1.

    Returns:
        From k to its ratio.

    Raises:
        ValueError: a number is below 1.

    Source: Williams et al. (2009), https://doi.org/10.1145/1498765.1498785

    >>> list(chain_ratios(lengths=(1, 2), size=1000, repeats=1))
    [1, 2]
    """
    if min(lengths) < 1:
        raise ValueError(f"lengths must be at least 1, got {lengths!r}")
    x = _normal(size)
    out = np.empty_like(x)

    def chain(k: int) -> Function:
        def multiply(block: Array) -> Array:
            y = block * np.float32(1.0001)
            for _ in range(k - 1):
                np.multiply(y, np.float32(1.0001), out=y)
            return y

        return multiply

    calls = {str(k): partial(blockwise, chain(k), x, out=out, block_size=8192) for k in lengths}
    return {int(k): ratio for k, ratio in ratios_to_copy(calls, size=size, repeats=repeats).items()}


def framework_ratios(
    sizes: Mapping[str, int], *, names: tuple[str, ...] = tuple(FAMILY), repeats: int = 3
) -> dict[str, dict[str, tuple[float, float]]]:
    """Ratios to a copy of NumPy in blocks and of frameworks, on one thread, each framework in a process of its own.

    ratio = time / time of ``np.copyto``

    A framework keeps memory and threads for itself; in a new process it meets neither the notebook nor another one. The
    processes load at the same time and are timed one after the other.

    Args:
        sizes: from ``"torch"`` or ``"tensorflow"`` to the number of elements, float32.
        names: the functions to time, of ``FAMILY``. TensorFlow has no ``"prelu"`` that computes the same: Keras' layer
            has as many slopes as its input has elements.
        repeats: rounds, at least 1.

    Returns:
        For each framework and function the ratio of ``blockwise`` and that of the framework, which allocates its
        output.

    Raises:
        ValueError: a framework or a name is unknown, or a number is below 1.
        subprocess.CalledProcessError: a framework is not installed, or it failed.

    Source: https://docs.pytorch.org/docs/stable/generated/torch.set_num_threads.html

    >>> blocks, torch = framework_ratios({"torch": 1000}, repeats=1)["torch"]["relu"]
    >>> blocks > 0 and torch > 0
    True
    """
    if unknown := set(sizes) - set(FRAMEWORKS):
        raise ValueError(
            f"sizes must be of {', '.join(FRAMEWORKS)}, got {', '.join(map(repr, sorted(unknown)))}"
        )
    if min(sizes.values(), default=1) < 1 or repeats < 1:
        raise ValueError(f"sizes and repeats must be at least 1, got {dict(sizes)!r} and {repeats!r}")
    if unknown := set(names) - set(FAMILY):
        raise ValueError(f"names must be of {', '.join(FAMILY)}, got {', '.join(sorted(unknown))}")
    with ExitStack() as stack:
        processes = {}
        for framework, size in sizes.items():
            task = {"framework": framework, "size": size, "names": names, "repeats": repeats}
            command = [sys.executable, "-m", "relubook.experiments.cost", json.dumps(task)]
            process = subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True)
            processes[framework] = stack.enter_context(process)
            stack.callback(process.kill)
        for process in processes.values():
            assert process.stdout is not None
            process.stdout.readline()  # it has loaded, or it has ended
        return {framework: _answer(process) for framework, process in processes.items()}


def _answer(process: subprocess.Popen[str]) -> dict[str, tuple[float, float]]:
    """Let a process measure; what it prints."""
    printed, errors = process.communicate("start\n")
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args, printed, errors)
    return {name: (ours, theirs) for name, (ours, theirs) in json.loads(printed).items()}


def _say_ready_and_wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def _run_task(task: str, wait: Callable[[], None]) -> str:
    """What ``framework_ratios`` asks of a process: from JSON to JSON, with a pause between loading and timing."""
    settings = json.loads(task)
    x = _normal(settings["size"])
    out = np.empty_like(x)
    call_of = (_torch_calls if settings["framework"] == "torch" else _tensorflow_calls)(x)
    names = [name for name in settings["names"] if (settings["framework"], name) != ("tensorflow", "prelu")]
    calls: dict[str, Callable[[], Any]] = {}
    for name in names:
        calls[f"{name}|blocks"] = partial(blockwise, FAMILY[name], x, out=out)
        calls[f"{name}|framework"] = call_of(name)
    for call in calls.values():
        call()  # the first call of a framework's function prepares it
    wait()
    ratios = ratios_to_copy(calls, size=settings["size"], repeats=settings["repeats"])
    return json.dumps({name: (ratios[f"{name}|blocks"], ratios[f"{name}|framework"]) for name in names})


def _torch_calls(x: Array) -> Callable[[str], Callable[[], Any]]:
    import torch

    from relubook.torch_bridge import to_torch

    torch.set_num_threads(1)
    tensor = torch.from_numpy(x)

    def run(module: torch.nn.Module) -> torch.Tensor:
        with torch.inference_mode():
            return module(tensor)

    return lambda name: partial(run, _convert(to_torch, name))


def _tensorflow_calls(x: Array) -> Callable[[str], Callable[[], Any]]:
    import tensorflow as tf

    from relubook.keras_bridge import to_keras

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tensor = tf.constant(x)
    return lambda name: partial(_convert(to_keras, name), tensor)


def _convert(bridge: Callable[..., Any], name: str) -> Any:
    return bridge("gelu", approximate=True) if name == "gelu (tanh)" else bridge(name)


def _normal(size: int) -> Array:
    return np.random.default_rng(0).standard_normal(size, dtype=np.float32)


if __name__ == "__main__":
    print(_run_task(sys.argv[1], _say_ready_and_wait))
