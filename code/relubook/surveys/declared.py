"""The book's surveys. To add one: an entry here, then ``make survey`` for its table, then a claim that reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from relubook.experiments.gradient_flow import fresh_network
from relubook.experiments.trained_network import trained_network
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
                name="flow",
                question="What is left of signal, gradient and the difference between inputs after L layers?",
                experiment=fresh_network,
                base={
                    "activation": "relu",
                    "init": "he",
                    "depth": 30,
                    "width": 64,
                    "batch_norm": 0,
                },
                crossed={
                    "activation": ("relu", "tanh", "sigmoid", "elu", "gelu"),
                    "init": ("he", "glorot", "torch"),
                    "depth": (5, 10, 30),
                    "batch_norm": (0, 1),
                },
                varied={"depth": (1, 2, 20, 50)},
                drawn={
                    "activation": ("relu", "tanh", "sigmoid", "elu", "gelu"),
                    "init": ("he", "glorot", "lecun", "torch"),
                    "depth": (2, 3, 5, 8, 12, 20, 30),
                    "width": (16, 32, 64, 128),
                    "batch_norm": (0, 1),
                },
                draws=200,
                seeds=range(10),
                draw_seeds=range(100, 103),
                tolerances={"signal": 1e-24, "gradient": 1e-24, "weight_ratio": 1e-24, "varying": 1e-18},
                budget=60,
            ),
            Survey(
                name="shrinkage",
                question="By how much does a ReLU network from He's weights typically shrink its signal, by width?",
                experiment=fresh_network,
                base={"activation": "relu", "init": "he", "depth": 30, "width": 64, "batch_norm": 0},
                crossed={"width": (16, 32, 64, 128, 256)},
                varied={"depth": (5, 10, 20, 50)},
                seeds=range(100),
                tolerances={"signal": 1e-24, "gradient": 1e-24, "weight_ratio": 1e-24, "varying": 1e-18},
                budget=60,
            ),
            Survey(
                name="initialization",
                question="Which starts train a deep network, with which optimiser?",
                experiment=trained_network,
                base={
                    **BASE,
                    "depth": 10,
                    "width": 32,
                    "learning_rate": 0.005,
                    "batch_size": 64,
                    "epochs": 5,
                },
                crossed={
                    "depth": (10, 30),
                    "optimizer": ("momentum", "adam"),
                    "activation": ("relu", "tanh", "sigmoid"),
                    "init": ("he", "glorot", "torch"),
                },
                varied={"learning_rate": (0.02,), "width": (64,), "epochs": (20,), "batch_norm": (1,)},
                drawn={
                    "activation": ("relu", "tanh", "sigmoid", "elu"),
                    "init": ("he", "glorot", "torch"),
                    "depth": (2, 3, 5, 8, 12),
                    "width": (16, 32),
                    "batch_norm": (0, 1),
                    "data": ("digits", "tumours"),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.003, 0.01, 0.03, 0.1),
                    "batch_size": (32, 64),
                    "epochs": (3, 6),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 103),
                tolerances=TOLERANCES,
                budget=150,
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
