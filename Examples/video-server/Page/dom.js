// Elements and messages.

/** Returns the element with an identifier. */
export const byID = (id) => document.getElementById(id);

/** Returns a new element with properties and children. Names with a dash or `role` are attributes. */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key.includes("-") || key === "role") node.setAttribute(key, value);
    else node[key] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Returns a button. Its name for screen readers says what it acts on. */
export function button(text, onclick, { subject, kind = "" } = {}) {
  return element("button", {
    type: "button", className: `button ${kind}`.trim(), textContent: text, onclick,
    "aria-label": subject ? `${text}: ${subject}` : undefined,
  });
}

/** Returns the symbol of playback. */
export function playSymbol() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M8 5.2v13.6a1 1 0 0 0 1.5.9l10.6-6.8a1 1 0 0 0 0-1.7L9.5 4.4A1 1 0 0 0 8 5.2z");
  svg.append(path);
  return svg;
}

/** Shows a short message in place of the last one. Screen readers read it. It can have an action. */
export function toast(text, action) {
  const node = element("div", { className: "toast" }, element("span", { textContent: text }));
  const remove = () => node.remove();
  if (action) node.append(button(action.text, () => { remove(); action.run(); }));
  byID("toasts").replaceChildren(node);
  setTimeout(remove, action ? 12000 : 6000);
}
