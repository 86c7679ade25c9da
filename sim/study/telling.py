"""Studies told: what was found as sentences and Markdown tables, and as rows for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.base.phrasing import in_100, percent
from sim.results.intervals import with_interval
from sim.results.measures import Interval
from sim.rulebook.parameters import ParameterDeclaration
from sim.rulebook.rulebook import RULEBOOK, Rulebook
from sim.study.calibration import Calibration
from sim.study.calibration.identifiability import IDENTIFIED_FROM
from sim.study.discovery import Box, Discovery, RangeCut
from sim.study.sensitivity import Driver, Ranking, Sensitivity

__all__ = [
    "box_in_words", "calibration_rows", "discovery_in_a_sentence", "discovery_rows", "driver_rows", "how_it_acts",
    "how_strong", "tell_calibration", "tell_discovery", "tell_sensitivity", "verdict",
]  # fmt: skip

Rows = list[dict[str, Any]]

_DECISIVE_FROM, _STRONG_FROM = 0.6, 0.3
_CLEAR_FROM = {"morris": 0.5, "sobol": 0.15, "pawn": 0.15}
_SHOWN_DRIVERS = 15
_INDEX = {
    "morris": "mean absolute change when the parameter goes through its range (mu*, Morris)",
    "sobol": "share of the variance that would go if the parameter were known (total index, Sobol)",
    "pawn": "distance between distributions with and without knowing the parameter (median, PAWN)",
}
_METHOD = {"morris": "Morris screening", "sobol": "Sobol indices", "pawn": "PAWN indices"}


def _table(rows: Rows, columns: Sequence[str]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(str(row[column]) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _in_100(interval: Interval) -> str:
    if np.isnan(interval.estimate):
        return "not known"
    return with_interval(interval, lambda share: f"{in_100(share)} in 100")


# --- sensitivity ------------------------------------------------------------------------------------------------------


def how_strong(driver: Driver, strongest: Driver) -> str:
    """Return in a word how much a parameter decides, against the strongest."""
    if not driver.is_above_chance:
        return "not told apart from chance"
    share = driver.strength.estimate / strongest.strength.estimate
    return "decisive" if share >= _DECISIVE_FROM else "strong" if share >= _STRONG_FROM else "some"


def how_it_acts(driver: Driver, method: str) -> str:
    """Return in words which way more of a parameter moves the outcome."""
    if not driver.is_above_chance:
        return "-"
    if abs(driver.direction) < _CLEAR_FROM[method]:
        return "either way, depending on the rest"
    return "more of it raises it" if driver.direction > 0 else "more of it lowers it"


def driver_rows(result: Sensitivity) -> Rows:
    """Return one row for each parameter and step (screening, weighing), the strongest first."""
    rows = []
    for ranking in filter(None, (result.screening, result.refined)):
        for place, driver in enumerate(ranking.drivers, start=1):
            declaration = result.scenario.rulebook.parameters[driver.name]
            low, high = result.ranges[driver.name]
            rows.append({
                "method": ranking.method, "rank": place, "parameter": driver.name, "meaning": declaration.meaning,
                "unit": declaration.unit, "low": low, "high": high, "strength": driver.strength.estimate,
                "strength_low": driver.strength.low, "strength_high": driver.strength.high,
                "alone": driver.alone.estimate if driver.alone else np.nan, "direction": driver.direction,
                "chance_floor": driver.floor, "grade": declaration.grade,
            })  # fmt: skip
    return rows


def tell_sensitivity(result: Sensitivity) -> str:
    """Return the answer to "what decides whether it lasts?" as Markdown."""
    decided = result.refined or result.screening
    top = decided.drivers[0]
    known = result.scenario.rulebook.parameters
    sure = [driver for driver in decided.drivers if driver.is_above_chance]
    unmeasured = [d for d in sure if known[d.name].grade not in ("measured", "published")]
    parts = [
        f"# {result.outcome.question[0].upper()}{result.outcome.question[1:]}: {result.scenario.title}\n",
        f"Asked: {result.outcome.meaning}; {result.scenario.name}, seed {result.seed}.\n",
        f"Most is decided by **{top.name}**: {known[top.name].meaning}. "
        f"{len(sure)} of the {len(decided.drivers)} parameters weighed are told apart from chance; "
        f"{len(unmeasured)} of these have never been measured.\n",
    ]
    for ranking in filter(None, (result.refined, result.screening)):
        parts += [_tell_ranking(ranking, known), "\n"]
    parts.append(
        "Every parameter went through its plausible range, whatever its source; the ranking is about this model and "
        "these ranges, and is no forecast.\n"
    )
    return "\n".join(parts)


def _tell_ranking(ranking: Ranking, known: Mapping[str, ParameterDeclaration]) -> str:
    noise = ranking.noise
    shown = ranking.drivers[:_SHOWN_DRIVERS]
    rows: Rows = [
        {
            "": place,
            "what": known[driver.name].meaning,
            "parameter": driver.name,
            "decides": how_strong(driver, ranking.drivers[0]),
            "how": how_it_acts(driver, ranking.method),
            "strength (95 %)": str(driver.strength),
            "chance alone": f"{driver.floor:.2f}",
            "known by": known[driver.name].grade,
        }
        for place, driver in enumerate(shown, start=1)
    ]
    columns = list(rows[0])
    if ranking.method == "sobol":
        columns.insert(6, "by itself (95 %)")
        for row, driver in zip(rows, shown, strict=True):
            row["by itself (95 %)"] = str(driver.alone)
    dropped = (
        f"At {ranking.n_undefined} points the outcome is not defined (no shift worth the name) and {ranking.n_failed} "
        f"could not be run; {ranking.n_dropped} of {ranking.n_blocks} blocks hold such a point and are left out whole."
    )
    chance = "" if np.isnan(noise.share) else (
        f" Chance: at one point replicates differ with a variance of {noise.between_replicates:.2g}; between points "
        f"the variance is {noise.between_points:.2g}. So {percent(noise.share)} of the spread of the points' means, "
        f"of {ranking.n_replicates} replicates each, is chance."
    )  # fmt: skip
    failures = "".join(f"\nNot run: {failure}" for failure in ranking.failures[:5])
    more = f"\nThe other {len(ranking.drivers) - len(shown)} are in the table file.\n" if len(
        ranking.drivers) > len(shown) else ""  # fmt: skip
    return (
        f"## {_METHOD[ranking.method]}: {len(ranking.drivers)} parameters, {ranking.n_points:,} points\n\n"
        f"Strength: {_INDEX[ranking.method]}.\n\n{_table(rows, columns)}{more}\n{dropped}{chance}{failures}\n"
    )


# --- discovery --------------------------------------------------------------------------------------------------------


def _cut_in_words(cut: RangeCut, rulebook: Rulebook) -> str:
    declaration = rulebook.parameters[cut.name]
    unit = f" {declaration.unit}" if declaration.unit.startswith(("per", "weeks")) else ""
    name = cut.name.replace("_", " ")
    if cut.low is not None and cut.high is not None:
        return f"{name} is between {cut.low:.2g} and {cut.high:.2g}{unit}"
    return f"{name} is above {cut.low:.2g}{unit}" if cut.low is not None else f"{name} is {cut.high:.2g}{unit} or less"


def box_in_words(box: Box, rulebook: Rulebook = RULEBOOK) -> str:
    """Return the conditions of a box as a phrase; the rulebook tells the units of the parameters."""
    return " and ".join(_cut_in_words(cut, rulebook) for cut in box.cuts) or "always"


def discovery_rows(result: Discovery) -> Rows:
    """Return one row for each combination of conditions, the worst first."""
    return [
        {
            "conditions": box_in_words(box, result.scenario.rulebook), "verdict": verdict(box),
            "tree_says_fails": box.fails,
            "density": box.density.estimate, "density_low": box.density.low, "density_high": box.density.high,
            "coverage": box.coverage.estimate, "coverage_low": box.coverage.low, "coverage_high": box.coverage.high,
            "mass": box.mass, "unseen_points": box.density.n,
        }
        for box in result.boxes
    ]  # fmt: skip


_DOES_NOT_FAIL = "does not fail"


def verdict(box: Box) -> str:
    """Return what points that the tree has not seen say of a box: it fails, it does not, or that cannot be told."""
    if box.density.low > 0.5:
        return "fails"
    return _DOES_NOT_FAIL if box.density.high < 0.5 else "cannot be told"


def discovery_in_a_sentence(result: Discovery) -> str:
    """Return where a programme fails, in a sentence; only what unseen points confirm."""
    verb = result.outcome.verb
    verdicts = [verdict(box) for box in result.boxes]
    rules = result.scenario.rulebook
    failing = [box_in_words(box, rules) for box, said in zip(result.boxes, verdicts, strict=True) if said == "fails"]
    if _DOES_NOT_FAIL not in verdicts:
        return f"Nothing was found under which it {verb} for sure." if not failing else (
            f"It fails if {', or if '.join(failing)}; elsewhere it cannot be told."
        )  # fmt: skip
    but = "; for some combinations it cannot be told" if "cannot be told" in verdicts else ""
    if not failing:
        return f"It {verb} more often than not wherever that can be told{but}."
    return f"It {verb} unless {', or unless '.join(failing)}{but}."


def tell_discovery(result: Discovery) -> str:
    """Return under which conditions a programme fails, as Markdown."""
    rows: Rows = [
        {
            "conditions": box_in_words(box, result.scenario.rulebook),
            "verdict": verdict(box),
            "runs inside that fail (density)": _in_100(box.density),
            "of all failures, inside (coverage)": _in_100(box.coverage),
            "share of all combinations": percent(box.mass),
        }
        for box in result.boxes
    ]
    firsts = ", ".join(f"{name} in {100 * share:.0f} of 100" for name, share in list(result.first_cut.items())[:4])
    ranges = "; ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in result.ranges.items())
    n_runs = result.answers.values.shape[1]
    return (
        f"# When does it fail? {result.scenario.title}\n\n**{discovery_in_a_sentence(result)}**\n\n"
        f"A run fails if {result.outcome.failing}. {100 * result.failing_share:.0f} of 100 runs fail over "
        f"{len(result.answers.points)} combinations of conditions, {n_runs} runs each.\n\n"
        f"{_table(rows, list(rows[0]))}\n"
        f"Density and coverage are those of {result.n_unseen} combinations that the tree has not seen, with 95 % "
        f"intervals over combinations. A tree of depth {result.depth} had the least cross-validated loss. On unseen "
        f"combinations it ranks runs with an area under the curve of {result.accuracy} (0.5 is chance). When the "
        f"combinations are drawn again, the first cut is by: {firsts}.\n\n"
        f"Conditions tried: {ranges}. All else has the scenario's values; what lies outside was not tried.\n"
    )


# --- calibration ------------------------------------------------------------------------------------------------------


def calibration_rows(result: Calibration) -> Rows:
    """Return one row for each fitted parameter."""
    known = result.targets[0].scenario.rulebook.parameters
    bands, contraction = result.posterior.bands(), result.posterior.contraction()
    rows = []
    for k, (name, (low, high)) in enumerate(result.ranges.items()):
        row: dict[str, Any] = {
            "parameter": name, "unit": known[name].unit, "low": low, "high": high, "default": result.defaults[k],
            "q05": bands[0, k], "q25": bands[1, k], "median": bands[2, k], "q75": bands[3, k], "q95": bands[4, k],
            "default_is_inside_90": bool(bands[0, k] <= result.defaults[k] <= bands[4, k]),
            "contraction": contraction[k],
        }  # fmt: skip
        if (trials := result.identifiability) is not None:
            row["trial_coverage"] = trials.is_covered.mean(axis=0)[k]
            row["trial_contraction"] = trials.contraction[k]
            row["is_identified"] = bool(trials.is_identified[k])
        rows.append(row)
    return rows


def tell_calibration(result: Calibration) -> str:
    """Return what the targets say about the parameters, as Markdown."""
    parts = [
        "# Calibration\n",
        f"{len(result.targets)} targets, {len(result.ranges)} parameters fitted over their plausible ranges"
        f"{_tell_records(result)}, {result.n_points} points of {result.n_replicates} replicates, seed {result.seed}.\n",
        "## What the targets say about the parameters\n",
        _table(_parameter_rows(result), list(_parameter_rows(result)[0])),
        f"Narrowed: 0 % is as wide as before, 100 % a point. Sampled by {len(result.posterior.samples):,} draws worth "
        f"{result.posterior.effective_size:,.0f} independent ones. Of the draws, {100 * result.defaults_rank:.0f} in "
        f"100 agree less well with the targets than the shipped values do.\n",
        _tell_what_is_pinned_down(result),
        "## What comes out\n",
        _table(_target_rows(result), list(_target_rows(result)[0])),
        f"Loss (sum of squared misses in errors) of the shipped values: {result.loss(result.shown_by_defaults):.2f}. "
        f"{_tell_search(result)}\n",
    ]
    if result.check.n_undefined or result.emulator.n_left_out:
        parts.append(
            f"Left out since a target is not defined there: {result.emulator.n_left_out} of the points learned from, "
            f"{result.check.n_undefined} of the draws checked.\n"
        )
    if result.identifiability is not None:
        parts += ["## Can known values be found again?\n", _tell_trials(result)]
    return "\n".join(parts)


def _tell_records(result: Calibration) -> str:
    """Say which parameters an organisation's own records speak of."""
    return f" ({_listed(result.of_records)} over what your records tell)" if result.of_records else ""


