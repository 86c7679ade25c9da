"""Kernels: functions that are written as plain Python, put together by an engine, and compiled when they are needed.

A kernel is only *marked* here, so that a rule can be read, tested and described without a compiler. Whoever runs it
(an :class:`EntryPoint`) binds it to the kernels that it calls, puts others in their place where asked, and compiles
the whole.

numba's own cache looks only at the file of the function it stores, so a rule changed in another file would be missed.
Here the stamp of every stored kernel is a hash of the sources of *all* kernels. They are kept in the user's cache
folder; where that cannot be written, kernels are compiled at each start.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CellType, CodeType, FunctionType
from typing import Any, TypeVar

import numpy as np
import platformdirs

__all__ = [
    "EntryPoint",
    "bound",
    "cache_folder",
    "entry_point",
    "inlined_kernel",
    "is_compiled",
    "is_kernel",
    "kernel",
    "kernels_called_by",
    "say_when_compiling",
    "sources_hash",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = Path(__file__).parent.parent
_SOURCES = (
    "compilation.py", "kernel_cache.py", "terms.py", "rule.py", "rulebook.py", "parameters.py", "chance.py",
    "organisation.py", "plan.py", "state.py", "mechanisms/*.py", "weekly.py", "week.py", "meanfield/week.py",
    "dashboard/recorder.py",
)  # fmt: skip
"""Files that hold kernels, or constants that are compiled into them."""

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Python never calls a kernel that another calls: what would let it do so takes a third of the time to compile."""

_MARK = "__kernel_options__"


# --- what is a kernel -------------------------------------------------------------------------------------------------


def kernel(function: Function) -> Function:
    """Mark a function that other kernels call; it is compiled as a part of the entry point that calls it."""
    setattr(function, _MARK, _OPTIONS)
    return function


def inlined_kernel(function: Function) -> Function:
    """Mark a small function whose body is copied to where it is called."""
    setattr(function, _MARK, {"inline": "always", **_OPTIONS})
    return function


def is_kernel(value: Any) -> bool:
    """Tell whether something is a function marked as a kernel."""
    return isinstance(value, FunctionType) and hasattr(value, _MARK)


def kernels_called_by(function: Callable[..., Any]) -> dict[str, FunctionType]:
    """Return the kernels that a function calls, by the names of its globals."""
    unwrapped = function.function if isinstance(function, EntryPoint) else function
    assert isinstance(unwrapped, FunctionType)
    found: dict[str, FunctionType] = {}
    for name in globals_in(unwrapped.__code__):
        value = unwrapped.__globals__.get(name)
        if isinstance(value, EntryPoint):
            value = value.function
        if isinstance(value, FunctionType) and is_kernel(value):
            found[name] = value
    return found


def globals_in(code: CodeType) -> Iterator[str]:
    """Yield the names of the globals that a code loads; its attributes may have the same names."""
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            yield instruction.argval
        elif isinstance(instruction.argval, CodeType):
            yield from globals_in(instruction.argval)


# --- put together -----------------------------------------------------------------------------------------------------


def bound(
    function: Callable[..., Any],
    exchanged: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
    finish: Callable[[FunctionType], Any] = lambda function: function,
) -> Any:
    """Return a kernel that calls the right kernels.

    Parameters
    ----------
    function : the kernel
    exchanged : kernels that take the place of others, wherever these are called
    finish : what is made of each bound kernel: nothing, or its compiled form

    Examples
    --------
    >>> one, two, answer = kernel(lambda: 1), kernel(lambda: 2), kernel(lambda: one())
    >>> globals()["one"] = one
    >>> bound(answer)(), bound(answer, {one: two})()
    (1, 2)
    """
    return _Binding(exchanged or {}, finish)(function)


class _Binding:
    def __init__(
        self,
        exchanged: Mapping[Callable[..., Any], Callable[..., Any]],
        finish: Callable[[FunctionType], Any],
    ) -> None:
        self._exchanged, self._finish = exchanged, finish
        self._made: dict[Callable[..., Any], Any] = {}

    def __call__(self, function: Callable[..., Any]) -> Any:
        chosen = self._exchanged.get(function, function)
        if chosen not in self._made:
            self._made[chosen] = self._finish(self._copy(chosen))
        return self._made[chosen]

    def _copy(self, function: Any) -> FunctionType:
        called = {name: self(value) for name, value in kernels_called_by(function).items()}
        cells = tuple(map(self._cell, function.__closure__ or ()))
        copy = FunctionType(
            function.__code__, {**function.__globals__, **called}, function.__name__, function.__defaults__, cells
        )
        copy.__dict__.update(function.__dict__)
        copy.__qualname__ = function.__qualname__
        return copy

    def _cell(self, cell: CellType) -> CellType:
        return CellType(self(cell.cell_contents)) if is_kernel(cell.cell_contents) else cell


