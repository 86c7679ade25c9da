"""What Mesa's users expect of a model and its agents, and Mesa's own tools on it, as they are in Mesa's tutorials."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable, Iterable, Iterator
from inspect import getattr_static, signature
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

from sim.base.errors import InputError
from sim.engine.mesa_agents import SeatAttributeError, SeatError
from sim.engine.mesa_model import CultureModel, SeniorLeader, StaffMember, TeamLeader
from sim.inputs.interventions.committee import Committee
from sim.inputs.organisation import OrganisationShape, StaffGroup, generate
from sim.inputs.scenario.description import Scenario

SMALL = Scenario(title="Small", weeks=20, organisation={"teams": 4, "team_size": 5}).with_entries(
    kind="dialogue", start_week=2, end_week=10
)


@pytest.fixture(name="model")
def model_fixture() -> CultureModel:
    return CultureModel(SMALL, rng=1)


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_no_two_agents_have_one_number(model: CultureModel) -> None:
    assert [agent.unique_id for agent in model.agents] == list(range(1, 28))


def test_an_agent_of_ones_own_gets_the_next_number(model: CultureModel) -> None:
    inspector = mesa.Agent(model)

    assert inspector.unique_id == 28
    assert inspector in model.agents
    inspector.remove()
    assert len(model.agents) == 27


def in_post(model: CultureModel) -> Any:
    """Those who are there: an agent is a seat, and a post may be vacant."""
    return model.agents_by_type[StaffMember].select(lambda seat: seat.vacant_weeks == 0)


# --- writing ----------------------------------------------------------------------------------------------------------


def test_what_is_written_to_an_agent_stands_in_the_world(model: CultureModel) -> None:
    untouched = model.branch()
    person = model.agents_by_type[StaffMember][3]
    person.safety = 0.25

    assert person.safety == model.world.staff["safety"][3] == 0.25
    assert model.to_frame()["safety"].iloc[0] == pytest.approx(np.mean(in_post(model).get("safety")))
    model.run_for(3)
    untouched.run_for(3)
    assert model.safety < untouched.safety


def test_measures_tell_the_world_as_it_was_written(model: CultureModel) -> None:
    model.run_for(2)
    before = model.opportunities
    model.agents_by_type[StaffMember].set("safety", 1.0)

    assert model.safe_share == 1.0
    assert model.opportunities == before


def test_a_leader_can_be_written_to(model: CultureModel) -> None:
    model.agents_by_type[TeamLeader].set("control", 0.0)
    model.agents_by_type[SeniorLeader].do(lambda leader: setattr(leader, "control", 1))

    assert model.team_leader_control == 0.0
    assert model.senior_leader_control == 1.0


@pytest.mark.parametrize("value", [1.5, -0.1, float("nan"), float("inf"), "much", None, 1j])
def test_a_value_out_of_range_is_refused(model: CultureModel, value: Any) -> None:
    person = model.agents_by_type[StaffMember][0]
    before = person.safety
    with pytest.raises(InputError, match=r"StaffMember.safety: wanted a number from 0 to 1 \(.*\), got"):
        person.safety = value
    assert person.safety == before


def test_a_count_takes_whole_numbers(model: CultureModel) -> None:
    person = model.agents_by_type[StaffMember][0]
    person.tenure_weeks = np.int64(52)
    assert person.tenure_weeks == 52
    with pytest.raises(InputError, match="tenure_weeks: wanted a whole number"):
        person.tenure_weeks = 1.5


def test_an_unknown_attribute_cannot_be_written(model: CultureModel) -> None:
    person = model.agents_by_type[StaffMember][0]
    with pytest.raises(SeatAttributeError, match="no attribute 'safetyy'; did you mean \"safety\""):
        person.safetyy = 0.5


@pytest.mark.parametrize(
    "name", ["staff_group", "team", "name", "audience", "random", "unique_id", "model", "row", "step", "group"]
)
def test_what_follows_from_the_organisation_cannot_be_written(model: CultureModel, name: str) -> None:
    with pytest.raises(SeatAttributeError, match="cannot be written"):
        setattr(model.agents_by_type[StaffMember][0], name, 1)


def public(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.startswith("_")]


@pytest.mark.parametrize("kind", [StaffMember, TeamLeader, SeniorLeader])
def test_each_attribute_of_a_seat_is_written_to_the_world_or_refused(model: CultureModel, kind: type) -> None:
    seat = model.agents_by_type[kind][1]
    written = set()
    for name in public(dir(seat)):
        if name == "pos":
            continue
        before = {column: getattr(seat, column) for column in seat._columns()}
        column = seat._columns().get(name)
        if column is not None and column.initial is not None:
            setattr(seat, name, 1)
            assert getattr(model.world, seat.group)[name][seat.row] == getattr(seat, name) == 1
            written.add(name)
        else:
            with pytest.raises(SeatAttributeError, match=rf"{kind.__name__}\.{name} cannot be written: "):
                setattr(seat, name, 1)
            assert {column: getattr(seat, column) for column in seat._columns()} == before
        with pytest.raises(SeatAttributeError, match=rf"{name} cannot be taken away"):
            delattr(seat, name)
    assert "control" in written or "safety" in written


def test_a_space_of_mesas_can_be_laid_under_the_seats(model: CultureModel) -> None:
    room = mesa.space.ContinuousSpace(10, 10, torus=False)
    person = model.agents_by_type[StaffMember][0]
    room.place_agent(person, (2.0, 3.0))
    room.move_agent(person, (4.0, 3.0))

    assert tuple(person.pos) == (4.0, 3.0)
    assert room.get_neighbors((4.0, 3.0), 1.0) == [person]


TIME = "time goes on with step"
FIXED = {
    **dict.fromkeys(("week", "steps", "time"), TIME),
    **dict.fromkeys(("seed", "key"), "make a model with another rng="),
    **dict.fromkeys(("agents", "agents_by_type", "agent_types"), "seats come from the organisation"),
    "prepared": r"intervene\(\)",
    "world": r"world_was_written\(\)",
    "grid": "keep a space of your own under another name",
    "safe_share": "write to the agents that it is measured on",
    "staff_turnover": "give staff_turnover= when the model is made",
}


@pytest.mark.parametrize("name", FIXED)
def test_what_a_model_does_not_follow_cannot_be_written_to_it(model: CultureModel, name: str) -> None:
    with pytest.raises(AttributeError, match=rf"CultureModel\.{name} cannot be written: .*{FIXED[name]}"):
        setattr(model, name, 3)
    with pytest.raises(AttributeError, match=rf"CultureModel\.{name} cannot be taken away"):
        delattr(model, name)
    model.run_for(2)
    assert (model.week, model.steps) == (2, 2)


def test_each_public_attribute_of_a_model_is_free_or_refused(model: CultureModel) -> None:
    """What neither stands among the refused nor is named here has to be thought about."""
    free = {"random", "rng", "running", "datacollector", "scenario"}  # scenario: a test of its own
    of_mesa = {"agent_id_counter", "data_registry", "subscribers"}  # Mesa 3.5's own
    state = {name for name in public({*model.__dict__, *model._measure_names()}) if name != "step"}
    state |= {name for name in public(dir(CultureModel)) if isinstance(getattr_static(CultureModel, name), property)}
    refused = set()
    for name in state - free - of_mesa:
        with pytest.raises(AttributeError, match="cannot be written"):
            setattr(model, name, 1)
        refused.add(name)
    assert {"week", "agents", "grid", "pressure", "world"} <= refused


def test_what_is_no_collector_of_data_is_refused(model: CultureModel) -> None:
    with pytest.raises(InputError, match="wanted a DataCollector of Mesa's, got None"):
        model.datacollector = None


def test_a_parameter_that_is_asked_for_is_shown_the_way(model: CultureModel) -> None:
    with pytest.raises(AttributeError, match=r"model.prepared.scenario.parameters.staff_turnover"):
        _ = model.staff_turnover
    with pytest.raises(AttributeError, match='did you mean "safe_share"'):
        _ = model.safe_shar


def test_a_subclass_cannot_hide_a_measure() -> None:
    class Hiding(CultureModel):
        def __init__(self, **kwargs: Any) -> None:
            self.pressure = 0.5
            super().__init__(**kwargs)

    with pytest.raises(InputError, match='not called like a measure of the week, got "pressure"'):
        Hiding(scenario=SMALL, rng=1)


def test_a_seat_cannot_be_removed(model: CultureModel) -> None:
    person = model.agents_by_type[StaffMember][0]
    for remove in (person.remove, lambda: model.deregister_agent(person)):
        with pytest.raises(SeatError, match="cannot be removed: an agent is a seat"):
            remove()
    with pytest.raises(InputError, match="wanted seats to stay"):
        model.remove_all_agents()
    assert len(model.agents) == 27


def test_a_seat_cannot_be_added(model: CultureModel) -> None:
    for make in (
        lambda: StaffMember(model),
        lambda: StaffMember(model, 3),
        lambda: StaffMember.create_agents(model, 2, row=[0, 1]),
        lambda: StaffMember.create_agents(model, 2, safety=0.5),
    ):
        with pytest.raises(SeatError, match="seats come from the organisation"):
            make()
    assert len(model.agents) == 27


def test_a_seat_has_its_number_and_its_model_for_good(model: CultureModel) -> None:
    person = model.agents_by_type[StaffMember][0]
    for other in (model, model.branch()):
        with pytest.raises(SeatError, match="it has its place in its model for good"):
            other.register_agent(person)
    assert person.unique_id == 1


@pytest.mark.parametrize("method", ["step", "advance"])
def test_nobody_lives_a_week_alone(model: CultureModel, method: str) -> None:
    with pytest.raises(SeatError, match="everybody lives it together"):
        model.agents.shuffle_do(method)


# --- agent sets -------------------------------------------------------------------------------------------------------


def test_agent_sets_select_sort_group_and_sum_up(model: CultureModel) -> None:
    staff = model.agents_by_type[StaffMember]
    table = model.world.staff

    assert in_post(model).agg("safety", np.mean) == pytest.approx(model.safety)
    assert len(staff.select(lambda person: person.safety > 0.625)) == np.sum(table["safety"] > 0.625)
    assert next(iter(staff.sort("safety", ascending=True))).safety == table["safety"].min()
    by_group = staff.groupby("staff_group")
    assert by_group.count() == {group: np.sum(table["staff_group"] == group) for group in by_group.groups}
    assert set(by_group.groups) <= set(StaffGroup)
    of_teams = staff.groupby("team").agg("safety", np.mean)
    assert of_teams[2] == pytest.approx(table["safety"][10:15].mean())
    assert staff.map(lambda person: person.team) == [team for team in range(4) for _ in range(5)]
    assert len(model.agents.select(agent_type=SeniorLeader)) == 3


def test_a_data_collector_takes_every_kind_of_reporter(model: CultureModel) -> None:
    collector = mesa.DataCollector(
        model_reporters={"safe": "safe_share", "people": lambda m: len(m.agents)},
        agenttype_reporters={StaffMember: {"safety": "safety"}, TeamLeader: {"control": "control"}},
    )
    model.datacollector = collector
    collector.collect(model)
    model.run_for(3)

    assert collector.get_model_vars_dataframe()["people"].tolist() == [27] * 4
    staff = collector.get_agenttype_vars_dataframe(StaffMember)
    assert staff.xs(3, level="Step")["safety"].tolist() == model.world.staff["safety"].tolist()


# --- chance -----------------------------------------------------------------------------------------------------------


def test_no_rng_is_another_world_each_time() -> None:
    one, other = CultureModel(SMALL), CultureModel(SMALL)

    assert one.seed != other.seed
    again = CultureModel(SMALL, rng=one.seed)
    np.testing.assert_array_equal(again.world.staff.as_records(), one.world.staff.as_records())


def test_rng_can_be_all_that_mesa_takes() -> None:
    for make in (np.random.default_rng, np.random.SeedSequence, np.random.PCG64, lambda seed: [seed, 7]):
        assert CultureModel(SMALL, rng=make(5)).seed == CultureModel(SMALL, rng=make(5)).seed
    generator = np.random.default_rng(5)
    assert CultureModel(SMALL, rng=generator).seed != CultureModel(SMALL, rng=generator).seed
    assert CultureModel(SMALL, rng=np.int64(5)).seed == 5


@pytest.mark.parametrize("rng", [-1, 2**32, 1.5, "one"])
def test_another_rng_is_refused(rng: Any) -> None:
    with pytest.raises(InputError, match=r"CultureModel.rng: wanted a whole number from 0 to 4294967295"):
        CultureModel(SMALL, rng=rng)


def test_seed_is_refused_and_rng_named() -> None:
    with pytest.raises(InputError, match="wanted rng="):
        CultureModel(SMALL, seed=1)


@pytest.mark.parametrize(
    ("name", "value"), [("replicate", -1), ("replicate", 1.5), ("replicate", "a"), ("engine", 3), ("organisation", "x")]
)
def test_what_a_model_cannot_be_made_of_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=rf"CultureModel.{name}: wanted .*, got "):
        CultureModel(SMALL, rng=1, **{name: value})


def test_an_organisation_can_be_given() -> None:
    model = CultureModel(SMALL, rng=1, organisation=generate(OrganisationShape(teams=2, team_size=7)))
    assert len(model.agents_by_type[StaffMember]) == 14


# --- batches ----------------------------------------------------------------------------------------------------------


@pytest.fixture(name="_start_method")
def start_method_fixture() -> Iterator[None]:
    """Mesa sets how processes start, for everybody."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.filterwarnings("ignore:The `iterations` keyword:DeprecationWarning")
