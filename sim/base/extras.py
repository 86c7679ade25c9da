"""Which feature needs which packages beside the usual ones, and how to install those that are missing.

The one table of it. A feature asks before it does anything else, so that nobody waits for runs whose answer cannot be
told.
"""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sim.base.errors import InputError

__all__ = ["FEATURES", "Feature", "how_to_install", "missing_packages", "require"]


@dataclass(frozen=True)
class Feature:
    """Something that works only with packages of an extra.

    Parameters
    ----------
    extra : name of the extra, as in ``pip install '.[analysis]'``
    modules : what is imported for it
    """

    extra: str
    modules: tuple[str, ...]


_WEB = ("solara", "solara_assets", "starlette", "uvicorn", "ipyvue", "ipyvuetify", "reacton", "segno")

FEATURES: dict[str, Feature] = {
    "dashboard": Feature("dashboard", _WEB),
    "room": Feature("dashboard", _WEB),
    "sensitivity": Feature("analysis", ("SALib",)),
    "calibrate": Feature("analysis", ("emcee", "sklearn")),
    "calibrate --search": Feature("analysis", ("optuna",)),
    "discover": Feature("analysis", ("sklearn",)),
    "budget": Feature("analysis", ("optuna",)),
    "study sql": Feature("analysis", ("duckdb",)),
    "--dask": Feature("cluster", ("dask", "distributed")),
    "film as MP4": Feature("film", ("imageio_ffmpeg",)),
}
"""Every feature that needs more than the usual packages."""


def missing_packages(feature: str) -> list[str]:
    """Return the modules that a feature needs and that are not installed; none of them is imported.

    Examples
    --------
    >>> missing_packages("study sql")
    []
    """
    return [module for module in FEATURES[feature].modules if find_spec(module) is None]


def require(feature: str) -> None:
    """Make sure that a feature has its packages.

    Raises
    ------
    InputError : packages are missing; it says how to install them
    """
    if missing := missing_packages(feature):
        extra = FEATURES[feature].extra
        wanted = f'the packages of the extra "{extra}"'
        raise InputError.single(feature, wanted, f"Python without {', '.join(missing)}", how_to_install(extra))


def how_to_install(extra: str) -> str:
    """Return how to install an extra from where Cultureshift came from; the package index does not have it."""
    source, is_editable = _installed_from()
    if source is None:
        return f"install them with: pip install '.[{extra}]' in the folder of Cultureshift"
    # The shell of Windows knows double quotes alone.
    target = f'"{source}[{extra}]"' if os.name == "nt" else shlex.quote(f"{source}[{extra}]")
    return f"install them with: pip install {'--editable ' if is_editable else ''}{target}"


def _installed_from() -> tuple[Path | None, bool]:
    """Return the folder or the wheel that Cultureshift was installed from, if it is still there; and whether editable.

    Installers note it in ``direct_url.json`` (PEP 610).
    """
    try:
        noted = json.loads(metadata.distribution("cultureshift").read_text("direct_url.json") or "{}")
        address = urlsplit(noted["url"])
        path = Path(url2pathname(address.path))
        is_there = address.scheme == "file" and (path.is_file() or (path / "pyproject.toml").is_file())
        return (path if is_there else None), bool(noted.get("dir_info", {}).get("editable"))
    except (metadata.PackageNotFoundError, OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, False
