"""Surveys: what is run, that nothing is lost or mixed, and that the stored tables are what the code gives."""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from booktools.notebook_format import ROOT
from relubook.surveys import SURVEYS, Survey, SurveyError, __main__, read, recheck, run
from relubook.surveys.survey import TABLES, provenance

SAMPLE = (12, 6)  # rows of each survey that are run again: of one with quick runs and of one with slow ones
SLOW = 0.2  # seconds of CPU a run, on average
MOST_CPU = 9_500  # seconds, of all surveys together: 7,000, and 2,500 for the part on today
MOST_BYTES = 2_000_000


def areas(*, seed: int, width: float, height: float) -> dict[str, float]:
    return {"area": width * height + seed}


def survey(**changes) -> Survey:
    declaration = {
        "name": "areas",
        "question": "How large?",
        "experiment": areas,
        "base": {"width": 1, "height": 1},
        "crossed": {"width": (1, 2)},
        "varied": {"height": (3,)},
        "seeds": (0, 1),
        "tolerances": {"area": 0.0},
        "budget": 1,
    }
    return Survey(**{**declaration, **changes})


# --- Declarations -------------------------------------------------------------------------------------------


def test_axes_are_crossed_or_moved_one_at_a_time_and_paired_by_seed():
    rows = survey(compared={"height": (1, 5)}, varied={}).rows()
    assert [(row["width"], row["height"], row["seed"]) for row in rows] == [
        (width, height, seed) for width in (1, 2) for height in (1, 5) for seed in (0, 1)
    ]
    moved = [row for row in survey().rows() if row["part"] == "axis"]
    assert moved == [{"part": "axis", "width": 1, "height": 3, "seed": seed} for seed in (0, 1)]


def test_drawn_settings_are_many_and_always_the_same():
    drawing = survey(drawn={"width": range(1, 50), "height": range(1, 50)}, draws=200, draw_seeds=(7, 8))
    rows = [row for row in drawing.rows() if row["part"] == "draw"]
    assert rows == [row for row in drawing.rows() if row["part"] == "draw"]
    assert {row["seed"] for row in rows} == {7, 8}
    assert len({(row["width"], row["height"]) for row in rows}) == 200


def test_a_setting_that_was_drawn_before_is_drawn_again():
    every = {"width": (1, 2, 3), "height": (4, 5)}
    rows = survey(drawn=every, draws=6, draw_seeds=(7,)).rows()
    drawn = {(row["width"], row["height"]) for row in rows if row["part"] == "draw"}
    assert drawn == {(width, height) for width in (1, 2, 3) for height in (4, 5)}


def test_declarations_without_a_collision_keep_their_digest():
    """That of the tables that were stored when a setting could still be drawn twice."""
    assert SURVEYS["backward_bug"].digest() == "17f2fe2cef2994e2"
    assert SURVEYS["elu_against_relu"].digest() == "7df6b392683f957b"


@pytest.mark.parametrize("name", SURVEYS)
def test_no_survey_draws_a_setting_twice(name):
    declared = SURVEYS[name]
    rows = [row for row in declared.rows() if row["part"] == "draw"]
    assert (
        len({json.dumps({**row, "seed": 0} | dict.fromkeys(declared.compared)) for row in rows})
        == declared.draws
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"crossed": {"depth": (1,)}}, r"areas: base has no value for 'depth', an axis of crossed"),
        ({"varied": {"width": ()}}, r"areas: varied\['width'\] must hold different values, got \(\)"),
        ({"crossed": {"width": (1, 1)}}, r"crossed\['width'\] must hold different values, got \(1, 1\)"),
        ({"draws": 3}, r"areas: drawn, draws and draw_seeds go together"),
        (
            {"drawn": {"width": (1, 2)}, "draws": 3, "draw_seeds": (0,)},
            r"areas: draws must be at most the 2 settings that there are",
        ),
    ],
)
def test_a_declaration_that_cannot_be_run_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        survey(**changes)


# --- Running ------------------------------------------------------------------------------------------------


