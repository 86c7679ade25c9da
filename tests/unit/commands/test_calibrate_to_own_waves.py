"""``cultureshift calibrate --organisation``: survey waves that an import kept become targets in one step."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.commands import application

STAFF = "id,team,service\n" + "".join(f"{n},Team {n // 6},Medicine\n" for n in range(12))
WAVES = "team,year,Safe: % agree,n\n" + "".join(
    f"Team {k},{year},{share + k},6\n" for year, share in ((2023, 40), (2025, 60)) for k in range(2)
)


def call(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(application(), list(words))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("staff.csv").write_text(STAFF)
    Path("survey.csv").write_text(WAVES)
    assert call("organisation", "import", "staff.csv", "survey.csv", "--out", "ours")[0] == 0
    return Path("ours")


def test_neither_targets_nor_an_organisation_is_refused_in_words(ours: Path) -> None:
    code, _, err = call("calibrate")

    assert code == 2
    assert "a table of targets, or --organisation DIR" in err


def test_an_organisation_without_waves_is_told_how_to_get_them(ours: Path) -> None:
    (ours / "waves.csv").unlink()

    code, _, err = call("calibrate", "--organisation", "ours", "--out", "answer")

    assert code == 2
    assert "import all waves together" in err
    assert not Path("answer").exists()


def test_a_run_says_where_its_numbers_lie_in_what_the_records_tell(ours: Path) -> None:
    (ours / "numbers.csv").write_text("parameter,value,low,high,unit\nstaff_turnover,0.31,0.22,0.42,per year\n")

    code, _, err = call("run", "control-and-assurance", "--organisation", "ours", "--weeks", "5", "--replicates", "2")

    assert code == 0, err
    assert "staff_turnover is 0.14 in this run; your records say 0.31 (0.22 to 0.42 per year)" in " ".join(err.split())
    assert "--set staff_turnover=0.31 takes it up" in " ".join(err.split())


def test_a_programme_runs_where_fewer_leaders_can_leave_and_says_so(ours: Path) -> None:
    people = (ours / "people.csv").read_text("utf-8-sig").splitlines()
    boss = ["boss", "", "", "senior_leader", "Medicine"]
    (ours / "people.csv").write_text("\n".join([*people, ",".join(boss)]) + "\n")

    code, out, err = call("run", "two-of-three-leave", "--organisation", "ours", "--weeks", "230", "--replicates", "2")

    assert code == 0, err
    assert out.startswith("Two of the three leave (here one leaves)")


def test_numbers_that_are_none_are_refused_before_anything_is_fitted(ours: Path) -> None:
    (ours / "numbers.csv").write_text("parameter,value,low,high\nturnover,0.31,0.22,0.42\n")

    code, _, err = call("calibrate", "--organisation", "ours", "--out", "answer")

    assert code == 2
    assert "numbers.csv: line 2, column parameter" in err
    assert not Path("answer").exists()


@pytest.mark.slow
def test_a_calibration_goes_through_the_intervals_of_the_records(ours: Path) -> None:
    (ours / "numbers.csv").write_text("parameter,value,low,high\nstaff_turnover,0.31,0.22,0.42\nvacancy_rate,0.1,0,1\n")
    few = ("--points", "20", "--replicates", "2", "--fit", "safety_trait")

    code, out, err = call("calibrate", "--organisation", "ours", "--out", "answer", *few)

    assert code == 0, err
    assert "staff_turnover goes through what your records tell, 0.22 to 0.42" in " ".join(err.split())
    assert "(staff_turnover over what your records tell)" in out
    assert "0.22 to 0.42" in out


@pytest.mark.slow
def test_the_answer_says_what_the_waves_pin_down_and_what_not(ours: Path) -> None:
    few = ("--points", "20", "--replicates", "2", "--fit", "safety_trait,dialogue_gain")
    words = ("calibrate", "--organisation", "ours", "--out", "answer", *few)

    code, out, err = call(*words)

    assert code == 0, err
    assert "Nothing is taken to have been done since the first wave" in err
    assert "safe_share, week 104" in out
    pinned = out[out.index("These targets pin down") : out.index("## What comes out")]
    assert "dialogue_gain" in pinned.partition("They leave")[2]
    assert {path.name for path in Path("answer/organisation").iterdir()} == {"people.csv"}
    assert call(*words)[0] == 0
