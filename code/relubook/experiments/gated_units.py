"""Gated and ungated blocks in the character model, with as many parameters, from the same draws, on the same places."""

import math
import statistics
import time
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from relubook.checks import _number, _whole

if TYPE_CHECKING:
    from relubook.experiments.character_model import CharacterModel


class Recipe(NamedTuple):
    """What stands in a block: a function φ, whether a gate, and how its hidden units are counted.

    Attributes:
        function: φ.
        gated: whether there is a second projection that φ is multiplied with.
        hidden: units, as a share of those of an ungated block; two thirds make the parameters equal.
        variant: ``"frozen"``, the matrix that is multiplied with stays as it was drawn; ``"deep"``, a third matrix
            and a second ReLU in place of a gate; or ``""``.
    """

    function: str
    gated: bool = False
    hidden: float = 1.0
    variant: str = ""


TWO_THIRDS = 2 / 3
FUNCTIONS: Mapping[str, Recipe] = MappingProxyType(
    {
        "relu": Recipe("relu"),
        "gelu": Recipe("gelu"),
        "silu": Recipe("silu"),
        "squared_relu": Recipe("squared_relu"),
        "bilinear": Recipe("identity", gated=True, hidden=TWO_THIRDS),
        "glu": Recipe("sigmoid", gated=True, hidden=TWO_THIRDS),
        "reglu": Recipe("relu", gated=True, hidden=TWO_THIRDS),
        "geglu": Recipe("gelu", gated=True, hidden=TWO_THIRDS),
        "swiglu": Recipe("silu", gated=True, hidden=TWO_THIRDS),
    }
)
CONTROLS: Mapping[str, Recipe] = MappingProxyType(
    {
        "swiglu frozen": Recipe("silu", gated=True, hidden=TWO_THIRDS, variant="frozen"),
        "swiglu all units": Recipe("silu", gated=True),
        "relu half more": Recipe("relu", hidden=1.5),
        "relu deep": Recipe("relu", hidden=0.5, variant="deep"),
    }
)
RECIPES: Mapping[str, Recipe] = MappingProxyType({**FUNCTIONS, **CONTROLS})
ELSEWHERE = (
    "relu",
    "gelu",
    "squared_relu",
    "bilinear",
    "swiglu",
    "swiglu frozen",
)  # those that every setting compares


class Setting(NamedTuple):
    """What a model is trained on, its shape, and how it is trained.

    Attributes:
        text: as for ``text_split``.
        steps: of training.
        width, ratio, blocks: as for ``gated_model``.
        optimizer: as for ``train_characters``.
        unit: the learning rate that the rates are multiples of.
        start: factor of the initial W₁ and W₃; with √3 their outputs have variance 1, with PyTorch's own start 1/3.
    """

    text: str = "reference"
    steps: int = 300
    width: int = 64
    ratio: int = 4
    blocks: int = 2
    optimizer: str = "adamw"
    unit: float = 0.012
    start: float = 1.0


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        "base": Setting(),
        "100 steps": Setting(steps=100),
        "600 steps": Setting(steps=600),
        "source": Setting(text="source"),
        "narrow": Setting(steps=200, width=32, ratio=2, blocks=4, unit=0.024),
        "momentum": Setting(optimizer="momentum", unit=0.24),
        "momentum, larger start": Setting(optimizer="momentum", unit=0.24, start=math.sqrt(3)),
        "1200 steps": Setting(steps=1200),
    }
)
PLACES = tuple(SETTINGS)[1:-1]  # where ELSEWHERE is compared, each function at a rate of its own
RATES = (0.5, 1.0, 2.0, 4.0)  # in units of the setting
# The best of them on the seeds of the surveys gate_rates and gate_rates_elsewhere; a test holds these two alike.
TUNED: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "base": {"relu": 2.0, "gelu": 1.0, "silu": 2.0, "squared_relu": 1.0, "bilinear": 1.0, "glu": 2.0}
        | {"reglu": 2.0, "geglu": 2.0, "swiglu": 1.0}
        | {"swiglu frozen": 2.0, "swiglu all units": 1.0, "relu half more": 2.0, "relu deep": 2.0},
        **{
            setting: dict(zip(ELSEWHERE, rates, strict=True))
            for setting, rates in {
                "100 steps": (2.0, 1.0, 1.0, 1.0, 2.0, 4.0),
                "600 steps": (1.0, 1.0, 1.0, 0.5, 1.0, 2.0),
                "source": (2.0, 2.0, 2.0, 1.0, 1.0, 2.0),
                "narrow": (2.0, 2.0, 1.0, 2.0, 2.0, 2.0),
                "momentum": (2.0, 2.0, 2.0, 2.0, 2.0, 2.0),
                "momentum, larger start": (2.0, 2.0, 2.0, 2.0, 2.0, 2.0),
            }.items()
        },
        "1200 steps": {"relu": 1.0, "swiglu": 1.0},  # as after 600 steps
    }
)


