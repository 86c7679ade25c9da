"""Every number of the model: default, unit, range, meaning, source and how well it is known.

A parameter is one field of :class:`Parameters`. Everything else that needs to know about parameters (the scenario
files, the sliders, the sensitivity analysis, the documentation) reads these declarations. Source keys resolve in
``docs/evidence.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["WEEKS_PER_YEAR", "Grade", "ParameterDeclaration", "Parameters", "describe"]

WEEKS_PER_YEAR = 52
"""A yearly rate y is a weekly rate y / 52 (model convention)."""

Grade = Literal["measured", "published", "judgement", "calibrated", "assumption"]
"""How well a value is known, from best to least: measured in the field, taken from a published model, the judgement
of people who know the setting, found by calibration to the patterns, or assumed."""


def _quantity(
    default: float,
    unit: str,
    meaning: str,
    *,
    symbol: str,
    group: str,
    within: tuple[float, float],
    plausible: tuple[float, float],
    grade: Grade,
    source: str,
    live: bool = True,
) -> Any:
    """Declare one parameter; ``within`` is what the model accepts, ``plausible`` what may be true."""
    extra: Any = {
        "unit": unit,
        "symbol": symbol,
        "group": group,
        "plausible": list(plausible),
        "grade": grade,
        "source": source,
        "live": live,
    }
    return Field(default, ge=within[0], le=within[1], description=meaning, json_schema_extra=extra)


_UNIT = (0.0, 1.0)
_RATE = "per week"
_EACH = "per event"
_SHARE = "0 to 1"


class Parameters(BaseModel):
    """The numbers of the model; frozen, checked, with the calibrated defaults.

    Examples
    --------
    >>> Parameters().staff_turnover
    0.14
    >>> Parameters(staff_turnover=0.2).staff_turnover
    0.2
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)

    # --- the teaming cycle -------------------------------------------------------------------------------------
    opportunity_rate: float = _quantity(
        0.30, "per person and week", "how often somebody meets a concern, an error or an idea worth raising",
        symbol="κ", group="teaming cycle", within=_UNIT, plausible=(0.24, 0.40), grade="measured",
        source="swiss-speaking-up",
    )  # fmt: skip
    voice_intercept: float = _quantity(
        0.81, "logit", "readiness to speak up of somebody with average safety and efficacy",
        symbol="b₀", group="teaming cycle", within=(-10, 10), plausible=(0.4, 1.2), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    voice_safety: float = _quantity(
        2.9, "logit per unit of safety", "how much feeling safe adds to speaking up",
        symbol="b_s", group="teaming cycle", within=(0, 20), plausible=(1.5, 6.0), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    voice_efficacy: float = _quantity(
        1.3, "logit per unit of efficacy", "how much the belief that it will be addressed adds to speaking up",
        symbol="b_e", group="teaming cycle", within=(0, 20), plausible=(0.6, 2.6), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    status_gradient: float = _quantity(
        0.3, "logit per rank", "how much harder speaking up is for less senior groups under a fully controlling leader",
        symbol="g", group="teaming cycle", within=(0, 5), plausible=(0.0, 1.0), grade="published",
        source="nicu-inclusiveness",
    )  # fmt: skip
    fair_hearing: float = _quantity(
        0.47, _SHARE, "share of joined concerns that are well received whatever the leader and team are like",
        symbol="fair", group="teaming cycle", within=_UNIT, plausible=(0.3, 0.6), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    leader_weight: float = _quantity(
        0.64, _SHARE, "weight of the team leader, against the team, in how a concern is received",
        symbol="φ", group="teaming cycle", within=_UNIT, plausible=(0.5, 0.8), grade="judgement",
        source="ps-antecedents",
    )  # fmt: skip
    pressure_penalty: float = _quantity(
        0.30, "per unit of pressure", "how much pressure keeps a leader from receiving a concern well",
        symbol="δ", group="teaming cycle", within=_UNIT, plausible=(0.0, 0.6), grade="judgement",
        source="threat-rigidity",
    )  # fmt: skip
    punish_rate: float = _quantity(
        0.04, "per badly received concern", "chance of punishment under a fully controlling leader",
        symbol="π", group="teaming cycle", within=_UNIT, plausible=(0.0, 0.1), grade="judgement",
        source="bullying-2023",
    )  # fmt: skip

    # --- what people bring -------------------------------------------------------------------------------------
    safety_trait: float = _quantity(
        0.67, _SHARE, "mean safety that people expect of any workplace (the labour market)",
        symbol="s̄⁰", group="people", within=_UNIT, plausible=(0.60, 0.75), grade="measured", source="nhs-survey-2023",
        live=False,
    )  # fmt: skip
    safety_trait_sd: float = _quantity(
        0.26, _SHARE, "spread of that expectation between people",
        symbol="s_sd", group="people", within=(0, 0.5), plausible=(0.20, 0.28), grade="judgement", source="hsops",
        live=False,
    )  # fmt: skip
    efficacy_trait: float = _quantity(
        0.65, _SHARE, "mean belief, in the labour market, that a concern would be addressed",
        symbol="ē⁰", group="people", within=_UNIT, plausible=(0.58, 0.72), grade="measured", source="nhs-survey-2023",
        live=False,
    )  # fmt: skip
    efficacy_trait_sd: float = _quantity(
        0.26, _SHARE, "spread of that belief between people",
        symbol="e_sd", group="people", within=(0, 0.5), plausible=(0.20, 0.28), grade="judgement", source="hsops",
        live=False,
    )  # fmt: skip
    newcomer_optimism: float = _quantity(
        0.02, _SHARE, "how much safer newcomers feel than they expect of a workplace in the long run",
        symbol="newcomer", group="people", within=(-0.5, 0.5), plausible=(0.008, 0.03), grade="measured",
        source="newcomers",
    )  # fmt: skip
    newcomer_susceptibility: float = _quantity(
        1.0, "times", "how much faster a newcomer's beliefs move than a settled colleague's",
        symbol="susc", group="people", within=(0, 10), plausible=(0.0, 3.0), grade="published",
        source="harrison-carroll-1991",
    )  # fmt: skip
    susceptibility_weeks: float = _quantity(
        13, "weeks", "time in which a newcomer's extra susceptibility fades (to 37 %)",
        symbol="τ", group="people", within=(0.5, 104), plausible=(4, 26), grade="published",
        source="harrison-carroll-1991",
    )  # fmt: skip

    # --- safety and efficacy -----------------------------------------------------------------------------------
    safety_gain_heard: float = _quantity(
        0.013, _EACH, "gain in safety when a concern is heard",
        symbol="g_heard", group="safety and efficacy", within=_UNIT, plausible=(0.006, 0.026), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    safety_gain_learned: float = _quantity(
        0.022, _EACH, "gain in safety when a concern is learned from",
        symbol="g_learned", group="safety and efficacy", within=_UNIT, plausible=(0.011, 0.044), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    safety_loss_ignored: float = _quantity(
        0.004, _EACH, "loss of safety when a concern is ignored",
        symbol="l_ignored", group="safety and efficacy", within=_UNIT, plausible=(0.002, 0.008), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    safety_loss_punished: float = _quantity(
        0.27, _EACH, "loss of safety when speaking up is punished",
        symbol="l_punished", group="safety and efficacy", within=_UNIT, plausible=(0.13, 0.54), grade="calibrated",
        source="bad-is-stronger",
    )  # fmt: skip
    efficacy_gain_heard: float = _quantity(
        0.024, _EACH, "gain in efficacy when a concern is heard",
        symbol="ge_heard", group="safety and efficacy", within=_UNIT, plausible=(0.012, 0.048), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    efficacy_gain_learned: float = _quantity(
        0.030, _EACH, "gain in efficacy when a concern is learned from",
        symbol="ge_learned", group="safety and efficacy", within=_UNIT, plausible=(0.015, 0.060), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    efficacy_loss_ignored: float = _quantity(
        0.020, _EACH, "loss of efficacy when a concern is ignored (the deaf ear)",
        symbol="le_ignored", group="safety and efficacy", within=_UNIT, plausible=(0.010, 0.040), grade="calibrated",
        source="deaf-ear",
    )  # fmt: skip
    efficacy_loss_punished: float = _quantity(
        0.10, _EACH, "loss of efficacy when speaking up is punished",
        symbol="le_punished", group="safety and efficacy", within=_UNIT, plausible=(0.05, 0.20), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    witness_weight: float = _quantity(
        0.26, "times", "weight of what happens to a teammate, against what happens to oneself",
        symbol="witness", group="safety and efficacy", within=_UNIT, plausible=(0.0, 0.7), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    social_influence: float = _quantity(
        0.025, _RATE, "pull of the colleagues' mean safety on one's own",
        symbol="social", group="safety and efficacy", within=_UNIT, plausible=(0.005, 0.06), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    trait_pull: float = _quantity(
        0.05, _RATE, "pull back to what a person expects of a workplace under this leader and pressure",
        symbol="drift", group="safety and efficacy", within=_UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    leader_effect: float = _quantity(
        0.30, "per unit of control", "how much a relational leader lifts the safety that a person settles at",
        symbol="lead", group="safety and efficacy", within=(0, 2), plausible=(0.24, 0.41), grade="measured",
        source="icu-teams",
    )  # fmt: skip
    strain_effect: float = _quantity(
        0.07, "per unit of pressure", "how much pressure lowers the safety that a person settles at",
        symbol="strain", group="safety and efficacy", within=(0, 2), plausible=(0.02, 0.13), grade="measured",
        source="icu-teams",
    )  # fmt: skip
    immunity: float = _quantity(
        0.5, _SHARE, "how much the habit of failing well shields a person from a bad experience",
        symbol="immunity", group="safety and efficacy", within=_UNIT, plausible=(0.0, 0.9), grade="assumption",
        source="assumed",
    )  # fmt: skip

    # --- habits and aim ----------------------------------------------------------------------------------------
    habit_formation: float = _quantity(
        0.045, _EACH, "growth of a habit each time it is rewarded (95 % of the way after 66 repetitions)",
        symbol="η₊", group="habits and aim", within=_UNIT, plausible=(0.02, 0.1), grade="measured", source="lally-2010",
    )  # fmt: skip
    habit_erosion: float = _quantity(
        0.058, _EACH, "loss of a habit each time it goes unrewarded",
        symbol="η₋", group="habits and aim", within=_UNIT, plausible=(0.03, 0.12), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    partial_erosion: float = _quantity(
        0.5, "times", "how much of that loss the habit of speaking up takes when a concern is ignored",
        symbol="partial", group="habits and aim", within=_UNIT, plausible=(0.25, 1.0), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    habit_disuse: float = _quantity(
        0.0071, _RATE, "fading of habits towards where they began, faster under pressure",
        symbol="disuse", group="habits and aim", within=_UNIT, plausible=(0.0035, 0.014), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    initial_habit: float = _quantity(
        0.05, _SHARE, "strength of the four habits in somebody new to them",
        symbol="h₀", group="habits and aim", within=_UNIT, plausible=(0.0, 0.15), grade="calibrated",
        source="calibration", live=False,
    )  # fmt: skip
    initial_aim: float = _quantity(
        0.65, _SHARE, "how strongly people hold the shared aim when they arrive",
        symbol="a₀", group="habits and aim", within=_UNIT, plausible=(0.5, 0.8), grade="judgement",
        source="source-case",
        live=False,
    )  # fmt: skip
    aim_rate: float = _quantity(
        0.02, _RATE, "speed at which the aim follows what the trio voices together",
        symbol="aim_rate", group="habits and aim", within=_UNIT, plausible=(0.01, 0.04), grade="judgement",
        source="assumed",
    )  # fmt: skip
    dialogue_aim: float = _quantity(
        0.05, "per week of dialogue", "gain in aim from dialogue with leaders who mean it",
        symbol="aim_gain", group="habits and aim", within=_UNIT, plausible=(0.02, 0.1), grade="judgement",
        source="assumed",
    )  # fmt: skip

    # --- leaders -----------------------------------------------------------------------------------------------
    control_of_newcomers: float = _quantity(
        0.70, _SHARE, "mean control-based management of leaders on the market (and at the start)",
        symbol="c_hire", group="leaders", within=_UNIT, plausible=(0.5, 0.8), grade="judgement", source="source-case",
    )  # fmt: skip
    control_of_newcomers_sd: float = _quantity(
        0.15, _SHARE, "spread of that style between leaders",
        symbol="c_sd", group="leaders", within=(0, 0.5), plausible=(0.10, 0.20), grade="judgement", source="assumed",
    )  # fmt: skip
    control_norm: float = _quantity(
        0.75, _SHARE, "control-based management that the wider system expects of its leaders",
        symbol="c_sys", group="leaders", within=_UNIT, plausible=(0.3, 0.95), grade="judgement", source="source-case",
    )  # fmt: skip
    pull_to_control: float = _quantity(
        0.049, _RATE, "pull of a leader under full pressure towards that norm",
        symbol="pull", group="leaders", within=_UNIT, plausible=(0.025, 0.098), grade="calibrated",
        source="threat-rigidity",
    )  # fmt: skip
    imitation: float = _quantity(
        0.026, _RATE, "pull of leaders towards one another (within the trio; of team leaders towards the trio)",
        symbol="imitate", group="leaders", within=_UNIT, plausible=(0.013, 0.052), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    evidence: float = _quantity(
        0.026, "per week of learning", "how much seeing that the team learns loosens a leader's control",
        symbol="evidence", group="leaders", within=_UNIT, plausible=(0.013, 0.052), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    embedding: float = _quantity(
        0.0069, _RATE, "speed at which relational leading becomes habitual, and so immune to pressure",
        symbol="embed", group="leaders", within=_UNIT, plausible=(0.0035, 0.014), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    coaching_effect: float = _quantity(
        0.058, _RATE, "loosening of control by one unit of coaching, without pressure",
        symbol="coach", group="leaders", within=_UNIT, plausible=(0.03, 0.12), grade="calibrated",
        source="coaching-meta-analyses",
    )  # fmt: skip
    coaching_stretch: float = _quantity(
        0.5, "per unit of pressure", "how much pressure keeps over-stretched leaders from taking coaching in",
        symbol="stretch", group="leaders", within=_UNIT, plausible=(0.25, 1.0), grade="assumption",
        source="source-case",
    )  # fmt: skip
    peer_coaching: float = _quantity(
        0.05, _RATE, "loosening of a team leader's control by a critical mass of facilitators in the team",
        symbol="peer_coach", group="leaders", within=_UNIT, plausible=(0.025, 0.1), grade="assumption",
        source="assumed",
    )  # fmt: skip

    # --- shared purpose ----------------------------------------------------------------------------------------
    initial_purpose: float = _quantity(
        0.15, _SHARE, "shared purpose of a pair of senior leaders who have never talked about it",
        symbol="p₀", group="shared purpose", within=_UNIT, plausible=(0.05, 0.3), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    purpose_gain: float = _quantity(
        0.04, _RATE, "growth of shared purpose when supported, or between two relational leaders",
        symbol="purpose_gain", group="shared purpose", within=_UNIT, plausible=(0.02, 0.08), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    purpose_loss: float = _quantity(
        0.023, _RATE, "loss of shared purpose under full pressure",
        symbol="purpose_loss", group="shared purpose", within=_UNIT, plausible=(0.012, 0.046), grade="calibrated",
        source="collective-leadership-fragile",
    )  # fmt: skip
    vacancy_weeks: float = _quantity(
        30, "weeks", "time for which a senior post stays without a settled holder after somebody leaves",
        symbol="vacancy", group="shared purpose", within=(0, 208), plausible=(20, 40), grade="measured",
        source="vacancy-lengths",
    )  # fmt: skip

    # --- dialogue and facilitation -----------------------------------------------------------------------------
    dialogue_gain: float = _quantity(
        0.015, "per week of dialogue", "gain in safety and efficacy from dialogue with leaders who mean it",
        symbol="gain", group="dialogue and facilitation", within=_UNIT, plausible=(0.0, 0.03), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    dialogue_backfire: float = _quantity(
        0.5, "times", "loss, against that gain, from dialogue that the leaders do not mean",
        symbol="backfire", group="dialogue and facilitation", within=(0, 5), plausible=(0.0, 1.0), grade="assumption",
        source="assumed",
    )  # fmt: skip
    facilitation: float = _quantity(
        0.44, _SHARE,
        "share of otherwise failing steps of the teaming cycle that a critical mass of facilitators saves",
        symbol="ε", group="dialogue and facilitation", within=_UNIT, plausible=(0.2, 0.6), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    critical_mass: float = _quantity(
        0.29, "share of a team's capability", "mean capability of a team at which facilitation works fully",
        symbol="k_crit", group="dialogue and facilitation", within=(0.01, 1), plausible=(0.1, 0.4), grade="published",
        source="centola-2018",
    )  # fmt: skip
    capability_spread: float = _quantity(
        0.0057, _EACH, "gain in capability of somebody who learns beside facilitators",
        symbol="spread", group="dialogue and facilitation", within=_UNIT, plausible=(0.003, 0.012), grade="calibrated",
        source="calibration",
    )  # fmt: skip
    capability_decay: float = _quantity(
        0.012, _RATE, "fading of facilitation capability that is not refreshed",
        symbol="decay", group="dialogue and facilitation", within=_UNIT, plausible=(0.007, 0.02), grade="measured",
        source="training-transfer",
    )  # fmt: skip

    # --- pressure and the service ------------------------------------------------------------------------------
    turbulence_mean: float = _quantity(
        0.28, _SHARE, "mean turbulence around the service",
        symbol="μ", group="pressure and backlog", within=_UNIT, plausible=(0.15, 0.45), grade="judgement",
        source="assumed",
    )  # fmt: skip
    turbulence_sd: float = _quantity(
        0.10, _SHARE, "spread of turbulence over time",
        symbol="σ", group="pressure and backlog", within=(0, 0.5), plausible=(0.05, 0.15), grade="judgement",
        source="assumed",
    )  # fmt: skip
    turbulence_persistence: float = _quantity(
        0.9, "correlation from week to week", "how long turbulence lasts",
        symbol="ρ", group="pressure and backlog", within=(0, 0.999), plausible=(0.8, 0.97), grade="judgement",
        source="assumed",
    )  # fmt: skip
    shared_turbulence: float = _quantity(
        0.5, _SHARE, "share of the turbulence (of its variance) that all services have in common",
        symbol="shared", group="pressure and backlog", within=_UNIT, plausible=(0.2, 0.8), grade="assumption",
        source="assumed",
    )  # fmt: skip
    backlog_pressure: float = _quantity(
        0.2, "per unit of backlog", "how much unresolved problems add to pressure",
        symbol="γ", group="pressure and backlog", within=(0, 2), plausible=(0.1, 0.4), grade="judgement",
        source="capability-trap",
    )  # fmt: skip
    problem_inflow: float = _quantity(
        0.10, _RATE, "new problems when nothing has been learned",
        symbol="inflow", group="pressure and backlog", within=_UNIT, plausible=(0.05, 0.2), grade="judgement",
        source="capability-trap",
    )  # fmt: skip
    learning_relief: float = _quantity(
        0.8, "per unit of learning", "share of problems that what has been learned prevents",
        symbol="relief", group="pressure and backlog", within=(0, 2), plausible=(0.4, 1.2), grade="judgement",
        source="capability-trap",
    )  # fmt: skip
    clearing_rate: float = _quantity(
        0.08, _RATE, "clearing of the backlog without tight control",
        symbol="clear", group="pressure and backlog", within=_UNIT, plausible=(0.04, 0.16), grade="judgement",
        source="capability-trap",
    )  # fmt: skip
    control_boost: float = _quantity(
        0.3, "times", "how much faster tight control clears problems today",
        symbol="boost", group="pressure and backlog", within=(0, 5), plausible=(0.0, 0.6), grade="judgement",
        source="capability-trap",
    )  # fmt: skip
    learning_memory_weeks: float = _quantity(
        39, "weeks", "time in which what a service has learned is forgotten (to 37 %)",
        symbol="τ_Y", group="pressure and backlog", within=(1, 1040), plausible=(13, 104), grade="judgement",
        source="capability-trap",
    )  # fmt: skip

    # --- turnover ----------------------------------------------------------------------------------------------
    staff_turnover: float = _quantity(
        0.14, "per year", "staff who leave the service in a year",
        symbol="λ", group="turnover", within=(0, 5), plausible=(0.10, 0.20), grade="measured", source="nhs-leavers",
    )  # fmt: skip
    team_leader_turnover: float = _quantity(
        0.15, "per year", "team leaders who change in a year",
        symbol="λ_l", group="turnover", within=(0, 5), plausible=(0.1, 0.3), grade="assumption", source="assumed",
    )  # fmt: skip
    senior_leader_turnover: float = _quantity(
        0.25, "per year", "senior leaders who change in a year (1.27 in services under stress)",
        symbol="λ_s", group="turnover", within=(0, 5), plausible=(0.15, 0.60), grade="measured",
        source="nhs-executives",
    )  # fmt: skip
    safety_retention: float = _quantity(
        0.6, "log hazard per unit of safety", "how much feeling safe keeps people from leaving",
        symbol="ψ", group="turnover", within=(0, 5), plausible=(0.0, 1.5), grade="judgement",
        source="leavers-dissatisfied",
    )  # fmt: skip
    internal_succession: float = _quantity(
        0.4, _SHARE, "share of leaders who are appointed from within",
        symbol="internal", group="turnover", within=_UNIT, plausible=(0.0, 1.0), grade="judgement", source="assumed",
    )  # fmt: skip
    lateral_moves: float = _quantity(
        0.15, _SHARE,
        "share of outside appointments of senior leaders that come from another service of the organisation",
        symbol="lateral", group="turnover", within=_UNIT, plausible=(0.0, 0.5), grade="assumption", source="assumed",
    )  # fmt: skip


@dataclass(frozen=True)
class ParameterDeclaration:
    """All that is declared about one parameter.

    Parameters
    ----------
    name, symbol : its name in code and files; its symbol in the equations
    default : value, in ``unit``
    lowest, highest : what the model accepts, in ``unit``
    plausible : what may be true of a health-care service, (low, high) in ``unit``
    meaning : what it stands for, in a sentence
    group : the part of the model that it belongs to
    grade, source : how well it is known; key of its source in ``docs/evidence.md``
    is_live : whether a change acts on a running model (otherwise it needs a restart)
    """

    name: str
    symbol: str
    default: float
    unit: str
    lowest: float
    highest: float
    plausible: tuple[float, float]
    meaning: str
    group: str
    grade: Grade
    source: str
    is_live: bool


@cache
def describe() -> dict[str, ParameterDeclaration]:
    """Return the declaration of every parameter by name, in the order of the model.

    Examples
    --------
    >>> describe()["critical_mass"].plausible
    (0.1, 0.4)
    """
    return {name: _declaration(name, field) for name, field in Parameters.model_fields.items()}


def _declaration(name: str, field: Any) -> ParameterDeclaration:
    extra = field.json_schema_extra
    bounds = {key: getattr(item, key) for item in field.metadata for key in ("ge", "le") if hasattr(item, key)}
    return ParameterDeclaration(
        name=name,
        symbol=extra["symbol"],
        default=float(field.default),
        unit=extra["unit"],
        lowest=float(bounds["ge"]),
        highest=float(bounds["le"]),
        plausible=(float(extra["plausible"][0]), float(extra["plausible"][1])),
        meaning=field.description,
        group=extra["group"],
        grade=extra["grade"],
        source=extra["source"],
        is_live=extra["live"],
    )
