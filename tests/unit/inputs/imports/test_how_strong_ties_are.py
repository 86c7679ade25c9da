"""Ties as strong as files say: a column of any heading, numbers or words, and none where they say none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.inputs.imports.amounts import amount_of
from tests.unit.inputs.imports.files import asked, csv_of, imported

STAFF = csv_of([["id", "team", "service"], *([100 + n, f"T{n // 6}", "S"] for n in range(24))])
ONE, OTHER, THIRD, FOURTH = (100, 106), (101, 107), (102, 108), (103, 109)


def strengths(tmp_path: Path, *rows: tuple[object, ...], **answers: object) -> dict[tuple[int, int], float]:
    """Return how strong each pair's tie is, of a list of which the first row has the headings."""
    found = imported(tmp_path, dict(answers), staff_csv=STAFF, ties_csv=csv_of(rows))
    header, *ties = found.tables["ties.csv"]
    weight = header.index("weight") if "weight" in header else None
    return {(int(row[0]), int(row[1])): 1.0 if weight is None else float(row[weight]) for row in ties}


def notes_of(tmp_path: Path, *rows: tuple[object, ...]) -> str:
    notes = imported(tmp_path, staff_csv=STAFF, ties_csv=csv_of(rows)).notes
    return "\n".join([*notes.understood, *notes.assumed, *notes.left_out])


@pytest.mark.parametrize("heading", ["Kontakte", "How much", "z", "Freq. of contact"])
def test_a_column_of_numbers_is_the_weight_whatever_its_heading_and_0_is_no_tie(heading: str, tmp_path: Path) -> None:
    rows = [("From", "To", heading), (*ONE, 3), (*OTHER, 0), (*THIRD, 1)]

    assert strengths(tmp_path / "a", *rows) == {ONE: 1.5, THIRD: 0.5}
    assert "1 tie of weight 0, which are none" in notes_of(tmp_path / "b", *rows)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("daily", "never", "weekly"), {ONE: 5 / 3, THIRD: 1 / 3}),
        (("Often", "Never", "Rarely"), {ONE: 1.5, THIRD: 0.5}),
        (("yes", "no", "yes"), {ONE: 1.0, THIRD: 1.0}),
        (("<5", "0", "7.5"), {ONE: 0.5, THIRD: 1.5}),
    ],
)
def test_words_say_how_strong_a_tie_is_and_never_is_no_tie(
    words: tuple[str, ...], expected: dict[tuple[int, int], float], tmp_path: Path
) -> None:
    rows = [(*pair, word) for pair, word in zip((ONE, OTHER, THIRD), words, strict=True)]

    assert strengths(tmp_path, ("From", "To", "How often"), *rows) == pytest.approx(expected, abs=1e-3)


def test_of_several_columns_that_may_be_the_weight_it_is_asked_which(tmp_path: Path) -> None:
    rows = [("From", "To", "Alpha", "Beta"), (*ONE, 3, 1), (*OTHER, 0, 1), (*THIRD, 1, 0)]

    told = asked(tmp_path / "a", staff_csv=STAFF, ties_csv=csv_of(rows))
    assert 'which column says how strong a tie is, got "Alpha", "Beta"; --answer "weight=Alpha"' in told
    assert strengths(tmp_path / "b", *rows, weight="Beta") == {ONE: 1.0, OTHER: 1.0}
    assert strengths(tmp_path / "c", *rows, weight="none") == {ONE: 1.0, OTHER: 1.0, THIRD: 1.0}


@pytest.mark.parametrize("heading", ["Weight", "Whatever"])
def test_a_weight_below_0_is_refused_by_name(heading: str, tmp_path: Path) -> None:
    rows = [("From", "To", heading), (*ONE, 3), (*OTHER, -1), (*THIRD, -2)]
    told = asked(tmp_path, staff_csv=STAFF, ties_csv=csv_of(rows))

    assert 'weights of ties of 0 and more, got 2 weights below 0: "-1", "-2"' in told
    assert "weight 0" not in told


def test_a_weight_that_is_not_understood_is_said_and_most_of_them_are_asked_about(tmp_path: Path) -> None:
    rows = [("From", "To", "Weight"), (*ONE, 3), (*OTHER, "lots"), (*THIRD, 1), (*FOURTH, "")]
    told = notes_of(tmp_path / "a", *rows)

    assert '1 tie of a weight that is not understood: "lots"' in told
    assert "1 tie without a weight as strong as the others' mean" in told
    asks = asked(tmp_path / "b", staff_csv=STAFF, ties_csv=csv_of([("From", "To", "Weight"), (*ONE, "lots")]))
    assert 'weights of ties that are understood, got "lots"' in asks


@pytest.mark.parametrize("numbers", [(2019, 2020, 2021, 2021), (1, 2, 3, 4), ("2024-01-05",) * 4])
def test_years_dates_and_numbers_of_rows_are_no_weights(numbers: tuple[object, ...], tmp_path: Path) -> None:
    rows = [(*pair, number) for pair, number in zip((ONE, OTHER, THIRD, FOURTH), numbers, strict=True)]

    assert set(strengths(tmp_path, ("From", "To", "Zeta"), *rows).values()) == {1.0}


def test_yes_below_directed_means_one_way_and_below_mutual_both(tmp_path: Path) -> None:
    for heading, expected in (
        ("Directed", {"yes": "one_way", "no": "both"}),
        ("Mutual", {"yes": "both", "no": "one_way"}),
    ):
        rows = [("From", "To", heading), (*ONE, "yes"), (*OTHER, "no")]
        ties = imported(tmp_path / heading, staff_csv=STAFF, ties_csv=csv_of(rows)).tables["ties.csv"]
        assert [row[-1] for row in ties[1:]] == [expected["yes"], expected["no"]]


def test_kinds_and_years_of_ties_that_are_not_told_apart_are_said(tmp_path: Path) -> None:
    told = notes_of(tmp_path, ("From", "To", "Relation", "Year"), (*ONE, "advice", 2022), (*OTHER, "conflict", 2024))

    assert 'whatever its "Relation" ("advice", "conflict")' in told
    assert 'ties of every "Year" ("2022", "2024") count' in told


def test_cells_of_a_matrix_are_words_too(tmp_path: Path) -> None:
    ids = [100, 106, 112]
    matrix = csv_of([["", *ids], [100, "", "often", "never"], [106, "rarely", "", "blue"], [112, "never", "", ""]])
    found = imported(tmp_path, staff_csv=STAFF, who_csv=matrix)

    ties = {(row[0], row[1]): float(row[3]) for row in found.tables["ties.csv"][1:]}
    assert ties == {("100", "106"): 1.5, ("106", "100"): 0.5}
    assert 'who.csv: 1 tie of a weight that is not understood: "blue"' in found.notes.left_out


@settings(max_examples=200)
@given(st.text(max_size=30))
def test_any_cell_is_an_amount_or_none(cell: str) -> None:
    amount = amount_of(cell)

    assert amount is None or amount == amount
