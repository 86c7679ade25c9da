// The projector in a game: how far the tables are, and in the debrief what everybody looks at.
(function () {
  "use strict";
  const { h } = window.charts, { debrief, compared } = window.charts.debrief, room = window.room;
  let shown = null;
  const width = () => Math.max(300, Math.min(1400, document.documentElement.clientWidth - (document.documentElement.clientWidth > 760 ? 80 : 28)));

  function play(state) {
    const tables = state.tables.filter((table) => table.played), furthest = Math.max(...tables.map((table) => table.quarter));
    return h("div", { class: "stack" },
      h("ol", { class: "quarters", "aria-label": "Quarters" }, Array.from({ length: state.quarters }, (_, i) => h("li", { class: i + 1 < furthest ? "gone" : i + 1 === furthest ? "here" : null }, h("b", {}, i + 1), h("span", {}, state.plan[i + 1] || "")))),
      h("ul", { class: "teams", "data-picture": "tables" }, tables.map((table) => h("li", { class: table.over ? "card done" : "card", "data-testid": `table-${table.name}`, "data-quarter": table.quarter }, h("b", {}, table.name),
        h("span", { class: "soft" }, table.over ? " all quarters played ✓" : ` quarter ${table.quarter}`),
        table.over ? null : h("span", { class: "deciding" }, table.chairs.map((one) => h("span", { class: one.name === null ? "soft" : one.decided ? "decided" : "" }, `${one.decided ? "✓" : one.name === null ? "–" : "…"} ${one.title}`)))))),
      h("p", { class: "soft" }, "✓: has decided. …: thinks. –: the model plays. Nobody sees anybody's days before all three have decided."));
  }
  function learned(state) {
    const first = state.debriefs.find((one) => one && one.arms);
    if (!first) return h("p", { class: "lead" }, "The twins of your games are being run: some seconds.");
    const only = state.others.length === 1 ? state.others[0].place : null, at = shown === null ? only : shown;
    return h("div", { class: "stack" },
      only !== null ? null : h("div", { class: "segments", role: "group", "aria-label": "What is looked at" }, [[null, "All tables"], ...state.others.map((one) => [one.place, one.name])].map(([place, name]) =>
        h("button", { class: "button small", "aria-pressed": at === place ? "true" : "false", "data-testid": `look-${place === null ? "all" : place}`, onclick: () => { shown = place; room.show(); } }, name))),
      h("div", { id: `look-${at}` }, at === null ? compared(state.others, first, width()) : debrief(state.debriefs[at], width())),
      h("p", { class: "soft small-print" }, `${first.worlds} worlds each, seed ${state.seed}: the same chance events for every table. A model, not a forecast.`));
  }
  const PAGES = { lobby: room.welcome, play, debrief: learned, ended: learned };
  const HEADINGS = { lobby: "Come in", play: "A game for three", debrief: "What became of it", ended: "Thank you" };
  room.drawBoard(PAGES, HEADINGS, (state) => ({ attributes: {}, id: `phase-${state.phase}` }));
})();
