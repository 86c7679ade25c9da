"""One week of the mean field, compiled: the expected effect of the very mechanisms that the agents live by.

The representative service has one team and two kinds of staff, *newcomers* and *settled*; each stands in seven rows,
one for each outcome of an opportunity: ``staff`` gives what every outcome does, and the rows' chances average it. Some
of staff's posts are held by nobody. Posts of senior leaders are *vacant* (without a settled holder) or *filled*;
``attention``, ``collective`` and ``leaders`` run once for each number of vacant posts, and the binomial chances of
those numbers average them.

The derivation, and what is approximated, is in ``docs/mean-field.md``. The file is long because the week is one
loop: its parts hand the same rows, chances and sums on to one another, in the order of the week of agents.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.base.compilation import array_kernel, entry_point, kernel
from sim.base.terms import N_GROUPS, N_OUTCOMES, SETTLED_WEEKS_IN_POST, Now, Outcome, clip, per_week
from sim.rules.attention import attention
from sim.rules.collective import collective
from sim.rules.cynicism import cynicism
from sim.rules.environment import environment, pressure_of
from sim.rules.leaders import leaders
from sim.rules.service import service
from sim.rules.staff import staff
from sim.rules.teaming import join_probability, learning_probability, reception_probability, voice_probability

__all__ = ["N_OBSERVED", "N_STATE", "OBSERVED", "STATE_NAMES", "run_field"]

_STAFF_COLUMNS = (
    "safety", "efficacy", "aim", "habit_voice", "habit_team", "habit_fail", "habit_learn", "capability", "cynicism",
)  # fmt: skip
N_STAFF_COLUMNS = len(_STAFF_COLUMNS)
_LEADER_COLUMNS = ("control", "embedding", "disposition")
STATE_NAMES = (
    "newcomer_share",
    *(f"newcomer_{name}" for name in _STAFF_COLUMNS),
    *(f"settled_{name}" for name in _STAFF_COLUMNS),
    *(f"{who}_{name}" for who in ("team_leader", "vacant", "filled") for name in _LEADER_COLUMNS),
    "vacant_purpose", "filled_purpose",
    "vacant_share", "vacant_posts", "turbulence", "pressure", "backlog", "learning_stock", "usual_voice",
)  # fmt: skip
"""The state of the mean field: staff (who is new, two kinds, posts not filled), leaders, the service.