def test_a_table_has_the_settings_the_outcomes_and_where_they_come_from(tmp_path):
    table = run(survey(), tables=tmp_path, work=tmp_path / "work")
    assert table.dtype.names == ("part", "width", "height", "seed", "area")
    assert table["area"].tolist() == [1, 2, 2, 3, 3, 4]
    header = provenance(survey(), tables=tmp_path)
    assert header["question"] == "How large?"
    assert re.fullmatch(r"Python [\d.]+, numpy [\d.]+, scipy [\d.]+", header["versions"])
    assert re.fullmatch(r"\d+ s of 1 s", header["cpu"])
    assert not list((tmp_path / "work").iterdir())


def test_a_table_names_the_libraries_of_its_survey(tmp_path):
    declared = survey(libraries=("numpy", "joblib"))
    run(declared, tables=tmp_path, work=tmp_path / "work")
    assert re.fullmatch(
        r"Python [\d.]+, numpy [\d.]+, joblib [\d.]+", provenance(declared, tables=tmp_path)["versions"]
    )
    assert declared.digest() == survey().digest(), "the tables that are stored stay valid"


def test_a_survey_whose_library_is_missing_is_named(tmp_path):
    with pytest.raises(SurveyError, match="areas cannot be run: no-such-library is not installed"):
        run(survey(libraries=("no-such-library",)), tables=tmp_path, work=tmp_path / "work")


def test_the_declarations_need_no_framework():
    code = "import sys, relubook.surveys; assert not {'torch', 'keras'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


CALLS: list[int] = []


def stops_at_the_fourth(*, seed: int, width: float, height: float) -> dict[str, float]:
    CALLS.append(seed)
    if len(CALLS) == 4:
        raise KeyboardInterrupt
    return areas(seed=seed, width=width, height=height)


def test_an_interrupted_survey_keeps_its_rows_and_goes_on(tmp_path):
    CALLS.clear()
    interrupted = survey(experiment=stops_at_the_fourth)
    with pytest.raises(KeyboardInterrupt):
        run(interrupted, tables=tmp_path, work=tmp_path)
    assert len(CALLS) == 4
    path = tmp_path / "areas.csv"
    path.write_text(path.read_text() + "2,1")  # a line that was being written
    table = run(interrupted, tables=tmp_path / "tables", work=tmp_path)
    assert len(CALLS) == 4 + 3, "three rows were kept, three remained"
    assert table["area"].tolist() == [1, 2, 2, 3, 3, 4]


def test_unfinished_rows_of_another_declaration_or_version_are_named(tmp_path):
    CALLS.clear()
    with pytest.raises(KeyboardInterrupt):
        run(survey(experiment=stops_at_the_fourth), tables=tmp_path, work=tmp_path)
    with pytest.raises(
        SurveyError, match=r"areas\.csv: rows of another declaration of areas .*delete the file"
    ):
        run(survey(seeds=(0, 1, 2)), tables=tmp_path, work=tmp_path)
    path = tmp_path / "areas.csv"
    path.write_text(re.sub(r"numpy [\d.]+", "numpy 1.0", path.read_text()))
    with pytest.raises(SurveyError, match=r"or of other versions \(.*numpy 1\.0"):
        run(survey(), tables=tmp_path, work=tmp_path)


def test_outcomes_that_are_not_declared_are_refused(tmp_path):
    with pytest.raises(SurveyError, match=r"returned \['area'\]; tolerances declares \['volume'\]"):
        run(survey(tolerances={"volume": 0.0}), tables=tmp_path, work=tmp_path / "work")
    assert not (tmp_path / "areas.csv").exists()


# --- Reading and checking -----------------------------------------------------------------------------------


def test_a_table_that_is_missing_changed_or_of_other_settings_is_refused_by_name(tmp_path):
    with pytest.raises(SurveyError, match=r"there is no table; run `python -m relubook\.surveys areas`"):
        read(survey(), tables=tmp_path)
    run(survey(), tables=tmp_path, work=tmp_path / "work")
    with pytest.raises(SurveyError, match=r"areas\.csv: rows of another declaration of areas"):
        read(survey(seeds=(0, 1, 2)), tables=tmp_path)
    path = tmp_path / "areas.csv"
    path.write_text(path.read_text().replace("2,1,1,3", "2,1,1,4"))
    with pytest.raises(SurveyError, match=r"areas\.csv: the rows are not those that were measured"):
        read(survey(), tables=tmp_path)


