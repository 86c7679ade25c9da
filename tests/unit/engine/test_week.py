"""The week is made from the rules: in their order, with rules from outside, and with rival forms of a formula."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.chance import chance_key
from sim.base.compilation import kernel
from sim.base.errors import InputError
from sim.base.rule import Increment, Rule, Step, Stream, count, reference, share
from sim.engine.limit.field import faults_for_mean_field, mean_field
from sim.engine.plan import build_plan
from sim.engine.run import prepare
from sim.engine.state import World, allocate, copy_world, out_of_range, set_initial_values
from sim.engine.ties import build_ties
from sim.engine.week import ENGINE, Engine, engine_of, engine_with
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings, check_file, load_scenario, scenario_to_toml
from sim.rulebook.own_rules import read_rule_file
from sim.rulebook.parameters import Parameters, parameters_model
from sim.rulebook.rulebook import RULEBOOK, Rulebook, digest_of
from sim.validation.contract import plain_engine
from tests.own_rules import inspection_fear
from tests.worlds import columns, organisation_of

ROOT = Path(__file__).parents[3]
FILE = ROOT / "tests" / "own_rules" / "inspection_fear.py"
FEAR = inspection_fear.RULE
MEAN = {"collective_voice": "as_their_mean"}


def scenario(**different: Any) -> Scenario:
    return Scenario(title="Small", weeks=30, organisation={"teams": 4, "team_size": 4}, **different)


def lived(rulebook: Rulebook, n_weeks: int = 6, **parameters: float) -> World:
    """Return a world of two services after some weeks, run as Python functions."""
    organisation, engine = organisation_of([[4, 3], [5]]), Engine(rulebook)
    own = parameters_model(rulebook)(**parameters)
    plan, audiences = build_plan(organisation, [own], [], n_weeks, 0, rulebook)
    world = allocate(organisation, build_ties(organisation), audiences, rulebook)
    set_initial_values(world, plan, rulebook)
    world.staff["safety"], world.staff["safety_trait"] = 0.6, 0.6
    plain_engine.run_weeks(world, plan, chance_key(3), 0, n_weeks, engine)
    return world


# --- rules from outside -----------------------------------------------------------------------------------------------


def test_a_rule_from_outside_stands_where_it_says() -> None:
    names = [rule.name for rule in RULEBOOK.with_rules(FEAR).rules]

    assert names.index("inspection_fear") == names.index("staff") + 1
    assert [name for name in names if name != "inspection_fear"] == [rule.name for rule in RULEBOOK.rules]
    assert [rule.name for rule in RULEBOOK.with_rules(replace(FEAR, after="")).rules][-1] == "inspection_fear"


def test_its_parameters_columns_and_streams_are_there_like_all_others() -> None:
    book = RULEBOOK.with_rules(FEAR)

    assert book.parameters["fear_gain"].default == 0.1
    assert book.columns["services"]["fear"].meaning == "fear of an inspection"
    assert book.streams["RUMOUR"].number == 1001
    assert book.writers["staff.safety"] == ("staff", "inspection_fear", "turnover")
    assert {"fear_gain", "fear_effect", "imitation"} <= set(book.rules_dtype.names or ())
    assert parameters_model(book)(fear_gain=0.2).fear_gain == 0.2


def test_it_acts_on_the_week() -> None:
    usual, afraid = lived(RULEBOOK), lived(RULEBOOK.with_rules(FEAR), fear_effect=0.1)

    assert (afraid.services["fear"] > 0).all()
    assert (afraid.staff["worry"] > 0).all()
    assert afraid.staff["safety"].mean() < usual.staff["safety"].mean()


def test_at_rate_zero_it_changes_no_bit_of_any_other_column() -> None:
    usual, calm = lived(RULEBOOK), lived(RULEBOOK.with_rules(FEAR), fear_gain=0.0, fear_effect=0.0)

    for name, values in columns(usual).items():
        group, column = name.split(".")
        assert getattr(calm, group)[column].tobytes() == values.tobytes(), name


@kernel
def _enormous(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
    return -5.0


@pytest.mark.parametrize("most", [0.001, 0.02])
def test_what_it_adds_is_cut_off_and_stays_in_range(most: float) -> None:
    strong = replace(FEAR, adds=(Increment("staff.safety", _enormous, most),))
    usual, afraid = lived(RULEBOOK, 1), lived(RULEBOOK.with_rules(strong), 1)
    loss = usual.staff["safety"] - afraid.staff["safety"]

    assert loss == pytest.approx(np.full(len(loss), most), abs=1e-12)
    assert (
        out_of_range(lived(RULEBOOK.with_rules(replace(strong, adds=(Increment("staff.safety", _enormous, 9.0),)))))
        == []
    )


@pytest.mark.parametrize("column", ["teams.control", "seniors.control", "pairs.purpose", "services.backlog"])
def test_it_can_add_to_columns_of_every_group(column: str) -> None:
    group, name = column.split(".")
    adding = replace(FEAR, adds=(Increment(column, _enormous, 0.01),), after="service")
    usual, changed = lived(RULEBOOK, 1), lived(RULEBOOK.with_rules(adding), 1)

    assert (getattr(changed, group)[name] <= getattr(usual, group)[name]).all()
    assert (getattr(changed, group)[name] < getattr(usual, group)[name]).any()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "staff"}, "a name of its own"),
        ({"after": "stuff"}, 'did you mean "staff"'),
        ({"writes": ("staff.safety",)}, 'declares under "adds"'),
        ({"writes": ("staff.nothing",)}, "a column of its own"),
        ({"reads": ("staff.safetys",)}, "staff.safety"),
        ({"adds": (Increment("staff.staff_group", _enormous, 1.0),)}, "a column that another rule owns"),
        ({"adds": (Increment("staff.safety", _enormous, 0.0),)}, "a largest change above 0"),
        ({"streams": (Stream(3, "MINE", "-"),)}, "a number that is not taken"),
        ({"streams": (Stream(50, "MINE", "-"),)}, "1000 or more"),
        ({"columns": (count("staff", "outcome", "mine", "events"),)}, "a name that is not taken"),
        ({"parameters": (reference("imitation", 0, "", "m", symbol="i", group="g", within=(0, 1)),)}, "imitation"),
        ({"parameters": (reference("mine", 0, "", "m", symbol="κ", group="g", within=(0, 1)),)}, "symbol"),
        ({"steps": (Step(print),)}, "@kernel"),
        ({"steps": (), "adds": ()}, "at least one step"),
    ],
)
def test_what_a_rule_may_not_declare_is_told_by_name(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=r"inspection_fear|rule staff") as caught:
        RULEBOOK.with_rules(replace(FEAR, **wrong))

    assert told in str(caught.value)


def test_all_faults_of_a_rule_are_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        RULEBOOK.with_rules(replace(FEAR, after="stuff", writes=("staff.safety",), streams=(Stream(3, "M", "-"),)))

    assert len(caught.value.faults) == 4


def test_every_week_has_a_key_of_its_own() -> None:
    """What is compiled for one tuple of rules is never taken for another's."""
    books = [
        RULEBOOK,
        RULEBOOK.with_forms(MEAN),
        RULEBOOK.with_rules(FEAR),
        RULEBOOK.with_rules(replace(FEAR, after="")),
        Rulebook(RULEBOOK.rules[1:]),
        Rulebook((replace(RULEBOOK.rules[0], steps=()), *RULEBOOK.rules[1:])),
    ]

    assert len({book.key for book in books}) == len(books)


