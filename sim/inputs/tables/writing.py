"""An organisation becomes tables in a folder, to look at, to edit and to read again."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from sim.base.errors import Fault, InputError, OutputError
from sim.base.files import write_whole
from sim.inputs.organisation import STAFF_GROUP_NAMES, GivenTies, Organisation, Scores
from sim.inputs.tables.columns import LONGEST_TENURE_YEARS, TABLES, WEEKS_PER_YEAR, Role, describe_columns
from sim.inputs.tables.faults import shown
from sim.inputs.tables.given_ties import DIRECTION_NAMES, LAYER_NAMES
from sim.inputs.tables.people import FEWEST_STAFF, UNKNOWN
from sim.inputs.tables.rows import clean, name_problem

__all__ = ["write_organisation"]

_README = "README.md"
_LONGEST_TENURE_WEEKS = LONGEST_TENURE_YEARS * WEEKS_PER_YEAR
_SCALE = "# scale: 0 to 1"
_PERSONAL, _MEANS = "# scores: personal", "# scores: means"
_GROUP_COLUMNS = ("team", "service", "safety_agreeing", "efficacy_agreeing", "respondents", "spread", "times_given")


def write_organisation(organisation: Organisation, folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write an organisation as tables, which :func:`read_organisation` reads back as the same.

    Ties are written if they were given, not if they are drawn; team leaders, who have no name in an organisation, are
    called by a number. ``README.md`` says what the columns mean, unless there is one already.

    Parameters
    ----------
    organisation : what to write
    folder : where to; made if it is missing
    overwrite : whether tables that are there already may be replaced

    Returns
    -------
    the files written

    Raises
    ------
    InputError : the organisation has names or sizes that a table cannot hold
    OutputError : there are tables already, or the folder cannot be written
    """
    if faults := list(_faults(organisation)):
        raise InputError(faults)
    ids = _Ids(organisation)
    texts = {"people.csv": _text(_people_rows(organisation, ids))}
    if organisation.given_ties is not None:
        texts["ties.csv"] = _text(_tie_rows(organisation.given_ties, ids))
    if organisation.scores is not None:
        texts["survey.csv"] = _survey_text(organisation, organisation.scores, ids)
    there = [name for name in TABLES if (folder / name).exists()]
    if there and not overwrite:
        raise OutputError(f"{folder}: wanted a folder without tables, got one with {', '.join(there)}; choose another")
    try:
        return _write_files(folder, texts)
    except OSError as error:
        raise OutputError(f"{folder}: wanted a folder that can be written, got {error.strerror or error}") from error


def _faults(organisation: Organisation) -> Iterator[Fault]:
    """Yield what of an organisation would not come back from a table."""
    if organisation.n_staff < FEWEST_STAFF:
        yield Fault("organisation", f"at least {FEWEST_STAFF} staff", str(organisation.n_staff))
    if not organisation.team_sizes.all() or not np.diff(organisation.service_team_start).all():
        yield Fault("organisation", "staff in every team and teams in every service", "an empty one")
    if not np.diff(organisation.service_senior_start).all():
        yield Fault("organisation", "senior leaders of every service", "a service without any")
    for kind, names, are_different in _all_names(organisation):
        for name, count in Counter(names).items():
            problem = name_problem(name) or ("a name" if not name else "")
            if not problem and clean(name) != name:
                problem = "a name with single spaces in it and none around it, accents written in the usual way"
            if problem:
                yield Fault(f"organisation: {kind}", problem, shown(name))
            if count > 1 and are_different:
                yield Fault(f"organisation: {kind}", "different names", f"{shown(name)} {count} times")
    tenure = organisation.tenure_weeks
    if tenure is not None and not ((tenure >= UNKNOWN) & (tenure <= _LONGEST_TENURE_WEEKS)).all():
        yield Fault("organisation: tenure_weeks", f"0 to {_LONGEST_TENURE_WEEKS} weeks, or -1", f"up to {tenure.max()}")


def _all_names(organisation: Organisation) -> Iterator[tuple[str, Sequence[str], bool]]:
    """Yield the names of each kind, and whether they have to be different."""
    yield "staff", [organisation.staff_name(seat) for seat in range(organisation.n_staff)], False
    yield "teams", organisation.team_names(), True
    yield "services", organisation.service_names(), True
    yield "senior leaders", [organisation.senior_name(senior) for senior in range(organisation.n_seniors)], False