``vacant_`` and ``filled_`` are posts of senior leaders, ``vacant_share`` how many of them are vacant; ``vacant_posts``
is the share of staff's posts that nobody holds.
"""
N_STATE = len(STATE_NAMES)

OBSERVED = (
    "safety", "efficacy", "aim_high", "feel_safe", "team_up", "fail_well", "learn_fast", "team_leader_control",
    "senior_leader_control", "team_leader_embedding", "senior_leader_embedding", "coherence", "collective_voice",
    "capability", "facilitation", "pressure", "backlog", "learning_stock", "cynicism", "vacant_share",
    "attention_problems", "attention_purpose", "attention_staff", "attention_leaders",
)  # fmt: skip
"""What is recorded each week, by the names and conventions of :data:`sim.engine.recorder.MEASURES`."""
N_OBSERVED = len(OBSERVED)

NEWCOMER, SETTLED, N_KINDS = 0, 1, 2
N_ROWS = N_KINDS * N_OUTCOMES
_STAFF_AT = 1
_TEAM_CONTROL, _TEAM_EMBEDDING, _TEAM_DISPOSITION = (STATE_NAMES.index(f"team_leader_{x}") for x in _LEADER_COLUMNS)
_VACANT_CONTROL, _VACANT_EMBEDDING, _VACANT_DISPOSITION = (STATE_NAMES.index(f"vacant_{x}") for x in _LEADER_COLUMNS)
_FILLED_CONTROL, _FILLED_EMBEDDING, _FILLED_DISPOSITION = (STATE_NAMES.index(f"filled_{x}") for x in _LEADER_COLUMNS)
_VACANT_PURPOSE, _FILLED_PURPOSE = STATE_NAMES.index("vacant_purpose"), STATE_NAMES.index("filled_purpose")
_VACANT, _VACANT_POSTS = STATE_NAMES.index("vacant_share"), STATE_NAMES.index("vacant_posts")
_TURBULENCE, _PRESSURE, _BACKLOG, _LEARNING, _USUAL_VOICE = range(STATE_NAMES.index("turbulence"), N_STATE)
_SILENT, _NOT_JOINED, _NOT_RECEIVED = Outcome.SILENT, Outcome.NOT_JOINED, Outcome.NOT_RECEIVED
_PUNISHED, _HEARD, _LEARNED = Outcome.PUNISHED, Outcome.HEARD, Outcome.LEARNED
_LONG_IN_POST = SETTLED_WEEKS_IN_POST
_NO_SHARE = 1e-12
_CYNICISM_OF_NEWCOMERS, _CYNICISM_OF_SETTLED = (STATE_NAMES.index(f"{x}_cynicism") for x in ("newcomer", "settled"))
_HABIT_FAIL, _CAPABILITY, _CYNICISM = (_STAFF_COLUMNS.index(x) for x in ("habit_fail", "capability", "cynicism"))


@entry_point
def run_field(state: Any, plan: Any, epochs: Any, world: Any, key: Any, setting: Any, table: Any) -> None:
    """Run weeks of the mean field and record each.

    Parameters
    ----------
    state : [N_STATE], changed in place
    plan : of :func:`sim.engine.plan.build_plan`, for one service of one kind
    epochs : [n_weeks], the plan's epoch of each week to run
    world : place to work in: one service, one team of N_ROWS rows
    key : [2]; no draw has an effect, but the environment asks for one
    setting : of :class:`sim.engine.limit.field.Numbers`, what the service is like
    table : [n_weeks + 1 or 0, N_OBSERVED]; row k is the state at the start of week k, with the week before's events
    """
    gates = np.full(4, math.nan)
    for week in range(epochs.size):
        if table.shape[0] > 0:
            _record(state, world, gates, table[week])
        _week(state, plan, epochs[week], world, key, setting, gates)
    if table.shape[0] > 0:
        _record(state, world, gates, table[epochs.size])


@array_kernel
def _week(state: Any, plan: Any, epoch: Any, world: Any, key: Any, setting: Any, gates: Any) -> None:
    rules, here, team = plan.rules[epoch, 0], world.services[0], world.teams[0]
    now = Now(plan, key, 0, 0, epoch)
    here.turbulence, here.pressure = state[_TURBULENCE], state[_PRESSURE]
    here.backlog, here.learning_stock = state[_BACKLOG], state[_LEARNING]
    _seat_team_leader(state, team, setting)
    _expect_of_seniors(state, world, rules, now)
    environment(world, rules, 0, now)
    # The rows are people of every kind, not seats; how many seats are vacant is in the state.
    here.vacant_share = state[_VACANT_POSTS]
    here.pressure = pressure_of(rules, here)
    _seat_staff(state, world, rules)

    chance = np.zeros((N_KINDS, N_OUTCOMES))
    _teaming(world, rules, setting.staff_mix, chance)
    mean = _expected_outcomes(state, chance)
    _pass_rates(mean, gates)
    occupied = 1.0 - state[_VACANT_POSTS]
    _tell_team(team, mean, setting.team_size * occupied)
    staff(world, rules, 0, now)
    _average_staff(world, chance, state)

    # Of all posts, be they vacant or not.
    learned = mean[_LEARNED] * occupied
    here.learned_share = learned / rules.opportunity_rate if rules.opportunity_rate > 0.0 else 0.0
    team.learned = learned * N_ROWS
    _lead(state, world, rules, now)
    service(world, rules, 0, now)
    state[_TURBULENCE], state[_PRESSURE] = here.turbulence, here.pressure
    state[_BACKLOG], state[_LEARNING] = here.backlog, here.learning_stock
    _train(state, plan.training[epoch, 0])
    _staff_turnover(state, rules)
    _team_leader_turnover(state, rules)
    _change_jobs(state, rules, float(here.last_senior - here.first_senior))
    _senior_leader_turnover(state, rules, setting, float(here.last_senior - here.first_senior))


@kernel
def _mean(state: Any, column: Any) -> Any:
    """Return the mean of a staff column over newcomers and settled staff."""
    new = state[0]
    return new * state[_STAFF_AT + column] + (1.0 - new) * state[_STAFF_AT + N_STAFF_COLUMNS + column]


@kernel
def _seat_staff(state: Any, world: Any, rules: Any) -> None:
    """Fill the rows of the staff from the state, and let them find their climate."""
    people, team, neighbours = world.staff, world.teams[0], _mean(state, 0)
    for kind in range(N_KINDS):
        at = _STAFF_AT + kind * N_STAFF_COLUMNS
        for outcome in range(N_OUTCOMES):
            row = kind * N_OUTCOMES + outcome
            people.safety[row], people.efficacy[row], people.aim[row] = state[at], state[at + 1], state[at + 2]
            people.habit_voice[row], people.habit_team[row] = state[at + 3], state[at + 4]
            people.habit_fail[row], people.habit_learn[row] = state[at + 5], state[at + 6]
            people.capability[row], people.cynicism[row] = state[at + 7], state[at + 8]
            people.neighbour_safety[row] = neighbours
            people.safety_trait[row], people.efficacy_trait[row] = rules.safety_trait, rules.efficacy_trait
            people.tenure_weeks[row] = 0 if kind == NEWCOMER else _LONG_IN_POST
            people.outcome[row] = outcome
    team.fail_well = _mean(state, _HABIT_FAIL)
    team.facilitation = min(1.0, _mean(state, _CAPABILITY) / rules.critical_mass)
    world.services[0].team_leader_control = team.control


@kernel
def _seat_team_leader(state: Any, team: Any, setting: Any) -> None:
    """Fill the team leader's row: linked teams are led as this one is."""
    team.control, team.embedding = state[_TEAM_CONTROL], state[_TEAM_EMBEDDING]
    team.disposition = state[_TEAM_DISPOSITION]
    team.linked_control, team.links = team.control, setting.links


