"""The default week in vectors, as a library that is compiled here for this machine: see vector_week.c."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.plan import BURN_IN_WEEKS
from sim.engine.recorder import N_MEASURES
from sim.engine.run import prepare
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.rulebook.parameters import Parameters

__all__ = ["Limit", "VectorWeek", "compiler"]

SOURCE = Path(__file__).with_suffix(".c")
FLAGS = ("-std=gnu11", "-O3", "-march=native", "-fno-math-errno", "-fschedule-insns", "-fsched-pressure")
STAFF_COLUMNS = (
    "safety", "efficacy", "aim", "capability", "cynicism", "safety_trait", "efficacy_trait",
    "habit_voice", "habit_team", "habit_fail", "habit_learn", "tenure_weeks",
)  # fmt: skip
LEADER_COLUMNS = ("control", "embedding", "disposition")
SERVICE_COLUMNS = ("turbulence", "usual_voice", "backlog", "learning_stock")
"""The state at the start of the burn-in, in the order in which the library takes it."""


def compiler() -> str | None:
    """Return where gcc is, whose vectors the source is written in; None where it is not installed."""
    return shutil.which("gcc")


class Limit:
    """The compiled library.

    Parameters
    ----------
    folder : where it is built

    Raises
    ------
    FileNotFoundError : gcc is not installed
    subprocess.CalledProcessError : gcc has refused the source, and said why
    """

    def __init__(self, folder: Path) -> None:
        found = compiler()
        if found is None:
            raise FileNotFoundError("the limit is compiled by gcc, which is not installed here")
        numbers = " ".join(f"double {name};" for name in Parameters.model_fields)
        (folder / "rules.h").write_text(f"struct Rules {{ {numbers} }};\n", encoding="utf-8")
        library = folder / "vector_week.so"
        made = ["-shared", "-fPIC", "-include", str(folder / "rules.h"), "-o", str(library)]
        command = [found, *FLAGS, *made, str(SOURCE), "-lm"]
        subprocess.run(command, check=True)
        self.functions = ctypes.CDLL(str(library))
        self.functions.start.restype = ctypes.c_void_p


class VectorWeek:
    """One service in which nothing is done, after its burn-in.

    The burn-in begins with the world that the engine prepares for it: the limit is of the week, not of the start.

    Parameters
    ----------
    limit : the library
    organisation : one service, with teams of one size
    seed : of the draws

    Raises
    ------
    ValueError : there are several services, teams of several sizes, or ties that are not alike
    """

    def __init__(self, limit: Limit, organisation: Organisation, seed: int) -> None:
        sizes = np.unique(np.diff(organisation.team_start))
        if organisation.n_services != 1 or len(sizes) != 1 or sizes[0] < 2:
            raise ValueError("wanted one service with teams of one size, of two people or more")
        self._functions = limit.functions
        prepared = prepare(Scenario(title="Nothing is done", weeks=1), organisation)
        ties = prepared.ties
        if not ties.all_tied.all() or (ties.weight != 1.0).any():
            raise ValueError("wanted teams in which everybody is tied to everybody, and ties of one weight")
        world, key = prepared.begin(seed)
        rules = np.array([float(value) for value in Parameters().model_dump().values()])
        whole = [ctypes.c_int(int(n)) for n in (organisation.n_teams, sizes[0], organisation.service_senior_start[-1])]
        rows = (
            np.ascontiguousarray(organisation.staff_group, np.uint8),
            np.ascontiguousarray(ties.indptr, np.uint32),
            np.ascontiguousarray(ties.indices, np.uint32),
            np.ascontiguousarray(ties.team_indptr, np.uint32),
            np.ascontiguousarray(ties.team_indices, np.uint32),
            np.ascontiguousarray(ties.team_weight, np.float64),
        )
        state = (
            _columns(world.staff, STAFF_COLUMNS),
            _columns(world.teams, LEADER_COLUMNS),
            _columns(world.seniors, (*LEADER_COLUMNS, "weeks_in_post")),
            _columns(world.pairs, ("purpose",)),
            _columns(world.services, SERVICE_COLUMNS),
        )
        beginning = (ctypes.c_void_p * len(state))(*(columns.ctypes.data for columns in state))
        started = self._functions.start(
            rules.ctypes, key.ctypes, *whole, *(row.ctypes for row in rows), ctypes.byref(beginning)
        )
        if not started:
            raise ValueError("the library takes no such organisation")
        self._week = ctypes.c_void_p(started)
        self._functions.run_weeks(self._week, -BURN_IN_WEEKS, BURN_IN_WEEKS, N_MEASURES, None)

    def run(self, n_weeks: int, table: NDArray[np.float64]) -> None:
        """Run weeks from week 0 and record them in ``table`` [n_weeks + 1, n_measures]."""
        if table.shape != (n_weeks + 1, N_MEASURES) or table.dtype != np.float64 or not table.flags.c_contiguous:
            raise ValueError(f"wanted a contiguous table [{n_weeks + 1}, {N_MEASURES}], got {table.shape}")
        self._functions.run_weeks(self._week, 0, n_weeks, N_MEASURES, table.ctypes)

    def close(self) -> None:
        """Give back the memory of the service."""
        self._functions.stop(self._week)


def _columns(group: Any, names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return [n_names, n_rows], columns of a group one after the other."""
    return np.array([group[name] for name in names], dtype=np.float64)
