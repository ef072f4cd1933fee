// A small part of Markdown as DOM nodes: paragraphs, headings, lists, fenced blocks, `code`, **bold**, *emphasis*.
// Texts come from the course, but nothing here can become markup: all of it goes through textContent.

function element(name, text) {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
}

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*(?!\s)(.+?)\*/;

function inline(parent, text) {
  for (let m = INLINE.exec(text); m; m = INLINE.exec(text)) {
    parent.append(text.slice(0, m.index));
    if (m[1]) {
      parent.append(element("code", m[2].trim()));
    } else {
      const node = element(m[3] !== undefined ? "strong" : "em");
      inline(node, m[3] ?? m[4]);
      parent.append(node);
    }
    text = text.slice(m.index + m[0].length);
  }
  parent.append(text);
  return parent;
}

const FENCE = /^\s*(```+|~~~+)/;
const HEADING = /^#{1,6}\s+(.*)$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,3})[.)])\s+(.*)$/;

function fenced(lines, parent) {
  const end = FENCE.exec(lines.shift())[1];
  const body = [];
  while (lines.length && !lines[0].trim().startsWith(end)) body.push(lines.shift());
  lines.shift();
  const pre = element("pre");
  pre.tabIndex = 0; // so that a keyboard can scroll it
  pre.append(element("code", body.join("\n")));
  parent.append(pre);
}

function list(lines, parent) {
  const first = ITEM.exec(lines[0]);
  const node = element(first[1] !== undefined ? "ol" : "ul");
  while (lines.length && lines[0].trim()) {
    const item = ITEM.exec(lines[0]);
    if (!item && FENCE.test(lines[0])) break;
    if (item && (item[1] !== undefined) !== (first[1] !== undefined)) break;
    lines.shift();
    let text = item ? item[2] : "";
    while (lines.length && lines[0].trim() && !ITEM.test(lines[0]) && !FENCE.test(lines[0])) {
      text += " " + lines.shift().trim();
    }
    node.append(inline(element("li"), text));
  }
  parent.append(node);
}

function paragraph(lines, parent) {
  const words = [lines.shift()];
  while (lines.length && lines[0].trim() && !FENCE.test(lines[0]) && !ITEM.test(lines[0]) && !HEADING.test(lines[0])) {
    words.push(lines.shift());
  }
  parent.append(inline(element("p"), words.join("\n")));
}

export function render(text) {
  const out = document.createDocumentFragment();
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  while (lines.length) {
    const heading = HEADING.exec(lines[0]);
    if (!lines[0].trim()) {
      lines.shift();
    } else if (FENCE.test(lines[0])) {
      fenced(lines, out);
    } else if (heading) {
      lines.shift();
      out.append(inline(element("h4"), heading[1]));
    } else if (ITEM.test(lines[0])) {
      list(lines, out);
    } else {
      paragraph(lines, out);
    }
  }
  return out;
}

export { element };