class EntryPoint:
    """A kernel that Python calls: compiled at its first call, and kept between processes.

    Parameters
    ----------
    function : the kernel; it has no closure, which numba's cache could not tell apart
    exchanged : kernels that take the place of others, wherever these are called
    key : what tells these kernels from others in the cache; empty for those that come with the package
    """

    def __init__(
        self,
        function: Callable[..., Any],
        exchanged: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
        key: str = "",
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.key = key
        self._exchanged = exchanged or {}
        self._lock = threading.Lock()
        self._compiled: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled kernel."""
        return (self._compiled or self.compiled())(*arguments)

    def compiled(self) -> Any:
        """Return numba's dispatcher of the kernel."""
        with self._lock:
            if self._compiled is None:
                self._compiled = self._compile()
        return self._compiled

    def interpreted(self) -> Callable[..., Any]:
        """Return the same as plain Python, with the same kernels in the place of others."""
        made: Callable[..., Any] = bound(self.function, self._exchanged)
        return made

    def _compile(self) -> Any:
        import numba

        def finish(function: FunctionType) -> Any:
            inner = {} if function.__code__ is self.function.__code__ else _INNER
            return numba.njit(**getattr(function, _MARK), **inner)(function)

        compiled = bound(self.function, self._exchanged, finish)
        folder = cache_folder(self.key)
        if folder is not None and not _is_interpreted():
            from sim.base.kernel_cache import KernelCache

            compiled._cache = KernelCache(compiled.py_func, folder, sources_hash(self.key))
        return compiled


def entry_point(function: Callable[..., Any]) -> EntryPoint:
    """Mark a kernel that Python calls."""
    return EntryPoint(kernel(function))


# --- the cache --------------------------------------------------------------------------------------------------------


@cache
def sources_hash(key: str = "") -> str:
    """Return the hash of everything a compiled kernel depends on: sources, numba, numpy and Python versions.

    ``key`` : of kernels that do not come with the package
    """
    import numba

    digest = hashlib.sha256(f"{numba.__version__} {np.__version__} {sys.version}".encode())
    for pattern in _SOURCES:
        for path in sorted(_PACKAGE.glob(pattern)):
            digest.update(path.relative_to(_PACKAGE).as_posix().encode())
            digest.update(path.read_bytes())
    digest.update(key.encode())
    return digest.hexdigest()[:20]


@cache
def cache_folder(key: str = "") -> Path | None:
    """Return the folder in which compiled kernels are kept, or None when no folder can be written.

    ``CULTURESHIFT_CACHE_DIR`` sets it; otherwise it is the user's cache folder.
    """
    chosen = os.environ.get("CULTURESHIFT_CACHE_DIR")
    folder = Path(chosen) if chosen else Path(platformdirs.user_cache_dir("cultureshift"))
    folder = folder / "kernels" / sources_hash(key)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError:
        return None
    return folder


def is_compiled(key: str = "") -> bool:
    """Tell whether compiled kernels are waiting in the cache."""
    folder = cache_folder(key)
    return folder is not None and any(folder.glob("*.nbc"))


def _is_interpreted() -> bool:
    """Tell whether numba has been told (NUMBA_DISABLE_JIT) to leave functions as they are."""
    import numba

    return bool(getattr(numba.config, "DISABLE_JIT"))  # noqa: B009 - set when numba is imported, so unknown to its types


def say_when_compiling(say: Callable[[str], None], key: str = "") -> None:
    """Call ``say`` with a sentence when the first run will have to compile."""
    if _is_interpreted() or is_compiled(key):
        return
    if cache_folder(key) is None:
        say("Compiling the model (about 15 seconds at each start: no folder to keep it in can be written).")
    else:
        say("Compiling the model for this machine (about 15 seconds, only the first time).")
