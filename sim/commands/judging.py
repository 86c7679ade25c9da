"""What a user asked for is judged before anything is run: all faults at once, each with what would be right.

Words of the command line are judged one by one, as they are read (:func:`whole`, :func:`number`, :func:`one_of`, ...);
:class:`Command` tells all that is wrong with them. What they name (scenarios, tables, folders) is judged together with
:func:`judging`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import typer
from typer.core import TyperCommand

from sim.base.errors import CultureshiftError, InputError, OutputError, nearest_name
from sim.commands.console import complain

__all__ = [
    "Command",
    "NamesOf",
    "OneOf",
    "judging",
    "number",
    "one_of",
    "read_as",
    "scheduler",
    "span",
    "whole",
]

T = TypeVar("T")
Judge = Callable[..., Any]

_LONGEST_ECHO = 60


# --- single words -----------------------------------------------------------------------------------------------------


def whole(least: int, most: int, why: str = "") -> Callable[[Any], int]:
    """Return a reader of whole numbers within bounds.

    Parameters
    ----------
    least, most : both are accepted
    why : the reason for the bounds, told to whoever oversteps them
    """
    wanted = f"a whole number from {least:,} to {most:,}" + (f" ({why})" if why else "")

    def read(text: Any) -> int:
        try:
            value = int(text)
        except ValueError:
            raise _unfit(wanted, text) from None
        if not least <= value <= most:
            raise _unfit(wanted, text)
        return value

    return read


def number(of: str, above: float, most: float) -> Callable[[Any], float]:
    """Return a reader of finite numbers of something, above one bound and up to another."""
    wanted = f"{of} above {above:g}, {most:,.0f} at most"

    def read(text: Any) -> float:
        try:
            value = float(text)
        except ValueError:
            raise _unfit(wanted, text) from None
        if not (math.isfinite(value) and above < value <= most):
            raise _unfit(wanted, text)
        return value

    return read


class OneOf:
    """A reader of one of some names, which are asked for when they are needed: what knows them may be slow to import.

    Parameters
    ----------
    ask : gives the names
    """

    __name__ = "choice"

    def __init__(self, ask: Callable[[], Sequence[str]]) -> None:
        self._ask = ask

    @property
    def names(self) -> tuple[str, ...]:
        """The names."""
        return tuple(self._ask())

    def __call__(self, text: Any) -> str:
        """Return a name that was given, if it is one."""
        names = self.names
        if text not in names:
            wanted = f"{', '.join(names[:-1])} or {names[-1]}"
            raise _unfit(wanted, text, nearest_name(str(text)[:_LONGEST_ECHO], names))
        return str(text)


class NamesOf(str):
    """What stands for the names of a choice until the help is asked for."""

    choice: OneOf

    def __new__(cls, choice: OneOf) -> NamesOf:
        """Stand for the names of a choice."""
        made = super().__new__(cls, "NAME")
        made.choice = choice
        return made


def one_of(*names: str) -> OneOf:
    """Return a reader of one of some names."""
    return OneOf(lambda: names)


def scheduler(text: Any) -> str:
    """Return the address of a Dask scheduler, or ``local``; whether one answers there is not asked."""
    wanted = '"local", or the address of a scheduler as in tcp://10.0.0.1:8786'
    if text == "local":
        return str(text)
    scheme, separator, place = str(text).partition("://")
    if not separator:
        scheme, place = "tcp", str(text)
    host, _, port = place.rstrip("/").rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port[:6]) < 2**16
    if scheme not in ("tcp", "tls", "ucx", "ws", "wss") or not host or not is_port or any(map(str.isspace, host)):
        raise _unfit(wanted, text)
    return str(text)


def read_as(wanted: str, read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return a reader of what another function reads.

    Parameters
    ----------
    wanted : what is right
    read : raises ValueError, with a hint, for what is not
    """

    def reading(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        try:
            return read(text)
        except ValueError as error:
            raise _unfit(wanted, text, str(error)) from None

    return reading


def span(form: str) -> Callable[[Any], str]:
    """Return a reader of a range, ``NAME`` with numbers after colons; which names there are is judged later.

    Parameters
    ----------
    form : what is wanted, as in ``NAME:LOW:HIGH``
    """

    def read(text: Any) -> str:
        name, *numbers = str(text).split(":")
        try:
            is_fit = bool(name.strip()) and all(math.isfinite(float(one)) for one in numbers)
        except ValueError:
            is_fit = False
        if not is_fit or len(numbers) > form.count(":"):
            raise _unfit(form, text)
        return str(text)

    return read


def _unfit(wanted: str, text: Any, hint: str = "") -> typer.BadParameter:
    shown = str(text)
    shown = shown if len(shown) <= _LONGEST_ECHO else f"{shown[:_LONGEST_ECHO]}..."
    came = shown if isinstance(text, int | float) or _is_number(shown) else f'"{shown}"'
    return typer.BadParameter(f"wanted {wanted}, got {came}" + (f"; {hint}" if hint else ""))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- all of them ------------------------------------------------------------------------------------------------------


class Command(TyperCommand):
    """A command that tells every fault of its words, not only the first."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options into the help, with the names that there are to choose from."""
        for parameter in self.get_params(ctx):
            if isinstance(parameter.metavar, NamesOf):
                parameter.metavar = f"[{'|'.join(parameter.metavar.choice.names)}]"
        super().format_options(ctx, formatter)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of the command line; end the command if there are faults."""
        if {"-h", "--help"} & set(args):
            return super().parse_args(ctx, args)
        given, rest, _ = self.make_parser(ctx).parse_args(args=list(args))
        faults = []
        for parameter in self.get_params(ctx):
            if parameter.is_eager:
                continue
            try:
                parameter.handle_parse_result(ctx, given, rest)
                _check_places(ctx.params.get(parameter.name))
            except typer.BadParameter as error:
                faults.append(_told(parameter, error))
        if faults:
            complain([*faults, f"Try '{ctx.command_path} --help' for help."])
        return super().parse_args(ctx, args)


def _check_places(value: Any) -> None:
    """Make sure that files and folders have names that the system can have."""
    for place in value if isinstance(value, list) else [value]:
        if isinstance(place, Path):
            try:
                place.exists()
            except (OSError, ValueError) as error:
                raise _unfit(
                    f"a name that a file can have ({getattr(error, 'strerror', None) or error})", place
                ) from None


def _told(parameter: Any, error: typer.BadParameter) -> str:
    is_option = parameter.param_type_name == "option"
    name = max(parameter.opts, key=len) if is_option else str(parameter.name).upper()
    # Whoever leaves a word out is told so without a message.
    return f"{name}: {error.message.strip() or 'is wanted, and was left out'}"


class _RefusedError(CultureshiftError):
    """Faults of several kinds, told together."""


@contextmanager
def judging() -> Iterator[Judge]:
    """Give a function that asks another one and keeps its refusal; at the end of the block all of them are told.

    ``judge(function, *arguments)`` returns what the function returns. After a refusal it returns None, which nobody
    sees: the block then ends with an error.

    Raises
    ------
    CultureshiftError : something was refused
    """
    refused: list[CultureshiftError] = []

    def judge(function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        try:
            return function(*arguments, **named)
        except (InputError, OutputError) as error:
            refused.append(error)
            return cast("T", None)

    yield judge
    if refused:
        lines: Sequence[str] = list(dict.fromkeys(line for error in refused for line in str(error).split("\n")))
        raise _RefusedError("\n".join(lines))
