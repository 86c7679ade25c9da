"""The words that organisations use for columns, roles, staff groups and answers; a word is added here and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum

from sim.inputs.organisation import StaffGroup
from sim.inputs.tables.columns import ROLE_WORDS, STAFF_GROUP_WORDS, Role, lookup

__all__ = [
    "BEGINS",
    "HEADINGS",
    "IN_FAVOUR",
    "KNOWN_BY",
    "OF_ONE_DAY",
    "SCALES_IN_WORDS",
    "Meaning",
    "group_of",
    "is_missing",
    "level_of",
    "likert_of",
    "points_on",
    "role_of",
    "spoken",
]


class Meaning(StrEnum):
    """What a column can mean."""

    ID = "id"
    NAME = "name"
    EMAIL = "email"
    TEAM = "team"
    DEPARTMENT = "department"
    SERVICE = "service"
    ROLE = "role"
    TITLE = "job title"
    BAND = "band"
    GROUP = "staff group"
    LEADER = "leader"
    IS_LEADER = "is a leader"
    START = "start date"
    END = "leaving date"
    LEFT = "has left"
    STAYS = "still works here"
    REASON = "leaving reason"
    TENURE_DAYS = "days of service"
    TENURE_WEEKS = "weeks of service"
    TENURE_MONTHS = "months of service"
    TENURE_YEARS = "years of service"
    WEIGHT = "weight"
    SAFETY = "safety"
    EFFICACY = "efficacy"
    SAFETY_AGREEING = "safety: per cent who agree"
    EFFICACY_AGREEING = "efficacy: per cent who agree"
    ITEM = "item"
    RESPONDENTS = "respondents"
    SPREAD = "spread"
    ALIKE = "answers alike"
    SCALE_LOW = "lowest of the scale"
    SCALE_HIGH = "highest of the scale"
    WAVE = "wave"
    FROM = "from"
    TO = "to"
    LAYER = "layer"
    DIRECTION = "direction"
    POSTS = "posts"
    IN_POST = "in post"
    OPENED = "vacancy opened"
    FILLED = "vacancy filled"
    IGNORED = "ignored"


KNOWN_BY = (Meaning.ID, Meaning.EMAIL, Meaning.NAME)
"""What a person is known by, the surest first."""

HEADINGS: dict[Meaning, tuple[str, ...]] = {
    Meaning.ID: (
        "id", "employee number", "employee id", "employee no", "emp id", "emp no", "emp number", "empid", "staff number",
        "staff id", "staff no", "person id", "person number", "assignment number", "assignment no", "payroll number",
        "payroll no", "payroll id", "personnel number", "personnel no", "worker id", "respondent id", "participant id",
        "user id", "unique id", "identifier", "code", "number", "pers no", "badge", "esr number", "node", "respondent",
        "participant", "ref", "ref no", "reference", "reference number", "ref number", "payroll ref", "emp", "id no",
        "staff ref", "colleague id", "member id", "case", "personalnummer", "matricule",
    ),
    Meaning.NAME: (
        "name", "full name", "employee name", "first name", "last name", "surname", "forename", "given name",
        "family name", "preferred name", "display name", "staff name", "known as", "person", "employee", "worker",
        "label",
    ),
    Meaning.EMAIL: ("email", "e mail", "email address", "mail", "work email", "username", "login"),
    Meaning.TEAM: (
        "team", "ward", "team name", "ward name", "unit", "work unit", "unit name", "ward or team", "cost centre",
        "cost center", "cost centre name", "work group", "workgroup", "squad", "crew", "section", "org unit",
        "organisation unit", "organizational unit", "organisational unit", "roster", "roster unit", "working unit",
        "clinic", "base", "practice", "group name", "locality team", "org l5", "org l6", "level 5", "level 6", "station",
        "theatre", "row labels",
    ),
    Meaning.DEPARTMENT: (
        "department", "dept", "department name", "sub department", "function", "area", "business unit", "org l4",
        "level 4", "specialty", "speciality", "sub directorate", "care group",
    ),
    Meaning.SERVICE: (
        "service", "directorate", "division", "service line", "service name", "division name", "directorate name",
        "care unit", "care division", "hospital", "site", "organisation", "organization", "org l2", "org l3",
        "level 2", "level 3", "region", "branch", "trust", "locality", "business area", "portfolio",
    ),
    Meaning.ROLE: ("role", "role type", "level", "position level", "hierarchy", "leadership role", "seniority"),
    Meaning.TITLE: (
        "job title", "title", "position", "position title", "job", "job role", "job name", "post title", "occupation",
        "designation", "post", "function title", "role name", "job description",
    ),
    Meaning.BAND: ("band", "grade", "pay band", "pay grade", "afc band", "pay scale", "salary grade", "job level"),
    Meaning.GROUP: (
        "staff group", "profession", "professional group", "occupational group", "occupation group", "job family",
        "discipline", "staffing group", "staff category", "category", "staff type", "employee group", "job category",
        "professional background", "clinical group", "esr staff group",
    ),
    Meaning.LEADER: (
        "leader", "manager", "line manager", "reports to", "supervisor", "manager id", "supervisor id", "leader id",
        "manager employee number", "line manager id", "line manager number", "supervisor employee number", "boss",
        "managed by", "reporting to", "reporting manager", "manager number", "superior", "appraiser", "team leader",
        "team manager", "parent", "responsible manager", "lead", "manager name", "supervisor name", "head",
    ),
    Meaning.IS_LEADER: (
        "is leader", "is manager", "manager flag", "people manager", "line manager flag", "supervises", "manages people",
        "has reports", "leader y n", "is supervisor", "leads team", "team lead y n",
    ),
    Meaning.START: (
        "start date", "hire date", "date of hire", "date hired", "hired", "joining date", "date joined", "joined",
        "start", "latest start date", "latest hire date", "employment start", "employment start date", "commenced",
        "commencement date", "date started", "started", "original hire date", "date of joining", "appointed",
        "appointment date", "assignment start date", "position start date", "from date", "nhs start date", "doj",
        "service start date", "continuous service date", "entry date",
    ),
    Meaning.END: (
        "end date", "leaving date", "leave date", "date left", "termination date", "date of leaving", "date of exit",
        "exit date", "left on", "last day", "last working day", "date of termination", "leaver date", "resignation date",
        "end", "employment end", "employment end date", "assignment end date", "to date", "left date", "separation date",
        "left", "terminated", "resigned", "departed",
    ),
    Meaning.LEFT: (
        "attrition", "has left", "left", "leaver", "terminated", "termd", "churn", "is leaver", "employment status",
        "assignment status", "turnover", "resigned", "quit", "departed", "exited", "ex employee", "left the organisation",
        "left organisation", "left us", "leavers", "status", "employee status", "staff status", "worker status",
    ),
    Meaning.STAYS: (
        "active", "is active", "active employee", "currently employed", "current employee", "still employed", "employed",
        "still here", "still works here", "still in post", "current", "current staff", "in employment", "is employed",
    ),
    Meaning.REASON: (
        "leaving reason", "reason for leaving", "termination reason", "reason for termination", "term reason", "leave reason",
        "exit reason", "separation reason", "reason left", "resignation reason",
    ),
    Meaning.TENURE_DAYS: (
        "tenure days", "days of service", "days in post", "length of service days", "los days", "service days",
        "tenure in days", "days employed", "days since hire",
    ),
    Meaning.TENURE_WEEKS: (
        "tenure weeks", "weeks of service", "weeks in post", "service weeks", "weeks", "length of service weeks",
        "los weeks", "tenure in weeks",
    ),
    Meaning.TENURE_MONTHS: (
        "tenure months", "months of service", "months in post", "length of service months", "los months",
        "service months", "tenure in months", "months",
    ),
    Meaning.TENURE_YEARS: (
        "tenure years", "tenure", "years of service", "length of service", "years at company", "service years",
        "years in post", "los", "tenure in years", "time in post", "years worked", "length of service years", "seniority years",
        "years in service", "years here", "time spend company", "years with company", "los years",
    ),
    Meaning.WEIGHT: (
        "weight", "fte", "wte", "whole time equivalent", "full time equivalent", "contracted wte", "contracted fte",
        "frequency", "count", "strength", "contacts", "emails", "messages", "number of emails", "n emails", "times",
        "hours", "tie strength", "value", "minutes", "duration", "contracted hours", "volume", "interactions",
        "messages sent", "freq", "sum", "n messages", "n contacts", "share",
    ),
    Meaning.SAFETY: (
        "safety", "psychological safety", "safe to speak up", "feel safe", "i feel safe to speak up", "speak up",
        "speaking up", "feel safe to speak up about anything that concerns me", "i feel safe to speak up about anything",
        "psych safety", "psychsafety", "q25e", "q23e", "q21e", "q20a", "secure raising concerns", "raise concerns",
        "raising concerns", "comfortable speaking up", "safe", "voice climate", "feel safe to raise concerns",
        "ps score", "team psychological safety", "safety score",
    ),
    Meaning.EFFICACY: (
        "efficacy", "would be addressed", "organisation would address", "would address my concern",
        "confident that my organisation would address my concern", "voice efficacy", "q25f", "q23f", "q21f", "q20b",
        "acted on", "action taken", "something would be done", "concern addressed", "it would be addressed",
        "confident concern addressed", "addressed", "listened to", "organisation acts on concerns", "efficacy score",
        "heard", "would act",
    ),
    Meaning.ALIKE: ("times given", "how many gave it"),
    Meaning.RESPONDENTS: (
        "respondents", "n", "responses", "number of respondents", "no of respondents", "number of responses", "answered",
        "n responses", "base", "sample size", "completed", "returned", "count of responses", "base size", "n respondents",
        "number of answers", "answers", "total responses", "response count",
    ),
    Meaning.SPREAD: ("spread", "sd", "standard deviation", "std dev", "st dev", "std"),
    Meaning.SCALE_LOW: ("scale low", "scale min", "scale minimum", "lowest score"),
    Meaning.SCALE_HIGH: ("scale high", "scale max", "scale maximum", "highest score"),
    Meaning.WAVE: (
        "wave", "year", "survey year", "survey wave", "survey date", "survey", "period", "reporting year", "quarter", "month",
        "survey quarter", "survey month",
    ),
    Meaning.FROM: (
        "from", "source", "sender", "ego", "nominator", "from id", "person a", "person 1", "giver", "asker", "seeker",
        "from person", "who", "person", "i", "id1", "id 1", "node1", "node 1", "a", "asks", "from employee", "respondent",
        "source id", "sender id", "advice seeker", "person1", "actor", "from node", "employee 1", "employee a", "p1",
        "rater", "initiator", "member a", "me", "myself", "your name", "my name", "advice taker",
    ),
    Meaning.TO: (
        "to", "target", "receiver", "recipient", "alter", "nominee", "to id", "person b", "person 2", "adviser",
        "advisor", "to person", "whom", "works with", "j", "id2", "id 2", "node2", "node 2", "b", "asked", "to employee",
        "colleague", "target id", "receiver id", "recipient id", "advice giver", "contact", "person2", "partner",
        "to node", "employee 2", "employee b", "p2", "ratee", "named", "member b", "goes to", "who i ask", "whom i ask", "i ask", "who do you ask",
        "whom do you ask", "i go to", "who i go to", "asks whom", "advice from", "gets advice from", "helped by",
    ),
    Meaning.LAYER: ("layer", "type", "tie type", "relation", "relationship", "network", "kind", "context", "edge type"),
    Meaning.DIRECTION: ("direction", "directed", "reciprocal", "mutual"),
    Meaning.POSTS: (
        "posts", "establishment", "funded posts", "established posts", "budgeted fte", "establishment fte",
        "funded establishment", "budgeted wte", "establishment wte", "funded wte", "budget fte",
    ),
    Meaning.IN_POST: ("in post", "staff in post", "actual fte", "fte in post", "wte in post", "actual wte", "filled posts"),
    Meaning.OPENED: (
        "vacancy opened", "advertised", "date advertised", "vacancy date", "opened", "date opened", "vacancy created",
        "authorisation date", "vacancy start", "approved",
    ),
    Meaning.FILLED: (
        "vacancy filled", "filled", "date filled", "closed", "date closed", "start of successor", "offer date",
        "new starter date", "filled date",
    ),
}  # fmt: skip
"""What columns are called, in words as :func:`spoken` returns them."""

NOT_NEEDED = (
    "date of birth", "dob", "birth date", "age", "gender", "sex", "ethnicity", "ethnic origin", "religion", "disability",
    "salary", "pay", "monthly income", "marital status", "address", "postcode", "phone", "telephone", "mobile",
    "ni number", "national insurance number", "nationality", "sexual orientation", "race", "overtime", "comments", "comment",
    "notes", "free text", "hourly rate", "daily rate", "monthly rate", "distance from home", "education",
    "sickness absence", "absence", "reason", "zip", "bank account",
)  # fmt: skip
"""Columns about people that nothing here needs; they are not even looked at."""

OF_ONE_DAY = re.compile(
    r"(?:month|period|week|quarter|year)(?: end(?:ing)?)?(?: date)?|snapshot(?: date| month)?|as (?:at|of)(?: date)?|"
    r"(?:census|extract|report|reporting|effective)(?: date| month| period)?|date of (?:extract|report)|pay period"
)
"""Headings, in words as :func:`spoken` returns them, of the day of which a list is."""

BEGINS = re.compile(
    r"\b(?:since|sinds|in dienst|start\w*|beg[aiu]n\w*|enter\w*|entry|join\w*|hir(?:e|ed|ing)|employ\w*|commenc\w*|appoint\w*|arriv\w*|recruit\w*|onboard\w*|from|"
    r"engaged|seit|eintritt\w*|embauche|entree|ingreso|alta|assunzione|i dienst)\b"
)
"""Words of headings of dates that speak of people's beginning somewhere."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_NO_WORD = re.compile(r"[^\w%<>+]+|_+")


