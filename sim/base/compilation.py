"""Compiled functions, and a cache of them that is safe: never out of date, never damaged, never somebody else's.

numba's own cache looks only at the file of the function it stores, so a rule changed in another file would be missed;
and it loads whatever lies in its folder. Here each stored kernel is named by a hash of the code of its module and of
all modules behind that, and it is loaded only if it is, byte by byte, what was written.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import llvmlite
import numba
import numpy as np
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sim.base.cache import DamagedError, discard, folder_for, keep, kept, say_once
from sim.base.sources import code_hash

__all__ = ["entry_point", "inlined_kernel", "kernel", "say_when_compiling"]

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
_ENDING = ".kernel"


def kernel(function: Function) -> Function:
    """Compile a function that other kernels call; it is stored as a part of the entry point that calls it."""
    return numba.njit(**_OPTIONS)(function)  # type: ignore[no-any-return]


def inlined_kernel(function: Function) -> Function:
    """Compile a small function whose body is copied to where it is called."""
    return numba.njit(inline="always", **_OPTIONS)(function)  # type: ignore[no-any-return]


def entry_point(function: Function) -> Function:
    """Compile a kernel that Python calls, and keep the compiled code between processes."""
    if _is_interpreted():
        return _for_python(function)
    compiled = numba.njit(**_OPTIONS)(function)
    compiled._cache = _KernelCache(function)
    return compiled  # type: ignore[no-any-return]


# --- without compilation ----------------------------------------------------------------------------------------------


def _is_interpreted() -> bool:
    """Tell whether numba has been told (NUMBA_DISABLE_JIT) to leave functions as they are."""
    return bool(getattr(numba.config, "DISABLE_JIT"))  # noqa: B009 - set when numba is imported, so unknown to its types


def _for_python(function: Function) -> Function:
    """Return a kernel that Python can run as it is written, some hundred times slower."""

    @wraps(function)
    def run(*arguments: Any) -> Any:
        # As in compiled code, whole numbers overflow (Philox does so on purpose), and division by zero is no error.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return function(*map(as_records, arguments))

    return run  # type: ignore[return-value]


def as_records(value: Any) -> Any:
    """Return the same value in a form in which Python, too, can say ``person.safety``; nothing is copied.

    Arrays of records give their fields as attributes, also within named tuples, and whole numbers have 64 bits.
    """
    if isinstance(value, np.ndarray):
        return value.view(np.recarray) if value.dtype.names else value
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(as_records, value))
    return np.int64(value) if type(value) is int else value


# --- kept between processes -------------------------------------------------------------------------------------------


class _KernelCache(_Cache):  # type: ignore[misc,unused-ignore]
    """The compiled forms of one kernel, one file for each signature and processor.

    numba asks it before it compiles, and hands it what was compiled.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._is_enabled = True

    @property
    def cache_path(self) -> str | None:
        """The folder in which kernels are kept."""
        folder = folder_for("kernels")
        return None if folder is None else str(folder)

    def enable(self) -> None:
        """Keep and load."""
        self._is_enabled = True

    def disable(self) -> None:
        """Neither keep nor load."""
        self._is_enabled = False

    def flush(self) -> None:
        """Discard what is kept of this kernel."""
        folder = folder_for("kernels")
        for path in () if folder is None else folder.glob(f"{self._name}-*{_ENDING}"):
            discard(path)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the compiled form for a signature, None if it has to be compiled."""
        target.refresh()
        path = self._path(signature, target.codegen())
        found = None if path is None else self._load(path, target)
        if found is None:
            _say_compiling(can_be_kept=path is not None)
        return found

    def _load(self, path: Path, target: Any) -> Any:
        try:
            content = kept(path)
            if content is not None:
                return CompileResult._rebuild(target, *_parts(content))  # type: ignore[no-untyped-call]
        except DamagedError as error:
            discard(path)
            say_once("damaged", f"Compiled code in {path.parent} was damaged ({error}); it is compiled anew")
        return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep a compiled form."""
        path = self._path(signature, compiled.codegen)
        if path is not None and not compiled.library.has_dynamic_globals:
            keep(path, dumps(compiled._reduce()))  # type: ignore[no-untyped-call]

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        folder = folder_for("kernels")
        if folder is None or not self._is_enabled:
            return None
        versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version)
        settings = sorted((name, value) for name, value in os.environ.items() if name.startswith("NUMBA_"))
        decides = (code_hash(self._function.__module__), str(signature), codegen.magic_tuple(), versions, settings)
        return folder / f"{self._name}-{hashlib.sha256(repr(decides).encode()).hexdigest()[:32]}{_ENDING}"


def _parts(content: bytes) -> Any:
    """Return the parts of a compiled form; a seal vouches for the bytes, but not for all that they call upon."""
    try:
        return pickle.loads(content)
    except Exception as error:  # whatever an unpickler raises
        raise DamagedError(f"{type(error).__name__}: {error}") from error


# --- saying that it takes a while -------------------------------------------------------------------------------------

_say: Callable[[str], None] | None = None


def say_when_compiling(say: Callable[[str], None]) -> None:
    """Call ``say`` with a sentence once, as soon as something has to be compiled."""
    global _say
    _say = say


def _say_compiling(can_be_kept: bool) -> None:
    global _say
    say, _say = _say, None
    if say is None:
        return
    if can_be_kept:
        say("Compiling the model for this machine (about 15 seconds, only the first time).")
    else:
        say("Compiling the model (about 15 seconds at each start: no folder to keep it in can be written).")
