// The organisation as a network: the trio in the middle, leaders with their teams around them.
(function () {
  "use strict";
  const library = window.cultureshift;
  const GROUPS = ["medical", "nursing", "allied health", "operations", "administration"];
  const OUTCOMES = {
    1: "met a concern and stayed silent",
    2: "spoke up; colleagues did not join in",
    3: "spoke up; it was ignored",
    4: "spoke up and was punished for it",
    5: "spoke up; it was heard, but not learned from",
    6: "spoke up; it was heard and learned from",
  };

  class Network {
    constructor(canvas) {
      this.canvas = canvas;
      this.state = "safety";
      this.links = "";
      this.picked = null;
      this.hovered = null;
      this.scene = null;
      this.future = null;
      this.label = "";
    }

    setScene(scene) {
      this.scene = scene;
      this.sky = null;
      this.tiesOfSeats = library.tiesOfSeats(scene);
      const ends = (axis, sign) => scene.services.map((centre, k) => centre[axis] + sign * scene.service_radius[k]);
      this.low = [0, 1].map((axis) => Math.min(...ends(axis, -1)));
      this.extent = [0, 1].map((axis) => Math.max(...ends(axis, 1)) - this.low[axis]);
    }

    place(point) {
      return [this.left + point[0] * this.size, this.top + point[1] * this.size];
    }

    measure() {
      const fitted = library.fit(this.canvas);
      const [wide, high] = this.extent;
      this.size = Math.max(0, Math.min((fitted.width - 8) / wide, (fitted.height - 8) / high));
      this.left = (fitted.width - this.size * wide) / 2 - this.size * this.low[0];
      this.top = (fitted.height - this.size * high) / 2 - this.size * this.low[1];
      const { x, y } = library.windowOf(this.canvas);
      const times = 1 / (x[1] - x[0]);
      this.size *= times;
      this.left = times * (this.left - x[0] * fitted.width);
      this.top = times * (this.top - y[0] * fitted.height);
      return fitted;
    }

    // Zooms into a part; see library.zoomable.
    zoomable(name, more) {
      library.zoomable(this.canvas, { name, both: true, even: true, frame: (width, height) => ({ left: 0, right: width, top: 0, bottom: height }), ...more });
    }

    // What never changes (ties, team grounds) is drawn once on a hidden canvas.
    backdrop(fitted) {
      const key = `${fitted.width}x${fitted.height}@${fitted.scale} ${library.theme} ${this.scene.key} ${this.left} ${this.top}`;
      if (this.sky && this.sky.key === key) return this.sky.canvas;
      const canvas = document.createElement("canvas");
      canvas.width = this.canvas.width;
      canvas.height = this.canvas.height;
      const context = canvas.getContext("2d");
      context.setTransform(fitted.scale, 0, 0, fitted.scale, 0, 0);
      const colours = library.palette();
      const scene = this.scene;
      scene.services.forEach((centre, service) => {
        const [x, y] = this.place(centre);
        context.beginPath();
        context.arc(x, y, scene.service_radius[service] * this.size, 0, 2 * Math.PI);
        context.fillStyle = library.theme === "dark" ? "rgba(255,255,255,0.015)" : "rgba(90,80,50,0.025)";
        context.fill();
      });
      context.strokeStyle = colours.tie;
      context.lineWidth = 0.8;
      context.beginPath();
      scene.ties.forEach(([one, other]) => {
        const [x0, y0] = this.place(scene.staff[one]);
        const [x1, y1] = this.place(scene.staff[other]);
        const [cx, cy] = this.place(scene.services[scene.service_of_team[scene.team_of[one]]]);
        context.moveTo(x0, y0);
        context.quadraticCurveTo((x0 + x1) / 2 + (cx - (x0 + x1) / 2) * 0.25, (y0 + y1) / 2 + (cy - (y0 + y1) / 2) * 0.25, x1, y1);
      });
      context.stroke();
      this.sky = { key, canvas };
      return canvas;
    }

    // `week` may lie between two weeks; colours are mixed then.
    draw(week) {
      if (!this.scene || !this.future) return;
      const fitted = this.measure();
      const { context, width, height } = fitted;
      context.clearRect(0, 0, width, height);
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(this.backdrop(fitted), 0, 0);
      context.restore();
      const row = Math.min(this.future.rows - 1, Math.floor(week));
      const next = Math.min(this.future.rows - 1, row + 1);
      library.drawLinks(this, context, row);
      this.drawTeams(context, row);
      library.drawBroken(this, context, row);
      this.drawCommittees(context, row);
      this.drawTrio(context, row);
      this.drawPeople(context, row, next, week - row);
      this.drawHover(context, row, width, height);
    }

    drawTeams(context, row) {
      const { scene, future } = this;
      const control = future.parts.team_control;
      const ramp = library.ramp("control");
      const colours = library.palette();
      const radius = Math.max(2.2, scene.person_radius * this.size * 1.15);
      scene.leaders.forEach((point, team) => {
        const [x, y] = this.place(point);
        context.beginPath();
        context.arc(x, y, scene.team_radius[team] * this.size * 0.94, 0, 2 * Math.PI);
        context.fillStyle = colours.panel;
        context.fill();
        context.strokeStyle = this.picked && this.picked.kind === "team" && this.picked.place === team ? colours.ink : colours.grid;
        context.lineWidth = this.picked && this.picked.kind === "team" && this.picked.place === team ? 2 : 1;
        context.stroke();
        context.save();
        context.translate(x, y);
        context.rotate(Math.PI / 4);
        context.fillStyle = ramp[255 - control.data[row * control.width + team]];
        context.fillRect(-radius, -radius, 2 * radius, 2 * radius);
        context.restore();
      });
    }

    drawCommittees(context, row) {
      const colours = library.palette();
      (this.future.committees || []).forEach((committee) => {
        if (row < committee.start || row >= committee.end || !committee.members.length) return;
        const points = committee.members.map((seat) => this.place(this.scene.staff[seat]));
        context.strokeStyle = colours.purpose;
        context.globalAlpha = 0.4;
        context.lineWidth = 1.2;
        context.beginPath();
        points.forEach(([x, y], place) => {
          const [x1, y1] = points[(place + Math.ceil(points.length / 3)) % points.length];
          context.moveTo(x, y);
          context.lineTo(x1, y1);
        });
        context.stroke();
        context.globalAlpha = 1;
      });
    }

    drawTrio(context, row) {
      const { scene, future } = this;
      const colours = library.palette();
      const ramp = library.ramp("control");
      const { purpose, vacant, senior_control: control } = future.parts;
      context.strokeStyle = colours.purpose;
      scene.pairs.forEach(([one, other], pair) => {
        const share = purpose.data[row * purpose.width + pair] / 255;
        const [x0, y0] = this.place(scene.seniors[one]);
        const [x1, y1] = this.place(scene.seniors[other]);
        context.globalAlpha = 0.15 + 0.85 * share;
        context.lineWidth = 0.8 + share * Math.max(3, this.size * 0.014);
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.stroke();
      });
      context.globalAlpha = 1;
      const radius = Math.max(4, Math.min(this.size * 0.021, scene.person_radius * this.size * 2.4, 16));
      scene.seniors.forEach((point, senior) => {
        const [x, y] = this.place(point);
        const value = control.data[row * control.width + senior];
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.fillStyle = ramp[255 - value];
        context.fill();
        context.lineWidth = 1.5;
        context.strokeStyle = colours.panel;
        context.stroke();
        if (vacant.data[row * vacant.width + senior]) {
          context.setLineDash([3, 2]);
          context.strokeStyle = colours.ink;
          context.beginPath();
          context.arc(x, y, radius + 2.5, 0, 2 * Math.PI);
          context.stroke();
          context.setLineDash([]);
        }
        if (radius > 6) {
          context.fillStyle = value > 170 || value < 70 ? (library.theme === "dark" ? "#10151a" : "#fff") : colours.ink;
          context.font = library.font(Math.round(radius * 1.15), 700);
          context.textAlign = "center";
          context.textBaseline = "middle";
          context.fillText(scene.senior_names[senior].slice(0, 1), x, y + 0.5);
        }
      });
    }

    drawPeople(context, row, next, share) {
      const { scene, future } = this;
      const state = future.parts[`state.${this.state}`];
      const events = future.parts.events;
      if (!state) return;
      const ramp = library.ramp(this.state);
      const colours = library.palette();
      const radius = Math.max(1.4, scene.person_radius * this.size);
      const here = row * state.width;
      const there = next * state.width;
      const ringed = [];
      scene.staff.forEach((point, seat) => {
        const value = Math.round(state.data[here + seat] + share * (state.data[there + seat] - state.data[here + seat]));
        const event = events.data[here + seat];
        const [x, y] = this.place(point);
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        if (event & 32) {
          context.lineWidth = 1;
          context.strokeStyle = colours.faint;
          context.stroke();
        } else {
          context.fillStyle = ramp[events.data[there + seat] & 32 ? state.data[here + seat] : value];
          context.fill();
        }
        if (event & 16) ringed.push([x, y]);
        if (radius > 2.5) this.drawEvent(context, event & 7, x, y, radius);
        for (let back = 0; back < 5 && row - back >= 0; back += 1) {
          if (events.data[(row - back) * events.width + seat] & 8) {
            context.globalAlpha = 1 - back / 5;
            context.lineWidth = 1.4;
            context.strokeStyle = colours.mark;
            context.beginPath();
            context.arc(x, y, radius * (1.5 + back * 0.28), 0, 2 * Math.PI);
            context.stroke();
            context.globalAlpha = 1;
            break;
          }
        }
      });
      context.strokeStyle = colours.mark;
      context.lineWidth = Math.max(1, radius * 0.32);
      ringed.forEach(([x, y]) => {
        context.beginPath();
        context.arc(x, y, radius, 0, 2 * Math.PI);
        context.stroke();
      });
      if (this.picked && this.picked.kind === "person") {
        const [x, y] = this.place(scene.staff[this.picked.place]);
        context.strokeStyle = colours.ink;
        context.lineWidth = 2;
        context.beginPath();
        context.arc(x, y, radius * 2, 0, 2 * Math.PI);
        context.stroke();
      }
    }

    // What became of a person's opportunity: a spark where it was learned from, a cross where it was punished.
    drawEvent(context, outcome, x, y, radius) {
      const colours = library.palette();
      if (outcome === 6) {
        context.fillStyle = colours.panel;
        context.beginPath();
        context.arc(x, y, radius * 0.36, 0, 2 * Math.PI);
        context.fill();
      } else if (outcome === 4) {
        context.strokeStyle = colours.ink;
        context.lineWidth = 2;
        const arm = radius * 1.2;
        context.beginPath();
        context.moveTo(x - arm, y - arm);
        context.lineTo(x + arm, y + arm);
        context.moveTo(x + arm, y - arm);
        context.lineTo(x - arm, y + arm);
        context.stroke();
      }
    }

    drawHover(context, row, width, height) {
      if (!this.hovered) return;
      const lines = this.tell(this.hovered, row);
      const colours = library.palette();
      const [x, y] = this.place(this.pointOf(this.hovered));
      context.font = library.font(13);
      const wide = Math.max(...lines.map((line) => context.measureText(line).width)) + 18;
      const high = lines.length * 17 + 12;
      const left = Math.max(4, Math.min(width - wide - 4, x + 12));
      const top = y + 14 + high > height ? y - high - 12 : y + 12;
      context.fillStyle = colours.ink;
      context.globalAlpha = 0.94;
      context.beginPath();
      context.roundRect(left, top, wide, high, 6);
      context.fill();
      context.globalAlpha = 1;
      context.fillStyle = colours.panel;
      context.textAlign = "left";
      context.textBaseline = "top";
      lines.forEach((line, k) => {
        context.font = library.font(13, k === 0 ? 600 : 400);
        context.fillText(line, left + 9, top + 7 + k * 17);
      });
    }

    pointOf(thing) {
      if (thing.kind === "person") return this.scene.staff[thing.place];
      if (thing.kind === "team") return this.scene.leaders[thing.place];
      return this.scene.seniors[thing.place];
    }

    nameOf(thing) {
      const { scene } = this;
      if (thing.kind === "senior") return scene.senior_names[thing.place];
      if (thing.kind === "team") return scene.team_names ? scene.team_names[thing.place] : `Team ${thing.place + 1}`;
      return scene.staff_names ? scene.staff_names[thing.place] : `Colleague ${thing.place + 1}`;
    }

    // Every team in a week: name, people, leader's control, mean of the state shown.
    teams(row) {
      const control = this.future.parts.team_control;
      const state = this.future.parts[`state.${this.state}`];
      const of100 = (byte) => Math.round((100 * byte) / 255);
      return this.scene.leaders.map((_, team) => {
        const seats = this.peopleOf(team, row);
        const sum = seats.reduce((all, seat) => all + state.data[row * state.width + seat], 0);
        return [this.nameOf({ kind: "team", place: team }), seats.length, of100(control.data[row * control.width + team]), of100(sum / Math.max(1, seats.length))];
      });
    }

    tell(thing, row) {
      const { scene, future } = this;
      const percent = (part, place) => Math.round((100 * part.data[row * part.width + place]) / 255);
      if (thing.kind === "senior") {
        const away = future.parts.vacant.data[row * future.parts.vacant.width + thing.place];
        return [this.nameOf(thing), `Control ${percent(future.parts.senior_control, thing.place)} of 100`].concat(
          away ? ["New: not yet settled in post"] : [],
        );
      }
      const state = future.parts[`state.${this.state}`];
      if (thing.kind === "team") {
        const seats = this.peopleOf(thing.place, row);
        const mean = seats.reduce((sum, seat) => sum + percent(state, seat), 0) / Math.max(1, seats.length);
        return [
          this.nameOf(thing),
          `Leader's control ${percent(future.parts.team_control, thing.place)} of 100`,
          ...(seats.length ? [`${scene.state_names[this.state]}: ${Math.round(mean)} of 100`] : []),
          `${seats.length} people`,
          ...library.linksSaid(this, thing.place, row),
        ];
      }
      if (this.isVacant(thing.place, row)) {
        return ["Vacant post", this.nameOf({ kind: "team", place: scene.team_of[thing.place] })];
      }
      const outcome = future.parts.events.data[row * future.parts.events.width + thing.place] & 7;
      return [
        `${this.nameOf(thing)}, ${GROUPS[scene.group_of[thing.place]]}`,
        this.nameOf({ kind: "team", place: scene.team_of[thing.place] }),
        `${scene.state_names[this.state]}: ${percent(state, thing.place)} of 100`,
      ].concat(outcome ? [`This week: ${OUTCOMES[outcome]}`] : []);
    }

    seatsOf(team) {
      const seats = [];
      for (let seat = this.scene.team_start[team]; seat < this.scene.team_start[team + 1]; seat += 1) seats.push(seat);
      return seats;
    }

    isVacant(seat, row) {
      const { events } = this.future.parts;
      return (events.data[row * events.width + seat] & 32) > 0;
    }

    // The seats of a team in which there is somebody.
    peopleOf(team, row) {
      return this.seatsOf(team).filter((seat) => !this.isVacant(seat, row));
    }

    // The nearest thing under the pointer, or null.
    at(x, y) {
      if (!this.scene || !this.size) return null;
      const point = [(x - this.left) / this.size, (y - this.top) / this.size];
      const reach = Math.max(8 / this.size, this.scene.person_radius * 1.3);
      let best = null;
      let nearest = reach;
      const look = (kind, points, bonus) =>
        points.forEach((other, place) => {
          const distance = Math.hypot(other[0] - point[0], other[1] - point[1]) - bonus;
          if (distance < nearest) {
            nearest = distance;
            best = { kind, place };
          }
        });
      look("person", this.scene.staff, 0);
      look("team", this.scene.leaders, this.scene.person_radius * 0.4);
      look("senior", this.scene.seniors, 0.012);
      return best;
    }

    // The story of a person up to a week: everything that happened, latest first.
    story(thing, week) {
      const lines = [];
      if (!this.future) return lines;
      if (thing.kind === "senior") return library.seniorStory(this, thing.place, week);
      const { events } = this.future.parts;
      const seats = thing.kind === "person" ? [thing.place] : this.seatsOf(thing.place);
      for (let row = Math.floor(week); row >= 1 && lines.length < 40; row -= 1) {
        seats.forEach((seat) => {
          const event = events.data[row * events.width + seat];
          const who = thing.kind === "team" ? `${this.nameOf({ kind: "person", place: seat })} ` : "";
          const wasVacant = this.isVacant(seat, row - 1);
          const left = `${who}${who ? "left" : "Left"}`;
          if (event & 8 && wasVacant) lines.push({ week: row, text: `${who ? `${who}came` : "Came"} to a vacant post`, kind: "left" });
          else if (event & 8) lines.push({ week: row, text: `${left}; somebody new took the seat`, kind: "left" });
          else if (event & 32 && !wasVacant) lines.push({ week: row, text: `${left}; the post is vacant`, kind: "left" });
          else if (event & 7) {
            const text = OUTCOMES[event & 7];
            lines.push({ week: row, text: who + (who ? text : text[0].toUpperCase() + text.slice(1)), kind: `o${event & 7}` });
          }
        });
      }
      return lines;
    }
  }
  library.Network = Network;
  library.OUTCOMES = OUTCOMES;
})();
