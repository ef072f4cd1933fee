// Nodes. Words go through textContent; HTML comes from the board alone, which leaves no markup of a text in it.
export function element(name, text, className) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
}

export function button(text, press, className) {
  const node = element("button", text, className);
  node.type = "button";
  node.addEventListener("click", () => press(node));
  return node;
}

// navigator.clipboard is there on https and on this machine alone; the old way works everywhere.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = element("textarea", text);
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("the browser does not copy");
}

export function copyButton(text, label = text) {
  const node = button("Copy", async () => {
    try {
      await copy(text);
      node.textContent = "Copied";
    } catch {
      node.textContent = "Not copied";
    }
    node.focus();
    setTimeout(() => { node.textContent = "Copy"; }, 2000);
  }, "copy");
  node.setAttribute("aria-label", `Copy ${label}`);
  return node;
}

export function command(text) {
  const node = element("span", undefined, "command");
  node.append(element("code", text), " ", copyButton(text));
  return node;
}

// A command with a secret at its end, which is shown when it is asked for: a page may be in a picture.
export function secretCommand(text, secret, label) {
  const node = element("span", undefined, "command");
  const code = element("code", text.replace(secret, "…"));
  const show = button("Show", () => {
    const hidden = code.textContent !== text;
    code.textContent = hidden ? text : text.replace(secret, "…");
    show.textContent = hidden ? "Hide" : "Show";
  }, "copy");
  show.setAttribute("aria-label", `Show ${label}`);
  node.append(code, " ", show, " ", copyButton(text, label));
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
  return box;
}

const COMMAND = /^(sudo|nc|ncat|python3|ip|ss|tcpdump|hping3|nmap|printf|echo|wiregrade) \S/;

// What the board made of a Markdown text.
export function fromHtml(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const out = document.createDocumentFragment();
  out.append(...body.childNodes);
  for (const node of out.querySelectorAll("pre")) scrolls(node, "Code").after(copyButton(node.textContent));
  for (const node of out.querySelectorAll("table")) scrolls(node, "Table");
  const offered = new Set(); // once in a text is enough
  for (const node of out.querySelectorAll(":not(pre) > code")) {
    const text = node.textContent;
    if (COMMAND.test(text) && !offered.has(text)) node.replaceWith(command(text));
    offered.add(text);
  }
  for (const node of out.querySelectorAll("a[href]:not([href^='#'])")) node.target = "_blank";
  return out;
}
