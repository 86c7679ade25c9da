// The values at a place of a picture, beside the pointer or the finger. Whoever uses neither has them in tables.
(function () {
  "use strict";
  const library = window.cultureshift;
  const STAYS = 4000; // milliseconds, after a tap
  const tellers = new WeakMap();
  const tip = document.createElement("div");
  tip.className = "cs-tip cs-reading";
  tip.dataset.testid = "reading";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  let leaving = 0;
  const hide = () => { tip.hidden = true; };

  const show = (event) => {
    const element = event.currentTarget;
    const box = element.getBoundingClientRect();
    const lines = tellers.get(element)(event.clientX - box.left, event.clientY - box.top, box.width, box.height);
    window.clearTimeout(leaving);
    if (!lines || !lines.length) { hide(); return; }
    if (!tip.isConnected) (document.getElementById("cs-main") || document.body).appendChild(tip);
    tip.replaceChildren(...lines.map((line, k) => {
      const part = document.createElement(k ? "div" : "b");
      part.textContent = line;
      return part;
    }));
    tip.hidden = false;
    const { offsetWidth: wide, offsetHeight: high } = tip;
    const right = event.clientX + 14 + wide < window.innerWidth ? event.clientX + 14 : event.clientX - wide - 14;
    tip.style.left = `${Math.max(6, right)}px`;
    tip.style.top = `${Math.max(6, Math.min(window.innerHeight - high - 6, event.clientY - high - 10))}px`;
    if (event.pointerType === "touch") leaving = window.setTimeout(hide, STAYS);
  };

  // `tell` gives the lines for a place within an element (x, y, width, height), the first in bold; or nothing.
  library.readable = (element, tell) => {
    const isNew = !tellers.has(element);
    tellers.set(element, tell);
    if (!isNew) return;
    element.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") show(event); });
    element.addEventListener("pointerdown", show);
    element.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
  };
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  window.addEventListener("scroll", hide, { passive: true, capture: true });
  library.of100 = (value) => (value === undefined || value === null || Number.isNaN(value) ? "–" : `${Math.round(100 * value)}`);
})();
