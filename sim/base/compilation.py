"""Kernels: functions that are written as plain Python, put together by an engine, and compiled when they are needed.

A kernel is only *marked* here, so that a rule can be read, tested and described without a compiler. Whoever runs it
(an :class:`EntryPoint`) binds it to the kernels that it calls, puts others in their place where asked, and compiles
the whole.

Compiled kernels are kept in the user's cache folder (:mod:`sim.base.kernel_cache`); where that cannot be written, they
are compiled at each start.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CellType, CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from sim.base.kernel_cache import KernelCache

__all__ = [
    "EntryPoint",
    "array_kernel",
    "as_records",
    "bound",
    "column_kernel",
    "compiled_form",
    "entry_point",
    "inlined_kernel",
    "is_kernel",
    "kernel",
    "kernels_called_by",
    "say_when_compiling",
]

Function = TypeVar("Function", bound=Callable[..., Any])

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": False}
_INNER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Python never calls a kernel that another calls: what would let it do so takes a third of the time to compile."""

_IN_PLACE: dict[str, Any] = {"forceinline": True}
"""A world and a plan are some two hundred arguments: to pass them to every step takes a twentieth of a week's time."""

_UNCOUNTED: dict[str, Any] = {"_nrt": False}
"""Nobody counts who holds which array: where a kernel makes none, that takes a quarter of the time to compile."""

_MARK = "__kernel_options__"
_ARE_APART = "arrays_are_apart"
_NAME_DIGITS = 16


# --- what is a kernel -------------------------------------------------------------------------------------------------


def kernel(function: Function) -> Function:
    """Mark a function that other kernels call; it is compiled as a part of the entry point that calls it.

    In the package it makes no array (see :func:`array_kernel`); one from outside may.
    """
    setattr(function, _MARK, _OPTIONS | (_UNCOUNTED if _is_of_the_package(function) else {}))
    return function


def inlined_kernel(function: Function) -> Function:
    """Mark a small function whose body is copied to where it is called."""
    return _marked(kernel(function), forceinline=True)


def array_kernel(function: Function) -> Function:
    """Mark a kernel that makes arrays, or calls one that returns an array that it made."""
    return _marked(kernel(function), _nrt=True)


def column_kernel(function: Function) -> Function:
    """Mark a kernel that runs down columns, with several people to one instruction of the processor.

    The compiler does so if the loop has no branch and calls nothing that is not inlined, and because it may rely on
    this: no two arrays that the kernel is given overlap, and what it writes is reached through one argument only.
    """
    return _marked(kernel(function), **{_ARE_APART: True})


def _marked(function: Function, **options: Any) -> Function:
    setattr(function, _MARK, getattr(function, _MARK) | options)
    return function


def _is_of_the_package(function: Callable[..., Any]) -> bool:
    return function.__module__.partition(".")[0] == __name__.partition(".")[0]


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
        self._wires: list[str] = []

    @property
    def wiring(self) -> str:
        """Which kernel calls which, by name: kernels of one name that call others are other kernels."""
        return "; ".join(sorted(self._wires))

    def __call__(self, function: Callable[..., Any]) -> Any:
        chosen = self._exchanged.get(function, function)
        if chosen not in self._made:
            self._made[chosen] = self._finish(self._copy(chosen))
        return self._made[chosen]

    def _copy(self, function: Any) -> FunctionType:
        kernels = kernels_called_by(function)
        called = {name: self(value) for name, value in kernels.items()}
        wires = [f"{name}={_full_name(self._exchanged.get(value, value))}" for name, value in kernels.items()]
        self._wires.append(f"{_full_name(function)}({', '.join(wires)})")
        cells = tuple(map(self._cell, function.__closure__ or ()))
        copy = FunctionType(
            function.__code__, {**function.__globals__, **called}, function.__name__, function.__defaults__, cells
        )
        copy.__dict__.update(function.__dict__)
        copy.__qualname__ = function.__qualname__
        return copy

    def _cell(self, cell: CellType) -> CellType:
        return CellType(self(cell.cell_contents)) if is_kernel(cell.cell_contents) else cell


