"""What hypothesis makes for tests: organisations, their tables, and what may happen to a table on its way."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.inputs.organisation import GivenTies, Names, Organisation, OrganisationShape, Scores
from sim.inputs.tables.rows import LONGEST_CELL, clean

LONGEST_TENURE_WEEKS = 70 * 52

_LETTERS = st.characters(exclude_categories=("Cs", "Cc"))


def names() -> st.SearchStrategy[str]:
    """Names as people have them, in any script, and as they leave a spreadsheet: no formulas, single spaces."""
    return (
        st.text(_LETTERS, min_size=1, max_size=12)
        .map(clean)
        .filter(lambda name: name and name[0] not in "=+-@" and len(name) <= LONGEST_CELL)
    )


def starts(counts: list[int]) -> np.ndarray:
    """Return where each of several runs of rows begins, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


@st.composite
def organisations(draw: Any) -> Organisation:
    """Small organisations of any make: uneven teams, several services, with and without names, scores and ties."""
    teams = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    sizes = draw(st.lists(st.integers(1, 6), min_size=sum(teams), max_size=sum(teams)))
    if sum(sizes) < 2:
        sizes = [2]
    seniors = draw(st.lists(st.integers(1, 4), min_size=len(teams), max_size=len(teams)))
    n_staff = sum(sizes)
    made = Organisation(
        staff_group=np.array(draw(st.lists(st.integers(0, 4), min_size=n_staff, max_size=n_staff)), dtype=np.uint8),
        team_start=starts(sizes),
        service_team_start=starts(teams),
        service_senior_start=starts(seniors),
        shape=OrganisationShape(seed=draw(st.integers(0, 9))),
    )
    return replace(
        made,
        names=draw(st.none() | organisation_names(made)),
        tenure_weeks=draw(st.none() | tenures(n_staff)),
        scores=draw(st.none() | scores(n_staff)),
        given_ties=draw(st.none() | given_ties(made)),
    )


@st.composite
def organisation_names(draw: Any, organisation: Organisation) -> Names:
    """Names of everything in an organisation; two people may have the same."""
    n_people = organisation.n_staff + organisation.n_seniors
    people = draw(st.lists(names(), min_size=n_people, max_size=n_people, unique=draw(st.booleans())))
    of_teams = draw(st.lists(names(), min_size=organisation.n_teams, max_size=organisation.n_teams, unique=True))
    n_services = organisation.n_services
    of_services = draw(st.lists(names(), min_size=n_services, max_size=n_services, unique=True))
    n_staff = organisation.n_staff
    return Names(tuple(people[:n_staff]), tuple(of_teams), tuple(of_services), tuple(people[n_staff:]))


def tenures(n_staff: int) -> st.SearchStrategy[np.ndarray]:
    """Weeks that people have been here, some of them unknown but not all."""
    weeks = st.lists(st.integers(-1, LONGEST_TENURE_WEEKS), min_size=n_staff, max_size=n_staff)
    return weeks.filter(lambda all_weeks: max(all_weeks) >= 0).map(
        lambda all_weeks: np.array(all_weeks, dtype=np.int64)
    )


def scores(n_staff: int) -> st.SearchStrategy[Scores]:
    """Survey scores in [0, 1], or none."""
    answers = st.lists(st.floats(0, 1) | st.just(float("nan")), min_size=n_staff, max_size=n_staff).map(np.array)
    return st.builds(Scores, safety=answers, efficacy=answers)


