// What one of the three sees: what the quarter before came to, what this one brings, and how to spend its days.
(function () {
  "use strict";
  const { h } = window.charts, { strip, keys, meantAndGiven, compared, debrief } = window.charts.debrief, room = window.room, { given, line, send, keep, kept } = room;
  const PARTS = [["together", "The three of you together", "Counts for a pair as far as both give it."], ["staff", "With staff", "Listening where the work is done."], ["leaders", "With team leaders", "So that they can lead otherwise."]];
  const STYLES = [[null, "Leave it to chance"], [0.3, "I let others decide"], [0.5, "Something of both"], [0.7, "I like things under control"]];
  const touch = { quarter: null, days: null, open: false };
  room.teamLegend = "Your table, if you know it";
  room.privacy = "What you enter stays on the facilitator's computer until the session is deleted there. Your table sees your days once all three have decided.";

  window.addEventListener("refused", (event) => { if (event.detail.do === "decide") { touch.open = true; room.show(); } });

  // --- before it begins -------------------------------------------------------------------------------------------------
  const chairs = (state, place) => h("div", { class: "choices" }, state.tables[place].chairs.map((one, i) => {
    const mine = state.me.place === place && state.me.chair === i + 1;
    return h("button", { class: "button seat", "aria-pressed": mine ? "true" : "false", disabled: state.paused || (one.name !== null && !mine), "data-testid": `chair-${place}-${i + 1}`, onclick: () => send({ do: "sit", table: place, chair: i + 1 }) },
      h("span", {}, one.title), h("small", {}, mine ? "you" : one.name || "free"));
  }), h("button", { class: "button seat", "aria-pressed": state.me.place === place && !state.me.chair ? "true" : "false", disabled: state.paused, onclick: () => send({ do: "sit", table: place, chair: null }) },
    h("span", {}, "Look on"), h("small", {}, state.tables[place].onlookers.join(", ") || "and follow somebody who leaves")));
  const lobby = (state) => h("section", { class: "stack" },
    h("p", { class: "lead", "data-testid": "seat" }, state.me.title ? ["You are the ", h("b", {}, state.me.title), " at table ", h("b", {}, state.tables[state.me.place].name), "."] : ["You look on at table ", h("b", {}, state.tables[state.me.place].name), ", and may follow somebody who leaves."]),
    h("p", {}, `Three of you lead one service for ${state.quarters} quarters. Each quarter you split ${state.days} days, unseen by the others. Pressure takes its part, and something comes back. Nobody plays against anybody.`),
    room.slide(state),
    h("h2", {}, `Table ${state.tables[state.me.place].name}`), chairs(state, state.me.place),
    state.tables.length > 1 ? h("details", { class: "card pad" }, h("summary", {}, "Sit at another table"), h("div", { class: "stack" }, state.tables.map((one, place) => (place === state.me.place ? null : [h("h3", {}, one.name), chairs(state, place)])))) : null,
    h("p", { class: "soft" }, "Where nobody sits, the model plays. We begin in a moment; if your phone goes to sleep, nothing is lost."));

  // --- a quarter --------------------------------------------------------------------------------------------------------
  const key = (state) => `room-days-${given.code}-${state.me.number}-${state.quarter.number}`;
  function days(state) {
    const at = state.quarter;
    if (touch.quarter !== at.number) Object.assign(touch, { quarter: at.number, days: kept(key(state)) || (at.mine || at.as_before).slice(1).map((value) => Math.round(value)), open: false });
    return touch.days;
  }
  function set(state, place, value) {
    const others = touch.days.reduce((sum, one, i) => sum + (i === place ? 0 : one), 0);
    touch.days[place] = Math.max(0, Math.min(value, state.days - others));
    keep(key(state), touch.days);
    room.show();
  }
  function deciding(state) {
    const at = state.quarter, mine = days(state), fixing = state.days - mine.reduce((sum, one) => sum + one, 0), waiting = line.outbox.some((one) => one.do === "decide");
    const sent = at.mine && !touch.open;
    if (sent || waiting) {
      const others = state.tables[state.me.place].chairs.filter((one) => one.awaited).map((one) => `the ${one.title}`);
      return h("section", { class: "card pad stack", "data-testid": "decided" }, h("h2", {}, waiting ? "Sending …" : "You have decided."), strip(waiting ? [fixing, ...mine] : at.mine, "You"), keys(),
        h("p", { role: "status" }, others.length ? `Waiting for ${others.join(" and ")}. Nobody sees your days before.` : "The quarter runs."),
        h("button", { class: "button", disabled: waiting || state.paused, onclick: () => { touch.open = true; room.show(); } }, "Change it after all"));
    }
    return h("form", { class: "card pad stack", onsubmit: (event) => { event.preventDefault(); touch.open = false; send({ do: "decide", quarter: at.number, together: mine[0], staff: mine[1], leaders: mine[2] }); } },
      h("h2", {}, "How do you mean to spend it?"),
      h("p", { class: "days-left" }, h("b", { "data-testid": "fixing" }, fixing), ` of ${state.days} days go to fixing today's problems`), strip([fixing, ...mine], "You"),
      PARTS.map(([name, label, hint], i) => h("label", { class: "slide" }, h("span", {}, label, h("output", {}, `${mine[i]} days`)), h("small", { class: "soft" }, hint),
        h("input", { type: "range", min: 0, max: state.days, step: 1, value: mine[i], disabled: state.paused, "data-testid": `days-${name}`, oninput: (event) => { set(state, i, Number(event.target.value)); event.target.value = touch.days[i]; } }))),
      h("button", { class: "button primary big", type: "submit", disabled: state.paused, "data-testid": "decide" }, "This is how I spend it"));
  }
  function offer(state) {
    const at = state.quarter, who = at.offer.map((title) => `the ${title}`).join(" and ");
    if (!at.answers) return h("section", { class: "card pad stack" }, h("h2", {}, "Two are called away"), h("p", {}, `It is for ${who} to say whether they leave, or change chairs and stay. Talk about it; then go on.`));
    return h("section", { class: "card pad stack", "data-testid": "offer" }, h("h2", {}, "Two are called away"), h("p", {}, `It is for ${who}. Agree, and one of you answers for both.`),
      h("button", { class: "button primary", disabled: state.paused, "data-testid": "leave", onclick: () => send({ do: "answer", quarter: at.number, does: "leave" }) }, "We leave"),
      h("p", { class: "soft small-print" }, state.tables[state.me.place].onlookers.length ? "Those who look on take the chairs, with a style of their own." : "You go on as those who come after you, with a style that chance draws."),
      h("button", { class: "button primary", disabled: state.paused, "data-testid": "change", onclick: () => send({ do: "answer", quarter: at.number, does: "change" }) }, "We change chairs and stay"),
      h("p", { class: "soft small-print" }, "Each takes the other's post. Your style stays, habits are halved, and purpose starts again."));
  }
  const before = (state) => (state.quarter.before ? h("section", { class: "card pad stack" }, h("h2", {}, `Quarter ${state.quarter.number - 1}: what was meant, and what pressure left of it`), meantAndGiven(state.quarter.before)) : null);
  function looking(state) {
    const at = state.quarter, place = state.tables[state.me.place], free = place.chairs.map((one, i) => [one, i + 1]).filter(([one]) => one.name === null);
    return h("section", { class: "card pad stack" }, h("h2", {}, "You look on"),
      h("p", {}, at.over ? "" : place.chairs.some((one) => one.awaited) ? `Waiting for ${place.chairs.filter((one) => one.awaited).map((one) => `the ${one.title}`).join(" and ")}.` : ""),
      at.over ? null : free.map(([one, chair]) => h("button", { class: "button", disabled: state.paused, onclick: () => send({ do: "sit", table: state.me.place, chair }) }, `Take the chair of the ${one.title}, whom the model plays`)),
      at.over ? null : h("fieldset", { class: "choices" }, h("legend", {}, "If you follow somebody who leaves: how do you lead?"), STYLES.map(([style, label]) => h("label", { class: `choice${state.me.style === style ? " on" : ""}` },
        h("input", { type: "radio", name: "style", value: String(style), checked: state.me.style === style, disabled: state.paused, onchange: () => send({ do: "style", style }) }), label))));
  }
  function play(state) {
    const at = state.quarter;
    if (!at) return h("p", { class: "lead" }, "Nobody plays at this table. Ask the facilitator for a chair.");
    const seated = state.me.chair !== null, [name, ...news] = at.says;
    return h("div", { class: "stack", id: `quarter-${at.number}-${state.me.chair}` },
      before(state),
      at.told && at.told.length ? h("section", { class: "card pad stack secret" }, h("h2", {}, "Only you are told"), h("ul", { "data-testid": "told" }, at.told.map((one) => h("li", {}, one)))) : null,
      h("section", { class: `card pad stack${at.card ? " pressed" : ""}` }, h("h2", { "data-testid": "quarter", "data-quarter": at.number }, name), news.length ? news.map((one) => h("p", {}, one)) : null,
        at.over ? h("p", { class: "lead" }, "What came of it, nobody knows yet: look up, the debrief comes for all tables at once.") : null),
      at.over ? null : at.offer ? offer(state) : seated ? deciding(state) : null,
      seated ? h("details", {}, h("summary", {}, "Do you have to go?"), h("p", {}, "Then the model plays in your chair until somebody takes it."), h("button", { class: "button", disabled: state.paused || at.over, onclick: () => send({ do: "sit", table: state.me.place, chair: null }) }, "I get up")) : looking(state));
  }

  // --- the end ----------------------------------------------------------------------------------------------------------
  function over(state) {
    const width = room.width(720) - 40, ready = state.debrief && state.debrief.arms;
    return h("section", { class: "stack" }, debrief(state.debrief, width),
      ready && state.others.length > 1 ? [h("h2", {}, "All tables"), compared(state.others, state.debrief, width)] : null,
      ready && !given.stands_in ? h("div", { class: "row" }, h("a", { class: "button primary", href: `${given.at}/${given.code}/our-debrief.html`, download: true, "data-testid": "take-home" }, "Take it home"), h("a", { class: "button", href: `${given.at}/${given.code}/our-world.toml`, download: true }, "Our world, as a scenario")) : null);
  }

  const PAGES = { lobby, play, debrief: over, ended: over };
  const HEADS = { lobby: () => "Welcome", play: (state) => state.me.title || "Looking on", debrief: () => "What became of it", ended: () => "Thank you" };
  room.drawInside((state, greeting) => [
    room.head(h("span", { class: "who" }, `${state.me.name} · ${state.tables[state.me.place].name}`)),
    h("main", { class: "narrow" }, h("p", { class: "soft crumb" }, state.title, state.phase === "play" && state.quarter ? ` · quarter ${Math.min(state.quarter.number, state.quarters)} of ${state.quarters}` : ""),
      h("h1", { "data-testid": "phase", "data-phase": state.phase }, HEADS[state.phase](state)),
      greeting && state.phase === "lobby" ? h("p", { class: "notice good" }, greeting) : null, room.notices(), room.differs(state),
      state.paused ? h("p", { class: "notice good", role: "status", "data-testid": "paused" }, "Paused: look up for a moment.") : null,
      h("div", { id: `phase-${state.phase}` }, PAGES[state.phase](state))),
  ]);
})();
