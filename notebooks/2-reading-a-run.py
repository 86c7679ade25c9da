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
# # Reading a run
#
# *About fifteen minutes. What the lines mean, why there are always two of them, and how sure one can be.*

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from sim import MEASURES, CultureModel, load_scenario, run_paired
from sim.plots import LIGHT
from sim.plots.bands import band, time_axis, years
from sim.plots.funnel import draw_funnel, moments

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

paired = run_paired(load_scenario("two-of-three-leave"), replicates=40, seed=1)
arm, baseline, end = paired.arm, paired.baseline, paired.support_end_week

# %% [markdown]
# ## One run is an anecdote
#
# Here are six of the forty runs, each in its own panel: the same service, the same programme, other chance events. Blue
# is with the programme, grey without. Imagine that you had seen only one of them.

# %%
figure, panels = plt.subplots(2, 3, figsize=(10, 4.6), sharex=True, sharey=True, layout="constrained")
for run, axes in enumerate(panels.flat):
    axes.plot(years(arm.n_weeks), 100 * baseline.series("safe_share")[run], color=LIGHT.baseline, linewidth=1)
    axes.plot(years(arm.n_weeks), 100 * arm.series("safe_share")[run], color=LIGHT.arm, linewidth=1.4)
    axes.axvline(end / 52, color=LIGHT.muted, linestyle=":", linewidth=1)
    axes.set_title(f"run {run + 1}", fontsize=9)
figure.supxlabel("years (dotted: support ends)")
figure.supylabel("feel safe, in 100 staff")
plt.show()

# %% [markdown]
# ## Forty runs are a picture of chance
#
# The dark band holds half of the runs, the light band nine in ten. The line is their mean: no run looks like it.

# %%
figure, axes = plt.subplots(figsize=(9, 4), layout="constrained")
band(axes, baseline.series("safe_share"), LIGHT.baseline, style="--")
band(axes, arm.series("safe_share"), LIGHT.arm)
axes.axvline(end / 52, color=LIGHT.muted, linestyle=":")
time_axis(axes, arm.n_weeks, LIGHT, 8.0)
axes.set_ylabel("feel safe, in 100 staff")
plt.show()

# %% [markdown]
# ## Why each run has a twin
#
# Run 7 with the programme and run 7 without it share every chance event: the same colds, the same resignations, the
# same bad weeks. So what differs between them is the programme's doing. If we compared each run with somebody else's
# twin, chance would blur the answer.

# %%
week = end
own_twin = 100 * (arm.series("safe_share") - baseline.series("safe_share"))[:, week]
another = 100 * (arm.series("safe_share") - np.roll(baseline.series("safe_share"), 1, axis=0))[:, week]

figure, axes = plt.subplots(figsize=(8, 2.4), layout="constrained")
for height, (differences, words) in enumerate([(own_twin, "own twin"), (another, "another's twin")]):
    axes.plot(differences, np.full(len(differences), height), "|", color=LIGHT.arm, markersize=22, alpha=0.7)
    axes.text(0.01, height + 0.32, f"{words}: spread {differences.std():.1f}", transform=axes.get_yaxis_transform())
axes.set_ylim(-0.6, 1.7)
axes.set_yticks([])
axes.set_xlabel("difference when support ends, in 100 staff (each line is a run)")
plt.show()

# %% [markdown]
# ## What is left, run by run
#
# *Retained* is the share of the peak gain that is left some years after support ends. *Persists* means: more than half
# of it after four years. *Half-life* is the time until half is gone.

# %%
for name, interval in paired.summary().items():
    print(f"{name:>18}: {interval}")

# %%
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
for height, after in enumerate([1, 2, 4]):
    left = 100 * paired.retained(after)
    jitter = np.linspace(-0.25, 0.25, len(left))
    axes.scatter(left, height + jitter, s=14, color=LIGHT.arm, alpha=0.6)
    axes.plot([left.mean()] * 2, [height - 0.35, height + 0.35], color=LIGHT.ink, linewidth=2)
axes.axvline(50, color=LIGHT.muted, linestyle="--")
axes.set_yticks([0, 1, 2], ["after 1 year", "after 2 years", "after 4 years"])
axes.set_xlabel("left of the peak gain, in % (each dot is a run; black: mean; dashed: half)")
plt.show()

# %% [markdown]
# Look how far the dots lie apart. A year after the same programme, some services still have more than four fifths of
# the shift and others a third of it. Nobody did anything wrong, or right, in between: that is chance.

# %% [markdown]
# ## The funnel: what becomes of a concern
#
# Somebody sees an error, has a worry, or an idea. Do they **voice** it? Do colleagues **join** in? Is it **well
# received**? Is it **learned** from? Each step can fail, and what happens teaches everybody who sees it what to do next
# time. Safety is not a mood; it is a memory of how the last ones fared.

# %%
figure, axes = plt.subplots(figsize=(9, 3.4), layout="constrained")
draw_funnel(axes, moments(paired), LIGHT, 80.0)
axes.set_frame_on(False)
plt.show()

# %% [markdown]
# ## One person, one year
#
# The runs are made of people. Here is the same world, week by week, and the eight colleagues of one team in it.

# %%
model = CultureModel("two-of-three-leave", rng=1)
team = slice(0, 8)
felt = [model.world.staff["safety"][team].copy()]
while model.week < 104:
    model.step()
    felt.append(model.world.staff["safety"][team].copy())

figure, axes = plt.subplots(figsize=(9, 3.2), layout="constrained")
axes.plot(100 * np.array(felt), linewidth=1.3, alpha=0.8)
axes.axhline(62.5, color=LIGHT.muted, linestyle="--")
axes.axvline(end, color=LIGHT.muted, linestyle=":")
axes.set_xlabel("week (dashed: above it, somebody would say that they feel safe)")
axes.set_ylabel("safety, 0 to 100")
plt.show()

# %% [markdown]
# Sudden falls are voices that were punished, one's own or a colleague's, and some jumps are a new colleague in the
# seat. Small causes, and the sum of them is the blue line.

# %% [markdown]
# ## Everything that is measured
#
# `arm.series(name)` gives any of these, for each run and week; `arm.to_frame()` gives the whole table.

# %%
for measure in MEASURES[:33]:
    print(f"{measure.name:>26}  {measure.meaning} ({measure.unit})")

# %%
table = arm.to_frame()
table[["replicate", "week", "safe_share", "team_leader_control", "collective_voice", "cost"]].iloc[::104].head(8)

# %% [markdown]
# ## Try this
#
# 1. Draw `coherence` (shared purpose) as a band. Where does it break, and how long does it take to come back?
# 2. Draw `punished`. Is it common? Why does it weigh so much all the same?
# 3. Look at a team where something happened: `slice(8, 16)`, `slice(16, 24)`, ...
#
# ## Questions
#
# - Your hospital is *one run*. What could you honestly say after seeing its curve for a year?
# - What would be the "twin" of your own change programme? Did it have one?
# - In your service, which of the four steps of the funnel loses most?
