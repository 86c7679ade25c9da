// The facilitator's page: where the session is, what comes next, what is shown, and everything that was entered.
(function () {
  "use strict";
  const { h } = window.charts, room = window.room, { given, line, send } = room;
  given.act = `${given.at}/steer/${given.code}/act`;
  let by = "holds", asked = false, shockKind = null, shockWeek = null, people = false;
  const act = (action) => send(action);

  const STEPS = [["predict", "Predict"], ["design", "Design"], ["results", "Results"]];
  const steps = (state) => h("ol", { class: "steps", "aria-label": "Where the session is" },
    h("li", { "aria-current": state.phase === "lobby" ? "step" : null }, "Joining"),
    state.rounds.map((one, place) => h("li", { class: place === state.round.place && state.phase !== "lobby" ? "here" : null, "aria-current": place === state.round.place && state.phase !== "lobby" && state.phase !== "ended" ? "step" : null },
      h("span", {}, `${place + 1}. ${one.title}`), place === state.round.place && state.phase !== "lobby" && state.phase !== "ended" ? h("small", {}, STEPS.filter(([phase]) => phase !== "predict" || one.predict !== "nothing").map(([phase, label], i) => [i ? " › " : "", state.phase === phase ? h("b", {}, label) : label])) : null)),
    h("li", { "aria-current": state.phase === "ended" ? "step" : null }, "End"));

  function nextButton(state) {
    const { phase, round } = state, waiting = line.outbox.some((one) => one.do === "go");
    const first = (place) => (state.rounds[place].predict === "nothing" ? "design" : "predict");
    const labels = {
      lobby: [first(round.place), round.place, first(round.place) === "predict" ? "Begin: ask for predictions" : "Begin: let the teams design"],
      predict: ["design", round.place, "Let the teams design"],
      design: ["results", round.place, "Close the designs, go to results"],
      results: round.place + 1 < state.rounds.length ? [first(round.place + 1), round.place + 1, `Next round: ${state.rounds[round.place + 1].title}`] : ["ended", round.place, "End the session"],
    };
    const next = labels[phase];
    return next ? h("button", { class: "button primary big", "data-testid": "next", disabled: waiting, onclick: () => act({ do: "go", to: next[0], round: next[1] }) }, next[2]) : null;
  }
  const says = (state) => ({
    lobby: `${state.n_people} here. Begin when everybody is in; late joiners come in where you are.`,
    predict: `${state.n_predicted} of ${state.n_people} have predicted.`,
    design: `${state.teams.filter((team) => team.committed).length} of ${room.peopled(state.teams).length} teams have committed. What is on the sliders of the others is taken when you close.`,
    results: state.progress.ready < state.progress.n ? `Running: ${Math.round(100 * state.progress.done)} % of the worlds are done.` : "Everything has been run.",
    ended: "The session is over. Export it, or delete the room when nobody needs it any more.",
  })[state.phase];
  const PHASES = { lobby: "joining", predict: "predictions", design: "designs", results: "results" };
  function others(state) {
    const main = { predict: "design", design: "results" }[state.phase];
    return h("div", { class: "row" },
      state.phase === "ended" ? null : h("button", { class: "button", "aria-pressed": state.paused ? "true" : "false", "data-testid": "pause", onclick: () => act({ do: "pause", on: !state.paused }) }, state.paused ? "Go on" : "Pause"),
      state.next.filter((one) => one.to !== main && one.round <= state.round.place && !(state.phase === "lobby" && one.to !== "ended")).map((one) => {
        if (one.to === "ended") {
          if (state.phase === "results" && state.round.place + 1 >= state.rounds.length) return null;
          return asked ? [h("button", { class: "button danger", onclick: () => { asked = false; act({ do: "go", to: "ended", round: one.round }); } }, "Yes, end it"), h("button", { class: "button", onclick: () => { asked = false; room.show(); } }, "No")]
            : h("button", { class: "button", onclick: () => { asked = true; room.show(); } }, "End the session");
        }
        const label = state.phase === "predict" && one.to === "results" && one.round === state.round.place ? "Skip the design" : `Back to ${one.round < state.round.place ? `round ${one.round + 1}` : PHASES[one.to]}`;
        return h("button", { class: "button", onclick: () => act({ do: "go", to: one.to, round: one.round }) }, label);
      }));
  }

  const ITEMS = [["predictions", "Predictions", "everybody's, without names"], ["reasons", "Reasons", "of those who agree, without names"], ["happened", "What happened", "the story's programme in all worlds"], ["programmes", "The teams' programmes", "probability against cost"]];
  const showing = (state) => h("section", { class: "card pad stack" }, h("h2", {}, "On the screens"), h("div", { class: "shows" }, ITEMS.filter(([item]) => state.round.predict !== "nothing" || (item !== "predictions" && item !== "reasons")).map(([item, label, hint]) => {
    const on = state.results.shown.includes(item), early = item !== "predictions" && item !== "reasons" && state.phase !== "results" && state.phase !== "ended";
    return h("button", { class: "button show", "aria-pressed": on ? "true" : "false", disabled: state.phase === "lobby" || early, "data-testid": `show-${item}`, onclick: () => act({ do: "show", round: state.round.place, item, on: !on }) }, h("b", {}, `${on ? "Hide" : "Show"}: ${label}`), h("small", {}, hint));
  })));

  function shocks(state) {
    const kind = state.shock_kinds.find((one) => one.kind === shockKind) || state.shock_kinds.find((one) => !one.held) || state.shock_kinds[0], week = shockWeek === null ? kind.week : shockWeek, have = state.results.shocks;
    return h("section", { class: "card pad stack" }, h("h2", {}, "Something nobody expected"),
      state.phase !== "results" ? h("p", { class: "soft" }, "Once the results are there: it happens to every programme of the round, in the same worlds.") : h("div", { class: "stack" },
        h("label", {}, "What", h("select", { value: kind.kind, "data-testid": "shock-kind", onchange: (event) => { shockKind = event.target.value; shockWeek = null; room.show(); } }, state.shock_kinds.map((one) => h("option", { value: one.kind, selected: one.kind === kind.kind }, one.held ? `${one.title} (happens already)` : one.title)))),
        kind.held && week === kind.week ? h("p", { class: "soft small-print" }, "This happens at that time already. Choose another week, or something else.") : null,
        h("label", { class: "slide" }, h("span", {}, "When", h("output", {}, `year ${Math.floor(week / 52) + 1}, week ${(week % 52) + 1}`)), h("input", { type: "range", min: 0, max: kind.latest, value: week, oninput: (event) => { shockWeek = Number(event.target.value); room.show(); } })),
        h("div", { class: "row" }, h("button", { class: "button", "data-testid": "shock", onclick: () => act({ do: "shock", round: state.round.place, shock: { kind: kind.kind, week }, request: room.token() }) }, "⚡ Let it happen"),
          have.length ? h("button", { class: "button", onclick: () => act({ do: "calm", round: state.round.place, left: have.length - 1 }) }, "Take the last one back") : null)),
      have.length ? h("ul", { class: "shocks" }, have.map((one) => h("li", {}, "⚡ ", one))) : null);
  }

  function preview(state) {
    const all = state.results, at = state.round, width = Math.min(640, room.width(1400) > 1000 ? (room.width(1500) - 420) * 0.94 : room.width(900) - 70);
    const story = h("section", { class: "card pad stack" }, h("h2", {}, "Predictions", h("small", { class: "soft" }, " · for your eyes until shown")),
      at.predict !== "choice" ? window.charts.predictions({ shocked: all.shocked, weeks: at.weeks, curves: all.predictions.curves, happened: state.phase === "results" || state.phase === "ended" ? all.happened : null, supportEnds: at.support_ends, shocks: all.shock_weeks }, width, 260)
        : window.charts.choices({ labels: state.choices, chosen: all.predictions.choices, n: all.predictions.n, happened: state.phase === "results" || state.phase === "ended" ? all.happened : null }),
      state.phase === "results" ? (all.words || []).map((one) => h("p", {}, one)) : null,
      state.phase === "results" && state.furthest.length ? h("details", { "data-testid": "furthest" }, h("summary", {}, "Furthest off, for your eyes alone"), h("ul", {}, state.furthest.map((one) => h("li", {}, h("b", {}, one.name), `: ${one.says}`)))) : null,
      state.reasons.length ? h("details", {}, h("summary", {}, `${state.reasons.length} reasons, ${all.reasons.length} of which may stand on the board`), h("ul", {}, state.reasons.map((one) => h("li", {}, one)))) : null);
    if (state.phase === "lobby") return null;
    if (state.phase === "design") return [waits(state), at.predict === "nothing" ? null : story];
    if (state.phase !== "results" && state.phase !== "ended") return story;
    return [h("section", { class: "card pad stack" }, h("h2", {}, "Programmes"), table(state)), story,
      h("section", { class: "card pad" }, h("h2", {}, "To talk about"), h("ul", { class: "questions" }, all.questions.map((one) => h("li", {}, one))))];
  }
  const waits = (state) => h("section", { class: "card pad stack", "data-testid": "waits" }, h("h2", {}, "Teams"), h("ul", { class: "list" }, state.teams.map((team) => h("li", {},
    h("span", {}, h("b", {}, team.name), h("small", { class: "soft" }, ` ${team.n === 1 ? "1 person" : `${team.n} people`}`)),
    h("span", { class: team.committed ? "soft" : "warn" }, team.n === 0 ? "nobody" : team.committed ? `waits since ${room.clock(team.committed_at)}` : `${team.days} of ${state.round.budget} days spent`)))));
  function table(state) {
    const all = state.results, cell = (one, name) => one.summary ? h("td", {}, h("b", {}, window.charts.percent(one.summary[name].estimate)), h("small", { class: "soft" }, ` ${Math.round(100 * one.summary[name].low)} to ${Math.round(100 * one.summary[name].high)}`), one.before ? h("small", { class: "soft block" }, `before: ${window.charts.percent(one.before[name].estimate)}`) : null)
      : h("td", {}, one.failed ? "could not be run" : `${Math.round(100 * (one.done || 0))} % run`);
    const best = (one) => h("td", {}, one.summary ? `${one.summary.peak_gain.estimate >= 0 ? "+" : ""}${Math.round(100 * one.summary.peak_gain.estimate)}` : "");
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Results" }, h("table", {}, h("thead", {}, h("tr", {}, ["Team", "Days", "At its best", "Holds", "Lasts", "Programme"].map((one) => h("th", { scope: "col" }, one)))),
      h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "The story"), h("td", {}, all.story.summary ? Math.round(all.story.summary.cost.estimate) : ""), best(all.story), cell(all.story, "holds"), cell(all.story, "lasts"), h("td", { class: "left" }, all.story.title)),
        all.programmes.map((one) => h("tr", { "data-testid": "programme" }, h("th", { scope: "row" }, one.name), h("td", {}, one.days), best(one), cell(one, "holds"), cell(one, "lasts"), h("td", { class: "left small-print" }, one.words.join("; ")))))));
  }

  function planning(state) {
    const firstFree = 1 + state.rounds.reduce((last, one, place) => (one.begun ? place : last), -1), plain = (one) => ({ title: one.title, scenario: one.scenario, budget: one.budget, predict: one.predict });
    const from = state.rounds.slice(firstFree).map(plain);
    const change = (rounds) => act({ do: "plan", first: firstFree, rounds });
    const edit = (i, field, value) => change(from.map((one, place) => (place === i ? { ...one, [field]: value, ...(field === "scenario" ? { title: state.contexts[value] } : {}) } : one)));
    return h("details", { class: "card pad" }, h("summary", {}, "Rounds to come", h("small", { class: "soft" }, ` · ${from.length}`)), h("div", { class: "stack" },
      from.map((one, i) => h("fieldset", { class: "round" }, h("legend", {}, `Round ${firstFree + i + 1}`),
        h("label", {}, "About", h("select", { value: one.scenario, onchange: (event) => edit(i, "scenario", event.target.value) }, Object.entries(state.contexts).map(([name, title]) => h("option", { value: name, selected: name === one.scenario }, title)))),
        h("div", { class: "pair" }, h("label", {}, "Budget, days", h("input", { type: "number", min: 10, max: 3000, value: one.budget, onchange: (event) => edit(i, "budget", Math.max(10, Math.min(3000, Math.round(Number(event.target.value)) || 10))) })),
          h("label", {}, "They", h("select", { value: one.predict, onchange: (event) => edit(i, "predict", event.target.value) }, h("option", { value: "curve", selected: one.predict === "curve" }, "draw a curve"), h("option", { value: "choice", selected: one.predict === "choice" }, "choose"), h("option", { value: "nothing", selected: one.predict === "nothing" }, "design at once")))),
        h("button", { class: "button small", disabled: from.length + firstFree < 2, onclick: () => change(from.filter((_, place) => place !== i)) }, `Take out round ${firstFree + i + 1}`))),
      h("div", { class: "row" }, h("button", { class: "button", "data-testid": "repeat", onclick: () => change([...from, plain(state.rounds[state.round.place])]) }, "Add this round once more"))));
  }
  const list = (state) => h("details", { class: "card pad", open: people || null, ontoggle: (event) => { people = event.target.open; } }, h("summary", {}, "People and teams", h("small", { class: "soft" }, ` · ${state.n_people}`)),
    state.phase === "lobby" || state.phase === "predict" ? h("button", { class: "button small", "data-testid": "deal", onclick: () => act({ do: "deal" }) }, "Deal everybody out anew") : null,
    h("ul", { class: "list" }, state.people.map((one) => h("li", {}, h("span", {}, one.name, h("small", { class: "soft" }, ` ${one.team || "no team yet"}${state.phase === "predict" && one.predicted ? " · predicted" : ""} · joined ${room.clock(one.joined)}${one.returned ? `, another phone ${room.clock(one.returned)}` : ""}`), room.awaySince(state, one.number)), h("button", { class: "button small", "aria-label": `Take ${one.name} out`, onclick: () => act({ do: "remove", person: one.number }) }, "Take out")))));

  const taking = () => h("section", { class: "card pad stack" }, h("h2", {}, "Take away"), h("div", { class: "row" },
    h("a", { class: "button", href: `${given.at}/steer/${given.code}/report.html`, download: true, "data-testid": "report" }, "Report"), h("a", { class: "button", href: `${given.at}/steer/${given.code}/session.csv`, download: true, "data-testid": "csv" }, "Table (CSV)")));

  window.addEventListener("gone", () => room.show());
  room.draw(() => {
    const state = line.state, nav = h("nav", { "aria-label": "Pages" }, given.dashboard ? h("a", { href: given.dashboard }, "Dashboard") : null, h("a", { href: `${given.at}/steer` }, "Rooms"));
    if (line.gone) return [room.head(nav), h("main", {}, h("h1", {}, line.gone === 403 ? "Please open the facilitator's link again" : "This room is not there any more"), room.notices())];
    if (!state) return [room.head(nav), h("main", {}, h("h1", {}, "One moment …"), room.notices())];
    return [room.head(nav), h("main", { class: "wide" }, h("h1", { "data-testid": "phase", "data-phase": state.phase, "data-round": state.round.place }, state.title), steps(state), room.notices(), room.differs(state),
      h("div", { class: "steering" },
        h("div", { class: "stack" },
          h("section", { class: "card pad stack now" }, h("h2", {}, state.phase === "lobby" ? "People are joining" : state.phase === "ended" ? "The end" : `Round ${state.round.place + 1}: ${state.round.title}`), h("p", { class: "lead", role: "status", "data-testid": "says" }, says(state)), nextButton(state), others(state)),
          state.phase === "lobby" ? null : showing(state), room.slides(state, act), h("div", { id: `preview-${state.phase}`, class: "stack" }, preview(state))),
        h("aside", { class: "stack", "aria-label": "Room" }, room.invitation(state, act), shocks(state), planning(state), room.onPaper(state, state.teams.map((team, place) => [place, 0, team.name])), list(state), taking())))];
  });
  room.resume();
  room.follow(`${given.at}/steer/${given.code}/state`);
})();
