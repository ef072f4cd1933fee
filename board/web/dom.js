// Nodes. Words go through textContent; HTML comes from the board alone, which leaves no markup of a text in it.
export function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

// What is wider than the page can be scrolled by itself, by a keyboard too.
function scrolls(node, label) {
  const box = element("div", undefined, "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  node.replaceWith(box);
  box.append(node);
}

// What the board made of a Markdown text.
export function fromHtml(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const out = document.createDocumentFragment();
  out.append(...body.childNodes);
  for (const node of out.querySelectorAll("pre")) scrolls(node, "Code");
  for (const node of out.querySelectorAll("table")) scrolls(node, "Table");
  for (const node of out.querySelectorAll("a[href]:not([href^='#'])")) node.target = "_blank";
  return out;
}
