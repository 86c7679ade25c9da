"""Cultureshift: how a culture of psychological safety takes hold in a health-care service, or fades.

The names below are the public ones. Each is loaded when it is first used, so that importing this package costs nothing
and does nothing.

Examples
--------
>>> from sim import load_scenario, run_paired
>>> paired = run_paired(load_scenario("shoestring-year").replace(weeks=8), replicates=2)
>>> paired.gain().shape
(2, 9)
"""

from importlib import import_module
from typing import Any

from sim.version import __version__

# What type checkers and editors see is in __init__.pyi.
_HOME = {
    "comparison": ("differences",),
    "ensemble": ("Ensemble", "PairedEnsemble", "run_ensemble", "run_paired"),
    "errors": ("CultureshiftError", "Fault", "InputError", "OutputError"),
    "interventions": ("KINDS",),
    "measures": ("Interval",),
    "model": ("CultureModel",),
    "organisation": ("Organisation", "OrganisationShape", "StaffGroup", "generate"),
    "outputs": ("read_manifest", "write_run"),
    "parameters": ("Parameters", "describe"),
    "plots": ("draw_comparison", "draw_run", "figure_bytes"),
    "report": ("answer",),
    "run": ("PreparedRun", "prepare"),
    "scenario": ("Scenario", "build_organisation"),
    "scenario_files": (
        "apply_settings",
        "check_file",
        "load_scenario",
        "scenario_to_toml",
        "shipped_scenarios",
        "write_scenario",
    ),
    "tables": ("read_organisation", "write_organisation"),
    "ties": ("build_network",),
    "weekly": ("MEASURES", "Measure"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "__version__",
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
