"""The book's surveys. To add one: an entry here, then ``make survey`` for its table, then a claim that reads it."""

from collections.abc import Mapping
from types import MappingProxyType

from relubook.experiments.cost import element_cost, step_share
from relubook.experiments.dying_relu import CHANGES, at_the_limit, dying_network
from relubook.experiments.gated_units import ELSEWHERE as GATED_ELSEWHERE
from relubook.experiments.gated_units import PLACES as GATED_PLACES
from relubook.experiments.gated_units import RATES as GATED_RATES
from relubook.experiments.gated_units import RECIPES, gated_cost, gated_run, tuned_gated_run
from relubook.experiments.gradient_flow import fresh_network
from relubook.experiments.linear_pieces import random_pieces
from relubook.experiments.lost_negatives import BOTTLENECKS, narrow_network
from relubook.experiments.lost_plasticity import METHODS as PLASTICITY_METHODS
from relubook.experiments.lost_plasticity import lost_plasticity
from relubook.experiments.prelu_slopes import learned_slopes
from relubook.experiments.second_softmax import second_softmax
from relubook.experiments.sparse_language_models import WAYS, more_zeros, predicted_zeros, swapped_for_relu
from relubook.experiments.superposition import CONTROLS as DIRECTION_CONTROLS
from relubook.experiments.superposition import FUNCTIONS as TOY_FUNCTIONS
from relubook.experiments.superposition import recovered_features, stored_features
from relubook.experiments.torch_network import DYING as DYING_FUNCTIONS
from relubook.experiments.torch_network import FUNCTIONS, every_function, silent_units
from relubook.experiments.trained_network import trained_network
from relubook.experiments.unbounded_outputs import few_bits, normalized_flow, scaled_start
from relubook.experiments.variants import trained_recipe, trained_variant
from relubook.experiments.without_zeros import CONTROLS, with_and_without_zeros
from relubook.experiments.xor_starts import FUNCTIONS as XOR_FUNCTIONS
from relubook.experiments.xor_starts import xor_starts
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

DYING: Mapping[str, str | int | float] = MappingProxyType(
    {
        "change": "none",
        "data": "digits",
        "net": "4x64",
        "bias": 0.0,
        "optimizer": "momentum",
        "learning_rate": 0.03,
        "batch_size": 32,
        "epochs": 6,
    }
)

