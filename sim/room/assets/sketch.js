// A curve that is drawn with a finger, a mouse or the arrow keys: one point a year, the first one known.
(function () {
  "use strict";
  const { h, s } = window.charts;
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

  // data: curve, years, weeks, fixed (whether the first point is known), supportEnds, disabled; changed(curve, isOver)
  function sketch(data, width, height, changed) {
    const left = 40, right = 18, top = 14, bottom = 34;
    const x = (year) => left + ((width - left - right) * year * 52) / data.weeks;
    const y = (value) => top + (height - top - bottom) * (1 - value / 100);
    const first = data.fixed ? 1 : 0;
    const put = (year, value) => { data.curve[year] = Math.round(clamp(value, 0, 100)); };

    function at(event, pad) {
      const box = pad.getBoundingClientRect();
      const px = ((event.clientX - box.left) * width) / box.width, py = ((event.clientY - box.top) * height) / box.height;
      return [clamp(Math.round((((px - left) / (width - left - right)) * data.weeks) / 52), first, data.years), 100 * (1 - (py - top) / (height - top - bottom))];
    }
    let last = null;
    const moved = (event) => {
      const pad = event.currentTarget, [year, value] = at(event, pad);
      // A quick stroke skips points: those between are put on the line.
      if (last) {
        const steps = Math.abs(year - last[0]);
        for (let i = 1; i <= steps; i += 1) put(last[0] + Math.sign(year - last[0]) * i, last[1] + ((value - last[1]) * i) / steps);
        if (!steps) put(year, value);
      } else put(year, value);
      pad.last = last = [year, value];
      changed(data.curve, false);
    };
    const handlers = data.disabled ? {} : {
      onpointerdown(event) { event.preventDefault(); event.currentTarget.setPointerCapture(event.pointerId); event.currentTarget.last = last = null; event.currentTarget.isDown = true; moved(event); },
      onpointermove(event) { if (event.currentTarget.isDown) { last = event.currentTarget.last; moved(event); } },
      onpointerup(event) { event.currentTarget.isDown = false; last = null; changed(data.curve, true); },
      onpointercancel(event) { event.currentTarget.isDown = false; last = null; changed(data.curve, true); },
    };
    const parts = [];
    if (data.supportEnds) {
      parts.push(s("rect", { x: x(0), y: top, width: x(data.supportEnds / 52) - x(0), height: height - top - bottom, class: "support" }));
      if (x(data.supportEnds / 52) - x(0) > 58) parts.push(s("text", { x: x(0) + 6, y: height - bottom - 7, class: "hint" }, "support"));
    }
    for (const value of [0, 25, 50, 75, 100]) {
      parts.push(s("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), class: "grid" }));
      parts.push(s("text", { x: left - 7, y: y(value) + 4, class: "tick end" }, value));
    }
    const points = data.curve.map((value, year) => [x(year), y(value)]);
    parts.push(s("path", { d: points.map(([a, b], i) => `${i ? "L" : "M"}${a.toFixed(1)} ${b.toFixed(1)}`).join(""), class: "mine" }));
    data.curve.forEach((value, year) => {
      parts.push(s("text", { x: x(year), y: height - bottom + 16, class: "tick middle" }, year));
      if (data.fixed && year === 0) {
        parts.push(s("circle", { cx: x(0), cy: y(value), r: 6, class: "knot fixed" }));
        return;
      }
      const keyed = (event) => {
        const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        put(year, value + step);
        changed(data.curve, true);
      };
      parts.push(s("circle", {
        cx: x(year), cy: y(value), r: 8, class: "knot", role: "slider", tabindex: data.disabled ? -1 : 0, "aria-label": `Year ${year}`, "aria-valuemin": 0, "aria-valuemax": 100,
        "aria-valuenow": value, "aria-valuetext": `${value} of 100 feel safe`, "aria-disabled": data.disabled ? "true" : null, onkeydown: data.disabled ? null : keyed,
      }));
    });
    parts.push(s("text", { x: (left + width - right) / 2, y: height - 3, class: "tick middle" }, "years"));
    return h("figure", {}, h("figcaption", {}, "Of 100 staff, how many feel safe to speak up"),
      s("svg", { viewBox: `0 0 ${width} ${height}`, class: data.disabled ? "pad still" : "pad", "data-testid": "pad", role: "group", "aria-label": "My curve", ...handlers }, parts));
  }
  window.charts.sketch = sketch;
})();
