"""The script that makes every kept result again: what is kept is what it makes, and it tells what differs."""

from pathlib import Path

import pytest

from tests.files import loaded

ROOT = Path(__file__).parents[2]
SCRIPT = loaded("docs/make_results.py")


@pytest.mark.parametrize("name", [name for name, result in SCRIPT.RESULTS.items() if result.kept])
def test_whatever_is_said_to_be_kept_is_there(name: str) -> None:
    for pattern in SCRIPT.RESULTS[name].kept:
        assert list(ROOT.glob(pattern)), pattern


def test_every_kept_file_is_made_by_some_command() -> None:
    made = {path for result in SCRIPT.RESULTS.values() for path in SCRIPT.kept_files(result)}
    kept = [path for folder in ("validation", "results") for path in (ROOT / "docs" / folder).rglob("*")]

    assert [path.name for path in kept if path.is_file() and path not in made] == []


def test_a_file_that_came_out_otherwise_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, out = tmp_path / "kept", tmp_path / "out"
    for folder, texts in ((kept, ("1", "2", "3")), (out, ("1", "two"))):
        folder.mkdir()
        for name, text in zip(("a.csv", "b.csv", "c.csv"), texts, strict=False):
            (folder / name).write_text(text)
    monkeypatch.setattr(SCRIPT, "ROOT", tmp_path)

    told = list(SCRIPT.compared(out, SCRIPT.Result("", ("kept/*",))))

    assert told == [
        ("kept/a.csv: the same", True),
        (f"kept/b.csv: differs from {out / 'b.csv'}", False),
        ("kept/c.csv: did not come out", False),
    ]
