"""One running culture as a Mesa model: step by step, with agents to look at, to branch and to intervene in.

The week is the compiled one that ensembles use, so that stepping a model and running an ensemble give the same bits.
Agents are views of rows, made when somebody first asks for them; they hold no state of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.base.errors import InputError
from sim.base.rule import Group
from sim.engine.run import PreparedRun, prepare
from sim.engine.state import World, copy_world, n_rows, with_audiences
from sim.engine.week import Engine
from sim.inputs.interventions import Intervention
from sim.inputs.organisation import StaffGroup
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.rulebook.rulebook import RULEBOOK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Checkpoint", "CultureModel", "SeniorLeader", "StaffMember", "TeamLeader"]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """Everything that is needed to go on from a week.

    Parameters
    ----------
    prepared : the run that it belongs to
    key : [2], the key of its chance
    week : the week that comes next
    world : the state; nobody else writes it
    rows : the weekly measures so far
    """

    prepared: PreparedRun
    key: NDArray[np.uint32]
    week: int
    world: World
    rows: tuple[NDArray[np.float64], ...]


class _RowView(mesa.Agent):
    """An agent that is a view of one row: every column of its group is an attribute."""

    group: ClassVar[Group]

    def __init__(self, model: CultureModel, row: int) -> None:
        # Mesa 3.3 keeps every model alive in a table of agent numbers; a view does without that table.
        self.model = model
        self.row = row
        self.pos = None
        self.unique_id = row
        model.register_agent(self)

    def __getattr__(self, name: str) -> Any:
        if name not in self.model.prepared.engine.rulebook.columns[self.group]:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        return getattr(self.model.world, self.group)[name][self.row].item()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def name(self) -> str:
        """What the seat is called."""
        raise NotImplementedError


class StaffMember(_RowView):
    """Somebody who works in a team: safety, efficacy, aim, four habits, capability, tenure_weeks, ..."""

    group = "staff"

    @property
    def name(self) -> str:
        """What the seat is called."""
        return self.model.prepared.organisation.staff_name(self.row)

    @property
    def staff_group(self) -> StaffGroup:
        """The person's staff group."""
        return StaffGroup(int(self.model.world.staff["staff_group"][self.row]))

    @property
    def team(self) -> int:
        """The row of the person's team."""
        return int(np.searchsorted(self.model.prepared.organisation.team_start, self.row, side="right")) - 1


class TeamLeader(_RowView):
    """The leader of a team: control, embedding, and what the team went through this week."""

    group = "teams"

    @property
    def name(self) -> str:
        """Whose leader it is."""
        return f"Leader of {self.model.prepared.organisation.team_name(self.row)}"

    @property
    def relational_leading(self) -> float:
        """Relational leading, 1 - control, in [0, 1]."""
        return 1.0 - float(self.control)


class SeniorLeader(_RowView):
    """One of the senior leaders: control, embedding, weeks_in_post."""

    group = "seniors"

    @property
    def name(self) -> str:
        """The leader's title or name."""
        return self.model.prepared.organisation.senior_name(self.row)

    @property
    def vacancy_weeks_left(self) -> int:
        """Weeks until the post has a settled holder; 0 if it has one."""
        return max(0, -int(self.weeks_in_post))


