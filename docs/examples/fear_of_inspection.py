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