@kernel
def _seat_seniors(state: Any, world: Any, rules: Any, n_vacant: Any, now: Any) -> None:
    """Fill the senior leaders' rows and let them spend their time and be heard.

    The first ``n_vacant`` are without a settled holder, the others settled.
    """
    here = world.services[0]
    for row in range(here.first_senior, here.last_senior):
        senior, is_vacant = world.seniors[row], row < n_vacant
        senior.control = state[_VACANT_CONTROL] if is_vacant else state[_FILLED_CONTROL]
        senior.embedding = state[_VACANT_EMBEDDING] if is_vacant else state[_FILLED_EMBEDDING]
        senior.disposition = state[_VACANT_DISPOSITION] if is_vacant else state[_FILLED_DISPOSITION]
        senior.weeks_in_post = -1 if is_vacant else _LONG_IN_POST
    for row in range(here.first_pair, here.last_pair):
        pair = world.pairs[row]
        # The first of a pair has the lower row: it is vacant if either is.
        pair.purpose = state[_VACANT_PURPOSE] if pair.first_senior < n_vacant else state[_FILLED_PURPOSE]
    pressure = here.pressure
    here.pressure = state[_PRESSURE]  # Time is spent under the pressure of the week before.
    attention(world, rules, 0, now)
    here.pressure = pressure
    collective(world, rules, 0, now)


@kernel
def _chance_of_vacant(n: Any, n_vacant: Any, share: Any) -> Any:
    """Return the binomial chance that ``n_vacant`` of ``n`` senior posts are vacant."""
    ways = 1.0
    for k in range(n_vacant):
        ways *= (n - k) / (k + 1.0)
    return ways * share**n_vacant * (1.0 - share) ** (n - n_vacant)


@kernel
def _expect_of_seniors(state: Any, world: Any, rules: Any, now: Any) -> None:
    """Set how the senior leaders are expected to be heard, and where their time is expected to go."""
    here = world.services[0]
    coherence, voice, problems, to_staff, to_leaders = 0.0, 0.0, 0.0, 0.0, 0.0
    n = here.last_senior - here.first_senior
    for n_vacant in range(n + 1):
        chance = _chance_of_vacant(n, n_vacant, state[_VACANT])
        if chance > 0.0:
            _seat_seniors(state, world, rules, n_vacant, now)
            coherence += chance * here.coherence
            voice += chance * here.collective_voice
            problems += chance * here.mean_attention_problems
            to_staff += chance * here.mean_attention_staff
            to_leaders += chance * here.mean_attention_leaders
    here.coherence, here.collective_voice = coherence, voice
    here.mean_attention_problems = problems
    here.mean_attention_staff, here.mean_attention_leaders = to_staff, to_leaders


