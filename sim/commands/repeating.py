"""Repeating a run from its manifest, and saying whether every bit is the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.base.errors import InputError
from sim.commands.console import notice, say
from sim.commands.judging import judging
from sim.commands.preparing import run_pairs

if TYPE_CHECKING:
    from sim.inputs.scenario.description import Scenario
    from sim.results.run_folder import Manifest
    from sim.rulebook.rulebook import Rulebook

__all__ = ["repeat"]

DIFFERENT = 1
"""Exit code when a repeated run gives other results."""


def repeat(
    path: Path,
    rulebook: Rulebook,
    organisation: Path | None,
    out: Path | None,
    force: bool,
    workers: int | None,
    quiet: bool,
    as_json: bool,
    csv: bool,
) -> None:
    """Repeat a run or a comparison, print its answer, and say whether the results are the same bits.

    Raises
    ------
    InputError : the manifest has faults, or rules of one's own or the organisation's tables are not those of the run
    """
    import typer

    from sim.base.version import what_differs
    from sim.commands.run import check_out, tell, write_files
    from sim.results.run_folder import read_manifest, weekly_digest

    with judging() as judge:
        manifest = judge(read_manifest, path, rulebook)
        judge(check_out, out, force, csv)
    if told := what_differs("This run", manifest.contract):
        notice(told)
    pairs = [(_placed(arm, organisation), _placed(other, organisation)) for arm, other in manifest.pairs]
    _check_organisations(manifest, [arm for arm, _ in pairs])
    ran = run_pairs(pairs, manifest.replicates, manifest.seed, workers, quiet or as_json, manifest.measures)
    write_files(ran, out, force, csv)
    tell(ran, out, quiet, as_json)
    if weekly_digest(ran) == manifest.weekly_digest:
        (notice if as_json else say)("The results are the same as those of the manifest, bit by bit.")
        return
    notice("The results differ from those of the manifest.")
    for difference in _differences(manifest):
        notice(f"  {difference}")
    raise typer.Exit(DIFFERENT)


def _placed(scenario: Scenario, organisation: Path | None) -> Scenario:
    """Return the scenario with its tables where they are now."""
    if organisation is None or scenario.tables is None:
        return scenario
    return scenario.replace(tables=str(organisation.resolve()))


def _check_organisations(manifest: Manifest, arms: list[Scenario]) -> None:
    from sim.inputs.scenario.description import build_organisation
    from sim.results.run_folder import organisation_digest

    for scenario, digest in zip(arms, manifest.organisations, strict=True):
        if scenario.tables is not None and organisation_digest(build_organisation(scenario)) != digest:
            wanted, came = "the tables of the run", "tables that have changed since"
            raise InputError.single(scenario.tables, wanted, came, "--organisation DIR says where the old ones are")


def _differences(manifest: Manifest) -> list[str]:
    """Return how this machine differs from that of the run."""
    from sim.base.version import __version__
    from sim.results.run_folder import environment

    now = {"cultureshift": __version__, **environment()}
    then = {"cultureshift": manifest.version, **manifest.environment}
    told = [f"{name}: {then[name]} then, {now[name]} now" for name in then if now.get(name, then[name]) != then[name]]
    return told or ["Versions and platform are as they were."]
