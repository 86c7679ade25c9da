// What a table learns of itself, for phones, the board and a page to take home: plain data in, pictures and tables out.
(function () {
  "use strict";
  const { h, s } = window.charts, DAYS = 65;
  const KINDS = ["fixing", "together", "with-staff", "with-leaders"];
  const LABELS = ["fixing today's problems", "the three together", "with staff", "with team leaders"];
  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

  // A quarter's days as one strip.
  function strip(days, label) {
    let at = 0;
    const parts = days.map((value, i) => {
      const x = at;
      at += value;
      return s("rect", { x, y: 0, width: Math.max(0, value - 0.3), height: 6, class: `day ${KINDS[i]}` });
    });
    return s("svg", { viewBox: `0 0 ${DAYS} 6`, preserveAspectRatio: "none", role: "img", class: "day-strip", "aria-label": `${label}: ${days.map((value, i) => `${Math.round(value)} days ${LABELS[i]}`).join(", ")}` }, parts);
  }
  const keys = () => h("div", { class: "keys" }, LABELS.map((label, i) => h("span", {}, h("i", { class: `swatch day ${KINDS[i]}` }), label)));

  // What all three meant to do in a quarter, and what pressure left of it.
  function meantAndGiven(rows) {
    // Whole days that are as many as there are: fixing takes what rounding leaves.
    const line = ([fixing, ...others]) => {
      const rounded = others.map((value) => Math.round(value));
      return [Math.round(fixing + others.reduce((all, one) => all + one, 0)) - rounded.reduce((all, one) => all + one, 0), ...rounded].join(" · ");
    };
    return h("div", { class: "stack" }, rows.map((one) => h("div", { class: "meant-given" },
      h("b", {}, one.title, h("small", { class: "soft" }, one.by_model ? " · played by the model" : one.name ? ` · ${one.name}` : "")),
      h("span", { class: "soft" }, "meant"), strip(one.meant, `${one.title} meant`), h("span", { class: "days" }, line(one.meant)),
      h("span", { class: "soft" }, "given"), strip(one.given, `${one.title} gave`), h("span", { class: "days" }, line(one.given)))), keys());
  }

  const table = (rows, caption) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, h("table", { class: "told" }, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, rows.columns.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell)))))));

  // Days that one of the three meant to take from fixing, and came to give, quarter by quarter.
  function promises(data, place, width) {
    const left = 30, top = 8, bottom = 22, height = 128, n = data.quarters.length, wide = (width - left - 6) / n;
    const y = (days) => top + (height - top - bottom) * (1 - days / DAYS), back = data.returns.find((one) => one.chair === place + 1);
    const parts = [0, 20, 40, 60].flatMap((days) => [s("line", { x1: left, x2: width - 6, y1: y(days), y2: y(days), class: "grid" }), s("text", { x: left - 6, y: y(days) + 4, class: "tick end" }, days)]);
    const told = [];
    data.quarters.forEach((quarter, i) => {
      const x = left + wide * i + wide * 0.14, meant = DAYS - quarter.meant[place][0], given = DAYS - quarter.given[place][0], bar = wide * 0.72;
      parts.push(s("rect", { x, y: y(meant), width: bar, height: y(0) - y(meant), class: `meant-bar${quarter.by_model[place] ? " of-model" : ""}` }));
      parts.push(s("rect", { x: x + bar * 0.18, y: y(given), width: bar * 0.64, height: y(0) - y(given), class: `given-bar${quarter.by_model[place] ? " of-model" : ""}` }));
      const went = back && back.quarter === i + 1;
      parts.push(s("text", { x: x + bar / 2, y: height - 6, class: went ? "middle went-back" : "tick middle" }, `${i + 1}${quarter.card ? "*" : ""}`));
      if (went) parts.push(s("path", { d: `M${x + bar / 2 - 6} ${top - 6}h12l-6 9Z`, class: "went-back" }));
      told.push(`quarter ${i + 1}: meant ${Math.round(meant)}, gave ${Math.round(given)}`);
    });
    return h("figure", {}, h("figcaption", {}, data.chairs[place]), s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "data-picture": "promises", "aria-label": `${data.chairs[place]}, days not for fixing: ${told.join("; ")}` }, parts));
  }

  // More of 100 people who feel safe, over the years: as it was played, and its twins; or several tables.
  function gains(arms, data, width, height) {
    const left = 40, right = 12, top = 12, bottom = 36, weeks = data.judged;
    const all = arms.flatMap((one) => one.curve), high = Math.max(5, ...all), low = Math.min(0, ...all), step = high - low > 30 ? 10 : 5;
    const most = step * Math.ceil(high / step), least = step * Math.floor(low / step);
    const x = (week) => left + ((width - left - right) * week) / weeks, y = (gain) => top + ((height - top - bottom) * (most - gain)) / (most - least);
    const parts = [s("rect", { x: x(0), y: top, width: x(data.weeks) - x(0), height: height - top - bottom, class: "support" }), s("text", { x: x(data.weeks) - 6, y: y(0) - 6, class: "hint end" }, x(data.weeks) - x(0) > 150 ? "the quarters you played" : "played")];
    for (let gain = least; gain <= most; gain += step) parts.push(s("line", { x1: left, x2: width - right, y1: y(gain), y2: y(gain), class: "grid" }), s("text", { x: left - 7, y: y(gain) + 4, class: "tick end" }, gain > 0 ? `+${gain}` : gain));
    for (let year = 0; 52 * year <= weeks; year += 1) parts.push(s("text", { x: x(52 * year), y: height - bottom + 17, class: "tick middle" }, year));
    parts.push(s("text", { x: (left + width - right) / 2, y: height - 4, class: "tick middle" }, "years"));
    arms.forEach((one, i) => parts.push(s("path", { d: path(one.curve.map((gain, k) => [x(k * data.every), y(gain)])), class: `gain gain-${one.name || `table-${i}`}` })));
    const label = arms.map((one) => `${one.title}: ${Math.round(one.left[0])} more of 100 four years later`).join("; ");
    return h("figure", {}, h("figcaption", {}, "More of 100 people who feel safe to speak up than if nothing had been done"),
      s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, "data-picture": "gains" }, parts),
      h("div", { class: "keys" }, arms.map((one, i) => h("span", {}, h("i", { class: `key gain-${one.name || `table-${i}`}` }), one.title))));
  }

  // Tables beside one another: what is left, and what it cost people. Never who played how.
  function compared(tables, data, width) {
    const arms = tables.filter((one) => one.arm).map((one) => ({ ...one.arm, name: null, title: one.name }));
    if (!arms.length) return h("p", { class: "soft" }, "The twins are being run …");
    const say = ([value, low, high]) => `${Math.round(value)} (${Math.round(low)} to ${Math.round(high)})`;
    const rows = [...arms].sort((a, b) => b.left[0] - a.left[0]).map((one) => [one.title, say(one.at_the_end), say(one.left), `${one.pressure > 0 ? "+" : ""}${Math.round(one.pressure)}`]);
    return h("div", { class: "stack" }, gains(arms, data, width, Math.max(240, Math.min(430, width * 0.42))),
      table({ columns: ["table", "more of 100 at the end", "four years later", "pressure in the quarters"], rows }, `${data.worlds} worlds each, with 95 % intervals; pressure in points of 100, more than if nothing were done`));
  }

  const waiting = (data) => (!data ? h("p", {}, "Nobody has played at this table.") : data.failed ? h("p", { class: "notice" }, "The twins could not be run. What was decided is kept: the table and the scenario are there to take away.")
    : h("p", { class: "lead", role: "status" }, "The twins of your game are being run: some seconds."));
  function debrief(data, width) {
    if (!data || !data.arms) return waiting(data);
    const across = width > 900 ? 3 : width > 640 ? 2 : 1, third = (width - 20 * (across - 1)) / across;
    return h("div", { class: "stack debrief", "data-testid": "debrief", "data-table": data.table },
      h("h2", {}, "Days promised and days given"), h("p", { class: "soft small-print" }, "Days that were not for fixing, of 65. Outline: meant; filled: what pressure left of it. An asterisk: a card was on the table. Pale: played by the model. The triangle marks the first going back to fixing."),
      h("div", { class: "three" }, data.chairs.map((_, place) => promises(data, place, third))),
      h("p", { class: "lead", "data-testid": "went-back" }, data.back),
      h("h2", {}, "What is left, and what would have been"), gains(data.arms, data, width, Math.max(240, Math.min(400, width * 0.45))),
      table(data.left, `More who feel safe, of 100: means of ${data.worlds} worlds with 95 % intervals, and your own world`), table(data.costs, "What the quarters cost the people of your service"),
      h("h2", {}, "Your service, which nobody saw"), table(data.norms, "The five norms, quarter by quarter"), table(data.funnel, "What became of a hundred concerns, errors and ideas"),
      h("h2", {}, "To talk about"), h("ul", { class: "questions" }, data.questions.map((one) => h("li", {}, one))));
  }

  window.charts.debrief = { strip, keys, meantAndGiven, compared, debrief };

  // The page to take home draws itself.
  const told = document.getElementById("told");
  if (told) {
    const all = JSON.parse(told.textContent), width = Math.min(900, Math.max(300, document.documentElement.clientWidth - 40)), place = document.getElementById("debriefs");
    if (all.length > 1) place.append(h("section", { class: "stack" }, h("h2", {}, "The tables"), compared(all.map((one) => ({ name: one.table, arm: one.arms[0] })), all[0], width)));
    for (const one of all) place.append(h("section", { class: "stack" }, one.table ? h("h1", {}, `Table ${one.table}`) : null, debrief(one, width)));
  }
})();