@pytest.mark.usefixtures("_start_method")
def test_iterations_of_a_batch_are_different_worlds() -> None:
    rows = mesa.batch_run(
        CultureModel,
        {"scenario": [SMALL], "staff_turnover": [0.1, 0.3]},
        iterations=3,
        max_steps=4,
        display_progress=False,
    )

    assert len(rows) == len({row["seed"] for row in rows}) == 6
    for row in rows:
        again = CultureModel(SMALL, rng=row["seed"], staff_turnover=row["staff_turnover"])
        again.run_for(row["week"])
        assert again.safe_share == row["safe_share"]


@pytest.mark.skipif("rng" not in signature(mesa.batch_run).parameters, reason="Mesa 3.3 has no rng= here")
@pytest.mark.usefixtures("_start_method")
def test_a_batch_takes_the_seeds_of_its_worlds() -> None:
    rows = mesa.batch_run(CultureModel, {"scenario": [SMALL]}, rng=[4, 5], max_steps=3, display_progress=False)
    assert [row["seed"] for row in rows] == [4, 5]


@pytest.mark.usefixtures("_start_method")
def test_a_batch_that_takes_a_scenario_apart_is_refused() -> None:
    with pytest.raises(InputError, match="unless it stands in a list"):
        mesa.batch_run(CultureModel, {"scenario": SMALL}, max_steps=3, display_progress=False)


