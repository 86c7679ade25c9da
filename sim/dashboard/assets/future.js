// Unpacks a future: bytes of people and teams by week, and the weekly measures.
(function () {
  "use strict";
  const library = window.cultureshift;
  // A plain loop: a function for each letter would take longer than everything else that a change asks for.
  const bytesOf = (text) => {
    const letters = window.atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let place = 0; place < letters.length; place += 1) bytes[place] = letters.charCodeAt(place);
    return bytes;
  };
  library.bytesOf = bytesOf;
  const QUARTER = 13;

  async function inflate(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new window.DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  // Sums over the quarter that ends in each row; row 0 has the events of the week before only.
  function trailing(values) {
    const sums = new Float64Array(values.length);
    let sum = 0;
    for (let row = 0; row < values.length; row += 1) {
      sum += values[row] - (row >= QUARTER ? values[row - QUARTER] : 0);
      sums[row] = sum;
    }
    return sums;
  }
  const ratio = (top, bottom) => top.map((value, row) => (bottom[row] > 0 ? value / bottom[row] : NaN));

  library.unpackWeekly = (text, names) => {
    const numbers = new Float32Array(bytesOf(text).buffer);
    const rows = numbers.length / names.length;
    const weekly = { rows };
    names.forEach((name, place) => {
      weekly[name] = numbers.subarray(place * rows, (place + 1) * rows);
    });
    const sums = {};
    ["opportunities", "voiced", "joined", "well_received", "learned", "punished"].forEach((name) => {
      sums[name] = trailing(weekly[name]);
    });
    weekly.quarter = sums;
    weekly.feel_safe_q = ratio(sums.voiced, sums.opportunities);
    weekly.team_up_q = ratio(sums.joined, sums.voiced);
    weekly.fail_well_q = ratio(sums.well_received, sums.joined);
    weekly.learn_fast_q = ratio(sums.learned, sums.well_received);
    names.filter((name) => !(`${name}_q` in weekly)).forEach((name) => {
      weekly[`${name}_q`] = trailing(weekly[name]).map((sum, row) => sum / Math.min(QUARTER, row + 1));
    });
    return weekly;
  };

  library.unpackFuture = async (packed, names) => {
    const content = await inflate(bytesOf(packed.bytes));
    const future = { rows: packed.rows, parts: {}, weekly: library.unpackWeekly(packed.weekly, names) };
    let start = 0;
    packed.parts.forEach(([name, width]) => {
      const data = content.subarray(start, start + packed.rows * width);
      for (let place = width; place < data.length; place += 1) data[place] += data[place - width];
      future.parts[name] = { width, data };
      start += packed.rows * width;
    });
    return future;
  };
})();
