// Bands of many twin worlds, their differences one dot each, and the map of two parameters.
(function () {
  "use strict";
  const library = window.cultureshift;

  // arms: [{label, bands: [[5 %], [25 %], [50 %], [75 %], [95 %]]}], each [n_weeks + 1].
  library.drawBands = (canvas, arm, place, options) => {
    const { context, width, height } = library.fit(canvas);
    const chart = new library.LineChart(canvas, { lines: [{}], low: options.low, high: options.high, big: Boolean(options.big), ticks: options.ticks });
    chart.weeks = arm.bands[0].length - 1;
    chart.start = options.start;
    if (options.zoom) chart.zoomable(options.zoom, { redraw: options.redraw || (() => library.drawBands(canvas, arm, place, options)) });
    const frame = chart.frame(width, height);
    context.clearRect(0, 0, width, height);
    chart.drawAxes(context, frame);
    library.within(context, canvas, frame, () => drawArm(context, chart, frame, arm, place, options));
    const said = (value) => (options.zero ? String(Math.round(100 * value)) : library.of100(value));
    library.readable(canvas, {
      count: chart.weeks + 1,
      jump: 13,
      find: (x) => chart.weekAt(x),
      spot: (week, wide, high) => { const now = chart.frame(wide, high); return [chart.x(week, now), chart.y(arm.bands[2][week], now)]; },
      tell: (week) => {
        const [lowest, from, middle, to, highest] = arm.bands.map((band) => said(band[week]));
        const spread = lowest === highest ? [] : [`half of the worlds: ${from} to ${to}`, `nine in ten: ${lowest} to ${highest}`];
        return [library.weekWords(week, options.start), spread.length ? `typical world: ${middle} of 100` : `${middle} of 100`, ...spread, ...(options.reference ? [`nothing done: ${said(options.reference[week])}`] : [])];
      },
    });
  };

  function drawArm(context, chart, frame, arm, place, options) {
    const colours = library.palette();
    const colour = colours.series[place % colours.series.length];
    const area = (low, high, alpha) => {
      context.globalAlpha = alpha;
      context.fillStyle = colour;
      context.beginPath();
      low.forEach((value, row) => context.lineTo(chart.x(row, frame), chart.y(value, frame)));
      for (let row = high.length - 1; row >= 0; row -= 1) context.lineTo(chart.x(row, frame), chart.y(high[row], frame));
      context.fill();
      context.globalAlpha = 1;
    };
    area(arm.bands[0], arm.bands[4], 0.16);
    area(arm.bands[1], arm.bands[3], 0.28);
    const line = (values, dash, stroke, thick) => {
      context.strokeStyle = stroke;
      context.lineWidth = thick;
      context.setLineDash(dash);
      context.beginPath();
      values.forEach((value, row) => context.lineTo(chart.x(row, frame), chart.y(value, frame)));
      context.stroke();
      context.setLineDash([]);
    };
    if (options.reference) line(options.reference, [4, 3], colours.soft, 1.4);
    line(arm.bands[2], [], colour, 2.2);
    if (options.zero) line(arm.bands[2].map(() => 0), [], colours.ink, 1);
  }

  // One dot for each twin world, piled up; `values` are differences.
  library.drawDots = (canvas, values, place, span, zoom) => {
    const { context, width, height } = library.fit(canvas);
    const colours = library.palette();
    context.clearRect(0, 0, width, height);
    const frameIn = (wide, high) => ({ left: 10, right: wide - 10, top: 2, bottom: high - 20 });
    library.zoomable(canvas, { name: zoom, frame: frameIn, redraw: () => library.drawDots(canvas, values, place, span, zoom) });
    const frame = frameIn(width, height);
    const allIn = (wide, high) => library.spread(frameIn(wide, high), library.windowOf(canvas));
    const all = allIn(width, height);
    const x = (value) => all.left + ((all.right - all.left) * (value + span)) / (2 * span);
    const valueAt = (at, on) => ((at - on.left) / Math.max(1, on.right - on.left)) * 2 * span - span;
    const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)}`;
    const zero = Math.round(x(0)) + 0.5;
    const floor = frame.bottom;
    const most = Math.round(100 * span);
    library.readable(canvas, {
      count: 2 * most + 1,
      find: (at, _, wide, high) => most + Math.max(-most, Math.min(most, Math.round(100 * valueAt(at, allIn(wide, high))))),
      spot: (at, wide, high) => { const on = allIn(wide, high); return [on.left + ((on.right - on.left) * at) / (2 * most), high / 2]; },
      tell: (at) => {
        const better = values.filter((one) => Math.round(100 * one) >= at - most).length;
        return [`${signed(at - most)} of 100`, `${better} of ${values.length} worlds come to that or more`];
      },
    });
    const pile = (size) => {
      const piles = {};
      values.forEach((value) => {
        const slot = Math.round(x(Math.max(-span, Math.min(span, value))) / (2 * size));
        piles[slot] = (piles[slot] || 0) + 1;
      });
      return [size, piles, Math.max(1, ...Object.values(piles))];
    };
    // The largest dots with which the highest pile has room.
    const sizes = [4.5, 4, 3.5, 3, 2.5, 2].map(pile);
    const [size, piles, highest] = sizes.find(([radius, , most]) => most * 2 * radius <= floor - 6) || sizes[sizes.length - 1];
    const rise = Math.min(2 * size, (floor - 6) / highest);
    library.within(context, canvas, { ...frame, top: 0 }, () => {
      Object.keys(piles).forEach((slot) => {
        for (let k = 0; k < piles[slot]; k += 1) {
          context.beginPath();
          context.arc(slot * 2 * size, floor - size - k * rise, size * 0.9, 0, 2 * Math.PI);
          context.fillStyle = slot * 2 * size >= zero ? colours.series[place % colours.series.length] : colours.faint;
          context.fill();
        }
      });
      context.strokeStyle = colours.ink;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(zero, 2);
      context.lineTo(zero, floor);
      context.stroke();
    });
    // Who zooms in reads from where to where it goes, in hundreds.
    const ends = library.isZoomed(canvas) ? [frame.left, frame.right].map((at) => signed(Number((100 * valueAt(at, all)).toFixed(1)))) : ["worse", "better"];
    context.fillStyle = colours.soft;
    context.font = library.font(13);
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText(ends[0], 2, floor + 4);
    context.textAlign = "right";
    context.fillText(ends[1], width - 2, floor + 4);
    context.textAlign = "center";
    const half = context.measureText("no difference").width / 2;
    if (zero - half > 2 + context.measureText(ends[0]).width + 8 && zero + half < width - 10 - context.measureText(ends[1]).width) context.fillText("no difference", zero, floor + 4);
  };

  // grid: {xs, ys, values: [row][column] or null, x_label, y_label, boundary: [[[x, y]...]...], here: [x, y]}.
  // Where the map is drawn, and where all of it would be if no part were zoomed into.
  library.mapFrame = (canvas, width, height) => {
    const shown = { left: 58 * library.unit, right: width - 6, top: 6, bottom: height - 44 * library.unit };
    return { ...shown, all: library.spread(shown, library.windowOf(canvas)) };
  };
  // The square at a place within the picture, [x, y], or nothing.
  library.squareAt = (canvas, grid, left, top) => {
    const { all, ...shown } = library.mapFrame(canvas, canvas.clientWidth, canvas.clientHeight);
    if (left < shown.left || left > shown.right || top < shown.top || top > shown.bottom) return null;
    const x = Math.floor(((left - all.left) / (all.right - all.left)) * grid.xs.length);
    const y = Math.floor(((all.bottom - top) / (all.bottom - all.top)) * grid.ys.length);
    return x >= 0 && y >= 0 && x < grid.xs.length && y < grid.ys.length ? [x, y] : null;
  };
  // The middle of a square.
  library.middleOf = (canvas, grid, [x, y]) => {
    const { all } = library.mapFrame(canvas, canvas.clientWidth, canvas.clientHeight);
    return [all.left + ((x + 0.5) / grid.xs.length) * (all.right - all.left), all.bottom - ((y + 0.5) / grid.ys.length) * (all.bottom - all.top)];
  };
  // What happens in a share of a year is said in hundreds: 30 % a year.
  library.onMap = (value, unit, isWhole) => {
    if (!unit) return String(Number(value.toPrecision(2)));
    return `${Number((100 * value).toPrecision(2))} %${isWhole ? ` ${unit}` : ""}`;
  };

  library.drawMap = (canvas, grid, active, zoom) => {
    library.zoomable(canvas, { ...zoom, both: true, frame: (wide, high) => library.mapFrame(canvas, wide, high) });
    const { context, width, height } = library.fit(canvas);
    const { all, ...frame } = library.mapFrame(canvas, width, height);
    context.clearRect(0, 0, width, height);
    library.within(context, canvas, frame, () => drawSquares(context, grid, active, all));
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.clip();
    drawOver(context, grid, all);
    drawNumbers(context, grid, all);
    context.restore();
    drawMapAxes(context, grid, frame, all);
  };

  // Square by square, row by row from above.
  library.readMap = (canvas, grid) => {
    const wide = grid.xs.length;
    const squareOf = (place) => [place % wide, grid.ys.length - 1 - Math.floor(place / wide)];
    library.readable(canvas, {
      count: wide * grid.ys.length,
      row: wide,
      find: (left, top) => { const found = library.squareAt(canvas, grid, left, top); return found ? (grid.ys.length - 1 - found[1]) * wide + found[0] : -1; },
      spot: (place) => library.middleOf(canvas, grid, squareOf(place)),
      tell: (place) => {
        const [x, y] = squareOf(place);
        const value = grid.values[y][x];
        return [value === null ? "not done yet" : `${Math.round(100 * value)} of 100`, `${grid.x_label}: ${library.onMap(grid.xs[x], grid.x_unit, true)}`, `${grid.y_label}: ${library.onMap(grid.ys[y], grid.y_unit, true)}`];
      },
    });
  };

  function drawSquares(context, grid, active, all) {
    const colours = library.palette();
    const wide = (all.right - all.left) / grid.xs.length;
    const high = (all.bottom - all.top) / grid.ys.length;
    const ramp = library.ramp("control");
    grid.values.forEach((row, y) =>
      row.forEach((value, x) => {
        const left = all.left + x * wide;
        const top = all.bottom - (y + 1) * high;
        context.fillStyle = value === null ? colours.grid : ramp[Math.round(255 * value)];
        context.fillRect(left + 0.5, top + 0.5, wide - 1, high - 1);
        if (active && active[0] === x && active[1] === y) {
          context.strokeStyle = colours.ink;
          context.lineWidth = 3;
          context.strokeRect(left + 1.5, top + 1.5, wide - 3, high - 3);
        }
      }),
    );
  }

  // Above the boundary, each on the colour of its square.
  function drawNumbers(context, grid, all) {
    const wide = (all.right - all.left) / grid.xs.length;
    const high = (all.bottom - all.top) / grid.ys.length;
    if (wide <= 30) return;
    const ramp = library.ramp("control");
    context.font = library.font(13);
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 5;
    grid.values.forEach((row, y) =>
      row.forEach((value, x) => {
        if (value === null) return;
        const said = [String(Math.round(100 * value)), all.left + (x + 0.5) * wide, all.bottom - (y + 0.5) * high];
        context.strokeStyle = ramp[Math.round(255 * value)];
        context.strokeText(...said);
        context.fillStyle = value > 0.7 || value < 0.22 ? (library.theme === "dark" ? "#10151a" : "#fff") : library.palette().ink;
        context.fillText(...said);
      }),
    );
  }

  // The boundary of the averaged rules, and the scenario as it is.
  function drawOver(context, grid, all) {
    const place = (value, values, from, to) => {
      const step = values.length > 1 ? (values[values.length - 1] - values[0]) / (values.length - 1) : 1;
      return from + ((value - values[0] + step / 2) / (step * values.length)) * (to - from);
    };
    const at = ([x, y]) => [place(x, grid.xs, all.left, all.right), place(y, grid.ys, all.bottom, all.top)];
    context.strokeStyle = library.palette().ink;
    context.lineWidth = 2.5;
    context.setLineDash([7, 5]);
    grid.boundary.forEach((line) => {
      context.beginPath();
      line.forEach((point) => context.lineTo(...at(point)));
      context.stroke();
    });
    context.setLineDash([]);
    if (!grid.here) return;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(...at(grid.here), 8, 0, 2 * Math.PI);
    context.stroke();
  }

  const named = (label, unit) => (unit ? `${label} ${unit}` : label);

  function drawMapAxes(context, grid, frame, all) {
    const wide = (all.right - all.left) / grid.xs.length;
    const high = (all.bottom - all.top) / grid.ys.length;
    context.fillStyle = library.palette().soft;
    context.font = library.font(13);
    context.textAlign = "center";
    context.textBaseline = "top";
    const every = Math.ceil((42 * library.unit) / wide);
    grid.xs.forEach((value, k) => {
      const x = all.left + (k + 0.5) * wide;
      if (k % every === 0 && x > frame.left && x < frame.right) context.fillText(library.onMap(value, grid.x_unit), x, frame.bottom + 5);
    });
    context.font = library.font(13, 600);
    context.fillText(named(grid.x_label, grid.x_unit), (frame.left + frame.right) / 2, frame.bottom + 22 * library.unit);
    context.font = library.font(13);
    context.textAlign = "right";
    context.textBaseline = "middle";
    const each = Math.ceil((frame.bottom - frame.top) / 8 / high);
    grid.ys.forEach((value, k) => {
      const y = all.bottom - (k + 0.5) * high;
      if (k % each === 0 && y > frame.top && y < frame.bottom) context.fillText(library.onMap(value, grid.y_unit), frame.left - 6, y);
    });
    context.save();
    context.translate(12 * library.unit, (frame.top + frame.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.font = library.font(13, 600);
    context.fillText(named(grid.y_label, grid.y_unit), 0, 0);
    context.restore();
  }
})();
