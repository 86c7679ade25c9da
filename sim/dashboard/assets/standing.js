// An organisation as it was understood, and its survey as a funnel: score against number of answers.
(function () {
  "use strict";
  const library = window.cultureshift;

  // Everybody in a place of their own, in the layout of Explore; colours are staff groups, and nobody's feelings.
  class People extends library.Network {
    draw() {
      const fitted = this.measure();
      const { context, width, height } = fitted;
      const { scene } = this;
      const colours = library.palette();
      context.clearRect(0, 0, width, height);
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.backdrop(fitted), 0, 0);
      context.restore();
      const radius = Math.max(1.4, scene.person_radius * this.size);
      scene.leaders.forEach((point, team) => {
        const [x, y] = this.place(point);
        context.beginPath();
        context.arc(x, y, scene.team_radius[team] * this.size * 0.94, 0, 2 * Math.PI);
        context.fillStyle = colours.panel;
        context.fill();
        context.strokeStyle = colours.grid;
        context.lineWidth = 1;
        context.stroke();
        context.save();
        context.translate(x, y);
        context.rotate(Math.PI / 4);
        context.fillStyle = colours.soft;
        context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
        context.restore();
      });
      scene.staff.forEach((point, seat) => {
        const [x, y] = this.place(point);
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = colours.series[scene.group_of[seat]];
        context.fill();
      });
      scene.seniors.forEach((point) => {
        const [x, y] = this.place(point);
        context.beginPath();
        context.arc(x, y, Math.max(4, Math.min(radius * 2, 14)), 0, 2 * Math.PI);
        context.fillStyle = colours.soft;
        context.fill();
      });
    }
  }

  // What is told of a team: how many, and of which staff groups; of nobody how they feel, and no names of people.
  const ofTeam = (picture, team, groups) => {
    const seats = picture.seatsOf(team);
    const each = groups.map((group, k) => [group[0], seats.filter((seat) => picture.scene.group_of[seat] === k).length]).filter(([, n]) => n);
    return [picture.nameOf({ kind: "team", place: team }), `${seats.length} ${seats.length === 1 ? "person" : "people"} and a team leader`, ...each.map(([group, n]) => `${group}: ${n}`)];
  };

  library.drawOrganisation = (canvas, scene, groups) => {
    const picture = new People(canvas);
    picture.setScene(scene);
    picture.zoomable(`organisation ${scene.key}`, { redraw: () => picture.draw() });
    picture.draw();
    const teams = scene.leaders.length;
    library.readable(canvas, {
      count: teams + scene.seniors.length,
      find: (x, y) => {
        const found = picture.at(x, y);
        if (!found) return -1;
        return found.kind === "senior" ? teams + found.place : found.kind === "team" ? found.place : scene.team_of[found.place];
      },
      spot: (place) => picture.place(place < teams ? scene.leaders[place] : scene.seniors[place - teams]),
      tell: (place) => (place < teams ? ofTeam(picture, place, groups) : [picture.nameOf({ kind: "senior", place: place - teams }), "Senior leader"]),
    });
  };

  const reach = (funnel, limit, answered) => (limit * funnel.spread) / Math.sqrt(answered);

  // The scale of scores: all that is shown, and the inner limits where the fewest answered.
  function extent(standing, points, fewest) {
    const { funnel } = standing;
    const told = points.flatMap((one) => [one.entered, one.start]);
    const wide = reach(funnel, funnel.limits[0], fewest);
    const low = Math.min(...told, funnel.centre - wide);
    const high = Math.max(...told, funnel.centre + wide);
    return [Math.max(0, Math.floor((low - 2) / 10) * 10), Math.min(100, Math.ceil((high + 2) / 10) * 10)];
  }

  function drawLimits(context, funnel, x, y, fewest, most, colours) {
    context.strokeStyle = colours.lines.baseline;
    funnel.limits.forEach((limit, k) => {
      context.setLineDash(k ? [2, 4] : [6, 4]);
      context.lineWidth = 1.4;
      [-1, 1].forEach((sign) => {
        context.beginPath();
        for (let step = 0; step <= 120; step += 1) {
          const answered = fewest + ((most - fewest) * step) / 120;
          const score = Math.max(0, Math.min(100, funnel.centre + sign * reach(funnel, limit, answered)));
          context[step ? "lineTo" : "moveTo"](x(answered), y(score));
        }
        context.stroke();
      });
    });
    context.setLineDash([]);
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(fewest), y(funnel.centre));
    context.lineTo(x(most), y(funnel.centre));
    context.stroke();
  }

  library.drawFunnelPlot = (canvas, standing) => {
    const { context, width, height } = library.fit(canvas);
    const colours = library.palette();
    const { funnel } = standing;
    const points = standing.rest ? [...standing.rows, standing.rest] : standing.rows;
    const fewest = Math.max(1, Math.min(standing.smallest, ...points.map((one) => one.answered)) * 0.8);
    const most = funnel.most * 1.08 + 1;
    const [low, high] = extent(standing, points, fewest);
    const left = 38 * library.unit;
    const bottom = height - 34 * library.unit;
    const frame = { left, right: width - 10, top: 8, bottom };
    library.zoomable(canvas, {
      name: "survey", both: true, redraw: () => library.drawFunnelPlot(canvas, standing),
      frame: (wide, tall) => ({ left, right: wide - 10, top: 8, bottom: tall - 34 * library.unit }),
    });
    const all = library.spread(frame, library.windowOf(canvas));
    const x = (answered) => all.left + ((all.right - all.left) * (answered - fewest)) / (most - fewest);
    const y = (score) => all.bottom - ((all.bottom - all.top) * (score - low)) / (high - low);
    const answeredAt = (at) => fewest + ((at - all.left) / (all.right - all.left)) * (most - fewest);
    const scoreAt = (at) => low + ((all.bottom - at) / (all.bottom - all.top)) * (high - low);
    library.readable(canvas, {
      count: points.length,
      find: (at, down) => library.nearest(points.flatMap((one) => [one.entered, one.start].map((score) => [x(one.answered), y(score)])), at, down) >> 1,
      spot: (place) => [x(points[place].answered), y(points[place].entered)],
      tell: (place) => { const one = points[place]; return [one.name, `survey: ${Math.round(one.entered)}`, `model starts at: ${Math.round(one.start)}`, `${Math.round(one.answered)} answered`]; },
    });
    context.clearRect(0, 0, width, height);
    context.font = library.font(13);
    context.fillStyle = colours.soft;
    context.strokeStyle = colours.grid;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const [lowest, highest] = [scoreAt(frame.bottom) - 1e-6, scoreAt(frame.top) + 1e-6];
    const step = [1, 2, 5, 10].find((one) => (highest - lowest) / one <= 5) || 20;
    for (let score = Math.ceil(lowest / step) * step; score <= highest; score += step) {
      context.beginPath();
      context.moveTo(left, y(score));
      context.lineTo(width - 10, y(score));
      context.stroke();
      context.fillText(String(score), left - 6, y(score));
    }
    context.textBaseline = "top";
    context.textAlign = "center";
    const [least, greatest] = [answeredAt(left), answeredAt(frame.right)];
    const apart = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((one) => (greatest - least) / one <= 6) || 10000;
    for (let answered = Math.ceil(least / apart) * apart; answered <= greatest; answered += apart) context.fillText(String(answered), x(answered), bottom + 4);
    context.fillText("people who answered", (left + width) / 2, bottom + 19 * library.unit);
    context.save();
    context.beginPath();
    context.rect(left, 0, width - left, bottom + 1);
    context.clip();
    drawLimits(context, funnel, x, y, fewest, most, colours);
    points.forEach((one) => {
      const at = x(one.answered);
      context.strokeStyle = colours.faint;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(at, y(one.entered));
      context.lineTo(at, y(one.start));
      context.stroke();
      context.strokeStyle = colours.lines.before;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(at, y(one.start), 5, 0, 2 * Math.PI);
      context.stroke();
      context.fillStyle = colours.lines.now;
      context.beginPath();
      context.arc(at, y(one.entered), 4.5, 0, 2 * Math.PI);
      context.fill();
      if (one === standing.rest) {
        context.strokeStyle = colours.ink;
        context.lineWidth = 1.5;
        context.beginPath();
        context.arc(at, y(one.entered), 9, 0, 2 * Math.PI);
        context.stroke();
      }
    });
    context.restore();
  };
})();
