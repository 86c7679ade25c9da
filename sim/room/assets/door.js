// The door: a code is typed here.
(function () {
  "use strict";
  const { h } = window.charts, { given, ask, show, draw, head } = window.room;
  let message = given.message || "", busy = false;

  async function go(event) {
    event.preventDefault();
    const typed = document.getElementById("code").value.replace(/[\s.-]/g, "").toUpperCase();
    if (!typed) return;
    busy = true;
    message = "";
    show();
    try {
      const answer = /^[A-Z]{1,12}$/.test(typed) ? await ask(`${given.at}/${typed}/here`) : { status: 404, data: {} };
      if (answer.status === 200) {
        window.location.href = `${given.at}/${answer.data.code}`;
        return;
      }
      message = answer.data.error || "There is no room with this code. Look at the screen again: four letters, no vowels.";
    } catch (error) {
      message = "The server cannot be reached. Are you on the network that you were told to use?";
    }
    busy = false;
    show();
    const field = document.getElementById("code");
    field.focus();
    field.select();
  }

  draw(() => [
    head(given.dashboard ? h("nav", { "aria-label": "Pages" }, h("a", { href: given.dashboard }, "Dashboard")) : null),
    h("main", { class: "narrow" },
      h("h1", {}, "Join the session"),
      h("p", { class: "lead" }, "Type the four letters that you see on the screen in front."),
      h("form", { onsubmit: go, class: "code-form" },
        h("label", { for: "code" }, "Code"),
        h("input", { id: "code", type: "text", class: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: 12, placeholder: "ABCD".replace(/./g, "·"), "aria-describedby": "told" }),
        h("button", { class: "button primary big", type: "submit", disabled: busy }, "Go in")),
      h("p", { id: "told", class: message ? "notice" : "", role: "status", "data-testid": "message" }, message),
      h("p", { class: "soft small-print" }, "No account, and no name if you do not want to give one."),
      h("p", { class: "soft small-print" }, given.steers ? h("a", { href: `${given.at}/steer` }, "Your rooms, as the facilitator") : "You lead the session? Open the facilitator's link, which was printed where the server was started.")),
  ]);
})();
