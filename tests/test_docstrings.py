"""Every public function says what it computes, what it takes, raises and comes from; and its example runs."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re
import textwrap

import matplotlib as mpl
import pytest

import relubook

MODULES = [
    importlib.import_module(info.name)
    for info in pkgutil.walk_packages(relubook.__path__, prefix="relubook.")
]


# Functions and classes that a module defines and a reader may use.
PUBLIC = [
    pytest.param(value, id=f"{module.__name__}.{name}")
    for module in MODULES
    for name, value in vars(module).items()
    if not name.startswith("_")
    and getattr(value, "__module__", None) == module.__name__
    and (inspect.isfunction(value) or inspect.isclass(value))
]


# Plain records and interfaces, which compute nothing.
RECORDS = {
    "Activation",
    "SurveyError",
    "Claim",
    "Parameter",
    "Layer",
    "Optimizer",
    "History",
    "Split",
    "TextSplit",
    "Interval",
}


# What a docstring needs, and how it is written.
WANTED = {
    ">>> ": "an example that runs (>>> …)",
    "Source:": "where it comes from (Source: Author (year), https://…)",
    "Raises:": "what it raises and when (Raises:)",
}


def is_record(value) -> bool:
    return value.__name__ in RECORDS or (
        value.__module__.startswith("relubook.experiments") and inspect.isclass(value)
    )


def is_derivative(value) -> bool:
    return any(value is activation.grad for activation in relubook.ACTIVATIONS.values())


def raises(value) -> bool:
    """Whether a raise statement stands in the code of a function or class, or its decorator adds checks."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(value)))
    return hasattr(value, "__wrapped__") or any(isinstance(node, ast.Raise) for node in ast.walk(tree))


@pytest.mark.parametrize("value", PUBLIC)
def test_a_docstring_names_no_error_where_there_is_none(value):
    assert not re.search(r"Raises:\s+Nothing", inspect.getdoc(value))


@pytest.mark.parametrize("value", PUBLIC)
def test_docstring_is_complete(value):
    text, where = inspect.getdoc(value), f"{value.__name__} in code/{value.__module__.replace('.', '/')}.py"
    assert text, f"write a docstring for {where}"
    first = text.splitlines()[0]
    assert first.endswith((".", ":")) or text.split("\n\n")[0].endswith("."), (
        f"the docstring of {where} must start with a sentence"
    )
    if is_record(value):
        return
    required = [">>> "]
    if is_derivative(value):  # says only what is new: the rest is in the docstring of its function
        opening = f"Derivative of ``{value.__name__.removesuffix('_grad')}``"
        assert first.startswith(opening), f"the docstring of {where} must start with: {opening}"
        assert "Raises:" not in text and "Args:" not in text, (
            f"delete Args and Raises in the docstring of {where}: they are those of its function"
        )
    else:
        required += ["Source:", *(["Raises:"] if raises(value) else [])]
    missing = [WANTED[part] for part in required if part not in text]
    assert not missing, f"add to the docstring of {where}: {'; '.join(missing)}"
    assert "Source:" not in text or re.search(
        r"Source: .*(https?://|definition|relubook)", text, re.DOTALL
    ), f"give the source in the docstring of {where} a link, or the words: the definition"
    if value.__module__ != "relubook.plotting":  # whose functions draw
        described = text.split("Raises:")[0]
        assert re.search(r"[=←≈~]|f\(x\)|L =|:math:| · ", described), (
            f"add to the docstring of {where} what it computes, as a formula: f(x) = …"
        )
    parameters = [
        name for name in inspect.signature(value).parameters if name not in ("self", "args", "kwargs")
    ]
    for name in [] if is_derivative(value) else parameters:
        assert re.search(rf"\b{name}\b", text), f"describe {name} in the docstring of {where}, under Args:"


@pytest.mark.parametrize("value", PUBLIC)
def test_every_argument_has_a_type(value):
    if inspect.isclass(value) and value.__name__ in RECORDS:
        return
    target = value.__init__ if inspect.isclass(value) else inspect.unwrap(value)
    if not inspect.isfunction(target):
        return
    for name, parameter in inspect.signature(target).parameters.items():
        if name not in ("self", "args", "kwargs"):
            assert parameter.annotation is not inspect.Parameter.empty, f"{name} has no type"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples_run(module):
    with mpl.rc_context():
        mpl.use("agg")
        failed, _ = doctest.testmod(module)
        mpl.pyplot.close("all")
    assert not failed


def test_examples_exist():
    finder = doctest.DocTestFinder()
    assert sum(bool(test.examples) for module in MODULES for test in finder.find(module)) > 70


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_every_module_says_what_it_holds(module):
    tree = ast.parse(inspect.getsource(module))
    assert (ast.get_docstring(tree) or "").strip()
