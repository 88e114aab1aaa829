/* Elements, numbers and nouns. Every text goes in as text (textContent); nothing is ever parsed as HTML. */
const dom = (function () {
  "use strict";
  const began = performance.now();
  const byId = (id) => document.getElementById(id);

  /** Creates an element with properties, attributes (those with a dash, and role) and children; strings become text. */
  function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.includes("-") || name === "role") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  }

  const numbers = new Intl.NumberFormat("en");
  const number = (count) => numbers.format(count);
  const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
  const people = (count) => counted(count, "person", "people");

  /** Shows a verdict's label in its colour. */
  const pill = (verdict) => make("span", { className: `pill ${verdict.kind}` }, verdict.label);

  return { began, byId, make, number, counted, people, pill };
})();
