// Threads of the network: what travels along the links between teams, and which broke when somebody left.
(function () {
  "use strict";
  const library = window.cultureshift;
  const LIT_STAFF = 6; // weeks for which a broken thread is lit
  const LIT_SENIORS = 13;
  const BROKE = 8; // of 255: pressure wears down less than that in a week
  library.linkWords = { safety: "Links: safety", capability: "Links: facilitators", control: "Links: leading" };

  // The mean of a state over those who are there, or how relational a leader is; from 0 to 255.
  const levelOf = (network, what, team, row) => {
    const { parts } = network.future;
    if (what === "control") return 255 - parts.team_control.data[row * parts.team_control.width + team];
    const state = parts[`state.${what}`];
    if (!state) return null;
    const seats = network.peopleOf(team, row);
    return seats.length ? seats.reduce((all, seat) => all + state.data[row * state.width + seat], 0) / seats.length : null;
  };
  const linksIn = (network, row) => [
    ...network.scene.links,
    ...(network.future.committees || []).filter((one) => one.start <= row && row < one.end).flatMap((one) => one.links),
  ];

  library.drawLinks = (network, context, row) => {
    const what = network.links;
    if (!what) return;
    const { scene } = network;
    const colours = library.palette();
    const ramp = library.ramp(what);
    const levels = scene.leaders.map((_, team) => levelOf(network, what, team, row));
    const radius = Math.max(4, network.size * 0.009);
    linksIn(network, row).forEach(([one, other, weight]) => {
      if (levels[one] === null || levels[other] === null) return;
      const [high, low] = levels[one] >= levels[other] ? [one, other] : [other, one];
      const [x0, y0] = network.place(scene.leaders[high]);
      const [x1, y1] = network.place(scene.leaders[low]);
      const apart = (levels[high] - levels[low]) / 255;
      const thread = context.createLinearGradient(x0, y0, x1, y1);
      thread.addColorStop(0, ramp[Math.round(levels[high])]);
      thread.addColorStop(1, ramp[Math.round(levels[low])]);
      context.globalAlpha = Math.min(1, 0.18 + 4 * apart);
      context.strokeStyle = thread;
      context.lineWidth = Math.min(7, 0.8 + 0.7 * weight);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
      if (apart < 0.02) return;
      const angle = Math.atan2(y1 - y0, x1 - x0);
      const [x, y] = [x0 + 0.56 * (x1 - x0), y0 + 0.56 * (y1 - y0)];
      context.fillStyle = ramp[Math.round(levels[high])];
      context.strokeStyle = colours.panel;
      context.lineWidth = 1;
      context.beginPath();
      [0, 2.5, -2.5].forEach((turn) => context.lineTo(x + radius * Math.cos(angle + turn), y + radius * Math.sin(angle + turn)));
      context.closePath();
      context.stroke();
      context.fill();
    });
    context.globalAlpha = 1;
  };

  // In words: the ties of a team to others, and how these are beside it.
  library.linksSaid = (network, team, row) => {
    const what = network.links || "safety";
    const own = linksIn(network, row).filter(([one, other]) => one === team || other === team);
    if (!own.length) return ["No ties to other teams"];
    const n = Math.round(own.reduce((all, link) => all + link[2], 0));
    const others = new Set(own.map(([one, other]) => (one === team ? other : one)));
    const ties = `${n} ${n === 1 ? "tie" : "ties"} to ${others.size} other ${others.size === 1 ? "team" : "teams"}`;
    const known = own.map(([one, other, weight]) => [levelOf(network, what, one === team ? other : one, row), weight]).filter(([level]) => level !== null);
    const weights = known.reduce((all, [, weight]) => all + weight, 0);
    if (!weights) return [ties];
    const mean = Math.round((100 * known.reduce((all, [level, weight]) => all + level * weight, 0)) / weights / 255);
    const words = what === "control" ? `their leaders' control is ${100 - mean}` : what === "capability" ? `who can facilitate there: ${mean}` : `there they feel safe at ${mean}`;
    return [`${ties}: ${words} of 100`];
  };

  const left = (network, seat, row) => {
    const { data, width } = network.future.parts.events;
    const now = data[row * width + seat];
    return !network.isVacant(seat, row - 1) && (now & (8 | 32)) > 0;
  };
  library.tiesOfSeats = (scene) => {
    const found = scene.staff.map(() => []);
    scene.ties.forEach(([one, other]) => { found[one].push(other); found[other].push(one); });
    return found;
  };

  // The pairs of senior leaders whose shared purpose broke off in a week, each with what it was of 100.
  library.brokenPairs = (network, row) => {
    if (row < 1) return [];
    const { data, width } = network.future.parts.purpose;
    return network.scene.pairs
      .map(([one, other], pair) => ({ one, other, was: data[(row - 1) * width + pair], is: data[row * width + pair] }))
      .filter((pair) => pair.was - pair.is > BROKE)
      .map((pair) => ({ ...pair, was: Math.round((100 * pair.was) / 255) }));
  };
  library.seniorLeft = (network, senior, row) => {
    const { data, width } = network.future.parts.vacant;
    return row > 0 && data[row * width + senior] > data[(row - 1) * width + senior];
  };
  library.staffWhoLeft = (network, row) => (row < 1 ? [] : network.scene.staff.map((_, seat) => seat).filter((seat) => left(network, seat, row)));

  library.drawBroken = (network, context, row) => {
    const { scene } = network;
    const colours = library.palette();
    const stroke = (lines, share, wide, dash) => {
      context.beginPath();
      lines.forEach(([from, to]) => { context.moveTo(...network.place(from)); context.lineTo(...network.place(to)); });
      context.strokeStyle = colours.lines.before;
      context.setLineDash([]);
      context.globalAlpha = 0.22 * share;
      context.lineWidth = 3.2 * wide;
      context.stroke();
      context.setLineDash(dash);
      context.globalAlpha = share;
      context.lineWidth = wide;
      context.stroke();
    };
    for (let back = Math.min(LIT_STAFF, row) - 1; back >= 0; back -= 1) {
      const then = row - back;
      const lines = library.staffWhoLeft(network, then).flatMap((seat) => {
        const mates = network.peopleOf(scene.team_of[seat], then - 1).filter((mate) => mate !== seat);
        const others = network.tiesOfSeats[seat].filter((other) => !network.isVacant(other, then - 1));
        return [...mates, ...others].map((other) => [scene.staff[seat], scene.staff[other]]);
      });
      if (lines.length) stroke(lines, 1 - back / LIT_STAFF, 1.3, []);
    }
    for (let back = Math.min(LIT_SENIORS, row) - 1; back >= 0; back -= 1) {
      const lines = library.brokenPairs(network, row - back).map((pair) => [scene.seniors[pair.one], scene.seniors[pair.other]]);
      if (lines.length) stroke(lines, 1 - back / LIT_SENIORS, Math.max(2.5, network.size * 0.01), [5, 4]);
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  };

  // What happened to a senior leader up to a week, latest first.
  library.seniorStory = (network, senior, week) => {
    const lines = [];
    for (let row = Math.floor(week); row >= 1 && lines.length < 40; row -= 1) {
      library.brokenPairs(network, row).filter((pair) => pair.one === senior || pair.other === senior).forEach((pair) => {
        const other = network.nameOf({ kind: "senior", place: pair.one === senior ? pair.other : pair.one });
        lines.push({ week: row, text: `The thread to ${other} broke; it was ${pair.was} of 100`, kind: "left" });
      });
      if (library.seniorLeft(network, senior, row)) lines.push({ week: row, text: "Left; somebody else follows", kind: "left" });
    }
    return lines;
  };
})();
