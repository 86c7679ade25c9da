"""Compiled functions, and a cache of them that is safe when any kernel's source changes.

numba's own cache looks only at the file of the function it stores, so a rule changed in another file would be missed.
Here the stamp of every stored kernel is a hash of the sources of *all* kernels. They are kept in the user's cache
folder; where that cannot be written, kernels are compiled at each start.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
import numpy as np
import platformdirs
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

__all__ = ["cache_folder", "entry_point", "is_compiled", "kernel", "say_when_compiling", "sources_hash"]

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent.parent
_SOURCES = (
    "base/compilation.py", "base/chance.py", "rules/*.py", "inputs/organisation.py", "engine/plan.py",
    "engine/state.py", "engine/recorder.py", "engine/week.py", "meanfield/week.py", "dashboard/recorder.py",
)  # fmt: skip
"""Files that hold kernels, or constants that are compiled into them."""

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}


@cache
def sources_hash() -> str:
    """Return the hash of everything a compiled kernel depends on: sources, numba, numpy and Python versions."""
    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {sys.version}".encode())
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


@cache
def cache_folder() -> Path | None:
    """Return the folder in which compiled kernels are kept, or None when no folder can be written.

    ``CULTURESHIFT_CACHE_DIR`` sets it; otherwise it is the user's cache folder.
    """
    chosen = os.environ.get("CULTURESHIFT_CACHE_DIR")
    folder = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cultureshift"))
    folder = folder / "kernels" / sources_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return None
    return folder


class _KernelLocator(_CacheLocator):
    """Where numba keeps a kernel, and the stamp that tells whether it is still right."""

    def __init__(self, py_func: Callable[..., Any], folder: Path) -> None:
        self._py_func = py_func
        self._folder = folder

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return sources_hash()

    def get_disambiguator(self) -> str:
        return str(self._py_func.__code__.co_firstlineno)

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> _KernelLocator | None:
        folder = cache_folder()
        return None if folder is None else cls(py_func, folder)


class _KernelCacheImpl(CompileResultCacheImpl):
    _locator_classes = [_KernelLocator]  # noqa: RUF012 - numba looks the list up on the class


class _KernelCache(FunctionCache):
    _impl_class = _KernelCacheImpl


def kernel(function: Function) -> Function:
    """Compile a function that other kernels call; it is stored as a part of the entry point that calls it."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def inlined_kernel(function: Function) -> Function:
    """Compile a small function whose body is copied to where it is called."""
    return numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]


def entry_point(function: Function) -> Function:
    """Compile a kernel that Python calls, and keep the compiled code between processes."""
    compiled = numba.njit(**_OPTIONS)(function)
    if cache_folder() is not None and not _is_interpreted():
        compiled._cache = _KernelCache(function)  # type: ignore[no-untyped-call]
    return compiled  # type: ignore[no-any-return]


def is_compiled() -> bool:
    """Tell whether compiled kernels are waiting in the cache."""
    folder = cache_folder()
    return folder is not None and any(folder.glob("*.nbc"))


def _is_interpreted() -> bool:
    """Tell whether numba has been told (NUMBA_DISABLE_JIT) to leave functions as they are."""
    return bool(getattr(numba.config, "DISABLE_JIT"))  # noqa: B009 - set when numba is imported, so unknown to its types


def say_when_compiling(say: Callable[[str], None]) -> None:
    """Call ``say`` with a sentence when the first run will have to compile."""
    if _is_interpreted() or is_compiled():
        return
    if cache_folder() is None:
        say("Compiling the model (about 15 seconds at each start: no folder to keep it in can be written).")
    else:
        say("Compiling the model for this machine (about 15 seconds, only the first time).")
