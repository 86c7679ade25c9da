"""Makes the tables of St Brigid's, a made-up hospital with two services, in the folder beside this file.

Nobody in it exists. The same tables come out every time and everywhere: chance is drawn from one seed, with nothing but
whole numbers, sums and products in a fixed order.

    python scenarios/organisations/make_st_brigid.py [FOLDER]
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

SEED = 523
GROUPS = ("medical", "nursing", "allied_health", "operations", "administration")

OLDER, ACUTE = "Care of Older People", "Emergency and Acute Medicine"
# Service, team, staff of each group in the order of GROUPS, group of the team leader ("" if there is none).
TEAMS = (
    (OLDER, "Hawthorn Ward", (4, 17, 3, 2, 2), "nursing"),
    (OLDER, "Rowan Ward", (5, 18, 4, 2, 2), "nursing"),
    (OLDER, "Elder Ward", (3, 15, 3, 2, 1), "nursing"),
    (OLDER, "Frailty Assessment Unit", (4, 7, 5, 1, 1), "medical"),
    (OLDER, "Stroke Rehabilitation", (2, 9, 9, 1, 1), "allied_health"),
    (OLDER, "Memory Clinic", (2, 2, 2, 0, 1), "medical"),
    (OLDER, "Teach Bán Day Hospital", (1, 4, 3, 1, 1), "nursing"),
    (OLDER, "Community Outreach", (1, 4, 4, 0, 0), "allied_health"),
    (OLDER, "Therapies", (0, 0, 12, 0, 0), "allied_health"),
    (OLDER, "Discharge Coordination", (0, 2, 1, 0, 1), ""),
    (OLDER, "Ward Pharmacy", (0, 0, 1, 0, 0), "allied_health"),
    (ACUTE, "Emergency Department", (12, 20, 2, 3, 3), "medical"),
    (ACUTE, "Acute Medical Unit", (8, 18, 3, 2, 2), "nursing"),
    (ACUTE, "Ambulatory Care", (3, 5, 1, 1, 1), "nursing"),
    (ACUTE, "Night Team", (4, 5, 0, 1, 0), "medical"),
    (ACUTE, "Porters and Housekeeping", (0, 0, 0, 14, 0), "operations"),
    (ACUTE, "Site Operations", (0, 2, 0, 4, 2), "operations"),
    (ACUTE, "Clinic Desk and Records", (0, 0, 0, 0, 6), "administration"),
    (ACUTE, "Bed Management", (0, 1, 0, 2, 0), "operations"),
)
SENIOR_LEADERS = {OLDER: 3, ACUTE: 3}

# People in a hundred, given names, family names. Families come first where their language puts them first.
NAMES = (
    (
        40,
        "Aoife Siobhán Ciarán Pádraig Niamh Gráinne Seán Róisín Eoghan Caoimhe Fionnuala Declan Orla Conor Máire",
        "O'Brien|Ní Bhriain|Murphy|Ó Súilleabháin|Walsh|Byrne|Mac Giolla Phádraig|Kelly|O'Connor|Doyle|Gallagher|Nolan",
    ),
    (8, "Margaret James Helen Robert Zoë Andrew Chloë Peter", "Smith|Taylor-Jones|Evans|Brontë|Wright|Campbell"),
    (12, "Anju Jincy Bijo Reshma Sunil Lakshmi Deepak Sheeja", "Thomas|Varghese|Nair|Kurian|Patel|Pillai|Joseph"),
    (9, "Maricel Jocelyn Rodrigo Luzviminda José Grace", "Dela Cruz|Peña|Santos|Ibañez|Reyes|Bautista"),
    (6, "Małgorzata Łukasz Agnieszka Paweł Zofia", "Wójcik|Żukowska|Nowak|Dąbrowski|Kłos"),
    (5, "Chukwuemeka Ngọzi Ọlámidé Ifẹ́olúwa Blessing", "Okonkwo|Adébáyọ̀|Eze|Ọlátúnjí|Nwosu"),
    (4, "Ștefania Răzvan Ioana Cătălin", "Țurcanu|Popescu|Bălan|Ionescu"),
    (3, "João Conceição Luís Inês", "Gonçalves|Araújo|Magalhães|da Silva"),
    (3, "محمد فاطمة عمر مريم", "عبد الله|الحسن|صالح|إبراهيم"),
    (2, "Ελένη Γιώργος Κατερίνα Νίκος", "Παπαδοπούλου|Γεωργίου|Νικολάου"),
    (2, "Олена Тарас Наталія Андрій", "Шевченко|Коваленко|Бойко"),
    (2, "娜 伟 芳 敏", "李|王|陈|张"),
    (2, "Thị Hương|Văn Đức|Thị Lan|Minh Tuấn", "Nguyễn|Trần|Lê|Phạm"),
    (1, "Søren Åse Þóra Björk", "Ødegård|Jónsdóttir|Sørensen"),
    (1, "ሰላም ዳዊት ሃና", "ተስፋዬ|በቀለ|ግርማ"),
)
FAMILY_FIRST = {"李", "王", "陈", "张", "Nguyễn", "Trần", "Lê", "Phạm"}

SHARE_OF_STAFF_WHO_ANSWER = 0.6
TIES_PER_PERSON = 3.0
REPORTED_AS_TEAM = "Bed Management"  # so small that no answer is told apart
COMMITTEES = ((OLDER, 9), (ACUTE, 6))


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    role: str
    staff_group: str
    team: str
    service: str
    leader: str
    tenure_years: str


class Chance(Random):
    """Draws that are the same in every version of Python: all of them come from ``random()``."""

    def below(self, n: int) -> int:
        return int(self.random() * n)

    def pick(self, choices: Sequence):
        return choices[self.below(len(choices))]

    def deviate(self) -> float:
        """Return a number with mean 0 and spread 1, close to normal."""
        return sum(self.below(1001) for _ in range(12)) / 1000 - 6.0

    def sample(self, choices: Iterable, n: int) -> list:
        left = list(choices)
        return [left.pop(self.below(len(left))) for _ in range(min(n, len(left)))]


def make_people(chance: Chance) -> list[Person]:
    """Return everybody: each service's senior leaders, then team by team its leader and its staff."""
    people: list[Person] = []
    badge = 1000

    def add(role: str, group: str, team: str, service: str, leader: str) -> str:
        nonlocal badge
        badge += 1 + chance.below(9)
        since = chance.random()
        tenure = f"{25 * since * since:.1f}" if chance.random() < 0.93 else ""
        people.append(Person(f"SB{badge}", make_name(chance), role, group, team, service, leader, tenure))
        return people[-1].id

    for service in (OLDER, ACUTE):
        seniors = [add("senior_leader", "", "", service, "") for _ in range(SENIOR_LEADERS[service])]
        for own, team, counts, leader_group in TEAMS:
            if own != service:
                continue
            leader = add("team_leader", leader_group, team, service, chance.pick(seniors)) if leader_group else ""
            for group, count in zip(GROUPS, counts, strict=True):
                for _ in range(count):
                    add("staff", group, team, service, leader)
    return people


