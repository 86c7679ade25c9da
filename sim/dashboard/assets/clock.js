// The week that every picture shows. Playing and scrubbing happen here alone; the server is never asked.
(function () {
  "use strict";
  const library = window.cultureshift;
  const listeners = new Set();
  const clock = { week: 0, weeks: 416, playing: false, speed: 8 };
  let last = 0;

  const tell = () => listeners.forEach((listener) => listener(clock));
  function frame(now) {
    if (!clock.playing) return;
    const passed = Math.max(0, Math.min(0.25, (now - last) / 1000)); // a frame may be timed before the press that began it
    last = now;
    clock.week = Math.min(clock.weeks, clock.week + passed * clock.speed);
    if (clock.week >= clock.weeks) clock.playing = false;
    library.draws += 1;
    tell();
    if (clock.playing) window.requestAnimationFrame(frame);
  }
  clock.listen = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  clock.seek = (week) => {
    clock.week = Math.max(0, Math.min(clock.weeks, Number(week) || 0));
    tell();
  };
  clock.play = () => {
    if (clock.playing) return;
    if (clock.week >= clock.weeks) clock.week = 0;
    clock.playing = true;
    last = window.performance.now();
    tell();
    window.requestAnimationFrame(frame);
  };
  clock.pause = () => {
    clock.playing = false;
    clock.week = Math.floor(clock.week);
    tell();
  };
  clock.toggle = () => (clock.playing ? clock.pause() : clock.play());
  clock.step = (weeks) => {
    clock.playing = false;
    clock.seek(Math.round(clock.week) + weeks);
  };
  clock.tell = tell;
  library.clock = clock;
})();
