// What all pages of the room share: parts that keep their place when they are drawn anew, and a line to the server that
// mends itself. A page asks for news and waits; if the server is away it asks again until it is back.
(function () {
  "use strict";
  const { h, s } = window.charts;
  const given = JSON.parse(document.getElementById("given").textContent);
  const app = document.getElementById("app");

  // --- drawing: a new tree is laid over the old one, so that focus, typing and dragging go on ---------------------------
  function lay(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id || "") !== (fresh.id || "")) {
      old.replaceWith(fresh);
      return;
    }
    if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== fresh.data) old.data = fresh.data;
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of Object.keys(old.handlers || {})) if (!(fresh.handlers && name in fresh.handlers)) old[name] = null;
    for (const [name, handler] of Object.entries(fresh.handlers || {})) old[name] = handler;
    old.handlers = fresh.handlers;
    // What somebody has opened stays open.
    const stays = (name) => name === "open" && old.nodeName === "DETAILS";
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !stays(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    const wanted = fresh.given || {};
    const children = [...old.childNodes], next = [...fresh.childNodes];
    next.forEach((child, i) => (children[i] ? lay(children[i], child) : old.append(child)));
    children.slice(next.length).forEach((child) => child.remove());
    if ("value" in wanted && old.value !== String(wanted.value) && !(old === document.activeElement && old.type === "text")) old.value = wanted.value;
    if ("checked" in wanted && old.checked !== wanted.checked) old.checked = wanted.checked;
  }

  let draw = () => [];
  function show() {
    const fresh = h("div", { id: "app" }, draw());
    lay(app, fresh);
  }
  window.addEventListener("resize", () => show());

  // --- the line to the server -------------------------------------------------------------------------------------------
  const line = { state: null, away: false, message: "", good: "", outbox: [], gone: null, dragging: false };
  const pause = (milliseconds) => new Promise((resolve) => window.setTimeout(resolve, milliseconds));

  async function ask(path, body) {
    const options = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
    if (answer.status === 204) return { status: 204 };
    const type = answer.headers.get("content-type") || "";
    return { status: answer.status, data: type.includes("json") ? await answer.json() : {} };
  }

  let stopWaiting = null;
  async function follow(path, query) {
    let mark = "", misses = 0;
    for (;;) {
      const control = new AbortController();
      stopWaiting = () => control.abort();
      // A line that is dead without saying so, as after a phone has slept, is given up.
      const late = window.setTimeout(() => control.abort(), 40000);
      try {
        // Whoever was away asks for all that is known, which is answered at once and not only when there is news.
        const seen = line.away ? "" : encodeURIComponent(mark);
        const answer = await fetch(`${path}?${query || ""}seen=${seen}`, { credentials: "same-origin", cache: "no-store", signal: control.signal });
        if ([401, 403, 404].includes(answer.status)) {
          line.gone = answer.status;
          window.dispatchEvent(new Event("gone"));
          return;
        }
        if (answer.status !== 200 && answer.status !== 204) throw new Error(String(answer.status));
        if (answer.status === 200) {
          const state = await answer.json();
          mark = state.mark;
          line.state = state;
        }
        misses = 0;
        if (line.away || answer.status === 200) {
          line.away = false;
          show();
        }
      } catch (error) {
        misses += 1;
        if (misses > 1 && !line.away) {
          line.away = true;
          show();
        }
        await pause(Math.min(2500, 250 * misses) + Math.random() * 300);
      } finally {
        window.clearTimeout(late);
      }
    }
  }
  const wake = () => { if (document.visibilityState === "visible" && stopWaiting) stopWaiting(); };
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", (event) => { if (event.persisted) wake(); });

  // --- entries: kept here until the server has them ---------------------------------------------------------------------
  const keep = (name, value) => {
    try {
      if (value === null) window.localStorage.removeItem(name);
      else window.localStorage.setItem(name, JSON.stringify(value));
    } catch (error) {
      // Storage is forbidden or full: entries live as long as the page does.
    }
  };
  const kept = (name) => {
    try {
      return JSON.parse(window.localStorage.getItem(name));
    } catch (error) {
      return null;
    }
  };
  let sending = false;
  const box = () => `room-outbox-${given.page}-${given.stands_in || given.code}`;
  const sameThing = (a, b) => a.do === b.do && a.round === b.round && a.strand === b.strand && a.item === b.item && a.table === b.table && a.person === b.person && a.do !== "shock";
  async function send(action) {
    const first = sending ? 1 : 0;
    line.outbox = [...line.outbox.slice(0, first), ...line.outbox.slice(first).filter((one) => !sameThing(one, action)), action];
    keep(box(), line.outbox);
    show();
    await empty();
  }
  async function empty() {
    if (sending) return;
    sending = true;
    let misses = 0;
    while (line.outbox.length) {
      const action = line.outbox[0];
      let reached = false;
      try {
        const answer = await ask(given.act, action);
        reached = answer.status === 507;
        if (reached && !line.message.startsWith(answer.data.error)) {
          // It says why nothing can be kept; what was entered stays here until it can.
          line.message = `${answer.data.error} What you entered is kept here and will be sent.`;
          line.away = false;
          show();
        }
        if (answer.status >= 500 || answer.status === 429) throw new Error(String(answer.status));
        line.outbox.shift();
        line.away = false;
        misses = 0;
        if (answer.status >= 400) {
          line.message = answer.data.error || "That was not taken.";
          line.good = "";
          window.dispatchEvent(new CustomEvent("refused", { detail: action }));
        } else {
          line.message = "";
          window.dispatchEvent(new CustomEvent("taken", { detail: action }));
        }
      } catch (error) {
        misses += 1;
        if (!line.away && !reached) {
          line.away = true;
          show();
        }
        await pause(Math.min(2500, 250 * misses) + Math.random() * 300);
      }
      keep(box(), line.outbox.length ? line.outbox : null);
    }
    sending = false;
    show();
  }
  function resume() {
    line.outbox = kept(box()) || [];
    empty();
  }

  // --- parts ------------------------------------------------------------------------------------------------------------
  const mark = () => s("svg", { viewBox: "0 0 32 32", width: 26, height: 26, "aria-hidden": "true" },
    [[16, 16, 4.5, "now"], [16, 5, 2.6, "before"], [26, 11, 2.6, "now"], [26, 22, 2.6, "now"], [16, 27, 2.6, "baseline"], [6, 22, 2.6, "now"], [6, 11, 2.6, "before"]]
      .map(([cx, cy, r, kind]) => s("circle", { cx, cy, r, class: `dot-${kind}` })));
  function toggleTheme() {
    const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      window.localStorage.setItem("cultureshift-theme", theme);
    } catch (error) {
      // Not remembered then.
    }
    show();
  }
  const head = (...parts) => {
    const dark = document.documentElement.dataset.theme === "dark";
    return h("header", { class: "head" }, h("a", { class: "brand", href: given.home || given.at }, mark(), "Cultureshift"), parts, h("span", { class: "spring" }),
      h("button", { class: "button small", "aria-label": dark ? "Use light colours" : "Use dark colours", onclick: toggleTheme }, dark ? "☀" : "☾"));
  };
  const notices = () => h("div", { class: "notices", "aria-live": "polite" },
    line.away ? h("p", { class: "notice", "data-testid": "away" }, "The server cannot be reached at the moment. ", line.outbox.length ? "What you entered is kept here and will be sent. " : "Nothing is lost. ", "Trying again …") : null,
    line.message ? h("p", { class: "notice", "data-testid": "message" }, line.message, h("button", { class: "button small", onclick: () => { line.message = ""; show(); } }, "Close")) : null);

  const differs = (state) => state.differs ? h("p", { class: "notice", "data-testid": "differs" }, state.differs) : null;

  window.room = {
    given, line, ask, follow, send, resume, keep, kept, show, head, notices, differs, lay, pause,
    draw(drawing) { draw = drawing; show(); },
    // Teams that anybody can be waited for; all of them before anybody has come.
    peopled(teams) {
      const peopled = teams.filter((team) => team.n > 0 || team.committed);
      return peopled.length ? peopled : teams;
    },
    width(longest) { return Math.max(300, Math.min(longest, document.documentElement.clientWidth)); },
    token() { const bytes = new Uint8Array(16); window.crypto.getRandomValues(bytes); return [...bytes].map((one) => one.toString(16).padStart(2, "0")).join(""); },
  };
})();
