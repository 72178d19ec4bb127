"""Every public function says what it computes, what it takes, raises and comes from; and its example runs."""

import ast
import doctest
import importlib
import inspect
import pkgutil
import re

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
RECORDS = {"Activation", "Parameter", "Layer", "Optimizer", "History", "Split", "Interval"}


def is_record(value) -> bool:
    return value.__name__ in RECORDS or (
        value.__module__.startswith("relubook.experiments") and inspect.isclass(value)
    )


@pytest.mark.parametrize("value", PUBLIC)
def test_docstring_is_complete(value):
    text = inspect.getdoc(value)
    assert text, "no docstring"
    first = text.splitlines()[0]
    assert first.endswith((".", ":")) or text.split("\n\n")[0].endswith("."), (
        "the first paragraph is no sentence"
    )
    if is_record(value):
        return
    for part in ("Raises:", "Source:", ">>> "):
        assert part in text, f"no {part}"
    assert re.search(r"Source: .*(https?://|definition|relubook)", text, re.DOTALL), "the source has no link"
    if value.__module__ != "relubook.plotting":  # whose functions draw
        described = text.split("Raises:")[0]
        assert re.search(r"[=←≈~]|f\(x\)|L =|:math:| · ", described), "no formula"
    parameters = [
        name for name in inspect.signature(value).parameters if name not in ("self", "args", "kwargs")
    ]
    for name in parameters:
        assert re.search(rf"\b{name}\b", text), f"{name} is not described"


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