def gated_model(
    function: str,
    *,
    seed: int,
    characters: int,
    width: int = 64,
    ratio: int = 4,
    blocks: int = 2,
    start: float = 1.0,
) -> "CharacterModel":
    """A character model of a recipe, whose matrices start from draws of their own.

    hidden = ratio · width for an ungated block, two thirds of it for a gated one: 2 · hidden · width parameters each

    Two models of one seed share the draws of every matrix of equal shape, and a narrower W₁ has the first rows of a
    wider one.

    Args:
        function: a key of ``RECIPES``.
        seed: of the draws.
        characters: number of different ones.
        width: of what runs through the blocks.
        ratio: hidden units of an ungated block for each of its width.
        blocks: their number.
        start: factor of the initial W₁ and W₃; positive.

    Returns:
        The model, with 1 for ``start`` in PyTorch's own initialisation.

    Raises:
        ValueError: the function is unknown, or a number is out of range.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> relu, swiglu = (gated_model(name, seed=0, characters=50) for name in ("relu", "swiglu"))
    >>> sum(p.numel() for p in relu.parameters()), sum(p.numel() for p in swiglu.parameters())
    (86354, 86482)
    """
    import torch

    from relubook.experiments.character_model import CharacterModel

    if function not in RECIPES:
        raise ValueError(f"function must be one of {', '.join(RECIPES)}, got {function!r}")
    recipe = RECIPES[function]
    start = _number("start", start, "be positive and finite", lambda value: 0 < value < math.inf)
    width, ratio = _whole("width", width, at_least=1), _whole("ratio", ratio, at_least=1)
    with torch.random.fork_rng(devices=[]):
        model: Any = CharacterModel(
            _torch_function(recipe.function),
            characters=_whole("characters", characters, at_least=2),
            hidden=round(recipe.hidden * ratio * width),
            gated=recipe.gated,
            width=width,
            blocks=_whole("blocks", blocks, at_least=1),
        )
        if recipe.variant == "deep":
            for block in model.blocks:
                hidden = block.inner.out_features
                middle = torch.nn.Linear(hidden, hidden, bias=False)
                block.outer = torch.nn.Sequential(middle, torch.nn.ReLU(), block.outer)
        for name, module in model.named_modules():
            if isinstance(module, torch.nn.Embedding | torch.nn.Linear):
                torch.manual_seed(1_000_003 * _whole("seed", seed, at_least=0) + zlib.crc32(name.encode()))
                module.reset_parameters()
                if name.endswith((".inner", ".gate")):
                    module.weight.data.mul_(start)
    if recipe.variant == "frozen":
        for block in model.blocks:
            block.gate.weight.requires_grad_(False)
    return model