class _Ids:
    """The ids of everybody: what they are called, if that tells everybody apart, and numbers otherwise."""

    def __init__(self, organisation: Organisation) -> None:
        names = organisation.names
        self.staff = tuple(f"P{seat + 1:05d}" for seat in range(organisation.n_staff))
        self.seniors = tuple(f"S{senior + 1:04d}" for senior in range(organisation.n_seniors))
        self.are_names = names is not None and len({*names.staff, *names.seniors}) == len(names.staff + names.seniors)
        if names is not None and self.are_names:
            self.staff, self.seniors = names.staff, names.seniors
        taken = {*self.staff, *self.seniors}
        prefix = "L"
        while any(f"{prefix}{team + 1:05d}" in taken for team in range(organisation.n_teams)):
            prefix += "L"
        self.leaders = tuple(f"{prefix}{team + 1:05d}" for team in range(organisation.n_teams))


def _people_rows(organisation: Organisation, ids: _Ids) -> Iterator[Sequence[object]]:
    """Yield the rows of ``people.csv``: service by service its senior leaders, then each team with its leader first."""
    tenure = organisation.tenure_weeks
    header = ["id", "team", "staff_group", "role", "service"]
    yield header + ["tenure_weeks"] * (tenure is not None) + ["name"] * (not ids.are_names)

    def more(weeks: int, name: str) -> list[object]:
        known = [] if tenure is None else ["" if weeks == UNKNOWN else weeks]
        return [*known, *([] if ids.are_names else [name])]

    for service, service_name in enumerate(organisation.service_names()):
        for senior in range(*organisation.service_senior_start[service : service + 2].tolist()):
            own = [ids.seniors[senior], "", "", Role.SENIOR_LEADER, service_name]
            yield [*own, *more(UNKNOWN, organisation.senior_name(senior))]
        for team in range(*organisation.service_team_start[service : service + 2].tolist()):
            team_name = organisation.team_name(team)
            yield [ids.leaders[team], team_name, "", Role.TEAM_LEADER, service_name, *more(UNKNOWN, "")]
            for seat in range(*organisation.team_start[team : team + 2].tolist()):
                group = STAFF_GROUP_NAMES[organisation.staff_group[seat]]
                own = [ids.staff[seat], team_name, group, Role.STAFF, service_name]
                weeks = UNKNOWN if tenure is None else int(tenure[seat])
                yield [*own, *more(weeks, organisation.staff_name(seat))]


def _tie_rows(ties: GivenTies, ids: _Ids) -> Iterator[Sequence[object]]:
    """Yield the rows of ``ties.csv``: of a pair whose directions differ in weight, each direction in full."""
    ways, strength = ties.names()
    total: dict[tuple[int, int], float] = {}
    for way, weight in zip(map(tuple, ways.tolist()), strength.tolist(), strict=True):
        total[way] = total.get(way, 0.0) + weight
    header = ["from", "to", "layer"]
    has_weights = any(weight != 1.0 for weight in (*total.values(), *ties.leaders_weights.tolist()))
    has_directions = bool(ties.one_way.any())
    yield header + ["weight"] * has_weights + ["direction"] * has_directions

    def row(one: str, other: str, layer: int, weight: float, one_way: bool) -> list[object]:
        more: list[object] = [repr(weight)] if has_weights else []
        return [one, other, LAYER_NAMES[layer], *more, *([DIRECTION_NAMES[one_way]] if has_directions else [])]

    layer_of = dict(zip(map(tuple, ties.pairs.tolist()), ties.layers.tolist(), strict=True))
    for (one, other), layer in layer_of.items():
        back = total.get((other, one))
        if total[one, other] != back:
            yield row(ids.staff[one], ids.staff[other], layer, total[one, other], True)
            if back is not None and (other, one) not in layer_of:
                yield row(ids.staff[other], ids.staff[one], layer, back, True)
        elif one < other:
            yield row(ids.staff[one], ids.staff[other], layer, back, False)
    for (team, other), weight in zip(ties.leaders_teams.tolist(), ties.leaders_weights.tolist(), strict=True):
        yield row(ids.leaders[team], ids.leaders[other], 0, weight, False)


