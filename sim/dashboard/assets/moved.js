// What went on in the weeks that are looked back on, in sentences: the timeline, who left, and the measures that moved.
(function () {
  "use strict";
  const library = window.cultureshift;
  const MOST_LINES = 5;
  const LEAST = 3; // of 100
  const count = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  const ofTimeline = (entries, first, week) =>
    entries.flatMap((entry) => {
      const begins = first <= entry.start && entry.start < week;
      if (entry.is_event) return begins ? [`Week ${entry.start}: ${entry.label}.`] : [];
      const ends = first <= entry.end && entry.end < week;
      return [...(begins ? [`Week ${entry.start}: “${entry.label}” began.`] : []), ...(ends ? [`Week ${entry.end}: “${entry.label}” ended.`] : [])];
    });
  const ofPeople = (network, first, week) => {
    const said = [];
    let staff = 0;
    for (let row = first + 1; row <= week; row += 1) {
      staff += library.staffWhoLeft(network, row).length;
      network.scene.seniors.forEach((_, senior) => {
        if (library.seniorLeft(network, senior, row)) said.push(`Week ${row - 1}: ${network.nameOf({ kind: "senior", place: senior })} left.`);
      });
      const broken = library.brokenPairs(network, row);
      if (broken.length) said.push(`Week ${row - 1}: ${count(broken.length, "thread", "threads")} of shared purpose broke (${broken.map((pair) => pair.was).join(", ")} of 100).`);
    }
    return [...said, ...(staff ? [`${count(staff, "colleague", "colleagues")} of ${network.scene.staff.length} left.`] : [])];
  };
  const ofMeasures = (weekly, lines, first, week) =>
    lines
      .map((line) => ({ label: line.label, from: 100 * weekly[line.measure][first], to: 100 * weekly[line.measure][week] }))
      .filter((one) => Math.abs(one.to - one.from) >= LEAST)
      .sort((one, other) => Math.abs(other.to - other.from) - Math.abs(one.to - one.from))
      .slice(0, MOST_LINES)
      .map((one) => `${one.label[0].toUpperCase() + one.label.slice(1)}: ${Math.round(one.from)} → ${Math.round(one.to)}.`);

  library.meanwhile = (network, entries, lines, first, week) => [
    ...ofTimeline(entries, first, week), ...ofPeople(network, first, week), ...ofMeasures(network.future.weekly, lines, first, week),
  ];
})();
