"""Which way a question goes: whether those who agree with it feel safe, or do not, or whether that has to be asked.

A heading is used in silence only where nothing in it speaks of fear and nothing negates. It is turned only where its
whole sentence is one of a few forms that cannot be read otherwise. Everything else is asked.
"""

from __future__ import annotations

import re
from enum import Enum

from sim.inputs.imports.words import HEADINGS, Meaning, spoken

__all__ = ["Direction", "direction_of", "is_plain"]


class Direction(Enum):
    """What those feel who agree."""

    SAFE = "safe"
    SAFE_IN_SPITE = "safe, in spite of words that look otherwise"
    NOT_SAFE = "not safe"
    UNCLEAR = "one or the other"


_NOT = (
    r"(?:not|never|no ?one|no|nobody|none|nothing|nowhere|neither|nor|without|hardly|rarely|seldom|"
    r"scarcely|barely|cannot|"
    r"(?:do|does|did|is|are|was|were|would|could|should|wo|ca|can|have|has|had|ai|must|need)n? ?t(?<!\bdot)|"
    r"fail\w*|lack\w*|less|least|little|few|fewer|stop\w*|prevent\w*|avoid\w*|refus\w*|refrain\w*|rather|far from|"
    r"anything but|instead|non|los(?:e|es|ing|t))"
)
_FEAR = (
    r"(?:afraid|scar(?:ed|es?|ing|y)|fright\w*|fear\w*|terrif\w*|worr\w*|anxi\w*|nervous\w*|reluctan\w*|hesita\w*|risk\w*|"
    r"difficult\w*|hard\w*|danger\w*|intimidat\w*|asham\w*|shame\w*|embarrass\w*|punish\w*|blam\w*|(?:held )?against|"
    r"reject\w*|ignor\w*|undermin\w*|silen\w*|ridicul\w*|humiliat\w*|retaliat\w*|reprisals?|repercussions?|detriment\w*|"
    r"victimi\w*|bull(?:y|ied|ying)|harass\w*|quiet\w*|hid(?:e|es|ing|den)|conceal\w*|withhold\w*|withheld|problem\w*|troubl\w*|"
    r"consequences?|pressur\w*|threat\w*|tough|pointless|futil\w*|useless|waste\w*|wasting|penali\w*|negative\w*|bad|badly|worse|"
    r"worst|wrong\w*|stress\w*|guilt\w*|war(?:y|ily)|cautious\w*|careful\w*|suffer\w*|harm\w*|frown\w*|costs?|costly|doubt\w*|"
    r"barriers?|obstacles?|deter\w*|backfir\w*|judged|judg\w*|critici\w*|attack\w*|hostil\w*|apprehen\w*|uneas\w*|tense|"
    r"awkward\w*|insecur\w*|vulnerab\w*|helpless\w*|gag\w*|suppress\w*|regret\w*|hurt\w*|impossib\w*|inab\w*|incapab\w*|"
    r"(?:is|are|was|be|becomes?|as) (?:an? |the |my )?(?:\w+ )?(?:issues?|concerns?|mistakes?|errors?)|"
    r"mistrust\w*|concerned|limiting|weak\w*|stupid|ignorant|incompetent|poor\w*|shut|conflict\w*|shy|timid\w*|"
    r"un(?!i(?:t|que|on|vers|fi|form)|der|til)\w+|dis(?!cuss|cipl|tric|charg|abil|close|closi|trib|patch|play|cover)\w+)"
)
_TURNED = r"(?:revers\w*|re-?code\w*|invert\w*|flipped|turned|r)"
_FLAG = re.compile(rf"\b(?:{_NOT}|{_FEAR}|{_TURNED}(?=$| coded| scored| item)|revers\w*|re-?code\w*|invert\w*)\b")
_BESIDE = re.compile(
    r"\b(?:but|unless|however|although|though|except|because|until|than|if|only|while|whereas|or not|so that|even|"
    r"safe\w*|comfortable|confiden\w*|secure|free\w*|trust\w*|enough)\b"
)
"""Words that may change what a sentence says; where one stands beside what is negative, nothing is sure."""

