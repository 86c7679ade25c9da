"""One running culture as a Mesa model: step by step, with agents to look at, to branch and to intervene in.

The week is the compiled one that ensembles use, so that stepping a model and running an ensemble give the same bits.
Agents are views of rows (:mod:`sim.engine.mesa_agents`), made when somebody first asks for them. What of Mesa is
supported, and what is refused and why, stands in ``docs/mesa.md``.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import mesa
import numpy as np

from sim.base.errors import CultureshiftError, InputError, nearest_name
from sim.engine.mesa_agents import SeatError, SeatView, SeniorLeader, StaffMember, TeamLeader, make_views
from sim.engine.run import prepare
from sim.engine.state import copy_world, with_audiences
from sim.engine.ties import build_network
from sim.engine.week import Engine
from sim.inputs.interventions import Intervention
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import load_scenario
from sim.rulebook.rulebook import RULEBOOK

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CultureModel", "ModelAttributeError", "SeniorLeader", "StaffMember", "TeamLeader"]

Rng = int | np.integer[Any] | Sequence[int] | np.random.SeedSequence | np.random.BitGenerator | np.random.Generator
_SEEDS = 2**32

_ANOTHER_WORLD = "what the world began with; make a model with another rng="
_TIME_GOES_ON = "time goes on with step(), run_for() and run_until()"
_SEATS_STAY = "seats come from the organisation; keep agents of your own under another name"
_IS_FIXED = {
    "seed": _ANOTHER_WORLD,
    "key": _ANOTHER_WORLD,
    "week": _TIME_GOES_ON,
    "steps": _TIME_GOES_ON,
    "time": _TIME_GOES_ON,
    "prepared": "put an entry on its timeline with intervene(), or make another model",
    "world": "write to its agents; or write into its columns, and call world_was_written()",
    "agents": _SEATS_STAY,
    "agents_by_type": _SEATS_STAY,
    "agent_types": _SEATS_STAY,
    "grid": "it is the network of the organisation; keep a space of your own under another name, space for one",
}
"""What of a model cannot be written once it is made, and what to do instead."""


class ModelAttributeError(CultureshiftError, AttributeError):
    """A model was asked for an attribute that it does not have, or that cannot be written."""


class CultureModel(mesa.Model):
    """A running model of one organisation's culture.

    Parameters
    ----------
    scenario : what to run: a scenario, the name of a shipped one, or a file; nothing is done if left out
    rng : what the seed of the world comes from: the seed itself, a whole number in [0, 2**32); or anything that NumPy
        makes a generator of, which draws it; None for another world each time. ``seed`` tells which it was
    replicate : which of the seed's worlds
    engine : the compiled week, with rules of one's own; that of the scenario's rules if left out
    organisation : who works where; the scenario's own if left out
    kwargs : parameters that differ from the scenario's, by name

    Raises
    ------
    InputError : the scenario, the seed or a parameter is not allowed

    Examples
    --------
    >>> model = CultureModel(rng=1)
    >>> model.run_for(3)
    >>> model
    <CultureModel "Nothing is done", seed 1, week 3 of 416>
    >>> 0 < model.safe_share < 1
    True
    >>> len(model.agents_by_type[StaffMember])
    296
    """

    # Mesa's dashboard takes any name for a parameter where it finds `kwargs`, so called, in the signature.
    def __init__(
        self,
        scenario: Scenario | str | Path | None = None,
        rng: Rng | None = None,
        replicate: int = 0,
        engine: Engine | None = None,
        organisation: Organisation | None = None,
        **kwargs: float,
    ) -> None:
        _check_kind("engine", engine, Engine | None, "the compiled week, as engine_with() gives it")
        _check_kind(
            "organisation",
            organisation,
            Organisation | None,
            "an organisation, as load_organisation or generate give it",
        )
        self.seed = _seed_of(rng)
        super().__init__(rng=self.seed)
        scenario = _scenario_of(scenario, engine)
        if "seed" in kwargs:
            raise InputError.single("CultureModel", "rng= (Mesa gives up seed=)", f"seed={kwargs['seed']}")
        if kwargs:
            scenario = scenario.with_parameters(**kwargs)
        self.prepared = prepare(scenario, organisation, engine=engine)
        self.world, self.key = self.prepared.start(self.seed, _replicate_of(replicate))
        self.week = 0
        self._rows: list[Any] = []
        self._has_views = self._is_counted = False
        self._n_registered = 0
        self._grid: Any = None
        self._check_no_measure_is_hidden()
        self._measure()
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in ("seed", "week", *self.prepared.engine.measure_names)}
        )
        self.datacollector.collect(self)

    def __repr__(self) -> str:
        if "prepared" not in self.__dict__:  # Mesa may write to its log before there is anything to tell.
            return f"<{type(self).__name__}>"
        title = self.prepared.scenario.title
        return f'<{type(self).__name__} "{title}", seed {self.seed}, week {self.week} of {self.prepared.n_weeks}>'

    def __getattr__(self, name: str) -> Any:
        """Return the current value of a weekly measure."""
        names = self._measure_names()
        if name in names and "_rows" in self.__dict__:
            return float(self._current_row()[names.index(name)])
        if name in self._parameter_names():
            hint = f"; it is a parameter, model.prepared.scenario.parameters.{name}"
        else:
            near = "" if name.startswith("_") else nearest_name(name, names)
            hint = f"; {near}" if near else ""
        raise ModelAttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._check_can_change(name, "written")
        if name == "datacollector" and not callable(getattr(value, "collect", None)):
            raise InputError.single("CultureModel.datacollector", "a DataCollector of Mesa's", repr(value))
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        self._check_can_change(name, "taken away")
        super().__delattr__(name)

    def _check_can_change(self, name: str, how: str) -> None:
        """Refuse what would change nothing, or tear apart what belongs together."""
        known = self.__dict__
        if "datacollector" not in known or (name in ("steps", "time") and known["_is_counted"]):
            return
        if name in _IS_FIXED:
            why = _IS_FIXED[name]
        elif name in self._measure_names():
            why = "it is measured anew each week; write to the agents that it is measured on"
        elif name in self._parameter_names():
            why = (
                f"nothing would read it; give {name}= when the model is made, "
                "or let it change with an entry change_parameter (intervene)"
            )
        else:
            return
        raise ModelAttributeError(f"{type(self).__name__}.{name} cannot be {how}: {why}")

    def _check_no_measure_is_hidden(self) -> None:
        for name in self._measure_names():
            if name in self.__dict__ or hasattr(type(self), name):
                raise InputError.single(
                    type(self).__name__, "attributes that are not called like a measure of the week", f'"{name}"'
                )

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._measure_names()})

    def _measure_names(self) -> tuple[str, ...]:
        # While a model is being made or copied it has none yet.
        return self.__dict__["prepared"].engine.measure_names if "prepared" in self.__dict__ else ()

    def _parameter_names(self) -> Collection[str]:
        known = self.__dict__
        return type(known["prepared"].scenario.parameters).model_fields if "prepared" in known else ()

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return a model with the same past and the same chance; what is never written is shared."""
        other = type(self).__new__(type(self))
        memo[id(self)] = other
        memo[id(self.world)] = copy_world(self.world)
        for shared in (self.prepared, self.key):
            memo[id(shared)] = shared
        for name, value in self.__dict__.items():
            other.__dict__[name] = copy.deepcopy(value, memo)
        return other

    def __copy__(self) -> Self:
        """Return a branch: two models cannot live in one world."""
        return self.branch()

    # --- time ---------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Run one week.

        Raises
        ------
        InputError : the run is at its end
        """
        self._check_week_is_left()
        table = self.prepared.empty_table(2, 1)
        self._current_row()
        self.prepared.run_weeks(self.world, self.key, self.week, 1, table)
        self.__dict__["week"] += 1
        self._rows.append(table[1, 0])
        if self.week >= self.prepared.n_weeks:
            self.running = False
        self.datacollector.collect(self)

    def _check_week_is_left(self) -> None:
        if self.week >= self.prepared.n_weeks:
            raise InputError.single(
                "CultureModel.step", f"a week before the end of the run ({self.prepared.n_weeks})", self.week,
                "make a scenario with more weeks",
            )  # fmt: skip

    def _wrapped_step(self, *args: Any, **kwargs: Any) -> None:
        # Refused before Mesa counts the step; an event that failed would be gone from the list that Mesa 3.5 keeps.
        self._check_week_is_left()
        self._is_counted = True
        try:
            super()._wrapped_step(*args, **kwargs)
        finally:
            self._is_counted = False

    def run_for(self, weeks: float) -> None:
        """Run some weeks, at most to the end of the run.

        Raises
        ------
        InputError : it is no whole number of weeks, or below 0
        """
        wanted = _whole_weeks("run_for", weeks)
        for _ in range(min(wanted, self.prepared.n_weeks - self.week)):
            self.step()

    def run_until(self, week: float) -> None:
        """Run to the start of a week, at most to the end of the run; nothing is done if that is past.

        Raises
        ------
        InputError : it is no whole number, or below 0
        """
        self.run_for(max(0, _whole_weeks("run_until", week) - self.week))

    # --- the world ----------------------------------------------------------------------------------------------------

    @property
    def scenario(self) -> None:
        """Nothing: what is run is ``prepared.scenario``.

        Mesa 3.5 keeps an experiment of its own under this name, which its dashboard would put in the place of the
        scenario whenever the model is reset.
        """
        return None

    @scenario.setter
    def scenario(self, scenario: object) -> None:
        if "prepared" in self.__dict__:
            raise InputError.single(
                "CultureModel.scenario", "a scenario when the model is made", "another one while it runs",
                "make a CultureModel of it, or put an entry on its timeline with intervene()",
            )  # fmt: skip

    def intervene(self, entry: Intervention) -> None:
        """Put an entry on the timeline of the running model; it may not begin before the current week.

        Raises
        ------
        InputError : it is no entry of a timeline, or begins in the past
        """
        _check_kind(
            "intervene", entry, Intervention, "an entry of a timeline, as Dialogue(start_week=..., end_week=...)"
        )
        if entry.first_week < self.week:
            raise InputError.single(
                f"{entry.kind}", f"a start in week {self.week} or later (the past has happened)", entry.first_week
            )
        prepared = self.prepared.under(self.prepared.scenario.with_entries(entry))
        self.__dict__.update(prepared=prepared, world=with_audiences(self.world, prepared.ties, prepared.audiences))
        self._grid = None

    def branch(self) -> Self:
        """Return a second model with the same past and the same chance, that can go its own way.

        It is of the same class, and everything that a subclass keeps is copied along.
        """
        return copy.deepcopy(self)

    def world_was_written(self) -> None:
        """Let the measures of this week be taken anew before they are next asked for."""
        del self._rows[self.week :]

    def _current_row(self) -> Any:
        if len(self._rows) == self.week:
            self._measure()
        return self._rows[-1]

    def _measure(self) -> None:
        """Record the state as it is now."""
        table = self.prepared.empty_table(1, 1)
        self.prepared.run_weeks(self.world, self.key, self.week, 0, table)
        self._rows.append(table[0, 0])

    def to_frame(self) -> pd.DataFrame:
        """Return the weekly measures so far: week, and one column per measure."""
        import pandas as pd

        self._current_row()
        frame = pd.DataFrame(np.array(self._rows), columns=list(self._measure_names()))
        frame.insert(0, "week", np.arange(len(frame)))
        return frame

    # --- the people ---------------------------------------------------------------------------------------------------

    def _make_views(self) -> None:
        if self._has_views:
            return
        self._has_views = True
        make_views(self)

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

    def register_agent(self, agent: Any) -> None:
        """Take up an agent, and give it the next number; seats come first, agents of one's own follow.

        Raises
        ------
        SeatError : it is a seat that this model has, or one of another model
        """
        if isinstance(agent, SeatView) and agent.unique_id is not None:
            raise SeatError(f"{agent!r} cannot be taken up: it has its place in its model for good")
        self._make_views()
        super().register_agent(agent)
        self._n_registered += 1
        agent.__dict__["unique_id"] = self._n_registered

    def deregister_agent(self, agent: Any) -> None:
        """Let an agent of one's own go.

        Raises
        ------
        SeatError : it is a seat
        """
        if isinstance(agent, SeatView):
            agent.remove()
        super().deregister_agent(agent)

    def remove_all_agents(self) -> NoReturn:
        """Refuse: the seats stay."""
        raise InputError.single("CultureModel.remove_all_agents", "seats to stay", "a model without any")

    @property
    def grid(self) -> Any:
        """Everybody and all ties as Mesa's ``NetworkGrid``: node ``unique_id - 1`` is where an agent stands.

        Nodes and edges have the attributes of :func:`sim.build_network`.
        """
        if self._grid is None:
            self._grid = self._make_grid()
        return self._grid

    def _make_grid(self) -> Any:
        import networkx as nx

        organisation = self.prepared.organisation
        graph = build_network(organisation, self.prepared.audiences.committees)
        nodes = [
            *(("staff", row) for row in range(organisation.n_staff)),
            *(("team_leader", row) for row in range(organisation.n_teams)),
            *(("senior_leader", row) for row in range(organisation.n_seniors)),
        ]
        # Mesa draws a network only if its nodes are numbered in their order.
        numbered = nx.Graph()
        numbered.add_nodes_from((number, graph.nodes[node]) for number, node in enumerate(nodes))
        number_of = {node: number for number, node in enumerate(nodes)}
        numbered.add_edges_from((number_of[a], number_of[b], data) for a, b, data in graph.edges(data=True))
        grid = mesa.space.NetworkGrid(numbered)
        for agent in list(self.agents)[: len(nodes)]:
            agent.pos = None
            grid.place_agent(agent, agent.unique_id - 1)
        return grid


def _check_kind(name: str, given: Any, kind: Any, wanted: str) -> None:
    if not isinstance(given, kind):
        raise InputError.single(f"CultureModel.{name}", wanted, repr(given))


def _replicate_of(replicate: Any) -> int:
    if not isinstance(replicate, int | np.integer) or isinstance(replicate, bool) or not 0 <= replicate < _SEEDS:
        raise InputError.single("CultureModel.replicate", f"a whole number from 0 to {_SEEDS - 1}", repr(replicate))
    return int(replicate)


def _whole_weeks(method: str, weeks: Any) -> int:
    """Return a number of weeks, or of a week, that somebody asked for."""
    is_number = isinstance(weeks, int | float | np.integer | np.floating) and not isinstance(weeks, bool)
    if not is_number or not (weeks >= 0 and (math.isinf(weeks) or weeks == int(weeks))):
        raise InputError.single(
            f"CultureModel.{method}", "a whole number of 0 or more", weeks if is_number else repr(weeks)
        )
    return _SEEDS if math.isinf(weeks) else int(weeks)


def _seed_of(rng: Rng | None) -> int:
    """Return the seed of a world, as Mesa's ``rng`` gives it. The model itself never draws from a generator."""
    wanted = f"a whole number from 0 to {_SEEDS - 1}, a generator of NumPy's, or None for another world each time"
    if isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        if not 0 <= rng < _SEEDS:
            raise InputError.single("CultureModel.rng", wanted, rng)
        return int(rng)
    try:
        return int(np.random.default_rng(rng).integers(_SEEDS))
    except (TypeError, ValueError):
        raise InputError.single("CultureModel.rng", wanted, repr(rng)) from None


def _scenario_of(scenario: Scenario | str | Path | None, engine: Engine | None) -> Scenario:
    """Return the scenario that was asked for, with the rules of the engine if there is one."""
    if isinstance(scenario, str | Path):
        found = load_scenario(scenario, RULEBOOK if engine is None else engine.rulebook)
    else:
        found = Scenario(title="Nothing is done") if scenario is None else scenario
    if not isinstance(found, Scenario):
        raise InputError.single(
            "CultureModel.scenario", "a scenario, the name of a shipped one, or a file", type(found).__name__,
            "batch_run takes a scenario apart unless it stands in a list: {'scenario': [scenario]}",
        )  # fmt: skip
    return found if engine is None else found.with_rulebook(engine.rulebook)