@pytest.mark.parametrize("name", ["n_seats", "copy", "_worry", "class", "how much"])
def test_a_column_of_staff_has_a_name_that_kernels_can_say(name: str) -> None:
    with pytest.raises(InputError, match="a name of letters") as caught:
        RULEBOOK.with_rules(replace(FEAR, columns=(*FEAR.columns, share("staff", name, "worry"))))

    assert f'"staff.{name}"' in str(caught.value)


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="a name of its own"):
        RULEBOOK.with_rules(FEAR, FEAR)


# --- files of rules ---------------------------------------------------------------------------------------------------


def test_a_file_is_told_apart_by_its_content(tmp_path: Path) -> None:
    other = tmp_path / FILE.name
    other.write_text(FILE.read_text("utf-8").replace("0.05", "0.06"), "utf-8")
    first, second = engine_with(FILE), engine_with(other)

    assert first.rulebook.files[0].sha256 != second.rulebook.files[0].sha256
    assert first.rulebook.key != second.rulebook.key
    assert engine_with(FILE) is first
    assert first is not ENGINE


def test_another_number_in_a_kernel_is_another_rule() -> None:
    def with_factor(factor: float) -> Rule:
        @kernel
        def less(world: Any, rules: Any, service: Any, row: Any, now: Any) -> Any:
            return -factor

        return replace(FEAR, adds=(Increment("staff.safety", less, 0.1),))

    assert digest_of(with_factor(0.1)) == digest_of(with_factor(0.1))
    assert digest_of(with_factor(0.1)) != digest_of(with_factor(0.2))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1", "a file that declares a rule"),
        ("x = 1\ny = unknown", "line 2"),
        ("def broken(:", "SyntaxError"),
        ("\n\n1 / 0", "line 3"),
    ],
)
def test_a_file_that_is_no_rule_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.py"
    path.write_text(text, "utf-8")

    with pytest.raises(InputError, match=r"mine\.py") as caught:
        engine_with(path)
    assert told in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        engine_with(tmp_path / "none.py")


def test_reading_a_file_executes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("raise SystemExit", "utf-8")

    assert read_rule_file(path).source == "raise SystemExit"


def test_an_engine_survives_pickling_by_its_files_and_forms() -> None:
    engine = engine_with(FILE, forms=MEAN)

    assert pickle.loads(pickle.dumps(ENGINE)) is ENGINE
    assert pickle.loads(pickle.dumps(engine)) is engine


def test_a_rule_of_this_process_cannot_be_sent_to_another() -> None:
    with pytest.raises(InputError, match="rules and measures that stand in a file"):
        pickle.dumps(engine_with(FEAR))