_VERBS = (
    r"(?:speak\w*|ask\w*|rais\w*|say\w*|voic\w*|report\w*|tell\w*|admit\w*|shar\w*|challeng\w*|bring\w*|express\w*|"
    r"discuss\w*|giv\w*|question\w*|mak\w*|tak\w*|mention\w*|talk\w*|offer\w*|suggest\w*|contribut\w*)"
)
_NEUTRAL = re.compile(
    r"\btak(?:e|es|ing) (?:a |any |some )?(?:interpersonal |calculated |personal )?risks?\b|"
    r"\bsay(?:ing)? no$|\bno \d+\b|\bno matter (?:what|who|how)\b|"
    r"\b(?:say|saying|admit|admitting)(?: that)?(?: i| you| they| we)? (?:do not|don t|dont) (?:know|understand)\b|"
    r"\b(?:rais|bring|report|discuss|talk|speak|flag|mention|admit|shar|challeng|voic|identify|point|address|learn)\w* "
    r"(?:(?:a|an|any|the|my|our|your|their|up|out|about|from|and|or|to|concerns?|issues?|ideas?|difficult|hard|tough|bad|"
    r"serious|safety|own|problems?|mistakes?|errors?|patient|possible) )*"
    r"(?:problems?|mistakes?|errors?|risks?|wrongdoing|harm|incidents?|bad news|hazards?|bullying|harassment|"
    r"discrimination|difficulties|poor (?:practice|care)|"
    r"unsafe (?:clinical )?(?:practices?|care|conditions?|behaviours?))\b|"
    r"\b(?:difficult|tough|hard) (?:issues?|questions?|topics?|conversations?|problems?|things|matters|subjects|news|"
    r"feedback|messages?)\b"
)
"""What is negative in these is what one speaks of, and not how safe one is."""

_WHAT_CONCERNS = re.compile(
    r"\b(?:something|anything|things|issues|what|whatever)(?: that| which)? concern(?:s|ed)? (?:me|us|you)\b"
)
_POSITIVE = re.compile(
    r"\b(?:safe|safely|able|comfortable|confident|secure|free|freely|encouraged|welcome|easy|easily|can|supported)\b"
)
_LEAD = (
    r"(?:(?:%|per ?cent|percentage|pct|share|proportion|who|strongly|agree\w*|of|that|with|staff|q|question|item|"
    r"[a-z]{0,5}\d+[a-z]?|my|overall|team) )*"
)
_PEOPLE = r"(?:members|people|staff|colleagues|nurses|doctors|employees|others|everyone|everybody)"
_SUBJECT = (
    rf"(?:(?:are|do|does|is|am|would|how often do) )?(?:i|we|you|they|it|one|{_PEOPLE})"
    r"(?: (?:of|on|in|at) (?:this|my|our|the) (?:team|ward|unit|organi[sz]ation|service|department|place))?"
)
_ADVERBS = (
    r"(?:(?:often|sometimes|usually|generally|mostly|always|really|simply|still|just|personally|very|too|quite) )*"
)
_IS = rf"{_ADVERBS}(?:(?:am|m|are|re|is|s|was|feel|feels|felt|would|be|get|gets|become|becomes) )*{_ADVERBS}"
_DOES_NOT = (
    r"(?:(?:do|does|did|am|is|are|was|would|could|can|will|feel|feels) )?"
    r"(?:not|never|rarely|seldom|hardly|cannot|fail to|fails to|(?:do|does|did|is|are|would|could|wo|ca|can)n? ?t)"
)
_ADJECTIVES = (
    r"(?:afraid|scared|frightened|fearful|terrified|worried|anxious|nervous|reluctant|hesitant|unsafe|uncomfortable|insecure|"
    r"unwilling|unable|intimidated|risky|difficult|hard|dangerous|embarrassed|ashamed|apprehensive|wary|discouraged|punished|"
    r"ignored|ridiculed|silenced|blamed|humiliated|pointless|futile|impossible)"
)
_REST = r"(?: (?P<rest>.*))?"
_IS_NOT_SAFE = tuple(
    re.compile(_LEAD + form + _REST)
    for form in (
        rf"{_SUBJECT} {_ADVERBS}{_DOES_NOT} (?:(?:really|ever|be|feel|been|being) )*"
        r"(?:safe|comfortable|confident|able|secure|free|supported|encouraged|speak (?:up|out|freely)|raise concerns|"
        r"bring up|report|admit|"
        r"raise (?:an issue|issues)|ask for help|say what i think)\b",
        rf"{_SUBJECT} {_IS}{_ADJECTIVES}(?: (?:to|about|of|for|when|in|at) {_VERBS}\b| here$|$)",
        rf"(?:how )?(?:it s |it is )?{_ADJECTIVES} (?:it is |is it |are you |do you feel )?"
        rf"(?:to|about|of|when) {_VERBS}\b",
        rf"{_SUBJECT} {_ADVERBS}(?:fear|hesitate|avoid|fears|hesitates|avoids)(?: to| from)? {_VERBS}\b",
        r"(?:no ?one|nobody) (?:(?:here|ever|would|will|really|in this team|in my team) )*"
        r"(?:listens?|acts?|responds?|speaks? up|feels? safe|dares?|cares?)\b",
        rf"(?:if (?:you|i|we|{_PEOPLE}) makes? (?:a )?mistakes?(?: \w+){{0,4}} (?:it is|they are)|(?:my |our )?mistakes"
        rf"(?: \w+){{0,4}} are) {_ADVERBS}held against (?:you|me|us|them|people|staff)\b",
        rf"{_SUBJECT} {_ADVERBS}rejects? (?:others|people|those) for being different\b",
    )
)
_FILLED = r"(?:(?:a|an|any|be|being|feel|feeling|am|are|is|been|the|it|at all|too|really|of|to|have|has|would|find) )*"
_SURELY_NOT = (
    r"(?:not|never|no|no ?one|nobody|none|without|cannot|hardly|rarely|seldom|"
    r"(?:do|does|did|is|are|was|would|could|should|wo|ca|can|ai)n? ?t)"
)
_SAFE_IN_SPITE = re.compile(rf"\b{_SURELY_NOT} {_FILLED}{_FEAR}(?: (?:of|or|and|being|for|about|from|any|{_FEAR}))*\b")
_UNDERMINED = re.compile(
    r"(?:no ?one|nobody)(?: (?:on|in|of) (?:this|my|our|the) \w+)? would (?:deliberately )?(?:act in a way that )?"
    r"undermines? \w+ (?:efforts?|work)"
)

