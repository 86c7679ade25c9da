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

  library.drawOrganisation = (canvas, scene) => {
    const picture = new People(canvas);
    picture.setScene(scene);
    picture.draw();
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
    const x = (answered) => left + ((width - left - 10) * (answered - fewest)) / (most - fewest);
    const y = (score) => bottom - ((bottom - 8) * (score - low)) / (high - low);
    library.readable(canvas, (left0, top0) => {
      const far = points.map((one) => Math.min(...[one.entered, one.start].map((score) => Math.hypot(x(one.answered) - left0, y(score) - top0))));
      const one = points[far.indexOf(Math.min(...far))];
      return one && Math.min(...far) < 24 ? [one.name, `survey: ${Math.round(one.entered)}`, `model starts at: ${Math.round(one.start)}`, `${Math.round(one.answered)} answered`] : [];
    });
    context.clearRect(0, 0, width, height);
    context.font = library.font(13);
    context.fillStyle = colours.soft;
    context.strokeStyle = colours.grid;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const step = high - low > 50 ? 20 : 10;
    for (let score = low; score <= high; score += step) {
      context.beginPath();
      context.moveTo(left, y(score));
      context.lineTo(width - 10, y(score));
      context.stroke();
      context.fillText(String(score), left - 6, y(score));
    }
    context.textBaseline = "top";
    context.textAlign = "center";
    const apart = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((one) => (most - fewest) / one <= 6) || 10000;
    for (let answered = Math.ceil(fewest / apart) * apart; answered <= most; answered += apart) context.fillText(String(answered), x(answered), bottom + 4);
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
