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
# # The shoestring year and its variants
#
# *About fifteen minutes. The same year, told five ways: what helps it last?*

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import pandas as pd

from sim import draw_comparison, load_scenario, run_paired
from sim.plots import LIGHT
from sim.plots.bands import band, time_axis
from sim.results.comparison import COMPARED, level

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## Predict first
#
# Five stories. In all of them a consultant works for one year. **Before you run the next cells**, put them in order:
# in which is most left four years later?

# %%
names = [
    "shoestring-year",
    "two-of-three-leave",
    "induction-of-the-new-trio",
    "appoint-from-within",
    "internal-capacity",
]
scenarios = [load_scenario(name) for name in names]
for letter, scenario in zip("ABCDE", scenarios, strict=True):
    print(f"{letter}  {scenario.title}")
    print(f"   {' '.join(scenario.story.split())}\n")

# %%
pairs = [run_paired(scenario, replicates=40, seed=1) for scenario in scenarios]
draw_comparison(pairs)

# %% [markdown]
# The first is the measure for the others. Where a bar on the right crosses the line of A, forty runs cannot tell the
# two apart.


# %%
def in_100(interval):
    """Return an estimate with its 95 % interval, out of 100."""
    return f"{100 * interval.estimate:.0f} ({100 * interval.low:.0f} to {100 * interval.high:.0f})"


rows = {
    scenario.title: {item.label_in_tables: in_100(level(pair, item)) for item in COMPARED}
    for scenario, pair in zip(scenarios, pairs, strict=True)
}
pd.DataFrame(rows)

# %% [markdown]
# ## Why? Look at the leaders
#
# Three lines tell most of it: how tightly team leaders and senior leaders manage, and whether the three at the top have
# a purpose in common. Without one, staff hear the most controlling of the three.

# %%
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")
shown = {"A": pairs[0], "B": pairs[1], "E": pairs[4]}
for axes, (measure, words) in zip(
    panels,
    [
        ("team_leader_control", "control, team leaders"),
        ("senior_leader_control", "control, senior leaders"),
        ("coherence", "shared purpose of the three"),
    ],
    strict=True,
):
    for (letter, pair), colour, style in zip(shown.items(), LIGHT.sequence, ("-", "--", ":"), strict=False):
        end = band(axes, pair.arm.series(measure), colour, outer=False, style=style)
        axes.annotate(letter, (8, end), (4, 0), textcoords="offset points", color=colour, va="center", weight="bold")
    time_axis(axes, pairs[0].arm.n_weeks, LIGHT, 3.0)
    axes.set_title(f"{words}, 0 to 100", fontsize=10)
    axes.set_ylim(0, 100)
plt.show()

# %% [markdown]
# Over-stretched managers are drawn back to what is expected of them and to what they know. In A the purpose that the
# three share holds against that pull, for some time; in B it leaves with the two. In E, colleagues who can facilitate
# stay when the consultant goes and when the three change: they keep their team leader company.

# %% [markdown]
# ## Take the programme apart
#
# The year has three strands. What does each do? We leave out one at a time.

# %%
shoestring = scenarios[0]
variants = [shoestring]
for kind, words in [
    ("coach_senior_leaders", "without coaching the three"),
    ("dialogue", "without dialogue"),
    ("coach_team_leaders", "without coaching team leaders"),
]:
    variants.append(shoestring.without(kind).replace(title=f"The year {words}"))

draw_comparison([run_paired(variant, replicates=40, seed=1) for variant in variants])

# %% [markdown]
# ## Pay for it
#
# The variants do not cost the same. Cost is counted in days of paid support, so that like can be compared with like.

# %%
figure, axes = plt.subplots(figsize=(8.6, 4), layout="constrained")
for letter, pair, colour in zip("ABCDE", pairs, LIGHT.sequence, strict=False):
    persists, cost = pair.summary()["persists"], pair.arm.cost_so_far()[-1]
    axes.plot([cost] * 2, [100 * persists.low, 100 * persists.high], color=colour, linewidth=2)
    axes.plot([cost], [100 * persists.estimate], "o", color=colour)
    axes.annotate(letter, (cost, 100 * persists.estimate), (8, 0), textcoords="offset points", color=colour)
axes.set_xlabel("days of paid support over eight years")
axes.set_ylabel("persists, in % of runs (with 95 % interval)")
axes.set_ylim(-4, 104)
plt.show()

# %% [markdown]
# More money is not the whole difference: try the same money on a longer year of coaching.

# %%
same_money = shoestring.replace(title="The same days as E, all on outside support")
days = pairs[4].arm.cost_so_far()[-1]
factor = days / pairs[0].arm.cost_so_far()[-1]
longer = [entry.model_copy(update={"end_week": round(52 * factor)}) for entry in shoestring.timeline]
same_money = same_money.replace(timeline=tuple(longer))
bought = run_paired(same_money, replicates=40, seed=1)
print(f"{days:.0f} days, {factor:.1f} times as long: persists in {bought.summary()['persists']} of runs")
print(f"E: persists in {pairs[4].summary()['persists']} of runs")

# %% [markdown]
# The clock of "after support ends" starts later in the longer programme, so this is a generous comparison for it.

# %% [markdown]
# ## Try this
#
# 1. Let the two leave later: change `week` of the last entry of `two-of-three-leave`, or build your own with
#    `.with_entries(kind="leaders_leave", week=104, how_many=2)`.
# 2. What if the whole trio leaves (`how_many=3`)?
# 3. Add lighter demands from above: `.with_entries(kind="assurance", start_week=0, control_norm=0.5)`.
#
# ## Questions
#
# - Which order did you predict? Which assumption of yours does the model not share?
# - In E the money does not quite end. Is it then a fair comparison? What would be fair?
# - Coaching individuals, or building a collective: what does your organisation pay for?
