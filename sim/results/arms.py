"""Several arms against one baseline: what each gains, on the same chance events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.base.errors import Fault, InputError
from sim.base.measure import Measure
from sim.engine.week import Engine
from sim.inputs.organisation import Organisation
from sim.inputs.scenario.description import Scenario
from sim.results.comparison import judged_alike
from sim.results.ensemble import (
    PairedEnsemble,
    Progress,
    check_is_scenario,
    run_ensemble,
    run_paired,
    run_without_upkeep,
)

__all__ = ["run_arms"]


def run_arms(
    arms: Sequence[Scenario],
    replicates: int | Sequence[int] = 40,
    seed: int = 1,
    *,
    compare_with: Scenario | None = None,
    organisation: Organisation | None = None,
    engine: Engine | None = None,
    burn_in_weeks: int | None = None,
    measures: Sequence[str | Measure] | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[PairedEnsemble]:
    """Run several scenarios and one baseline on the same chance events; the baseline is run once.

    Parameters
    ----------
    arms : what is to be compared; all of the same length
    replicates, seed, organisation, engine, burn_in_weeks, measures, threads, progress : as for :func:`sim.run_ensemble`
    compare_with : what all are compared with; if left out, the same world in which nothing is done, and everything that
        happens happens, which then has to be the same for all

    Returns
    -------
    pairs : one for each arm, in their order, all judged from the week in which the last outside support ends; each with
        a third run where something goes on being paid after its own

    Raises
    ------
    InputError : there are no arms, or they have no baseline in common; all that differ are named

    Examples
    --------
    >>> talk = Scenario(title="A talk", weeks=8).with_entries(kind="dialogue", start_week=0, end_week=4)
    >>> longer = talk.replace(title="Two talks").with_entries(kind="dialogue", start_week=4, end_week=8)
    >>> one, two = run_arms([talk, longer], replicates=2)
    >>> one.baseline is two.baseline
    True
    """
    _judge(arms, compare_with)
    options: Any = {
        "organisation": organisation, "engine": engine, "burn_in_weeks": burn_in_weeks, "measures": measures,
        "threads": threads,
    }  # fmt: skip
    first = run_paired(arms[0], replicates, seed, compare_with=compare_with, progress=progress, **options)
    numbers, pairs = first.arm.replicates, [first]
    n_done = len(numbers) * (2 if first.without_upkeep is None else 3)
    for arm in arms[1:]:
        ran = run_ensemble(arm, numbers, seed, progress=_after(n_done, progress), **options)
        n_done += len(numbers)
        stopped = run_without_upkeep(arm, numbers, seed, progress=_after(n_done, progress), **options)
        n_done += 0 if stopped is None else len(numbers)
        pairs.append(replace(first, arm=ran, without_upkeep=stopped))
    return judged_alike(pairs)


def _after(n_done: int, progress: Progress | None) -> Progress | None:
    return None if progress is None else (lambda n: progress(n_done + n))


def _judge(arms: Sequence[Scenario], compare_with: Scenario | None) -> None:
    if not arms:
        raise InputError.single("run_arms", "at least one scenario", "none")
    for place, arm in enumerate(arms):
        check_is_scenario(f"run_arms: arms[{place}]", arm)
    first, faults = arms[0], []
    for place, arm in enumerate(arms[1:], start=1):
        where = f"run_arms: arms[{place}] ({arm.name})"
        if arm.weeks != first.weeks:
            faults.append(Fault(where, f"{first.weeks} weeks, as in the first", str(arm.weeks), "replace(weeks=...)"))
        elif compare_with is None and (differing := _differing(first, arm)):
            wanted = f"the same {' and '.join(differing)} as the first, or there is no one baseline"
            faults.append(Fault(where, wanted, "another", "say what all are compared with: compare_with="))
    if faults:
        raise InputError(faults)


def _differing(one: Scenario, other: Scenario) -> list[str]:
    """Return in what two scenarios differ besides what is done, and what they are called."""
    aside = {"name", "title", "story", "start", "timeline", "support_ends", "compare_with"}
    fields = [name for name in type(one).model_fields if name not in aside]
    differing = [name for name in fields if getattr(one, name) != getattr(other, name)]
    return differing if one.happening == other.happening else [*differing, "events that happen"]
