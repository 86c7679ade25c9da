"""Rules from outside the package are held to the contract: each promise is seen to be broken, and told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
from pydantic import Field

from sim.base.chance import uniforms
from sim.base.compilation import kernel
from sim.base.errors import InputError
from sim.base.rule import Increment, Step
from sim.commands import main
from sim.inputs.interventions import KINDS, Button, Intervention, Spell
from sim.inputs.interventions.dialogue import Dialogue
from sim.inputs.interventions.entry import Rules, Strength
from sim.rulebook.rulebook import RULEBOOK
from sim.validation.contract import promises
from sim.validation.contract.interventions import faults_of_kind
from sim.validation.contract.own_file import check_own_file
from sim.validation.contract.promises import PROMISES, faults_of
from sim.validation.contract.trial import Trial
from tests.own_rules import inspection_fear
from tests.own_rules.inspection_fear import rumour, worry

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "own_rules" / "inspection_fear.py"
FEAR = inspection_fear.RULE
_OTHERS_STREAM = 9
_RUMOUR = inspection_fear.RUMOUR.number


def trial_of(**wrong: Any) -> Trial:
    """Return the rule of an afraid service with something wrong in it."""
    rule = replace(FEAR, **wrong)
    return Trial(rule, RULEBOOK.with_rules(rule))


def told_by(judge: Any, **wrong: Any) -> str:
    """Return what a promise says of a rule with something wrong in it."""
    found = list(judge(trial_of(**wrong)))

    assert found
    assert all("inspection_fear" in fault.where and fault.wanted and fault.came for fault in found)
    return "\n".join(map(str, found))


# --- kernels that do what they should not -----------------------------------------------------------------------------


@kernel
def misspelt(world: Any, rules: Any, service: Any, now: Any) -> None:
    world.services[service].fear = rules.fear_gian


@kernel
def meddling(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = here.fear + rules.fear_gain * (here.pressure - here.fear)
    world.staff.safety[here.first_seat] = 0.5


@kernel
def elsewhere(world: Any, rules: Any, service: Any, now: Any) -> None:
    there = world.services[(service + 1) % len(world.services)]
    there.fear = there.fear + rules.fear_gain * (there.pressure - there.fear)


@kernel
def neighbourly(world: Any, rules: Any, service: Any, now: Any) -> None:
    here, before = world.services[service], world.services[service - 1]
    here.fear = here.fear + rules.fear_gain * (before.fear - here.fear)


@kernel
def moving_chance(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = here.fear + rules.fear_gain * (here.pressure - here.fear)
    now.key[0] += 1


@kernel
def spoiling_draws(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = here.fear + rules.fear_gain * (here.pressure - here.fear)
    world.scratch.opportunity_draws[0, 0] = 0.5


@kernel
def ruling(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = here.fear + rules.fear_gain * (here.pressure - here.fear)
    rules.shock = 1.0


@kernel
def unbounded(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear += rules.fear_gain * 3.0 * here.pressure


@kernel
def gambling(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = here.fear + rules.fear_gain * np.random.random() * (here.pressure - here.fear)  # noqa: NPY002


@kernel
def remembering(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = min(1.0, here.fear + rules.fear_gain * here.pressure * world.scratch.by_seat[0, 0])


@kernel
def restless(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    here.fear = 0.9 * here.fear + 0.1 * here.pressure


@kernel
def eavesdropping(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    near, _, _, _ = uniforms(now.key, _OTHERS_STREAM, now.week, service)
    here.fear = here.fear + rules.fear_gain * near * (here.pressure - here.fear)


@kernel
def foreseeing(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    near, _, _, _ = uniforms(now.key, _RUMOUR, now.week + 1, service)
    here.fear = here.fear + rules.fear_gain * near * (here.pressure - here.fear)


@kernel
def not_a_number(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    return np.log(-world.services[service].fear - world.staff.worry[row] - world.staff.safety[row])


@kernel
def nothing(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    return 0.0


@kernel
def always(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    return -0.01 * (world.services[service].fear + world.staff.worry[row]) * world.staff.safety[row]


@kernel
def writing(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    world.staff.worry[row] = 0.0
    return -rules.fear_effect * (world.services[service].fear + world.staff.worry[row]) * world.staff.safety[row]


@kernel
def generating(world: Any, rules: Any, service: Any, now: Any) -> None:
    here = world.services[service]
    near, _, _, _ = uniforms(now.key, _RUMOUR, now.week, service)
    most = max(one for one in (near, 0.0))
    here.fear = here.fear + rules.fear_gain * most * (here.pressure - here.fear)


def adding(change: Any) -> tuple[Increment, ...]:
    return (Increment("staff.safety", change, most=0.02),)


def stepping(step: Any) -> tuple[Step, ...]:
    return (Step(step), Step(worry))


BREAKS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "it stops": (promises.runs_in_any_organisation, {"steps": stepping(misspelt)}, 'did you mean "fear_gain"'),
    "it writes more": (promises.writes_only_what_it_declares, {"steps": stepping(meddling)}, '"staff.safety" changed'),
    "it does not declare a column": (
        promises.writes_only_what_it_declares, {"writes": ("services.fear",)}, 'add it to "writes"',
    ),
    "what it adds writes": (promises.writes_only_what_it_declares, {"adds": adding(writing)}, "writes nothing"),
    "it writes less": (promises.writes_all_that_it_declares, {"steps": (Step(rumour),)}, '"staff.worry" to change'),
    "it writes elsewhere": (promises.writes_in_its_own_service, {"steps": stepping(elsewhere)}, "service"),
    "it moves chance": (promises.leaves_what_others_need, {"steps": stepping(moving_chance)}, "now.key"),
    "it spoils draws": (promises.leaves_what_others_need, {"steps": stepping(spoiling_draws)}, "opportunity_draws"),
    "it changes what is in force": (promises.leaves_what_others_need, {"steps": stepping(ruling)}, "rules as other"),
    "it reads more": (
        promises.reads_only_what_it_declares, {"reads": FEAR.reads[:1]}, '"services.pressure" matters',
    ),
    "it reads less": (
        promises.reads_all_that_it_declares, {"reads": (*FEAR.reads, "teams.control")}, '"teams.control" to matter',
    ),
    "it adds no number": (promises.adds_numbers, {"adds": adding(not_a_number)}, "got nan"),
    "it adds nothing": (promises.adds_numbers, {"adds": adding(nothing)}, "0 in every row"),
    "it leaves its range": (promises.keeps_ranges, {"steps": stepping(unbounded)}, "wanted a value from 0 to 1"),
    "it gambles": (promises.does_the_same_again, {"steps": stepping(gambling)}, "chance is looked up"),
    "it reads what others left": (promises.does_the_same_again, {"steps": stepping(remembering)}, "fill what it uses"),
    "the order of services matters": (
        promises.does_the_same_again, {"steps": stepping(neighbourly)}, "across_services=True",
    ),
    "it is never off": (promises.does_nothing_when_off, {"steps": stepping(restless)}, '"services.fear" changed'),
    "it adds when off": (promises.does_nothing_when_off, {"adds": adding(always)}, '"staff.safety" changed'),
    "it does not say when it is off": (promises.does_nothing_when_off, {"off": {}}, 'off={"my_rate": 0}'),
    "it is off at what is not there": (
        promises.does_nothing_when_off, {"off": {"fear_gian": 0}}, 'did you mean "fear_gain"',
    ),
    "it draws from others' streams": (
        promises.draws_from_its_own_streams, {"steps": stepping(eavesdropping)}, "TURBULENCE, of another rule",
    ),
    "it does not draw": (
        promises.draws_from_its_own_streams, {"steps": stepping(restless)}, "a draw from RUMOUR, as it is declared",
    ),
    "it draws for another week": (promises.draws_from_its_own_streams, {"steps": stepping(foreseeing)}, "week 10"),
    "it changes the week when off": (promises.leaves_the_week_when_off, {"adds": adding(always)}, "another"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_promise_is_seen_and_told(name: str) -> None:
    judge, wrong, told = BREAKS[name]
    if name == "it changes the week when off":
        wrong = {**wrong, "steps": stepping(restless)}

    assert told in told_by(judge, **wrong)


def test_every_promise_is_seen_to_break() -> None:
    judged = {judge for judge, _, _ in BREAKS.values()}

    assert {promise.judge for promise in PROMISES if not promise.needs_compiler} == judged


def test_a_rule_that_keeps_its_promises_has_no_faults() -> None:
    found = faults_of(trial_of(), with_compiler=False)

    assert [str(fault) for faults in found.values() for fault in faults] == []
    assert len(found) == len(PROMISES) - 1


def test_nothing_else_is_asked_of_a_rule_that_cannot_be_run() -> None:
    found = faults_of(trial_of(steps=stepping(misspelt)))

    assert [promise.judge for promise in found] == [promises.runs_in_any_organisation]


def test_what_a_rule_changes_in_shared_arrays_is_put_back() -> None:
    trial = trial_of(steps=stepping(moving_chance))
    before = [setting.now.key.copy() for setting in trial.settings]
    list(promises.leaves_what_others_need(trial))

    assert all((setting.now.key == key).all() for setting, key in zip(trial.settings, before, strict=True))


@pytest.mark.slow
def test_a_rule_that_numba_cannot_compile_is_told_with_its_place() -> None:
    (fault,) = promises.compiles_to_the_same(trial_of(steps=stepping(generating)))

    assert fault.wanted == "kernels that numba can compile"
    assert "test_own_rules.py" in fault.came


@pytest.mark.slow
def test_the_compiled_week_does_what_the_rule_says() -> None:
    assert list(promises.compiles_to_the_same(trial_of())) == []


# --- kinds of intervention --------------------------------------------------------------------------------------------


class Listening(Spell):
    """Leaders go round the wards and listen."""

    number: ClassVar[int] = 1001
    title: ClassVar[str] = "Listening round"
    family: ClassVar[Any] = "support"
    is_done: ClassVar[Any] = True
    buttons: ClassVar[tuple[Button, ...]] = (Button("listen", "Listen", "Stop", "Leaders go round and listen."),)
    kind: Literal["listening"] = "listening"
    minutes: int = Field(30, ge=5, le=120, description="minutes of each round (5 to 120)")

    def change_rules(self, rules: Rules, strength: Strength) -> None:
        rules["protected_share"] += 0.01 * strength

    def effect(self) -> str:
        return "Staff are listened to."


def class_with(**wrong: Any) -> type[Intervention]:
    """Return the kind with something wrong in it."""
    notes = {name: wrong.pop(f"{name}_type") for name in list(wrong) if f"{name}_type" in wrong}
    return type("Wrong", (Listening,), {"__doc__": "Wrong.", "__module__": __name__, "__annotations__": notes, **wrong})


def _at_strength_zero(self: Any, rules: Rules, strength: Strength) -> None:
    rules["protected_share"] += 0.01


def _out_of_bounds(self: Any, rules: Rules, strength: Strength) -> None:
    rules["imitation"] += 100.0 * strength


def _unknown(self: Any, rules: Rules, strength: Strength) -> None:
    rules["imitatoin"] += strength


WRONG_KINDS: dict[str, tuple[dict[str, Any], str]] = {
    "no words": ({"__doc__": ""}, "a docstring"),
    "no title": ({"title": " "}, "title"),
    "no family": ({"family": "supporting"}, 'did you mean "support"'),
    "neither done nor happening": ({"is_done": None}, "is_done: wanted whether it is done"),
    "no colour": ({"colour": "blue"}, "colour"),
    "no sentence": ({"effect": lambda self: "better"}, "full stop"),
    "a number of the package": ({"number": 2}, "from 1000"),
    "a number that is taken": ({"number": 1500}, "which taken has"),
    "parts that do not narrow it": ({"target_parts": frozenset({"teams"})}, "target_parts"),
    "no bounds": ({"minutes": Field(30, description="minutes"), "minutes_type": int}, "minutes: wanted bounds"),
    "no description": ({"minutes": Field(30, ge=0, le=9), "minutes_type": int}, "minutes: wanted a description"),
    "a negative cost": ({"cost": lambda self, week, horizon: -1.0}, "0 or more"),
    "a cost outside its weeks": ({"cost": lambda self, week, horizon: 1.0}, "nothing outside its weeks"),
    "a cost at intensity 0": (
        {"cost": lambda self, week, horizon: float(self.start_week <= week < self.end_week)}, "nothing at intensity 0",
    ),
    "strength outside its weeks": ({"strength": lambda self, week, horizon: 1.0}, "0 outside its weeks"),
    "a button of another": ({"buttons": (Button("dialogue", "Talk", "", "They talk."),)}, "no other button has"),
    "a button that makes no entry": (
        {"buttons": (Button("x", "Talk", "", "They talk.", fields={"minutes": 900}),)}, "fields that make an entry",
    ),
    "a button without words": ({"buttons": (Button("x", "", "", "They talk."),)}, "a label"),
    "a change at strength 0": ({"change_rules": _at_strength_zero}, "every bit as it was"),
    "a change out of bounds": ({"change_rules": _out_of_bounds}, "values of imitation from 0"),
    "a change of what is not there": ({"change_rules": _unknown}, "imitatoin"),
    "no change": ({"change_rules": lambda self, rules, strength: None}, "nothing at full strength"),
    "a lever that is not there": ({"staff_levers": lambda self, strength: {"talk": strength}}, '"talk"'),
    "levers of seniors, services reached": (
        {"senior_levers": lambda self, strength: {"attention": strength}}, '"seniors", as it has senior_levers',
    ),
    "levers of staff, services reached": (
        {"staff_levers": lambda self, strength: {"dialogue": strength}}, '"staff", as it has staff_levers',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_KINDS)
def test_what_is_wrong_with_a_kind_of_intervention_is_told(name: str) -> None:
    wrong, told = WRONG_KINDS[name]
    taken = type("Taken", (Listening,), {"__doc__": "Taken.", "__module__": __name__, "number": 1500, "buttons": ()})
    taken.model_fields["kind"].annotation = Literal["taken"]

    assert told in "\n".join(map(str, faults_of_kind(class_with(**wrong), {**KINDS, "taken": taken})))


def test_a_sound_kind_of_intervention_has_no_faults() -> None:
    assert faults_of_kind(Listening, KINDS) == []
    assert Dialogue.number == KINDS["dialogue"].number


# --- the command ------------------------------------------------------------------------------------------------------


TWO_FAULTY_RULES = """
from sim.base.compilation import kernel
from sim.base.rule import Rule, Step, parameter, share

