"""Where numba keeps the compiled kernels of an entry point; apart from :mod:`sim.base.compilation`, as it imports numba."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator

__all__ = ["KernelCache"]

_PLACE = "__kernel_cache__"


class _KernelLocator(_CacheLocator):
    """Where numba keeps a kernel, and the stamp that tells whether it is still right."""

    def __init__(self, py_func: Callable[..., Any], folder: Path, stamp: str) -> None:
        self._py_func = py_func
        self._folder, self._stamp = folder, stamp

    def get_cache_path(self) -> str:
        return str(self._folder)

    def get_source_stamp(self) -> str:
        return self._stamp

    def get_disambiguator(self) -> str:
        return str(self._py_func.__code__.co_firstlineno)

    @classmethod
    def from_function(cls, py_func: Callable[..., Any], py_file: str) -> _KernelLocator:
        return cls(py_func, *getattr(py_func, _PLACE))


class _KernelCacheImpl(CompileResultCacheImpl):
    # numba looks the list up on the class.
    _locator_classes = [_KernelLocator]  # type: ignore[list-item]  # noqa: RUF012


class KernelCache(FunctionCache):
    """numba's cache of a function, kept in a folder under a stamp."""

    _impl_class = _KernelCacheImpl

    def __init__(self, function: Callable[..., Any], folder: Path, stamp: str) -> None:
        setattr(function, _PLACE, (folder, stamp))  # where numba's own making of the cache looks it up
        super().__init__(function)  # type: ignore[no-untyped-call]
