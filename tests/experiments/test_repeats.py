"""Repeats over seeds: the same numbers serially, on two processes and on a Dask cluster."""

import joblib
import numpy as np
import pytest

from relubook.experiments.digits import train_on_digits
from relubook.experiments.repeats import over_seeds

SETTINGS = {
    "ReLU": {"activation": "relu", "hidden": (16, 16), "epochs": 2},
    "PReLU": {"activation": "prelu", "hidden": (16, 16), "epochs": 2, "batch_norm": True},
}


def seed_times(*, seed: int, factor: int = 1) -> int:
    return seed * factor


@pytest.fixture(scope="module")
def serial():
    return over_seeds(train_on_digits, SETTINGS, seeds=range(3))


def test_results_are_grouped_by_setting_and_ordered_by_seed():
    assert over_seeds(seed_times, {"a": {}, "b": {"factor": 10}}, seeds=[3, 1]) == {
        "a": [3, 1],
        "b": [30, 10],
    }


def test_seeds_differ_and_repeat(serial):
    assert len({run.loss for run in serial["ReLU"]}) == 3
    assert over_seeds(train_on_digits, SETTINGS, seeds=range(3)) == serial


def test_two_processes_give_identical_numbers(serial):
    with joblib.parallel_config(backend="loky", n_jobs=2):
        assert over_seeds(train_on_digits, SETTINGS, seeds=range(3)) == serial


def test_a_dask_cluster_gives_identical_numbers(serial, tmp_path):
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    )
    with cluster, Client(cluster), joblib.parallel_config(backend="dask"):
        assert over_seeds(train_on_digits, SETTINGS, seeds=range(3)) == serial


def test_progress_is_shown_on_request_alone(capsys):
    over_seeds(seed_times, {"a": {}}, seeds=[1, 2])
    assert capsys.readouterr().err == ""
    over_seeds(seed_times, {"a": {}}, seeds=[1, 2], progress=True)
    assert "seed_times: 100%" in capsys.readouterr().err


@pytest.mark.parametrize("seeds", [[], [1, 1], (1, np.int64(1))])
def test_bad_seeds_are_refused(seeds):
    with pytest.raises(ValueError, match="seeds must be different integers"):
        over_seeds(seed_times, {"a": {}}, seeds=seeds)


def test_no_settings_are_refused():
    with pytest.raises(ValueError, match="settings is empty"):
        over_seeds(seed_times, {}, seeds=[1])


@pytest.mark.parametrize("seeds", [5, None, [1.0], [-1], [True], [None]])
def test_seeds_are_whole(seeds):
    with pytest.raises(ValueError, match="seeds must be integers of at least 0, got"):
        over_seeds(seed_times, {"a": {}}, seeds=seeds)


def test_settings_that_do_not_fit_are_refused_before_the_first_run():
    ran = []

    def experiment(*, seed: int, factor: int = 1) -> None:
        ran.append(seed)

    with pytest.raises(TypeError, match=r"setting 'b' does not fit the experiment: .*'rate'"):
        over_seeds(experiment, {"a": {}, "b": {"rate": 1}}, seeds=[1])
    with pytest.raises(ValueError, match="setting 'b' holds a seed"):
        over_seeds(experiment, {"a": {}, "b": {"seed": 1}}, seeds=[1])
    assert ran == []
