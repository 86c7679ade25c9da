// What a participant sees: wait, predict, design with the team, and see what happened.
(function () {
  "use strict";
  const { h, s } = window.charts, design = window.charts.design, room = window.room, { given, line, send, keep, kept } = room;
  const touch = { round: null, curve: null, choice: null, reason: "", may_show: false, drawn: false, dirty: false };
  const sliders = {};
  let by = "holds", asking = false;

  window.addEventListener("refused", (event) => {
    if (event.detail.do === "draft") delete sliders[event.detail.strand];
    if (event.detail.do === "predict") touch.dirty = true;
    room.show();
  });
  window.addEventListener("taken", (event) => {
    if (event.detail.do === "draft" && sliders[event.detail.strand]) sliders[event.detail.strand].taken = true;
    if (event.detail.do === "predict" && !touch.dirty) keep(sketchKey(line.state), null);
  });

  const sketchKey = (state) => `room-sketch-${given.code}-${state.round.place}-${state.me.number}`;
  // --- predict ----------------------------------------------------------------------------------------------------------
  function sketched(state) {
    const round = state.round, key = sketchKey(state);
    if (touch.round !== round.place) {
      // What was changed and not sent, even after something was sent, is there again after a reload.
      const unsent = kept(key), mine = unsent || state.mine || {};
      Object.assign(touch, { round: round.place, curve: mine.curve ? [...mine.curve] : null, choice: mine.choice || null, reason: mine.reason || "", may_show: Boolean(mine.may_show), drawn: Boolean(mine.curve), dirty: Boolean(unsent) });
    }
    // Where it starts is known as soon as the first worlds have been run: some seconds after a room is opened.
    const start = round.starts === null ? 60 : round.starts;
    if (round.predict === "curve" && (!touch.curve || touch.curve.length !== round.years + 1)) {
      touch.curve = Array(round.years + 1).fill(start);
    }
    if (touch.curve) touch.curve[0] = start;
    return key;
  }
  function predict(state) {
    const round = state.round, key = sketched(state), still = state.paused;
    const note = () => { touch.dirty = true; keep(key, { curve: touch.drawn ? touch.curve : null, choice: touch.choice, reason: touch.reason, may_show: touch.may_show }); room.show(); };
    const submit = (event) => {
      event.preventDefault();
      touch.dirty = false;
      send({ do: "predict", round: round.place, curve: round.predict === "curve" ? touch.curve : null, choice: round.predict === "choice" ? touch.choice : null, reason: touch.reason, may_show: touch.may_show });
    };
    const waiting = line.outbox.some((one) => one.do === "predict"), width = room.width(720) - 40;
    // A line that nobody has touched is no prediction.
    const ready = round.predict === "curve" ? touch.drawn : touch.choice;
    return h("form", { class: "stack", onsubmit: submit },
      h("h2", {}, round.predict === "curve" ? "What do you expect? Draw it." : "What do you expect?"), story(state),
      round.predict === "curve" ? window.charts.sketch({ curve: touch.curve, years: round.years, weeks: round.weeks, fixed: true, supportEnds: round.support_ends, disabled: still }, width, Math.min(320, Math.max(230, width * 0.62)), () => { touch.drawn = true; note(); })
        : h("fieldset", {}, h("legend", {}, "Four years after support ends, how much of what was gained is left?"), h("div", { class: "choices" }, Object.entries(state.choices).map(([name, label]) =>
          h("label", { class: `choice${touch.choice === name ? " on" : ""}` }, h("input", { type: "radio", name: "choice", value: name, checked: touch.choice === name, disabled: still, onchange: () => { touch.choice = name; note(); } }), label)))),
      h("label", { for: "reason" }, "Why? ", h("span", { class: "soft" }, "A few words, if you like.")),
      h("textarea", { id: "reason", rows: 2, maxlength: 240, disabled: still, value: touch.reason, oninput: (event) => { touch.reason = event.target.value; note(); } }),
      touch.reason.trim() ? h("label", { class: "choice" }, h("input", { type: "checkbox", checked: touch.may_show, disabled: still, "data-testid": "may-show", onchange: (event) => { touch.may_show = event.target.checked; note(); } }), "It may stand on the board, without my name") : null,
      h("button", { class: "button primary big", type: "submit", "data-testid": "send", disabled: still || !ready || waiting }, waiting ? "Sending …" : !ready ? (round.predict === "curve" ? "Draw your line first" : "Choose an answer first") : state.mine && touch.dirty ? "Send the change" : state.mine ? "Sent ✓" : "Send my prediction"),
      state.mine && !touch.dirty ? h("p", { class: "soft", role: "status", "data-testid": "sent" }, "Your prediction is in. You can change it until the teams begin.") : null);
  }
  const lines = (all) => h("ul", {}, all.map((one) => {
    const [what, ...rest] = one.split(". ");
    return h("li", {}, h("b", {}, what), rest.length ? h("span", { class: "soft" }, `. ${rest.join(". ")}`) : null);
  }));
  const story = (state) => h("details", { class: "story", open: true }, h("summary", {}, "What is done"), lines(state.round.what));
  const problem = (state) => h("section", { class: "card pad stack", "data-testid": "problem" }, h("h3", {}, "What you have to reckon with"),
    state.round.anyway.length ? lines(state.round.anyway) : h("p", {}, "Nothing unusual happens, as far as anybody knows."),
    h("p", {}, `Your ${state.round.budget} days take the place of everything that the story pays for. What lasts is judged for all teams at the same dates: how many more feel safe by the end of year ${state.judged[0]}, and how much of that is left at the end of year ${state.judged[1]}.`));

  // --- design -----------------------------------------------------------------------------------------------------------
  function current(state) {
    const shown = {};
    for (const [name, spend] of Object.entries(state.team.draft)) shown[name] = spend;
    for (const [name, slider] of Object.entries(sliders)) {
      const same = JSON.stringify(slider.spend) === JSON.stringify(state.team.draft[name] || null);
      if (slider.round !== state.round.place || state.team.committed || (slider.taken && same) || (slider.taken && Date.now() - slider.at > 4000)) delete sliders[name];
      else if (slider.spend === null) delete shown[name];
      else shown[name] = slider.spend;
    }
    return shown;
  }
  function put(state, name, spend) {
    const slider = sliders[name] || {};
    Object.assign(slider, { spend, at: Date.now(), round: state.round.place, taken: false });
    sliders[name] = slider;
    // While a slider moves, a few of its places a second are told.
    if (!slider.timer) {
      slider.timer = window.setTimeout(() => {
        slider.timer = null;
        if (sliders[name] === slider) send({ do: "draft", round: slider.round, strand: name, spend: slider.spend });
      }, 250);
    }
  }
  function flush() {
    for (const [name, slider] of Object.entries(sliders)) {
      if (!slider.timer) continue;
      window.clearTimeout(slider.timer);
      slider.timer = null;
      send({ do: "draft", round: slider.round, strand: name, spend: slider.spend });
    }
  }
  function moved(state, name, wanted, input) {
    const shown = current(state), { budget, weeks } = state.round, strands = state.strands;
    const spend = design.fitted(strands, shown, name, wanted, budget, weeks);
    if (spend) shown[name] = spend; else delete shown[name];
    // The top-up gives way to a training that takes longer; it goes first, so that no rule is broken in between.
    if (name === "training" && spend && shown.top_up && shown.top_up[0] < spend[1]) {
      put(state, "top_up", design.fitted(strands, shown, "top_up", shown.top_up, budget, weeks));
      flush();
    }
    put(state, name, spend);
    room.show();
    // A slider that asks for more than there is goes back to what there is.
    if (input && spend && input.getAttribute("data-testid").endsWith("-days")) input.value = spend[2];
  }
  function chooseTeam(state) {
    return h("section", { class: "stack" }, h("h2", {}, "Choose your team"), h("div", { class: "choices grid" }, state.teams.map((one, place) =>
      h("button", { class: "button", disabled: state.paused, "data-testid": `team-${place}`, onclick: () => send({ do: "team", team: place }) }, one.name, h("small", {}, ` ${one.n}`)))));
  }
  function designing(state) {
    if (!state.team) return chooseTeam(state);
    const shown = current(state), { budget, weeks } = state.round, days = design.spent(shown), { committed } = state.team, still = state.paused || committed;
    const others = state.team.members.filter((name) => name !== state.me.name);
    return h("section", { class: "stack" },
      h("h2", {}, `Team ${state.team.name}: your programme`),
      h("p", { class: "soft small-print" }, others.length ? `With ${others.join(", ")}. You all move the same sliders.` : "You are alone in this team so far."),
      problem(state),
      h("div", { class: "sticky card pad" }, design.meter(days, budget), design.overview(state.strands, shown, weeks, Math.min(680, room.width(720) - 60))),
      committed ? h("div", { class: "notice good", role: "status", "data-testid": "committed" }, `Committed${state.team.by ? ` by ${state.team.by}` : ""}. It is being run in ${state.worlds} twin worlds.`,
        h("button", { class: "button small", disabled: state.paused, onclick: () => send({ do: "reopen", round: state.round.place }) }, "Change it after all")) : null,
      state.strands.map((strand, i) => design.strandCard(strand, i, { design: shown, budget, weeks, disabled: still }, (name, wanted, input) => moved(state, name, wanted, input))),
      committed ? null : asking
        ? h("div", { class: "card pad stack" }, h("p", {}, h("b", {}, "Does the team agree?"), budget - days > 0 ? ` ${budget - days} days are not spent.` : ""),
          h("div", { class: "row" }, h("button", { class: "button primary", disabled: still, "data-testid": "agree", onclick: () => { asking = false; flush(); send({ do: "commit", round: state.round.place }); } }, "Yes, commit"), h("button", { class: "button", onclick: () => { asking = false; room.show(); } }, "Not yet")))
        : h("button", { class: "button primary big", "data-testid": "commit", disabled: still || days < 1, onclick: () => { asking = true; room.show(); } }, days < 1 ? "Spend some days first" : "Commit our programme"));
  }

  // --- results ----------------------------------------------------------------------------------------------------------
  function outcome(state) {
    const all = state.results, width = room.width(720) - 40, at = state.round;
    if (!all || !all.shown.length) return h("section", {}, h("h2", {}, "Look up"), h("p", { class: "lead" }, "What happened is shown on the screen in front."));
    const mine = state.mine || {}, parts = [];
    if (all.shocks.length) parts.push(h("ul", { class: "shocks" }, all.shocks.map((one) => h("li", {}, "⚡ ", one))));
    if (all.predictions || all.happened) {
      parts.push(h("h2", {}, "Predictions"));
      parts.push(at.predict !== "choice" ? window.charts.predictions({ shocked: all.shocked, weeks: at.weeks, curves: all.predictions && all.predictions.curves, mine: mine.curve, happened: all.happened, supportEnds: at.support_ends, shocks: all.happened ? all.shock_weeks : [] }, width, Math.max(230, width * 0.6))
        : window.charts.choices({ labels: state.choices, chosen: all.predictions && all.predictions.choices, n: all.predictions && all.predictions.n, mine: mine.choice, happened: all.happened }));
      if (all.reasons && all.reasons.length) parts.push(h("ul", { class: "reasons" }, all.reasons.map((one) => h("li", {}, one))));
      for (const sentence of all.words || []) parts.push(h("p", {}, sentence));
    }
    if (all.programmes) {
      parts.push(h("h2", {}, "Programmes"), measureChoice(), by === "when" ? window.charts.timelines({ ...all, own: state.team && state.team.place }, width) : window.charts.rows({ ...all, own: state.team && state.team.place }, width, by));
      if (all.programmes.some((one) => one.done !== undefined)) parts.push(h("p", { class: "soft" }, "Some are still being run …"));
    }
    if (state.own) {
      parts.push(h("h2", {}, `Team ${state.team.name}: your own service`));
      if (state.own.happened.bands) parts.push(window.charts.predictions({ weeks: at.weeks, happened: state.own.happened, shocks: all.shock_weeks }, width, Math.max(230, width * 0.6)));
      parts.push(state.own.look.why ? window.charts.look(state.own.look) : h("p", { class: "soft" }, state.own.look.failed ? "The closer look could not be run." : "A closer look at it is being run …"));
    }
    parts.push(h("h2", {}, "To talk about"), h("ul", { class: "questions" }, all.questions.map((one) => h("li", {}, one))));
    return h("section", { class: "stack" }, parts);
  }
  const measureChoice = () => h("div", { class: "segments", role: "group", "aria-label": "What counts" }, [["holds", "Holds"], ["lasts", "Lasts"], ["when", "When"]].map(([name, label]) =>
    h("button", { class: "button small", "aria-pressed": by === name ? "true" : "false", onclick: () => { by = name; room.show(); } }, label)));

  const lobby = (state) => h("section", { class: "stack" }, h("h2", {}, `You are in, ${state.me.name}.`),
    state.team ? h("p", { class: "lead", "data-testid": "team" }, "Your team: ", h("b", {}, state.team.name)) : null,
    state.choose_teams ? chooseTeam(state) : null,
    room.slide(state),
    h("p", { class: "soft" }, "We begin in a moment. Keep this page open; if your phone goes to sleep, nothing is lost."));

  const PAGES = { lobby, predict, design: designing, results: outcome, ended: (state) => h("section", { class: "stack" }, h("h2", {}, "Thank you. The session is over."), outcome(state)) };
  room.drawInside((state, greeting) => {
    return [
      room.head(h("span", { class: "who" }, state.team ? `${state.me.name} · ${state.team.name}` : state.me.name)),
      h("main", { class: "narrow" },
        h("p", { class: "soft crumb" }, state.title, state.phase === "lobby" || state.phase === "ended" ? "" : ` · round ${state.round.place + 1} of ${state.round.n}`),
        h("h1", { "data-testid": "phase", "data-phase": state.phase, "data-round": state.round.place }, state.phase === "lobby" ? "Welcome" : state.phase === "ended" ? "The end" : state.round.title),
        greeting && state.phase === "lobby" ? h("p", { class: "notice good" }, greeting) : null,
        room.notices(),
        room.differs(state),
        state.paused ? h("p", { class: "notice good", role: "status", "data-testid": "paused" }, "Paused: look up for a moment.") : null,
        h("div", { id: `phase-${state.phase}-${state.round.place}` }, PAGES[state.phase](state))),
    ];
  });
})();
