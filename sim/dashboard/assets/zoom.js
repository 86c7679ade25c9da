// Zooming into a chart: which part of it is shown, and how somebody changes that. One for all charts, whoever draws them.
(function () {
  "use strict";
  const library = window.cultureshift;
  const WHOLE = Object.freeze({ x: Object.freeze([0, 1]), y: Object.freeze([0, 1]) });
  const STEP = 1.6;
  const LEAST = 1 / 40; // of the whole
  const LEAST_DRAG = 8; // pixels
  const NEAR = 4; // pixels
  const STILL_OURS = 700; // milliseconds after which a wheel that finds a whole chart is the browser's again
  const windows = new Map(); // by the name of what is zoomed; charts of one name show the same part
  const charts = new Map();
  const pinched = new Set();

  const isWhole = (view) => view === WHOLE;
  library.windowOf = (element) => {
    const chart = charts.get(element);
    return (chart && windows.get(chart.name)) || WHOLE;
  };
  library.frameOf = (element) => {
    const chart = charts.get(element);
    return chart ? chart.frame(element.clientWidth, element.clientHeight) : null;
  };
  library.isZoomed = (element) => !isWhole(library.windowOf(element));

  // Where the whole extent would lie if all of it were drawn, given where its window lies.
  const spread = (low, high, [from, to]) => {
    const whole = (high - low) / (to - from);
    return [low - from * whole, low - from * whole + whole];
  };
  library.spread = ({ left, right, top, bottom }, view) => {
    const [farLeft, farRight] = spread(left, right, view.x);
    const [farTop, farBottom] = spread(top, bottom, view.y);
    return { left: farLeft, right: farRight, top: farTop, bottom: farBottom };
  };

  // Draws within a frame only, where less than the whole is shown.
  library.within = (context, element, frame, draw) => {
    context.save();
    if (library.isZoomed(element)) {
      context.beginPath();
      context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
      context.clip();
    }
    draw();
    context.restore();
  };

  // --- changing what is shown ---------------------------------------------------------------------------------------

  const limited = (chart) => ([from, to]) => {
    const wide = Math.min(1, Math.max(chart.least, to - from));
    const start = Math.max(0, Math.min(1 - wide, (from + to - wide) / 2));
    return [start, start + wide];
  };

  // A chart of two axes that may not be stretched keeps its shape.
  const shaped = (chart, { x, y }) => {
    const limit = limited(chart);
    if (!chart.both) return { x: limit(x), y: WHOLE.y };
    if (!chart.even) return { x: limit(x), y: limit(y) };
    const half = Math.max(x[1] - x[0], y[1] - y[0]) / 2;
    const square = ([from, to]) => limit([(from + to) / 2 - half, (from + to) / 2 + half]);
    return { x: square(x), y: square(y) };
  };

  const change = (element, view) => {
    const chart = charts.get(element);
    const now = shaped(chart, view);
    if (now.x[1] - now.x[0] > 0.999 && now.y[1] - now.y[0] > 0.999) windows.delete(chart.name);
    else windows.set(chart.name, now);
    charts.forEach((other, one) => {
      if (!one.isConnected) charts.delete(one);
      else if (other.name === chart.name) { mark(other, one); other.redraw(); }
    });
  };

  // Makes what is shown smaller by a factor, and leaves a place of the frame (shares of it) where it is.
  const zoomBy = (element, factor, at = { x: 0.5, y: 0.5 }) => {
    const view = library.windowOf(element);
    const about = ([from, to], share) => {
      const still = from + share * (to - from);
      return [still - (share * (to - from)) / factor, still + ((1 - share) * (to - from)) / factor];
    };
    change(element, { x: about(view.x, at.x), y: about(view.y, at.y) });
  };
  library.moveBy = (element, right, down) => {
    const view = library.windowOf(element);
    if (isWhole(view) || (!right && !down)) return;
    const moved = ([from, to], share) => {
      const by = Math.max(-from, Math.min(1 - to, share * (to - from)));
      return [from + by, to + by];
    };
    change(element, { x: moved(view.x, right), y: moved(view.y, down) });
  };
  const showWhole = (element) => change(element, WHOLE);

  // A place of the picture that is not shown is brought into what is.
  library.bringInto = (element, [x, y]) => {
    const frame = library.frameOf(element);
    if (!frame) return;
    const beyond = (at, low, high) => (at < low - NEAR ? at - low - (high - low) / 8 : at > high + NEAR ? at - high + (high - low) / 8 : 0) / (high - low);
    library.moveBy(element, beyond(x, frame.left, frame.right), beyond(y, frame.top, frame.bottom));
  };

  // Turns on, or back, where a share of the width is not shown: for a week that plays.
  library.keepShown = (element, share) => {
    const [from, to] = library.windowOf(element).x;
    const wide = to - from;
    if (share < from) library.moveBy(element, (share - from) / wide - 0.8, 0);
    else if (share > to) library.moveBy(element, (share - to) / wide + 0.8, 0);
  };

  const shareAt = (element, event) => {
    const box = element.getBoundingClientRect();
    const { left, right, top, bottom } = library.frameOf(element);
    const share = (at, low, high) => Math.max(0, Math.min(1, (at - low) / (high - low)));
    return { x: share(event.clientX - box.left, left, right), y: share(event.clientY - box.top, top, bottom) };
  };
  // About the value that was read last, where one was: it stays in sight.
  const readShare = (element) => {
    const spot = library.placeRead(element);
    if (!spot) return undefined;
    const box = element.getBoundingClientRect();
    return shareAt(element, { clientX: box.left + spot[0], clientY: box.top + spot[1] });
  };

  // --- wheel, keys, mouse, fingers ----------------------------------------------------------------------------------

  let lastTurned = 0;
  const onWheel = (event) => {
    const element = event.currentTarget;
    const isZoom = event.ctrlKey || event.metaKey;
    const isIn = event.deltaY < 0;
    if (isZoom) {
      if (!library.isZoomed(element) && !isIn && event.timeStamp - lastTurned > STILL_OURS) return;
      event.preventDefault();
      lastTurned = event.timeStamp;
      const turned = Math.max(-60, Math.min(60, event.deltaMode === 1 ? 16 * event.deltaY : event.deltaY));
      zoomBy(element, Math.exp(-turned * 0.006), shareAt(element, event));
    } else if (library.isZoomed(element) && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault();
      library.moveBy(element, event.deltaX / element.clientWidth, 0);
    }
  };

  const onKey = (event) => {
    const element = event.currentTarget;
    if (event.target !== element || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [-0.25, 0], ArrowRight: [0.25, 0], ArrowUp: [0, -0.25], ArrowDown: [0, 0.25] }[event.key];
    if (event.key === "+" || event.key === "=") zoomBy(element, STEP, readShare(element));
    else if (event.key === "-" || event.key === "−") zoomBy(element, 1 / STEP, readShare(element));
    else if (event.key === "0") showWhole(element);
    else if (event.shiftKey && moves && library.isZoomed(element)) library.moveBy(element, ...moves);
    else return;
    event.preventDefault();
    library.say(said(element));
  };
  const said = (element) => {
    const { x } = library.windowOf(element);
    return library.isZoomed(element) ? `Zoomed in ${(1 / (x[1] - x[0])).toFixed(1)} times` : "The whole chart";
  };

  // Dragging marks a stretch; where dragging does something else already, Shift does.
  const onDrag = (down) => {
    const element = down.currentTarget;
    const chart = charts.get(element);
    if (down.pointerType === "touch" || down.button !== 0 || !(down.shiftKey || chart.drags)) return;
    const begun = shareAt(element, down);
    const marked = chart.bar.lastChild;
    let now = null;
    const move = (event) => {
      if (!now && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < LEAST_DRAG) return;
      now = shareAt(element, event);
      const frame = library.frameOf(element);
      const [left, right] = [begun.x, now.x].sort((one, other) => one - other).map((share) => frame.left + share * (frame.right - frame.left));
      const [top, bottom] = chart.both ? [begun.y, now.y].sort((one, other) => one - other).map((share) => frame.top + share * (frame.bottom - frame.top)) : [frame.top, frame.bottom];
      Object.assign(marked.style, { left: `${element.offsetLeft - chart.bar.offsetLeft + left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
      marked.hidden = false;
    };
    const stop = (event) => {
      ["pointermove", "pointerup", "pointercancel", "keydown"].forEach((name) => window.removeEventListener(name, on, true));
      marked.hidden = true;
      if (event.type !== "pointerup" || !now) return;
      // What is let go here is no click on what lies under it.
      const still = (click) => { click.stopPropagation(); click.preventDefault(); };
      window.addEventListener("click", still, { capture: true, once: true });
      window.setTimeout(() => window.removeEventListener("click", still, true), 50);
      const view = library.windowOf(element);
      const part = ([from, to], one, other) => [from + Math.min(one, other) * (to - from), from + Math.max(one, other) * (to - from)];
      change(element, { x: part(view.x, begun.x, now.x), y: chart.both ? part(view.y, begun.y, now.y) : view.y });
    };
    const on = (event) => {
      if (event.type === "pointermove") move(event);
      else if (event.type !== "keydown" || event.key === "Escape") stop(event);
    };
    ["pointermove", "pointerup", "pointercancel", "keydown"].forEach((name) => window.addEventListener(name, on, true));
  };

  // Two fingers: what is under each stays under it. One finger moves what is zoomed, where it does nothing else.
  const onTouch = (down) => {
    const element = down.currentTarget;
    const chart = charts.get(element);
    if (down.pointerType !== "touch") return;
    chart.fingers.set(down.pointerId, shareAt(element, down));
    if (chart.fingers.size > 1) pinched.add(element);
    if (chart.fingers.size > 1 || chart.isFollowed) return;
    chart.isFollowed = true;
    const move = (event) => {
      const before = chart.fingers.get(event.pointerId);
      if (!before) return;
      const other = [...chart.fingers].find(([id]) => id !== event.pointerId);
      const now = shareAt(element, event);
      if (other) {
        const apart = (one) => Math.hypot((one.x - other[1].x) * element.clientWidth, chart.both ? (one.y - other[1].y) * element.clientHeight : 0);
        if (apart(before) > 4 && apart(now) > 4) zoomBy(element, apart(now) / apart(before), other[1]);
      } else if (chart.drags && library.isZoomed(element)) {
        library.moveBy(element, before.x - now.x, before.y - now.y);
      }
      chart.fingers.set(event.pointerId, now);
    };
    const stop = (event) => {
      chart.fingers.delete(event.pointerId);
      if (chart.fingers.size) return;
      chart.isFollowed = false;
      pinched.delete(element);
      window.removeEventListener("pointermove", move);
      ["pointerup", "pointercancel"].forEach((name) => window.removeEventListener(name, stop));
    };
    window.addEventListener("pointermove", move);
    ["pointerup", "pointercancel"].forEach((name) => window.addEventListener(name, stop));
  };
  library.isPinched = (element) => pinched.has(element);

  // --- the buttons --------------------------------------------------------------------------------------------------

  const button = (words, text, press) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "cs-button";
    made.tabIndex = -1; // the keys of the chart do the same
    made.textContent = text;
    made.title = words;
    made.setAttribute("aria-label", words);
    made.addEventListener("click", press);
    return made;
  };
  const barOf = (element, { both }) => {
    const bar = document.createElement("div");
    bar.className = "cs-zoom";
    const buttons = document.createElement("div");
    buttons.setAttribute("role", "group");
    buttons.setAttribute("aria-label", "Zoom");
    const by = (right, down) => () => library.moveBy(element, right, down);
    const moves = [["Move left", "◂", by(-0.4, 0)], ["Move right", "▸", by(0.4, 0)], ...(both ? [["Move up", "▴", by(0, -0.4)], ["Move down", "▾", by(0, 0.4)]] : [])];
    const zooms = [["Zoom in (+)", "+", () => zoomBy(element, STEP, readShare(element))], ["Zoom out (−)", "−", () => zoomBy(element, 1 / STEP, readShare(element))]];
    buttons.append(...moves.map((one) => button(...one)), ...zooms.map((one) => button(...one)));
    const back = button("Show the whole chart (0)", "Whole", () => showWhole(element));
    back.dataset.testid = "zoom-whole";
    buttons.append(back);
    const marked = document.createElement("i");
    marked.hidden = true;
    bar.append(buttons, marked);
    return bar;
  };
  const mark = (chart, element) => { if (chart.bar) chart.bar.classList.toggle("cs-zoomed", library.isZoomed(element)); };

  // Lets somebody zoom into a chart. `name`: charts of one name show the same part; `frame`: where, of its width and
  // height, the extent is drawn; `redraw`; `both`: along both axes, `even`: without being stretched; `drags`: whether
  // dragging marks a stretch without Shift; `bare`: without buttons, where a chart of this name beside it has them;
  // `least`: the smallest share of the whole that may be shown.
  library.zoomable = (element, options) => {
    const known = charts.get(element);
    if (known) { Object.assign(known, options); return; }
    const chart = { drags: true, both: false, even: false, bare: false, least: LEAST, ...options, fingers: new Map(), isFollowed: false };
    charts.set(element, chart);
    element.classList.add("cs-zoomable");
    chart.bar = barOf(element, chart);
    chart.bar.classList.toggle("cs-bare", chart.bare);
    element.parentNode.insertBefore(chart.bar, element);
    mark(chart, element);
    if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "0");
    const near = (isNear) => () => chart.bar.classList.toggle("cs-near", isNear);
    [["pointerenter", true], ["focus", true], ["pointerleave", false], ["blur", false]].forEach(([name, isNear]) => element.addEventListener(name, near(isNear)));
    element.addEventListener("wheel", onWheel, { passive: false });
    element.addEventListener("keydown", onKey);
    element.addEventListener("pointerdown", onDrag);
    element.addEventListener("pointerdown", onTouch);
  };
})();
