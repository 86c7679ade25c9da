"""The command as a process of its own: pipes, terminals, encodings, interrupts."""

from __future__ import annotations

import os
import select
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.base import compilation
from sim.commands.console import say_if_it_takes_long
from sim.inputs.scenario.files import write_scenario
from tests.small_runs import YEAR
from tests.small_studies import write_study

ROOT = Path(__file__).parents[3]
COMMAND = [sys.executable, "-m", "sim"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="terminals and signals as on POSIX")
PATIENCE = 120.0


def environment(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return {**own, "PYTHONPATH": str(ROOT), **more}


def piped(folder: Path, *words: object, **more: str) -> subprocess.CompletedProcess[bytes]:
    command = [*COMMAND, *(str(word) for word in words)]
    return subprocess.run(command, cwd=folder, env=environment(**more), capture_output=True, check=False)


def on_a_terminal(folder: Path, *words: str, **more: str) -> str:
    """Return what the command shows on a terminal."""
    import pty

    ours, theirs = pty.openpty()
    command = [*COMMAND, *words]
    process = subprocess.Popen(
        command, cwd=folder, env=environment(TERM="xterm", **more), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    shown = b""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(ours)
    process.wait(timeout=PATIENCE)
    return shown.decode()


BEGINNING = """
import sys
from sim.__main__ import main
print("begun", file=sys.stderr, flush=True)
main()
"""


def begun(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    """Return the command from its first line on; how long Python took to come to it is no concern of ours."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGINNING, *words], cwd=folder, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline() == b"begun\n"
    return process


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path) -> Path:
    """A folder with a small scenario."""
    write_scenario(YEAR, tmp_path / "year.toml")
    return tmp_path


def test_piped_output_has_neither_colour_nor_progress(folder: Path) -> None:
    done = piped(folder, "run", "year.toml", "-n", 2, "--set", "title='Brücke [b]'")
    assert done.returncode == 0
    assert b"\x1b" not in done.stdout + done.stderr
    assert "Brücke [b]".encode() in done.stdout
    assert b"Running" not in done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_characters_that_an_encoding_lacks_are_replaced(encoding: str, folder: Path) -> None:
    done = piped(folder, "parameters", "pull_to_control", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    done = piped(folder, "run", "year.toml", "-n", 2, "--set", "title='κ Łódź'", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode(encoding).startswith("?")


@POSIX
def test_a_terminal_gets_a_progress_bar_and_no_color_is_respected(folder: Path) -> None:
    shown = on_a_terminal(folder, "run", "year.toml", "-n", "2")
    assert "Running" in shown
    assert "\x1b[1m" in shown
    plain = on_a_terminal(folder, "run", "year.toml", "-n", "2", NO_COLOR="1")
    assert "\x1b[3" not in plain


# --- questions without an end -----------------------------------------------------------------------------------------


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_question_in_sql_that_does_not_end_can_be_interrupted(number: signal.Signals, folder: Path) -> None:
    write_study(folder)
    assert piped(folder, "study", "small.toml", "--workers", 1, "--out", "out").returncode == 0
    endless = "SELECT count(*) FROM range(100000000000) a, range(1000000000) b"
    asked = begun(folder, "study", "sql", "out", endless)
    time.sleep(6.0)
    assert asked.poll() is None
    until = time.monotonic() + PATIENCE
    # Asked again, as people do: a library that is being loaded may drop what it is asked.
    while asked.poll() is None and time.monotonic() < until:
        asked.send_signal(number)
        time.sleep(2.0)
    asked.kill()
    asked.communicate()
    assert asked.returncode == (130 if number == signal.SIGINT else 143)


# --- output that is lost ----------------------------------------------------------------------------------------------


def in_a_shell(folder: Path, rest: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command with words and redirections as a shell takes them."""
    line = f"set -o pipefail; {shlex.join(COMMAND)} {rest}"
    return subprocess.run(["bash", "-c", line], cwd=folder, env=environment(), capture_output=True, check=False)


@POSIX
@pytest.mark.parametrize("words", ["scenarios", "parameters"])  # one is printed, one laid out as a table
def test_a_reader_that_stops_reading_ends_the_command_quietly(words: str, folder: Path) -> None:
    # It has gone before anything is written: what a pipe takes at once would not be missed later.
    done = in_a_shell(folder, f"{words} | true")
    assert done.stderr == b""
    assert done.returncode == 141


@POSIX
@pytest.mark.parametrize("words", ["scenarios", "parameters", "--help", "--version", "schema"])
@pytest.mark.parametrize(("where", "why"), [("> /dev/full", "No space left on device"), (">&-", "it is closed")])
def test_an_answer_that_is_lost_is_told(words: str, where: str, why: str, folder: Path) -> None:
    done = in_a_shell(folder, f"{words} {where}")
    assert done.stderr.decode() == f"The answer could not be written to standard output ({why}).\n"
    assert done.returncode == 1


@POSIX
@pytest.mark.parametrize("where", ["2>&-", "2> /dev/full", ">&- 2>&-", "> /dev/full 2> /dev/full"])
def test_a_remark_that_is_lost_changes_nothing_else(where: str, folder: Path) -> None:
    assert in_a_shell(folder, f"check none.toml {where}").returncode == 2
    found = in_a_shell(folder, f"check year.toml {where}")
    assert found.returncode == (1 if ">&- 2" in where or "> /dev/full 2" in where else 0)
    assert b"Traceback" not in found.stderr


@pytest.mark.parametrize(("told", "is_said"), [("1", True), ("0", False), ("", False)])
def test_who_has_compiling_turned_off_is_told_that_it_takes_long(
    told: str, is_said: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NUMBA_DISABLE_JIT", told)
    monkeypatch.setattr(compilation, "_say", None)
    say_if_it_takes_long()
    assert ("some hundred times slower" in capsys.readouterr().err) is is_said


@POSIX
def test_no_file_of_ours_gets_the_number_of_a_closed_stream(folder: Path) -> None:
    done = in_a_shell(folder, "run year.toml -n 1 --out out >&- 2>&-")
    assert done.returncode == 1
    assert (folder / "out" / "weekly.parquet").read_bytes().startswith(b"PAR1")


# --- text from outside ------------------------------------------------------------------------------------------------

HOSTILE = "a\x1b]0;me\x07\x1b[31m\x9b2J\u202eb"
SPELT_OUT = r"a\x1b]0;me\x07\x1b[31m\x9b2J\u202eb"


@POSIX
@pytest.mark.parametrize(
    "words", [("check", HOSTILE), ("run", HOSTILE), (HOSTILE,), ("--" + HOSTILE,), ("parameters", HOSTILE)]
)
def test_what_could_steer_a_terminal_is_spelt_out_in_complaints(words: tuple[str, ...], folder: Path) -> None:
    done = piped(folder, *words)
    assert done.returncode == 2
    assert not set(done.stderr.decode()) & set(HOSTILE) - set(SPELT_OUT)
    assert b"x1b" in done.stderr


@POSIX
def test_what_could_steer_a_terminal_is_spelt_out_in_answers(folder: Path) -> None:
    path = folder / f"{HOSTILE}.toml"
    path.write_text('title = "Two\\u001b[2J \\u202e titles"\nweeks = 60\n', "utf-8")
    (folder / "out").mkdir()
    for words in (("run", path.name, "-n", "2"), ("compare", path.name, "year.toml", "-n", "2")):
        shown = on_a_terminal(folder, *words)
        assert "x1b" in shown
        assert not set(shown) & {"\x07", "\x9b", "\u202e"}
        assert "\x1b[2J" not in shown
        assert "\x1b]0;" not in shown


# --- interrupts -------------------------------------------------------------------------------------------------------

INTERRUPT_AT = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
sys.argv = ["cultureshift", "run", "year.toml", "-n", "1", "--out", "out"]
from sim.__main__ import main
main()
"""


@POSIX
@pytest.mark.parametrize(
    "module",
    [
        *("sim.commands", "sim.base.version", "typer", "sim.commands.room"),
        *(
            pytest.param(name, marks=pytest.mark.slow)
            for name in ("numpy.linalg", "numba.core.types", "matplotlib.figure")
        ),
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("llvmlite.binding.ffi", "pyarrow.parquet")),
    ],
)
def test_an_interrupt_while_something_is_being_loaded_ends_quietly(module: str, folder: Path) -> None:
    script = INTERRUPT_AT.format(module=module)
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stdout == b""
    assert done.stderr.strip().count(b"\n") == 0
    assert [path.name for path in folder.iterdir()] == ["year.toml"]


INTERRUPT_IN_NATIVE_CODE = """
import os, signal, time
from numba import njit
from numba.core.codegen import JITCodeLibrary
from sim.commands.console import interruptible
asked = getattr(JITCodeLibrary, {hook!r}).__func__
def interrupting(cls, *given):
    os.kill(os.getpid(), {number})
    return asked(cls, *given)
setattr(JITCodeLibrary, {hook!r}, classmethod(interrupting))
with interruptible():
    print(njit(lambda value: value + 1)(1), flush=True)
    time.sleep(60)
"""


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("hook", ["_object_compiled_hook", "_object_getbuffer_hook"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_in_what_the_compiler_calls_is_heard_after_it(hook: str, number: int, code: int) -> None:
    """Raised in there it would be lost, and the compiler left with half an object."""
    script = INTERRUPT_IN_NATIVE_CODE.format(hook=hook, number=int(number))
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    assert b"Exception ignored" not in done.stderr
    assert b"Traceback" not in done.stderr


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_that_a_finaliser_drops_is_asked_for_again(number: int, code: int) -> None:
    script = f"""
import os, time
from sim.commands.console import interruptible
class Finalised:
    def __del__(self):
        os.kill(os.getpid(), {int(number)})
        sum(range(10))
with interruptible():
    Finalised()
    time.sleep(60)
"""
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=False)
    assert done.returncode == code, done.stderr
    assert b"Exception ignored" not in done.stderr


@POSIX
def test_a_second_interrupt_while_the_first_is_told_changes_nothing() -> None:
    script = """
import os, signal
from sim.commands import console
def notice(words, say=console.notice):
    os.kill(os.getpid(), signal.SIGINT)
    say(words)
console.notice = notice
with console.interruptible():
    os.kill(os.getpid(), signal.SIGINT)
"""
    done = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=False)
    assert done.returncode == 130, done.stderr
    assert done.stderr.count(b"\n") == 1, done.stderr


@POSIX
def test_who_has_interrupts_ignored_is_not_interrupted(folder: Path) -> None:
    script = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n" + INTERRUPT_AT.format(module="typer")
    script = script.replace('"run", "year.toml", "-n", "1", "--out", "out"', '"--version"')
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@POSIX
@pytest.mark.parametrize(("words", "code"), [("--version", 0), ("nothing", 2)])
def test_an_interrupt_while_python_is_leaving_changes_no_exit_code(words: str, code: int, folder: Path) -> None:
    """By then Python has taken our handlers away, and would be killed: three times Ctrl-C came to that."""
    script = f"""
import os, signal, sys
class Interrupting:
    def __del__(self, kill=os.kill, own=os.getpid(), number=signal.SIGINT):
        kill(own, number)
last = Interrupting()
sys.argv = ["cultureshift", {words!r}]
from sim.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_ends_quietly_and_leaves_nothing(number: int, code: int, folder: Path) -> None:
    process = begun(folder, "run", "shoestring-year", "-n", "400", "--weeks", "5000", "--out", "out", "--workers", "1")
    time.sleep(3)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code, err
    assert b"Traceback" not in err
    assert out == b""
    assert [path.name for path in folder.iterdir()] == ["year.toml"]


@POSIX
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_nobody_waits_for_a_run_that_is_under_way_on_another_thread(number: int, code: int) -> None:
    script = f"""
import os, time
from concurrent.futures import ThreadPoolExecutor
from sim.commands.console import interruptible, progress
with interruptible(), progress("Running", 1), ThreadPoolExecutor(1) as pool:
    under_way = pool.submit(time.sleep, 600)
    os.kill(os.getpid(), {int(number)})
    under_way.result()
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(), capture_output=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (code, b"\nInterrupted; nothing was written.\n")


@POSIX
def test_an_interrupt_of_a_program_in_a_string_leaves_the_exit_code_alone(tmp_path: Path) -> None:
    (tmp_path / "interrupted.py").write_text(
        "import sim.commands\n"
        "from sim.__main__ import main\n"
        "sim.commands.main = lambda: exec('raise KeyboardInterrupt')\n"
        "main()\n"
    )
    command = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, check=False, timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (130, b"")


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("delay", [0.6, 0.8, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0])
def test_an_interrupt_at_any_time_leaves_all_or_nothing(delay: float, folder: Path) -> None:
    process = begun(folder, "run", "year.toml", "-n", "20", "--out", "out")
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    left = {path.name for path in folder.iterdir()} - {"year.toml"}
    assert b"Traceback" not in err
    assert process.returncode in (0, 130), err
    assert left in (set(), {"out"})
    if left:
        assert len(list((folder / "out").iterdir())) == 5


def test_the_backend_that_a_notebook_draws_with_need_not_be_there(folder: Path) -> None:
    done = piped(folder, "film", "year.toml", "--out", "year.nothing", MPLBACKEND="of_a_notebook")

    assert done.returncode == 2, done.stderr
    assert b"Traceback" not in done.stderr