_PLAIN_WORDS = (
    "% a able about agree agreeing all always am an and any anything are as ask at average avg be bring can care "
    "cent climate colleague colleagues comfortable concern concerns confident do easily errors everybody everyone "
    "favorable favourable feel feels for freely from give have health help here how i idea ideas in index input "
    "is issue issues it item level manager me mean member members mistake mistakes my of on one open or "
    "organisation organization our overall people per percentage positive problems psychological q question "
    "questions raise rating risk safely score scores secure senior service share skills speak staff statement "
    "strongly survey take talents team that the their they this to tough trust unit up utilized value valued "
    "voice ward we when which who with work workplace would you your"
)
"""Words that change nothing about which way a question on safety goes."""

_PLAIN = frozenset(_PLAIN_WORDS.split()) | {
    word for meaning in (Meaning.SAFETY, Meaning.EFFICACY) for phrase in HEADINGS[meaning] for word in phrase.split()
}


def direction_of(heading: str) -> Direction:
    """Return what those feel who agree with a heading, without what it says of its scale.

    Examples
    --------
    >>> [direction_of(text).name for text in ("I feel safe to speak up", "I don't feel safe to speak up")]
    ['SAFE', 'NOT_SAFE']
    >>> [direction_of(text).name for text in ("I am not afraid to speak up", "I do not always feel safe")]
    ['SAFE_IN_SPITE', 'UNCLEAR']
    """
    said = _WHAT_CONCERNS.sub("something", spoken(heading))
    bare = " ".join(_NEUTRAL.sub(" ", said).split())
    if not _FLAG.search(said):
        return Direction.SAFE
    if not _FLAG.search(bare):
        first = next(_NEUTRAL.finditer(said))
        return Direction.SAFE_IN_SPITE if _POSITIVE.search(said[: first.start()]) else Direction.UNCLEAR
    said = re.sub(r"(?<=\w) r$", "", said)  # "(R)" marks an item that goes the other way: it says the same again
    if _UNDERMINED.search(said) and not _FLAG.search(_UNDERMINED.sub(" ", said)):
        return Direction.SAFE_IN_SPITE
    if said != _WHAT_CONCERNS.sub("something", spoken(heading)) and not _FLAG.search(said):
        return Direction.UNCLEAR
    for form in _IS_NOT_SAFE:
        if found := form.fullmatch(said):
            rest = _NEUTRAL.sub(lambda one: " " * len(one[0]), said)[found.start("rest") :] if found["rest"] else ""
            return Direction.UNCLEAR if _FLAG.search(rest) or _BESIDE.search(rest) else Direction.NOT_SAFE
    bare = " ".join(_NEUTRAL.sub(" ", said).split())
    others, n_found = _SAFE_IN_SPITE.subn(" ", bare)
    if n_found == 1 and not _FLAG.search(others) and not re.search(r"\b(?:but|unless|however|although|only)\b", others):
        return Direction.SAFE_IN_SPITE
    return Direction.UNCLEAR


def is_plain(heading: str) -> bool:
    """Tell whether a heading has no words but those in which safety is usually asked for.

    Examples
    --------
    >>> is_plain("I feel safe to speak up in my team"), is_plain("Speaking up is career suicide")
    (True, False)
    """
    return all(word in _PLAIN or any(c.isdigit() for c in word) for word in spoken(heading).split())
