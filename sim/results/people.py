"""Weekly data of everybody: who felt how safe in which week, person by person, team by team.

The weeks are those of the ensembles: the same seed and replicate give the same people the same weeks, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.base.dates import first_days
from sim.base.errors import Fault, InputError, nearest_name
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, n_rows, vacant_seats
from sim.engine.week import Engine
from sim.inputs.organisation import STAFF_GROUP_NAMES, Organisation
from sim.inputs.scenario.description import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Rows", "run_people"]

Rows = Literal["staff", "teams", "seniors", "services"]
"""Of whom there is a row a week: each seat, each team (and its leader), each senior leader, each service."""

Array = NDArray[Any]

_IN_POST = "in_post"


def run_people(
    scenario: Scenario,
    of: Rows = "staff",
    columns: Sequence[str] | None = None,
    *,
    replicates: int | Iterable[int] = 1,
    seed: int = 1,
    every_weeks: int = 1,
    organisation: Organisation | None = None,
    engine: Engine | None = None,
    burn_in_weeks: int | None = None,
) -> pd.DataFrame:
    """Run a scenario, and return what is known of everybody in each week.

    Parameters
    ----------
    scenario : what is to be run
    of : of whom there is a row a week
    columns : what of them is told; all that changes if left out. A column of staff, asked of teams, is the mean over
        those who are in the team
    replicates : how many, or the numbers of the replicates
    seed : seed of the ensemble, in [0, 2**32)
    every_weeks : weeks between two records
    organisation : who works where; the scenario's own if left out
    engine : the compiled week, with rules of one's own; the package's if left out
    burn_in_weeks : weeks before week 0, as for :func:`sim.run_ensemble`

    Returns
    -------
    frame : replicate, week (and its first day, where the scenario says on which day week 0 begins), number (from 0) and
        name, of staff also team, staff group and whether somebody is in post (what else stands in the row of a vacant
        post is nobody's, and counts in no mean), and the columns

    Raises
    ------
    InputError : there is no such group or column; all faults are listed

    Examples
    --------
    >>> safe = run_people(Scenario(title="As it is", weeks=8), of="teams", columns=["safety", "control"])
    >>> safe.columns.tolist()
    ['replicate', 'week', 'number', 'name', 'safety', 'control']
    >>> len(safe) == 9 * 37
    True
    """
    prepared = prepare(scenario, organisation, burn_in_weeks, engine)
    wanted = _columns(prepared, of, columns, every_weeks)
    numbers = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    weeks = np.arange(0, prepared.n_weeks + 1, every_weeks)
    asked = [*([_IN_POST] if of == "staff" else []), *wanted]
    frame, n_here = _recorded(prepared, of, asked, numbers, seed, every_weeks)
    each_week = np.tile(np.repeat(weeks, n_here), len(numbers))
    frame.insert(0, "replicate", np.repeat(np.array(numbers, dtype=np.int64), len(weeks) * n_here))
    frame.insert(1, "week", each_week)
    _insert_who(frame, prepared.organisation, of, n_here)
    if (start := scenario.start) is not None:
        frame.insert(2, "date", first_days(each_week, start))
    return frame


def _insert_who(frame: pd.DataFrame, organisation: Organisation, of: Rows, n_here: int) -> None:
    """Put beside each row, after replicate and week, who it is of."""
    import pandas as pd

    for place, (name, codes, labels) in enumerate(_who(organisation, of, n_here), start=2):
        values = np.tile(codes, len(frame) // max(n_here, 1))
        kept: Any = (
            values if labels is None else pd.Categorical.from_codes(values.tolist(), categories=pd.Index(labels))
        )
        frame.insert(place, name, kept)


def _recorded(
    prepared: PreparedRun, of: Rows, asked: Sequence[str], numbers: Sequence[int], seed: int, every_weeks: int
) -> tuple[pd.DataFrame, int]:
    """Run every replicate, and return what is asked, row below row, and how many rows there are at a time."""
    import pandas as pd

    parts: dict[str, list[Array]] = {name: [] for name in asked}
    n_here = 0
    for number in numbers:
        world, key = prepared.start(seed, number)
        n_here = n_rows(world, of)
        for week in range(0, prepared.n_weeks + 1, every_weeks):
            for name in asked:
                parts[name].append(_values(prepared, world, of, name))
            if week + every_weeks <= prepared.n_weeks:
                prepared.run_weeks(world, key, week, every_weeks)
    return pd.DataFrame({name: np.concatenate(values) for name, values in parts.items()}), n_here


def _columns(prepared: PreparedRun, of: Rows, asked: Sequence[str] | None, every_weeks: int) -> list[str]:
    faults = []
    if of not in get_args(Rows):
        faults.append(Fault("run_people: of", f"one of {', '.join(get_args(Rows))}", repr(of)))
    if every_weeks < 1:
        faults.append(Fault("run_people: every_weeks", "a whole number of 1 or more", str(every_weeks)))
    if faults:
        raise InputError(faults)
    columns = prepared.engine.rulebook.columns
    own = [name for name, column in columns[of].items() if column.initial is not None]
    if asked is None:
        return own
    known = [*own, *(columns["staff"] if of == "teams" else ())]
    if unknown := [name for name in asked if name not in known]:
        wanted = f"a column of {of}: {', '.join(own)}"
        raise InputError(
            Fault("run_people: columns", wanted, f'"{name}"', nearest_name(name, known)) for name in unknown
        )
    return list(dict.fromkeys(asked))


def _values(prepared: PreparedRun, world: World, of: Rows, name: str) -> Array:
    """Return [n_rows], a column as it is now."""
    if name == _IN_POST:
        return ~vacant_seats(world.staff)
    if name in prepared.engine.rulebook.columns[of]:
        values: Array = getattr(world, of)[name].copy()
        return values
    in_post = ~vacant_seats(world.staff)
    team, n_teams = prepared.organisation.team_of_staff(), prepared.organisation.n_teams
    total = np.bincount(team, weights=np.where(in_post, world.staff[name], 0.0), minlength=n_teams)
    count = np.bincount(team, weights=in_post, minlength=n_teams)
    mean: Array = np.divide(total, count, out=np.full(n_teams, np.nan), where=count > 0)
    return mean


def _who(organisation: Organisation, of: str, n_here: int) -> list[tuple[str, Array, list[str] | None]]:
    """Return what says whose row it is: name of the column, [n_here] codes, and what they stand for."""
    names = {
        "staff": organisation.staff_name, "teams": organisation.team_name,
        "seniors": organisation.senior_name, "services": organisation.service_name,
    }  # fmt: skip
    rows = np.arange(n_here)
    labels, codes = np.unique([names[of](row) for row in rows.tolist()], return_inverse=True)
    told: list[tuple[str, Array, list[str] | None]] = [("number", rows, None), ("name", codes, labels.tolist())]
    if of == "staff":
        told += [
            ("team", organisation.team_of_staff(), None),
            ("staff_group", organisation.staff_group, list(STAFF_GROUP_NAMES)),
        ]
    return told
