"""The beliefs that the book examines, by name, in the order of the chapters.

To add one: a ``Claim`` in the module of its chapter; on the page *Claims* a Markdown cell with the claim's name as its
id, and under it a cell with ``report`` of that name.
"""

import textwrap
from collections.abc import Mapping
from types import MappingProxyType

from relubook.claims import (
    choosing,
    cost,
    dying,
    elu,
    frameworks,
    gated,
    gradient_flow,
    leaky,
    lost_negatives,
    network,
    nonlinearity,
    plasticity,
    smooth,
    sparse_models,
    sparsity,
    superposition,
    unbounded,
)
from relubook.claims.claim import Claim
from relubook.surveys import SURVEYS, Survey

MODULES = (
    nonlinearity,
    network,
    cost,
    gradient_flow,
    sparsity,
    leaky,
    elu,
    smooth,
    frameworks,
    dying,
    lost_negatives,
    unbounded,
    plasticity,
    gated,
    sparse_models,
    superposition,
    choosing,
)
CLAIMS: Mapping[str, Claim] = MappingProxyType(
    {claim.name: claim for module in MODULES for claim in module.CLAIMS}
)


def report(name: str) -> None:
    """Print a claim's numbers, one a line, computed from its tables, and the base of each table.

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
    for survey in CLAIMS[name].surveys:
        print(f"\nWhere nothing else is said, survey {survey}:")
        print(textwrap.fill(_base(SURVEYS[survey]), width=100))


def _base(survey: Survey) -> str:
    """The named base of a survey, its number of seeds, and which axes were drawn."""
    axes = [f"{axis} {value}" for axis, value in survey.base.items() if axis not in survey.compared]
    drawn = f"; {survey.draws} settings drawn over {', '.join(survey.drawn)}" if survey.draws else ""
    return f"{', '.join(axes)}; {len(survey.seeds)} seeds{drawn}"


__all__ = ["CLAIMS", "Claim", "report"]
