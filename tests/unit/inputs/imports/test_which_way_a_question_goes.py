"""Whether those who agree feel safe is told, asked or said, and never guessed in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import InputError
from sim.inputs.imports import Answers, Mapping, understood_mapping
from sim.inputs.imports.direction import Direction, direction_of
from tests.unit.inputs.imports.files import asked, csv_of, imported, written

N = 12
STAFF = csv_of([["id", "team", "service"], *([n, f"T{n // 6}", "S"] for n in range(N))])
WORDS = {5: "Strongly agree", 1: "Strongly disagree"}

SAFE = [
    "I feel safe to speak up",
    "I feel safe to speak up about anything that concerns me in this organisation",
    "It is safe to speak up about problems and mistakes",
    "I would feel secure raising concerns about unsafe clinical practice",
    "I am not afraid to speak up",
    "I don't hesitate to speak up",
    "It is no problem to speak up",
    "I can speak up without fear of reprisal",
    "It is not risky to speak up",
    "Nobody is punished for speaking up",
    "It is safe to say no",
]
NOT_SAFE = [
    "I do not feel safe to speak up",
    "I don't feel safe to speak up",
    "I don\u2019t feel safe to speak up about anything that concerns me",
    "I feel unsafe to speak up",
    *(f"I am {word} to speak up" for word in ("afraid", "scared", "frightened", "reluctant", "hesitant", "unable")),
    "I'm worried about speaking up",
    "It is risky to speak up",
    "It is difficult to speak up",
    "It's hard to speak up",
    "I cannot speak up",
    "I can't speak up",
    *(f"I {word} feel safe to speak up" for word in ("never", "rarely", "hardly", "seldom")),
    "I fail to speak up",
    "Nobody feels safe to speak up",
]
EITHER = [
    "I do not always feel safe to speak up",
    "I am afraid, but I feel safe to speak up",
    "Lack of psychological safety",
    "Fear of speaking up",
    "I feel safe to speak up (reversed)",
    "Speaking up means taking a risk",
    "I would rather keep quiet than speak up",
    "There is no one who does not feel safe to speak up",
    "How safe or unsafe do you feel to speak up?",
    "I am not sure that it is safe to speak up",
]


def persons(heading: str) -> str:
    return "# scale: 1 to 5\n" + csv_of([["id", heading], *([n, 5 if n < 6 else 1] for n in range(N))])


def in_words(heading: str) -> str:
    return csv_of([["id", heading], *([n, WORDS[5 if n < 6 else 1]] for n in range(N))])


def means(heading: str) -> str:
    return "# scale: 1 to 5\n" + csv_of([["team", heading], ["T0", 4.8], ["T1", 1.4]])


def shares(heading: str) -> str:
    return csv_of([["team", f"% agree: {heading}"], ["T0", "95%"], ["T1", "10%"]])


SHAPES = (persons, in_words, means, shares)


def safer_team(rows: list[list[str]]) -> str:
    """Return the team, of those who agree (T0) and those who do not (T1), that is written as the safer one."""
    header, *told = rows
    scores: dict[str, float] = {}
    for row in told:
        cells = dict(zip(header, row, strict=True))
        team = cells["team"] or f"T{int(cells['id']) // 6}"
        scores[team] = float(cells["safety"] or cells["safety_agreeing"])
    return max(scores, key=lambda team: scores[team])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("heading", SAFE)
def test_agreeing_with_a_safe_sentence_is_feeling_safe(heading: str, shape, tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=shape(heading))

    assert safer_team(found.tables["survey.csv"]) == "T0"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("heading", NOT_SAFE)
def test_agreeing_with_a_fearful_or_negated_sentence_is_turned_and_said(heading: str, shape, tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=shape(heading))

    assert safer_team(found.tables["survey.csv"]) == "T1"
    assert [told for told in found.notes.assumed if "is taken as not feeling safe" in told and heading in told]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("heading", EITHER)
def test_what_can_be_read_both_ways_is_asked_and_the_answer_is_used(heading: str, shape, tmp_path: Path) -> None:
    survey = shape(heading)
    for answer, safer in (("safe", "T0"), ("not safe", "T1")):
        found = imported(tmp_path, {"agreement": answer}, staff_csv=STAFF, survey_csv=survey)
        assert safer_team(found.tables["survey.csv"]) == safer

    assert "means safe or not safe" in asked(tmp_path, staff_csv=STAFF, survey_csv=survey)


def test_a_mapping_says_which_way_a_column_goes_and_asks_what_it_was_asked(tmp_path: Path) -> None:
    for heading, meaning in (("I am afraid to speak up", "safety reversed"), (EITHER[0], "safety unclear")):
        files = written(tmp_path, staff_csv=STAFF, survey_csv=persons(heading))
        mapping = understood_mapping(files, Mapping(), Answers())
        columns = mapping.sheets["survey.csv"].columns
        assert columns[heading] == meaning
        columns[heading] = "safety"
        found = imported(tmp_path, mapping=mapping, staff_csv=STAFF, survey_csv=persons(heading))
        assert safer_team(found.tables["survey.csv"]) == "T0"
        columns[heading] = "safety unclear"
        with pytest.raises(InputError, match="means safe or not safe"):
            imported(tmp_path, mapping=mapping, staff_csv=STAFF, survey_csv=persons(heading))


def test_an_answer_is_kept_in_the_mapping_for_next_year(tmp_path: Path) -> None:
    first = imported(tmp_path, {"agreement": "not safe"}, staff_csv=STAFF, survey_csv=persons(EITHER[0]))
    again = imported(tmp_path, mapping=first.mapping, staff_csv=STAFF, survey_csv=persons(EITHER[0]))

    assert first.mapping.sheets["survey.csv"].columns[EITHER[0]] == "safety reversed"
    assert safer_team(again.tables["survey.csv"]) == "T1"


def test_words_that_nobody_foresaw_are_said(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=persons("Speaking up is career suicide"))

    assert any("is taken as feeling safe; otherwise" in told for told in found.notes.assumed)


def test_shares_of_those_who_disagree_are_asked_about(tmp_path: Path) -> None:
    survey = csv_of([["team", "I feel safe to speak up: % disagree"], ["T0", "95%"], ["T1", "10%"]])

    assert "means safe or not safe" in asked(tmp_path, staff_csv=STAFF, survey_csv=survey)


ITEMS = (
    "If you make a mistake on this team, it is often held against you",
    "Members of this team are able to bring up problems and tough issues",
    "People on this team sometimes reject others for being different",
    "It is safe to take a risk on this team",
    "It is difficult to ask other members of this team for help",
    "No one on this team would deliberately act in a way that undermines my efforts",
    "Working with members of this team, my unique skills and talents are valued and utilized",
)
OTHERWISE = (
    "Mistakes are never held against you",
    "Members of this team cannot bring up problems and tough issues",
    "People on this team never reject others for being different",
    "It is not safe to take a risk on this team",
    "It is not difficult to ask other members of this team for help",
    ITEMS[5],
    ITEMS[6],
)


@pytest.mark.parametrize("numbered", ["", "{0}. ", "PS{0} - "])
@pytest.mark.parametrize("items", [ITEMS, OTHERWISE])
def test_items_are_turned_once_whatever_their_words(items: tuple[str, ...], numbered: str, tmp_path: Path) -> None:
    turned = {1, 3, 5} if items is ITEMS else {2, 4}
    headings = [numbered.format(k) + text for k, text in enumerate(items, 1)]
    few = range(6)  # too few for answers to show which items are turned
    rows = [[n, *(7 - n if k in turned else n + 1 for k in range(1, 8))] for n in few]
    found = imported(tmp_path, staff_csv=STAFF, survey_csv="# scale: 1 to 7\n" + csv_of([["id", *headings], *rows]))
    scores = [float(row[3]) for row in found.tables["survey.csv"][1:] if row[0]]

    assert scores == pytest.approx([n / 6 for n in few], abs=1e-5)


SUBJECTS = st.sampled_from(["I", "We", "People", "Members of this team", "Staff on my ward"])
NEGATIONS = st.sampled_from(["do not", "don't", "never", "rarely", "hardly", "seldom", "can't", "cannot", "would not"])
FEARS = st.sampled_from(
    ["afraid", "scared", "frightened", "hesitant", "reluctant", "uncomfortable", "unsafe", "nervous"]
)
SPEAKING = st.sampled_from(
    ["to speak up", "to raise concerns", "to report mistakes", "to ask for help", "to say what I think"]
)


@given(SUBJECTS, NEGATIONS, FEARS, SPEAKING, st.booleans(), st.booleans())
def test_no_negation_and_no_fear_is_ever_read_the_wrong_way(
    who: str, negation: str, fear: str, speaking: str, is_negated: bool, is_fearful: bool
) -> None:
    feeling = fear if is_fearful else "safe"
    sentence = f"{who} {negation} feel {feeling} {speaking}" if is_negated else f"{who} feel {feeling} {speaking}"
    wrong = Direction.SAFE if is_negated != is_fearful else Direction.NOT_SAFE
    found = direction_of(sentence)

    assert found not in {wrong, Direction.SAFE_IN_SPITE} or (
        found is Direction.SAFE_IN_SPITE and is_negated and is_fearful
    )
    assert (found is Direction.SAFE) == (not is_negated and not is_fearful)


# --- which end of the scale -------------------------------------------------------------------------------------------

FALLS = [
    "I feel safe to speak up (1=strongly agree)",
    "I feel safe to speak up (1 = strongly agree, 5 = strongly disagree)",
    "I feel safe to speak up (1-5, 1 = strongly agree)",
    "I feel safe to speak up (strongly agree = 1)",
    "I feel safe to speak up (1 = strongly agree to 5 = strongly disagree)",
    "I feel safe to speak up: 1 - strongly agree; 5 - strongly disagree",
    "I feel safe to speak up (5 = never)",
    "I feel safe to speak up (1=yes, 9=don't know)",
]
RISES = [
    "I feel safe to speak up (5=strongly agree)",
    "I feel safe to speak up (1 = strongly disagree, 5 = strongly agree)",
    "I feel safe to speak up (1 (strongly disagree) to 5 (strongly agree))",
    "I am afraid to speak up (1 = strongly agree, 5 = strongly disagree)",
]


@pytest.mark.parametrize("heading", [*FALLS, *RISES])
def test_what_a_heading_says_of_its_scale_is_followed(heading: str, tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=STAFF, survey_csv=persons(heading))

    assert safer_team(found.tables["survey.csv"]) == ("T1" if heading in FALLS else "T0")
    assert {row[3] for row in found.tables["survey.csv"][1:]} == {"0", "1"}
    assert any("1 means the most agreement" in told for told in found.notes.assumed) == (
        "afraid" in heading or heading in FALLS
    )


@pytest.mark.parametrize("heading", FALLS[:2])
def test_words_are_the_same_whichever_way_the_numbers_go(heading: str, tmp_path: Path) -> None:
    survey = "# scale: 1 to 5\n" + in_words(heading)
    first = imported(tmp_path, staff_csv=STAFF, survey_csv=survey)
    again = imported(tmp_path, mapping=first.mapping, staff_csv=STAFF, survey_csv=survey)

    assert safer_team(first.tables["survey.csv"]) == "T0"
    assert again.tables == first.tables


@pytest.mark.parametrize(
    "survey",
    [
        persons("I feel safe to speak up (1=purple)"),
        persons("I feel safe to speak up (5-1)"),
        persons("I feel safe to speak up").replace("1 to 5", "5 to 1"),
        persons("I feel safe to speak up (1=strongly agree)").replace("# scale: 1 to 5\n", ""),
    ],
)
def test_a_scale_that_is_not_understood_is_asked_about(survey: str, tmp_path: Path) -> None:
    assert "which end of the scale" in asked(tmp_path, staff_csv=STAFF, survey_csv=survey)
    falls = imported(tmp_path, {"scale": "5 to 1"}, staff_csv=STAFF, survey_csv=survey)
    assert safer_team(falls.tables["survey.csv"]) == "T1"


def test_no_column_of_scores_is_lost_without_a_reason(tmp_path: Path) -> None:
    told = asked(tmp_path, staff_csv=STAFF, survey_csv=persons("Agree: I feel safe to speak up"))

    assert 'its meaning in the mapping is "safety"' in told