def test_an_unknown_name_lists_the_known_ones(capsys):
    with pytest.raises(ValueError, match=rf"unknown survey 'nothing'; known are {', '.join(SURVEYS)}"):
        read("nothing")
    assert __main__._main(["nothing"]) == 1
    assert "error: unknown survey 'nothing'" in capsys.readouterr().err


def other_areas(*, seed: int, width: float, height: float) -> dict[str, float]:
    return {"area": width * height - seed}


def test_code_that_has_changed_is_found_and_its_setting_named(tmp_path):
    run(survey(), tables=tmp_path, work=tmp_path / "work")
    assert recheck(survey(), rows=6, rng=np.random.default_rng(0), tables=tmp_path) == []
    lines = recheck(
        replace(survey(), experiment=other_areas), rows=6, rng=np.random.default_rng(0), tables=tmp_path
    )
    assert lines[0] == "areas: area is 0, stored 2 at part cross, width 1, height 1, seed 1"
    assert len(lines) == 3
    with pytest.raises(ValueError, match=r"rows must be between 1 and 6, got 7"):
        recheck(survey(), rows=7, rng=np.random.default_rng(0), tables=tmp_path)


FATES = {"calm": 0.0}


def hangs_on_a_digit(*, seed: int, width: float, height: float) -> dict[str, float]:
    """Another fate on another processor: the seeds' values change places."""
    return {"area": width * height + (seed if FATES["calm"] else 1 - seed) + FATES["calm"]}


def test_a_chaotic_run_may_end_as_another_seed_of_its_setting_but_not_elsewhere(tmp_path, monkeypatch):
    chaotic = survey(experiment=hangs_on_a_digit, chaotic=True)
    run(chaotic, tables=tmp_path, work=tmp_path / "work")
    others = {"rows": 6, "rng": np.random.default_rng(0), "tables": tmp_path}
    assert recheck(replace(chaotic, experiment=areas), **others) == []
    assert len(recheck(replace(chaotic, experiment=areas, chaotic=False), **others)) == 6
    monkeypatch.setitem(FATES, "calm", 2.0)
    assert len(recheck(chaotic, **others)) == 6


@pytest.mark.parametrize("name", SURVEYS)
def test_a_sample_of_every_stored_table_comes_out_again(name):
    seconds = float(provenance(SURVEYS[name])["cpu"].split()[0])
    rows = SAMPLE[seconds / len(SURVEYS[name].rows()) > SLOW]
    differing = recheck(SURVEYS[name], rows=rows, rng=np.random.default_rng(0))
    assert not differing, "\n".join([*differing, f"If the new rows are right: make survey NAME={name}"])


def test_budgets_and_sizes_are_kept():
    spent = {name: provenance(survey)["cpu"].split() for name, survey in SURVEYS.items()}
    assert all(float(cpu[0]) <= float(cpu[3]) for cpu in spent.values()), spent
    assert sum(survey.budget for survey in SURVEYS.values()) <= MOST_CPU
    assert sum(path.stat().st_size for path in TABLES.glob("*.csv")) <= MOST_BYTES


def test_there_is_a_table_for_every_survey_and_no_other():
    assert {path.stem for path in TABLES.glob("*.csv")} == set(SURVEYS)


def test_tables_are_plain_csv_after_their_comments():
    for name, declared in SURVEYS.items():
        text = (TABLES / f"{name}.csv").read_text(encoding="utf-8")
        body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
        lines = list(csv.reader(io.StringIO(body)))
        assert lines[0] == declared.stored_columns()
        assert len(lines) == 1 + len(declared.rows())


def test_the_wheel_carries_every_table(tmp_path):
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("relubook-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = "from relubook.surveys import SURVEYS, read; print(sum(len(read(name)) for name in SURVEYS))"
    result = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
    )
    assert int(result.stdout) == sum(len(survey.rows()) for survey in SURVEYS.values())
    assert Path(tmp_path / "site" / "relubook" / "surveys" / "backward_bug.csv").exists()
