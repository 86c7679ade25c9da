"""Files that somebody brings on any page: a programme is taken up at once, an organisation has to be understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.dashboard import catalogue
from sim.dashboard.keeping import open_session
from sim.dashboard.pages import state
from sim.dashboard.service import OwnService
from sim.dashboard.session import in_organisation
from sim.dashboard.uploads import folder_in_use, left_out, read_programme, read_upload
from sim.inputs.scenario.description import BASELINE, Scenario

__all__ = ["bring", "name_of", "programme_named", "ran_on"]


def bring(files: Sequence[dict[str, Any]], ran: tuple[str, int] | None = None) -> bool:
    """Take up files; tell whether there is something now that has to be understood.

    Parameters
    ----------
    files : name and base64 content of each
    ran : the text of the session that was run on them, and its week, where they are brought back

    Raises
    ------
    InputError : they are too large, of no known kind, or have faults
    """
    brought = read_upload(files)
    if brought.programme is not None and not brought.tables and brought.mapping is None:
        current = state.begin()
        scenario = read_programme(brought.programme, folder_in_use(current.scenario))
        state.session.set(current.with_scenario(scenario))
        state.notices.set(left_out(brought.programme))
        return False
    service = state.service.peek()
    if service is None:
        service = OwnService.begun()
        state.keep_folder(service.folder)
    state.coming_back.set(ran)
    state.service.set(service.with_files(brought))
    return True


def ran_on(said: dict[str, Any]) -> tuple[str, int] | None:
    """Return what a browser says was run on the files that it brings back, if it says so."""
    return (str(said["ran"]), int(said["week"])) if said.get("ran") else None


def recall(text: str, week: int) -> None:
    """Go on from what the browser has kept, where nobody has begun with something else meanwhile."""
    current = state.session.peek()
    if current is not None and (current.past or current.ahead):
        return
    kept = open_session(text)
    if kept is None or (current is not None and current.scenario.digest() != kept.scenario.digest()):
        return
    state.session.set(kept)
    state.start_at(week)


def programme_named(name: str) -> Scenario:
    """Return what is in Explore, or a shipped scenario: in the organisation that somebody has brought, if they have.

    Raises
    ------
    InputError : there is none of this name, or it does not go with the organisation
    """
    current = state.begin().scenario
    if name == state.EXPLORED:
        return current
    folder = folder_in_use(current)
    scenario = catalogue.shipped(name)
    return scenario if folder is None else in_organisation(scenario, str(folder))


def name_of(scenario: Scenario) -> str:
    """Return what a scenario is called where one is chosen: the name of a shipped one, the title of any other."""
    if scenario.name not in dict(catalogue.choices()):
        return scenario.title
    folder, shipped = folder_in_use(scenario), catalogue.shipped(scenario.name)
    as_shipped = shipped if folder is None else in_organisation(shipped, str(folder))
    # What a page compares it with is no part of it; a link does not carry it.
    alone = [one.model_copy(update={"compare_with": BASELINE}) for one in (scenario, as_shipped)]
    return scenario.name if alone[0] == alone[1] else scenario.title
