"""Not tests: a Python file that belongs to no package, as a module."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

__all__ = ["loaded"]

ROOT = Path(__file__).parents[1]


def loaded(path: str) -> ModuleType:
    """Return the module of a file of the project."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
