"""Mesa's own dashboard on an unchanged model, with the components of Mesa's visualisation tutorial."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from typing import Any

import ipyvuetify
import matplotlib.pyplot as plt
import pytest
import solara

from sim.engine.mesa_model import CultureModel, StaffMember
from sim.inputs.scenario.description import Scenario

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Mesa 3.3 breaks a rule of Solara's.
    visualisation = pytest.importorskip("mesa.visualization", reason="Mesa's dashboard needs altair")

pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = Scenario(title="Small", weeks=20, organisation={"teams": 4, "team_size": 5})
PARAMETERS = {
    "scenario": SMALL,
    "staff_turnover": {"type": "SliderFloat", "value": 0.3, "label": "Turnover", "min": 0.0, "max": 1.0, "step": 0.01},
}


def portray(agent: Any) -> Any:
    is_afraid = isinstance(agent, StaffMember) and agent.safety < 0.5
    return visualisation.components.AgentPortrayalStyle(color="tab:red" if is_afraid else "tab:blue", size=20)


@pytest.fixture(name="page")
def page_fixture() -> Iterator[tuple[CultureModel, Any]]:
    model = CultureModel(SMALL, rng=1)
    components = [
        visualisation.make_space_component(portray),
        visualisation.make_plot_component(["safe_share", "pressure"]),
    ]

    @solara.component
    def page() -> None:
        with solara.AppLayout():
            visualisation.SolaraViz(model, components=components, model_params=PARAMETERS, name="Culture")

    _, context = solara.render(page(), handle_error=False)
    yield model, context
    context.close()
    plt.close("all")


def press(context: Any, label: str) -> None:
    context.find(ipyvuetify.Btn, children=[label]).widget.click()


def living_models() -> list[CultureModel]:
    return [one for one in gc.get_objects() if issubclass(type(one), CultureModel)]


def test_mesas_dashboard_shows_and_steps_the_model(page: tuple[CultureModel, Any]) -> None:
    model, context = page
    press(context, "Step")
    press(context, "Step")

    assert model.week == 2
    assert not context.find(ipyvuetify.Alert).widgets
    assert context.find(ipyvuetify.Slider, label="Turnover").widget.v_model == 0.3


def test_reset_makes_another_world_of_the_same_scenario(page: tuple[CultureModel, Any]) -> None:
    model, context = page
    press(context, "Step")
    before = living_models()
    press(context, "Reset")

    (made,) = [one for one in living_models() if not any(one is other for other in before)]
    assert made.prepared.scenario.title == "Small"
    assert made.prepared.scenario.parameters.staff_turnover == 0.3
    assert (made.week, model.week) == (0, 1)
    assert made.seed != model.seed
    assert not context.find(ipyvuetify.Alert).widgets


def test_mesa_draws_the_network_where_people_stand() -> None:
    model = CultureModel(SMALL, rng=1)
    axes = visualisation.mpl_space_drawing.draw_space(model.grid, portray)

    drawn = [collection for collection in axes.collections if len(collection.get_offsets()) > 1]
    assert sum(len(collection.get_offsets()) for collection in drawn) == len(model.agents) == 27
    plt.close("all")
