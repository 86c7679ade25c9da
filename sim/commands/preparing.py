"""From what a user asks for to scenarios that are ready to run, and from there to their runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.errors import InputError
from sim.commands.console import keeping_streams, notice, progress, say_if_it_takes_long

if TYPE_CHECKING:
    from sim.inputs.organisation import Organisation
    from sim.inputs.scenario.description import Scenario
    from sim.results.ensemble import PairedEnsemble
    from sim.rulebook.rulebook import Rulebook

__all__ = ["asked_scenario", "own_rulebook", "prepare_pair", "run_pairs"]

_OF_THE_ARM_ALONE = {"timeline", "title", "story", "support_ends", "compare_with", "tables"}
"""Settings that say what is done, not where: what a scenario is compared with keeps its own."""

Pair = tuple["Scenario", "Scenario"]


def own_rulebook(own: Sequence[Path] | None) -> Rulebook:
    """Return the rules to run with: the package's, and those of the files that ``--with`` names.

    What they declare beside rules, commands know from then on.

    Raises
    ------
    InputError : a file cannot be executed, or declares nothing, or what it may not
    """
    from sim.inputs.own import rulebook_with

    with keeping_streams():
        return rulebook_with(*(own or ()))


def asked_scenario(
    name: str,
    settings: Sequence[str] | None = None,
    organisation: Path | None = None,
    weeks: int | None = None,
    rulebook: Rulebook | None = None,
) -> Scenario:
    """Return a scenario, changed as the user asked.

    Raises
    ------
    InputError : the scenario or a setting has faults
    """
    from sim.inputs.scenario.files import apply_settings, load_scenario
    from sim.rulebook.rulebook import RULEBOOK

    asked = load_scenario(name, rulebook or RULEBOOK)
    if settings:
        asked = apply_settings(asked, settings)
    if organisation is not None:
        asked = _in_organisation(asked.replace(tables=_as_text(organisation.resolve())))
    return asked if weeks is None else asked.replace(weeks=weeks)


def _in_organisation(scenario: Scenario) -> Scenario:
    """Return a scenario in which no more leaders leave than the organisation that it is asked for has.

    Raises
    ------
    InputError : the tables have faults
    """
    from sim.inputs.scenario.description import build_organisation
    from sim.inputs.scenario.elsewhere import with_as_many_leaving

    if not any(entry.kind == "leaders_leave" for entry in scenario.timeline):
        return scenario
    return with_as_many_leaving(scenario, build_organisation(scenario))


def _as_text(folder: Path) -> str:
    """Return the name of a folder, which goes into manifests and links.

    Raises
    ------
    InputError : it is no text in UTF-8
    """
    name = str(folder)
    if any("\ud800" <= letter <= "\udfff" for letter in name):
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise InputError.single("--organisation", "a folder whose name is text in UTF-8", shown, "give it another name")
    return name


def prepare_pair(
    name: str,
    settings: Sequence[str] | None = None,
    organisation: Path | None = None,
    weeks: int | None = None,
    rulebook: Rulebook | None = None,
) -> Pair:
    """Return a scenario and what it is compared with, changed as the user asked.

    Raises
    ------
    InputError : the scenario or a setting has faults
    """
    from sim.inputs.scenario.files import apply_settings, compared_with

    arm = asked_scenario(name, settings, organisation, weeks, rulebook)
    other = compared_with(arm)
    if other is None:
        return arm, arm.baseline()
    shared = [setting for setting in settings or () if _head(setting) not in _OF_THE_ARM_ALONE]
    other = apply_settings(other, shared) if shared else other
    there = other.replace(weeks=arm.weeks, tables=arm.tables, organisation=arm.organisation)
    return arm, there if organisation is None else _in_organisation(there)


def _head(setting: str) -> str:
    return setting.partition("=")[0].strip().partition(".")[0].strip().strip("\"'")


def run_pairs(
    pairs: Sequence[Pair],
    replicates: int | Sequence[int],
    seed: int,
    workers: int | None = None,
    quiet: bool = False,
    measures: Sequence[str] | None = None,
) -> list[PairedEnsemble]:
    """Run scenarios and what they are compared with, all on the same chance events; ``measures``: what is kept.

    A baseline that scenarios share is run once. Where something goes on being paid after outside support, a third run
    without it answers what if that stops.
    """
    from sim.inputs.scenario.description import build_organisation
    from sim.results.ensemble import Ensemble, PairedEnsemble, run_ensemble

    numbers = tuple(range(replicates)) if isinstance(replicates, int) else tuple(replicates)
    _check_memory(pairs, len(numbers))
    organisations = [build_organisation(arm) for arm, _ in pairs]
    if not quiet:
        _say_implausible(pairs)
        _say_records(pairs)
        _say(text for organisation in organisations for text in organisation.notices)
        say_if_it_takes_long()
    done: dict[str, Ensemble] = {}
    ran: list[PairedEnsemble] = []
    n_ensembles = sum(3 if arm.upkeep else 2 for arm, _ in pairs)
    with progress("Running", n_ensembles * len(numbers), quiet) as show:

        def ensemble(scenario: Scenario, organisation: Organisation, n_before: int) -> Ensemble:
            return run_ensemble(
                scenario, numbers, seed, organisation=organisation, measures=measures, threads=workers,
                progress=lambda n_done: show(n_before + n_done),
            )  # fmt: skip

        n_before = 0
        for (arm, other), organisation in zip(pairs, organisations, strict=True):
            own = ensemble(arm, organisation, n_before)
            key = f"{other.digest()} {arm.tables}"
            if key not in done:
                done[key] = ensemble(other, organisation, n_before + len(numbers))
            n_before += 2 * len(numbers)
            stopped = None
            if arm.upkeep:
                stopped = ensemble(arm.without_upkeep(), organisation, n_before)
                n_before += len(numbers)
            ran.append(PairedEnsemble(own, done[key], stopped))
    if not quiet:
        _say(text for pair in ran for one in (pair.arm, pair.baseline) for text in one.notices)
    return ran


def _say(notices: Iterable[str]) -> None:
    for text in dict.fromkeys(notices):
        notice(text)


def _say_implausible(pairs: Sequence[Pair]) -> None:
    """Warn of numbers that no health-care service may have: what comes out is no statement about one."""
    from sim.inputs.scenario.plausibility import beyond_plausible

    _say(text for pair in pairs for scenario in pair for text in beyond_plausible(scenario))


def _say_records(pairs: Sequence[Pair]) -> None:
    """Say where the numbers of a run lie in the intervals of an organisation's own records."""
    from sim.inputs.imports import beside_records, read_numbers

    for arm, _ in pairs:
        if arm.tables:
            numbers = read_numbers(Path(arm.tables), arm.rulebook)
            _say(beside_records(dict(arm.parameters), numbers, arm.rulebook))


def _check_memory(pairs: Sequence[Pair], n_replicates: int) -> None:
    """Refuse a run whose weekly tables would not fit into the machine's memory."""
    from sim.engine.recorder import N_MEASURES

    needed = sum((3 if arm.upkeep else 2) * n_replicates * (arm.weeks + 1) * N_MEASURES * 8 for arm, _ in pairs)
    try:
        available = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told on this system
        return
    if needed > available // 2:
        gigabytes = 2**30
        wanted = f"weekly tables of at most {available / 2 / gigabytes:.1f} GB, half of this machine's memory"
        hint = "fewer --replicates or fewer --weeks would do"
        raise InputError.single("run", wanted, f"about {needed / gigabytes:,.1f} GB", hint)
