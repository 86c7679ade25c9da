"""Whoever works in a second team is tied to it, where ties are known."""

from __future__ import annotations

from pathlib import Path

from sim.inputs.imports import Imported, import_files
from tests.unit.inputs.imports.files import TODAY, csv_of, imported, organisation_of, people_of, written

SHARED = [
    ["id", "team", "service", "fte"],
    *([str(n), "Ash" if n < 4 else "Oak", "Medicine", 1] for n in range(1, 8)),
    ["8", "Ash", "Medicine", 0.75],
    ["8", "OAK", "Medicine", 0.25],
]
PAIR = csv_of([["from", "to"], [1, 5]])


def tie_rows_of(found: Imported) -> list[dict[str, str]]:
    header, *rows = found.tables["ties.csv"]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_whoever_works_in_a_second_team_is_tied_to_it_by_the_part_of_the_post(tmp_path: Path) -> None:
    found = imported(tmp_path / "in", staff_csv=csv_of(SHARED), ties_csv=PAIR)

    rows = tie_rows_of(found)
    assert [(row["from"], row["to"], row["weight"]) for row in rows] == [
        ("1", "5", "1"), *((str(n), "8", "0.3333") for n in range(4, 8)),
    ]  # fmt: skip
    assert people_of(found)["8"]["team"] == "Ash"
    assert any(text.startswith("1 second team of somebody's: 4 ties") for text in found.notes.understood)
    given = organisation_of(found, tmp_path / "out").given_ties
    assert given is not None
    assert len(given.pairs) == 5


def test_a_tie_that_is_given_stays_as_it_is_beside_a_second_team(tmp_path: Path) -> None:
    ties = csv_of([["from", "to", "weight"], [8, 5, 30], [1, 6, 10]])
    rows = tie_rows_of(imported(tmp_path, staff_csv=csv_of(SHARED), ties_csv=ties))

    assert [row["weight"] for row in rows if {row["from"], row["to"]} == {"5", "8"}] == ["1.5"]
    assert [row["weight"] for row in rows if {row["from"], row["to"]} == {"4", "8"}] == ["0.3333"]


def test_a_second_team_makes_no_ties_where_all_would_be_drawn_and_this_is_said(tmp_path: Path) -> None:
    found = imported(tmp_path, staff_csv=csv_of(SHARED))

    assert "ties.csv" not in found.tables
    assert any(text.startswith("ties of 1 person to a second team") for text in found.notes.left_out)


def test_a_second_team_is_found_in_its_service_and_told_where_it_has_nobody(tmp_path: Path) -> None:
    rows = [
        ["id", "team", "service"],
        *([f"{s}{n}", "Ash", s] for s in ("Medicine", "Surgery") for n in range(3)),
        ["1", "Oak", "Medicine"], ["2", "Oak", "Medicine"],
        ["1", "Ash", "Surgery"], ["2", "Elm", "Surgery"],
    ]  # fmt: skip
    ties = csv_of([["from", "to"], ["Medicine0", "Medicine1"]])
    found = imported(tmp_path, staff_csv=csv_of(rows), ties_csv=ties)

    tied = {frozenset((row["from"], row["to"])) for row in tie_rows_of(found)}
    assert tied == {frozenset(("Medicine0", "Medicine1")), *(frozenset(("1", f"Surgery{n}")) for n in range(3))}
    assert "1 second team of somebody's without staff, or split since" in found.notes.left_out


def test_second_teams_go_by_the_numbers_that_chance_gave(tmp_path: Path) -> None:
    paths = written(tmp_path, staff_csv=csv_of(SHARED), ties_csv=PAIR)
    found = import_files(paths, today=TODAY, pseudonyms=True)

    ends = {row[end] for row in tie_rows_of(found) for end in ("from", "to")}
    assert ends <= set(people_of(found))
    assert len(tie_rows_of(found)) == 5
