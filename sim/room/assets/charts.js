// Pictures of a room, drawn as SVG from plain data. Text is always text: nothing that people type becomes markup.
(function () {
  "use strict";
  const { h, s } = window.charts;

  const percent = (share) => `${Math.round(100 * share)} %`;
  const path = (points) => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  const area = (upper, lower) => `${path(upper)}L${path([...lower].reverse()).slice(1)}Z`;

  // A frame of years across and so many of 100 upwards.
  function frame(width, height, weeks, options) {
    const left = 40, right = options.right || 12, top = 12, bottom = 34;
    const x = (week) => left + ((width - left - right) * week) / weeks;
    const y = (share) => top + (height - top - bottom) * (1 - share / 100);
    const parts = [];
    if (options.supportEnds) {
      parts.push(s("rect", { x: x(0), y: top, width: x(options.supportEnds) - x(0), height: height - top - bottom, class: "support" }));
      if (x(options.supportEnds) - x(0) > 58) parts.push(s("text", { x: x(0) + 6, y: height - bottom - 7, class: "hint" }, "support"));
    }
    for (const share of [0, 25, 50, 75, 100]) {
      parts.push(s("line", { x1: left, x2: width - right, y1: y(share), y2: y(share), class: "grid" }));
      parts.push(s("text", { x: left - 7, y: y(share) + 4, class: "tick end" }, share));
    }
    const years = Math.floor(weeks / 52);
    for (let year = 0; year <= years; year += 1) {
      parts.push(s("text", { x: x(52 * year), y: height - bottom + 16, class: "tick middle" }, year));
    }
    parts.push(s("text", { x: (left + width - right) / 2, y: height - 3, class: "tick middle" }, "years"));
    for (const week of options.shocks || []) {
      parts.push(s("line", { x1: x(week), x2: x(week), y1: top, y2: height - bottom, class: "shock" }));
      parts.push(s("text", { x: x(week) + 4, y: top + 10, class: "shock-label" }, "⚡"));
    }
    return { x, y, parts, left, right, top, bottom };
  }

  const svg = (width, height, label, parts, extra) =>
    s("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, ...extra }, parts);

  // Everybody's curves, one's own, and what happened: the middle world, half of them, 90 of 100 of them.
  function predictions(data, width, height) {
    const weeks = data.weeks;
    const at = frame(width, height, weeks, { supportEnds: data.supportEnds, shocks: data.shocks, right: 16 });
    const line = (curve) => curve.map((value, year) => [at.x(52 * year), at.y(value)]);
    const parts = at.parts;
    const happened = data.happened && data.happened.bands ? data.happened : null;
    if (happened) {
      const points = (row) => happened.bands[row].map((value, i) => [at.x(i * happened.every), at.y(100 * value)]);
      parts.push(s("path", { d: area(points(4), points(0)), class: "band wide" }));
      parts.push(s("path", { d: area(points(3), points(1)), class: "band" }));
      parts.push(s("path", { d: path(happened.without.map((v, i) => [at.x(i * happened.every), at.y(100 * v)])), class: "without" }));
    }
    for (const curve of data.curves || []) parts.push(s("path", { d: path(line(curve)), class: "guess" }));
    if (happened) parts.push(s("path", { d: path(happened.bands[2].map((v, i) => [at.x(i * happened.every), at.y(100 * v)])), class: "median" }));
    if (happened && data.shocked) parts.push(s("path", { d: path(data.shocked.map((v, i) => [at.x(i * happened.every), at.y(100 * v)])), class: "shocked" }));
    if (data.mine) parts.push(s("path", { d: path(line(data.mine)), class: "mine" }));
    const label = `${(data.curves || []).length} predictions of how many of 100 staff feel safe over ${Math.floor(weeks / 52)} years` +
      (happened ? `; in the middle world it was ${Math.round(100 * happened.bands[2][happened.bands[2].length - 1])} at the end` : "");
    const keys = [
      (data.curves || []).length ? h("span", {}, h("i", { class: "key guess" }), "predictions") : null,
      data.mine ? h("span", {}, h("i", { class: "key mine" }), "mine") : null,
      happened ? h("span", {}, h("i", { class: "key median" }), "what happened: middle world") : null,
      happened && data.shocked ? h("span", {}, h("i", { class: "key shocked" }), "with the shock") : null,
      happened ? h("span", {}, h("i", { class: "key band" }), "50 and 90 of 100 worlds") : null,
      happened ? h("span", {}, h("i", { class: "key without" }), "nothing done") : null,
    ];
    return h("figure", {}, h("figcaption", {}, "Of 100 staff, how many feel safe to speak up"),
      svg(width, height, label, parts), h("div", { class: "keys" }, keys));
  }

  // What was chosen beside what happened, as shares.
  function choices(data) {
    const n = Math.max(1, data.n || 0);
    const rows = Object.entries(data.labels).map(([name, label]) => {
      const chosen = data.chosen ? data.chosen[name] / n : null;
      const happened = data.happened && data.happened.left ? data.happened.left[name] : null;
      const bar = (share, kind, text) => share === null ? null : h("div", { class: "bar-line" },
        h("div", { class: "bar" }, s("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
          s("rect", { x: 0, y: 0, width: (100 * share).toFixed(1), height: 10, class: kind }))), h("b", {}, text));
      return h("li", { class: data.mine === name ? "own" : null }, h("span", {}, label, data.mine === name ? h("em", {}, " (my answer)") : null),
        bar(chosen, "guessed", chosen === null ? "" : `${data.chosen[name]} of ${data.n}`),
        bar(happened, "was", happened === null ? "" : percent(happened)));
    });
    return h("figure", {}, h("figcaption", {}, "Four years after support ends, how much of the gain is left?"), h("ul", { class: "bars", "data-picture": "answers" }, rows),
      h("div", { class: "keys" }, data.chosen ? h("span", {}, h("i", { class: "key block guessed" }), "people who chose it") : null,
        data.happened && data.happened.left ? h("span", {}, h("i", { class: "key block was" }), "share of worlds in which it happened") : null));
  }

  const JUDGED = {
    lasts: "At least 10 more in 100 at its best, and more than half of that left at the end of year 7",
    holds: "75 of 100 or more feel safe in the last year",
  };

  function marksOf(data, by) {
    const all = [...data.programmes.map((one) => ({ ...one, cost: one.days })), data.story && data.story.summary
      ? { name: "The story", cost: data.story.summary.cost.estimate, summary: data.story.summary, before: data.story.before, isStory: true } : null];
    return all.filter((one) => one && one.summary).map((one) => ({
      name: one.name, cost: one.cost, isStory: one.isStory, isOwn: one.team !== undefined && one.team === data.own,
      design: one.design, peak: one.summary.peak_gain.estimate, is: one.summary[by], before: one.before ? one.before[by] : null,
    }));
  }

  const changed = (mark) => (mark.before && percent(mark.before.estimate) !== percent(mark.is.estimate) ? `${Math.round(100 * mark.before.estimate)} → ${percent(mark.is.estimate)}` : percent(mark.is.estimate));

  // Probability against cost: for each programme its days, and what they went to, beside the share of worlds.
  function board(data, width, height, by) {
    const marks = marksOf(data, by).sort((a, b) => b.is.estimate - a.is.estimate || a.cost - b.cost), strands = data.strands;
    const top = 26, bottom = 24, row = Math.min(54, (height - top - bottom) / Math.max(1, marks.length));
    const names = 104, panel = (width - names) * 0.36, days = names + panel - 64, from = names + panel + 6, right = 60;
    const most = Math.max(data.budget, ...marks.map((mark) => mark.cost)), end = top + row * marks.length;
    const cost = (value) => names + ((days - names) * value) / most, x = (share) => from + (width - from - right) * share;
    const parts = [s("text", { x: names, y: 14, class: "tick" }, "days of paid support"), s("text", { x: from, y: 14, class: "tick" }, "share of twin worlds")];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      parts.push(s("line", { x1: x(share), x2: x(share), y1: top, y2: end, class: "grid" }));
      parts.push(s("text", { x: x(share), y: end + 17, class: "tick middle" }, percent(share)));
    }
    parts.push(s("line", { x1: cost(data.budget), x2: cost(data.budget), y1: top, y2: end, class: "budget" }));
    marks.forEach((mark, i) => {
      const y = top + row * (i + 0.5), kind = mark.isStory ? " story" : mark.isOwn ? " own" : "", thick = Math.min(20, row * 0.45);
      parts.push(s("text", { x: names - 10, y: y + 5, class: `name end${kind}` }, mark.name));
      let at = cost(0);
      const spent = mark.design ? strands.filter((one) => mark.design[one.name]).map((one) => [one.colour, mark.design[one.name][2]]) : [["story", mark.cost]];
      for (const [colour, value] of spent) {
        const wide = cost(value) - cost(0);
        parts.push(s("rect", { x: at, y: y - thick / 2, width: Math.max(1, wide - 1), height: thick, rx: 2, class: `strip ${colour}` }));
        at += wide;
      }
      parts.push(s("text", { x: Math.max(at, cost(data.budget)) + 6, y: y + 5, class: "tick" }, Math.round(mark.cost)));
      parts.push(s("line", { x1: x(mark.is.low), x2: x(mark.is.high), y1: y, y2: y, class: `whisker${kind}` }));
      if (mark.before) {
        parts.push(s("line", { x1: x(mark.before.estimate), x2: x(mark.is.estimate), y1: y, y2: y, class: "moved" }));
        parts.push(s("circle", { cx: x(mark.before.estimate), cy: y, r: 6, class: `dot before${kind}` }));
      }
      parts.push(mark.isStory ? s("path", { d: `M${x(mark.is.estimate)} ${y - 9}l9 9l-9 9l-9 -9Z`, class: "dot story" }) : s("circle", { cx: x(mark.is.estimate), cy: y, r: 8, class: `dot${kind}` }));
      const edge = Math.max(x(mark.is.high), mark.before ? x(mark.before.estimate) + 6 : 0, x(mark.is.estimate) + 9);
      parts.push(edge < width - right ? s("text", { x: edge + 8, y: y + 5, class: "name" }, changed(mark))
        : s("text", { x: Math.min(x(mark.is.low), x(mark.is.estimate) - 9, mark.before ? x(mark.before.estimate) - 7 : width) - 8, y: y + 5, class: "name end" }, changed(mark)));
    });
    const label = marks.map((mark) => `${mark.name}: ${percent(mark.is.estimate)} for ${Math.round(mark.cost)} days`).join("; ");
    const used = strands.filter((one) => marks.some((mark) => mark.design && mark.design[one.name]));
    return h("figure", {}, h("figcaption", {}, JUDGED[by], h("small", {}, " · share of twin worlds, with its 95 % interval")),
      svg(width, end + bottom, `${JUDGED[by]}. ${label}`, parts),
      h("div", { class: "keys" }, used.map((one) => h("span", {}, h("i", { class: `swatch ${one.colour}` }), one.label))), keysOf(marks));
  }

  const keysOf = (marks) => h("div", { class: "keys" },
    h("span", {}, h("i", { class: "key round" }), "a team's programme"), h("span", {}, h("i", { class: "key diamond" }), "the programme of the story"),
    marks.some((mark) => mark.before) ? h("span", {}, h("i", { class: "key round hollow" }), "before the shock") : null);

  // When each programme does what, and how many feel safe meanwhile: a row of bars and a line for each, on the same years.
  function timelines(data, width, height) {
    const strands = data.strands, story = data.story && data.story.curve ? [{ name: "The story", isStory: true, curve: data.story.curve, every: data.story.every, parts: data.story.parts.map((one) => [one.colour, ...one.weeks]) }] : [];
    const teams = data.programmes.filter((one) => one.curve).map((one) => ({ name: one.name, isOwn: one.team === data.own, curve: one.curve, every: one.every, parts: strands.filter((strand) => one.design[strand.name]).map((strand) => [strand.colour, ...one.design[strand.name]]) }));
    const all = [...story, ...teams], values = all.flatMap((one) => one.curve.map((value) => 100 * value)), weeks = data.weeks;
    const low = Math.min(55, ...values) - 2, high = Math.max(80, ...values) + 2, names = 86, right = 44, bottom = 22, row = Math.min(68, ((height || Infinity) - bottom) / all.length), bars = row * 0.32, room = row - bars;
    const x = (week) => names + ((width - names - right) * week) / weeks, end = row * all.length, parts = [];
    for (let year = 0; 52 * year <= weeks; year += 1) parts.push(s("line", { x1: x(52 * year), x2: x(52 * year), y1: 0, y2: end, class: "grid" }), s("text", { x: x(52 * year), y: end + 16, class: "tick middle" }, year));
    for (const week of data.shock_weeks) parts.push(s("line", { x1: x(week), x2: x(week), y1: 0, y2: end, class: "shock" }));
    all.forEach((one, i) => {
      const top = row * i, kind = one.isStory ? " story" : one.isOwn ? " own" : "", y = (share) => top + bars + 2 + (room - 6) * (1 - (100 * share - low) / (high - low)), thin = Math.min(6, (bars - 4) / Math.max(1, one.parts.length));
      one.parts.forEach(([colour, start, stop], k) => parts.push(s("rect", { x: x(start), y: top + 4 + k * thin, width: Math.max(3, x(stop) - x(start)), height: thin - 1, class: `strip ${colour}` })));
      const last = one.curve[one.curve.length - 1];
      parts.push(s("line", { x1: names, x2: width - right, y1: y(0.75), y2: y(0.75), class: "budget" }), s("path", { d: path(one.curve.map((value, k) => [x(k * one.every), y(value)])), class: `when${kind}` }),
        s("text", { x: names - 8, y: top + bars + room / 2, class: `name end${kind}` }, one.name), s("text", { x: width - right + 6, y: y(last) + 4, class: `name${kind}` }, Math.round(100 * last)));
    });
    const said = all.map((one) => `${one.name}: ${Math.round(100 * Math.max(...one.curve))} at the most, ${Math.round(100 * one.curve[one.curve.length - 1])} at the end`).join("; ");
    const used = strands.filter((one) => data.programmes.some((team) => team.design[one.name]) || (data.story && data.story.parts.some((part) => part.colour === one.colour)));
    return h("figure", {}, h("figcaption", {}, "When: what is paid for, and how many of 100 feel safe", h("small", {}, " · middle world; the dotted line is 75; years below")),
      svg(width, end + bottom, `When each programme does what, and how many feel safe. ${said}`, parts, { "data-picture": "timelines" }),
      h("div", { class: "keys" }, used.map((one) => h("span", {}, h("i", { class: `swatch ${one.colour}` }), one.label)), data.story && data.story.parts.some((part) => part.colour === "event") ? h("span", {}, h("i", { class: "swatch event" }), "what happens anyway") : null, data.shock_weeks.length ? h("span", {}, "⚡ what nobody expected") : null));
  }

  // What became of a team's own service: norms and funnel at two dates, and an account of why.
  function look(data) {
    const rows = (all, caption) => h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, h("table", { class: "told" }, h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ["of 100", ...data.years.map((year) => `year ${year}`)].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, all.map(([name, without, came]) => h("tr", {}, h("th", { scope: "row" }, name), came.map((value, i) => h("td", {}, h("b", {}, value), h("span", { class: "soft" }, ` (${without[i]})`))))))));
    return h("div", { class: "stack", "data-testid": "look" }, data.why.map((one) => h("p", {}, one)), rows(data.norms, "The five norms"), rows(data.funnel, "Concerns, errors and ideas"), rows(data.carried_by, "What carries them"),
      h("p", { class: "soft small-print" }, `Means of ${data.worlds} worlds over that year; in brackets where nothing is done.`));
  }

  // The same as a list, for narrow screens.
  function rows(data, width, by) {
    const marks = marksOf(data, by).sort((a, b) => b.is.estimate - a.is.estimate || a.cost - b.cost);
    const left = 8, right = 12, x = (share) => left + (width - left - right) * share;
    const list = marks.map((mark) => {
      const kind = mark.isStory ? " story" : mark.isOwn ? " own" : "";
      const parts = [0, 0.25, 0.5, 0.75, 1].map((share) => s("line", { x1: x(share), x2: x(share), y1: 2, y2: 26, class: "grid" }));
      if (mark.before) {
        parts.push(s("line", { x1: x(mark.before.estimate), x2: x(mark.is.estimate), y1: 14, y2: 14, class: "moved" }));
        parts.push(s("circle", { cx: x(mark.before.estimate), cy: 14, r: 5, class: `dot before${kind}` }));
      }
      parts.push(s("line", { x1: x(mark.is.low), x2: x(mark.is.high), y1: 14, y2: 14, class: `whisker${kind}` }));
      parts.push(mark.isStory ? s("path", { d: `M${x(mark.is.estimate)} 6l8 8l-8 8l-8 -8Z`, class: "dot story" })
        : s("circle", { cx: x(mark.is.estimate), cy: 14, r: 7, class: `dot${kind}` }));
      return h("li", { class: mark.isOwn ? "own" : null }, h("span", {}, h("b", {}, mark.name), h("small", { class: "soft" }, ` ${Math.round(mark.cost)} days · at its best ${Math.round(100 * mark.peak) < 0 ? "" : "+"}${Math.round(100 * mark.peak)} in 100`)),
        h("strong", {}, changed(mark)),
        svg(width, 28, `${mark.name}: ${percent(mark.is.estimate)}, from ${percent(mark.is.low)} to ${percent(mark.is.high)}`, parts));
    });
    return h("figure", {}, h("figcaption", {}, JUDGED[by], h("small", {}, " · share of twin worlds, 0 to 100 %")), h("ol", { class: "ranks" }, list), keysOf(marks));
  }

  Object.assign(window.charts, { predictions, choices, board, rows, timelines, look, JUDGED, percent });
})();
