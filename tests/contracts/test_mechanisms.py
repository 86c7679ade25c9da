"""One contract for all mechanisms: they do what the model says, to what they say they do it to, and nothing else.

Each mechanism runs here as the Python function that it is written as; ``tests/pairing/test_twin.py`` holds the compiled
week to the same twin. To add a mechanism: add its twin to ``tests/reference.py`` and a line to ``CONTRACTS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.base.chance import Streams
from sim.base.compilation import as_records
from sim.engine.plan import CONNECTED, NEEDED, TRUSTED
from sim.engine.state import COLUMNS, World, copy_world, out_of_range
from sim.rules.parameters import Parameters, describe
from tests import reference
from tests.plain_engine import plain_engine
from tests.plain_world import Draws, PlainWorld, differences, plain, rules_of
from tests.worlds import LONGEST_SPELL, Case, changed, columns, random_case, scramble

SEEDS = range(1, 9)
WEEK = 9
"""A week in which many of the random interventions are on."""


@dataclass
class Setting:
    """A random world in a random week, and what is in force in it."""

    case: Case
    world: World
    rules: np.recarray
    levers: SimpleNamespace

    @property
    def services(self) -> range:
        return range(len(self.world.services))

    def copy(self) -> Setting:
        return Setting(self.case, copy_world(self.world), self.rules.copy(), self.levers)

    def rules_at(self, service: int) -> Any:
        return self.rules[self.world.services["rule_class"][service]]


def setting_of(seed: int) -> Setting:
    """Return a world whose every column holds a random value in its range, and in which leaders often leave."""
    case = random_case(seed)
    row = WEEK - case.plan.first_week
    epoch = case.plan.epoch[row]
    rng = np.random.default_rng(seed)
    scramble(case.world, rng)
    case.world.seniors["weeks_in_post"] = rng.integers(-2, 6, len(case.world.seniors))
    _agree(case.world)
    plan = case.plan
    n_audiences = plan.dialogue.shape[1]
    levers = SimpleNamespace(
        dialogue=plan.dialogue[epoch],
        coaching=plan.coaching[epoch],
        committees=plan.committees[epoch],
        training=rng.choice([0.0, 0.2], n_audiences),
        chosen=[
            (rule, rng.random(n_audiences) < 0.8, 0.1, rng.uniform(0.2, 0.5)) for rule in (TRUSTED, CONNECTED, NEEDED)
        ],
    )
    rules = as_records(plan).rules[epoch].copy()
    rules["exit_count"] = rng.integers(0, 3)
    rules["induction"], rules["induction_weeks"] = rng.choice([0.0, 2.0]), rng.integers(0, 6)
    rules["team_leader_turnover"], rules["senior_leader_turnover"], rules["lateral_moves"] = 20.0, 20.0, 0.7
    # No tenure here is longer: a short table of susceptibility is filled in a moment by Python.
    short = case.world.scratch._replace(susceptibility=np.zeros(LONGEST_SPELL + 1))
    return Setting(case, case.world._replace(scratch=short), rules, levers)


def _agree(world: World) -> None:
    """Make the counts of teams and services agree with what happened to people."""
    for team in world.teams:
        outcomes = world.staff["outcome"][team["first_seat"] : team["last_seat"]].tolist()
        team["ignored"] = sum(map(reference.is_ignored, outcomes))
        team["punished"], team["heard"], team["learned"] = (outcomes.count(outcome) for outcome in (4, 5, 6))


# --- how each mechanism is called, and its twin ----------------------------------------------------------------------

Run = Callable[[Setting], None]
Twin = Callable[[PlainWorld, Setting], None]


def _module(name: str) -> Any:
    return plain_engine()[name]


def _week() -> np.int64:
    return np.int64(WEEK)


def _draw_opportunities(setting: Setting, world: World, service: int) -> None:
    """Fill the draws that the teaming cycle leaves for training and turnover."""
    here = world.services[service]
    n_staff = here.last_seat - here.first_seat
    draws = world.scratch.opportunity_draws
    _module("chance").fill_uniforms(setting.case.key, Streams.OPPORTUNITY, _week(), here.first_seat, n_staff, draws)


def _environment(setting: Setting) -> None:
    world = as_records(setting.world)
    for service in setting.services:
        _module("environment").environment(world, setting.rules_at(service), service, setting.case.key, _week())


def _environment_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.environment(world, rules_of(setting.rules_at(service)), service, Draws(setting.case.key), WEEK)


def _collective(setting: Setting) -> None:
    for service in setting.services:
        _module("collective").collective(as_records(setting.world), service)


def _collective_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.collective(world, service)


def _climate(setting: Setting) -> None:
    world, committees = as_records(setting.world), setting.levers.committees
    for service in setting.services:
        _module("climate").climate(world, setting.rules_at(service), service, committees)


def _climate_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        rules = rules_of(setting.rules_at(service))
        reference.climate(world, rules, service, setting.levers.committees.tolist())


def _teaming(setting: Setting) -> None:
    world = as_records(setting.world)
    for service in setting.services:
        _module("teaming").teaming(world, setting.rules_at(service), service, setting.case.key, _week())


def _teaming_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.teaming(world, rules_of(setting.rules_at(service)), service, Draws(setting.case.key), WEEK)


def _staff(setting: Setting) -> None:
    world = as_records(setting.world)
    for service in setting.services:
        _module("staff").staff(world, setting.rules_at(service), service, setting.levers.dialogue)


def _staff_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.staff(world, rules_of(setting.rules_at(service)), service, setting.levers.dialogue.tolist())


def _leaders(setting: Setting) -> None:
    world = as_records(setting.world)
    for service in setting.services:
        _module("leaders").leaders(world, setting.rules_at(service), service, setting.levers.coaching)


def _leaders_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.leaders(world, rules_of(setting.rules_at(service)), service, setting.levers.coaching.tolist())


def _service(setting: Setting) -> None:
    for service in setting.services:
        _module("service").service(as_records(setting.world), setting.rules_at(service), service)


def _service_twin(world: PlainWorld, setting: Setting) -> None:
    for service in setting.services:
        reference.service(world, rules_of(setting.rules_at(service)), service)


def _training(setting: Setting) -> None:
    world, module = as_records(setting.world), _module("training")
    for service in setting.services:
        _draw_opportunities(setting, world, service)
        module.training(world, service, setting.levers.training)
        for rule, is_reached, before, after in setting.levers.chosen:
            module.chosen_training(world, service, rule, is_reached, before, after)


def _training_twin(world: PlainWorld, setting: Setting) -> None:
    draws = Draws(setting.case.key)
    for service in setting.services:
        reference.training(world, service, setting.levers.training.tolist(), draws, WEEK)
        for rule, is_reached, before, after in setting.levers.chosen:
            reference.chosen_training(world, service, rule, is_reached.tolist(), before, after)


def _turnover(setting: Setting) -> None:
    world, key, module = as_records(setting.world), setting.case.key, _module("turnover")
    for service in setting.services:
        _draw_opportunities(setting, world, service)
        module.staff_turnover(world, setting.rules_at(service), service, key, _week())
        module.team_leader_turnover(world, setting.rules_at(service), service, key, _week())
    for service in setting.services:
        module.choose_successors(world, setting.rules_at(service), service, key, _week())
    for service in setting.services:
        module.seat_successors(world, setting.rules_at(service), service)


def _turnover_twin(world: PlainWorld, setting: Setting) -> None:
    draws, rules = Draws(setting.case.key), [rules_of(setting.rules_at(v)) for v in setting.services]
    for service in setting.services:
        reference.staff_turnover(world, rules[service], service, draws, WEEK)
    for service in setting.services:
        reference.team_leader_turnover(world, rules[service], service, draws, WEEK)
    for service in setting.services:
        reference.choose_successors(world, rules[service], service, draws, WEEK)
    for service in setting.services:
        reference.seat_successors(world, rules[service], service)


@dataclass(frozen=True)
class Contract:
    """What is to be known about a mechanism: how to run it and its twin, and how to switch it off.

    ``zero_rules`` and ``zero_levers`` switch it off; ``still`` are the columns that then keep their values (None: all
    that it writes).
    """

    run: Run
    twin: Twin
    zero_rules: Mapping[str, float] = field(default_factory=dict)
    zero_levers: tuple[str, ...] = ()
    still: tuple[str, ...] | None = None


_EFFECTS_ON_STAFF = (
    *(name for name in Parameters.model_fields if name.startswith(("safety_gain", "safety_loss", "efficacy_gain"))),
    *(name for name in Parameters.model_fields if name.startswith(("efficacy_loss", "habit_", "dialogue_"))),
    "social_influence", "trait_pull", "aim_rate", "capability_spread", "capability_decay",
)  # fmt: skip

CONTRACTS = {
    "environment": Contract(
        _environment, _environment_twin, {"turbulence_sd": 0, "turbulence_persistence": 1, "turbulence_mean": 0},
        still=("services.turbulence",)),
    "collective": Contract(_collective, _collective_twin, still=()),
    "climate": Contract(_climate, _climate_twin, still=()),
    "teaming": Contract(_teaming, _teaming_twin, {"opportunity_rate": 0}, still=()),
    "staff": Contract(_staff, _staff_twin, dict.fromkeys(_EFFECTS_ON_STAFF, 0)),
    "leaders": Contract(_leaders, _leaders_twin, dict.fromkeys(
        ("coaching_effect", "imitation", "pull_to_control", "evidence", "embedding", "peer_coaching", "purpose_gain",
         "purpose_loss"), 0)),
    "service": Contract(_service, _service_twin,
                        {"problem_inflow": 0, "clearing_rate": 0, "learning_memory_weeks": np.inf}),
    "training": Contract(_training, _training_twin, zero_levers=("training", "chosen")),
    "turnover": Contract(
        _turnover, _turnover_twin,
        dict.fromkeys(
            ("staff_turnover", "team_leader_turnover", "senior_leader_turnover", "exit_count", "exit_places"), 0),
        still=("staff.safety", "staff.efficacy", "staff.aim", "staff.habit_voice", "staff.habit_team",
               "staff.habit_fail", "staff.habit_learn", "staff.capability", "staff.safety_trait",
               "staff.efficacy_trait", "staff.arrivals", "teams.control", "teams.embedding", "seniors.control",
               "seniors.embedding", "pairs.purpose")),
}  # fmt: skip
"""Every mechanism, in the order of the week."""


@pytest.fixture(name="mechanism", params=CONTRACTS)
def mechanism_fixture(request: pytest.FixtureRequest) -> str:
    """The name of each mechanism in turn."""
    return str(request.param)


@pytest.fixture(name="settings", scope="module")
def settings_fixture() -> list[Setting]:
    """Random worlds; copy one before you change it."""
    return [setting_of(seed) for seed in SEEDS]


def run(mechanism: str, setting: Setting) -> None:
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        CONTRACTS[mechanism].run(setting)


def after(mechanism: str, setting: Setting) -> dict[str, np.ndarray]:
    """Return the columns of a copy of a world after one run of a mechanism."""
    own = setting.copy()
    run(mechanism, own)
    return columns(own.world)


# --- the contract ----------------------------------------------------------------------------------------------------


def test_every_step_of_the_week_has_a_contract() -> None:
    steps = [name for name, _ in _module("week").ORDER]

    assert steps == list(CONTRACTS)


def test_it_does_what_the_model_says(mechanism: str, settings: list[Setting]) -> None:
    for setting in settings:
        own = setting.copy()
        twin = plain(own.world)
        CONTRACTS[mechanism].twin(twin, own)
        run(mechanism, own)

        assert differences(own.world, twin, tolerance=1e-12) == []


def test_it_writes_only_what_it_declares(mechanism: str, settings: list[Setting]) -> None:
    seen: set[str] = set()
    for setting in settings:
        seen |= changed(columns(setting.world), after(mechanism, setting))

    assert seen <= set(_module(mechanism).WRITES)


def test_it_writes_all_that_it_declares(mechanism: str, settings: list[Setting]) -> None:
    seen: set[str] = set()
    for setting in settings:
        seen |= changed(columns(setting.world), after(mechanism, setting))

    assert set(_module(mechanism).WRITES) <= seen


def test_it_reads_only_what_it_declares(mechanism: str, settings: list[Setting]) -> None:
    """Whatever the other columns hold, it writes the same: in each row, the same value, or nothing at all."""
    not_read = _state_columns() - set(_module(mechanism).READS)
    for setting in settings:
        culprits = (
            [name for name in sorted(not_read) if _matters(mechanism, setting, {name})]
            if _matters(mechanism, setting, not_read)
            else []
        )

        assert culprits == []


def test_it_reads_all_that_it_declares(mechanism: str, settings: list[Setting]) -> None:
    idle = {
        name
        for name in _module(mechanism).READS
        if not any(_matters(mechanism, setting, {name}) for setting in settings)
    }

    assert idle == set()


def _state_columns() -> set[str]:
    return {f"{group}.{name}" for group, names in COLUMNS.items() for name, column in names.items() if column.owner}


def _matters(mechanism: str, setting: Setting, names: set[str]) -> bool:
    """Tell whether what a mechanism writes depends on what these columns hold."""
    other = setting.copy()
    scramble(other.world, np.random.default_rng(99), names)
    before, expected = columns(other.world), after(mechanism, setting)
    run(mechanism, other)
    found = columns(other.world)
    for name, values in found.items():
        is_same = values == expected[name]
        if name in names:  # rows that the mechanism leaves alone keep what they were given
            is_same |= values == before[name]
        if not is_same.all():
            return True
    return False


def test_it_keeps_declared_ranges(mechanism: str, settings: list[Setting]) -> None:
    for setting in settings:
        own = setting.copy()
        run(mechanism, own)

        assert out_of_range(own.world) == []


def test_it_keeps_declared_ranges_at_the_ends_of_the_parameters(mechanism: str) -> None:
    """All parameters at once are at the lowest or highest value that the model accepts."""
    rng = np.random.default_rng(5)
    for seed in (11, 12, 13):
        setting = setting_of(seed)
        for name, declared in describe().items():
            setting.rules[name] = rng.choice([declared.lowest, declared.highest], len(setting.rules))
        run(mechanism, setting)

        assert out_of_range(setting.world) == []


def test_it_does_the_same_again(mechanism: str, settings: list[Setting]) -> None:
    for setting in settings:
        assert changed(after(mechanism, setting), after(mechanism, setting)) == set()


def test_it_does_nothing_when_its_rates_are_zero(mechanism: str, settings: list[Setting]) -> None:
    contract = CONTRACTS[mechanism]
    still = set(_module(mechanism).WRITES) if contract.still is None else set(contract.still)
    for setting in settings:
        off = setting.copy()
        for name, value in contract.zero_rules.items():
            off.rules[name] = value
        switched_off = {"training": np.zeros_like(off.levers.training), "chosen": []}
        off.levers = SimpleNamespace(**vars(off.levers) | {name: switched_off[name] for name in contract.zero_levers})

        assert changed(columns(off.world), after(mechanism, off)) & still == set()


def test_no_opportunities_leave_no_outcomes(settings: list[Setting]) -> None:
    for setting in settings:
        off = setting.copy()
        off.rules["opportunity_rate"] = 0
        found = after("teaming", off)

        assert not any(found[name].any() for name in _module("teaming").WRITES)


def test_it_draws_only_from_its_own_streams(
    mechanism: str, settings: list[Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: set[int] = set()
    module = _module(mechanism)
    for name in ("uniforms", "fill_uniforms"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, _overheard(getattr(module, name), drawn))
    for setting in settings:
        after(mechanism, setting)
    declared = {getattr(Streams, name) for name in module.STREAMS}
    # The lanes of this stream that belong to training and staff turnover are drawn by the teaming cycle.
    left_by_teaming = {Streams.OPPORTUNITY} if mechanism in ("training", "turnover") else set()

    assert drawn == declared - left_by_teaming


def _overheard(draw: Callable[..., Any], drawn: set[int]) -> Callable[..., Any]:
    def draw_and_tell(key: Any, stream: int, *rest: Any) -> Any:
        drawn.add(int(stream))
        return draw(key, stream, *rest)

    return draw_and_tell


def test_every_column_is_written_by_its_owners_alone() -> None:
    for group, declared in COLUMNS.items():
        for name, column in declared.items():
            writers = {own for own in CONTRACTS if f"{group}.{name}" in _module(own).WRITES}

            assert writers == set(filter(None, column.owner.split(", "))), f"{group}.{name}"


def test_no_two_decisions_share_a_stream() -> None:
    numbers = [value for name, value in vars(Streams).items() if name.isupper()]

    assert len(numbers) == len(set(numbers))
