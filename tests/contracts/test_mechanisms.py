"""One contract for all rules: they do what the model says, to what they say they do it to, and nothing else.

Each rule runs here as the Python functions that it is written as;
``tests/pairing/test_twin.py`` holds the compiled week
to the same twin. A new rule needs its twin in ``tests/reference.py``, under the names of its steps, and nothing here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import sim.base.chance
from sim.base.chance import Streams, fill_uniforms
from sim.base.compilation import as_records
from sim.base.rule import Formula, Rule, Step
from sim.base.terms import CONNECTED, NEEDED, TRUSTED, Now
from sim.engine.state import COLUMNS, World, copy_world, out_of_range
from sim.engine.week import engine_with
from sim.rulebook.parameters import describe
from sim.rulebook.rulebook import RULEBOOK
from tests import reference
from tests.plain_world import Draws, PlainWorld, differences, plain, rules_of
from tests.worlds import LONGEST_SPELL, Case, changed, columns, random_case, scramble

OPPORTUNITIES = "scratch.opportunity_draws"
"""The draws of the teaming cycle, lanes of which belong to training and to turnover."""

SEEDS = range(1, 17)
WEEK = 9
"""A week in which many of the random interventions are on."""


@dataclass
class Setting:
    """A random world in a random week, and what is in force in it."""

    case: Case
    world: World
    rules: np.recarray
    now: Now

    @property
    def services(self) -> range:
        return range(len(self.world.services))

    def copy(self) -> Setting:
        return Setting(self.case, copy_world(self.world), self.rules.copy(), self.now)

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
    plan = as_records(plan)._replace(
        attention=rng.uniform(0, 0.4, (len(plan.attention), plan.attention.shape[1], 4)),
        training=np.repeat(rng.choice([0.0, 0.2], (1, n_audiences)), len(plan.training), axis=0),
        chosen_rule=np.array([TRUSTED, CONNECTED, NEEDED]),
        chosen_reached=rng.random((3, n_audiences)) < 0.8,
        chosen_share=np.linspace(0.1, rng.uniform(0.2, 0.5, 3), 2)[(np.arange(len(plan.epoch) + 1) > row).astype(int)],
    )
    rules = plan.rules[epoch].copy()
    rules["exit_count"], rules["change_count"] = rng.integers(0, 3, 2)
    rules["hiring_freeze"] = rng.choice([0.0, 0.5])
    rules["induction"], rules["induction_weeks"] = rng.choice([0.0, 2.0]), rng.integers(0, 6)
    rules["opportunity_rate"], rules["staff_turnover"] = 0.9, 15.0
    rules["team_leader_turnover"], rules["senior_leader_turnover"], rules["lateral_moves"] = 20.0, 20.0, 0.7
    # No tenure here is longer: a short table of susceptibility is filled in a moment by Python.
    short = case.world.scratch._replace(susceptibility=np.zeros(LONGEST_SPELL + 1))
    now = Now(plan, case.key, np.int64(WEEK), row, epoch)
    return Setting(case, case.world._replace(scratch=short), rules, now)


def _agree(world: World) -> None:
    """Make the counts of teams and services agree with what happened to people."""
    for team in world.teams:
        outcomes = world.staff["outcome"][team["first_seat"] : team["last_seat"]].tolist()
        team["ignored"] = sum(map(reference.is_ignored, outcomes))
        team["punished"], team["heard"], team["learned"] = (outcomes.count(outcome) for outcome in (4, 5, 6))


# --- how each rule is run, and its twin ------------------------------------------------------------------------------


def run(rule: Rule, setting: Setting) -> None:
    """Do the steps of a rule in all services, as the Python functions that they are."""
    world = as_records(setting.world)
    with np.errstate(over="ignore"):  # Philox lets whole numbers overflow on purpose.
        for step in rule.steps:
            for service in setting.services:
                _draw_what_others_leave(rule, setting, world, service)
                step.kernel(world, setting.rules_at(service), service, setting.now)


def run_twin(rule: Rule, world: PlainWorld, setting: Setting) -> None:
    """Do the same with the functions of the same names in ``tests/reference.py``."""
    now = reference.Moment(setting.now.plan, Draws(setting.case.key), WEEK)
    for step in rule.steps:
        for service in setting.services:
            reference.twin_of(step.kernel)(world, rules_of(setting.rules_at(service)), service, now)


def _draw_what_others_leave(rule: Rule, setting: Setting, world: World, service: int) -> None:
    """Fill the draws that the teaming cycle leaves for training and turnover."""
    if OPPORTUNITIES in rule.reads:
        here, number = world.services[service], RULEBOOK.streams["OPPORTUNITY"].number
        n_staff = here.last_seat - here.first_seat
        draws = world.scratch.opportunity_draws
        fill_uniforms(setting.case.key, number, np.int64(WEEK), here.first_seat, n_staff, draws)


@pytest.fixture(name="rule", params=RULEBOOK.rules, ids=lambda rule: rule.name)
def rule_fixture(request: pytest.FixtureRequest) -> Rule:
    """Each rule in turn."""
    assert isinstance(request.param, Rule)
    return request.param


@pytest.fixture(name="settings", scope="module")
def settings_fixture() -> list[Setting]:
    """Random worlds; copy one before you change it."""
    return [setting_of(seed) for seed in SEEDS]


def after(rule: Rule, setting: Setting) -> dict[str, np.ndarray]:
    """Return the columns of a copy of a world after one run of a rule."""
    own = setting.copy()
    run(rule, own)
    return columns(own.world)


# --- the contract ----------------------------------------------------------------------------------------------------


def test_the_week_has_rules() -> None:
    """All tests below would hold if there were none."""
    assert len(RULEBOOK.rules) > 5


def test_it_does_what_the_model_says(rule: Rule, settings: list[Setting]) -> None:
    for setting in settings:
        own = setting.copy()
        twin = plain(own.world)
        run_twin(rule, twin, own)
        run(rule, own)

        assert differences(own.world, twin, tolerance=1e-12) == []


def test_it_writes_only_what_it_declares(rule: Rule, settings: list[Setting]) -> None:
    seen: set[str] = set()
    for setting in settings:
        seen |= changed(columns(setting.world), after(rule, setting))

    assert seen <= set(rule.writes)


def test_it_writes_all_that_it_declares(rule: Rule, settings: list[Setting]) -> None:
    seen: set[str] = set()
    for setting in settings:
        seen |= changed(columns(setting.world), after(rule, setting))

    assert set(rule.writes) <= seen


def test_it_reads_only_what_it_declares(rule: Rule, settings: list[Setting]) -> None:
    """Whatever the other columns hold, it writes the same: in each row, the same value, or nothing at all."""
    not_read = _state_columns() - set(rule.reads)
    for setting in settings:
        culprits = (
            [name for name in sorted(not_read) if _matters(rule, setting, {name})]
            if _matters(rule, setting, not_read)
            else []
        )

        assert culprits == []


def test_it_reads_all_that_it_declares(rule: Rule, settings: list[Setting]) -> None:
    idle = {
        name
        for name in rule.reads
        if name != OPPORTUNITIES and not any(_matters(rule, setting, {name}) for setting in settings)
    }

    assert idle == set()


def _state_columns() -> set[str]:
    return {column.path for names in COLUMNS.values() for column in names.values() if column.initial is not None}


def _matters(rule: Rule, setting: Setting, names: set[str]) -> bool:
    """Tell whether what a mechanism writes depends on what these columns hold."""
    other = setting.copy()
    scramble(other.world, np.random.default_rng(99), names)
    before, expected = columns(other.world), after(rule, setting)
    run(rule, other)
    found = columns(other.world)
    for name, values in found.items():
        is_same = values == expected[name]
        if name in names:  # rows that the mechanism leaves alone keep what they were given
            is_same |= values == before[name]
        if not is_same.all():
            return True
    return False


def test_it_keeps_declared_ranges(rule: Rule, settings: list[Setting]) -> None:
    for setting in settings:
        own = setting.copy()
        run(rule, own)

        assert out_of_range(own.world) == []


def test_it_keeps_declared_ranges_at_the_ends_of_the_parameters(rule: Rule) -> None:
    """All parameters at once are at the lowest or highest value that the model accepts."""
    rng = np.random.default_rng(5)
    for seed in (11, 12, 13):
        setting = setting_of(seed)
        for name, declared in describe().items():
            setting.rules[name] = rng.choice([declared.lowest, declared.highest], len(setting.rules))
        run(rule, setting)

        assert out_of_range(setting.world) == []


def test_it_does_the_same_again(rule: Rule, settings: list[Setting]) -> None:
    for setting in settings:
        assert changed(after(rule, setting), after(rule, setting)) == set()


def test_it_does_nothing_when_its_rates_are_zero(rule: Rule, settings: list[Setting]) -> None:
    still = set(rule.writes) if rule.still is None else set(rule.still)
    for setting in settings:
        off = setting.copy()
        for name, value in rule.off.items():
            if name in off.rules.dtype.names:
                off.rules[name] = value
            else:
                plan = off.now.plan
                nothing = np.full_like(getattr(plan, name), value)
                off.now = off.now._replace(plan=plan._replace(**{name: nothing}))

        assert changed(columns(off.world), after(rule, off)) & still == set()


def test_no_opportunities_leave_no_outcomes(settings: list[Setting]) -> None:
    teaming = next(rule for rule in RULEBOOK.rules if rule.name == "teaming")
    for setting in settings:
        off = setting.copy()
        off.rules["opportunity_rate"] = 0
        found = after(teaming, off)

        assert not any(found[name].any() for name in teaming.writes)


def test_it_draws_only_from_its_own_streams(
    rule: Rule, settings: list[Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: set[int] = set()
    for kernel in _kernels_of(rule):
        for name, n_streams in (("uniforms", 1), ("fill_uniforms", 1), ("fill_uniforms_of_two", 2)):
            if name in kernel.__globals__:
                told = _overheard(getattr(sim.base.chance, name), n_streams, drawn)
                monkeypatch.setitem(kernel.__globals__, name, told)
    for setting in settings:
        after(rule, setting)
        if rule.start is not None:
            world = as_records(setting.copy().world)
            with np.errstate(over="ignore"):
                rule.start(world, setting.rules_at(0), 0, setting.now)

    assert drawn == {stream.number for stream in rule.streams}


def _kernels_of(rule: Rule) -> list[Any]:
    return [step.kernel for step in rule.steps] + ([rule.start] if rule.start else [])


def _overheard(draw: Callable[..., Any], n_streams: int, drawn: set[int]) -> Callable[..., Any]:
    def draw_and_tell(key: Any, *rest: Any) -> Any:
        drawn.update(map(int, rest[:n_streams]))
        return draw(key, *rest)

    return draw_and_tell


def test_every_column_that_is_written_is_declared_by_a_rule() -> None:
    owned = _state_columns()

    assert {path for rule in RULEBOOK.rules for path in rule.writes} == owned


def test_no_two_rules_declare_the_same() -> None:
    for declared in ("parameters", "streams", "levers", "formulas"):
        names = [one.name for rule in RULEBOOK.rules for one in getattr(rule, declared)]

        assert len(names) == len(set(names)), declared
    paths = [column.path for rule in RULEBOOK.rules for column in rule.columns]

    assert len(paths) == len(set(paths))


def test_no_two_decisions_share_a_stream() -> None:
    numbers = [value for name, value in vars(Streams).items() if name.isupper()]
    numbers += [stream.number for rule in RULEBOOK.rules for stream in rule.streams]

    assert len(numbers) == len(set(numbers))


def test_a_rule_has_the_name_of_its_file_and_all_of_its_words(rule: Rule) -> None:
    assert _kernels_of(rule)[0].__module__ == f"sim.rules.{rule.name}"
    assert min(len(rule.title), len(rule.summary), len(rule.equation)) > 4


@pytest.mark.parametrize("formula", RULEBOOK.formulas.values(), ids=lambda formula: formula.name)
def test_every_form_of_a_formula_does_what_the_model_says(
    formula: Formula, settings: list[Setting], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = next(rule for rule in RULEBOOK.rules if formula in rule.formulas)
    usual = formula.forms[0].kernel.__name__
    for form in formula.forms:
        engine = engine_with(forms={formula.name: form.name})
        steps = tuple(Step(engine.interpreted(step.kernel)) for step in owner.steps)
        monkeypatch.setattr(reference, usual, reference.twin_of(form.kernel))
        for setting in settings:
            own = setting.copy()
            twin = plain(own.world)
            run_twin(owner, twin, own)
            run(dataclasses.replace(owner, steps=steps), own)

            assert differences(own.world, twin, tolerance=1e-12) == []
        monkeypatch.undo()
