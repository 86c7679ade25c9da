"""The JSON Schema of scenario files says what the check says."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from sim.inputs.interventions import KINDS
from sim.inputs.scenario.description import Scenario
from sim.inputs.scenario.files import check_file, json_schema, scenario_to_toml, scenarios_folder, shipped_scenarios
from sim.rulebook.parameters import describe
from tests.scenario_strategies import scenarios

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_a_schema_and_ships_as_it_is_generated() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    shipped = (scenarios_folder() / "scenario.schema.json").read_text("utf-8")
    assert json.loads(shipped) == SCHEMA, "run: python -m tests.scenarios.renew"


def test_every_shipped_scenario_fits_the_schema_and_names_it() -> None:
    for _, _, _, path in shipped_scenarios():
        text = path.read_text("utf-8")
        VALIDATOR.validate(tomllib.loads(text))

        assert text.startswith("#:schema ./scenario.schema.json\n")


@settings(max_examples=40)
@given(scenarios())
def test_every_sound_scenario_fits_the_schema(scenario: Scenario) -> None:
    VALIDATOR.validate(tomllib.loads(scenario_to_toml(scenario)))


@pytest.mark.parametrize(
    "text",
    [
        "weeks = 3",
        "title = 3",
        'title = ""\nname = "x"',
        'title = ""\n[parameters]\nfair_hearing = 47',
        'title = ""\n[organisation]\nteam_sise = 3',
        'title = ""\n[[timeline]]\nkind = "dialoge"\nstart_week = 0',
        'title = ""\n[[timeline]]\nkind = "dialogue"',
        'title = ""\n[[timeline]]\nkind = "dialogue"\nstart_week = 0\nintensity = 50',
    ],
)
def test_the_schema_refuses_what_the_check_refuses(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "utf-8")

    assert check_file(path)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(tomllib.loads(text))


def test_the_schema_has_words_for_every_kind_and_key() -> None:
    definitions = SCHEMA["$defs"]
    for kind, model in KINDS.items():
        table = definitions[model.__name__]
        assert table["title"] == model.title
        assert table["properties"]["kind"]["const"] == kind
        assert all(own["title"] and own["description"] for own in table["properties"].values())
    for name, declared in describe().items():
        assert declared.unit in definitions["Parameters"]["properties"][name]["description"]
    assert "null" not in json.dumps(SCHEMA)
