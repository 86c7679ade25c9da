"""A small hospital as tables, and what is asked of organisations that come from tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from sim.base.errors import Fault
from sim.inputs.organisation import STAFF_GROUP_NAMES, Names, Organisation

ST_BRIGID = Path(__file__).parents[4] / "scenarios" / "organisations" / "st-brigid"

PEOPLE = """\
id,team,staff_group,role,service,leader
s1,,,senior_leader,Medicine,
l1,Rowan,,team_leader,Medicine,s1
p1,Rowan,nursing,staff,Medicine,l1
p2,Rowan,medical,staff,Medicine,l1
l2,Elder,nursing,team_leader,Medicine,s1
p3,Elder,operations,staff,Medicine,l2
p4,Elder,nursing,staff,Medicine,
"""


def folder_with(folder: Path, tables: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, table in tables.items():
        (folder / name).write_bytes(table.encode() if isinstance(table, str) else table)
    return folder


def notice(organisation: Organisation, part: str) -> str:
    told = [sentence for sentence in organisation.notices if part in sentence]
    assert len(told) == 1, organisation.notices
    return told[0]


def assert_same(read: Organisation, written: Organisation) -> None:
    for name in ("staff_group", "team_start", "service_team_start", "service_senior_start"):
        ours, theirs = getattr(read, name), getattr(written, name)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype
    assert read.names == Names(
        staff=tuple(written.staff_name(seat) for seat in range(written.n_staff)),
        teams=written.team_names(),
        services=written.service_names(),
        seniors=tuple(written.senior_name(senior) for senior in range(written.n_seniors)),
    )
    assert read.shape == written.shape
    assert (read.tenure_weeks is None) == (written.tenure_weeks is None)
    np.testing.assert_array_equal(read.tenure_weeks, written.tenure_weeks)
    assert (read.scores is None) == (written.scores is None)
    if read.scores is not None and written.scores is not None:
        np.testing.assert_array_equal(read.scores.safety, written.scores.safety)
        np.testing.assert_array_equal(read.scores.efficacy, written.scores.efficacy)
    assert (read.given_ties is None) == (written.given_ties is None)
    if read.given_ties is not None and written.given_ties is not None:
        for part in ("pairs", "layers", "weights", "one_way", "leaders_teams", "leaders_weights"):
            ours, theirs = getattr(read.given_ties, part), getattr(written.given_ties, part)
            np.testing.assert_array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype


def assert_told(faults: Sequence[Fault], folder: str) -> None:
    assert faults
    for fault in faults:
        assert fault.where.startswith(folder), fault
        assert fault.wanted, fault
        assert fault.came, fault
        assert "\n" not in str(fault), fault


def assert_sound(organisation: Organisation) -> None:
    assert organisation.n_staff >= 2
    assert (organisation.team_sizes > 0).all()
    assert (np.diff(organisation.service_team_start) > 0).all()
    assert (np.diff(organisation.service_senior_start) > 0).all()
    assert len(organisation.staff_group) == organisation.team_start[-1] == len(organisation.names.staff)
    assert organisation.staff_group.max() < len(STAFF_GROUP_NAMES)
    if organisation.tenure_weeks is not None:
        assert organisation.tenure_weeks.min() >= -1
        assert organisation.tenure_weeks.max() <= 3640
    if organisation.scores is not None:
        for scores in (organisation.scores.safety, organisation.scores.efficacy):
            assert len(scores) == organisation.n_staff
            assert np.all(np.isnan(scores) | ((scores >= 0) & (scores <= 1)))
    if organisation.given_ties is not None:
        ties = organisation.given_ties
        pairs, mutual = ties.pairs, ties.pairs[~ties.one_way]
        assert (mutual[:, 0] < mutual[:, 1]).all()
        assert len(np.unique(np.column_stack([pairs, ties.one_way]), axis=0)) == len(pairs) == len(ties.layers)
        assert (ties.weights > 0).all()
        assert (ties.leaders_teams[:, 0] < ties.leaders_teams[:, 1]).all()
