// Coming in: a name, a team where one may choose, and "that was me" for whoever has lost a phone.
(function () {
  "use strict";
  const { h } = window.charts, room = window.room, { given, line, ask, keep, kept } = room;
  // The facilitator stands in for those without a phone: no door then, and addresses of their own.
  given.act = given.stands_in ? `${given.stands_in}/act` : `${given.at}/${given.code}/act`;
  const requestName = `room-request-${given.code}`;
  let door = null, joined = false, busy = false, told = "", greeting = "", team = null;

  async function arrive() {
    for (;;) {
      try {
        const answer = await ask(`${given.at}/${given.code}/here`);
        if (answer.status === 200) {
          door = answer.data;
          if (door.known) begin();
          room.show();
          if (joined) return;
          // Somebody may open the door meanwhile, or be away.
          await room.pause(4000);
          if (joined) return;
          continue;
        }
        told = answer.data.error || "";
        room.show();
        if (answer.status === 404) return;
      } catch (error) {
        told = "The server cannot be reached at the moment. Trying again …";
        room.show();
      }
      await room.pause(1500);
    }
  }
  // Asks until there is an answer; says why not where there is a refusal.
  async function asked(path, body) {
    busy = true;
    room.show();
    for (;;) {
      try {
        const answer = await ask(`${given.at}/${given.code}/${path}`, body);
        if (answer.status === 200) {
          busy = false;
          return answer.data;
        }
        told = answer.data.error || "That did not work.";
        if (answer.status !== 429 && answer.status < 500) {
          busy = false;
          room.show();
          return null;
        }
        room.show();
        await room.pause(2500);
      } catch (error) {
        told = "The server cannot be reached at the moment. Trying again …";
        room.show();
        await room.pause(1200);
      }
    }
  }
  async function join(event) {
    event.preventDefault();
    const wanted = document.getElementById("name").value.trim();
    // A request that was answered but never arrived is repeated with the same mark, so that nobody comes in twice.
    const request = kept(requestName) || room.token();
    keep(requestName, request);
    const data = await asked("join", { request, name: wanted, team });
    if (!data) return;
    if (wanted && data.name !== wanted) greeting = `Somebody here has that name already: you are “${data.name}”.`;
    begin();
    room.show();
  }
  async function comeBack(number) {
    if (await asked("again", { number })) begin();
    room.show();
  }
  function begin() {
    if (joined) return;
    joined = true;
    told = "";
    room.resume();
    room.follow(given.stands_in ? `${given.stands_in}/state` : `${given.at}/${given.code}/state`);
  }
  window.addEventListener("gone", () => {
    joined = false;
    line.state = null;
    if (given.stands_in) told = "The session is not there any more, or it is over.";
    else if (line.gone === 401) {
      keep(requestName, null);
      told = "You are not in this room at the moment. You can join again.";
      arrive();
    } else told = "This room is not there any more.";
    room.show();
  });

  const lost = () => (door && !door.ended && door.away.length ? h("details", { class: "card pad" }, h("summary", {}, "Lost your phone, or joined with another one?"),
    h("div", { class: "stack" }, h("p", { class: "soft small-print" }, "These have not been heard of for a while. Go on here as whoever you are."),
      door.away.map((one) => h("button", { class: "button", type: "button", disabled: busy, "data-testid": `again-${one.number}`, onclick: () => comeBack(one.number) }, `I am ${one.name}`)))) : null);
  const page = () => [
    room.head(),
    h("main", { class: "narrow" }, h("h1", {}, door ? door.title : "Room"),
      told ? h("p", { class: "notice", role: "status", "data-testid": "message" }, told) : null,
      door && door.ended ? h("p", {}, "This session is over.") : null,
      door && door.locked && !door.ended ? h("p", { class: "notice", "data-testid": "locked" }, "The facilitator has closed the door: nobody else can come in at the moment.") : null,
      door && !door.ended && !door.locked ? h("form", { class: "stack", onsubmit: join },
        h("label", { for: "name" }, "What shall we call you? ", h("span", { class: "soft" }, "You may leave this empty.")),
        h("input", { id: "name", type: "text", maxlength: 24, autocomplete: "off", "data-testid": "name" }),
        door.choose_teams ? h("fieldset", {}, h("legend", {}, room.teamLegend || "Your team"), h("div", { class: "choices grid" }, door.teams.map((one, place) => h("button", {
          type: "button", class: "button", "aria-pressed": team === place ? "true" : "false", onclick: () => { team = team === place ? null : place; room.show(); } }, one.name, h("small", {}, ` ${one.n}`))))) : null,
        h("button", { class: "button primary big", type: "submit", disabled: busy || (door.choose_teams && !room.teamLegend && team === null), "data-testid": "join" }, busy ? "One moment …" : "Join")) : null,
      lost(),
      !door && !told ? h("p", { class: "soft" }, "One moment …") : null,
      told && !door ? h("p", {}, h("a", { href: given.at }, "Type the code again")) : null,
      h("p", { class: "soft small-print" }, room.privacy || "What you enter stays on the facilitator's computer until the session is deleted there. Others see predictions without names.")),
  ];

  // The slide on the board, for the phones of those who wait: a question to answer, or what the norms are.
  let warm = null;
  room.slide = (state) => {
    const slide = state.slide;
    if (!slide) return null;
    if (slide.what === "norms") return h("section", { class: "card pad stack" }, h("h2", {}, "Five norms"), h("ul", {}, slide.norms.map(([name, says]) => h("li", {}, h("b", {}, name), `: ${says}`))));
    const value = warm === null ? slide.mine : warm, waits = line.outbox.some((one) => one.do === "warm"), sent = slide.mine !== null && slide.mine === value;
    return h("form", { class: "card pad stack", onsubmit: (event) => { event.preventDefault(); room.send({ do: "warm", value }); } }, h("h2", {}, "To warm up"),
      h("p", { id: "warm-question" }, slide.question), h("label", { class: "slide" }, h("span", {}, "Of 100", h("output", {}, value === null ? "?" : value)),
        h("input", { type: "range", min: 0, max: 100, value: value === null ? 50 : value, disabled: state.paused, "aria-describedby": "warm-question", "data-testid": "warm", oninput: (event) => { warm = Number(event.target.value); room.show(); } })),
      h("button", { class: "button primary", type: "submit", disabled: state.paused || value === null || waits || sent, "data-testid": "warm-send" }, sent ? "Sent ✓" : value === null ? "Move it first" : "Send"));
  };

  // Draws a page of somebody who is in; before that, the door.
  room.drawInside = (drawing) => {
    room.draw(() => {
      if (joined && line.state) return drawing(line.state, greeting);
      return joined ? [room.head(), h("main", { class: "narrow" }, h("h1", {}, "One moment …"), room.notices())] : page();
    });
    if (given.stands_in) begin();
    else arrive();
  };
})();