def spoken(text: str) -> str:
    """Return a heading or cell as one would say it: small letters, no accents, single spaces.

    Examples
    --------
    >>> spoken("EmployeeNumber"), spoken("Staff_Group (ESR)"), spoken("Équipe")
    ('employee number', 'staff group esr', 'equipe')
    """
    text = _CAMEL.sub(" ", text).casefold().replace("&", " and ")
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(_NO_WORD.sub(" ", text).split())


# --- roles ------------------------------------------------------------------------------------------------------------

_ROLES = lookup(ROLE_WORDS) | {
    "manager": Role.TEAM_LEADER, "supervisor": Role.TEAM_LEADER, "non manager": Role.STAFF, "individual contributor": Role.STAFF,
    "executive": Role.SENIOR_LEADER, "senior leadership": Role.SENIOR_LEADER, "senior management": Role.SENIOR_LEADER,
    "board": Role.SENIOR_LEADER, "middle manager": Role.TEAM_LEADER, "line manager": Role.TEAM_LEADER,
    "worker": Role.STAFF, "colleague": Role.STAFF, "front line": Role.STAFF, "frontline": Role.STAFF,
    "directeur": Role.SENIOR_LEADER, "leitung": Role.TEAM_LEADER,
}  # fmt: skip

_NO_LEADER = re.compile(
    r"\b(deputy|assistant|asst|associate|junior|trainee|student|apprentice|secretary|pa to|support|aide|"
    r"personal assistant|project|product|account|case|bed|sales (?:executive|representative)|risk|data|care) ?"
)
_SENIOR = re.compile(
    r"\b(chief|director|c[efomnito]o|president|vp|vice president|executive director|managing|general manager|"
    r"divisional manager|head of (?:nursing|midwifery|operations|service|division|department)|divisional (?:lead|head|nurse)|"
    r"clinical director|medical director|directorate manager|divisional|chair|board)\b"
)
_SENIOR_IN_SPITE = re.compile(
    r"\b(associate (?:medical )?director|deputy (?:chief|director|medical director)|assistant director|managing)\b"
)
_TEAM_LEADER = re.compile(
    r"\b(ward manager|sister|charge nurse|team (?:leader|lead|manager)|unit manager|matron|supervisor|manager|"
    r"lead|leader|head|foreman|forewoman|coordinator in charge|nurse in charge|senior charge nurse|team leitung|superintendent)\b"
)
_STRONG_LEADER = re.compile(r"\b(ward manager|sister|charge nurse|team (?:leader|lead|manager)|unit manager)\b")
_BAND = re.compile(r"(?:band|grade|afc|xr|xn)?\s*0?([1-9])\s*([abcd])?\b|\b(vsm)\b")


