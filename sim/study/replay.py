"""Run one run of a stored study again, by itself, so that a failure can be looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.scenario.description import Scenario
from sim.results.store import Results

__all__ = ["replay_run"]


def replay_run(folder: str | Path, run: str) -> NDArray[np.float64]:
    """Run one run of a study again, and return its weekly share that feels safe, [n_weeks + 1].

    Parameters
    ----------
    folder : folder of the study
    run : name of the run

    Raises
    ------
    InputError : the study has no such run
    Exception : whatever made the run fail
    """
    results = Results(folder)
    config, _, number = run.rpartition("-")
    if not number.isdecimal():
        hint = f"they are listed by: cultureshift study status {folder}"
        raise InputError.single("run", "the name of a run of this study", run, hint)
    text, seed = results.config(config)
    table = prepare(Scenario.model_validate_json(text)).simulate(seed, int(number))
    return table[:, 0, MEASURE_NAMES.index("safe_share")]
