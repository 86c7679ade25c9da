// Bands of many twin worlds, their differences one dot each, and the map of two parameters.
(function () {
  "use strict";
  const library = window.cultureshift;

  // arms: [{label, bands: [[5 %], [25 %], [50 %], [75 %], [95 %]]}], each [n_weeks + 1].
  library.drawBands = (canvas, arm, place, options) => {
    const { context, width, height } = library.fit(canvas);
    const colours = library.palette();
    const chart = new library.LineChart(canvas, { lines: [{}], low: options.low, high: options.high, big: Boolean(options.big), ticks: options.ticks });
    chart.weeks = arm.bands[0].length - 1;
    chart.start = options.start;
    const frame = chart.frame(width, height);
    context.clearRect(0, 0, width, height);
    chart.drawAxes(context, frame);
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
    const said = (value) => (options.zero ? String(Math.round(100 * value)) : library.of100(value));
    library.readable(canvas, (x) => {
      const week = chart.weekAt(x);
      const [lowest, from, middle, to, highest] = arm.bands.map((band) => said(band[week]));
      const spread = lowest === highest ? [] : [`half of the worlds: ${from} to ${to}`, `nine in ten: ${lowest} to ${highest}`];
      return [library.weekWords(week, options.start), spread.length ? `typical world: ${middle} of 100` : `${middle} of 100`, ...spread, ...(options.reference ? [`nothing done: ${said(options.reference[week])}`] : [])];
    });
    if (options.zero) line(arm.bands[2].map(() => 0), [], colours.ink, 1);
  };

  // One dot for each twin world, piled up; `values` are differences.
  library.drawDots = (canvas, values, place, span) => {
    const { context, width, height } = library.fit(canvas);
    const colours = library.palette();
    context.clearRect(0, 0, width, height);
    const x = (value) => 10 + ((width - 20) * (value + span)) / (2 * span);
    const zero = Math.round(x(0)) + 0.5;
    const floor = height - 20;
    library.readable(canvas, (at) => {
      const value = Math.round(100 * (((at - 10) / Math.max(1, width - 20)) * 2 * span - span));
      const better = values.filter((one) => Math.round(100 * one) >= value).length;
      return [`${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value)} of 100`, `${better} of ${values.length} worlds come to that or more`];
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
    context.fillStyle = colours.soft;
    context.font = library.font(13);
    context.textBaseline = "top";
    context.textAlign = "left";
    context.fillText("worse", 2, floor + 4);
    context.textAlign = "center";
    context.fillText("no difference", zero, floor + 4);
    context.textAlign = "right";
    context.fillText("better", width - 2, floor + 4);
  };

  // grid: {xs, ys, values: [row][column] or null, x_label, y_label, boundary: [[[x, y]...]...], here: [x, y]}.
  library.mapFrame = (width, height) => ({ left: 58 * library.unit, right: width - 6, top: 6, bottom: height - 44 * library.unit });
  const short = (value) => String(Number(value.toPrecision(2)));
  library.drawMap = (canvas, grid, active) => {
    const { context, width, height } = library.fit(canvas);
    const colours = library.palette();
    const frame = library.mapFrame(width, height);
    context.clearRect(0, 0, width, height);
    const nx = grid.xs.length;
    const ny = grid.ys.length;
    const wide = (frame.right - frame.left) / nx;
    const high = (frame.bottom - frame.top) / ny;
    const ramp = library.ramp("control");
    grid.values.forEach((row, y) =>
      row.forEach((value, x) => {
        const left = frame.left + x * wide;
        const top = frame.bottom - (y + 1) * high;
        context.fillStyle = value === null ? colours.grid : ramp[Math.round(255 * value)];
        context.fillRect(left + 0.5, top + 0.5, wide - 1, high - 1);
        if (value !== null && wide > 30) {
          context.fillStyle = value > 0.7 || value < 0.22 ? (library.theme === "dark" ? "#10151a" : "#fff") : colours.ink;
          context.font = library.font(13);
          context.textAlign = "center";
          context.textBaseline = "middle";
          context.fillText(String(Math.round(100 * value)), left + wide / 2, top + high / 2);
        }
        if (active && active[0] === x && active[1] === y) {
          context.strokeStyle = colours.ink;
          context.lineWidth = 3;
          context.strokeRect(left + 1.5, top + 1.5, wide - 3, high - 3);
        }
      }),
    );
    const place = (value, values, from, to) => {
      const step = values.length > 1 ? (values[values.length - 1] - values[0]) / (values.length - 1) : 1;
      return from + ((value - values[0] + step / 2) / (step * values.length)) * (to - from);
    };
    context.save();
    context.beginPath();
    context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
    context.clip();
    context.strokeStyle = colours.ink;
    context.lineWidth = 2.5;
    context.setLineDash([7, 5]);
    grid.boundary.forEach((line) => {
      context.beginPath();
      line.forEach(([x, y]) => context.lineTo(place(x, grid.xs, frame.left, frame.right), place(y, grid.ys, frame.bottom, frame.top)));
      context.stroke();
    });
    context.setLineDash([]);
    context.restore();
    if (grid.here) {
      const x = place(grid.here[0], grid.xs, frame.left, frame.right);
      const y = place(grid.here[1], grid.ys, frame.bottom, frame.top);
      context.strokeStyle = colours.ink;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(x, y, 8, 0, 2 * Math.PI);
      context.stroke();
    }
    context.fillStyle = colours.soft;
    context.font = library.font(13);
    context.textAlign = "center";
    context.textBaseline = "top";
    const every = Math.ceil((nx * 42 * library.unit) / (frame.right - frame.left));
    grid.xs.forEach((value, k) => {
      if (k % every === 0) context.fillText(short(value), frame.left + (k + 0.5) * wide, frame.bottom + 5);
    });
    context.font = library.font(13, 600);
    context.fillText(grid.x_label, (frame.left + frame.right) / 2, frame.bottom + 22 * library.unit);
    context.font = library.font(13);
    context.textAlign = "right";
    context.textBaseline = "middle";
    grid.ys.forEach((value, k) => {
      if (k % Math.ceil(ny / 8) === 0) context.fillText(short(value), frame.left - 6, frame.bottom - (k + 0.5) * high);
    });
    context.save();
    context.translate(12 * library.unit, (frame.top + frame.bottom) / 2);
    context.rotate(-Math.PI / 2);
    context.textAlign = "center";
    context.font = library.font(13, 600);
    context.fillText(grid.y_label, 0, 0);
    context.restore();
  };
})();