def role_of(text: str) -> tuple[Role, int] | None:
    """Return the role that a word, a job title or a band tells, and how strongly (3 a role, 2 a title, 1 a guess).

    Examples
    --------
    >>> role_of("Ward Manager (Band 7)"), role_of("Deputy Ward Manager"), role_of("Chief Nurse")
    ((<Role.TEAM_LEADER: 'team_leader'>, 3), (<Role.STAFF: 'staff'>, 2), (<Role.SENIOR_LEADER: 'senior_leader'>, 2))
    """
    said = spoken(text)
    if (role := _ROLES.get(said)) is not None:
        return role, 3
    if _SENIOR_IN_SPITE.search(said):
        return Role.SENIOR_LEADER, 1
    if _NO_LEADER.search(said):
        return Role.STAFF, 2
    if _SENIOR.search(said):
        return Role.SENIOR_LEADER, 2
    if _STRONG_LEADER.search(said):
        return Role.TEAM_LEADER, 3
    if _TEAM_LEADER.search(said):
        return Role.TEAM_LEADER, 1 if "matron" in said else 2
    if group_of(text) is not None:
        return Role.STAFF, 2
    return None


def role_of_band(text: str) -> Role | None:
    """Return the role that a pay band makes likely.

    Examples
    --------
    >>> role_of_band("Band 5"), role_of_band("8a"), role_of_band("Band 8d")
    (<Role.STAFF: 'staff'>, <Role.TEAM_LEADER: 'team_leader'>, <Role.SENIOR_LEADER: 'senior_leader'>)
    """
    found = _BAND.search(spoken(text))
    if not found:
        return None
    if found[3] or found[1] == "9" or (found[1] == "8" and (found[2] or "") in ("c", "d")):
        return Role.SENIOR_LEADER
    return Role.TEAM_LEADER if found[1] in "78" else Role.STAFF


