// A curve that somebody draws, by pointer or year by year; and that curve over the runs.
(function () {
  "use strict";
  const library = window.cultureshift;
  const WEEKS_A_POINT = 13;
  const A_YEAR = 4;

  // question: {weeks, low, high, starts_at, fixed}, with how many points are known and cannot be moved, if any; values: points evenly spaced over the run, null where nothing is drawn yet.
  class Sketch {
    constructor(canvas, question, values, changed) {
      this.canvas = canvas;
      this.question = question;
      this.n = Math.max(2, Math.round(question.weeks / WEEKS_A_POINT) + 1);
      this.values = values && values.length === this.n ? values.slice() : new Array(this.n).fill(null);
      this.changed = changed;
      this.locked = false;
      this.last = null;
      this.fixed = question.fixed || 0;
      this.chart = new library.LineChart(canvas, { lines: [{}], low: question.low, high: question.high, big: true, ticks: ticksOf(question) });
      this.chart.weeks = question.weeks;
      if (question.starts_at !== null) this.values[0] = question.starts_at;
      canvas.addEventListener("pointerdown", (event) => this.down(event));
      canvas.addEventListener("pointermove", (event) => this.move(event));
      ["pointerup", "pointercancel"].forEach((name) => canvas.addEventListener(name, () => this.up()));
    }

    get isWhole() { return this.values.every((value) => value !== null); }

    years() {
      const years = [];
      for (let place = 0; place < this.n; place += A_YEAR) years.push({ place, year: place / A_YEAR, value: this.values[place] });
      return years;
    }

    // Sets the curve at a point, straight to the neighbouring years; the first change lays a level line to begin with.
    setYear(place, value) {
      if (this.locked) return;
      const known = this.values[Math.max(0, this.fixed - 1)];
      const level = known === null ? value : known;
      this.values = this.values.map((one) => (one === null ? level : one));
      this.put(place, value);
      [[place - A_YEAR, place], [place, place + A_YEAR]].forEach(([from, to]) => {
        if (from < 0 || to >= this.n) return;
        for (let k = from + 1; k < to; k += 1) this.put(k, this.values[from] + ((k - from) / (to - from)) * (this.values[to] - this.values[from]));
      });
      this.draw();
      this.changed(this.values.slice());
    }

    put(place, value) {
      if ((place === 0 && this.question.starts_at !== null) || place < this.fixed) return;
      this.values[place] = Math.round(1000 * Math.max(this.question.low, Math.min(this.question.high, value))) / 1000;
    }

    clear() {
      this.values = this.values.map((value, place) => (place < this.fixed ? value : null));
      if (this.question.starts_at !== null) this.values[0] = this.question.starts_at;
      this.draw();
      this.changed(this.values.slice());
    }

    at(event) {
      const box = this.canvas.getBoundingClientRect();
      const frame = this.chart.frame(box.width, box.height);
      const share = (event.clientX - box.left - frame.left) / (frame.right - frame.left);
      const height = (frame.bottom - (event.clientY - box.top)) / (frame.bottom - frame.top);
      const { low, high } = this.question;
      return { place: Math.round(Math.max(0, Math.min(1, share)) * (this.n - 1)), value: low + Math.max(0, Math.min(1, height)) * (high - low) };
    }

    down(event) {
      if (this.locked) return;
      event.preventDefault();
      this.canvas.setPointerCapture(event.pointerId);
      this.last = null;
      this.move(event, true);
    }

    move(event, begins) {
      if (this.locked || (!begins && this.last === null)) return;
      const now = this.at(event);
      const from = this.last || this.joined(now);
      const step = now.place >= from.place ? 1 : -1;
      for (let k = from.place; k !== now.place + step; k += step) {
        const share = now.place === from.place ? 1 : (k - from.place) / (now.place - from.place);
        this.put(k, from.value + share * (now.value - from.value));
      }
      this.last = now;
      this.draw();
    }

    // Where a stroke begins: at the last point drawn before it, so that no gap is left.
    joined(now) {
      if (this.values[now.place] !== null) return now;
      for (let k = now.place - 1; k >= 0; k -= 1) if (this.values[k] !== null) return { place: k, value: this.values[k] };
      return now;
    }

    up() {
      if (this.last === null) return;
      this.last = null;
      this.changed(this.values.slice());
    }

    draw() {
      const { context, width, height } = library.fit(this.canvas);
      const frame = this.chart.frame(width, height);
      const colours = library.palette();
      context.clearRect(0, 0, width, height);
      this.chart.drawAxes(context, frame);
      line(context, this.chart, frame, this.values, colours.lines.before, 3);
      if (this.question.starts_at !== null) dot(context, this.chart.x(0, frame), this.chart.y(this.question.starts_at, frame), colours.lines.before);
      if (this.fixed) line(context, this.chart, frame, this.values.map((value, place) => (place < this.fixed ? value : null)), colours.lines.now, 3.5);
      if (this.values.slice(this.fixed).filter((value) => value !== null).length < 2 - Math.sign(this.fixed)) {
        context.fillStyle = colours.soft;
        context.font = library.font(16, 600);
        context.textAlign = "center";
        context.textBaseline = "middle";
        const middle = (frame.left + frame.right) / 2, high = frame.top + 0.2 * (frame.bottom - frame.top), hint = "Draw your curve here, from left to right";
        const isNarrow = context.measureText(hint).width > frame.right - frame.left;
        (isNarrow ? ["Draw your curve here,", "from left to right"] : [hint]).forEach((line, row) => context.fillText(line, middle, high + row * 22));
      }
      library.draws += 1;
    }
  }

  const ticksOf = (question) => [0, 0.25, 0.5, 0.75, 1].map((share) => question.low + share * (question.high - question.low));

  function line(context, chart, frame, values, colour, width, dash) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.lineCap = "round";
    context.setLineDash(dash || []);
    context.beginPath();
    let pen = false;
    values.forEach((value, place) => {
      if (value === null) { pen = false; return; }
      const x = chart.x((chart.weeks * place) / (values.length - 1), frame);
      const y = chart.y(value, frame);
      if (pen) context.lineTo(x, y);
      else context.moveTo(x, y);
      pen = true;
    });
    context.stroke();
    context.setLineDash([]);
    context.lineCap = "butt";
  }

  function dot(context, x, y, colour) {
    context.beginPath();
    context.arc(x, y, 5, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  }

  library.Sketch = Sketch;

  // Draws the bands of an arm, what it is held against, and the own curve over them.
  library.drawRuns = (canvas, arm, place, question, curve) => {
    const redraw = () => library.drawRuns(canvas, arm, place, question, curve);
    library.drawBands(canvas, arm, place, { low: question.low, high: question.high, ticks: ticksOf(question), reference: arm.reference, big: true, zoom: "lesson", redraw });
    if (!curve || curve.some((value) => value === null)) return;
    const { context, width, height } = library.fit(canvas);
    const chart = new library.LineChart(canvas, { lines: [{}], low: question.low, high: question.high, big: true, ticks: ticksOf(question) });
    chart.weeks = arm.bands[0].length - 1;
    const frame = chart.frame(width, height);
    const colours = library.palette();
    library.within(context, canvas, frame, () => {
      line(context, chart, frame, curve, colours.panel, 6);
      line(context, chart, frame, curve, colours.lines.before, 3);
    });
  };
})();
