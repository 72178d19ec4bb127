"""Outputs that a library's version decides: which cells print them, and up to which version they were seen to hold.

When a pin in constraints.txt leaves a range below, the test names the cells. Run them again (`make execute`), see what
their text says of versions, and move the bound.
"""

import re
from dataclasses import dataclass

import pytest
from packaging.version import Version

from booktools.notebook_format import CHAPTERS, ROOT, chapter_paths, read_notebook


@dataclass(frozen=True)
class Dependence:
    """A fact that belongs to versions of a library.

    Attributes:
        library: its name in constraints.txt.
        since, until: the first version, or the first that was tried, and the first that it holds for no longer or that
            was not tried.
        source: a pattern; a cell whose code it matches prints the fact.
        fact: what is printed, and what is known of other versions.
    """

    library: str
    since: str
    until: str
    source: str
    fact: str


DEPENDENCES = (
    Dependence(
        "torch",
        "2.11",
        "2.14",
        r"\.clamp\((min|x)|torch_spellings\(\)",
        "the gradient of `clamp` at its bound is 1; from 2.14 on it is 0",
    ),
    Dependence("torch", "2.13", "2.14", r"saved_tensors_hooks|arrays_kept\(", "which arrays autograd keeps"),
    Dependence("torch", "2.13", "2.14", r"torch\.__version__", "the version itself"),
    Dependence(
        "keras",
        "3.15",
        "3.16",
        r"keras_on\(|cross_entropy\(|loss_of\(|worst_mistake\(",
        "probabilities are clipped at 1e-7; a softmax that comes last is undone on TensorFlow alone",
    ),
    Dependence(
        "keras",
        "3.15",
        "3.16",
        r"probe_tensorflow\(to_keras",
        "the gradient of CELU at 0 is 2 and that of SELU 1.05 on TensorFlow",
    ),
    Dependence("keras", "3.15", "3.16", r"layers\.ReLU\(threshold", "at its threshold the layer gives 0"),
    Dependence(
        "keras",
        "3.15",
        "3.16",
        r"input_shape=|LeakyReLU\(alpha|could not be|load_model\(",
        "the words of a warning or an error",
    ),
    Dependence(
        "keras", "3.15", "3.16", r"keras\.__version__|\.summary\(", "the version itself, or a table's form"
    ),
    Dependence(
        "tensorflow",
        "2.21",
        "2.22",
        r"tensorflow_spellings\(\)",
        "the gradients of TensorFlow's spellings at 0",
    ),
    Dependence("tensorflow", "2.21", "2.22", r"tf\.__version__", "the version itself"),
)


def pins() -> dict[str, Version]:
    """Versions by name; of two for different Pythons, the later one."""
    found: dict[str, Version] = {}
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\n]+)", text, re.MULTILINE):
        found[name] = max(Version(version), found.get(name, Version("0")))
    return found


def cells_that_print(dependence: Dependence) -> list[str]:
    return [
        f"{path.stem}:{cell.id}"
        for path in chapter_paths()
        if path.parent == CHAPTERS / "en"
        for cell in read_notebook(path).cells
        if cell.cell_type == "code" and cell.outputs and re.search(dependence.source, cell.source)
    ]


def out_of_range(versions: dict[str, Version]) -> list[str]:
    """For each dependence that a version leaves, a line that names the cells to run again."""
    return [
        f"{dependence.library} {versions[dependence.library]} is outside {dependence.since} to {dependence.until}, for "
        f"which {dependence.fact}; run again: {', '.join(cells_that_print(dependence))}"
        for dependence in DEPENDENCES
        if not Version(dependence.since) <= versions[dependence.library] < Version(dependence.until)
    ]


def test_the_pins_are_versions_that_the_printed_facts_belong_to():
    lines = out_of_range(pins())
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("dependence", DEPENDENCES, ids=lambda dependence: dependence.fact[:40])
def test_each_fact_is_printed_somewhere(dependence):
    assert cells_that_print(dependence), "no cell's code matches; delete the entry, or correct its pattern"


def test_a_pin_that_moves_names_the_cells():
    (line,) = out_of_range({**pins(), "torch": Version("2.10")})[:1]
    assert "12-pytorch:import-torch-nn-functional-as" in line and "experiments-tour:" in line
    moved = out_of_range({**pins(), "torch": Version("2.15.0"), "keras": Version("3.16.0")})
    assert any("13-framework-differences:" in line for line in moved)
    assert any("from 2.14 on it is 0" in line for line in moved)


@pytest.mark.parametrize("edition", ["en", "ko"])
def test_text_that_states_clamp_s_gradient_names_both_values_and_the_version(edition):
    """In the chapters on the frameworks; a chapter that mentions it in passing links to them."""
    text = (CHAPTERS / edition / "12-pytorch.ipynb").read_text(encoding="utf-8")
    assert "2.13" in text and "2.14" in text
