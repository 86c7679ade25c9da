// What somebody has done in each lesson: kept in this browser alone.
(function () {
  "use strict";
  const library = window.cultureshift;
  const keyOf = (slug) => `cultureshift-lesson-${slug}`;
  const memory = {}; // where the browser forbids storage, kept until the page is closed

  const fresh = (lesson) => ({
    stamp: lesson.stamp, step: 0, furthest: 0, curve: null, choice: null, reason: "", ran: false, result: null, done: false, parts: null,
  });

  library.notebook = {
    // Returns what was kept; a fresh page where nothing was, or where the lesson has another question or run since.
    read(lesson) {
      let kept = memory[lesson.slug] || null;
      try {
        kept = JSON.parse(window.localStorage.getItem(keyOf(lesson.slug))) || kept;
      } catch (error) {
        // Storage is forbidden, or holds something else.
      }
      if (!kept || typeof kept !== "object" || kept.stamp !== lesson.stamp) return fresh(lesson);
      return { ...fresh(lesson), ...kept };
    },
    write(lesson, entry) {
      memory[lesson.slug] = entry;
      try {
        window.localStorage.setItem(keyOf(lesson.slug), JSON.stringify(entry));
      } catch (error) {
        // It lasts as long as the page then.
      }
    },
    forget(lesson) {
      delete memory[lesson.slug];
      try {
        window.localStorage.removeItem(keyOf(lesson.slug));
      } catch (error) {
        // There is nothing kept then.
      }
      return fresh(lesson);
    },
  };
})();
