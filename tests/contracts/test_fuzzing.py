"""Every reader of something from outside is fuzzed: none is missing, and a few hostile inputs are tried in every run.

``python -m tests.fuzz`` tries as many more as one likes.
"""

from __future__ import annotations

import ast
import cProfile
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from sim.base.errors import InputError
from tests import fuzz
from tests.fuzzing import reader, running
from tests.fuzzing.readers import READERS
from tests.fuzzing.running import Place

ROOT = Path(__file__).parents[2]

READING = {
    "read_file", "file_bytes", "bytes_of_file", "read_text", "read_bytes", "kept", "load", "loads", "validate_json",
    "model_validate_json", "connect", "ParquetFile", "read_csv", "read_parquet", "DictReader", "b64decode",
    "urlsafe_b64decode", "decompress", "decompressobj", "parse_qs", "raw_decode", "parse_toml", "read_table",
}  # fmt: skip
"""Names of what is called to read a file, or to make sense of a text."""

OURS = {
    "sim/base/sources.py": "reads the code of the package",
    "sim/rulebook/own_rules.py": "reads a rule of the user's own, which is code that is run",
    "sim/base/kernel_cache.py": "unpickles what `kept` vouches for, and nothing else",
    "sim/room/export.py": "reads assets of the package",
    "sim/room/tables/export.py": "reads assets of the package",
    "sim/base/extras.py": "reads where the package itself was installed from",
    "sim/dashboard/server.py": "asks this machine for its own addresses",
    "sim/dashboard/pages/learn.py": "looks up the name of a lesson in a query, which is text or nothing",
    "sim/base/main_guard.py": "reads the script that is running",
    "sim/base/unfinished.py": "reads notes in a folder that this user alone can write to",
    "sim/dashboard/budgets.py": "reads answers in a folder that this user alone can write to",
    "sim/results/ranges.py": "reads ranges that come with the package",
    "sim/commands": "reads what the same command has just written, or passes on to a reader",
}
"""Where something is read that does not come from outside, and why."""

HOSTILE_ONES = 12
Site = tuple[str, str]


def sites() -> Iterator[Site]:
    """Yield file and function of every call in the package that reads something."""
    for path in sorted((ROOT / "sim").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for function in calling(ast.parse(path.read_text("utf-8")), ""):
            yield name, function


def calling(node: ast.AST, where: str) -> Iterator[str]:
    """Yield the functions under a node that call something of ``READING``, named as Python names them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from calling(child, f"{where}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if any(isinstance(one, ast.Call) and called(one) in READING for one in own_nodes(child)):
                yield f"{where}{child.name}"
            yield from calling(child, f"{where}{child.name}.<locals>.")
        else:
            yield from calling(child, where)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in a function, but not in functions in it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from own_nodes(child)


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def without_reader(folder: Path) -> list[Site]:
    """Return file and function of what reads something, and is passed by no reader that is fuzzed."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        seen.add(frame.f_code)

    once = {one.read: name for name, one in READERS.items()}
    made = running.all_inputs(list(once.values()))
    for name in once.values():
        one = READERS[name]
        place = Place(folder / name, made[name])
        # Python's own profiler notes calls far faster, but in this thread alone.
        profile = cProfile.Profile(builtins=False)
        threading.setprofile(note), profile.enable()
        try:
            one.read(place.folder)
            # Some functions are for damage alone.
            for number in range(HOSTILE_ONES if one.read is READERS["store-verify-told"].read else 0):
                running.try_one(name, 1, number, made[name], place, None)
        finally:
            profile.disable(), threading.setprofile(None)
        seen |= {entry.code for entry in profile.getstats() if isinstance(entry.code, CodeType)}

    passed = {(code.co_filename.removeprefix(f"{ROOT}/"), code.co_qualname) for code in seen}
    return [site for site in sites() if site not in passed and not site[0].startswith(tuple(OURS))]


def run_alone(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with some words: forks of this process would wait for threads that other tests have left in it."""
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_reader_is_missing(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from tests.contracts.test_fuzzing import without_reader; "
        "print(*without_reader(pathlib.Path(sys.argv[1])), sep='\\n', end='')"
    )
    done = run_alone("-c", program, str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert done.stdout == "", "give each of these a reader in tests/fuzzing"


def test_hostile_inputs_are_read_or_refused_in_words(tmp_path: Path) -> None:
    done = run_alone("-m", "tests.fuzz", "--minutes", "0.02", "--out", str(tmp_path / "findings"))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("do", "kind"),
    [
        (lambda _: {}["a"], "KeyError"),
        (lambda _: (_ for _ in ()).throw(InputError([])), "InputError without a sentence"),
        (lambda _: __import__("os").abort(), "ends the process (-6)"),
        (lambda _: len(b"x" * 400_000_000), "over 300 MB"),
    ],
    ids=["another error", "no sentence", "a crash", "too much memory"],
)
def test_what_is_neither_is_found_and_shown_again(
    do: Any, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def read(folder: Path) -> object:
        return do(folder) if (folder / "a").read_bytes() != b"sound" else "sound"

    bad = reader.Reader(reader.writing({"a": "sound"}), lambda *_: {"a": b"hostile"}, read)
    monkeypatch.setitem(READERS, "bad", bad)

    code = fuzz.main(["--reader", "bad", "--minutes", "0.001", "--out", str(tmp_path)])

    said = capsys.readouterr().out
    assert code == 1
    assert f'"kind": "{kind}' in said
    assert "python -m tests.fuzz --reader bad --seed 1 --only 0" in said
    assert (tmp_path / "bad-1-0" / "inputs" / "a").read_bytes() == b"hostile"
