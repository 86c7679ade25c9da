// The facilitator's rooms: open one, go back to one, delete one.
(function () {
  "use strict";
  const { h } = window.charts, { given, ask, show, draw, head, pause } = window.room;
  let rooms = null, plans = [], damaged = [], message = "", chosen = "ninety", story = "shoestring-year", stories = {}, asked = null, busy = false;
  const GAME = "game";

  async function load() {
    for (;;) {
      try {
        const answer = await ask(`${given.at}/steer/rooms`);
        if (answer.status === 200) {
          ({ rooms, plans, stories, damaged } = answer.data);
          show();
          return;
        }
      } catch (error) {
        // The server is away: again in a moment.
      }
      await pause(800);
    }
  }
  async function open(event) {
    event.preventDefault();
    const form = event.target;
    try {
      const { elements } = form, wanted = { title: elements.title.value, plan: chosen, n_teams: Number(elements.teams.value), seed: Number(elements.seed.value) };
      if (chosen === GAME) Object.assign(wanted, { quarters: Number(elements.quarters.value), scenario: story });
      else Object.assign(wanted, { choose_teams: elements.how.value === "choose", worlds: Number(elements.worlds.value) });
      busy = true;
      show();
      const answer = await ask(`${given.at}/steer/rooms`, wanted);
      if (answer.status === 201) {
        window.location.href = `${given.at}/steer/${answer.data.code}`;
        return;
      }
      message = answer.data.error;
    } catch (error) {
      message = "The server cannot be reached at the moment. Try again.";
    }
    busy = false;
    show();
  }
  async function remove(code) {
    const answer = await ask(`${given.at}/steer/${code}/delete`, {});
    message = answer.status >= 400 ? answer.data.error || "That did not work. Try again." : "";
    asked = null;
    await load();
  }

  const PHASES = { lobby: "people are joining", predict: "predicting", design: "designing", results: "results", play: "playing", debrief: "debrief", ended: "ended" };
  const planOf = () => plans.find((one) => one.name === chosen) || { rounds: [] };
  const numbers = (all, usual) => all.map((n) => h("option", { value: n, selected: n === usual }, n));
  const seed = () => h("label", {}, "Seed", h("input", { type: "number", name: "seed", min: 0, max: 4294967295, initially: 1 }));
  const ofRounds = () => h("div", { class: "stack", id: "of-rounds" },
    h("ol", { class: "soft plan" }, planOf().rounds.map((round) => h("li", {}, `${round.title} (${round.budget} days, ${{ curve: "draw the curve", choice: "choose an answer", nothing: "design at once" }[round.predict]})`))),
    h("p", { class: "soft small-print" }, "Rounds can be changed, repeated and added later."),
    h("div", { class: "pair" },
      h("label", {}, "Teams", h("select", { name: "teams" }, numbers([2, 3, 4, 5, 6, 7, 8, 9, 10], 6))),
      h("label", {}, "Who is in which", h("select", { name: "how" }, h("option", { value: "deal" }, "is dealt out"), h("option", { value: "choose" }, "people choose")))),
    h("details", {}, h("summary", {}, "For experts"),
      h("div", { class: "pair" }, h("label", {}, "Twin worlds", h("select", { name: "worlds" }, numbers([40, 100, 200, 400], 100))), seed())));
  const ofTables = () => h("div", { class: "stack", id: "of-tables" },
    h("p", { class: "soft" }, "Three people with a phone each lead one service as its directors, quarter by quarter: fixing today's problems, or making time to lead together. A fourth at a table looks on, and may follow somebody who leaves; where somebody is missing, the model plays."),
    h("div", { class: "pair" }, h("label", {}, "Tables", h("select", { name: "teams" }, numbers([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 4))),
      h("label", {}, "Quarters", h("select", { name: "quarters" }, numbers([8, 9, 10, 11, 12], 10)))),
    h("p", { class: "soft small-print" }, "A quarter takes some two minutes; ten of them and the debrief an hour."),
    h("details", {}, h("summary", {}, "For experts"),
      h("div", { class: "stack" }, h("label", {}, "Story", h("select", { name: "scenario", value: story, onchange: (event) => { story = event.target.value; } }, Object.entries(stories).map(([name, title]) => h("option", { value: name, selected: name === story }, title)))), seed())));
  draw(() => [
    head(h("nav", { "aria-label": "Pages" }, given.dashboard ? h("a", { href: given.dashboard }, "Dashboard") : null, h("a", { href: `${given.at}/steer`, "aria-current": "page" }, "Rooms"))),
    h("main", { class: "medium" },
      h("h1", {}, "Lead a session"),
      h("p", { class: "lead" }, "People predict what a programme will do, design a better one in teams for the same money, and see what happens in many twin worlds. Or they lead a service themselves, in a game for tables of three."),
      message ? h("p", { class: "notice" }, message) : null,
      damaged.map((one) => h("p", { class: "notice", "data-testid": "damaged" }, one)),
      h("div", { class: "columns" },
        h("form", { class: "card pad stack", onsubmit: open },
          h("h2", {}, "Open a room"),
          h("label", {}, "What it is called", h("input", { type: "text", name: "title", maxlength: 80, placeholder: "Leaders' day, autumn" })),
          h("label", {}, "Plan", h("select", { name: "plan", value: chosen, "data-testid": "plan", onchange: (event) => { chosen = event.target.value; show(); } }, [...plans.map((plan) => h("option", { value: plan.name, selected: plan.name === chosen }, plan.title)), h("option", { value: GAME, selected: chosen === GAME }, "A game for three: an hour, tables of three")])),
          chosen === GAME ? ofTables() : ofRounds(),
          h("button", { class: "button primary big", type: "submit", disabled: busy, "data-testid": "open" }, busy ? "One moment …" : "Open the room")),
        h("section", { class: "card pad" }, h("h2", {}, "Your rooms"),
          rooms === null ? h("p", { class: "soft" }, "…") : rooms.length === 0 ? h("p", { class: "soft" }, "None yet.") : h("ul", { class: "list" }, rooms.map((room) => h("li", {},
            h("span", {}, h("a", { href: `${given.at}/steer/${room.code}` }, room.title), h("small", { class: "soft" }, `${room.code} · ${new Date(1000 * room.at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })} · ${room.n} joined · ${PHASES[room.phase]}`)),
            asked === room.code
              ? h("span", { class: "row" }, h("button", { class: "button small danger", onclick: () => remove(room.code) }, "Delete for good"), h("button", { class: "button small", onclick: () => { asked = null; show(); } }, "Keep"))
              : h("button", { class: "button small", "aria-label": `Delete ${room.title}, ${room.code}`, onclick: () => { asked = room.code; show(); } }, "Delete")))),
          h("p", { class: "soft small-print" }, "What is kept: what people call themselves, what they enter, and when. It stays on this computer until you delete the room.")))),
  ]);
  load();
})();
