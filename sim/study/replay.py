"""Run one run of a stored study again, by itself, so that a failure can be looked at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from sim.base.errors import Fault, InputError
from sim.base.field_messages import as_written, findings_of, path_text
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.run import prepare
from sim.inputs.scenario.description import Scenario
from sim.results.store import DamagedStoreError, Results, config_key, model_version
from sim.results.store.configs import CONFIGS_FILE
from sim.rulebook.own_rules import faults_of_record
from sim.rulebook.rulebook import RULEBOOK, Rulebook

__all__ = ["replay_run"]

_MOST_DIGITS = 9


def replay_run(folder: str | Path, run: str, rulebook: Rulebook = RULEBOOK) -> NDArray[np.float64]:
    """Run one run of a study again, and return its weekly share that feels safe, [n_weeks + 1].

    Parameters
    ----------
    folder : folder of the study
    run : name of the run
    rulebook : the rules to run it with; those of one's own have to be the ones that are recorded there

    Raises
    ------
    InputError : the study has no such run, its scenario is none, or it was run with other rules
    DamagedStoreError : the scenario or the seed is not the one that the run is named after
    Exception : whatever made the run fail
    """
    results = Results(folder)
    if faults := list(faults_of_record(results.own_rules, rulebook.recorded, str(folder))):
        raise InputError(faults)
    config, _, number = run.rpartition("-")
    if not (config and number.isascii() and number.isdecimal() and len(number) <= _MOST_DIGITS):
        hint = f"they are listed by: cultureshift study status {folder}"
        raise InputError.single("run", "the name of a run of this study", as_written(run), hint)
    text, seed, first = results.config(config)
    path = results.folder / CONFIGS_FILE
    try:
        scenario = Scenario.model_validate_json(text, context=rulebook)
    except ValidationError as error:
        raise InputError(
            Fault(f"{path}: {config}: {path_text(one.path)}", one.wanted, one.came, one.hint)
            for one in findings_of(error, Scenario)
        ) from None
    # Another version of the model names the same run differently; of this one there is no other name.
    if results.model_version == model_version() and config_key(scenario, seed, first) != config:
        raise DamagedStoreError(path, f"{config} is not the name of the scenario and the seed that stand there")
    table = prepare(scenario).simulate(seed, first + int(number))
    return table[:, 0, MEASURE_NAMES.index("safe_share")]