def make_name(chance: Chance) -> str:
    origins = [place for place, (weight, _, _) in enumerate(NAMES) for _ in range(weight)]
    _, given, family = NAMES[chance.pick(origins)]
    own = chance.pick(given.split("|") if "|" in given else given.split(" "))
    surname = chance.pick(family.split("|"))
    return f"{surname} {own}" if surname in FAMILY_FIRST else f"{own} {surname}"


def make_ties(people: list[Person], chance: Chance) -> list[tuple[str, str, str]]:
    """Return committees, in which everybody knows everybody, and colleagues in other teams, half of one's own group."""
    staff = [person for person in people if person.role == "staff"]
    ties: dict[tuple[str, str], str] = {}
    for service, size in COMMITTEES:
        teams = [team for own, team, _, _ in TEAMS if own == service]
        members = [chance.pick([p for p in staff if p.team == team]) for team in chance.sample(teams, size)]
        for one, other in combinations(sorted(members, key=lambda person: person.id), 2):
            ties[one.id, other.id] = "committee"
    n_ties = len(ties) + int(TIES_PER_PERSON * len(staff) / 2)
    while len(ties) < n_ties:
        one, other = chance.pick(staff), chance.pick(staff)
        is_likely = one.service == other.service or chance.random() < 0.05
        is_met = one.staff_group == other.staff_group or chance.random() < 0.4
        pair = (min(one.id, other.id), max(one.id, other.id))
        if one.team != other.team and is_likely and is_met and pair not in ties:
            ties[pair] = "cross_team"
    return [(one, other, layer) for (one, other), layer in sorted(ties.items())]


def make_survey(people: list[Person], chance: Chance) -> list[tuple[str, str, str, str]]:
    """Return the mean of five items for whoever answered: people of a team are a little alike, and not all answer."""
    of_group = {"medical": 0.25, "nursing": 0.0, "allied_health": 0.05, "operations": -0.1, "administration": -0.2}
    rows = []
    for _, team, _, _ in TEAMS:
        climate = 3.55 + 0.3 * chance.deviate()
        if team == REPORTED_AS_TEAM:
            rows.append(("", team, score(climate), score(climate - 0.35)))
            continue
        for person in people:
            if person.team != team or person.role != "staff" or chance.random() >= SHARE_OF_STAFF_WHO_ANSWER:
                continue
            own = climate + of_group[person.staff_group] + 0.7 * chance.deviate()
            heard = own - 0.35 + 0.5 * chance.deviate()
            rows.append((person.id, team, score(own), score(heard) if chance.random() < 0.95 else ""))
    return rows


def score(value: float) -> str:
    """Return a mean of five items of 1 to 5, which moves in steps of 0.2."""
    return f"{min(25, max(5, round(5 * value))) / 5:.1f}"


def write(path: Path, comment: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # A byte-order mark tells Excel that the file is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        file.write(comment)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def make(folder: Path) -> None:
    """Write the three tables."""
    chance = Chance(SEED)
    people = make_people(chance)
    columns = list(Person.__dataclass_fields__)
    write(folder / "people.csv", "", columns, [[getattr(person, name) for name in columns] for person in people])
    write(folder / "ties.csv", "", ("from", "to", "layer"), make_ties(people, chance))
    survey = make_survey(people, chance)
    write(folder / "survey.csv", "# scale: 1 to 5\n", ("id", "team", "safety", "efficacy"), survey)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "st-brigid")
