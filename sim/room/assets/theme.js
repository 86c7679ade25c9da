// The choice of colours, before anything is drawn; shared with the dashboard.
(function () {
  "use strict";
  let kept = null;
  try {
    kept = window.localStorage.getItem("cultureshift-theme");
  } catch (error) {
    // A browser may forbid storage; the system's choice is used then.
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = kept === "dark" || kept === "light" ? kept : dark ? "dark" : "light";
})();