# --- staff groups -----------------------------------------------------------------------------------------------------

_GROUPS = lookup(STAFF_GROUP_WORDS) | {
    "add prof scientific and technic": StaffGroup.ALLIED_HEALTH,
    "additional professional scientific and technical": StaffGroup.ALLIED_HEALTH,
    "additional clinical services": StaffGroup.NURSING,
    "students": StaffGroup.NURSING,
    "student": StaffGroup.NURSING,
    "scientific therapeutic and technical": StaffGroup.ALLIED_HEALTH,
    "infrastructure support": StaffGroup.OPERATIONS,
    "support to clinical staff": StaffGroup.NURSING,
}
_GROUP_SIGNS: tuple[tuple[StaffGroup, str], ...] = (
    (
        StaffGroup.ADMINISTRATION,
        r"secretar|receptionist|\badmin|clerical|clerk|\bhr\b|human resources|finance|account|"
        r"payroll|personal assistant|legal|communications|\bit\b|information|analyst|marketing|recruit|business support",
    ),
    (
        StaffGroup.ALLIED_HEALTH,
        r"therap|physio|radiograph|dieti[ct]ian|pharmac|psycholog|scientist|technician|technic|"
        r"paramedic|podiatr|orthoptist|audiolog|optometr|social work|allied|phlebotom|sonograph|counsel|osteopath|prosthet|"
        r"speech and language|perfusion|physiolog|laborator",
    ),
    (
        StaffGroup.NURSING,
        r"nurs|midwi|health ?care (?:support|assist)|\bhca\b|\bhcsw\b|sister|matron|ward manager|"
        r"health visitor|\brgn\b|\brn\b|\bodp\b|care assistant|carer|caregiver|\bcna\b|\blpn\b",
    ),
    (
        StaffGroup.MEDICAL,
        r"doctor|consultant|physician|surgeon|medical|registrar|\bgp\b|dentist|dental|anaesthet|"
        r"anesthes|psychiatr|paediatric|house officer|\bfy[12]\b|\bst[1-8]\b|specialty trainee|resident|intern\b",
    ),
    (
        StaffGroup.OPERATIONS,
        r"porter|domestic|housekeep|cater|clean|estate|facilit|driver|security|maintenance|engineer|"
        r"operation|logistic|sales|production|manufactur|warehouse|\bops\b|support worker|kitchen|laundry|works?\b|research",
    ),
)
_GROUP_PATTERNS = tuple((group, re.compile(pattern)) for group, pattern in _GROUP_SIGNS)