def gated_run(*, seed: int, function: str, setting: str, rate: float) -> dict[str, float]:
    """Train one character model, and measure it on places that it has not seen.

    loss = mean of −log p(next character) on the test part, in nats

    Args:
        seed: of the draws of the model, and of the places of the text.
        function: a key of ``RECIPES``.
        setting: a key of ``SETTINGS``.
        rate: the largest of the schedule, in units of the setting; positive.

    Returns:
        ``loss``; that of a model that diverged, or is worse than guessing evenly, is the logarithm of the number of
        characters.

    Raises:
        ValueError: a name is unknown, or a number is out of range.

    Source: the definition

    >>> gated_run(seed=0, function="swiglu", setting="100 steps", rate=1.0)["loss"] < 3.0
    True
    """
    from relubook.datasets import text_split
    from relubook.experiments.character_model import held_out_loss, train_characters
    from relubook.experiments.torch_network import _one_thread

    if setting not in SETTINGS:
        raise ValueError(f"setting must be one of {', '.join(SETTINGS)}, got {setting!r}")
    rate = _number("rate", rate, "be positive and finite", lambda value: 0 < value < math.inf)
    text, steps, width, ratio, blocks, optimizer, unit, start = SETTINGS[setting]
    model = gated_model(
        function,
        seed=seed,
        characters=(characters := len(text_split(text).characters)),
        width=width,
        ratio=ratio,
        blocks=blocks,
        start=start,
    )
    with _one_thread():
        train_characters(model, text, seed=seed, steps=steps, learning_rate=rate * unit, optimizer=optimizer)
        loss = held_out_loss(model, text)
    even = math.log(characters)
    return {"loss": round(loss if loss < even else even, 4)}


def tuned_gated_run(*, seed: int, function: str, setting: str) -> dict[str, float]:
    """As ``gated_run``, at the function's own rate: the best of four on seeds that are not judged.

    rate = TUNED[setting][function]

    Args:
        seed, function, setting: as for ``gated_run``.

    Returns:
        As ``gated_run``.

    Raises:
        ValueError: as ``gated_run``, or the function has not been tuned in the setting.

    Source: the definition

    >>> tuned_gated_run(seed=0, function="swiglu", setting="100 steps")["loss"] < 3.0
    True
    """
    if setting not in TUNED:
        raise ValueError(f"setting must be one of {', '.join(TUNED)}, got {setting!r}")
    if function not in TUNED[setting]:
        raise ValueError(f"function must be one of {', '.join(TUNED[setting])}, got {function!r}")
    return gated_run(seed=seed, function=function, setting=setting, rate=TUNED[setting][function])


def gated_cost(*, seed: int, function: str, width: int) -> dict[str, float]:
    """The time of a training step, as a multiple of the ReLU model's, which takes its steps in between.

    step = median over twelve rounds of (seconds of some steps) / (seconds of as many steps of the ReLU model)

    Args:
        seed: of the models and the places of the text.
        function: a key of ``RECIPES``.
        width: of what runs through the blocks; four times as many hidden units.

    Returns:
        ``step``.

    Raises:
        ValueError: the function is unknown, or a number is out of range.

    Source: the definition

    >>> 0.3 < gated_cost(seed=0, function="swiglu", width=16)["step"] < 5
    True
    """
    from relubook.datasets import text_split
    from relubook.experiments.character_model import train_characters
    from relubook.experiments.torch_network import _one_thread

    width = _whole("width", width, at_least=1)
    characters = len(text_split("reference").characters)
    models = [gated_model(name, seed=seed, characters=characters, width=width) for name in (function, "relu")]
    steps = max(2, 640 // width)
    ratios = []
    with _one_thread():
        for _ in range(13):
            seconds = []
            for model in models:
                start = time.process_time()
                train_characters(model, "reference", seed=seed, steps=steps, learning_rate=0.001)
                seconds.append(time.process_time() - start)
            ratios.append(seconds[0] / seconds[1])
    return {"step": round(statistics.median(ratios[1:]), 3)}


def _torch_function(name: str) -> Any:
    import torch
    from torch.nn import functional

    return {
        "relu": torch.relu,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "sigmoid": torch.sigmoid,
        "identity": torch.nn.Identity(),
        "squared_relu": lambda x: torch.relu(x).square(),
    }[name]
