"""Memory and time are reported; the limits on them fail the run that breaks them, also in parallel."""

import os
import subprocess
import sys
import time

import nbformat
import numpy as np
import pytest

from booktools.notebook_limits import cpu_seconds, peak_memory


def run_pytest(folder, *options: str) -> subprocess.CompletedProcess:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "booktools.notebook_limits",
        "--nbval",
        "--nbval-current-env",
    ]
    return subprocess.run(
        [*command, "-p", "no:cacheprovider", *options, str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def notebook(tmp_path):
    cell = nbformat.v4.new_code_cell("x = bytearray(200 * 2**20)", id="big", execution_count=1)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "big.ipynb")
    return tmp_path


def test_use_is_reported(notebook):
    result = run_pytest(notebook, "-n", "2", "--dist", "loadscope")
    assert result.returncode == 0, result.stdout + result.stderr
    (line,) = (line for line in result.stdout.splitlines() if line.endswith("big.ipynb") and "MiB" in line)
    assert 200 < float(line.split()[0]) < 400


@pytest.mark.parametrize("parallel", [(), ("-n", "2", "--dist", "loadscope")])
def test_too_much_memory_fails(notebook, parallel):
    result = run_pytest(notebook, "--notebook-memory", "150", *parallel)
    assert result.returncode != 0
    assert "big.ipynb took 2" in result.stdout and "MiB, more than 150" in result.stdout


def test_time_is_reported_and_limited_only_where_asked(notebook):
    result = run_pytest(notebook)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "the most, and the sum, of 1" in result.stdout


def test_too_much_time_fails(notebook):
    result = run_pytest(notebook, "--notebook-seconds", "0")
    assert result.returncode != 0
    assert "s of processor time, more than 0" in result.stdout


@pytest.mark.parametrize("parallel", [(), ("-n", "2", "--dist", "loadscope")])
def test_too_much_time_together_fails(notebook, parallel):
    result = run_pytest(notebook, "--notebooks-seconds", "0", *parallel)
    assert result.returncode != 0
    assert "error: all together took" in result.stdout


def test_waiting_takes_no_time():
    before = cpu_seconds(os.getpid())
    time.sleep(0.5)
    assert cpu_seconds(os.getpid()) - before < 0.4
    deadline = time.process_time() + 0.3
    while time.process_time() < deadline:
        pass
    assert cpu_seconds(os.getpid()) - before >= 0.25


def test_peak_memory_remembers_what_was_freed():
    before = peak_memory(os.getpid())
    block = np.ones(60 * 2**20, dtype=np.uint8)
    del block
    assert peak_memory(os.getpid()) >= before
