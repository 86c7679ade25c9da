// Lines over time with the shared week, and the funnel of the teaming cycle.
(function () {
  "use strict";
  const library = window.cultureshift;
  const YEAR = 52;

  // A chart of measures of one or more futures. `spec`: lines [{measure, label}], low, high, big, futures.
  class LineChart {
    constructor(canvas, spec) {
      this.canvas = canvas;
      this.spec = spec;
      this.futures = [];
      this.band = null;
      this.still = null;
    }

    // futures: [{weekly, colour, label, dash, faint}], the present one last.
    setFutures(futures, weeks) {
      this.futures = futures;
      this.weeks = weeks;
      this.still = null;
      if (this.spec.fitted) this.fitLow();
      library.readable(this.canvas, {
        count: weeks + 1,
        jump: YEAR / 4,
        find: (x) => this.weekAt(x),
        tell: (week) => this.read(week),
        spot: (week, width, height) => this.spot(week, width, height),
      });
    }

    // Where the value of a week is: of several measures that of the first.
    spot(week, width, height) {
      const frame = this.frame(width, height);
      const { weekly } = this.futures[this.futures.length - 1];
      const value = weekly[this.spec.lines[0].measure][Math.min(week, weekly.rows - 1)];
      return [this.x(week, frame), this.y(Number.isNaN(value) ? this.spec.low : value, frame)];
    }

    // Zooms into a stretch of weeks; see library.zoomable.
    zoomable(name, more) {
      library.zoomable(this.canvas, { name, frame: (width, height) => this.frame(width, height), ...more });
    }

    // What it shows in a week: of one measure all futures and the band, of several those of the present one.
    read(week) {
      const { lines } = this.spec;
      const title = library.weekWords(week, this.start);
      const now = this.futures[this.futures.length - 1];
      const value = (future, line) => library.of100(future.weekly[line.measure][Math.min(week, future.weekly.rows - 1)]);
      if (lines.length > 1) return [title, ...lines.map((line) => `${line.label}: ${value(now, line)}`)];
      const futures = [...this.futures].reverse().map((future) => `${future.label}: ${value(future, lines[0])} of 100`);
      const band = this.band ? [`nine worlds in ten: ${library.of100(this.band[0][week] / 255)} to ${library.of100(this.band[3][week] / 255)}`] : [];
      return [title, ...futures, ...band];
    }

    // The band in which many worlds of the present future lie, behind the one that is drawn: 5, 25, 75 and 95 % of them.
    // Returns whether there is one; one of a run of another length is not of this future.
    setBand(packed) {
      const bytes = packed ? library.bytesOf(packed) : null;
      const rows = this.weeks + 1;
      this.band = bytes && bytes.length === 4 * rows ? [0, 1, 2, 3].map((k) => bytes.subarray(k * rows, (k + 1) * rows)) : null;
      this.still = null;
      if (this.spec.fitted) this.fitLow();
      return Boolean(this.band);
    }

    drawBand(context, frame) {
      const [low, from, to, high] = this.band;
      context.fillStyle = library.palette().lines.now;
      [[low, high, 0.13], [from, to, 0.13]].forEach(([under, over, alpha]) => {
        context.globalAlpha = alpha;
        context.beginPath();
        under.forEach((value, row) => context.lineTo(this.x(row, frame), this.y(value / 255, frame)));
        for (let row = over.length - 1; row >= 0; row -= 1) context.lineTo(this.x(row, frame), this.y(over[row] / 255, frame));
        context.fill();
      });
      context.globalAlpha = 1;
    }

    // The axis begins at 40 of 100, or lower where a line goes lower.
    fitLow() {
      let lowest = 0.4;
      this.futures.forEach((future) => future.weekly[this.spec.lines[0].measure].forEach((value) => { if (value < lowest) lowest = value; }));
      if (this.band) this.band[0].forEach((value) => { if (value / 255 < lowest) lowest = value / 255; });
      this.spec.low = Math.floor(lowest * 5 + 1e-6) / 5;
      this.spec.ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].filter((tick) => tick >= this.spec.low - 1e-6);
    }

    frame(width, height) {
      const { big, bare } = this.spec;
      const { unit } = library;
      const shown = { left: (big ? 34 : 30) * unit, right: width - (big ? 12 : 6), top: 8, bottom: height - (big ? 20 * unit : bare ? 6 : 19 * unit) };
      const all = library.spread(shown, library.windowOf(this.canvas));
      return { ...shown, from: all.left, to: all.right };
    }

    x(week, frame) {
      return frame.from + ((frame.to - frame.from) * week) / this.weeks;
    }

    y(value, frame) {
      const share = (value - this.spec.low) / (this.spec.high - this.spec.low);
      return frame.bottom - share * (frame.bottom - frame.top);
    }

    colourOf(line, future) {
      const colours = library.palette();
      return this.spec.lines.length > 1 ? colours.series[line] : colours.lines[future.colour];
    }

    // What stands still while the week moves on. It is kept as a picture from the second time on: to copy a new one
    // costs more than to draw it, and while a lever moves nothing is drawn twice.
    drawStill(fitted) {
      const { context } = fitted;
      const key = `${fitted.width}x${fitted.height}@${fitted.scale} ${library.theme} ${library.windowOf(this.canvas).x}`;
      if (!this.still || this.still.key !== key) {
        this.still = { key, canvas: null };
        context.save();
        this.drawLines(context, fitted);
        context.restore();
        return;
      }
      if (!this.still.canvas) {
        this.still.canvas = document.createElement("canvas");
        this.still.canvas.width = this.canvas.width;
        this.still.canvas.height = this.canvas.height;
        const kept = this.still.canvas.getContext("2d");
        kept.setTransform(fitted.scale, 0, 0, fitted.scale, 0, 0);
        this.drawLines(kept, fitted);
      }
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.still.canvas, 0, 0);
      context.restore();
    }

    drawLines(context, fitted) {
      const frame = this.frame(fitted.width, fitted.height);
      this.drawAxes(context, frame);
      library.within(context, this.canvas, frame, () => {
        if (this.band) this.drawBand(context, frame);
        this.futures.forEach((future) => this.drawFuture(context, frame, future));
      });
    }

    drawAxes(context, frame) {
      const colours = library.palette();
      const { big } = this.spec;
      context.font = library.font(13);
      context.fillStyle = colours.soft;
      context.strokeStyle = colours.grid;
      context.lineWidth = 1;
      context.textBaseline = "middle";
      context.textAlign = "right";
      const ticks = this.spec.ticks || (frame.bottom - frame.top < 48 ? [0, 1] : [0, 0.5, 1]);
      ticks.forEach((value) => {
        const y = Math.round(this.y(value, frame)) + 0.5;
        context.beginPath();
        context.moveTo(frame.left, y);
        context.lineTo(frame.right, y);
        context.stroke();
        context.fillText(String(Math.round(value * 100)), frame.left - 5, y);
      });
      context.textBaseline = "top";
      context.textAlign = "center";
      this.timeTicks(frame).forEach(([week, text]) => {
        const x = this.x(week, frame);
        if (big || this.spec.bare) {
          context.beginPath();
          context.moveTo(Math.round(x) + 0.5, frame.top);
          context.lineTo(Math.round(x) + 0.5, frame.bottom);
          context.stroke();
        }
        if (this.spec.bare) return;
        context.textAlign = x < frame.left + 10 ? "left" : x > frame.right - 10 ? "right" : "center";
        context.fillText(text, x, frame.bottom + 4);
      });
    }

    // The weeks that are marked on the axis, with their words: years, and weeks where less than two years are shown.
    timeTicks(frame) {
      const { start, weeks } = this;
      const { big } = this.spec;
      const wide = frame.right - frame.left;
      const [first, last] = [frame.left, frame.right].map((x) => ((x - frame.from) / (frame.to - frame.from)) * weeks);
      const isShown = (week) => week >= first - 1e-6 && week <= last + 1e-6;
      const ticks = [];
      if (last - first < 2 * YEAR && last - first < weeks - 1e-6) {
        const apart = [1, 2, 4, 13, 26].find((one) => (last - first) / one <= Math.max(2, Math.floor(wide / ((start ? 100 : 76) * library.unit)))) || 52;
        for (let week = Math.ceil(first / apart - 1e-6) * apart; isShown(week); week += apart) ticks.push([week, start ? library.dayWords(week, start) : `week ${week}`]);
        return ticks;
      }
      const most = big ? Math.min(10, Math.max(2, Math.floor(wide / (start ? 62 * library.unit : 40)))) : start ? 2 : 4;
      const years = Math.max(1, Math.ceil((last - first) / YEAR / most));
      const placeOf = (year) => (start ? library.weeksTo(library.anniversary(start, year), start) : year * YEAR);
      for (let year = 0; placeOf(year) <= last + 1e-6; year += years) {
        if (isShown(placeOf(year))) ticks.push([placeOf(year), start ? library.monthWords(library.anniversary(start, year)) : year === 0 ? "0" : `${year} y`]);
      }
      return ticks;
    }

    drawFuture(context, frame, future) {
      const { big, lines } = this.spec;
      lines.forEach((line, k) => {
        if (future.colour !== "now" && lines.length > 1 && future.colour === "baseline") return;
        const values = future.weekly[line.measure];
        context.strokeStyle = this.colourOf(k, future);
        context.globalAlpha = future.colour === "now" ? 1 : lines.length > 1 ? 0.45 : 0.9;
        context.lineWidth = (future.colour === "now" ? (big ? 2.6 : 1.8) : 1.4);
        context.setLineDash(future.dash || []);
        context.lineJoin = "round";
        if (big && future.colour === "now" && !this.band) this.fillGap(context, frame, line, values);
        context.beginPath();
        let pen = false;
        for (let row = 0; row < values.length; row += 1) {
          if (Number.isNaN(values[row])) pen = false;
          else {
            const x = this.x(row, frame);
            const y = this.y(values[row], frame);
            if (pen) context.lineTo(x, y);
            else context.moveTo(x, y);
            pen = true;
          }
        }
        context.stroke();
      });
      context.setLineDash([]);
      context.globalAlpha = 1;
    }

    // Between the present future and the same world without interventions: the gain.
    fillGap(context, frame, line, values) {
      const base = this.futures.find((future) => future.colour === "baseline");
      if (!base) return;
      const other = base.weekly[line.measure];
      const before = context.globalAlpha;
      context.globalAlpha = library.palette().band;
      context.fillStyle = library.palette().lines.now;
      context.beginPath();
      values.forEach((value, row) => context.lineTo(this.x(row, frame), this.y(value, frame)));
      for (let row = values.length - 1; row >= 0; row -= 1) context.lineTo(this.x(row, frame), this.y(other[row], frame));
      context.closePath();
      context.fill();
      context.globalAlpha = before;
    }

    draw(week) {
      if (!this.futures.length) return;
      const fitted = library.fit(this.canvas);
      const { context, width, height } = fitted;
      context.clearRect(0, 0, width, height);
      this.drawStill(fitted);
      const colours = library.palette();
      const frame = this.frame(width, height);
      const x = Math.round(this.x(week, frame)) + 0.5;
      if (x < frame.left - 1 || x > frame.right + 1) return;
      context.strokeStyle = colours.ink;
      context.globalAlpha = 0.55;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, frame.top);
      context.lineTo(x, frame.bottom);
      context.stroke();
      context.globalAlpha = 1;
      this.futures.forEach((future) => {
        if (future.colour !== "now" && !this.spec.big) return;
        this.spec.lines.forEach((line, k) => {
          const value = future.weekly[line.measure][Math.min(Math.floor(week), future.weekly.rows - 1)];
          if (Number.isNaN(value)) return;
          context.beginPath();
          context.arc(x, this.y(value, frame), this.spec.big && future.colour === "now" ? 5 : 3, 0, 2 * Math.PI);
          context.fillStyle = this.colourOf(k, future);
          context.fill();
          context.strokeStyle = colours.panel;
          context.lineWidth = 1.5;
          context.stroke();
        });
      });
    }

    weekAt(x) {
      const frame = this.frame(this.canvas.clientWidth, this.canvas.clientHeight);
      const shown = Math.max(frame.left, Math.min(frame.right, x));
      return Math.round(Math.max(0, Math.min(1, (shown - frame.from) / (frame.to - frame.from))) * this.weeks);
    }
  }

  const STEPS = [
    ["opportunities", "met", "met"], ["voiced", "voiced", "voiced"], ["joined", "joined", "joined"],
    ["well_received", "well received", "received"], ["learned", "learned from", "learned"],
  ];

  class Funnel {
    constructor(canvas) {
      this.canvas = canvas;
    }

    // Where steps are narrow, every other word stands on a second line.
    isNarrow(width) { return width / STEPS.length < 58 * library.unit; }

    top(width) { return (this.isNarrow(width) ? 48 : 34) * library.unit; }

    setFutures(futures) {
      this.now = futures.find((future) => future.colour === "now");
      this.base = futures.find((future) => future.colour === "baseline");
      library.readable(this.canvas, {
        count: STEPS.length,
        find: (x, _, width) => Math.max(0, Math.min(STEPS.length - 1, Math.floor((STEPS.length * x) / width))),
        tell: (step) => this.read(step),
        spot: (step, width, height) => [(width * (step + 0.3)) / STEPS.length, (this.top(width) + height) / 2],
      });
    }

    read(step) {
      const { week } = library.clock;
      const share = (future) => this.shares(future, week)[step].toFixed(1);
      return [`Of 100 opportunities ${STEPS[step][1]}`, `now: ${share(this.now)}`, ...(this.base ? [`nothing done: ${share(this.base)}`] : [])];
    }

    shares(future, week) {
      const row = Math.min(Math.floor(week), future.weekly.rows - 1);
      const all = future.weekly.quarter.opportunities[row];
      return STEPS.map(([name]) => (all > 0 ? (100 * future.weekly.quarter[name][row]) / all : 0));
    }

    // A stream that narrows from step to step; dashed: the same world with nothing done.
    draw(week) {
      if (!this.now) return;
      const { context, width, height } = library.fit(this.canvas);
      const colours = library.palette();
      context.clearRect(0, 0, width, height);
      const shares = this.shares(this.now, week);
      const top = this.top(width);
      const lower = this.isNarrow(width) ? 14 : 0;
      const middle = (top + height) / 2;
      const tall = Math.max(10, height - top - 4);
      const step = width / STEPS.length;
      const ramp = library.ramp("control");
      shares.forEach((share, k) => {
        const half = (tall * share) / 200;
        context.fillStyle = k === 0 ? colours.faint : ramp[140 + k * 28];
        context.fillRect(k * step, middle - half, step * 0.6, 2 * half);
        if (k < shares.length - 1) {
          const next = (tall * shares[k + 1]) / 200;
          context.globalAlpha = 0.35;
          context.beginPath();
          context.moveTo((k + 0.6) * step, middle - half);
          context.lineTo((k + 1) * step, middle - next);
          context.lineTo((k + 1) * step, middle + next);
          context.lineTo((k + 0.6) * step, middle + half);
          context.fill();
          context.globalAlpha = 1;
        }
        context.textAlign = "left";
        context.textBaseline = "alphabetic";
        context.fillStyle = colours.ink;
        context.font = library.font(15, 700);
        context.fillText(String(Math.round(share)), k * step, 14 * library.unit);
        context.fillStyle = colours.soft;
        context.font = library.font(13);
        const isAtEnd = lower && k === shares.length - 1;
        context.textAlign = isAtEnd ? "right" : "left";
        const from = isAtEnd ? width : k * step;
        context.fillText(STEPS[k][step < 84 * library.unit ? 2 : 1], from, (28 + (k % 2) * lower) * library.unit, (lower ? 2 : 1) * step - 3);
      });
      if (this.base) this.drawOutline(context, this.shares(this.base, week), middle, tall, step);
    }

    drawOutline(context, shares, middle, tall, step) {
      context.strokeStyle = library.palette().ink;
      context.lineWidth = 1.3;
      context.setLineDash([4, 3]);
      [-1, 1].forEach((side) => {
        context.beginPath();
        shares.forEach((share, k) => {
          const y = middle + (side * tall * share) / 200;
          context.lineTo(k * step, y);
          context.lineTo((k + 0.6) * step, y);
        });
        context.stroke();
      });
      context.setLineDash([]);
    }
  }
  library.LineChart = LineChart;
  library.Funnel = Funnel;
})();
