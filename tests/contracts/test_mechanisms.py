"""One contract for all rules: they do what the model says, to what they say they do it to, and nothing else.

Each rule runs here as the Python functions that it is written as;
``tests/pairing/test_twin.py`` holds the compiled week
to the same twin. A new rule needs its twin in ``tests/reference.py``, under the names of its steps, and nothing here.
What a rule promises is judged by :mod:`sim.validation.contract`, as rules from outside the package are.
"""

from __future__ import annotations

import dataclasses

import pytest

from sim.base.chance import Streams
from sim.base.rule import Formula, Rule, Step
from sim.engine.week import engine_with
from sim.inputs.interventions import KINDS
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.contract.interventions import faults_of_kind
from sim.validation.contract.promises import PROMISES, Promise
from sim.validation.contract.trial import WEEK, Trial, TrialWorld
from tests import reference
from tests.plain_world import Draws, PlainWorld, differences, plain, rules_of

TRIALS = {rule.name: Trial(rule) for rule in RULEBOOK.rules}
"""Each rule and its worlds, which are made when they are first needed."""

ASKED = [promise for promise in PROMISES if not promise.needs_compiler]


def run_twin(rule: Rule, world: PlainWorld, setting: TrialWorld) -> None:
    """Do what a rule does with the functions of the same names in ``tests/reference.py``."""
    now = reference.Moment(setting.now.plan, Draws(setting.case.key), WEEK)
    for step in rule.steps:
        for service in setting.services:
            reference.twin_of(step.kernel)(world, rules_of(setting.rules_at(service)), service, now)


@pytest.fixture(name="trial", params=TRIALS)
def trial_fixture(request: pytest.FixtureRequest) -> Trial:
    """Each rule in turn."""
    return TRIALS[request.param]


# --- the contract ----------------------------------------------------------------------------------------------------


def test_the_week_has_rules() -> None:
    """All tests below would hold if there were none."""
    assert len(RULEBOOK.rules) > 5


@pytest.mark.parametrize("promise", ASKED, ids=lambda promise: promise.judge.__name__)
def test_it_keeps_every_promise(trial: Trial, promise: Promise) -> None:
    assert [str(fault) for fault in promise.judge(trial)] == []


def test_it_does_what_the_model_says(trial: Trial) -> None:
    for setting in trial.settings:
        own = setting.copy()
        twin = plain(own.world, own.case.organisation)
        run_twin(trial.rule, twin, own)
        trial.run(own)

        assert differences(own.world, twin, tolerance=1e-12) == []


def test_no_opportunities_leave_no_outcomes() -> None:
    teaming = TRIALS["teaming"]
    for setting in teaming.settings:
        off = setting.copy()
        off.rules["opportunity_rate"] = 0
        found = teaming.after(off)

        assert not any(found[name].any() for name in teaming.rule.writes)


def test_every_column_that_is_written_is_declared_by_a_rule() -> None:
    owned = TRIALS["staff"].owned

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


def test_a_rule_has_the_name_of_its_file_and_all_of_its_words(trial: Trial) -> None:
    rule = trial.rule

    assert trial.kernels[0].__module__ == f"sim.rules.{rule.name}"
    assert min(len(rule.title), len(rule.summary), len(rule.equation)) > 4


@pytest.mark.parametrize("formula", RULEBOOK.formulas.values(), ids=lambda formula: formula.name)
def test_every_form_of_a_formula_does_what_the_model_says(formula: Formula, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = next(rule for rule in RULEBOOK.rules if formula in rule.formulas)
    usual = formula.forms[0].kernel.__name__
    for form in formula.forms:
        engine = engine_with(forms={formula.name: form.name})
        steps = tuple(Step(engine.interpreted(step.kernel)) for step in owner.steps)
        trial = Trial(dataclasses.replace(owner, steps=steps))
        monkeypatch.setattr(reference, usual, reference.twin_of(form.kernel))
        for setting in TRIALS[owner.name].settings:
            own = setting.copy()
            twin = plain(own.world, own.case.organisation)
            run_twin(owner, twin, own)
            trial.run(own)

            assert differences(own.world, twin, tolerance=1e-12) == []
        monkeypatch.undo()


# --- kinds of intervention -------------------------------------------------------------------------------------------

NEEDED = {
    "change_parameter": {"name": "imitation", "value": 0.5},
    "leaders_leave": {"how_many": 2},
    "leaders_change_jobs": {"how_many": 2},
    "attention": {"purpose": 0.1, "staff": 0.15, "leaders": 0.2},
}
"""What an entry needs where the bounds of its fields do not say it."""


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_intervention_keeps_its_bounds_dates_costs_and_words(kind: str) -> None:
    assert [str(fault) for fault in faults_of_kind(KINDS[kind], KINDS, needs=NEEDED.get(kind))] == []
