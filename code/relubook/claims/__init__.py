"""The beliefs that the book examines, by name, in the order of the chapters.

To add one: a ``Claim`` in the module of its chapter; on the page *Claims* a Markdown cell with the claim's name as its
id, and under it a cell with ``report`` of that name.
"""

from collections.abc import Mapping
from types import MappingProxyType

from relubook.claims import (
    choosing,
    dying,
    elu,
    frameworks,
    gradient_flow,
    leaky,
    lost_negatives,
    network,
    smooth,
    sparsity,
    unbounded,
)
from relubook.claims.claim import Claim

MODULES = (
    network,
    gradient_flow,
    sparsity,
    leaky,
    elu,
    smooth,
    frameworks,
    dying,
    lost_negatives,
    unbounded,
    choosing,
)
CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {claim.name: claim for module in MODULES for claim in module.CLAIMS}
)


def report(name: str) -> None:
    """Print a claim's numbers, one a line, computed from its tables.

    line = what is said: its value

    Args:
        name: a key of ``CLAIMS``.

    Raises:
        ValueError: there is no claim of that name; the message lists those that there are.

    Source: ``relubook.claims.CLAIMS``

    >>> report("backward-bug-shows")  # doctest: +ELLIPSIS
    accuracy lost, sgd at 0.3: 0.014 ± 0.009
    ...
    """
    if name not in CLAIMS:
        raise ValueError(f"unknown claim {name!r}; known are {', '.join(CLAIMS)}")
    for said, value in CLAIMS[name].numbers().items():
        print(f"{said}: {value}")


__all__ = ["CLAIMS", "Claim", "report"]