@kernel
def _teaming(world: Any, rules: Any, staff_mix: Any, chance: Any) -> None:
    """Set the chance of every outcome for newcomers and for settled staff."""
    here, people, team = world.services[0], world.staff, world.teams[0]
    facilitated = rules.facilitation * team.facilitation
    received = reception_probability(rules, here, team, facilitated)
    punished = rules.punish_rate * team.control
    for kind in range(N_KINDS):
        row = kind * N_OUTCOMES
        voiced = 0.0
        for group in range(N_GROUPS):
            people.staff_group[row] = group
            voiced += staff_mix[group] * voice_probability(rules, people, row, team.control)
        joined = join_probability(rules, people, row, here.pressure, facilitated)
        learned = learning_probability(rules, people, row, here.collective_voice, facilitated)
        here_voiced = rules.opportunity_rate * voiced
        here_joined = here_voiced * joined
        here_received = here_joined * received
        chance[kind, 0] = 1.0 - rules.opportunity_rate
        chance[kind, _SILENT] = rules.opportunity_rate - here_voiced
        chance[kind, _NOT_JOINED] = here_voiced - here_joined
        chance[kind, _NOT_RECEIVED] = (here_joined - here_received) * (1.0 - punished)
        chance[kind, _PUNISHED] = (here_joined - here_received) * punished
        chance[kind, _HEARD] = here_received * (1.0 - learned)
        chance[kind, _LEARNED] = here_received * learned


@array_kernel
def _expected_outcomes(state: Any, chance: Any) -> Any:
    """Return the chance of each outcome over all staff."""
    return state[0] * chance[NEWCOMER] + (1.0 - state[0]) * chance[SETTLED]


@kernel
def _pass_rates(mean: Any, gates: Any) -> None:
    """Set the pass rates of the four gates (NaN where nothing comes to a gate)."""
    learned = mean[_LEARNED]
    received = learned + mean[_HEARD]
    joined = received + mean[_PUNISHED] + mean[_NOT_RECEIVED]
    voiced = joined + mean[_NOT_JOINED]
    met = voiced + mean[_SILENT]
    gates[0] = voiced / met if met > 0.0 else math.nan
    gates[1] = joined / voiced if voiced > 0.0 else math.nan
    gates[2] = received / joined if joined > 0.0 else math.nan
    gates[3] = learned / received if received > 0.0 else math.nan


@kernel
def _tell_team(team: Any, mean: Any, occupied: Any) -> None:
    """Set how many there are, and how many concerns they are expected to see ignored, punished, heard, learned from."""
    team.occupied = occupied
    team.ignored = occupied * (mean[_NOT_JOINED] + mean[_NOT_RECEIVED])
    team.punished = occupied * mean[_PUNISHED]
    team.heard = occupied * mean[_HEARD]
    team.learned = occupied * mean[_LEARNED]


@kernel
def _average_staff(world: Any, chance: Any, state: Any) -> None:
    """Average what the week did to people over what may have become of their opportunity."""
    people = world.staff
    for kind in range(N_KINDS):
        at = _STAFF_AT + kind * N_STAFF_COLUMNS
        state[at : at + N_STAFF_COLUMNS] = 0.0
        for outcome in range(N_OUTCOMES):
            row, weight = kind * N_OUTCOMES + outcome, chance[kind, outcome]
            state[at] += weight * people.safety[row]
            state[at + 1] += weight * people.efficacy[row]
            state[at + 2] += weight * people.aim[row]
            state[at + 3] += weight * people.habit_voice[row]
            state[at + 4] += weight * people.habit_team[row]
            state[at + 5] += weight * people.habit_fail[row]
            state[at + 6] += weight * people.habit_learn[row]
            state[at + 7] += weight * people.capability[row]
            state[at + 8] += weight * people.cynicism[row]


