// How senior leaders spend their week: what they mean to, beside what pressure leaves of it.
(function () {
  "use strict";
  const library = window.cultureshift;
  const PARTS = [
    { key: "purpose", label: "Purpose", says: "with one another, on their shared purpose" },
    { key: "staff", label: "Staff", says: "in dialogue with staff" },
    { key: "leaders", label: "Team leaders", says: "with team leaders" },
  ];
  const PROBLEMS = { key: "problems", label: "Problems", says: "the rest goes to short-term problem-solving" };
  const NOTHING = 0.005; // less than half of one per cent is no other week than usual
  const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);
  library.timeParts = [...PARTS, PROBLEMS];

  // What leaders usually do and mean to do in a week. `changes`: as the server tells them, the first at week 0.
  const meantIn = (changes, week) => {
    const [, ...shares] = changes.filter(([from]) => from <= week).pop();
    return { usual: shares.slice(0, 3), meant: shares.slice(3) };
  };
  // What they gave: the table tells in each row of the week before it.
  const givenIn = (weekly, week) => PARTS.map((part) => weekly[`attention_${part.key}`][Math.min(week + 1, weekly.rows - 1)]);
  const whole = (shares) => [...shares, Math.max(0, 1 - sum(shares))];

  library.timeIn = (changes, weekly, week) => {
    const { usual, meant } = meantIn(changes, week);
    const given = weekly ? givenIn(weekly, week) : meant;
    const beyond = meant.map((share, k) => Math.max(0, share - usual[k]));
    const kept = sum(beyond.map((more, k) => (more > 0 ? given[k] - usual[k] : 0)));
    return {
      usual: whole(usual), meant: whole(meant), given: whole(given),
      kept: weekly && sum(beyond) > NOTHING ? Math.max(0, Math.min(1, kept / sum(beyond))) : null,
    };
  };

  // Two lines over the weeks: the time that is not for problems, as it is meant and as it is given.
  library.timeLines = (changes, weekly) => {
    const weeks = Array.from({ length: weekly.rows }, (_, week) => Math.min(week, Math.max(0, weekly.rows - 2)));
    const line = (of) => ({ rows: weekly.rows, beyond: Float64Array.from(weeks, (week) => sum(of(week))) });
    return [line((week) => meantIn(changes, week).meant), line((week) => givenIn(weekly, week))];
  };

  // The shares after the end of one part was moved: later parts keep theirs, problem-solving gives or takes.
  library.timeMoved = (shares, part, share) => {
    const room = 1 - sum(shares.filter((_, k) => k !== part && k < PARTS.length));
    const moved = shares.slice(0, PARTS.length);
    moved[part] = Math.max(0, Math.min(Math.floor(100 * room + 1e-6) / 100, Math.round(100 * share) / 100));
    return whole(moved);
  };
  library.timeMost = (shares, part) => Math.round(100 * (1 - sum(shares.filter((_, k) => k !== part && k < PARTS.length))));
  // Where each part ends on the bar, and which end is nearest to a place: of several at one place that which can go there.
  library.timeEnds = (shares) => PARTS.map((_, k) => sum(shares.slice(0, k + 1)));
  library.timeNearest = (shares, place) => {
    const ends = library.timeEnds(shares);
    const far = ends.map((end) => Math.abs(end - place));
    const nearest = Math.min(...far);
    const tied = far.map((one, k) => (one - nearest < 0.002 ? k : -1)).filter((k) => k >= 0);
    return place < ends[tied[0]] ? tied[0] : tied[tied.length - 1];
  };
})();
