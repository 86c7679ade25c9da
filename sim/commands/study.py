"""``cultureshift study``: run a study or go on with it, see how far it is, run one run again, ask questions in SQL."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from sim.base.errors import InputError
from sim.base.extras import require
from sim.commands.completing import studies_that_begin
from sim.commands.console import complain, notice, reporting_faults
from sim.commands.judging import Command, judging
from sim.commands.options import Dask, Force, Out, Own, Processes, Retry, Workers
from sim.commands.preparing import own_rulebook

if TYPE_CHECKING:
    from sim.results.store import Results
    from sim.rulebook.own_rules import Recorded
    from sim.study.runner import Progress, StudyEnd

__all__ = [
    "check_engine",
    "close_study",
    "same_command",
    "study",
    "tell_set_aside",
    "tell_stopped",
    "watched",
]

SECONDS_BETWEEN_LINES = 15.0
"""Where there is no terminal, a line is written so often."""

SECONDS_TO_CONNECT = 5.0
FAILURES_TOLD = 5
INTERRUPTED = 130


class _RunByDefault(TyperGroup):
    """A group whose first word is a study to run, unless it is one of its own commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        # Nothing was said: show the help. Options may stand before the file.
        first = next((word for word in args if not word.startswith("-")), None)
        if args and first not in self.commands and not {"--help", "-h"} & set(args):
            args = ["run", *args]
        return super().parse_args(ctx, args)


study = typer.Typer(
    cls=_RunByDefault,
    no_args_is_help=True,
    help="Run a study from a file (cultureshift study FILE), or go on where it stopped.",
)


@study.command("run", cls=Command)
@reporting_faults
def run(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(help="study file, or the name of a shipped study", autocompletion=studies_that_begin)
    ],
    own: Own = None,
    out: Out = None,
    workers: Workers = None,
    dask: Dask = None,
    processes: Processes = False,
    retry: Retry = False,
    force: Force = False,
) -> None:
    """Run a study, or go on where it stopped; its folder is called by the study's name if --out is left out."""
    from sim.commands.study_folder import StudyFolder
    from sim.study.runner import run_study
    from sim.study.study_file import load_study

    folder = out or Path(Path(file).stem)
    rulebook = own_rulebook(own)
    with judging() as judge:
        judge(check_engine, dask, processes)
        loaded = judge(load_study, file, rulebook)
        place = StudyFolder(
            folder,
            (),
            force,
            title=loaded.title if loaded is not None else None,
            keep=loaded.keep if loaded is not None else None,
            own=rulebook.recorded,
        )
        judge(place.check)
    typer.echo(f"{loaded.title}: {_cases(loaded.n_cases)}, {loaded.file.replicates:,} replicates each, into {folder}")
    _tell_own(loaded.own_rules)
    with watched() as watch:
        end = run_study(
            loaded, folder, workers=workers, dask=dask, processes=processes, retry_failed=retry, replacing=force,
            progress=watch,
        )  # fmt: skip
    close_study(end, folder, same_command(context))


def check_engine(dask: str | None, processes: bool) -> None:
    """Make sure that only one kind of workers was asked for, and that it can be had.

    Raises
    ------
    InputError : two were asked for, their packages are missing, or nobody listens at the address of the scheduler
    """
    if dask is None:
        return
    if processes:
        raise InputError.single("--processes", "either --processes or --dask", "both")
    require("--dask")
    if dask == "local":
        return
    import socket
    from urllib.parse import urlsplit

    place = urlsplit(dask if "://" in dask else f"tcp://{dask}")
    try:
        socket.create_connection((place.hostname or "", place.port or 0), SECONDS_TO_CONNECT).close()
    except (OSError, ValueError) as error:
        hint = "start one with: dask scheduler"
        raise InputError.single("--dask", "a scheduler that answers", f"none at {dask} ({error})", hint) from None


@study.command("resume", cls=Command)
@reporting_faults
def resume(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="folder of a study, a map or a budget")],
    workers: Workers = None,
    processes: Processes = False,
    retry: Retry = False,
) -> None:
    """Go on with a study, a map or a budget from its folder alone, without the file or the command that began it."""
    from sim.study.resuming import ResumedBudget, resumable
    from sim.study.store_runner import RunOptions

    found = resumable(_results(folder))
    typer.echo(f"{_plain(found.title)}: gone on with in {folder}")
    if isinstance(found, ResumedBudget):
        from sim.commands.answers import worked
        from sim.commands.budget import budget_folder, write_budget

        answer = worked(found.go_on, context, folder, workers, None, processes, retry, False)
        write_budget(answer, budget_folder(folder))
        return
    with watched() as watch:
        end = found.go_on(RunOptions(folder, workers=workers, processes=processes, retry_failed=retry, progress=watch))
    close_study(end, folder, same_command(context))


