// The facilitator's page of a game: which table waits for whom, who is away, and what comes next.
(function () {
  "use strict";
  const { h } = window.charts, { debrief, compared } = window.charts.debrief, room = window.room, { given, line, send } = room;
  given.act = `${given.at}/steer/${given.code}/act`;
  const act = (action) => send(action);
  let asked = null, shown = null, moving = null;

  const STEPS = [["lobby", "Joining"], ["play", "The game"], ["debrief", "Debrief"], ["ended", "End"]];
  const steps = (state) => h("ol", { class: "steps", "aria-label": "Where the session is" }, STEPS.map(([phase, label]) => h("li", { class: state.phase === phase ? "here" : null, "aria-current": state.phase === phase ? "step" : null }, label)));
  const played = (state) => state.tables.map((table, place) => ({ ...table, place })).filter((table) => table.played);
  const unfinished = (state) => played(state).filter((table) => !table.over);
  const sentence = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  function says(state) {
    const at = played(state), open = unfinished(state);
    if (state.phase === "lobby") return `${state.n_people} here, ${sentence(at.length, "table", "tables")} with people. Where nobody sits, the model plays. Begin when everybody sits.`;
    if (state.phase === "play") return open.length ? `${sentence(at.length - open.length, "table has", "tables have")} finished; the slowest is in quarter ${Math.min(...open.map((one) => one.quarter))} of ${state.quarters}.` : "All tables have finished. Nobody knows yet what came of it.";
    if (state.phase === "ended") return "The session is over. Take it away, or delete the room when nobody needs it any more.";
    const ready = state.debriefs.filter((one) => one && one.arms).length;
    return ready < at.length ? `The twins are being run: ${ready} of ${at.length} tables are done.` : "Everything has been run. What each table learns is on its phones; choose on the board what all look at.";
  }
  const NEXT = { lobby: ["play", "Begin the game"], play: ["debrief", "Go to the debrief"], debrief: ["ended", "End the session"] };
  function nextButton(state) {
    if (!NEXT[state.phase]) return null;
    const [to, label] = NEXT[state.phase], open = unfinished(state).length, waiting = line.outbox.some((one) => one.do === "go");
    const go = () => { asked = null; act({ do: "go", to }); };
    if (to === "debrief" && open && asked === "debrief") return h("div", { class: "stack" }, h("p", {}, `${sentence(open, "table has", "tables have")} not finished. The model plays their last quarters; that cannot be taken back.`),
      h("div", { class: "row" }, h("button", { class: "button danger", "data-testid": "sure", onclick: go }, "Yes, to the debrief"), h("button", { class: "button", onclick: () => { asked = null; room.show(); } }, "Not yet")));
    return h("button", { class: "button primary big", "data-testid": "next", disabled: waiting, onclick: to === "debrief" && open ? () => { asked = "debrief"; room.show(); } : go }, label);
  }
  const others = (state) => h("div", { class: "row" },
    state.phase === "ended" ? null : h("button", { class: "button", "aria-pressed": state.paused ? "true" : "false", "data-testid": "pause", onclick: () => act({ do: "pause", on: !state.paused }) }, state.paused ? "Go on" : "Pause"),
    state.next.filter((to) => !(NEXT[state.phase] && NEXT[state.phase][0] === to) && to !== "ended").map((to) => h("button", { class: "button", onclick: () => act({ do: "go", to }) }, `Back to: ${STEPS.find(([phase]) => phase === to)[1]}`)));

  // --- tables -----------------------------------------------------------------------------------------------------------
  function chair(state, table, one, i) {
    const person = state.people.find((who) => who.place === table.place && who.chair === i + 1);
    const is = table.over || state.phase !== "play" ? "" : one.name === null ? "" : one.decided ? "decided ✓" : one.awaited ? "is waited for" : "";
    return h("li", {}, h("span", {}, h("b", {}, one.title), h("small", {}, one.name === null ? "the model plays" : one.name, person ? room.awaySince(state, person.number) : null)),
      h("span", { class: one.awaited && state.phase === "play" ? "warn" : "soft" }, is));
  }
  const tables = (state) => h("div", { class: "tables" }, played(state).map((table) => {
    const waits = table.chairs.some((one) => one.awaited), nobody = table.chairs.every((one) => one.name === null);
    return h("section", { class: "card pad stack", "data-testid": `table-${table.place}`, "data-quarter": table.quarter },
      h("h2", {}, table.name, h("small", { class: "soft" }, table.over ? " · finished" : state.phase === "play" ? ` · quarter ${table.quarter} of ${state.quarters}, since ${room.clock(table.since)}` : "")),
      h("ul", { class: "list" }, table.chairs.map((one, i) => chair(state, table, one, i))),
      table.onlookers.length ? h("p", { class: "soft small-print" }, `Look on: ${table.onlookers.join(", ")}`) : null,
      state.phase === "play" && !table.over && (waits || nobody) ? h("button", { class: "button small", "data-testid": `close-${table.place}`, onclick: () => act({ do: "close", table: table.place, quarter: table.quarter }) }, `Close quarter ${table.quarter}: the model decides for whoever has not`) : null,
      table.over ? h("a", { class: "button small", href: `${given.at}/steer/${given.code}/world-${table.place}.toml`, download: true }, "Its world, as a scenario") : null);
  }));

  const list = (state) => h("details", { class: "card pad" }, h("summary", {}, "People", h("small", { class: "soft" }, ` · ${state.n_people}`)),
    h("ul", { class: "list" }, state.people.map((one) => h("li", { class: "person" }, h("span", {}, one.name, room.awaySince(state, one.number),
      h("small", { class: "soft" }, ` ${one.table}, ${one.chair ? state.tables[one.place].chairs[one.chair - 1].title : "looks on"} · joined ${room.clock(one.joined)}${one.returned ? `, another phone ${room.clock(one.returned)}` : ""}`),
      moving === one.number ? h("label", {}, "Give a seat", h("select", { value: "", onchange: (event) => { const [table, seat] = event.target.value.split("/").map(Number); moving = null; act({ do: "seat", person: one.number, table, chair: seat || null }); } },
        h("option", { value: "" }, "choose"), state.tables.flatMap((table, place) => [...table.chairs.map((free, i) => (free.name === null ? h("option", { value: `${place}/${i + 1}` }, `${table.name}: ${free.title}`) : null)), h("option", { value: `${place}/0` }, `${table.name}: look on`)]))) : null),
      h("span", { class: "row" }, state.phase === "lobby" || state.phase === "play" ? h("button", { class: "button small", "aria-label": `Give ${one.name} another seat`, onclick: () => { moving = moving === one.number ? null : one.number; room.show(); } }, "Seat") : null,
        h("button", { class: "button small", "aria-label": `Take ${one.name} out`, onclick: () => act({ do: "remove", person: one.number }) }, "Take out"))))));

  function learned(state) {
    if (!state.debriefs) return null;
    const width = Math.min(760, room.width(1400) > 1000 ? room.width(1500) - 460 : room.width(900) - 70), first = state.debriefs.find((one) => one && one.arms);
    return h("section", { class: "card pad stack" }, h("h2", {}, "What the tables learn", h("small", { class: "soft" }, " · for your eyes; the board has a choice of its own")),
      first && state.others.length > 1 ? compared(state.others, first, width) : null,
      h("div", { class: "segments", role: "group", "aria-label": "Table" }, state.others.map((one) => h("button", { class: "button small", "aria-pressed": shown === one.place ? "true" : "false", onclick: () => { shown = shown === one.place ? null : one.place; room.show(); } }, one.name))),
      shown === null ? null : debrief(state.debriefs[shown], width));
  }
  const taking = () => h("section", { class: "card pad stack" }, h("h2", {}, "Take away"), h("div", { class: "row" },
    h("a", { class: "button", href: `${given.at}/steer/${given.code}/report.html`, download: true, "data-testid": "report" }, "Debriefs"), h("a", { class: "button", href: `${given.at}/steer/${given.code}/session.csv`, download: true, "data-testid": "csv" }, "Decisions (CSV)")));
  const plan = (state) => h("section", { class: "card pad stack" }, h("h2", {}, "What is played"), h("p", {}, `${state.story}, seed ${state.seed}: the same chance events at every table.`),
    h("ul", { class: "plain" }, Object.entries(state.plan).map(([quarter, what]) => h("li", {}, `Quarter ${quarter}: ${what}`))), h("p", { class: "soft small-print" }, "For your eyes: the tables see what comes when it comes."));

  window.addEventListener("gone", () => room.show());
  room.draw(() => {
    const state = line.state, nav = h("nav", { "aria-label": "Pages" }, given.dashboard ? h("a", { href: given.dashboard }, "Dashboard") : null, h("a", { href: `${given.at}/steer` }, "Rooms"));
    if (line.gone) return [room.head(nav), h("main", {}, h("h1", {}, line.gone === 403 ? "Please open the facilitator's link again" : "This room is not there any more"), room.notices())];
    if (!state) return [room.head(nav), h("main", {}, h("h1", {}, "One moment …"), room.notices())];
    return [room.head(nav), h("main", { class: "wide" }, h("h1", { "data-testid": "phase", "data-phase": state.phase }, state.title), steps(state), room.notices(), room.differs(state),
      h("div", { class: "steering" },
        h("div", { class: "stack" },
          h("section", { class: "card pad stack now" }, h("h2", {}, STEPS.find(([phase]) => phase === state.phase)[1]), h("p", { class: "lead", role: "status", "data-testid": "says" }, says(state)), nextButton(state), others(state)),
          state.phase === "lobby" ? room.slides(state, act) : null, tables(state), h("div", { id: `learned-${state.phase}` }, learned(state)), state.phase === "lobby" ? null : room.slides(state, act)),
        h("aside", { class: "stack", "aria-label": "Room" }, room.invitation(state, act), plan(state), room.onPaper(state, state.tables.flatMap((table, place) => table.chairs.map((one, i) => [place, i + 1, `${table.name}: ${one.title}`]))), list(state), taking())))];
  });
  room.resume();
  room.follow(`${given.at}/steer/${given.code}/state`);
})();
