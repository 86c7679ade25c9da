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
# # First steps
#
# *About ten minutes. You need no programming: run each cell with Shift and Enter, and read.*
#
# Three people lead a hospital service: a Medical, an Operations and a Nurse Director. They manage by control and
# assurance. For one year, on very little money, a consultant works with them, with their team leaders, and with the
# staff. People begin to speak up. Then the money ends.
#
# **Does the change last, or does it fade, and why?** This notebook asks a model of such a service.

# %%
# %matplotlib inline
from sim import answer, differences, draw_comparison, draw_run, load_scenario, run_paired

# %% [markdown]
# ## The story
#
# A scenario is a story with dates. This one comes with Cultureshift.

# %%
shoestring = load_scenario("shoestring-year")
print(shoestring.title, "\n")
print(shoestring.story)

# %% [markdown]
# ## The picture
#
# We let the story happen forty times. Each time chance is different: who meets a problem, who leaves, how hard the
# winter is. And each time we let it happen *again, with the same chance events, but without the programme*. The
# difference between the two is what the programme did. We call it the **gain**.

# %%
paired = run_paired(shoestring, replicates=40, seed=1)
draw_run(paired, answer(paired).headline)

# %% [markdown]
# How to read it, from the top left:
#
# - The **bars** at the top say what was done, and when.
# - The **blue line** is how many of 100 staff feel safe to speak up; the grey line is the same service without the
#   programme. The bands say how far the forty runs lie apart: dark for half of them, light for nine in ten.
# - The **gain** is the distance between the two. The dots mark what is left of it after one, two and four years.
# - On the **right**: what became of 100 concerns, errors and ideas, and how the leaders led.

# %% [markdown]
# ## The answer in words

# %%
print(answer(paired))

# %% [markdown]
# The numbers in brackets are 95 % intervals: with other chance events, the average of many runs would probably still
# lie there. They say how sure we are of *the model's* answer. They do not say that the model is right.

# %% [markdown]
# ## Change one thing
#
# Suppose that twice as many staff leave every year. One line changes the service; everything else stays.

# %%
print("Staff who leave in a year, as a rate:", shoestring.parameters.staff_turnover)

restless = shoestring.with_parameters(staff_turnover=0.28)
restless = restless.replace(title="The same, and twice the turnover of staff")
paired_restless = run_paired(restless, replicates=40, seed=1)

draw_comparison([paired, paired_restless])

# %%
for name, interval in differences([paired, paired_restless])[0].items():
    print(f"{name:>22}: {interval}")

# %% [markdown]
# Each difference is taken run by run, on the same chance events. If an interval reaches from below zero to above it,
# forty runs cannot tell whether there is a difference at all.

# %% [markdown]
# ## What this is, and what it is not
#
# The model is a **map over assumptions**. It says: *if* people and leaders behave like this, then that follows. Some of
# the assumptions are measured, many are judged, and those that matter most (how leaders' shared purpose grows and is
# lost, how strong the pull back to control is) nobody has measured. So use it to think and to talk; it is not a
# forecast for your service.

# %% [markdown]
# ## Try this
#
# 1. Run everything again with `seed=2`. What stays the same? What does not?
# 2. Use `replicates=5`. What happens to the bands and the intervals?
# 3. Replace `"shoestring-year"` by `"internal-capacity"`. What is different in the bars, and what comes of it?
#    `shipped_scenarios()` lists all the stories: `from sim import shipped_scenarios`.
#
# ## Questions
#
# - Before you looked: would you have drawn the blue line like this? What surprised you?
# - Where would your own service begin, and how do you know?
# - Who in a service would notice first that something fades? Would anybody tell them?
