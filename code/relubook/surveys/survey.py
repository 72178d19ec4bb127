"""A survey: its declaration, the runs that fill its table, and the check that the table is what the code gives.

A table is a CSV file. Comments at its top say where it comes from: the question, the declaration's digest, the
versions, the seconds of CPU, and a digest of the rows. What the declaration knows is not repeated: an axis that no row
moves has no column in the file, and its base value when it is read; which part a row is of follows from its place.
"""

import csv
import hashlib
import importlib.metadata
import io
import itertools
import json
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

TABLES = Path(__file__).parent
WORK = Path(".cache") / "surveys"  # rows of a run that is not finished
DIGITS = 4  # significant ones of a stored number; a table is read by people, too
# Share of rechecked rows that may differ: runs whose fate hangs on the last digit of a product. The second is that of a
# chaotic survey.
MOST_DIFFERING = (0.1, 0.2)
LIBRARIES = ("numpy", "scipy")  # whose versions a table names, unless its survey names others

Value = str | int | float
Setting = dict[str, Value]
Row = dict[str, Any]


class SurveyError(Exception):
    """A table that cannot be used as it is; the message names it and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What is run, and over what.

    rows = (crossed settings + settings with one axis moved) × seeds + drawn settings × draw_seeds, each once for
    every combination of ``compared``

    Attributes:
        name: of the table, without ``.csv``.
        question: what the survey is for, one line.
        experiment: a function of a module; it takes a setting and ``seed`` as keywords and returns its outcomes by
            name. All its randomness comes from the seed.
        base: the named base: a value for every axis.
        compared: axes whose values are run side by side in every setting, with the same seeds: pairs.
        crossed: axes that are combined in full; the others stay at the base.
        varied: axes that are moved one at a time, the others at the base.
        drawn: axes that are drawn at random, independently, ``draws`` times; from these settings comes the share in
            which a claim holds. A setting that was drawn before is drawn again.
        draws: number of drawn settings, all different.
        seeds, draw_seeds: of the crossed and varied settings, and of the drawn ones.
        tolerances: for each outcome, by how much another processor may differ.
        budget: seconds of CPU that all rows may take.
        libraries: the packages that the experiment computes with; the table names their versions.
        chaotic: whether many runs hang on the last digit of a product, which is another on another processor; then a
            run that is repeated need only lie among the seeds of its setting.

    Raises:
        ValueError: an axis has no base or repeats a value, or draws are declared in part or more than there are.

    Source: Schmidt et al. (2021) on comparing over many settings, https://arxiv.org/abs/2007.01547

    >>> def area(*, seed: int, width: float, height: float) -> dict[str, float]:
    ...     return {"area": width * height}
    >>> survey = Survey(name="areas", question="How large?", experiment=area, base={"width": 1, "height": 1},
    ...                 crossed={"width": (1, 2)}, seeds=range(2), tolerances={"area": 0.0}, budget=1)
    >>> len(survey.rows())
    4
    """

    name: str
    question: str
    experiment: Callable[..., Mapping[str, Value]]
    base: Mapping[str, Value]
    compared: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    crossed: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    varied: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    drawn: Mapping[str, Sequence[Value]] = field(default_factory=dict)
    draws: int = 0
    seeds: Sequence[int]
    draw_seeds: Sequence[int] = ()
    tolerances: Mapping[str, float]
    budget: float
    libraries: Sequence[str] = LIBRARIES
    chaotic: bool = False

    def __post_init__(self) -> None:
        for part in ("compared", "crossed", "varied", "drawn"):
            for axis, values in getattr(self, part).items():
                if axis not in self.base:
                    raise ValueError(f"{self.name}: base has no value for {axis!r}, an axis of {part}")
                if not values or len(set(values)) < len(values):
                    raise ValueError(
                        f"{self.name}: {part}[{axis!r}] must hold different values, got {values!r}"
                    )
        if bool(self.drawn) != bool(self.draws) or bool(self.draws) != bool(self.draw_seeds):
            raise ValueError(f"{self.name}: drawn, draws and draw_seeds go together: give all three or none")
        if self.drawn and self.draws > (known := math.prod(len(values) for values in self.drawn.values())):
            raise ValueError(f"{self.name}: draws must be at most the {known} settings that there are")

    def rows(self) -> list[Row]:
        """Every row before its outcomes: part (``"cross"``, ``"axis"`` or ``"draw"``), setting and seed."""
        names = ", ".join(self.crossed)
        cross = [
            dict(zip(self.crossed, values, strict=True))
            for values in itertools.product(*self.crossed.values())
        ]
        axis = [{name: value} for name, values in self.varied.items() for value in values]
        rng = np.random.default_rng(int(hashlib.sha256(f"{self.name}: {names}".encode()).hexdigest()[:8], 16))
        draw = [self._draw(rng) for _ in range(self.draws)]
        for index in range(len(draw)):
            while draw.count(draw[index]) > 1:  # drawn anew at the end, so that the other settings stay
                draw[index] = self._draw(rng)
        rows: dict[str, Row] = {}
        parts = (("cross", cross, self.seeds), ("axis", axis, self.seeds), ("draw", draw, self.draw_seeds))
        for part, settings, seeds in parts:
            for moved, compared, seed in itertools.product(settings, self._combinations(), seeds):
                row = {"part": part, **self.base, **moved, **compared, "seed": seed}
                rows.setdefault(json.dumps(row), row)
        return list(rows.values())

    def _draw(self, rng: np.random.Generator) -> Setting:
        return {name: values[int(rng.integers(len(values)))] for name, values in self.drawn.items()}

    def _combinations(self) -> list[Setting]:
        return [
            dict(zip(self.compared, values, strict=True))
            for values in itertools.product(*self.compared.values())
        ]

    def digest(self) -> str:
        """Hash of all that the rows depend on, but for the code."""
        declared = [self.name, self.rows(), sorted(self.tolerances)]
        return hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:16]

    def columns(self) -> list[str]:
        """Names of the table's columns: part, the axes, seed, the outcomes."""
        return ["part", *self.base, "seed", *self.tolerances]

    def stored_columns(self) -> list[str]:
        """Those of the columns that the file holds: the axes that some row moves, seed, the outcomes."""
        moved = {*self.compared, *self.crossed, *self.varied, *self.drawn}
        return [name for name in self.columns()[1:] if name not in self.base or name in moved]


