"""Every command of the command tree, taken from the tree itself: a new one joins by itself."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
import typer.main

import sim
from sim.commands import application

__all__ = ["COMMANDS", "commands", "stub_work", "words_for"]


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the words of each command, and the command."""
    yield from _below((), typer.main.get_command(application()))


def _below(words: tuple[str, ...], command: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(command, "commands"):
        yield words, command
        return
    if words and command.invoke_without_command:
        yield words, command
    for name, below in command.commands.items():
        yield from _below((*words, name), below)


COMMANDS = {" ".join(words): command for words, command in commands()}

_FITTING = {
    "scenario": ["place.toml"],
    "scenarios": ["place.toml", "shoestring-year"],
    "files": ["place.toml"],
    "targets": ["patterns"],
    "folder": ["folder"],
    "run_name": ["none-0"],
    "query": ["SELECT 1"],
    "name": ["critical_mass"],
    "out": ["out.gif"],
}
_OTHERS = {
    ("lessons check", "files"): ["lesson.md"],
    ("lessons handout", "file"): ["lesson.md"],
    ("lessons handout", "out"): ["out.html"],
    ("study run", "file"): ["small.toml"],
    ("organisation import", "files"): ["people.csv"],
}


def words_for(command: str, **instead: list[str]) -> list[str]:
    """Return the words of a command with everything that it asks for.

    Parameters
    ----------
    command : a key of :data:`COMMANDS`
    instead : other words for a parameter, by its name; also for one that may be left out
    """
    options, arguments = [], []
    for parameter in COMMANDS[command].params:
        fitting = _OTHERS.get((command, parameter.name), _FITTING.get(parameter.name, ["nonsense"]))
        given = instead.get(parameter.name, fitting if parameter.required else [])
        if parameter.param_type_name == "argument":
            arguments += given
        else:
            name = max(parameter.opts, key=len)
            options += [f"{name}={word}" for word in given]
    return [*command.split(), *options, *(["--", *arguments] if arguments else [])]


# Where judging is over and work begins.
_WORK = (
    "sim.results.ensemble.run_ensemble", "sim.study.runner.warm_up", "sim.study.store_runner.warm_up",
    "sim.film.making.record",
    "sim.validation.runner.validate", "sim.meanfield.boundary.boundary_map", "sim.dashboard.server.serve",
    "sim.lessons.claims.check_claims", "sim.study.engines.DaskEngine.__init__",
)  # fmt: skip


def stub_work(monkeypatch: pytest.MonkeyPatch, stub: Callable[..., Any]) -> None:
    """Let a stub be called where judging is over and work begins."""
    # A module that is first imported while something is replaced would keep the replacement for ever.
    for module in pkgutil.walk_packages(sim.__path__, "sim."):
        import_module(module.name)
    for name in _WORK:
        monkeypatch.setattr(name, stub)
