# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A rule of your own
#
# *About twenty minutes. What if people were afraid of inspections? Write it down, and see what it would change; then
# let leaders go round and listen.*
#
# This notebook is for whoever has written a little Python before. The package is not touched: a rule is one file, and
# so is something that can be done.

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from sim import KINDS, load_scenario, prepare
from sim.engine.recorder import MEASURE_NAMES
from sim.engine.week import engine_with
from sim.plots import LIGHT
from sim.rulebook.parameters import parameters_model
from sim.validation.contract.own_file import check_own_file

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})
SAFE = MEASURE_NAMES.index("safe_share")
SEEDS = range(1, 13)

# %% [markdown]
# ## The rule
#
# In some weeks an inspection is rumoured. Then fear jumps, the more so under pressure; in all other weeks it fades.
# Who is afraid feels less safe to speak up. The cell writes the rule to a file. Read it from its end: what it is
# called, what it reads and writes, and at which values it does nothing.

# %%
# %%writefile fear_of_inspection.py
"""A rule of one's own: an inspection is rumoured, people are afraid, and the afraid feel less safe to speak up."""

from sim.base.chance import uniforms
from sim.base.compilation import kernel
from sim.base.rule import Increment, Rule, Step, Stream, parameter, share

# Every number is a parameter: with what the model accepts (within), what may be true (plausible), and how well it is
# known. It can be set in a scenario, and an analysis of sensitivity varies it.
PARAMETERS = (
    parameter(
        "rumour_rate", 0.05, "per week", "chance that an inspection is rumoured in a service",
        symbol="r_I", group="fear of an inspection", within=(0, 1), plausible=(0.02, 0.1),
        grade="assumption", source="assumed",
    ),
    parameter(
        "fear_fading", 0.15, "per week", "share of the fear that fades, and to which a rumour is believed",
        symbol="λ_F", group="fear of an inspection", within=(0, 1), plausible=(0.05, 0.3),
        grade="assumption", source="assumed",
    ),
    parameter(
        "fear_effect", 0.04, "per week", "how much of their felt safety full fear takes from people",
        symbol="e_F", group="fear of an inspection", within=(0, 1), plausible=(0.01, 0.1),
        grade="assumption", source="assumed",
    ),
)  # fmt: skip

# What it remembers: one number for each service.
FEAR = share("services", "fear", "fear of an inspection (F)")

# Its chance. Numbers from 1000 on are free; a number says whose draws these are, for ever.
RUMOUR = Stream(1000, "INSPECTION_RUMOUR", "whether an inspection is rumoured, -, -, -")
_RUMOUR = RUMOUR.number


@kernel
def fear(world, rules, service, now):
    """Fear jumps where an inspection is rumoured, the more so under pressure, and fades."""
    here = world.services[service]
    rumoured, _, _, _ = uniforms(now.key, _RUMOUR, now.week, service)
    if rumoured < rules.rumour_rate:
        here.fear += rules.fear_fading * here.pressure * (1.0 - here.fear)
    else:
        here.fear -= rules.fear_fading * here.fear


@kernel
def less_safe(world, rules, service, row, now):
    """Return by how much somebody feels less safe this week."""
    return -rules.fear_effect * world.services[service].fear * world.staff.safety[row]


RULE = Rule(
    name="fear_of_inspection",
    title="Fear of an inspection",
    summary="an inspection is rumoured, and people are afraid",
    equation="Where an inspection is rumoured (chance r_I), F += λ_F · P(1 − F), else F −= λ_F · F; s −= e_F · F · s.",
    steps=(Step(fear),),
    parameters=PARAMETERS,
    columns=(FEAR,),
    streams=(RUMOUR,),
    reads=("services.fear", "services.pressure", "staff.safety"),
    writes=("services.fear",),
    # Felt safety belongs to another rule: this one adds to it, 0.02 a week at most, and the engine keeps it in [0, 1].
    adds=(Increment("staff.safety", less_safe, most=0.02),),
    off={"fear_fading": 0, "fear_effect": 0},
    after="staff",
)

# %% [markdown]
# ## Is it sound?
#
# The rule is held to the contract that all rules of the model are held to: it writes what it declares and nothing
# else, leaves everybody else's chance alone, and does nothing when its rates are zero.


# %%
def check(file):
    """Hold a file to the contract, and tell what it keeps; `cultureshift rules check FILE` does the same."""
    report = check_own_file(file, with_compiler=False)
    for judgement in report.judgements:
        for promise, faults in judgement.promises.items():
            print("no " if faults else "yes", promise)
    print(*report.faults, sep="\n")


check("fear_of_inspection.py")

# %% [markdown]
# ## Something to count
#
# What is counted every week can be your own as well: here, how many people have been in their team for a year.

# %%
# %%writefile settled.py
"""A measure of one's own: how many people have been here for a year or more."""

from sim.base.compilation import kernel
from sim.base.measure import mean_over

A_YEAR = 52


@kernel
def is_settled(world, row):
    """Return 1 for somebody who came a year ago or earlier, else 0."""
    return 1.0 if world.staff.tenure_weeks[row] >= A_YEAR else 0.0


# The mean over the rows of a group; sum_over gives their sum. Name, label, unit, and what it says.
SETTLED = mean_over("staff", is_settled, "settled_share", "Settled", "share of staff", "here for a year or more")

# %%
check("settled.py")

# %% [markdown]
# ## The same year, without fear and with it
#
# **Predict first**: a service that is helped for a year, with chance of a rumour of 5 % a week. How much lower will
# the share of staff who feel safe be?

# %%
scenario = load_scenario("shoestring-year").replace(weeks=208)
engine = engine_with("fear_of_inspection.py", "settled.py")
weeks = np.arange(scenario.weeks + 1)