# --- the network ------------------------------------------------------------------------------------------------------


def test_the_grid_is_a_network_of_numbered_nodes_with_an_agent_on_each(model: CultureModel) -> None:
    graph = model.grid.G

    assert list(graph.nodes) == list(range(27))
    assert nx.is_connected(graph)
    person = model.agents_by_type[StaffMember][7]
    assert model.grid.get_cell_list_contents([person.pos]) == [person]
    neighbours = {agent.unique_id for agent in model.grid.get_neighbors(person.pos)}
    team = {agent.unique_id for agent in model.agents_by_type[StaffMember] if agent.team == person.team}
    assert team - {person.unique_id} <= neighbours
    leader = model.agents_by_type[TeamLeader][1]
    assert graph.edges[person.pos, leader.pos]["layer"] == "reporting"


def test_a_committee_shows_in_the_grid(model: CultureModel) -> None:
    n_ties = model.grid.G.number_of_edges()
    model.intervene(Committee(start_week=3, end_week=9))
    assert model.grid.G.number_of_edges() > n_ties
    assert all(agent.pos == agent.unique_id - 1 for agent in model.agents)


# --- subclasses and copies --------------------------------------------------------------------------------------------


class Watched(CultureModel):
    """A model that keeps what it sees."""

    def __init__(self, *, limit: float = 0.5, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.limit = limit
        self.seen: list[int] = []
        self.first = self.agents[0]
        self.watcher = mesa.Agent(self)

    def step(self) -> None:
        super().step()
        self.seen.append(self.week)


def test_a_subclass_stays_what_it_is_in_a_branch() -> None:
    model = Watched(limit=0.7, scenario=SMALL, rng=1)
    model.run_for(3)
    other = model.branch()
    other.run_for(2)

    assert type(other) is Watched
    assert other.limit == 0.7
    assert other.seen == [1, 2, 3, 4, 5]
    assert model.seen == [1, 2, 3]
    assert (other.steps, model.steps) == (5, 3)
    assert other.first is other.agents[0] is not model.agents[0]
    assert other.first.model is other
    assert other.watcher in other.agents
    assert other.watcher not in model.agents


@pytest.mark.parametrize("copied", [copy.deepcopy, copy.copy])
def test_a_branch_shares_nothing_that_is_written(model: CultureModel, copied: Callable[[Any], Any]) -> None:
    model.run_for(2)
    _ = model.grid
    other = copied(model)
    other.agents_by_type[StaffMember][0].safety = 0.0
    other.run_for(4)

    assert model.agents_by_type[StaffMember][0].safety > 0
    assert len(model.datacollector.model_vars["week"]) == 3
    assert other.datacollector.model_vars["week"] == [0, 1, 2, 3, 4, 5, 6]
    assert model.prepared is other.prepared


def test_a_model_whose_agents_were_looked_at_survives_pickling(model: CultureModel) -> None:
    model.run_for(2)
    model.agents_by_type[StaffMember][4].safety = 0.125
    again = pickle.loads(pickle.dumps(model))

    assert again.agents_by_type[StaffMember][4].safety == 0.125
    assert again.agents[0].model is again
    again.run_for(3)
    model.run_for(3)
    assert again.to_frame().equals(model.to_frame())


# --- time -------------------------------------------------------------------------------------------------------------


def test_a_step_beyond_the_end_is_refused_every_time(model: CultureModel) -> None:
    model.run_model()
    for _ in range(2):
        with pytest.raises(InputError, match="before the end of the run"):
            model.step()
    assert model.steps == model.week == 20


def test_a_model_runs_until_a_week(model: CultureModel) -> None:
    model.run_until(7)
    assert model.week == model.steps == 7
    model.run_until(3)
    assert model.week == 7
    model.run_for(np.int64(2))
    model.run_for(1.0)
    assert model.week == 10
    model.run_until(float("inf"))
    assert model.week == 20


@pytest.mark.parametrize("weeks", [2.5, -1, float("nan"), "3", True, None])
def test_a_number_of_weeks_that_cannot_be_lived_is_refused(model: CultureModel, weeks: Any) -> None:
    for run in (model.run_for, model.run_until):
        with pytest.raises(InputError, match=r"CultureModel.run_(for|until): wanted a whole number of 0 or more, got"):
            run(weeks)
    assert model.week == 0


class Months(CultureModel):
    """A step of it is four weeks, and it is over when it says so."""

    def step(self) -> None:
        if self.steps == 3:
            self.running = False
        for _ in range(4):
            super().step()


def test_a_subclass_may_live_several_weeks_in_a_step_and_say_when_it_is_over() -> None:
    model = Months(SMALL, rng=1)
    model.run_model()
    assert (model.steps, model.week) == (3, 12)

    model.step()
    model.step()
    with pytest.raises(InputError, match="before the end of the run"):
        model.step()
    assert model.week == 20


def test_what_is_no_entry_is_not_put_on_the_timeline(model: CultureModel) -> None:
    with pytest.raises(InputError, match=r"CultureModel.intervene: wanted an entry of a timeline"):
        model.intervene("dialogue")


def test_a_running_model_keeps_its_scenario(model: CultureModel) -> None:
    assert model.scenario is None
    with pytest.raises(InputError, match="intervene"):
        model.scenario = SMALL


def test_a_model_and_its_people_say_what_they_are(model: CultureModel) -> None:
    assert repr(model) == '<CultureModel "Small", seed 1, week 0 of 20>'
    assert repr(model.agents[0]) == "<StaffMember Staff 1>"
    assert {"safe_share", "pressure"} <= set(dir(model))
    assert {"safety", "tenure_weeks", "team"} <= set(dir(model.agents[0]))
