"""Parameters: declared whole, with the model page's defaults, and refused where they make no sense."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.engine.plan import RULES_DTYPE
from sim.rulebook.parameters import Grade, Parameters, describe
from sim.study.sampling import plausible_ranges

DEFAULTS = {
    "κ": 0.30, "b₀": 0.78, "b_s": 2.9, "b_e": 1.3, "fair": 0.425, "φ": 0.64, "δ": 0.30, "π": 0.04,
    "s̄⁰": 0.658, "s_sd": 0.26, "ē⁰": 0.65, "e_sd": 0.26, "newcomer": 0.02,
    "g_heard": 0.0097, "g_learned": 0.020, "l_ignored": 0.0055, "l_punished": 0.27,
    "ge_heard": 0.024, "ge_learned": 0.030, "le_ignored": 0.020, "le_punished": 0.10,
    "witness": 0.29, "social": 0.025, "drift": 0.056, "lead": 0.20, "strain": 0.07, "immunity": 0.5,
    "susc": 1.0, "τ": 13, "η₊": 0.045, "η₋": 0.053, "partial": 0.5, "disuse": 0.0073, "h₀": 0.05,
    "a₀": 0.65, "aim_rate": 0.02, "aim_gain": 0.05, "c_hire": 0.70, "c_sd": 0.15, "c_sys": 0.75,
    "pull": 0.069, "imitate": 0.020, "evidence": 0.026, "embed": 0.009,
    "p₀": 0.15, "purpose_gain": 0.04, "purpose_loss": 0.020, "vacancy": 30,
    "coach": 0.060, "stretch": 0.5, "peer_coach": 0.05, "gain": 0.0106, "backfire": 0.32,
    "ε": 0.44, "k_crit": 0.28, "spread": 0.0051, "decay": 0.012,
    "μ": 0.266, "σ": 0.10, "ρ": 0.9, "γ": 0.29,
    "inflow": 0.10, "relief": 0.8, "clear": 0.13, "boost": 0.3, "τ_Y": 39,
    "λ": 0.14, "λ_l": 0.15, "λ_s": 0.25, "ψ": 0.6, "internal": 0.4, "g": 0.3,
    "Q₀": 0.05, "D₀": 0.10, "T₀": 0.15, "attention_pull": 1.0, "crisis": 0.7, "leaders_dialogue": 5,
    "leaders_modelling": 12, "κ_s": 2, "witness_reach": 7, "hold": 0.94, "own": 0.2, "peers": 0.9, "links_half": 8,
    "reach": 0.3, "short": 1.0, "time_to_hire": 10, "cynicism_gain": 0.05, "disappointment": 0.13, "τ_y": 156,
    "disillusion": 0.2,
}  # fmt: skip
"""The table of the model page, by symbol."""

BEYOND_THE_PAGE = {"shared", "lateral"}
"""Parameters of several services, which the page leaves open."""

REFERENCES = {
    "join_strain": 0.5, "learn_help": 0.5, "P₀": 0.5, "rest": 0.5, "a_min": 0.5, "carried": 0.5, "k_trained": 0.5,
    "B₀": 0.9, "Y₀": 0.05, "a_sd": 0.1, "tenure_max": 2600,
    "s̄_v": 0.67, "ē_v": 0.64, "c_ref": 0.70, "V₀": 0.027, "dead": 0.05, "τ_W": 52, "a_new_sd": 0.1,
}  # fmt: skip
"""The fixed numbers in the equations of the page, and of the start of the burn-in, by symbol."""


def test_defaults_are_those_of_the_model_page() -> None:
    declared = {own.symbol: own.default for own in describe().values()}

    assert {symbol: declared.get(symbol) for symbol in DEFAULTS} == DEFAULTS
    assert {symbol: declared.get(symbol) for symbol in REFERENCES} == REFERENCES
    assert set(declared) - set(DEFAULTS) - set(REFERENCES) >= BEYOND_THE_PAGE


def test_a_fixed_number_is_no_lever() -> None:
    references = {own.symbol for own in describe().values() if own.is_reference}

    assert references >= set(REFERENCES)
    assert not any(own.is_live for own in describe().values() if own.is_reference)
    assert not set(plausible_ranges()) & {own.name for own in describe().values() if own.is_reference}


def test_every_parameter_is_declared_whole() -> None:
    for name, own in describe().items():
        assert own.name == name
        assert own.unit, name
        assert len(own.meaning) > 10, name
        assert own.group, name
        assert own.source, name
        assert own.grade in get_args(Grade), name


def test_symbols_are_unique() -> None:
    symbols = [own.symbol for own in describe().values()]

    assert len(symbols) == len(set(symbols))


def test_the_default_is_plausible_and_what_is_plausible_is_accepted() -> None:
    for name, own in describe().items():
        low, high = own.plausible

        assert own.lowest <= low <= own.default <= high <= own.highest, name


def test_calibrated_judged_and_measured_are_told_apart_as_on_the_model_page() -> None:
    grades = {own.symbol: own.grade for own in describe().values()}

    assert {grades[symbol] for symbol in ("κ", "η₊", "lead", "strain", "newcomer", "vacancy", "λ", "λ_s", "decay")} == {
        "measured"
    }
    assert {grades[symbol] for symbol in ("b₀", "witness", "pull", "p₀", "ε", "spread")} == {"calibrated"}
    assert {grades[symbol] for symbol in ("immunity", "λ_l")} == {"assumption"}


def test_what_people_bring_cannot_change_while_a_model_runs() -> None:
    fixed = {name for name, own in describe().items() if not own.is_live and not own.is_reference}

    assert fixed == {
        "safety_trait", "safety_trait_sd", "efficacy_trait", "efficacy_trait_sd", "initial_habit", "initial_aim",
    }  # fmt: skip


@given(name=st.sampled_from(sorted(describe())), above=st.booleans(), by=st.floats(1e-6, 1e6))
def test_a_value_out_of_range_is_refused(name: str, above: bool, by: float) -> None:
    own = describe()[name]
    value = own.highest + by if above else own.lowest - by

    with pytest.raises(ValidationError, match=name):
        Parameters(**{name: value})


@given(name=st.sampled_from(sorted(describe())), share=st.floats(0, 1))
def test_a_value_in_range_is_taken_as_it_is(name: str, share: float) -> None:
    own = describe()[name]
    value = min(own.highest, own.lowest + share * (own.highest - own.lowest))

    assert getattr(Parameters(**{name: value}), name) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "many", None, [1.0]])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValidationError, match="imitation"):
        Parameters(imitation=value)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="imitations"):
        Parameters(imitations=0.1)


def test_parameters_cannot_be_changed_behind_a_models_back() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Parameters().imitation = 0.5


def test_declarations_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        describe()["imitation"].default = 0.5


def test_the_engine_has_a_place_for_every_parameter() -> None:
    assert set(describe()) <= set(RULES_DTYPE.names)
