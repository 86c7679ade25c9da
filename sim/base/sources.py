"""What the package's own code is: which modules a module needs, and a hash of what all of them say.

A hash is of the code, not of its text: comments, docstrings and line breaks do not count, nor does the version of
Python. Modules are found by following imports, so that there is no list to forget one in; only what carries bytes to
and from the disk does not count: another lock of a file must not end a week-long study. Reading code takes a while, so
what a text was found to say is kept in the user's cache folder under the hash of that text.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.base.cache import DamagedError, discard, keep, kept
from sim.base.own_folder import cache_folder

__all__ = ["code_hash", "modules_behind"]

_PACKAGE = __name__.partition(".")[0]
_MOST_KEPT = 2000
_CARRY_BYTES = frozenset(f"{_PACKAGE}.base.{name}" for name in ("cache", "files", "locks", "own_folder", "unfinished"))
"""These give back what was written, or say that they cannot, and know nothing of a model."""

_FINDS_MODULES = "pkgutil.iter_modules"
"""What a package imports that loads every module in its folder: then all of them count."""


class _Module(NamedTuple):
    """What a module says: the names that it imports, and a hash of its code."""

    imports: tuple[str, ...]
    code: str


def code_hash(*roots: str) -> str:
    """Return a hash of the code of some modules, and of all modules of the package that they import and that count.

    Parameters
    ----------
    roots : full names of modules

    Raises
    ------
    ModuleNotFoundError : there is no such module
    """
    return _package().code_hash(roots)


def modules_behind(*roots: str) -> tuple[str, ...]:
    """Return the names of some modules and of all that they import of the package and that count, sorted."""
    return tuple(sorted(_package().closure(roots)))


@cache
def _package() -> Sources:
    return Sources(Path(sys.modules[_PACKAGE].__path__[0]))


class Sources:
    """The modules of a copy of the package, each read once, and remembered between processes.

    Parameters
    ----------
    folder : where the package's modules are
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, _Module] = {}
        self._hashes: dict[Sequence[str], str] = {}
        self._memory = _Memory()

    def code_hash(self, roots: Sequence[str]) -> str:
        """Return a hash of the code of some modules, and of all that they import."""
        if roots not in self._hashes:
            said = [f"{name} {module.code}\n" for name, module in sorted(self.closure(roots).items())]
            self._hashes[roots] = hashlib.sha256("".join(said).encode()).hexdigest()
        return self._hashes[roots]

    def closure(self, roots: Sequence[str]) -> dict[str, _Module]:
        """Return some modules, and all of the package that they import and that count, by name."""
        missing = [root for root in roots if self._path_of(root) is None]
        if missing:
            raise ModuleNotFoundError(f"there is no module {missing[0]}", name=missing[0])
        found: dict[str, _Module] = {}
        waiting = list(roots)
        while waiting:
            name = waiting.pop()
            module = None if name in found or name in _CARRY_BYTES else self._module(name)
            if module is not None:
                found[name] = module
                # Python runs the packages around a module as well.
                waiting += [*module.imports, name.rpartition(".")[0]]
                if _FINDS_MODULES in module.imports:
                    waiting += self._modules_in(name)
        self._memory.keep()
        return found

    def _module(self, name: str) -> _Module | None:
        """Return a module; None if the name is none of the package's modules (but, say, a function in one)."""
        if name not in self._read:
            # The outermost package only loads public names when they are asked for.
            path = None if name == _PACKAGE else self._path_of(name)
            if path is None:
                return None
            self._read[name] = self._memory.read(name, path)
        return self._read[name]

    def _modules_in(self, package: str) -> list[str]:
        """Return the modules of a package that loads whatever lies in its folder."""
        folder = self._folder.joinpath(*package.split(".")[1:])
        return [f"{package}.{path.stem}" for path in sorted(folder.glob("*.py")) if path.stem != "__init__"]

    def _path_of(self, name: str) -> Path | None:
        package, *parts = name.split(".")
        if package != _PACKAGE:
            return None
        place = self._folder.joinpath(*parts)
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                return path
        return None


class _Memory:
    """What texts were found to say, under the hashes of these texts; kept in the user's cache folder."""

    def __init__(self) -> None:
        folder = cache_folder("sources")
        own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:20]
        self._path = None if folder is None else folder / f"{own}.json"
        self._known = {} if self._path is None else _known_in(self._path)
        self._has_news = False

    def read(self, name: str, path: Path) -> _Module:
        """Return what a module says."""
        text = path.read_bytes()
        key = hashlib.sha256(f"{name} {path.name}\n".encode() + text).hexdigest()
        if key not in self._known:
            tree = ast.parse(text)
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            code = hashlib.sha256(" ".join(_said_by(tree)).encode()).hexdigest()
            self._known[key] = _Module(tuple(sorted(set(_imported_by(tree, package)))), code)
            self._has_news = True
        return self._known[key]

    def keep(self) -> None:
        """Keep what was found out in this process for the next."""
        if self._path is not None and self._has_news:
            latest = dict(list(self._known.items())[-_MOST_KEPT:])
            keep(self._path, json.dumps(latest).encode())
            self._has_news = False


def _known_in(path: Path) -> dict[str, _Module]:
    try:
        content = kept(path)
    except DamagedError:
        discard(path)  # It is found out anew in a moment; nobody need hear of it.
        return {}
    return {key: _Module(tuple(imports), code) for key, (imports, code) in json.loads(content or b"{}").items()}


# --- reading code -----------------------------------------------------------------------------------------------------


def _imported_by(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the full names that code imports while it runs, be they modules or what lies in them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            for other in child.orelse:
                yield from _imported_by(ast.Module([other], []), package)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            around = package.split(".")[: len(package.split(".")) + 1 - child.level] if child.level else []
            module = ".".join([*around, *([child.module] if child.module else [])])
            yield from (module, *(f"{module}.{alias.name}" for alias in child.names))
        elif isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _imported_by(child, package)


def _said_by(node: Any) -> Iterator[str]:
    """Yield the words of a syntax tree, without remarks, and without what differs between versions of Python."""
    if isinstance(node, ast.AST):
        yield type(node).__name__
        for field in node._fields:
            value = getattr(node, field, None)
            if value is not None and value != [] and field not in ("ctx", "type_ignores", "type_comment", "kind"):
                yield field
                yield from _said_by(value)
    elif isinstance(node, list):
        yield "("
        for item in _without_remarks(node):
            yield from _said_by(item)
        yield ")"
    else:
        yield repr(node)


def _without_remarks(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield all but strings that stand alone: docstrings of modules, functions, classes and constants."""
    for node in nodes:
        value = node.value if isinstance(node, ast.Expr) else None
        if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
            yield node
