"""Tables to begin from: their headings, and a few rows of a service that is made up, to be replaced."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["TEMPLATES", "Template"]


class Template(NamedTuple):
    """A table to be filled in.

    Parameters
    ----------
    file : what it is called
    says : what it is for
    text : headings and made-up rows, as CSV
    """

    file: str
    says: str
    text: str


_STAFF = """\
Employee Number,Team,Service,Staff Group,Job Title,Line Manager,Start Date
1001,,Medicine,Medical and Dental,Clinical Director,,01/04/2012
1002,Ash Ward,Medicine,Nursing and Midwifery Registered,Ward Manager,1001,17/11/2015
1003,Ash Ward,Medicine,Nursing and Midwifery Registered,Staff Nurse,1002,30/09/2021
1004,Ash Ward,Medicine,Additional Clinical Services,Healthcare Support Worker,1002,05/02/2024
1005,Ash Ward,Medicine,Allied Health Professionals,Physiotherapist,1002,11/01/2019
1006,Oak Ward,Medicine,Nursing and Midwifery Registered,Ward Manager,1001,23/06/2014
1007,Oak Ward,Medicine,Nursing and Midwifery Registered,Staff Nurse,1006,14/08/2022
1008,Oak Ward,Medicine,Administrative and Clerical,Ward Clerk,1006,19/05/2020
1009,Oak Ward,Medicine,Medical and Dental,Specialty Doctor,1006,28/10/2023
"""
_PERSONS = """\
# scale: 1 to 5
Employee Number,I feel safe to speak up,It would be addressed
1003,4,3
1004,2,2
1005,5,4
1007,3,3
1008,4,
"""
_TEAMS = """\
Team,Per cent who feel safe to speak up,Respondents
Ash Ward,62,21
Oak Ward,55,18
"""
_TIES = """\
From,To
1003,1007
1004,1009
1005,1007
"""

TEMPLATES: dict[str, Template] = {
    "staff": Template("staff.csv", "Who works where: a row for each person. All that is needed.", _STAFF),
    "survey": Template("survey-of-persons.csv", "How safe each person feels, where you may link that.", _PERSONS),
    "teams": Template("survey-by-team.csv", "Or what the survey reports for each team.", _TEAMS),
    "ties": Template("who-works-with-whom.csv", "Who works with whom in other teams, if you know.", _TIES),
}
"""All of them, by a short name."""