def _survey_text(organisation: Organisation, scores: Scores, ids: _Ids) -> str:
    """Return ``survey.csv``: everybody's own scores in full precision, and those of groups where no more is known."""
    groups = [one for one in (scores.safety_groups, scores.efficacy_groups) if one is not None]
    thresholds = {float(above) for one in groups for above in one.agrees_above[one.is_share]}
    lines = [_SCALE, _PERSONAL, *([_MEANS] if groups else [])]
    lines += [f"# agreeing: above {above!r} on 0 to 1" for above in sorted(thresholds)]
    return "\n".join(lines) + "\n" + _text(_survey_rows(organisation, scores, ids))


def _survey_rows(organisation: Organisation, scores: Scores, ids: _Ids) -> Iterator[Sequence[object]]:
    more = _group_rows(organisation, scores)
    yield ["id", "safety", "efficacy", *(_GROUP_COLUMNS if more else [])]
    own = np.stack([scores.safety, scores.efficacy], axis=1)
    for column, is_open in enumerate((scores.safety_open, scores.efficacy_open)):
        own[:, column] = np.where(False if is_open is None else is_open, np.nan, own[:, column])
    for person, pair in zip(ids.staff, own.tolist(), strict=True):
        cells = ["" if np.isnan(score) else repr(score) for score in pair]
        if any(cells):
            yield [person, *cells, *([""] * len(_GROUP_COLUMNS) if more else [])]
    yield from more


def _group_rows(organisation: Organisation, scores: Scores) -> list[Sequence[object]]:
    """Return a row for what is known of each group in safety, another in efficacy, and one for each known answer."""
    rows: dict[tuple[str, str, int, float | None], dict[str, str]] = {}
    answers: list[dict[str, str]] = []
    teams, services = organisation.team_of_staff(), organisation.service_of_staff()
    for name, groups in (("safety", scores.safety_groups), ("efficacy", scores.efficacy_groups)):
        for group in [] if groups is None else np.unique(groups.of_seat[groups.of_seat >= 0]).tolist():
            assert groups is not None
            seats = np.flatnonzero(groups.of_seat == group)
            is_team = len(np.unique(teams[seats])) == 1
            called = (
                organisation.team_name(teams[seats[0]]) if is_team else organisation.service_name(services[seats[0]])
            )
            kind = "team" if is_team else "service"
            if (given := groups.answers[groups.answers_of == group]).size:
                for score, n in zip(*np.unique(given, return_counts=True), strict=True):
                    answers.append({kind: called, name: repr(float(score)), "times_given": str(n)})
                continue
            spread = None if np.isnan(groups.spread[group]) else float(groups.spread[group])
            key = (kind, called, int(groups.answered[group]), spread)
            value = float(groups.value[group])
            cell = {f"{name}_agreeing": repr(100 * value)} if groups.is_share[group] else {name: repr(value)}
            rows.setdefault(key, {}).update(cell)
    told = [*(_told_of_group(key) | cells for key, cells in rows.items()), *answers]
    return [[one.get(column, "") for column in ("id", "safety", "efficacy", *_GROUP_COLUMNS)] for one in told]


def _told_of_group(key: tuple[str, str, int, float | None]) -> dict[str, str]:
    kind, called, answered, spread = key
    return {kind: called, "respondents": str(answered or ""), "spread": "" if spread is None else repr(spread)}


def _text(rows: Iterator[Sequence[object]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _write_files(folder: Path, texts: dict[str, str]) -> tuple[Path, ...]:
    """Write each file whole; ``people.csv``, without which nothing is read, comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        if name not in texts:
            (folder / name).unlink(missing_ok=True)
    written = []
    for name in reversed(texts):
        # Excel takes a table for UTF-8 only if a byte-order mark says so.
        write_whole(folder / name, texts[name].encode("utf-8-sig"))
        written.append(folder / name)
    if not (folder / _README).exists():
        text = f"# An organisation as tables\n\n{describe_columns()}"
        write_whole(folder / _README, text)
        written.append(folder / _README)
    return tuple(written)
