"""The helper package of the book *ReLU, Measured*."""

from relubook import activations
from relubook.activations import *  # noqa: F403  the registry, and every pair in it
from relubook.network import MLP
from relubook.training import History, accuracy, fit

__version__ = "2.0.0"

__all__ = [*activations.__all__, "MLP", "History", "accuracy", "fit"]