class CultureModel(mesa.Model):
    """A running model of one organisation's culture.

    Parameters
    ----------
    scenario : what to run: a scenario, the name of a shipped one, or a file; nothing is done if left out
    rng : seed of the world, a whole number in [0, 2**32)
    replicate : which of the seed's worlds
    engine : the compiled week, with rules of one's own; that of the scenario's rules if left out
    parameters : parameters that differ from the scenario's, by name

    Raises
    ------
    InputError : the scenario or a parameter is not allowed

    Examples
    --------
    >>> model = CultureModel(rng=1)
    >>> model.run_for(3)
    >>> model.week
    3
    >>> 0 < model.safe_share < 1
    True
    >>> len(model.agents_by_type[StaffMember])
    296
    """

    def __init__(
        self,
        scenario: Scenario | str | None = None,
        rng: int = 1,
        replicate: int = 0,
        engine: Engine | None = None,
        **parameters: float,
    ) -> None:
        super().__init__(rng=rng)
        if scenario is None:
            scenario = Scenario(title="Nothing is done")
        elif isinstance(scenario, str):
            scenario = load_scenario(scenario, RULEBOOK if engine is None else engine.rulebook)
        if engine is not None:
            scenario = scenario.with_rulebook(engine.rulebook)
        if parameters:
            scenario = scenario.with_parameters(**parameters)
        prepared = prepare(scenario, engine=engine)
        world, key = prepared.start(rng, replicate)
        self._take_up(Checkpoint(prepared, key, 0, world, ()))
        self.datacollector = mesa.DataCollector(
            model_reporters={"week": "week"} | {name: name for name in prepared.engine.measure_names}
        )
        self._measure()

    def _take_up(self, checkpoint: Checkpoint) -> None:
        self.prepared = checkpoint.prepared
        self.key = checkpoint.key
        self.week = checkpoint.week
        self.world = checkpoint.world
        self._rows = list(checkpoint.rows)
        self._has_views = False

    def _measure(self) -> None:
        """Record the state as it is now, in place of what was recorded for this week."""
        table = self.prepared.empty_table(1, 1)
        self.prepared.run_weeks(self.world, self.key, self.week, 0, table)
        self._rows[self.week :] = [table[0, 0]]
        self.datacollector.collect(self)

    def __getattr__(self, name: str) -> Any:
        """Return the current value of a weekly measure."""
        names = self.__dict__["prepared"].engine.measure_names if "prepared" in self.__dict__ else ()
        if name in names:
            return float(self._rows[-1][names.index(name)])
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def step(self) -> None:
        """Run one week.

        Raises
        ------
        InputError : the run is at its end
        """
        if self.week >= self.prepared.n_weeks:
            raise InputError.single(
                "CultureModel.step", f"a week before the end of the run ({self.prepared.n_weeks})", self.week,
                "make a scenario with more weeks",
            )  # fmt: skip
        table = self.prepared.empty_table(2, 1)
        self.prepared.run_weeks(self.world, self.key, self.week, 1, table)
        self.week += 1
        self._rows.append(table[1, 0])
        self.running = self.week < self.prepared.n_weeks
        self.datacollector.collect(self)

    def run_for(self, weeks: int) -> None:
        """Run some weeks, at most to the end of the run."""
        for _ in range(min(weeks, self.prepared.n_weeks - self.week)):
            self.step()

    def intervene(self, entry: Intervention) -> None:
        """Put an entry on the timeline of the running model; it may not begin before the current week.

        Raises
        ------
        InputError : the entry begins in the past
        """
        if entry.first_week < self.week:
            raise InputError.single(
                f"{entry.kind}", f"a start in week {self.week} or later (the past has happened)", entry.first_week
            )
        scenario = self.prepared.scenario.with_entries(entry)
        before, burn_in_weeks = self.prepared, -self.prepared.plan.first_week
        after = prepare(scenario, before.organisation, burn_in_weeks, before.engine, before.is_settled)
        self.prepared = replace(after, notices=before.notices)
        self.world = with_audiences(self.world, self.prepared.ties, self.prepared.audiences)

    def checkpoint(self) -> Checkpoint:
        """Return what is needed to go on from here, in this or in another direction."""
        return Checkpoint(self.prepared, self.key, self.week, copy_world(self.world), tuple(self._rows))

    def branch(self) -> CultureModel:
        """Return a second model with the same past and the same chance, that can go its own way."""
        other = CultureModel.__new__(CultureModel)
        mesa.Model.__init__(other, rng=int(self.key[0]))
        other._take_up(self.checkpoint())
        other.datacollector = mesa.DataCollector(model_reporters=self.datacollector.model_reporters)
        other.datacollector.model_vars = {name: list(values) for name, values in self.datacollector.model_vars.items()}
        other.running = self.running
        return other

    def to_frame(self) -> pd.DataFrame:
        """Return the weekly measures so far: week, and one column per measure."""
        import pandas as pd

        frame = pd.DataFrame(np.array(self._rows), columns=list(self.prepared.engine.measure_names))
        frame.insert(0, "week", np.arange(len(frame)))
        return frame

    def _make_views(self) -> None:
        if self._has_views:
            return
        self._has_views = True
        for view in (StaffMember, TeamLeader, SeniorLeader):
            for row in range(n_rows(self.world, view.group)):
                view(self, row)

    @property
    def agents(self) -> Any:
        """All people, as views of their rows: staff members, team leaders and senior leaders."""
        self._make_views()
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """The people by what they are."""
        self._make_views()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """What people there are."""
        return list(self.agents_by_type)
