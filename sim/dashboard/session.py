"""What one person is looking at: a scenario, whose chance, what was changed, and the futures kept for comparison.

A :class:`ExploreSession` never changes; every act returns another one, so that going back is free. The scenario is the
whole truth: what is done by hand becomes dated entries of its timeline, and can be saved, shared and run anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sim.base.errors import InputError
from sim.base.phrasing import listed
from sim.dashboard.actions import ActionButton, actions
from sim.dashboard.shared import organisation_of
from sim.inputs.interventions import EVERYBODY, KINDS
from sim.inputs.interventions.attention import Attention
from sim.inputs.interventions.change_parameter import ChangeParameter
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import BASELINE, Scenario, faults_in
from sim.inputs.scenario.elsewhere import with_as_many_leaving

__all__ = [
    "MOST_BACK",
    "MOST_KEPT",
    "MOST_PERSON_WEEKS",
    "ExploreSession",
    "KeptFuture",
    "check_size",
    "in_organisation",
]

MOST_KEPT = 3
"""Futures that can be kept beside the present one."""

MOST_PERSON_WEEKS = 4_000_000
"""The largest future that is simulated for a page: people times weeks."""

MOST_BACK = 60
"""Changes that can be undone."""

_LONGEST_TITLE, _LONGEST_NAME = 170, 180
_CHANGED = ", changed"
_SAME = 1e-9


@dataclass(frozen=True)
class KeptFuture:
    """A future that was kept: what was run, with whose chance, and when it parted from the present one."""

    label: str
    scenario: Scenario
    seed: int
    parted_week: int


@dataclass(frozen=True)
class ExploreSession:
    """One person's session in Explore.

    Parameters
    ----------
    scenario : what is run now
    seed : whose chance events
    before : the future before the last change, None if nothing was changed
    kept : futures kept for comparison
    begun : the scenario that it began with; what is run now if left out
    past : sessions to go back to, the latest last
    ahead : sessions that were undone, the next first
    last_change : what the last change was about; a change of the same thing continues it
    changed_week : the week from which the last change acts
    """

    scenario: Scenario
    seed: int = 1
    before: Scenario | None = None
    kept: tuple[KeptFuture, ...] = ()
    begun: Scenario | None = None
    past: tuple[ExploreSession, ...] = ()
    ahead: tuple[ExploreSession, ...] = ()
    last_change: str = ""
    changed_week: int = 0

    @property
    def origin(self) -> Scenario:
        """The scenario that it began with."""
        return self.scenario if self.begun is None else self.begun

    @property
    def is_changed(self) -> bool:
        """Whether what is run now is another scenario than it began with."""
        return self.scenario != self.origin

    # --- levers --------------------------------------------------------------------------------------------------

    def with_lever(self, name: str, value: float, week: int) -> ExploreSession:
        """Return the session with a lever moved.

        At week 0, and for levers that only act from the start, the service has always been so; later, a dated entry
        says that the parameter takes the value from this week on.

        Raises
        ------
        InputError : there is no such lever, or the value is out of range
        """
        declared = self.scenario.rulebook.parameters.get(name)
        if declared is None:
            raise InputError.single("lever", "the name of a parameter", repr(name))
        week = min(self._week(week), self.scenario.weeks - 1)
        if week == 0 or not declared.is_live:
            scenario = _without_changes(self.scenario, name, 0).with_parameters(**{name: value})
            return self._changed(scenario, f"lever {name} 0", 0)
        scenario = _without_changes(self.scenario, name, week)
        if value != lever_value(scenario, name, week):
            scenario = scenario.with_entries(kind="change_parameter", start_week=week, name=name, value=value)
        return self._changed(scenario, f"lever {name} {week}", week)

    def with_leaders_time(self, purpose: float, staff: float, leaders: float, week: int) -> ExploreSession:
        """Return the session in which the senior leaders mean to spend their time so from a week on.

        What is under way ends then, and its end stays; at the usual shares nothing takes its place.

        Raises
        ------
        InputError : the shares are more than a whole week, or only some of the leaders mean to spend it otherwise
        """
        week = min(self._week(week), self.scenario.weeks - 1)
        under_way = [
            place
            for place, entry in enumerate(self.scenario.timeline)
            if isinstance(entry, Attention) and entry.first_week <= week < entry.weeks(self.scenario.weeks)[1]
        ]
        scenario, end = self.scenario, _next_attention(self.scenario, week)
        for place in under_way:
            entry: Any = scenario.timeline[place]
            if entry.target != EVERYBODY or entry.which is not None:
                raise InputError.single(
                    "how leaders spend their time", "leaders who all mean to spend it alike in this week",
                    f"an entry for some of them ({entry.label()})", "change that entry on the timeline",
                )  # fmt: skip
            scenario, end = _ended(scenario, place, week), entry.end_week
        shares = {"purpose": purpose, "staff": staff, "leaders": leaders}
        if any(
            abs(share - lever_value(scenario, f"usual_attention_{name}", week)) > _SAME
            for name, share in shares.items()
        ):
            scenario = scenario.with_entries(kind="attention", start_week=week, end_week=end, **shares)
        return self._changed(scenario, f"leaders' time {week}", week)

    # --- the timeline --------------------------------------------------------------------------------------------

    def with_action(self, key: str, week: int) -> ExploreSession:
        """Return the session in which something is done in a week: begun, or ended if it is under way.

        Raises
        ------
        InputError : there is no such action, or it does not fit the timeline
        """
        action = actions().get(key)
        if action is None:
            raise InputError.single("do it now", "the name of an action", repr(key))
        week = min(self._week(week), self.scenario.weeks - 1)
        under_way = _under_way(self.scenario, action, week)
        if under_way is None:
            return self._begun(self.scenario, action, week)
        entry: Any = self.scenario.timeline[under_way]
        if action.is_same_thing(entry):
            return self._changed(_ended(self.scenario, under_way, week), f"end {key} {week}", week)
        if action.button.waits and entry.end_week is not None:
            return self._begun(self.scenario, action, entry.end_week)
        return self._begun(_ended(self.scenario, under_way, week), action, week)

    def _begun(self, scenario: Scenario, action: ActionButton, week: int) -> ExploreSession:
        fields = {
            "kind": action.kind,
            **action.dates(week, _next_start(scenario, action, week)),
            **action.button.fields,
        }
        return self._changed(scenario.with_entries(**fields), f"do {action.key} {week} {len(self.past)}", week)

    def with_entry(self, kind: str, fields: Mapping[str, Any]) -> ExploreSession:
        """Return the session with one more entry of the timeline.

        Parameters
        ----------
        kind : one of :data:`sim.inputs.interventions.KINDS`
        fields : what the entry says; what is left out stands as its kind has it

        Raises
        ------
        InputError : there is no such kind, or the entry does not fit
        """
        if kind not in KINDS:
            raise InputError.single("timeline", f"one of {', '.join(KINDS)}", repr(kind))
        known = {name: value for name, value in fields.items() if name in KINDS[kind].model_fields and name != "kind"}
        scenario = self.scenario.with_entries(kind=kind, **known)
        first = scenario.timeline[-1].first_week
        return self._changed(scenario, f"add {kind} {first} {len(self.past)}", self._week(first))

    def with_entry_fields(self, place: int, fields: Mapping[str, Any]) -> ExploreSession:
        """Return the session with one entry of the timeline changed: its dates, its intensity, or what is its own.

        Raises
        ------
        InputError : there is no such entry, or the change is not allowed
        """
        entry = self._entry(place)
        known = {name: value for name, value in fields.items() if name in type(entry).model_fields and name != "kind"}
        timeline = list(self.scenario.timeline)
        changed: dict[str, Any] = {**entry.model_dump(), **known}
        earliest = min(entry.first_week, int(changed.get("start_week", changed.get("week", 0))))
        scenario = self.scenario.replace(timeline=(*timeline[:place], changed, *timeline[place + 1 :]))
        return self._changed(scenario, f"entry {place} {sorted(known)}", earliest)

    def without_entry(self, place: int) -> ExploreSession:
        """Return the session without one entry of the timeline.

        Raises
        ------
        InputError : there is no such entry
        """
        entry = self._entry(place)
        timeline = self.scenario.timeline
        scenario = self.scenario.replace(timeline=(*timeline[:place], *timeline[place + 1 :]))
        return self._changed(scenario, f"remove {place} {len(self.past)}", entry.first_week)

    # --- futures -------------------------------------------------------------------------------------------------

    def keep(self, week: int) -> ExploreSession:
        """Return the session with the present future kept, so that the next change grows beside it."""
        last = ord(self.kept[-1].label[-1]) - ord("A") if self.kept else -1
        kept = KeptFuture(f"Future {chr(ord('A') + (last + 1) % 26)}", self.scenario, self.seed, self._week(week))
        return self._then(replace(self, kept=(*self.kept, kept)[-MOST_KEPT:], before=None, last_change=""))

    def without_kept(self, place: int) -> ExploreSession:
        """Return the session without one of the kept futures."""
        if not 0 <= place < len(self.kept):
            return self
        return self._then(replace(self, kept=(*self.kept[:place], *self.kept[place + 1 :]), last_change=""))

    def go_to_kept(self, place: int) -> ExploreSession:
        """Return the session that goes on from a kept future."""
        if not 0 <= place < len(self.kept):
            return self
        kept = self.kept[place]
        moved = replace(self, scenario=kept.scenario, seed=kept.seed, before=self.scenario, last_change="")
        return self._then(replace(moved, changed_week=kept.parted_week))

    def undo(self) -> ExploreSession:
        """Return the session before the last step, whatever it was; itself if there is nothing to undo."""
        if not self.past:
            return self
        return replace(self.past[-1], past=self.past[:-1], ahead=(self._bare(), *self.ahead), last_change="")

    def redo(self) -> ExploreSession:
        """Return the session after the step that was undone last; itself if there is none."""
        if not self.ahead:
            return self
        return replace(self.ahead[0], past=(*self.past, self._bare()), ahead=self.ahead[1:], last_change="")

    def new_world(self) -> ExploreSession:
        """Return the session in another world: the same scenario, other chance events."""
        return self._then(replace(self, seed=(self.seed + 1) % 2**32, before=None, kept=(), last_change=""))

    def with_scenario(self, scenario: Scenario, seed: int | None = None) -> ExploreSession:
        """Return the session begun anew with another scenario, in the same world unless told; one can go back."""
        return self._then(ExploreSession(scenario, seed=self.seed if seed is None else seed, begun=scenario))

    def restarted(self) -> ExploreSession:
        """Return the session begun anew with the scenario that it began with; one can go back."""
        return self.with_scenario(self.origin)

    def with_organisation(self, folder: str | None) -> ExploreSession:
        """Return the session begun anew with the same programme in another organisation: of tables, or the made-up one.

        Raises
        ------
        InputError : the programme does not go with it, or they are too large together for a page
        """
        return self.with_scenario(in_organisation(self.scenario, folder))

    def among(self, past: Sequence[ExploreSession], ahead: Sequence[ExploreSession]) -> ExploreSession:
        """Return the session with steps that one can go back to, the latest last, and on to, the next first."""
        return replace(self, past=tuple(past), ahead=tuple(ahead))

    def scenarios(self) -> tuple[Scenario, ...]:
        """Return every scenario that one can go back or on to, without leaving the session."""
        steps = (*self.past, self, *self.ahead)
        return tuple(one for step in steps for one in (step.scenario, *(kept.scenario for kept in step.kept)))

    def baseline(self) -> Scenario:
        """Return what the present future is compared with: the same service, nothing done."""
        return self.scenario.baseline()

    # --- inside --------------------------------------------------------------------------------------------------

    def _changed(self, scenario: Scenario, what: str, week: int) -> ExploreSession:
        scenario = self._in_words(scenario)
        if scenario == self.scenario:
            return self
        faults = faults_in(scenario, organisation_of(scenario), "timeline")
        if faults:
            raise InputError(faults)
        if what == self.last_change:
            return replace(self, scenario=scenario, ahead=())
        changed = replace(self, scenario=scenario, before=self.scenario, last_change=what, changed_week=week)
        return self._then(changed)

    def _in_words(self, scenario: Scenario) -> Scenario:
        """Return a scenario that says of itself that it was changed; what was changed back is what it was."""
        origin = self.origin
        first = {"name": origin.name, "title": origin.title, "story": origin.story}
        if (as_first := scenario.model_copy(update=first)) == origin:
            return as_first
        title = origin.title.removesuffix(_CHANGED)[:_LONGEST_TITLE] + _CHANGED
        begun = f"It began as “{origin.title}”, and was changed since: what is done now stands on the timeline."
        story = " ".join([begun, *_otherwise_from_the_start(origin, scenario)])
        name = origin.name.removesuffix("-changed")[:_LONGEST_NAME] + "-changed"
        return scenario.model_copy(update={"name": name, "title": title, "story": story})

    def _then(self, after: ExploreSession) -> ExploreSession:
        """Return the session after a step, from which one can come back to this one."""
        begun = self.origin if after.begun is None else after.begun
        return replace(after, begun=begun, past=(*self.past, self._bare())[-MOST_BACK:], ahead=())

    def _bare(self) -> ExploreSession:
        """Return the session as it is, without what it remembers."""
        return replace(self, begun=self.origin, past=(), ahead=())

    def _week(self, week: int) -> int:
        return max(0, min(int(week), self.scenario.weeks))

    def _entry(self, place: int) -> Any:
        timeline = self.scenario.timeline
        if not 0 <= place < len(timeline):
            raise InputError.single("timeline", f"the number of an entry (1 to {len(timeline)})", str(place + 1))
        return timeline[place]


def _next_start(scenario: Scenario, action: ActionButton, week: int) -> int | None:
    """Return the week in which the next entry of the same kind begins, None if there is none or it does not matter."""
    later = [entry.first_week for entry in scenario.timeline if action.is_of_kind(entry) and entry.first_week > week]
    return min(later, default=None) if not KINDS[action.kind].may_overlap else None


def _next_attention(scenario: Scenario, week: int) -> int | None:
    """Return the week in which leaders next mean to spend their time otherwise, None if they do not."""
    later = [
        entry.first_week for entry in scenario.timeline if isinstance(entry, Attention) and entry.first_week > week
    ]
    return min(later, default=None)


def _ended(scenario: Scenario, place: int, week: int) -> Scenario:
    """Return a scenario in which an entry ends in a week; it goes if that is when it begins."""
    timeline = list(scenario.timeline)
    if timeline[place].first_week == week:
        del timeline[place]
    else:
        timeline[place] = timeline[place].model_copy(update={"end_week": week})
    return scenario.replace(timeline=tuple(timeline))


def _under_way(scenario: Scenario, action: ActionButton, week: int) -> int | None:
    """Return the place of the entry of the same kind that is under way, None if there is none or they may overlap."""
    if KINDS[action.kind].may_overlap:
        return None
    for place, entry in enumerate(scenario.timeline):
        start, end = entry.weeks(scenario.weeks)
        if action.is_of_kind(entry) and start <= week < end:
            return place
    return None


def _is_lever(entry: Any, name: str) -> bool:
    return isinstance(entry, ChangeParameter) and entry.name == name and entry.target == EVERYBODY


def _without_changes(scenario: Scenario, name: str, week: int) -> Scenario:
    """Return a scenario in which a lever is no longer moved from a week on."""
    timeline = []
    for entry in scenario.timeline:
        if _is_lever(entry, name):
            if entry.first_week >= week:
                continue
            if entry.weeks(scenario.weeks)[1] > week:
                timeline.append(entry.model_copy(update={"end_week": week}))
                continue
        timeline.append(entry)
    return scenario.replace(timeline=tuple(timeline))


def _otherwise_from_the_start(origin: Scenario, scenario: Scenario) -> list[str]:
    """Return a sentence that names the levers that stand elsewhere than they began, if there are any."""
    before, after = origin.parameters.model_dump(), scenario.parameters.model_dump()
    moved = [name.replace("_", " ") for name, value in after.items() if value != before.get(name)]
    return [f"Otherwise from the start: {listed(moved)}."] if moved else []


def lever_value(scenario: Scenario, name: str, week: int) -> float:
    """Return where a lever stands in a week."""
    value = float(getattr(scenario.parameters, name))
    for entry in scenario.timeline:
        if isinstance(entry, ChangeParameter) and _is_lever(entry, name):
            strength = entry.strength(week, scenario.weeks)
            value += strength * (entry.value - value)
    return value


def in_organisation(scenario: Scenario, folder: str | None) -> Scenario:
    """Return a scenario in another organisation: of the tables in a folder, or the made-up one.

    Where more senior leaders leave than a service has, as many leave as it has; title and story say so.

    Raises
    ------
    InputError : they do not go together, or are too large together for a page
    """
    other = scenario.replace(tables=folder, compare_with=BASELINE)
    organisation = organisation_of(other)
    other = with_as_many_leaving(other, organisation)
    check_size(other, organisation)
    faults = faults_in(other, organisation, scenario.title or "programme")
    if faults:
        raise InputError(faults)
    return other


def check_size(scenario: Scenario, organisation: Organisation) -> None:
    """Refuse a future that is too large to be simulated for a page.

    Raises
    ------
    InputError : people times weeks exceed :data:`MOST_PERSON_WEEKS`
    """
    size = organisation.n_people * scenario.weeks
    if size > MOST_PERSON_WEEKS:
        raise InputError.single(
            scenario.title or BASELINE,
            f"at most {MOST_PERSON_WEEKS:,} person-weeks on a page",
            f"{organisation.n_people:,} people for {scenario.weeks:,} weeks",
            "run it at the command line: cultureshift run",
        )
