"""``cultureshift organisation import``: whole or not at all, asked in words, and the same again by its mapping."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.commands import application

STAFF = "id,team,service\n" + "".join(f"{n},Team {n // 6},Medicine\n" for n in range(24))
SHARES = "team,safety\n" + "".join(f"Team {k},{60 + k}\n" for k in range(4))


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("staff.csv").write_text(STAFF)
    Path("survey.csv").write_text(SHARES)

    def run(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(application(), ["organisation", "import", *words])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    return run


def test_what_cannot_be_known_is_asked_before_anything_is_written(call) -> None:
    code, _, err = call("staff.csv", "survey.csv", "--out", "ours")

    assert code == 2
    assert "--answer scores=agreeing" in err
    assert "Traceback" not in err
    assert not Path("ours").exists()


def test_an_answer_lets_it_be_written_whole(call) -> None:
    code, out, err = call("staff.csv", "survey.csv", "--out", "ours", "--answer", "scores=agreeing")

    assert code == 0
    assert "24 staff in 4 teams and 1 service" in out
    assert "Assumed: nothing tells the staff group of 24 people" in err
    assert {path.name for path in Path("ours").iterdir()} == {
        "people.csv", "survey.csv", "mapping.toml", "report.md", "README.md", "manifest.json",
    }  # fmt: skip


def test_what_is_there_is_left_alone_unless_it_is_ours_and_unchanged(call) -> None:
    words = ("staff.csv", "--out", "ours")
    assert call(*words)[0] == 0
    assert call(*words)[0] == 2
    assert call(*words, "--force")[0] == 0
    Path("ours/people.csv").write_text("changed")
    assert call(*words, "--force")[0] == 2
    assert Path("ours/people.csv").read_text() == "changed"


def test_a_mapping_can_be_written_changed_and_used(call) -> None:
    assert call("staff.csv", "survey.csv", "--write-mapping", "mapping.toml")[0] == 0
    text = Path("mapping.toml").read_text()
    Path("mapping.toml").write_text(text.replace('safety = "safety"', 'safety = "safety: per cent who agree"'))

    code, out, _ = call("staff.csv", "survey.csv", "--mapping", "mapping.toml", "--out", "ours")
    assert code == 0
    assert "Written: ours/survey.csv" in out
    assert ",60," in Path("ours/survey.csv").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.csv", "--out", "ours"], "nowhere.csv"),
        (["survey.csv", "--out", "ours"], "a staff list"),
        (["staff.csv"], "--out DIR, or --write-mapping FILE"),
        (["staff.csv", "--out", "ours", "--answer", "score=means"], 'did you mean "scores"'),
        (["staff.csv", "--out", "ours", "--answer", "team_size=1000"], "--answer team_size"),
        (["staff.csv", "--out", "ours", "--answer", "staff_group=wizards"], "nursing"),
        (["staff.csv", "--out", "ours", "--mapping", "staff.csv"], "a mapping (TOML) that can be read"),
    ],
)
def test_what_is_wrong_with_the_words_is_said(call, words: list[str], said: str) -> None:
    code, _, err = call(*words)

    assert code == 2
    assert said in err
    assert not Path("ours").exists()