# --- Running ------------------------------------------------------------------------------------------------


def run(
    survey: Survey, *, tables: Path = TABLES, work: Path = WORK, progress: bool = False
) -> NDArray[np.void]:
    """Run a survey, or what is left of it, and store its table.

    table[i] = the i-th of survey.rows(), and what the experiment returned for it

    Runs go through ``joblib.Parallel`` on one BLAS thread each: serially unless ``joblib.parallel_config`` says
    otherwise. Each finished row is written to ``work`` at once, so that an interrupted survey goes on where it stopped.

    Args:
        survey: what to run.
        tables: the folder of the table.
        work: the folder of unfinished rows.
        progress: whether to show a progress bar.

    Returns:
        The table, as from ``read``.

    Raises:
        SurveyError: the unfinished rows are of another declaration or other versions, the experiment returned other
            outcomes than declared, or one of the survey's libraries is not installed.

    Source: https://joblib.readthedocs.io/en/stable/parallel.html

    >>> import tempfile
    >>> from relubook.surveys import SURVEYS, Survey
    >>> def area(*, seed: int, width: float) -> dict[str, float]:
    ...     return {"area": width * width}
    >>> survey = Survey(name="areas", question="How large?", experiment=area, base={"width": 1},
    ...                 crossed={"width": (1, 2)}, seeds=[0], tolerances={"area": 0.0}, budget=1)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run(survey, tables=Path(folder), work=Path(folder) / "work")["area"].tolist()
    [1, 4]
    """
    rows = survey.rows()
    work.mkdir(parents=True, exist_ok=True)
    unfinished = work / f"{survey.name}.csv"
    done = _unfinished_rows(survey, unfinished)
    seconds = sum(float(line[-1]) for line in done)
    tasks = (joblib.delayed(_one_run)(survey.experiment, row) for row in rows[len(done) :])
    results = joblib.Parallel(return_as="generator")(tasks)
    if progress:
        from tqdm.auto import tqdm

        results = tqdm(results, total=len(rows), initial=len(done), desc=survey.name)
    with unfinished.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if not done:
            file.truncate(0)
            file.write(f"# {survey.digest()} {_versions(survey)}\n")
        for row, (outcomes, cpu) in zip(rows[len(done) :], results, strict=True):
            if set(outcomes) != set(survey.tolerances):
                raise SurveyError(
                    f"{survey.name}: the experiment returned {sorted(outcomes)}; "
                    f"tolerances declares {sorted(survey.tolerances)}"
                )
            values = {**row, **{name: _rounded(outcomes[name]) for name in survey.tolerances}}
            line = [*(values[name] for name in survey.stored_columns()), f"{cpu:.4f}"]
            writer.writerow(line)
            file.flush()
            done.append([str(value) for value in line])
            seconds += cpu
    body = io.StringIO()
    writer = csv.writer(body, lineterminator="\n")
    writer.writerow(survey.stored_columns())
    writer.writerows(line[:-1] for line in done)
    text = body.getvalue()
    header = {
        "question": survey.question,
        "declaration": survey.digest(),
        "versions": _versions(survey),
        "cpu": f"{seconds:.0f} s of {survey.budget:.0f} s",
        "rows": hashlib.sha256(text.encode()).hexdigest()[:16],
    }
    tables.mkdir(parents=True, exist_ok=True)
    target = tables / f"{survey.name}.csv"
    written = target.with_suffix(".new")
    written.write_text(
        "".join(f"# {key}: {value}\n" for key, value in header.items()) + text, encoding="utf-8"
    )
    os.replace(written, target)
    unfinished.unlink()
    return read(survey, tables=tables)