@array_kernel
def _lead(state: Any, world: Any, rules: Any, now: Any) -> None:
    """Update all leaders and pairs, and what people make of them, averaged over how many senior posts are vacant."""
    here, team = world.services[0], world.teams[0]
    n = here.last_senior - here.first_senior
    control, embedding = team.control, team.embedding
    coherence, voice = here.coherence, here.collective_voice
    problems, to_staff = here.mean_attention_problems, here.mean_attention_staff
    to_leaders = here.mean_attention_leaders
    total, weight = np.zeros(N_STATE), np.zeros(N_STATE)
    for n_vacant in range(n + 1):
        chance = _chance_of_vacant(n, n_vacant, state[_VACANT])
        if chance == 0.0:
            continue
        _seat_seniors(state, world, rules, n_vacant, now)
        _grow_cynical(state, world, rules, chance, total, weight, now)
        team.control, team.embedding = control, embedding
        leaders(world, rules, 0, now)
        _add(total, weight, _TEAM_CONTROL, chance, team.control)
        _add(total, weight, _TEAM_EMBEDDING, chance, team.embedding)
        if n_vacant > 0:
            _add(total, weight, _VACANT_CONTROL, chance * n_vacant, world.seniors[0].control)
            _add(total, weight, _VACANT_EMBEDDING, chance * n_vacant, world.seniors[0].embedding)
        if n_vacant < n:
            _add(total, weight, _FILLED_CONTROL, chance * (n - n_vacant), world.seniors[n - 1].control)
            _add(total, weight, _FILLED_EMBEDDING, chance * (n - n_vacant), world.seniors[n - 1].embedding)
        for row in range(here.first_pair, here.last_pair):
            pair = world.pairs[row]
            place = _VACANT_PURPOSE if pair.first_senior < n_vacant else _FILLED_PURPOSE
            _add(total, weight, place, chance, pair.purpose)
    here.coherence, here.collective_voice = coherence, voice
    here.mean_attention_problems, here.mean_attention_staff = problems, to_staff
    here.mean_attention_leaders = to_leaders
    for place in range(N_STATE):
        if weight[place] > 0.0:
            state[place] = total[place] / weight[place]


@kernel
def _grow_cynical(state: Any, world: Any, rules: Any, chance: Any, total: Any, weight: Any, now: Any) -> None:
    """Add what this composition of the senior leaders makes people think of change, and what they get used to."""
    here, people = world.services[0], world.staff
    for row in range(N_ROWS):
        people.cynicism[row] = state[_CYNICISM_OF_NEWCOMERS if row < N_OUTCOMES else _CYNICISM_OF_SETTLED]
    here.usual_voice = state[_USUAL_VOICE]
    cynicism(world, rules, 0, now)
    _add(total, weight, _CYNICISM_OF_NEWCOMERS, chance, people.cynicism[0])
    _add(total, weight, _CYNICISM_OF_SETTLED, chance, people.cynicism[N_OUTCOMES])
    _add(total, weight, _USUAL_VOICE, chance, here.usual_voice)


@kernel
def _add(total: Any, weight: Any, place: Any, chance: Any, value: Any) -> None:
    total[place] += chance * value
    weight[place] += chance


@kernel
def _train(state: Any, share: Any) -> None:
    """Make a share of staff facilitators."""
    for kind in range(N_KINDS):
        place = _STAFF_AT + kind * N_STAFF_COLUMNS + _CAPABILITY
        state[place] += share * (1.0 - state[place])


@kernel
def _staff_turnover(state: Any, rules: Any) -> None:
    """Let staff leave, posts be filled, and newcomers settle; shares are of all posts."""
    new, vacant = state[0], state[_VACANT_POSTS]
    # Where newcomers are no more open than others, nobody has to settle.
    settles = 1.0 - math.exp(-1.0 / rules.susceptibility_weeks) if rules.newcomer_susceptibility > 0.0 else 1.0
    stay_new = 1.0 - _leaves(state[_STAFF_AT], rules)
    stay_settled = 1.0 - _leaves(state[_STAFF_AT + N_STAFF_COLUMNS], rules)
    were_new, were_settled = (1.0 - vacant) * new, (1.0 - vacant) * (1.0 - new)
    left = were_new * (1.0 - stay_new) + were_settled * (1.0 - stay_settled)
    come = vacant * _filled_in_a_week(rules) if rules.time_to_hire > 0.0 else vacant + left
    still_new = were_new * stay_new * (1.0 - settles)
    newly_settled, still_settled = were_new * stay_new * settles, were_settled * stay_settled
    for column in range(N_STAFF_COLUMNS):
        a, b = _STAFF_AT + column, _STAFF_AT + N_STAFF_COLUMNS + column
        value_new, value_settled = state[a], state[b]
        state[a] = _mix(_of_newcomer(column, rules), come, value_new, still_new)
        state[b] = _mix(value_new, newly_settled, value_settled, still_settled)
    state[_VACANT_POSTS] = clip(vacant + left - come)
    held = 1.0 - state[_VACANT_POSTS]
    if held > _NO_SHARE:
        state[0] = clip((come + still_new) / held)


