// The values at a place of a picture: beside the pointer or the finger, or value by value with the arrow keys.
(function () {
  "use strict";
  const library = window.cultureshift;
  const STAYS = 4000; // milliseconds, after a tap
  const readers = new WeakMap();
  const places = new WeakMap();
  const tip = document.createElement("div");
  tip.className = "cs-tip cs-reading";
  tip.dataset.testid = "reading";
  tip.setAttribute("aria-hidden", "true");
  tip.hidden = true;
  const voice = document.createElement("p");
  voice.className = "cs-unseen";
  voice.dataset.testid = "reading-said";
  voice.setAttribute("role", "status");
  let leaving = 0;
  let byKeys = null; // the picture whose value the keys have brought
  const hide = () => { tip.hidden = true; byKeys = null; };
  // Of what fills the screen nothing beside it is seen.
  const onPage = () => {
    const page = document.fullscreenElement || document.getElementById("cs-main") || document.body;
    if (tip.parentNode !== page) page.append(tip, voice);
  };

  // For whoever does not see the picture.
  library.say = (words) => { onPage(); voice.textContent = words; };

  const show = (lines, x, y) => {
    window.clearTimeout(leaving);
    if (!lines || !lines.length) { hide(); return; }
    onPage();
    tip.replaceChildren(...lines.map((line, k) => {
      const part = document.createElement(k ? "div" : "b");
      part.textContent = line;
      return part;
    }));
    tip.hidden = false;
    const { offsetWidth: wide, offsetHeight: high } = tip;
    const right = x + 14 + wide < window.innerWidth ? x + 14 : x - wide - 14;
    tip.style.left = `${Math.max(6, right)}px`;
    tip.style.top = `${Math.max(6, Math.min(window.innerHeight - high - 6, y - high - 10))}px`;
  };

  const point = (event) => {
    const element = event.currentTarget;
    const reader = readers.get(element);
    const box = element.getBoundingClientRect();
    const place = reader.find(event.clientX - box.left, event.clientY - box.top, box.width, box.height);
    byKeys = null;
    if (place >= 0 && place < reader.count) places.set(element, place);
    show(place < 0 ? [] : reader.tell(place), event.clientX, event.clientY);
    if (event.pointerType === "touch") leaving = window.setTimeout(hide, STAYS);
  };

  // Where the value that was read last is, within its picture; nothing where none was.
  library.placeRead = (element) => {
    const reader = readers.get(element);
    const place = places.get(element);
    return reader && place < reader.count ? reader.spot(place, element.clientWidth, element.clientHeight) : null;
  };

  const step = (event) => {
    const element = event.currentTarget;
    const reader = readers.get(element);
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !reader.count) return;
    const { jump = 10, row = 1 } = reader;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, PageUp: -jump, PageDown: jump, Home: -Infinity, End: Infinity }[event.key];
    if (!by) return;
    event.preventDefault();
    const from = places.has(element) ? places.get(element) : by > 0 ? -1 : reader.count;
    const place = Math.max(0, Math.min(reader.count - 1, from + by));
    places.set(element, place);
    library.bringInto(element, library.placeRead(element));
    showRead(element);
    library.say(reader.tell(place).join("; "));
  };
  const showRead = (element) => {
    const [x, y] = library.placeRead(element);
    const box = element.getBoundingClientRect();
    show(readers.get(element).tell(places.get(element)), box.left + x, box.top + y);
    byKeys = element;
  };

  // A reader knows how many values there are (`count`), which is at a place within the picture (`find`, -1 for none),
  // where each is (`spot`) and what it says (`tell`: lines, the first in bold). `jump` are the values that a page skips,
  // `row` those that lie in a row where the values are a table.
  library.readable = (element, reader) => {
    const isNew = !readers.has(element);
    readers.set(element, reader);
    if (!isNew) return;
    if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "0");
    element.addEventListener("pointermove", (event) => { if (event.pointerType !== "touch") point(event); });
    element.addEventListener("pointerdown", point);
    element.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") hide(); });
    element.addEventListener("keydown", step);
    element.addEventListener("blur", hide);
  };

  // Of values that are points: the nearest one that is not too far away.
  const NEAR = 24;
  library.nearest = (points, x, y) => {
    const far = points.map(([left, top]) => Math.hypot(left - x, top - y));
    const least = Math.min(...far);
    return least < NEAR ? far.indexOf(least) : -1;
  };

  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  window.addEventListener("scroll", () => { if (byKeys) showRead(byKeys); else hide(); }, { passive: true, capture: true });
  library.of100 = (value) => (value === undefined || value === null || Number.isNaN(value) ? "–" : `${Math.round(100 * value)}`);
})();
