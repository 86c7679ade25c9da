// The projector: what everybody looks at, large, and no more of it than is shown.
(function () {
  "use strict";
  const { h, s } = window.charts, room = window.room;
  let by = "holds";

  const bar = (done, n, label) => h("div", { class: "count" }, h("div", { class: "count-words" }, h("b", {}, done), ` of ${n} ${label}`),
    s("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { x: 0, y: 0, width: 100, height: 4, class: "meter-back" }), s("rect", { x: 0, y: 0, width: n ? ((100 * done) / n).toFixed(1) : 0, height: 4, class: "meter-fill" })));
  const story = (state) => h("ul", { class: "story-lines" }, state.round.what.map((one) => { const [what, ...rest] = one.split(". "); return h("li", {}, h("b", {}, what), rest.length ? h("span", { class: "soft" }, `. ${rest.join(". ")}`) : null); }));
  // Beside the questions on a wide screen; letters grow with it.
  function chartWidth() {
    const page = document.documentElement.clientWidth, whole = Math.min(1760, page - (page > 760 ? 80 : 28)), wide = page >= 1200;
    return Math.max(300, wide ? whole * 0.7 : whole) / (page >= 1700 ? 1.5 : page >= 1200 ? 1.1 : 1);
  }

  function spreadOf(state, height) {
    const all = state.results, at = state.round;
    if (at.predict !== "choice") return window.charts.predictions({ shocked: all.shocked, weeks: at.weeks, curves: all.predictions && all.predictions.curves, happened: all.happened, supportEnds: at.support_ends, shocks: all.happened ? all.shock_weeks : [] }, chartWidth(), height);
    return window.charts.choices({ labels: state.choices, chosen: all.predictions && all.predictions.choices, n: all.predictions && all.predictions.n, happened: all.happened });
  }
  const reasons = (state) => (state.results.reasons ? h("ul", { class: "reasons" }, state.results.reasons.length ? state.results.reasons.map((one) => h("li", {}, one)) : h("li", { class: "soft" }, "Nobody has agreed yet that a reason stands here.")) : null);
  const predict = (state) => h("div", { class: "stack" }, h("h2", {}, state.round.predict === "curve" ? "What will this do? Draw it on your phone." : "What will be left of it? Choose on your phone."),
    state.results.predictions ? spreadOf(state, Math.max(260, chartWidth() * 0.42)) : story(state), reasons(state), bar(state.n_predicted, state.n_people, "have predicted"));
  const design = (state) => h("div", { class: "stack" }, h("h2", {}, state.round.predict === "nothing" ? `What would your team do with ${state.round.budget} days?` : `Can your team do better with ${state.round.budget} days?`),
    state.round.anyway.length ? h("ul", { class: "story-lines" }, state.round.anyway.map((one) => h("li", {}, h("b", {}, one.split(". ")[0])))) : null,
    h("p", { class: "soft" }, "The days take the place of everything that the story pays for."),
    h("ul", { class: "teams", "data-picture": "teams" }, room.peopled(state.teams).map((team) => h("li", { class: team.committed ? "card done" : "card" }, h("b", {}, team.name), h("span", { class: "soft" }, team.n === 1 ? " 1 person" : ` ${team.n} people`),
      s("svg", { viewBox: "0 0 100 5", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { x: 0, y: 0, width: 100, height: 5, class: "meter-back" }), s("rect", { x: 0, y: 0, width: ((100 * team.days) / state.round.budget).toFixed(1), height: 5, class: "meter-fill" })),
      h("span", {}, team.committed ? h("strong", {}, "committed ✓") : `${team.days} days spent`)))),
    bar(state.teams.filter((team) => team.committed).length, room.peopled(state.teams).length, "teams have committed"));

  function results(state) {
    const all = state.results, parts = [];
    if (all.shocks.length) parts.push(h("ul", { class: "shocks" }, all.shocks.map((one) => h("li", {}, "⚡ ", one))));
    const both = (all.predictions || all.happened) && all.programmes;
    if (all.programmes) {
      const waiting = all.programmes.filter((one) => one.done !== undefined);
      parts.push(h("div", { class: "segments", role: "group", "aria-label": "What counts" }, [["holds", "Holds: 75 of 100 feel safe in the last year"], ["lasts", `Lasts: a gain of 10 in 100, and half of it left at the end of year ${state.judged[1]}`], ["when", "When: the years of each team"]].map(([name, label]) =>
        h("button", { class: "button small", "aria-pressed": by === name ? "true" : "false", onclick: () => { by = name; room.show(); } }, label))));
      parts.push(h("div", { "data-testid": "board", "data-ready": all.programmes.filter((one) => one.summary).length }, by === "when" ? window.charts.timelines(all, chartWidth(), 405) : chartWidth() > 520 ? window.charts.board(all, chartWidth(), 405, by) : window.charts.rows(all, chartWidth(), by)));
      if (waiting.length) parts.push(bar(Math.round(100 * state.progress.done), 100, "per cent of the worlds have been run"));
    }
    if ((all.predictions || all.happened) && !both) {
      parts.push(spreadOf(state, Math.max(260, chartWidth() * 0.5)));
      if (all.happened && all.happened.done !== undefined) parts.push(bar(Math.round(100 * all.happened.done), 100, "per cent of the worlds have been run"));
    }
    if (all.reasons && !both) parts.push(reasons(state));
    if (!parts.length) parts.push(h("p", { class: "lead" }, "In a moment."));
    const questions = h("ul", { class: "questions" }, all.questions.map((one) => h("li", {}, one)));
    return h("div", { class: "outcome" }, h("div", { class: "stack" }, parts), h("aside", { class: "stack talk", "aria-label": "To talk about" }, both ? null : (all.words || []).map((one) => h("p", { class: "lead" }, one)),
      h("h2", {}, "To talk about"), questions), h("p", { class: "soft small-print" }, `${all.worlds} twin worlds each, seed ${all.seed}: the same chance events for every programme. A model, not a forecast.`));
  }
  const PAGES = { lobby: room.welcome, predict, design, results, ended: (state) => h("div", { class: "stack" }, h("h2", {}, "Thank you."), results(state)) };
  const round = (state) => h("span", {}, h("small", { class: "soft" }, `Round ${state.round.place + 1} of ${state.round.n}`), state.round.title);
  const HEADINGS = { lobby: "Come in", predict: round, design: round, results: round, ended: "The end" };
  room.drawBoard(PAGES, HEADINGS, (state) => ({ attributes: { "data-round": state.round.place }, id: `phase-${state.phase}-${state.round.place}` }));
})();
