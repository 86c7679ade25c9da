// How people join, for the board and for the page that steers.
(function () {
  "use strict";
  const { h, s } = window.charts, room = window.room, { given, line } = room;
  room.address = (state) => (given.addresses.includes(state.address) ? state.address : given.addresses[0]);

  const norms = (slide) => h("div", { class: "stack", "data-testid": "slide" }, h("h2", {}, "Five norms"), h("ol", { class: "norms" }, slide.norms.map(([name, says]) => h("li", {}, h("b", {}, name), h("span", {}, says)))), h("p", { class: "lead" }, slide.says));
  function warming(slide) {
    const most = Math.max(3, ...slide.counts), wide = 100 / slide.counts.length;
    const label = slide.counts.map((n, i) => (n ? `${n} said ${i * slide.in_each} or more` : null)).filter(Boolean).join("; ") || "Nobody has answered yet";
    return h("div", { class: "stack", "data-testid": "slide" }, h("h2", {}, slide.question), h("p", { class: "soft" }, "Answer on your phone. Nobody sees who said what."),
      s("svg", { viewBox: "0 0 100 34", class: "answers", role: "img", "aria-label": label, "data-picture": "warm" }, slide.counts.map((n, i) => [s("rect", { x: i * wide + 0.6, y: 26 - (22 * n) / most, width: wide - 1.2, height: (22 * n) / most, class: "meter-fill" }), s("text", { x: i * wide + 0.6, y: 31, class: "tiny" }, `${i * slide.in_each}`), n ? s("text", { x: (i + 0.5) * wide, y: 25 - (22 * n) / most, class: "tiny middle" }, n) : null]).flat(), s("line", { x1: 0, x2: 100, y1: 26, y2: 26, class: "axis" })),
      h("p", { class: "lead" }, `${slide.n} ${slide.n === 1 ? "answer" : "answers"}`));
  }
  const SLIDES = [["warm", "A question for warming up"], ["norms", "The five norms"]];
  const asked = (told) => told ? h("section", { class: "card pad stack", "data-testid": "asked" }, h("h2", {}, "Asked at the beginning", h("small", { class: "soft" }, " · for your eyes")),
    h("p", {}, told.question), h("p", {}, h("b", {}, told.middle), ` in the middle of ${told.n} ${told.n === 1 ? "answer" : "answers"}, from ${told.low} to ${told.high}.`)) : null;
  room.slides = (state, act) => state.phase !== "lobby" ? asked(state.asked) : h("section", { class: "card pad stack" }, h("h2", {}, "On the board, before you begin"), h("div", { class: "row" }, SLIDES.map(([what, label]) => {
    const on = Boolean(state.slide && state.slide.what === what);
    return h("button", { class: "button", "aria-pressed": on ? "true" : "false", "data-testid": `slide-${what}`, onclick: () => act({ do: "slide", what: on ? null : what }) }, label);
  })), state.slide && state.slide.what === "warm" ? h("p", { class: "soft" }, `${state.slide.n} of ${state.n_people} have answered.`) : null);

  room.welcome = (state) => state.slide ? (state.slide.what === "norms" ? norms(state.slide) : warming(state.slide)) : h("div", { class: "lobby" },
    h("div", { class: "invitation" }, h("p", { class: "lead" }, "Open ", h("b", { class: "address" }, `${room.address(state)}/room`), " and type"),
      h("p", { class: "huge", "data-testid": "code" }, state.code), h("p", { class: "lead" }, "or point the camera of your phone here."),
      h("p", { class: "soft" }, `${given.is_public ? "" : "Same network as this computer. "}No account; a name only if you like.`)),
    h("img", { class: "qr", src: `${given.at}/steer/${state.code}/qr.svg?to=${encodeURIComponent(room.address(state))}`, alt: `QR code that leads to this room: ${room.address(state)}/room/${state.code}`, width: 420, height: 420 }),
    h("div", { class: "arrived" }, h("h2", {}, h("span", { "data-testid": "n-people" }, state.n_people), state.n_people === 1 ? " person is here" : " people are here"), h("ul", { class: "chips" }, state.names.map((name) => h("li", {}, name)))));

  room.invitation = (state, act) => h("section", { class: "card pad stack invitation" }, h("h2", {}, "How people join"),
    h("p", { class: "code-line" }, h("b", { class: "code-shown", "data-testid": "code" }, state.code)), h("p", {}, `${room.address(state)}/room`),
    given.addresses.length > 1 ? h("label", {}, "Address for phones", h("select", { value: room.address(state), onchange: (event) => act({ do: "address", address: event.target.value }) }, given.addresses.map((one) => h("option", { value: one, selected: one === room.address(state) }, one)))) : null,
    /^(127\.|localhost|\[::1\])/.test(room.address(state)) ? h("p", { class: "notice small-print" }, "Only this computer can reach this address. For phones, start with: cultureshift room") : null,
    h("button", { class: "button", "aria-pressed": state.locked ? "true" : "false", "data-testid": "lock", onclick: () => act({ do: "lock", on: !state.locked }) }, state.locked ? "The door is closed: open it" : "Close the door: nobody else comes in"),
    h("a", { class: "button primary", href: `${given.at}/steer/${given.code}/board`, target: "_blank", rel: "noopener" }, "Open the board for the projector"),
    h("p", { class: "soft small-print" }, "It opens in a window of its own; draw it onto the projector and press F11."));

  // For those without a phone: links to a page on which the facilitator enters what stands on their cards.
  room.onPaper = (state, places) => h("details", { class: "card pad" }, h("summary", {}, "Without phones"), h("div", { class: "stack" },
    h("p", { class: "soft small-print" }, "Print cards, collect them, and enter what stands on them. Each opens in a window of its own."),
    h("a", { class: "button", href: `${given.at}/steer/${given.code}/cards.html`, target: "_blank", rel: "noopener", "data-testid": "cards" }, "Cards to print"),
    state.phase === "ended" ? null : h("div", { class: "row" }, places.map(([place, chair, label]) => h("a", { class: "button small", href: `${given.at}/steer/${given.code}/for/${place}/${chair}`, target: "_blank", rel: "noopener", "data-testid": `for-${place}-${chair}` }, `Enter for ${label}`)))));

  // The projector's page: pages and headings by phase; what a phase's page is called is its own affair.
  room.drawBoard = (pages, headings, marked) => {
    window.addEventListener("gone", () => room.show());
    room.draw(() => {
      const state = line.state;
      if (line.gone) return [room.head(), h("main", {}, h("h1", {}, "This room is not there any more"), h("p", {}, h("a", { href: `${given.at}/steer` }, "All rooms")))];
      if (!state) return [room.head(), h("main", {}, h("h1", {}, "One moment …"), room.notices())];
      const { attributes, id } = marked(state), heading = headings[state.phase];
      return [
        room.head(h("b", { class: "room-title" }, state.title), state.phase === "lobby" && !state.slide ? null : h("span", { class: "join-here" }, `${room.address(state)}/room `, h("b", {}, state.code))),
        h("main", { class: "wide" }, h("h1", { "data-testid": "phase", "data-phase": state.phase, ...attributes }, typeof heading === "function" ? heading(state) : heading), room.notices(), room.differs(state),
          state.paused ? h("p", { class: "notice good" }, "Paused") : null, h("div", { id }, pages[state.phase](state))),
      ];
    });
    room.follow(`${given.at}/steer/${given.code}/state`, "for=board&");
  };

  room.clock = (at) => new Date(1000 * at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  room.awaySince = (state, number) => (state.away && state.away[number] ? h("small", { class: "warn" }, ` away since ${room.clock(state.away[number])}`) : null);
})();