def _tell_what_is_pinned_down(result: Calibration) -> str:
    """Say which parameters the targets tell something about, and which they leave as wide as they were."""
    narrowed = result.posterior.contraction()
    told = {name: share for name, share in zip(result.ranges, narrowed, strict=True) if share >= IDENTIFIED_FROM}
    rest = [name for name in result.ranges if name not in told]
    pinned = ", ".join(f"{name} (narrowed by {percent(share)})" for name, share in told.items())
    parts = [f"These targets pin down {pinned}." if told else "These targets pin down none of these parameters."]
    if rest:
        parts.append(
            f"They leave {_listed(rest)} about as wide as before, narrowed by less than {percent(IDENTIFIED_FROM)}: "
            "of these, no more is known than was."
        )
    return " ".join(parts) + "\n"


def _parameter_rows(result: Calibration) -> Rows:
    rows = []
    for row in calibration_rows(result):
        told = {
            "parameter": row["parameter"],
            "before": f"{row['low']:g} to {row['high']:g}",
            "after (90 %)": f"{row['q05']:.3g} to {row['q95']:.3g}",
            "median": f"{row['median']:.3g}",
            "shipped": f"{row['default']:g}",
            "shipped inside": "yes" if row["default_is_inside_90"] else "no",
            "narrowed": percent(max(0.0, row["contraction"])),
        }
        if "is_identified" in row:
            told["can be known"] = "yes" if row["is_identified"] else "hardly"
        rows.append(told)
    return rows


