"""Give hostile inputs to every reader of something from outside, for as long as one likes.

    python -m tests.fuzz --minutes 5
    python -m tests.fuzz --executions 500000 --reader scenario --seed 3

An input may be read, or refused in a sentence. Everything else is a finding: it is printed with the command that shows it
again, and its files and traceback are written to a folder. Exit code 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzzing.readers import READERS, Inputs
from tests.fuzzing.running import Finding, Found, all_inputs, change_of, description, fuzz, inputs_of

_TELL_SECONDS = 60.0


def main(words: list[str] | None = None) -> int:
    """Run; return the exit code."""
    asked = _parser().parse_args(words)
    names = [name for name in READERS if not asked.reader or any(name.startswith(begin) for begin in asked.reader)]
    if not names:
        print(f"no such reader; there are {', '.join(READERS)}", file=sys.stderr)
        return 2
    if asked.only is not None:
        found = _one(names[0], asked.seed, asked.only, asked.out)
    else:
        minutes = asked.minutes if asked.minutes is not None else 0.0 if asked.executions else 1.0
        found = _many(names, asked.seed, minutes * 60, asked.executions, asked.out)
    return 1 if found.findings else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="how long, for all readers together; one if left out")
    parser.add_argument(
        "--executions", type=int, default=0, help="go on until there are so many, however long it takes"
    )
    parser.add_argument("--reader", action="append", help="this one, or all that begin so; may be given several times")
    parser.add_argument("--seed", type=int, default=1, help="of the inputs")
    parser.add_argument("--only", type=int, help="one input, by its number")
    parser.add_argument("--out", type=Path, default=Path("fuzz-findings"), help="folder for findings")
    return parser


def _many(names: list[str], seed: int, seconds: float, executions: int, out: Path) -> Found:
    inputs = all_inputs(names)
    began = told_at = time.monotonic()
    found, of_each = Found(), {name: Found() for name in names}
    following = dict.fromkeys(names, 0)
    while 0 in following.values() or found.executions < executions or time.monotonic() - began < seconds:
        # Whoever had least time so far comes next, so that slow readers get as much of it as quick ones.
        name = min(names, key=lambda one: of_each[one].seconds)
        left = 20.0 if executions else max(0.01, (seconds - (time.monotonic() - began)) / len(names))
        one, following[name] = fuzz(name, seed, following[name], min(left, 20.0), inputs[name])
        of_each[name].take(one)
        for finding in found.take(one):
            _tell(finding, seed, inputs[name], out)
        if time.monotonic() - told_at > _TELL_SECONDS:
            told_at = time.monotonic()
            print(_in_sum(found), flush=True)
    for name, one in of_each.items():
        rate = one.executions / max(one.seconds, 1e-9)
        print(f"{name:24} {one.read:9,} read {one.refused:9,} refused {rate:7,.0f} a second", end="")
        print(f"  {len(one.findings)} kinds of finding" if one.findings else "")
    print(_in_sum(found), flush=True)
    return found


def _in_sum(found: Found) -> str:
    return (
        f"{found.executions:,} executions: {found.read:,} read, {found.refused:,} refused in words, "
        f"{sum(found.repeats.values()):,} findings of {len(found.findings)} kinds"
    )


def _one(name: str, seed: int, number: int, out: Path) -> Found:
    inputs = inputs_of(name)
    found, _ = fuzz(name, seed, number, 0.0, inputs, most=1)
    print(_in_sum(found))
    for finding in found.findings:
        _tell(finding, seed, inputs, out)
    return found


def _tell(finding: Finding, seed: int, inputs: Inputs, out: Path) -> None:
    """Print a finding, and write down what it takes to see it."""
    text = description(finding, seed)
    print(text, flush=True)
    folder = out / f"{finding.reader}-{seed}-{finding.number}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "finding.txt").write_text(text, "utf-8", "replace")
    for name, content in {**inputs, **change_of(finding.reader, seed, finding.number, inputs)}.items():
        if content is not None:
            path = folder / "inputs" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
