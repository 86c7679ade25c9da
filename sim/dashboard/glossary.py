"""Every term of the dashboard in plain words: the one place that tooltips come from."""

from __future__ import annotations

__all__ = ["GLOSSARY"]

GLOSSARY: dict[str, str] = {
    "psychological safety": "The shared belief that one can speak up with a question, a worry or a mistake without being "
    "punished or put down for it.",
    "feel safe": "Share of staff who would agree: “I feel safe to speak up about anything that concerns me here.”",
    "baseline": "The same service with the same chance events, in which nothing is done. The gap between the two is "
    "what was done, not luck.",
    "gain": "How much higher a measure is than in the same service, with the same luck and everything that happens to "
    "it, when nothing is done. A lever moved by hand moves there too, and is no part of a gain.",
    "five norms": "Aim High, Feel Safe, Team Up, Fail Well, Learn Fast: what people do when a concern, an error or an "
    "idea turns up.",
    "aim high": "How strongly people hold the shared aim.",
    "feel safe norm": "Of the opportunities people meet, the share that is voiced.",
    "team up": "Of what is voiced, the share that colleagues join in with.",
    "fail well": "Of what colleagues join, the share that is well received.",
    "learn fast": "Of what is well received, the share that is learned from.",
    "opportunity": "A concern, an error or an idea that somebody meets at work and could raise.",
    "teaming cycle": "What can become of an opportunity: voiced, joined by colleagues, well received, learned from. It "
    "stops at the first step that fails.",
    "control": "Leading by tight control and assurance. Its opposite is relational leading: through trust and dialogue.",
    "shared purpose": "How far the directors have talked about, and share, why and how they lead together.",
    "link between teams": "Ties between people of two teams, the thicker the more; the clearer, the more the teams differ. Along "
    "them colleagues take in how safe others feel, facilitators reach linked teams, and team leaders see how others lead. "
    "The team at the arrow is lifted by the other, and holds it back.",
    "broken thread": "Somebody left: their ties to colleagues are lit for six weeks. What directors shared with "
    "somebody who left, or changed jobs, is lit for a quarter: they have to begin again.",
    "trio": "The Medical, Operations and Nurse Director who lead the service together.",
    "attention": "How senior leaders spend their time: on short-term problem-solving, on shared purpose, on dialogue with "
    "staff, and on team leaders. Pressure pulls it back to problems, unless other ways have become habit and the leaders "
    "share a purpose.",
    "cynicism": "Doubt that change is meant. It grows where leaders talk without meaning it, and where the leaders' voice "
    "falls below what people have got used to; it fades over years.",
    "vacant post": "A post that somebody has left and nobody has taken yet. Nobody is there to be asked or to help, and "
    "many vacant posts add to the pressure.",
    "change of jobs": "Senior leaders take other jobs but stay involved. They keep their style; what had become habit is halved, "
    "and they have to find their shared purpose again.",
    "successors' style": "How far leaders who come from outside lead by control.",
    "pressure": "How stretched leaders and staff are: turbulence outside, shocks, and the backlog.",
    "backlog": "Problems that wait to be solved.",
    "learning stock": "What the service has learned and not yet forgotten. It prevents problems.",
    "facilitator": "A colleague who has learned to help others team up, fail well and learn.",
    "critical mass": "The share of capable colleagues in a team at which their help works fully.",
    "embedded": "Share of staff in whom all four habits have become strong: it has become how things are done here.",
    "habit": "What has been rewarded so often that it happens without deciding to, also under pressure.",
    "paired": "Both runs share every chance event, person by person and week by week. So a difference between them is "
    "caused by what was done.",
    "interval": "The range in which the true value would lie in 95 of 100 such studies.",
    "twin worlds": "Runs that differ in chance only: who leaves when, who meets which concern, how turbulent the weeks are.",
    "persists": "More than half of the peak gain is left four years after outside support ends.",
    "holds": "At least 75 of 100 staff feel safe to speak up in the last year of the run.",
    "mean field": "The same rules averaged over a very large service: quick to compute, without luck.",
    "plausible": "The range that may be true of a real service, from evidence or judgement.",
    "live": "Acts on the running model from the chosen week on.",
    "restart": "Belongs to how the service began: a change starts the run anew from the settled culture.",
    "measured": "Measured in the field.",
    "published": "Taken from a published model or pattern.",
    "judgement": "The judgement of people who know the setting.",
    "calibrated": "Found by search, so that the model as a whole shows known patterns.",
    "assumption": "Assumed; nobody has measured it.",
    "cost": "Days of paid support, so that programmes can be compared at equal cost.",
}
"""Terms and what they mean."""
