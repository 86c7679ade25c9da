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

  // Each entry in the first lane in which its bar and its name have room; a name too long for its bar stands beside it.
  // What lies outside of the weeks that are shown has no place.
  library.arrangeLanes = (entries, width, shown, element) => {
    const lanes = [];
    const [first, last] = shown;
    const isShown = (entry) => entry.start <= last && (entry.is_event ? entry.start >= first : entry.end > first);
    return entries.filter(isShown).map((entry) => {
      const [left, right] = library.spanOf(entry, width, shown);
      const text = textWidth(entry.label, element) + 14;
      const isTight = entry.is_event || text > right - left - 6;
      const side = !isTight ? "" : right + text <= width ? "right" : left >= text ? "left" : "";
      const from = side === "left" ? left - text : left;
      const to = side === "right" ? right + text : right;
      let lane = lanes.findIndex((taken) => taken.every(([start, end]) => end + 4 <= from || to + 4 <= start));
      if (lane < 0) lane = lanes.push([]) - 1;
      lanes[lane].push([from, to]);
      return { ...entry, lane, side };
    });
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
