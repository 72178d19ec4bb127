"""A small residual feed-forward model that predicts the next character of a text, in PyTorch."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from relubook.checks import _number, _whole
from relubook.datasets import text_split
from relubook.experiments.torch_network import warmup_cosine

CONTEXT = 16  # characters that the model sees
TEST_EXAMPLES = 8192  # places of the test part, evenly spaced
OPTIMIZERS: Mapping[str, Any] = MappingProxyType(
    {"adamw": torch.optim.AdamW, "momentum": partial(torch.optim.SGD, momentum=0.9)}
)


class Block(nn.Module):
    """A block with a shortcut: what a function, or a function times a gate, adds to its input.

    h ← h + W₂ φ(W₁ n), or with a gate h ← h + W₂ (φ(W₁ n) ⊙ W₃ n), with n = layer_norm(h)

    Args:
        width: of h.
        hidden: number of units φ is applied to.
        function: φ, elementwise.
        gated: whether there is a W₃.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> Block(8, 32, torch.relu, gated=False)(torch.zeros(3, 8)).shape
    torch.Size([3, 8])
    """

    def __init__(self, width: int, hidden: int, function: Callable[[Tensor], Tensor], gated: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(width, hidden, bias=False)
        self.gate = nn.Linear(width, hidden, bias=False) if gated else None
        self.outer = nn.Linear(hidden, width, bias=False)
        self.function = function

    def forward(self, h: Tensor) -> Tensor:
        n = self.norm(h)
        a = self.function(self.inner(n))
        if self.gate is not None:
            a = a * self.gate(n)
        return h + self.outer(a)


class CharacterModel(nn.Module):
    """Scores of the next character: embeddings of the last 16, side by side, through a stack of blocks.

    scores = W norm(blocks(M [e(c₁), …, e(c₁₆)])) + b

    Args:
        function: of every block.
        characters: number of different ones.
        hidden: units of a block.
        gated: whether the blocks have a gate.
        width: of what runs through the blocks.
        blocks: their number.

    Source: Bengio et al. (2003), https://www.jmlr.org/papers/v3/bengio03a.html

    >>> model = CharacterModel(torch.relu, characters=50, hidden=64)
    >>> model(torch.zeros(3, 16, dtype=torch.long)).shape
    torch.Size([3, 50])
    """

    def __init__(
        self,
        function: Callable[[Tensor], Tensor],
        *,
        characters: int,
        hidden: int,
        gated: bool = False,
        width: int = 64,
        blocks: int = 2,
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding(characters, 16)
        self.mix = nn.Linear(16 * CONTEXT, width, bias=False)
        self.blocks = nn.Sequential(*(Block(width, hidden, function, gated) for _ in range(blocks)))
        self.norm = nn.LayerNorm(width)
        self.scores = nn.Linear(width, characters)

    def forward(self, contexts: Tensor) -> Tensor:
        return self.scores(self.norm(self.blocks(self.mix(self.embed(contexts).flatten(1)))))


def train_characters(
    model: CharacterModel,
    text: str,
    *,
    seed: int,
    steps: int,
    learning_rate: float,
    batch_size: int = 128,
    optimizer: str = "adamw",
) -> None:
    """Train a model on the training part of a text, with AdamW, a warm-up and a cosine.

    θ ← θ − AdamW step on the mean cross-entropy of ``batch_size`` places, drawn anew for each step

    Args:
        model: changed in place.
        text: as for ``text_split``.
        seed: of the places; two models with one seed see the same ones.
        steps: at least 1.
        learning_rate: the largest of the schedule ``warmup_cosine``; positive and finite.
        batch_size: at least 1.
        optimizer: ``"adamw"``, or ``"momentum"``, SGD with momentum 0.9 on the same schedule.

    Raises:
        ValueError: the text or the optimiser is unknown, or a number is out of range.

    Source: Loshchilov and Hutter (2019), https://arxiv.org/abs/1711.05101

    >>> model = CharacterModel(torch.relu, characters=len(text_split("source").characters), hidden=32, blocks=1)
    >>> train_characters(model, "source", seed=0, steps=2, learning_rate=0.003)
    """
    learning_rate = _number(
        "learning_rate", learning_rate, "be positive and finite", lambda value: 0 < value < np.inf
    )
    steps, batch_size = _whole("steps", steps, at_least=1), _whole("batch_size", batch_size, at_least=1)
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, got {optimizer!r}")
    train = torch.from_numpy(text_split(text).train)
    stepper = OPTIMIZERS[optimizer](model.parameters(), lr=learning_rate, fused=True)
    rng = np.random.default_rng([seed, 1])
    for step in range(steps):
        stepper.param_groups[0]["lr"] = learning_rate * warmup_cosine(step, steps)
        contexts, targets = _examples(train, rng.integers(len(train) - CONTEXT, size=batch_size))
        loss = nn.functional.cross_entropy(model(contexts), targets)
        stepper.zero_grad()
        loss.backward()
        stepper.step()


def held_out_loss(model: CharacterModel, text: str) -> float:
    """The loss on 8,192 places of the test part of a text, the same ones for every model.

    loss = mean of −log p(next character), in nats

    Args:
        model: trained or not.
        text: as for ``text_split``.

    Raises:
        ValueError: the text is unknown.

    Source: the definition

    >>> model = CharacterModel(torch.relu, characters=len(text_split("source").characters), hidden=32, blocks=1)
    >>> held_out_loss(model, "source") < 5.5
    True
    """
    test = torch.from_numpy(text_split(text).test)
    places = np.linspace(0, len(test) - CONTEXT - 1, TEST_EXAMPLES).astype(int)
    total = 0.0
    with torch.no_grad():
        for part in places.reshape(-1, 1024):  # all at once would take tens of megabytes
            contexts, targets = _examples(test, part)
            total += nn.functional.cross_entropy(model(contexts), targets, reduction="sum").item()
    return total / len(places)


def _examples(characters: Tensor, places: NDArray[np.int_]) -> tuple[Tensor, Tensor]:
    windows = characters.unfold(0, CONTEXT + 1, 1)[torch.from_numpy(places)]
    return windows[:, :CONTEXT], windows[:, CONTEXT]