def group_of(text: str) -> StaffGroup | None:
    """Return the staff group that a word or a job title tells.

    Examples
    --------
    >>> group_of("Add Prof Scientific and Technic").name, group_of("Staff Nurse").name, group_of("Wizard")
    ('ALLIED_HEALTH', 'NURSING', None)
    """
    said = spoken(text)
    known = _GROUPS.get(said)
    if known is not None:
        return known
    return next((group for group, pattern in _GROUP_PATTERNS if pattern.search(said)), None)


# --- answers ----------------------------------------------------------------------------------------------------------

_MISSING_WORDS = frozenset(
    "|n/a|na|n a|nan|null|none|nil|missing|unknown|not known|not applicable|not answered|no answer|no response|"
    "prefer not to say|prefer not to answer|don t know|dont know|do not know|not sure|refused|declined|blank|#n/a|"
    "suppressed|redacted|withheld|not disclosed|not stated|not specified|unspecified|tbc|tbd|x|skipped|nr|dk".split("|")
)
_DIGIT = re.compile(r"\d")
_MISSING_SIGNS = frozenset({"", "-", "--", "*", "**", "?", ".", "..", "...", "–", "—", "/", "#", "c"})
_ERRORS = frozenset(
    {"#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "Err:502"}
)
"""What a spreadsheet shows where it cannot compute."""

MISSING_NUMBERS = frozenset({-1, -2, -7, -8, -9, -77, -88, -98, -99, -999, 77, 88, 97, 98, 99, 888, 999, 9999})
"""Numbers that stand for no answer where they are outside the scale."""

_LIKERT: dict[int, tuple[tuple[str, ...], ...]] = {
    5: (
        ("strongly disagree", "very dissatisfied", "never", "not at all", "very unlikely", "very inaccurate", "very poor",
         "not at all safe", "very unsafe", "to a very small extent", "completely disagree", "totally disagree"),
        ("disagree", "dissatisfied", "rarely", "seldom", "unlikely", "inaccurate", "poor", "a little", "slightly", "unsafe",
         "somewhat disagree", "tend to disagree", "to a small extent"),
        ("neither agree nor disagree", "neutral", "sometimes", "neither", "undecided", "uncertain", "neither nor", "fair",
         "moderately", "mixed", "somewhat", "neither disagree nor agree", "neither satisfied nor dissatisfied",
         "to some extent", "occasionally", "neither safe nor unsafe"),
        ("agree", "satisfied", "often", "usually", "likely", "accurate", "good", "safe", "somewhat agree", "tend to agree",
         "quite a bit", "to a large extent", "very", "frequently"),
        ("strongly agree", "very satisfied", "always", "very likely", "very accurate", "very good", "excellent",
         "extremely", "very safe", "to a very large extent", "completely agree", "totally agree", "completely"),
    ),
    7: (
        ("strongly disagree", "very strongly disagree", "very inaccurate", "completely disagree", "never"),
        ("disagree", "mostly disagree", "inaccurate", "mostly inaccurate", "rarely"),
        ("slightly disagree", "somewhat disagree", "slightly inaccurate", "somewhat inaccurate", "occasionally"),
        ("neither agree nor disagree", "neutral", "neither", "uncertain", "undecided", "neither accurate nor inaccurate",
         "sometimes"),
        ("slightly agree", "somewhat agree", "slightly accurate", "somewhat accurate", "often", "frequently"),
        ("agree", "mostly agree", "accurate", "mostly accurate", "usually"),
        ("strongly agree", "very strongly agree", "very accurate", "completely agree", "always"),
    ),
    4: (
        ("strongly disagree", "not at all"), ("disagree", "a little"), ("agree", "quite a bit"), ("strongly agree", "very much"),
    ),
    3: (
        ("unfavourable", "unfavorable", "negative", "unfav"),
        ("neutral", "neither", "neither agree nor disagree", "neither favourable nor unfavourable"),
        ("favourable", "favorable", "positive", "fav"),
    ),
}  # fmt: skip
"""Words of answers, from the least to the most, by the number of points of their scale; of three, of reports alone."""

SCALES_IN_WORDS = (5, 7, 4)
"""Numbers of points of scales on which people answer in words, the likeliest first."""

IN_FAVOUR = 3
"""Points to which a report adds answers up: against, neither, and in favour."""


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is nothing.

    Examples
    --------
    >>> is_missing("N/A"), is_missing("*"), is_missing("Prefer not to say"), is_missing("0")
    (True, True, True, False)
    """
    if text in _ERRORS:
        return True
    if _DIGIT.search(text):
        return False
    return text in _MISSING_SIGNS or text.casefold() in _MISSING_WORDS or spoken(text) in _MISSING_WORDS


def likert_of(words: set[str]) -> tuple[int, dict[str, int]] | None:
    """Return the number of points of the scale that answers in words are of, and the point that each stands for.

    The shortest scale that has all of them; four points only where a middle is nowhere and nothing else fits.

    Examples
    --------
    >>> likert_of({"Agree", "Strongly disagree", "Neutral"})[1]["Agree"]
    4
    """
    found = ((n_points, points_on(n_points, words)) for n_points in SCALES_IN_WORDS)
    return next(((n_points, points) for n_points, points in found if points), None)


def points_on(n_points: int, words: Iterable[str]) -> dict[str, int] | None:
    """Return the point that each word stands for on a scale of so many points; None if it has not all of them.

    Examples
    --------
    >>> points_on(7, ["Agree", "Strongly agree"]), points_on(7, ["Safe"])
    ({'Agree': 6, 'Strongly agree': 7}, None)
    """
    said = {word: _likert_words(word) for word in words}
    points = {word: point for point, known in enumerate(_LIKERT.get(n_points, ()), 1) for word in known}
    if not said or not all(spoken_word in points for spoken_word in said.values()):
        return None
    return {word: points[spoken_word] for word, spoken_word in said.items()}


_LEVELS = {
    "yes": 1.0, "true": 1.0, "high": 1.0, "highest": 1.0, "best": 1.0, "most": 1.0, "full agreement": 1.0,
    "completely safe": 1.0, "totally safe": 1.0, "no": 0.0, "false": 0.0, "low": 0.0, "lowest": 0.0, "worst": 0.0,
    "least": 0.0, "no agreement": 0.0, "completely unsafe": 0.0, "totally unsafe": 0.0,
}  # fmt: skip


def level_of(words: str) -> float | None:
    """Return how much agreement words of a scale stand for, from 0 to 1; None where they are not known.

    Examples
    --------
    >>> level_of("strongly agree"), level_of("disagree"), level_of("purple")
    (1.0, 0.25, None)
    """
    found = likert_of({words})
    if found is None:
        return _LEVELS.get(spoken(words))
    n_points, points = found
    return (points[words] - 1) / (n_points - 1)


_CODED = re.compile(r"^\(?\d+\)?\s+")


def _likert_words(word: str) -> str:
    return _CODED.sub("", spoken(word))
