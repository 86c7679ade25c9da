"""Faulty scenario files, and exactly what is said about each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.renew import BAD, messages_of

SAMPLES = sorted(sample.name for sample in BAD.glob("*.toml"))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_bad_sample_gives_exactly_its_messages(sample: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    expected = Path(sample).with_suffix(".txt").read_text("utf-8")

    assert messages_of(Path(sample)) == expected
    assert expected


def test_there_are_samples_of_every_sort() -> None:
    sorts = {
        "unknown-keys",
        "wrong-types",
        "out-of-range",
        "missing-keys",
        "dates",
        "targets",
        "wrong-structure",
        "not-toml",
    }

    assert sorts <= {Path(sample).stem for sample in SAMPLES}
