// Elements of HTML and SVG, built from plain data. Text is always text: nothing that people type becomes markup.
(function () {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";

  function build(element, properties, children) {
    const handlers = {}, late = [];
    for (const [name, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) handlers[name] = value;
      else if (name === "initially") element.setAttribute("value", value);
      else if (name === "value" || name === "checked") late.push(name);
      else element.setAttribute(name, value === true ? "" : value);
    }
    for (const name of Object.keys(handlers)) element[name] = handlers[name];
    element.handlers = handlers;
    element.given = properties || {};
    for (const child of children.flat(9)) {
      if (child === null || child === undefined || child === false) continue;
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    // A list can take a value only when it has something to choose from.
    for (const name of late) element[name] = properties[name];
    return element;
  }
  const h = (tag, properties, ...children) => build(document.createElement(tag), properties, children);
  const s = (tag, properties, ...children) => build(document.createElementNS(SVG, tag), properties, children);

  window.charts = { h, s };
})();
