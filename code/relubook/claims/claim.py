"""What a claim is: a belief about ReLU that the book examines, and how its numbers are computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A belief, where it is measured, and its numbers.

    The sentences stand on the page *Claims*, under a heading whose cell has the claim's name as its id; here is what
    is computed.

    Attributes:
        name: of the claim, in lower case with hyphens; its address on the page.
        chapter: the file that measures it, without ``.ipynb``.
        surveys: the tables that the numbers come from.
        numbers: a function without arguments that computes them: for each line of the output, what is said and its
            value, a number or an interval already formatted with the digits that the surveyed seeds support.

    Raises:
        ValueError: a name has other characters, or no survey is given.

    Source: the definition

    >>> Claim(name="one-is-one", chapter="01-definition", surveys=("zeros",), numbers=lambda: {"one": "1"}).numbers()
    {'one': '1'}
    """

    name: str
    chapter: str
    surveys: tuple[str, ...]
    numbers: Callable[[], Mapping[str, str]]

    def __post_init__(self) -> None:
        if not self.name or set(self.name) - set("abcdefghijklmnopqrstuvwxyz0123456789-"):
            raise ValueError(f"name must have lower-case letters, digits and hyphens, got {self.name!r}")
        if not self.surveys:
            raise ValueError(f"surveys of {self.name!r} must name a table")