def _one_run(experiment: Callable[..., Mapping[str, Value]], row: Row) -> tuple[dict[str, Value], float]:
    setting = {name: value for name, value in row.items() if name != "part"}
    with threadpool_limits(1):
        start = time.process_time()
        outcomes = dict(experiment(**setting))
        return outcomes, time.process_time() - start


def _unfinished_rows(survey: Survey, path: Path) -> list[list[str]]:
    """The complete lines of an interrupted run; a half-written last one is dropped from the file."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    text = text[: text.rfind("\n") + 1]
    first, _, lines = text.partition("\n")
    if not first:
        return []
    if first != f"# {survey.digest()} {_versions(survey)}":
        raise SurveyError(
            f"{path}: rows of another declaration of {survey.name} or of other versions ({first.removeprefix('# ')}); "
            "delete the file to start anew"
        )
    path.write_text(text, encoding="utf-8")
    return list(csv.reader(io.StringIO(lines)))


def _versions(survey: Survey) -> str:
    try:
        libraries = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in survey.libraries)
    except importlib.metadata.PackageNotFoundError as error:
        raise SurveyError(f"{survey.name} cannot be run: {error.name} is not installed") from None
    return f"Python {platform.python_version()}, {libraries}"


def _rounded(value: Value) -> Value:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


# --- Reading ------------------------------------------------------------------------------------------------


def read(survey: Survey | str, *, tables: Path = TABLES) -> NDArray[np.void]:
    """The table of a survey.

    table[i] = part, setting, seed and outcomes of the i-th run

    Args:
        survey: one of the book's, by name, or a declaration.
        tables: the folder of the table; the package's own unless given.

    Returns:
        A structured array of shape (runs,); ``table["learning_rate"]`` is a column, ``table[mask]`` some rows.

    Raises:
        ValueError: the book has no survey of that name; the message lists those that it has.
        SurveyError: there is no table, or it comes from another declaration, or its rows were changed.

    Source: ``relubook.surveys.declared``

    >>> table = read("backward_bug")
    >>> table.dtype.names[:3]
    ('part', 'activation', 'derivative')
    """
    if isinstance(survey, str):
        from relubook.surveys.declared import survey_named

        survey = survey_named(survey)
    path = tables / f"{survey.name}.csv"
    again = f"run `python -m relubook.surveys {survey.name}`"
    header, text = _parts(path)
    if header.get("declaration") != survey.digest():
        raise SurveyError(f"{path}: rows of another declaration of {survey.name}; {again}")
    if header.get("rows") != hashlib.sha256(text.encode()).hexdigest()[:16]:
        raise SurveyError(f"{path}: the rows are not those that were measured; {again}")
    lines = list(csv.DictReader(io.StringIO(text)))
    columns = {
        name: [line.get(name, str(survey.base.get(name))) for line in lines] for name in survey.columns()[1:]
    }
    columns = {"part": [row["part"] for row in survey.rows()], **columns}
    arrays = {name: _typed(values) for name, values in columns.items()}
    table = np.empty(len(arrays["seed"]), dtype=[(name, array.dtype) for name, array in arrays.items()])
    for name, array in arrays.items():
        table[name] = array
    return table


def by_setting(table: NDArray[np.void]) -> NDArray[np.void]:
    """The rows of a table, or of a part of it, as one line a setting and one column a seed.

    lines[i, j] = row of the i-th setting and the j-th seed

    Args:
        table: rows from ``read``, in their order, with the same seeds in every setting. Of two compared values, take
            the rows of each: their lines then stand in the same order, and so are pairs.

    Returns:
        A structured array of shape (settings, seeds).

    Raises:
        ValueError: the settings do not have the same seeds.

    Source: ``relubook.surveys.Survey.rows``

    >>> table = read("zeros")
    >>> by_setting(table[table["part"] == "cross"]).shape
    (24, 10)
    """
    seeds = len(np.unique(table["seed"]))
    if len(table) == 0 or len(table) % seeds:
        raise ValueError(f"table must have every setting with the same seeds, got {len(table)} rows")
    lines = table.reshape(-1, seeds)
    if (lines["seed"] != lines["seed"][0]).any():
        raise ValueError("table must have every setting with the same seeds, in the order of the survey")
    return lines


def provenance(survey: Survey, *, tables: Path = TABLES) -> dict[str, str]:
    """The comments at the top of a survey's table: question, declaration, versions, cpu and rows.

    header[key] = the text after ``# key: ``

    Args:
        survey: a declaration.
        tables: the folder of the table.

    Raises:
        SurveyError: there is no table.

    Source: ``relubook.surveys.run``

    >>> from relubook.surveys import SURVEYS
    >>> sorted(provenance(SURVEYS["backward_bug"]))
    ['cpu', 'declaration', 'question', 'rows', 'versions']
    """
    return _parts(tables / f"{survey.name}.csv")[0]


def _parts(path: Path) -> tuple[dict[str, str], str]:
    if not path.exists():
        raise SurveyError(f"{path}: there is no table; run `python -m relubook.surveys {path.stem}`")
    header, lines = {}, path.read_text(encoding="utf-8").splitlines(keepends=True)
    while lines and lines[0].startswith("# "):
        key, _, value = lines.pop(0)[2:].rstrip("\n").partition(": ")
        header[key] = value
    return header, "".join(lines)


def _typed(values: list[str]) -> NDArray[Any]:
    for kind in (np.int64, np.float64):
        try:
            return np.array(values, dtype=kind)
        except ValueError:
            continue
    return np.array(values)


# --- Checking -----------------------------------------------------------------------------------------------


def recheck(survey: Survey, *, rows: int, rng: np.random.Generator, tables: Path = TABLES) -> list[str]:
    """Run some rows of a table again and say which came out otherwise.

    A row agrees where |new − stored| ≤ tolerance + 10⁻³ · |stored| for every outcome, and NaN meets NaN; in a chaotic
    survey also where it lies between those of its setting's seeds, or no further beyond than the tolerance. A single
    run may be chaotic anywhere, so one may differ, or a tenth, in a chaotic survey a fifth, before anything is said.

    differing = rows of the sample that do not agree, if more than max(1, rows / 10 or rows / 5)

    Args:
        survey: a declaration.
        rows: how many rows to run again, drawn without replacement.
        rng: what draws them.
        tables: the folder of the table.

    Returns:
        A line for each row that differs, or an empty list where few enough do.

    Raises:
        SurveyError: as ``read``.
        ValueError: ``rows`` is not between 1 and the table's length.

    Source: the definition

    >>> from relubook.surveys import SURVEYS
    >>> recheck(SURVEYS["backward_bug"], rows=3, rng=np.random.default_rng(0))
    []
    """
    table = read(survey, tables=tables)
    if not 1 <= rows <= len(table):
        raise ValueError(f"rows must be between 1 and {len(table)}, got {rows!r}")
    declared = survey.rows()
    differing = []
    for index in sorted(rng.choice(len(table), rows, replace=False)):
        outcomes, _ = _one_run(survey.experiment, declared[index])
        others = [row == {**declared[index], "seed": row["seed"]} for row in declared]
        seeds = table[others] if survey.chaotic else table[[index]]
        differences = list(_differences(survey, table[index], outcomes, seeds))
        if differences:
            setting = ", ".join(f"{name} {value}" for name, value in declared[index].items())
            differing.append(f"{survey.name}: {'; '.join(differences)} at {setting}")
    return differing if len(differing) > max(1, MOST_DIFFERING[survey.chaotic] * rows) else []


def _differences(
    survey: Survey, stored: Any, again: Mapping[str, Value], seeds: NDArray[np.void]
) -> Iterator[str]:
    """What differs from the stored row by more than its tolerance, and from all rows of its setting."""
    for name, tolerance in survey.tolerances.items():
        old, new = stored[name].item(), again[name]
        if isinstance(old, str):
            if new not in seeds[name]:
                yield f"{name} is {new}, stored {old}"
            continue
        near = np.isclose(old, new, rtol=10.0 ** (1 - DIGITS), atol=tolerance, equal_nan=True)
        if not near and not seeds[name].min() - tolerance <= float(new) <= seeds[name].max() + tolerance:
            yield f"{name} is {new:.4g}, stored {old:.4g}"
