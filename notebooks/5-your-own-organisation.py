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
# # Your own organisation
#
# *About twenty minutes. From three tables to an answer. St Brigid's is made up; replace it by yours.*

# %%
# %matplotlib inline
import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sim import InputError, answer, draw_run, load_scenario, read_organisation, run_ensemble, run_paired
from sim.engine.recorder import MEASURE_NAMES
from sim.inputs.scenario.files import scenarios_folder
from sim.plots import LIGHT
from sim.plots.bands import band, time_axis
from sim.plots.network_layout import lay_out

plt.rcParams.update({"axes.spines.top": False, "axes.spines.right": False})

# %% [markdown]
# ## The tables
#
# `people.csv` says who works where. `ties.csv` (who talks with whom) and `survey.csv` (how safe people feel) are
# optional. The folder's README describes every column.

# %%
brigid = scenarios_folder() / "organisations" / "st-brigid"
people = pd.read_csv(brigid / "people.csv")
people.head()

# %%
organisation = read_organisation(brigid)
print(f"{organisation.n_services} services, {organisation.n_teams} teams, {organisation.n_staff} staff")
for notice in organisation.notices:
    print("-", notice)

# %% [markdown]
# Read the notices. They say what was *assumed* where the tables are silent.
#
# Files of another shape (a staff list from the personnel system, answers in words, an e-mail network) become such
# tables with `cultureshift organisation import FILE... --out DIR`; `docs/own-data.md` shows how. Never copy a team's
# score to each of its people: give the team one row, say whether it is a mean or per cent who agree, and how many
# answered. It becomes people who differ, other ones in each run.

# %% [markdown]
# ## What it looks like
#
# Every dot is somebody: red for those who said that they do not feel safe, blue for those who do, and grey for those
# who did not answer. Squares are team leaders, rings are the senior leaders.

# %%
places = lay_out(organisation)
score = organisation.scores.safety
answered = ~np.isnan(score)

figure, axes = plt.subplots(figsize=(10, 5.4), layout="constrained")
axes.scatter(*places.staff[~answered].T, s=13, color="#c4c9ce")
dots = axes.scatter(*places.staff[answered].T, s=16, c=score[answered], cmap="RdYlBu", vmin=0, vmax=1)
axes.scatter(*places.leaders.T, s=26, marker="s", color=LIGHT.ink)
axes.scatter(*places.seniors.T, s=70, color="none", edgecolors=LIGHT.ink, linewidths=1.5)
for name, centre in zip(organisation.service_names(), places.services, strict=True):
    axes.text(centre[0], places.staff[:, 1].min() - 0.05, name, ha="center")
axes.set_aspect("equal")
axes.invert_yaxis()
axes.set_axis_off()
figure.colorbar(dots, label="feels safe (survey, 0 to 1)", shrink=0.6)
plt.show()

# %%
share = answered.mean()
print(f"{100 * share:.0f} % of staff answered. Who did not? In a culture of control, silence is also an answer.")

# %% [markdown]
# ## A year on a shoestring, here
#
# The same programme as in the first notebook, but with these people, these teams and these scores.

# %%
shoestring = load_scenario("shoestring-year")
paired = run_paired(shoestring, replicates=30, seed=1, organisation=organisation)
draw_run(paired, answer(paired).headline)

# %% [markdown]
# ## One service at a time
#
# The shipped story *Our own service* gives the programme to one of the two services only. Does the other notice?

# %%
story = load_scenario("our-own-service")
print(" ".join(story.story.split()))

runs = run_ensemble(story, replicates=30, seed=1, by_service=True)
safe = MEASURE_NAMES.index("safe_share")

figure, axes = plt.subplots(figsize=(9, 4), layout="constrained")
for number, (name, colour) in enumerate(zip(runs.organisation.service_names(), LIGHT.sequence, strict=False)):
    end = band(axes, runs.by_service[:, :, number, safe], colour, style=("-", "--")[number])
    axes.annotate(name, (8, end), (4, 0), textcoords="offset points", color=colour, va="center")
time_axis(axes, runs.n_weeks, LIGHT, 6.5)
axes.set_ylabel("feel safe, in 100 staff")
plt.show()

# %% [markdown]
# A small service means a wide band: with 125 people, one bad month is visible. Do not read more out of your own survey
# than such a band allows.

# %% [markdown]
# ## Make it yours
#
# Copy the folder, change the tables, read them again. Here we close the smallest team, and its people move to a ward.
# The column `leader` is only a check on the others, so we leave it out.

# %%
mine = Path("my-hospital")
shutil.copytree(brigid, mine, dirs_exist_ok=True)
(mine / "ties.csv").unlink()  # then ties are drawn by chance
(mine / "survey.csv").unlink()  # and so are scores

table = pd.read_csv(mine / "people.csv", dtype=str, keep_default_na=False)
staff = table[table["role"] == "staff"]
print(staff.groupby(["service", "team"]).size().sort_values().head(6).to_string())

# %%
table.loc[(table["team"] == "Ward Pharmacy") & (table["role"] == "staff"), "team"] = "Hawthorn Ward"
table = table[table["team"] != "Ward Pharmacy"].drop(columns="leader", errors="ignore")
table.to_csv(mine / "people.csv", index=False)

changed = read_organisation(mine)
print(f"{changed.n_teams} teams instead of {organisation.n_teams}")

# %% [markdown]
# Mistakes are named with file, line and column, all at once. Let us make two.

# %%
wrong = table.copy()
wrong.loc[wrong.index[3], "staff_group"] = "wizards"
wrong.loc[wrong.index[9], "role"] = "boss"
wrong.to_csv(mine / "people.csv", index=False)
try:
    read_organisation(mine)
except InputError as error:
    print(error)

# %% [markdown]
# ## Be careful with people
#
# A table of named colleagues and how safe they feel is a dangerous thing. The model needs no names: use codes, give
# team scores instead of personal ones, keep small teams together, and do not store what you do not need. And never use
# a run to judge a person or a team: the model knows nothing about them.

# %% [markdown]
# ## Try this
#
# 1. Write your own `people.csv` with ten made-up colleagues. What does `read_organisation` complain about?
# 2. Give both services the programme, and compare the cost (`paired.arm.cost_so_far()`).
# 3. Take the scores away (as in `my-hospital`): how much does the answer depend on where the survey says you stand?
#
# ## Questions
#
# - Which ties in your organisation are on no chart? Who would have to tell you?
# - Some did not answer. Would the picture be better or worse with them?
# - Which assumption in the notices is wrong for you?
