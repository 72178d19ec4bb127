"""The book's surveys. To add one: an entry here, then ``make survey`` for its table, then a claim that reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from relubook.experiments.prelu_slopes import learned_slopes
from relubook.experiments.trained_network import trained_network
from relubook.experiments.without_zeros import CONTROLS, with_and_without_zeros
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
# The same for surveys that train several networks a row.
SMALL: Mapping[str, tuple[str, ...] | tuple[int, ...] | tuple[float, ...]] = MappingProxyType(
    {
        **ANYWHERE,
        "data": ("digits", "mnist1000", "tumours"),
        "depth": (1, 2, 3),
        "width": (16, 32, 64),
        "batch_size": (64, 128),
        "epochs": (3, 10),
    }
)
# A run's numbers move a little with the processor; one that is about to diverge moves from class to class.
TOLERANCES = MappingProxyType(
    {"accuracy": 0.02, "early_loss": 0.05, "loss": 0.05, "zeros": 0.03, "dead": 0.03, "outcome": 0.0}
)

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
                name="sparsity_use",
                question="Is ReLU more accurate than functions without exact zeros, and where?",
                experiment=with_and_without_zeros,
                base={
                    "control": "all",
                    **{name: BASE[name] for name in BASE if name != "activation"},
                    "learning_rate": 0.1,
                    "batch_size": 128,
                },
                crossed={"learning_rate": (0.01, 0.03, 0.1, 0.2, 0.3)},
                varied={"data": ("mnist1000", "tumours"), "optimizer": ("sgd",)},
                drawn={**SMALL, "control": tuple(CONTROLS)},
                draws=200,
                seeds=range(20),
                draw_seeds=range(100, 103),
                tolerances=dict.fromkeys(("relu", *CONTROLS), 0.02) | {"zeros": 0.03},
                budget=300,
            ),
            Survey(
                name="prelu_slopes",
                question="Which slopes does PReLU learn, what does weight decay do to them, and are they of use?",
                experiment=learned_slopes,
                base={
                    "data": "digits",
                    "init": "he",
                    "depth": 3,
                    "width": 64,
                    "optimizer": "momentum",
                    "learning_rate": 0.1,
                    "weight_decay": 0.0005,
                    "batch_size": 128,
                    "epochs": 10,
                },
                crossed={
                    "weight_decay": (0.0, 0.0005, 0.001, 0.01, 0.03),
                    "learning_rate": (0.01, 0.03, 0.1, 0.3),
                },
                varied={
                    "data": ("mnist1000", "tumours"),
                    "depth": (5,),
                    "optimizer": ("sgd",),
                    "epochs": (50,),
                },
                drawn={**SMALL, "weight_decay": (0.0, 0.0001, 0.0005, 0.001, 0.01)},
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 103),
                tolerances={"first": 0.02, "last": 0.02, "size": 0.02, "negative": 0.03, "largest": 0.1}
                | {"size_decayed": 0.02}
                | dict.fromkeys(("prelu", "decayed", "fixed", "relu"), 0.02),
                budget=300,
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