@study.command("stop", cls=Command)
@reporting_faults
def stop(folder: Annotated[Path, typer.Argument(help="folder of long work that keeps its runs")]) -> None:
    """Ask work that is under way, wherever it was started, to stop; what it has done is kept."""
    from sim.results.store import ask_to_stop

    _results(folder)
    asked = ask_to_stop(folder)
    typer.echo("asked to stop; runs that are under way come in first" if asked else "nobody is at work on it")


@study.command("status", cls=Command)
@reporting_faults
def status(folder: Annotated[Path, typer.Argument(help="folder of a study")]) -> None:
    """Say how far a study is; it may be running."""
    results = _results(folder)
    found = results.status()
    typer.echo(f"{_plain(results.study.get('title', str(folder)))}: {_cases(found.n_cases)}")
    _tell_own(results.own_rules)
    typer.echo(
        f"{found.n_done:,} of {found.n_wanted:,} runs done, {found.n_failed:,} failed, {found.n_pending:,} pending; "
        + ("running now" if found.is_running else "not running")
    )
    if found.last_event:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.last_event["time"]))
        reason = found.last_event.get("reason")
        typer.echo(_plain(f"last: {found.last_event['event']}{f' ({reason})' if reason else ''} at {when}"))
    for run_name, why in list(found.failures.items())[:FAILURES_TOLD]:
        typer.echo(f"failed: {run_name}: {_plain(why)}\n  see it again: cultureshift study replay {folder} {run_name}")
    if found.n_failed > FAILURES_TOLD:
        typer.echo(f"and {found.n_failed - FAILURES_TOLD:,} more: their table is Results({str(folder)!r}).runs()")
    if found.n_unverified:
        typer.echo(f"{_counted(found.n_unverified, 'part')} of an older version cannot be verified")
    if found.faults:
        complain(found.faults)


@study.command("verify", cls=Command)
@reporting_faults
def verify(folder: Annotated[Path, typer.Argument(help="folder of a study")]) -> None:
    """Check every file of a study for damage, and say which runs are damaged."""
    from sim.results.store import verify as verify_store

    found = verify_store(folder)
    typer.echo(f"{_counted(found.n_parts, 'sound part')} with {_counted(found.n_runs, 'run')}")
    for path in found.unverified:
        typer.echo(f"{_plain(str(path))}: of an older version, without a hash; it cannot be verified")
    if not found.damaged:
        typer.echo("nothing is damaged")
        return
    for run_name in found.lost_runs:
        typer.echo(f"damaged run: {run_name}")
    told = [f"{_plain(str(path))}: damaged ({_plain(reason)})" for path, reason in found.damaged.items()]
    complain([*told, f"{_counted(len(found.lost_runs), 'run')} damaged. Give the command of the study again with "
              "the same --out: what is damaged is set aside and made anew, and nothing else."])  # fmt: skip


@study.command("replay", cls=Command)
@reporting_faults
def replay(
    folder: Annotated[Path, typer.Argument(help="folder of a study")],
    run_name: Annotated[str, typer.Argument(metavar="RUN", help="name of a run, as in its status")],
    own: Own = None,
) -> None:
    """Run one run of a study again, by itself."""
    from sim.study.replay import replay_run

    _results(folder)
    safe_share = replay_run(folder, run_name, own_rulebook(own))
    typer.echo(f"{run_name}: runs; {100 * safe_share[-1]:.0f} of 100 feel safe in the last week")


@study.command("sql", cls=Command)
@reporting_faults
def sql(
    folder: Annotated[Path, typer.Argument(help="folder of a study")],
    query: Annotated[str, typer.Argument(help="SQL over cases, runs, weekly, safe_share, outcomes, summary")],
) -> None:
    """Ask a study a question in SQL; the answer is CSV."""
    require("study sql")
    typer.echo(_results(folder).sql(query).to_csv(index=False), nl=False)


def _results(folder: Path) -> Results:
    """Return a study opened for reading, and say so if the model has changed since."""
    from sim.results.store import Results

    results = Results(folder)
    if results.differs:
        notice(results.differs)
    return results


