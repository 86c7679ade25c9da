// Colours that the colour-blind can tell apart (rust to teal; lines after Okabe and Ito), for light and dark.
(function () {
  "use strict";
  const library = window.cultureshift;
  const themes = {
    light: {
      paper: "#fbfaf6", panel: "#ffffff", ink: "#1c2530", soft: "#5a6570", faint: "#c9c6bd", grid: "#ebe8e0",
      ramp: ["#a63c12", "#cf7a45", "#ead9bd", "#5ca7b5", "#0b5f78"], tie: "rgba(60,70,80,0.10)", mark: "#1c2530",
      lines: { now: "#0b6783", baseline: "#777267", before: "#b0581f", a: "#7a4fa3", b: "#3f7d20", c: "#a3195b" },
      series: ["#0b6783", "#c2571a", "#7a4fa3", "#4d7c0f", "#a8246b"], purpose: "#7a4fa3", band: 0.16,
    },
    dark: {
      paper: "#11161b", panel: "#192027", ink: "#e9edf0", soft: "#a3aeb8", faint: "#47525c", grid: "#28313a",
      ramp: ["#f0824c", "#c27048", "#5b5f60", "#4f9fb4", "#6ad4ee"], tie: "rgba(200,215,225,0.10)", mark: "#f4f6f8",
      lines: { now: "#5cc8e6", baseline: "#a09a8e", before: "#f0925a", a: "#c39be6", b: "#93cc6a", c: "#f07db2" },
      series: ["#5cc8e6", "#f0925a", "#c39be6", "#a6d36b", "#f07db2"], purpose: "#c39be6", band: 0.24,
    },
  };
  const rgb = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  const cache = {};

  // 256 colours; `middle` is the byte at which the ramp turns.
  function ramp(theme, middle) {
    const key = `${theme}-${middle}`;
    if (cache[key]) return cache[key];
    const stops = themes[theme].ramp.map(rgb);
    const colours = [];
    for (let value = 0; value < 256; value += 1) {
      const place = value <= middle ? (2 * value) / middle : 2 + (2 * (value - middle)) / (255 - middle);
      const low = Math.min(3, Math.floor(place));
      const share = place - low;
      const mixed = stops[low].map((part, k) => Math.round(part + share * (stops[low + 1][k] - part)));
      colours.push(`rgb(${mixed.join(",")})`);
    }
    cache[key] = colours;
    return colours;
  }

  library.palette = () => themes[library.theme];
  // Safety turns where somebody would just agree with the survey item (0.625), other states at one half.
  library.ramp = (state) => ramp(library.theme, state === "safety" || state === "efficacy" ? 159 : 128);

  // Fits a canvas to its place on the page and returns its 2-D context, scaled to CSS pixels.
  library.fit = (canvas) => {
    const scale = Math.min(2, window.devicePixelRatio || 1);
    const width = Math.max(1, canvas.clientWidth);
    const height = Math.max(1, canvas.clientHeight);
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    return { context, width, height, scale };
  };
  // Letters in pictures grow with those of the page: `unit` is 1 on a laptop.
  library.unit = 1;
  const measure = () => { library.unit = (parseFloat(window.getComputedStyle(document.documentElement).fontSize) || 14) / 14; };
  window.addEventListener("resize", measure);
  measure();
  library.font = (size, weight) => `${weight || 400} ${(size * library.unit).toFixed(2)}px "Source Sans 3", "Segoe UI", system-ui, sans-serif`;
})();