DYING_TOLERANCES = MappingProxyType(
    {"accuracy": 0.05, "learned": 0.0, "born": 0.01, "silent": 0.08, "dead": 0.08}
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

LOOSE = MappingProxyType({"accuracy": 0.1, "early_loss": 0.1, "loss": 0.1})

NARROW: Mapping[str, str | int | float] = MappingProxyType(
    {
        "activation": "relu",
        "width": 4,
        "around": 0,
        "data": "digits",
        "optimizer": "momentum",
        "learning_rate": 0.05,
        "epochs": 12,
    }
)

NARROW_TOLERANCES = MappingProxyType({"accuracy": 0.05, "missed_start": 0.01, "missed": 0.05, "dead": 0.13})

SCALED: Mapping[str, str | int | float] = MappingProxyType(
    {
        "activation": "relu",
        "cure": "none",
        "weight_scale": 3.0,
        "depth": 4,
        "width": 64,
        "data": "digits",
        "optimizer": "momentum",
        "learning_rate": 0.005,
        "epochs": 8,
    }
)

SCALED_TOLERANCES = MappingProxyType(
    {"accuracy": 0.05, "gradient": 1e-3, "flat_start": 0.01, "flat": 0.05, "outcome": 0.0}
)

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

TORCH: Mapping[str, str | int | float] = MappingProxyType(
    {
        "task": "digits mlp",
        "init": "own",
        "depth": 2,
        "width": 64,
        "optimizer": "momentum",
        "learning_rate": 0.03,
        "batch_size": 64,
        "epochs": 4,
    }
)
CHARACTERS: Mapping[str, str | int | float] = MappingProxyType(
    {
        "start": "gelu",
        "text": "reference",
        "width": 64,
        "blocks": 2,
        "steps": 300,
        "learning_rate": 0.01,
        "more": 100,
        "more_rate": 0.003,
    }
)
SWAP_TOLERANCES = MappingProxyType(
    {
        **dict.fromkeys(("before", "relu", "kept", "scratch"), 0.04),
        "swapped": 0.15,
        **dict.fromkeys(("below", "below_kept", "zeros_swapped", "zeros_relu", "zeros_scratch"), 0.04),
    }
)
TORCH_RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
TORCH_LIBRARIES = ("numpy", "scipy", "torch")

PLASTICITY: Mapping[str, str | int | float] = MappingProxyType(
    {
        "method": "relu",
        "task": "labels digits",
        "optimizer": "momentum",
        "learning_rate": 0.1,
        "width": 64,
        "epochs": 20,
        "tasks": 12,
    }
)
PLASTICITY_CHOSEN = ("relu", "leaky_relu", "crelu", "batch norm")
# A run that is losing its plasticity is chaotic; what the claims rest on is far larger.
PLASTICITY_TOLERANCES = MappingProxyType(
    {"first": 0.1, "last": 0.2, "fresh": 0.1, "dead": 0.2, "dormant": 0.2, "growth": 0.5, "rank": 0.3}
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
                budget=520,
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
                budget=380,
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
                budget=880,
            ),
            Survey(
                name="second_softmax",
                question="What does a softmax before a loss that applies its own cost, by optimiser, rate and epochs?",
                experiment=second_softmax,
                base={
                    "data": "digits",
                    "init": "torch",
                    "depth": 1,
                    "width": 64,
                    "optimizer": "sgd",
                    "learning_rate": 0.1,
                    "batch_size": 32,
                    "epochs": 5,
                    "ending": "logits",
                },
                compared={"ending": ("logits", "softmax")},
                crossed={
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
                    "epochs": (1, 5, 30),
                },
                varied={
                    "data": ("mnist", "tumours"),
                    "init": ("he", "glorot"),
                    "depth": (2, 3, 5),
                    "width": (16, 256),
                    "batch_size": (16, 128),
                    "epochs": (100,),
                },
                drawn={
                    "data": ("digits", "tumours"),
                    "init": ("he", "glorot", "torch"),
                    "depth": (1, 2, 3, 5),
                    "width": (16, 32, 64, 128),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0),
                    "batch_size": (16, 32, 128),
                    "epochs": (1, 3, 10),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 103),
                tolerances={"accuracy": 0.02, "loss": 0.05, "start_gradient": 0.001, "outcome": 0.0},
                budget=300,
            ),
            Survey(
                name="dying",
                question="From which rate on does a network die, and what moves that rate?",
                experiment=dying_network,
                base=DYING,
                crossed={
                    "data": ("digits", "tumours"),
                    "net": ("2x32", "4x64"),
                    "change": tuple(CHANGES),
                    "learning_rate": (0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 1.0),
                },
                seeds=range(5),
                tolerances=DYING_TOLERANCES,
                budget=240,
            ),
            Survey(
                name="dying_start",
                question="Which change saves a network whose hidden biases start below zero?",
                experiment=dying_network,
                base=DYING,
                crossed={
                    "data": ("digits", "tumours"),
                    "net": ("2x32", "4x64"),
                    "bias": (-0.5, -1.0),
                    "change": tuple(CHANGES),
                    "learning_rate": (0.01, 0.03, 0.1),
                },
                seeds=range(5),
                tolerances=DYING_TOLERANCES,
                budget=240,
            ),
            Survey(
                name="dying_anywhere",
                question="In which share of settings where ReLU fails does leaky ReLU learn, or ELU, or clipping?",
                experiment=dying_network,
                base=DYING,
                compared={"change": ("none", "leaky 0.01", "ELU", "clipping")},
                drawn={
                    "data": ("digits", "tumours"),
                    "net": ("2x32", "2x64", "4x32", "4x64", "6x32"),
                    "bias": (0.0, -0.5, -1.0),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.01, 0.03, 0.1, 0.2, 0.3, 1.0),
                    "batch_size": (32, 64, 128),
                    "epochs": (3, 6),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 102),
                tolerances=DYING_TOLERANCES,
                budget=160,
            ),
            Survey(
                name="sharpness",
                question="Does the curvature at the start say which rate is too large?",
                experiment=at_the_limit,
                base={"change": "none", "data": "digits", "net": "2x32", "part_of_limit": 0.1},
                compared={"change": ("none", "ELU", "GELU")},
                crossed={"data": ("digits", "tumours"), "part_of_limit": (0.1, 0.5, 1.0, 2.0)},
                varied={"net": ("4x64",)},
                seeds=range(5),
                tolerances={"sharpness": 0.1, "limit": 0.02, "highest": 0.2, "accuracy": 0.05},
                budget=100,
                chaotic=True,
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
                budget=80,
                chaotic=True,
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
                budget=180,
                chaotic=True,
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
                budget=140,
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
                budget=120,
            ),
            Survey(
                name="bottleneck",
                question="What comes through a narrow layer, and what accuracy is left, by width and function?",
                experiment=narrow_network,
                base=NARROW,
                compared={"activation": tuple(BOTTLENECKS)},
                crossed={"width": (2, 4, 8, 16, 64)},
                varied={
                    "learning_rate": (0.005, 0.2),
                    "optimizer": ("sgd",),
                    "data": ("mnist", "tumours"),
                    "epochs": (50,),
                    "around": (64,),
                },
                seeds=range(10),
                tolerances=NARROW_TOLERANCES,
                budget=260,
                chaotic=True,
            ),
            Survey(
                name="bottleneck_anywhere",
                question="ReLU, a leaky slope and |x| in a narrow layer: which keeps more, over many settings?",
                experiment=narrow_network,
                base=NARROW,
                compared={"activation": ("relu", "leaky_0.25", "abs")},
                crossed={"optimizer": ("sgd", "momentum", "adam"), "learning_rate": (0.003, 0.01, 0.03, 0.1)},
                drawn={
                    "width": (2, 4, 8, 16, 32),
                    "around": (0, 32),
                    "data": ("digits", "tumours"),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.003, 0.01, 0.03, 0.1),
                    "epochs": (2, 6),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 102),
                tolerances=NARROW_TOLERANCES,
                budget=100,
            ),
            Survey(
                name="normalization",
                question="By what factor a layer do outputs and gradients grow at the start, normalised or not?",
                experiment=normalized_flow,
                base={
                    "activation": "relu",
                    "weight_scale": 1.0,
                    "normalize": "none",
                    "depth": 40,
                    "width": 128,
                    "examples": 64,
                },
                compared={"normalize": ("none", "batch", "layer")},
                crossed={"depth": (5, 10, 20, 40), "weight_scale": (0.5, 1.0, 2.0)},
                varied={
                    "activation": ("relu6", "leaky_relu", "elu", "gelu", "tanh"),
                    "width": (32, 256),
                    "examples": (8, 16, 256),
                },
                drawn={
                    "activation": ("relu", "relu6", "leaky_relu", "elu", "gelu", "tanh"),
                    "weight_scale": (0.5, 0.7, 1.0, 1.4, 2.0, 3.0),
                    "depth": (5, 10, 20, 40),
                    "width": (32, 64, 128),
                    "examples": (16, 32, 64),
                },
                draws=60,
                seeds=range(5),
                draw_seeds=range(100, 102),
                tolerances={"forward": 0.01, "backward": 0.01, "rms": 0.01},
                budget=40,
            ),
            Survey(
                name="scaled_start",
                question="Which cure trains a network whose weights start too large, by rate and with a cap at 6?",
                experiment=scaled_start,
                base=SCALED,
                compared={"activation": ("relu", "relu6")},
                crossed={
                    "cure": ("none", "clip", "batch", "layer"),
                    "weight_scale": (1.0, 3.0),
                    "learning_rate": (0.001, 0.005, 0.05),
                },
                varied={"optimizer": ("sgd", "adam"), "depth": (2, 8)},
                drawn={
                    "cure": ("none", "clip", "batch", "layer"),
                    "weight_scale": (0.5, 1.0, 2.0, 3.0, 5.0),
                    "depth": (2, 4),
                    "width": (16, 32),
                    "data": ("digits", "tumours"),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.001, 0.003, 0.01, 0.03, 0.1),
                    "epochs": (3,),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 102),
                tolerances=SCALED_TOLERANCES,
                budget=180,
            ),
            Survey(
                name="normalized_depth",
                question="Does normalisation train a deep ReLU network, by depth and rate?",
                experiment=scaled_start,
                base={**SCALED, "weight_scale": 1.0, "depth": 40, "learning_rate": 0.003, "epochs": 4},
                compared={"cure": ("none", "batch", "layer")},
                crossed={"depth": (10, 40), "learning_rate": (0.003, 0.03)},
                seeds=range(5),
                tolerances=SCALED_TOLERANCES,
                budget=100,
                chaotic=True,
            ),
            Survey(
                name="few_bits",
                question="What accuracy do few bits cost, with and without a cap, by outlier and scale?",
                experiment=few_bits,
                base={
                    "activation": "relu",
                    "outlier": 30.0,
                    "quantile": 1.0,
                    "depth": 3,
                    "learning_rate": 0.05,
                    "epochs": 8,
                },
                compared={"activation": ("relu", "relu6")},
                crossed={"outlier": (1.0, 3.0, 10.0, 30.0, 100.0), "quantile": (1.0, 0.999)},
                varied={"learning_rate": (0.01,), "depth": (1,)},
                seeds=range(5),
                tolerances={"accuracy": 0.02, "lost_8": 0.02, "lost_6": 0.03, "lost_4": 0.1, "lost_3": 0.15},
                budget=40,
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
                budget=260,
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
                budget=260,
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
                budget=40,
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
                budget=40,
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
            Survey(
                name="linear_pieces",
                question="Into how many linear pieces does a random ReLU network bend a line, by depth and width?",
                experiment=random_pieces,
                base={
                    "depth": 7,
                    "width": 16,
                    "init": "he",
                    "bias": 0.5,
                    "inputs": 1,
                    "reach": 10,
                    "epochs": 0,
                    "networks": 10,
                },
                crossed={"depth": (1, 3, 7, 12), "width": (2, 8, 32)},
                varied={
                    "init": ("glorot", "torch"),
                    "bias": (0.0, 0.1, 1.0),
                    "inputs": (2, 16),
                    "reach": (1, 100),
                    "epochs": (300, 2000),
                },
                drawn={
                    "depth": (1, 2, 3, 5, 8),
                    "width": (4, 8, 16, 32),
                    "init": ("he", "glorot", "torch"),
                    "bias": (0.1, 0.5, 1.0),
                    "inputs": (1, 2, 16),
                    "reach": (1, 10),
                    "epochs": (0, 300),
                },
                draws=100,
                seeds=range(5),
                draw_seeds=range(100, 101),
                tolerances={"pieces": 2.0, "most": 10.0, "right": 0.05},
                budget=37,
                chaotic=True,
            ),
            Survey(
                name="xor_starts",
                question="From which share of starts is exclusive or learned, by units, function, rate and optimiser?",
                experiment=xor_starts,
                base={
                    "units": 2,
                    "init": "he",
                    "low": 0,
                    "optimizer": "sgd",
                    "learning_rate": 0.3,
                    "epochs": 300,
                    "starts": 50,
                },
                crossed={"optimizer": ("sgd", "momentum", "adam"), "learning_rate": (0.03, 0.1, 0.3, 1.0)},
                varied={
                    "units": (3, 4, 8, 16),
                    "init": ("glorot", "torch"),
                    "low": (-1,),
                    "epochs": (1500,),
                },
                drawn={
                    "units": (2, 3, 4, 8, 16),
                    "init": ("he", "glorot", "torch"),
                    "low": (0, -1),
                    "optimizer": ("sgd", "momentum", "adam"),
                    "learning_rate": (0.01, 0.03, 0.1, 0.3, 1.0),
                    "epochs": (100, 300, 600),
                },
                draws=200,
                seeds=range(5),
                draw_seeds=range(100, 101),
                tolerances=dict.fromkeys(XOR_FUNCTIONS, 0.1),
                budget=113,
            ),
            Survey(
                name="element_cost",
                question="What does an activation cost a number, in copies of the array? (One x86-64 processor, AVX2)",
                experiment=element_cost,
                base={"function": "relu", "size": 5_000_000},
                crossed={
                    "size": (10_000, 5_000_000),
                    "function": (
                        *("relu", "leaky_relu", "elu", "silu", "gelu", "gelu (tanh)"),
                        *("mish", "sigmoid", "tanh"),
                    ),
                },
                seeds=range(5),
                # Doublings: a processor without a library's vector form of a function takes many times as long.
                tolerances={"numpy": 3.0, "blocks": 3.0, "torch": 3.0},
                budget=40,
            ),
            Survey(
                name="step_share",
                question="What share of a training step is the activation? (One thread of an x86-64 processor, AVX2)",
                experiment=step_share,
                base={"function": "relu", "layers": "64-64", "batch": 32},
                compared={"function": ("relu", "leaky_relu", "elu", "silu", "gelu", "tanh")},
                crossed={"layers": ("64-64", "784-64", "1024-1024"), "batch": (1, 32, 256)},
                drawn={
                    "layers": (
                        *("16-16", "32-32", "64-32", "784-32", "784-128", "784-512", "128-128", "256-256"),
                        *("512-512", "256-1024", "32-32-32-32", "128-128-128"),
                    ),
                    "batch": (1, 8, 16, 64, 128, 512),
                },
                draws=24,
                seeds=range(5),
                draw_seeds=(100,),
                tolerances={"numpy": 0.25, "torch": 0.25},
                budget=200,
            ),
            Survey(
                name="every_function",
                question="Which function of the family is the most accurate, by optimiser and rate, and anywhere?",
                experiment=every_function,
                base=TORCH,
                crossed={
                    "optimizer": ("sgd", "momentum", "adam", "adamw"),
                    "learning_rate": TORCH_RATES,
                },
                varied={
                    "task": ("digits residual", "digits conv", "mnist1000 mlp", "tumours mlp"),
                    "init": ("torch",),
                    "depth": (1, 4),
                    "width": (16, 128),
                    "batch_size": (128,),
                    "epochs": (15,),
                },
                drawn={
                    "task": (
                        "digits mlp",
                        "digits residual",
                        "digits conv",
                        "mnist1000 mlp",
                        "mnist1000 residual",
                        "tumours mlp",
                        "tumours residual",
                    ),
                    "init": ("own", "torch"),
                    "depth": (1, 2, 3),
                    "width": (16, 32, 64),
                    "optimizer": ("sgd", "momentum", "adam", "adamw"),
                    "learning_rate": TORCH_RATES,
                    "batch_size": (64, 128),
                    "epochs": (2, 3),
                },
                draws=200,
                seeds=range(6),
                draw_seeds=range(100, 102),
                tolerances=dict.fromkeys(FUNCTIONS, 0.05),
                budget=500,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="every_task",
                question="Does the best function carry over to another data set or architecture?",
                experiment=every_function,
                base={**TORCH, "optimizer": "adamw", "learning_rate": 0.01},
                crossed={
                    "task": (
                        "digits mlp",
                        "digits residual",
                        "digits conv",
                        "mnist1000 mlp",
                        "mnist1000 residual",
                        "mnist1000 conv",
                        "tumours mlp",
                        "tumours residual",
                    ),
                    "learning_rate": (0.001, 0.003, 0.01, 0.03),
                },
                seeds=range(4),
                tolerances=dict.fromkeys(FUNCTIONS, 0.05),
                budget=280,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="dying_modern",
                question="Do shortcuts, layer norm or convolution keep units alive, and is it of consequence?",
                experiment=silent_units,
                base={**TORCH, "depth": 4},
                compared={
                    "task": (
                        "digits mlp",
                        "digits residual",
                        "digits shortcut",
                        "digits norm",
                        "digits conv",
                        "mnist1000 mlp",
                        "mnist1000 residual",
                        "mnist1000 conv",
                    )
                },
                crossed={"learning_rate": (0.01, 0.03, 0.1, 0.3, 1.0)},
                varied={"optimizer": ("adamw",)},
                seeds=range(5),
                tolerances={
                    name: tolerance
                    for function in DYING_FUNCTIONS
                    for name, tolerance in ((function, 0.08), (f"{function}_silent", 0.1))
                },
                budget=300,
                chaotic=True,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gate_rates",
                question="Which rate suits each block, gated or not?",
                experiment=gated_run,
                base={"setting": "base", "function": "relu", "rate": 1.0},
                compared={"function": tuple(RECIPES), "rate": GATED_RATES},
                seeds=range(2),
                tolerances={"loss": 0.05},
                budget=108,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gates",
                question="Is a gate worth its weights, at equal parameters and each block's own rate?",
                experiment=tuned_gated_run,
                base={"setting": "base", "function": "relu"},
                compared={"function": tuple(RECIPES)},
                seeds=range(10, 20),
                tolerances={"loss": 0.03},
                budget=100,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gate_rates_elsewhere",
                question="Which rate suits each block in other settings?",
                experiment=gated_run,
                base={"setting": "100 steps", "function": "relu", "rate": 1.0},
                compared={"function": GATED_ELSEWHERE, "rate": GATED_RATES},
                crossed={"setting": GATED_PLACES},
                seeds=range(2),
                tolerances={"loss": 0.05},
                budget=226,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gates_elsewhere",
                question="Is a gate worth its weights with other budgets, text, shape and optimiser?",
                experiment=tuned_gated_run,
                base={"setting": "100 steps", "function": "relu"},
                compared={"function": GATED_ELSEWHERE},
                crossed={"setting": GATED_PLACES},
                seeds=range(10, 20),
                tolerances={"loss": 0.03},
                budget=250,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gates_longer",
                question="Does SwiGLU's lead go on growing with the budget?",
                experiment=tuned_gated_run,
                base={"setting": "1200 steps", "function": "relu"},
                compared={"function": ("relu", "swiglu")},
                seeds=range(10, 15),
                tolerances={"loss": 0.03},
                budget=44,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="gate_cost",
                question="How long is a training step with each block? (One thread of an x86-64 processor, AVX2)",
                experiment=gated_cost,
                base={"function": "swiglu", "width": 64},
                compared={
                    "function": ("gelu", "silu", "squared_relu", "bilinear", "swiglu", "swiglu all units")
                },
                crossed={"width": (64, 256)},
                seeds=range(3),
                tolerances={"step": 0.5},
                budget=30,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="relu_swap",
                question="What does it cost to swap GELU or SwiGLU for ReLU after training, by length of training on?",
                experiment=swapped_for_relu,
                base=CHARACTERS,
                compared={"start": ("gelu", "swiglu")},
                crossed={"more": (25, 100, 400)},
                drawn={"text": ("source",)},
                draws=1,
                seeds=range(10),
                draw_seeds=range(100, 105),
                tolerances=SWAP_TOLERANCES,
                budget=260,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="relu_swap_anywhere",
                question="In how many drawn settings does a model end worse for the swap to ReLU?",
                experiment=swapped_for_relu,
                base=CHARACTERS,
                compared={"start": ("gelu", "swiglu")},
                drawn={
                    "text": ("reference", "source"),
                    "width": (32, 64, 128),
                    "blocks": (1, 2, 4),
                    "steps": (150, 300, 600),
                    "learning_rate": (0.003, 0.01),
                    "more": (25, 50, 100, 200),
                    "more_rate": (0.001, 0.003, 0.01),
                },
                draws=8,
                seeds=range(1),
                draw_seeds=range(100, 101),
                tolerances=SWAP_TOLERANCES,
                budget=90,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="more_zeros",
                question="At an equal share of zeros: a shifted ReLU, a penalty, or a threshold on the old function?",
                experiment=more_zeros,
                base={**CHARACTERS, "way": "shift"},
                compared={"start": ("gelu", "swiglu"), "way": tuple(WAYS)},
                drawn={"text": ("source",)},
                draws=1,
                seeds=range(5),
                draw_seeds=range(100, 103),
                tolerances={f"loss_{number}": 0.06 for number in (1, 2, 3)}
                | {f"zeros_{number}": 0.03 for number in (1, 2, 3)},
                budget=100,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="predicted_zeros",
                question="Which units are on: how well does a guess of low rank say it, against mere frequency?",
                experiment=predicted_zeros,
                base={**CHARACTERS, "spare": 1.5},
                compared={"start": ("gelu", "swiglu")},
                drawn={"text": ("source",)},
                draws=1,
                seeds=range(5),
                draw_seeds=range(100, 103),
                tolerances={"zeros": 0.03, "zeros_8": 0.04, "zeros_64": 0.03, "loss": 0.04}
                | {
                    name: tolerance
                    for guess in ("4", "8", "16", "frequency", "size", "oracle")
                    for name, tolerance in ((f"recall_{guess}", 0.04), (f"loss_{guess}", 0.1))
                },
                budget=50,
                libraries=TORCH_LIBRARIES,
            ),
            Survey(
                name="superposition",
                question="How many features does the toy model store in fewer units, by its function?",
                experiment=stored_features,
                base={
                    "function": "relu",
                    "shape": "5 in 2",
                    "sparsity": 0.97,
                    "optimizer": "adam",
                    "steps": 1000,
                    "decay": 1.0,
                    "scale": 1.0,
                    "size": 1.0,
                },
                compared={"function": tuple(TOY_FUNCTIONS)},
                crossed={"sparsity": (0.0, 0.5, 0.8, 0.97)},
                varied={
                    "shape": ("12 in 3",),
                    "optimizer": ("sgd",),
                    "decay": (0.7,),
                    "size": (10.0,),
                },
                seeds=range(10, 13),
                # Where starts end in different places, another processor may bring one of them to another place.
                tolerances={
                    "rate": 10.0,
                    "kept": 0.3,
                    "stored": 0.7,
                    "stored_25": 0.7,
                    "stored_75": 0.7,
                    "long": 0.7,
                    "long_25": 0.7,
                    "long_75": 0.7,
                    "least": 2.0,
                },
                budget=150,
            ),
            Survey(
                name="recovered_features",
                question="Which sparse autoencoder finds the features that hidden vectors are made of?",
                experiment=recovered_features,
                base={
                    "method": "topk 2",
                    "source": "random",
                    "shape": "20 in 8",
                    "sparsity": 0.9,
                    "latents": 40,
                    "steps": 1000,
                },
                compared={
                    "method": (
                        *DIRECTION_CONTROLS,
                        *("relu 0.1", "relu 0.2", "relu 0.4", "relu 0.8"),
                        *("topk 1", "topk 2", "topk 3", "topk 4"),
                        *("jumprelu 0.02", "jumprelu 0.05", "jumprelu 0.1", "jumprelu 0.2"),
                    )
                },
                crossed={"source": ("random", "toy")},
                varied={"steps": (2500,)},
                seeds=range(10, 14),
                tolerances={
                    "rate": 0.03,
                    "on": 0.6,
                    "error": 0.05,
                    "dead": 0.2,
                    "cosine": 0.04,
                    "recovered": 0.2,
                },
                budget=310,
            ),
            Survey(
                name="plasticity",
                question="Does a network that has learned many tasks learn the next one as a fresh network does?",
                experiment=lost_plasticity,
                base=PLASTICITY,
                crossed={"method": tuple(PLASTICITY_METHODS), "learning_rate": (0.01, 0.03, 0.1, 0.3)},
                varied={
                    "optimizer": ("sgd",),
                    "width": (32, 128),
                    "epochs": (10, 40),
                    "tasks": (3, 6),
                },
                seeds=range(10),
                tolerances=PLASTICITY_TOLERANCES,
                budget=420,
                chaotic=True,
            ),
            Survey(
                name="plasticity_adam",
                question="Does Adam lose plasticity, by method and rate?",
                experiment=lost_plasticity,
                base={**PLASTICITY, "optimizer": "adam", "learning_rate": 0.003},
                crossed={"method": PLASTICITY_CHOSEN, "learning_rate": (0.001, 0.003, 0.01, 0.03)},
                seeds=range(100, 103),
                tolerances=PLASTICITY_TOLERANCES,
                budget=80,
                chaotic=True,
            ),
            Survey(
                name="plasticity_elsewhere",
                question="Is plasticity lost on tasks that have something to learn, and on other images?",
                experiment=lost_plasticity,
                base={**PLASTICITY, "task": "pixels digits", "learning_rate": 0.03},
                crossed={
                    "task": ("pixels digits", "labels mnist"),
                    "method": PLASTICITY_CHOSEN,
                    "learning_rate": (0.01, 0.03, 0.1, 0.3),
                },
                seeds=range(200, 203),
                tolerances=PLASTICITY_TOLERANCES,
                budget=160,
                chaotic=True,
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
