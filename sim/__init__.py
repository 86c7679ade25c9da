"""Cultureshift: how a culture of psychological safety takes hold in a health-care service, or fades.

The names below are the public ones. Each is loaded when it is first used, so that importing this package costs nothing
and does nothing; nor does it load anything, as Ctrl-C cannot be answered before it is imported.

Examples
--------
>>> from sim import load_scenario, run_paired
>>> paired = run_paired(load_scenario("shoestring-year").replace(weeks=8), replicates=2)
>>> paired.gain().shape
(2, 9)
"""

# What type checkers and editors see is in __init__.pyi.
_HOME = {
    "results.arms": ("run_arms",),
    "results.comparison": ("differences",),
    "results.ensemble": ("Ensemble", "PairedEnsemble", "run_ensemble", "run_paired"),
    "base.version": ("__version__",),
    "base.errors": ("CultureshiftError", "Fault", "InputError", "OutputError"),
    "inputs.draws": ("Draws", "draws"),
    "inputs.interventions": ("KINDS",),
    "results.measures": ("Interval",),
    "results.people": ("run_people",),
    "results.ranges": ("OutcomeRange", "ScenarioRange"),
    "engine.mesa_model": ("CultureModel",),
    "inputs.organisation": ("Organisation", "OrganisationShape", "StaffGroup", "generate"),
    "results.run_folder": ("read_manifest", "write_run"),
    "rulebook.parameters": ("Parameters", "describe"),
    "plots": ("draw_comparison", "draw_run", "figure_bytes"),
    "report": ("answer",),
    "engine.run": ("PreparedRun", "prepare"),
    "inputs.scenario.description": ("Scenario", "build_organisation"),
    "inputs.scenario.files": (
        "apply_settings",
        "check_file",
        "load_scenario",
        "scenario_to_toml",
        "shipped_scenarios",
        "write_scenario",
    ),
    "inputs.tables": ("read_organisation", "write_organisation"),
    "study.ranges": ("range_of",),
    "engine.ties": ("build_network",),
    "engine.recorder": ("MEASURES", "Measure"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [*_MODULE_OF]


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for."""
    from importlib import import_module

    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