def _tell_own(recorded: Iterable[Recorded]) -> None:
    """Say with which files of one's own a study is run; nothing where there are none."""
    from sim.report import own_in_words

    if told := own_in_words(recorded):
        typer.echo(_plain(told))


def _cases(n_cases: int) -> str:
    return _counted(n_cases, "case")


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def _plain(text: str) -> str:
    """Return a text from a file as it may be shown: what a terminal would obey is replaced."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


@contextmanager
def watched() -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows progress: a bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _line_now_and_then()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    texts = TextColumn("{task.fields[rate]}"), TextColumn("{task.fields[doing]}", markup=False)
    columns = (BarColumn(), MofNCompleteColumn(), texts[0], TimeRemainingColumn(), texts[1])
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("runs", total=None, rate="", doing="")

        def show(progress: Progress) -> None:
            failed = f", {progress.n_failed:,} failed" if progress.n_failed else ""
            n_settled = progress.n_done + progress.n_failed
            rate = f"{progress.rate:,.0f} runs/s{failed}"
            bar.update(task, completed=n_settled, total=progress.n_wanted, rate=rate, doing=progress.doing)

        yield show


def _line_now_and_then() -> Callable[[Progress], None]:
    last = time.monotonic()

    def show(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last < SECONDS_BETWEEN_LINES:
            return
        last = time.monotonic()
        left = progress.seconds_left
        doing = f"{progress.doing}; " if progress.doing else ""
        typer.echo(
            f"{doing}{progress.n_done:,} of {progress.n_wanted:,} runs done, {progress.n_failed:,} failed, "
            f"{progress.rate:,.0f} a second" + ("" if left is None else f", about {_duration(left)} left"),
            err=True,
        )

    return show


def _duration(seconds: float) -> str:
    """Return a time in words, in seconds or minutes or hours."""
    for unit, length in (("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def same_command(context: typer.Context) -> str:
    """Return the command that is being run, so that it can be given again."""
    words = context.command_path.split()
    for parameter in context.command.params:
        name = parameter.name or ""
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE":
            continue
        value = context.params[name]
        for one in value if isinstance(value, list | tuple) else [value]:
            if parameter.param_type_name == "option":
                words.append(max(parameter.opts, key=len))
            if one is not True:
                words.append(str(one))
    return shlex.join(words)


def tell_stopped(reason: str, progress: Progress, folder: Path, again: str) -> NoReturn:
    """Say why long work stopped and how to go on with it, and leave with an error.

    Parameters
    ----------
    reason, progress : why, and how far it came
    folder : where its runs are
    again : the command that goes on with it
    """
    from sim.results.store.description import STORE_FILE

    n_left = max(0, progress.n_wanted - progress.n_done - progress.n_failed)
    typer.echo(f"Stopped: {reason}.", err=True)
    are_safe = f"are safe in {folder}" if (folder / STORE_FILE).is_file() else f"were in {folder}, which has gone"
    typer.echo(f"{progress.n_done:,} runs {are_safe}, {n_left:,} are left. Go on with:", err=True)
    typer.echo(f"  {again}", err=True)
    raise typer.Exit(INTERRUPTED if reason == "asked to stop" else 1)


def tell_set_aside(paths: Iterable[Path]) -> None:
    """Say which files of a study were damaged, so that they are in another place now."""
    for path in paths:
        typer.echo(f"Was damaged, and is set aside: {_plain(str(path))}; what was in it is made anew.", err=True)


def close_study(end: StudyEnd, folder: Path, again: str, is_quiet: bool = False) -> None:
    """Say how a study ended, and leave with an error unless it is complete.

    Parameters
    ----------
    end, folder : how it ended, and where its results are
    again : the command that goes on with it
    is_quiet : say nothing of a study that is complete
    """
    progress = end.progress
    tell_set_aside(end.set_aside)
    if not end.is_complete:
        tell_stopped(end.reason, progress, folder, again)
    if is_quiet:
        return
    typer.echo(f"{progress.n_done:,} runs done, {progress.n_failed:,} failed; {progress.n_here:,} were run now.")
    if progress.n_failed:
        typer.echo(f"See why: cultureshift study status {folder}; try them again with --retry.")
    typer.echo(f"Summary of each case, with 95 % intervals: {folder / 'summary.csv'}")