@st.composite
def given_ties(draw: Any, organisation: Organisation) -> GivenTies:
    """Ties between people of any teams, each once and in order: mutual, one-way, and of leaders between two teams."""
    first, second = np.triu_indices(organisation.n_staff, 1)
    weight = st.sampled_from([0.5, 1.0, 1.0, 2.0])
    ties = []
    for pair in zip(first.tolist(), second.tolist(), strict=True):
        kind = draw(st.sampled_from(["none", "none", "mutual", "one way", "other way", "more one way"]))
        layer, strength = draw(st.sampled_from([0, 1])), draw(weight)
        if kind in ("mutual", "more one way"):
            ties.append((pair, layer, strength, False))
        if kind in ("one way", "other way", "more one way"):
            ties.append((pair[::-1] if kind == "other way" else pair, layer, strength, True))
    ties.sort()
    links = draw(st.lists(st.sampled_from(list(combinations(range(organisation.n_teams), 2)) or [None]), unique=True))
    links = sorted(link for link in links if link is not None)
    return GivenTies(
        pairs=np.array([tie[0] for tie in ties], dtype=np.int64).reshape(-1, 2),
        layers=np.array([tie[1] for tie in ties], dtype=np.uint8),
        weights=np.array([tie[2] for tie in ties], dtype=np.float64),
        one_way=np.array([tie[3] for tie in ties], dtype=np.bool_),
        leaders_teams=np.array(links, dtype=np.int64).reshape(-1, 2),
        leaders_weights=np.array([draw(weight) for _ in links], dtype=np.float64),
    )


@st.composite
def dialects(draw: Any, text: str) -> bytes:
    """Return a table as another program would have saved it: the same rows, written in another way."""
    rows = list(csv.reader(io.StringIO(text)))
    header = next(place for place, row in enumerate(rows) if not row[0].startswith("#"))
    comment, rows = rows[:header], rows[header:]
    order = draw(st.permutations(range(len(rows[0]))))
    spelling = draw(
        st.sampled_from([str.upper, str.title, lambda name: name.replace("_", " "), lambda name: f" {name} "])
    )
    rows = [[spelling(rows[0][place]) for place in order], *([row[place] for place in order] for row in rows[1:])]
    if draw(st.booleans()):
        rows = [[*row, ""] for row in rows] + [[""] * (len(rows[0]) + 1)]
    out = io.StringIO()
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    csv.writer(out, delimiter=draw(st.sampled_from(",;\t")), lineterminator=end, quoting=quoting).writerows(rows)
    start = "".join(cell + end for row in comment for cell in row)
    mark = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    return mark + (start + out.getvalue()).encode()


NASTY_CELLS = (
    "", "staff", "team_leader", "senior_leader", "nursing", "doctr", "=1+1", "@x", "-3", "1e99", "nan", "0.5", "7",
    "\0", '"', '"a""b"', "\x1b[31m", "x" * 300, ",", ";", "\r", "\ufeff", "é", "# scale: 1 to 5",
    "Team 1", "P00001", "١٢",
)  # fmt: skip
"""What turns up in cells."""


@st.composite
def mishaps(draw: Any, raw: bytes) -> bytes:
    """Return a table after one to four mishaps: bytes changed, lost or added, lines doubled or dropped, odd cells."""
    for _ in range(draw(st.integers(1, 4))):
        raw = draw(st.sampled_from([_changed_bytes, _changed_lines, _changed_cell]))(draw, raw)
    return raw


def _changed_bytes(draw: Any, raw: bytes) -> bytes:
    start = draw(st.integers(0, len(raw)))
    end = min(len(raw), start + draw(st.integers(0, 5)))
    return raw[:start] + draw(st.binary(max_size=4)) + raw[end:]


def _changed_lines(draw: Any, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    place = draw(st.integers(0, len(lines) - 1))
    times = draw(st.sampled_from([0, 2]))
    return b"".join(lines[:place] + lines[place : place + 1] * times + lines[place + 1 :])


def _changed_cell(draw: Any, raw: bytes) -> bytes:
    cells = raw.split(b",")
    place = draw(st.integers(0, len(cells) - 1))
    other = st.integers(0, len(cells) - 1).map(lambda number: cells[number])
    cells[place] = draw(st.sampled_from(NASTY_CELLS).map(str.encode) | other)
    return b",".join(cells)
