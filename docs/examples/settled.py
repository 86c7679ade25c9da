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