@kernel
def _filled_in_a_week(rules: Any) -> Any:
    """Return the share of vacant posts that are filled in a week: as many are vacant as with a clock for each."""
    return min(1.0, (1.0 - rules.hiring_freeze) / rules.time_to_hire)


@kernel
def _mix(value: Any, share: Any, other: Any, other_share: Any) -> Any:
    """Return the mean of two values by their shares; the first where neither has a share worth the name."""
    total = share + other_share
    return (share * value + other_share * other) / total if total > _NO_SHARE else value


@kernel
def _leaves(safety: Any, rules: Any) -> Any:
    """Return the chance that somebody leaves this week."""
    return min(1.0, per_week(rules.staff_turnover) * math.exp(rules.safety_retention * (rules.safety_trait - safety)))


@kernel
def _of_newcomer(column: Any, rules: Any) -> Any:
    """Return what somebody from the labour market brings in a staff column."""
    if column == 0:
        return clip(rules.safety_trait + rules.newcomer_optimism)
    if column == 1:
        return clip(rules.efficacy_trait + rules.newcomer_optimism)
    if column == 2:
        return rules.initial_aim
    return 0.0 if column in (_CAPABILITY, _CYNICISM) else rules.initial_habit


@kernel
def _team_leader_turnover(state: Any, rules: Any) -> None:
    """Let team leaders leave; a successor from inside leads as the team has learned to receive failure."""
    leaves, inside, habit = per_week(rules.team_leader_turnover), rules.internal_succession, _mean(state, _HABIT_FAIL)
    control = rules.control_of_newcomers * (1.0 - inside * habit)
    state[_TEAM_CONTROL] += leaves * (control - state[_TEAM_CONTROL])
    state[_TEAM_DISPOSITION] += leaves * (control - state[_TEAM_DISPOSITION])
    state[_TEAM_EMBEDDING] += leaves * (inside * rules.embedding_carried * habit - state[_TEAM_EMBEDDING])


@kernel
def _change_jobs(state: Any, rules: Any, n: Any) -> None:
    """Let some senior leaders change jobs and stay: half of what is habitual is left, and their pairs start again."""
    changing = min(n, max(float(_n_places(rules.change_places & ~rules.exit_places)), float(rules.change_count)))
    if changing == 0.0:
        return
    kept = 1.0 - (1.0 - rules.embedding_carried) * changing / n
    state[_VACANT_EMBEDDING] *= kept
    state[_FILLED_EMBEDDING] *= kept
    start_again = 1.0 - _pairs_without(changing, n)
    state[_VACANT_PURPOSE] += start_again * (rules.initial_purpose - state[_VACANT_PURPOSE])
    state[_FILLED_PURPOSE] += start_again * (rules.initial_purpose - state[_FILLED_PURPOSE])


@kernel
def _n_places(places: Any) -> Any:
    """Return how many places are in a set of them."""
    n = 0
    while places > 0:
        n += places & 1
        places >>= 1
    return n