def share_safe(prepared):
    """Return [worlds, weeks], the share of staff who feel safe to speak up, in 100."""
    return np.array([100 * prepared.simulate(seed=seed)[:, 0, SAFE] for seed in SEEDS])


without = share_safe(prepare(scenario))
afraid = share_safe(prepare(scenario, engine=engine))


def draw(**courses):
    """Draw the mean course of each, and the courses of all worlds behind it."""
    _, axes = plt.subplots(figsize=(9, 4))
    for colour, (label, course) in zip((LIGHT.baseline, LIGHT.leaders, LIGHT.arm), courses.items(), strict=False):
        axes.plot(weeks / 52, course.T, color=colour, alpha=0.12, linewidth=0.8)
        axes.plot(weeks / 52, course.mean(axis=0), color=colour, linewidth=2, label=label.replace("_", " "))
    axes.set(xlabel="years", ylabel="staff in 100 who feel safe", ylim=(0, 100))
    axes.legend(frameon=False)


draw(without_fear=without, afraid=afraid)

# %% [markdown]
# Both have the same chance events: nobody leaves, speaks or is punished by another throw of the dice because there is
# one more rule. So the difference can be taken world by world.

# %%
difference = (afraid - without).mean(axis=1)
spread = 2.2 * difference.std(ddof=1) / np.sqrt(len(difference))
print(f"On average {-difference.mean():.1f} fewer in 100 feel safe ({-difference.mean() - spread:.1f} to "
      f"{-difference.mean() + spread:.1f}).")  # fmt: skip

# %% [markdown]
# Your own measure stands after those of the package. **Predict first**: one in seven leaves in a year, and more of
# those who do not feel safe. How many of all who are there at the end have been there for a year?

# %%
SETTLED = engine.measure_names.index("settled_share")
last = [prepare(scenario, engine=engine).simulate(seed=seed)[-1, 0, SETTLED] for seed in SEEDS]
print(f"{100 * np.mean(last):.0f} of 100 have been here for a year or more.")

# %% [markdown]
# At rate zero the rule is not there, to the last bit:

# %%
own = parameters_model(engine.rulebook)
calm = scenario.replace(parameters=own(fear_effect=0.0, fear_fading=0.0))
bool((share_safe(prepare(calm, engine=engine)) == without).all())

# %% [markdown]
# ## Something to do about it
#
# Leaders go round the wards and listen: a kind of intervention, again one file.

# %%
# %%writefile listening_round.py
"""An intervention of one's own: leaders go round the wards every week, and listen."""

from typing import ClassVar, Literal

from pydantic import Field

from sim.inputs.interventions import Button, Spell
from sim.inputs.interventions.entry import page_field

FULL_PROGRAMME_HOURS = 8.0
"""Hours of listening a week that do as much as the full programme of dialogue: a judgement."""


class ListeningRound(Spell):
    """Leaders go round the wards and listen; it does what dialogue does, in smaller portions."""

    number: ClassVar[int] = 1000  # numbers from 1000 on are free; it tells the chance of this kind from that of others
    title: ClassVar[str] = "Listening round"
    family: ClassVar[str] = "support"
    is_done: ClassVar[bool] = True  # it is done, and does not merely happen: so it is no part of the baseline
    colour: ClassVar[str] = "staff"
    buttons: ClassVar[tuple[Button, ...]] = (
        Button(
            "listening_round", "Start listening rounds", "Stop listening rounds",
            "For half a year leaders go round the wards and listen. It helps where they mean it.", weeks=26,
        ),
    )  # fmt: skip
    reaches: ClassVar[str] = "staff"
    target_parts: ClassVar[frozenset[str]] = frozenset({"services", "teams", "staff_groups", "share"})

    kind: Literal["listening_round"] = "listening_round"
    hours_per_week: float = Field(
        2.0, ge=0, le=20, description="hours of listening a week at intensity 1 (0 to 20)",
        json_schema_extra=page_field("hours a week", 0.5),
    )  # fmt: skip
    cost_per_week: float = Field(0.25, ge=0, le=1e6, description="days of paid support a week, at intensity 1")

    def staff_levers(self, strength):
        """Return what it adds for those whom it reaches, week by week."""
        return {"dialogue": strength * self.hours_per_week / FULL_PROGRAMME_HOURS}

    def effect(self):
        """Return what it does, in a sentence."""
        return f"Leaders listen for {self.detail()}, and staff feel heard if they mean it."

    def detail(self):
        """Return how much, where that is not the usual."""
        return f"{self.hours_per_week * self.intensity:.2g} hours a week"


# %%
check("listening_round.py")

# %%
import listening_round

KINDS["listening_round"] = listening_round.ListeningRound
rounds = scenario.with_entries(listening_round.ListeningRound(start_week=26, end_week=130, hours_per_week=4))
print(rounds.timeline[-1].label(), "-", rounds.timeline[-1].effect())

listened = share_safe(prepare(rounds, engine=engine))
draw(without_fear=without, afraid=afraid, afraid_but_heard=listened)

# %% [markdown]
# These are maps over assumptions: the numbers of the rule are marked as assumed, and the picture says what would
# follow if they were so.
#
# ## Try this
#
# - Make rumours rarer and stronger: `own(rumour_rate=0.01, fear_effect=0.1)`. Is it the number of rumours that
#   counts, or how long fear lasts?
# - Break the rule on purpose: let it write `world.staff.safety[here.first_seat] = 0.0`, and check it again.
# - Let the listening rounds begin before the help from outside ends, or after it.
#
# ## Questions
#
# - What in your own service would you have to watch for a month to know whether `fear_effect` is nearer to 0.01 or
#   0.1?
# - Dialogue backfires where leaders do not mean it. Does that hold for going round and listening?
# - Who should see the results of such a run, and what must they not be used for?
