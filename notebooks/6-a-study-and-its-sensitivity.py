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
# # A study and its sensitivity
#
# *About twenty minutes. Many scenarios at once, and the most important question of all: which assumptions carry the
# answer?*

# %%
# %matplotlib inline
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from sim import describe, load_scenario
from sim.plots import LIGHT
from sim.results.outcomes import outcome_named
from sim.results.store import Results
from sim.study.runner import run_study
from sim.study.sampling import plausible_ranges
from sim.study.sensitivity import analyse_sensitivity
from sim.study.study_file import make_study

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## A study is a question with its design
#
# *What does turnover cost?* Two stories, five levels of turnover, twenty runs each, with and without the programme. All
# on common chance events.

# %%
study = make_study(
    {
        "title": "What does turnover cost a culture?",
        "scenarios": ["shoestring-year", "internal-capacity"],
        "replicates": 20,
        "weeks": 280,
        "design": {
            "kind": "grid",
            "axes": [
                {
                    "name": "turnover",
                    "multiply": ["staff_turnover", "team_leader_turnover", "senior_leader_turnover"],
                    "values": [0.5, 1, 2, 3, 4],
                }
            ],
        },
    }
)
print(study.title, "-", study.n_cases, "cases")

folder = Path("cost-of-turnover")
run_study(study, folder)
summary = Results(folder).summary()
shown = ["scenario", "turnover", "retained_4_years", "retained_4_years_low", "retained_4_years_high", "persists"]
summary[shown].round(2)

# %%
figure, axes = plt.subplots(figsize=(8.6, 4), layout="constrained")
for (name, rows), colour in zip(summary.groupby("scenario", sort=False), LIGHT.sequence, strict=False):
    axes.fill_between(
        rows["turnover"], 100 * rows["persists_low"], 100 * rows["persists_high"], color=colour, alpha=0.2, linewidth=0
    )
    axes.plot(rows["turnover"], 100 * rows["persists"], "o-", color=colour, label=name)
axes.set_xlabel("turnover of everybody, in multiples of today's")
axes.set_ylabel("persists, in % of runs (95 % interval)")
axes.set_ylim(-4, 104)
axes.legend(frameon=False)
plt.show()

# %% [markdown]
# The results lie in a folder: every run can be found, repeated, and asked about in SQL. A study that is interrupted
# goes on where it stopped.

# %%
Results(folder).sql("SELECT * FROM summary WHERE turnover = 1")

# %% [markdown]
# ## What do we not know?
#
# The model has many numbers. Each has a range that is plausible, and a grade that says how well it is known.

# %%
grades = {}
for name, declared in describe().items():
    grades.setdefault(declared.grade, []).append(name)
for grade, names in grades.items():
    print(f"{grade:>16}: {len(names):>2}   such as {', '.join(names[:3])}")

# %% [markdown]
# ## Which of them decide whether it lasts?
#
# We move the numbers through their plausible ranges, many at a time, and see which of them move the answer. (Here a
# dozen of them and few points, so that it takes seconds; `cultureshift sensitivity` does it for all.)

# %%
asked = plausible_ranges(
    [
        "pull_to_control",
        "control_norm",
        "senior_leader_turnover",
        "team_leader_turnover",
        "staff_turnover",
        "critical_mass",
        "capability_decay",
        "leader_effect",
        "social_influence",
        "habit_formation",
        "witness_weight",
        "turbulence_mean",
    ]
)
found = analyse_sensitivity(
    load_scenario("internal-capacity"),
    outcome_named("gain_4_years"),
    "morris",
    n_points=169,
    replicates=3,
    seed=1,
    ranges=asked,
)
drivers = found.screening.drivers
print(f"{found.screening.n_points} points, {found.screening.n_replicates} runs each, with and without the programme")

# %%
figure, axes = plt.subplots(figsize=(8.6, 4.6), layout="constrained")
for row, driver in enumerate(reversed(drivers)):
    colour = LIGHT.arm if driver.is_above_chance else LIGHT.baseline
    axes.plot([100 * driver.strength.low, 100 * driver.strength.high], [row, row], color=colour, linewidth=2.5)
    axes.plot([100 * driver.strength.estimate], [row], "o", color=colour)
    axes.plot([100 * driver.floor] * 2, [row - 0.35, row + 0.35], color=LIGHT.muted, linewidth=1)
axes.set_yticks(np.arange(len(drivers)), [describe()[driver.name].meaning for driver in reversed(drivers)], fontsize=9)
axes.set_xlabel(
    "how far it moves the gain after four years, in 100 staff\n(95 % interval; thin line: what chance alone would do)"
)
plt.show()

# %%
for driver in drivers:
    told = "raises the gain" if driver.direction > 0 else "lowers the gain"
    told = told if driver.is_above_chance else "not told apart from chance here"
    print(f"{driver.name:>24}: {told} ({describe()[driver.name].grade})")

# %% [markdown]
# Two things to notice. First, read the word *gain* with care. It is measured against the same service without the
# programme. Where the wider system asks for little control, people feel safe anyway, and there is little to gain: so a
# higher norm can *raise the gain* while everybody is worse off. An outcome is a choice, and it can mislead; ask for
# another one before you believe a ranking.
#
# Second, look at the last column. How well known are the strongest? **That** is the honest end of every answer: the
# model turns assumptions into consequences, and where the strongest assumptions are judged and not measured, the
# consequence is a map and not a forecast.

# %%
noise = found.screening.noise
print(f"Of the spread between the points' means, {100 * noise.share:.0f} % is chance and not parameters.")

# %% [markdown]
# ## Try this
#
# 1. Ask for another outcome: `outcome_named("holds")` asks whether people feel safe at the end, whatever the baseline
#    does. What has become of the norm of control? And do the same numbers decide `"peak_gain"`?
# 2. Use `replicates=1`. What happens to the thin lines?
# 3. Take `"shoestring-year"`. Which driver is gone, and why?
#
# ## Questions
#
# - Which one number would you pay somebody to measure, before anything else?
# - A consultant shows you a curve. Which three questions do you ask?
# - Where would you *act*, if nobody can tell you the number? Is there something that helps whatever it is?
