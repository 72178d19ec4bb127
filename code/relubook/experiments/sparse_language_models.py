"""Models made sparse after training: the function swapped for ReLU, its zeros counted, and predicted."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from relubook.checks import _number, _whole
from relubook.datasets import text_split

if TYPE_CHECKING:
    from torch import Tensor

    from relubook.experiments.character_model import Block, CharacterModel

STARTS = ("gelu", "swiglu")
# Ways to more zeros than a plain ReLU has, each with three strengths: how far ReLU is shifted, the factor of the L1
# penalty, and the share of outputs that a threshold sets to 0 (with training on below it, or afterwards).
WAYS: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "shift": (0.5, 1.0, 2.0),
        "penalty": (0.0003, 0.001, 0.003),
        "cut": (0.8, 0.9, 0.95),
        "cut afterwards": (0.8, 0.9, 0.95),
    }
)
RANKS = (4, 8, 16)
PLACES = 2048  # contexts on which zeros are counted, evenly spaced over a part of the text


def start_model(
    start: str, *, text: str, seed: int, width: int = 64, blocks: int = 2, function: str = "own"
) -> CharacterModel:
    """A fresh character model with GELU, or with SwiGLU and as many weights.

    h ← h + W₂ gelu(W₁ n) with 4 · width units, or h ← h + W₂ (silu(W₁ n) ⊙ W₃ n) with two thirds as many

    Args:
        start: ``"gelu"`` or ``"swiglu"``.
        text: as for ``text_split``, which knows the characters.
        seed: of the weights.
        width, blocks: of the model.
        function: ``"own"``, or ``"relu"`` for the same weights with ReLU.

    Raises:
        ValueError: a name is unknown, or a number below 1.

    Source: Shazeer (2020), https://arxiv.org/abs/2002.05202

    >>> [len(start_model(start, text="source", seed=0).blocks[0].inner.weight) for start in ("gelu", "swiglu")]
    [256, 170]
    """
    import torch

    from relubook.experiments.character_model import CharacterModel

    if start not in STARTS:
        raise ValueError(f"start must be one of {', '.join(STARTS)}, got {start!r}")
    if function not in ("own", "relu"):
        raise ValueError(f"function must be own or relu, got {function!r}")
    width, blocks = _whole("width", width, at_least=1), _whole("blocks", blocks, at_least=1)
    gated = start == "swiglu"
    own = torch.nn.functional.silu if gated else torch.nn.functional.gelu
    torch.manual_seed(seed)
    return CharacterModel(
        own if function == "own" else torch.relu,
        characters=len(text_split(text).characters),
        hidden=8 * width // 3 if gated else 4 * width,
        gated=gated,
        width=width,
        blocks=blocks,
    )


def swap(model: CharacterModel, function: Callable[[Tensor], Tensor]) -> CharacterModel:
    """A copy of a model with another function in its blocks, and every weight as it was.

    φ ← function

    Args:
        model: stays as it is.
        function: elementwise.

    Source: Mirzadeh et al. (2024), https://arxiv.org/abs/2310.04564

    >>> import torch
    >>> model = start_model("gelu", text="source", seed=0)
    >>> swap(model, torch.relu).blocks[0].function is torch.relu, model.blocks[0].function is torch.relu
    (True, False)
    """
    swapped = copy.deepcopy(model)
    for block in _blocks(swapped):
        block.function = function
    return swapped


def _blocks(model: CharacterModel) -> list[Block]:
    return cast("list[Block]", list(model.blocks))


def late_relu(shift: float) -> Callable[[Tensor], Tensor]:
    """ReLU that begins at another place than 0.

    φ(x) = max(0, x − b)

    Args:
        shift: b, finite.

    Raises:
        ValueError: ``shift`` is not finite.

    Source: Mirzadeh et al. (2024), https://arxiv.org/abs/2310.04564

    >>> import torch
    >>> late_relu(1.0)(torch.tensor([0.5, 1.5]))
    tensor([0.0000, 0.5000])
    """
    import torch

    shift = _number("shift", shift, "be finite", np.isfinite)
    return lambda x: torch.relu(x - shift)


def penalised_relu(factor: float) -> Callable[[Tensor], Tensor]:
    """ReLU whose outputs are pulled towards 0 while it is trained, as by an L1 penalty in the loss.

    φ(x) = max(0, x), and the gradient of factor · Σ φ, averaged over the examples, is added on the way back

    Args:
        factor: of the penalty, finite and not negative.

    Raises:
        ValueError: ``factor`` is out of range.

    Source: Song et al. (2025), https://aclanthology.org/2025.coling-main.180

    >>> import torch
    >>> x = torch.tensor([[-1.0, 2.0]], requires_grad=True)
    >>> penalised_relu(0.1)(x).sum().backward()
    >>> x.grad
    tensor([[0.0000, 1.1000]])
    """
    import torch

    factor = _number("factor", factor, "be finite and not negative", lambda value: 0 <= value < np.inf)

    def function(x: Tensor) -> Tensor:
        a = torch.relu(x)
        if a.requires_grad:
            a.register_hook(lambda gradient: gradient + factor / len(a))
        return a

    return function


def cut(function: Callable[[Tensor], Tensor], threshold: float) -> Callable[[Tensor], Tensor]:
    """A function with its small outputs set to 0.

    φ(x) = function(x) where |function(x)| > threshold, and 0 elsewhere

    Args:
        function: elementwise.
        threshold: not negative.

    Raises:
        ValueError: ``threshold`` is negative or no number.

    Source: Lee et al. (2024), https://arxiv.org/abs/2404.08763

    >>> import torch
    >>> cut(torch.tanh, 0.5)(torch.tensor([0.1, -2.0]))
    tensor([ 0.0000, -0.9640])
    """
    threshold = _number("threshold", threshold, "be at least 0", lambda value: value >= 0)

    def small_to_zero(x: Tensor) -> Tensor:
        a = function(x)
        return a * (a.abs() > threshold)

    return small_to_zero


def cut_model(model: CharacterModel, share: float, text: str) -> CharacterModel:
    """A copy of a model with a threshold in every block, such that a share of its outputs becomes 0.

    threshold = quantile of |φ(W₁ n)| on places of the training part, block after block

    Args:
        model: stays as it is.
        share: of zeros, in (0, 1).
        text: as for ``text_split``.

    Raises:
        ValueError: ``share`` is out of range, or the text is unknown.

    Source: Lee et al. (2024), https://arxiv.org/abs/2404.08763

    >>> model = cut_model(start_model("gelu", text="source", seed=0), 0.8, "source")
    >>> zero_share(model, "source").round(1).tolist()
    [0.8, 0.8]
    """
    share = _number("share", share, "lie in (0, 1)", lambda value: 0 < value < 1)
    model = copy.deepcopy(model)
    for number, block in enumerate(_blocks(model)):
        outputs = inside(model, contexts(text, "train"))[number][1]
        block.function = cut(block.function, float(np.quantile(outputs.abs().numpy(), share)))
    return model


def contexts(text: str, part: str = "test", places: int = PLACES) -> Tensor:
    """Contexts from evenly spaced places of a text.

    row i = the 16 characters from place i · (length − 17) / (places − 1) on

    Args:
        text: as for ``text_split``.
        part: ``"train"`` or ``"test"``.
        places: their number, at least 1.

    Returns:
        Numbers of characters, shape (places, 16).

    Raises:
        ValueError: a name is unknown, or ``places`` is below 1.

    Source: ``relubook.datasets.text_split``

    >>> contexts("source", places=5).shape
    torch.Size([5, 16])
    """
    import torch

    from relubook.experiments.character_model import CONTEXT

    if part not in ("train", "test"):
        raise ValueError(f"part must be train or test, got {part!r}")
    characters = torch.from_numpy(getattr(text_split(text), part))
    starts = np.linspace(0, len(characters) - CONTEXT - 1, _whole("places", places, at_least=1)).astype(int)
    return characters.unfold(0, CONTEXT, 1)[torch.from_numpy(starts)]


def inside(model: CharacterModel, inputs: Tensor) -> list[tuple[Tensor, Tensor]]:
    """What the function of each block gets and gives.

    (z, a) with z = W₁ n and a = φ(z)

    Args:
        model: any.
        inputs: contexts, shape (places, 16).

    Returns:
        For each block z and a, shape (places, units).

    Source: ``relubook.experiments.character_model.Block``

    >>> z, a = inside(start_model("gelu", text="source", seed=0), contexts("source", places=5))[1]
    >>> z.shape, a.shape
    (torch.Size([5, 256]), torch.Size([5, 256]))
    """
    import torch

    pairs = []
    with torch.no_grad():
        h = model.mix(model.embed(inputs).flatten(1))
        for block in _blocks(model):
            z = block.inner(block.norm(h))
            pairs.append((z, block.function(z)))
            h = block(h)
    return pairs


def zero_share(model: CharacterModel, text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The share of a block's outputs that are exactly 0, on places of the test part.

    share = mean [φ(W₁ n) = 0]

    Args:
        model: any.
        text: as for ``text_split``.

    Returns:
        A share for each block.

    Source: the definition

    >>> zero_share(start_model("gelu", text="source", seed=0, function="relu"), "source").round(1).tolist()
    [0.5, 0.5]
    """
    return np.array([(a == 0).double().mean().item() for _, a in inside(model, contexts(text))])