def _target_rows(result: Calibration) -> Rows:
    relation = {"about": "", "at_least": "at least ", "at_most": "at most "}
    check, rows = result.check, []
    for k, target in enumerate(result.targets):
        rows.append({
            "target": f"{target.pattern + ': ' if target.pattern else ''}{target.in_words()}",
            "measured": f"{relation[target.kind]}{target.value:g} ± {target.error:g}",
            "posterior shows (90 %)": f"{check.median[k]:.3g} ({check.low[k]:.3g} to {check.high[k]:.3g})",
            "misses by": f"{check.misfit[k]:+.1f} sd",
            "shipped values show": f"{result.shown_by_defaults[k]:.3g}",
            "emulator explains": percent(result.emulator.r_squared[k]),
        })  # fmt: skip
    return rows


def _tell_search(result: Calibration) -> str:
    if result.search is None or result.shown_by_search is None:
        return "No search was asked for."
    loss, shipped = result.loss(result.shown_by_search), result.loss(result.shown_by_defaults)
    verdict = "as good or better" if loss <= shipped else "less good"
    return (
        f"A search of {len(result.search.losses)} points over the plausible ranges of {len(result.search.names)} "
        f"parameters came to a loss of {loss:.2f} on chance events that it had not seen: {verdict}."
    )


def _tell_trials(result: Calibration) -> str:
    trials = result.identifiability
    assert trials is not None  # asked by the caller
    rows: Rows = [
        {
            "parameter": name,
            "intervals that cover": percent(covered),
            "narrowed": percent(max(0.0, narrowed)),
            "can be known": "yes" if known else "hardly",
        }
        for name, covered, narrowed, known in zip(
            trials.names, trials.is_covered.mean(axis=0), trials.contraction, trials.is_identified, strict=True
        )
    ]
    hardly = [name for name, known in zip(trials.names, trials.is_identified, strict=True) if not known]
    told = f"Hardly known from these targets: {_listed(hardly)}." if hardly else "All can be known from these targets."
    return (
        f"{len(trials.truths)} trials with true values from all over the ranges. 90 % intervals cover "
        f"{_in_100(trials.coverage())} of the pairs of trial and parameter. {told}\n\n{_table(rows, list(rows[0]))}"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
