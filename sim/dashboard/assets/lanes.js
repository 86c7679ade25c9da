// What stands where on a timeline, and what a new entry begins with.
(function () {
  "use strict";
  const library = window.cultureshift;
  const EVENT = 24;
  const LEAST = 22;
  let ruler = null;

  const textWidth = (text, element) => {
    ruler = ruler || document.createElement("canvas").getContext("2d");
    ruler.font = `600 13px ${window.getComputedStyle(element).fontFamily}`;
    return ruler.measureText(text).width;
  };

  // A share is said in hundreds: 30 % a year, 20 % of time.
  library.inWords = (value, shareOf) => {
    const number = (all) => String(Number(all.toPrecision(3)));
    return shareOf ? `${number(100 * value)}\u00a0% ${shareOf}` : number(value);
  };

  // From where to where an entry stands, in pixels, of the weeks that are shown; `shown`: the first and the last. It is
  // whole, also where it begins in the last weeks.
  library.spanOf = (entry, width, shown) => {
    const [first, last] = shown;
    const pixel = width / (last - first);
    const start = Math.max(entry.start, first);
    const wide = entry.is_event ? EVENT : Math.max(LEAST, (Math.min(entry.end, last) - start) * pixel);
    const left = Math.max(0, Math.min((start - first) * pixel, width - wide));
    return [left, left + wide];
  };

  // Entries of one kind and for the same people that never meet stand in one lane, as one strand.
  const strandsOf = (entries) => {
    const strands = [];
    [...entries].sort((a, b) => a.start - b.start || a.place - b.place).forEach((entry) => {
      const ours = strands.find((strand) => strand[0].strand === entry.strand && strand[strand.length - 1].end <= entry.start);
      if (ours) ours.push(entry);
      else strands.push([entry]);
    });
    return strands.sort((a, b) => Math.min(...a.map((one) => one.place)) - Math.min(...b.map((one) => one.place)));
  };

  // Entries of a strand that follow upon each other without a gap are one run, which says its name once.
  const runsOf = (strand, width, shown) => {
    const runs = [];
    strand.forEach((entry) => {
      const [left, right] = library.spanOf(entry, width, shown), last = runs[runs.length - 1];
      if (last && !entry.is_event && last.end === entry.start) Object.assign(last, { right, end: entry.end, entries: [...last.entries, entry] });
      else runs.push({ left, right, end: entry.end, entries: [entry] });
    });
    return runs;
  };

  // The name of a run stands in it, or beside it where there is room; one of several may be silent.
  const nameRun = (run, before, after, text, width) => {
    const isTight = run.entries[0].is_event || text > run.right - run.left - 6;
    const hasRight = run.right + text <= (after ? after.left - 4 : width), hasLeft = run.left - text >= (before ? before.right + 4 : 0);
    const side = !isTight ? "" : hasRight ? "right" : hasLeft ? "left" : "";
    return { side, from: side === "left" ? run.left - text : run.left, to: side === "right" ? run.right + text : run.right, isSilent: isTight && !side && Boolean(before || after), isCut: isTight && !side };
  };

  // Each strand in the first lane in which its bars and its names have room. What lies outside of the weeks that are shown
  // has no place.
  library.arrangeLanes = (entries, width, shown, element) => {
    const lanes = [], placed = new Map();
    const [first, last] = shown;
    const inside = entries.filter((entry) => entry.start <= last && (entry.is_event ? entry.start >= first : entry.end > first));
    strandsOf(inside).forEach((strand) => {
      const runs = runsOf(strand, width, shown);
      const nameAs = (name) => runs.map((run, i) => ({ ...run, name, ...nameRun(run, runs[i - 1], runs[i + 1], textWidth(name, element) + 14, width) }));
      // Where the whole name has no room, it may do to say whose.
      const whole = nameAs(strand[0].label), named = whole.some((run) => run.isCut) ? nameAs(strand[0].short) : whole;
      const isFree = (taken) => named.every(({ from, to }) => taken.every(([start, end]) => end + 4 <= from || to + 4 <= start));
      let lane = lanes.findIndex(isFree);
      if (lane < 0) lane = lanes.push([]) - 1;
      named.forEach(({ from, to, left, right, side, name, isSilent, entries: parts }) => {
        lanes[lane].push([from, to]);
        const speaks = side === "right" ? parts.length - 1 : 0;
        parts.forEach((entry, i) => placed.set(entry.place, { ...entry, lane, says: name, run: right - left, side: i === speaks ? side : "", isSilent: isSilent || i !== speaks, isOver: parts.length > 1 && !side && i === 0 }));
      });
    });
    return inside.map((entry) => placed.get(entry.place));
  };

  // The fields of a new entry of a kind that begins in a week.
  library.draftOf = (kind, week, weeks) => {
    const start = Math.min(week, weeks - 1);
    const fields = {};
    kind.fields.forEach((field) => { fields[field.name] = field.value; });
    if ("week" in fields) fields.week = start;
    if ("start_week" in fields) fields.start_week = start;
    if ("end_week" in fields) fields.end_week = kind.weeks && start + kind.weeks < weeks ? start + kind.weeks : "";
    if (kind.parameters) { fields.name = kind.parameters[0].name; fields.value = kind.parameters[0].value; }
    return { kind: kind.kind, fields };
  };

  // The same fields as the server takes them: numbers, words, or nothing.
  library.fieldsOf = (draft, kind) => {
    const fields = {};
    Object.entries(draft.fields).forEach(([name, value]) => {
      const isWord = name === "name" || (kind.fields.find((field) => field.name === name) || {}).choices;
      fields[name] = value === "" ? null : isWord ? value : Number(value);
    });
    return fields;
  };

  // Follows a pointer that has taken hold of an entry: `moved` is told where it would stand, `done` when it is let go.
  library.dragEntry = (event, entry, width, weeks, shown, moved, done) => {
    const box = event.currentTarget.getBoundingClientRect();
    const isEnd = !entry.is_event && entry.end <= shown[1] && event.clientX > box.right - 9 && event.clientX <= box.right;
    const from = event.clientX;
    let place = null;
    const move = (now) => {
      const by = Math.round(((now.clientX - from) / width) * (shown[1] - shown[0]));
      if (!by && !place) return;
      const shift = isEnd ? 0 : Math.max(-entry.start, Math.min(by, weeks - 1 - entry.start));
      const end = isEnd ? Math.max(entry.start + 1, entry.end + by) : entry.end + shift;
      place = { place: entry.place, start: entry.start + shift, end };
      moved(place);
    };
    const stop = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", stop);
      done(place);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", stop);
  };
})();