def _full_name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


class EntryPoint:
    """A kernel that Python calls: compiled at its first call, and kept between processes.

    Parameters
    ----------
    function : the kernel; it has no closure, which numba's cache could not tell apart
    exchanged : kernels that take the place of others, wherever these are called
    key : what tells these kernels from others in the cache; empty for those that come with the package
    called_once : kernels that are called in one place; their code is put there
    """

    def __init__(
        self,
        function: Callable[..., Any],
        exchanged: Mapping[Callable[..., Any], Callable[..., Any]] | None = None,
        key: str = "",
        called_once: Iterable[Callable[..., Any]] = (),
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.key = key
        self._exchanged = exchanged or {}
        self._called_once = {kernel.__code__ for kernel in called_once}
        self._lock = threading.Lock()
        self._compiled: Any = None
        self._cache: KernelCache | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call the compiled kernel."""
        try:
            return (self._compiled or self.compiled())(*arguments)
        except BaseException:
            if self._cache is not None:
                self._cache.end_turn()
            raise

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
        if _is_interpreted():
            return _for_python(self.interpreted())
        from sim.base.kernel_cache import KernelCache

        binding = _Binding(self._exchanged, lambda function: function)
        binding(self.function)
        key = f"{self.key} {binding.wiring}"
        own = hashlib.sha256(f"{_full_name(self.function)} {key}".encode()).hexdigest()[:_NAME_DIGITS]

        def finish(function: FunctionType) -> Any:
            # Code is linked by name, and what another process has compiled may have the names of what is compiled here.
            function.__qualname__ += f"_{own}"
            is_inner = function.__code__ is not self.function.__code__
            return compiled_form(function, is_inner, is_called_once=function.__code__ in self._called_once)

        compiled = bound(self.function, self._exchanged, finish)
        compiled._cache = self._cache = KernelCache(self.function, key, _say_compiling)
        return compiled


def compiled_form(function: FunctionType, is_inner: bool = True, is_called_once: bool = False) -> Any:
    """Return numba's dispatcher of a bound kernel, which compiles it as its mark says.

    Parameters
    ----------
    function : the kernel
    is_inner : whether only other kernels call it
    is_called_once : whether it is called in one place, and may stand there
    """
    import numba

    from sim.base.kernel_cache import ApartCompiler

    options = getattr(function, _MARK) | (_INNER if is_inner else {}) | (_IN_PLACE if is_called_once else {})
    if options.pop(_ARE_APART, False):
        options["pipeline_class"] = ApartCompiler
    return numba.njit(**options)(function)


def entry_point(function: Callable[..., Any]) -> EntryPoint:
    """Mark a kernel that Python calls."""
    return EntryPoint(array_kernel(function))


# --- without compilation ----------------------------------------------------------------------------------------------


def _is_interpreted() -> bool:
    """Tell whether numba has been told (NUMBA_DISABLE_JIT) to leave functions as they are."""
    import numba

    return bool(getattr(numba.config, "DISABLE_JIT"))  # noqa: B009 - set when numba is imported, so unknown to its types


def _for_python(function: Function) -> Function:
    """Return a kernel that Python can run as it is written, some hundred times slower."""

    @functools.wraps(function)
    def run(*arguments: Any) -> Any:
        # As in compiled code, whole numbers overflow (Philox does so on purpose), and division by zero is no error.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            return function(*map(as_records, arguments))

    return run  # type: ignore[return-value]


def as_records(value: Any) -> Any:
    """Return the same value in a form in which Python, too, can say ``team.control``; nothing is copied.

    Arrays of records give their fields as attributes, also within named tuples, and whole numbers have 64 bits.
    """
    if isinstance(value, np.ndarray):
        return value.view(np.recarray) if value.dtype.names else value
    if isinstance(value, tuple) and hasattr(value, "_make"):
        return value._make(map(as_records, value))
    return np.int64(value) if type(value) is int else value


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
        say("Compiling the model for this machine (about a minute, only the first time).")
    else:
        say("Compiling the model (about a minute at each start: no folder to keep it in can be written).")
