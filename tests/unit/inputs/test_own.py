"""Files with rules and interventions of one's own: what they make known, and what is refused of them."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from sim.base.errors import InputError
from sim.inputs.interventions import KINDS
from sim.inputs.own import rulebook_with
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import apply_settings, check_file, load_scenario, scenario_to_toml
from sim.rulebook.rulebook import RULEBOOK, Rulebook

OWN = Path(__file__).parents[2] / "own_rules"
FEAR, LISTEN = OWN / "inspection_fear.py", OWN / "listening_round.py"
TEXT = """
title = "An inspection is near"
weeks = 20
[parameters]
fear_gain = 0.2
[services."Service 1".parameters]
fear_effect = 0.01
[[timeline]]
kind = "change_parameter"
name = "fear_gain"
value = 0.3
start_week = 4
"""


pytestmark = pytest.mark.usefixtures("forget_kinds")


@pytest.fixture(name="fear")
def fear_fixture() -> Rulebook:
    return rulebook_with(FEAR)


@pytest.fixture(name="file")
def file_fixture(tmp_path: Path) -> Path:
    path = tmp_path / "near.toml"
    path.write_text(TEXT, "utf-8")
    return path


def listening(**more: object) -> Scenario:
    entry = {"kind": "listening_round", "start_week": 2, "end_week": 8, **more}
    return Scenario(title="Listening", weeks=20).with_entries(**entry)


# --- parameters -------------------------------------------------------------------------------------------------------


def test_parameters_of_own_rules_are_known_everywhere_in_a_scenario(fear: Rulebook, file: Path) -> None:
    scenario = load_scenario(file, fear)

    assert scenario.parameters.fear_gain == 0.2
    assert scenario.services["Service 1"].parameters == {"fear_effect": 0.01}
    assert scenario.timeline[0].effect() == "how fast fear grows under full pressure becomes 0.3."
    assert apply_settings(scenario, ["fear_gain=0.25", "timeline.1.value=0.5"]).parameters.fear_gain == 0.25
    assert check_file(file, fear) == []


def test_without_the_rules_their_parameters_are_refused_by_name_and_line(file: Path) -> None:
    told = "\n".join(str(fault) for fault in check_file(file))

    assert "line 5: parameters.fear_gain: wanted" in told
    assert "fear_effect: wanted" in told
    assert 'got "fear_gain"; did you mean "purpose_gain"?' in told


def test_a_misspelt_own_parameter_is_met_with_the_nearest_name(fear: Rulebook) -> None:
    scenario = Scenario(title="Near").with_rulebook(fear)

    with pytest.raises(InputError, match='did you mean "fear_gain"'):
        apply_settings(scenario, ["fear_gian=0.2"])
    with pytest.raises(InputError, match='did you mean "fear_gain"'):
        scenario.with_entries(kind="change_parameter", name="fear_gian", value=0.2, start_week=1)


def test_a_scenario_keeps_its_rules_through_change_copy_writing_and_pickling(
    fear: Rulebook, file: Path, tmp_path: Path
) -> None:
    scenario = load_scenario(file, fear)
    written = tmp_path / "again.toml"
    written.write_text(scenario_to_toml(scenario), "utf-8")

    for other in (scenario.replace(weeks=20), scenario.baseline(), pickle.loads(pickle.dumps(scenario))):
        assert other.rulebook is fear
        assert other.with_parameters(fear_gain=0.4).parameters.fear_gain == 0.4
    assert load_scenario(written, fear).digest() == scenario.digest()


def test_rules_are_taken_away_unless_the_scenario_speaks_of_them(fear: Rulebook, file: Path) -> None:
    plain = Scenario(title="Plain")

    assert plain.with_rulebook(fear).with_rulebook(RULEBOOK) == plain
    with pytest.raises(InputError, match="fear_gain"):
        load_scenario(file, fear).with_rulebook(RULEBOOK)


def test_the_hash_of_own_rules_counts_in_the_digest(fear: Rulebook, tmp_path: Path) -> None:
    other = tmp_path / FEAR.name
    other.write_text(FEAR.read_text("utf-8") + "# another remark\n", "utf-8")
    plain = Scenario(title="Plain")

    digests = {plain.digest(), plain.with_rulebook(fear).digest(), plain.with_rulebook(rulebook_with(other)).digest()}

    assert len(digests) == 3


# --- interventions ----------------------------------------------------------------------------------------------------


def test_a_kind_of_a_file_can_be_on_a_timeline_and_in_a_file(tmp_path: Path) -> None:
    rulebook = rulebook_with(LISTEN)
    scenario = listening(intensity=2.0)
    path = tmp_path / "listening.toml"
    path.write_text(scenario_to_toml(scenario), "utf-8")

    assert rulebook.recorded[0].name == "listening_round.py"
    assert load_scenario(path, rulebook).timeline == scenario.timeline
    assert check_file(path, rulebook) == []


def test_an_entry_of_an_own_kind_reaches_a_process_that_never_saw_the_file(tmp_path: Path) -> None:
    rulebook = rulebook_with(LISTEN)
    sent = tmp_path / "sent"
    sent.write_bytes(pickle.dumps(listening().with_rulebook(rulebook)))
    code = f"import pickle; s = pickle.load(open({str(sent)!r}, 'rb')); print(s.timeline[0].label(), s.digest())"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path).stdout

    assert said.split() == ["Listening", "round", listening().with_rulebook(rulebook).digest()]


def test_a_changed_file_of_the_same_name_takes_the_place_of_the_earlier(tmp_path: Path) -> None:
    rulebook_with(LISTEN)
    other = tmp_path / LISTEN.name
    other.write_text(LISTEN.read_text("utf-8").replace('"Listening round"', '"Listening tour"'), "utf-8")

    rulebook_with(other)

    assert KINDS["listening_round"].title == "Listening tour"
    assert listening().timeline[0].title == "Listening tour"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"listening_round"', '"dialogue"', "a kind of its own"),
        ("ClassVar[int] = 1001", "ClassVar[int] = 4", "a number from 1000"),
        ('    title: ClassVar[str] = "Listening round"\n', "", "title: ClassVar"),
        ("    is_done: ClassVar[bool] = True\n", "", "is_done: ClassVar"),
        ('Button("listen"', 'Button("appoint_from_within"', "a key that no other button has"),
        ('Strand("listening"', 'Strand("dialogue"', "a name that no other strand has"),
        ('[Family] = "support"', '[Family] = "helps"', "a family"),
    ],
)
def test_a_kind_that_lacks_or_shares_something_is_told_by_name(tmp_path: Path, old: str, new: str, told: str) -> None:
    before = dict(KINDS)
    path = tmp_path / "mine.py"
    path.write_text(LISTEN.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(InputError, match=r"mine\.py: ListeningRound") as caught:
        rulebook_with(path)
    assert told in str(caught.value)
    assert before == KINDS


def test_all_files_with_faults_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("x = unknown", "utf-8")

    with pytest.raises(InputError) as caught:
        rulebook_with(tmp_path / "broken.py", tmp_path / "none.py")
    assert len(caught.value.faults) == 2


def test_the_file_of_a_kind_counts_even_where_its_rules_were_not_asked_for(tmp_path: Path) -> None:
    """A kind is known in the whole process; so a scenario may have it without carrying its file's rulebook."""
    rulebook_with(LISTEN)
    scenario = listening()
    before = scenario.digest()
    other = tmp_path / LISTEN.name
    other.write_text(LISTEN.read_text("utf-8").replace("1.0 + strength", "1.0 + 2 * strength"), "utf-8")
    rulebook_with(other)

    assert scenario.rulebook is RULEBOOK
    assert [one.name for one in scenario.own_rules] == [LISTEN.name]
    assert listening().digest() != before
