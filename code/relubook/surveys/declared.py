"""The book's surveys. To add one: an entry here, then ``make survey`` for its table, then a claim that reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from relubook.experiments.trained_network import trained_network
from relubook.experiments.variants import trained_recipe, trained_variant
from relubook.surveys.survey import Survey

RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BASE: Mapping[str, str | int | float] = MappingProxyType(
    {
        "activation": "relu",
        "derivative": "right",
        "data": "digits",
        "init": "he",
        "depth": 2,
        "width": 64,
        "batch_norm": 0,
        "optimizer": "momentum",
        "learning_rate": 0.03,
        "batch_size": 32,
        "epochs": 10,
    }
)
# What a drawn setting takes its values from.
ANYWHERE: Mapping[str, tuple[str, ...] | tuple[int, ...] | tuple[float, ...]] = MappingProxyType(
    {
        "data": ("digits", "mnist", "tumours"),
        "init": ("he", "glorot", "torch"),
        "depth": (1, 2, 3, 5, 8),
        "width": (16, 32, 64, 128),
        "optimizer": ("sgd", "momentum", "adam"),
        "learning_rate": RATES,
        "batch_size": (16, 32, 128),
        "epochs": (3, 10, 20),
    }
)
# A run's numbers move a little with the processor; one that is about to diverge moves from class to class.
TOLERANCES = MappingProxyType(
    {"accuracy": 0.02, "early_loss": 0.05, "loss": 0.05, "zeros": 0.03, "dead": 0.03, "outcome": 0.0}
)

VARIANT_BASE: Mapping[str, str | int | float] = MappingProxyType(
    {
        "function": "relu",
        "data": "digits",
        "init": "he",
        "depth": 2,
        "width": 64,
        "optimizer": "momentum",
        "learning_rate": 0.1,
        "batch_size": 64,
        "epochs": 5,
    }
)
DEEP_BASE: Mapping[str, str | int | float] = MappingProxyType(
    {
        "recipe": "relu he",
        "data": "digits",
        "depth": 16,
        "width": 32,
        "optimizer": "momentum",
        "learning_rate": 0.01,
        "batch_size": 64,
        "epochs": 8,
    }
)
# Near the rate at which a function fails, and in deep networks, a run hangs on the last digits.
LOOSE = MappingProxyType({"accuracy": 0.1, "early_loss": 0.1, "loss": 0.1})

SURVEYS: Mapping[str, Survey] = MappingProxyType(
    {
        survey.name: survey
        for survey in (
            Survey(
                name="backward_bug",
                question="What does a derivative of ReLU that is 1 everywhere cost in training, and where?",
                experiment=trained_network,
                base=BASE,
                compared={"derivative": ("right", "wrong")},
                crossed={"optimizer": ("sgd", "momentum", "adam"), "learning_rate": RATES},
                varied={
                    "data": ("mnist", "tumours"),
                    "init": ("glorot", "torch"),
                    "depth": (1, 3, 5, 8),
                    "width": (16, 32, 128, 256),
                    "batch_size": (16, 128),
                    "epochs": (3, 30),
                },
                drawn=ANYWHERE,
                draws=200,
                seeds=range(10),
                draw_seeds=range(100, 103),
                tolerances=TOLERANCES,
                budget=600,
            ),
            Survey(
                name="zeros",
                question="How many outputs are zero and how many units dead after training, by rate and optimiser?",
                experiment=trained_network,
                base=BASE,
                crossed={"optimizer": ("sgd", "momentum", "adam"), "learning_rate": RATES},
                varied={
                    "data": ("mnist", "tumours"),
                    "init": ("glorot", "torch"),
                    "depth": (1, 3, 5, 8),
                    "width": (16, 32, 128, 256),
                    "batch_size": (16, 128),
                    "epochs": (3, 30, 100),
                },
                drawn=ANYWHERE,
                draws=200,
                seeds=range(10),
                draw_seeds=range(100, 103),
                tolerances=TOLERANCES,
                budget=500,
            ),
            Survey(
                name="elu_against_relu",
                question="Is ELU faster or better than ReLU, by rate and length of training?",
                experiment=trained_network,
                base=BASE,
                compared={"activation": ("relu", "elu")},
                crossed={"learning_rate": RATES, "epochs": (1, 3, 10, 30)},
                varied={
                    "data": ("mnist", "tumours"),
                    "init": ("glorot", "torch"),
                    "depth": (1, 3, 5, 8),
                    "width": (16, 32, 128),
                    "batch_size": (16, 128),
                    "optimizer": ("sgd",),
                },
                drawn=ANYWHERE,
                draws=200,
                seeds=range(10),
                draw_seeds=range(100, 103),
                tolerances=TOLERANCES,
                budget=900,
            ),
            Survey(
                name="elu_controls",
                question="Is it ELU's values, its gradient or its start that fails at a high rate?",
                experiment=trained_variant,
                base={**VARIANT_BASE, "learning_rate": 0.15, "batch_size": 32},
                compared={
                    "function": (
                        "relu",
                        "leaky_0.1",
                        "leaky_0.25",
                        "leaky_0.5",
                        "elu",
                        "capped_elu",
                        "elu_values",
                        "elu_gradient",
                        "tanh",
                    )
                },
                crossed={"learning_rate": (0.03, 0.1, 0.15, 0.2, 0.3)},
                varied={"init": ("lecun",), "depth": (4,), "width": (128,)},
                seeds=range(5),
                tolerances=LOOSE,
                budget=100,
            ),
            Survey(
                name="selu_depth",
                question="How deep a network does each function train, by rate, without normalisation?",
                experiment=trained_recipe,
                base=DEEP_BASE,
                compared={"recipe": ("relu he", "relu he norm", "selu lecun")},
                crossed={"depth": (4, 16, 32), "learning_rate": (0.003, 0.01, 0.03, 0.1)},
                varied={"optimizer": ("adam", "sgd"), "width": (64,)},
                seeds=range(5),
                tolerances=LOOSE,
                budget=250,
            ),
            Survey(
                name="smooth",
                question="Are the smooth relatives better than ReLU at equal tuning, and is it their smoothness?",
                experiment=trained_variant,
                base=VARIANT_BASE,
                compared={"function": ("relu", "gelu", "silu", "mish", "soft_relu", "straight_gelu")},
                crossed={
                    "optimizer": ("momentum", "adam"),
                    "learning_rate": (0.003, 0.01, 0.03, 0.1, 0.3),
                },
                varied={"depth": (5,), "width": (16,), "epochs": (20,)},
                seeds=range(10),
                tolerances={"accuracy": 0.05, "early_loss": 0.1, "loss": 0.1},
                budget=300,
            ),
            Survey(
                name="smooth_anywhere",
                question="In how many drawn settings is GELU, SiLU or Mish better than ReLU?",
                experiment=trained_variant,
                base=VARIANT_BASE,
                compared={"function": ("relu", "gelu", "silu", "mish")},
                drawn={
                    "data": ("digits", "tumours"),
                    "init": ("he", "glorot", "torch"),
                    "depth": (1, 2, 3),
                    "width": (16, 32, 64),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": RATES,
                    "epochs": (2, 5),
                },
                draws=200,
                seeds=range(2),
                draw_seeds=range(100, 103),
                tolerances={"accuracy": 0.05, "early_loss": 0.1, "loss": 0.1},
                budget=250,
            ),
        )
    }
)


def survey_named(name: str) -> Survey:
    """The survey of the book with a name.

    survey_named(name) = SURVEYS[name]

    Args:
        name: a key of ``SURVEYS``.

    Raises:
        ValueError: there is none of that name; the message lists those that there are.

    Source: ``relubook.surveys.declared.SURVEYS``

    >>> survey_named("zeros").experiment.__name__
    'trained_network'
    """
    if name not in SURVEYS:
        raise ValueError(f"unknown survey {name!r}; known are {', '.join(SURVEYS)}")
    return SURVEYS[name]
