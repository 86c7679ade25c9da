// The sliders of a team: days for each strand, and when; the budget can never be passed.
(function () {
  "use strict";
  const { h, s } = window.charts;
  const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
  const most = (strand, [start, end]) => Math.floor(strand.most * strand.a_week * (end - start) + 1e-9);
  const spent = (design) => Object.values(design).reduce((sum, [, , days]) => sum + days, 0);
  const first = (strand, weeks) => (strand.goes_on ? [Math.min(104, weeks - strand.shortest), weeks] : [0, Math.min(52, strand.longest, strand.latest_end)]);

  // Returns the spend that comes nearest to what is wanted, or null for nothing.
  function fitted(strands, design, name, wanted, budget, weeks) {
    const strand = strands.find((one) => one.name === name);
    let [start, end, days] = wanted;
    if (days < 1) return null;
    if (strand.goes_on) {
      const training = design.training;
      end = weeks;
      start = clamp(start, training ? training[1] : 0, weeks - strand.shortest);
    } else {
      const length = clamp(end - start, strand.shortest, Math.min(strand.longest, strand.latest_end));
      start = clamp(start, 0, strand.latest_end - length);
      end = start + length;
    }
    const others = spent(design) - (design[name] ? design[name][2] : 0);
    days = Math.min(days, budget - others, most(strand, [start, end]));
    return days < 1 ? null : [start, end, days];
  }

  const colours = ["support", "capability", "rules", "happens", "lever", "c"];
  function overview(strands, design, weeks, width) {
    const chosen = strands.filter((strand) => design[strand.name]);
    const row = 17, left = 2, height = 8 + Math.max(1, chosen.length) * row + 20, x = (week) => left + ((width - 2 * left) * week) / weeks;
    const years = Math.floor(weeks / 52);
    const parts = Array.from({ length: years + 1 }, (_, year) => [
      s("line", { x1: x(52 * year), x2: x(52 * year), y1: 0, y2: height - 17, class: "grid" }),
      year % 2 === 0 ? s("text", { x: x(52 * year), y: height - 5, class: `tick ${year === 0 ? "" : year === years ? "end" : "middle"}` }, year === 0 ? "now" : `year ${year}`) : null,
    ]).flat();
    chosen.forEach((strand, i) => {
      const [start, end, days] = design[strand.name], full = days / (strand.a_week * (end - start));
      const thick = 5 + 9 * Math.min(1, full / 3);
      parts.push(s("rect", { x: x(start), y: 4 + i * row + (14 - thick) / 2, width: Math.max(3, x(end) - x(start)), height: thick, rx: 3, class: `strip ${colours[strands.indexOf(strand)]}` }));
    });
    return s("svg", { viewBox: `0 0 ${width} ${height}`, class: "overview", role: "img", "aria-label": chosen.length ? `When: ${chosen.map((one) => `${one.title}, weeks ${design[one.name][0]} to ${design[one.name][1]}`).join("; ")}` : "Nothing planned yet" }, parts.filter(Boolean));
  }

  function meter(days, budget) {
    return h("div", { class: "meter" }, h("div", { class: "meter-words" }, h("b", { "data-testid": "spent" }, days), ` of ${budget} days spent`, h("span", { class: "spring" }), h("b", {}, budget - days), " left"),
      s("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" }, s("rect", { x: 0, y: 0, width: 100, height: 6, class: "meter-back" }), s("rect", { x: 0, y: 0, width: Math.min(100, (100 * days) / budget).toFixed(2), height: 6, class: "meter-fill" })));
  }

  const upper = (text) => text[0].toUpperCase() + text.slice(1);
  function strandCard(strand, i, data, changed) {
    const { design, budget, weeks, disabled } = data;
    const spend = design[strand.name], [start, end] = spend || first(strand, weeks), days = spend ? spend[2] : 0;
    const left = budget - spent(design) + days, limit = most(strand, [start, end]);
    const input = (label, value, low, high, says, make) => h("label", { class: "slide" }, h("span", {}, label, h("output", {}, says)),
      h("input", { type: "range", min: low, max: high, step: 1, value, disabled, "aria-valuetext": says, "data-testid": `${strand.name}-${label.split(" ")[0].toLowerCase()}`,
        oninput: (event) => { changed(strand.name, make(Number(event.target.value)), event.target); }, onchange: (event) => { changed(strand.name, make(Number(event.target.value)), event.target); } }));
    const aWeek = days / (end - start), full = aWeek / strand.a_week;
    const why = days > 0 && days === limit && limit < left ? "That is three times the full programme, the most there is. Spread it over more weeks to spend more." : null;
    return h("section", { class: `strand card${spend ? " on" : ""}` },
      h("h3", {}, h("i", { class: `swatch ${colours[i]}` }), upper(strand.title)),
      h("p", { class: "soft small-print" }, strand.says),
      input("Days", days, 0, budget, `${days} days`, (value) => [start, end, value]),
      spend ? [
        input("Begins", start, 0, strand.goes_on ? weeks - strand.shortest : strand.latest_end - strand.shortest, `week ${start}`, (value) => [value, strand.goes_on ? weeks : value + (end - start), days]),
        strand.goes_on ? null : input("Lasts", end - start, strand.shortest, Math.min(strand.longest, strand.latest_end), `${end - start} weeks`, (value) => [start, start + value, days]),
        h("p", { class: "soft small-print rate" }, strand.goes_on ? "to the end, " : `to week ${end}, `, `${aWeek < 0.95 ? aWeek.toFixed(2) : aWeek.toFixed(1)} days a week (${full < 0.95 || full > 1.05 ? `${full.toFixed(1)} times ` : ""}the full programme)`)] : null,
      why ? h("p", { class: "small-print warn" }, why) : null);
  }

  window.charts.design = { spent, fitted, overview, meter, strandCard, most };
})();