def test_parameters_of_own_rules_survive_pickling_and_count_in_the_digest() -> None:
    model = parameters_model(engine_with(FILE).rulebook)
    own, other = scenario(parameters=model(fear_gain=0.3)), scenario(parameters=model(fear_gain=0.2))

    assert pickle.loads(pickle.dumps(own)).parameters.fear_gain == 0.3
    assert own.digest() != other.digest()
    assert other.with_parameters(fear_gain=0.3).digest() == own.digest()
    with pytest.raises(InputError, match="fear_gain"):
        own.with_parameters(fear_gain=2.0)
    with pytest.raises(InputError, match="fear_gain"):
        scenario().with_parameters(fear_gain=0.2)


@pytest.mark.slow
def test_a_rule_from_outside_is_compiled_into_the_week() -> None:
    """The compiled week and the same as Python functions give the same bits; in another process as well."""
    engine = engine_with(FILE)
    prepared = prepare(scenario(), engine=engine)
    world, key = prepared.start(2)
    as_python = copy_world(world)
    prepared.run_weeks(world, key, 0, 4)
    plain_engine.run_weeks(as_python, prepared.plan, key, 0, 4, engine)

    assert world.services["fear"].max() > 0
    assert world.staff["worry"].max() > 0
    for group, named in engine.rulebook.columns.items():
        for name in named:
            assert getattr(world, group)[name].tobytes() == getattr(as_python, group)[name].tobytes(), name
    code = (
        "import pickle, sys; prepared = pickle.load(sys.stdin.buffer);"
        "sys.stdout.write(prepared.simulate(2).tobytes().hex())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, input=pickle.dumps(prepared), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert bytes.fromhex(done.stdout.decode()) == prepared.simulate(2).tobytes()


# --- rival forms ------------------------------------------------------------------------------------------------------


def test_the_usual_form_is_the_same_engine() -> None:
    assert engine_with(forms={"collective_voice": "as_one_or_the_weakest"}) is ENGINE
    assert engine_of(RULEBOOK) is ENGINE
    assert RULEBOOK.key == ""
    assert engine_with(forms=MEAN) is engine_with(forms=MEAN)
    assert engine_with(forms=MEAN).rulebook.key != ""


def test_leaders_heard_as_their_mean_are_heard_as_more_relational() -> None:
    usual, rival = lived(RULEBOOK, 1), lived(RULEBOOK.with_forms(MEAN), 1)
    relational = 1 - rival.seniors["control"].reshape(2, 3).mean(axis=1)

    assert (rival.services["coherence"] == usual.services["coherence"]).all()
    assert rival.services["collective_voice"] == pytest.approx(relational, abs=0.05)


def test_a_scenario_names_the_form_and_keeps_it(tmp_path: Path) -> None:
    path = tmp_path / "rival.toml"
    path.write_text('title = "R"\n[rules]\ncollective_voice = "as_their_mean"\n', "utf-8")
    rival = load_scenario(path)

    assert rival.rules == MEAN
    assert rival.baseline().rules == MEAN
    assert "as_their_mean" in scenario_to_toml(rival)
    assert rival.digest() != rival.replace(rules={}).digest()
    assert apply_settings(scenario(), ["rules.collective_voice=as_their_mean"]).rules == MEAN
    assert prepare(rival, burn_in_weeks=1).engine is engine_with(forms=MEAN)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('colective_voice = "as_their_mean"', 'did you mean "collective_voice"'),
        ('collective_voice = "as_their_meen"', 'did you mean "as_their_mean"'),
        ("collective_voice = 3", "rules"),
    ],
)
def test_a_form_that_does_not_exist_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "rival.toml"
    path.write_text(f'title = "R"\n[rules]\n{line}\n', "utf-8")
    faults = [str(fault) for fault in check_file(path)]

    assert len(faults) == 1
    assert "line" in faults[0]
    assert told in faults[0]


def test_a_scenario_without_rivals_has_the_digest_that_it_had() -> None:
    content = scenario().canonical()

    assert "rules" not in content
    assert not {name for name, own in RULEBOOK.parameters.items() if own.is_reference} & set(content["parameters"])
    assert "initial_backlog" in scenario(parameters=Parameters(initial_backlog=0.5)).canonical()["parameters"]


# --- the mean field ---------------------------------------------------------------------------------------------------


def test_the_mean_field_refuses_what_it_has_no_counterpart_of_by_name() -> None:
    engine = engine_with(FILE)
    faults = faults_for_mean_field(scenario(), engine)

    assert [fault.came for fault in faults] == ['the rule "inspection_fear"']
    with pytest.raises(InputError, match="inspection_fear"):
        mean_field(scenario(), engine=engine)
    assert faults_for_mean_field(scenario()) == []


@pytest.mark.slow
def test_the_mean_field_follows_the_form() -> None:
    usual, rival = (mean_field(scenario(rules=forms)).trajectory().series("collective_voice") for forms in ({}, MEAN))

    assert rival[0] == pytest.approx(usual[0], abs=0.2)
    assert (rival != usual).all()