RATE = parameter("rumour_rate", 0.1, "per week", "how fast it spreads", symbol="r_r", group="fear", within=(0, 1),
                 plausible=(0.05, 0.3), grade="assumption", source="assumed")

@kernel
def spread(world, rules, service, now):
    here = world.services[service]
    here.talk = 2.0 * here.talk + rules.rumour_rate

def rule(name, column, **more):
    return Rule(name=name, title="Talk", summary="people talk", equation="talk = r", steps=(Step(spread),),
                columns=(share("services", column, "talk"),), writes=(f"services.{column}",), **more)

FIRST = rule("talk", "talk", parameters=(RATE,), off={"rumour_rate": 0})
SECOND = rule("talk_again", "babble", after="stuff")
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["rules", "check", *words])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out, told.err


@pytest.fixture(name="faulty")
def faulty_fixture(tmp_path: Path) -> Path:
    path = tmp_path / "my_rules.py"
    path.write_text(TWO_FAULTY_RULES)
    return path


def test_all_faults_of_a_file_are_told_at_once(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, complaints = run(capsys, str(faulty), "--no-compiled")

    assert code == 2
    assert (
        'my_rules.py: rule talk_again: after: wanted the name of a rule, got "stuff"; did you mean "staff"'
        in complaints
    )
    assert "my_rules.py: rule talk: services.talk" in complaints
    assert '"services.talk" matters; add it to "reads"' in complaints
    assert "faults found" in complaints
    assert "no   it keeps every range" in said


def test_a_sound_file_is_told_promise_by_promise(capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, str(FILE), "--no-compiled")

    assert code == 0
    assert "rule inspection_fear" in said
    assert said.count("yes  ") == len(PROMISES)


def test_all_that_was_found_is_json(faulty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    faulty.write_text(TWO_FAULTY_RULES.replace("FIRST = ", "# "))
    code, said, _ = run(capsys, str(faulty), "--json")
    told = json.loads(said)

    assert code == 2
    (report,) = told["files"]
    (judged,) = report["judged"]
    assert (judged["what"], judged["name"]) == ("rule", "talk_again")
    assert [promise["is_kept"] for promise in judged["promises"]] == [False]
    assert judged["promises"][0]["faults"][0]["came"] == '"stuff"'
    assert len(report["sha256"]) == 64
    assert len(told["faults"]) == len(judged["promises"][0]["faults"])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("x = 1", "a file that declares a rule, a measure or a kind of intervention, got none"),
        ("import nothing_of_that_name", "my_rules.py, line 1: wanted Python that can be executed"),
        ("RULE = Rule(", "line 1: wanted Python that can be executed"),
        ("import sys\nsys.exit(0)", "line 2: wanted Python that can be executed, got SystemExit: 0"),
        ("class Odd(BaseException): ...\nraise Odd('no')", "line 2: wanted Python that can be executed, got Odd: no"),
    ],
)
def test_a_file_that_declares_nothing_is_refused(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "my_rules.py").write_text(content)

    with pytest.raises(InputError) as caught:
        check_own_file(tmp_path / "my_rules.py")

    assert told in str(caught.value)


def test_what_a_file_says_of_its_fault_is_told_in_so_many_words_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "my_rules.py").write_text("raise ValueError('no' * 100_000)")

    with pytest.raises(InputError) as caught:
        check_own_file(tmp_path / "my_rules.py")

    assert len(str(caught.value)) < 1000


def test_faults_of_files_that_cannot_be_read_are_told_with_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.py").touch()
    code, _, complaints = run(capsys, "nowhere.py", str(tmp_path / "empty.py"))

    assert code == 2
    assert "nowhere.py" in complaints
    assert "empty.py: wanted a file that declares" in complaints
    assert "2 faults found" in complaints