@kernel
def _senior_leader_turnover(state: Any, rules: Any, setting: Any, n: Any) -> None:
    """Let senior leaders leave, successors come, and vacancies end; the pairs that break start again."""
    rate = per_week(rules.senior_leader_turnover)
    leaves = 1.0 - (1.0 - rate) * (1.0 - _n_leaving_as_scheduled(rules, n) / n)
    settles = _chance_to_settle(rate, rules.vacancy_weeks)
    vacant, stay = state[_VACANT], 1.0 - leaves
    newly_filled, still_filled = vacant * stay * settles, (1.0 - vacant) * stay
    still_vacant = vacant * stay * (1.0 - settles)
    inside = rules.internal_succession
    # Other services of the organisation are taken to be like this one.
    lateral = (1.0 - inside) * rules.lateral_moves if setting.n_services > 1.0 else 0.0
    control = inside * state[_TEAM_CONTROL] + lateral * _mean_of_seniors(state, _VACANT_CONTROL, _FILLED_CONTROL)
    control += (1.0 - inside - lateral) * rules.control_of_newcomers
    embedding = lateral * _mean_of_seniors(state, _VACANT_EMBEDDING, _FILLED_EMBEDDING)
    embedding = rules.embedding_carried * (inside * state[_TEAM_EMBEDDING] + embedding)
    _succeed(state, _VACANT_CONTROL, _FILLED_CONTROL, control, leaves, still_vacant, newly_filled, still_filled)
    _succeed(state, _VACANT_EMBEDDING, _FILLED_EMBEDDING, embedding, leaves, still_vacant, newly_filled, still_filled)
    _succeed(state, _VACANT_DISPOSITION, _FILLED_DISPOSITION, control, leaves, still_vacant, newly_filled, still_filled)
    state[_VACANT] = leaves + still_vacant

    # Pairs: both filled or not. All that break this week start again at the initial purpose.
    unbroken = (1.0 - rate) ** 2 * _pairs_without(_n_leaving_as_scheduled(rules, n), n)
    pair_stays_filled = (1.0 - vacant) ** 2 * unbroken
    pair_fills = (1.0 - vacant + vacant * settles) ** 2 * unbroken - pair_stays_filled
    pair_stays_vacant = unbroken - pair_stays_filled - pair_fills
    _succeed(
        state, _VACANT_PURPOSE, _FILLED_PURPOSE, rules.initial_purpose,
        1.0 - unbroken, pair_stays_vacant, pair_fills, pair_stays_filled,
    )  # fmt: skip


@kernel
def _mean_of_seniors(state: Any, vacant: Any, filled: Any) -> Any:
    """Return the mean of something over the posts of senior leaders."""
    return state[_VACANT] * state[vacant] + (1.0 - state[_VACANT]) * state[filled]


@kernel
def _n_leaving_as_scheduled(rules: Any, n: Any) -> Any:
    """Return how many of the senior leaders a scheduled exit takes this week."""
    return min(n, max(float(_n_places(rules.exit_places)), float(rules.exit_count)))


@kernel
def _pairs_without(n_named: Any, n: Any) -> Any:
    """Return the share of the pairs among ``n`` leaders that none of ``n_named`` of them is in."""
    return (n - n_named) * (n - n_named - 1.0) / (n * (n - 1.0)) if n > 1.0 else 1.0


@kernel
def _chance_to_settle(rate: Any, vacancy_weeks: Any) -> Any:
    """Return the weekly chance that a vacancy ends: as many posts are vacant as with vacancies of fixed length."""
    length = math.floor(vacancy_weeks)
    if length < 1:
        return 1.0
    if rate <= 0.0:
        return 1.0 / length
    vacant = 1.0 - (1.0 - rate) ** length
    return 1.0 - (1.0 - rate / vacant) / (1.0 - rate)


@kernel
def _succeed(
    state: Any, vacant: Any, filled: Any, start: Any, come: Any, still_vacant: Any, newly_filled: Any, still_filled: Any
) -> None:
    """Mix the values of vacant and filled posts (or pairs) by where they come from."""
    value_vacant, value_filled = state[vacant], state[filled]
    state[vacant] = _mix(start, come, value_vacant, still_vacant)
    state[filled] = _mix(value_vacant, newly_filled, value_filled, still_filled)


@kernel
def _record(state: Any, world: Any, gates: Any, row: Any) -> None:
    """Write one row of the table, in the order of :data:`OBSERVED`."""
    here = world.services[0]
    row[0], row[1], row[2] = _mean(state, 0), _mean(state, 1), _mean(state, 2)
    row[3], row[4], row[5], row[6] = gates[0], gates[1], gates[2], gates[3]
    row[7] = state[_TEAM_CONTROL]
    row[8] = _mean_of_seniors(state, _VACANT_CONTROL, _FILLED_CONTROL)
    row[9] = state[_TEAM_EMBEDDING]
    row[10] = _mean_of_seniors(state, _VACANT_EMBEDDING, _FILLED_EMBEDDING)
    row[11], row[12] = here.coherence, here.collective_voice
    row[13], row[14] = _mean(state, _CAPABILITY), world.teams[0].facilitation
    row[15], row[16], row[17] = here.pressure, state[_BACKLOG], state[_LEARNING]
    row[18], row[19] = _mean(state, _CYNICISM), state[_VACANT_POSTS]
    row[20], row[22], row[23] = here.mean_attention_problems, here.mean_attention_staff, here.mean_attention_leaders
    row[21] = clip(1.0 - row[20] - row[22] - row[23])