def negative_share(model: CharacterModel, text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The share of what goes into a block's function that is not above 0: the zeros that ReLU would make of it.

    share = mean [W₁ n ≤ 0]

    Args:
        model: any.
        text: as for ``text_split``.

    Returns:
        A share for each block.

    Source: the definition

    >>> negative_share(start_model("gelu", text="source", seed=0), "source").round(1).tolist()
    [0.5, 0.5]
    """
    return np.array([(z <= 0).double().mean().item() for z, _ in inside(model, contexts(text))])


@lru_cache(maxsize=64)  # the same start serves several rows of a survey; whoever changes it copies it first
def _trained(
    start: str,
    *,
    text: str,
    seed: int,
    width: int,
    blocks: int,
    steps: int,
    learning_rate: float,
    function: str = "own",
) -> CharacterModel:
    from relubook.experiments.character_model import train_characters

    model = start_model(start, text=text, seed=seed, width=width, blocks=blocks, function=function)
    train_characters(model, text, seed=seed, steps=steps, learning_rate=learning_rate)
    return model


def _trained_on(model: CharacterModel, text: str, seed: int, more: int, more_rate: float) -> CharacterModel:
    """Other examples than those of the first training, the same ones for each model of a seed."""
    from relubook.experiments.character_model import train_characters

    train_characters(model, text, seed=seed + 10_000, steps=more, learning_rate=more_rate)
    return model


def swapped_for_relu(
    *,
    seed: int,
    start: str,
    text: str,
    width: int,
    blocks: int,
    steps: int,
    learning_rate: float,
    more: int,
    more_rate: float,
) -> dict[str, float]:
    """Swap the function of a trained model for ReLU and train on, beside two controls.

    kept = the same training on without the swap; scratch = ReLU in both trainings; all three see the same examples

    Args:
        seed: of weights and examples.
        start, text, width, blocks: as for ``start_model``.
        steps, learning_rate: of the first training.
        more, more_rate: steps and largest rate of training on, which begins a schedule of its own.

    Returns:
        Losses in nats on the test part: ``before`` the swap, ``swapped`` just after it, and after training on ``relu``,
        ``kept`` and ``scratch``; and shares, averaged over the blocks: ``below`` 0 before the swap, ``below_kept``
        after the training on without one, and exact zeros ``zeros_swapped``, ``zeros_relu``, ``zeros_scratch``.

    Raises:
        ValueError: a name is unknown, or a number is out of range.

    Source: Mirzadeh et al. (2024), https://arxiv.org/abs/2310.04564

    >>> run = swapped_for_relu(seed=0, start="gelu", text="source", width=16, blocks=1, steps=20, learning_rate=0.01,
    ...     more=5, more_rate=0.003)
    >>> run["below"] == run["zeros_swapped"]
    True
    """
    import torch

    from relubook.experiments.character_model import held_out_loss
    from relubook.experiments.torch_network import _one_thread

    first: dict[str, Any] = {"text": text, "seed": seed, "width": width, "blocks": blocks, "steps": steps}
    first["learning_rate"] = learning_rate
    with _one_thread():
        source = _trained(start, **first)
        fresh = swap(source, torch.relu)
        relu, kept, scratch = (
            _trained_on(model, text, seed, more, more_rate)
            for model in (
                copy.deepcopy(fresh),
                copy.deepcopy(source),
                copy.deepcopy(_trained(start, **first, function="relu")),
            )
        )
        losses = {"before": source, "swapped": fresh, "relu": relu, "kept": kept, "scratch": scratch}
        return {
            **{name: held_out_loss(model, text) for name, model in losses.items()},
            "below": negative_share(source, text).mean().item(),
            "below_kept": negative_share(kept, text).mean().item(),
            "zeros_swapped": zero_share(fresh, text).mean().item(),
            "zeros_relu": zero_share(relu, text).mean().item(),
            "zeros_scratch": zero_share(scratch, text).mean().item(),
        }


def more_zeros(
    *,
    seed: int,
    start: str,
    text: str,
    way: str,
    width: int,
    blocks: int,
    steps: int,
    learning_rate: float,
    more: int,
    more_rate: float,
) -> dict[str, float]:
    """Make a trained model sparser in one of four ways, at three strengths each, and train on.

    loss_i, zeros_i = loss and share of zeros at the i-th strength of ``WAYS[way]``

    Args:
        seed: of weights and examples.
        start, text, width, blocks: as for ``start_model``.
        way: a key of ``WAYS``: ``"shift"``, ``late_relu`` takes the function's place; ``"penalty"``,
            ``penalised_relu`` does; ``"cut"``, ``cut_model`` with the start's own function, before training on; or
            ``"cut afterwards"``, the same after it.
        steps, learning_rate, more, more_rate: as for ``swapped_for_relu``.

    Returns:
        ``loss_1`` to ``loss_3`` in nats on the test part, and ``zeros_1`` to ``zeros_3``, the mean share of zeros.

    Raises:
        ValueError: a name is unknown, or a number is out of range.

    Source: Mirzadeh et al. (2024), https://arxiv.org/abs/2310.04564

    >>> run = more_zeros(seed=0, start="gelu", text="source", way="cut", width=16, blocks=1, steps=20,
    ...     learning_rate=0.01, more=5, more_rate=0.003)
    >>> run["zeros_1"] < run["zeros_3"]
    True
    """
    from relubook.experiments.character_model import held_out_loss
    from relubook.experiments.torch_network import _one_thread

    if way not in WAYS:
        raise ValueError(f"way must be one of {', '.join(WAYS)}, got {way!r}")
    with _one_thread():
        source = _trained(
            start,
            text=text,
            seed=seed,
            width=width,
            blocks=blocks,
            steps=steps,
            learning_rate=learning_rate,
        )
        if way == "cut afterwards":
            source = _trained_on(copy.deepcopy(source), text, seed, more, more_rate)
        row = {}
        for number, strength in enumerate(WAYS[way], start=1):
            if way == "shift":
                model = swap(source, late_relu(strength))
            elif way == "penalty":
                model = swap(source, penalised_relu(strength))
            else:
                model = cut_model(source, strength, text)
            if way != "cut afterwards":
                _trained_on(model, text, seed, more, more_rate)
            row[f"loss_{number}"] = held_out_loss(model, text)
            row[f"zeros_{number}"] = zero_share(model, text).mean().item()
        return row


def best_of_rank(z: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The directions in which a layer's inputs to its function vary most: the best guess of a rank.

    ẑ = m + (z − m) V Vᵀ, with the columns of V the first right singular vectors of z − m

    Args:
        z: what a function gets on training examples, shape (places, units).
        rank: columns of V, from 1 to the number of units.

    Returns:
        The mean m, shape (units,), and V, shape (units, rank).

    Raises:
        ValueError: ``rank`` is out of range.

    Source: Eckart and Young (1936), https://doi.org/10.1007/BF02288367

    >>> import torch
    >>> mean, v = best_of_rank(torch.tensor([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]), 1)
    >>> mean.tolist(), v.abs().flatten().tolist()
    ([2.0, 1.0], [1.0, 0.0])
    """
    import torch

    rank = _whole("rank", rank, at_least=1)
    if rank > z.shape[1]:
        raise ValueError(f"rank must be at most the number of units, {z.shape[1]}, got {rank!r}")
    mean = z.mean(dim=0)
    vectors = torch.linalg.eigh((z - mean).T @ (z - mean)).eigenvectors
    return mean, vectors.flip(1)[:, :rank]


def most_likely(scores: Tensor, keep: int) -> Tensor:
    """Which units have the highest scores of a row.

    kept[i, j] = [scores[i, j] is among the ``keep`` largest of row i]

    Args:
        scores: shape (places, units).
        keep: how many of each row, from 0 to the number of units.

    Returns:
        A mask of the same shape, 1.0 for those that are kept.

    Raises:
        ValueError: ``keep`` is out of range.

    Source: the definition

    >>> import torch
    >>> most_likely(torch.tensor([[0.3, 0.1, 0.2]]), 2)
    tensor([[1., 0., 1.]])
    """
    import torch

    keep = _whole("keep", keep, at_least=0)
    if keep > scores.shape[1]:
        raise ValueError(f"keep must be at most the number of units, {scores.shape[1]}, got {keep!r}")
    return torch.zeros_like(scores).scatter(1, scores.topk(keep, dim=1).indices, 1.0)


def predicted_model(
    model: CharacterModel, text: str, *, guess: int | str, spare: float = 1.0
) -> tuple[CharacterModel, list[float]]:
    """A copy of a ReLU model that computes only those units that a guess expects to be on, and the guess's recall.

    a = max(0, z) · kept, with kept the units of the highest guesses ẑ, ``spare`` times as many as are on in the mean;
    recall = units that are on and kept, over units that are on

    Args:
        model: with ReLU in its blocks; stays as it is.
        text: as for ``text_split``; the guess comes from its training part.
        guess: a rank, for ``best_of_rank``; ``"frequency"``, for the units that are on most often, whatever the input;
            ``"size"``, for those with the largest mean output; or ``"oracle"``, for z itself.
        spare: positive; at most all units are kept.

    Returns:
        The model, and the recall of each block on places of the test part.

    Raises:
        ValueError: the guess is unknown, or ``spare`` is not positive and finite.

    Source: Liu et al. (2023), https://arxiv.org/abs/2310.17157

    >>> model = start_model("gelu", text="source", seed=0, function="relu")
    >>> [round(recall, 1) for recall in predicted_model(model, "source", guess="oracle", spare=2.0)[1]]
    [1.0, 1.0]
    """
    spare = _number("spare", spare, "be positive and finite", lambda value: 0 < value < np.inf)
    if guess not in ("frequency", "size", "oracle") and not isinstance(guess, int):
        raise ValueError(f"guess must be a rank, frequency, size or oracle, got {guess!r}")
    model = copy.deepcopy(model)
    recalls = []
    for number, block in enumerate(_blocks(model)):
        z, a = inside(model, contexts(text, "train"))[number]
        keep = min(round(spare * (a > 0).double().mean().item() * z.shape[1]), z.shape[1])
        scores = _guesses(guess, z)
        z_test = inside(model, contexts(text))[number][0]
        on, kept = z_test > 0, most_likely(scores(z_test), keep) > 0
        recalls.append((on & kept).sum().item() / on.sum().item())
        block.function = _only_those(scores, keep)
    return model, recalls


def _guesses(guess: int | str, z: Tensor) -> Callable[[Tensor], Tensor]:
    if guess == "oracle":
        return lambda new: new
    if guess in ("frequency", "size"):
        often = ((z > 0).float() if guess == "frequency" else z.relu()).mean(dim=0)
        return lambda new: often.expand_as(new)
    mean, v = best_of_rank(z, int(guess))
    return lambda new: mean + (new - mean) @ v @ v.T


def _only_those(scores: Callable[[Tensor], Tensor], keep: int) -> Callable[[Tensor], Tensor]:
    return lambda z: z.relu() * most_likely(scores(z), keep)


def shared_zeros(a: Tensor, rows: int) -> float:
    """The share of units that are zero for every row of a batch, and so can be left out of its product.

    share = mean over batches and units of [a = 0 in each of the rows]

    Args:
        a: outputs of a function, shape (places, units); places that do not fill a batch are left out.
        rows: of a batch, from 1 to the number of places.

    Raises:
        ValueError: ``rows`` is out of range.

    Source: the definition

    >>> import torch
    >>> a = torch.tensor([[0.0, 1.0], [0.0, 0.0]])
    >>> shared_zeros(a, 1), shared_zeros(a, 2)
    (0.75, 0.5)
    """
    rows = _whole("rows", rows, at_least=1)
    if rows > len(a):
        raise ValueError(f"rows must be at most the number of places, {len(a)}, got {rows!r}")
    batches = a[: len(a) // rows * rows].reshape(-1, rows, a.shape[1])
    return (batches == 0).all(dim=1).double().mean().item()


def predicted_zeros(
    *,
    seed: int,
    start: str,
    text: str,
    spare: float,
    width: int,
    blocks: int,
    steps: int,
    learning_rate: float,
    more: int,
    more_rate: float,
) -> dict[str, float]:
    """Guess which units of a swapped model are on, compute those alone, and see what it costs.

    recall_g, loss_g = recall of a guess g and loss of the model that trusts it, both of ``predicted_model``

    Args:
        seed: of weights and examples.
        start, text, width, blocks: as for ``start_model``.
        spare: units kept, over units that are on in the mean.
        steps, learning_rate, more, more_rate: as for ``swapped_for_relu``.

    Returns:
        ``zeros``, the mean share of them; ``zeros_8`` and ``zeros_64``, of those that all rows of a batch share, drawn
        at random; ``loss``, with every unit; and for each guess of ``predicted_model`` the ``recall_`` and ``loss_``:
        ranks of ``RANKS``, ``frequency``, ``size`` and ``oracle``.

    Raises:
        ValueError: a name is unknown, or a number is out of range.

    Source: Liu et al. (2023), https://arxiv.org/abs/2310.17157

    >>> run = predicted_zeros(seed=0, start="gelu", text="source", spare=1.0, width=16, blocks=1, steps=20,
    ...     learning_rate=0.01, more=5, more_rate=0.003)
    >>> run["recall_16"] > run["recall_frequency"]
    True
    """
    import torch

    from relubook.experiments.character_model import held_out_loss
    from relubook.experiments.torch_network import _one_thread

    with _one_thread():
        source = _trained(
            start,
            text=text,
            seed=seed,
            width=width,
            blocks=blocks,
            steps=steps,
            learning_rate=learning_rate,
        )
        model = _trained_on(swap(source, torch.relu), text, seed, more, more_rate)
        order = torch.from_numpy(np.random.default_rng([seed, 2]).permutation(PLACES))
        outputs = [a[order] for _, a in inside(model, contexts(text))]
        row = {
            "zeros": zero_share(model, text).mean().item(),
            **{f"zeros_{rows}": float(np.mean([shared_zeros(a, rows) for a in outputs])) for rows in (8, 64)},
            "loss": held_out_loss(model, text),
        }
        for guess in (*RANKS, "frequency", "size", "oracle"):
            guessed, recalls = predicted_model(model, text, guess=guess, spare=spare)
            row[f"recall_{guess}"] = float(np.mean(recalls))
            row[f"loss_{guess}"] = held_out_loss(guessed, text)
        return row
