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
# # Critical mass and the mean field
#
# *About twenty minutes. How many facilitators are enough? And what would a service without chance do?*

# %%
# %matplotlib inline
import matplotlib.pyplot as plt
import numpy as np

from sim import load_scenario, run_paired
from sim.engine.limit.field import mean_field
from sim.meanfield.boundary import axis, boundary_map
from sim.meanfield.equilibria import bifurcation
from sim.plots import LIGHT
from sim.plots.bands import band, time_axis, years

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

capacity = load_scenario("internal-capacity")

# %% [markdown]
# ## A few are not enough
#
# In *Internal capacity*, colleagues are trained to facilitate. They help only as far as there are enough of them, in a
# team and in the teams that it works with: below the **critical mass** their effect is in proportion, above it there is
# no more to gain. We train more and
# more of them, and ask in how many runs the change persists.


# %%
def with_training(share_per_week):
    """Return the scenario with another share of staff trained each week, for two years and then as a top-up."""
    scale = share_per_week / 0.003
    entries = []
    for entry in capacity.timeline:
        if entry.kind == "train_facilitators":
            entry = entry.model_copy(update={"share_per_week": entry.share_per_week * scale})
        entries.append(entry)
    return capacity.replace(timeline=tuple(entries))


shares = [0.0, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.006]
runs = {share: run_paired(with_training(share), replicates=30, seed=1) for share in shares}

figure, axes = plt.subplots(figsize=(8.6, 4), layout="constrained")
for share, paired in runs.items():
    persists = paired.summary()["persists"]
    a_year = 52 * 100 * share
    axes.plot([a_year] * 2, [100 * persists.low, 100 * persists.high], color=LIGHT.facilitators, linewidth=2)
    axes.plot([a_year], [100 * persists.estimate], "o", color=LIGHT.facilitators)
axes.set_xlabel("staff trained in a year, in 100 (for two years; then about a quarter of it as a top-up)")
axes.set_ylabel("persists, in % of runs (95 % interval)")
axes.set_ylim(-4, 104)
plt.show()

# %% [markdown]
# Not a straight line: little for the first few, then a lot, then hardly more. If you stop at the foot of the slope
# because "we see so little", you stop just before the steep part. But the shape hangs on the question: draw `"holds"`
# in place of `"persists"`, and it is a slope that goes on.

# %%
figure, axes = plt.subplots(figsize=(8.6, 3.6), layout="constrained")
for (share, paired), colour in zip(list(runs.items())[1::2], LIGHT.sequence, strict=False):
    end = band(axes, paired.arm.series("facilitation"), colour, outer=False)
    axes.annotate(f"{5200 * share:.0f} in 100", (8, end), (4, 0), textcoords="offset points", color=colour, va="center")
time_axis(axes, capacity.weeks, LIGHT, 7.5)
axes.set_ylabel("how far teams reach\nthe critical mass, in %")
axes.set_title("what training achieves, by staff trained in a year", fontsize=10)
plt.show()

# %% [markdown]
# ## The mean field: the same rules without chance
#
# Now let the service become very large and well mixed: nobody special, no lucky week. What is left of the model is a
# small system of equations, the **mean field**. It runs in milliseconds. Does it do what the many people do?

# %%
paired = run_paired(capacity, replicates=30, seed=1)
field = mean_field(capacity).trajectory()

figure, axes = plt.subplots(figsize=(8.6, 3.8), layout="constrained")
band(axes, paired.arm.series("safety"), LIGHT.arm)
axes.plot(years(capacity.weeks), 100 * field.series("safety"), color=LIGHT.seniors, linestyle="--", linewidth=2)
axes.plot([], [], color=LIGHT.arm, label="people (mean and spread of 30 runs)")
axes.plot([], [], color=LIGHT.seniors, linestyle="--", label="mean field")
axes.legend(frameon=False)
time_axis(axes, capacity.weeks, LIGHT, 7.5)
axes.set_ylabel("mean safety, 0 to 100")
plt.show()

# %%
gap = 100 * np.abs(field.series("safety") - paired.arm.series("safety").mean(axis=0))
print(f"largest distance between the mean field and the mean of the runs: {gap.max():.1f} of 100")

# %% [markdown]
# The two tell one story, and they are not the same. People differ, teams are small, and chance does not cancel out
# where effects bend. The distance between the dashed line and the blue one is a finding, not an error.

# %% [markdown]
# ## Where does it come to rest?
#
# Without programmes and without chance, where would such a service settle, depending on how much control the wider
# system asks for? A filled dot is a culture that keeps itself; a hollow one is a tipping point between two of them.

# %%
quiet = mean_field(load_scenario("control-and-assurance"))
branches = bifurcation(quiet, (), "control_norm", np.linspace(0.0, 1.0, 21))

figure, axes = plt.subplots(figsize=(8.6, 3.8), layout="constrained")
for norm, found in branches:
    for rest in found:
        fill = LIGHT.arm if rest.is_stable else "none"
        axes.plot([100 * norm], [100 * rest.measures["safety"]], "o", color=LIGHT.arm, markerfacecolor=fill)
axes.set_xlabel("control that the wider system expects, 0 to 100 (75 by default)")
axes.set_ylabel("safety at rest, 0 to 100")
most = max(sum(rest.is_stable for rest in found) for _, found in branches)
print(f"Cultures that keep themselves at one and the same value: {most} at most")
plt.show()

# %% [markdown]
# Look at how many filled dots stand above one another. With the default numbers there is one: then a culture that fades
# does so because nothing holds it, *not* because it fell off a cliff. "Tipping point" is a strong word; look for the
# second dot before you use it.

# %% [markdown]
# ## The boundary
#
# For which turnover, and which demands from above, is more than half of the gain left after four years? Each square is
# a service of its own. Remember: mean field, no chance.

# %%
found = boundary_map(capacity, axis("turnover", 0.5, 4.0, 13), axis("control_norm", 0.3, 0.95, 13))

figure, axes = plt.subplots(figsize=(7.6, 4.6), layout="constrained")
picture = axes.pcolormesh(found.x.values, found.y.values, 100 * found.retained, cmap="cividis", vmin=0, vmax=100)
lines = axes.contour(found.x.values, found.y.values, 100 * found.retained, levels=[50], colors="white", linewidths=2.5)
figure.colorbar(picture, label="left of the peak after four years, in %")
axes.set_xlabel("turnover of everybody, in multiples of today's")
axes.set_ylabel("control that the wider system expects")
axes.set_title("white: half is left", fontsize=10)
plt.show()

# %% [markdown]
# ## How sure are we?
#
# The critical mass itself is an assumption carried over from other settings. Ask the model with the ends of what is
# plausible.

# %%
for mass in (0.1, 0.2, 0.28, 0.4):
    changed = run_paired(capacity.with_parameters(critical_mass=mass), replicates=30, seed=1)
    print(f"critical mass {mass:.2f}: persists in {changed.summary()['persists']} of runs")

# %% [markdown]
# ## Try this
#
# 1. Replace `capacity` by `load_scenario("shoestring-year")` in the boundary. Is there still a white line?
# 2. Train the same number, but where there are fewest: add `"choose": "needed"` to the `update`. (The mean field cannot
#    tell teams apart, so use `run_paired`.)
# 3. Draw the map for `axis("critical_mass")` against `axis("capability_decay")`.
#
# ## Questions
#
# - How many trained facilitators does your organisation have, and in how many teams are there two?
# - A programme shows nothing after a year. What would you need to know to decide between stopping and going on?
# - Where on the map is your service today? How would you find out?
