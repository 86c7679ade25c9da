// Sets the page up and loads the drawing library, in order. Solara puts this file on every page.
(function () {
  "use strict";
  const root = document.documentElement;
  root.lang = "en-GB";
  const viewport = document.querySelector('meta[name="viewport"]');
  if (viewport) viewport.content = "width=device-width, initial-scale=1";

  const library = (window.cultureshift = { latencies: [], draws: 0 });

  // What a browser keeps from one visit to the next; one that forbids storage keeps nothing.
  library.recall = (name) => {
    try {
      return window.localStorage.getItem(name);
    } catch (error) {
      return null;
    }
  };
  library.remember = (name, value) => {
    try {
      window.localStorage.setItem(name, value);
      return true;
    } catch (error) {
      return false;
    }
  };
  library.forget = (name) => {
    try {
      window.localStorage.removeItem(name);
    } catch (error) {
      // Nothing was kept.
    }
  };
  // What a tab keeps of its own until it is closed; it survives a reload.
  library.rememberHere = (name, value) => {
    try {
      window.sessionStorage.setItem(name, value);
    } catch (error) {
      // Not remembered then.
    }
  };
  const parsed = (storage, name) => {
    try {
      return JSON.parse(window[storage].getItem(name));
    } catch (error) {
      return null; // Storage is forbidden, or holds something else.
    }
  };
  // Once what was in Explore last has been told to the server: what is asked for afterwards is about that.
  library.goneOn = new Promise((resolve) => { library.hasGoneOn = resolve; });
  library.recallObject = (name) => parsed("localStorage", name);
  library.recallHere = (name) => parsed("sessionStorage", name);
  library.recallList = (name) => {
    const found = library.recallObject(name);
    return Array.isArray(found) ? found.filter((one) => one && typeof one.name === "string" && typeof one.link === "string") : [];
  };

  // Asks before something is dropped; resolves to whether to go on. Escape stays.
  library.ask = (words, yes) =>
    new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "cs-dialog";
      dialog.dataset.testid = "question";
      const question = document.createElement("p");
      question.textContent = words;
      question.id = "cs-question";
      dialog.setAttribute("aria-labelledby", question.id);
      const answers = document.createElement("div");
      answers.className = "cs-answers-row";
      [["go", yes, "cs-button cs-primary"], ["stay", "Leave it as it is", "cs-button"]].forEach(([value, text, look]) => {
        const button = document.createElement("button");
        button.textContent = text;
        button.className = look;
        button.dataset.testid = `question-${value}`;
        button.addEventListener("click", () => dialog.close(value));
        answers.appendChild(button);
      });
      dialog.append(question, answers);
      dialog.addEventListener("close", () => { dialog.remove(); resolve(dialog.returnValue === "go"); });
      (document.querySelector(".v-application") || document.body).appendChild(dialog);
      dialog.showModal();
      dialog.querySelector("[data-testid=question-stay]").focus();
    });

  // Colours that somebody has chosen for the whole computer go first; they are light or dark as it says.
  const forced = window.matchMedia("(forced-colors: active)");
  const wanted = () => {
    const kept = library.recall("cultureshift-theme");
    if (!forced.matches && (kept === "dark" || kept === "light")) return kept;
    return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  };
  library.theme = wanted();
  root.dataset.theme = library.theme;
  const paint = (theme) => {
    library.theme = theme;
    root.dataset.theme = theme;
    window.dispatchEvent(new Event("cultureshift-theme"));
  };
  library.setTheme = (theme) => {
    library.remember("cultureshift-theme", theme);
    paint(theme);
  };
  forced.addEventListener("change", () => paint(wanted()));
  // Paper is light, and so are the pictures on it.
  let onScreen = library.theme;
  window.addEventListener("beforeprint", () => { onScreen = library.theme; paint("light"); });
  window.addEventListener("afterprint", () => paint(onScreen));

  // Where no field has the focus; single letters can be turned off, for whoever speaks to a computer.
  library.shortcuts = [
    ["P", "Explore: play, and pause"],
    ["B", "Explore: back to the start"],
    ["K", "Explore: keep this future"],
    ["Space", "Explore: play and pause, where no control has the focus"],
    ["Ctrl+Z", "Explore: undo"],
    ["Ctrl+Shift+Z", "Explore: do it again"],
    ["\u2190 \u2192", "A week back and on (time), person by person (network), value by value (charts), slide by slide (Board, full screen)"],
    ["\u2191 \u2193", "Team by team (network)"],
    ["+ \u2212 0", "Zoom in, zoom out, the whole chart (the chart that has the focus)"],
    ["Shift+\u2190 \u2192", "Move what is zoomed (the chart that has the focus)"],
    ["Del", "Remove the entry of the timeline that has the focus"],
    ["Esc", "Close what is open"],
  ];
  library.keysOn = () => library.recall("cultureshift-keys") !== "off";

  // For components with pictures: draws them when they are there, whenever their size changes, and in another theme.
  // Spread into a component, not mixed in: of a component's own mixins nothing is passed on.
  library.redrawn = {
    async mounted() {
      await library.ready;
      if (this._isDestroyed) return;
      this.watcher = new window.ResizeObserver(() => this.draw());
      this.watcher.observe(this.$el);
      window.addEventListener("cultureshift-theme", this.draw);
      this.draw();
    },
    beforeDestroy() { if (this.watcher) this.watcher.disconnect(); window.removeEventListener("cultureshift-theme", this.draw); },
  };

  // Styles of a bar that begins at 0 in the middle and ends at `span` on either side, and of the interval on it. A bar
  // is as long as the number beside it says, of which there are so many `steps` to 1: equal numbers, equal bars.
  const across = (value, span) => 50 + 50 * Math.max(-1, Math.min(1, value / span));
  library.barFrom0 = (value, span, steps = 100) => {
    const place = across(Math.round(steps * value) / steps, span);
    return { left: `${Math.min(50, place)}%`, width: `${Math.abs(place - 50)}%` };
  };
  library.whisker = (low, high, span) => {
    const place = across(low, span);
    return { left: `${place}%`, width: `${Math.max(0.4, across(high, span) - place)}%` };
  };

  // Asks for what is behind a picture: `asks` goes to the server; name and happened are words of the page's own.
  library.lookBehind = (detail) => window.dispatchEvent(new CustomEvent("cultureshift-behind", { detail }));

  // Saves a file that the server made; each has its own turn, so that none is saved twice.
  library.save = (file, component) => {
    if (!file || !file.name || file.turn === component.savedTurn) return;
    component.savedTurn = file.turn;
    const bytes = Uint8Array.from(window.atob(file.content), (letter) => letter.charCodeAt(0));
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(new Blob([bytes], { type: file.type }));
    anchor.download = file.name;
    document.body.appendChild(anchor);
    anchor.click();
    anchor.remove();
    window.setTimeout(() => URL.revokeObjectURL(anchor.href), 4000);
  };

  // Files as the server takes them: each with its name and its content as base64, null where it cannot be read.
  library.readFiles = (files) =>
    Promise.all(
      files.map(
        (file) =>
          new Promise((resolve) => {
            const reader = new FileReader();
            reader.onload = () => resolve({ name: file.name, content: reader.result.split(",")[1] || "" });
            reader.onerror = () => resolve({ name: file.name, content: null });
            reader.readAsDataURL(file);
          }),
      ),
    );

  // Solara's router leaves out the path under which everything is. No address of a page below it begins like another one.
  const under = (window.solara && window.solara.rootPath) || "";
  const push = window.history.pushState.bind(window.history);
  window.history.pushState = (state, title, url) =>
    push(state, title, under && typeof url === "string" && url.startsWith("/") && !url.startsWith(`${under}/`) ? under + url : url);

  // On a slow line: says that something is coming, until it is there.
  const loading = document.createElement("p");
  loading.className = "cs-loading";
  loading.setAttribute("role", "status");
  loading.textContent = "Cultureshift is loading\u2026";
  document.body.appendChild(loading);
  const isThere = new MutationObserver(() => {
    if (!document.querySelector(".cs-header")) return;
    loading.remove();
    isThere.disconnect();
  });
  isThere.observe(document.body, { childList: true, subtree: true });

  // A page whose line to the server is cut somewhere in between would load for ever and say nothing.
  window.setTimeout(() => {
    if (document.querySelector(".cs-header")) return;
    const note = document.createElement("p");
    note.className = "cs-unconnected";
    note.setAttribute("role", "status");
    note.textContent =
      "This page has not heard from its server yet, and goes on trying. If a proxy or a firewall stands in between, it has to let websockets through.";
    document.body.appendChild(note);
    const waiting = window.setInterval(() => {
      if (!document.querySelector(".cs-header")) return;
      note.remove();
      window.clearInterval(waiting);
    }, 500);
  }, 20000);

  // When the server is gone: says so, says that nothing is lost, and goes on by itself as soon as it is back.
  const GONE_AFTER = 1500; // a blip is nobody's concern
  const AGAIN_AFTER = 10000; // a page that was loaded again in vain is not loaded again and again
  let note = null;
  let goneSince = 0;
  let isAsking = false;
  const loadAgain = () => {
    library.rememberHere("cultureshift-loaded", String(Date.now()));
    window.location.reload();
  };
  const isFree = () => Date.now() - (Number(library.recallHere("cultureshift-loaded")) || 0) > AGAIN_AFTER;
  const say = (words) => {
    if (!note) {
      note = document.createElement("div");
      note.className = "cs-unconnected";
      note.dataset.testid = "gone";
      note.setAttribute("role", "alert");
      const button = document.createElement("button");
      button.className = "cs-button";
      button.textContent = "Try now";
      button.dataset.testid = "try-now";
      button.addEventListener("click", loadAgain);
      note.append(document.createElement("p"), button);
      document.body.appendChild(note);
    }
    if (note.firstChild.textContent !== words) note.firstChild.textContent = words;
  };
  const KEPT = "What you did is kept in this browser.";
  async function look() {
    const { debug } = window.solara || {};
    const app = document.querySelector(".v-application");
    if (isAsking || !debug || !app || !app.__vue__) return;
    const mustReload = app.__vue__.$root.$data.needsRefresh;
    if (debug.connectionStatus === "connected" && !mustReload) {
      goneSince = 0;
      if (note) { note.remove(); note = null; }
      return;
    }
    goneSince = goneSince || Date.now();
    if (Date.now() - goneSince < GONE_AFTER && !mustReload) return;
    isAsking = true;
    try {
      const answer = await window.fetch(`${under}/readyz`, { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.ok && mustReload && isFree()) loadAgain();
      else if (answer.ok) say(`The server is back; the page is on its way to it. ${KEPT}`);
      else say(`The server is there, but does not let this page in: open the link that it was started with. ${KEPT}`);
    } catch (error) {
      say(`The server cannot be reached. ${KEPT} This page goes on by itself as soon as the server is back.`);
    } finally {
      isAsking = false;
    }
  }
  window.setInterval(look, 1000);

  // Which week it is, with the day it begins on where that of week 0 is known. `start`: as in 2027-04-01, or nothing.
  const DAY = 86400000;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  library.monthWords = (day) => `${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
  library.dayWords = (week, start) => {
    const day = new Date(Date.parse(start) + 7 * week * DAY);
    return `${day.getUTCDate()} ${library.monthWords(day)}`;
  };
  library.weekWords = (week, start) => (start ? `week ${week} (${library.dayWords(week, start)})` : `week ${week}`);
  library.weeksWords = (first, last, start) =>
    `weeks ${first} to ${last}${start ? ` (${library.dayWords(first, start)} to ${library.dayWords(last, start)})` : ""}`;
  library.weekCell = (week, start) => (start ? `${week}, ${library.dayWords(week, start)}` : week);
  // The same day so many years later, 28 February where there is no 29th; and how many weeks it is after the start.
  library.anniversary = (start, years) => {
    const [year, month, day] = start.split("-").map(Number);
    const there = new Date(Date.UTC(year + years, month - 1, day));
    return there.getUTCDate() === day ? there : new Date(Date.UTC(year + years, month, 0));
  };
  library.weeksTo = (day, start) => (day - Date.parse(start)) / DAY / 7;

  const here = document.currentScript ? new URL(".", document.currentScript.src) : new URL("/static/assets/", location);
  const load = (name) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(name, here);
      script.async = false; // they run in the order in which they are asked for, whichever is here first
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${name} could not be loaded`));
      document.head.appendChild(script);
    });
  // What the pages of the game are drawn with, once one of them is open.
  library.readyToPlay = () => {
    library.playing = library.playing || library.ready.then(() => load("elements.js")).then(() => load("debrief.js")).then(() => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = new URL("debrief.css", here);
      document.head.appendChild(style);
    });
    return library.playing;
  };
  // What components are made with: it is got ready while the server makes them, not when they are here.
  document.addEventListener("DOMContentLoaded", () => {
    const { requirejs } = window;
    if (requirejs && requirejs.specified("@jupyter-widgets/base")) requirejs(["jupyter-vuetify", "jupyter-vue"]);
  });
  library.ready = Promise.all(["palette.js", "clock.js", "reading.js", "zoom.js", "future.js", "attention.js", "threads.js", "network.js", "moved.js", "charts.js", "bands.js", "lanes.js", "tips.js", "sketch.js", "notebook.js", "standing.js", "shelf.js"].map(load));
})();
