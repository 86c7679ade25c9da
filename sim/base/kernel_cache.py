"""Where compiled kernels are kept: never out of date, never damaged, never somebody else's.

numba's own cache looks only at the file of the function it stores, so a rule changed in another file would be missed;
and it loads whatever lies in its folder. Here each stored kernel is named by a hash of the code of its module and of
all modules behind that, and it is loaded only if it is, byte by byte, what was written. Apart from
:mod:`sim.base.compilation`, as it imports numba.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import llvmlite
import numba
import numpy as np
from numba.core.caching import _Cache
from numba.core.compiler import CompilerBase, CompileResult, DefaultPassBuilder
from numba.core.serialize import dumps

from sim.base.cache import DamagedError, discard, give_back_turn, keep, kept, wait_for_turn
from sim.base.own_folder import cache_folder, say_once
from sim.base.sources import code_hash

__all__ = ["ApartCompiler", "KernelCache"]

_ENDING = ".kernel"


class ApartCompiler(CompilerBase):
    """numba's compiler, told that no two arrays that a function is given overlap."""

    def define_pipelines(self) -> list[Any]:
        """Return numba's usual steps."""
        self.state.flags.noalias = True
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]  # type: ignore[no-untyped-call]


class KernelCache(_Cache):  # type: ignore[misc,unused-ignore]
    """The compiled forms of one kernel, one file for each signature and processor.

    numba asks it before it compiles, and hands it what was compiled.

    Parameters
    ----------
    function : the kernel
    key : what tells it from kernels of the same name that call others; empty for those that come with the package
    on_compiling : called, with whether it can be kept, when a form has to be compiled
    """

    def __init__(self, function: Callable[..., Any], key: str, on_compiling: Callable[[bool], None]) -> None:
        self._function, self._key, self._on_compiling = function, key, on_compiling
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._is_enabled = True
        self._turn: IO[bytes] | None = None

    @property
    def cache_path(self) -> str | None:
        """The folder in which kernels are kept."""
        folder = cache_folder("kernels")
        return None if folder is None else str(folder)

    def enable(self) -> None:
        """Keep and load."""
        self._is_enabled = True

    def disable(self) -> None:
        """Neither keep nor load."""
        self._is_enabled = False

    def flush(self) -> None:
        """Discard what is kept of this kernel."""
        folder = cache_folder("kernels")
        for path in () if folder is None else folder.glob(f"{self._name}-*{_ENDING}"):
            discard(path)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the compiled form for a signature, None if it has to be compiled.

        A form that another process is compiling is waited for: together they would take twice as long.
        """
        target.refresh()
        path = self._path(signature, target.codegen())
        found = None if path is None else self._load(path, target)
        if found is None:
            self._on_compiling(path is not None)
        if found is None and path is not None:
            self._turn = wait_for_turn(path)
            found = self._load(path, target)
        if found is not None:
            self.end_turn()
        return found

    def end_turn(self) -> None:
        """Let others compile what was to be compiled here: it has been, or it could not be."""
        if self._turn is not None:
            give_back_turn(self._turn)
            self._turn = None

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
        self.end_turn()

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        folder = cache_folder("kernels")
        if folder is None or not self._is_enabled:
            return None
        versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version)
        settings = sorted((name, value) for name, value in os.environ.items() if name.startswith("NUMBA_"))
        decides = (
            code_hash(self._function.__module__),
            self._key,
            str(signature),
            codegen.magic_tuple(),
            versions,
            settings,
        )
        return folder / f"{self._name}-{hashlib.sha256(repr(decides).encode()).hexdigest()[:32]}{_ENDING}"


def _parts(content: bytes) -> Any:
    """Return the parts of a compiled form; a seal vouches for the bytes, but not for all that they call upon."""
    try:
        return pickle.loads(content)
    except Exception as error:  # whatever an unpickler raises
        raise DamagedError(f"{type(error).__name__}: {error}") from error
