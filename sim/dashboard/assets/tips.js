// Words that explain themselves: what a title says, shown for mouse, keyboard and finger alike.
(function () {
  "use strict";
  const library = window.cultureshift;
  const tip = document.createElement("div");
  tip.id = "cs-tip";
  tip.className = "cs-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  let shown = null;
  let described = null;
  let leaving = 0;

  // A title would be shown a second time by the browser itself, and never on a phone.
  const take = (target) => {
    const element = target.closest ? target.closest(".cs-page [title], .cs-page [data-tip]") : null;
    if (!element) return null;
    const title = element.getAttribute("title");
    if (title) {
      element.setAttribute("data-tip", title);
      element.removeAttribute("title");
    }
    return element.getAttribute("data-tip") ? element : null;
  };

  const hide = () => {
    window.clearTimeout(leaving);
    if (!shown) return;
    described.removeAttribute("aria-describedby");
    shown = null;
    tip.hidden = true;
  };

  const place = () => {
    const box = shown.getBoundingClientRect();
    const { offsetWidth: wide, offsetHeight: high } = tip;
    const under = box.bottom + 6 + high < window.innerHeight || box.top < high + 6;
    tip.style.left = `${Math.max(6, Math.min(window.innerWidth - wide - 6, box.left))}px`;
    tip.style.top = `${under ? box.bottom + 6 : box.top - high - 6}px`;
  };

  const show = (element, focused) => {
    window.clearTimeout(leaving);
    if (shown === element) return;
    hide();
    if (!tip.isConnected) (document.getElementById("cs-main") || document.body).appendChild(tip);
    tip.textContent = element.getAttribute("data-tip");
    tip.hidden = false;
    shown = element;
    described = focused || element;
    described.setAttribute("aria-describedby", "cs-tip");
    place();
  };

  const isTerm = (element) => element.tagName === "ABBR";
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    if (tip.contains(event.target)) { window.clearTimeout(leaving); return; }
    const element = take(event.target);
    window.clearTimeout(leaving);
    if (element) leaving = window.setTimeout(() => show(element), shown ? 0 : isTerm(element) ? 120 : 450);
    else if (shown) leaving = window.setTimeout(hide, 180);
  });
  document.addEventListener("focusin", (event) => {
    const element = take(event.target);
    if (element && (isTerm(element) || event.target.matches(":focus-visible"))) show(element, event.target);
    else hide();
  });
  document.addEventListener("focusout", hide);
  // A finger opens a term by tapping it, and closes it by tapping it again or elsewhere.
  document.addEventListener("click", (event) => {
    const element = take(event.target);
    if (element && isTerm(element)) {
      if (shown === element && library.tapped === element) { library.tapped = null; hide(); }
      else { library.tapped = element; show(element); }
    } else if (!tip.contains(event.target)) { library.tapped = null; hide(); }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  // A term that is reached by keyboard is scrolled into view after it has got the focus: so its words go with it.
  const follow = () => {
    if (!shown) return;
    const box = shown.getBoundingClientRect();
    const isAway = box.bottom < 0 || box.top > window.innerHeight;
    if (isAway && document.activeElement !== described) hide();
    else place();
  };
  window.addEventListener("scroll", follow, { passive: true, capture: true });
})();
