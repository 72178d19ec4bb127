"""What importing costs and changes, and which way imports point."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from booktools.notebook_format import ROOT

PACKAGE = ROOT / "code" / "relubook"


def run(code: str, **options) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, **options)


def test_importing_loads_neither_frameworks_nor_figures_nor_data_nor_scipy():
    heavy = [
        "scipy",
        "matplotlib",
        "torch",
        "tensorflow",
        "keras",
        "mlxtend",
        "sklearn",
        "tqdm",
        "joblib",
        "ipywidgets",
    ]
    run(f"import sys, relubook; assert not set({heavy}) & set(sys.modules), set({heavy}) & set(sys.modules)")


def test_scipy_waits_for_a_function_that_needs_it():
    run("""if True:
        import sys
        import relubook.claims, relubook.datasets, relubook.experiments.sparsity, relubook.plotting, relubook.surveys
        from relubook.statistics import mean_interval
        assert "scipy" not in sys.modules
        mean_interval([0.90, 0.92, 0.91])
        assert "scipy" in sys.modules
    """)


def test_importing_changes_no_settings():
    run("""if True:
        import warnings
        import numpy as np
        import scipy.special
        np.random.seed(0)
        before = np.geterr(), list(warnings.filters), np.random.get_state()[1].tolist(), np.get_printoptions()
        import relubook
        after = np.geterr(), list(warnings.filters), np.random.get_state()[1].tolist(), np.get_printoptions()
        assert before == after
    """)


def imports_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }


ALLOWED = {
    "activations": set(),
    "checks": set(),
    "statistics": {"checks"},
    "datasets": {"checks"},
    "blockwise": set(),
    "gated_units": {"activations"},
    "network": {"activations", "checks"},
    "training": {"activations", "checks", "network"},
    "plotting": {"statistics"},
    "explorer": {"activations", "plotting"},
    "keras_bridge": {"activations", "checks", "network"},
    "torch_bridge": {"activations", "checks", "network"},
}


@pytest.mark.parametrize("module", ALLOWED)
def test_imports_point_one_way(module):
    ours = {name for name in imports_of(PACKAGE / f"{module}.py") if name.startswith("relubook")}
    assert ours <= {f"relubook.{name}" for name in ALLOWED[module]}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_the_package_never_imports_the_book_s_tools(path):
    assert not any(name.split(".")[0] == "booktools" for name in imports_of(path))


def test_a_bridge_imports_its_own_framework_alone():
    assert not {"torch"} & {name.split(".")[0] for name in imports_of(PACKAGE / "keras_bridge.py")}
    assert not {"keras", "tensorflow"} & {
        name.split(".")[0] for name in imports_of(PACKAGE / "torch_bridge.py")
    }


def test_code_is_no_package_so_that_the_debugger_works():
    assert not (ROOT / "code" / "__init__.py").exists()
    run("import pdb, code; assert code.InteractiveConsole", cwd=ROOT)
