// Draws the pictures of a report from the data that it carries.
(function () {
  "use strict";
  const { rounds, choices } = JSON.parse(document.getElementById("rounds").textContent);
  for (const place of document.querySelectorAll("[data-chart]")) {
    const round = rounds[Number(place.dataset.place)];
    if (place.dataset.chart === "board") {
      for (const by of ["holds", "lasts"]) place.append(window.charts.board(round, 900, 380, by));
    } else if (round.predict !== "choice") {
      place.append(window.charts.predictions({ shocked: round.shocked, weeks: round.weeks, curves: round.predictions.curves, happened: round.happened, supportEnds: round.support_ends, shocks: round.shock_weeks }, 900, 360));
    } else {
      place.append(window.charts.choices({ labels: choices, chosen: round.predictions.choices, n: round.predictions.n, happened: round.happened }));
    }
  }
})();
